"""One job carried out step by step, to exactly one terminal event whatever its handler does."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from engine import device as devices
from engine.announcer import Emit
from engine.device import Runtime
from engine.errors import ErrorReport, UserError, describe
from engine.handlers import Context, Handler, HandlerTable, Idle, load, lookup
from engine.jobs import (
    Cancelled,
    Done,
    Failed,
    Job,
    JobCancelled,
    Notice,
    Partial,
    Progress,
    Started,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    value: Any


_Outcome: TypeAlias = _Answer | Idle | Progress | Partial | Notice | None


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What is worth knowing of an exception; holds text only."""

    report: ErrorReport
    cancelled: bool
    no_memory: bool
    unexpected: bool

    @classmethod
    def of(cls, error: BaseException) -> Self:
        report, no_memory = describe(error), devices.is_out_of_memory(error)
        if no_memory:
            report = ErrorReport(
                "There is not enough memory for this, not even with reduced settings.",
                "Use a smaller picture or smaller settings, or close other programs.",
                report.details,
            )
        expected = no_memory or isinstance(error, UserError | JobCancelled)
        return cls(report, isinstance(error, JobCancelled), no_memory, not expected)


class Task:
    """One job under way. `advance` does one step; the one that ends the job emits its one terminal event.

    `finished`: that event is out.  `idles`: the last step had nothing to do.
    """

    def __init__(self, job: Job, handlers: HandlerTable, notify: Callable[[], None]) -> None:
        self.job = job
        self.finished = False
        self.idles = False
        self._handlers = handlers
        self._notify = notify
        self._began: float | None = None
        self._due = 0.0
        self._woken = False
        self._generator: Generator[Any, None, Any] | None = None
        self._context = self._new_context(reduced=False)
        try:
            self._handler = lookup(job.request, handlers)
        except LookupError:
            # The first step looks it up again and fails the job with the reason.
            self._handler = Handler("", needs_torch=False)

    def waits_for_torch(self, runtime: Runtime) -> bool:
        return self._handler.needs_torch and not runtime.settled and not self.job.cancel.cancelled

    def due_in(self, now: float) -> float:
        """Seconds until the next step is due, 0 when it is."""
        if self._woken or self.job.cancel.cancelled:
            return 0.0
        return max(0.0, self._due - now)

    def wake(self) -> None:
        """End an idle(); from any thread."""
        self._woken = True
        self._notify()

    def advance(self, emit: Emit, runtime: Runtime) -> None:
        """Carry out one step and emit what comes of it. Never raises."""
        self._woken = False
        if self.job.cancel.cancelled:
            self._abandon(runtime)
            self._end(emit, self._cancelled())
            return
        if self._began is None:
            self._began = self._context.began = time.monotonic()
            emit(Started(self.job.id))
        try:
            outcome = self._step(runtime)
        except BaseException as error:
            # BaseException: a handler that exits the interpreter must not take the engine along.
            trouble = _Trouble.of(error)
        else:
            self._pass_on(outcome, emit)
            return
        # From here on the exception, and with it the arrays in its frames, is gone.
        self._abandon(runtime)
        self._settle(trouble, emit, runtime)

    def _step(self, runtime: Runtime) -> _Outcome:
        """Run the handler to its next yield or its end, in the mode that it asked for."""
        handler = lookup(self.job.request, self._handlers)
        if handler.needs_torch and not runtime.ready:
            raise UserError(
                f"This needs torch, which could not be loaded ({runtime.failure}).",
                "Everything that works without torch goes on. Install torch again, then restart the program.",
            )
        self._refresh(runtime)
        with runtime.mode(handler.grad):
            if self._generator is None:
                answer = load(handler)(self.job.request, self._context)
                if not isinstance(answer, Generator):
                    return _Answer(answer)
                self._generator = answer
            try:
                return self._checked(next(self._generator))
            except StopIteration as stop:
                return _Answer(stop.value)

    def _refresh(self, runtime: Runtime) -> None:
        context = self._context
        context.torch_ready = runtime.ready
        context.device = devices.cpu() if context.reduced and runtime.accelerated else runtime.device

    def _checked(self, outcome: object) -> _Outcome:
        if outcome is None or isinstance(outcome, Idle):
            return outcome
        if isinstance(outcome, Progress | Partial | Notice) and outcome.job_id == self.job.id:
            return outcome
        raise TypeError(f"a handler may not yield a {type(outcome).__name__}: use the methods of its context")

    def _pass_on(self, outcome: _Outcome, emit: Emit) -> None:
        self.idles = isinstance(outcome, Idle)
        if isinstance(outcome, _Answer):
            cancelled = self.job.cancel.cancelled
            seconds = time.monotonic() - (self._began or 0.0)
            done = Done(self.job.id, outcome.value, seconds)
            self._end(emit, self._cancelled() if cancelled else done)
        elif isinstance(outcome, Idle):
            self._due = time.monotonic() + outcome.seconds
        elif outcome is not None:
            emit(outcome)

    def _settle(self, trouble: _Trouble, emit: Emit, runtime: Runtime) -> None:
        """A step raised: cancelled, tried again with less memory, or failed."""
        cancelled = self.job.cancel.cancelled or trouble.cancelled
        if trouble.no_memory and not cancelled and not self._context.reduced:
            self._retry(emit, runtime)
            return
        if trouble.unexpected:
            _log.error("%s failed\n%s", self._handler.target or "a job", trouble.report.details)
        if cancelled:
            self._end(emit, self._cancelled())
        else:
            self._end(emit, Failed(self.job.id, trouble.report))

    def _retry(self, emit: Emit, runtime: Runtime) -> None:
        devices.release_caches()
        self._context = self._new_context(reduced=True)
        where = " on the CPU" if runtime.accelerated else ""
        emit(Notice(self.job.id, f"The memory was not enough: trying once more with less{where}."))

    def _new_context(self, *, reduced: bool) -> Context:
        return Context(self.job.id, cancel=self.job.cancel, reduced=reduced, wake=self.wake)

    def _abandon(self, runtime: Runtime) -> None:
        """Let the generator clean up: JobCancelled at its yield, and close if it goes on all the same."""
        generator, self._generator = self._generator, None
        if generator is None:
            return
        try:
            with runtime.mode(self._handler.grad):
                try:
                    generator.throw(JobCancelled())
                except (StopIteration, JobCancelled):
                    return
                generator.close()
        except BaseException as error:
            text = describe(error).details
            _log.error("a handler failed while it was stopped: %s\n%s", self._handler.target, text)

    def _cancelled(self) -> Cancelled:
        return Cancelled(self.job.id, self.job.cancel.superseded)

    def _end(self, emit: Emit, event: Done | Failed | Cancelled) -> None:
        self.finished = True
        self._generator = None
        emit(event)
