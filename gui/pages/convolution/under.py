"""What the inspector says about the cell under the pointer."""

from __future__ import annotations

from gui.pages.convolution import scene_parts as parts
from gui.pages.convolution.resolve import Resolved
from gui.pages.convolution.steps_scene import Secrets
from gui.widgets.plate import decimals_for, number_text

Rows = list[tuple[str, str, str]]


def under_cell(resolved: Resolved, key: str, row: int, column: int, secrets: Secrets) -> Rows:
    """Name, place, value and origin of a cell: rows of (name, value, tooltip)."""
    if key == f"{parts.INPUT}x" or "/" not in key:
        return _plain(key, resolved, row, column)
    kind, _, index = key.partition("/")
    found = {
        "input": _input, "output": _output, "kernel": _kernel, "patch": _patch, "product": _product, "reads": _reads,
    }[kind]  # fmt: skip
    return found(resolved, int(index), row, column, secrets)


def _number(value: float) -> str:
    return number_text(value, 0 if value == round(value) else 3)


def _input(resolved: Resolved, channel: int, row: int, column: int, _secrets: Secrets) -> Rows:
    done = resolved.trace
    y, x = (int(v) for v in done.source[row, column])
    rows: Rows = [
        ("input", parts.channel_title(resolved, channel), ""),
        ("value", _number(float(done.padded[channel, row, column])), ""),
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
            parts.plural(len(done.readers(y, x)), "output cell"),
            "Of every map that reads this channel.",
        )
    )
    return rows


def _output(resolved: Resolved, index: int, row: int, column: int, secrets: Secrets) -> Rows:
    done = resolved.trace
    if index >= done.shape[0]:
        return []
    top, left, bottom, right = done.receptive_field(row, column)
    value = "?" if secrets.cell else _number(float(done.output[index, row, column]))
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
        ("value", _number(value), "Double-click or type to change it."),
        ("place", f"row {row}, col {column}", "As it lies on the window."),
    ]


def _patch(resolved: Resolved, channel: int, row: int, column: int, _secrets: Secrets) -> Rows:
    step = resolved.step
    return [
        ("window", parts.channel_title(resolved, channel), ""),
        ("value", _number(float(step.patch[step.channels.index(channel), row, column])), ""),
        ("comes from", f"padded row {step.rows[row]}, col {step.cols[column]}", "Place in the padded input."),
    ]


def _product(resolved: Resolved, channel: int, row: int, column: int, _secrets: Secrets) -> Rows:
    step = resolved.step
    index = step.channels.index(channel)
    factors = f"{_number(float(step.patch[index, row, column]))} · {_number(float(step.kernel[index, row, column]))}"
    return [
        ("product", factors, "Input times weight."),
        ("value", _number(float(step.products[index, row, column])), ""),
        (
            "share of",
            f"sum {_number(float(step.channel_sums[index]))}",
            "The sum of this channel's products.",
        ),
    ]


def _reads(resolved: Resolved, _index: int, row: int, column: int, _secrets: Secrets) -> Rows:
    return [
        ("input pixel", f"row {row}, col {column}", ""),
        ("is read", f"{int(resolved.trace.reads[row, column])}×", "By one filter."),
        ("feeds", parts.plural(len(resolved.trace.readers(row, column)), "output cell"), "Of every map."),
    ]


def _plain(key: str, resolved: Resolved, row: int, column: int) -> Rows:
    """Cells of the shift view."""
    names = {
        f"{parts.INPUT}x": "input x", "shifted-input": "x shifted", "shifted-output": "output of x, then shifted",
        "output-of-shifted": "output of x shifted", "difference": "difference",
    }  # fmt: skip
    return [("cell of", names.get(key, key), ""), ("place", f"row {row}, col {column}", "Counted from 0.")]


__all__ = ["decimals_for", "under_cell"]
