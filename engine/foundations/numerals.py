"""Numbers in words: short ones for formulas, full ones for sentences."""

from __future__ import annotations

_SPELLED_OUT = 1e15  # whole numbers up to here are exact and can still be read


def number(value: float) -> str:
    """A number for a formula: whole ones without a point, others with four significant digits."""
    if value == round(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.4g}"


def in_one_notation(*values: float) -> tuple[str, ...]:
    """Numbers of one sentence, all written out (2,000,000) or, where one is too large for that, none."""
    if all(abs(value) < _SPELLED_OUT for value in values):
        return tuple(
            f"{value:,.0f}" if value == round(value) else f"{value:,.6f}".rstrip("0") for value in values
        )
    return tuple(f"{value:g}" for value in values)
