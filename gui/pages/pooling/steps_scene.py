"""The step view: the window on every channel, what is read in it, the output cell that fills in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF

from engine.foundations.pooling import PoolStep
from engine.foundations.pooling.words import arithmetic
from gui.pages.pooling import scene_parts as parts
from gui.pages.pooling.resolve import Resolved
from gui.theme import space
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Card, Link, Scene, Words
from gui.widgets.stage_layout import Table, margin_of
from gui.widgets.stage_text import (
    Heads,
    by,
    head,
    line_height,
    place,
    strip_width,
    text_width,
    titled,
    words_size,
)

AIR = 3.0
NAME_GAP = 16.0
IN_WINDOW = "In the window"
NO_PARAMETERS = "Each channel is pooled on its own; there is nothing to learn: 0 parameters."
_FEWEST_TERMS = 1


def steps_scene(resolved: Resolved, size: QSizeF) -> Scene:
    """Lay out the step view for a stage of `size`."""
    return _Builder(resolved, size).scene()


class _Builder:
    def __init__(self, resolved: Resolved, size: QSizeF) -> None:
        self.resolved, self.size = resolved, size
        self.trace = resolved.trace
        self.result = Scene(size, description=describe(resolved))
        self.words = words_size(size.width(), size.height())
        self.line = line_height(self.words)
        g = self.trace.geometry
        self.heads = _heads(resolved)
        self.bars = (parts.value_key(resolved), None, None)
        names = [parts.channel_title(resolved, c) for c in range(len(self.trace.x))]
        self.tallest = max(g.frame_hw[0], g.size[0], g.output_hw[0])
        self.table: Table = parts.roomy_table(
            size,
            parts.Columns(
                (g.frame_hw[1], g.size[1], g.output_hw[1]), self.heads, self.bars, [names, [IN_WINDOW], names]
            ),
            lines=len(self.trace.x),
            rows=self.tallest,
            strip=(len(self.trace.x) + 1) * self.line + 2 * space.s,
        )

    def scene(self) -> Scene:
        table = self.table
        for left, width, heads, bar in zip(table.lefts, table.widths, self.heads, self.bars, strict=True):
            self.result.below += head(left, table.head, width, heads, bar)
        for channel, step in enumerate(self.resolved.steps):
            self._row(channel, step)
        self._strip()
        return self.result

    def _row(self, channel: int, step: PoolStep) -> None:
        """Input, window and output of one channel, with lines from one to the next."""
        source = parts.input_plate(self.resolved, channel)
        source.marks = (Mark.grid(MarkRole.WINDOW, step.rows, step.cols), *_won(self.resolved, step))
        window = _window_plate(self.resolved, channel, step)
        output = self._output_plate(channel)
        plates = [source, window, output]
        parts.same_digits(plates)
        top = self.table.tops[channel]
        for index, plate in enumerate(plates):
            rows, columns = plate.shape
            left, width = self.table.lefts[index], self.table.widths[index]
            cell = parts.column_cell(self.table, index, plate.shape, self.tallest, self.size)
            down = top + (self.tallest * self.table.cell - rows * cell) / 2
            plate.rect = place(rows, columns, cell, left, down)
            self.result.below.append(titled(plate, width))
            self.result.plates.append(plate)
        self._link(source, source.marks[0], window)
        self._link_result(window, output, output.marks[0])

    def _output_plate(self, channel: int) -> Plate:
        resolved, trace = self.resolved, self.trace
        _, rows, cols = trace.shape
        hidden = np.zeros((rows, cols), np.bool_)
        if resolved.state.fill:
            hidden.flat[max(resolved.state.step, resolved.row * cols + resolved.col) + 1 :] = True
        values = trace.output[channel]
        return Plate(
            f"{parts.OUTPUT}{channel}", values, parts.value_colors(values, resolved),
            title=parts.channel_title(resolved, channel), title_color=parts.channel_color(resolved, channel),
            hidden=hidden if hidden.any() else None,
            marks=(Mark.cell(MarkRole.WINDOW, resolved.row, resolved.col),),
        )  # fmt: skip

    def _link(self, source: Plate, mark: Mark, window: Plate) -> None:
        middle = source.cell_rect(mark.top, mark.left, mark.bottom, mark.right).center().y()
        start = QPointF(source.rect.right() + AIR, middle)
        self.result.below.append(Link(start, QPointF(window.rect.left() - AIR, window.rect.center().y())))

    def _link_result(self, window: Plate, output: Plate, mark: Mark) -> None:
        start = QPointF(window.rect.right() + AIR, window.rect.center().y())
        height = output.cell_rect(mark.top, mark.left).center().y()
        self.result.below.append(Link(start, QPointF(output.rect.left() - AIR, height)))

    # --- the strip ----------------------------------------------------------------------------------------

    def _strip(self) -> None:
        """One line of arithmetic a channel, and what holds for all of them."""
        left, inner = margin_of(self.size.width()), strip_width(self.size.width())
        lines = len(self.resolved.steps) + 1
        area = QRectF(left, self.table.strip, self.size.width() - 2 * left, lines * self.line + 2 * space.s)
        self.result.below.append(Card(area))
        names = [parts.channel_title(self.resolved, c) for c in range(len(self.resolved.steps))]
        indent = max(text_width(name, self.words) for name in names) + NAME_GAP
        x = area.left() + space.m
        for channel, (name, step) in enumerate(zip(names, self.resolved.steps, strict=True)):
            y = area.top() + space.s + channel * self.line
            color = parts.channel_color(self.resolved, channel)
            self.result.below.append(
                Words(QRectF(x, y, indent, self.line), name, role="muted", color=color, size=self.words)
            )
            text = fitted_arithmetic(step, self.resolved, inner - indent, self.words)
            room = QRectF(x + indent, y, inner - indent, self.line)
            self.result.below.append(Words(room, text, size=self.words, mono=True, bold=True))
        y = area.top() + space.s + (lines - 1) * self.line
        self.result.below.append(
            Words(QRectF(x, y, inner, self.line), NO_PARAMETERS, role="muted", size=self.words)
        )


def fitted_arithmetic(step: PoolStep, resolved: Resolved, room: float, size: str) -> str:
    """The arithmetic of a window with as many of its numbers as fit a line."""
    spec, most = resolved.trace.spec, step.values.size
    text = arithmetic(step, spec)
    while most > _FEWEST_TERMS and text_width(text, size, mono=True, bold=True) > room:
        most -= 1
        text = arithmetic(step, spec, most)
    return text


def _window_plate(resolved: Resolved, channel: int, step: PoolStep) -> Plate:
    """What the window sees, with the cell that won."""
    outside = ~step.inside
    ignored: npt.NDArray[np.bool_] = outside & ~step.counted
    plate = Plate(
        f"{parts.WINDOW}{channel}", step.values, parts.value_colors(step.values, resolved), title=IN_WINDOW,
        faint=outside if outside.any() else None,
        crossed=ignored if resolved.trace.spec.rule == "average" and ignored.any() else None,
    )  # fmt: skip
    if step.switch is not None:
        row, column = divmod(int(np.argmax(step.shares)), step.values.shape[1])
        plate.marks = (Mark.cell(MarkRole.LINKED, row, column),)
    return plate


def _won(resolved: Resolved, step: PoolStep) -> tuple[Mark, ...]:
    """The mark of the switch on the frame."""
    if step.switch is None:
        return ()
    top, left = resolved.trace.geometry.pads
    return (Mark.cell(MarkRole.LINKED, step.switch[0] + top, step.switch[1] + left),)


def _heads(resolved: Resolved) -> tuple[Heads, Heads, Heads]:
    trace = resolved.trace
    channels, height, width = trace.x.shape
    shape, out = by((height, width, channels)), by((*trace.geometry.output_hw, channels))
    around = parts.padding_words(resolved) or ("pixels 0 to 255" if resolved.pixels else "no padding")
    name = parts.KIND_NAMES[trace.spec.kind]
    won = {"max": "outlined: the largest", "min": "outlined: the smallest", "stochastic": "outlined: drawn"}
    detail = won.get(trace.spec.rule, f"{by(trace.geometry.size)} values")
    slides = parts.window_words(trace.spec)
    return (
        ((f"Input {shape}", around), ("Input", shape)),
        ((f"Window {by(trace.geometry.size)}", f"{slides}; {detail}"),
         (f"Window {by(trace.geometry.size)}", slides), ("Window", by(trace.geometry.size))),
        ((f"Output {out}", f"{name}, 0 parameters"), (f"Output {out}", name), ("Output", out)),
    )  # fmt: skip


def describe(resolved: Resolved) -> str:
    """The window on show in a sentence, for screen readers and handouts."""
    step = resolved.steps[0]
    _, rows, cols = resolved.trace.shape
    said = "; ".join(
        f"{parts.channel_title(resolved, c)}: {arithmetic(s, resolved.trace.spec, 9)}"
        for c, s in enumerate(resolved.steps)
    )
    name = parts.KIND_NAMES[resolved.trace.spec.kind].capitalize()
    where = f"output row {step.row}, column {step.col} of {rows} × {cols}"
    return f"{name}, {where}. {said}."
