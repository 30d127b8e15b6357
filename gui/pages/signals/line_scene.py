"""A signal step by step: the window over the curve, products, sum, the output that grows; and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSizeF

from engine.foundations.signals.filters import preset
from engine.foundations.spec import FloatArray
from gui import colormaps
from gui.pages.signals import parts
from gui.pages.signals.resolve import Resolved
from gui.pages.signals.state import CUSTOM
from gui.theme import space
from gui.widgets.curve_plate import AXIS_LINE, CurvePlate, PlaceAxis, ValueAxis, span_of
from gui.widgets.plate import Mark, MarkRole, Plate, number_texts
from gui.widgets.plot.scale import Axis
from gui.widgets.scene import ColorBar, Scene, Words
from gui.widgets.stage_layout import TITLE, crisp, largest_cell, margin_of
from gui.widgets.stage_text import (
    LOW_STAGE,
    kept_sentences,
    limit_of,
    place,
    plain,
    sentences_height,
    sentences_strip,
    text_width,
    titled,
    wrapped,
)

AXIS_ROOM = 60.0
SYMBOL = 26.0
LEAST_CURVE, MOST_CURVE = 40.0, 210.0
TALL_STAGE = 620.0
"""From this height on both curves have an axis; below it the lower one alone."""
CELL_SHARE = 0.08


@dataclass(frozen=True, slots=True)
class Row:
    """A row of numbers with its curve: what stands above the arithmetic, or beneath it."""

    key: str
    values: FloatArray
    title: str
    detail: str
    limit: float
    offset: float
    """Where its first cell lies, in cells of the padded input."""
    first: float
    """The sample of the signal (or the output cell) that its first cell is."""
    marks: tuple[Mark, ...]
    faint: npt.NDArray[np.bool_] | None = None
    hidden: npt.NDArray[np.bool_] | None = None
    editable: bool = False
    decimals: int | None = None
    ghost: tuple[int, FloatArray] | None = None
    role: str = "accent"

    @property
    def bar(self) -> ColorBar:
        return parts.activation_key(self.limit)


@dataclass(frozen=True, slots=True)
class LineLayout:
    """Upper edges and sides of everything on a stage, in pixels; rows are head, curve, cells (or cells, curve)."""

    cell: float
    kernel_cell: float
    left: float
    curve: float
    both_axes: bool
    upper: float
    arithmetic: float
    lower: float
    strip: float


def line_layout(
    size: tuple[float, float], *, columns: int, kernel: int, sum_room: float, strip: float
) -> LineLayout:
    """Lay out two rows of at most `columns` cells with their curves, and three plates of `kernel` cells between."""
    width, height = size
    margin = margin_of(width)
    cap = min(largest_cell(width, height), max(height * CELL_SHARE, 22.0))
    room = width - 2 * margin - AXIS_ROOM
    cell = crisp(min(room / columns, cap))
    wide = width - 2 * margin - 2 * SYMBOL - sum_room
    kernel_cell = crisp(min(wide / (3 * kernel), cap * 1.15))
    both = height >= TALL_STAGE
    axes = (4 if both else 2) * AXIS_LINE
    middle = TITLE + kernel_cell + 2 * space.m
    fixed = 2 * parts.ROW_HEAD + 2 * (cell + space.xs) + axes + middle + strip + 2 * space.s + 2 * space.m
    curve = min(max((height - fixed) / 2, LEAST_CURVE), MOST_CURVE)
    spare = max(height - fixed - 2 * curve, 0.0)
    upper = space.s + float(int(spare * 0.3))
    arithmetic = (
        upper + parts.ROW_HEAD + curve + space.xs + cell + (2 * AXIS_LINE if both else 0.0) + space.m + TITLE
    )
    lower = arithmetic + kernel_cell + space.m + float(int(spare * 0.2))
    end = lower + parts.ROW_HEAD + cell + space.xs + curve + 2 * AXIS_LINE
    left = margin + AXIS_ROOM + max(room - columns * cell, 0.0) / 2
    return LineLayout(
        cell, kernel_cell, float(int(left)), float(int(curve)), both, upper, arithmetic, lower, end + space.m
    )


def line_scene(resolved: Resolved, size: QSizeF) -> Scene:
    """Lay out the step view, or the way back, of a signal for a stage of `size`."""
    back = resolved.back is not None
    upper, lower = (_back_rows if back else _forward_rows)(resolved)
    said = (back_sentences if back else step_sentences)(resolved)
    low = size.height() < LOW_STAGE
    sentences = kept_sentences(said[:1] if low else said, size.width(), size.height())
    scene = Scene(size, description=describe(resolved))
    layout = line_layout(
        (size.width(), size.height()), columns=resolved.trace.layout.padded[0], kernel=resolved.trace.layout.kernel[0],
        sum_room=_sum_room(resolved), strip=sentences_height(parts.steady(sentences), size.width(), size.height()),
    )  # fmt: skip
    _place_row(scene, resolved, layout, upper, curve_first=True)
    plates = (_back_arithmetic if back else _forward_arithmetic)(scene, resolved, layout)
    _place_row(scene, resolved, layout, lower, curve_first=False)
    _join(scene, upper, lower, plates, back=back)
    sentences_strip(scene, layout.strip, sentences)
    return scene


# --- the two rows ----------------------------------------------------------------------------------------------


def _forward_rows(resolved: Resolved) -> tuple[Row, Row]:
    done, step, state = resolved.trace, resolved.step, resolved.state
    pad = done.spec.padding
    (count,), (length,) = done.layout.output, done.layout.sizes
    faint = np.zeros((1, length + 2 * pad), np.bool_)
    faint[0, :pad] = faint[0, length + pad :] = True
    padded = f", padded to {length + 2 * pad}" if pad else ""
    last, unit = resolved.first + length - 1, parts.in_unit(resolved.unit)
    span = f"samples {resolved.first} to {last} of {resolved.signal.name}{unit}{padded}"
    hidden = np.zeros((1, count), np.bool_)
    if state.fill:
        hidden[0, max(state.line.step, step.index) + 1 :] = True
        hidden[0, min(step.index, state.line.step) + 1 : step.index] = True
    upper = Row(
        f"{parts.INPUT}0", done.padded, f"Input {length} × 1", span, limit_of(done.x), 0.0, resolved.first - pad,
        (Mark.grid(MarkRole.WINDOW, np.array([0]), step.taps[0]),),
        faint=faint if pad else None, editable=True, decimals=parts.decimals_of(done.x),
        ghost=_ghost(resolved),
    )  # fmt: skip
    slides = f"stride {done.spec.stride}, dilation {done.spec.dilation}, bias {plain(step.bias)}"
    lower = Row(
        f"{parts.OUTPUT}0", done.output, f"Output {count} × 1", slides, resolved.limit, _offset(resolved), 0.0,
        (Mark.cell(MarkRole.WINDOW, 0, step.place[0]),), hidden=hidden if hidden.any() else None, role="good",
        decimals=parts.decimals_of(done.output) if np.abs(done.output).max() >= 1 else 2,
    )  # fmt: skip
    return upper, lower


def _back_rows(resolved: Resolved) -> tuple[Row, Row]:
    done, step, back = resolved.trace, resolved.step, resolved.back
    if back is None:
        raise ValueError("the way back is not on show")
    pad, (length,) = done.spec.padding, done.layout.sizes
    inside = step.taps[0][(step.taps[0] >= pad) & (step.taps[0] < length + pad)] - pad
    ones = resolved.state.weighs == "ones"
    what = "every output weighs 1" if ones else "every output weighs what it is"
    upper = Row(
        f"{parts.OUTPUT}0", back.weighs, f"Outputs {done.layout.output[0]} × 1", what, limit_of(back.weighs),
        _offset(resolved), 0.0, (Mark.cell(MarkRole.WINDOW, 0, step.place[0]),), role="good",
    )  # fmt: skip
    marks = (Mark.grid(MarkRole.WINDOW, np.array([0]), inside),) if inside.size else ()
    lower = Row(
        f"{parts.BACK}0", back.so_far, f"Back at the input {length} × 1",
        "the sum of what was spread so far" if resolved.state.fill else "the sum of all that is spread",
        limit_of(back.whole), float(pad), resolved.first, marks,
    )  # fmt: skip
    return upper, lower


def _offset(resolved: Resolved) -> float:
    """Where the outputs begin, so that a cell lies in the middle of its window; centred where the stride skips."""
    layout = resolved.trace.layout
    if resolved.trace.spec.stride == 1:
        return (layout.extent[0] - 1) / 2
    return (layout.padded[0] - layout.output[0]) / 2


def _ghost(resolved: Resolved) -> tuple[int, FloatArray] | None:
    """The filter over the window, as high as the signal is: only its shape means something."""
    step, limit = resolved.step, parts.kernel_limit(resolved.trace)
    if resolved.trace.layout.kernel[0] < 2:
        return None
    dense = np.interp(np.arange(step.taps[0][0], step.taps[0][-1] + 1), step.taps[0], step.kernel[0])
    return int(step.taps[0][0]), dense / limit * limit_of(resolved.trace.x) * 0.9


def _place_row(scene: Scene, resolved: Resolved, layout: LineLayout, row: Row, *, curve_first: bool) -> None:
    """Head, curve and cells (the other way round beneath), with the numbers of the axes."""
    count, margin = row.values.shape[1], margin_of(scene.size.width())
    left = layout.left + row.offset * layout.cell
    head = layout.upper if curve_first else layout.lower
    scene.below += parts.row_head(
        margin, head, scene.size.width() - 2 * margin, row.title, row.detail, row.bar
    )
    top = head + parts.ROW_HEAD
    cells = top + layout.curve + space.xs if curve_first else top
    curve = top if curve_first else top + layout.cell + space.xs
    plate = Plate(
        row.key, row.values, colormaps.activations(row.values, row.limit), title=row.title, faint=row.faint,
        hidden=row.hidden, editable=row.editable, marks=row.marks, decimals=row.decimals,
    )  # fmt: skip
    plate.rect = place(1, count, layout.cell, left, cells)
    low, high = span_of(row.values, *([] if row.ghost is None else [row.ghost[1]]))
    line = CurvePlate(
        f"{parts.CURVE}{row.key}", row.values, title=row.title, hidden=row.hidden, low=low, high=high,
        marks=row.marks, ghost=row.ghost, role=row.role,
    )  # fmt: skip
    line.rect = QRectF(plate.rect.left(), round(curve), plate.rect.width(), layout.curve)
    scene.plates += [line, plate]
    scene.below.append(ValueAxis(line.rect, low, high, parts.value_axis(resolved)))
    if layout.both_axes or not curve_first:
        base = plate.rect if curve_first else line.rect
        scene.below.append(PlaceAxis(base, count, *_places(resolved, row)))


def _places(resolved: Resolved, row: Row) -> tuple[Axis, float, float]:
    """The axis beneath a row: time (or samples) for the signal, cells for outputs."""
    if row.key.startswith(parts.OUTPUT):
        return Axis("output cell", integer=True), 0.0, 1.0
    axis, hop = parts.time_axis(resolved)
    return axis, row.first * hop, hop


# --- the arithmetic between them ---------------------------------------------------------------------------------


def _sum_room(resolved: Resolved) -> float:
    """Room for the sum at the right of the products; none is needed on the way back."""
    if resolved.back is not None:
        return 0.0
    longest = "sum −0.1234" + (" + bias (−0.1234)" if resolved.step.bias else "")
    return text_width(longest, "body", mono=True, bold=True) + space.l


def _forward_arithmetic(scene: Scene, resolved: Resolved, layout: LineLayout) -> tuple[Plate, QRectF]:
    """Window x filter = products and their sum; the window's plate, and the area of the sum."""
    done, step = resolved.trace, resolved.step
    values = (step.patch, step.kernel, step.products)
    colors = (
        colormaps.activations(step.patch, limit_of(done.x)),
        colormaps.weights(step.kernel, parts.kernel_limit(done)),
        colormaps.activations(step.products, limit_of(step.products)),
    )
    names = (
        (f"{parts.PATCH}0", "Window"),
        (f"{parts.KERNEL}0", "Filter"),
        (f"{parts.PRODUCT}0", "Products"),
    )
    plates = [
        Plate(key, v, c, title=title, editable=key == f"{parts.KERNEL}0")
        for (key, title), v, c in zip(names, values, colors, strict=True)
    ]
    total = f"sum {plain(step.total)}" + (f" + bias {wrapped(step.bias)}" if step.bias else "")
    right = _lay_out(scene, layout, plates, "×=", total, _sum_room(resolved))
    return plates[0], right


