"""A net as a list of calls that can be run up to any layer, from any layer, and asked for what came out of any of them.

Layers have the names of the network's graph (`engine.networks.graphs`). Batch norms that were folded into their
convolutions are none; nothing is computed in place, so that what is kept stays what it was.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from engine.errors import UserError
from engine.networks.graphs.calls import Value
from engine.networks.graphs.graph import Graph, Node
from engine.networks.graphs.meta_run import trace_of
from engine.networks.graphs.shapes import Shape
from engine.networks.graphs.tracing import Traced, traced_steps
from engine.networks.steps import at_once

Override: TypeAlias = Callable[["Call", tuple[Any, ...], Mapping[str, Any]], Any]
"""Takes a call with its arguments and gives what the net goes on with; NotImplemented: what the call itself gives."""

Watch: TypeAlias = Callable[["Call", Any], None]
"""Takes a call and what came of it."""

_MAY_BE_IN_PLACE = frozenset({
    functional.relu, functional.relu6, functional.hardswish, functional.hardsigmoid, functional.silu, functional.mish,
})  # fmt: skip
"""Functions whose second argument says whether to work in place."""
_IN_PLACE = {"iadd": torch.add, "imul": torch.mul, "isub": torch.sub}


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One call of the net. `target`: the module, the function, or the name of the tensor's method.

    `layer` is the layer whose value comes out, "" where none does; `sources` are the calls whose results it reads.
    """

    name: str
    target: nn.Module | Callable[..., Any] | str
    layer: str
    value: Value | None
    sources: tuple[str, ...]
    node: fx.Node


