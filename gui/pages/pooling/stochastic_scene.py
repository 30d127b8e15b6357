"""The view with the dice: a window's activations, their chances, a roll, many rolls, and the form for test time."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSizeF

from engine.foundations.pooling.words import dice_line
from gui import colormaps
from gui.pages.pooling import scene_parts as parts
from gui.pages.pooling.resolve import Region, Resolved, region
from gui.pages.pooling.stochastic_items import AXIS, STRIP, ChanceBars, DiceStrip
from gui.theme import PROBABILITY_DARK, PROBABILITY_LIGHT, space, theme
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import ColorBar, Scene, Words
from gui.widgets.stage_layout import TITLE, margin_of
from gui.widgets.stage_text import (
    Heads,
    by,
    head,
    kept_sentences,
    key,
    place,
    plain,
    plural,
    sentences_height,
    sentences_strip,
    titled,
)

LOW_STAGE = 560.0
BARS, LOW_BARS = 120.0, 52.0
LABEL = 26.0
LOW_SENTENCES = 1


def stochastic_scene(resolved: Resolved, size: QSizeF) -> Scene:
    """Lay out the view with the dice for a stage of `size`."""
    return _Builder(resolved, size).scene()


class _Builder:
    def __init__(self, resolved: Resolved, size: QSizeF) -> None:
        self.resolved, self.size = resolved, size
        self.region: Region = region(resolved)
        self.everything = stochastic_sentences(resolved, self.region)
        low = size.height() < LOW_STAGE
        said_most = LOW_SENTENCES if low else len(self.everything)
        self.sentences = kept_sentences(self.everything[:said_most], size.width(), size.height())
        self.bars = LOW_BARS if low else BARS
        self.scene_ = Scene(size, description=" ".join(self.everything))
        said = sentences_height(self.sentences, size.width(), size.height())
        self.draws = AXIS + STRIP + space.m + LABEL + self.bars
        g = resolved.trace.geometry
        self.columns = self._plates()
        heads, keys = self._heads(), self._keys()
        self.rows = max(g.frame_hw[0], g.size[0], 2 * g.output_hw[0] + 1)
        self.table = parts.roomy_table(
            size,
            parts.Columns(
                (g.frame_hw[1], g.size[1], g.size[1], g.size[1], g.output_hw[1]), heads, keys,
                [[p.title for p in plates] for plates in self.columns],
            ),
            lines=1, rows=self.rows, strip=self.draws + space.l + said,
        )  # fmt: skip
        for left, width, h, k in zip(self.table.lefts, self.table.widths, heads, keys, strict=True):
            self.scene_.below += head(left, self.table.head, width, h, k)

    def scene(self) -> Scene:
        for index, plates in enumerate(self.columns):
            self._place_column(index, plates)
        self._draw_strip()
        sentences_strip(self.scene_, self.table.strip + self.draws + space.l, self.sentences)
        return self.scene_

    def _place_column(self, index: int, plates: list[Plate]) -> None:
        """One plate, or two below each other with room for a name between them."""
        table, top, count = self.table, self.table.tops[0], len(plates)
        rows, columns = plates[0].shape
        between = (count - 1) * (TITLE + space.xs)
        cell = parts.column_cell(table, index, (count * rows, columns), self.rows, self.size, between)
        for plate in plates:
            plate.rect = place(rows, columns, cell, table.lefts[index], top)
            self.scene_.plates.append(plate)
            self.scene_.below.append(titled(plate, table.widths[index]))
            top += rows * cell + TITLE + space.xs

    def _plates(self) -> list[list[Plate]]:
        resolved, step, found = self.resolved, self.resolved.step, self.region
        channel, trace = resolved.state.channel, resolved.trace
        source = parts.input_plate(resolved, channel)
        source.title = parts.channel_title(resolved, channel) if resolved.state.channels > 1 else "Input"
        source.marks = (Mark.grid(MarkRole.WINDOW, step.rows, step.cols),)
        outside = ~step.inside if not step.inside.all() else None
        local = divmod(int(np.argmax(step.shares)), step.values.shape[1])
        won = () if step.switch is None else (Mark.cell(MarkRole.LINKED, *local),)
        if step.switch is not None:
            top, left = trace.geometry.pads
            source.marks += (Mark.cell(MarkRole.LINKED, step.switch[0] + top, step.switch[1] + left),)
        window = Plate(
            f"{parts.WINDOW}{channel}", found.activations, parts.value_colors(found.activations, resolved),
            title="Activations a", faint=outside, marks=won,
        )  # fmt: skip
        chances = Plate(
            f"{parts.CHANCES}{channel}", found.chances, colormaps.probability(found.chances), title="Chances p",
            faint=outside, marks=won, digits=4,
        )  # fmt: skip
        shares = Plate(
            f"{parts.DRAWN}{channel}", found.shares, colormaps.probability(found.shares), title="Share of rolls",
            faint=outside, marks=won, digits=4,
        )  # fmt: skip
        here = (Mark.cell(MarkRole.WINDOW, step.row, step.col),)
        outputs = [
            Plate(f"{prefix}{channel}", values, parts.value_colors(values, resolved), title=title, marks=here)
            for prefix, values, title in (
                (parts.OUTPUT, trace.output[channel], "This roll"),
                (parts.EXPECTED, trace.expected[channel], "Weighted, Σ p·a"),
            )
        ]
        parts.same_digits([source, window])
        parts.same_digits(outputs)
        return [[source], [window], [chances], [shares], outputs]

    def _heads(self) -> list[Heads]:
        resolved, g = self.resolved, self.resolved.trace.geometry
        size, count = by(g.size), plural(self.region.count, "roll")
        signs = (
            "negative values count as 0" if float(resolved.trace.x.min()) < 0 else "every value is 0 or more"
        )
        shape = by(g.input_hw)
        return [
            ((f"Input {shape}", parts.padding_words(resolved) or signs), ("Input", shape)),
            ((f"Window {size}", parts.window_words(resolved.trace.spec)), ("Window", size)),
            (("Chances", "p = a / sum of a"), ("p", "a / Σ a")),
            (("Drawn", f"in {count}"), ("Drawn", count)),
            ((f"Output {by(g.output_hw)}", "training above, test below"), ("Output", by(g.output_hw))),
        ]

    def _keys(self) -> list[ColorBar | None]:
        anchors = PROBABILITY_DARK if theme.dark else PROBABILITY_LIGHT
        return [parts.value_key(self.resolved), None, key(anchors, 0, 1), key(anchors, 0, 1), None]

    def _draw_strip(self) -> None:
        """The line that the dice falls on, and the bars, over the whole width."""
        left, step, found = margin_of(self.size.width()), self.resolved.step, self.region
        width, top = self.size.width() - 2 * left, self.table.strip
        picked = int(np.argmax(step.shares)) if step.switch is not None else -1
        self.scene_.below.append(
            DiceStrip(
                QRectF(left, top, width, AXIS + STRIP),
                found.activations.ravel(),
                found.chances.ravel(),
                step.dice,
                picked,
            )
        )
        y = top + AXIS + STRIP + space.m
        legend = (
            f"Outlined: chance p. Filled: share of {plural(found.count, 'roll')}. Beneath: the activation."
        )
        self.scene_.below.append(Words(QRectF(left, y, width, LABEL - 4), legend, role="muted"))
        area = QRectF(left, y + LABEL, width, self.bars)
        self.scene_.below.append(
            ChanceBars(area, found.activations.ravel(), found.chances.ravel(), found.shares.ravel())
        )


def stochastic_sentences(resolved: Resolved, found: Region) -> list[str]:
    """The roll on show, what many rolls come to, and the form for test time, in words."""
    step = resolved.step
    where = f"Roll {found.count} with seed {resolved.state.seed}, output (row {step.row}, column {step.col})"
    if step.switch is None:
        return [
            f"{where}: no activation of the window is above zero, so nothing is drawn and the output is 0.",
            "No gradient goes through such a window either.",
        ]
    gap = float(np.abs(found.shares - found.chances).max())
    rolled = float((found.shares * found.activations).sum())
    return [
        f"{where}: {dice_line(step)}.",
        f"At test time no dice are rolled: the output is Σ p·a = {plain(step.expected)}; "
        f"the mean of {plural(found.count, 'roll')} is {plain(rolled)}.",
        f"Chances and shares differ by {plain(round(gap, 4))} at most; the more rolls, the less.",
    ]
