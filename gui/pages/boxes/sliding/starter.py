"""Digits that are drawn in before anybody draws: strokes as a hand makes them, at several sizes."""

from __future__ import annotations

from functools import cache
from typing import Final

from engine.images import Frame
from gui.widgets.paper import render
from gui.widgets.source_state import Stroke

SIDE: Final = 448
"""Pixels of the picture that is made of the strokes."""
_PEN: Final = 0.13
"""Width of the pen, of a digit's height."""
_Curve = tuple[tuple[float, float], ...]

_DIGITS: Final[dict[str, tuple[_Curve, ...]]] = {
    "2": (
        ((0.06, 0.24), (0.14, 0.09), (0.30, 0.02), (0.48, 0.05), (0.58, 0.18), (0.57, 0.34), (0.46, 0.52),
         (0.30, 0.70), (0.13, 0.86), (0.05, 0.95), (0.30, 0.93), (0.50, 0.94), (0.66, 0.95)),
    ),
    "3": (
        ((0.08, 0.15), (0.20, 0.04), (0.38, 0.01), (0.54, 0.08), (0.58, 0.22), (0.50, 0.36), (0.28, 0.45),
         (0.50, 0.50), (0.64, 0.64), (0.62, 0.82), (0.46, 0.96), (0.24, 0.98), (0.06, 0.88)),
    ),
    "4": (
        ((0.40, 0.02), (0.28, 0.22), (0.14, 0.44), (0.04, 0.58), (0.24, 0.59), (0.46, 0.58), (0.68, 0.56)),
        ((0.50, 0.30), (0.49, 0.52), (0.47, 0.76), (0.45, 0.98)),
    ),
    "5": (
        ((0.62, 0.03), (0.42, 0.04), (0.20, 0.05), (0.16, 0.24), (0.13, 0.42), (0.30, 0.38), (0.48, 0.42),
         (0.62, 0.55), (0.62, 0.75), (0.48, 0.92), (0.26, 0.98), (0.05, 0.88)),
    ),
    "7": (
        ((0.04, 0.06), (0.24, 0.05), (0.46, 0.04), (0.64, 0.05), (0.54, 0.26), (0.42, 0.52), (0.34, 0.76),
         (0.28, 0.98)),
    ),
    "8": (
        ((0.56, 0.16), (0.44, 0.03), (0.26, 0.02), (0.12, 0.12), (0.14, 0.30), (0.30, 0.45), (0.50, 0.60),
         (0.58, 0.76), (0.48, 0.93), (0.28, 0.98), (0.10, 0.90), (0.08, 0.72), (0.24, 0.54), (0.44, 0.40),
         (0.58, 0.26), (0.56, 0.14)),
    ),
}  # fmt: skip

_PLACES: Final = (
    ("5", 0.08, 0.09, 0.30), ("3", 0.46, 0.07, 0.23), ("2", 0.77, 0.16, 0.17),
    ("7", 0.14, 0.60, 0.23), ("8", 0.45, 0.47, 0.18), ("4", 0.66, 0.57, 0.30),
)  # fmt: skip
"""Digit, left and upper edge, height: shares of the board."""


def starter_strokes() -> tuple[Stroke, ...]:
    """The drawing as the drawing board keeps it."""
    strokes: list[Stroke] = []
    for digit, left, top, height in _PLACES:
        for curve in _DIGITS[digit]:
            points = tuple((round(left + x * height, 4), round(top + y * height, 4)) for x, y in curve)
            strokes.append((round(_PEN * height, 4), False, points))
    return tuple(strokes)


@cache
def starter_frame() -> Frame:
    """The drawing as a picture."""
    return Frame(render(starter_strokes(), SIDE), "digits drawn in")
