"""The pinned units side by side, from whatever layers they are, for one picture or for two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.inside.maps.requests import Pinned
from gui.pages.maps.colours import Coloring, levels, rgb, table
from gui.pages.maps.resolve import short_name
from gui.pages.maps.state import Pin
from gui.theme import STALE_OPACITY, radius, space, theme
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.picture import to_image
from gui.widgets.plain_text import literal

SIDE: Final = 64
LINE: Final = 15
HEAD: Final = 18
WIDTH: Final = SIDE + space.xl
TITLE: Final = "Pinned units"


class PinStrip(QWidget):
    """opened(layer, channel): a click leads to the unit; dropped(layer, channel): it is not pinned any more (a click
    with the middle button, the context menu, or Delete)."""

    opened = Signal(str, int)
    dropped = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pins: tuple[Pin, ...] = ()
        self._rows: list[list[tuple[Pinned, QImage]]] = []
        self._coloring = Coloring()
        self._drawn: tuple[object, ...] = ()
        self._chosen = 0
        self._stale = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(TITLE)
        theme.changed.connect(self._recolor)
        self.hide()

    @property
    def pins(self) -> tuple[Pin, ...]:
        return self._pins

    def show_pins(
        self, pins: Sequence[Pinned], others: Sequence[Pinned], coloring: Coloring, *, kept: int = 0
    ) -> None:
        """Show the pinned maps of a picture and, beneath, those of another one, each pair in one range of colours.

        `kept`: how many pins there are altogether, so that the room stays while their maps are on their way.
        """
        self._pins = tuple((pin.layer, pin.channel) for pin in pins)
        self.setVisible(bool(pins) or kept > 0)
        self._drawn = (tuple(pins), tuple(others), coloring)
        self._coloring = coloring
        self._rows = (
            [_images(pins, others, coloring), _images(others, pins, coloring)]
            if others
            else [_images(pins, (), coloring)]
        )
        self._chosen = min(self._chosen, max(len(self._pins) - 1, 0))
        self.setFixedHeight(HEAD + len(self._rows) * (SIDE + space.xs) + 2 * LINE)
        self.setAccessibleDescription(", ".join(f"{layer} unit {channel}" for layer, channel in self._pins))
        self.update()

    def set_stale(self, stale: bool) -> None:
        if stale != self._stale:
            self._stale = stale
            self.update()

    @Slot()
    def _recolor(self) -> None:
        if self._drawn:
            pins, others, coloring = self._drawn
            self.show_pins(pins, others, coloring)  # type: ignore[arg-type]

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, self.height())

    @property
    def _step(self) -> float:
        """From pin to pin: as many as there may be find room beside each other."""
        return min(float(WIDTH), self.width() / max(len(self._pins), 1))

    def _cell(self, index: int, row: int) -> QRectF:
        step, side = self._step, min(SIDE, self._step - space.xs)
        top = HEAD + row * (SIDE + space.xs) + (SIDE - side)
        return QRectF(index * step + (step - side) / 2, top, side, side)

    def index_at(self, point: QPointF) -> int:
        """The pin under a point, -1 beside them."""
        index = int(point.x() // self._step)
        return index if 0 <= index < len(self._pins) and point.y() >= HEAD else -1

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setFont(theme.font("small", bold=True))
        painter.setPen(theme.colors.text)
        two = " (above: this picture, beneath: the other one)" if len(self._rows) > 1 else ""
        painter.drawText(QRectF(0, 0, self.width(), HEAD), Qt.AlignmentFlag.AlignVCenter, f"{TITLE}{two}")
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        for row, cells in enumerate(self._rows):
            for index, (_pin, image) in enumerate(cells):
                area = self._cell(index, row)
                painter.drawImage(_inside(area, image), image)
        painter.setOpacity(1.0)
        for index, (layer, channel) in enumerate(self._pins):
            self._paint_name(painter, index, layer, channel)
        if self.hasFocus() and self._pins:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            area = QRectF(self._chosen * self._step, HEAD, self._step, self.height() - HEAD)
            paint_focus_ring(painter, area, radius.control)

    def _paint_name(self, painter: QPainter, index: int, layer: str, channel: int) -> None:
        top = HEAD + len(self._rows) * (SIDE + space.xs)
        area = QRectF(index * self._step + 2, top, self._step - 4, LINE)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colors.muted)
        short = painter.fontMetrics().elidedText(
            short_name(layer), Qt.TextElideMode.ElideMiddle, int(area.width())
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, short)
        painter.setFont(theme.font("small", mono=True))
        painter.setPen(theme.colors.text)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area.translated(0, LINE), flags, str(channel))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position())
        if index < 0:
            return
        self._chosen = index
        signal = self.dropped if event.button() is Qt.MouseButton.MiddleButton else self.opened
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            signal.emit(*self._pins[index])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        from PySide6.QtWidgets import QMenu

        index = self.index_at(QPointF(event.pos()))
        if index < 0:
            return
        layer, channel = self._pins[index]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(theme.icon("pin-off-outline"), f"Remove the pin of unit {channel}").triggered.connect(
            lambda: self.dropped.emit(layer, channel)
        )
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step and self._pins:
            self._chosen = min(max(self._chosen + step, 0), len(self._pins) - 1)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._pins:
            self.opened.emit(*self._pins[self._chosen])
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._pins:
            self.dropped.emit(*self._pins[self._chosen])
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.index_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), literal(self.tip(index)), self)
            return True
        return super().event(event)

    def tip(self, index: int) -> str:
        """A pin in words."""
        if not 0 <= index < len(self._pins):
            return ""
        lines = [f"{self._pins[index][0]}, unit {self._pins[index][1]}"]
        for row, name in zip(self._rows, ("this picture", "the other one"), strict=False):
            values = row[index][0].values
            lines.append(f"{name}: {values.min():.3g} to {values.max():.3g}".replace("-", "−"))
        return "\n".join(lines)


def _images(
    pins: Sequence[Pinned], partners: Sequence[Pinned], coloring: Coloring
) -> list[tuple[Pinned, QImage]]:
    """Every map as a picture, in the range of itself and its partner."""
    colors = table(coloring)
    found = []
    for index, pin in enumerate(pins):
        both = [pin.values, *([partners[index].values] if index < len(partners) else [])]
        finite = [np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0) for values in both]
        low = np.array([min(float(values.min()) for values in finite)], np.float32)
        high = np.array([max(float(values.max()) for values in finite)], np.float32)
        shown = levels(pin.values[None], low, high, coloring.diverging)[0]
        found.append((pin, to_image(rgb(shown, colors))))
    return found


def _inside(area: QRectF, image: QImage) -> QRectF:
    """The largest place in an area that keeps the shape of a picture."""
    scale = min(area.width() / image.width(), area.height() / image.height())
    size = image.width() * scale, image.height() * scale
    return QRectF(area.center().x() - size[0] / 2, area.center().y() - size[1] / 2, *size)
