"""How numbers are written on this page: short ones for bars, sums with as many terms as fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from gui.widgets.stage_text import plain, text_width, wrapped

SUBSCRIPTS: Final = "₀₁₂₃₄₅₆₇₈₉"
_UNITS: Final = ((10**9, "G"), (10**6, "M"), (10**4, "k"))


def subscript(number: int) -> str:
    """ "₁₂" for 12."""
    return "".join(SUBSCRIPTS[int(digit)] for digit in str(number))


def short_count(count: int) -> str:
    """A large whole number with four digits at most: "120.4 M"; small ones as they are."""
    for scale, unit in _UNITS:
        if count >= scale:
            scale = 1000 if unit == "k" else scale
            return f"{count / scale:,.1f} {unit}"
    return f"{count:,}"


def milliseconds(seconds: float) -> str:
    """A measured time, three significant digits: "1.23 ms"."""
    return f"{seconds * 1000:.3g} ms"


def product_sum(
    name: str,
    weights: Sequence[float],
    values: Sequence[float],
    bias: float,
    result: float,
    most: int | None = None,
) -> str:
    """ "y₀ = 0.3 · 180 + 0.6 · 120 + 5 = 131"; at most `most` products are written out."""
    terms = [f"{wrapped(float(w))} · {wrapped(float(v))}" for w, v in zip(weights, values, strict=True)]
    if most is not None and len(terms) > most:
        terms = [*terms[:most], f"… {len(terms) - most} more"]
    terms += [wrapped(float(bias))] if bias else []
    return f"{name} = {' + '.join(terms)} = {plain(float(result))}"


def fitted(write: Callable[[int], str], most: int, room: float, size: str) -> str:
    """A line with as many of its `most` terms as fit a width, one at least."""
    text = write(most)
    if text_width(text, size, mono=True, bold=True) <= room:
        return text
    few, many = 1, most
    while many - few > 1:
        middle = (few + many) // 2
        fits = text_width(write(middle), size, mono=True, bold=True) <= room
        few, many = (middle, many) if fits else (few, middle)
    return write(few)
