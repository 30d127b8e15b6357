"""The mixing table: channels above its columns, outputs at the ends of its rows, every product in its cell."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QRectF, QSizeF, Qt

from engine.foundations.spec import FloatArray
from gui.pages.channels.items import LEGEND, Notes, fitting, legend, mark_pixel, sign
from gui.pages.channels.mix.colours import MixColours
from gui.pages.channels.mix.resolve import (
    BIAS,
    COLOUR_IN,
    COLOUR_OUT,
    INPUT,
    OUTPUT,
    RESULT,
    SUM,
    TABLE,
    ShownMix,
)
from gui.pages.channels.mix.words import line, sentences
from gui.pages.channels.numbers import subscript
from gui.pages.channels.strip import Strip
from gui.theme import space
from gui.widgets.plate import (
    Mark,
    MarkRole,
    Plate,
    decimals_for,
    number_text,
    number_texts,
)
from gui.widgets.scene import Scene, Words
from gui.widgets.stage_layout import TITLE, crisp, margin_of
from gui.widgets.stage_text import by, plain, text_width, titled

MOST_CELL = 150.0
LABEL, NAMES = 18.0, 38.0
"""Height of the line with a channel's value, and width of the names of the rows."""
SIGN = 22.0
NOTE = 16.0
LEAST_NUMBERED = 9.0
"""Cells of a map that are smaller are drawn as a picture."""
FROM_NOTE = 58.0
"""Cells of this side have room for their product beneath the weight."""
SHORT = {"Laplacian": "∇²"}
AIR = 4.0
LOWER = 0.5
"""The share of the spare height that lies above the maps, where the pictures in colour take it."""


