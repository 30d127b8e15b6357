"""The engine for tests and short scripts: the same answers in the same order, without a thread."""

from __future__ import annotations

import itertools

from engine import device as devices
from engine.announcer import Announcer, Emit
from engine.device import WITHOUT_TORCH, Runtime
from engine.handlers import HANDLERS, HandlerTable
from engine.jobs import ENGINE_WIDE, EngineState, Job, Notice, Priority, StateName
from engine.scheduler import Scheduler
from engine.task import Task


class InlineEngine:
    """An engine without a thread: submit() runs the job to its end before it returns.

    A job that yields idle() is left there; pump() goes on with it. The first job that needs torch loads it.
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
        self._scheduler = Scheduler()
        self._runtime = Runtime() if load_torch else Runtime(failure=WITHOUT_TORCH)
        self._stepping: list[Task] = []
        self._closed = False

    @property
    def state(self) -> EngineState:
        return self._announcer.state

    def start(self) -> None:
        """Emit the first state."""
        self._publish()

    def begin_loading(self) -> None:
        """Nothing: torch is loaded when it is needed."""

    def submit(
        self, request: object, *, key: str | None = None, priority: Priority = Priority.INTERACTIVE
    ) -> int:
        """Run a request to its end, or to its first idle(), and return its job's id."""
        job = Job(next(self._ids), request, key, priority)
        task = Task(job, self._handlers, _nobody_sleeps)
        self._scheduler.add(task)
        if self._closed:
            job.cancel.cancel()
        self._go_on_with_cancelled()
        self._go_on(task)
        return job.id

    def cancel(self, job_id: int) -> None:
        """Cancel a job that idles; the others have ended."""
        self._scheduler.cancel(job_id)
        self._go_on_with_cancelled()

    def pump(self) -> None:
        """Go on with every job that idles, until it ends or idles again."""
        for task in self._scheduler.tasks:
            self._go_on(task)

    def close(self, timeout: float = 5) -> bool:
        """Cancel everything; always True, there is no thread."""
        if not self._closed:
            self._closed = True
            self._scheduler.cancel_all()
            self._go_on_with_cancelled()
            self._publish()
        return True

    def idle_wait(self, timeout: float) -> bool:
        """Whether no job is left."""
        return not len(self._scheduler)

    def _go_on_with_cancelled(self) -> None:
        for task in self._scheduler.tasks:
            if task.job.cancel.cancelled:
                self._go_on(task)

    def _go_on(self, task: Task) -> None:
        # A receiver of events may submit: a job in the middle of a step is left to the call that runs it.
        if task.finished or task in self._stepping:
            return
        self._stepping.append(task)
        self._publish()
        try:
            self._run_until_idle(task)
        finally:
            self._stepping.remove(task)
        if task.finished:
            self._scheduler.remove(task)
        self._publish()

    def _run_until_idle(self, task: Task) -> None:
        if task.waits_for_torch(self._runtime):
            self._runtime, message = devices.load_runtime(self._preference)
            if message:
                self._announcer.send(Notice(ENGINE_WIDE, message))
        while not task.finished:
            task.advance(self._announcer.send, self._runtime)
            if task.idles and not task.job.cancel.cancelled:
                return

    def _publish(self) -> None:
        name: StateName = "stopped" if self._closed else "busy" if len(self._scheduler) else "idle"
        if self._announcer.state.state != name:
            self._announcer.send_state(name, "", self._runtime)


def _nobody_sleeps() -> None:
    """An inline engine has no thread to wake; pump() goes on."""
