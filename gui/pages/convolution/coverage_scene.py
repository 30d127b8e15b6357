"""The coverage view: how often every pixel is read, by whom, and what the floor leaves over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QSizeF

from gui import colormaps
from gui.pages.convolution import scene_parts as parts
from gui.pages.convolution.layout import HEAD, TITLE, table_layout
from gui.pages.convolution.resolve import Resolved
from gui.pages.convolution.scene_parts import Heads, plural
from gui.theme import VIRIDIS
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Scene

READS = "reads/"
MOST_LINKS = 400
"""Cells that are lit up at once; more would only be one large frame."""


@dataclass(frozen=True, slots=True)
class Pointed:
    """An input pixel (row, column) under the pointer, in the coverage view."""

    row: int
    column: int


def coverage_scene(resolved: Resolved, size: QSizeF, pointed: Pointed | None = None) -> Scene:
    """Which input pixels are read, how often, by which output cells; what the floor leaves over."""
    plates, shapes = _plates(resolved), _shapes(resolved)
    width, height = size.width(), size.height()
    everything = coverage_sentences(resolved, pointed)
    heads, sentences = _heads(resolved), parts.kept_sentences(everything, width, height)
    bars = (None, parts.key(VIRIDIS, 0, _most_reads(resolved)), parts.diverging_key(resolved.output_limit))
    needs = [
        max(parts.head_width(head, bar), parts.text_width(plate.title))
        for head, bar, plate in zip(heads, bars, plates, strict=True)
    ]
    table = table_layout(
        (width, height), lines=1, columns=[columns for _, columns in shapes], rows=max(rows for rows, _ in shapes),
        heads=needs, strip=parts.sentences_height(sentences, width, height),
    )  # fmt: skip
    scene = Scene(size, description=" ".join(everything))
    columns = zip(plates, shapes, heads, bars, table.lefts, table.widths, strict=True)
    for plate, (rows, count), head, bar, left, room in columns:
        plate.rect = parts.place(rows, count, table.cell, left, table.tops[0])
        scene.plates.append(plate)
        scene.below += parts.head(left, table.tops[0] - TITLE - HEAD, room, head, bar)
        scene.below.append(parts.titled(plate, room))
    _mark(resolved, plates, pointed)
    parts.sentences_strip(scene, table.strip, sentences)
    return scene


def _most_reads(resolved: Resolved) -> float:
    return max(float(resolved.trace.reads.max()), 1.0)


def _plates(resolved: Resolved) -> tuple[Plate, Plate, Plate]:
    done, step = resolved.trace, resolved.step
    channel, reads = step.channels[0], done.reads.astype(np.float64)
    return (
        Plate(
            f"{parts.INPUT}{channel}", done.padded[channel], parts.input_colors(done.padded[channel], resolved),
            title=parts.channel_title(resolved, channel), title_color=parts.channel_color(resolved, channel),
            faint=done.is_padding, crossed=done.unread if done.unread.any() else None, editable=True,
        ),
        Plate(f"{READS}0", reads, colormaps.magnitude(reads, 0, _most_reads(resolved)), title="Reads of every pixel"),
        Plate(
            f"{parts.OUTPUT}{step.filter}", done.output[step.filter],
            colormaps.activations(done.output[step.filter], resolved.output_limit), title=f"Map {step.filter + 1}",
        ),
    )  # fmt: skip


def _shapes(resolved: Resolved) -> tuple[tuple[int, int], ...]:
    shape = resolved.trace.geometry
    return shape.padded_hw, shape.input_hw, shape.output_hw


def _heads(resolved: Resolved) -> tuple[Heads, Heads, Heads]:
    done = resolved.trace
    padded, _, output = (parts.by(shape) for shape in _shapes(resolved))
    legend = [
        words
        for words, there in (
            ("hatched: padding", done.is_padding.any()),
            ("corner mark: never read", done.unread.any()),
        )
        if there
    ]
    name = "Padded input" if done.is_padding.any() else "Input"
    return (
        (
            (f"{name} {padded}", " · ".join(legend) or "every cell is read"),
            (f"{name} {padded}", legend[-1] if legend else ""),
            ("Input", padded),
        ),
        (
            ("How often it is read", "times, by one filter"),
            ("Read", "times, by one filter"),
            ("Read", "times"),
        ),
        ((f"Output {output}", "point at any cell"), (f"Output {output}", ""), ("Output", output)),
    )


def _mark(resolved: Resolved, plates: tuple[Plate, Plate, Plate], pointed: Pointed | None) -> None:
    """Light up the window on show, or everything that reads the pixel under the pointer."""
    source, reads, output = plates
    done, step = resolved.trace, resolved.step
    if pointed is not None:
        (top, _, left, _), (sy, sx) = done.geometry.pads, done.geometry.spacing
        source.marks = (Mark.cell(MarkRole.LINKED, pointed.row * sy + top, pointed.column * sx + left),)
        reads.marks = (Mark.cell(MarkRole.LINKED, pointed.row, pointed.column),)
        readers = done.readers(pointed.row, pointed.column)[:MOST_LINKS]
        output.marks = tuple(Mark.cell(MarkRole.LINKED, row, column) for row, column in readers)
        return
    source.marks = (Mark.grid(MarkRole.WINDOW, step.rows, step.cols),)
    output.marks = (Mark.cell(MarkRole.WINDOW, step.row, step.col),)
    top, left, bottom, right = done.receptive_field(step.row, step.col)
    height, width = done.geometry.input_hw
    top, left, bottom, right = max(top, 0), max(left, 0), min(bottom, height), min(right, width)
    if bottom > top and right > left:
        reads.marks = (Mark(MarkRole.WINDOW, top, left, bottom, right),)


def coverage_sentences(resolved: Resolved, pointed: Pointed | None = None) -> list[str]:
    """What the coverage view says in words, from the numbers of this convolution."""
    return [_reads_sentence(resolved), _leftover_sentence(resolved), _field_sentence(resolved, pointed)]


def _reads_sentence(resolved: Resolved) -> str:
    reads = resolved.trace.reads
    row, column = reads.shape[0] // 2, reads.shape[1] // 2
    corner, middle = int(reads[0, 0]), int(reads[row, column])
    sentence = (
        f"The corner pixel is read {plural(corner, 'time')}, the one in the middle (row {row}, column {column}) "
        f"{plural(middle, 'time')}, none more than {int(reads.max())}."
    )
    return f"{sentence} Padding gives the border more of a say." if corner < middle else sentence


def _leftover_sentence(resolved: Resolved) -> str:
    rows, columns = resolved.trace.geometry.leftover_hw
    unread = int((resolved.trace.reads == 0).sum())
    if not (rows or columns or unread):
        return "Every pixel of the input is read; the floor leaves nothing over."
    return (
        f"The floor leaves over {plural(rows, 'row')} and {plural(columns, 'column')}; "
        f"{plural(unread, 'input pixel')} {'is' if unread == 1 else 'are'} never read."
    )


def _field_sentence(resolved: Resolved, pointed: Pointed | None) -> str:
    done, step = resolved.trace, resolved.step
    if pointed is not None:
        count = len(done.readers(pointed.row, pointed.column))
        return f"Pixel (row {pointed.row}, column {pointed.column}) feeds {plural(count, 'output cell')} of every map."
    top, left, bottom, right = done.receptive_field(step.row, step.col)
    return (
        f"Output (row {step.row}, column {step.col}) has a receptive field of {bottom - top} × {right - left}: "
        f"rows {top} to {bottom - 1}, columns {left} to {right - 1}.".replace("-", "−")
    )
