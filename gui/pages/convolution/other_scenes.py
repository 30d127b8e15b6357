"""The coverage view (how often pixels are read, receptive field) and the shift view (translation equivariance)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, QSizeF

from gui import colormaps
from gui.pages.convolution import scene_parts as parts
from gui.pages.convolution.layout import HEADER, MAX_CELL, TITLE
from gui.pages.convolution.resolve import Equivariance, Resolved, equivariance
from gui.pages.convolution.scene_parts import plural
from gui.theme import space
from gui.widgets.plate import Mark, MarkRole, Plate, number_text
from gui.widgets.scene import Card, Item, Scene, Words

STRIP = 84.0
READS = "reads/"


@dataclass(frozen=True, slots=True)
class Pointed:
    """An input pixel (row, column) under the pointer, in the coverage view."""

    row: int
    column: int


def coverage_scene(resolved: Resolved, size: QSizeF, pointed: Pointed | None = None) -> Scene:
    """Which input pixels are read, how often, by which output cells; what the floor leaves over."""
    done, step = resolved.trace, resolved.step
    reads = done.reads.astype(np.float64)
    padded_hw, input_hw, output_hw = done.geometry.padded_hw, done.geometry.input_hw, done.geometry.output_hw
    plates = (
        _input_plate(resolved),
        Plate(f"{READS}0", reads, colormaps.magnitude(reads, 0, max(float(reads.max()), 1.0)), title="Reads of every pixel"),
        Plate(
            f"{parts.OUTPUT}{step.filter}", done.output[step.filter], parts.output_colors(done.output[step.filter], resolved),
            title=f"Map {step.filter + 1}",
        ),
    )  # fmt: skip
    scene = Scene(size)
    _row(scene, plates, (padded_hw, input_hw, output_hw), size)
    heads = (
        (f"Padded input {parts.by(padded_hw)}", "hatched: padding · crossed: never read"),
        ("How often it is read", "times, by one filter"),
        (f"Output {parts.by(output_hw)}", "point at any cell"),
    )
    line = max(min(plate.rect.top() for plate in plates) - TITLE - HEADER, space.s)
    for plate, (title, detail) in zip(plates, heads, strict=True):
        scene.below += parts.head(plate.rect.left(), line, _head_width(plates, plate, size), title, detail)
    scene.below.append(
        parts.magnitude_key(
            plates[1].rect.left(), line, plates[1].rect.width(), 0, max(float(reads.max()), 1.0)
        )
    )
    _mark_coverage(resolved, plates, pointed)
    _strip(scene, size, coverage_sentences(resolved, pointed))
    scene.description = " ".join(coverage_sentences(resolved, pointed))
    return scene


def _input_plate(resolved: Resolved) -> Plate:
    done = resolved.trace
    channel = resolved.step.channels[0]
    return Plate(
        f"{parts.INPUT}{channel}", done.padded[channel], parts.input_colors(done.padded[channel], resolved),
        title=parts.channel_title(resolved, channel), faint=done.is_padding, editable=True,
    )  # fmt: skip


def _mark_coverage(resolved: Resolved, plates: tuple[Plate, Plate, Plate], pointed: Pointed | None) -> None:
    source, reads, output = plates
    done, step = resolved.trace, resolved.step
    unread = done.unread
    source.crossed = unread if unread.any() else None
    if pointed is not None:
        (top, _, left, _), (sy, sx) = done.geometry.pads, done.geometry.spacing
        source.marks = (Mark.cell(MarkRole.LINKED, pointed.row * sy + top, pointed.column * sx + left),)
        reads.marks = (Mark.cell(MarkRole.LINKED, pointed.row, pointed.column),)
        output.marks = tuple(
            Mark.cell(MarkRole.LINKED, row, column)
            for row, column in done.readers(pointed.row, pointed.column)[:400]
        )
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
    done, step = resolved.trace, resolved.step
    reads = done.reads
    height, width = reads.shape
    rows, columns = done.geometry.leftover_hw
    corner, middle = int(reads[0, 0]), int(reads[height // 2, width // 2])
    first = f"The corner pixel is read {plural(corner, 'time')}, the middle one {plural(middle, 'time')}, none more than {int(reads.max())}."
    if corner < middle:
        first += " Padding gives the border more of a say."
    unread = int((reads == 0).sum())
    if rows or columns or unread:
        second = f"The floor leaves over {plural(rows, 'row')} and {plural(columns, 'column')}; {plural(unread, 'input pixel')} {'is' if unread == 1 else 'are'} never read."
    else:
        second = "Every pixel of the input is read; the floor leaves nothing over."
    if pointed is not None:
        count = len(done.readers(pointed.row, pointed.column))
        third = f"Pixel (row {pointed.row}, column {pointed.column}) feeds {plural(count, 'output cell')} of every map."
    else:
        top, left, bottom, right = done.receptive_field(step.row, step.col)
        third = f"Output (row {step.row}, column {step.col}) has a receptive field of {bottom - top} × {right - left}: rows {top} to {bottom - 1}, columns {left} to {right - 1}."
    return [first, second, third]


def shift_scene(resolved: Resolved, size: QSizeF) -> Scene:
    """Shift then convolve beside convolve then shift: translation equivariance in numbers."""
    done, step, state = resolved.trace, resolved.step, resolved.state
    both = equivariance(resolved)
    channel, index = step.channels[0], step.filter
    limit = max(parts.output_limit(resolved), parts.limit_of(both.output_of_shifted))
    difference = both.difference[index]

    def out(name: str, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], title: str) -> Plate:
        return Plate(name, values, colormaps.activations(values, limit), title=title)

    top = (
        Plate(
            f"{parts.INPUT}x", done.x[channel], parts.input_colors(done.x[channel], resolved), title="Input x"
        ),
        out(f"{parts.OUTPUT}{index}", done.output[index], "Output of x"),
        out("shifted-output", both.shifted_output[index], "Output of x, then shifted"),
    )
    below = (
        Plate("shifted-input", both.shifted_input[channel], parts.input_colors(both.shifted_input[channel], resolved), title="x shifted"),
        out("output-of-shifted", both.output_of_shifted[index], "Output of x shifted"),
        Plate(
            "difference", difference, colormaps.magnitude(difference, 0, max(float(difference.max(initial=0)), 1.0)),
            title="Difference of the two", faint=~both.inner,
        ),
    )  # fmt: skip
    scene = Scene(size)
    shapes = (done.geometry.input_hw, done.geometry.output_hw, done.geometry.output_hw)
    middle = HEADER + (size.height() - HEADER - STRIP) / 2
    _row(scene, top, shapes, size, top=HEADER - space.l, bottom=middle - space.l)
    _row(scene, below, shapes, size, top=middle - space.s, bottom=size.height() - STRIP - space.l)
    heads = ("Input", "Filter it", "Two ways round")
    details = (
        f"shift by {state.shift_y} rows, {state.shift_x} columns",
        "the same filter for both",
        "hatched: at a border",
    )
    for plate, title, detail in zip(top, heads, details, strict=True):
        scene.below += parts.head(plate.rect.left(), space.m, _head_width(top, plate, size), title, detail)
    _strip(scene, size, shift_sentences(resolved, both))
    scene.description = " ".join(shift_sentences(resolved, both))
    return scene


def shift_sentences(resolved: Resolved, both: Equivariance) -> list[str]:
    """What the shift view says in words."""
    state = resolved.state
    if both.output_shift is None:
        return [
            f"({state.shift_y}, {state.shift_x}) is no multiple of the stride {state.stride}: the output is not simply shifted.",
            f"Equivariance holds for shifts by multiples of {state.stride} only; strides are where networks lose it.",
        ]
    inner = both.difference[:, both.inner]
    largest = float(inner.max(initial=0.0))
    rows, columns = both.output_shift
    cells = f"{plural(int(both.inner.sum()), 'cell')} of every map"
    return [
        f"Shifting the input by ({state.shift_y}, {state.shift_x}) shifts the output by ({rows}, {columns}).",
        f"Largest difference {number_text(largest, 6 if largest else 0)} over {cells} that no border touches.",
        "At the border the two differ: there, pixels left the picture or zeros came in.",
    ]


def _row(
    scene: Scene,
    plates: tuple[Plate, ...],
    shapes: tuple[tuple[int, int], ...],
    size: QSizeF,
    top: float | None = None,
    bottom: float | None = None,
) -> None:
    """Put plates side by side, centred, with the largest cells that fit."""
    start = HEADER + space.l if top is None else top
    end = size.height() - STRIP - space.l if bottom is None else bottom
    width = size.width() - 2 * space.xl - (len(plates) - 1) * space.xxl
    share = width / sum(max(columns, 3) for _, columns in shapes)
    cells = [max(min(share, (end - start - TITLE) / rows, MAX_CELL), 0.2) for rows, _ in shapes]
    used = sum(max(columns, 3) * cell for (_, columns), cell in zip(shapes, cells, strict=True))
    gap = min((size.width() - 2 * space.xl - used) / max(len(plates) - 1, 1), 112.0)
    left = (size.width() - used - gap * (len(plates) - 1)) / 2
    middle = start + TITLE + (end - start - TITLE) * 0.45
    for plate, (rows, columns), cell in zip(plates, shapes, cells, strict=True):
        y = max(middle - rows * cell / 2, start + TITLE)
        plate.rect = QRectF(left, y, columns * cell, rows * cell)
        scene.plates.append(plate)
        scene.below.append(parts.titled(plate, width=max(columns * cell, 150.0)))
        left += max(columns, 3) * cell + gap


def _head_width(plates: tuple[Plate, ...], plate: Plate, size: QSizeF) -> float:
    """From a plate's left edge to the next plate."""
    following = [other.rect.left() for other in plates if other.rect.left() > plate.rect.left() + 1]
    return (min(following) if following else size.width()) - plate.rect.left() - space.m


def _strip(scene: Scene, size: QSizeF, sentences: list[str]) -> None:
    area = QRectF(space.l, size.height() - STRIP - space.xs, size.width() - 2 * space.l, STRIP - space.s)
    items: list[Item] = [Card(area)]
    items += [
        Words(
            QRectF(area.left() + space.m, area.top() + 8 + index * 21, area.width() - 2 * space.m, 20),
            text,
            size="body",
        )
        for index, text in enumerate(sentences)
    ]
    scene.below += items
