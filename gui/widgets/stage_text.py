"""Words on a stage that all scenes share: numbers, heads of columns with their keys, names, the strip of sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from engine.foundations.numerals import number
from gui import colormaps
from gui.theme import RGB, space, theme, type_scale
from gui.widgets.plate import Plate, number_text
from gui.widgets.scene import Card, ColorBar, Item, Scene, Words, bar_width
from gui.widgets.stage_layout import HEAD, NARROW_STAGE, TITLE, margin_of

FloatArray = npt.NDArray[np.float64]

LOW_STAGE = 520.0
"""Stages lower than this keep small words, so that the grids get the room."""
BIGGER_WORDS = ((1500.0, "title"), (900.0, "section"))
MOST_WORDS = 0.32
"""The share of a stage's height that sentences may take."""
LONGEST_BAR = 240.0
_HEAD_LINE, _DETAIL_LINE = 24.0, 18.0

Heads = Sequence[tuple[str, str]]
"""The name of a column and a line about it, in the order in which they are tried until one fits."""


# --- numbers and words ------------------------------------------------------------------------------------


def plain(value: float) -> str:
    """A number in a sentence or a formula: four significant digits, a true minus sign, short exponents."""
    text = number(value).replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")
    return text.replace("-", "−")


def wrapped(value: float) -> str:
    """The same as one term among others: negative ones in parentheses."""
    return f"({plain(value)})" if value < 0 else plain(value)


def plural(count: int, noun: str) -> str:
    """ "1 row", "2 rows"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def by(shape: Sequence[int]) -> str:
    """ "6 × 6 × 1" for a shape."""
    return " × ".join(str(n) for n in shape)


def limit_of(values: FloatArray) -> float:
    """The saturation of a diverging map: the largest magnitude, never zero."""
    return float(np.abs(values).max(initial=0.0)) or 1.0


def signed(values: FloatArray) -> bool:
    return bool(values.size) and float(values.min()) < 0


# --- words on the stage -----------------------------------------------------------------------------------


def text_width(text: str, size: str = "small", *, mono: bool = False, bold: bool = False) -> float:
    """How wide a line of text is."""
    return QFontMetricsF(theme.font(size, mono=mono, bold=bold)).horizontalAdvance(text)


def _title_width(title: str) -> float:
    return text_width(title, "section", bold=True) + 2


def head_width(heads: Heads, bar: ColorBar | None = None) -> float:
    """The room that a column's head needs at least: its shortest form, and the words of its colour bar."""
    title, detail = heads[-1]
    key = 0.0 if bar is None else bar_width(bar.low, bar.high, bar.label)
    return max(_title_width(title), text_width(detail) + 2, key)


def head(left: float, top: float, width: float, heads: Heads, bar: ColorBar | None = None) -> list[Item]:
    """The head of a column: the first of the names that fits, a line about it, the colour bar."""
    fitting = [one for one in heads if max(_title_width(one[0]), text_width(one[1])) <= width]
    title, detail = (fitting or heads[-1:])[0]
    items: list[Item] = [
        Words(QRectF(left, top, width, _HEAD_LINE), title, size="section", bold=True),
        Words(QRectF(left, top + _HEAD_LINE, width, _DETAIL_LINE), detail, role="muted"),
    ]
    if bar is not None and bar_width(bar.low, bar.high) <= width + 1:  # half a number would be a wrong one
        label = bar.label if bar_width(bar.low, bar.high, bar.label) <= width + 1 else ""
        area = QRectF(left, top + _HEAD_LINE + _DETAIL_LINE, min(width, LONGEST_BAR), _DETAIL_LINE)
        items.append(replace(bar, area=area, label=label))
    return items


assert HEAD >= _HEAD_LINE + 2 * _DETAIL_LINE


def key(
    anchors: tuple[RGB, ...], low: float, high: float, label: str = "", *, beyond: bool = False
) -> ColorBar:
    """A colour bar with its ends in numbers; `beyond`: there are values outside them, drawn in the end colours."""
    decimals = 0 if low == round(low) and high == round(high) else 2
    first, last = number_text(low, decimals), number_text(high, decimals)
    if beyond:
        first, last = f"≤ {first}", f"≥ {last}"
    return ColorBar(QRectF(), anchors, first, last, label)


def diverging_key(limit: float, *, beyond: bool = False) -> ColorBar:
    """The colour bar of an output."""
    return key(colormaps.activation_anchors(), -limit, limit, beyond=beyond)


def titled(plate: Plate, width: float, text: str | None = None) -> Words:
    """The name above a plate."""
    area = QRectF(plate.rect.left(), plate.rect.top() - TITLE - 1, width, TITLE - 2)
    return Words(area, plate.title if text is None else text, role="muted", color=plate.title_color)


def place(rows: int, columns: int, cell: float, left: float, top: float) -> QRectF:
    """A plate's cells from its top left corner, which lies on a whole pixel."""
    return QRectF(round(left), round(top), columns * cell, rows * cell)


# --- the strip beneath the grids ----------------------------------------------------------------------------


def words_size(width: float, height: float) -> str:
    """The type of the strip: it grows with the stage, for the last row of a lecture hall."""
    if height < LOW_STAGE:
        return "body"
    return next((size for least, size in BIGGER_WORDS if width >= least), "body")


def line_height(size: str) -> float:
    return float(round(getattr(type_scale, size) * 1.5))


def strip_width(width: float) -> float:
    """The room for words in the strip of a stage."""
    return width - 2 * margin_of(width) - 2 * space.m


def sentences_size(width: float, height: float) -> str:
    """The type of sentences: smaller still where every line counts."""
    return "small" if width < NARROW_STAGE else words_size(width, height)


def kept_sentences(sentences: Sequence[str], width: float, height: float) -> list[str]:
    """The first sentences that leave the grids their room; one at least."""
    kept = list(sentences)
    while len(kept) > 1 and sentences_height(kept, width, height) > height * MOST_WORDS:
        kept.pop()
    return kept


def sentences_height(sentences: Sequence[str], width: float, height: float) -> float:
    """The height of the strip with sentences that wrap where they have to."""
    tall = sum(_sentence_height(text, width, height) for text in sentences)
    return tall + 2 * space.s + (len(sentences) - 1) * space.xs


def _sentence_height(text: str, width: float, height: float) -> float:
    metrics = QFontMetricsF(theme.font(sentences_size(width, height)))
    area = QRectF(0, 0, strip_width(width), 10_000)
    return float(round(metrics.boundingRect(area, int(Qt.TextFlag.TextWordWrap), text).height())) + 1


def sentences_strip(scene: Scene, top: float, sentences: Sequence[str]) -> None:
    """A card beneath the grids that says in words what they show."""
    width, height = scene.size.width(), scene.size.height()
    left, size = margin_of(width), sentences_size(width, height)
    scene.below.append(Card(QRectF(left, top, width - 2 * left, sentences_height(sentences, width, height))))
    y = top + space.s
    for text in sentences:
        tall = _sentence_height(text, width, height)
        scene.below.append(
            Words(QRectF(left + space.m, y, strip_width(width), tall), text, size=size, wrap=True)
        )
        y += tall + space.xs
