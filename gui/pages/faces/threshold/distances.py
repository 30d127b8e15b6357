"""The part "Distances" of the view Threshold: histogram and curve, and beneath them the pairs that are mistaken."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.faces.evaluate import Errors, threshold_for
from gui.pages.faces.face_row import FaceRow
from gui.pages.faces.threshold.histogram import DistanceHistogram
from gui.pages.faces.threshold.resolve import (
    Figures,
    missing,
    mistaken,
    pair_facts,
    photos_of,
    roc_series,
    share,
    tiles,
)
from gui.theme import space
from gui.widgets.plot.line_plot import Axis, LinePlot
from gui.widgets.wrapped import OneLine

SIDE: Final = 44
HEADS: Final = ("False accepts", "False rejects")
HAIR: Final = 1e-9
"""What a share may lose on its way to per cent and back."""
EMPTY: Final = (
    "No pair of two people lies within the threshold.",
    "No pair of one person lies beyond the threshold.",
)
FAR_AXIS: Final = Axis("false accepts", "%", low=0.0, high=100.0)
TAR_AXIS: Final = Axis("true accepts", "%", low=0.0, high=100.0)


class DistancesPart(QWidget):
    """thresholdMoved(float); pointed(list of facts); pairPicked(photo, photo): a pair is to be looked into."""

    thresholdMoved = Signal(float)
    pointed = Signal(list)
    pairPicked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures: Figures | None = None
        self._wrong: tuple[list[int], list[int]] = ([], [])
        self.bars, self.roc = DistanceHistogram(), LinePlot("ROC")
        self.heads = OneLine(role="section"), OneLine(role="section")
        self.rows = (
            FaceRow("Falsely accepted pairs", side=SIDE),
            FaceRow("Falsely rejected pairs", side=SIDE),
        )
        self._build()
        self.setFocusProxy(self.bars)
        self.bars.thresholdMoved.connect(self.thresholdMoved)
        self.bars.pointed.connect(self.pointed)
        self.roc.setToolTip("Click the curve to set the threshold that leads there")
        self.roc.picked.connect(self._curve_picked)
        for kind, row in enumerate(self.rows):
            row.setToolTip("Click a pair to see why, number by number")
            row.picked.connect(lambda place, kind=kind: self._picked(kind, place))
            row.pointed.connect(lambda place, kind=kind: self._point(kind, place))

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(space.m)
        top.addWidget(self.bars, 3)
        top.addWidget(self.roc, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.xs)
        column.addLayout(top, 1)
        beneath = QHBoxLayout()
        beneath.setSpacing(space.l)
        for head, row in zip(self.heads, self.rows, strict=True):
            side = QVBoxLayout()
            side.setSpacing(space.xs)
            side.addWidget(head)
            side.addWidget(row)
            side.addStretch(1)
            beneath.addLayout(side, 1)
        column.addLayout(beneath)

    def show_figures(self, figures: Figures, found: Errors) -> None:
        """Show a group at a threshold."""
        self._figures = figures
        self.bars.show_bars(figures.bars, found.threshold)
        self._show_curve(figures, found)
        accepts, rejects = mistaken(figures, found.threshold)
        self._wrong = accepts.tolist(), rejects.tolist()
        counts = (found.false_accepts, found.different), (found.false_rejects, found.same)
        kinds = zip(HEADS, self.heads, self.rows, counts, (accepts, rejects), EMPTY, strict=True)
        for words, head, row, (some, all_), wrong, empty in kinds:
            head.setText(f"{words}: {share(some, all_)}")
            row.show_tiles(tiles(figures, wrong), empty=empty, total=some)

    def _show_curve(self, figures: Figures, found: Errors) -> None:
        if figures.curve is None:
            self.roc.set_empty_text(missing(figures))
            self.roc.show_series([], FAR_AXIS, TAR_AXIS)
        else:
            title = f"ROC, area {figures.curve.area:.4f}"
            self.roc.show_series(roc_series(figures, figures.curve, found), FAR_AXIS, TAR_AXIS, title)

    @Slot(float)
    def _curve_picked(self, percent: float) -> None:
        """A share of false accepts was clicked: the largest threshold in hundredths that does not exceed it."""
        curve = None if self._figures is None else self._figures.curve
        if curve is not None:
            limit = threshold_for(curve, percent / 100 + HAIR)
            self.thresholdMoved.emit(math.floor(100 * limit) / 100)

    def _picked(self, kind: int, place: int) -> None:
        if self._figures is not None and place < len(self._wrong[kind]):
            self.pairPicked.emit(*photos_of(self._figures, self._wrong[kind][place]))

    def _point(self, kind: int, place: int | None) -> None:
        inside = self._figures is not None and place is not None and place < len(self._wrong[kind])
        if inside and self._figures is not None and place is not None:
            self.pointed.emit(pair_facts(self._figures, self._wrong[kind][place]))
        else:
            self.pointed.emit([])
