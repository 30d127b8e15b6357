"""How the parts of a graph are drawn, in the scene's pixels: the same on the screen and in an export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gui.theme import mix, radius, space, theme
from gui.tokens import kind_color
from gui.widgets.graph.data import GraphBox, color_kind, kind_of
from gui.widgets.graph.frames import Frame
from gui.widgets.graph.lines import Wire
from gui.widgets.graph.scene import GraphScene, Item, Label, Part
from gui.widgets.graph.sizes import (
    EDGE_OF_KIND,
    ICON,
    SLIM_TEXT_LEFT,
    STACK,
    TEXT_LEFT,
    font,
    text_width,
)
from gui.widgets.graph.volume import AREA, paint_volume

KIND_ICONS: Final = {
    "input": "image-outline",
    "conv": "grid",
    "pool": "arrow-collapse-all",
    "activation": "chart-line-variant",
    "norm": "chart-bell-curve",
    "linear": "transit-connection-variant",
    "join": "set-merge",
    "reshape": "swap-horizontal",
    "attention": "eye-outline",
    "other": "circle-outline",
}
OWN_ICONS: Final = {
    "add": "plus",
    "multiply": "close",
    "dropout": "dots-grid",
    "tanh": "sine-wave",
    "sigmoid": "sine-wave",
}
LEAST_TEXT: Final = 5.0
"""Letters lower than this on the screen are left out."""
LEAST_LABEL: Final = 6.0
LINE: Final = 1.4
LIT_LINE: Final = 2.4


@dataclass(frozen=True, slots=True)
class Look:
    """How a box stands out: what a person points at, its inputs and outputs, the selection, a hit of a search."""

    hovered: bool = False
    selected: bool = False
    lit: bool = False
    found: bool = False
    tag: str = ""


PLAIN: Final = Look()
FAR: Final = 0.36
"""Below this zoom nothing in a box can be read: its colour says of what kind it is."""
FAR_TINT: Final = 0.7


def paint_part(painter: QPainter, part: Part, scene: GraphScene, zoom: float) -> None:
    """Frames, edges, labels and boxes of a part of the scene, in this order."""
    for frame in part.frames:
        paint_frame(painter, frame, zoom)
    paint_wires(painter, part.wires, wire_color(zoom), LINE, zoom)
    for label in part.labels:
        paint_label(painter, label, zoom)
    for item in part.items:
        paint_item(painter, item, scene.largest, zoom)


def wire_color(zoom: float = 1.0) -> QColor:
    """The colour of an edge; paler where many lie side by side in few pixels."""
    return mix(theme.colors.line, theme.colors.muted, min(0.65, 0.1 + zoom))


def paint_wires(
    painter: QPainter, wires: Sequence[Wire], color: QColor, width: float, zoom: float, *, whole: bool = False
) -> None:
    """Edges with their arrows, on the screen never thinner than a pixel; what edges share is drawn once.

    `whole`: draw every edge from its beginning, where not all edges of its source are drawn.
    """
    pen = QPen(color, max(width, 1.0 / zoom))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for wire in wires:
        painter.drawPath(wire.path if whole else wire.own)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    for wire in wires:
        painter.drawPolygon(wire.tip)


def paint_label(painter: QPainter, label: Label, zoom: float, *, lit: bool = False) -> None:
    """A shape beside its edge."""
    if font("small").pixelSize() * zoom < LEAST_LABEL:
        return
    painter.setPen(theme.colors.text if lit else theme.colors.muted)
    painter.setFont(font("small"))
    painter.drawText(_baseline(label.rect, "small"), label.text)


def paint_frame(painter: QPainter, frame: Frame, zoom: float) -> None:
    """An open group: a quiet ground, its title and the sign that folds it."""
    colors = theme.colors
    painter.setPen(QPen(colors.line, max(1.0, 1.0 / zoom)))
    painter.setBrush(mix(colors.window, colors.text, 0.025 + 0.02 * frame.depth))
    painter.drawRoundedRect(frame.rect, radius.card, radius.card)
    if not frame.title or font("small").pixelSize() * zoom < LEAST_TEXT:
        return
    paint_sign(painter, frame.sign, folded=False)
    _write(painter, frame.title_rect, frame.title, "small", colors.muted)


def paint_sign(painter: QPainter, place: QRectF, *, folded: bool) -> None:
    """Plus in a square: unfold; minus: fold."""
    colors = theme.colors
    square = place.adjusted(1.5, 1.5, -1.5, -1.5)
    painter.setPen(QPen(colors.muted, 1.2))
    painter.setBrush(colors.surface)
    painter.drawRoundedRect(square, 3, 3)
    centre, arm = square.center(), square.width() / 2 - 3
    painter.setPen(QPen(colors.text, 1.4))
    painter.drawLine(QPointF(centre.x() - arm, centre.y()), QPointF(centre.x() + arm, centre.y()))
    if folded:
        painter.drawLine(QPointF(centre.x(), centre.y() - arm), QPointF(centre.x(), centre.y() + arm))


def paint_item(painter: QPainter, item: Item, largest: int, zoom: float, look: Look = PLAIN) -> None:
    """A box with everything in it."""
    colors, box, card = theme.colors, item.box, item.card
    color = colors.warn if box.problem else kind_color(color_kind(box), theme.dark)
    border, width = _border(box, look)
    if box.folded:
        _paint_stack(painter, item)
    corner = float(radius.control)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(card, corner, corner)
    painter.setBrush(_ground(box, look) if zoom >= FAR else mix(_ground(box, look), color, FAR_TINT))
    painter.drawRoundedRect(card.adjusted(EDGE_OF_KIND, 0, 0, 0), corner - 2, corner - 2)
    pen = QPen(border, max(width, width / zoom * 0.7))
    if look.found and not (look.selected or look.hovered):
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(card, corner, corner)
    if box.folded or box.foldable:
        paint_sign(painter, item.sign, folded=box.folded)
    if item.slim:
        _paint_slim(painter, item, color, zoom)
    else:
        _paint_full(painter, item, color, largest, zoom)
    if look.tag:
        _paint_tag(painter, card, look.tag)


def _border(box: GraphBox, look: Look) -> tuple[QColor, float]:
    colors = theme.colors
    if look.selected or look.hovered:
        return colors.accent, 2.0
    if box.problem:
        return colors.warn, 2.0
    if look.lit or look.found:
        return colors.accent, 1.6
    return mix(colors.line, colors.muted, 0.15), 1.0


def _ground(box: GraphBox, look: Look) -> QColor:
    colors = theme.colors
    if look.selected:
        return colors.selected
    if box.problem:
        return mix(colors.surface, colors.warn, 0.12)
    if look.found:
        return mix(colors.surface, colors.accent, 0.1)
    return colors.hover if look.hovered else colors.raised


def _paint_stack(painter: QPainter, item: Item) -> None:
    """The two cards behind a folded group."""
    colors = theme.colors
    painter.setPen(QPen(mix(colors.line, colors.muted, 0.15), 1.0))
    painter.setBrush(colors.raised)
    for step in (2, 1):
        card = item.card.adjusted(2 * step * STACK, STACK, -2 * step * STACK, step * STACK)
        painter.drawRoundedRect(card, radius.control, radius.control)


def _paint_full(painter: QPainter, item: Item, color: QColor, largest: int, zoom: float) -> None:
    colors, box, card = theme.colors, item.box, item.card
    left = card.left() + TEXT_LEFT
    if box.volume:
        area = QRectF(
            card.left() + EDGE_OF_KIND + space.xs, card.center().y() - AREA[1] / 2, AREA[0], AREA[1]
        )
        paint_volume(painter, area, box.volume, color, largest)
    else:
        _paint_icon(painter, QPointF(card.left() + EDGE_OF_KIND + space.s, card.center().y()), box, color)
        left = card.left() + SLIM_TEXT_LEFT
    if box.weight > 0:
        _paint_weight(painter, QRectF(left, card.bottom() - 7, card.right() - space.m - left, 3), box.weight)
    if font("body").pixelSize() * zoom < LEAST_TEXT:
        return
    right = card.right() - space.s
    if box.foldable:
        right = item.sign.left() - space.xs
    right = _paint_marks(painter, box, right, card.top() + 16)
    title = QRectF(left, card.top() + 7, right - left, 20)
    _write(painter, title, box.title, "body", colors.text, bold=True)
    second, tint = (box.note, colors.warn) if box.problem and box.note else (item.name, colors.muted)
    place = QRectF(left, card.top() + 26, card.right() - space.s - left, 18)
    _write(painter, place, second, "small", tint)


def _paint_slim(painter: QPainter, item: Item, color: QColor, zoom: float) -> None:
    colors, box, card = theme.colors, item.box, item.card
    _paint_icon(painter, QPointF(card.left() + EDGE_OF_KIND + space.s, card.center().y()), box, color)
    if font("small").pixelSize() * zoom < LEAST_TEXT:
        return
    right = item.sign.left() if box.foldable else card.right() - space.s
    right = _paint_marks(painter, box, right, card.center().y())
    left = card.left() + SLIM_TEXT_LEFT
    place = QRectF(left, card.top(), right - left, card.height())
    _write(painter, place, box.title, "small", colors.text, bold=True)
    used = text_width(box.title, "small", True) + space.s
    if used + text_width(item.name, "small") <= place.width() + 1:
        _write(painter, place.adjusted(used, 0, 1, 0), item.name, "small", colors.muted)


def _paint_icon(painter: QPainter, left: QPointF, box: GraphBox, color: QColor) -> None:
    """The sign of a kind; some layers have their own."""
    name = OWN_ICONS.get(box.title.lower().split(" ")[0]) or KIND_ICONS[kind_of(box.kind)]
    place = QRect(round(left.x()), round(left.y() - ICON / 2), ICON, ICON)
    theme.icon(name, color).paint(painter, place)


def _paint_marks(painter: QPainter, box: GraphBox, right: float, middle: float) -> float:
    """Signs at the right end of the title: problem, changed, how many; returns where they begin."""
    colors = theme.colors
    for shown, name, color in (
        (box.problem, "alert", colors.warn), (box.changed, "pencil", colors.accent),
    ):  # fmt: skip
        if shown:
            right -= ICON
            theme.icon(name, color).paint(painter, QRect(round(right), round(middle - ICON / 2), ICON, ICON))
            right -= space.xs
    if box.count > 1:
        text = f"× {box.count}"
        width = text_width(text, "small", True) + space.s
        chip = QRectF(right - width, middle - 9, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.selected)
        painter.drawRoundedRect(chip, 9, 9)
        painter.setPen(colors.accent_text)
        painter.setFont(font("small", True))
        painter.drawText(_baseline(chip.adjusted(space.xs, 0, 0, 0), "small"), text)
        right = chip.left() - space.xs
    return right


def _paint_weight(painter: QPainter, track: QRectF, share: float) -> None:
    """A share of the whole as a bar."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colors.line)
    painter.drawRoundedRect(track, 1.5, 1.5)
    painter.setBrush(theme.colors.accent)
    width = max(track.width() * min(share, 1.0), 2.0)
    painter.drawRoundedRect(QRectF(track.left(), track.top(), width, track.height()), 1.5, 1.5)


