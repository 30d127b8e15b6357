"""Pieces that the scenes of this page share: keys of plates, colours, planes of a volume, words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from engine.foundations.signals.requests import Volume
from engine.foundations.signals.trace import Trace
from engine.foundations.spec import FloatArray
from gui import colormaps
from gui.pages.signals.resolve import Resolved
from gui.pages.signals.state import Place
from gui.theme import GREY, theme, with_alpha
from gui.widgets.plot.scale import Axis
from gui.widgets.scene import ColorBar, Item, Words, bar_width
from gui.widgets.stage_text import diverging_key, key, limit_of, plain, text_width

INPUT, OUTPUT, PATCH, KERNEL, PRODUCT, SPREAD, BACK = (
    "input/", "output/", "patch/", "kernel/", "product/", "spread/", "back/",
)  # fmt: skip
CURVE: Final = "curve/"
"""The curve above or beneath a row of numbers: the key of the row comes behind it."""
PLANES: Final = ("axial", "coronal", "sagittal")
NORMALS: Final = ("z", "y", "x")
HU_WINDOW: Final = (-100.0, 150.0)
"""What the grey levels of the phantom span: soft tissue; air is black and bone is white."""
HEAD_LINE: Final = 22.0
DETAIL_LINE: Final = 18.0
ROW_HEAD: Final = HEAD_LINE + DETAIL_LINE + 2
KEY_WIDTH: Final = 230.0
_NUMBER: Final = re.compile(r"−?\d[\d.,]*(e−?\d+)?(?<![.,])")


@dataclass(frozen=True, slots=True)
class Funnel:
    """A tinted shape from a stretch above to a stretch beneath: what goes where."""

    top_left: QPointF
    top_right: QPointF
    bottom_right: QPointF
    bottom_left: QPointF

    def paint(self, painter: QPainter) -> None:
        path = QPainterPath(self.top_left)
        middle = (self.top_left.y() + self.bottom_left.y()) / 2
        path.lineTo(self.top_right)
        down = (QPointF(self.top_right.x(), middle), QPointF(self.bottom_right.x(), middle))
        path.cubicTo(*down, self.bottom_right)
        path.lineTo(self.bottom_left)
        path.cubicTo(QPointF(self.bottom_left.x(), middle), QPointF(self.top_left.x(), middle), self.top_left)
        painter.fillPath(path, with_alpha(theme.colors.accent, 0.14))


def funnel(above: QRectF, beneath: QRectF) -> Funnel:
    """From the lower edge of one area to the upper edge of another."""
    return Funnel(above.bottomLeft(), above.bottomRight(), beneath.topRight(), beneath.topLeft())


def in_unit(unit: str) -> str:
    """ ", in mV"; nothing where there is no unit."""
    return f", in {unit}" if unit else ""


def row_head(left: float, top: float, width: float, title: str, detail: str, bar: ColorBar) -> list[Item]:
    """The head of a row that takes the whole width: its name and a line about it, the colour bar at the right."""
    wide = bar_width(bar.low, bar.high, bar.label)
    long = max(min(KEY_WIDTH, width * 0.4), wide)
    free = width - long - 12
    area = QRectF(left + width - long, top, long, HEAD_LINE)
    return [
        Words(QRectF(left, top, free, HEAD_LINE), title, size="section", bold=True),
        Words(QRectF(left, top + HEAD_LINE, width, DETAIL_LINE), detail, role="muted"),
        ColorBar(area, bar.anchors, bar.low, bar.high, bar.label),
    ]


def steady(sentences: Sequence[str]) -> list[str]:
    """The sentences with long numbers in place of theirs: as much room whatever the numbers are."""
    return [_NUMBER.sub("−1234.5", sentence) for sentence in sentences]


def centred_words(area: QRectF, text: str, *, size: str = "section", role: str = "muted") -> Words:
    """A sign between two plates."""
    return Words(area, text, role=role, size=size, align=Qt.AlignmentFlag.AlignHCenter, elide=False)


# --- numbers -------------------------------------------------------------------------------------------------


def with_unit(value: float, unit: str) -> str:
    """ "0.42 mV"."""
    return f"{plain(value)} {unit}".rstrip()


def decimals_of(values: FloatArray) -> int:
    """Decimals that three digits of the largest value leave: the numbers were rounded to them."""
    largest = float(np.abs(values).max(initial=0.0))
    if largest == 0 or np.array_equal(values, np.rint(values)):
        return 0
    return min(max(2 - int(np.floor(np.log10(largest))), 0), 6)


def time_axis(resolved: Resolved) -> tuple[Axis, float]:
    """The axis of a signal and how far a sample is from the next: seconds, or numbers of samples."""
    rate = resolved.signal.rate
    return (Axis("time", "s"), 1 / rate) if rate else (Axis("sample", integer=True), 1.0)


def value_axis(resolved: Resolved) -> Axis:
    return Axis("value", resolved.unit)


# --- volumes -------------------------------------------------------------------------------------------------


def grey_window(volume: Volume) -> tuple[float, float]:
    """What the grey levels span: soft tissue for the phantom, nearly all values for a person's own volume."""
    if volume.unit == "HU":
        return HU_WINDOW
    sample = volume.voxels.ravel()[:: max(1, volume.voxels.size // 65536) | 1]
    low, high = (float(v) for v in np.percentile(sample, (0.5, 99.5)))
    return (low, high) if high > low else (low - 1.0, high + 1.0)


def grey_key(window: tuple[float, float], unit: str) -> ColorBar:
    return key(GREY, *window, unit, beyond=True)


def plane(volume: npt.NDArray[Any], index: int, place: Place) -> npt.NDArray[Any]:
    """One of the three planes of [D, H, W] through a voxel (z, y, x), [rows, columns]."""
    z, y, x = place
    return (volume[z], volume[:, y], volume[:, :, x])[index]


def spot(index: int, place: Place) -> tuple[int, int]:
    """Row and column of a voxel in a plane through it."""
    z, y, x = place
    return ((y, x), (z, x), (z, y))[index]


def voxel(index: int, place: Place, row: int, column: int) -> Place:
    """The voxel (z, y, x) at a row and column of a plane through `place`."""
    z, y, x = place
    return ((z, row, column), (row, y, column), (row, column, x))[index]


def plane_title(index: int, place: Place) -> str:
    """ "Axial, z = 6"."""
    return f"{PLANES[index].capitalize()}, {NORMALS[index]} = {place[index]}"


def centre_of(resolved: Resolved) -> Place:
    """The padded voxel in the middle of the window."""
    z, y, x = resolved.trace.centre(resolved.step)
    return z, y, x


def cell_of(resolved: Resolved) -> Place:
    """The output voxel on show."""
    z, y, x = resolved.step.place
    return z, y, x


# --- colours -------------------------------------------------------------------------------------------------


def activation_colors(values: FloatArray, limit: float) -> npt.NDArray[np.uint8]:
    return colormaps.activations(values, limit)


def input_limit(done: Trace) -> float:
    return limit_of(done.x)


def kernel_limit(done: Trace) -> float:
    return limit_of(done.weight)


def activation_key(limit: float, *, beyond: bool = False) -> ColorBar:
    return diverging_key(limit, beyond=beyond)


def weight_key(done: Trace) -> ColorBar:
    limit = kernel_limit(done)
    return key(colormaps.weight_anchors(), -limit, limit)


def fits(text: str, width: float) -> bool:
    return text_width(text) <= width
