"""Pieces that all scenes of the page share: keys of plates, colours, the layout of pieces in rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF

from gui import colormaps
from gui.pages.learned.resolve import Resolved
from gui.pages.learned.words import short
from gui.theme import GREY, space, theme
from gui.widgets.plate import LARGEST_NUMBERED_SIDE, Plate, number_text
from gui.widgets.scene import ColorBar, Scene, Words, bar_width
from gui.widgets.stage_layout import crisp, margin_of
from gui.widgets.stage_text import (
    kept_sentences,
    key,
    limit_of,
    sentences_height,
    sentences_strip,
    text_width,
)

FloatArray = npt.NDArray[np.float64]

PHOTO, WANTED, NOW, ERROR = "photo", "wanted", "now", "error"
PATCH, TARGET, KERNEL, GRADIENT = "patch", "target", "kernel", "gradient"
PICTURES: Final = (PHOTO, WANTED, NOW, ERROR)
DIRECTION: Final = "direction/"
AWAY, SOLUTION, APART = "away", "solution", "apart"

NAME_LINE, LINE = 22.0, 17.0
LOW: Final = 215.0
"""With less height than this for every line of grids, they do without the words beneath their names."""
COVER: Final = "?"
DECIMALS: Final = 2
"""Of numbers below 100: always so many, so that nothing trembles while a kernel moves."""
LONGEST_BAR: Final = 220.0
TALL: Final = 10_000.0


@dataclass(slots=True)
class Piece:
    """A plate with its names (the longest that fits is shown), a line about it, and its colour bar."""

    plate: Plate
    names: Sequence[str]
    details: Sequence[str] = ()
    bar: ColorBar | None = None


def is_low(size: QSizeF, lines: int) -> bool:
    """Whether a stage with so many lines of grids has to save height."""
    return size.height() < LOW * lines


def head_height(low: bool) -> float:
    """The room above a plate: its name, a line about it (not on low stages), its colour bar."""
    return NAME_LINE + (0.0 if low else LINE) + LINE + space.xs


def put(scene: Scene, piece: Piece, area: QRectF, *, low: bool, largest: float) -> None:
    """Lay a piece into an area: names at the top, the plate as large as fits beneath them, up to `largest` a cell."""
    plate, top, width = piece.plate, area.top(), area.width()
    scene.below.append(_words(area.left(), top, width, NAME_LINE, piece.names, bold=True))
    top += NAME_LINE
    if not low:
        if piece.details:
            scene.below.append(_words(area.left(), top, width, LINE, piece.details, bold=False))
        top += LINE
    bar = piece.bar
    if bar is not None and bar_width(bar.low, bar.high) <= width + 1:
        room = QRectF(area.left(), top, min(width, LONGEST_BAR), LINE)
        label = bar.label if bar_width(bar.low, bar.high, bar.label) <= width + 1 else ""
        scene.below.append(replace(bar, area=room, label=label))
    top += LINE + space.xs
    rows, columns = plate.shape
    cell = crisp(min(width / columns, max(area.bottom() - top, 1.0) / rows, largest))
    plate.rect = QRectF(round(area.left()), round(top), columns * cell, rows * cell)
    scene.plates.append(plate)


def _words(
    left: float, top: float, width: float, height: float, texts: Sequence[str], *, bold: bool
) -> Words:
    """The first of the texts that fits."""
    size = "body" if bold else "small"
    fitting = (text for text in texts if text_width(text, size, bold=bold) <= width)
    text = next(fitting, texts[-1])
    role = "text" if bold else "muted"
    return Words(QRectF(left, top, width, height), text, role=role, size=size, bold=bold)


def columns_of(size: QSizeF, count: int) -> list[QRectF]:
    """So many columns side by side over the whole height."""
    margin, gap = margin_of(size.width()), float(space.l)
    width = (size.width() - 2 * margin - (count - 1) * gap) / count
    return [QRectF(margin + i * (width + gap), 0, width, size.height()) for i in range(count)]


class Strip:
    """What a view says, beneath its grids: a card with all sentences, on low stages the last one alone."""

    def __init__(self, sentences: Sequence[str], size: QSizeF, *, low: bool) -> None:
        self._width, self._height = size.width(), size.height()
        self._low = low
        self._said = list(sentences[-1:]) if self._low else kept_sentences(sentences, *self._size)
        self.height = self._line_height() if self._low else sentences_height(self._said, *self._size)

    @property
    def _size(self) -> tuple[float, float]:
        return self._width, self._height

    def _line_height(self) -> float:
        area = QRectF(0, 0, self._width - 2 * margin_of(self._width), TALL)
        metrics = QFontMetricsF(theme.font("small"))
        return metrics.boundingRect(area, int(Qt.TextFlag.TextWordWrap), self._said[0]).height() + 1

    def put(self, scene: Scene, bottom: float) -> None:
        """Lay it beneath what ends at `bottom`, always inside of the stage."""
        top = min(bottom + space.m, self._height - self.height - space.xs)
        if not self._low:
            sentences_strip(scene, top, self._said)
            return
        margin = margin_of(self._width)
        area = QRectF(margin, top, self._width - 2 * margin, self.height)
        scene.below.append(Words(area, self._said[0], wrap=True))


# --- plates ---------------------------------------------------------------------------------------------------


def span(values: FloatArray) -> str:
    """ "−0.41 to 0.59"; small numbers as they are."""
    low, high = float(values.min()), float(values.max())
    if max(abs(low), abs(high)) < 0.1:
        return f"{short(low, 2)} to {short(high, 2)}"
    return f"{number_text(low, DECIMALS)} to {number_text(high, DECIMALS)}"


def decimals_of(values: FloatArray) -> int:
    """Decimals of numbers in cells: two, fewer where numbers are large."""
    largest = limit_of(values)
    return DECIMALS if largest < 100 else (1 if largest < 1000 else 0)


def picture_plate(name: str, values: FloatArray, colors: npt.NDArray[np.uint8], title: str) -> Plate:
    """A plate for a photo or a response: numbers where it is small enough for them."""
    plate = Plate(name, values, colors, title=title, smooth=True, decimals=decimals_of(values))
    plate.gaps = max(values.shape) <= LARGEST_NUMBERED_SIDE
    return plate


def weight_plate(
    name: str, values: FloatArray, limit: float, title: str, *, covered: bool = False, editable: bool = False
) -> Plate:
    """A plate for a kernel; a covered one has no numbers and no colours that could be read off."""
    shown = np.zeros_like(values) if covered else values
    plate = Plate(
        name, shown, colormaps.weights(shown, limit), title=title, editable=editable,
        decimals=decimals_of(shown), digits=len("−0.00"),
    )  # fmt: skip
    if covered:
        plate.hidden, plate.hidden_text = np.ones(values.shape, np.bool_), COVER
    return plate


def kernel_limit(resolved: Resolved) -> float:
    """What the colours of kernels span: the target's numbers, or, while it is covered, those of the kernel now."""
    return limit_of(resolved.kernel if resolved.state.covered else resolved.exercise.kernel)


def weight_key(limit: float, shown: FloatArray) -> ColorBar:
    """The colour bar of kernels; says where numbers lie beyond it."""
    return key(colormaps.weight_anchors(), -limit, limit, beyond=limit_of(shown) > limit * 1.005)


def response_limit(resolved: Resolved) -> float:
    """What the colours of all responses span: the target's response, so that the difference fades as it shrinks."""
    return limit_of(resolved.exercise.answer)


def photo_key(x: FloatArray) -> ColorBar:
    return key(GREY, float(x.min()), float(x.max()))
