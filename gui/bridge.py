"""Between the engine's events and Qt's signals: the only file that knows both sides.

The engine's thread never touches a QObject that people see. It leaves its events in an inbox and posts one
wake-up; everything else happens in the thread of the window.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from engine.jobs import (
    ENGINE_WIDE,
    Cancelled,
    Done,
    EngineState,
    Event,
    Failed,
    Notice,
    Partial,
    Priority,
    Progress,
    is_terminal,
)
from engine.runner import Emit, EngineLike

# How long one delivery may keep the window's thread before the rest is posted again.
_DELIVERY_SECONDS = 0.008


class _Inbox:
    """Events on their way to the window; of partials, progress and states only the newest is kept.

    A plain object on purpose: the engine may still hold it when the Bridge is gone.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._order: deque[Event | tuple[type, int]] = deque()
        self._newest: dict[tuple[type, int], Event] = {}
        self._wake: Callable[[], None] | None = wake
        self._posted = False

    def put(self, event: Event) -> None:
        """From any thread: keep the event and wake the window once."""
        with self._lock:
            if self._wake is None:
                return
            if isinstance(event, Partial | Progress | EngineState):
                slot = (type(event), getattr(event, "job_id", ENGINE_WIDE))
                if slot not in self._newest:
                    self._order.append(slot)
                self._newest[slot] = event
            else:
                self._order.append(event)
            wake = None if self._posted else self._wake
            self._posted = True
        if wake is not None:
            self._post(wake)

    def take(self) -> Event | None:
        """The next event in order, None when there is none; the next put wakes again."""
        with self._lock:
            if not self._order:
                self._posted = False
                return None
            entry = self._order.popleft()
            return self._newest.pop(entry) if isinstance(entry, tuple) else entry

    def close(self) -> None:
        """Forget everything and accept nothing more."""
        with self._lock:
            self._wake = None
            self._order.clear()
            self._newest.clear()

    def _post(self, wake: Callable[[], None]) -> None:
        try:
            wake()
        except RuntimeError:
            # Qt deleted the bridge (the application goes down without Bridge.close): nobody is left to tell.
            self.close()


