"""What passes between whoever asks and the engine: jobs, cancel tokens, events. Frozen and free of torch."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, TypeAlias

from engine.errors import ErrorReport

__all__ = [
    "ENGINE_WIDE",
    "CancelToken",
    "Cancelled",
    "DeviceInfo",
    "Done",
    "EngineState",
    "ErrorReport",
    "Event",
    "Failed",
    "Job",
    "JobCancelled",
    "Notice",
    "Partial",
    "Priority",
    "Progress",
    "Started",
    "StateName",
    "is_terminal",
]

ENGINE_WIDE = 0
"""The `job_id` of a Notice that belongs to no job. Real ids start at 1."""


class Priority(IntEnum):
    """INTERACTIVE goes strictly first; LIVE and LONG share the rest of the time, one step each."""

    INTERACTIVE = 0
    LIVE = 1
    LONG = 2


class JobCancelled(Exception):
    """Raised inside a handler at the point where it learns that its job was cancelled."""


class CancelToken:
    """Says to a running job that nobody wants it any more. Any thread may cancel; the first reason stays."""

    __slots__ = ("_event", "_lock", "_superseded")

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._superseded = False

    def cancel(self, *, superseded: bool = False) -> None:
        """Cancel; `superseded` says that a newer job with the same key took this one's place."""
        with self._lock:
            if not self._event.is_set():
                self._superseded = superseded
                self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    @property
    def superseded(self) -> bool:
        return self._superseded

    def check(self) -> None:
        """Raise JobCancelled once the job is cancelled; for loops inside one long step."""
        if self._event.is_set():
            raise JobCancelled

    def wait(self, timeout: float) -> bool:
        """Sleep up to `timeout` seconds, less when cancelled meanwhile; says whether it was."""
        return self._event.wait(timeout)


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One request on its way: `key` names the slot in which a newer job replaces an older one."""

    id: int
    request: object
    key: str | None = None
    priority: Priority = Priority.INTERACTIVE
    cancel: CancelToken = field(default_factory=CancelToken)


@dataclass(frozen=True, slots=True)
class Started:
    """The engine began with the job."""

    job_id: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the job is: `done` of `total` in its own unit; `seconds_left` once that can be estimated.

    All of it done ends what is shown of it, though the job may go on (a live one does) or tell of more.
    """

    job_id: int
    done: float
    total: float
    message: str = ""
    seconds_left: float | None = None

    @property
    def complete(self) -> bool:
        return 0 < self.total <= self.done


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """A result on the way to the last one; only the newest matters."""

    job_id: int
    value: object


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that a person should see although nothing failed."""

    job_id: int
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """The end that was hoped for; `seconds` from Started to here."""

    job_id: int
    value: object
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """The job ended with an error."""

    job_id: int
    report: ErrorReport


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The job ended because it was cancelled; `superseded`: by a newer job with the same key."""

    job_id: int
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device as the status bar and About show it; memory in bytes, None where the system does not tell."""

    kind: Literal["cpu", "cuda", "mps"]
    name: str
    memory_total: int | None
    memory_used: int | None
    threads: int
    torch_version: str


StateName: TypeAlias = Literal["starting", "loading torch", "idle", "busy", "stopped", "no torch"]


@dataclass(frozen=True, slots=True)
class EngineState:
    """The engine as a whole; belongs to no job. `device` is None until torch is there."""

    state: StateName
    message: str = ""
    device: DeviceInfo | None = None


Event: TypeAlias = Started | Progress | Partial | Notice | Done | Failed | Cancelled | EngineState


def is_terminal(event: Event) -> bool:
    """Whether this event ends its job; every job gets exactly one such event."""
    return isinstance(event, Done | Failed | Cancelled)
