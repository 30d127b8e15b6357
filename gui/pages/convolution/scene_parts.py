"""Pieces that all scenes of the convolution page share: plates of inputs, kernels and outputs, and the head of a column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor

from gui import colormaps
from gui.pages.convolution.layout import TITLE
from gui.pages.convolution.resolve import Resolved
from gui.theme import GREY, RGB, VIRIDIS, theme
from gui.widgets.plate import Plate, number_text
from gui.widgets.scene import ColorBar, Item, Words

FloatArray = npt.NDArray[np.float64]
ColorArray = npt.NDArray[np.uint8]

INPUT, PATCH, KERNEL, PRODUCT, OUTPUT = "input/", "patch/", "kernel/", "product/", "output/"


def limit_of(values: FloatArray) -> float:
    """The saturation of a diverging map: the largest magnitude, never zero."""
    return float(np.abs(values).max(initial=0.0)) or 1.0


def signed(values: FloatArray) -> bool:
    return bool(values.size) and float(values.min()) < 0


def input_colors(values: FloatArray, resolved: Resolved) -> ColorArray:
    """Pixels look like the picture (grey levels); other inputs are activations: diverging when signed, grey when not."""
    whole = resolved.trace.x
    if signed(whole):
        return colormaps.activations(values, limit_of(whole))
    low, high = input_range(resolved)
    return colormaps.grey(values, low, high)


def input_range(resolved: Resolved) -> tuple[float, float]:
    """What the colours of the input span."""
    whole = resolved.trace.x
    if signed(whole):
        return -limit_of(whole), limit_of(whole)
    if resolved.pixels:
        return 0.0, 255.0
    return 0.0, max(float(whole.max(initial=0.0)), 1.0)


def input_anchors(resolved: Resolved) -> tuple[RGB, ...]:
    return colormaps.activation_anchors() if signed(resolved.trace.x) else GREY


def output_limit(resolved: Resolved) -> float:
    return limit_of(resolved.trace.output)


def output_colors(values: FloatArray, resolved: Resolved) -> ColorArray:
    return colormaps.activations(values, output_limit(resolved))


def kernel_limit(resolved: Resolved) -> float:
    return limit_of(resolved.trace.weight)


def head(left: float, top: float, width: float, title: str, detail: str) -> list[Item]:
    """The name of a column and one line of what it is."""
    return [
        Words(QRectF(left, top, width, 22), title, size="section", bold=True),
        Words(QRectF(left, top + 22, width, 18), detail, role="muted"),
    ]


def key(left: float, top: float, width: float, anchors: tuple[RGB, ...], low: float, high: float) -> ColorBar:
    """A colour bar with its ends in numbers."""
    return ColorBar(
        QRectF(left, top + 42, min(max(width, 120.0), 240.0), 18),
        anchors,
        number_text(low, _decimals(low, high)),
        number_text(high, _decimals(low, high)),
    )


def magnitude_key(left: float, top: float, width: float, low: float, high: float) -> ColorBar:
    return key(left, top, width, VIRIDIS, low, high)


def _decimals(low: float, high: float) -> int:
    return 0 if low == round(low) and high == round(high) else 2


def titled(
    plate: Plate, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft, width: float | None = None
) -> Words:
    """The name above a plate."""
    area = QRectF(
        plate.rect.left(), plate.rect.top() - TITLE - 2, width or max(plate.rect.width(), 72.0), TITLE - 2
    )
    return Words(area, plate.title, role="muted", color=plate.title_color, align=align)


def channel_title(resolved: Resolved, channel: int) -> str:
    name = resolved.channel_names[channel]
    return name.capitalize() if resolved.pixels else f"Channel {name}"


def channel_color(resolved: Resolved, channel: int) -> QColor:
    """The colour of a channel's name: its hue for red, green, blue; muted for grey and for plain numbers."""
    if not resolved.pixels or resolved.channel_names[channel] == "grey":
        return theme.colors.muted
    return theme.channel_color(channel)


def place(rows: int, columns: int, cell: float, left: float, top: float) -> QRectF:
    """A plate's cells from its top left corner."""
    return QRectF(left, top, columns * cell, rows * cell)


def plural(count: int, noun: str) -> str:
    """ "1 row", "2 rows"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def by(shape: Sequence[int]) -> str:
    """ "6 × 6 × 1" for a shape."""
    return " × ".join(str(n) for n in shape)