class Channel(QObject):
    """One question at a time: a page asks, only the answer to its newest request arrives.

    done(value), partial(value), progress(Progress), failed(ErrorReport), cancelled() belong to the newest
    request; whatever an older one still sends is dropped. A request replaced by a newer one ends in silence.
    After cancel() nothing of the request arrives but `cancelled`, whatever was on its way already.
    """

    done = Signal(object)
    partial = Signal(object)
    progress = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    busyChanged = Signal(bool)

    def __init__(
        self, bridge: Bridge, key: str, priority: Priority, parent: QObject | None, handles_failures: bool
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._key = key
        self._priority = priority
        self._waiting_id: int | None = None
        self._given_up = False
        self.handles_failures = handles_failures

    @property
    def key(self) -> str:
        return self._key

    @property
    def priority(self) -> Priority:
        return self._priority

    @property
    def waiting_id(self) -> int | None:
        """The id of the job whose answer is awaited, None when none is."""
        return self._waiting_id

    @property
    def busy(self) -> bool:
        return self._waiting_id is not None

    def ask(self, request: object) -> None:
        """Ask the engine; replaces what this channel asked before and has not been answered."""
        was_busy = self.busy
        self._given_up = False
        self._waiting_id = self._bridge.submit_for(self, request)
        if self.busy != was_busy:
            self.busyChanged.emit(self.busy)

    @Slot()
    def cancel(self) -> None:
        """Give up the request under way; `cancelled` follows when the engine has stopped it."""
        if self._waiting_id is not None:
            self._given_up = True
            self._bridge.engine.cancel(self._waiting_id)

    @property
    def given_up(self) -> bool:
        """Whether the request under way was cancelled through this channel; its end is awaited."""
        return self._given_up and self.busy

    def deliver(self, event: Event) -> None:
        """For the Bridge: emit what belongs to an event of the newest request."""
        given_up = self.given_up
        if is_terminal(event):
            self._waiting_id = None
        match event:
            case _ if given_up:
                if is_terminal(event):
                    self.cancelled.emit()
            case Partial(value=value):
                self.partial.emit(value)
            case Progress():
                self.progress.emit(event)
            case Done(value=value):
                self.done.emit(value)
            case Failed(report=report):
                self.failed.emit(report)
            case Cancelled(superseded=False):
                self.cancelled.emit()
        # A slot of the signals above may have deleted this channel, or asked again.
        if is_terminal(event) and isValid(self) and not self.busy:
            self.busyChanged.emit(False)


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    channel: Channel
    request: object


class Bridge(QObject):
    """The engine as the window sees it: channels to ask through, and signals about the engine as a whole.

    stateChanged(EngineState).  failed(request, ErrorReport): for the banner, every failure whose channel does
    not handle failures itself.  noticed(str).  progressed(Progress): of every current job.
    active_progress(Progress or None): of the one job that the status bar shows and cancel_active() cancels, until
    the job ends or its progress is complete.
    busyChanged(bool): whether any request is unanswered.
    """

    stateChanged = Signal(object)
    failed = Signal(object, object)
    noticed = Signal(str)
    progressed = Signal(object)
    active_progress = Signal(object)
    busyChanged = Signal(bool)
    _woken = Signal()

    def __init__(self, make_engine: Callable[[Emit], EngineLike], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[int, _Waiting] = {}
        self._active_id: int | None = None
        self._closed = False
        self._woken.connect(self._deliver_all, Qt.ConnectionType.QueuedConnection)
        self._inbox = _Inbox(self._woken.emit)
        self._state = EngineState("starting")
        self._engine = make_engine(self._inbox.put)
        self._engine.start()

    @property
    def engine(self) -> EngineLike:
        return self._engine

    @property
    def state(self) -> EngineState:
        """The newest EngineState that was delivered."""
        return self._state

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    @property
    def closed(self) -> bool:
        return self._closed

    def channel(
        self,
        key: str,
        priority: Priority = Priority.INTERACTIVE,
        parent: QObject | None = None,
        *,
        handles_failures: bool = False,
    ) -> Channel:
        """A channel of its own key (two channels with one key replace each other's requests).

        handles_failures: the owner shows failures itself, the banner stays away.
        """
        channel = Channel(self, key, priority, parent, handles_failures)
        channel.destroyed.connect(self._forget_deleted)
        return channel

    @Slot()
    def begin_loading(self) -> None:
        """Let the engine load torch; call it after the first paint."""
        if not self._closed:
            self._engine.begin_loading()

    @Slot()
    def cancel_active(self) -> None:
        """Cancel the job that active_progress shows."""
        if self._active_id is not None:
            self._engine.cancel(self._active_id)

    @Slot(result=bool)
    def close(self, timeout: float = 5) -> bool:
        """Deliver nothing more and close the engine, waiting up to `timeout` seconds; idempotent.

        True when none of its threads is left; one that is ends by itself, and the process after it.
        """
        self._closed = True
        self._inbox.close()
        self._waiting.clear()
        return self._engine.close(timeout)

    def submit_for(self, channel: Channel, request: object) -> int | None:
        """For Channel.ask: hand the request to the engine; None once the bridge is closed."""
        if self._closed:
            return None
        was_busy = self.busy
        job_id = self._engine.submit(request, key=channel.key, priority=channel.priority)
        self._waiting[job_id] = _Waiting(channel, request)
        if not was_busy:
            self.busyChanged.emit(True)
        return job_id

    @Slot()
    def _deliver_all(self) -> None:
        deadline = time.monotonic() + _DELIVERY_SECONDS
        while (event := self._inbox.take()) is not None:
            self._deliver(event)
            if self._closed or not isValid(self):
                return
            if time.monotonic() > deadline:
                self._woken.emit()
                return

    def _deliver(self, event: Event) -> None:
        if isinstance(event, EngineState):
            self._state = event
            self.stateChanged.emit(event)
        elif event.job_id == ENGINE_WIDE:
            if isinstance(event, Notice):
                self.noticed.emit(event.message)
        else:
            self._deliver_for_job(event.job_id, event)

    def _deliver_for_job(self, job_id: int, event: Event) -> None:
        waiting = self._waiting.get(job_id)
        if waiting is None:
            return
        if is_terminal(event):
            self._end(job_id)
        channel = waiting.channel
        if not isValid(channel):
            self._engine.cancel(job_id)
        elif channel.waiting_id == job_id:
            handled, given_up = channel.handles_failures, channel.given_up
            channel.deliver(event)
            if not given_up:
                self._tell_everyone(waiting.request, event, handled)
        if is_terminal(event) and isValid(self) and not self.busy:
            self.busyChanged.emit(False)

    def _tell_everyone(self, request: object, event: Event, failure_handled: bool) -> None:
        if self._closed or not isValid(self):
            return
        match event:
            case Failed(report=report) if not failure_handled:
                self.failed.emit(request, report)
            case Notice(message=message):
                self.noticed.emit(message)
            case Progress(job_id=job_id):
                self.progressed.emit(event)
                self._show_active(job_id, event)

    def _show_active(self, job_id: int, progress: Progress) -> None:
        """The bar stays with one job until it is through instead of jumping between two."""
        if progress.complete:
            self._leave_active(job_id)
            return
        self._active_id = job_id if self._active_id is None else self._active_id
        if self._active_id == job_id:
            self.active_progress.emit(progress)

    def _leave_active(self, job_id: int) -> None:
        if self._active_id == job_id:
            self._active_id = None
            self.active_progress.emit(None)

    def _end(self, job_id: int) -> None:
        self._waiting.pop(job_id, None)
        self._leave_active(job_id)

    @Slot()
    def _forget_deleted(self) -> None:
        """A page was deleted: what it asked for is wanted by nobody."""
        for job_id, waiting in tuple(self._waiting.items()):
            if not isValid(waiting.channel):
                self._engine.cancel(job_id)
