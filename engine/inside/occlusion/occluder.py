"""A square that hides a part of the picture that a net reads. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self, get_args

import numpy as np
import numpy.typing as npt

from engine.errors import UserError

Pixels = npt.NDArray[np.uint8]
Fill = Literal["grey", "black", "white", "mean", "blur"]
Box = tuple[int, int, int, int]
"""Top, left, bottom, right of a block of pixels, half-open and inside of the picture."""

FILLS: Final[tuple[Fill, ...]] = get_args(Fill)
GREYS: Final = {"grey": 128, "black": 0, "white": 255}
SMALLEST, LARGEST = 1 / 32, 0.75
SHARPEST, SOFTEST = 1 / 64, 0.25


@dataclass(frozen=True, slots=True)
class Occluder:
    """How large the square is and what is seen in its place.

    `size` and `blur` (the deviation of a Gaussian) are shares of the side of the picture that the net reads, so that
    the same square suits a net for 32 pixels and one for 224. `mean` is the mean colour of the picture.
    """

    size: float = 0.25
    fill: Fill = "grey"
    blur: float = 0.08

    def validated(self) -> Self:
        """The occluder itself. Raises UserError for one that cannot be."""
        if not SMALLEST <= self.size <= LARGEST:  # written so that NaN fails as well
            raise UserError(f"The square hides {SMALLEST:.0%} to {LARGEST:.0%} of the picture's side.")
        if not SHARPEST <= self.blur <= SOFTEST:
            raise UserError(f"The blur is {SHARPEST:.0%} to {SOFTEST:.0%} of the picture's side.")
        if self.fill not in FILLS:
            raise UserError(f"There is no filling called “{self.fill}”.")
        return self

    def pixels(self, side: int) -> int:
        """The side of the square in pixels of a picture of `side`."""
        return in_pixels(self.size, side)

    def cover(self, seen: Pixels) -> Pixels:
        """What would be seen if the square hid all of uint8[h, w] or uint8[h, w, 3]: an array of the same shape."""
        if self.fill == "blur":
            return _blurred(seen, self.blur * seen.shape[0])
        if self.fill == "mean":
            return np.broadcast_to(np.rint(seen.mean((0, 1))).astype(np.uint8), seen.shape).copy()
        return np.full_like(seen, GREYS[self.fill])


def in_pixels(share: float, side: int) -> int:
    """A share of a side as whole pixels, one at least."""
    return max(1, round(share * side))


def box_around(row: float, column: float, size: int, side: int) -> Box:
    """The block of `size` pixels around a place (shares 0..1), as far as it lies in the picture."""
    top, left = (round(share * side - size / 2) for share in (row, column))
    return clipped(top, left, size, side)


def clipped(top: int, left: int, size: int, side: int) -> Box:
    """The part of a square that lies in the picture; empty boxes keep to its border."""

    def inside(value: int) -> int:
        return min(max(value, 0), side)

    return inside(top), inside(left), inside(top + size), inside(left + size)


def hidden(seen: Pixels, cover: Pixels, box: Box) -> Pixels:
    """The picture with a block of its cover in it, a new array."""
    top, left, bottom, right = box
    result = seen.copy()
    result[top:bottom, left:right] = cover[top:bottom, left:right]
    return result


@dataclass(frozen=True, slots=True)
class Lattice:
    """The places of a sweep: one in the middle of every block of `stride` pixels, so that its map covers the picture.

    At the border the square hangs over, and hides what lies in the picture.
    """

    side: int
    size: int
    stride: int

    @property
    def count(self) -> int:
        """Places along each side."""
        return -(-self.side // self.stride)

    def box(self, row: int, column: int) -> Box:
        """What is hidden at one place."""
        shift = (self.stride - self.size) // 2
        return clipped(row * self.stride + shift, column * self.stride + shift, self.size, self.side)

    def boxes(self) -> list[Box]:
        """All of them, row by row."""
        return [self.box(row, column) for row in range(self.count) for column in range(self.count)]


def _blurred(seen: Pixels, deviation: float) -> Pixels:
    from PIL import Image, ImageFilter

    return np.asarray(Image.fromarray(seen).filter(ImageFilter.GaussianBlur(deviation)), np.uint8).copy()
