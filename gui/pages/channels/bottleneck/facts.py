"""What the inspector says about the three variants: every count in full."""

from __future__ import annotations

from engine.foundations.channels.bottleneck import Layer
from gui.pages.channels.bottleneck.pipeline import layer_text
from gui.pages.channels.bottleneck.resolve import ShownBlock
from gui.pages.channels.numbers import milliseconds
from gui.pages.channels.view import Group
from gui.widgets.facts import Fact
from gui.widgets.stage_text import by

FORMULA = (r"\mathrm{direct} &= n^2 \cdot f^2 \cdot c \cdot n_f", r"\mathrm{bottleneck} &= n^2 \,(c\, r + f^2 r\, n_f)",
           r"\mathrm{separable} &= n^2 \,(f^2 c + c\, n_f)")  # fmt: skip
"""Multiplications: n the side, c the channels, f the filter size, n_f the filters, r the channels inside."""


def groups(shown: ShownBlock) -> list[Group]:
    """One group a variant."""
    return [Group(variant.title, _rows(shown, index)) for index, variant in enumerate(shown.variants)]


def _rows(shown: ShownBlock, index: int) -> list[Fact]:
    variant, times = shown.variants[index], shown.times
    rows: list[Fact] = []
    if len(variant.layers) > 1:
        rows += [(layer_text(layer), f"{layer.macs:,}", "Its multiplications.") for layer in variant.layers]
    rows += [
        (
            "multiplications",
            f"{variant.macs:,}",
            "Multiply-accumulate operations, those with padding included.",
        ),
        ("parameters", f"{variant.parameters:,}", "Weights and biases."),
        ("activations", f"{variant.memory:,} B", "What all of its layers put out, 4 bytes a value."),
    ]
    if times.measured is not None and not times.stale and not times.reason:
        rows.append(
            ("time", milliseconds(times.measured.seconds[index]), f"Measured: {times.measured.where}.")
        )
    return rows


def under(shown: ShownBlock) -> list[Fact]:
    """The segment of a bar under the pointer."""
    if shown.pointed is None:
        return []
    quantity, index, column = shown.pointed
    variant, times = shown.variants[index], shown.times
    if quantity == "time":
        known = times.measured is not None and not times.stale
        text = (
            milliseconds(times.measured.seconds[index])
            if times.measured is not None and known
            else "measuring"
        )
        return [("time of", variant.title, ""), ("fastest run", text, "Of all layers together.")]
    layer = variant.layers[min(column, len(variant.layers) - 1)]
    values = {
        "macs": f"{layer.macs:,}",
        "parameters": f"{layer.parameters:,}",
        "memory": f"{layer.memory:,} B",
    }
    names = {"macs": "multiplications", "parameters": "parameters", "memory": "activations"}
    return [
        ("layer", f"{variant.title}: {layer_text(layer)}", ""),
        (names[quantity], values[quantity], ""),
        ("is", _product(layer, quantity), "The count with its numbers filled in."),
        ("output", by((layer.n, layer.n, layer.c_out)), "Height × width × channels."),
    ]


def _product(layer: Layer, quantity: str) -> str:
    """ "28² · 5² · 192 · 32"."""
    taps = f"{layer.f}² · {layer.c_in // layer.groups}"
    if quantity == "macs":
        return f"{layer.n}² · {taps} · {layer.c_out}"
    if quantity == "parameters":
        return f"({taps} + 1) · {layer.c_out}"
    return f"{layer.n}² · {layer.c_out} · 4 B"
