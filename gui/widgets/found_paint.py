"""How things that were found are drawn on their picture: the same on the screen, in a saved picture and in a film."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform

from gui.theme import radius, readable_on, space, theme, with_alpha
from gui.widgets.box_labels import MOST, place_labels

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Corners = tuple[float, float, float, float]

LINE: Final = 2.0
HALO: Final = 2.0
"""Added to the width of a line for the dark rim that makes it seen on any picture."""
RIM: Final = 0.45
FILLED: Final = 0.18
DIMMED: Final = 0.45
"""Boxes while a cell or anchors are looked at."""
GRID: Final = 0.55
RAW: Final = 0.55
MOST_RAW: Final = 3000
"""Raw boxes that are drawn, strongest first: more are one solid block of colour."""


def _no_boxes() -> FloatArray:
    return np.empty((0, 4))


def _no_kinds() -> IntArray:
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Boxes as corners float64[N, 4] in pixels of the picture, strongest first; a class int64[N] and a text each."""

    corners: FloatArray = field(default_factory=_no_boxes)
    kinds: IntArray = field(default_factory=_no_kinds)
    texts: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.corners)


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """Where a thing has been: float64[n, 2], points in pixels of the picture, the newest last."""

    kind: int
    points: FloatArray


@dataclass(frozen=True, slots=True)
class Lattice:
    """A grid of cells over the picture: `window` is the rectangle that it covers, in pixels of the picture.

    It may hang over the picture: what a net reads beside it is padding.
    """

    rows: int
    columns: int
    window: Corners

    def cell(self, row: int, column: int) -> QRectF:
        """A cell in pixels of the picture."""
        left, top, right, bottom = self.window
        width, height = (right - left) / self.columns, (bottom - top) / self.rows
        return QRectF(left + column * width, top + row * height, width, height)

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of the cell at a place of the picture, None beside the grid."""
        left, top, right, bottom = self.window
        row = int((y - top) / (bottom - top) * self.rows // 1)
        column = int((x - left) / (right - left) * self.columns // 1)
        return (row, column) if 0 <= row < self.rows and 0 <= column < self.columns else None


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A rectangle of its own: an anchor, a decoded box. `label` may be empty; `dashed` for what is only a template."""

    corners: Corners
    kind: int = -1
    label: str = ""
    dashed: bool = False

    @property
    def color(self) -> QColor:
        return theme.colors.accent if self.kind < 0 else theme.class_color(self.kind)


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """All that is drawn over one picture; `text`: the size of its labels, a step of the type scale."""

    boxes: Boxes = field(default_factory=Boxes)
    raw: Boxes = field(default_factory=Boxes)
    trails: tuple[Trail, ...] = ()
    lattice: Lattice | None = None
    cell: tuple[int, int] | None = None
    outlines: tuple[Outline, ...] = ()
    text: str = "small"


def paint_findings(
    painter: QPainter,
    transform: QTransform,
    area: QRectF,
    found: Findings,
    *,
    selected: int | None = None,
    hovered: int | None = None,
) -> list[QRectF]:
    """Draw over a picture that `transform` brings to the painter; `area` is the part of it that is seen.

    Returns where the labels stand: one for each of the first boxes.
    """
    painter.save()
    opacity = painter.opacity()
    painter.setClipRect(area)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if found.lattice is not None:
        _paint_lattice(painter, transform, area, found.lattice)
    painter.setOpacity(opacity * (DIMMED if found.outlines else 1.0))
    _paint_raw(painter, transform, found.raw)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for trail in found.trails:
        _paint_trail(painter, transform, trail)
    _paint_boxes(painter, transform, found.boxes, selected, hovered)
    painter.setOpacity(opacity)
    _paint_cell(painter, transform, found)
    labels = _paint_labels(painter, transform, area, found, selected)
    painter.restore()
    return labels


def rectangles(transform: QTransform, corners: FloatArray) -> FloatArray:
    """Corners float64[N, 4] of the picture in the painter's coordinates (`transform` scales and moves only)."""
    scale = np.array([transform.m11(), transform.m22()] * 2)
    return np.asarray(corners * scale + np.array([transform.dx(), transform.dy()] * 2))


# --- boxes ------------------------------------------------------------------------------------------------------


def _paint_boxes(
    painter: QPainter, transform: QTransform, boxes: Boxes, selected: int | None, hovered: int | None
) -> None:
    places = np.rint(rectangles(transform, boxes.corners)).astype(int).tolist()
    rim = with_alpha(_rim(), RIM)
    for index in range(len(boxes) - 1, -1, -1):  # the strongest last, above the others
        color = theme.class_color(int(boxes.kinds[index]))
        left, top, right, bottom = places[index]
        if index in (selected, hovered):
            painter.fillRect(left, top, right - left, bottom - top, with_alpha(color, FILLED))
        reach = int(LINE / 2) + (1 if index == selected else 0)
        _paint_frame(painter, (left, top, right, bottom), reach + int(HALO / 2), rim)
        _paint_frame(painter, (left, top, right, bottom), reach, color)


