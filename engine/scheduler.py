"""Which job's step is next. No threads in here: the engine guards it with its lock."""

from __future__ import annotations

from engine.device import Runtime
from engine.jobs import Priority
from engine.task import Task


class Scheduler:
    """The jobs that are not finished, and the order of their steps.

    Cancelled jobs first (they only have to stop), then interactive ones, then live and long ones; within a
    class, one step each in turn.
    """

    def __init__(self) -> None:
        self._ring: list[Task] = []

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(self._ring)

    def __len__(self) -> int:
        return len(self._ring)

    def add(self, task: Task) -> None:
        """Queue a task; cancels those with the same key as superseded."""
        if task.job.key is not None:
            for other in self._ring:
                if other.job.key == task.job.key:
                    other.job.cancel.cancel(superseded=True)
        self._ring.append(task)

    def remove(self, task: Task) -> None:
        self._ring.remove(task)

    def cancel(self, job_id: int) -> None:
        """Cancel one job; an unknown or finished one is nobody's business any more."""
        for task in self._ring:
            if task.job.id == job_id:
                task.job.cancel.cancel()

    def cancel_all(self) -> None:
        for task in self._ring:
            task.job.cancel.cancel()

    def pick(self, now: float, runtime: Runtime) -> Task | None:
        """The task whose step is next (it goes to the end of the ring), None when nothing is due."""
        ready = [t for t in self._ring if not t.waits_for_torch(runtime) and t.due_in(now) == 0]
        if not ready:
            return None
        task = min(ready, key=_urgency)
        self._ring.remove(task)
        self._ring.append(task)
        return task

    def due_in(self, now: float, runtime: Runtime) -> float | None:
        """Seconds until a task is due, None when all wait for something else."""
        waits = [t.due_in(now) for t in self._ring if not t.waits_for_torch(runtime)]
        return min(waits, default=None)

    def active(self, runtime: Runtime) -> bool:
        """Whether any job is under way, those that wait for torch left out."""
        return any(not task.waits_for_torch(runtime) for task in self._ring)


def _urgency(task: Task) -> int:
    if task.job.cancel.cancelled:
        return -1
    return 0 if task.job.priority is Priority.INTERACTIVE else 1
