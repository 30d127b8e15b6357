"""A row of layers to choose from, each with a small picture of how far its Gram matrices are apart, and its cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from gui.theme import STALE_OPACITY, radius, space, theme
from gui.widgets.picture import to_image

PICTURE: Final = 44.0
WORDS: Final = 42
HEIGHT: Final = WORDS + round(PICTURE) + 8
LEAST: Final = 56


@dataclass(frozen=True, slots=True, eq=False)
class LayerSign:
    """`picture` uint8[C, C, 3] or None; `line`: what is said beneath the title."""

    name: str
    title: str
    line: str
    picture: npt.NDArray[np.uint8] | None = None


class _LayerButton(QAbstractButton):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.sign: LayerSign | None = None
        self.stale = False
        self.setCheckable(True)
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_sign(self, sign: LayerSign) -> None:
        self.sign = sign
        self.setAccessibleName(f"Layer {sign.title}")
        self.setAccessibleDescription(sign.line)
        self.setToolTip(f"{sign.title}: {sign.line}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(150, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors, sign = theme.colors, self.sign
        edge = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        lit = self.isChecked() or self.hasFocus()
        painter.setPen(QPen(colors.accent if lit else colors.line, 2 if self.isChecked() else 1))
        painter.setBrush(colors.raised if self.isChecked() or self.underMouse() else colors.surface)
        painter.drawRoundedRect(edge, radius.control, radius.control)
        if sign is None:
            return
        self._words(painter, sign)
        if sign.picture is not None and self.height() == HEIGHT:
            painter.setOpacity(STALE_OPACITY if self.stale else 1.0)
            painter.drawImage(QRectF(space.s, WORDS, PICTURE, PICTURE), to_image(sign.picture))

    def _words(self, painter: QPainter, sign: LayerSign) -> None:
        width = self.width() - space.s - space.xs
        for top, text, bold in ((4, sign.title, True), (22, sign.line, False)):
            painter.setFont(theme.font("small", bold=bold, mono=not bold))
            painter.setPen(theme.colors.text if bold else theme.colors.muted)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(width))
            painter.drawText(QRectF(space.s, top, width, 18), Qt.AlignmentFlag.AlignVCenter, shown)


class LayerStrip(QWidget):
    """chosen(name): a person picked a layer; the arrow keys move along the row."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: list[_LayerButton] = []
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(space.xs)
        self.setAccessibleName("Layers of the style")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._group.idToggled.connect(self._toggled)
        self._filling = False

    def show_signs(self, signs: Sequence[LayerSign], chosen: str, *, stale: bool = False) -> None:
        """Show these layers, one of them chosen."""
        self._filling = True
        while len(self.buttons) < len(signs):
            button = _LayerButton(self)
            self._group.addButton(button, len(self.buttons))
            self.buttons.append(button)
            self._row.addWidget(button)
        for index, button in enumerate(self.buttons):
            button.setVisible(index < len(signs))
            if index < len(signs):
                button.stale = stale
                button.show_sign(signs[index])
                if signs[index].name == chosen:
                    button.setChecked(True)
        self._filling = False

    def set_low(self, low: bool) -> None:
        """Whether there is room for words alone."""
        for button in self.buttons:
            button.setFixedHeight(WORDS if low else HEIGHT)

    @Slot(int, bool)
    def _toggled(self, index: int, on: bool) -> None:
        sign = self.buttons[index].sign
        if on and not self._filling and sign is not None:
            self.chosen.emit(sign.name)
