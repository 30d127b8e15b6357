"""A plate: one matrix drawn as a grid of coloured cells with their numbers, and what is marked on it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from gui.theme import mix, radius, readable_on, theme, with_alpha

FloatArray = npt.NDArray[np.float64]
ColorArray = npt.NDArray[np.uint8]
BoolArray = npt.NDArray[np.bool_]

MIN_DIGIT_PIXELS = 7.0
MAX_DIGIT_PIXELS = 15.0
CELL_FILL = 0.86
GAP_FROM_CELL = 9.0
LARGEST_NUMBERED_SIDE = 32


class MarkRole(StrEnum):
    """What a mark means; every role has its own line, not its colour alone."""

    WINDOW = "window"
    HOVER = "hover"
    SELECTED = "selected"
    LINKED = "linked"


@dataclass(frozen=True, slots=True)
class Mark:
    """A highlighted block of cells, rows and columns in cell units (half-open), possibly with holes (dilation)."""

    role: MarkRole
    top: float
    left: float
    bottom: float
    right: float
    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()

    @classmethod
    def cell(cls, role: MarkRole, row: int, column: int) -> Mark:
        return cls(role, row, column, row + 1, column + 1)

    @classmethod
    def grid(cls, role: MarkRole, rows: npt.NDArray[Any], columns: npt.NDArray[Any]) -> Mark:
        """The cells at the crossings of `rows` and `columns` (a window, dilated or not)."""
        dense = len(rows) == rows[-1] - rows[0] + 1 and len(columns) == columns[-1] - columns[0] + 1
        holes = ((), ()) if dense else (tuple(int(r) for r in rows), tuple(int(c) for c in columns))
        return cls(role, int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1, *holes)

    def between(self, other: Mark, share: float) -> Mark:
        """The mark on its way from this place to another one's."""

        def blend(first: float, second: float) -> float:
            return first + (second - first) * share

        return replace(
            other,
            top=blend(self.top, other.top), left=blend(self.left, other.left),
            bottom=blend(self.bottom, other.bottom), right=blend(self.right, other.right), rows=(), columns=(),
        )  # fmt: skip


