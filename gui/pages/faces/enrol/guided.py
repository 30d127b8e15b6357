"""The guided part of the view "Enrol": the picture, a ring that fills, what to do, the views taken so far."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gui.pages.faces.enrol.guide import STEADY, WORDS, Guide
from gui.pages.faces.face_stage import FaceStage
from gui.theme import space, theme
from gui.widgets.picture import to_image
from gui.widgets.wrapped import Wrapped

RING, LOW_RING = 84, 66
SIDE, LOW_SIDE = 72, 48
NOT_LIVE: Final = "Choose the camera (or a video) as the picture: five views are then taken by themselves."


class Ring(QWidget):
    """How much was taken, as a ring with a number in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share, self._text = 0.0, ""
        self.set_low(False)
        self.setAccessibleName("Progress")

    @property
    def share(self) -> float:
        return self._share

    def set_low(self, low: bool) -> None:
        """In a low window the picture needs the room."""
        side = LOW_RING if low else RING
        self.setFixedSize(side, side)

    def show_guide(self, guide: Guide) -> None:
        self._share, self._text = guide.share, f"{len(guide.taken)} of {len(guide.poses)}"
        self.setAccessibleDescription(self._text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(6, 6, -6, -6)
        for color, span in ((theme.colors.line, 1.0), (theme.colors.good, self._share)):
            painter.setPen(QPen(color, 7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawArc(room, 90 * 16, round(-span * 360 * 16))
        painter.setPen(theme.colors.text)
        painter.setFont(theme.font("small", bold=True))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self._text)


class Views(QWidget):
    """The views that were taken, each beneath its pose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guide = Guide()
        self._side = SIDE
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Views that were taken")

    def sizeHint(self) -> QSize:
        return QSize(5 * (self._side + space.s), self._side + 20)

    def set_low(self, low: bool) -> None:
        """In a low window the picture needs the room."""
        self._side = LOW_SIDE if low else SIDE
        self.updateGeometry()
        self.update()

    def show_guide(self, guide: Guide) -> None:
        self._guide = guide
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(theme.font("small"))
        side = min(self._side, (self.width() + space.s) / len(self._guide.poses) - space.s)
        for place, pose in enumerate(self._guide.poses):
            room = QRectF(place * (side + space.s), self._side - side, side, side)
            if place < len(self._guide.taken):
                painter.drawImage(room, to_image(self._guide.taken[place].crop))
            else:
                painter.setPen(QPen(theme.colors.line, 1, Qt.PenStyle.DashLine))
                painter.drawRect(room.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.setPen(theme.colors.muted)
            painter.drawText(room.adjusted(0, side, 0, 20), Qt.AlignmentFlag.AlignCenter, pose)


class Guided(QWidget):
    """redoAsked(): all views are to be taken anew; doneAsked(): they are to be enrolled."""

    redoAsked = Signal()
    doneAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage, self.ring, self.views = FaceStage(), Ring(), Views()
        self.word, self.detail = Wrapped(""), Wrapped()
        self.redo, self.enrol = QPushButton("Take them again"), QPushButton("Whose face is it?…")
        self.enrol.setProperty("primary", True)
        self.word.setFont(theme.font("title", bold=True))
        words = QVBoxLayout()
        words.addWidget(self.word)
        words.addWidget(self.detail)
        words.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(space.m)
        top.addWidget(self.ring)
        top.addLayout(words, 1)
        self.foot = QWidget()
        bottom = QHBoxLayout(self.foot)
        bottom.setContentsMargins(0, 0, 0, 0)
        bottom.addWidget(self.views, 1)
        bottom.addWidget(self.redo)
        bottom.addWidget(self.enrol)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addLayout(top)
        column.addWidget(self.stage, 1)
        column.addWidget(self.foot)
        self.redo.clicked.connect(self.redoAsked)
        self.enrol.clicked.connect(self.doneAsked)

    def set_low(self, low: bool, *, asks: bool) -> None:
        """In a low window the picture needs the room; `asks`: the views stand where a name is asked for."""
        self.ring.set_low(low)
        self.views.set_low(low)
        self.foot.setVisible(not asks)

    def show_guide(self, guide: Guide, *, live: bool) -> None:
        """Show how far it is."""
        self.ring.show_guide(guide)
        self.views.show_guide(guide)
        self.word.say(guide.word if live or guide.taken else WORDS["front"])
        if not live and not guide.done:
            self.detail.say(NOT_LIVE)
        elif guide.done:
            self.detail.say("Nothing was stored yet: that needs a name, and your click.")
        else:
            self.detail.say(f"{len(guide.steady)} of {STEADY} steady frames; the sharpest of them is taken.")
        self.redo.setEnabled(bool(guide.taken))
        self.enrol.setEnabled(guide.done)