def _back_arithmetic(scene: Scene, resolved: Resolved, layout: LineLayout) -> tuple[Plate, QRectF]:
    """Value x filter = what is added; the plate of what is added, and the area of the value."""
    done, step, back = resolved.trace, resolved.step, resolved.back
    if back is None:
        raise ValueError("the way back is not on show")
    value = np.array([[back.value]])
    spread = back.spread[None]
    plates = [
        Plate(f"{parts.OUTPUT}v", value, colormaps.activations(value, limit_of(back.weighs)), title="Value"),
        Plate(
            f"{parts.KERNEL}0", step.kernel, colormaps.weights(step.kernel, parts.kernel_limit(done)),
            title="Filter", editable=True,
        ),
        Plate(
            f"{parts.SPREAD}0", spread, colormaps.activations(spread, limit_of(back.whole)), title="Added",
        ),
    ]  # fmt: skip
    _lay_out(scene, layout, plates, "×=", "", _sum_room(resolved))
    return plates[2], plates[0].rect


def _lay_out(
    scene: Scene, layout: LineLayout, plates: Sequence[Plate], signs: str, total: str, room: float
) -> QRectF:
    """Put plates side by side in the middle of the stage, signs between them, the sum at the end; its area.

    `room` is what the longest sum needs: the plates stand still while the window walks.
    """
    cell, words = layout.kernel_cell, text_width(total, "body", mono=True, bold=True)
    counts = [plate.shape[1] for plate in plates]
    digits = max(number_texts(plate.values)[1] for plate in plates)
    wide = sum(counts) * cell + 2 * SYMBOL + room
    left = (scene.size.width() - wide) / 2
    for plate, count in zip(plates, counts, strict=True):
        plate.rect = place(1, count, cell, left, layout.arithmetic)
        plate.digits = digits
        scene.below.append(titled(plate, max(count * cell, text_width(plate.title)) + SYMBOL - 2))
        left += count * cell + SYMBOL
    for (first, second), sign in zip(pairwise(plates), signs, strict=True):
        gap = QRectF(first.rect.right(), first.rect.top(), second.rect.left() - first.rect.right(), cell)
        scene.below.append(parts.centred_words(gap, sign))
    scene.plates += plates
    area = QRectF(plates[-1].rect.right() + space.m, layout.arithmetic, words + 1, cell)
    if total:
        scene.below.append(Words(area, total, size="body", mono=True, bold=True, elide=False))
    return area