class Program:
    """A net for pictures of one size. Raises UserError where torch cannot take it apart."""

    def __init__(self, net: nn.Module, traced: Traced) -> None:
        self.net = net
        self.graph: Graph = traced.graph
        wanted = {layer.name for layer in traced.graph.layers}
        self.calls: tuple[Call, ...] = tuple(_calls(net, traced, wanted))
        self._by_name = {call.name: call for call in self.calls}
        self._makers: dict[str, Call] = {}
        for call in self.calls:
            if call.layer:
                self._makers.setdefault(call.layer, call)
        self._plans: dict[tuple[frozenset[str], frozenset[str]], tuple[_Step, ...]] = {}

    @property
    def layers(self) -> tuple[Node, ...]:
        """All layers in the order in which they are computed, the picture first."""
        return tuple(node for node in self.graph.nodes if node.name in self._makers)

    @property
    def output(self) -> str:
        """The layer whose values are the answer of the net."""
        return self.layers[-1].name

    def layer(self, name: str) -> Node:
        """Raises UserError where the net has no such layer."""
        found = self.graph.by_name.get(name)
        if found is None or name not in self._makers:
            raise UserError(f"{self.graph.title} has no layer called “{name}”.", "Choose one from the list.")
        return found

    def maker(self, layer: str) -> Call:
        """The call that makes a layer's value."""
        self.layer(layer)
        return self._makers[layer]

    def call(self, name: str) -> Call:
        return self._by_name[name]

    def has_maps(self, layer: str) -> bool:
        """Whether a layer puts out maps, rather than a row of numbers."""
        return len(self.layer(layer).out_shape) == 3

    def maps(self, layer: str, raw: Tensor) -> Tensor:
        """Tensor[N, C, H, W] of what torch computes for a layer of maps, wherever it keeps the channels."""
        value = self._makers[layer].value
        assert value is not None
        if value.layout == "last" and raw.ndim == 4:
            return raw.permute(0, 3, 1, 2)
        return raw

    def raw(self, layer: str, maps: Tensor) -> Tensor:
        """The reverse of `maps`."""
        value = self._makers[layer].value
        assert value is not None
        return maps.permute(0, 2, 3, 1) if value.layout == "last" and maps.ndim == 4 else maps

    def run(
        self,
        values: Tensor,
        keep: Collection[str],
        *,
        start: str = "",
        override: Override | None = None,
        watch: Watch | None = None,
    ) -> dict[str, Tensor]:
        """What the layers `keep` put out, as torch computes it (see `maps`), for Tensor[N, C, H, W].

        Only what they depend on is computed, and nothing is held for longer than it is needed. `start`: `values` is
        what that layer puts out, and the net goes on from there. `watch` is shown what comes of every call and may keep
        what it makes of it. The mode (inference, gradients) is the caller's.
        Raises UserError for an unknown layer, or one that does not depend on `start`.
        """
        return at_once(self.steps(values, keep, start=start, override=override, watch=watch))

    def steps(
        self,
        values: Tensor,
        keep: Collection[str],
        *,
        start: str = "",
        override: Override | None = None,
        watch: Watch | None = None,
    ) -> Generator[None, None, dict[str, Tensor]]:
        """`run`, a call a step."""
        begin = start or "input"
        self.layer(begin)
        results: dict[str, Any] = {self._makers[begin].name: values}
        for step in self._plan(frozenset(keep), begin):
            call = step.call
            if call.name not in results:
                results[call.name] = _done(call, results, override)
            if watch is not None:
                watch(call, results[call.name])
            for name in step.done_with:
                del results[name]
            yield
        return {layer: results[self._makers[layer].name] for layer in keep}

    def answer(
        self, values: Tensor, keep: Collection[str] = (), *, start: str = ""
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """The net's answer, Tensor[N, classes] in float32, with what the layers `keep` put out on the way."""
        found = self.run(values, {*keep, self.output}, start=start)
        return found[self.output].float(), {layer: found[layer] for layer in keep}

    def _plan(self, keep: frozenset[str], begin: str) -> tuple[_Step, ...]:
        key = keep, frozenset({begin})
        if key not in self._plans:
            self._plans[key] = self._planned(keep, begin)
        return self._plans[key]

    def _planned(self, keep: frozenset[str], begin: str) -> tuple[_Step, ...]:
        kept = {self.maker(layer).name for layer in keep}
        first = self._makers[begin].name
        needed: set[str] = set(kept)
        for call in reversed(self.calls):
            if call.name in needed and call.name != first:
                needed.update(call.sources)
        if first not in needed or (begin != "input" and self._makers["input"].name in needed):
            raise UserError(
                f"What {', '.join(sorted(keep))} put out does not follow from the layer {begin} alone.",
                "Begin at a layer that everything passes through.",
            )
        steps: list[_Step] = []
        last_read: dict[str, int] = {}
        for call in self.calls:
            if call.name in needed:
                last_read.update(dict.fromkeys((*call.sources, call.name), len(steps)))
                steps.append(_Step(call, ()))
        for name, place in last_read.items():
            if name in needed and name not in kept:
                steps[place] = _Step(steps[place].call, (*steps[place].done_with, name))
        return tuple(steps)


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """A call, and the results that nobody reads after it."""

    call: Call
    done_with: tuple[str, ...]


def program_of(net: nn.Module, input_shape: Shape, name: str = "net", title: str = "This net") -> Program:
    """`program_steps` in one go."""
    return at_once(program_steps(net, input_shape, name, title))


def program_steps(
    net: nn.Module, input_shape: Shape, name: str = "net", title: str = "This net"
) -> Generator[None, None, Program]:
    """The program of a module with its weights, in evaluation mode, for pictures of shape (C, H, W), in short steps.

    The module stays as it is and shares its weights. Raises UserError where torch cannot take it apart, or where it
    does not take pictures of that shape.
    """
    try:
        module = net if isinstance(net, fx.GraphModule) else fx.GraphModule(net, trace_of(net)[0])
    except (fx.proxy.TraceError, TypeError, RuntimeError) as error:
        raise UserError(
            f"{title} decides while it runs what to compute: it cannot be taken apart into layers.",
            "Choose another net.",
        ) from error
    try:
        traced = yield from traced_steps(name, title, _shell(module), input_shape, side_branches=False)
    except (RuntimeError, ValueError, AssertionError) as error:
        raise UserError(
            f"{title} cannot take pictures of {input_shape[-1]} × {input_shape[-2]} pixels.",
            "Choose the size that it was made for.",
        ) from error
    return Program(module, traced)


def _shell(net: nn.Module) -> nn.Module:
    """A copy of the module on torch's meta device, made without copying a number."""
    memo: dict[int, Any] = {}
    for parameter in net.parameters():
        memo[id(parameter)] = nn.Parameter(parameter.detach().to("meta"), requires_grad=False)
    for buffer in net.buffers():
        memo[id(buffer)] = buffer.to("meta")
    return copy.deepcopy(net, memo)


def _calls(net: nn.Module, traced: Traced, wanted: Collection[str]) -> Generator[Call, None, None]:
    seen: set[str] = set()
    for node in traced.calls.nodes:
        if node.op == "output":
            return
        value = traced.values.get(node.name)
        made = value is not None and value.layer in wanted and value.layer not in seen
        if made and value is not None:
            seen.add(value.layer)
        yield Call(
            node.name, _target(net, node), value.layer if made and value else "", value,
            tuple(source.name for source in node.all_input_nodes), node,
        )  # fmt: skip


def _target(net: nn.Module, node: fx.Node) -> Any:
    """What is called; what would work in place is exchanged for what does not."""
    if node.op == "call_module":
        module = net.get_submodule(str(node.target))
        if getattr(module, "inplace", False):
            module = copy.copy(module)
            module.inplace = False  # type: ignore[assignment]  # not every module has it
        return module
    if node.op == "get_attr":
        return _attribute(net, str(node.target))
    if node.op == "call_method":
        bare = str(node.target).rstrip("_")
        in_place = str(node.target).endswith("_") and not str(node.target).endswith("__")
        return bare if in_place and hasattr(Tensor, bare) else node.target
    return _IN_PLACE.get(getattr(node.target, "__name__", ""), node.target)


def _attribute(net: nn.Module, path: str) -> Any:
    found: Any = net
    for part in path.split("."):
        found = getattr(found, part)
    return found


def _done(call: Call, results: Mapping[str, Any], override: Override | None) -> Any:
    node = call.node
    if node.op == "get_attr":
        return call.target

    def known(source: fx.Node) -> Any:
        return results[source.name]

    args = fx.node.map_arg(node.args, known)
    kwargs = dict(fx.node.map_arg(node.kwargs, known))
    if kwargs.get("inplace"):
        kwargs["inplace"] = False
    elif call.target in _MAY_BE_IN_PLACE:
        args = args[:1]
    if override is not None:
        given = override(call, args, kwargs)
        if given is not NotImplemented:
            return given
    if isinstance(call.target, str):
        return getattr(args[0], call.target)(*args[1:], **kwargs)
    return call.target(*args, **kwargs)
