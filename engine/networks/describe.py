"""A network of the catalogue as a graph that can be drawn, for any picture size that it takes."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.context import Context, Idle
from engine.errors import UserError
from engine.networks.catalogue import Architecture, architecture, outline
from engine.networks.graphs.graph import Graph, measure
from engine.networks.graphs.ops import Input, Op, Opaque
from engine.networks.graphs.shapes import Shape, shape_text
from engine.networks.graphs.tracing import graph_of, graph_steps
from engine.networks.importing import imported
from engine.networks.requests import DescribeNetwork
from engine.networks.steps import at_once

if TYPE_CHECKING:
    from torch import nn

LARGEST = 4096
"""Rows or columns of the largest picture that is described."""
KEPT = 48
"""Graphs in memory."""
WITHOUT_BRANCH = "The side branch is left out here: its layers do not fit a picture of this size."
_TORCH_REFUSES = (RuntimeError, AssertionError, ValueError)


def describe(request: DescribeNetwork, context: Context) -> Generator[Idle | None, None, Graph]:
    """Handler: the graph of a network. Raises UserError for an unknown name or a size that the net cannot take."""
    entry, shape = _subject(request.name, request.size)
    if entry.from_torchvision:
        yield from imported("torchvision.models", context)
    return (yield from _graph_steps(entry, shape))


def network_graph(name: str, size: tuple[int, int] | None = None) -> Graph:
    """The graph of a network for pictures of (height, width); None: of the size that it was made for."""
    return at_once(_graph_steps(*_subject(name, size)))


def _subject(name: str, size: tuple[int, int] | None) -> tuple[Architecture, Shape]:
    entry = architecture(name)
    shape = entry.input_shape if size is None else (entry.input_shape[0], *size)
    if not all(1 <= n <= LARGEST for n in shape[1:]):
        raise UserError(
            f"A picture of {shape[1]} × {shape[2]} pixels cannot be described.",
            f"Height and width are from 1 to {LARGEST} pixels.",
        )
    return entry, shape


_known: OrderedDict[tuple[str, Shape], Graph] = OrderedDict()


def forget() -> None:
    """Give up all graphs that are kept."""
    _known.clear()


def _graph_steps(entry: Architecture, shape: Shape) -> Generator[None, None, Graph]:
    """What is remembered, or what a trace finds."""
    if (entry.name, shape) not in _known:
        net = outline(entry.name)
        yield
        _known[entry.name, shape] = yield from _traced(entry, shape, net)
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return _known[entry.name, shape]


def _traced(entry: Architecture, shape: Shape, net: nn.Module) -> Generator[None, None, Graph]:
    try:
        return (yield from graph_steps(entry.name, entry.title, net, shape, entry.notes))
    except _TORCH_REFUSES as error:
        if shape == entry.input_shape:
            raise
        if not getattr(net, "aux_logits", False):
            raise _refusal(entry, shape) from error
    try:
        notes = (*entry.notes, WITHOUT_BRANCH)
        return (yield from graph_steps(entry.name, entry.title, net, shape, notes, side_branches=False))
    except _TORCH_REFUSES as error:
        raise _refusal(entry, shape) from error


def _refusal(entry: Architecture, shape: Shape) -> UserError:
    """Why a network cannot take a picture of this shape, and which it can take."""
    usual = _usual(entry)
    made_for = shape_text(entry.input_shape[1:])
    problem = _resized(usual, shape).problem
    if problem is None or isinstance(_op(usual, problem.layer), Opaque):
        return UserError(
            f"{entry.title} takes pictures of {made_for} only.",
            "What it learned about places in the picture belongs to that size.",
        )
    smallest = _smallest(usual)
    hint = f"It was made for {made_for}."
    if min(shape[1:]) < smallest < min(entry.input_shape[1:]):
        hint = f"The smallest square picture that it takes is {smallest} × {smallest}. {hint}"
    return UserError(
        f"{entry.title} cannot take a picture of {shape_text(shape[1:])}. "
        f"At the layer {problem.layer}: {problem.sentence}",
        hint,
    )


def _usual(entry: Architecture) -> Graph:
    """The graph for the usual size, of what runs after training."""
    net = outline(entry.name)
    if not getattr(net, "aux_logits", False):
        return at_once(_graph_steps(entry, entry.input_shape))
    return graph_of(entry.name, entry.title, net, entry.input_shape, side_branches=False)


def smallest_size(name: str) -> int:
    """The side of the smallest square picture that a network of convolutions takes, up to its usual size."""
    return _smallest(_usual(architecture(name)))


def _op(graph: Graph, name: str) -> Op:
    return next(layer.op for layer in graph.layers if layer.name == name)


def _resized(graph: Graph, shape: Shape) -> Graph:
    """The same layers for another picture, as far as they go together."""
    first, *others = graph.layers
    return measure(graph.name, graph.title, [replace(first, op=Input(shape)), *others])


def _smallest(graph: Graph) -> int:
    """The side of the smallest square picture with which all layers go together, up to the usual size."""
    channels, *sides = graph.input_shape
    sizes = range(1, min(sides) + 1)
    fits = bisect_left(sizes, True, key=lambda n: _resized(graph, (channels, n, n)).problem is None)
    return fits + 1
