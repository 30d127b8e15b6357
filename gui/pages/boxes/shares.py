"""Boxes as shares of their picture: what a page's state keeps, so that it fits a picture of any size."""

from __future__ import annotations

import math

from engine.errors import UserError

Shares = tuple[float, float, float, float]
"""A box as shares of the picture's width and height: x1, y1, x2, y2."""
Size = tuple[int, int]
"""Width and height in pixels."""


def to_pixels(box: Shares, size: Size) -> Shares:
    """Corners in pixels of a picture of that size; whole pixels come out as such."""
    width, height = size
    x1, y1, x2, y2 = box
    return round(x1 * width, 6), round(y1 * height, 6), round(x2 * width, 6), round(y2 * height, 6)


def to_shares(corners: Shares, size: Size) -> Shares:
    """The other way round."""
    width, height = size
    x1, y1, x2, y2 = corners
    return x1 / width, y1 / height, x2 / width, y2 / height


def check_box(box: Shares) -> None:
    """Raises UserError unless a box has an area and lies in its picture."""
    x1, y1, x2, y2 = box
    if not all(math.isfinite(value) for value in box):
        raise UserError("A corner of the saved box is no number.")
    if not (0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1):
        raise UserError(
            "The saved box does not lie in its picture.",
            "Its corners are shares of width and height, the upper left one first.",
        )
