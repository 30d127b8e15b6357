"""The groups of unnamed faces as a row of cards: one name labels all faces of a group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from engine.faces.found import Face
from gui.theme import FOCUS_RING, radius, space, theme
from gui.widgets.picture import to_image

SIDE: Final = 48
MOST_SEEN: Final = 3
"""Faces of a group that are shown, fanned out."""
FAN: Final = 14
HEIGHT: Final = SIDE + 34


class GroupCard(QWidget):
    """Some faces of one group. named(): a click asks for the name."""

    asked = Signal()

    def __init__(self, faces: Sequence[Face], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images = [to_image(face.crop) for face in faces[:MOST_SEEN]]
        self._text = "1 face" if len(faces) == 1 else f"{len(faces)} faces"
        self.setAccessibleName(f"Unnamed: {self._text}. Press Return to name them.")
        self.setToolTip("Nobody has named them yet. Click to give all of them one name.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(SIDE + FAN * (MOST_SEEN - 1) + space.s, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for place, image in reversed(list(enumerate(self._images))):
            painter.drawImage(QRectF(space.xs + place * FAN, space.xs, SIDE, SIDE), image)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colors.text)
        words = QRectF(0, SIDE + space.xs, self.width(), self.height() - SIDE - space.xs)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self._text)
        if self.hasFocus():
            painter.setPen(theme.colors.accent)
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(FOCUS_RING / 2, FOCUS_RING / 2, -FOCUS_RING, -FOCUS_RING),
                radius.cell, radius.cell,
            )  # fmt: skip

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.asked.emit()
        else:
            super().keyPressEvent(event)


class GroupStrip(QScrollArea):
    """asked(tuple of Face): a group is to get a name."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[GroupCard] = []
        self.setAccessibleName("Faces without a name")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(HEIGHT + space.m)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._holder = QWidget()
        self._row = QHBoxLayout(self._holder)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(space.xs)
        self._row.addStretch(1)
        self.setWidget(self._holder)

    def sizeHint(self) -> QSize:
        return QSize(300, HEIGHT + space.m)

    def show_groups(self, groups: Sequence[tuple[Face, ...]]) -> None:
        """Show other groups."""
        for card in self.cards:
            self._row.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = []
        for place, faces in enumerate(groups):
            card = GroupCard(faces)
            card.asked.connect(lambda faces=faces: self.asked.emit(faces))
            self._row.insertWidget(place, card)
            self.cards.append(card)
