"""What covers the window while something is dragged over it: where the drop goes, or why it is refused."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.theme import ICON_SIZE, radius, space, theme, with_alpha

ICON_FACTOR: Final = 3
_ALIGN: Final = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)


class DropOverlay(QWidget):
    """A sheet over the whole parent that lets the drag events through to it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.sentence = ""
        self.hint = ""
        self.refused = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAcceptDrops(False)
        parent.installEventFilter(self)
        theme.changed.connect(self.update)
        self.hide()

    def show_offer(self, name: str, page: str) -> None:
        """Say where a drop will go; `name` is the file's name."""
        self._show(f"Drop to open {_short(name)} in {page}", "", refused=False)

    def show_refusal(self, reason: str, hint: str = "") -> None:
        """Say why a drop will not be taken, and what would be."""
        self._show(reason, hint, refused=True)

    def _show(self, sentence: str, hint: str, *, refused: bool) -> None:
        self.sentence, self.hint, self.refused = sentence, hint, refused
        self.setAccessibleName(f"{sentence} {hint}".strip())
        self.setGeometry(self._parent_rect())
        self.raise_()
        self.show()
        self.update()

    def _parent_rect(self) -> QRect:
        parent = self.parentWidget()
        assert parent is not None
        return parent.rect()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._parent_rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = theme.colors
        tint = colors.error if self.refused else colors.accent
        painter.fillRect(self.rect(), colors.overlay)
        frame = QRectF(self.rect()).adjusted(space.xl, space.xl, -space.xl, -space.xl)
        painter.setPen(QPen(tint, 2, Qt.PenStyle.DashLine))
        painter.setBrush(with_alpha(tint, 0.06))
        painter.drawRoundedRect(frame, radius.card, radius.card)
        self._paint_content(painter, frame.adjusted(space.xl, space.l, -space.xl, -space.l))

    def _paint_content(self, painter: QPainter, room: QRectF) -> None:
        """Icon, sentence and hint as one block in the middle."""
        colors = theme.colors
        side = ICON_SIZE * ICON_FACTOR
        title, small = theme.font("title", bold=True), theme.font("body")
        sentence = QFontMetricsF(title).boundingRect(room, _ALIGN, self.sentence)
        hint = QFontMetricsF(small).boundingRect(room, _ALIGN, self.hint) if self.hint else QRectF()
        top = room.center().y() - (side + space.l + sentence.height() + space.s + hint.height()) / 2
        icon = "close-circle-outline" if self.refused else "tray-arrow-down"
        tint = colors.error if self.refused else colors.accent
        painter.drawPixmap(QPointF(room.center().x() - side / 2, top), theme.pixmap(icon, side, tint))
        top += side + space.l
        painter.setFont(title)
        painter.setPen(colors.error if self.refused else colors.text)
        painter.drawText(QRectF(room.left(), top, room.width(), sentence.height()), _ALIGN, self.sentence)
        top += sentence.height() + space.s
        painter.setFont(small)
        painter.setPen(colors.muted)
        painter.drawText(QRectF(room.left(), top, room.width(), hint.height()), _ALIGN, self.hint)


def _short(name: str, most: int = 60) -> str:
    """A file name short enough for one line, its ending kept."""
    half = most // 2
    return name if len(name) <= most else f"{name[:half]}…{name[-half + 1 :]}"