def _paint_frame(painter: QPainter, corners: tuple[int, int, int, int], reach: int, color: QColor) -> None:
    """Four bars that reach so far to both sides of the edges: several times as fast as a stroked rectangle."""
    left, top, right, bottom = corners
    wide, high = right - left, bottom - top
    if wide <= 2 * reach or high <= 2 * reach:
        painter.fillRect(left - reach, top - reach, wide + 2 * reach, high + 2 * reach, color)
        return
    painter.fillRect(left - reach, top - reach, wide + 2 * reach, 2 * reach, color)
    painter.fillRect(left - reach, bottom - reach, wide + 2 * reach, 2 * reach, color)
    painter.fillRect(left - reach, top + reach, 2 * reach, high - 2 * reach, color)
    painter.fillRect(right - reach, top + reach, 2 * reach, high - 2 * reach, color)


def _rim() -> QColor:
    """Black in both themes: the rim is seen against the line, not against the window."""
    return QColor(Qt.GlobalColor.black)


def _paint_raw(painter: QPainter, transform: QTransform, raw: Boxes) -> None:
    """Thin, all boxes of a colour in one go."""
    places = rectangles(transform, raw.corners[:MOST_RAW])
    kinds = raw.kinds[:MOST_RAW]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    sized = np.concatenate([places[:, :2], places[:, 2:] - places[:, :2]], 1)
    for kind in np.unique(kinds).tolist():
        painter.setPen(QPen(with_alpha(theme.class_color(kind), RAW), 1))
        painter.drawRects([QRectF(*one) for one in sized[kinds == kind].tolist()])


def _paint_trail(painter: QPainter, transform: QTransform, trail: Trail) -> None:
    if len(trail.points) < 2:
        return
    moved = trail.points * (transform.m11(), transform.m22()) + (transform.dx(), transform.dy())
    painter.setPen(QPen(theme.class_color(trail.kind), LINE))
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in moved.tolist()]))


# --- grid and cell ------------------------------------------------------------------------------------------------


def _paint_lattice(painter: QPainter, transform: QTransform, area: QRectF, lattice: Lattice) -> None:
    left, top, right, bottom = lattice.window
    frame = transform.mapRect(QRectF(left, top, right - left, bottom - top))
    seen = frame.intersected(area)
    lines: list[QPointF] = []
    for column in range(lattice.columns + 1):
        x = round(frame.left() + column * frame.width() / lattice.columns)
        lines += [QPointF(x, seen.top()), QPointF(x, seen.bottom())]
    for row in range(lattice.rows + 1):
        y = round(frame.top() + row * frame.height() / lattice.rows)
        lines += [QPointF(seen.left(), y), QPointF(seen.right(), y)]
    painter.setPen(QPen(with_alpha(theme.colors.accent, GRID), 1))
    painter.drawLines(lines)


def _paint_cell(painter: QPainter, transform: QTransform, found: Findings) -> None:
    """The chosen cell and what belongs to it."""
    if found.lattice is not None and found.cell is not None:
        rect = transform.mapRect(found.lattice.cell(*found.cell))
        painter.fillRect(rect, with_alpha(theme.colors.accent, 2 * FILLED))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colors.accent, LINE + 1))
        painter.drawRect(rect)
    for outline in found.outlines:
        left, top, right, bottom = outline.corners
        rect = transform.mapRect(QRectF(left, top, right - left, bottom - top))
        style = Qt.PenStyle.DashLine if outline.dashed else Qt.PenStyle.SolidLine
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if not outline.dashed:
            painter.setPen(QPen(with_alpha(_rim(), RIM), LINE + HALO))
            painter.drawRect(rect)
        painter.setPen(QPen(outline.color, LINE, style))
        painter.drawRect(rect)


# --- labels -----------------------------------------------------------------------------------------------------


def label_size(text: str, size: str = "small") -> tuple[float, float]:
    """Width and height of a label."""
    metrics = QFontMetricsF(theme.font(size, bold=True))
    return metrics.horizontalAdvance(text) + 2 * space.xs + 2, metrics.height() + 2


def _paint_labels(
    painter: QPainter, transform: QTransform, area: QRectF, found: Findings, selected: int | None
) -> list[QRectF]:
    """Of boxes and of outlines: they make room for one another. Returns those of the boxes."""
    boxes, outlined = found.boxes, [one for one in found.outlines if one.label]
    texts = [*boxes.texts[:MOST], *(one.label for one in outlined)]
    if not texts:
        return []
    own = len(texts) - len(outlined)
    corners = np.concatenate(
        [boxes.corners[:own], np.array([one.corners for one in outlined]).reshape(-1, 4)]
    )
    colors = [theme.class_color(kind) for kind in boxes.kinds[:own].tolist()] + [
        one.color for one in outlined
    ]
    sizes = np.array([label_size(text, found.text) for text in texts])
    edges = (area.left(), area.top(), area.right(), area.bottom())
    rects = [
        QRectF(x1, y1, x2 - x1, y2 - y1)
        for x1, y1, x2, y2 in place_labels(rectangles(transform, corners), sizes, edges).tolist()
    ]
    on_top = [] if selected is None or selected >= own else [selected]
    for index in [*range(own - 1, -1, -1), *range(own, len(texts)), *on_top]:
        _paint_pill(painter, rects[index], texts[index], colors[index], found.text)
    return rects[:own]


def _paint_pill(painter: QPainter, rect: QRectF, text: str, color: QColor, size: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(rect, radius.cell, radius.cell)
    painter.setFont(theme.font(size, bold=True))
    painter.setPen(readable_on(color))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
