"""What the inspector says about the cell under the pointer."""

from __future__ import annotations

from gui.pages.convolution import scene_parts as parts
from gui.pages.convolution.resolve import Resolved
from gui.pages.convolution.scene_parts import Secrets, plain
from gui.pages.convolution.shift_scene import DIFFERENCE, OUTPUT_OF_SHIFTED, SHIFTED_INPUT, SHIFTED_OUTPUT
from gui.widgets.facts import Fact

Rows = list[Fact]


def under_cell(resolved: Resolved, key: str, row: int, column: int, secrets: Secrets) -> Rows:
    """Name, place, value and origin of a cell: rows of (name, value, tooltip)."""
    if key == f"{parts.INPUT}x" or "/" not in key:
        return _compared(key, resolved, row, column)
    kind, _, index = key.partition("/")
    found = {
        "input": _input, "output": _output, "kernel": _kernel, "patch": _patch, "product": _product, "reads": _reads,
    }[kind]  # fmt: skip
    return found(resolved, int(index), row, column, secrets)


def _input(resolved: Resolved, channel: int, row: int, column: int, secrets: Secrets) -> Rows:
    done = resolved.trace
    y, x = (int(v) for v in done.source[row, column])
    rows: Rows = [
        ("input", parts.channel_title(resolved, channel), ""),
        ("value", plain(float(done.padded[channel, row, column])), ""),
    ]
    if y < 0:
        return [
            *rows,
            ("place", f"padded row {row}, col {column}", ""),
            ("this is", "padding", "A zero that is not part of the input."),
        ]
    rows.append(("place", f"row {y}, col {x}", "Counted from 0, without the padding."))
    if bool(done.is_padding[row, column]):
        rows.append(("this is", f"padding ({done.spec.padding_mode})", "A copy of that input pixel."))
    rows.append(
        (
            "feeds",
            "?" if secrets.shape else parts.plural(len(done.readers(y, x)), "output cell"),
            "Of every map that reads this channel.",
        )
    )
    return rows


def _output(resolved: Resolved, index: int, row: int, column: int, secrets: Secrets) -> Rows:
    done = resolved.trace
    if index >= done.shape[0]:
        return []
    top, left, bottom, right = done.receptive_field(row, column)
    # Cells that the walk has not reached are still to be asked for, even with the pointer on them.
    ahead = resolved.state.predict and done.index_of(index, row, column) > resolved.state.step
    secret = secrets.cell or ahead or done.index_of(index, row, column) == secrets.asked
    value = "?" if secret else plain(float(done.output[index, row, column]))
    return [
        ("output", f"map {index + 1}", ""),
        ("value", value, "After bias and activation."),
        ("place", f"row {row}, col {column}", "Counted from 0."),
        ("receptive field", f"{bottom - top} × {right - left}", "Input pixels between which it reads."),
        ("", f"rows {top}–{bottom - 1}, cols {left}–{right - 1}", "Negative, or beyond the input: padding."),
    ]


def _kernel(resolved: Resolved, channel: int, row: int, column: int, _secrets: Secrets) -> Rows:
    step = resolved.step
    value = float(step.kernel[step.channels.index(channel), row, column])
    return [
        ("weight", f"filter {step.filter + 1}, channel {channel + 1}", ""),
        ("value", plain(value), "Double-click or type to change it."),
        ("place", f"row {row}, col {column}", "As it lies on the window."),
    ]


def _patch(resolved: Resolved, channel: int, row: int, column: int, _secrets: Secrets) -> Rows:
    step = resolved.step
    return [
        ("window", parts.channel_title(resolved, channel), ""),
        ("value", plain(float(step.patch[step.channels.index(channel), row, column])), ""),
        ("comes from", f"padded row {step.rows[row]}, col {step.cols[column]}", "Place in the padded input."),
    ]


def _product(resolved: Resolved, channel: int, row: int, column: int, secrets: Secrets) -> Rows:
    step = resolved.step
    index = step.channels.index(channel)
    factors = (
        f"{plain(float(step.patch[index, row, column]))} · {plain(float(step.kernel[index, row, column]))}"
    )
    return [
        ("product", factors, "Input times weight."),
        ("value", plain(float(step.products[index, row, column])), ""),
        (
            "share of",
            f"sum {'?' if secrets.cell else plain(float(step.channel_sums[index]))}",
            "The sum of this channel's products.",
        ),
    ]


def _reads(resolved: Resolved, _index: int, row: int, column: int, _secrets: Secrets) -> Rows:
    return [
        ("input pixel", f"row {row}, col {column}", ""),
        ("is read", f"{int(resolved.trace.reads[row, column])}×", "By one filter."),
        ("feeds", parts.plural(len(resolved.trace.readers(row, column)), "output cell"), "Of every map."),
    ]


def _compared(key: str, resolved: Resolved, row: int, column: int) -> Rows:
    """Cells of the shift view."""
    names = {
        f"{parts.INPUT}x": "input x", SHIFTED_INPUT: "x shifted", SHIFTED_OUTPUT: "output of x, then shifted",
        OUTPUT_OF_SHIFTED: "output of x shifted", DIFFERENCE: "difference of the two",
    }  # fmt: skip
    rows: Rows = [
        ("cell of", names.get(key, key), ""),
        ("place", f"row {row}, col {column}", "Counted from 0."),
    ]
    if key == f"{parts.INPUT}x":
        value = float(resolved.trace.x[resolved.step.channels[0], row, column])
        rows.insert(1, ("value", plain(value), ""))
    return rows
