"""Pieces that the scenes of this page share: the head, plates with their names in a grid, bars over a plate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from gui.theme import CLASS_COLORS, mix, space, theme, with_alpha
from gui.widgets.plate import Plate
from gui.widgets.scene import Scene, Words

FloatArray = npt.NDArray[np.float64]
ColorArray = npt.NDArray[np.uint8]

MARGIN: Final = float(space.l)
TITLE: Final = 20.0
DETAIL: Final = 17.0
GAP: Final = float(space.l)
MOST_CELL: Final = 64.0


def head(scene: Scene, title: str, sentence: str) -> float:
    """A title and a sentence that wraps at the top of a scene; returns where they end."""
    width = scene.size.width() - 2 * MARGIN
    top = float(space.s)
    line = QFontMetricsF(theme.font("section", bold=True)).height()
    scene.above.append(Words(QRectF(MARGIN, top, width, line), title, size="section", bold=True))
    metrics = QFontMetricsF(theme.font("body"))
    tall = metrics.boundingRect(
        QRectF(0, 0, width, scene.size.height()), int(Qt.TextFlag.TextWordWrap), sentence
    ).height()
    area = QRectF(MARGIN, top + line + 2, width, tall + 2)
    scene.above.append(Words(area, sentence, role="muted", size="body", wrap=True))
    scene.description = f"{title}. {sentence}"
    return area.bottom() + space.m


@dataclass(frozen=True, slots=True)
class Piece:
    """A plate to be placed, with one quiet line beneath its name."""

    plate: Plate
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Pieces in a grid: the side of a cell, pieces across, and how many cells each column is wide and each row high."""

    cell: float
    columns: tuple[int, ...]
    rows: tuple[int, ...]

    def corner(self, index: int, area: QRectF) -> QPointF:
        """The top left corner of a place of the grid; also of the first free one."""
        row, column = divmod(index, len(self.columns))
        left = area.left() + sum(self.columns[:column]) * self.cell + column * GAP
        top = area.top() + sum(self.rows[:row]) * self.cell + row * (TITLE + DETAIL + space.s)
        return QPointF(left, top)


def arrange(pieces: Sequence[Piece], area: QRectF, most: float = MOST_CELL) -> Arrangement:
    """The number of pieces across that gives the largest cells; all pieces share one cell size."""
    found = [_arranged(pieces, across, area, most) for across in range(1, len(pieces) + 1)]
    return max(found, key=lambda one: (one.cell, -len(one.columns)))


def _arranged(pieces: Sequence[Piece], across: int, area: QRectF, most: float) -> Arrangement:
    shapes = [piece.plate.shape for piece in pieces]
    columns = tuple(max(shape[1] for shape in shapes[first::across]) for first in range(across))
    rows = tuple(
        max(shape[0] for shape in shapes[first : first + across]) for first in range(0, len(shapes), across)
    )
    wide = (area.width() - (across - 1) * GAP) / sum(columns)
    tall = (area.height() - len(rows) * (TITLE + DETAIL) - (len(rows) - 1) * space.s) / sum(rows)
    cell = max(min(wide, tall, most), 0.5)
    return Arrangement(float(int(cell)) if cell >= 6 else cell, columns, rows)


def place(scene: Scene, pieces: Sequence[Piece], area: QRectF, most: float = MOST_CELL) -> QRectF:
    """Put pieces into an area, from its top left; returns the first free place of the grid, or what is beneath it."""
    plan = arrange(pieces, area, most)
    across = len(plan.columns)
    for index, piece in enumerate(pieces):
        put(scene, piece, plan.corner(index, area), plan.cell, plan.columns[index % across] * plan.cell)
    corner = plan.corner(len(pieces), area)
    return QRectF(corner, QPointF(max(area.right(), corner.x() + 1), max(area.bottom(), corner.y() + 1)))


def put(scene: Scene, piece: Piece, corner: QPointF, cell: float, width: float) -> QRectF:
    """Put one piece at a corner: its name, its line, its plate. Returns the plate's place."""
    plate = piece.plate
    rows, columns = plate.shape
    names = QRectF(corner.x(), corner.y(), max(width, columns * cell), TITLE)
    scene.above.append(Words(names, plate.title, bold=True))
    if piece.detail:
        scene.above.append(
            Words(QRectF(names.left(), names.bottom() - 3, names.width(), DETAIL), piece.detail, "muted")
        )
    top = corner.y() + TITLE + (DETAIL if piece.detail else 0.0)
    plate.rect = QRectF(round(corner.x()), round(top), columns * cell, rows * cell)
    scene.plates.append(plate)
    return plate.rect


