"""What the inspector says: about what is on show, and about what is under the pointer."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.detection.sliding.counting import conv_looks, looks
from engine.detection.sliding.requests import boxes_of
from engine.detection.sliding.window_net import HIDDEN, LABELS, POOL, POOLED, WINDOW
from gui.pages.boxes.sliding.compare_scene import ONCE, SEPARATE
from gui.pages.boxes.sliding.fold_parts import LONGEST, PER
from gui.pages.boxes.sliding.fold_weights import ANSWER_LINES, ENTRY, MATRIX, MOSAIC, PRODUCT, WEIGHT
from gui.pages.boxes.sliding.items import short_count
from gui.pages.boxes.sliding.larger_part import LARGER
from gui.pages.boxes.sliding.settings import FOLD_STEPS
from gui.pages.boxes.sliding.shown import Folding, Shown, found_in_one_pass
from gui.pages.boxes.sliding.slide_scene import ANSWERS, CROP, HEAT, LEVEL, PICTURE
from gui.pages.boxes.sliding.words import weights_text
from gui.widgets.facts import Fact
from gui.widgets.stage_text import by, plain

TOP: Final = 3
FROM_0: Final = "Counted from 0."


# --- what is on show --------------------------------------------------------------------------------------


def view_facts(shown: Shown) -> list[Fact]:
    """The numbers of the walk, or of the comparison."""
    found = shown.cost
    sizes = ", ".join(by(level.size) for level in shown.levels)
    rows: list[Fact] = [
        ("scales", sizes, "Height × width in pixels; each has three quarters of the size of the one before."),
        ("windows", f"{shown.windows:,}", "Over all scales."),
        ("stride", f"{shown.stride} px", "From one window to the next."),
        ("one window", f"{short_count(found.once)}", "Multiplications of the net for 14 × 14 pixels."),
        ("one by one", short_count(found.separate), "Multiplications of all windows."),
        (
            "in one pass",
            short_count(found.shared),
            "Multiplications of the convolutional net over all scales.",
        ),
    ]
    boxes = found_in_one_pass(shown) if shown.settings.part == "compare" else None
    if boxes is not None:
        least = shown.settings.least
        rows.append(
            ("boxes", str(len(boxes[1].scores)), f"Of {len(boxes[0].scores)} windows with p ≥ {least:.2f}.")
        )
    return rows


def fold_facts(folding: Folding) -> list[Fact]:
    """The numbers of the layers."""
    neuron, net = folding.settings.neuron, folding.net
    rows: list[Fact] = [
        (
            "first layer",
            weights_text(),
            "As a matrix 400 × 400, as filters 400 × 5 × 5 × 16: the same number.",
        ),
        ("neuron", str(neuron), FROM_0),
        ("bias", plain(float(net.fc2_bias[neuron])), "Of this neuron."),
        ("activation", plain(float(folding.alone.fc2[neuron, 0, 0])), "After ReLU, for the window on show."),
    ]
    if FOLD_STEPS[folding.settings.step] == "larger":
        row, column = folding.cell
        rows += [
            ("picture", by(folding.size), "Height × width in pixels."),
            ("answers", by(folding.larger.logits.shape[1:]), "Rows × columns of windows, two pixels apart."),
            ("answer", f"row {row}, column {column}", FROM_0),
        ]
    return rows


# --- under the pointer ------------------------------------------------------------------------------------


def under(shown: Shown, key: str, row: int, column: int) -> list[Fact]:
    """A cell of the walk or of the comparison."""
    if key == CROP:
        return [
            ("pixel", f"row {row}, column {column}", "Of the window."),
            _ink(float(shown.window[row, column])),
        ]
    if key == PICTURE or key.startswith(LEVEL):
        number = shown.place[0] if key == PICTURE else int(key.removeprefix(LEVEL))
        level = shown.levels[number]
        count = int(looks(level.size, shown.stride)[row, column])
        return [
            (f"scale {number + 1}", f"row {row}, column {column}", FROM_0),
            _ink(float(level.ink[row, column])),
            ("windows", str(count), "That look at this pixel."),
        ]
    if key == ANSWERS or key.startswith(HEAT):
        return _window(shown, shown.place[0] if key == ANSWERS else int(key.removeprefix(HEAT)), row, column)
    if key in (SEPARATE, ONCE):
        return [("pixel", f"row {row}, column {column}", "Of the picture, as large as it is shown here.")]
    return []


def _window(shown: Shown, number: int, row: int, column: int) -> list[Fact]:
    """A window and its answer."""
    top, left = row * shown.stride, column * shown.stride
    box = boxes_of(shown.levels[number], np.array([row]), np.array([column]), shown.stride)[0]
    corners = ", ".join(f"{value:.0f}" for value in box)
    rows: list[Fact] = [
        (f"scale {number + 1}", f"row {row}, column {column}", FROM_0),
        (
            "window",
            f"{top}–{top + WINDOW - 1}, {left}–{left + WINDOW - 1}",
            "Rows and columns of its pixels.",
        ),
        ("box", corners, "x1, y1, x2, y2 in pixels of the picture."),
    ]
    answers = shown.answers(number)
    return rows if answers is None else rows + likeliest(answers[row, column])


def likeliest(probabilities: npt.NDArray[np.floating]) -> list[Fact]:
    """The likeliest answers."""
    best = np.argsort(-probabilities)[:TOP]
    return [
        (LABELS[int(index)], f"p = {probabilities[index]:.4f}", "Softmax over eleven answers.")
        for index in best
    ]


def _ink(value: float) -> Fact:
    return ("ink", f"{value:.3f}", "0 is paper, 1 the strongest ink.")


def under_fold(folding: Folding, key: str, row: int, column: int) -> list[Fact]:
    """A cell of a step of folding."""
    if key.startswith(LARGER) or key.startswith("alone/"):
        return _volume(folding, key, row, column)
    if key.startswith(MATRIX):
        return _matrix(folding, int(key.removeprefix(MATRIX)), row, column)
    step = FOLD_STEPS[folding.settings.step]
    for prefix in (WEIGHT, ENTRY, PRODUCT):
        if key.startswith(prefix):
            per_row = {"row": LONGEST, "cut": PER}.get(step, POOLED)
            count = HIDDEN if step == "row" else PER
            return _entry(folding, int(key.removeprefix(prefix)) * count + row * per_row + column)
    return []


def _entry(folding: Folding, entry: int) -> list[Fact]:
    """One of the 400 numbers that the neuron reads."""
    neuron = folding.settings.neuron
    x, weight = float(folding.alone.pool.ravel()[entry]), float(folding.net.fc2[neuron, entry])
    return [
        ("entry", str(entry), "Of the flattened volume, counted from 0."),
        ("from", _origin(entry), "Where it comes from in the 5 × 5 × 16 volume, counted from 0."),
        ("input", plain(x), "After the max pool."),
        ("weight", plain(weight), f"Of neuron {neuron}."),
        ("product", plain(x * weight), "One of 400 terms of the sum."),
    ]


def _origin(entry: int) -> str:
    channel, rest = divmod(entry, POOLED * POOLED)
    return f"channel {channel}, row {rest // POOLED}, col {rest % POOLED}"


def _matrix(folding: Folding, number: int, row: int, column: int) -> list[Fact]:
    """A weight of one of the three layers."""
    net = folding.net
    if number == 0 and FOLD_STEPS[folding.settings.step] == "filters":
        neuron = row // 20 * MOSAIC + column // 20
        channel = row % 20 // POOLED * 4 + column % 20 // POOLED
        entry = channel * POOLED * POOLED + row % POOLED * POOLED + column % POOLED
    elif number == 2:
        neuron, entry = row // ANSWER_LINES, row % ANSWER_LINES * (HIDDEN // ANSWER_LINES) + column
    else:
        neuron, entry = row, column
    weight = float((net.fc2, net.fc3, net.output)[number][neuron, entry])
    rows: list[Fact] = [
        ("neuron", str(neuron) if number < 2 else LABELS[neuron], "The row of the matrix; the filter."),
        ("reads", _origin(entry) if number == 0 else f"channel {entry}", "Of what comes in, counted from 0."),
        ("weight", plain(weight), "As stored, in 16 bits."),
    ]
    return rows


def _volume(folding: Folding, key: str, row: int, column: int) -> list[Fact]:
    """A cell on the front of a volume."""
    prefix, _, name = key.partition("/")
    made = folding.larger if prefix == "larger" else folding.alone
    neuron = folding.settings.neuron
    place: Fact = ("place", f"row {row}, column {column}", FROM_0)
    if name == "answers":
        return [place, *likeliest(made.probabilities[:, row, column])]
    if name == "input":
        size = (made.x.shape[0], made.x.shape[1])
        count = int(looks(size)[row, column])
        return [place, _ink(float(made.x[row, column])), ("windows", str(count), "That look at this pixel.")]
    values, channel = {
        "conv": (made.conv, 0), "pool": (made.pool, 0), "fc2": (made.fc2, neuron), "fc3": (made.fc3, neuron),
    }[name]  # fmt: skip
    rows: list[Fact] = [
        ("volume", by((*values.shape[1:], values.shape[0])), "Height × width × channels."),
        ("channel", str(channel), "The one in front."),
        place,
        ("activation", plain(float(values[channel, row, column])), "After ReLU."),
    ]
    if name == "conv":
        count = int(conv_looks((made.x.shape[0], made.x.shape[1]))[row, column])
        rows.append(("computed", f"{count} times", "By the windows one by one; once in one pass."))
    if name in ("fc2", "fc3"):
        rows.append(("window", f"rows {POOL * row} to {POOL * row + WINDOW - 1}", "Of the picture."))
    return rows
