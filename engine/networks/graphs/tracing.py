"""From a torch module to plain layers: what it does to one picture, read off by torch.fx, without any memory.

The module runs on torch's meta device, which carries shapes and no numbers; every layer of ours is checked against what
torch did there: its shape, its parameters, and its multiply-accumulates as torch's own counter has them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from torch import Tensor, fx, nn

from engine.networks.graphs.calls import Call, Look, Made, Value, keeps_positions, opaque, plain_shape
from engine.networks.graphs.graph import Graph, Layer, measure
from engine.networks.graphs.meta_run import Recorded, record
from engine.networks.graphs.ops import Input
from engine.networks.graphs.shapes import Shape
from engine.networks.graphs.translation import translate
from engine.networks.steps import at_once

CHANNELS_LAST = (
    "Where torch keeps the channels last, they are shown first; a linear layer on every position of a map is then a "
    "1×1 convolution."
)
ATTENTION = "Additions of a bias inside of attention are not counted."

SHARED = "Weights that are used more than once are counted every time."


class TracingError(Exception):
    """A fault of ours: the layers that were read off do not do what torch does."""


def graph_of(
    name: str,
    title: str,
    net: nn.Module,
    input_shape: Shape,
    notes: Sequence[str] = (),
    side_branches: bool = True,
) -> Graph:
    """`graph_steps` in one go."""
    return at_once(graph_steps(name, title, net, input_shape, notes, side_branches))


def graph_steps(
    name: str,
    title: str,
    net: nn.Module,
    input_shape: Shape,
    notes: Sequence[str] = (),
    side_branches: bool = True,
) -> Generator[None, None, Graph]:
    """The graph of a module on the meta device, for one picture of shape (C, H, W), in evaluation mode, in short steps.

    `side_branches`: those that torchvision's Inception nets have only while they are trained are part of it. Raises
    what the module raises for a size that it cannot take, and TracingError where our arithmetic disagrees with torch's.
    """
    return (yield from traced_steps(name, title, net, input_shape, notes, side_branches)).graph


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """A graph, the calls of torch that it was read off, and the value of ours that each call gave, by the call's name.

    A call without a value gave no tensor, several tensors, or one that no picture changes.
    """

    graph: Graph
    calls: fx.Graph
    values: Mapping[str, Value]


def traced_steps(
    name: str,
    title: str,
    net: nn.Module,
    input_shape: Shape,
    notes: Sequence[str] = (),
    side_branches: bool = True,
) -> Generator[None, None, Traced]:
    """`graph_steps`, with what is needed to run the layers one by one."""
    builder = _Builder(net, side_branches)
    calls = yield from record(net, input_shape, builder.side_branches)
    graph = measure(name, title, builder.layers(calls), (*notes, *builder.notes()))
    _check(graph, builder)
    return Traced(graph, calls[0].node.graph, builder.values())


def _check(graph: Graph, builder: _Builder) -> None:
    if graph.problem:
        raise TracingError(f"{graph.problem.layer}: {graph.problem.sentence} torch computes it all the same.")
    for node in graph.nodes:
        found = Measured(node.out_shape, node.macs, node.params)
        if found != builder.torch_says[node.name]:
            raise TracingError(
                f"{node.name} ({node.label}): {found} here, {builder.torch_says[node.name]} in torch."
            )


@dataclass(frozen=True, slots=True)
class Measured:
    """What torch says of one layer."""

    shape: Shape
    macs: int
    params: int


@dataclass(frozen=True, slots=True)
class _Constant:
    """A tensor that no picture changes: a parameter, or what is made of parameters."""

    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Tuple:
    """Several tensors of one call, by index; `source` is what they are parts of, where they are parts."""

    items: tuple[Any, ...]
    source: Value | None = None


_Known: TypeAlias = Value | _Constant | _Tuple
_ALIASES = {"iadd": "add", "imul": "mul", "concat": "cat"}


class _Builder:
    """Goes through a trace once, and makes a layer of every call that does something to the picture."""

    def __init__(self, net: nn.Module, side_branches: bool) -> None:
        self._net = net
        self.side_branches = side_branches and bool(getattr(net, "aux_logits", False))
        self._layers: dict[str, Layer] = {}
        self._known: dict[fx.Node, _Known] = {}
        self._counted: set[str] = set()
        self._last = False
        self._shared = False
        self.torch_says: dict[str, Measured] = {}

    def layers(self, calls: Sequence[Recorded]) -> list[Layer]:
        """All layers on the way from the picture to an output."""
        for call in calls:
            if call.node.op == "output":
                return self._needed(call.node.args)
            known = self._follow(call)
            if known is not None:
                self._known[call.node] = known
        raise TracingError("The trace has no output.")

    def values(self) -> dict[str, Value]:
        """What the calls gave, by their names."""
        return {node.name: known for node, known in self._known.items() if isinstance(known, Value)}

    def notes(self) -> tuple[str, ...]:
        attention = any(layer.op.kind == "attention" for layer in self._layers.values())
        told = ((CHANNELS_LAST, self._last), (ATTENTION, attention), (SHARED, self._shared))
        return tuple(note for note, true in told if true)

    def _follow(self, call: Recorded) -> _Known | None:
        node = call.node
        if node.op == "placeholder":
            if self._layers or not isinstance(call.result, Tensor):
                return None
            return self._append(
                "input", "", Made((Input(tuple(call.result.shape[1:])),), "first"), (), call.result
            )
        if node.op == "get_attr":
            return _Constant(frozenset({str(node.target)}))
        if isinstance(node.target, type) and issubclass(node.target, tuple):
            return _Tuple(self._resolved(node.args))
        if node.target is getattr or not _tensors(call.result):
            return None
        return self._called(call)

    def _called(self, call: Recorded) -> _Known | None:
        node, result = call.node, call.result
        args, kwargs = self._resolved(node.args), self._resolved(dict(node.kwargs))
        found = list(_inside((args, kwargs)))
        values = tuple(dict.fromkeys(item for item in found if isinstance(item, Value)))
        constants = frozenset[str]().union(*(item.names for item in found if isinstance(item, _Constant)))
        target = self._net.get_submodule(str(node.target)) if node.op == "call_module" else _bare_name(node)
        if target == "getitem" and isinstance(args[0], _Tuple):
            return self._item(args[0], args[1], call.owner)
        if not values:
            return _Constant(constants | self._parameters_of(target, str(node.target)))
        if target in ("chunk", "split"):
            return _Tuple(tuple(result), values[0])
        first, *others = _tensors(result)
        learned, learned_name = self._learned(constants)
        made = translate(
            Call(target, args, kwargs, values, tuple(first.shape), call.products, learned, learned_name)
        )
        if isinstance(target, nn.Module):
            name = str(node.target)
            own = self._parameters_of(target, name)
            self._shared |= bool(own & self._counted)
            self._counted |= own
            learned += sum(parameter.numel() for parameter in target.parameters())
        else:
            name = _joined(call.owner, target.rpartition(".")[2].strip("_"))
        value = self._append(name, call.owner, made, values, first, call.products, learned)
        return value if isinstance(result, Tensor) else _Tuple((value, *others))

    @staticmethod
    def _parameters_of(target: nn.Module | str, name: str) -> frozenset[str]:
        if isinstance(target, str):
            return frozenset()
        return frozenset(f"{name}.{parameter}" for parameter, _ in target.named_parameters())

    def _item(self, several: _Tuple, index: Any, owner: str) -> _Known | None:
        """One of several tensors: a part of the channels, or a further output of a call."""
        item = several.items[index]
        if not isinstance(item, Tensor):
            return item  # type: ignore[no-any-return]
        source = several.source or next(v for v in several.items if isinstance(v, Value))
        call = Call("getitem", (), {}, (source,), tuple(item.shape))
        label = f"Output {index + 1}"
        if several.source and len(several.items) > 1 and item.shape[1:2] != source.raw[1:2]:
            start = sum(int(part.shape[1]) for part in several.items[:index])
            label = f"Channels {start + 1} to {start + item.shape[1]}"
        look: Look = "point" if several.source and keeps_positions(call) else "unknown"
        made = opaque(call, label, look, "reshape")
        return self._append(_joined(owner, "part"), owner, made, (source,), item)

    def _append(
        self,
        name: str,
        owner: str,
        made: Made,
        sources: Sequence[Value],
        result: Tensor,
        products: int = 0,
        learned: int = 0,
    ) -> Value:
        """Add the layers of one call; the value is what comes out of the last of them."""
        raw = tuple(result.shape)
        self._last |= made.layout == "last"
        if not made.ops:
            return replace(sources[0], raw=raw, layout=made.layout)
        inputs = tuple(source.layer for source in sources)
        path = _path(owner)
        for position, op in enumerate(made.ops):
            if position:
                name = _joined(owner, op.kind)
            name = self._unique(name)
            self._layers[name] = Layer(name, op, inputs, path)
            before = [self.torch_says[source].shape for source in inputs]
            shape = plain_shape(raw, made.layout) if op is made.ops[-1] else op.shape(before)
            first = position == 0
            self.torch_says[name] = Measured(shape, products if first else 0, learned if first else 0)
            inputs = (name,)
        return Value(name, raw, made.layout)

    def _unique(self, name: str) -> str:
        if name not in self._layers:
            return name
        count = 1
        while f"{name}_{count}" in self._layers:
            count += 1
        return f"{name}_{count}"

    def _learned(self, names: frozenset[str]) -> tuple[int, str]:
        """How many numbers these attributes add to the parameters, each counted once, and what to call them."""
        total = 0
        for name in sorted(names - self._counted):
            self._counted.add(name)
            attribute = self._net
            for part in name.split("."):
                attribute = getattr(attribute, part)
            total += attribute.numel() if isinstance(attribute, nn.Parameter) else 0
        words = sorted(name.rpartition(".")[2].replace("_", " ") for name in names)
        return total, ", ".join(words)

    def _resolved(self, argument: Any) -> Any:
        """Arguments with the values in place of the nodes that made them."""
        if isinstance(argument, fx.Node):
            return self._known.get(argument)
        if isinstance(argument, dict):
            return {key: self._resolved(item) for key, item in argument.items()}
        if isinstance(argument, list | tuple):
            return tuple(self._resolved(item) for item in argument)
        return argument

    def _needed(self, outputs: Any) -> list[Layer]:
        """The layers that the outputs depend on, in their order."""
        wanted = {
            item.layer for item in _inside(self._resolved(outputs), unpack=True) if isinstance(item, Value)
        }
        for layer in reversed(self._layers.values()):
            if layer.name in wanted:
                wanted.update(layer.inputs)
        return [layer for layer in self._layers.values() if layer.name in wanted]


def _bare_name(node: fx.Node) -> str:
    """The name of a function or method of torch, the same for its in-place form; a stranger's with its module."""
    if node.op == "call_method":
        return str(node.target).rstrip("_")
    name = getattr(node.target, "__name__", str(node.target))
    module = getattr(node.target, "__module__", "") or "torch"
    if module.startswith("torchvision."):
        return name
    if module == "_operator" or module.partition(".")[0] == "torch":
        return _ALIASES.get(name, name).rstrip("_")
    return f"{module}.{name}"


def _joined(owner: str, name: str) -> str:
    return f"{owner}.{name}" if owner else name


def _path(owner: str) -> tuple[str, ...]:
    """The modules around a layer, outermost first: "a.b" gives ("a", "a.b")."""
    parts = owner.split(".") if owner else []
    return tuple(".".join(parts[: end + 1]) for end in range(len(parts)))


def _tensors(result: Any) -> list[Tensor]:
    if isinstance(result, Tensor):
        return [result]
    return [item for item in result if isinstance(item, Tensor)] if isinstance(result, list | tuple) else []


def _inside(argument: Any, unpack: bool = False) -> Iterator[Any]:
    """All values in nested arguments; with `unpack`, those in tuples that a call made as well."""
    if isinstance(argument, list | tuple):
        for item in argument:
            yield from _inside(item, unpack)
    elif isinstance(argument, dict):
        yield from _inside(list(argument.values()), unpack)
    elif unpack and isinstance(argument, _Tuple):
        yield from _inside(argument.items, unpack)
    elif isinstance(argument, Value | _Constant | _Tuple):
        yield argument