def _join(scene: Scene, upper: Row, lower: Row, joined: tuple[Plate, QRectF], *, back: bool) -> None:
    """From the window to its products and from the sum to the output; the other way round on the way back."""
    plate, words = joined
    above, beneath = scene.plate(upper.key), scene.plate(lower.key)
    if above is None or beneath is None or not upper.marks or not lower.marks:
        return
    window, cell = _marked(above), _marked(beneath)
    target = QRectF(cell.left(), beneath.rect.top(), cell.width(), 0)
    if back:
        scene.below.insert(0, parts.funnel(window, words))
        scene.below.insert(0, parts.funnel(plate.rect, target))
    else:
        scene.below.insert(0, parts.funnel(window, plate.rect))
        stem = min(cell.width(), words.width())
        below = QRectF(words.center().x() - stem / 2, words.top(), stem, words.height())
        scene.below.insert(0, parts.funnel(below, target))


def _marked(plate: Plate) -> QRectF:
    mark = plate.marks[0]
    return plate.cell_rect(mark.top, mark.left, mark.bottom, mark.right)


# --- words -------------------------------------------------------------------------------------------------------


def step_sentences(resolved: Resolved) -> list[str]:
    """What the step does, and what the filter is for."""
    step, one = resolved.step, resolved.state.line
    bias = f" and the bias {plain(step.bias)}" if step.bias else ""
    taps = step.kernel.size
    text = f"Output {step.place[0]} is {plain(step.value)}: the sum of {taps} products{bias}."
    words = (
        "Dashed over the curve: your filter, scaled."
        if one.kind == CUSTOM
        else (
            f"{preset(1, one.kind).title}, dashed over the curve (scaled): {preset(1, one.kind).description}"
        )
    )
    return [text, words]


def back_sentences(resolved: Resolved) -> list[str]:
    """What the way back does, and what it is the gradient of."""
    back, step = resolved.back, resolved.step
    if back is None:
        return []
    cell = ", ".join(map(str, step.place))
    first = (
        f"Output {cell} is worth {plain(back.value)}: the filter, times {plain(back.value)}, is added to the "
        f"{step.kernel.size} cells that it was computed from."
    )
    of = (
        "the sum of all outputs" if resolved.state.weighs == "ones" else "half the sum of all squared outputs"
    )
    return [
        first,
        f"All of it together is the transposed convolution, and the gradient of {of} with respect to the input.",
    ]


def describe(resolved: Resolved) -> str:
    """The step in one sentence, for screen readers and handouts."""
    step = resolved.step
    place_ = ", ".join(map(str, step.place))
    windows = "; ".join(f"{int(t[0])} to {int(t[-1])}" for t in step.taps)
    text = f"Step {step.index + 1} of {len(resolved.trace)}: output {place_}, window {windows}; "
    if resolved.back is not None:
        return f"{text}{plain(resolved.back.value)} is spread over the window."
    return f"{text}value {plain(step.value)}."
