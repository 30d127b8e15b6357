"""Draws a line plot: axes, lines with markers, labels, the read-out."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from gui.theme import radius, space, theme, type_scale, with_alpha
from gui.widgets.plot.data import (
    LABEL_SIGN,
    TICK_ROOM_X,
    Content,
    PlotFrame,
    Reading,
    Series,
    card_place,
    label_rows,
    label_width,
    missing_text,
    reading_head,
    reading_of,
)
from gui.widgets.plot.scale import spread, value_text

LINE_WIDTH = 2.0
MARKER_RADIUS = 3.5
FEWEST_PIXELS_A_MARKER = 9.0
"""Markers closer together than this would hide the line: then only some points carry one."""


def paint_plot(painter: QPainter, content: Content, frame: PlotFrame) -> None:
    _paint_axes(painter, content, frame)
    painter.save()
    painter.setClipRect(
        frame.area.adjusted(-MARKER_RADIUS - 1, -MARKER_RADIUS - 1, MARKER_RADIUS + 1, MARKER_RADIUS + 1)
    )
    for one in content.series:
        _paint_series(painter, frame, one)
    painter.restore()
    if frame.direct:
        _paint_direct_labels(painter, content, frame)
    else:
        _paint_label_row(painter, content, frame)


def _paint_axes(painter: QPainter, content: Content, frame: PlotFrame) -> None:
    area, colors = frame.area, theme.colors
    numbers = theme.font("small", mono=True)
    line = QFontMetricsF(numbers).height()
    painter.setPen(QPen(colors.line, 1))
    painter.setBrush(colors.surface)
    painter.drawRect(area)
    painter.setFont(numbers)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # level lines: crisp, and much quicker
    for tick in frame.y.ticks:
        y = area.bottom() - frame.y.share(tick.value) * area.height()
        painter.setPen(QPen(with_alpha(colors.line, 0.9 if tick.text else 0.5), 1))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(colors.muted)
        box = QRectF(0, y - line / 2, area.left() - space.s, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick.text)
    for tick in frame.x.ticks:
        x = area.left() + frame.x.share(tick.value) * area.width()
        painter.setPen(QPen(with_alpha(colors.line, 0.5), 1))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(colors.muted)
        box = QRectF(x - TICK_ROOM_X / 2, area.bottom() + space.xs, TICK_ROOM_X, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tick.text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    _paint_names(painter, content, frame, line)


def _paint_names(painter: QPainter, content: Content, frame: PlotFrame, line: float) -> None:
    """Title; the name of y above its numbers, where it is read without turning the head; that of x below."""
    area, colors = frame.area, theme.colors
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    if content.title:
        painter.setPen(colors.text)
        painter.setFont(theme.font("section", bold=True))
        painter.drawText(
            QRectF(space.s, space.s, area.right(), type_scale.section + space.s), left, content.title
        )
    painter.setPen(colors.text)
    painter.setFont(theme.font("small"))
    rows = 0 if frame.direct else max(len(label_rows(content, area.right() + space.l)), 1)
    words = painter.fontMetrics().height()  # numbers have a face of their own, which may be higher
    above = area.top() - words - space.s - rows * (words + space.xs)
    scale = ", logarithmic" if content.y.log else ""
    painter.drawText(QRectF(space.s, above, area.right(), words), left, content.y.title + scale)
    below = area.bottom() + line + space.s
    scale = ", logarithmic" if content.x.log else ""
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(0, below, area.right(), line), right, content.x.title + scale)
    missing = missing_text(content)
    if missing:
        painter.setPen(colors.warn)
        box = QRectF(area.left(), below + line + space.xs, area.width(), line)
        painter.drawText(
            box,
            left,
            painter.fontMetrics().elidedText(missing, Qt.TextElideMode.ElideRight, int(area.width())),
        )


def _paint_direct_labels(painter: QPainter, content: Content, frame: PlotFrame) -> None:
    """Each line's name at its last point, pushed apart where lines end close together."""
    font = theme.font("small", bold=True)
    height = QFontMetricsF(font).height()
    ends = [(one, end) for one in content.series if (end := _last_point(frame, one)) is not None]
    middles = spread([end.y() for _, end in ends], height + 2, frame.area.top(), frame.area.bottom())
    painter.setFont(font)
    for (one, end), middle in zip(ends, middles, strict=True):
        left = frame.area.right() + space.m
        if one.growing:
            left = min(end.x() + 2 * space.m, left)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(one.color)
            painter.drawEllipse(end, MARKER_RADIUS, MARKER_RADIUS)
        painter.setPen(QPen(with_alpha(one.color, 0.6), 1, Qt.PenStyle.DotLine))  # no part of the line itself
        painter.drawLine(QPointF(end.x() + MARKER_RADIUS + 1, end.y()), QPointF(left - 3, middle))
        painter.setPen(one.color)
        box = QRectF(left, middle - height / 2, frame.labels - space.m, height)
        name = painter.fontMetrics().elidedText(one.name, Qt.TextElideMode.ElideRight, math.ceil(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)


def _paint_label_row(painter: QPainter, content: Content, frame: PlotFrame) -> None:
    """The names above the plot, in as many rows as they need; one row stands over the plot itself where it can."""
    font = theme.font("small", bold=True)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    rows = label_rows(content, frame.area.right() + space.l)
    taken = sum(label_width(one, metrics) for one in content.series) - space.m
    above = len(rows) == 1 and frame.area.left() + taken <= frame.area.right() + space.s
    for number, row in enumerate(rows):
        x = frame.area.left() if above else float(space.m)
        from_below = len(rows) - 1 - number
        y = frame.area.top() - space.xs - metrics.height() / 2 - from_below * (metrics.height() + space.xs)
        for one in row:
            _paint_sign(painter, one, QPointF(x, y))
            left = x + LABEL_SIGN + space.xs
            painter.setPen(one.color)
            box = QRectF(
                left, y - metrics.height() / 2, metrics.horizontalAdvance(one.name) + 1, metrics.height()
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, one.name)
            x += label_width(one, metrics)


def _paint_sign(painter: QPainter, one: Series, left: QPointF) -> None:
    """The marker of a series, or a piece of its line."""
    if one.marker != "none":
        _paint_marker(painter, one, left + QPointF(LABEL_SIGN / 2, 0), MARKER_RADIUS)
        return
    dash = Qt.PenStyle.DotLine if one.dashed else Qt.PenStyle.SolidLine
    painter.setPen(QPen(one.color, LINE_WIDTH, dash))
    painter.drawLine(left, left + QPointF(LABEL_SIGN, 0))


def paint_reading(painter: QPainter, content: Content, frame: PlotFrame, x: float) -> None:
    """A line at the place, rings around the points, and a card with their values."""
    area, colors = frame.area, theme.colors
    across = area.left() + frame.x.share(x) * area.width()
    painter.setPen(QPen(colors.muted, 1, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(across, area.top()), QPointF(across, area.bottom()))
    reading = reading_of(content, x)
    by_name = {one.name: one for one in content.series}
    for name, value in reading.values:
        point = frame.place(x, value)
        if math.isfinite(point.y()) and area.adjusted(-1, -1, 1, 1).contains(point):
            painter.setPen(QPen(colors.surface, 2))
            painter.setBrush(by_name[name].color)
            painter.drawEllipse(point, MARKER_RADIUS + 2, MARKER_RADIUS + 2)
    _paint_card(painter, content, frame, across, reading)


def _paint_card(
    painter: QPainter, content: Content, frame: PlotFrame, across: float, reading: Reading
) -> None:
    plain, numbers = theme.font("small"), theme.font("small", mono=True)
    line = max(QFontMetricsF(plain).height(), QFontMetricsF(numbers).height()) + 2
    head = reading_head(reading, content.x)
    unit = f" {content.y.unit}" if content.y.unit else ""
    rows = [(name, value_text(value) + unit) for name, value in reading.values]
    names = max((QFontMetricsF(plain).horizontalAdvance(n) for n, _ in rows), default=0.0)
    values = max((QFontMetricsF(numbers).horizontalAdvance(v) for _, v in rows), default=0.0)
    width = max(
        QFontMetricsF(theme.font("small", bold=True)).horizontalAdvance(head),
        names + values + 3 * space.m,
    )
    size = QSizeF(width + 2 * space.s + 2, (len(rows) + 1) * line + 2 * space.s)
    card = card_place(content, frame, across, size)
    painter.setPen(QPen(theme.colors.line, 1))
    painter.setBrush(with_alpha(theme.colors.raised, 0.96))
    painter.drawRoundedRect(card, radius.control, radius.control)
    inner = card.adjusted(space.s, space.s, -space.s, -space.s)
    painter.setPen(theme.colors.text)
    painter.setFont(theme.font("small", bold=True))
    left_aligned = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), line), left_aligned, head)
    by_name = {one.name: one for one in content.series}
    for index, (name, value) in enumerate(rows, start=1):
        row = QRectF(inner.left(), inner.top() + index * line, inner.width(), line)
        _paint_marker(
            painter, by_name[name], QPointF(row.left() + MARKER_RADIUS, row.center().y()), MARKER_RADIUS
        )
        painter.setPen(theme.colors.text)
        painter.setFont(plain)
        painter.drawText(row.adjusted(2 * MARKER_RADIUS + space.xs, 0, 0, 0), left_aligned, name)
        painter.setFont(numbers)
        painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value)


