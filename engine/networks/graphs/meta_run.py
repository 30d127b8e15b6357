"""Modules without numbers: built in no time, run on torch's meta device, every call recorded with what it gave."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, fx, nn
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode

from engine.networks.graphs.shapes import Shape
from engine.networks.graphs.translation import is_layer

STEP: Final = 96
"""Calls between two yields: some tens of milliseconds."""


class WithoutNumbers(TorchFunctionMode):
    """New weights have shapes and no numbers, so that the largest network is built in milliseconds.

    torch.device("meta") as a context would also take the numbers from which the RegNets compute their widths.
    """

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func in _FACTORIES and kwargs.get("device") is None:
            kwargs = {**kwargs, "device": "meta"}
        if func in _DRAWS and args[0].is_meta:
            return args[0]  # nothing to draw: torch's way to do nothing takes half the time of building
        return func(*args, **kwargs)


_FACTORIES = frozenset({torch.empty, torch.ones, torch.zeros})
_DRAWS = frozenset({Tensor.normal_, Tensor.uniform_})


@dataclass(frozen=True, slots=True)
class Recorded:
    """One call of a run: its node in the trace, the module in whose forward() it stands ("" for the outermost), what
    it gave, and how many multiply-accumulates torch's counter saw in it."""

    node: fx.Node
    owner: str
    result: Any
    products: int


def record(net: nn.Module, input_shape: Shape, side_branches: bool) -> Generator[None, None, list[Recorded]]:
    """Run a module on the meta device for one picture, in evaluation mode, and say what happened, in order.

    `side_branches`: the module itself is told that it is in training, and none of its layers. Yields after some calls;
    no mode of torch is left on in between, and the module is as it was in the end.
    """
    with _evaluating(net, side_branches):
        with _as_torch_counts():
            graph, owners = trace_of(net)
        yield
        run = _Run(net, graph, torch.empty(1, *input_shape, device="meta"))
        nodes = list(graph.nodes)
        for start in range(0, len(nodes), STEP):
            with _as_torch_counts():
                run.go_on(nodes[start : start + STEP])
            yield
    return [Recorded(node, owners.get(node, ""), *run.results[node]) for node in nodes]


def trace_of(net: nn.Module) -> tuple[fx.Graph, dict[fx.Node, str]]:
    """The calls of a module and the modules in whose forward() they stand; a GraphModule's own, as they are."""
    if isinstance(net, fx.GraphModule):
        return net.graph, {node: _owner(node) for node in net.graph.nodes}
    tracer = _Tracer()
    return tracer.trace(net), tracer.owners


def _owner(node: fx.Node) -> str:
    """The module in whose forward() a call of a GraphModule stood when it was traced."""
    if node.op == "call_module":
        return str(node.target).rpartition(".")[0]
    around = list(node.meta.get("nn_module_stack", {}).values())
    return str(around[-1][0]) if around else ""


class _Tracer(fx.Tracer):
    """Records the module in whose forward() each call stands; does not look into what is a layer of its own."""

    def __init__(self) -> None:
        shuffle = sys.modules.get("torchvision.models.shufflenetv2")
        super().__init__(autowrap_functions=(shuffle.channel_shuffle,) if shuffle else ())
        self.owners: dict[fx.Node, str] = {}
        self._owner = ""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return is_layer(m) or super().is_leaf_module(m, module_qualified_name)

    def call_module(
        self, m: nn.Module, forward: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        before, self._owner = self._owner, self.path_of_module(m)
        try:
            return super().call_module(m, forward, args, kwargs)
        finally:
            self._owner = before

    def create_proxy(self, kind: str, *args: Any, **kwargs: Any) -> fx.Proxy:
        proxy = super().create_proxy(kind, *args, **kwargs)
        owner = self._owner
        if kind == "call_module":
            owner = owner.rpartition(".")[0]
        self.owners[proxy.node] = owner
        return proxy


class _Run(fx.Interpreter):
    """Runs a trace in parts and keeps what every call gave and how many products it took."""

    def __init__(self, net: nn.Module, graph: fx.Graph, picture: Tensor) -> None:
        super().__init__(net, garbage_collect_values=False, graph=graph)
        self.args_iter = iter((picture,))
        self.results: dict[fx.Node, tuple[Any, int]] = {}

    def go_on(self, nodes: Sequence[fx.Node]) -> None:
        """Make the next calls. What is raised in a call comes out as it is."""
        with FlopCounterMode(display=False) as counter, _SameShape():
            before = 0
            for node in nodes:
                self.env[node] = self.run_node(node)
                counted = counter.get_total_flops()
                self.results[node] = self.env[node], (counted - before) // 2
                before = counted


class _SameShape(TorchFunctionMode):
    """Batch norm gives what it gets, in shape: torch finds that out by ten operations in Python on the meta device,
    which take half the time of a large net."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is nn.functional.batch_norm:
            return torch.empty_like(args[0])
        return func(*args, **(kwargs or {}))


@contextmanager
def _evaluating(net: nn.Module, side_branches: bool) -> Iterator[None]:
    """Evaluation mode in all layers, and only the net itself told to use its side branches."""
    modes = [(module, module.training) for module in net.modules()]
    net.eval()
    net.training = side_branches
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


@contextmanager
def _as_torch_counts() -> Iterator[None]:
    """No fused attention, and composite operations taken apart, so that torch's counter sees their parts."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.inference_mode(False), torch.no_grad():
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
