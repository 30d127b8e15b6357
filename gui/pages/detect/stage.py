"""The stage: the picture with what was found on it, what stands in the way above it, numbers and counts beneath it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.images import Frame
from gui.pages.detect.counts import Counts
from gui.pages.detect.counts_plot import HEIGHT, LOW_HEIGHT, CountsPlot
from gui.pages.detect.resolve import Shown
from gui.pages.detect.state import DetectState
from gui.pages.detect.toolbar import ToolBar
from gui.pages.detect.words import caption
from gui.theme import space
from gui.widgets.found_view import Findings, FoundView
from gui.widgets.notice import Notice
from gui.widgets.source_state import LIVE_KINDS
from gui.widgets.wrapped import OneLine

SUPPRESSION: Final = "Boxes of this frame, suppressed step by step"
MAPS: Final = "Feature maps of this frame"
TALL: Final = 600
"""Heights of the stage from which the counts get their full height."""


class Stage(QWidget):
    """Shows what the page hands it; what a person does there comes as the signals of its parts."""

    stepsAsked = Signal()
    mapsAsked = Signal()

    def __init__(self, counts: Counts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tools, self.notice = ToolBar(), Notice()
        self.view = FoundView()
        self.caption = OneLine()
        self.plot = CountsPlot(counts)
        self.steps_button, self.maps_button = QPushButton(SUPPRESSION), QPushButton(MAPS)
        self.steps_button.setToolTip("On the page Boxes: card by card, which box stays and which one goes")
        self.maps_button.setToolTip(
            "On the page Feature maps: what every layer of the detector makes of this frame"
        )
        for button in (self.steps_button, self.maps_button):
            button.setEnabled(False)
        self.steps_button.clicked.connect(self.stepsAsked)
        self.maps_button.clicked.connect(self.mapsAsked)
        self._build()

    def _build(self) -> None:
        picture = QVBoxLayout()
        picture.setContentsMargins(space.l, 0, space.l, 0)
        picture.setSpacing(space.s)
        picture.addWidget(self.view, 1)
        picture.addWidget(self.caption)
        leads = QHBoxLayout()
        leads.setContentsMargins(space.l, 0, space.l, space.s)
        leads.setSpacing(space.s)
        leads.addWidget(self.steps_button)
        leads.addWidget(self.maps_button)
        leads.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addWidget(self.tools)
        column.addWidget(self.notice)
        column.addLayout(picture, 1)
        column.addLayout(leads)
        column.addWidget(self.plot)
        column.addSpacing(space.xs)

    def sizeHint(self) -> QSize:
        return QSize(760, 640)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.plot.setFixedHeight(HEIGHT if self.height() >= TALL else LOW_HEIGHT)

    def show_state(self, state: DetectState, *, grids: bool) -> None:
        """Tools, pen and plot as they are set."""
        self.tools.show_state(state, grids=grids)
        self.view.set_pen(state.pen if state.drawing and state.tool != "point" else None)
        timed = state.drawing or state.source.kind in LIVE_KINDS
        self.plot.setVisible(state.plot and timed)
        self.plot.set_holding(state.drawing and state.plot)

    def show_shown(self, shown: Shown, frame: Frame | None = None) -> None:
        """Draw an answer on its own frame; `frame`: a drawing that has grown since, beneath the boxes of before."""
        self.view.show_found(frame or shown.answer.frame, shown.findings)
        self.caption.setText(caption(shown))
        self.steps_button.setEnabled(shown.answer.raw_count is not None)
        self.maps_button.setEnabled(True)

    def show_bare(self, frame: Frame | None, words: str) -> None:
        """A picture about which nothing is known (yet), and why."""
        self.view.show_found(frame, Findings())
        self.view.fade_found(False)
        self.caption.setText(words)
        for button in (self.steps_button, self.maps_button):
            button.setEnabled(False)
