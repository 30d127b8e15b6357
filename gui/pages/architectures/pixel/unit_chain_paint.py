"""Draws the planes of a unit's path, the rectangle that is read on each, and the cone between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPainterPath, QPen, QPolygonF

from engine.networks.graphs.shapes import Shape
from gui.pages.architectures.pixel.unit_chain_layout import (
    GAP,
    PADDING_SHOWN,
    SHEET,
    Box,
    ChainLayout,
    Lane,
    head_height,
    lane_height,
    line_height,
)
from gui.pages.architectures.pixel.unit_path import UnitPath
from gui.pages.architectures.pixel.unit_reads import Read, Rect
from gui.theme import mix, radius, space, theme, with_alpha

GRID_FROM: Final = 5.0
"""Cells are drawn from this side on."""
LEAST_SIDE: Final = 3.0
"""Rectangles are never drawn smaller."""
AHEAD_OPACITY: Final = 0.45
"""Planes behind the unit: it does not read them."""
CONE_OPACITY: Final = 0.14


@dataclass(frozen=True, slots=True)
class ChainPicture:
    """Everything that the strip shows."""

    layout: ChainLayout
    path: UnitPath
    reads: Mapping[str, Read]
    photo: QImage | None = None
    readers: Rect | None = None
    """Units of the chosen layer that read the pixel under the pointer."""
    hovered: tuple[int, int, int] | None = None
    """Plane, row and column under the pointer."""


def paint_chain(painter: QPainter, picture: ChainPicture, sight: QRectF | None = None) -> None:
    """Draw the strip at the painter's origin; where `sight` is given, what reaches into it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    layout, path = picture.layout, picture.path
    seen = range(len(layout.boxes)) if sight is None else _in_sight(layout, sight)
    lanes = [lane for lane in layout.lanes if sight is None or _overlaps(lane, sight)]
    for lane in lanes:
        _paint_lane(painter, lane, layout)
    for lane in lanes:
        _paint_lane_words(painter, lane)
    for index in seen:
        painter.setOpacity(1.0 if index <= path.chosen else AHEAD_OPACITY)
        _paint_plane(painter, layout.boxes[index], picture.photo if index == 0 else None)
        _paint_words(painter, layout.boxes[index], picture, index)
    painter.setOpacity(1.0)
    read = range(seen.start, min(seen.stop, path.chosen + 1))
    _paint_cones(painter, picture, read)
    for index in read:
        box = layout.boxes[index]
        _paint_read(painter, box, picture.reads.get(box.plane.name), chosen=index == path.chosen)
    _paint_pointing(painter, picture)
    if layout.more:
        _paint_more(painter, layout)


def _in_sight(layout: ChainLayout, sight: QRectF) -> range:
    """The planes in sight, and one more at either end: cones lead there."""
    boxes = layout.boxes
    first = next((i for i, box in enumerate(boxes) if box.column.right() >= sight.left()), len(boxes))
    end = next((i for i, box in enumerate(boxes) if box.column.left() > sight.right()), len(boxes))
    return range(max(first - 1, 0), min(end + 1, len(boxes)))


def _overlaps(lane: Lane, sight: QRectF) -> bool:
    return lane.start <= sight.right() and lane.end >= sight.left()


def pinned_width(layout: ChainLayout) -> float:
    """The width that the first plane takes where it is kept in sight."""
    return layout.boxes[0].column.right() + GAP / 2


def paint_first(painter: QPainter, picture: ChainPicture) -> None:
    """The first plane alone, at the painter's origin, over a strip that was scrolled on: the way ends there."""
    layout = picture.layout
    box, width = layout.boxes[0], pinned_width(layout)
    painter.fillRect(QRectF(0, 0, width, layout.size.height()), theme.colors.window)
    painter.setPen(QPen(theme.colors.line, 1))
    painter.drawLine(QPointF(width, layout.head_end - head_height()), QPointF(width, layout.size.height()))
    _paint_plane(painter, box, picture.photo)
    _paint_words(painter, box, picture, 0)
    _paint_read(painter, box, picture.reads.get(box.plane.name), chosen=picture.path.chosen == 0)
    if picture.hovered is not None and picture.hovered[0] == 0:
        _paint_hovered(painter, box, *picture.hovered[1:])


