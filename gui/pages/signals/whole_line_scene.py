"""The whole signal: input and output as curves over one axis, and a lens on the stretch around one output."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSizeF

from engine.foundations.signals.filters import preset
from engine.foundations.signals.trace import Trace
from engine.foundations.spec import FloatArray, IntArray
from gui.pages.signals import parts
from gui.pages.signals.resolve import Resolved
from gui.pages.signals.state import CUSTOM
from gui.theme import space
from gui.widgets.curve_plate import AXIS_LINE, VALUE_ROOM, CurvePlate, PlaceAxis, ValueAxis, span_of
from gui.widgets.plate import Mark, MarkRole
from gui.widgets.plot.scale import Axis
from gui.widgets.scene import Scene
from gui.widgets.stage_layout import margin_of
from gui.widgets.stage_text import LOW_STAGE, head, kept_sentences, plain, sentences_height, sentences_strip

WHOLE_INPUT, WHOLE_OUTPUT, LENS_INPUT, LENS_OUTPUT = (
    "whole/input", "whole/output", "lens/input", "lens/output",
)  # fmt: skip
LENS = 40
"""Samples in the lens."""
HEAD = 44.0


def whole_line_scene(resolved: Resolved, size: QSizeF) -> Scene:
    """Lay out the whole signal with its response for a stage of `size`. Raises ValueError in another view."""
    done = resolved.whole
    if done is None:
        raise ValueError("the whole signal is not on show")
    index = min(resolved.state.sample, len(done) - 1)
    said = _sentences(resolved, done)
    sentences = kept_sentences(said[:1] if size.height() < LOW_STAGE else said, size.width(), size.height())
    scene = Scene(size, description=sentences[0])
    strip = sentences_height(parts.steady(sentences), size.width(), size.height())
    margin = margin_of(size.width())
    left, right = margin + VALUE_ROOM, size.width() - margin
    height = (size.height() - strip - 3 * (HEAD + 2 * AXIS_LINE + space.s) - 2 * space.s) / 3
    pitch = HEAD + height + 2 * AXIS_LINE + space.s
    axis, hop = parts.time_axis(resolved)
    window = done.step(index).taps[0] - done.spec.padding
    seen = QRectF(left, space.s + HEAD, right - left, max(height, 24.0))
    signal, output = resolved.signal.samples, done.output[0]
    mark = _band(window, len(signal))
    shown = (
        (WHOLE_INPUT, "Input", _name(resolved), signal, 0.0, hop, mark, "accent"),
        (
            WHOLE_OUTPUT,
            "Output",
            f"{len(output):,} samples: {_filter_name(resolved)}",
            output,
            _output_start(done, hop),
            hop * done.spec.stride,
            Mark.cell(MarkRole.WINDOW, 0, index),
            "good",
        ),
    )
    for number, (key, name, detail, values, start, step, one, role) in enumerate(shown):
        area = seen.translated(0, number * pitch)
        _curve(scene, resolved, area, key, name, detail, values, start, step, axis, one, role)
    lens = seen.translated(0, 2 * pitch)
    _lens(scene, resolved, done, index, window, lens, axis, hop)
    sentences_strip(scene, space.s + 3 * pitch, sentences)
    return scene


def _lens(
    scene: Scene,
    resolved: Resolved,
    done: Trace,
    index: int,
    window: IntArray,
    area: QRectF,
    axis: Axis,
    hop: float,
) -> None:
    """The same two curves, close: the filter over its window, and the output beside it."""
    signal, output, stride = resolved.signal.samples, done.output[0], done.spec.stride
    half = area.width() / 2 - VALUE_ROOM / 2
    first = _around(int(window[len(window) // 2]), len(signal))
    piece = signal[first : first + LENS]
    inside = window[(window >= first) & (window < first + len(piece))] - first
    ghost = _ghost(resolved, window - first, piece)
    left = QRectF(area.left(), area.top(), half, area.height())
    band = _band(inside, len(piece)) if inside.size else None
    detail = "the window, and the filter over it (dashed, scaled)"
    _curve(
        scene, resolved, left, LENS_INPUT, "Lens: input", detail, piece, first * hop, hop, axis, band, "accent",
        ghost=ghost,
    )  # fmt: skip
    start = _around(index, len(output))
    right = QRectF(left.right() + VALUE_ROOM, area.top(), half, area.height())
    value = f"sample {index:,} is {parts.with_unit(float(output[index]), resolved.unit)}"
    _curve(
        scene, resolved, right, LENS_OUTPUT, "Lens: output", value, output[start : start + LENS],
        _output_start(done, hop) + start * hop * stride, hop * stride, axis,
        Mark.cell(MarkRole.WINDOW, 0, index - start), "good",
    )  # fmt: skip


def _curve(
    scene: Scene, resolved: Resolved, area: QRectF, key: str, name: str, detail: str, values: FloatArray,
    start: float, step: float, axis: Axis, mark: Mark | None, role: str, ghost: tuple[int, FloatArray] | None = None,
) -> None:  # fmt: skip
    """One named curve with its axes."""
    low, high = span_of(values, *([] if ghost is None else [ghost[1]]))
    plate = CurvePlate(
        key, values[None], title=name, rect=area, low=low, high=high, role=role, ghost=ghost,
        marks=() if mark is None else (mark,),
    )  # fmt: skip
    scene.plates.append(plate)
    scene.below += head(area.left(), area.top() - HEAD, area.width(), ((name, detail), (name, "")))
    scene.below.append(ValueAxis(area, low, high, parts.value_axis(resolved)))
    scene.below.append(PlaceAxis(area, values.size, axis, start, step))


def lens_start(key: str, resolved: Resolved) -> int:
    """The sample that the first column of a curve is: of the lens where it begins, else 0."""
    done = resolved.whole
    if done is None or key not in (LENS_INPUT, LENS_OUTPUT):
        return 0
    index = min(resolved.state.sample, len(done) - 1)
    if key == LENS_OUTPUT:
        return _around(index, done.shape[1])
    window = done.step(index).taps[0] - done.spec.padding
    return _around(int(window[len(window) // 2]), len(resolved.signal.samples))


def _around(middle: int, count: int) -> int:
    return min(max(middle - LENS // 2, 0), max(count - LENS, 0))


def _band(places: IntArray, count: int) -> Mark:
    """The stretch of a window, as far as it lies within the signal."""
    first, last = max(int(places[0]), 0), min(int(places[-1]), count - 1)
    return Mark(MarkRole.WINDOW, 0, first, 1, max(last, first) + 1)


def _ghost(resolved: Resolved, window: IntArray, piece: FloatArray) -> tuple[int, FloatArray] | None:
    if len(window) < 2:
        return None
    done = resolved.trace
    dense = np.interp(np.arange(window[0], window[-1] + 1), window, done.weight[0, 0])
    return int(window[0]), dense / parts.kernel_limit(done) * float(np.abs(piece).max(initial=0.0)) * 0.9


def _output_start(done: Trace, hop: float) -> float:
    """Where the first output lies on the axis of the input: in the middle of its window."""
    return ((done.layout.extent[0] - 1) / 2 - done.spec.padding) * hop


def _name(resolved: Resolved) -> str:
    signal = resolved.signal
    rate = f" at {plain(signal.rate)} a second" if signal.rate else ""
    note = f" ({signal.note})" if signal.note else ""
    return f"{signal.name}: {len(signal.samples):,} samples{rate}{parts.in_unit(signal.unit)}{note}"


def _filter_name(resolved: Resolved) -> str:
    one = resolved.state.line
    name = "your own filter" if one.kind == CUSTOM else preset(1, one.kind).title.lower()
    return f"{name}, {one.size} taps"


def _sentences(resolved: Resolved, done: Trace) -> list[str]:
    output = done.output[0]
    best = int(np.argmax(output))
    axis, hop = parts.time_axis(resolved)
    where = _output_start(done, hop) + best * hop * done.spec.stride
    unit = f" {axis.unit}" if axis.unit else ""
    largest = f"The largest answer is {plain(float(output[best]))}, at {axis.name} {plain(where)}{unit}."
    kind = resolved.state.line.kind
    return [largest] if kind == CUSTOM else [largest, preset(1, kind).description]
