"""Small requests and handlers for the tests of the engine; none of them needs torch unless it says so."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.errors import UserError
from engine.handlers import Context, Handler
from engine.jobs import JobCancelled
from engine.mailbox import Mailbox

WAIT = 20.0
"""Seconds after which a test gives up on a thread: an upper bound, never what a test is decided by."""


@dataclass(frozen=True, slots=True)
class Echo:
    value: object = None


@dataclass(frozen=True, slots=True)
class Raise:
    """Raises what it carries: at once, or after `steps` steps of a generator (inside its finally block)."""

    error: BaseException
    steps: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """Yields Progress `steps` times; notes (name, step) and what became of it."""

    steps: int
    name: str = ""
    notes: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Gate:
    """One long step that ends when it is opened, or when it is cancelled and `obeys`."""

    obeys: bool = True
    entered: threading.Event = field(default_factory=threading.Event)
    open: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Stubborn:
    """Goes on after JobCancelled: until it is closed, or (`immortal`) even then for one more yield."""

    immortal: bool = False
    running: threading.Event = field(default_factory=threading.Event)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BadCleanup:
    running: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Hungry:
    """Runs out of memory `times` times; notes (reduced, device) of each try."""

    times: int
    error: BaseException = field(default_factory=lambda: MemoryError("no room"))
    notes: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Yields:
    value: object


@dataclass(frozen=True, slots=True)
class Watch:
    """Echoes what comes into a mailbox as partial results; ends when the mailbox is closed."""

    box: Mailbox[Any]


@dataclass(frozen=True, slots=True)
class Modes:
    """Needs torch: returns its modes in each of two steps, its device and thread."""


@dataclass(frozen=True, slots=True)
class GradModes(Modes):
    """The same with gradients."""


@dataclass(frozen=True, slots=True)
class Leak:
    """Needs torch: ends its first step with a mode of its own still on, set as `how` says."""

    how: str
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Unlisted:
    """In no table."""


@dataclass(frozen=True, slots=True)
class Lost:
    """In the table with a module that does not exist."""


def echo(request: Echo, context: Context) -> object:
    return request.value


def fail(request: Raise, context: Context) -> object:
    if request.steps is None:
        raise request.error
    return _fail_late(request, request.steps)


def _fail_late(request: Raise, steps: int) -> Iterator[None]:
    try:
        for _ in range(steps):
            yield
    finally:
        raise request.error


def count(request: Count, context: Context) -> Iterator[Any]:
    try:
        for step in range(request.steps):
            request.notes.append((request.name, step))
            yield context.progress(step + 1, request.steps, request.name)
        return request.steps
    except JobCancelled:
        request.notes.append("cancelled")
        raise
    finally:
        request.notes.append("cleaned up")


def gate(request: Gate, context: Context) -> str:
    request.entered.set()
    while not request.open.wait(0.002):
        if request.obeys:
            context.cancel.check()
    return "opened"


def stubborn(request: Stubborn, context: Context) -> Iterator[None]:
    while True:
        try:
            request.running.set()
            yield
        except JobCancelled:
            request.notes.append("ignored")
        except GeneratorExit:
            request.notes.append("closed")
            if request.immortal:
                yield
            raise


def bad_cleanup(request: BadCleanup, context: Context) -> Iterator[None]:
    try:
        while True:
            request.running.set()
            yield
    finally:
        raise OSError("the file cannot be closed")


def hungry(request: Hungry, context: Context) -> Iterator[Any]:
    request.notes.append((context.reduced, context.device))
    yield context.partial("on the way")
    if len(request.notes) <= request.times:
        raise request.error
    return "fed"


def yields(request: Yields, context: Context) -> Iterator[Any]:
    yield request.value


def watch(request: Watch, context: Context) -> Iterator[Any]:
    unsubscribe = request.box.subscribe(context.wake)
    try:
        while True:
            closed = request.box.closed
            value = request.box.take()
            if value is not None:
                yield context.partial(value)
            elif closed:
                return "closed"
            else:
                # Longer than any test waits: only the mailbox's wake-up can end it.
                yield context.idle(10 * WAIT)
    finally:
        unsubscribe()


def modes(request: Modes, context: Context) -> Iterator[Any]:
    import torch

    def now() -> tuple[bool, bool]:
        return torch.is_grad_enabled(), torch.is_inference_mode_enabled()

    first = now()
    yield
    nice = os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) if sys.platform == "linux" else None
    return [first, now()], context.device, threading.current_thread().name, torch.get_num_threads(), nice


def leak(request: Leak, context: Context) -> Iterator[Any]:
    import torch

    if request.how == "call":
        torch.set_grad_enabled(True)
        yield
    elif request.how == "autocast":
        with torch.autocast("cpu", dtype=torch.bfloat16):
            yield
    else:
        try:
            with torch.inference_mode(False), torch.enable_grad():
                yield
        finally:
            request.notes.append("cleaned up")
    return "not noticed"


_HERE = "tests.engine.handlers_for_tests"
TABLE: dict[type, Handler] = {
    Echo: Handler(f"{_HERE}:echo", needs_torch=False),
    Raise: Handler(f"{_HERE}:fail", needs_torch=False),
    Count: Handler(f"{_HERE}:count", needs_torch=False),
    Gate: Handler(f"{_HERE}:gate", needs_torch=False),
    Stubborn: Handler(f"{_HERE}:stubborn", needs_torch=False),
    BadCleanup: Handler(f"{_HERE}:bad_cleanup", needs_torch=False),
    Hungry: Handler(f"{_HERE}:hungry", needs_torch=False),
    Yields: Handler(f"{_HERE}:yields", needs_torch=False),
    Watch: Handler(f"{_HERE}:watch", needs_torch=False),
    Modes: Handler(f"{_HERE}:modes"),
    GradModes: Handler(f"{_HERE}:modes", grad=True),
    Leak: Handler(f"{_HERE}:leak"),
    Lost: Handler("tests.engine.nowhere:nothing", needs_torch=False),
}


class Unpicklable(Exception):
    """Carries a lock, cannot be copied, and cannot even say what it is."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def __str__(self) -> str:
        raise ValueError("no description")


def user_error() -> UserError:
    return UserError("The kernel is larger than the input.", "Choose 5 or less.")
