"""The backward view: the forward pass with its switches above, the gradient of the output going back beneath."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QSizeF

from engine.foundations.pooling import PoolStep
from gui import colormaps
from gui.pages.pooling import scene_parts as parts
from gui.pages.pooling.resolve import Resolved
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Link, Scene
from gui.widgets.stage_text import (
    LOW_STAGE,
    Heads,
    by,
    diverging_key,
    head,
    kept_sentences,
    limit_of,
    place,
    plain,
    plural,
    sentences_height,
    sentences_strip,
    titled,
)

AIR = 3.0
LOW_SENTENCES = 1
MOST_LINKS = 25
"""Cells that lines lead to; more would be one dark bundle."""


@dataclass(frozen=True, slots=True)
class Pointed:
    """An input cell (row, column) under the pointer: what arrives there is asked for."""

    row: int
    column: int


def backward_scene(resolved: Resolved, size: QSizeF, pointed: Pointed | None = None) -> Scene:
    """Lay out the backward view for a stage of `size`."""
    width, height = size.width(), size.height()
    everything = backward_sentences(resolved, pointed)
    most = LOW_SENTENCES if height < LOW_STAGE else len(everything)
    sentences = kept_sentences(everything[:most], width, height)
    forward, back = _forward(resolved), _back(resolved)
    limit = grad_limit(resolved)
    heads = _heads(resolved)
    bars = (parts.value_key(resolved), diverging_key(limit))
    titles = [[above.title, beneath.title] for above, beneath in zip(forward, back, strict=True)]
    g = resolved.trace.geometry
    rows = max(g.frame_hw[0], g.output_hw[0])
    table = parts.roomy_table(
        size, parts.Columns((g.frame_hw[1], g.output_hw[1]), heads, bars, titles), lines=2, rows=rows,
        strip=sentences_height(sentences, width, height),
    )  # fmt: skip
    cells = (table.cell, parts.column_cell(table, 1, g.output_hw, rows, size))
    scene = Scene(size, description=" ".join(everything))
    for left, room, one, bar in zip(table.lefts, table.widths, heads, bars, strict=True):
        scene.below += head(left, table.head, room, one, bar)
    for line, top in zip((forward, back), table.tops, strict=True):
        for plate, left, room, cell in zip(line, table.lefts, table.widths, cells, strict=True):
            inset = g.pads if plate.key.startswith(parts.GRAD_IN) else (0, 0)
            plate.rect = place(*plate.shape, cell, left + inset[1] * cell, top + inset[0] * cell)
            scene.plates.append(plate)
            scene.below.append(titled(plate, room))
    _mark(resolved, forward, back, pointed)
    _link(scene, back)
    sentences_strip(scene, table.strip, sentences)
    return scene


def grad_limit(resolved: Resolved) -> float:
    """Where the colours of both gradients saturate."""
    pooled = resolved.pooled
    return max(limit_of(pooled.grad_output), limit_of(pooled.grad_input))


def _forward(resolved: Resolved) -> tuple[Plate, Plate]:
    channel, trace = resolved.state.channel, resolved.trace
    source = parts.input_plate(resolved, channel)
    source.title = f"{_of(resolved, 'Input')}, forward →"
    values = trace.output[channel]
    output = Plate(
        f"{parts.OUTPUT}{channel}", values, parts.value_colors(values, resolved), title=_of(resolved, "Output"),
    )  # fmt: skip
    parts.same_digits([source, output])
    return source, output


def _back(resolved: Resolved) -> tuple[Plate, Plate]:
    channel, pooled, limit = resolved.state.channel, resolved.pooled, grad_limit(resolved)
    arrived, sent = pooled.grad_input[channel], pooled.grad_output[channel]
    plates = (
        Plate(
            f"{parts.GRAD_IN}{channel}", arrived, colormaps.activations(arrived, limit),
            title="Gradient of the input",
        ),
        Plate(
            f"{parts.GRAD_OUT}{channel}", sent, colormaps.activations(sent, limit),
            title="← Gradient of the output", editable=True,
        ),
    )  # fmt: skip
    parts.same_digits(list(plates))
    return plates


def _of(resolved: Resolved, name: str) -> str:
    """The name of a plate, with the channel where there are several."""
    if resolved.state.channels == 1:
        return name
    return f"{name}, {parts.channel_title(resolved, resolved.state.channel).lower()}"


def _heads(resolved: Resolved) -> tuple[Heads, Heads]:
    trace = resolved.trace
    marked = "outlined: the switches" if trace.switches is not None else "no switches: every cell has a part"
    around = parts.padding_words(resolved)
    detail = f"{marked}; {around}" if around else marked
    goes = {
        "max": "goes to the largest", "min": "goes to the smallest", "average": "is spread evenly",
        "l2": "goes along the values", "stochastic": "goes to the cell that was drawn",
    }[trace.spec.rule]  # fmt: skip
    name = parts.KIND_NAMES[trace.spec.kind].capitalize()
    shape = by(trace.geometry.input_hw)
    return (
        ((f"Input {shape}", detail), (f"Input {shape}", marked), ("Input", shape)),
        ((f"{name} {by(trace.geometry.output_hw)}", f"its gradient {goes}"),
         (f"Output {by(trace.geometry.output_hw)}", f"gradient {goes}"),
         ("Output", by(trace.geometry.output_hw))),
    )  # fmt: skip


def _mark(
    resolved: Resolved, forward: tuple[Plate, Plate], back: tuple[Plate, Plate], pointed: Pointed | None
) -> None:
    """The window on show and where its gradient goes; or a cell of the input and all that it receives."""
    trace, step = resolved.trace, resolved.step
    (source, output), (arrived, sent) = forward, back
    top, left = trace.geometry.pads
    switches = _switch_marks(resolved)
    if pointed is None:
        window = Mark.grid(MarkRole.WINDOW, step.rows, step.cols)
        source.marks = (*switches, window)
        output.marks = sent.marks = (Mark.cell(MarkRole.WINDOW, step.row, step.col),)
        arrived.marks = tuple(
            Mark.cell(MarkRole.WINDOW, y - top, x - left) for y, x in receivers(resolved, step)
        )
        return
    source.marks = (*switches, Mark.cell(MarkRole.WINDOW, pointed.row + top, pointed.column + left))
    arrived.marks = (Mark.cell(MarkRole.WINDOW, pointed.row, pointed.column),)
    senders = [Mark.cell(MarkRole.LINKED, row, col) for row, col, _ in received(resolved, pointed)]
    output.marks = sent.marks = tuple(senders)


def _switch_marks(resolved: Resolved) -> tuple[Mark, ...]:
    trace = resolved.trace
    if trace.switches is None:
        return ()
    (top, left), width = trace.geometry.pads, trace.geometry.input_hw[1]
    places = {int(s) for s in trace.switches[resolved.state.channel].flat if s >= 0}
    return tuple(
        Mark.cell(MarkRole.LINKED, place_ // width + top, place_ % width + left) for place_ in sorted(places)
    )


def receivers(resolved: Resolved, step: PoolStep) -> list[tuple[int, int]]:
    """Frame cells (row, column) of the input that the gradient of one window goes to."""
    found = [(int(step.rows[i]), int(step.cols[j])) for i, j in np.argwhere(step.shares != 0)]
    outside = resolved.trace.is_outside
    return [(y, x) for y, x in found if not outside[y, x]]


def received(resolved: Resolved, at: Pointed) -> list[tuple[int, int, float]]:
    """(row, column, part) of every output whose gradient has a part in an input cell's."""
    trace, channel = resolved.trace, resolved.state.channel
    (top, left), found = trace.geometry.pads, []
    for row, col in trace.readers(at.row, at.column):
        step = trace.step(trace.index_of(channel, row, col))
        share = float(step.shares[at.row + top - step.rows[0], at.column + left - step.cols[0]])
        if share:
            found.append((row, col, share * float(resolved.pooled.grad_output[channel, row, col])))
    return found


