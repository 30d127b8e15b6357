"""A question whose subject changes while a hand moves: the newest is asked as soon as the one before is answered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from engine.jobs import ErrorReport
from gui.bridge import Channel

Make = Callable[[], object]

CANCELLED = ErrorReport("Cancelled, so there is no answer.")


class Latest(QObject):
    """Unlike gui.question.Question it lets an answer under way come, so that a drag sees answers all along.

    answered(value, bool): whether it is about the subject on show; refused(ErrorReport): of the subject on show. A
    question that a person cancels is refused as CANCELLED; it is asked again with the next change of anything.
    """

    outdated = Signal()
    """Another subject is on show than the one that was answered."""
    answered = Signal(object, bool)
    refused = Signal(object)

    def __init__(self, channel: Channel, parent: QObject) -> None:
        super().__init__(parent)
        self._channel = channel
        self._subject: object = None
        self._asked: object = None
        self._urgent: object = None
        self._make: Make | None = None
        channel.done.connect(self._done)
        channel.failed.connect(self._failed)
        channel.cancelled.connect(self._cancelled)

    @property
    def settled(self) -> bool:
        """Whether the subject on show was answered or refused."""
        return self._subject is not None and self._asked == self._subject and not self._channel.busy

    @property
    def waiting(self) -> bool:
        """Whether an answer about what is on show is still to come."""
        return self._subject is not None and not self.settled

    def want(self, subject: object, make: Make, urgent: object = None) -> None:
        """`subject` is on show (compared with ==); `make()` gives the request about it.

        Where `urgent` (a net, say) differs from that of the question under way, it is not waited for.
        """
        self._make = make
        if self._subject is not None and self._subject == subject and self._asked is not None:
            return
        hurried, self._urgent = urgent != self._urgent, urgent
        self._subject = subject
        self.outdated.emit()
        if hurried or not self._channel.busy:
            self._ask()

    def again(self) -> None:
        """Ask anew about what is on show."""
        if self._make is not None:
            self._asked = None
            self.outdated.emit()
            self._ask()

    def drop(self) -> None:
        """Nothing is on show."""
        self._subject = self._asked = self._make = None
        self._channel.cancel()

    @Slot()
    def _ask(self) -> None:
        if self._make is not None and self._asked != self._subject:
            self._asked = self._subject
            self._channel.ask(self._make())

    @Slot()
    def _cancelled(self) -> None:
        if self._make is not None and self._asked is not None and self._asked == self._subject:
            self._asked = None
            self.refused.emit(CANCELLED)
        else:
            self._ask()

    @Slot(object)
    def _done(self, value: object) -> None:
        fresh = self._asked == self._subject
        self.answered.emit(value, fresh)
        if not fresh:
            self._ask()

    @Slot(object)
    def _failed(self, report: ErrorReport) -> None:
        if self._asked == self._subject:
            self.refused.emit(report)
        else:
            self._ask()