def _paint_plane(painter: QPainter, box: Box, photo: QImage | None) -> None:
    colors, face = theme.colors, box.face
    edge = mix(colors.line, colors.muted, 0.5)
    painter.setPen(QPen(edge, 1))
    for sheet in range(box.sheets, 0, -1):
        painter.setBrush(mix(colors.surface, colors.window, 0.35))
        painter.drawRect(face.translated(sheet * SHEET, -sheet * SHEET))
    painter.setBrush(colors.surface)
    painter.drawRect(face)
    if photo is not None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(face, photo)
    elif len(box.plane.shape) == 3:
        _paint_grid(painter, box)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(edge, 1))
    painter.drawRect(face)


def _paint_grid(painter: QPainter, box: Box) -> None:
    rows, columns = box.plane.size
    if box.face.height() / rows < GRID_FROM or box.face.width() / columns < GRID_FROM:
        return
    painter.setPen(QPen(with_alpha(theme.colors.line, 0.8), 1))
    for row in range(1, rows):
        y = box.face.top() + box.face.height() * row / rows
        painter.drawLine(QPointF(box.face.left(), y), QPointF(box.face.right(), y))
    for column in range(1, columns):
        x = box.face.left() + box.face.width() * column / columns
        painter.drawLine(QPointF(x, box.face.top()), QPointF(x, box.face.bottom()))


def _paint_words(painter: QPainter, box: Box, picture: ChainPicture, index: int) -> None:
    """Title and name above the plane; its shape, what is read of it and what is folded into it beneath."""
    colors, line, words = theme.colors, line_height(), box.words
    chosen = index == picture.path.chosen
    read = picture.reads.get(box.plane.name)
    said = read_text(read, box.plane.shape, chosen=chosen) if index <= picture.path.chosen else ""
    title = colors.accent_text if chosen else colors.text
    head, foot, keep_end = float(space.s), picture.layout.foot, Qt.TextElideMode.ElideLeft
    for y, text, font, color, elide in (
        (head, words.title, theme.font("small", bold=True), title, Qt.TextElideMode.ElideRight),
        (head + line, words.name, theme.font("small"), colors.muted, keep_end),
        (foot, words.shape, theme.font("small", mono=True), colors.text, Qt.TextElideMode.ElideRight),
        (foot + line, said, theme.font("small"), colors.accent_text, Qt.TextElideMode.ElideNone),
        (foot + 2 * line, words.folded, theme.font("small"), colors.muted, Qt.TextElideMode.ElideRight),
    ):
        area = QRectF(box.column.left(), y, box.column.width(), line)
        painter.setFont(font)
        painter.setPen(color)
        shown = painter.fontMetrics().elidedText(text, elide, int(area.width()) + 1)
        wider = area.adjusted(-space.m, 0, space.m, 0)
        painter.drawText(wider, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, shown)


def read_text(read: Read | None, shape: Shape, *, chosen: bool = False) -> str:
    """What is read of a plane, in two or three words."""
    if len(shape) != 3 and read is not None:
        return "any unit" if chosen else "reads everything" if len(shape) == 1 else "all of its rows"
    if read is None or read == "unknown":
        return "not a window"
    if read == "everything":
        return "reads everything"
    rows, columns = read.size
    return "the unit" if chosen and (rows, columns) == (1, 1) else f"reads {rows} × {columns}"


def _paint_cones(painter: QPainter, picture: ChainPicture, planes: range) -> None:
    """From the rectangle on one plane to that on the next, so that the field is seen to grow."""
    boxes = picture.layout.boxes[planes.start : planes.stop]
    areas = [read_area(box, picture.reads.get(box.plane.name)) for box in boxes]
    color = theme.colors.accent
    for before, after in pairwise(areas):
        if before is None or after is None:
            continue
        hull = QPolygonF([before.topRight(), after.topLeft(), after.bottomLeft(), before.bottomRight()])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(with_alpha(color, CONE_OPACITY))
        painter.drawPolygon(hull)
        painter.setPen(QPen(with_alpha(color, 0.75), 1))
        painter.drawLine(before.topRight(), after.topLeft())
        painter.drawLine(before.bottomRight(), after.bottomLeft())


def read_area(box: Box, read: Read | None) -> QRectF | None:
    """Where the rectangle that is read is drawn, with the beginning of the padding; the whole face for everything."""
    if read is None or read == "unknown":
        return None
    if read == "everything" or len(box.plane.shape) != 3:
        return QRectF(box.face)
    return _whole_area(box, read).intersected(
        box.face.adjusted(-PADDING_SHOWN, -PADDING_SHOWN, PADDING_SHOWN, PADDING_SHOWN)
    )


def _whole_area(box: Box, read: Rect) -> QRectF:
    """The same to scale, however far it reaches."""
    area = box.cells(read.top, read.left, read.bottom, read.right)
    grow_x, grow_y = max(LEAST_SIDE - area.width(), 0) / 2, max(LEAST_SIDE - area.height(), 0) / 2
    return area.adjusted(-grow_x, -grow_y, grow_x, grow_y)


