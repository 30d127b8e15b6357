"""What the view "Paint" shows: the run in a line, the picture, its curves, the history."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from gui.pages.style.paint.notice import Notice
from gui.pages.style.paint.picture import PaintPicture
from gui.pages.style.paint.strip import HistoryStrip, StripArea
from gui.pages.style.stage_parts import captioned, stage_button
from gui.theme import space
from gui.widgets.fields import Segmented, Toggle
from gui.widgets.frame_view import FrameView
from gui.widgets.plot.line_plot import LinePlot
from gui.widgets.wrapped import OneLine

WIDE_FROM: Final = 780
"""Buttons have words from this width on; below their signs are enough."""
PLOT_FROM: Final = 520
"""The curves have room beside the picture from this width on."""
PLOT_WIDTH: Final = 216
LOW: Final = 560
"""A stage lower than this shows one run of the history; the others scroll."""
BAR: Final = 4

LOOKS: Final = (
    ("picture", "Painting", "The painting alone"),
    ("wipe", "Before/after", "The content left of a divider that can be dragged (Ctrl and the arrow keys)"),
    ("pair", "Side by side", "Another run beside this one, or the content where there is none"),
)
CURVES: Final = (
    ("terms", "Terms", "J, and content, style and total variation of it"),
    ("layers", "Layers", "The style cost of every layer"),
)


class PaintStage(QWidget):
    """Widgets and where they stand; the view fills them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = OneLine()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(BAR)
        self.bar.setAccessibleName("How far the painting is")
        self.pause_button = stage_button("pause", "Pause", "Pause or go on (Space)")
        self.stop_button = stage_button("stop", "Stop", "End this run here and keep what there is")
        self.branch_button = stage_button(
            "source-branch", "Go on from here", "A new run that begins with the picture on show (G)"
        )
        self.again_button = stage_button("refresh", "Again", "Paint anew with these settings")
        self._buttons = (self.pause_button, self.stop_button, self.branch_button, self.again_button)
        self.notice = Notice()
        self.looks = Segmented(LOOKS)
        self.picture, self.other = PaintPicture("The painting"), FrameView("For comparison")
        self.caption, self.other_caption = OneLine(), OneLine()
        self.curves = Segmented(CURVES)
        self.weighted = Toggle(
            "As they count in J", value=True, tooltip="Each cost times its weight, or the cost itself"
        )
        self.plot = LinePlot("Costs over the steps")
        self.plot.set_empty_text("The costs come with the first step.")
        self.strip = HistoryStrip()
        self.strip_area = StripArea(self.strip)
        self._other_box = captioned(self.other_caption, self.other)
        self._middle = QHBoxLayout()
        self._build()
        self.picture.viewChanged.connect(self.other.set_view)
        self.other.viewChanged.connect(self.picture.set_view)
        self.setFocusProxy(self.picture)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(space.s)
        head.addWidget(self.looks)
        head.addStretch(1)
        for button in self._buttons:
            head.addWidget(button)
        pictures = QHBoxLayout()
        pictures.setSpacing(space.m)
        pictures.addWidget(self._other_box, 1)
        pictures.addWidget(captioned(self.caption, self.picture), 1)
        self.plot_box = QWidget()
        right = QVBoxLayout(self.plot_box)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(space.xs)
        right.addWidget(self.curves)
        right.addWidget(self.weighted)
        right.addWidget(self.plot, 1)
        self._middle.setSpacing(space.m)
        self._middle.addLayout(pictures, 1)
        self._middle.addWidget(self.plot_box)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, 0, space.l, space.s)
        column.setSpacing(space.s)
        column.addWidget(self.line)
        column.addWidget(self.bar)
        column.addWidget(self.notice)
        column.addLayout(head)
        column.addLayout(self._middle, 1)
        column.addWidget(self.strip_area)

    def fit_history(self) -> None:
        """Give the history the room of its runs."""
        self.strip_area.fit(len(self.strip.runs), low=self.height() < LOW)

    def show_pair(self, shown: bool) -> None:
        """Whether another picture stands beside the painting."""
        self._other_box.setVisible(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= WIDE_FROM
        for button in self._buttons:
            button.setText(button.accessibleName() if wide else "")
        self.plot_box.setVisible(self.width() >= PLOT_FROM)
        self.plot_box.setFixedWidth(max(PLOT_WIDTH, self.width() // 3))
        self.fit_history()

    @Slot(bool)
    def show_paused(self, paused: bool) -> None:
        """The face of the pause button."""
        self.pause_button.show_as("play" if paused else "pause", "Go on" if paused else "Pause")
        if self.width() < WIDE_FROM:
            self.pause_button.setText("")
