"""The shift view: shift then filter beside filter then shift, translation equivariance in numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSizeF

from gui import colormaps
from gui.pages.convolution import scene_parts as parts
from gui.pages.convolution.layout import NARROW_STAGE, table_layout
from gui.pages.convolution.resolve import Equivariance, Resolved, equivariance
from gui.pages.convolution.scene_parts import Heads, plain, plural
from gui.theme import VIRIDIS
from gui.widgets.plate import Plate, number_texts
from gui.widgets.scene import Scene

SHIFTED_INPUT, SHIFTED_OUTPUT, OUTPUT_OF_SHIFTED = "shifted-input", "shifted-output", "output-of-shifted"
DIFFERENCE = "difference"
SHORT_TITLES = {
    f"{parts.INPUT}x": "x", SHIFTED_INPUT: "x shifted", SHIFTED_OUTPUT: "f(x), shifted",
    OUTPUT_OF_SHIFTED: "f(x shifted)", DIFFERENCE: "difference",
}  # fmt: skip
Heads3 = tuple[Heads, Heads, Heads]


def shift_scene(resolved: Resolved, size: QSizeF, both: Equivariance | None = None) -> Scene:
    """Lay out the shift view; `both` is what was computed for this shift already."""
    both = equivariance(resolved) if both is None else both
    limit, beyond = compared_limit(resolved, both)
    lines = _plates(resolved, both, limit)
    width, height = size.width(), size.height()
    everything, heads = shift_sentences(resolved, both), _heads(resolved)
    sentences = parts.kept_sentences(everything, width, height)
    bars = (
        parts.key(parts.input_anchors(resolved), *parts.input_range(resolved)),
        parts.diverging_key(limit, beyond=beyond),
        parts.key(VIRIDIS, 0, _largest(both), "difference"),
    )
    titles = [_titles(line, width) for line in lines]
    needs = [
        max(parts.head_width(head, bar), *(parts.text_width(names[column]) for names in titles))
        for column, (head, bar) in enumerate(zip(heads, bars, strict=True))
    ]
    rows, columns = resolved.trace.geometry.input_hw
    out_rows, out_columns = resolved.trace.geometry.output_hw
    table = table_layout(
        (width, height), lines=2, columns=(columns, out_columns, out_columns), rows=max(rows, out_rows), heads=needs,
        strip=parts.sentences_height(sentences, width, height),
    )  # fmt: skip
    scene = Scene(size, description=" ".join(everything))
    for left, room, head, bar in zip(table.lefts, table.widths, heads, bars, strict=True):
        scene.below += parts.head(left, table.head, room, head, bar)
    for line, names, top in zip(lines, titles, table.tops, strict=True):
        for plate, name, left, room in zip(line, names, table.lefts, table.widths, strict=True):
            plate.rect = parts.place(*plate.shape, table.cell, left, top)
            scene.plates.append(plate)
            scene.below.append(parts.titled(plate, room, name))
    parts.sentences_strip(scene, table.strip, sentences)
    return scene


def compared_limit(resolved: Resolved, both: Equivariance) -> tuple[float, bool]:
    """One colour range for the three maps that are compared, and whether values lie beyond it.

    Cells that no border touches decide; where there are none, all of them.
    """
    index = resolved.step.filter
    compared = (resolved.trace.output[index], both.shifted_output[index], both.output_of_shifted[index])
    inner = np.stack([values[both.inner] for values in compared[1:]])
    whole = max(parts.limit_of(values) for values in compared)
    limit = parts.limit_of(inner) if np.any(inner) else whole
    return limit, whole > limit


def _largest(both: Equivariance) -> float:
    return float(both.difference.max(initial=0.0)) or 1.0


def _plates(
    resolved: Resolved, both: Equivariance, limit: float
) -> tuple[tuple[Plate, Plate, Plate], tuple[Plate, Plate, Plate]]:
    """Two lines of three plates, all numbers in one size."""
    done, channel, index = resolved.trace, resolved.step.channels[0], resolved.step.filter

    def source(key: str, values: npt.NDArray[np.float64], title: str) -> Plate:
        return Plate(key, values, parts.input_colors(values, resolved), title=title)

    def output(key: str, values: npt.NDArray[np.float64], title: str) -> Plate:
        return Plate(key, values, colormaps.activations(values, limit), title=title)

    difference = both.difference[index]
    above = (
        source(f"{parts.INPUT}x", done.x[channel], "Input x"),
        output(f"{parts.OUTPUT}{index}", done.output[index], "Output of x"),
        output(SHIFTED_OUTPUT, both.shifted_output[index], "Output of x, then shifted"),
    )
    below = (
        source(SHIFTED_INPUT, both.shifted_input[channel], "x shifted"),
        output(OUTPUT_OF_SHIFTED, both.output_of_shifted[index], "Output of x shifted"),
        Plate(
            DIFFERENCE, difference, colormaps.magnitude(difference, 0, _largest(both)),
            title="Difference of the two", faint=~both.inner,
        ),
    )  # fmt: skip
    digits = max(number_texts(plate.values)[1] for plate in (*above, *below))
    for plate in (*above, *below):
        plate.digits = digits
    return above, below


def _titles(line: tuple[Plate, ...], width: float) -> list[str]:
    return [SHORT_TITLES.get(p.key, "f(x)") if width < NARROW_STAGE else p.title for p in line]


def _heads(resolved: Resolved) -> Heads3:
    state = resolved.state
    shift = direction(state.shift_y, state.shift_x)
    return (
        (("Input", f"shifted {shift}"), ("Input", shift)),
        (("Filter f", "the same for both"), ("Filter f", "")),
        (("Two ways round", "hatched: a border has a part in it"), ("Two ways", "hatched: border")),
    )


def direction(rows: int, columns: int) -> str:
    """A shift in words: "down 1, right 2"; "nowhere" where there is none."""
    words = [f"{'down' if rows > 0 else 'up'} {abs(rows)}"] if rows else []
    words += [f"{'right' if columns > 0 else 'left'} {abs(columns)}"] if columns else []
    return ", ".join(words) or "nowhere"


def shift_sentences(resolved: Resolved, both: Equivariance) -> list[str]:
    """What the shift view says in words."""
    return [*_shift_sentences(resolved, both), *_channel_sentence(resolved)]


def _shift_sentences(resolved: Resolved, both: Equivariance) -> list[str]:
    state = resolved.state
    shift = direction(state.shift_y, state.shift_x)
    if both.output_shift is None:
        return [
            f"The shift ({shift}) is no multiple of the stride {state.stride}: the output is not simply shifted.",
            f"Equivariance holds for shifts by multiples of {state.stride} only; strides are where networks lose it.",
        ]
    maps = "the map" if resolved.trace.shape[0] == 1 else "every map"
    first = f"Shifting the input {shift} shifts the output {direction(*both.output_shift)}."
    if not both.inner.any():
        return [first, f"No cell of {maps} is free of the border, so there is nothing to compare."]
    largest = float(both.difference[:, both.inner].max(initial=0.0))
    cells = plural(int(both.inner.sum()), "cell")
    return [
        first,
        f"Largest difference {plain(largest)} over {cells} of {maps} that no border touches.",
        "At the border the two differ: there, pixels left the picture or zeros came in.",
    ]


def _channel_sentence(resolved: Resolved) -> list[str]:
    """Which of several channels is on show."""
    count, channels = len(resolved.trace.x), resolved.step.channels
    if count == 1:
        return []
    summed = "all are summed"
    if len(channels) < count:
        first, last = channels[0] + 1, channels[-1] + 1
        summed = "this filter reads it alone" if first == last else f"this filter sums {first} to {last}"
    return [f"Input: channel {channels[0] + 1} of {count} shown, {summed}."]
