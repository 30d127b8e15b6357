"""What the net sees, with what the unit reads marked on it, and what the net says about it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.inside.maps.requests import Maps
from gui.pages.maps import field as fields
from gui.theme import space
from gui.widgets.frame_view import FrameView
from gui.widgets.probability_bars import percent
from gui.widgets.wrapped import Wrapped

WIDTH = 204
NOTHING = "Nothing yet"
ROOM_FOR_GUESSES, ROOM_FOR_WORDS, ROOM_FOR_ALL = 110, 200, 240
"""Heights beside the picture from which what the net says, what the unit reads and the picture's size are told."""


class _Square(FrameView):
    """As high as it is wide; its keys belong to the page."""

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, WIDTH)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 96)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()


class SeenColumn(QWidget):
    """pointed(across, down): a place of the net's input under the pointer, as shares; left()."""

    pointed = Signal(float, float)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.view = QLabel("What the net sees"), _Square("What the net sees")
        self.title.setProperty("role", "section")
        self.view.set_empty_text(NOTHING, "eye-off-outline")
        self.view.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.caption, self.reads, self.says = Wrapped(), Wrapped("body"), Wrapped("body")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for part in (self.title, self.view, self.caption, self.reads, self.says):
            column.addWidget(part)
        column.addStretch(1)
        self.set_side(WIDTH)
        self.view.hovered.connect(self._hovered)
        self.view.left.connect(self.left)

    def set_side(self, side: int) -> None:
        """How wide the column is, and the picture in it."""
        self.setFixedWidth(side)
        self.view.setFixedHeight(side)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.height() - self.view.height()
        self.says.setVisible(room >= ROOM_FOR_GUESSES)
        self.reads.setVisible(room >= ROOM_FOR_WORDS)
        self.caption.setVisible(room >= ROOM_FOR_ALL)

    def show_maps(self, maps: Maps | None) -> None:
        """The input of the net, and what it says; None: there is none."""
        if maps is None:
            self.view.set_rgb(None)
            self.view.set_overlay(None)
            for line in (self.caption, self.reads, self.says):
                line.say("")
            return
        seen = maps.seen
        grey = seen.ndim == 2
        self.view.set_rgb(np.repeat(seen[..., None], 3, axis=2) if grey else np.ascontiguousarray(seen))
        kind = "1 channel" if grey else "3 channels"
        self.caption.say(f"{seen.shape[1]} × {seen.shape[0]} pixels, {kind}. {maps.note}".strip())
        lines = [f"{percent(guess.probability)}  {guess.label}" for guess in maps.guesses]
        self.says.say("\n".join(("The net says", *lines)) if lines else "")

    def mark(self, shares: fields.Window | None, text: str) -> None:
        """What the unit reads, as shares of the input, and the same in words."""
        self.view.set_overlay(fields.overlay(self.view.picture_size, shares))
        self.reads.say(text)

    def set_stale(self, stale: bool) -> None:
        self.view.set_stale(stale)

    def _hovered(self, x: int, y: int) -> None:
        width, height = self.view.picture_size
        self.pointed.emit((x + 0.5) / width, (y + 0.5) / height)
