"""The sentence beneath a field that says why its text was not taken."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import (
    QEnterEvent,
    QFontMetrics,
    QHideEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QScrollArea, QSizePolicy, QWidget

from gui.theme import CONTROL_HEIGHT, space, theme

LINE_PADDING = 6
"""What a line beneath a field has above and below its text together."""


def line_height() -> int:
    """The height of the one line by which a field grows."""
    return QFontMetrics(theme.font("small")).height() + LINE_PADDING


class Reason(QLabel):
    """One line, whatever the sentence: the controls beneath a field never jump by more.

    A longer sentence lies in full on a card over what is beneath, while the field is being worked on
    (`set_open`) or the mouse is on the line; the card lets clicks through.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._open = False
        self._card: QLabel | None = None
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def is_cut(self) -> bool:
        """Whether the line is too short for the sentence."""
        return QFontMetrics(theme.font("small")).horizontalAdvance(self.text()) > self.width()

    @property
    def card(self) -> QLabel | None:
        """The card with the whole sentence while it is on show."""
        return self._card if self._card is not None and self._card.isVisible() else None

    def set_open(self, is_open: bool) -> None:
        """Show a sentence that is too long in full, or its beginning only."""
        self._open = is_open
        self._show_card(is_open)

    def sizeHint(self) -> QSize:
        return QSize(0, line_height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = theme.font("small")
        painter.setFont(font)
        painter.setPen(theme.colors.error)
        text = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_card(self._open)

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._show_card(self._open)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._show_card(False)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._show_card(True)

    def leaveEvent(self, event: QEvent) -> None:
        self._show_card(self._open)

    def _show_card(self, wanted: bool) -> None:
        if not (wanted and self.isVisible() and self.is_cut):
            if self._card is not None:
                self._card.hide()
            return
        ground = self._ground()
        if self._card is None:
            self._card = _card(ground)
            self.destroyed.connect(self._card.deleteLater)
        card = self._card
        card.setText(self.text())
        width = self.width() + 2 * space.s
        card.setFixedSize(width, card.heightForWidth(width))
        card.move(self._place(ground, card.height()))
        card.show()
        card.raise_()

    def _ground(self) -> QWidget:
        """What the card lies on: the content of the scroll area, so that it scrolls along, or the window."""
        ground: QWidget = self
        while not ground.isWindow():
            parent = ground.parentWidget()
            area = parent.parentWidget() if parent is not None else None
            if parent is None or (isinstance(area, QScrollArea) and area.widget() is ground):
                break
            ground = parent
        return ground

    def _place(self, ground: QWidget, height: int) -> QPoint:
        """On the line and beneath it, above the field where there is no room."""
        line = self.mapTo(ground, QPoint(-space.s, 0))
        if line.y() + height <= ground.height():
            return line
        return QPoint(line.x(), max(line.y() - CONTROL_HEIGHT - height, 0))


def _card(ground: QWidget) -> QLabel:
    card = QLabel(ground)
    card.setObjectName("card")
    card.setProperty("role", "error")
    card.setTextFormat(Qt.TextFormat.PlainText)
    card.setWordWrap(True)
    card.setMargin(space.s - 1)
    card.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    card.hide()
    return card
