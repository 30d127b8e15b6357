"""The three ways from the input to the output as rows of volumes: boxes as deep as they have channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from engine.foundations.channels.bottleneck import Layer, Variant
from gui.pages.channels.numbers import short_count
from gui.theme import mix, space, theme
from gui.widgets.scene import LINK_WIDTH, Item, Words
from gui.widgets.stage_text import by, text_width

LINE: Final = 17.0
SLANT: Final = 0.55
"""How far a box goes up for its depth."""
DEEPEST, SHALLOWEST = 64.0, 5.0
_NAME: Final = 100.0


@dataclass(frozen=True, slots=True)
class Box:
    """A volume: its front is n x n, its depth goes to the upper right."""

    front: QRectF
    depth: float
    color: QColor

    def paint(self, painter: QPainter) -> None:
        front, up = self.front, QPointF(self.depth, -self.depth * SLANT)
        top = QPolygonF([front.topLeft(), front.topLeft() + up, front.topRight() + up, front.topRight()])
        side = QPolygonF(
            [front.topRight(), front.topRight() + up, front.bottomRight() + up, front.bottomRight()]
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(self.color, 1))
        ground = theme.colors.surface
        for shape, share in ((QPolygonF(front), 0.42), (top, 0.2), (side, 0.62)):
            painter.setBrush(mix(ground, self.color, share))
            painter.drawPolygon(shape)
        painter.restore()


@dataclass(frozen=True, slots=True)
class Arrow:
    """A straight arrow to the right."""

    start: QPointF
    end: QPointF

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        color = theme.colors.muted
        painter.setPen(QPen(color, LINK_WIDTH))
        painter.drawLine(self.start, self.end - QPointF(space.xs, 0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        tip = [self.end, self.end + QPointF(-space.s, -space.xs), self.end + QPointF(-space.s, space.xs)]
        painter.drawPolygon(QPolygonF(tip))
        painter.restore()


def layer_text(layer: Layer) -> str:
    """ "5 × 5, 32", or "5 × 5 depthwise"."""
    return f"{layer.f} × {layer.f} depthwise" if layer.groups > 1 else f"{layer.f} × {layer.f}, {layer.c_out}"


def chain_text(variant: Variant) -> str:
    """A whole way in one line."""
    first = variant.layers[0]
    parts = [by((first.n, first.n, first.c_in))]
    for layer in variant.layers:
        parts += [layer_text(layer), by((layer.n, layer.n, layer.c_out))]
    return " → ".join(parts)


def pipelines(area: QRectF, variants: Sequence[Variant], colors: Sequence[QColor]) -> list[Item]:
    """The ways one beneath the other; where there is little height, as lines of text."""
    tall = area.height() / len(variants)
    items: list[Item] = []
    for row, (variant, color) in enumerate(zip(variants, colors, strict=True)):
        top = area.top() + row * tall
        if tall < 3.5 * LINE:
            items += _line(QRectF(area.left(), top, area.width(), tall), variant, color)
        else:
            items += _row(QRectF(area.left(), top, area.width(), tall), variant, color, _deepest(variants))
    return items


def _deepest(variants: Sequence[Variant]) -> int:
    return max(max(layer.c_in, layer.c_out) for variant in variants for layer in variant.layers)


def _line(area: QRectF, variant: Variant, color: QColor) -> list[Item]:
    name = QRectF(area.left(), area.top(), _NAME, area.height())
    rest = QRectF(area.left() + _NAME, area.top(), area.width() - _NAME, area.height())
    return [Words(name, variant.title, bold=True, color=color), Words(rest, chain_text(variant))]


def _row(area: QRectF, variant: Variant, color: QColor, deepest: int) -> list[Item]:
    """Name, volumes and arrows of one way."""
    layers = variant.layers
    counts = [layers[0].c_in, *(layer.c_out for layer in layers)]
    places = (0.0, 1.0) if len(layers) == 1 else (0.0, 0.5, 1.0)
    deep = min(DEEPEST, (area.height() - 2 * LINE) * 0.5)
    side = max(min(area.height() - 2 * LINE - deep * SLANT, 64.0), 12.0)
    label = max(text_width(by((layers[0].n, layers[0].n, count))) for count in counts)
    wide = max(label + 4, side + deep)
    room = area.width() - _NAME - wide
    name = QRectF(area.left(), area.top(), _NAME, area.height() - LINE)
    items: list[Item] = [Words(name, variant.title, size="body", bold=True, color=color)]
    bottom = area.bottom() - LINE - space.xs
    lefts = [area.left() + _NAME + place * room for place in places]
    boxes = []
    for left, count in zip(lefts, counts, strict=True):
        depth = max(deep * sqrt(count / deepest), SHALLOWEST)
        front = QRectF(left + max((wide - side - depth) / 2, 0.0), bottom - side, side, side)
        boxes.append((front, depth))
        items.append(Box(front, depth, color))
        text = by((layers[0].n, layers[0].n, count))
        items.append(
            Words(QRectF(left, bottom, wide, LINE), text, role="muted", align=Qt.AlignmentFlag.AlignHCenter)
        )
    for (front, depth), (after, _), layer in zip(boxes, boxes[1:], layers, strict=False):
        items += _arrow(front, depth, after, layer)
    return items


def _arrow(front: QRectF, depth: float, after: QRectF, layer: Layer) -> list[Item]:
    """From one volume to the next, with the layer above and its multiplications beneath."""
    y = front.center().y()
    start, end = QPointF(front.right() + depth + space.s, y), QPointF(after.left() - space.s, y)
    area = QRectF(start.x(), y - LINE - 2, max(end.x() - start.x(), 1.0), LINE)
    centred = Qt.AlignmentFlag.AlignHCenter
    return [
        Arrow(start, end),
        Words(area, layer_text(layer), bold=True, align=centred),
        Words(area.translated(0, LINE + 4), f"{short_count(layer.macs)} mult.", role="muted", align=centred),
    ]
