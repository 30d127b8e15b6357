"""Numbers as people type them, with a reason and a nearest legal value for every refusal."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final, Protocol

Number = int | float

FLOAT32_MAX: Final = 3.4028234663852886e38
"""The largest finite float32; every typed value ends up in a float32 array."""
EXACT_INTEGERS: Final = 2**53
"""Integers up to here survive the way through a double."""

SPELLED_OUT: Final = 10**9
"""Numbers up to here are written without an exponent."""

_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# Two groups of thousands or more cannot be meant as a decimal comma, and the program writes them itself.
_THOUSANDS: Final = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3}){2,}(?:\.[0-9]+)?")
_INFINITIES: Final = {"inf", "infinity", "∞"}
_SHOWN: Final = 24


class Problem(Protocol):
    """Why a value is refused: what a validator returns."""

    @property
    def message(self) -> str: ...

    @property
    def nearest(self) -> object: ...


Validator = Callable[[Number], Problem | None]


class FieldProblem(ValueError):
    """A text or value that a field refuses: the reason as a sentence, and the nearest legal value."""

    def __init__(self, message: str, nearest: Number | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.nearest = nearest


def parse_number(
    text: str,
    *,
    integer: bool = False,
    low: Number | None = None,
    high: Number | None = None,
    current: Number | None = None,
) -> Number:
    """The number that a text stands for: an int for `integer`, else a finite float that float32 can hold.

    A comma counts as the decimal point, but not in "1,000,000"; "1/9" is a fraction. `current` is offered for
    what is no number. Raises FieldProblem with the nearest legal value within `low` and `high`.
    """
    floor, ceiling = _limits(integer, low, high)
    value = _read(text, integer, floor, ceiling, current)
    if math.isfinite(value) and integer and value != int(value):
        nearest = _clamp(math.floor(value + 0.5), floor, ceiling)
        raise FieldProblem(f"{_quote(text)} is not a whole number.", int(nearest))
    if value > ceiling:
        raise FieldProblem(_beyond(text, value, high, ceiling, "large", "most"), _typed(ceiling, integer))
    if value < floor:
        raise FieldProblem(_beyond(text, value, low, floor, "small", "least"), _typed(floor, integer))
    return _typed(value, integer)


def format_number(value: Number, digits: int = 6) -> str:
    """A number as a field shows it: `digits` significant ones, no trailing zeros, no negative zero.

    Millions up to `SPELLED_OUT` are written out (1,000,000); `parse_number` reads them back.
    """
    if 10**digits - 0.5 <= abs(value) <= SPELLED_OUT:
        return f"{value:,.0f}"
    if isinstance(value, int):
        return str(value)
    if value == int(value) and abs(value) < 10**digits:
        return str(int(value))
    return f"{value:.{digits}g}"


def memory_text(count: int) -> str:
    """Bytes of memory in binary units: 18496 is "18.1 KiB"."""
    for scale, unit in ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB")):
        if count >= scale:
            return f"{count / scale:.1f} {unit}"
    return f"{count} B"


def _limits(integer: bool, low: Number | None, high: Number | None) -> tuple[Number, Number]:
    widest: Number = EXACT_INTEGERS if integer else FLOAT32_MAX
    return (-widest if low is None else low), (widest if high is None else high)


def _read(text: str, integer: bool, low: Number, high: Number, current: Number | None) -> float:
    """The double behind the text, infinite when it overflows one."""
    plain = text.strip().replace("\u2212", "-")
    plain = plain.replace(",", "" if _THOUSANDS.fullmatch(plain) else ".")
    example = "3" if integer else "0.5"
    fallback = _typed(_clamp(0, low, high) if current is None else current, integer)
    if not plain:
        raise FieldProblem(f"Empty: type a number, for example {example}.", fallback)
    if plain.lower().lstrip("+-") == "nan":
        raise FieldProblem("NaN is not a value that can be computed with.", fallback)
    if plain.lower().lstrip("+-") in _INFINITIES:
        raise FieldProblem("Infinity is not a value that can be computed with.", fallback)
    above, slash, below = plain.partition("/")
    if _DECIMAL.fullmatch(above.strip()) and (not slash or _DECIMAL.fullmatch(below.strip())):
        divisor = float(below) if slash else 1.0
        if divisor == 0:
            raise FieldProblem("Nothing can be divided by zero.", fallback)
        return float(above) / divisor
    raise FieldProblem(f"{_quote(text)} is not a number.", fallback)


def _beyond(text: str, value: float, bound: Number | None, limit: Number, size: str, end: str) -> str:
    # What has no place in the notation of the bound is quoted as it was typed.
    shown = format_number(value) if abs(value) <= SPELLED_OUT else _quote(text)
    if bound is None:
        return (
            f"{shown} is too {size} for a 32-bit number."
            if isinstance(limit, float)
            else f"{shown} is too {size}."
        )
    return f"{shown} is too {size}: at {end} {format_number(bound)}."


def _clamp(value: Number, low: Number, high: Number) -> Number:
    return max(low, min(high, value))


def _typed(value: Number, integer: bool) -> Number:
    return int(value) if integer else float(value)


def _short(text: str) -> str:
    stripped = " ".join(text.split())
    return stripped if len(stripped) <= _SHOWN else f"{stripped[: _SHOWN - 1]}…"


def _quote(text: str) -> str:
    return f"“{_short(text)}”"
