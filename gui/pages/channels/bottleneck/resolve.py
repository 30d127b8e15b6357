"""What the view of the bottleneck shows: three variants, four quantities, the measured times. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from engine.foundations.channels.bottleneck import Block, Layer, Variant, variants
from engine.foundations.channels.requests import CheckCosts, Measured
from gui.pages.channels.numbers import milliseconds, short_count
from gui.widgets.number_text import memory_text

Quantity = Literal["macs", "parameters", "memory", "time"]


@dataclass(frozen=True, slots=True)
class Times:
    """What is known of the times: measured, or why not. `stale`: they belong to another block."""

    measured: Measured | None = None
    reason: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ShownBlock:
    """The block on show; `pointed`: quantity, variant and layer of the segment under the pointer."""

    block: Block
    variants: tuple[Variant, Variant, Variant]
    times: Times
    question: CheckCosts
    pointed: tuple[str, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """One quantity of all variants: `parts` holds the lengths of the segments, one a layer."""

    quantity: Quantity
    title: str
    parts: tuple[tuple[float, ...], ...]
    texts: tuple[str, ...]
    stale: bool = False

    @property
    def totals(self) -> tuple[float, ...]:
        return tuple(sum(part) for part in self.parts)


_COUNTED: Final[tuple[tuple[Quantity, str, Callable[[Layer], int], Callable[[int], str]], ...]] = (
    ("macs", "Multiplications", lambda layer: layer.macs, short_count),
    ("parameters", "Parameters", lambda layer: layer.parameters, short_count),
    ("memory", "Activations, float32", lambda layer: layer.memory, memory_text),
)


def charts(shown: ShownBlock) -> list[Chart]:
    """The four quantities; the times are zero where there are none."""
    found = []
    for quantity, title, count, text in _COUNTED:
        parts = [tuple(float(count(layer)) for layer in one.layers) for one in shown.variants]
        texts = tuple(text(round(sum(part))) for part in parts)
        found.append(Chart(quantity, title, tuple(parts), texts))
    return [*found, _times(shown.times)]


def _times(times: Times) -> Chart:
    if times.measured is None or times.reason:
        title = "Time, not measured" if times.reason else "Time, measured"
        return Chart("time", title, ((0.0,),) * 3, ("–",) * 3)
    seconds = times.measured.seconds
    title = "Time, measuring…" if times.stale else "Time, measured"
    parts = tuple((one,) for one in seconds)
    return Chart("time", title, parts, tuple(milliseconds(one) for one in seconds), times.stale)


def ratio(value: float, reference: float) -> str:
    """How a variant compares with the direct one: "9.7× less", "1.2× more", "the same"."""
    if not value or not reference:
        return ""
    if value == reference:
        return "the same"
    factor = max(value, reference) / min(value, reference)
    text = f"{factor:.2f}" if factor < 2 else f"{factor:.1f}"
    return f"{text}× {'less' if value < reference else 'more'}"


def resolved(
    block: Block, times: Times, question: CheckCosts, cell: tuple[str, int, int] | None
) -> ShownBlock:
    """What to show; `cell` is the segment under the pointer."""
    found = variants(block)
    pointed = None
    if cell is not None and "/" in cell[0]:
        quantity, _, key = cell[0].partition("/")
        index = [one.key for one in found].index(key)  # type: ignore[arg-type]  # bars have the variants' keys
        pointed = (quantity, index, cell[2])
    return ShownBlock(block, found, times, question, pointed)
