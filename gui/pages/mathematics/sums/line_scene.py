"""The sum along a line: f, the kernel that slides beneath it, the products, the outputs; once for each product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt

from engine.foundations.algebra.products import SIGNS, Kind
from engine.foundations.algebra.walk import Walk
from gui.pages.mathematics import look
from gui.pages.mathematics.equations import keys
from gui.pages.mathematics.sums.items import Bars, Fall
from gui.pages.mathematics.sums.walks import KINDS, Walks
from gui.pages.mathematics.sums.words import power, sentences, title, value
from gui.theme import space
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import ColorBar, Scene, Words
from gui.widgets.stage_layout import crisp, largest_cell, margin_of
from gui.widgets.stage_text import (
    LOW_STAGE,
    place,
    plain,
    sentences_height,
    sentences_strip,
    text_width,
)

HEAD: Final = 26.0
TICKS: Final = 16.0
DROP: Final = 14.0
MOST_BARS: Final = 110.0
LEAST_BARS: Final = 24.0


@dataclass(frozen=True, slots=True)
class _Measures:
    """Sizes and edges that both blocks share."""

    cell: float
    left: float
    labels: float
    bars: float
    pitch: float
    top: float
    low: bool
    """Whether there is no room for the indices of f."""


def line_scene(shown: Walks, size: QSizeF) -> Scene:
    """Lay out both products for a stage of `size`."""
    words = look.few(sentences(shown), size, least=2)
    scene = Scene(size, description=" ".join(sentences(shown)))
    strip = sentences_height(words, size.width(), size.height())
    bottom = size.height() - strip - space.m
    top = keys(scene, colour_keys(shown), float(space.s))
    measures = _measures(shown, size, top, bottom)
    for number, kind in enumerate(KINDS):
        _Block(scene, shown, kind, measures).build(measures.top + number * measures.pitch)
    sentences_strip(scene, bottom, words)
    return scene


def results_limit(shown: Walks) -> float:
    """Where the colours of products and outputs saturate: one scale for both walks and all of their steps."""
    walk = shown.walks["convolution"]
    outputs = look.limit(*(one.output for one in shown.walks.values()))
    return max(outputs, look.limit(walk.f) * look.limit(walk.g))


def colour_keys(shown: Walks) -> list[ColorBar]:
    """The keys of both operands, and of products and outputs."""
    walks = tuple(shown.walks.values())
    return [
        look.signal_key(look.limit(walks[0].f), "f"),
        look.kernel_key(look.limit(walks[0].g), "g"),
        look.signal_key(results_limit(shown), "products, outputs"),
    ]


def _measures(shown: Walks, size: QSizeF, above: float, bottom: float) -> _Measures:
    low = size.height() < LOW_STAGE
    width, margin = size.width(), margin_of(size.width())
    columns = shown.walks["convolution"].padded.shape[1]
    labels = max(text_width(text, "body") for kind in KINDS for text in _longest_labels(kind)) + space.m
    fixed = HEAD + (1 if low else 2) * TICKS + DROP + 2.0 * space.xs + (space.xs if low else space.m)
    room = (bottom - above - space.xs) / 2 - fixed
    bars = min(max(room * 0.24, LEAST_BARS), MOST_BARS) if shown.state.reading == "dice" else 0.0
    cap = largest_cell(width, size.height())
    cell = crisp(max(min((width - 2 * margin - labels) / columns, (room - bars) / 4, cap), 1.0))
    pitch = min(fixed + 4 * cell + bars + space.xxl, (bottom - above - space.xs) / 2)
    used = pitch + fixed + 4 * cell + bars
    left = max((width - labels - columns * cell) / 2, margin)
    top = above + max(bottom - above - used, 0.0) * 0.4
    return _Measures(cell, float(int(left)), float(int(labels)), bars, pitch, top, low)


def _longest_labels(kind: Kind) -> tuple[str, ...]:
    return ("g(−10 − k)", f"(f {SIGNS[kind]} g)(n)", "products")


class _Block:
    """One product: its head and its four rows."""

    def __init__(self, scene: Scene, shown: Walks, kind: Kind, measures: _Measures) -> None:
        self.scene, self.shown, self.kind, self.measures = scene, shown, kind, measures
        self.walk: Walk = shown.walks[kind]
        self.step = shown.steps[kind]
        self.x = measures.left + measures.labels
        self.decimals = 0

    def build(self, top: float) -> None:
        cell, shown = self.measures.cell, self.shown
        self._head(top)
        y = top + HEAD
        if not self.measures.low:
            self._ticks(y, self._f_ticks(), self.x)
            y += TICKS
        source = self._f()
        self._row(source, self.x, y, "f(k)")
        y += cell + space.xs
        kernel = self._kernel()
        start = self.x if shown.before_flip else self.x + self.step.first[1] * cell
        self._row(kernel, start, y, self._kernel_label())
        y += cell + space.xs
        products = self._products()
        self._row(products, start, y, "products")
        y += cell + DROP + self.measures.bars
        output = self._output()
        left = self.x + (self.walk.g.shape[1] - 1) / 2 * cell
        self._row(output, left, y, f"({self._name()})(n)")
        self._ticks(y + cell, self._n_ticks(), left)
        look.same_digits([source, kernel, products, output])
        self._bars(output)
        if not shown.before_flip:
            target = output.cell_rect(0, self.step.place[1])
            tall = self._bar_height()
            self.scene.below.append(
                Fall(products.rect, QPointF(target.center().x(), target.top() - tall - 2))
            )

    def _name(self) -> str:
        return f"f {SIGNS[self.kind]} g"

    def _head(self, top: float) -> None:
        margin, width = margin_of(self.scene.size.width()), self.scene.size.width()
        text = title(self.shown, self.kind)
        wide = text_width(text, "section", bold=True) + 2
        self.scene.below.append(
            Words(QRectF(margin, top, width - 2 * margin, HEAD), text, size="section", bold=True)
        )
        if self.shown.before_flip:
            return
        said = f"{value(self.shown, self.kind)} = {plain(float(self.step.total))}"
        if wide + space.l + text_width(said, "body", mono=True, bold=True) < width - 2 * margin:
            area = QRectF(margin + wide + space.l, top, width - 2 * margin - wide - space.l, HEAD)
            self.scene.below.append(
                Words(area, said, "accent", "body", True, True, align=Qt.AlignmentFlag.AlignRight)
            )

    # --- rows ----------------------------------------------------------------------------------------------

    def _row(self, plate: Plate, left: float, top: float, label: str) -> None:
        rows, columns = plate.shape
        plate.rect = place(rows, columns, self.measures.cell, left, top)
        area = QRectF(self.measures.left, top, self.measures.labels - space.m, self.measures.cell)
        self.scene.below.append(
            Words(area, label, "muted", "body", align=Qt.AlignmentFlag.AlignRight, elide=False)
        )
        self.scene.plates.append(plate)

    def _f(self) -> Plate:
        plate = look.signal(
            f"f/{self.kind}",
            self.walk.padded,
            "f",
            look.limit(self.walk.f),
            editable=True,
            faint=self.walk.is_around,
        )
        if not self.shown.before_flip:
            first, count = self.step.first[1], self.walk.g.shape[1]
            plate.marks = (Mark(MarkRole.WINDOW, 0, first, 1, first + count),)
        return plate

    def _kernel(self) -> Plate:
        values = self.walk.g if self.shown.before_flip else self.walk.kernel
        plate = look.kernel(f"g/{self.kind}", values, "g", look.limit(values), editable=True)
        plate.slides = True
        return plate

    def _products(self) -> Plate:
        hidden = np.full(self.step.products.shape, self.shown.before_flip)
        plate = look.signal(
            f"products/{self.kind}", self.step.products, "products", results_limit(self.shown), hidden=hidden,
            faint=~self.step.inside,
        )  # fmt: skip
        plate.slides = True
        return plate

    def _output(self) -> Plate:
        values = self.walk.output
        both = results_limit(self.shown)
        plate = look.signal(f"output/{self.kind}", values, self._name(), both, hidden=self.shown.hidden)
        if not self.shown.before_flip:
            plate.marks = (Mark.cell(MarkRole.WINDOW, 0, self.step.place[1]),)
        return plate

    def _kernel_label(self) -> str:
        if self.shown.before_flip:
            return "g(k)"
        n = self.shown.argument(self.kind, self.step.n)[-1]
        if self.kind == "convolution":
            return f"g({plain(n)} − k)" if n else "g(−k)"
        return "g(k)" if n == 0 else (f"g(k − {n})" if n > 0 else f"g(k + {-n})")

    def _bars(self, output: Plate) -> None:
        if not self.measures.bars:
            return
        area = QRectF(
            output.rect.left(),
            output.rect.top() - self.measures.bars,
            output.rect.width(),
            self.measures.bars - 2,
        )
        marked = -1 if self.shown.before_flip else self.step.place[1]
        self.scene.below.append(Bars(area, output.values[0], self.shown.hidden[0], marked))

    def _bar_height(self) -> float:
        """How high the bar of the output on show is: the sum falls onto it."""
        if not self.measures.bars:
            return 0.0
        values = self.walk.output[0].astype(np.float64)
        return (
            (self.measures.bars - 2)
            * max(float(values[self.step.place[1]]), 0)
            / (float(values.max()) or 1.0)
        )

    # --- the numbers along the rows ---------------------------------------------------------------------------

    def _f_ticks(self) -> list[str]:
        before, count = self.walk.before[1], self.walk.f.shape[1]
        own = range(count)
        if self.shown.state.reading == "polynomial":
            inner = [power(k) or "1" for k in own]
        else:
            inner = [str(k + self.shown.first) for k in own]
        after = self.walk.padded.shape[1] - count - before
        return [""] * before + inner + [""] * after

    def _n_ticks(self) -> list[str]:
        first, count = self.shown.argument(self.kind, self.walk.first_n)[-1], self.walk.shape[1]
        places = range(first, first + count)
        if self.kind == "convolution" and self.shown.state.reading == "polynomial":
            return [power(n) or "1" for n in places]
        return [plain(n) for n in places]

    def _ticks(self, top: float, texts: list[str], left: float) -> None:
        if max(text_width(text) for text in texts) > self.measures.cell:
            return
        for index, text in enumerate(texts):
            area = QRectF(left + index * self.measures.cell, top, self.measures.cell, TICKS)
            self.scene.below.append(
                Words(area, text, "muted", align=Qt.AlignmentFlag.AlignHCenter, elide=False)
            )
