"""The engine: the one thread that touches torch, and what may be asked of it from any thread.

    with Engine(emit=print) as engine:
        engine.begin_loading()              # torch, in a thread of its own; torch-free requests need not wait
        engine.submit(request, key="maps")  # Started ... Done, Failed or Cancelled arrive at emit

`emit` is called in the engine's thread (in the caller's where there is none: before start, after close) and
must not block.
"""

from __future__ import annotations

import itertools
import sys
import threading
import time
from types import TracebackType
from typing import Protocol, Self

from engine import device as devices
from engine.announcer import Announcer, Emit
from engine.device import WITHOUT_TORCH, Runtime
from engine.handlers import HANDLERS, HandlerTable
from engine.inline import InlineEngine
from engine.jobs import ENGINE_WIDE, EngineState, Job, Notice, Priority, StateName
from engine.scheduler import Scheduler
from engine.task import Task

__all__ = ["Emit", "Engine", "EngineLike", "InlineEngine"]

# How often a sleeping engine looks whether the program forgot to close it, in seconds.
_LOOK_AROUND = 1.0


class EngineLike(Protocol):
    """What the bridge needs of an engine."""

    @property
    def state(self) -> EngineState: ...
    def start(self) -> None: ...
    def begin_loading(self) -> None: ...
    def submit(
        self, request: object, *, key: str | None = None, priority: Priority = Priority.INTERACTIVE
    ) -> int: ...
    def cancel(self, job_id: int) -> None: ...
    def close(self, timeout: float = 5) -> bool: ...


