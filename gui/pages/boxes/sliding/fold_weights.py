"""The weights while the net folds: all matrices or filters, and one neuron's row on its way to a filter."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF

from engine.detection.sliding.window_net import FILTERS, HIDDEN, LABELS, POOLED, FloatArray, WindowNet
from gui import colormaps
from gui.pages.boxes.sliding.blocks import Block
from gui.pages.boxes.sliding.fold_parts import (
    LINES,
    LONGEST,
    PER,
    FlyingCells,
    Places,
    bands,
    in_block,
    in_lines,
    in_matrix,
    in_planes,
)
from gui.pages.boxes.sliding.settings import FOLD_STEPS
from gui.pages.boxes.sliding.shown import Folding
from gui.theme import space
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import ColorBar, Scene, Words, bar_width
from gui.widgets.stage_layout import TITLE
from gui.widgets.stage_text import by, diverging_key, key, limit_of, text_width, titled

MATRIX: Final = "matrix"
WEIGHT: Final = "weight/"
ENTRY: Final = "entry/"
PRODUCT: Final = "product/"
KEY: Final = 20.0
MOSAIC: Final = 20
"""Filters along a side of the mosaic of 400."""
ANSWER_LINES: Final = 4
"""Lines that a row of the last matrix is written in; as one line of 400 it would be too thin to see."""
CUT_GAP: Final = 12.0
LEAST_SIDE: Final = 40.0
GAPS_FROM: Final = 9.0
_AS_MATRICES: Final = (
    ("400 neurons × 400 inputs", "400 × 400"), ("400 × 400",), ("11 × 400, each row in four lines", "11 × 400"),
)  # fmt: skip
_AS_FILTERS: Final = (
    ("400 filters of 5 × 5 × 16", "400 of 5 × 5 × 16"), ("400 filters of 1 × 1 × 400", "400 of 1 × 1 × 400"),
    ("11 filters, each in four lines", "11 of 1 × 1 × 400"),
)  # fmt: skip


class Weights:
    """Draws the weights of a step into an area; `share` 0..1 of the way there from the step before."""

    def __init__(self, scene: Scene, folding: Folding, share: float, area: QRectF, pooled: Block) -> None:
        self._scene, self._folding, self._share, self._pooled = scene, folding, share, pooled
        self._area, self._step = area, FOLD_STEPS[folding.settings.step]
        self._neuron, self._limit = folding.settings.neuron, weight_limit(folding.net)

    def draw(self) -> None:
        """Put them on the scene."""
        if self._step in ("net", "columns"):
            self._matrices(folded=False)
        elif self._step == "filters":
            self._matrices(folded=True)
        else:
            self._one_neuron()

    # --- all weights ------------------------------------------------------------------------------------------

    def _matrices(self, *, folded: bool) -> None:
        net = self._folding.net
        key_at(self._scene, QRectF(self._area.left(), self._area.top(), self._area.width(), KEY), self._key())
        last = net.output.reshape(len(LABELS) * ANSWER_LINES, -1)
        first = mosaic(net) if folded else net.fc2
        side, gap = self._side_and_gap()
        for number, (names, values) in enumerate(
            zip(_AS_FILTERS if folded else _AS_MATRICES, (first, net.fc3, last), strict=True)
        ):
            rect = self._matrix(number)
            room = min(side + gap, self._area.right() - rect.left())
            name = next((text for text in names if text_width(text) <= room), names[-1])
            rect.setHeight(side * values.shape[0] / values.shape[1])
            plate = Plate(
                f"{MATRIX}{number}", values, _colors(net, number, folded), name, rect, numbers=False
            )
            plate.gaps = False
            if number == 0:
                row = Mark(MarkRole.WINDOW, self._neuron, 0, self._neuron + 1, HIDDEN)
                plate.marks = (_filter_mark(self._neuron) if folded else row,)
            self._scene.plates.append(plate)
            self._scene.below.append(titled(plate, room))

    def _side_and_gap(self) -> tuple[float, float]:
        area = self._area
        room = min((area.width() - 2 * space.xl) / 3, area.height() - KEY - TITLE - space.s)
        side = max(room, LEAST_SIDE)
        return side, min((area.width() - 3 * side) / 2, 3.0 * space.xxl)

    def _matrix(self, number: int) -> QRectF:
        """Where a matrix lies, as a square."""
        side, gap = self._side_and_gap()
        left = self._area.left() + (self._area.width() - 3 * side - 2 * gap) / 2 + number * (side + gap)
        return QRectF(round(left), round(self._area.top() + KEY + TITLE), side, side)

    # --- one neuron -------------------------------------------------------------------------------------------

    def _one_neuron(self) -> None:
        """The weights of one neuron and the numbers that they meet."""
        weights, entries = self._folding.net.fc2[self._neuron], self._folding.alone.pool.ravel()
        entry_limit = limit_of(entries)
        parts = bands(self._area, self._bands(self._step))
        for band, name, values, colors, bar in (
            (0, ENTRY, entries, colormaps.activations(entries, entry_limit), diverging_key(entry_limit)),
            (1, WEIGHT, weights, colormaps.weights(weights, self._limit), self._key()),
        ):
            after = self._places(self._step, band)
            self._name(name, parts[band].top, bar)
            if self._share < 1:
                before = self._places_before(band)
                self._scene.above.append(FlyingCells(colors, before, after, self._share))
            else:
                self._pieces(name, values, colors, after)
        if self._step == "apply":
            products = entries * weights
            limit = limit_of(products)
            self._name(PRODUCT, parts[2].top, diverging_key(limit))
            if self._share == 1:
                colors = colormaps.activations(products, limit)
                self._pieces(PRODUCT, products, colors, in_planes(parts[2]))

    def _bands(self, step: str) -> int:
        return 3 if step == "apply" else 2

    def _places(self, step: str, band: int) -> Places:
        """Where 400 numbers lie at a step."""
        part = bands(self._area, self._bands(step))[band]
        if step in ("fold", "apply"):
            return in_planes(part)
        return in_lines(part, 0.0 if step == "row" else CUT_GAP)

    def _places_before(self, band: int) -> Places:
        if self._step != "row":
            return self._places(FOLD_STEPS[self._folding.settings.step - 1], band)
        return in_block(self._pooled) if band == 0 else in_matrix(self._matrix(0), self._neuron, HIDDEN)

    def _pieces(self, name: str, values: FloatArray, colors: npt.NDArray[np.uint8], places: Places) -> None:
        """The numbers as plates: eight lines, sixteen pieces, sixteen planes."""
        shape = {"row": (LINES, LONGEST), "cut": (1, PER)}.get(self._step, (POOLED, POOLED))
        count = shape[0] * shape[1]
        for number in range(len(values) // count):
            part = slice(number * count, (number + 1) * count)
            left, top, cell, _ = places[part][0].tolist()
            rect = QRectF(left, top, shape[1] * cell, shape[0] * cell)
            grid, own = values[part].reshape(shape), colors[part].reshape(*shape, 3)
            plate = Plate(f"{name}{number}", grid, own, "", rect, numbers=False, gaps=cell >= GAPS_FROM)
            self._scene.plates.append(plate)

    def _name(self, name: str, top: float, bar: ColorBar) -> None:
        shape = by((POOLED, POOLED, FILTERS))
        planes = self._step in ("fold", "apply")
        row = f"Row {self._neuron} of the matrix: {HIDDEN} weights"
        text = {
            ENTRY: f"Input {shape}" if planes else f"Input, flattened: {HIDDEN} numbers",
            WEIGHT: f"Filter {self._neuron}: {shape}" if planes else row,
            PRODUCT: "Products, cell by cell; their sum is the answer",
        }[name]
        line = QRectF(self._area.left(), top - TITLE, self._area.width(), TITLE - 2)
        self._scene.below.append(Words(line, text, role="muted"))
        key_at(self._scene, line, bar)

    def _key(self) -> ColorBar:
        return key(colormaps.weight_anchors(), -self._limit, self._limit, "weights", beyond=True)


def key_at(scene: Scene, line: QRectF, bar: ColorBar) -> None:
    """A colour bar at the right end of a line."""
    wide = max(bar_width(bar.low, bar.high, bar.label) + 2 * space.xl, 160.0)
    scene.below.append(replace(bar, area=QRectF(line.right() - wide, line.top(), wide, line.height())))


@lru_cache(maxsize=2)
def weight_limit(net: WindowNet) -> float:
    """The weight that has the strongest colour: one of a thousand is beyond."""
    return float(np.quantile(np.abs(net.fc2), 0.999))


@lru_cache(maxsize=2)
def mosaic(net: WindowNet) -> FloatArray:
    """float64[400, 400]: every row of the first matrix as 4x4 planes of 5x5, the filters in rows of 20."""
    planes = net.fc2.reshape(MOSAIC, MOSAIC, 4, 4, POOLED, POOLED)
    return planes.transpose(0, 2, 4, 1, 3, 5).reshape(HIDDEN, HIDDEN)


def _colors(net: WindowNet, number: int, folded: bool) -> npt.NDArray[np.uint8]:
    return _colored(net, number, folded and number == 0, colormaps.weight_anchors())


@lru_cache(maxsize=8)
def _colored(
    net: WindowNet, number: int, folded: bool, anchors: tuple[tuple[int, int, int], ...]
) -> npt.NDArray[np.uint8]:
    """160,000 weights take milliseconds to colour."""
    last = net.output.reshape(len(LABELS) * ANSWER_LINES, -1)
    values = mosaic(net) if folded else (net.fc2, net.fc3, last)[number]
    limit = weight_limit(net)
    return colormaps.look_up(values, -limit, limit, anchors)


def _filter_mark(neuron: int) -> Mark:
    row, column = divmod(neuron, MOSAIC)
    side = HIDDEN // MOSAIC
    return Mark(MarkRole.WINDOW, side * row, side * column, side * (row + 1), side * (column + 1))
