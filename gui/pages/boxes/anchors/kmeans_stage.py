"""The stage of the part "k-means": shapes and anchors, the average IoU over the steps, what happens."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.images import Frame
from gui.pages.boxes.anchors import words
from gui.pages.boxes.anchors.run import Run
from gui.pages.boxes.anchors.scatter import ShapeScatter
from gui.theme import space
from gui.widgets.box_editor import Box, BoxEditor
from gui.widgets.plot.line_plot import Axis, LinePlot, Series
from gui.widgets.wrapped import Wrapped

FloatArray = npt.NDArray[np.float64]
NOTHING: Final = "The average IoU, step by step"


class KMeansStage(QWidget):
    """boxesChanged(boxes, gesture): of those that a person draws; pointed(facts); turnPicked(step)."""

    boxesChanged = Signal(object, str)
    pointed = Signal(list)
    turnPicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Run | None = None
        self.told = Wrapped("lead")
        self.scatter = ShapeScatter()
        self.editor = BoxEditor("Boxes whose shapes are grouped")
        self.plot = LinePlot("Average IoU of the shapes with their anchors, step by step")
        right = QVBoxLayout()
        right.setSpacing(space.s)
        right.addWidget(self.editor, 1)
        right.addWidget(self.plot, 1)
        row = QHBoxLayout()
        row.setSpacing(space.s)
        row.addWidget(self.scatter, 5)
        row.addLayout(right, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.xs, space.s, space.s)
        column.setSpacing(space.s)
        column.addWidget(self.told)
        column.addLayout(row, 1)
        self.setFocusProxy(self.scatter)
        self.scatter.pointed.connect(self._pointed)
        self.editor.changed.connect(self.boxesChanged)
        self.plot.picked.connect(self._picked)

    def show_run(self, run: Run | None, shapes: FloatArray, reason: str) -> None:
        """Show a step; without a run the shapes, and the reason why they are not grouped."""
        self._run = run
        self.told.say(reason if run is None else " ".join(words.run_sentences(run)))
        self.scatter.show_run(run, shapes, reason if not len(shapes) else "")
        if run is None:
            self.plot.set_empty_text(NOTHING)
            self.plot.show_series([], Axis("step"), Axis("average IoU"))
            return
        places = np.arange(1.0, len(run.steps) + 1)  # as the stepper counts
        values = np.array([step.average_iou for step in run.steps])
        here = slice(run.turn, run.turn + 1)
        self.plot.show_series(
            [
                Series("all steps", values, places, role="muted", marker="none"),
                Series("now", values[here], places[here], marker="square", growing=True),
            ],
            Axis("step of k-means", integer=True, each="step"),
            Axis("average IoU"),
        )

    def show_boxes(self, frame: Frame | None, boxes: list[Box], *, seen: bool) -> None:
        """The boxes that a person draws, on the picture; hidden where the shapes come from elsewhere."""
        self.editor.setVisible(seen)
        if seen:
            if self.editor.frame is not frame:
                self.editor.set_frame(frame)
            self.editor.set_boxes(boxes if frame is not None else [])

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to the question before."""
        self.scatter.set_stale(stale)
        self.plot.set_stale(stale)

    @Slot(object)
    def _pointed(self, index: int | None) -> None:
        run = self._run
        self.pointed.emit([] if run is None or index is None else words.shape_facts(run, index))

    @Slot(float)
    def _picked(self, place: float) -> None:
        self.turnPicked.emit(int(place) - 1)
