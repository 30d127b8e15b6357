"""How the picture on the stage is painted: with its edits, the crop's frame, what the net reads, and the brush."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from engine.networks.classifying.picture_edits import PAINTS
from engine.networks.requests import PictureEdits
from gui.pages.classify.crop_handles import handles
from gui.pages.classify.state import PaintStroke
from gui.theme import GREY, mix, radius, space, theme, with_alpha
from gui.widgets.picture import Picture

NET_READS: Final = "the net reads this part"
DIM: Final = 0.6
HANDLE: Final = 4.0
TOWARDS_INK: Final = 0.6
"""How far words on blank paper are from its colour: read with ease, and no drawing."""


def paint_picture(
    painter: QPainter, area: QRectF, picture: Picture, edits: PictureEdits, rim: QColor, ratio: float
) -> None:
    """As the engine makes it: painted over, then turned about its middle, the corners in the rim's colour."""
    painter.save()
    painter.setClipRect(area)
    if edits.angle % 360:
        painter.fillRect(area, rim)
    painter.translate(area.center())
    painter.rotate(-edits.angle)
    own = QRectF(-area.width() / 2, -area.height() / 2, area.width(), area.height())
    painter.setClipRect(own, Qt.ClipOperation.IntersectClip)
    picture.paint(painter, own, ratio)
    grey = PAINTS[edits.paint]
    for stroke in edits.strokes:
        _paint_stroke(painter, own, stroke, QColor(grey, grey, grey))
    painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colors.line, 1))
    painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))


def _paint_stroke(painter: QPainter, area: QRectF, stroke: PaintStroke, color: QColor) -> None:
    share, points = stroke
    reach = share * max(area.width(), area.height())
    places = [QPointF(area.x() + x * area.width(), area.y() + y * area.height()) for x, y in points]
    if len(places) == 1:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(places[0], reach, reach)
        return
    pen = QPen(color, 2 * reach, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(places)


def paint_crop(painter: QPainter, area: QRectF, inner: QRectF, *, grips: bool) -> None:
    """Dim what the crop leaves out and frame what it keeps; with its grips while the crop is the tool."""
    colors = theme.colors
    outside, hole = QPainterPath(), QPainterPath()
    outside.addRect(area)
    hole.addRect(inner)
    painter.fillPath(outside.subtracted(hole), with_alpha(colors.window, DIM))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((with_alpha(colors.window, 0.8), 4), (colors.accent, 2)):
        painter.setPen(QPen(color, width))
        painter.drawRect(inner)
    if grips:
        painter.setPen(QPen(colors.window, 1))
        painter.setBrush(colors.accent)
        for place in handles(inner).values():
            painter.drawRect(QRectF(place.x() - HANDLE, place.y() - HANDLE, 2 * HANDLE, 2 * HANDLE))


def paint_window(painter: QPainter, area: QRectF, seen: QRectF) -> None:
    """A thin frame around what the net reads, with its name."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(with_alpha(theme.colors.window, 0.75), 2))
    painter.drawRect(seen)
    painter.setPen(QPen(theme.colors.accent, 1, Qt.PenStyle.DashLine))
    painter.drawRect(seen)
    _paint_tag(painter, area, seen)


def _paint_tag(painter: QPainter, area: QRectF, seen: QRectF) -> None:
    """The name of the frame: above it where there is room, else beneath it, else inside."""
    painter.setFont(theme.font("small"))
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(NET_READS) + space.m, metrics.height() + space.xs
    left = min(max(seen.center().x() - width / 2, area.left()), area.right() - width)
    if seen.top() - height >= area.top():
        top = seen.top() - height
    elif seen.bottom() + height <= area.bottom():
        top = seen.bottom()
    elif width <= seen.width():
        left, top = seen.x(), seen.bottom() - height
    else:
        return
    if left < area.left() or seen.height() < 3 * height:
        return
    tag = QRectF(left, top, width, height)
    painter.fillRect(tag, with_alpha(theme.colors.window, 0.85))
    painter.setPen(theme.colors.text)
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, NET_READS)


def paint_brush(painter: QPainter, place: QPointF, reach: float, color: QColor) -> None:
    """The brush's real size, as a ring that is seen on every ground."""
    black, white = QColor(*GREY[0]), QColor(*GREY[-1])
    painter.setBrush(with_alpha(color, 0.35))
    painter.setPen(QPen(white, 2))
    painter.drawEllipse(place, reach, reach)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(black, 1))
    painter.drawEllipse(place, reach + 1, reach + 1)


def paint_on_paper(painter: QPainter, area: QRectF, text: str, paper: QColor) -> None:
    """What to do on blank paper, whose colour is data and not the theme's."""
    ink = QColor(*GREY[0 if paper.lightnessF() > 0.5 else -1])
    painter.setPen(mix(paper, ink, TOWARDS_INK))
    painter.setFont(theme.font("section"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)


def paint_invitation(painter: QPainter, room: QRectF, text: str) -> None:
    """Where there is no picture: what to do."""
    box = room.adjusted(space.m, space.m, -space.m, -space.m)
    painter.setPen(QPen(theme.colors.line, 1, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(box, radius.card, radius.card)
    painter.setPen(theme.colors.muted)
    painter.setFont(theme.font("body"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
