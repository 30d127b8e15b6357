"""What the inspector says about the cell under the pointer."""

from __future__ import annotations

import numpy as np

from gui.pages.pooling import scene_parts as parts
from gui.pages.pooling.backward_scene import Pointed, received
from gui.pages.pooling.resolve import Resolved, region
from gui.pages.pooling.shift_scene import NAMES, TITLES
from gui.widgets.facts import Fact
from gui.widgets.plate import Plate, number_text
from gui.widgets.stage_text import plain, plural

Rows = list[Fact]


def under_cell(resolved: Resolved, plate: Plate, row: int, column: int) -> Rows:
    """Name, place, value and origin of a cell: rows of (name, value, tooltip)."""
    kind, _, rest = plate.key.partition("/")
    if resolved.state.view == "shift":
        return _compared(plate, kind, rest, row, column)
    found = {
        "input": _input, "window": _window, "output": _output, "grad-in": _grad_in, "grad-out": _grad_out,
        "chances": _chances, "drawn": _drawn, "expected": _expected,
    }[kind]  # fmt: skip
    return found(resolved, int(rest), row, column)


def _shown(value: float) -> str:
    return plain(value) if np.isfinite(value) else number_text(value)


def _input(resolved: Resolved, channel: int, row: int, column: int) -> Rows:
    trace = resolved.trace
    rows: Rows = [
        ("input", parts.channel_title(resolved, channel), ""),
        ("value", _shown(float(trace.frame[channel, row, column])), "Double-click or type to change it."),
    ]
    if trace.is_outside[row, column]:
        if trace.is_beyond[row, column]:
            return [
                *rows,
                ("this is", "beyond the padding", "A last window of ceil mode hangs over; it never counts."),
            ]
        return [*rows, ("this is", "padding", _PADDING[trace.spec.rule])]
    y, x = row - trace.geometry.pads[0], column - trace.geometry.pads[1]
    readers = trace.readers(y, x)
    rows += [
        ("place", f"row {y}, col {x}", "Counted from 0, without the padding."),
        ("seen by", plural(len(readers), "window"), "Of this channel."),
    ]
    if trace.switches is not None:
        at = y * trace.geometry.input_hw[1] + x
        wins = sum(int(trace.switches[channel, r, c]) == at for r, c in readers)
        rows.append(("wins", plural(wins, "window"), "Windows whose switch it is."))
    return rows


_PADDING = {
    "max": "Minus infinity: it never wins.",
    "min": "Infinity: it never wins.",
    "average": "Zero; whether it counts in the divisor is a setting.",
    "l2": "Zero: it adds nothing.",
    "stochastic": "It is never drawn.",
}


def _window(resolved: Resolved, channel: int, row: int, column: int) -> Rows:
    step = resolved.steps[channel]
    rows: Rows = [
        ("window", parts.channel_title(resolved, channel), ""),
        ("value", _shown(float(step.values[row, column])), ""),
        ("comes from", f"row {step.rows[row]}, col {step.cols[column]}", "Place in the padded input."),
    ]
    if resolved.trace.spec.rule == "stochastic":
        rows.append(("chance", plain(float(step.probabilities[row, column])), "a / sum of a."))
    rows.append(
        ("gradient share", plain(float(step.shares[row, column])), "Its part of the gradient of this output.")
    )
    return rows


def _output(resolved: Resolved, channel: int, row: int, column: int) -> Rows:
    trace = resolved.trace
    step = trace.step(trace.index_of(channel, row, column))
    rows: Rows = [
        ("output", parts.channel_title(resolved, channel), ""),
        ("value", plain(step.result), "What pooling leaves of its window."),
        ("place", f"row {row}, col {column}", "Counted from 0."),
        ("window", f"rows {step.rows[0]}–{step.rows[-1]}, cols {step.cols[0]}–{step.cols[-1]}", "In the padded input."),
    ]  # fmt: skip
    if trace.switches is not None:
        rows.append(("switch", switch_text(step.switch), "Input cell that the value came from."))
    return rows


def switch_text(switch: tuple[int, int] | None) -> str:
    return "none" if switch is None else f"row {switch[0]}, col {switch[1]}"


def _grad_in(resolved: Resolved, channel: int, row: int, column: int) -> Rows:
    found = received(resolved, Pointed(row, column))
    return [
        ("gradient of the input", parts.channel_title(resolved, channel), ""),
        ("value", plain(float(resolved.pooled.grad_input[channel, row, column])), "The sum of what arrives."),
        ("place", f"row {row}, col {column}", "Counted from 0."),
        ("comes from", plural(len(found), "output"), "Windows in whose gradient it has a part."),
    ]


def _grad_out(resolved: Resolved, channel: int, row: int, column: int) -> Rows:
    value = float(resolved.pooled.grad_output[channel, row, column])
    return [
        ("gradient of the output", parts.channel_title(resolved, channel), ""),
        ("value", plain(value), "Double-click or type to change it."),
        ("place", f"row {row}, col {column}", "Counted from 0."),
    ]  # fmt: skip


def _chances(resolved: Resolved, channel: int, row: int, column: int) -> Rows:
    step, total = resolved.steps[channel], float(region(resolved).activations.sum())
    value = float(region(resolved).activations[row, column])
    return [
        ("chance", plain(float(step.probabilities[row, column])), "p = a / sum of a."),
        ("is", f"{plain(value)} / {plain(total)}", "Its activation over the sum of the window's."),
        ("place", f"row {row}, col {column}", "In the window."),
    ]


def _drawn(resolved: Resolved, channel: int, row: int, column: int) -> Rows:
    found = region(resolved)
    share = float(found.shares[row, column])
    return [
        ("share of rolls", plain(share), "How often the dice picked it."),
        ("rolls", f"{round(share * found.count)} of {found.count}", "Of the rolls so far."),
        ("chance", plain(float(found.chances[row, column])), "What the share comes to with many rolls."),
    ]


def _expected(resolved: Resolved, channel: int, row: int, column: int) -> Rows:
    return [
        ("weighted output", parts.channel_title(resolved, channel), "At test time."),
        ("value", plain(float(resolved.trace.expected[channel, row, column])), "Sum of p times a."),
        (
            "this roll",
            plain(float(resolved.trace.output[channel, row, column])),
            "In training, for comparison.",
        ),
    ]


def _compared(plate: Plate, kind: str, name: str, row: int, column: int) -> Rows:
    """Cells of the shift view."""
    what, which = NAMES.get(kind, "Input"), TITLES.get(name, TITLES["before"])
    return [
        ("cell of", f"{what}, {which}", ""),
        ("value", _shown(float(plate.values[row, column])), ""),
        ("place", f"row {row}, col {column}", "Counted from 0."),
    ]