def outline(box: Box, read: Read | None) -> QPainterPath:
    """The sides of what is read; a side on which it goes on, beyond what is drawn, has no line."""
    path, area = QPainterPath(), read_area(box, read)
    if area is None:
        return path
    whole = _whole_area(box, read) if isinstance(read, Rect) and len(box.plane.shape) == 3 else area
    for start, end, cut in (
        (area.topLeft(), area.topRight(), whole.top() < area.top() - 0.5),
        (area.topRight(), area.bottomRight(), whole.right() > area.right() + 0.5),
        (area.bottomRight(), area.bottomLeft(), whole.bottom() > area.bottom() + 0.5),
        (area.bottomLeft(), area.topLeft(), whole.left() < area.left() - 0.5),
    ):
        if not cut:
            path.moveTo(start)
            path.lineTo(end)
    return path


def _paint_read(painter: QPainter, box: Box, read: Read | None, *, chosen: bool) -> None:
    area = read_area(box, read)
    if area is None:
        return
    colors = theme.colors
    outside = QPainterPath()
    outside.addRect(area)
    face = QPainterPath()
    face.addRect(box.face)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillPath(
        outside.subtracted(face), QBrush(with_alpha(colors.muted, 0.7), Qt.BrushStyle.BDiagPattern)
    )
    solid = chosen and isinstance(read, Rect)
    painter.fillPath(outside.intersected(face), with_alpha(colors.accent, 0.9 if solid else 0.24))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    lines = outline(box, read)
    painter.setPen(QPen(with_alpha(colors.surface, 0.8), 3))
    painter.drawPath(lines)
    painter.setPen(QPen(colors.accent, 1.5))
    painter.drawPath(lines)


def _paint_pointing(painter: QPainter, picture: ChainPicture) -> None:
    """The readers of a pixel (green, dashed) and the cell under the pointer."""
    boxes, chosen = picture.layout.boxes, picture.path.chosen
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if picture.readers is not None and 0 not in picture.readers.size:
        area = read_area(boxes[chosen], picture.readers)
        if area is not None:
            painter.setPen(QPen(theme.colors.good, 2, Qt.PenStyle.DashLine))
            painter.drawRect(area)
    if picture.hovered is not None and picture.hovered[0] < len(boxes):
        index, row, column = picture.hovered
        _paint_hovered(painter, boxes[index], row, column)


def _paint_hovered(painter: QPainter, box: Box, row: int, column: int) -> None:
    area = read_area(box, Rect(row, column, row + 1, column + 1))
    if area is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colors.text, 1.5, Qt.PenStyle.DotLine))
        painter.drawRect(area)


def _paint_lane(painter: QPainter, lane: Lane, layout: ChainLayout) -> None:
    """Down from the plane where the branch leaves, along its lane, up to where it joins."""
    colors = theme.colors
    bend = lane_height() / 3
    top = layout.foot + 3 * line_height() + space.xs
    path = QPainterPath(QPointF(lane.start + space.s, top))
    path.lineTo(lane.start + space.s, lane.y - bend)
    path.quadTo(lane.start + space.s, lane.y, lane.start + space.s + bend, lane.y)
    path.lineTo(lane.end - space.s - bend, lane.y)
    path.quadTo(lane.end - space.s, lane.y, lane.end - space.s, lane.y - bend)
    path.lineTo(lane.end - space.s, top)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(mix(colors.line, colors.muted, 0.6), 1.5))
    painter.drawPath(path)


def _paint_lane_words(painter: QPainter, lane: Lane) -> None:
    painter.setFont(theme.font("small"))
    room = lane.end - lane.start - 4 * space.s
    text = painter.fontMetrics().elidedText(lane.text, Qt.TextElideMode.ElideRight, int(max(room, 0)))
    width = painter.fontMetrics().horizontalAdvance(text) + 2 * space.s
    chip = QRectF((lane.start + lane.end - width) / 2, lane.y - line_height() / 2, width, line_height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colors.window)
    painter.drawRoundedRect(chip, radius.cell, radius.cell)
    painter.setPen(theme.colors.muted)
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)


def _paint_more(painter: QPainter, layout: ChainLayout) -> None:
    text = f"{layout.more:,} more branches are not drawn; what they read is part of the rectangles."
    top = layout.size.height() - line_height() - space.xs
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colors.muted)
    area = QRectF(space.m, top, layout.size.width(), line_height())
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
