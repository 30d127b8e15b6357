"""What the net sees: the very pixels that it gets, magnified, with the way that led there in words."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.networks.requests import Classification
from gui.theme import space
from gui.widgets.frame_view import FrameView
from gui.widgets.wrapped import Wrapped

WIDTH = 228
STEPS_FROM = 400
"""Heights from which there is room for the steps beneath the picture."""
NOTHING = "Nothing yet"


class _Square(FrameView):
    """As high as it is wide."""

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, WIDTH)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 96)


class SeenView(QWidget):
    """pointed(x, y): a pixel under the pointer; pointedNone(); stepsShown(bool): whether the steps have room here."""

    pointed = Signal(int, int)
    stepsShown = Signal(bool)
    pointedNone = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.title = QLabel("What the net sees")
        self.title.setProperty("role", "section")
        self.view = _Square("What the net sees")
        self.view.set_empty_text(NOTHING, "eye-off-outline")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.view.setSizePolicy(policy)
        self.view.setMaximumHeight(WIDTH)
        self.caption, self.steps = Wrapped(), Wrapped()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addWidget(self.title)
        column.addWidget(self.view, 100)
        column.addWidget(self.caption)
        column.addWidget(self.steps)
        column.addStretch(1)
        self.view.hovered.connect(self.pointed)
        self.view.left.connect(self._left)

    def show_answer(self, answer: Classification | None) -> None:
        """Show the input of an answer, or that there is none."""
        if answer is None or not answer.guesses:
            self.view.set_rgb(None)
            self.caption.say("")
            self.steps.say("")
            return
        seen = answer.seen
        grey = seen.ndim == 2
        self.view.set_rgb(np.repeat(seen[..., None], 3, axis=2) if grey else np.ascontiguousarray(seen))
        height, width = seen.shape[:2]
        kind = "1 channel, ink bright" if grey else "3 channels, RGB"
        self.caption.say(f"{width} × {height} pixels, {kind}: {seen.size:,} numbers")
        self.steps.say("\n".join(f"{number}. {step}" for number, step in enumerate(answer.steps, start=1)))
        self._fit()

    def set_stale(self, stale: bool) -> None:
        self.view.set_stale(stale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.height() >= STEPS_FROM
        self.steps.setVisible(room)
        self.stepsShown.emit(room)

    @Slot()
    def _left(self) -> None:
        self.pointedNone.emit()