class Engine:
    """Carries out jobs one step at a time in one thread; exactly one terminal event for every job.

    device: "cpu", "cuda", "cuda:1", "mps", or None for the fastest.  load_torch=False: never load it, refuse
    what needs it.  handlers: the table of what can be asked.
    Only begin_loading() loads torch, so that a window can be painted first; jobs that need it wait for that.
    """

    def __init__(
        self,
        emit: Emit,
        device: str | None = None,
        load_torch: bool = True,
        handlers: HandlerTable = HANDLERS,
    ) -> None:
        self._announcer = Announcer(emit)
        self._preference = device
        self._handlers = handlers
        self._ids = itertools.count(ENGINE_WIDE + 1)
        # Guards everything below; notified at every change.
        self._changed = threading.Condition()
        self._scheduler = Scheduler()
        self._runtime = Runtime() if load_torch else Runtime(failure=WITHOUT_TORCH)
        self._loaded: tuple[Runtime, str] | None = None
        self._loader: threading.Thread | None = None
        self._thread: threading.Thread | None = None
        self._published: tuple[StateName, str] | None = None
        self._closing = False
        self._finished = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def state(self) -> EngineState:
        """The newest EngineState that was emitted."""
        return self._announcer.state

    def start(self) -> None:
        """Start the thread; once."""
        with self._changed:
            if self._closing or self._thread is not None:
                return
            # Short turns for the interpreter's lock: the window gets it within half a millisecond.
            sys.setswitchinterval(0.0005)
            self._thread = threading.Thread(target=self._run, name="engine", daemon=False)
            self._thread.start()

    def begin_loading(self) -> None:
        """Begin to import torch in a thread of its own; once."""
        with self._changed:
            if self._closing or self._loader is not None or self._runtime.settled:
                return
            self._loader = threading.Thread(target=self._load, name="torch-loader", daemon=False)
            self._loader.start()
            self._changed.notify_all()

    def submit(
        self, request: object, *, key: str | None = None, priority: Priority = Priority.INTERACTIVE
    ) -> int:
        """Queue a request and return its job's id; replaces a job with the same key, queued or running."""
        job = Job(next(self._ids), request, key, priority)
        task = Task(job, self._handlers, self._notify)
        with self._changed:
            if self._closing:
                job.cancel.cancel()
            over = self._finished
            if not over:
                self._scheduler.add(task)
                self._changed.notify_all()
        if over:
            task.advance(self._announcer.send, self._runtime)
        return job.id

    def cancel(self, job_id: int) -> None:
        """Cancel a job before or while it runs; nothing happens when it has ended."""
        with self._changed:
            self._scheduler.cancel(job_id)
            self._changed.notify_all()

    def close(self, timeout: float = 5) -> bool:
        """Cancel everything and end the threads; idempotent, from any thread. True when none is left.

        Waits up to `timeout` seconds in all. A step under way or an import of torch cannot be interrupted: what
        takes longer ends by itself afterwards, and the process, whose threads are no daemons, after it.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            self._closing = True
            self._scheduler.cancel_all()
            self._changed.notify_all()
            thread, loader = self._thread, self._loader
            drain = thread is None and not self._finished
            self._finished = self._finished or drain
        if drain:
            self._drain_unstarted()
        me = threading.current_thread()
        threads = [t for t in (thread, loader) if t is not None]
        for other in threads:
            if other is not me:
                other.join(max(0.0, deadline - time.monotonic()))
        return not any(t.is_alive() for t in threads)

    def idle_wait(self, timeout: float) -> bool:
        """Wait until no job is left and no loading goes on; False on time-out. Not from its own thread."""
        with self._changed:
            return self._changed.wait_for(self._quiet, timeout)

    def _quiet(self) -> bool:
        if len(self._scheduler) or self._published != self._wanted_state():
            return False
        return self._finished or self._loader is None or self._runtime.settled

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _load(self) -> None:
        devices.lower_this_thread()
        loaded = devices.load_runtime(self._preference)
        with self._changed:
            self._loaded = loaded
            self._changed.notify_all()

    def _run(self) -> None:
        devices.lower_this_thread()
        while (task := self._next()) is not None:
            task.advance(self._announcer.send, self._runtime)
            if task.finished:
                with self._changed:
                    self._scheduler.remove(task)
                    self._changed.notify_all()
        self._publish()

    def _next(self) -> Task | None:
        """Wait for the next task with a step due; None when the engine is closed and has nothing left."""
        while True:
            self._adopt_torch()
            self._publish()
            with self._changed:
                if not threading.main_thread().is_alive():
                    self._closing = True
                    self._scheduler.cancel_all()
                if self._closing and not len(self._scheduler):
                    self._finished = True
                    return None
                if self._loaded is not None or self._published != self._wanted_state():
                    continue
                now = time.monotonic()
                task = self._scheduler.pick(now, self._runtime)
                if task is not None:
                    return task
                wait = self._scheduler.due_in(now, self._runtime)
                self._changed.wait(_LOOK_AROUND if wait is None else min(wait, _LOOK_AROUND))

    def _adopt_torch(self) -> None:
        with self._changed:
            loaded, self._loaded = self._loaded, None
        if loaded is None:
            return
        runtime, message = loaded
        if runtime.ready:
            devices.tune_this_thread()
        with self._changed:
            self._runtime = runtime
            self._published = None  # even a busy engine tells now which device it has
        if message:
            self._announcer.send(Notice(ENGINE_WIDE, message))

    def _wanted_state(self) -> tuple[StateName, str]:
        if self._finished:
            return "stopped", ""
        if self._scheduler.active(self._runtime):
            return "busy", ""
        if self._runtime.failure:
            return "no torch", self._runtime.failure
        if self._runtime.ready:
            return "idle", ""
        return ("starting", "") if self._loader is None else ("loading torch", "")

    def _publish(self) -> None:
        """Emit the engine's state when it is another than the one emitted last."""
        with self._changed:
            wanted, runtime = self._wanted_state(), self._runtime
            if wanted == self._published:
                return
        self._announcer.send_state(*wanted, runtime)
        with self._changed:
            self._published = wanted
            self._changed.notify_all()

    def _drain_unstarted(self) -> None:
        """Cancel what was queued in an engine that never got a thread."""
        while (task := self._scheduler.pick(time.monotonic(), self._runtime)) is not None:
            task.advance(self._announcer.send, self._runtime)
            self._scheduler.remove(task)
        self._publish()