def _paint_series(painter: QPainter, frame: PlotFrame, one: Series) -> None:
    """The line with gaps where there is no value, then markers, so that colour is not all that tells lines apart."""
    places, heights = one.points()
    across, up = frame.x.shares(places), frame.y.shares(heights)
    drawn = np.isfinite(across) & np.isfinite(up)
    points = [
        QPointF(frame.area.left() + a * frame.area.width(), frame.area.bottom() - u * frame.area.height())
        if known else None
        for a, u, known in zip(across.tolist(), up.tolist(), drawn.tolist(), strict=True)
    ]  # fmt: skip
    path = QPainterPath()
    pen_down = False
    for point in points:
        if point is None:
            pen_down = False
        elif pen_down:
            path.lineTo(point)
        else:
            path.moveTo(point)
            pen_down = True
    pen = QPen(one.color, LINE_WIDTH, Qt.PenStyle.DashLine if one.dashed else Qt.PenStyle.SolidLine)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    every = max(math.ceil(FEWEST_PIXELS_A_MARKER * len(points) / max(frame.area.width(), 1.0)), 1)
    alone = _lonely(drawn)
    for index, point in enumerate(points):
        if point is not None and (index % every == 0 or index == len(points) - 1 or alone[index]):
            _paint_marker(painter, one, point, MARKER_RADIUS)


