"""The fully connected layers become convolutions: the net as volumes above, its weights on their way beneath."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from engine.detection.sliding.arithmetic import Volumes
from engine.detection.sliding.counting import volumes
from engine.detection.sliding.window_net import FILTERS, HIDDEN, POOLED, FloatArray
from gui import colormaps
from gui.pages.boxes.sliding.blocks import (
    AS_CONVOLUTIONS,
    AS_LAYERS,
    DEPTHS,
    Bar,
    Block,
    Prism,
    Sheets,
    captions,
    image_of,
    lay_out,
)
from gui.pages.boxes.sliding.fold_parts import (
    FlyingCells,
    Places,
    bands,
    in_block,
    in_lines,
    in_matrix,
    in_planes,
)
from gui.pages.boxes.sliding.items import heat, letters
from gui.pages.boxes.sliding.larger_part import larger_part
from gui.pages.boxes.sliding.settings import FOLD_STEPS
from gui.pages.boxes.sliding.shown import Folding
from gui.pages.boxes.sliding.words import heading, sentences
from gui.theme import space
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import ColorBar, Scene, Words
from gui.widgets.stage_layout import TITLE, margin_of
from gui.widgets.stage_text import (
    by,
    kept_sentences,
    key,
    limit_of,
    sentences_height,
    sentences_strip,
    titled,
)

MATRIX: Final = "matrix"
WEIGHT: Final = "weight/"
ENTRY: Final = "entry/"
PRODUCT: Final = "product/"
ALONE: Final = "alone/"
VOLUMES: Final = ("input", "conv", "pool", "fc2", "fc3", "answers")
HEAD: Final = 26.0
KEY: Final = 20.0
NET_SHARE: Final = 0.4
"""Of the height for the net, where the rest shows its weights."""
COLUMN: Final = 11.0
"""How wide a column of neurons is."""
MOSAIC: Final = 20
"""Filters along a side of the mosaic of 400."""


def fold_scene(folding: Folding, share: float, hover: tuple[int, int] | None, size: QSizeF) -> Scene:
    """The step on show; `share` 0..1 of the way there from the step before; `hover`: the answer under the pointer."""
    return _Fold(folding, share, hover, size).scene


class _Fold:
    """Makes one scene."""

    def __init__(self, folding: Folding, share: float, hover: tuple[int, int] | None, size: QSizeF) -> None:
        self.folding, self.share, self.scene = folding, share, Scene(size)
        self.step = FOLD_STEPS[folding.settings.step]
        self.weight_limit = float(np.quantile(np.abs(folding.net.fc2), 0.999))
        words = kept_sentences(sentences(folding), size.width(), size.height())
        margin = margin_of(size.width())
        self.left, self.width = margin, size.width() - 2 * margin
        foot = size.height() - sentences_height(words, size.width(), size.height()) - space.s
        sentences_strip(self.scene, foot, words)
        title = QRectF(self.left, space.s, self.width, HEAD)
        self.scene.below.append(Words(title, heading(folding), size="section", bold=True))
        self.scene.description = f"{heading(folding)}. {' '.join(words)}"
        top = space.s + HEAD
        if self.step == "larger":
            larger_part(
                self.scene, folding, QRectF(self.left, top, self.width, foot - space.m - top), hover, self.net
            )
            return
        tall = (foot - top) * NET_SHARE
        self.blocks = self.net(QRectF(self.left, top, self.width, tall), folding.alone, ALONE)
        self._weights(
            QRectF(self.left, top + tall + space.m, self.width, foot - space.m - top - tall - space.m)
        )

    # --- the net as volumes -----------------------------------------------------------------------------------

    def net(self, area: QRectF, made: Volumes, prefix: str, most_cell: float = 7.0) -> list[Block]:
        """A row of volumes with their real values."""
        blocks = lay_out(area, volumes((made.x.shape[0], made.x.shape[1])), most_cell)
        columns = FOLD_STEPS.index(self.step) < FOLD_STEPS.index("columns")
        self.scene.below += captions(area, blocks, AS_LAYERS if self._flat else AS_CONVOLUTIONS)
        self._front(blocks[0], prefix + "input", made.x, colormaps.grey(made.x, 0, 1), "Input")
        for name, block, maps in (("conv", blocks[1], made.conv), ("pool", blocks[2], made.pool)):
            limit = limit_of(maps)
            images = tuple(image_of(colormaps.activations(one, limit)) for one in maps)
            self.scene.below.append(Sheets(block.front, block.away, images))
            self._front(
                block, prefix + name, maps[0], colormaps.activations(maps[0], limit), f"{name}, channel 0"
            )
        tip = 0.0 if columns else (self.share if self.step == "columns" else 1.0)
        for name, block, maps in zip(VOLUMES[3:], blocks[3:], (made.fc2, made.fc3, made.logits), strict=True):
            if made is self.folding.alone:
                self._column(block, maps[:, 0, 0], tip)
            else:
                self.scene.below.append(Prism(block.front, block.away))
            if name != "answers" and tip == 1.0:
                neuron = self.folding.settings.neuron
                limit = limit_of(maps)
                colors = colormaps.activations(maps[neuron], limit)
                self._front(block, prefix + name, maps[neuron], colors, f"{name}, neuron {neuron}")
        if tip == 1.0:
            self._said(blocks[-1], made, prefix)
        return blocks

    @property
    def _flat(self) -> bool:
        """Whether the layers are fully connected still."""
        return FOLD_STEPS.index(self.step) < FOLD_STEPS.index("filters")

    def _front(self, block: Block, key_: str, values: FloatArray, colors: np.ndarray, title: str) -> Plate:
        plate = Plate(key_, values, colors, title, block.front, numbers=False, gaps=False)
        self.scene.plates.append(plate)
        return plate

    def _said(self, block: Block, made: Volumes, prefix: str) -> None:
        """The front of the answers: the likeliest digit at every place."""
        answers = np.moveaxis(made.probabilities, 0, -1).astype(np.float32)
        rows, columns = answers.shape[:2]
        plate = heat(prefix + "answers", answers, (rows, columns), "Answers")
        plate.rect, plate.gaps = block.front, False
        self.scene.plates.append(plate)
        self.scene.above.append(letters(plate, answers))

    def _column(self, block: Block, values: FloatArray, tip: float) -> None:
        """The numbers of a layer below one another (`tip` 0) or behind one another (1)."""
        tall = min(DEPTHS[HIDDEN] * 1.3, 160.0) * (1.0 if len(values) > 16 else 0.5)
        middle = QPointF(block.middle, block.front.center().y())
        upright = middle - QPointF(0, tall / 2), middle + QPointF(0, tall / 2)
        corner = block.front.center()
        lying = corner, corner + block.away
        start = upright[0] + (lying[0] - upright[0]) * tip
        end = upright[1] + (lying[1] - upright[1]) * tip
        image = image_of(colormaps.activations(values, limit_of(values))[None])
        self.scene.below.append(Bar(start, end, COLUMN, image))

    # --- the weights ------------------------------------------------------------------------------------------

    def _weights(self, area: QRectF) -> None:
        self.scene.below.append(self._key(QRectF(area.right() - 200, area.top(), 200, KEY)))
        area = area.adjusted(0, KEY, 0, 0)
        if self.step in ("net", "columns"):
            self._matrices(area, folded=False)
        elif self.step == "filters":
            self._matrices(area, folded=True)
        else:
            self._neuron(area)

    def _key(self, area: QRectF) -> ColorBar:
        bar = key(colormaps.weight_anchors(), -self.weight_limit, self.weight_limit, "weights", beyond=True)
        return replace(bar, area=area)

    def _matrices(self, area: QRectF, *, folded: bool) -> None:
        """All weights: the matrices, or the filters that they are."""
        net, neuron = self.folding.net, self.folding.settings.neuron
        first = mosaic(net.fc2) if folded else net.fc2
        names = (
            ("400 filters of 5 × 5 × 16", "400 filters of 1 × 1 × 400", "11 filters of 1 × 1 × 400")
            if folded
            else ("400 neurons × 400 inputs", "400 × 400", "11 × 400")
        )
        side = self._matrix_side(area)
        gap = (area.width() - 3 * side) / 2
        gap = min(gap, float(space.xxl) * 3)
        left = area.left() + (area.width() - 3 * side - 2 * gap) / 2
        for number, (name, values) in enumerate(zip(names, (first, net.fc3, net.output), strict=True)):
            rect = QRectF(
                round(left), round(area.top() + TITLE), side, side * values.shape[0] / values.shape[1]
            )
            plate = Plate(
                f"{MATRIX}{number}", values, colormaps.weights(values, self.weight_limit), name, rect, numbers=False,
                gaps=False,
            )  # fmt: skip
            if number == 0:
                row = Mark(MarkRole.WINDOW, neuron, 0, neuron + 1, HIDDEN)
                plate.marks = (_filter_mark(neuron) if folded else row,)
            self.scene.plates.append(plate)
            self.scene.below.append(titled(plate, side + gap))
            left += side + gap

    def _matrix_side(self, area: QRectF) -> float:
        return max(min((area.width() - 2 * space.xl) / 3, area.height() - TITLE - space.s), 40.0)

    def _neuron(self, area: QRectF) -> None:
        """The weights of one neuron and the numbers that they meet, on their way from step to step."""
        net, neuron = self.folding.net, self.folding.settings.neuron
        weights, entries = net.fc2[neuron], self.folding.alone.pool.ravel()
        parts = bands(area, 3 if self.step == "apply" else 2)
        entry_limit, product_limit = limit_of(entries), limit_of(entries * weights)
        for name, values, colors, band in (
            (ENTRY, entries, colormaps.activations(entries, entry_limit), 0),
            (WEIGHT, weights, colormaps.weights(weights, self.weight_limit), 1),
        ):
            after = self._places(self.step, area, band)
            if self.share < 1:
                before = self._places_before(area, band)
                self.scene.above.append(FlyingCells(colors, before, after, self.share))
            else:
                self._pieces(name, values, colors, after)
            self._band_name(name, parts[band].top)
        if self.step == "apply" and self.share == 1:
            products = entries * weights
            self._pieces(
                PRODUCT, products, colormaps.activations(products, product_limit), in_planes(parts[2])
            )
            self._band_name(PRODUCT, parts[2].top)

    def _places(self, step: str, area: QRectF, band: int) -> Places:
        """Where 400 numbers lie at a step."""
        part = bands(area, 3 if step == "apply" else 2)[band]
        if step in ("fold", "apply"):
            return in_planes(part)
        return in_lines(part, 0.0 if step == "row" else 12.0)

    def _places_before(self, area: QRectF, band: int) -> Places:
        if self.step != "row":
            return self._places(FOLD_STEPS[self.folding.settings.step - 1], area, band)
        if band == 0:
            return in_block(self.blocks[2])
        side = self._matrix_side(area)
        gap = min((area.width() - 3 * side) / 2, float(space.xxl) * 3)
        left = area.left() + (area.width() - 3 * side - 2 * gap) / 2
        matrix = QRectF(round(left), round(area.top() + TITLE), side, side)
        return in_matrix(matrix, self.folding.settings.neuron, HIDDEN)

    def _pieces(self, name: str, values: FloatArray, colors: np.ndarray, places: Places) -> None:
        """The numbers as plates: four lines, sixteen pieces, sixteen planes."""
        shape = {"row": (4, 100), "cut": (1, 25)}.get(self.step, (POOLED, POOLED))
        count = shape[0] * shape[1]
        for number in range(len(values) // count):
            part = slice(number * count, (number + 1) * count)
            left, top, cell, _ = places[part][0].tolist()
            grid = values[part].reshape(shape)
            rect = QRectF(left, top, shape[1] * cell, shape[0] * cell)
            plate = Plate(f"{name}{number}", grid, colors[part].reshape(*shape, 3), "", rect, numbers=False)
            plate.gaps = cell >= 9
            self.scene.plates.append(plate)

    def _band_name(self, name: str, top: float) -> None:
        neuron, shape = self.folding.settings.neuron, by((POOLED, POOLED, FILTERS))
        planes = self.step in ("fold", "apply")
        row = f"Row {neuron} of the matrix: 400 weights"
        text = {
            ENTRY: f"Input {shape}" if planes else "Input, flattened: 400 numbers",
            WEIGHT: f"Filter {neuron}: {shape}" if planes else row,
            PRODUCT: "Products, cell by cell; their sum is the answer",
        }[name]
        self.scene.below.append(
            Words(QRectF(self.left, top - TITLE, self.width, TITLE - 2), text, role="muted")
        )


def mosaic(matrix: FloatArray) -> FloatArray:
    """float64[400, 400]: every row folded into 4x4 planes of 5x5, the filters in rows of 20."""
    planes = matrix.reshape(MOSAIC, MOSAIC, 4, 4, POOLED, POOLED)
    return planes.transpose(0, 2, 4, 1, 3, 5).reshape(HIDDEN, HIDDEN)


def _filter_mark(neuron: int) -> Mark:
    row, column = divmod(neuron, MOSAIC)
    return Mark(MarkRole.WINDOW, 20 * row, 20 * column, 20 * row + 20, 20 * column + 20)