def _link(scene: Scene, back: tuple[Plate, Plate]) -> None:
    """Lines between what is marked in the gradients: from the output's cells to the input's."""
    arrived, sent = back
    if len(arrived.marks) * len(sent.marks) > MOST_LINKS:
        return
    for target in arrived.marks:
        height = arrived.cell_rect(target.top, target.left).center().y()
        for source in sent.marks:
            start = QPointF(sent.rect.left() - AIR, sent.cell_rect(source.top, source.left).center().y())
            scene.below.append(Link(start, QPointF(arrived.rect.right() + AIR, height)))


def backward_sentences(resolved: Resolved, pointed: Pointed | None = None) -> list[str]:
    """Where the gradient goes, in words."""
    if pointed is not None:
        return [_received_sentence(resolved, pointed), _rule_sentence(resolved)]
    return [_sent_sentence(resolved), _rule_sentence(resolved), *_overlap_sentence(resolved)]


def _sent_sentence(resolved: Resolved) -> str:
    step, rule = resolved.step, resolved.trace.spec.rule
    grad = float(resolved.pooled.grad_output[resolved.state.channel, step.row, step.col])
    sent = f"The gradient {plain(grad)} of output (row {step.row}, column {step.col})"
    if rule == "average":
        return f"{sent} is divided by {step.divisor}: each cell receives {plain(grad / step.divisor)}."
    if rule == "l2":
        if step.result == 0:
            return f"{sent} goes nowhere: a window of zeros has no direction, and its gradient is 0 by definition."
        return f"{sent} goes to every cell in proportion: times its value, divided by {plain(step.result)}."
    if step.switch is None:
        return f"{sent} goes nowhere: no activation of the window is above zero, so none was drawn."
    why = {"max": "the largest", "min": "the smallest"}.get(rule, "the one that was drawn")
    row, column = step.switch
    return f"{sent} goes whole to input (row {row}, column {column}), {why} of its window; the others get 0."


def _received_sentence(resolved: Resolved, at: Pointed) -> str:
    parts_ = received(resolved, at)
    value = plain(float(resolved.pooled.grad_input[resolved.state.channel, at.row, at.column]))
    seen = plural(len(resolved.trace.readers(at.row, at.column)), "window")
    where = f"Input (row {at.row}, column {at.column})"
    if not parts_:
        return f"{where} is seen by {seen} and receives nothing: {value}."
    if len(parts_) > 9:
        return f"{where} is seen by {seen} and receives the sum of {len(parts_)} parts: {value}."
    terms = " + ".join(f"({plain(part)})" if part < 0 else plain(part) for _, _, part in parts_)
    return f"{where} is seen by {seen} and receives {terms} = {value}."


def _rule_sentence(resolved: Resolved) -> str:
    rule = resolved.trace.spec.rule
    if rule in ("max", "min", "stochastic"):
        return "The switches are kept from the forward pass; unpooling puts values back with the same ones."
    if rule == "average":
        return "An average needs no memory of the forward pass: every cell of a window has the same part."
    return "L2 pooling needs the values of the forward pass: the larger a cell, the larger its part."


def _overlap_sentence(resolved: Resolved) -> list[str]:
    most = int(resolved.trace.reads[~resolved.trace.is_outside].max())
    if most > 1:
        return [f"Windows overlap: a cell is seen by up to {most} of them, and what arrives is added up."]
    return []
