"""The one table of what the engine can be asked: request type -> function. A demonstration adds one line."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.jobs import CancelToken, Notice, Partial, Progress

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Handler:
    """Where the function for a request is ("module:function"), and what it needs.

    needs_torch: the job waits until torch is loaded.  grad: steps run with gradients, not in inference mode.
    """

    target: str
    needs_torch: bool = True
    grad: bool = False


HandlerFunction: TypeAlias = Callable[[Any, "Context"], Any]
# Keyed by a request type, or by its dotted name.
HandlerTable: TypeAlias = Mapping[Any, Handler]

# Dotted names, so that this module imports nothing of what it lists.
HANDLERS: dict[str, Handler] = {
    "engine.sources.OpenPicture": Handler("engine.sources:open_picture_request", needs_torch=False),
    "engine.sources.LoadSample": Handler("engine.sources:load_sample_request", needs_torch=False),
    "engine.sources.ListCameras": Handler("engine.sources:list_cameras_request", needs_torch=False),
    "engine.foundations.requests.CheckConvolution": Handler("engine.foundations.check:check"),
    "engine.foundations.requests.WholeImage": Handler(
        "engine.foundations.whole_image:respond", needs_torch=False
    ),
    "engine.foundations.requests.LiveWholeImage": Handler(
        "engine.foundations.whole_image:respond_live", needs_torch=False
    ),
}


def request_name(request_type: type) -> str:
    """The dotted name under which a request type stands in a table."""
    return f"{request_type.__module__}.{request_type.__qualname__}"


def lookup(request: object, handlers: HandlerTable = HANDLERS) -> Handler:
    """The handler of a request; raises LookupError, naming the type, where the table has none."""
    name = request_name(type(request))
    handler = handlers.get(type(request)) or handlers.get(name)
    if handler is None:
        raise LookupError(f"no handler for requests of type {name}")
    return handler


def load(handler: Handler) -> HandlerFunction:
    """Import the handler's module and return its function; raises ImportError or AttributeError."""
    module, _, name = handler.target.partition(":")
    function: HandlerFunction = getattr(importlib.import_module(module), name)
    return function


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
