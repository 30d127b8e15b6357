"""The band above the tiles: the kernels with their numbers, the window under the cursor, the wheel of angles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen

from engine.foundations.edges.catalogue import EdgeKernel, pair, weight
from engine.foundations.edges.kernels import FloatArray, cos_sin
from engine.foundations.edges.window import PixelWindow
from gui import colormaps
from gui.pages.edges.wheel import Wheel
from gui.pages.edges.words import degrees, direction_words, kernel_title
from gui.theme import space, theme
from gui.widgets.plate import Plate, number_text
from gui.widgets.scene import Item, Scene, Words
from gui.widgets.stage_layout import NARROW_STAGE, TITLE, crisp
from gui.widgets.stage_text import limit_of, plain, text_width

KERNEL, WINDOW, PRODUCTS, VERTICAL, HORIZONTAL = "kernel", "window", "products", "kx", "ky"
LARGEST_CELL: Final = 68.0
SIGN: Final = 30.0
DIAL: Final = 64.0
DIAL_ROOM: Final = 150.0
NOTE_ROOM: Final = 190.0
_ANGLE: Final = "−0.000"


@dataclass(frozen=True, slots=True)
class Dial:
    """A circle with an arrow: where it gets darker for a kernel to answer the most."""

    area: QRectF
    angle: float

    def paint(self, painter: QPainter) -> None:
        middle, reach = self.area.center(), min(self.area.width(), self.area.height()) / 2
        cos, sin = cos_sin(self.angle)
        end = middle + QPointF(cos, sin) * (reach - 4)
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colors.line, 1))
        painter.drawEllipse(middle, reach, reach)
        painter.setPen(QPen(theme.colors.accent, 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(middle, end)
        for side in (-1, 1):
            wing = QPointF(cos - side * sin * 0.6, sin + side * cos * 0.6)
            painter.drawLine(end, end - wing * (reach * 0.22))
        painter.restore()


class _Row:
    """Lays plates, signs and words from left to right, as large as the band allows."""

    def __init__(self, size: QSizeF, sides: int, count: int, taken: float) -> None:
        self.scene = Scene(size)
        self.left = 0.0
        self._tall = size.height() - TITLE - 2
        room = (size.width() - taken) / max(sides * count, 1)
        self.cell = crisp(min(self._tall / sides, room, LARGEST_CELL))

    def plate(self, key: str, values: FloatArray, title: str, *, pixels: bool = False) -> None:
        limit = limit_of(values)
        colors = colormaps.grey(values, 0, 255) if pixels else colormaps.weights(values, limit)
        if key == PRODUCTS:
            colors = colormaps.activations(values, limit)
        rows, columns = values.shape
        rect = QRectF(round(self.left), TITLE, columns * self.cell, rows * self.cell)
        decimals = _decimals(values) if pixels or key == PRODUCTS else None
        self.scene.plates.append(Plate(key, values, colors, title=title, rect=rect, decimals=decimals))
        wide = max(rect.width(), text_width(title) + 2)
        self.scene.below.append(
            Words(QRectF(rect.left(), 0, wide, TITLE - 2), title, role="muted", elide=False)
        )
        self.left = rect.left() + wide

    def sign(self, text: str) -> None:
        """A sign of arithmetic, level with the middle of the plates."""
        wide = max(text_width(text, "section", mono=True) + 2 * space.s, SIGN)
        rows = self.scene.plates[-1].shape[0] if self.scene.plates else 3
        area = QRectF(self.left, TITLE, wide, rows * self.cell)
        align = Qt.AlignmentFlag.AlignHCenter
        self.scene.below.append(Words(area, text, size="section", mono=True, align=align, elide=False))
        self.left += wide

    def note(self, text: str, width: float, *, role: str = "muted", bold: bool = False) -> None:
        area = QRectF(self.left + space.m, TITLE, max(width - space.m, 0.0), self._tall)
        self.scene.below.append(Words(area, text, role=role, bold=bold, wrap=True))
        self.left += width

    def item(self, item: Item, width: float) -> None:
        self.scene.below.append(item)
        self.left += width


def window_band(kernel: EdgeKernel, window: PixelWindow | None, size: QSizeF) -> Scene:
    """The kernel and, under a cursor, the window that it lies on, product by product."""
    if window is None:
        row = _Row(size, kernel.size, 1, NOTE_ROOM)
        row.plate(KERNEL, weight(kernel), kernel_title(kernel))
        row.note("Point at a pixel: its window is multiplied with the kernel here.", NOTE_ROOM)
        return row.scene
    total = number_text(round(window.total, 1), 1)
    taken = 4 * SIGN + text_width(total, "section", mono=True) + space.xl
    row = _Row(size, kernel.size, 3, taken)
    row.plate(WINDOW, window.patch, f"Window, {window.channel}", pixels=True)
    row.sign("×")
    row.plate(KERNEL, window.kernel, "Kernel")
    row.sign("=")
    row.plate(PRODUCTS, window.products, "Products")
    row.sign(f"Σ = {total}")
    return row.scene


def steer_band(kernel: EdgeKernel, size: QSizeF) -> Scene:
    """How a turning kernel is made: two kernels mixed, or a wave along a direction."""
    way = f"{degrees(kernel.angle)}: answers most where it gets darker {direction_words(kernel.angle)}."
    told = size.width() >= NARROW_STAGE or kernel.entry.derivative is None
    room = DIAL_ROOM if told else DIAL
    if kernel.entry.derivative is None:
        row = _Row(size, kernel.size, 1, room + NOTE_ROOM)
        row.plate(KERNEL, weight(kernel), kernel_title(kernel))
    else:
        cos, sin = cos_sin(kernel.angle)
        signs = 3 * text_width(f"+ {_ANGLE}·", "section", mono=True) + 3 * space.l
        row = _Row(size, kernel.size, 3, signs + room + space.l)
        vertical, horizontal = pair(kernel)
        row.sign(f"{_fixed(cos)}·")
        row.plate(VERTICAL, vertical, "Kx, 0°")
        row.sign(f"+ {_fixed(sin)}·")
        row.plate(HORIZONTAL, horizontal, "Ky, 90°")
        row.sign("=")
        row.plate(KERNEL, weight(kernel), f"K, {degrees(kernel.angle)}")
    dial = QRectF(row.left + space.l, TITLE, DIAL, min(DIAL, size.height() - TITLE))
    row.item(Dial(dial, kernel.angle), space.l + DIAL)
    if told:
        row.note(way, max(size.width() - row.left, 0.0))
    return row.scene


def pair_band(kernel: EdgeKernel, size: QSizeF) -> Scene:
    """Both kernels of a gradient, and the wheel of its angles."""
    wheel = min(size.width() * 0.3, size.height() * 1.9)
    row = _Row(size, kernel.size, 2, wheel + space.xxl * 2 + NOTE_ROOM)
    vertical, horizontal = pair(kernel)
    row.plate(VERTICAL, vertical, "Kx, vertical edges")
    row.left += space.l
    row.plate(HORIZONTAL, horizontal, "Ky, horizontal edges")
    row.left += space.l
    area = QRectF(row.left, 0, wheel, size.height())
    row.item(Wheel(area), wheel)
    row.note("Hue: where it gets darker. Black: no edge.", max(size.width() - row.left, 0.0))
    return row.scene


def cell_rows(plate: Plate, row: int, column: int) -> list[tuple[str, str, str]]:
    """What the inspector says about a cell of the band."""
    return [
        ("cell of", plate.title, ""),
        ("value", plain(float(plate.values[row, column])), "The true number."),
        ("place", f"row {row}, col {column}", "Counted from 0."),
    ]


def _decimals(values: FloatArray) -> int:
    """Pixels and their products: whole where they are, one decimal else."""
    return 0 if bool(np.allclose(values, np.rint(values), rtol=0, atol=1e-3)) else 1


def _fixed(value: float) -> str:
    """Three decimals whatever the number, so that nothing moves while it changes."""
    return f"{value:6.3f}".replace("-", "−")
