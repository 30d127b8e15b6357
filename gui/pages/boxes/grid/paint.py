"""What is drawn over the picture: the grid with its cells, midpoints, and the boxes of a prediction on their way."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from engine.detection.grid.coding import FloatArray, IntArray, cell_box, slots
from gui.pages.boxes.grid.shown import Shown
from gui.theme import theme, with_alpha
from gui.widgets.box_paint import DrawnBox, paint_boxes

FAINT, OWNED, LOOKED_AT = 0.7, 0.24, 0.34
WHISPER: Final = 0.04
"""Boxes with a p_c below that would only be a fog."""
THICKEST, LEVELS = 5.0, 10
MOST_DRAWN: Final = 3000
DOT: Final = 5.0
NARROW: Final = 40.0
"""Cells of fewer pixels on the screen have fainter lines."""
MOST_TINTED: Final = 400
"""Owned cells; more than that cannot be drawn by a person."""
NEAR: Final = 0.05
"""Rivals with less in common are about something else."""
MOST_NAMED: Final = 14
"""Boxes that have room for their names; more are lines only."""


def paint_grid(
    painter: QPainter, transform: QTransform, shown: Shown, lit: tuple[int, int] | None = None
) -> None:
    """Beneath the boxes: owned cells, the cell looked at, the one pointed at (`lit`), the lines of the grid."""
    spec, area = shown.spec, shown.basis.area
    for (row, column), owned in list(shown.owners().items())[:MOST_TINTED]:
        color = theme.class_color(int(shown.basis.kinds[owned[0]]))
        painter.fillRect(_rect(transform, cell_box(spec, area, row, column)), with_alpha(color, OWNED))
    looked_at = _rect(transform, cell_box(spec, area, *shown.cell))
    painter.fillRect(looked_at, with_alpha(theme.colors.accent, LOOKED_AT))
    _paint_lines(painter, transform, shown)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((with_alpha(theme.colors.window, 0.8), 5), (theme.colors.accent, 3)):
        pen = QPen(color, width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(looked_at)
    if lit is not None and lit != shown.cell:
        painter.setPen(QPen(theme.colors.accent, 2, Qt.PenStyle.DashLine))
        painter.drawRect(_rect(transform, cell_box(spec, area, *lit)))


def _paint_lines(painter: QPainter, transform: QTransform, shown: Shown) -> None:
    spec, area = shown.spec, shown.basis.area
    whole = _rect(transform, area)
    lines = []
    for column in range(spec.columns + 1):
        x = round(whole.left() + column * whole.width() / spec.columns)
        lines += [QPointF(x, whole.top()), QPointF(x, whole.bottom())]
    for row in range(spec.rows + 1):
        y = round(whole.top() + row * whole.height() / spec.rows)
        lines += [QPointF(whole.left(), y), QPointF(whole.right(), y)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    faint = (
        0.5 if whole.width() / spec.columns < NARROW else 1.0
    )  # a fine grid must leave something of the picture
    dark = with_alpha(QColor(Qt.GlobalColor.black), 0.35 * faint)
    light = with_alpha(QColor(Qt.GlobalColor.white), FAINT * faint)
    for color, width in ((dark, 3), (light, 1)):
        painter.setPen(QPen(color, width))
        painter.drawLines(lines)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def paint_stage(painter: QPainter, transform: QTransform, shown: Shown, room: QRectF) -> None:
    """Over the labels: their midpoints, then what the stage is about."""
    stage = shown.stage
    if stage.kind in ("labels", "object"):
        _paint_midpoints(painter, transform, shown)
    elif stage.kind == "tensor":
        _paint_decoded(painter, transform, shown, room)
        _paint_midpoints(painter, transform, shown)
    elif stage.kind == "prediction":
        _paint_lot(painter, transform, shown, stage.alive)
    elif stage.kind == "confident":
        if len(stage.alive) <= MOST_NAMED:
            paint_boxes(painter, _drawn(transform, shown, stage.alive), room)
        else:
            _paint_lot(painter, transform, shown, stage.alive)
    elif stage.kind == "pick":
        _paint_pick(painter, transform, shown, room)
    else:
        paint_boxes(painter, _drawn(transform, shown, stage.kept), room)


def _paint_midpoints(painter: QPainter, transform: QTransform, shown: Shown) -> None:
    number = shown.stage.number if shown.stage.kind == "object" else None
    for index, box in enumerate(shown.basis.boxes):
        middle = transform.map(QPointF(float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2))
        reach = DOT * 1.5 if index == number else DOT
        painter.setPen(QPen(theme.colors.window, 2))
        painter.setBrush(theme.class_color(int(shown.basis.kinds[index])))
        painter.drawEllipse(middle, reach, reach)


def _paint_decoded(painter: QPainter, transform: QTransform, shown: Shown, room: QRectF) -> None:
    """The boxes that the target decodes to, dashed on top of the labels that it was made of."""
    back = slots(shown.walk.encoded.target, shown.spec, shown.basis.area)
    there = np.flatnonzero(back.objectness > 0)
    boxes = [
        DrawnBox(
            _rect(transform, back.boxes[index]),
            theme.colors.accent,
            f"{shown.spec.classes[int(back.kinds[index])]}, decoded",
            dashed=True,
        )
        for index in there.tolist()
    ]
    paint_boxes(painter, boxes, room)


def _paint_lot(painter: QPainter, transform: QTransform, shown: Shown, numbers: IntArray) -> None:
    """Many boxes, the sure ones strong: width and opacity go with p_c, in LEVELS steps so that each is one stroke."""
    boxes = shown.walk.boxes
    loud = numbers[boxes.objectness[numbers] > WHISPER][:MOST_DRAWN]
    levels, kinds = np.ceil(boxes.objectness[loud] * LEVELS).astype(int), boxes.kinds[loud]
    scale, shift = (
        np.array([transform.m11(), transform.m22()] * 2),
        np.array([transform.dx(), transform.dy()] * 2),
    )
    places = boxes.boxes[loud] * scale + shift
    places[:, 2:] -= places[:, :2]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(
        QPainter.RenderHint.Antialiasing, False
    )  # thousands of upright lines look no better with it
    for level in np.unique(levels).tolist():
        for kind in np.unique(kinds[levels == level]).tolist():
            share = level / LEVELS
            pen = QPen(with_alpha(theme.class_color(kind), share), max(round(THICKEST * share), 1))
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            chosen = (levels == level) & (kinds == kind)
            painter.drawRects([QRectF(*place) for place in places[chosen].tolist()])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _paint_pick(painter: QPainter, transform: QTransform, shown: Shown, room: QRectF) -> None:
    stage = shown.stage
    assert stage.number is not None
    others = stage.alive[~np.isin(stage.alive, stage.rivals)]
    drawn = [_box(transform, shown, number, "", faded=True) for number in others.tolist()]
    gone = set(stage.dropped.tolist())
    for number, common in zip(stage.rivals.tolist(), stage.overlaps.tolist(), strict=True):
        named = (number in gone or common >= NEAR) and len(drawn) < MOST_NAMED
        label = f"IoU {common:.2f}: {'goes' if number in gone else 'stays'}" if named else ""
        drawn.append(_box(transform, shown, number, label, dashed=True, faded=number not in gone))
    kept = [number for number in stage.kept.tolist() if number != stage.number]
    drawn += [_box(transform, shown, number, _label(shown, number)) for number in kept]
    pick = _box(transform, shown, stage.number, f"{_label(shown, stage.number)}: kept", strong=True)
    paint_boxes(painter, [*drawn, pick], room)


def _drawn(transform: QTransform, shown: Shown, numbers: IntArray) -> list[DrawnBox]:
    return [_box(transform, shown, number, _label(shown, number)) for number in numbers.tolist()]


def _box(
    transform: QTransform,
    shown: Shown,
    number: int,
    label: str,
    *,
    dashed: bool = False,
    faded: bool = False,
    strong: bool = False,
) -> DrawnBox:
    boxes = shown.walk.boxes
    color = theme.class_color(int(boxes.kinds[number]))
    return DrawnBox(_rect(transform, boxes.boxes[number]), color, label, dashed, faded, strong)


def _label(shown: Shown, number: int) -> str:
    boxes = shown.walk.boxes
    return f"{shown.spec.classes[int(boxes.kinds[number])]} {float(boxes.scores[number]):.2f}"


def _rect(transform: QTransform, corners: FloatArray | tuple[float, float, float, float]) -> QRectF:
    x1, y1, x2, y2 = (float(value) for value in corners)
    return transform.mapRect(QRectF(x1, y1, x2 - x1, y2 - y1))