def _paint_tag(painter: QPainter, card: QRectF, text: str) -> None:
    """What a lit box is to the one that is pointed at, above its corner."""
    width = text_width(text, "small", True) + space.m
    place = QRectF(card.right() - width, card.top() - 16, width, 17)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colors.accent)
    painter.drawRoundedRect(place, radius.control, radius.control)
    painter.setPen(theme.colors.on_accent)
    painter.setFont(font("small", True))
    painter.drawText(_baseline(place.adjusted(space.m / 2, 0, 0, 0), "small"), text)


def _write(
    painter: QPainter, place: QRectF, text: str, size: str, color: QColor, *, bold: bool = False
) -> None:
    """One line, cut with dots where it is too long."""
    if not text or place.width() < 4:
        return
    made = font(size, bold)
    if text_width(text, size, bold) > place.width():
        text = QFontMetricsF(made).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.setFont(made)
    painter.setPen(color)
    painter.drawText(_baseline(place, size), text)


def _baseline(place: QRectF, size: str) -> QPointF:
    """Where a line of text begins that stands in the middle of a place."""
    return QPointF(place.left(), place.center().y() + _rise(size))


@lru_cache(maxsize=8)
def _rise(size: str) -> float:
    metrics = QFontMetricsF(font(size))
    return (metrics.ascent() - metrics.descent()) / 2
