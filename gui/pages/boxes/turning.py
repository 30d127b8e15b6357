"""A stage of a picture and of what is said about it: side by side, or one beneath the other where it is high."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from gui.theme import space

HIGH: Final = 660
"""From this height on the second part may stand beneath."""
WIDE: Final = 1040
"""From this width on there is room for both side by side."""


class Turning(QWidget):
    """Lays two widgets out; `shares` of the width where they stand side by side.

    Beneath, the second one gets the height of its size hint, at most `most` of the whole.
    """

    def __init__(
        self,
        first: QWidget,
        second: QWidget,
        *,
        shares: tuple[int, int] = (5, 4),
        most: float = 0.5,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._second, self._shares, self._most = second, shares, most
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(space.m)
        self._box.addWidget(first, shares[0])
        self._box.addWidget(second, shares[1])

    @property
    def beneath(self) -> bool:
        """Whether the second part stands beneath the first."""
        return self._box.direction() is QBoxLayout.Direction.TopToBottom

    def turn(self) -> None:
        """Lay out anew: the size, or what the second part wants, is another one."""
        beneath = self.height() >= HIGH and self.width() < WIDE
        direction = QBoxLayout.Direction.TopToBottom if beneath else QBoxLayout.Direction.LeftToRight
        if direction is not self._box.direction():
            self._box.setDirection(direction)
        for index, share in enumerate((1, 0) if beneath else self._shares):
            self._box.setStretch(index, share)
        if beneath:
            self._second.setFixedHeight(
                min(self._second.sizeHint().height(), round(self.height() * self._most))
            )
        else:
            self._second.setMinimumHeight(0)
            self._second.setMaximumHeight(self.maximumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 240)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.turn()
