"""How boxes move and grow under a hand: corners (x1, y1, x2, y2) in pixels, always inside their picture. No Qt."""

from __future__ import annotations

from typing import Final

Corners = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the picture, as everywhere in `engine.detection`."""
Handle = tuple[int, int]
"""Which edges a hand holds: −1 left or top, 1 right or bottom, 0 neither. (0, 0) is the whole box."""
Size = tuple[int, int]
"""Width and height of the picture in pixels."""

WHOLE: Final[Handle] = (0, 0)
HANDLES: Final[tuple[Handle, ...]] = ((-1, -1), (1, -1), (1, 1), (-1, 1), (0, -1), (1, 0), (0, 1), (-1, 0))
"""Corners first: where handles of a small box lie on each other, a corner is what a hand wants."""
LEAST_SIDE: Final = 1.0
"""Pixels that a box keeps at least in width and height."""


def dragged(corners: Corners, handle: Handle, dx: float, dy: float, size: Size) -> Corners:
    """The box after its handle was moved by (dx, dy): edges may pass each other, and none leaves the picture."""
    x1, y1, x2, y2 = corners
    x1, x2 = _side(x1, x2, handle, 0, dx, size[0])
    y1, y2 = _side(y1, y2, handle, 1, dy, size[1])
    return x1, y1, x2, y2


def handle_point(corners: Corners, handle: Handle) -> tuple[float, float]:
    """Where a handle sits."""
    x1, y1, x2, y2 = corners
    return (x1 + x2) / 2 + handle[0] * (x2 - x1) / 2, (y1 + y2) / 2 + handle[1] * (y2 - y1) / 2


def inside(corners: Corners, size: Size) -> Corners:
    """The box moved, and where need be cut, so that it lies in a picture of that size."""
    x1, y1, x2, y2 = corners
    (x1, x2), (y1, y2) = sorted((x1, x2)), sorted((y1, y2))
    return dragged((x1, y1, max(x2, x1 + LEAST_SIDE), max(y2, y1 + LEAST_SIDE)), WHOLE, 0, 0, size)


def _side(low: float, high: float, handle: Handle, axis: int, by: float, limit: float) -> tuple[float, float]:
    if handle == WHOLE:
        length = min(high - low, limit)
        low = min(max(low + by, 0.0), limit - length)
        return low, low + length
    edge = handle[axis]
    if not edge:
        return low, high
    fixed, moving = (high, low + by) if edge < 0 else (low, high + by)
    moving = min(max(moving, 0.0), float(limit))
    if abs(moving - fixed) < LEAST_SIDE:
        moving = _a_side_away(fixed, backwards=moving < fixed or (moving == fixed and edge < 0), limit=limit)
    return (fixed, moving) if moving > fixed else (moving, fixed)


def _a_side_away(fixed: float, *, backwards: bool, limit: float) -> float:
    """The nearest place that leaves a box of the least side, beyond the fixed edge where there is no room."""
    before, behind = fixed - LEAST_SIDE, fixed + LEAST_SIDE
    if backwards:
        return before if before >= 0 else behind
    return behind if behind <= limit else before