def span_told(values: FloatArray, unit: str = "") -> str:
    """ "0 to 131" for a plate."""
    low, high = float(values.min()), float(values.max())
    return f"{short(low)} to {short(high)}{unit}"


def short(value: float) -> str:
    """A number in a sentence: whole where it is, else with as many digits as it needs."""
    if abs(value - round(value)) < 1e-9:
        return f"{round(value):,}".replace("-", "−")
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 3
    return f"{value:,.{digits}f}".replace("-", "−")


def class_rgb(index: int) -> QColor:
    """The colour of a category; its number is always written, too."""
    return QColor(*CLASS_COLORS[index % len(CLASS_COLORS)])


def class_colours(indices: npt.NDArray[Any]) -> ColorArray:
    """Colours of categories, uint8[..., 3]."""
    return np.array(CLASS_COLORS, np.uint8).take(np.asarray(indices) % len(CLASS_COLORS), axis=0)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Bars over the columns of a plate, with a label above each; `lit` columns are outlined."""

    area: QRectF
    values: FloatArray
    colours: ColorArray
    labels: tuple[str, ...] = ()
    lit: int | None = None
    most: float | None = None

    def paint(self, painter: QPainter) -> None:
        count = len(self.values)
        width = self.area.width() / max(count, 1)
        top = (float(self.values.max(initial=0.0)) if self.most is None else self.most) or 1.0
        label = DETAIL if self.labels else 0.0
        painter.save()
        painter.fillRect(self.area.adjusted(0, label, 0, 0), mix(theme.colors.window, theme.colors.line, 0.3))
        painter.setFont(theme.font("small", mono=True))
        for index, value in enumerate(self.values):
            height = (self.area.height() - label) * min(float(value) / top, 1.0)
            bar = QRectF(
                self.area.left() + index * width + 1, self.area.bottom() - height, max(width - 2, 1.0), height
            )
            painter.fillRect(bar, QColor(*(int(v) for v in self.colours[index])))
            if index == self.lit:
                painter.setPen(QPen(theme.colors.accent, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(
                    QRectF(bar.left(), self.area.top() + label, bar.width(), self.area.height() - label)
                )
            if self.labels:
                painter.setPen(theme.colors.text if index == self.lit else theme.colors.muted)
                room = QRectF(self.area.left() + index * width, self.area.top(), width, DETAIL - 2)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.labels[index])
        painter.setPen(QPen(theme.colors.line, 1))
        painter.drawLine(self.area.bottomLeft(), self.area.bottomRight())
        painter.restore()


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """A line around the cells of a plate that belong together, `inside` bool[H, W]."""

    area: QRectF
    inside: npt.NDArray[np.bool_]

    def paint(self, painter: QPainter) -> None:
        path = self.path()
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((with_alpha(theme.colors.surface, 0.85), 4.0), (theme.colors.good, 2.0)):
            painter.setPen(QPen(color, width))
            painter.drawPath(path)
        painter.restore()

    def path(self) -> QPainterPath:
        """The edges between cells inside and cells outside."""
        padded = np.pad(self.inside, 1)
        side = self.area.width() / self.inside.shape[1]
        path = QPainterPath()
        for row, column in np.argwhere(padded[:-1, 1:-1] != padded[1:, 1:-1]).tolist():
            self._line(path, side, (row, column), (row, column + 1))
        for row, column in np.argwhere(padded[1:-1, :-1] != padded[1:-1, 1:]).tolist():
            self._line(path, side, (row, column), (row + 1, column))
        return path

    def _line(self, path: QPainterPath, side: float, start: tuple[int, int], end: tuple[int, int]) -> None:
        corner = self.area.topLeft() - QPointF(0.5, 0.5)
        path.moveTo(corner + QPointF(start[1] * side, start[0] * side))
        path.lineTo(corner + QPointF(end[1] * side, end[0] * side))
