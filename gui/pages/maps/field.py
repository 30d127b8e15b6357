"""What part of a picture a unit reads, as shares of that picture, and the marks that show it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QTransform

from engine.networks.graphs.graph import Node
from gui.theme import theme, with_alpha
from gui.widgets.frame_view import Overlay

Window = tuple[float, float, float, float]
WHOLE: Window = (0.0, 0.0, 1.0, 1.0)
DIM = 0.55
LEAST = 6.0


def receptive_field(layer: Node, row: int, column: int, side: int, reduced: int = 1) -> Window | None:
    """(left, top, right, bottom) of what the unit reads, as shares of the net's square input; None where no single
    window describes it. Padding is left out: shares stay within 0..1."""
    field = layer.field
    if field is None:
        return None
    if field.everything:
        return WHOLE
    last = reduced - 1  # an averaged value reads what all the units of its square read
    rows, columns = field.rows(row * reduced), field.columns(column * reduced)
    beneath, beside = field.rows(row * reduced + last), field.columns(column * reduced + last)
    edges = (columns.start, rows.start, beside.stop, beneath.stop)
    left, top, right, bottom = (min(max(edge / side, 0.0), 1.0) for edge in edges)
    return left, top, right, bottom


def in_picture(shares: Window, window: Window) -> Window:
    """Shares of the part `window` of a picture as shares of the picture."""
    left, top, right, bottom = window
    width, height = right - left, bottom - top
    return (
        left + shares[0] * width,
        top + shares[1] * height,
        left + shares[2] * width,
        top + shares[3] * height,
    )


def unit_at(
    layer: Node, shape: tuple[int, int], across: float, down: float, side: int, reduced: int = 1
) -> tuple[int, int]:
    """Row and column of the unit whose field has its middle nearest to a place of the net's input, given as shares."""
    field = layer.field
    if field is None or field.everything or 0 in field.stride:
        return min(int(down * shape[0]), shape[0] - 1), min(int(across * shape[1]), shape[1] - 1)
    first = field.centre(0, 0)
    places = (
        round(((share * side - 0.5) - first[axis]) / field.stride[axis] / reduced)
        for axis, share in enumerate((down, across))
    )
    row, column = (min(max(place, 0), length - 1) for place, length in zip(places, shape, strict=True))
    return row, column


def overlay(size: tuple[int, int], field: Window | None, reads: Window | None = None) -> Overlay | None:
    """Marks on a picture of `size` (width, height): what the unit reads, the rest dimmed, and what the net reads."""
    if field is None and (reads is None or reads == WHOLE):
        return None

    def paint(painter: QPainter, transform: QTransform) -> None:
        whole = transform.mapRect(QRectF(0, 0, *size))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if reads is not None and reads != WHOLE:
            painter.setPen(QPen(theme.colors.muted, 1, Qt.PenStyle.DashLine))
            painter.drawRect(_part(whole, reads))
        if field is not None:
            _paint_field(painter, whole, _part(whole, field))

    return paint


def _paint_field(painter: QPainter, whole: QRectF, inner: QRectF) -> None:
    if inner.width() < LEAST or inner.height() < LEAST:
        grown = max(LEAST - inner.width(), 0) / 2, max(LEAST - inner.height(), 0) / 2
        inner = inner.adjusted(-grown[0], -grown[1], grown[0], grown[1])
    _dim_around(painter, whole.toAlignedRect(), inner.toAlignedRect())
    painter.setPen(QPen(with_alpha(theme.colors.window, 0.8), 4))
    painter.drawRect(inner)
    painter.setPen(QPen(theme.colors.accent, 2))
    painter.drawRect(inner)


def _dim_around(painter: QPainter, whole: QRect, inner: QRect) -> None:
    """Four rectangles of whole pixels: a path with a hole takes ten times as long."""
    smooth = painter.testRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    shade = with_alpha(theme.colors.window, DIM)
    across = inner.x() - whole.x(), whole.right() - inner.right()
    painter.fillRect(whole.x(), whole.y(), whole.width(), inner.y() - whole.y(), shade)
    painter.fillRect(whole.x(), inner.bottom() + 1, whole.width(), whole.bottom() - inner.bottom(), shade)
    painter.fillRect(whole.x(), inner.y(), across[0], inner.height(), shade)
    painter.fillRect(inner.right() + 1, inner.y(), across[1], inner.height(), shade)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)


def _part(whole: QRectF, shares: Window) -> QRectF:
    left, top, right, bottom = shares
    return QRectF(
        whole.x() + left * whole.width(), whole.y() + top * whole.height(),
        (right - left) * whole.width(), (bottom - top) * whole.height(),
    )  # fmt: skip
