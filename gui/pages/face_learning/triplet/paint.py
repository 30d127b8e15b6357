"""How the plane is drawn: coloured regions, rings, points, trails and arrows."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from engine.faces.learning.plane import ANCHOR, NEGATIVES, POSITIVE, FloatArray
from gui.pages.face_learning.triplet.settings import REACH
from gui.pages.face_learning.triplet.shown import Shown, name_of
from gui.theme import mix, readable_on, space, theme, with_alpha

EDGE: Final = 0.15
"""How far the plane goes beyond the last places of points."""
LEGEND: Final = 26.0
DISC, SMALL_DISC = 13.0, 10.0
FILL: Final = 0.16
ARROW: Final = 0.25
"""Arrows are so long in times of the gradient."""
HEAD: Final = 9.0
ASIDE: Final = 24.0
CIRCLE_PIECES: Final = 240


class Frame:
    """Where the plane lies at a size: -REACH..REACH and a little more fit into the shorter side."""

    def __init__(self, size: QSizeF) -> None:
        self.area = QRectF(0, LEGEND, max(size.width(), 1.0), max(size.height() - 2 * LEGEND, 1.0))
        self.unit = min(self.area.width(), self.area.height()) / (2 * (REACH + EDGE))
        """Pixels of a length of 1."""

    def place(self, point: FloatArray) -> QPointF:
        middle = self.area.center()
        return QPointF(middle.x() + point[0] * self.unit, middle.y() - point[1] * self.unit)

    def point(self, place: QPointF) -> tuple[float, float]:
        way = place - self.area.center()
        return way.x() / self.unit, -way.y() / self.unit


def colors_of(about: str) -> tuple[tuple[str, QColor], ...]:
    """Names and colours of the regions from the anchor outwards."""
    colors = theme.colors
    hard, semi, easy = ("hard", colors.error), ("semi-hard", colors.warn), ("easy", colors.good)
    return (hard, semi, easy) if about == "negative" else (easy, semi, hard)


def paint_plane(painter: QPainter, found: Shown, size: QSizeF, strong: int | None) -> None:
    """Draw everything at a size."""
    frame = Frame(size)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_legend(painter, found, frame)
    painter.setClipRect(frame.area)
    _paint_regions(painter, found, frame)
    _paint_grid(painter, frame)
    if found.settings.unit:
        _paint_circle(painter, found, frame)
    _paint_trails(painter, found, frame)
    _paint_ways(painter, found, frame)
    _paint_arrows(painter, found, frame)
    _paint_lengths(painter, found, frame)
    for index in (*range(len(found.points) - 1, -1, -1), *(() if strong is None else (strong,))):
        _paint_point(painter, found, frame, index, strong == index)
    _paint_together(painter, found, frame)
    painter.restore()


def _paint_legend(painter: QPainter, found: Shown, frame: Frame) -> None:
    """The names of the regions above, what arrows are beneath."""
    whose = "N" if found.settings.about == "negative" else "P"
    painter.setFont(theme.font("small", bold=True))
    metrics = painter.fontMetrics()
    names = [name for name, _ in colors_of(found.settings.about)]
    text = f"where {whose} would be:"
    if metrics.horizontalAdvance(text + "".join(names)) + 4 * (space.m + 18) > frame.area.width():
        text = f"{whose}:"
    x, middle = frame.area.left() + space.s, LEGEND / 2
    painter.setPen(theme.colors.muted)
    painter.drawText(QPointF(x, middle + metrics.ascent() / 2 - 1), text)
    x += metrics.horizontalAdvance(text) + space.m
    for name, color in colors_of(found.settings.about):
        painter.setPen(QPen(color, 1))
        painter.setBrush(with_alpha(color, 2 * FILL))
        painter.drawRect(QRectF(x, middle - 6, 12, 12))
        painter.setPen(theme.colors.text)
        painter.drawText(QPointF(x + 18, middle + metrics.ascent() / 2 - 1), name)
        x += 18 + metrics.horizontalAdvance(name) + space.m
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colors.muted)
    text = "arrows: −¼ of the gradient; lines: the distances"
    below = QRectF(frame.area.left() + space.s, frame.area.bottom(), frame.area.width() - 2 * space.s, LEGEND)
    text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(below.width()))
    painter.drawText(below, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def _paint_regions(painter: QPainter, found: Shown, frame: Frame) -> None:
    middle = frame.place(found.points[ANCHOR])
    radii = [radius * frame.unit for radius in found.rings]
    discs = []
    for length in radii:
        disc = QPainterPath()
        disc.addEllipse(middle, length, length)
        discs.append(disc)
    whole = QPainterPath()
    whole.addRect(frame.area)
    areas = (discs[0], discs[1].subtracted(discs[0]), whole.subtracted(discs[1]))
    painter.fillRect(frame.area, theme.colors.surface)
    alpha = FILL / 2 if found.settings.unit else FILL
    for (_name, color), area in zip(colors_of(found.settings.about), areas, strict=True):
        painter.fillPath(area, with_alpha(color, alpha))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inner, outer = (color for _, color in colors_of(found.settings.about)[::2])
    for length, color, style in zip(
        radii, (inner, outer), (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine), strict=True
    ):
        if length > 0:
            painter.setPen(QPen(color, 1.5, style))
            painter.drawEllipse(middle, length, length)


def _paint_grid(painter: QPainter, frame: Frame) -> None:
    painter.setFont(theme.font("small", mono=True))
    for value in range(-int(REACH), int(REACH) + 1):
        across, down = frame.place(np.array([value, 0.0])), frame.place(np.array([0.0, value]))
        painter.setPen(QPen(with_alpha(theme.colors.muted, 0.55 if value == 0 else 0.22), 1))
        painter.drawLine(QPointF(across.x(), frame.area.top()), QPointF(across.x(), frame.area.bottom()))
        painter.drawLine(QPointF(frame.area.left(), down.y()), QPointF(frame.area.right(), down.y()))
        painter.setPen(theme.colors.muted)
        text = str(value).replace("-", "−")
        painter.drawText(QPointF(across.x() + 3, frame.area.bottom() - 4), text)
        if -REACH < value < REACH:
            painter.drawText(QPointF(frame.area.left() + 3, down.y() - 3), text)
    painter.setPen(QPen(theme.colors.line, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(frame.area.adjusted(0.5, 0.5, -0.5, -0.5))


def _paint_circle(painter: QPainter, found: Shown, frame: Frame) -> None:
    """The unit circle, in the colour of the region that each piece of it lies in."""
    turns = np.linspace(0, 2 * math.pi, CIRCLE_PIECES + 1)
    around = np.stack([np.cos(turns), np.sin(turns)], 1)
    away = np.linalg.norm(around - found.points[ANCHOR], axis=1)
    region = np.searchsorted(np.array(found.rings), (away[:-1] + away[1:]) / 2)
    places = [frame.place(point) for point in around]
    colors = [color for _, color in colors_of(found.settings.about)]
    for index, kind in enumerate(region.tolist()):
        pen = QPen(colors[kind], 4)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(places[index], places[index + 1])


def _paint_trails(painter: QPainter, found: Shown, frame: Frame) -> None:
    """Where the points came from."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    way = found.walk.points[: found.settings.step + 1]
    for index in range(way.shape[1]):
        painter.setPen(QPen(with_alpha(color_of(found, index), 0.7), 1.5))
        painter.drawPolyline(QPolygonF([frame.place(point) for point in way[:, index]]))


