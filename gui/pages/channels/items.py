"""What this page's scenes draw besides plates: the ring around a small pixel, rows of little numbers, legends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from gui.theme import readable_on, space, theme, with_alpha
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import LINK_WIDTH, ColorBar, Item, Scene, Words, bar_width
from gui.widgets.stage_text import text_width

RING: Final = 7.0
RING_SHARE: Final = 0.16
"""Of a map's width that a ring reaches at most."""
SMALL_CELL: Final = 5.0
"""A pixel smaller than this is marked by a ring."""
LEGEND: Final = 20.0
_LONGEST_KEY: Final = 220.0


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring around a pixel that is too small for a frame, seen on any picture."""

    center: QPointF
    reach: float = RING

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for color, width in ((with_alpha(theme.colors.surface, 0.85), 4.0), (theme.colors.accent, 2.0)):
            painter.fillPath(_annulus(round(self.reach, 1), width).translated(self.center), color)
        painter.restore()


@lru_cache(maxsize=32)
def _annulus(radius: float, width: float) -> QPainterPath:
    """A ring as a filled shape: stroking a dozen of them takes several milliseconds."""
    path = QPainterPath()
    for reach in (radius + width / 2, radius - width / 2):
        path.addEllipse(QPointF(), reach, reach)
    return path


@dataclass(frozen=True, slots=True)
class Digits:
    """Little numbers centred above or beneath the cells of a row, one a cell."""

    area: QRectF
    texts: Sequence[str]
    lit: int | None = None

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setFont(theme.font("small", mono=True))
        cell = self.area.width() / max(len(self.texts), 1)
        for index, text in enumerate(self.texts):
            box = QRectF(self.area.left() + index * cell, self.area.top(), cell, self.area.height())
            painter.setPen(theme.colors.accent if index == self.lit else theme.colors.muted)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()


@dataclass(frozen=True, slots=True)
class Notes:
    """A short text at the lower edge of each cell of a plate, readable on the cell's colour."""

    plate: Plate
    texts: Sequence[Sequence[str]]
    height: float

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setFont(theme.font("small", mono=True))
        for row, line in enumerate(self.texts):
            for column, text in enumerate(line):
                area = self.plate.cell_rect(row, column)
                area.setTop(area.bottom() - self.height - space.xs)
                red, green, blue = (int(part) for part in self.plate.colors[row, column])
                painter.setPen(readable_on(QColor(red, green, blue)))
                painter.drawText(area, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)
        painter.restore()


@dataclass(frozen=True, slots=True)
class Drop:
    """A quiet line from a place to one beneath it: what becomes what."""

    start: QPointF
    end: QPointF
    lit: bool = False

    def paint(self, painter: QPainter) -> None:
        path = QPainterPath(self.start)
        bend = QPointF(0, (self.end.y() - self.start.y()) / 2)
        path.cubicTo(self.start + bend, self.end - bend, self.end)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        color = with_alpha(theme.colors.accent, 0.75) if self.lit else with_alpha(theme.colors.muted, 0.5)
        painter.setPen(QPen(color, LINK_WIDTH + 0.5 if self.lit else 1.0))
        painter.drawPath(path)
        painter.restore()


def fitting(room: float, *names: str) -> str:
    """The first of some names that is not wider than the room, else the last."""
    return next((name for name in names if text_width(name) <= room), names[-1])


def sign(area: QRectF, text: str) -> Words:
    """A sign in the gap between two plates."""
    centred = Qt.AlignmentFlag.AlignHCenter
    return Words(area, text, "muted", "section", bold=True, align=centred, elide=False)


def mark_pixel(scene: Scene, plate: Plate, row: int, column: int) -> None:
    """Mark one cell of a plate by a frame, or by a ring where a frame would hide it."""
    if plate.cell >= SMALL_CELL:
        plate.marks = (*plate.marks, Mark.cell(MarkRole.WINDOW, row, column))
    else:
        reach = min(RING, RING_SHARE * plate.rect.width())
        scene.above.append(Ring(plate.cell_rect(row, column).center(), reach))


def legend(left: float, top: float, width: float, bars: Sequence[ColorBar]) -> list[Item]:
    """Colour bars with their labels in one line; without the labels where there is no room for them."""
    gap = float(space.l)
    labelled = [bar_width(bar.low, bar.high, bar.label) for bar in bars]
    free = width - gap * (len(bars) - 1)
    if sum(labelled) > free:
        bars = [replace(bar, label="") for bar in bars]
        labelled = [bar_width(bar.low, bar.high) for bar in bars]
    spare = max(free - sum(labelled), 0.0) / max(len(bars), 1)
    items: list[Item] = []
    for bar, need in zip(bars, labelled, strict=True):
        wide = min(need + spare, max(need, _LONGEST_KEY))
        items.append(replace(bar, area=QRectF(left, top, wide, LEGEND)))
        left += wide + gap
    return items
