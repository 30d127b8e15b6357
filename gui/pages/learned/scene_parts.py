"""Pieces that all scenes of the page share: keys of plates, colours, the layout of pieces in rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSizeF

from gui import colormaps
from gui.pages.learned.resolve import Resolved
from gui.theme import GREY, space
from gui.widgets.plate import LARGEST_NUMBERED_SIDE, Plate, number_text
from gui.widgets.scene import ColorBar, Scene, Words, bar_width
from gui.widgets.stage_layout import crisp, margin_of
from gui.widgets.stage_text import key, limit_of, text_width

FloatArray = npt.NDArray[np.float64]

PHOTO, WANTED, NOW, ERROR = "photo", "wanted", "now", "error"
PATCH, TARGET, KERNEL, GRADIENT = "patch", "target", "kernel", "gradient"
PICTURES: Final = (PHOTO, WANTED, NOW, ERROR)
DIRECTION: Final = "direction/"
AWAY, SOLUTION, APART = "away", "solution", "apart"

NAME_LINE, LINE = 22.0, 17.0
LOW: Final = 430.0
"""Stages lower than this do without the line beneath the names."""
COVER: Final = "?"
DECIMALS: Final = 2
LONGEST_BAR: Final = 220.0


@dataclass(slots=True)
class Piece:
    """A plate with its names (the longest that fits is shown), a line about it, and its colour bar."""

    plate: Plate
    names: Sequence[str]
    details: Sequence[str] = ()
    bar: ColorBar | None = None


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


# --- plates ---------------------------------------------------------------------------------------------------


def span(values: FloatArray, decimals: int = DECIMALS) -> str:
    """ "−0.41 to 0.59"."""
    return f"{number_text(float(values.min()), decimals)} to {number_text(float(values.max()), decimals)}"


def picture_plate(name: str, values: FloatArray, colors: npt.NDArray[np.uint8], title: str) -> Plate:
    """A plate for a photo or a response: numbers where it is small enough for them."""
    plate = Plate(name, values, colors, title=title, smooth=True, decimals=DECIMALS)
    plate.gaps = max(values.shape) <= LARGEST_NUMBERED_SIDE
    return plate


def weight_plate(
    name: str, values: FloatArray, limit: float, title: str, *, covered: bool = False, editable: bool = False
) -> Plate:
    """A plate for a kernel; a covered one has no numbers and no colours that could be read off."""
    shown = np.zeros_like(values) if covered else values
    plate = Plate(
        name, shown, colormaps.weights(shown, limit), title=title, editable=editable, decimals=DECIMALS,
        digits=len("−0.00"),
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
