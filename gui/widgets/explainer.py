"""The popover behind a page's "explain" button."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from gui.theme import space

WIDTH = 480


class Explanation(QFrame):
    """Words on a raised card beneath a button; Esc or a click elsewhere closes it."""

    def __init__(self, title: str, text: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.l, space.l, space.l)
        column.setSpacing(space.s)
        head, body = QLabel(title), QLabel(text)
        head.setProperty("role", "title")
        body.setWordWrap(True)
        body.setTextFormat(Qt.TextFormat.RichText)
        column.addWidget(head)
        column.addWidget(body)
        self.setFixedHeight(column.totalHeightForWidth(WIDTH))


def show_explanation(button: QWidget, title: str, text: str) -> Explanation:
    """Open the popover under a button, its right edge at the button's."""
    card = Explanation(title, text, button.window())
    corner = button.mapToGlobal(QPoint(button.width(), button.height()))
    card.move(corner.x() - WIDTH, corner.y() + space.xs)
    card.show()
    return card
