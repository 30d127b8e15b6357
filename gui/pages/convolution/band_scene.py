"""The scene of the band: the window under the cursor times the kernel, and the value that their products sum up to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor

from engine.foundations.convolution import Step, applied_kernel, number
from engine.foundations.requests import WholeImage
from gui import colormaps
from gui.pages.convolution import scene_parts as parts
from gui.pages.convolution.image_layout import (
    BLOCK_GAP,
    HEAD,
    LEAST_BLOCK,
    LINE,
    SUM_WIDTH,
    SYMBOL,
    TITLE,
    BandShape,
)
from gui.theme import space, theme
from gui.widgets.plate import Plate, digit_font, number_text, number_texts
from gui.widgets.scene import Scene, Words

POINT = "Point at a pixel of either picture to see its window here; double-click a kernel cell to change it."
SPREADS = "A transposed convolution spreads every pixel over the response: no single window makes a value."
LEAST_DIGITS = 3
NAMES = ("Red", "Green", "Blue")


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What the band is about: the question that was answered, a filter of it, and the cell under the cursor."""

    request: WholeImage
    filter: int
    step: Step | None = None
    padding: npt.NDArray[np.bool_] | None = None
    """bool[kh, kw]: taps outside the picture."""


def band_shape(request: WholeImage | None) -> BandShape:
    """What the band needs room for."""
    if request is None:
        return BandShape(1, 3, 3)
    _filters, depth, rows, columns = request.weight.shape
    return BandShape(depth, rows, columns)


def channels_of(request: WholeImage, filter: int) -> range:
    """The picture's channels that a filter reads: those of its group."""
    filters, depth = request.weight.shape[:2]
    first = filter // (filters // request.spec.groups) * depth
    return range(first, first + depth)


def band_scene(shown: Shown, size: QSizeF) -> Scene:
    """Lay out window x kernel = products of every channel, their sums, and the value."""
    return _Band(shown, size).scene()


def value_line(step: Step) -> str:
    """The sums of the channels and the bias with their numbers: "12 + (−3) + 0 = 9"."""
    terms = [*(float(value) for value in step.channel_sums), step.bias]
    line = f"{' + '.join(_term(value) for value in terms)} = {_plain(step.pre)}"
    if step.activation == "relu":
        line += f",  ReLU: max(0, {_plain(step.pre)}) = {_plain(step.value)}"
    return line


def describe(shown: Shown) -> str:
    """The band in one sentence, for screen readers."""
    filters = len(shown.request.weight)
    if shown.step is None:
        return f"Kernel of filter {shown.filter + 1} of {filters}. {_invitation(shown.request)}"
    step = shown.step
    return (
        f"Filter {shown.filter + 1} of {filters}, response row {step.row}, column {step.col}: "
        f"sums and bias {value_line(step)}."
    )


