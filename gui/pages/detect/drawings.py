"""Ready-made drawings, so that the page is never blank: digits as a hand would write them, of several sizes."""

from __future__ import annotations

from typing import Final

from gui.pages.classify.drawings import FIVE, THREE
from gui.widgets.source_state import Point, Stroke

_PEN: Final = 0.026

_ZERO: Final = (
    (
        (0.52, 0.05), (0.34, 0.10), (0.20, 0.28), (0.15, 0.52), (0.20, 0.76), (0.34, 0.92), (0.52, 0.96), (0.70, 0.88),
        (0.82, 0.70), (0.86, 0.48), (0.80, 0.24), (0.66, 0.09), (0.50, 0.05),
    ),
)  # fmt: skip
_ONE: Final = (((0.60, 0.02), (0.57, 0.22), (0.53, 0.46), (0.49, 0.72), (0.45, 0.98)),)
_TWO: Final = (
    (
        (0.16, 0.26), (0.22, 0.12), (0.40, 0.04), (0.60, 0.05), (0.74, 0.16), (0.75, 0.32), (0.66, 0.50), (0.48, 0.68),
        (0.30, 0.84), (0.15, 0.95), (0.34, 0.93), (0.56, 0.93), (0.84, 0.95),
    ),
)  # fmt: skip
_FOUR: Final = (
    ((0.42, 0.03), (0.34, 0.22), (0.24, 0.42), (0.13, 0.60), (0.34, 0.60), (0.58, 0.59), (0.86, 0.57)),
    ((0.66, 0.26), (0.65, 0.50), (0.63, 0.74), (0.61, 0.98)),
)
_SEVEN: Final = (
    (
        (0.14, 0.10),
        (0.34, 0.09),
        (0.58, 0.07),
        (0.82, 0.06),
        (0.70, 0.28),
        (0.58, 0.52),
        (0.48, 0.76),
        (0.42, 0.98),
    ),
)
_EIGHT: Final = (
    (
        (0.62, 0.12), (0.48, 0.04), (0.32, 0.09), (0.27, 0.24), (0.36, 0.38), (0.54, 0.48), (0.70, 0.62), (0.72, 0.80),
        (0.60, 0.94), (0.42, 0.96), (0.27, 0.86), (0.26, 0.70), (0.40, 0.52), (0.58, 0.40), (0.68, 0.26), (0.62, 0.12),
    ),
)  # fmt: skip
Lines = tuple[tuple[tuple[float, float], ...], ...]


def _of(strokes: tuple[Stroke, ...]) -> Lines:
    """A drawing of one digit in the square that it fills."""
    points = [point for _, _, stroke in strokes for point in stroke]
    left, top = min(p[0] for p in points), min(p[1] for p in points)
    side = max(max(p[1] for p in points) - top, max(p[0] for p in points) - left)
    return tuple(
        tuple(((p[0] - left) / side + 0.15, (p[1] - top) / side) for p in stroke) for _, _, stroke in strokes
    )


def written(digit: Lines, x: float, y: float, height: float) -> tuple[Stroke, ...]:
    """A digit with its left top corner at (x, y), everything as shares of the paper."""

    def placed(line: tuple[tuple[float, float], ...]) -> tuple[Point, ...]:
        return tuple((round(x + height * px, 4), round(y + height * py, 4)) for px, py in line)

    return tuple((_PEN, False, placed(line)) for line in digit)


DIGITS: Final[tuple[tuple[int, Lines, float, float, float], ...]] = (
    (3, _of(THREE), 0.06, 0.09, 0.26),
    (1, _ONE, 0.33, 0.09, 0.27),
    (4, _FOUR, 0.60, 0.09, 0.28),
    (2, _TWO, 0.10, 0.50, 0.19),
    (7, _SEVEN, 0.34, 0.49, 0.19),
    (5, _of(FIVE), 0.60, 0.50, 0.25),
    (0, _ZERO, 0.14, 0.78, 0.13),
    (8, _EIGHT, 0.36, 0.78, 0.13),
)
"""What stands on the paper: the digit, its lines, left, top, height."""

STARTER: Final[tuple[Stroke, ...]] = tuple(
    stroke for _, lines, x, y, height in DIGITS for stroke in written(lines, x, y, height)
)
STARTER_DIGITS: Final = tuple(digit for digit, *_ in DIGITS)
PI: Final[tuple[Stroke, ...]] = tuple(
    stroke
    for place, lines in enumerate((_of(THREE), _ONE, _FOUR, _ONE, _of(FIVE)))
    for stroke in written(lines, 0.05 + 0.18 * place, 0.36, 0.22)
)
"""The digits 3 1 4 1 5 in a row, close together."""
