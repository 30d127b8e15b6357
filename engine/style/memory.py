"""How much memory a run takes, before it begins. Free of torch."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Final

from engine.networks.graphs.graph import Node
from engine.style.settings import LARGEST, SMALLEST

FLOAT: Final = 4
HELD: Final = 2.2
"""Bytes at the peak of a step, as a multiple of what the layers put out: what the way back needs, and two gradients.

Measured on a CPU with the bundled net and SqueezeNet at 256 to 768 pixels: 1.6 to 2.1.
"""
PICTURES: Final = 50
"""Copies of the picture itself: the optimiser's pairs, the moments, previews."""
SHARE: Final = 0.8
"""Of the free memory that a run may take."""


def bytes_of_run(
    layers: Sequence[Node], deepest: str, own: tuple[int, int], size: tuple[int, int], width: int = FLOAT
) -> int:
    """Bytes at the peak of a run at `size` (width, height) with a net cut behind `deepest`.

    `own`: the size that `layers` are measured for; `width`: bytes of a number within the net.
    """
    scale = size[0] * size[1] / (own[0] * own[1])
    numbers = 0
    for node in layers:
        numbers += prod(node.out_shape or ())
        if node.name == deepest:
            break
    return round(numbers * scale * width * HELD) + size[0] * size[1] * 3 * FLOAT * PICTURES


def largest_side(
    layers: Sequence[Node],
    deepest: str,
    own: tuple[int, int],
    ratio: float,
    room: int | None,
    width: int = FLOAT,
) -> int:
    """The longer side in pixels up to which a run fits into `room` bytes; `ratio`: shorter by longer side."""
    if room is None:
        return LARGEST
    one = bytes_of_run(layers, deepest, own, (1000, max(1, round(1000 * ratio))), width)
    side = int(990 * (max(room, 0) / one) ** 0.5)  # a little less: sides are rounded
    return min(max(side, SMALLEST), LARGEST)
