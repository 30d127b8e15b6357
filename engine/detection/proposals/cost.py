"""What a method costs, counted while it runs: passes, heads, multiplications, seconds."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

from torch import Tensor, nn

from engine.networks.program import Call

Result = TypeVar("Result")


@dataclass(slots=True)
class Cost:
    """`macs`: multiplications of convolutions and linear layers. `seconds`: of the work alone, without what the engine
    does between its steps."""

    passes: int = 0
    heads: int = 0
    macs: int = 0
    seconds: float = 0.0

    def watch(self, call: Call, result: Any) -> None:
        """Count a call of a program."""
        self.macs += macs_of(call.target, result)

    @contextmanager
    def timing(self) -> Iterator[None]:
        """Time a piece of work."""
        began = perf_counter()
        try:
            yield
        finally:
            self.seconds += perf_counter() - began

    def timed(self, steps: Generator[Any, None, Result]) -> Generator[None, None, Result]:
        """The same steps, timed one by one."""
        with closing(steps):
            while True:
                began = perf_counter()
                try:
                    next(steps)
                except StopIteration as stop:
                    result: Result = stop.value
                    return result
                finally:
                    self.seconds += perf_counter() - began
                yield

    @contextmanager
    def counting(self, net: nn.Module) -> Iterator[None]:
        """Count what the modules of a net do meanwhile."""

        def hook(module: nn.Module, _given: Any, result: Any) -> None:
            self.macs += macs_of(module, result)

        hooks = [module.register_forward_hook(hook) for module in net.modules() if _counts(module)]
        try:
            yield
        finally:
            for handle in hooks:
                handle.remove()


def macs_of(target: Any, result: Any) -> int:
    """Multiplications with weights that made `result`: Tensor[N, C, H, W] or Tensor[N, features]."""
    if not (_counts(target) and isinstance(result, Tensor)):
        return 0
    return int(result.numel() * target.weight[0].numel())


def _counts(target: Any) -> bool:
    return isinstance(target, nn.Conv2d | nn.Linear)