class _Band:
    def __init__(self, shown: Shown, size: QSizeF) -> None:
        self.shown, self.step, self.request = shown, shown.step, shown.request
        weight = np.asarray(shown.request.weight, np.float64)
        self.kernel = applied_kernel(weight[shown.filter], shown.request.spec)
        self.limit = parts.limit_of(weight)
        self.size = size
        self.shape = band_shape(shown.request)
        self.cell, self.stacked = self.shape.fit(size.width(), size.height())
        self.result = Scene(size, description=describe(shown))

    def scene(self) -> Scene:
        self._head()
        step, blank = self.step, np.zeros_like(self.kernel)
        patch = blank if step is None else step.patch
        products = blank if step is None else step.products
        for index, channel in enumerate(channels_of(self.request, self.shown.filter)):
            self._channel(index, channel, patch[index], products[index])
        self._even_digits()
        self._foot()
        return self.result

    def _head(self) -> None:
        filters, depth, rows, columns = self.request.weight.shape
        title = f"Filter {self.shown.filter + 1} of {filters}"
        width = 124.0
        turned = self.request.spec.flip != self.request.spec.transposed
        bias = 0.0 if self.request.bias is None else float(self.request.bias[self.shown.filter])
        detail = (
            f"{parts.by((rows, columns, depth))}, bias {_plain(bias)}, kernel "
            f"{'rotated by 180°' if turned else 'as stored'}"
        )
        if self.step is not None:
            detail = f"at row {self.step.row}, col {self.step.col} of the response · {detail}"
        self.result.below += [
            Words(QRectF(0, 0, width, HEAD - 4), title, size="section", bold=True),
            Words(QRectF(width, 0, self.size.width() - width, HEAD - 4), detail, role="muted"),
        ]

    def _channel(
        self, index: int, channel: int, patch: npt.NDArray[np.float64], products: npt.NDArray[np.float64]
    ) -> None:
        hidden = None if self.step is not None else np.ones(self.kernel.shape[1:], np.bool_)
        product_limit = 1.0 if self.step is None else parts.limit_of(self.step.products)
        name, color = self._name(channel)
        plates = (
            Plate(
                f"{parts.PATCH}{channel}", patch, colormaps.grey(patch, 0, 255), title=name, title_color=color,
                hidden=hidden, faint=self.shown.padding,
            ),
            Plate(
                f"{parts.KERNEL}{channel}", self.kernel[index], colormaps.weights(self.kernel[index], self.limit),
                title="Kernel", editable=True,
            ),
            Plate(
                f"{parts.PRODUCT}{channel}", products, colormaps.activations(products, product_limit),
                title="Products", hidden=hidden,
            ),
        )  # fmt: skip
        span, (left, top) = self._span(), self._corner(index)
        for number_, plate in enumerate(plates):
            x = left + number_ * (span + SYMBOL)
            plate.rect = parts.place(*plate.shape, self.cell, x, top + TITLE)
            self.result.plates.append(plate)
            self.result.below.append(parts.titled(plate, width=span + SYMBOL - 4))
            if number_:
                middle = QRectF(x - SYMBOL, plate.rect.center().y() - 14, SYMBOL, 28)
                centre = Qt.AlignmentFlag.AlignHCenter
                self.result.below.append(
                    Words(middle, "×" if number_ == 1 else "=", role="muted", size="section", align=centre)
                )
        self._sum(index, plates[2])

    def _span(self) -> float:
        """The width that a grid has at least, so that its name is legible."""
        return max(self.shape.columns * self.cell, (LEAST_BLOCK - 2 * SYMBOL) / 3)

    def _corner(self, index: int) -> tuple[float, float]:
        """Where a channel's block begins."""
        if self.stacked:
            return 0.0, HEAD + index * (TITLE + self.shape.rows * self.cell + space.s)
        return index * (3 * self._span() + 2 * SYMBOL + BLOCK_GAP), HEAD

    def _sum(self, index: int, products: Plate) -> None:
        known = "…" if self.step is None else _plain(float(self.step.channel_sums[index]))
        area = products.rect
        if self.stacked:
            place = QRectF(area.right() + space.s, area.center().y() - LINE / 2, SUM_WIDTH, LINE)
        else:
            place = QRectF(area.left(), area.bottom() + 2, SUM_WIDTH, LINE)
        self.result.below.append(
            Words(place, f"sum {known}", size="body", mono=True, bold=self.step is not None, elide=False)
        )

    def _even_digits(self) -> None:
        """One size of numbers in all grids where it is legible; else one in all grids of a kind."""
        longest = {
            plate.key: max(number_texts(plate.values)[1], LEAST_DIGITS) for plate in self.result.plates
        }
        widest = max(longest.values())
        legible = digit_font(self.cell, widest, 1.0) is not None
        for plate in self.result.plates:
            kind = plate.key.partition("/")[0]
            alike = max(count for key, count in longest.items() if key.startswith(f"{kind}/"))
            plate.digits = widest if legible else alike

    def _foot(self) -> None:
        top = self.size.height() - 2 * LINE
        text = _invitation(self.request) if self.step is None else value_line(self.step)
        if self.step is None:
            self.result.below.append(Words(QRectF(0, top, self.size.width(), LINE), text, role="muted"))
            return
        self.result.below += [
            Words(QRectF(0, top, 96, LINE), "Sum + bias", role="muted"),
            Words(QRectF(96, top, self.size.width() - 96, LINE), text, size="body", mono=True, bold=True),
        ]

    def _name(self, channel: int) -> tuple[str, QColor]:
        if self.request.channels == 1:
            return "Grey", theme.colors.muted
        return NAMES[channel], theme.channel_color(channel)


def _invitation(request: WholeImage) -> str:
    return SPREADS if request.spec.transposed else POINT


def _plain(value: float) -> str:
    return number(value).replace("-", "−")


def _term(value: float) -> str:
    return f"({_plain(value)})" if value < 0 else _plain(value)


def cell_rows(plate: Plate, channels: int, row: int, col: int) -> list[tuple[str, str, str]]:
    """What the inspector says about a cell of the band; nothing about a cell that is empty."""
    if plate.hidden is not None and plate.hidden[row, col]:
        return []
    kind, _, channel = plate.key.partition("/")
    what = {"patch": "pixel", "kernel": "weight", "product": "product"}[kind]
    outside = kind == "patch" and plate.faint is not None and bool(plate.faint[row, col])
    return [
        ("channel", "grey" if channels == 1 else NAMES[int(channel)].lower(), ""),
        ("cell", f"row {row}, col {col}", "Of the window, counted from 0."),
        (what, number_text(float(plate.values[row, col]), 3), "Padding." if outside else "The true value."),
    ]