def _lonely(drawn: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Points without a neighbour: no line would show them."""
    padded = np.concatenate([[False], drawn, [False]])
    return np.asarray(drawn & ~padded[:-2] & ~padded[2:], np.bool_)


def _last_point(frame: PlotFrame, one: Series) -> QPointF | None:
    """Where a line ends, inside of the plot."""
    places, heights = one.points()
    for x, y in zip(places[::-1].tolist(), heights[::-1].tolist(), strict=True):
        point = frame.place(x, y)
        if math.isfinite(point.x()) and math.isfinite(point.y()):
            return QPointF(point.x(), min(max(point.y(), frame.area.top()), frame.area.bottom()))
    return None


def _paint_marker(painter: QPainter, one: Series, at: QPointF, reach: float) -> None:
    if one.marker == "none":
        painter.setPen(QPen(one.color, LINE_WIDTH))
        return
    painter.setPen(QPen(theme.colors.surface, 1))
    painter.setBrush(one.color)
    if one.marker == "circle":
        painter.drawEllipse(at, reach, reach)
        return
    corners = {
        "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
        "triangle": ((0, -1.2), (1.15, 0.9), (-1.15, 0.9)),
        "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    }[one.marker]
    painter.drawPolygon(QPolygonF([at + QPointF(dx * reach, dy * reach) for dx, dy in corners]))
