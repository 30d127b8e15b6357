"""A net as a row of volumes, as courses draw it: fronts with real values, channels behind them, arrows between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPolygonF

from engine.detection.sliding.window_net import HIDDEN, LABELS
from gui.theme import mix, space, theme
from gui.widgets.picture import to_image
from gui.widgets.scene import LINK_WIDTH, Item, Words
from gui.widgets.stage_text import by, text_width

ColorArray = npt.NDArray[np.uint8]
Shape = tuple[int, int, int]
"""Height, width, channels."""

AWAY: Final = (0.8, -0.6)
"""Where the channels go, from the front: right and up."""
DEPTHS: Final = {1: 0.0, 11: 20.0, 16: 28.0, 400: 70.0}
"""How far a number of channels reaches in pixels: not to scale, 400 would be a long way."""
DEEP_FROM, SHALLOWEST = 150.0, 0.35
"""Heights from which channels reach as far as that, and what is left of it where a stage is low."""
LEAST_FRONT: Final = 12.0
MOST_CELL: Final = 7.0
LABEL: Final = 18.0
ARROW: Final = 5.0
AS_LAYERS: Final = (
    ("5×5 convolution", "5×5 conv"), ("2×2 max pool", "pool"), ("fully connected", "FC"), ("fully connected", "FC"),
    ("fully connected", "FC"),
)  # fmt: skip
AS_CONVOLUTIONS: Final = (
    ("5×5 convolution", "5×5 conv"), ("2×2 max pool", "pool"), ("5×5 convolution", "5×5 conv"),
    ("1×1 convolution", "1×1 conv"), ("1×1 convolution", "1×1 conv"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """One volume on the stage: its front and how far its channels reach."""

    shape: Shape
    front: QRectF
    depth: float

    @property
    def away(self) -> QPointF:
        """From the front to the last channel."""
        return QPointF(AWAY[0] * self.depth, AWAY[1] * self.depth)

    @property
    def middle(self) -> float:
        """The middle of the whole, from left to right."""
        return self.front.center().x() + self.away.x() / 2


def lay_out(area: QRectF, shapes: Sequence[Shape], most_cell: float = MOST_CELL) -> list[Block]:
    """The volumes side by side in an area, their fronts on one middle line, with room for captions beneath.

    Cells are of one size, but those of answers, which stand for two pixels, are twice as large.
    """
    stretch = [2.0 if shape[2] in (HIDDEN, len(LABELS)) else 1.0 for shape in shapes]
    shallow = min(max((area.height() - 2 * LABEL - space.s) / DEEP_FROM, SHALLOWEST), 1.0)
    depths = [DEPTHS[shape[2]] * shallow for shape in shapes]
    deepest, reach = max(depths) * -AWAY[1], sum(depths) * AWAY[0]
    wide = area.width() - reach - (len(shapes) - 1) * space.xl
    fronts = sum(shape[1] * wider for shape, wider in zip(shapes, stretch, strict=True))
    highest = max(shape[0] * wider for shape, wider in zip(shapes, stretch, strict=True))
    cell = min((area.height() - 2 * LABEL - deepest - space.s) / highest, wide / fronts, most_cell)
    sides = [
        (max(w * cell * wider, LEAST_FRONT), max(h * cell * wider, LEAST_FRONT))
        for (h, w, _), wider in zip(shapes, stretch, strict=True)
    ]
    widths = [
        max(side[0] + depth * AWAY[0], text_width(by(shape), mono=True))
        for side, depth, shape in zip(sides, depths, shapes, strict=True)
    ]
    gap = (area.width() - sum(widths)) / (len(shapes) - 1)
    tallest = max(tall for _, tall in sides)
    free = area.height() - 2 * LABEL - space.s - deepest - tallest
    middle = area.top() + max(free / 2, 0.0) + deepest + tallest / 2
    blocks, left = [], area.left()
    for shape, depth, (wide_front, tall_front), width in zip(shapes, depths, sides, widths, strict=True):
        own = wide_front + depth * AWAY[0]
        front = QRectF(
            round(left + (width - own) / 2), round(middle - tall_front / 2), wide_front, tall_front
        )
        blocks.append(Block(shape, front, depth))
        left += width + gap
    return blocks


def captions(blocks: Sequence[Block], ops: Sequence[tuple[str, str]]) -> list[Item]:
    """Shapes beneath the volumes, arrows between them, and what happens on the way."""
    items: list[Item] = []
    top = max(block.front.bottom() for block in blocks) + space.s
    centre = Qt.AlignmentFlag.AlignHCenter
    for block in blocks:
        text = by(block.shape)
        wide = text_width(text, mono=True) + space.s
        under = QRectF(block.middle - wide / 2, top, wide, LABEL)
        items.append(Words(under, text, mono=True, align=centre, elide=False))
    for first, second, (long, short) in zip(blocks, blocks[1:], ops, strict=False):
        start, end = first.front.right() + first.away.x() + space.xs, second.front.left() - space.xs
        y = first.front.center().y()
        items.append(Arrow(QPointF(start, y), QPointF(end, y)))
        room = second.middle - first.middle
        text = long if text_width(long) <= room - space.s else short
        area = QRectF((first.middle + second.middle - room) / 2, top + LABEL, room, LABEL)
        items.append(Words(area, text, role="muted", align=centre, elide=False))
    return items


@dataclass(frozen=True, slots=True)
class Sheets:
    """Channels behind a front, each with its own values, from the last to the one behind the front."""

    front: QRectF
    away: QPointF
    images: tuple[QImage, ...]

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        count = len(self.images)
        for number in range(count - 1, 0, -1):
            rect = self.front.translated(self.away * (number / max(count - 1, 1)))
            painter.drawImage(rect, self.images[number])
            painter.setPen(QPen(theme.colors.line, 1))
            painter.drawRect(rect)
        painter.restore()


@dataclass(frozen=True, slots=True)
class Prism:
    """Many channels behind a front, drawn as the sides of a solid."""

    front: QRectF
    away: QPointF

    def paint(self, painter: QPainter) -> None:
        front, away = self.front, self.away
        upper = QPolygonF(
            [front.topLeft(), front.topRight(), front.topRight() + away, front.topLeft() + away]
        )
        right = QPolygonF(
            [front.topRight(), front.bottomRight(), front.bottomRight() + away, front.topRight() + away]
        )
        painter.save()
        painter.setPen(QPen(theme.colors.muted, 1))
        for side, share in ((upper, 0.35), (right, 0.7)):
            painter.setBrush(mix(theme.colors.surface, theme.colors.line, share))
            painter.drawPolygon(side)
        painter.restore()


@dataclass(frozen=True, slots=True)
class Bar:
    """A long row of values from one point to another: a column of neurons, upright or tipped over into the depth."""

    start: QPointF
    end: QPointF
    thickness: float
    image: QImage
    """One pixel high, a pixel a value, the first one at `start`."""

    def paint(self, painter: QPainter) -> None:
        along = self.end - self.start
        length = float(np.hypot(along.x(), along.y()))
        painter.save()
        painter.translate(self.start)
        painter.rotate(float(np.degrees(np.arctan2(along.y(), along.x()))))
        rect = QRectF(0, -self.thickness / 2, length, self.thickness)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, length < self.image.width())
        painter.drawImage(rect, self.image)
        painter.setPen(QPen(theme.colors.muted, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)
        painter.restore()


@dataclass(frozen=True, slots=True)
class Arrow:
    """What goes where; too short ones are left out."""

    start: QPointF
    end: QPointF

    def paint(self, painter: QPainter) -> None:
        if self.end.x() - self.start.x() < 2 * ARROW:
            return
        painter.save()
        painter.setPen(QPen(theme.colors.muted, LINK_WIDTH))
        painter.drawLine(self.start, self.end - QPointF(ARROW, 0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colors.muted)
        tip = QPolygonF(
            [self.end, self.end + QPointF(-2 * ARROW, -ARROW), self.end + QPointF(-2 * ARROW, ARROW)]
        )
        painter.drawPolygon(tip)
        painter.restore()


def image_of(colors: ColorArray) -> QImage:
    """A picture of colours uint8[H, W, 3] in the format that is painted without being converted."""
    return to_image(np.ascontiguousarray(colors)).convertToFormat(QImage.Format.Format_RGB32)
