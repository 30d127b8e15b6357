"""Three ways to the same output: their volumes, and bars of what each costs, all bars of a chart to one scale."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor

from gui.pages.channels.bottleneck.bar_plate import BarPlate
from gui.pages.channels.bottleneck.pipeline import LINE, pipelines
from gui.pages.channels.bottleneck.resolve import Chart, ShownBlock, charts, ratio
from gui.pages.channels.bottleneck.words import longest, sentences
from gui.pages.channels.strip import Strip
from gui.theme import mix, space, theme
from gui.widgets.plate import Mark, MarkRole
from gui.widgets.scene import Scene, Words
from gui.widgets.stage_layout import margin_of
from gui.widgets.stage_text import text_width

MOST_BAR, LEAST_BAR = 26.0, 10.0
TITLE: Final = 24.0
NAME_GAP: Final = 10.0
ROWS_OF_CHARTS: Final = 2
LONGEST_RATIO: Final = "88.8× more"
SECOND: Final = 0.5
"""How pale the second layer of a way is."""


def colors() -> tuple[QColor, QColor, QColor]:
    """The colours of the variants; their names always stand beside them."""
    return theme.colors.muted, theme.colors.accent, theme.colors.good


def bottleneck_scene(shown: ShownBlock, size: QSizeF) -> Scene:
    """Lay out volumes and charts for a stage of `size`."""
    words = sentences(shown)
    scene = Scene(size, description=" ".join(words))
    strip = Strip(size, words, low=2, longest=longest(shown))
    strip.draw(scene)
    left = margin_of(size.width())
    width = size.width() - 2 * left
    bottom = strip.top - space.l
    chart = _chart_height(bottom)
    room = bottom - ROWS_OF_CHARTS * chart - space.m
    pictures = QRectF(left, space.m, width, max(room - space.m, len(shown.variants) * LINE))
    scene.below += pipelines(pictures, shown.variants, colors())
    gap = float(space.xl)
    wide = (width - gap) / 2
    for index, one in enumerate(charts(shown)):
        row, column = divmod(index, 2)
        area = QRectF(left + column * (wide + gap), bottom - (ROWS_OF_CHARTS - row) * chart, wide, chart)
        _chart(scene, shown, one, area)
    return scene


def _chart_height(height: float) -> float:
    """A chart takes a fifth of the stage, its bars being neither hairs nor beams."""
    bar = min(max(height * 0.2 / 4.4, LEAST_BAR), MOST_BAR)
    return TITLE + 3 * (bar + space.s) + space.s


def _chart(scene: Scene, shown: ShownBlock, chart: Chart, area: QRectF) -> None:
    titles = [one.title for one in shown.variants]
    names = max(text_width(title) for title in titles) + NAME_GAP
    number = max(text_width(text, mono=True) for text in ("888.8 M", *chart.texts)) + space.s
    compared = [ratio(total, chart.totals[0]) for total in chart.totals]
    ratios = max(text_width(text) for text in (LONGEST_RATIO, *compared)) + space.s
    most, room = max(*chart.totals, 1e-12), area.width() - names - number - ratios
    scene.below.append(Words(QRectF(area.left(), area.top(), area.width(), TITLE), chart.title, bold=True))
    pitch = (area.height() - TITLE - space.s) / 3
    for row, (variant, color, parts) in enumerate(zip(shown.variants, colors(), chart.parts, strict=True)):
        top = area.top() + TITLE + row * pitch
        line = QRectF(area.left(), top, names, pitch)
        scene.below.append(Words(line, variant.title, color=color))
        wide = max(room * chart.totals[row] / most, 1.0)
        plate = BarPlate(
            f"{chart.quantity}/{variant.key}", np.array([parts]), np.zeros((1, len(parts), 3), np.uint8),
            title=f"{chart.title}: {variant.title}", fills=_fills(color, len(parts)), stale=chart.stale,
        )  # fmt: skip
        plate.rect = QRectF(round(area.left() + names), round(top + space.xs), wide, pitch - space.s)
        if shown.pointed is not None and shown.pointed[:2] == (chart.quantity, row):
            plate.marks = (Mark.cell(MarkRole.HOVER, 0, min(shown.pointed[2], len(parts) - 1)),)
        scene.plates.append(plate)
        start = area.left() + names + room + space.s
        role = "muted" if chart.stale else "text"
        scene.below.append(
            Words(QRectF(start, top, number, pitch), chart.texts[row], role, mono=True, elide=False)
        )
        if row:
            beside = QRectF(start + number, top, ratios, pitch)
            scene.below.append(Words(beside, compared[row], role="muted", elide=False))


def _fills(color: QColor, count: int) -> tuple[QColor, ...]:
    return (color,) if count == 1 else (color, mix(color, theme.colors.window, SECOND))
