"""Why the ways into a join do not meet, in words that name both, and what would mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.networks.graphs.graph import Graph, Layer, Node, Problem
from engine.networks.graphs.ops import Add, Concat, Conv
from engine.networks.graphs.shapes import shape_text

_PADDING = "padding of half the kernel (1 for 3×3, 2 for 5×5) keeps height and width"


def explained(graph: Graph) -> Graph:
    """The same graph; where it breaks at a join, its problem names the ways into it and what would mend it."""
    if graph.problem is None:
        return graph
    layer = next(layer for layer in graph.layers if layer.name == graph.problem.layer)
    sources = [graph.by_name[name] for name in layer.inputs]
    if isinstance(layer.op, Add):
        verb = "added" if layer.op.sign == "+" else "multiplied"
        sentence = f"{_listed(sources)} cannot be {verb} value by value at {layer.name}."
        return replace(graph, problem=Problem(layer.name, sentence, _cure_of_sum(graph, layer, sources)))
    if isinstance(layer.op, Concat):
        sentence = f"{_listed(sources)} cannot be stacked at {layer.name}: their heights and widths differ."
        return replace(graph, problem=Problem(layer.name, sentence, _cure_of_stack(sources)))
    return graph


def _listed(sources: Sequence[Node]) -> str:
    ways = [f"{shape_text(node.out_shape)} (from {node.name})" for node in sources]
    return f"{', '.join(ways[:-1])} and {ways[-1]}"


def _cure_of_sum(graph: Graph, layer: Layer, sources: Sequence[Node]) -> str:
    if len(sources) != 2 or any(len(node.out_shape) != 3 for node in sources):
        return "Everything that comes into this join needs the same shape."
    first, second = sources
    if first.out_shape[1:] == second.out_shape[1:]:
        want, conv = _width_to_change(graph, first, second)
        filters = f"Give {conv} {want} filters, or put" if conv else "Put"
        return f"{filters} a 1×1 convolution (Wₛ) on the skip connection that adapts its channels."
    strides = {node.field.stride for node in sources if node.field and not node.field.everything}
    if len(strides) > 1:
        return (
            "The two ways move at different strides: give the skip connection a 1×1 convolution (Wₛ) with the stride "
            "of the other way, or take that stride back."
        )
    return f"One way loses rows and columns at the border: {_PADDING}."


def _width_to_change(graph: Graph, *ways: Node) -> tuple[int, str]:
    """(channels, layer): the convolution that ends one way, and how many channels the other way brings.

    Only where the other way does not depend on it: else both would change.
    """
    for node, other in (ways, ways[::-1]):
        conv = _last_convolution(graph, node)
        if conv is not None and conv.name not in _above(graph, other):
            return other.out_shape[0], conv.name
    return 0, ""


def _last_convolution(graph: Graph, node: Node) -> Node | None:
    """The convolution that settles how many channels leave this layer, along layers with one input."""
    while not isinstance(node.op, Conv):
        if len(node.inputs) != 1:
            return None
        node = graph.by_name[node.inputs[0]]
    return None if node.op.depthwise else node


def _above(graph: Graph, node: Node) -> set[str]:
    """The names of this layer and of all that it depends on."""
    found: set[str] = set()
    waiting = [node.name]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(graph.by_name[name].inputs)
    return found


def _cure_of_stack(sources: Sequence[Node]) -> str:
    sizes = [node.out_shape[1:] for node in sources]
    usual = max(sizes, key=sizes.count)
    odd = [node.name for node in sources if node.out_shape[1:] != usual]
    general = f"all branches need the same stride, and {_PADDING}."
    if sizes.count(usual) <= len(odd):
        return general[0].upper() + general[1:]
    verb = "ends" if len(odd) == 1 else "end"
    return f"{' and '.join(odd)} {verb} in another size than the other branches: {general}"