@dataclass(eq=False, slots=True)
class Plate:
    """One matrix on the stage.

    `key` names it in events, `values: float64[H, W]` and `colors: uint8[H, W, 3]` say what its cells show, `rect` where
    they are.
    `faint` cells (padding) are hatched, `hidden` ones (not computed yet, or to be guessed) stay empty,
    `crossed` ones (never read) have a marked corner.
    """

    key: str
    values: FloatArray
    colors: ColorArray
    title: str = ""
    rect: QRectF = field(default_factory=QRectF)
    faint: BoolArray | None = None
    hidden: BoolArray | None = None
    crossed: BoolArray | None = None
    hidden_text: str = ""
    editable: bool = False
    marks: tuple[Mark, ...] = ()
    title_color: QColor | None = None
    numbers: bool = True
    digits: int = 0
    """Characters that a number has at least: plates side by side show their numbers in one size."""
    gaps: bool = True
    """Whether cells have a gap between them where they are large; planes of a volume look better without."""
    decimals: int | None = None
    """Decimals that the numbers are shown with; None: as many as tell them apart."""
    slides: bool = False
    """Whether it glides to another place, as a kernel that moves over its input, and does not jump there."""
    smooth: bool = False
    """Whether a picture without numbers is mixed between its pixels: for photos, whose pixels are not looked at."""

    @property
    def shape(self) -> tuple[int, int]:
        return self.values.shape[0], self.values.shape[1]

    @property
    def cell(self) -> float:
        """The side of a cell in device-independent pixels."""
        return self.rect.width() / max(self.shape[1], 1)

    def cell_rect(
        self, row: float, column: float, bottom: float | None = None, right: float | None = None
    ) -> QRectF:
        """Where a cell (or the block up to `bottom`, `right`) lies."""
        side = self.cell
        height = (row + 1 if bottom is None else bottom) - row
        width = (column + 1 if right is None else right) - column
        return QRectF(
            self.rect.left() + column * side, self.rect.top() + row * side, width * side, height * side
        )

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Which cell lies under a point, None outside."""
        if not self.rect.contains(point) or self.cell <= 0:
            return None
        row = int((point.y() - self.rect.top()) / self.cell)
        column = int((point.x() - self.rect.left()) / self.cell)
        return min(row, self.shape[0] - 1), min(column, self.shape[1] - 1)

    def signature(self) -> tuple[object, ...]:
        """What the cached picture of the cells depends on (marks are drawn over it)."""
        masks = tuple(
            None if mask is None else mask.tobytes() for mask in (self.faint, self.hidden, self.crossed)
        )
        look = (
            self.rect.width(),
            self.rect.height(),
            self.numbers,
            self.gaps,
            self.digits,
            self.decimals,
            self.smooth,
            self.hidden_text,
            theme.dark,
        )
        return (self.shape, self.values.tobytes(), self.colors.tobytes(), *masks, *look)

    def paint_cells(self, painter: QPainter, origin: QPointF, scale: float = 1.0) -> None:
        """Draw the cells and their numbers with the top left corner at `origin`; `scale` is the zoom on the screen."""
        shown = replace(self, rect=QRectF(origin, self.rect.size()))
        masks = (self.faint, self.hidden, self.crossed)
        bare = not (self.numbers or self.gaps) and all(mask is None for mask in masks)
        if bare or max(self.shape) > LARGEST_NUMBERED_SIDE or self.cell * scale < 4.0:
            _paint_as_picture(painter, shown)
        else:
            _paint_as_grid(painter, shown, scale)

    def paint_outline(self, painter: QPainter) -> None:
        """A hairline around the cells: white cells on a light ground belong to a grid, too."""
        painter.save()
        painter.setPen(QPen(theme.colors.line, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.rect.adjusted(-0.5, -0.5, -0.5, -0.5), radius.cell, radius.cell)
        painter.restore()

    def paint_marks(self, painter: QPainter, marks: tuple[Mark, ...] | None = None) -> None:
        """Draw the marks over the cells."""
        for mark in self.marks if marks is None else marks:
            _paint_mark(painter, self, mark)


def number_texts(values: FloatArray, decimals: int | None = None) -> tuple[list[list[str]], int]:
    """The cell texts of a matrix, all with the same number of decimals, and the longest text's length."""
    decimals = decimals_for(values) if decimals is None else decimals
    texts = [[number_text(float(value), decimals) for value in row] for row in values]
    longest = max((len(text) for row in texts for text in row), default=1)
    return texts, longest


def decimals_for(values: FloatArray) -> int:
    """How many decimals tell the values of a matrix apart without crowding: 0 for whole numbers, else 1 to 6."""
    finite = values[np.isfinite(values)]
    if finite.size == 0 or np.allclose(finite, np.rint(finite), rtol=0, atol=1e-9):
        return 0
    largest = float(np.abs(finite).max())
    if largest >= 100:
        return 1
    if largest >= 0.1:
        return 2
    return min(max(1 - math.floor(math.log10(largest)), 3), 6)


def number_text(value: float, decimals: int = 2) -> str:
    """A number as a cell shows it: a true minus sign, no minus zero, exponents from a million on."""
    if not math.isfinite(value):
        return "∞" if value > 0 else ("−∞" if value < 0 else "NaN")
    if abs(value) >= 1e6:
        return f"{value:.1e}".replace("-", "−").replace("e+0", "e").replace("e+", "e")
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def trimmed(text: str) -> str:
    """A number's text without zeros behind the point: "−1.00" is "−1"."""
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def digit_font(cell: float, longest: int, scale: float) -> QFont | None:
    """The font in which `longest` characters fit a cell, None where they would not be legible."""
    font = theme.font("body", mono=True)
    font.setPixelSize(100)
    per_character = QFontMetricsF(font).horizontalAdvance("0") / 100.0
    size = min(
        cell * CELL_FILL / (max(longest, 2) * per_character),
        cell * 0.56,
        MAX_DIGIT_PIXELS * max(1.0, cell / 44.0),
    )
    if size * scale < MIN_DIGIT_PIXELS:
        return None
    font.setPixelSize(max(int(size), 1)) if size >= 6 else font.setPointSizeF(size * 0.75)
    return font


def _paint_as_picture(painter: QPainter, plate: Plate) -> None:
    colors = np.ascontiguousarray(plate.colors)
    if plate.hidden is not None:
        colors = colors.copy()
        surface = theme.colors.raised
        colors[plate.hidden] = (surface.red(), surface.green(), surface.blue())
    height, width = plate.shape
    image = QImage(colors.data, width, height, colors.strides[0], QImage.Format.Format_RGB888)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, plate.smooth)
    painter.drawImage(plate.rect, image)
    painter.restore()