def _paint_ways(painter: QPainter, found: Shown, frame: Frame) -> None:
    """The two distances of the loss."""
    now = found.now
    for row, style in ((POSITIVE, Qt.PenStyle.SolidLine), (NEGATIVES + now.chosen, Qt.PenStyle.DashLine)):
        painter.setPen(QPen(theme.colors.text, 1.5, style))
        painter.drawLine(frame.place(now.points[ANCHOR]), frame.place(now.points[row]))


def _paint_lengths(painter: QPainter, found: Shown, frame: Frame) -> None:
    """Their numbers, a little beside the lines, where arrows may lie."""
    now = found.now
    for row, value in ((POSITIVE, now.to_positive), (NEGATIVES + now.chosen, now.to_negative)):
        begin, end = frame.place(now.points[ANCHOR]), frame.place(now.points[row])
        length = math.hypot(end.x() - begin.x(), end.y() - begin.y())
        if length > 4 * DISC:
            aside = QPointF(-(end - begin).y(), (end - begin).x()) / length
            aside = -aside if aside.y() > 0 else aside
            _paint_tag(painter, (begin + end) / 2 + aside * ASIDE, f"{value:.2f}")


def _paint_together(painter: QPainter, found: Shown, frame: Frame) -> None:
    """Say which points lie where the anchor hides them."""
    anchor = found.points[ANCHOR]
    hidden = [i for i, point in enumerate(found.points) if np.abs(point - anchor).max() * frame.unit < 2]
    if len(hidden) > 1:
        text = " = ".join(name_of(index, len(found.points)) for index in hidden)
        _paint_tag(painter, frame.place(anchor) + QPointF(0, 2 * DISC), text)


