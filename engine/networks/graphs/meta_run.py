"""Modules without numbers: built in no time, run on torch's meta device, every call recorded with what it gave."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import fx, nn
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode

from engine.networks.graphs.shapes import Shape
from engine.networks.graphs.translation import is_layer

Check: TypeAlias = Callable[[], None]


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
        return func(*args, **kwargs)


_FACTORIES = frozenset({torch.empty, torch.ones, torch.zeros})


@dataclass(frozen=True, slots=True)
class Recorded:
    """One call of a run: its node in the trace, the module in whose forward() it stands ("" for the outermost), what
    it gave, and how many multiply-accumulates torch's counter saw in it."""

    node: fx.Node
    owner: str
    result: Any
    products: int


def record(
    net: nn.Module, input_shape: Shape, side_branches: bool, check: Check | None = None
) -> list[Recorded]:
    """Run a module on the meta device for one picture, in evaluation mode, and say what happened, in order.

    `side_branches`: the module itself is told that it is in training, and none of its layers. `check` is called before
    every call; what it raises ends the run.
    """
    tracer = _Tracer()
    with _as_it_runs(net, side_branches):
        graph = tracer.trace(net)
        with FlopCounterMode(display=False) as counter:
            interpreter = _Interpreter(fx.GraphModule(net, graph), counter, check)
            interpreter.run(torch.empty(1, *input_shape, device="meta"))
    return [Recorded(node, tracer.owners.get(node, ""), *interpreter.results[node]) for node in graph.nodes]


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


class _Interpreter(fx.Interpreter):
    """Runs a trace and keeps what every call gave and how many products it took."""

    def __init__(self, module: fx.GraphModule, counter: FlopCounterMode, check: Check | None) -> None:
        super().__init__(module, garbage_collect_values=False)
        self.extra_traceback = False  # what is raised in a call comes out as it is
        self._check = check
        self.results: dict[fx.Node, tuple[Any, int]] = {}
        self._counter = counter

    def run_node(self, n: fx.Node) -> Any:
        if self._check is not None:
            self._check()
        before = self._counter.get_total_flops()
        result = super().run_node(n)
        self.results[n] = result, (self._counter.get_total_flops() - before) // 2
        return result


@contextmanager
def _as_it_runs(net: nn.Module, side_branches: bool) -> Iterator[None]:
    """Evaluation mode in all layers, and only the net itself told to use its side branches; no fused attention."""
    modes = [(module, module.training) for module in net.modules()]
    fast = torch.backends.mha.get_fastpath_enabled()
    net.eval()
    net.training = side_branches
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        # Outside of inference mode torch takes composite operations apart, so that its counter sees their parts.
        with torch.inference_mode(False), torch.no_grad():
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        for module, training in modes:
            module.training = training