def mix_scene(shown: ShownMix, size: QSizeF) -> Scene:
    """Lay out the table for a stage of `size`."""
    return _Builder(shown, size).scene


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where everything lies: the cell, left edges of the columns, top of the maps and of the table."""

    cell: float
    left: float
    bias: float
    sums: float
    results: float
    maps: float
    top: float
    table: float


class _Builder:
    def __init__(self, shown: ShownMix, size: QSizeF) -> None:
        self.shown, self.mix, self.size = shown, shown.mix, size
        self.colours = MixColours(shown)
        words = sentences(shown)
        self.scene = Scene(size, description=f"{line(shown, 6)}. {' '.join(words)}")
        strip = Strip(size, words, lambda most: line(shown, most))
        self.at = self._frame(strip.height)
        strip.draw(self.scene, len(self.mix.x))
        self._inputs()
        self._table()
        self._outputs()
        self._colours()
        left, top = margin_of(size.width()), strip.top - LEGEND - space.xs
        self.scene.below += legend(left, top, size.width() - 2 * left, self.colours.keys())

    def _frame(self, strip: float) -> _Frame:
        """The largest cells for which the table, the maps around it and the words have room."""
        size, (filters, channels) = self.size, self.mix.weight.shape
        columns = channels + 3 + int(self.mix.relu)
        signs = SIGN * (columns - channels)
        wide = size.width() - 2 * margin_of(size.width()) - NAMES - signs
        chrome = 2 * TITLE + LABEL + LEGEND + strip + 4 * space.s
        tall = size.height() - chrome
        cell = crisp(min(wide / columns, tall / (filters + 1), MOST_CELL))
        left = (size.width() - columns * cell - signs + NAMES) / 2
        top = space.s + TITLE + max((tall - (filters + 1) * cell) * LOWER, 0.0)
        ends = left + channels * cell
        step = cell + SIGN
        results = ends + SIGN + (2 if self.mix.relu else 1) * step
        return _Frame(
            cell, left, ends + SIGN, ends + SIGN + step, results, results + (cell + SIGN if self.mix.relu else step),
            top, top + cell + LABEL + TITLE,
        )  # fmt: skip

    # --- the maps --------------------------------------------------------------------------------------------

    def _inputs(self) -> None:
        names, values = self.shown.mixture.names, self._values()
        for channel, plane in enumerate(self.mix.x):
            left = self.at.left + channel * self.at.cell
            plate = Plate(
                f"{INPUT}{channel}", plane, self.colours.inputs(channel), title=names[channel].capitalize(),
                editable=True, title_color=self.colours.ink(channel),
            )  # fmt: skip
            self._map(plate, left, self.at.top)
            room = self.at.cell - AIR
            self.scene.below.append(titled(plate, room, fitting(room, plate.title, self._short(channel))))
            area = QRectF(left, self.at.top + self.at.cell, self.at.cell, LABEL)
            words = Words(area, values[channel], mono=True, bold=True, align=Qt.AlignmentFlag.AlignHCenter)
            self.scene.below.append(replace(words, color=plate.title_color))

    def _values(self) -> list[str]:
        """What the pixel on show has in every channel: all with their names, or none where one has no room."""
        values = [plain(float(value)) for value in self.shown.step.values]
        named = [f"x{subscript(channel)} = {value}" for channel, value in enumerate(values)]
        fits = max(text_width(text, mono=True, bold=True) for text in named) <= self.at.cell
        return named if fits else values

    def _short(self, channel: int) -> str:
        """The name of a channel where there is little room."""
        mixture = self.shown.mixture
        name = mixture.names[channel].capitalize()
        return SHORT.get(name, name) if mixture.picture else f"c = {channel}"

    def _outputs(self) -> None:
        decimals, digits = _digits(self.mix.output)
        for row, plane in enumerate(self.mix.output):
            plate = Plate(
                f"{OUTPUT}{row}", plane, self.colours.outputs(plane), title=f"Output {row}", decimals=decimals,
                digits=digits,
            )  # fmt: skip
            self._map(plate, self.at.maps, self.at.table + row * self.at.cell)
        shape = by((*self.mix.output.shape[1:], len(self.mix.output)))
        self._title(self.at.maps, f"Output {shape}", "Output")

    def _map(self, plate: Plate, left: float, top: float) -> None:
        """Put the map of a channel into its slot, as large as fits, and mark the pixel on show."""
        rows, columns = plate.shape
        room = self.at.cell - 2 * AIR
        cell = min(room / columns, room / rows)
        plate.rect = QRectF(
            round(left + (self.at.cell - columns * cell) / 2), round(top + (self.at.cell - rows * cell) / 2),
            columns * cell, rows * cell,
        )  # fmt: skip
        plate.numbers = plate.gaps = cell >= LEAST_NUMBERED
        self.scene.plates.append(plate)
        mark_pixel(self.scene, plate, self.shown.step.row, self.shown.step.col)

    def _colours(self) -> None:
        """Both sides as pictures in colour, in the corner that the table leaves free."""
        mixture = self.shown.mixture
        pictures = []
        if mixture.colour_in is not None:
            pictures.append((COLOUR_IN, "Input in colour", mixture.colour_in))
        if mixture.colour_out is not None:
            pictures.append((COLOUR_OUT, mixture.colour_out[1], mixture.colour_out[0]))
        if not pictures:
            return
        left, bottom = self.at.bias, self.at.top + self.at.cell - AIR
        wide = (self.at.maps + self.at.cell - left - space.l) / 2
        tall = bottom - space.s - TITLE
        for plate_key, title, colors in pictures:
            rows, columns = colors.shape[:2]
            luma = colors.astype(np.float64).mean(2)
            cell = min(tall / rows, wide / columns)
            plate = Plate(plate_key, luma, colors, title=title, numbers=False, gaps=False)
            plate.rect = QRectF(round(left), round(bottom - rows * cell), columns * cell, rows * cell)
            self.scene.plates.append(plate)
            self.scene.below.append(titled(plate, wide))
            mark_pixel(self.scene, plate, self.shown.step.row, self.shown.step.col)
            left += wide + space.l

    # --- the table -------------------------------------------------------------------------------------------

    def _table(self) -> None:
        at, mix, step = self.at, self.mix, self.shown.step
        table = Plate(
            TABLE, mix.weight, self.colours.weights(mix.weight), title="Weights W", editable=True,
            decimals=_weight_decimals(mix.weight),
        )  # fmt: skip
        biases = mix.bias[:, None]
        bias = Plate(BIAS, biases, self.colours.biases(biases), title="Bias b", editable=True)
        columns = [(table, at.left, f"Weights W {by(mix.weight.shape)}"), (bias, at.bias, "Bias b")]
        sums = [(self._column(SUM, step.sums, "Sum z" if mix.relu else "Sum y"), at.sums, "")]
        sums += [(self._column(RESULT, step.result, "ReLU y"), at.results, "")] if mix.relu else []
        for plate, *_ in sums:
            plate.digits = max(number_texts(one.values)[1] for one, *_ in sums)
        columns += sums
        for plate, left, title in columns:
            rows, count = plate.shape
            plate.rect = QRectF(round(left), round(at.table), count * at.cell, rows * at.cell)
            self.scene.plates.append(plate)
            self._title(left, title or plate.title, plate.title, plate.rect.width())
        self._mark(table)
        self._signs()
        if at.cell >= FROM_NOTE:
            self.scene.above.append(Notes(table, self._products(), NOTE))

    def _column(self, name: str, values: FloatArray, title: str) -> Plate:
        return Plate(name, values[:, None], self.colours.outputs(values[:, None]), title=title)

    def _mark(self, table: Plate) -> None:
        """The row that the arithmetic speaks of, and the cell under the pointer."""
        count = len(self.mix.x)
        row = self.shown.focus
        table.marks = (Mark(MarkRole.LINKED, row, 0, row + 1, count),)
        if self.shown.cell is not None:
            table.marks += (Mark.cell(MarkRole.WINDOW, *self.shown.cell),)

    def _products(self) -> list[list[str]]:
        """ "· 180 = 106" in every cell, or its end alone where the cells are narrow."""
        step, room = self.shown.step, self.at.cell - 2
        products = [[_round(float(p)) for p in row] for row in step.products]
        full = [
            [f"·{plain(float(v))}={p}" for v, p in zip(step.values, row, strict=True)] for row in products
        ]
        if max(text_width(text, mono=True) for row in full for text in row) <= room:
            return full
        short = [[f"={p}" for p in row] for row in products]
        fits = max(text_width(text, mono=True) for row in short for text in row) <= room
        return short if fits else [["" for _ in row] for row in short]

    def _signs(self) -> None:
        """y₀ = … + … = … at every row."""
        at = self.at
        signs = [(at.bias, "+"), (at.sums, "=")]
        signs += [(at.results, "→")] if self.mix.relu else []
        signs.append((at.maps, "→"))
        name = "z" if self.mix.relu else "y"
        for row in range(len(self.mix.weight)):
            top = at.table + row * at.cell
            area = QRectF(at.left - NAMES - AIR, top, NAMES, at.cell)
            text = f"{name}{subscript(row)} ="
            words = Words(area, text, mono=True, bold=True, align=Qt.AlignmentFlag.AlignRight)
            self.scene.below.append(words)
            for left, text in signs:
                self.scene.below.append(sign(QRectF(left - SIGN, top, SIGN, at.cell), text))

    def _title(self, left: float, text: str, short: str, width: float | None = None) -> None:
        """The name of a column above the table: the long one where it fits."""
        room = (self.at.cell if width is None else width) + SIGN - 2
        area = QRectF(left, self.at.table - TITLE, room, TITLE)
        self.scene.below.append(Words(area, fitting(room, text, short), role="muted"))


def _weight_decimals(weight: FloatArray) -> int | None:
    """Three where two would hide what the products are made of."""
    return None if np.allclose(weight, np.round(weight, 2), rtol=0, atol=1e-9) else 3


def _digits(values: FloatArray) -> tuple[int, int]:
    """Decimals for the numbers of all output maps, one at most, and the characters of the longest."""
    decimals = min(decimals_for(values), 1)
    ends = float(values.min()), float(values.max())
    return decimals, max(len(number_text(value, decimals)) for value in ends)


def _round(value: float) -> str:
    """A product in a cell: few digits, since there is little room."""
    return number_text(value, 0 if abs(value) >= 100 or value == round(value) else 1)
