"""What the page asks the engine: the check of the whole chain against torch."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.jobs import EngineState, ErrorReport, Priority
from gui.bridge import Bridge
from gui.pages.shapes.resolve import question
from gui.pages.shapes.state import ShapesState
from gui.question import Question

CHECK_AFTER_MS: Final = 150
NO_TORCH: Final = "PyTorch could not be loaded; the numbers are computed without it."
LOADING: Final = "PyTorch is still loading; the numbers are computed without it."
NOTHING: Final = "There is no layer that fits yet."


class Answers(QObject):
    """Owns the page's question."""

    checking = Signal()
    checked = Signal(object)
    unchecked = Signal(str)
    """Why the numbers on show are not checked yet: a sentence."""
    failed = Signal(str)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        channel = bridge.channel("shapes.check", Priority.INTERACTIVE, self, handles_failures=True)
        self._check = Question(channel, self, CHECK_AFTER_MS)
        self._check.set_ready(self._torch_ready)
        self._check.outdated.connect(self._outdated)
        self._check.asked.connect(self.checking)
        self._check.answered.connect(self.checked)
        self._check.refused.connect(self._refused)
        self._asked = False
        bridge.stateChanged.connect(self._engine_changed)

    def want(self, state: ShapesState) -> None:
        """Check this chain a moment after the last change."""
        asked = question(state)
        self._asked = asked is not None
        if asked is None:
            self._check.drop()
            self.unchecked.emit(NOTHING)
        else:
            self._check.want(asked, lambda: asked)

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self._check.drop()

    @property
    def settled(self) -> bool:
        """Whether the badge speaks of the chain on show."""
        return not self._asked or self._check.settled or self._bridge.state.state == "no torch"

    def _torch_ready(self) -> bool:
        state = self._bridge.state  # an engine can be busy with what needs no torch while torch is loading
        return state.state == "idle" or (state.state == "busy" and state.device is not None)

    @Slot()
    def _outdated(self) -> None:
        if self._torch_ready():
            self.checking.emit()
        else:
            self.unchecked.emit(NO_TORCH if self._bridge.state.state == "no torch" else LOADING)

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self.failed.emit(report.sentence)

    @Slot(object)
    def _engine_changed(self, state: EngineState) -> None:
        if state.state == "no torch":
            self.unchecked.emit(NO_TORCH)
        self._check.ask_now()
