"""The training under way: asked for, watched, paused, ended. The engine trains one net at a time."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import ErrorReport
from engine.jobs import Priority
from engine.mailbox import Mailbox
from engine.style.fast.requests import FastOrder, Trained, TrainFast
from gui.bridge import Bridge

Phase = Literal["none", "waiting", "running", "paused", "ended", "failed"]


class TrainDesk(QObject):
    """came(): there is another answer, or the training stands elsewhere; ended(Trained); failed(ErrorReport);
    cancelled(): from outside, nothing of it is kept."""

    came = Signal()
    ended = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self.phase: Phase = "none"
        self.request: TrainFast | None = None
        self.trained: Trained | None = None
        """The last answer."""
        self._orders: Mailbox[FastOrder] = Mailbox()
        self._paused = self._resting = False
        self._channel = bridge.channel("style.train", Priority.LONG, self, handles_failures=True)
        self._channel.partial.connect(self._partial)
        self._channel.done.connect(self._done)
        self._channel.failed.connect(self._failed)
        self._channel.cancelled.connect(self._cancelled)

    @property
    def under_way(self) -> bool:
        """Whether a net is learning, or about to."""
        return self.phase in ("waiting", "running", "paused")

    @property
    def paused(self) -> bool:
        """Whether a person paused it."""
        return self._paused

    def start(self, request: TrainFast) -> None:
        """Train; `request.orders` comes from `new_orders`."""
        self.request, self.trained, self.phase = request, None, "waiting"
        self._paused = False
        self._channel.ask(request)
        self.came.emit()

    def new_orders(self) -> Mailbox[FastOrder]:
        """The mailbox of a training that is about to start."""
        self._orders = Mailbox()
        return self._orders

    def pause(self, paused: bool) -> None:
        """A person wants it to rest, or to go on."""
        if self.under_way and paused != self._paused:
            self._paused = paused
            self._send()
            self.came.emit()

    def rest(self, resting: bool) -> None:
        """Nobody looks: the training waits until somebody does."""
        if resting != self._resting:
            self._resting = resting
            self._send()

    def stop(self) -> None:
        """End it and keep the net as it is."""
        if self.under_way:
            self._orders.put(FastOrder(stop=True))

    def close(self) -> None:
        """The window closes."""
        self._channel.cancel()

    def _send(self) -> None:
        if self.under_way:
            self._orders.put(FastOrder(paused=self._paused or self._resting))

    @Slot(object)
    def _partial(self, trained: Trained) -> None:
        self.trained = trained
        self.phase = "paused" if trained.outcome == "paused" else "running"
        self.came.emit()

    @Slot(object)
    def _done(self, trained: Trained) -> None:
        self.trained, self.phase = trained, "ended"
        self.came.emit()
        self.ended.emit(trained)

    @Slot(object)
    def _failed(self, report: ErrorReport) -> None:
        self.phase = "failed"
        self.came.emit()
        self.failed.emit(report)

    @Slot()
    def _cancelled(self) -> None:
        self.phase = "none"
        self.came.emit()
        self.cancelled.emit()