def _paint_tag(painter: QPainter, middle: QPointF, text: str) -> None:
    painter.setFont(theme.font("small", mono=True))
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + space.s, metrics.height() + 2
    tag = QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
    painter.setPen(QPen(theme.colors.line, 1))
    painter.setBrush(theme.colors.raised)
    painter.drawRoundedRect(tag, space.xs, space.xs)
    painter.setPen(theme.colors.text)
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)


def _paint_arrows(painter: QPainter, found: Shown, frame: Frame) -> None:
    """Minus the gradient at every point that moves."""
    for index, slope in enumerate(found.now.gradients):
        begin = frame.place(found.points[index])
        end = frame.place(found.points[index] - ARROW * slope)
        length = math.hypot(end.x() - begin.x(), end.y() - begin.y())
        if length < 2:
            continue
        way = (end - begin) / length
        side = QPointF(-way.y(), way.x())
        painter.setPen(QPen(theme.colors.accent, 3))
        painter.drawLine(begin, end - way * HEAD / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colors.accent)
        back = end - way * HEAD
        painter.drawPolygon(QPolygonF([end, back + side * HEAD / 2, back - side * HEAD / 2]))


def color_of(found: Shown, index: int) -> QColor:
    """Of a point: one person's pictures share a colour."""
    if index in (ANCHOR, POSITIVE):
        return theme.class_color(0)
    taken = index == NEGATIVES + found.now.chosen
    color = theme.class_color(3)
    return color if taken else mix(color, theme.colors.surface, 0.45)


def _paint_point(painter: QPainter, found: Shown, frame: Frame, index: int, strong: bool) -> None:
    place, color = frame.place(found.points[index]), color_of(found, index)
    taken = index <= POSITIVE or index == NEGATIVES + found.now.chosen
    disc = DISC if taken else SMALL_DISC
    painter.setPen(QPen(theme.colors.accent if strong else theme.colors.window, 3 if strong else 1.5))
    painter.setBrush(color)
    if index == ANCHOR:
        painter.drawRoundedRect(
            QRectF(place.x() - disc, place.y() - disc, 2 * disc, 2 * disc), space.xs, space.xs
        )
    else:
        painter.drawEllipse(place, disc, disc)
    name = name_of(index, len(found.points))
    font = theme.font("small", bold=True)
    if len(name) > 1:
        font.setPixelSize(font.pixelSize() - len(name) + 1)
    painter.setFont(font)
    painter.setPen(readable_on(color))
    painter.drawText(
        QRectF(place.x() - disc, place.y() - disc, 2 * disc, 2 * disc), Qt.AlignmentFlag.AlignCenter, name
    )
