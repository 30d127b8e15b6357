"""What the view "Live" shows: how quick it is in a line, the picture, and the training beside it while there is one."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from gui.pages.style.paint.notice import Notice
from gui.pages.style.stage_parts import captioned, stage_button
from gui.theme import space
from gui.widgets.fields import Segmented
from gui.widgets.frame_view import FrameView
from gui.widgets.plot.line_plot import LinePlot
from gui.widgets.wipe_view import WipeView
from gui.widgets.wrapped import OneLine

WIDE_FROM: Final = 780
SIDE_FROM: Final = 520
SIDE_WIDTH: Final = 260
BAR: Final = 4
LOOKS: Final = (
    ("picture", "Painting", "What the net makes of the picture"),
    (
        "wipe",
        "Before/after",
        "The picture itself left of a divider that can be dragged (Ctrl and the arrow keys)",
    ),
    ("pair", "Side by side", "The picture itself beside it"),
)


class LiveStage(QWidget):
    """Widgets and where they stand; the view fills them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = OneLine()
        self.notice = Notice()
        self.looks = Segmented(LOOKS)
        self.record_button = stage_button(
            "record-circle-outline", "Record", "Record a film of what is on show (MP4)"
        )
        self.picture, self.other = WipeView("Painted live"), FrameView("The picture itself")
        self.caption, self.other_caption = OneLine(), OneLine()
        self.learning = OneLine()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(BAR)
        self.bar.setAccessibleName("How far the training is")
        self.pause_button = stage_button("pause", "Pause", "Pause the training or go on (Space)")
        self.stop_button = stage_button(
            "stop", "Stop and keep", "End the training here and keep the net as it is"
        )
        self.close_button = stage_button("close", "Close", "Put the curves of the last training away")
        self.preview = FrameView("The content as the net paints it by now")
        self.preview_caption = OneLine()
        self.plot = LinePlot("Costs over the steps of the training")
        self.plot.set_empty_text("The costs come with the first step.")
        self._other_box = captioned(self.other_caption, self.other)
        self._build()
        self.picture.viewChanged.connect(self.other.set_view)
        self.other.viewChanged.connect(self.picture.set_view)
        self.setFocusProxy(self.picture)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(space.s)
        head.addWidget(self.looks)
        head.addStretch(1)
        head.addWidget(self.record_button)
        self.training = QWidget()
        work = QHBoxLayout(self.training)
        work.setContentsMargins(0, 0, 0, 0)
        work.setSpacing(space.s)
        work.addWidget(self.learning, 1)
        for button in (self.pause_button, self.stop_button, self.close_button):
            work.addWidget(button)
        self.side = QWidget()
        right = QVBoxLayout(self.side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(space.xs)
        right.addWidget(self.preview_caption)
        right.addWidget(self.preview, 1)
        right.addWidget(self.plot, 1)
        middle = QHBoxLayout()
        middle.setSpacing(space.m)
        middle.addWidget(self._other_box, 1)
        middle.addWidget(captioned(self.caption, self.picture), 1)
        middle.addWidget(self.side)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, 0, space.l, space.s)
        column.setSpacing(space.s)
        column.addWidget(self.line)
        column.addWidget(self.notice)
        column.addWidget(self.training)
        column.addWidget(self.bar)
        column.addLayout(head)
        column.addLayout(middle, 1)
        self.show_pair(False)
        self.show_training(False, under_way=False)

    def show_pair(self, shown: bool) -> None:
        """Whether the picture itself stands beside."""
        self._other_box.setVisible(shown)

    def show_training(self, shown: bool, *, under_way: bool) -> None:
        """Whether there is a training to show, and whether it goes on."""
        self._has_training = shown
        self.training.setVisible(shown)
        self.bar.setVisible(under_way)
        self.pause_button.setVisible(under_way)
        self.stop_button.setVisible(under_way)
        self.close_button.setVisible(not under_way)
        self._fit()

    def show_paused(self, paused: bool) -> None:
        """The face of the pause button."""
        self.pause_button.show_as("play" if paused else "pause", "Go on" if paused else "Pause")
        self._fit()

    def show_recording(self, seconds: float | None) -> None:
        """The face of the record button; None: nothing is recorded."""
        if seconds is None:
            self.record_button.show_as("record-circle-outline", "Record")
        else:
            self.record_button.show_as("stop-circle-outline", f"Stop ({seconds:.0f} s)")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wide = self.width() >= WIDE_FROM
        for button in (self.pause_button, self.stop_button, self.close_button, self.record_button):
            button.setText(button.accessibleName() if wide else "")
        self.side.setVisible(self._has_training and self.width() >= SIDE_FROM)
        self.side.setFixedWidth(max(SIDE_WIDTH, self.width() // 3))
