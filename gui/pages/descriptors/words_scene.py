"""The words as a mosaic of pictures with their counts, and how k-means came down to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen

from engine.foundations.descriptors.words import VisualWords
from gui import colormaps
from gui.pages.descriptors.bars import percent
from gui.pages.descriptors.resolve import round_told
from gui.pages.descriptors.scene_parts import (
    DETAIL,
    MARGIN,
    TITLE,
    Columns,
    FloatArray,
    class_colours,
    class_rgb,
    head,
    short,
)
from gui.theme import radius, space, theme
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Scene, Words

WORD: Final = "word/"
LEAST_TILE, MOST_TILE = 36.0, 132.0
CURVE: Final = 74.0
BARS, BARS_LOW = 96.0, 84.0
LOW_STAGE: Final = 520.0
"""Stages lower than this leave the curve of k-means to the inspector's numbers."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A square in the colour of a category, beside its number."""

    area: QRectF
    index: int

    def paint(self, painter: QPainter) -> None:
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(class_rgb(self.index))
        painter.drawRoundedRect(self.area, radius.cell, radius.cell)
        painter.restore()


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A falling line through some values, with the present one marked."""

    area: QRectF
    values: FloatArray
    at: int | None

    def paint(self, painter: QPainter) -> None:
        low, high = float(self.values.min()), float(self.values.max())
        span = (high - low) or 1.0
        points = [
            QPointF(
                self.area.left() + 4 + (self.area.width() - 8) * index / max(len(self.values) - 1, 1),
                self.area.bottom() - 4 - (self.area.height() - 8) * (float(value) - low) / span,
            )
            for index, value in enumerate(self.values)
        ]
        path = QPainterPath(points[0])
        for point in points[1:]:
            path.lineTo(point)
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colors.line, 1))
        painter.drawLine(self.area.bottomLeft(), self.area.bottomRight())
        painter.setPen(QPen(theme.colors.accent, 2))
        painter.drawPath(path)
        painter.setBrush(theme.colors.accent)
        for index, point in enumerate(points):
            side = 4.5 if index == self.at else 2.0
            painter.drawEllipse(point, side, side)
        painter.restore()


def words_scene(found: VisualWords, step: int, lit: int | None, size: QSizeF) -> Scene:
    """Lay out the words after a step of k-means."""
    scene = Scene(size)
    title, sentence = round_told(found, step)
    top = head(scene, f"{title}: step {step + 1} of {found.run.steps}", sentence)
    width = size.width() - 2 * MARGIN
    low = size.height() < LOW_STAGE
    bars = TITLE + (BARS_LOW if low else BARS)
    curve = 0.0 if low else space.m + TITLE + CURVE
    room = QRectF(MARGIN, top, width, max(size.height() - top - bars - curve - 2 * space.m, LEAST_TILE))
    bottom = _mosaic(scene, found, step, lit, room)
    _descriptor(scene, found, step, lit, QRectF(MARGIN, bottom + space.m, width, bars))
    if not low:
        area = QRectF(MARGIN, bottom + 2 * space.m + bars, width, TITLE + CURVE)
        _inertia(scene, found, step, area)
    return scene


def _mosaic(scene: Scene, found: VisualWords, step: int, lit: int | None, area: QRectF) -> float:
    """One tile a word: its number and colour, what it looks like, how many patches it has; returns the lowest edge."""
    centres, labels = found.run.at(step)
    counts = found.counts(step)
    limit = float(np.abs(centres).max()) or 1.0
    tile, across = _tiles(found.words, area)
    pitch_x, pitch_y = tile + space.m, tile + TITLE + DETAIL
    side = found.spec.patch
    for word, centre in enumerate(centres):
        values = centre.reshape(side, side)
        left = area.left() + word % across * pitch_x
        top = area.top() + word // across * pitch_y
        scene.below.append(Chip(QRectF(left, top + 4, 11, 11), word))
        scene.above.append(
            Words(
                QRectF(left + 16, top, tile - 14, TITLE - 1),
                _label(word, tile),
                bold=word == lit or lit is None,
            )
        )
        colours = (
            colormaps.activations(values, limit) if found.spec.contrast else colormaps.grey(values, 0.0, 1.0)
        )
        marks = (Mark(MarkRole.WINDOW, 0, 0, side, side),) if word == lit else ()
        plate = Plate(f"{WORD}{word}", values, colours, f"Word {word + 1}", marks=marks, numbers=False)
        plate.rect = QRectF(round(left), round(top + TITLE - 1), tile, tile)
        scene.plates.append(plate)
        told = f"{counts[word]:,} patches" if tile >= 84 else f"{counts[word]:,}"
        if labels is not None:
            scene.above.append(
                Words(QRectF(left, top + TITLE + tile, tile + space.s, DETAIL - 2), told, "muted")
            )
    return area.top() + -(-found.words // across) * pitch_y


def _label(word: int, tile: float) -> str:
    return f"word {word + 1}" if tile >= 70 else str(word + 1)


def _tiles(count: int, area: QRectF) -> tuple[float, int]:
    """Side of a tile and tiles across, the largest that fit."""
    best = (LEAST_TILE, max(int(area.width() // (LEAST_TILE + space.m)), 1))
    for across in range(1, count + 1):
        down = -(-count // across)
        wide = (area.width() - (across - 1) * space.m) / across
        tall = area.height() / down - TITLE - DETAIL
        tile = min(wide, tall, MOST_TILE)
        if tile > best[0]:
            best = (float(int(tile)), across)
    return best


def _descriptor(scene: Scene, found: VisualWords, step: int, lit: int | None, area: QRectF) -> None:
    """The bag of words itself: how often each occurs."""
    counts = found.counts(step)
    total = max(int(counts.sum()), 1)
    title = f"The descriptor: how often each of {found.words} words occurs"
    if lit is not None and step > 0:
        title = f"The descriptor: word {lit + 1} has {percent(counts[lit] / total)} of {total:,} patches"
    scene.above.append(Words(QRectF(area.left(), area.top(), area.width(), TITLE), title, bold=True))
    labels = tuple(str(word + 1) for word in range(found.words))
    bars = QRectF(
        area.left(), area.top() + TITLE, min(area.width(), 56.0 * found.words), area.height() - TITLE
    )
    scene.above.append(Columns(bars, counts / total, class_colours(np.arange(found.words)), labels, lit))


def _inertia(scene: Scene, found: VisualWords, step: int, area: QRectF) -> None:
    """How the sum of squared distances falls from one assignment to the next."""
    at = None if step == 0 else (step - 1) // 2
    inertia = found.run.inertia
    now = "" if at is None else f", now {short(float(inertia[at]))}"
    title = f"Squared distances: {short(float(inertia[0]))} to {short(float(inertia[-1]))}{now}"
    scene.above.append(Words(QRectF(area.left(), area.top(), area.width(), TITLE), title, bold=True))
    wide = min(area.width(), max(QFontMetricsF(theme.font("small")).horizontalAdvance(title), 320.0))
    scene.above.append(
        Curve(QRectF(area.left(), area.top() + TITLE, wide, area.height() - TITLE), inertia, at)
    )
