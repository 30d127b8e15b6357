"""What a handler is given besides its request, and what it may yield."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.jobs import CancelToken, Notice, Partial, Progress

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Idle:
    """Yielded by a handler that has nothing to do for `seconds`, or until its `context.wake` is called."""

    seconds: float


def _do_nothing() -> None:
    """The wake-up call of a context that no engine runs."""


@dataclass(slots=True, eq=False)
class Context:
    """What a handler may know and use besides its request; the engine refreshes it before every step.

    device: where to compute, None before torch is ready.  cancel: for long steps to ask (`cancel.check()`).
    reduced: True on the second try after out of memory; use less (smaller batches, smaller images).
    wake: ends an `idle()` at once, from any thread; made to be handed to `Mailbox.subscribe`.

    A handler is a function, or a generator in which each `yield` ends one step of at most about 50 ms. It may
    yield nothing or one of progress(), partial(), notice(), idle(). It never keeps a torch mode on across a
    yield: the engine sets the mode of every step.
    """

    job_id: int = 0
    device: torch.device | None = None
    torch_ready: bool = False
    cancel: CancelToken = field(default_factory=CancelToken)
    reduced: bool = False
    wake: Callable[[], None] = _do_nothing
    began: float = field(default_factory=time.monotonic)

    def progress(self, done: float, total: float, message: str = "") -> Progress:
        """A Progress to yield; the time left is what the part done took, scaled to the rest."""
        return Progress(self.job_id, done, total, message, self._seconds_left(done, total))

    def partial(self, value: object) -> Partial:
        """A result on the way to the last one, to yield."""
        return Partial(self.job_id, value)

    def notice(self, message: str) -> Notice:
        """A sentence for the person at the screen, to yield."""
        return Notice(self.job_id, message)

    def idle(self, seconds: float = 0.01) -> Idle:
        """To yield when there is nothing to do: the engine comes back after `seconds` or on `wake()`."""
        return Idle(seconds)

    def _seconds_left(self, done: float, total: float) -> float | None:
        if done <= 0 or total <= 0:
            return None
        elapsed = time.monotonic() - self.began
        return max(0.0, elapsed * (total - done) / done)
