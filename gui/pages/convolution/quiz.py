"""Predict, then reveal, as a conversation: asks in the inspector, keeps secrets, reveals what was answered."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from gui.pages.convolution.predictions import Predictions, Question
from gui.pages.convolution.resolve import Resolved
from gui.pages.convolution.scene_parts import Secrets
from gui.widgets.predictor import Predictor


class Quiz(QObject):
    """Connects what is known of the walk with the widget that asks."""

    revealed = Signal()
    """Something is no longer secret: draw again."""

    def __init__(self, predictor: Predictor, parent: QObject) -> None:
        super().__init__(parent)
        self._predictor = predictor
        self._predictions = Predictions()
        self._question: Question | None = None
        self._resolved: Resolved | None = None
        predictor.answered.connect(self._answered)
        predictor.gaveUp.connect(self._reveal)

    def secrets(self, resolved: Resolved) -> Secrets:
        """What the stage must not give away."""
        return self._predictions.secrets(resolved)

    def forget(self) -> None:
        """The numbers are others now: every cell is secret again."""
        self._predictions.forget_cells()
        self._question = None

    def ask(self, resolved: Resolved) -> None:
        """Ask about the step of the walk, unless that very question is open already."""
        self._resolved = resolved
        if not resolved.state.predict:
            return
        question = self._predictions.question(resolved)
        if question == self._question and question is not None:
            return
        self._question = question
        step = resolved.step
        filters, rows, columns = resolved.trace.shape
        if question is None:
            self._predictor.show_done()
        elif question.what == "shape":
            self._predictor.ask_shape((rows, columns, filters))
        else:
            which = f" of map {step.filter + 1}" if filters > 1 else ""
            self._predictor.ask_cell(step.value, f"row {step.row}, column {step.col}{which}")

    @Slot(str, bool)
    def _answered(self, _what: str, right: bool) -> None:
        if right:
            self._reveal()

    @Slot()
    def _reveal(self) -> None:
        if self._resolved is not None:
            self._predictions.reveal(self._resolved)
            self.revealed.emit()
