"""The view of the small input: input, kernel and output as grids, the window on show, and what its sign says."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QSizeF

from engine.foundations.edges.inputs import edge_input
from engine.foundations.edges.kernels import FloatArray
from engine.foundations.presets import BRIGHT
from gui import colormaps
from gui.pages.edges.resolve import Grid
from gui.pages.edges.state import EdgesState
from gui.pages.edges.words import direction_words, kernel_kind, kernel_title, settled
from gui.theme import GREY
from gui.widgets.plate import Mark, MarkRole, Plate, number_texts
from gui.widgets.scene import ColorBar, Link, Scene
from gui.widgets.stage_layout import largest_cell, table_layout
from gui.widgets.stage_text import (
    Heads,
    by,
    diverging_key,
    head,
    head_width,
    kept_sentences,
    key,
    limit_of,
    place,
    plain,
    sentences_height,
    sentences_strip,
    titled,
    wrapped,
)

INPUT, KERNEL, OUTPUT = "input", "kernel", "output"
AIR = 3.0
MOST_TERMS = 15


def kernel_scene(grid: Grid, size: QSizeF) -> Scene:
    """Lay out the small input, the kernel and the output for a stage of `size`."""
    width, height = size.width(), size.height()
    everything = sentences(grid)
    said = kept_sentences(everything, width, height)
    plates, heads = _plates(grid), _heads(grid)
    bars = (key(GREY, 0, BRIGHT), weight_key(plates[1].values), diverging_key(limit_of(grid.trace.output)))
    rows = plates[0].shape[0]
    table = table_layout(
        (width, height), lines=1, columns=[p.shape[1] for p in plates], rows=rows,
        heads=[head_width(h, b) for h, b in zip(heads, bars, strict=True)],
        strip=sentences_height(said, width, height),
    )  # fmt: skip
    scene = Scene(size, description=" ".join(everything))
    for plate, names, bar, left, room in zip(plates, heads, bars, table.lefts, table.widths, strict=True):
        scene.below += head(left, table.head, room, names, bar)
        cell = _cell(plate, table.cell, room, rows, size)
        down = table.tops[0] + max(rows * table.cell - plate.shape[0] * cell, 0.0) / 2
        plate.rect = place(*plate.shape, cell, left, down)
        scene.below.append(titled(plate, room))
        scene.plates.append(plate)
    _link(scene, plates)
    sentences_strip(scene, table.strip, said)
    return scene


def weight_key(values: FloatArray, label: str = "") -> ColorBar:
    """The colour bar of a kernel."""
    limit = limit_of(values)
    return key(colormaps.weight_anchors(), -limit, limit, label)


def _cell(plate: Plate, cell: float, room: float, rows: int, size: QSizeF) -> float:
    """A small grid may have larger cells than the input, up to the height of the input."""
    tall = rows * cell / plate.shape[0]
    return float(int(min(room / plate.shape[1], tall, largest_cell(size.width(), size.height()))))


def _plates(grid: Grid) -> list[Plate]:
    step, done = grid.step, grid.trace
    x, kernel, output = done.x[0], done.kernel[0, 0], done.output[0]
    here = Mark.cell(MarkRole.WINDOW, step.row, step.col)
    plates = [
        Plate(INPUT, x, colormaps.grey(x, 0, BRIGHT), title=grid.state.input_title,
              marks=(Mark.grid(MarkRole.WINDOW, step.rows, step.cols),)),
        Plate(KERNEL, kernel, colormaps.weights(kernel, limit_of(kernel)), title=kernel_title(grid.state.shown_kernel),
              editable=True),
        Plate(OUTPUT, output, colormaps.activations(output, limit_of(output)), title="Input ⋆ kernel", marks=(here,)),
    ]  # fmt: skip
    longest = max(number_texts(plate.values)[1] for plate in (plates[0], plates[2]))
    plates[0].digits = plates[2].digits = longest
    return plates


def _heads(grid: Grid) -> list[Heads]:
    done, kernel = grid.trace, grid.state.shown_kernel
    one = edge_input(grid.state.input)
    low, high = settled(float(done.output.min())), settled(float(done.output.max()))
    weights = done.kernel[0, 0]
    extent = f"{plain(float(weights.min()))} to {plain(float(weights.max()))}"
    total = f"{extent}, sum {plain(round(float(weights.sum()), 6))}"
    where = edge_words(grid.state) if one.directed else "press F to flip"
    return [
        ((f"Input {by(done.x.shape[1:])}", where), ("Input", by(done.x.shape[1:]))),
        ((f"Kernel {by((kernel.size, kernel.size))}", kernel_kind(kernel) or total),
         (f"Kernel {by((kernel.size, kernel.size))}", total), ("Kernel", by((kernel.size, kernel.size)))),
        ((f"Output {by(done.output.shape[1:])}", f"{low} to {high}"), ("Output", f"{low} to {high}")),
    ]  # fmt: skip


def edge_words(state: EdgesState) -> str:
    """Where the input changes."""
    first, then = ("brighter", "darker") if state.flipped else ("darker", "brighter")
    way = direction_words(state.direction)
    if state.input == "stripe":
        return f"{first}, then {then} {way}"
    if state.input == "corner":
        return f"gets {first} {way}, {direction_words((state.direction + 90) % 360)}"
    return f"gets {first} {way}"


def _link(scene: Scene, plates: list[Plate]) -> None:
    source, kernel, output = plates
    window, here = source.marks[0], output.marks[0]
    middle = source.cell_rect(window.top, window.left, window.bottom, window.right).center().y()
    left = QPointF(kernel.rect.left() - AIR, kernel.rect.center().y())
    scene.below.append(Link(QPointF(source.rect.right() + AIR, middle), left))
    goes = QPointF(kernel.rect.right() + AIR, kernel.rect.center().y())
    height = output.cell_rect(here.top, here.left).center().y()
    scene.below.append(Link(goes, QPointF(output.rect.left() - AIR, height)))


def sentences(grid: Grid) -> list[str]:
    """The sum of the window on show, what the sign of it says, and how to flip it."""
    return [_sum_sentence(grid), _sign_sentence(grid)]


def _sum_sentence(grid: Grid) -> str:
    step = grid.step
    taps = [(x, k) for x, k in zip(step.patch[0].flat, step.kernel[0].flat, strict=True) if k and x]
    where = f"Output row {step.row}, column {step.col}"
    if len(taps) > MOST_TERMS:
        return f"{where}: the sum of {len(taps)} products is {settled(step.value)}; point at a cell to move the window."
    terms = " + ".join(f"{plain(float(x))}·{wrapped(float(k))}" for x, k in taps) or "nothing but zeros"
    exact = all(round(float(k), 3) == float(k) for _, k in taps)
    return f"{where}: {terms} {'=' if exact else '≈'} {settled(step.value)} (zeros left out)."


def _sign_sentence(grid: Grid) -> str:
    kernel, output = grid.state.shown_kernel, grid.trace.output
    if kernel.entry.keeps_brightness:
        return "The weights add up to 1: the answer is a picture again, as bright as the input."
    if kernel.name == "custom":
        return "Plus where bright lies under the positive weights and dark under the negative ones; minus vice versa."
    if kernel.name.startswith("laplacian"):
        return "Minus on the bright side of an edge, plus on the dark side: the edge lies where the sign changes."
    if float(np.abs(output).max()) < 1e-9:
        if not edge_input(grid.state.input).directed:
            return "All zero: in every window what the kernel adds and what it takes away are the same."
        return "All zero: the kernel lies along the edge and sees no difference across it."
    way = direction_words(kernel.angle)
    now = (
        "Now dark comes first: the same edge, the other sign."
        if grid.state.flipped
        else "Press F to flip the input."
    )
    if kernel.name == "gabor":
        return f"The wave runs {way}: the answer is largest where bright and dark alternate as its weights do. {now}"
    return f"Plus where bright turns to dark {way}, minus where dark turns to bright. {now}"
