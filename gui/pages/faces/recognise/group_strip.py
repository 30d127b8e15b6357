"""The groups of unnamed faces as a row of cards: one name labels all faces of a group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from engine.faces.found import Face
from gui.theme import space, theme
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.picture import to_image

SIDE, LOW_SIDE = 48, 30
MOST_SEEN: Final = 3
"""Faces of a group that are shown, fanned out."""
FAN: Final = 14
WORDS: Final = 20
"""Beneath the faces, or in a low window beside them."""
ROOM_BESIDE: Final = 26


class GroupCard(QWidget):
    """Some faces of one group. asked(): a click asks for the name."""

    asked = Signal()

    def __init__(self, faces: Sequence[Face], *, low: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.faces: tuple[Face, ...] = ()
        self._images: list[QImage] = []
        self._low = low
        self.setToolTip("Nobody has named them yet. Click to give all of them one name.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_faces(faces)

    def show_faces(self, faces: Sequence[Face]) -> None:
        """Show a group, perhaps one that has grown."""
        if self.faces[:MOST_SEEN] != tuple(faces[:MOST_SEEN]):
            self._images = [to_image(face.crop) for face in faces[:MOST_SEEN]]
        self.faces = tuple(faces)
        self.setAccessibleName(f"Unnamed: {self.text}. Press Return to name them.")
        self._fit()

    def set_low(self, low: bool) -> None:
        """In a low window the words stand beside smaller faces."""
        self._low = low
        self._fit()

    @property
    def text(self) -> str:
        """How many they are."""
        return "1 face" if len(self.faces) == 1 else f"{len(self.faces)} faces"

    def _fit(self) -> None:
        side = LOW_SIDE if self._low else SIDE
        width = side + FAN * (len(self._images) - 1) + 2 * space.xs
        height = side + 2 * space.xs
        self.setFixedSize(
            *((width + ROOM_BESIDE, height) if self._low else (max(width, SIDE + FAN), height + WORDS))
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        side = LOW_SIDE if self._low else SIDE
        for place, image in reversed(list(enumerate(self._images))):
            painter.drawImage(QRectF(space.xs + place * FAN, space.xs, side, side), image)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colors.text)
        left, top = (self.width() - ROOM_BESIDE, 0) if self._low else (space.xs, side + space.xs)
        words = QRectF(left, top, self.width() - left, self.height() - top)
        text = f"×{len(self.faces)}" if self._low else self.text
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.asked.emit()
        else:
            super().mousePressEvent(event)

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
        self._low = False
        self.setAccessibleName("Faces without a name")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._holder = QWidget()
        self._row = QHBoxLayout(self._holder)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(space.s)
        self._row.addStretch(1)
        self.setWidget(self._holder)
        self.set_low(False)

    def sizeHint(self) -> QSize:
        return QSize(300, self.height())

    def set_low(self, low: bool) -> None:
        """In a low window the picture needs the room."""
        self._low = low
        for card in self.cards:
            card.set_low(low)
        self.setFixedHeight((LOW_SIDE if low else SIDE + WORDS) + 2 * space.xs + space.m)

    def show_groups(self, groups: Sequence[tuple[Face, ...]]) -> None:
        """Show other groups. Cards stay where they are, and keep the keyboard: groups grow while something plays."""
        while len(self.cards) > len(groups):
            card = self.cards.pop()
            self._row.removeWidget(card)
            card.hide()
            card.deleteLater()
        for card, faces in zip(self.cards, groups, strict=False):
            card.show_faces(faces)
        for faces in groups[len(self.cards) :]:
            card = GroupCard(faces, low=self._low)
            card.asked.connect(lambda card=card: self.asked.emit(card.faces))
            self._row.insertWidget(len(self.cards), card)
            self.cards.append(card)
