"""What a line plot shows, and where everything in it is at a size."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFontMetricsF

from gui.theme import space, theme, type_scale
from gui.widgets.plot.scale import Array, Axis, Scale, off_axis, scale_of, value_text

Marker: TypeAlias = Literal["circle", "square", "triangle", "diamond", "none"]
FloatArray = npt.NDArray[np.float64]

TICK_ROOM_X, TICK_ROOM_Y = 76.0, 44.0
NARROW = 420.0
"""Plots narrower than this carry their labels in a row above."""
MOST_LABEL_SHARE = 0.34
CARD_PLACES = 6
"""Heights at which the card of the read-out may stand on either side."""
PROBE = 4.0
"""Pixels between two looks at whether a card would hide a line."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One line: its name, `y: float64[n]` over `x: float64[n]` (None: 1, 2, 3 ...), how it looks.

    `role` names a colour of the palette ("accent", "warn", "good", "error", "muted"). Values that are no number, or
    not positive on a logarithmic axis, are gaps; the plot says how many there are.
    """

    name: str
    y: Array
    x: Array | None = None
    role: str = "accent"
    marker: Marker = "circle"
    dashed: bool = False
    growing: bool = False
    """Whether more of it is to come: its name stands at its last point, which has a dot, not at the edge."""

    def points(self) -> tuple[FloatArray, FloatArray]:
        """x and y, both float64[n]. Raises ValueError where their lengths differ."""
        y = np.asarray(self.y, np.float64).ravel()
        x = np.arange(1.0, len(y) + 1) if self.x is None else np.asarray(self.x, np.float64).ravel()
        if len(x) != len(y):
            raise ValueError(f"“{self.name}” has {len(x)} places for {len(y)} values")
        return x, y

    @property
    def color(self) -> QColor:
        color: QColor = getattr(theme.colors, self.role)
        return color


@dataclass(frozen=True, slots=True)
class Reading:
    """What the plot says at one place: the place, its name (of `Axis.labels`), and (series, value) pairs."""

    x: float
    label: str
    values: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class PlotFrame:
    """Where everything is at one size."""

    area: QRectF
    x: Scale
    y: Scale
    labels: float
    """Room for the names at the ends of their lines; 0 where they stand in a row above."""

    @property
    def direct(self) -> bool:
        return self.labels > 0

    def place(self, x: float, y: float) -> QPointF:
        area = self.area
        return QPointF(
            area.left() + self.x.share(x) * area.width(), area.bottom() - self.y.share(y) * area.height()
        )


@dataclass(eq=False)
class Content:
    """What is plotted."""

    series: tuple[Series, ...] = ()
    x: Axis = field(default_factory=lambda: Axis("x"))
    y: Axis = field(default_factory=lambda: Axis("y"))
    title: str = ""

    @property
    def empty(self) -> bool:
        return not any(len(one.y) for one in self.series)


def reading_of(content: Content, x: float) -> Reading:
    """What the series are at a place; those without a value there are left out."""
    values = []
    for one in content.series:
        places, heights = one.points()
        found = np.flatnonzero(places == x)
        if found.size:
            values.append((one.name, float(heights[found[0]])))
    labels, position = content.x.labels, round(x) - 1
    named = labels[position] if x == round(x) and 0 <= position < len(labels) else ""
    return Reading(x, named, tuple(values))


def reading_head(reading: Reading, axis: Axis) -> str:
    """ "layer 12: layer2.0.conv1"."""
    unit = f" {axis.unit}" if axis.unit else ""
    place = value_text(reading.x) if reading.x != round(reading.x) else f"{reading.x:.0f}"
    head = f"{axis.each or axis.name} {place}{unit}"
    return f"{head}: {reading.label}" if reading.label else head


def frame_of(content: Content, size: QSizeF) -> PlotFrame:
    """Where everything is at a size: room for the numbers at the left, the names at the right, the words below."""
    line = QFontMetricsF(theme.font("small")).height()
    numbers = QFontMetricsF(theme.font("small", mono=True))
    direct = size.width() >= NARROW and bool(content.series)
    top = space.s + (type_scale.section + space.s if content.title else 0) + line + space.s
    top += 0.0 if direct else line + space.xs
    bottom = 2 * line + space.s + space.xs + (line + space.xs if missing_text(content) else 0.0)
    height = max(size.height() - top - bottom, 1.0)
    points = [one.points() for one in content.series]
    y = scale_of(content.y, [p[1] for p in points], max(int(height / TICK_ROOM_Y), 2))
    left = max((numbers.horizontalAdvance(t.text) for t in y.ticks), default=0.0) + space.m + space.s
    labels = _label_room(content, size.width()) if direct else 0.0
    width = max(size.width() - left - max(labels, float(space.l)), 1.0)
    x = scale_of(content.x, [p[0] for p in points], max(int(width / TICK_ROOM_X), 2))
    return PlotFrame(QRectF(left, top, width, height), x, y, labels)


def _label_room(content: Content, width: float) -> float:
    metrics = QFontMetricsF(theme.font("small", bold=True))
    longest = max(metrics.horizontalAdvance(one.name) for one in content.series)
    return min(longest + 2 * space.m + space.xs, width * MOST_LABEL_SHARE)


def missing_text(content: Content) -> str:
    """What is not drawn, in words; empty where everything is."""
    parts = []
    for one in content.series:
        count = off_axis(content.y, one.points()[1])
        if count:
            parts.append(f"{count} of “{one.name}”")
    if not parts:
        return ""
    why = "zero, negative or no number" if content.y.log else "no number"
    return f"Not drawn, because {why}: {', '.join(parts)}."


def card_place(content: Content, frame: PlotFrame, across: float, size: QSizeF) -> QRectF:
    """Where a card of that size beside the place `across` hides least of the lines: the first such place from the top
    right on."""
    area = frame.area
    right, left = across + space.m, across - space.m - size.width()
    sides = [x for x in (right, left) if area.left() <= x and x + size.width() <= area.right()]
    top, bottom = area.top() + space.s, area.bottom() - space.s - size.height()
    heights = np.linspace(top, max(bottom, top), CARD_PLACES)
    cards = [QRectF(QPointF(x, float(y)), size) for x in sides or [max(left, 1.0)] for y in heights]
    return min(cards, key=lambda card: _hidden(content, frame, card))


def _hidden(content: Content, frame: PlotFrame, card: QRectF) -> int:
    """How many pixels of lines a card would hide, about."""
    under = np.arange(card.left(), card.right(), PROBE)
    count = 0
    for one in content.series:
        places, heights = one.points()
        across = frame.area.left() + frame.x.shares(places) * frame.area.width()
        down = frame.area.bottom() - frame.y.shares(heights) * frame.area.height()
        drawn = np.isfinite(across) & np.isfinite(down)
        if drawn.any():
            order = np.argsort(across[drawn])
            line = np.interp(under, across[drawn][order], down[drawn][order], left=np.nan, right=np.nan)
            count += int(np.count_nonzero((line > card.top() - PROBE) & (line < card.bottom() + PROBE)))
    return count
