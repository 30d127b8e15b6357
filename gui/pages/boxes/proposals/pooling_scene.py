"""RoI pooling on the stage: the map with the box and its parts, and what is pooled from it, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen

from gui import colormaps
from gui.pages.boxes.proposals.pooling_shown import Pooled, sentences
from gui.theme import space, theme
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Link, Scene
from gui.widgets.stage_text import by, diverging_key, head, limit_of

MAP: Final = "map"
OUT: Final = "pooled"
HEAD: Final = 66.0
GAP: Final = 72.0
LEAST_CELL, MOST_CELL = 6.0, 46.0
DOT, STRONG_DOT = 2.0, 4.0


@dataclass(frozen=True, slots=True)
class FineBox:
    """A box that is not rounded to cells, with the lines between its parts."""

    area: QRectF
    parts: int
    dashed: bool

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(theme.colors.warn, 2.0, Qt.PenStyle.DashLine if self.dashed else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.drawRect(self.area)
        if self.parts > 1:
            painter.setPen(QPen(theme.colors.warn, 1.0))
            for share in (index / self.parts for index in range(1, self.parts)):
                x, y = (
                    self.area.left() + share * self.area.width(),
                    self.area.top() + share * self.area.height(),
                )
                painter.drawLine(QLineF(x, self.area.top(), x, self.area.bottom()))
                painter.drawLine(QLineF(self.area.left(), y, self.area.right(), y))
        painter.restore()


@dataclass(frozen=True, slots=True)
class Dots:
    """Places where the map is read."""

    points: tuple[QPointF, ...]
    radius: float
    role: str

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setPen(QPen(theme.colors.surface, 1.0))
        painter.setBrush(getattr(theme.colors, self.role))
        for point in self.points:
            painter.drawEllipse(point, self.radius, self.radius)
        painter.restore()


def pooling_scene(shown: Pooled, size: QSizeF) -> Scene:
    """Lay one step out for a stage of that size."""
    scene = Scene(size, description=" ".join(sentences(shown)))
    rows, columns = shown.values.shape
    side = shown.maps.size
    margin = float(space.xs)
    width = size.width() - 2 * margin - GAP
    height = size.height() - HEAD - 2 * space.m
    cell = min(width / (columns + side), height / max(rows, side), MOST_CELL)
    cell = float(int(cell)) if cell >= LEAST_CELL else max(cell, 1.0)
    left = max((size.width() - (columns + side) * cell - GAP) / 2, margin)
    spare = max(size.height() - HEAD - rows * cell, 0.0)
    top = HEAD + min(spare / 2, float(space.xl))
    limit = limit_of(shown.values)
    _map_plate(scene, shown, QRectF(round(left), round(top), columns * cell, rows * cell), limit)
    middle = top + (rows - side) * cell / 2
    right = left + columns * cell + GAP
    _out_plate(scene, shown, QRectF(round(right), round(middle), side * cell, side * cell), limit)
    _heads(scene, shown, limit)
    _join(scene, shown)
    return scene


def _map_plate(scene: Scene, shown: Pooled, area: QRectF, limit: float) -> None:
    values = shown.values
    plate = Plate(MAP, values, colormaps.activations(values, limit), title="map", rect=area, decimals=1)
    if shown.pooling == "max":
        left, top, right, bottom = shown.bins.box
        rows, columns = values.shape
        (first, last), (start, end) = (
            shown.bins.rows[shown.cell[0]].tolist(), shown.bins.columns[shown.cell[1]].tolist(),
        )  # fmt: skip
        marks = [Mark(MarkRole.LINKED, max(top, 0), max(left, 0), min(bottom, rows), min(right, columns))]
        if last > first and end > start:
            marks.append(Mark(MarkRole.WINDOW, first, start, last, end))
        if shown.winner is not None:
            marks.append(Mark.cell(MarkRole.SELECTED, *shown.winner))
        plate.marks = tuple(marks)
        scene.above.append(FineBox(_fine_area(plate, shown), 1, True))
    else:
        scene.above.append(FineBox(_fine_area(plate, shown), shown.maps.size, False))
        _samples(scene, shown, plate)
    scene.plates.append(plate)


def _fine_area(plate: Plate, shown: Pooled) -> QRectF:
    """Where the box lies that nobody rounded: cell edges are whole numbers."""
    left, top, right, bottom = shown.fine
    side = plate.cell
    corner = plate.rect.topLeft() + QPointF(left * side, top * side)
    return QRectF(corner, QSizeF((right - left) * side, (bottom - top) * side))


def _samples(scene: Scene, shown: Pooled, plate: Plate) -> None:
    """All places that are read; a value stands in the middle of its cell, half a cell from its edge."""

    def point(y: float, x: float) -> QPointF:
        return plate.rect.topLeft() + QPointF((x + 0.5) * plate.cell, (y + 0.5) * plate.cell)

    ys, xs = shown.samples.ys.ravel().tolist(), shown.samples.xs.ravel().tolist()
    scene.above.append(Dots(tuple(point(y, x) for y in ys for x in xs), DOT, "muted"))
    scene.above.append(Dots(tuple(point(y, x) for y, x, _ in shown.sampled()), STRONG_DOT, "accent"))


def _out_plate(scene: Scene, shown: Pooled, area: QRectF, limit: float) -> None:
    values = shown.out[shown.channel].astype(np.float64)
    hidden = np.arange(values.size).reshape(values.shape) > shown.index
    plate = Plate(
        OUT, values, colormaps.activations(values, limit), title="pooled", rect=area, hidden=hidden, decimals=1,
        marks=(Mark.cell(MarkRole.WINDOW, *shown.cell),),
    )  # fmt: skip
    scene.plates.append(plate)


def _heads(scene: Scene, shown: Pooled, limit: float) -> None:
    source, out = scene.plates
    rows, columns = source.shape
    low, high = float(shown.values.min()), float(shown.values.max())
    name = f"Map {shown.channel} of {shown.maps.layer}"
    detail = f"{by((rows, columns))} cells of {shown.maps.stride} px, {low:.1f} to {high:.1f}"
    width = max(source.rect.width(), 180.0)
    top = source.rect.top() - HEAD + 2
    scene.above += head(
        source.rect.left(),
        top,
        width,
        ((name, detail), (f"Map {shown.channel}", detail)),
        diverging_key(limit),
    )
    kind = "RoI max pooling" if shown.pooling == "max" else "RoIAlign"
    width = max(scene.size.width() - out.rect.left() - space.m, 100.0)
    top = out.rect.top() - HEAD + 18
    title = by(out.shape)
    scene.above += head(
        out.rect.left(), top, width, ((f"{kind}: {title}", "what the head reads"), (title, kind))
    )


def _join(scene: Scene, shown: Pooled) -> None:
    """A line from the part that is read to the cell that it becomes."""
    source, out = scene.plates
    if shown.pooling == "max":
        rows, columns = shown.bins.rows[shown.cell[0]], shown.bins.columns[shown.cell[1]]
        start = source.cell_rect(
            float(rows[0]), float(columns[0]), float(rows[1]), float(columns[1])
        ).center()
    else:
        ys, xs = shown.samples.ys[shown.cell[0]], shown.samples.xs[shown.cell[1]]
        start = source.rect.topLeft() + QPointF(
            (xs.mean() + 0.5) * source.cell, (ys.mean() + 0.5) * source.cell
        )
    end = out.cell_rect(*shown.cell)
    scene.above.append(Link(start, QPointF(out.rect.left() - 2, end.center().y())))
