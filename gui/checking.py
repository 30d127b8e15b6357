"""Numbers made by hand, computed again by a library a moment after the last change; a badge tells what came out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.jobs import EngineState, ErrorReport, Priority
from gui.bridge import Bridge
from gui.question import Question
from gui.widgets.badge import Badge

CHECK_AFTER_MS: Final = 150
NO_TORCH: Final = "PyTorch could not be loaded; the numbers are computed without it."
LOADING: Final = "PyTorch is still loading; the numbers are computed without it."
LIVE: Final = "The picture is live; the next pause is checked."


class Checking(QObject):
    """Owns a page's question of that kind. `needs_torch`: it waits until torch is loaded."""

    checking = Signal()
    checked = Signal(object)
    """A result that a badge can show (`gui.widgets.badge.Comparison`)."""
    unchecked = Signal(str)
    """Why the numbers on show are not checked (yet): a sentence."""
    failed = Signal(str)

    def __init__(
        self,
        bridge: Bridge,
        name: str,
        parent: QObject,
        *,
        after_ms: int = CHECK_AFTER_MS,
        needs_torch: bool = True,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._needs_torch = bridge, needs_torch
        channel = bridge.channel(name, Priority.INTERACTIVE, self, handles_failures=True)
        self._question = Question(channel, self, after_ms)
        self._question.set_ready(self._ready)
        self._question.outdated.connect(self._outdated)
        self._question.asked.connect(self.checking)
        self._question.answered.connect(self.checked)
        self._question.refused.connect(self._refused)
        bridge.stateChanged.connect(self._engine_changed)

    def tell(self, badge: Badge) -> None:
        """Let a badge show how it goes."""
        self.checking.connect(badge.show_checking)
        self.checked.connect(badge.show_result)
        self.unchecked.connect(badge.show_waiting)
        self.failed.connect(badge.show_failure)

    def want(self, subject: object, make: Callable[[], object]) -> None:
        """`subject` is on show (compared with ==); `make()` gives the request that checks it."""
        self._question.want(subject, make)

    def pause(self, reason: str) -> None:
        """There is nothing to check now: `reason` is a sentence that says why."""
        self._question.drop()
        self.unchecked.emit(reason)

    def drop(self) -> None:
        """Nothing is on show."""
        self._question.drop()

    @property
    def settled(self) -> bool:
        """Whether what was found out belongs to what is on show, or will never come."""
        without = self._needs_torch and self._bridge.state.state == "no torch"
        return self._question.settled or without

    def _ready(self) -> bool:
        state = self._bridge.state  # an engine can be busy with what needs no torch while torch is loading
        loaded = state.state == "idle" or (state.state == "busy" and state.device is not None)
        return loaded or not self._needs_torch

    @Slot()
    def _outdated(self) -> None:
        if self._ready():
            self.checking.emit()
        else:
            self.unchecked.emit(NO_TORCH if self._bridge.state.state == "no torch" else LOADING)

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self.failed.emit(report.sentence)

    @Slot(object)
    def _engine_changed(self, state: EngineState) -> None:
        if self._needs_torch and state.state == "no torch":
            self.unchecked.emit(NO_TORCH)
        self._question.ask_if_due()  # the engine tells after every answer that it is idle
