"""A question that a page keeps asking the engine: asked once about one subject, dropped when out of view."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.jobs import ErrorReport
from gui.bridge import Channel


class Question(QObject):
    """Wraps a channel with the subject that is on show.

    `want(subject, make)` asks unless that very subject was asked before; what comes back is delivered only while its
    subject is still the one on show. `quiet_ms` waits for a pause in quick changes.
    """

    outdated = Signal()
    """Another subject is on show: what was answered belongs to the past."""
    asked = Signal()
    answered = Signal(object)
    refused = Signal(object)
    """The ErrorReport of the subject on show; it is not asked again until another one was."""

    def __init__(self, channel: Channel, parent: QObject, quiet_ms: int = 0) -> None:
        super().__init__(parent)
        self._channel = channel
        self._subject: object = None
        self._asked_subject: object = None
        self._make: Callable[[], object] | None = None
        self._ready: Callable[[], bool] = lambda: True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(quiet_ms)
        self._timer.timeout.connect(self.ask_now)
        channel.done.connect(self._done)
        channel.partial.connect(self._partial)
        channel.failed.connect(self._failed)

    def set_ready(self, ready: Callable[[], bool]) -> None:
        """Ask only while `ready()` is true; call `ask_now` when it becomes true."""
        self._ready = ready

    @property
    def settled(self) -> bool:
        """Whether the subject on show was asked and answered (or refused)."""
        return self._subject is not None and self._same() and not self._channel.busy

    @property
    def pending(self) -> bool:
        """Whether an answer about the subject on show is still to come."""
        return self._subject is not None and not self.settled

    def want(self, subject: object, make: Callable[[], object]) -> None:
        """`subject` is on show (compared with `==`); `make()` gives the request about it."""
        self._make = make
        if self._subject is not None and self._subject == subject:
            return
        self._subject, self._asked_subject = subject, None
        self._channel.cancel()
        self.outdated.emit()
        self._timer.start()

    def drop(self) -> None:
        """Nothing is on show."""
        self._timer.stop()
        self._channel.cancel()
        self._subject = self._asked_subject = self._make = None

    @Slot()
    def ask_now(self) -> None:
        """Ask about the subject on show, if that was not done yet."""
        if self._make is None or self._subject is None or self._same() or not self._ready():
            return
        self._asked_subject = self._subject
        self.asked.emit()
        self._channel.ask(self._make())

    def ask_if_due(self) -> None:
        """Ask what had to wait until it was ready; what changed a moment ago waits for its quiet time as before."""
        if not self._timer.isActive():
            self.ask_now()

    def _same(self) -> bool:
        return self._asked_subject is not None and self._asked_subject == self._subject

    @Slot(object)
    def _done(self, value: object) -> None:
        if self._same():
            self.answered.emit(value)

    @Slot(object)
    def _partial(self, value: object) -> None:
        if self._same():
            self.answered.emit(value)

    @Slot(object)
    def _failed(self, report: ErrorReport) -> None:
        if self._same():
            self.refused.emit(report)