def _paint_as_grid(painter: QPainter, plate: Plate, scale: float) -> None:
    texts, longest = number_texts(plate.values, plate.decimals)
    font = digit_font(plate.cell, max(longest, plate.digits), scale) if plate.numbers else None
    if font is None and plate.numbers:  # without the zeros behind the point they may fit
        texts = [[trimmed(text) for text in row] for row in texts]
        longest = max((len(text) for row in texts for text in row), default=1)
        font = digit_font(plate.cell, longest, scale)
    gap = 1.0 if plate.gaps and plate.cell * scale >= GAP_FROM_CELL else 0.0
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    if font is not None:
        painter.setFont(font)
    for row in range(plate.shape[0]):
        for column in range(plate.shape[1]):
            _paint_cell(painter, plate, row, column, gap, texts[row][column] if font is not None else "")
    painter.restore()


def _paint_cell(painter: QPainter, plate: Plate, row: int, column: int, gap: float, text: str) -> None:
    area = plate.cell_rect(row, column).adjusted(0, 0, -gap, -gap)
    corner = radius.cell if plate.cell >= 18 else 0
    if plate.hidden is not None and plate.hidden[row, column]:
        _fill(painter, area, mix(theme.colors.surface, theme.colors.line, 0.35), corner)
        painter.setPen(QPen(theme.colors.line, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        if plate.hidden_text and text:
            painter.setPen(theme.colors.muted)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, plate.hidden_text)
        return
    red, green, blue = (int(part) for part in plate.colors[row, column])
    color = QColor(red, green, blue)
    faint = plate.faint is not None and bool(plate.faint[row, column])
    if faint:
        color = mix(theme.colors.surface, color, 0.18)
    _fill(painter, area, color, corner)
    if faint:
        painter.fillRect(area, QBrush(with_alpha(theme.colors.muted, 0.2), Qt.BrushStyle.BDiagPattern))
    if text:
        painter.setPen(theme.colors.muted if faint else readable_on(color))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
    if plate.crossed is not None and plate.crossed[row, column]:
        corner_mark = min(area.width() * 0.34, 12.0)
        path = QPainterPath(area.topRight())
        path.lineTo(area.topRight() - QPointF(corner_mark, 0))
        path.lineTo(area.topRight() + QPointF(0, corner_mark))
        painter.fillPath(path, theme.colors.warn)


def _fill(painter: QPainter, area: QRectF, color: QColor, corner: float) -> None:
    if corner:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(area, corner, corner)
    else:
        painter.fillRect(area, color)


def _paint_mark(painter: QPainter, plate: Plate, mark: Mark) -> None:
    color = theme.colors.accent if mark.role is not MarkRole.LINKED else theme.colors.good
    width = {MarkRole.WINDOW: 2.5, MarkRole.SELECTED: 2.0, MarkRole.HOVER: 1.5, MarkRole.LINKED: 2.0}[
        mark.role
    ]
    pen = QPen(color, width, Qt.PenStyle.DashLine if mark.role is MarkRole.HOVER else Qt.PenStyle.SolidLine)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    area = plate.cell_rect(mark.top, mark.left, mark.bottom, mark.right).adjusted(-0.5, -0.5, -0.5, -0.5)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setBrush(Qt.BrushStyle.NoBrush)  # a tint would change the colours that mean values
    if mark.rows:
        _paint_holes(painter, plate, mark, color)
        pen.setWidthF(1.0)
        pen.setStyle(Qt.PenStyle.DotLine)
    painter.setPen(QPen(with_alpha(theme.colors.surface, 0.8), width + 2.0))
    if not mark.rows:
        painter.drawRoundedRect(area, radius.cell, radius.cell)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawRoundedRect(area, radius.cell, radius.cell)
    painter.restore()


def _paint_holes(painter: QPainter, plate: Plate, mark: Mark, color: QColor) -> None:
    painter.setPen(QPen(color, 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for row in mark.rows:
        for column in mark.columns:
            painter.drawRoundedRect(
                plate.cell_rect(row, column).adjusted(0, 0, -1, -1), radius.cell, radius.cell
            )
