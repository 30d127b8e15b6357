"""The crop under a hand: which grip a place is on, and where the crop goes when it is dragged. Pure geometry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QPointF, QRectF

from gui.pages.classify.state import Crop, Point

CropGrip = Literal["move", "new", "tl", "t", "tr", "r", "br", "b", "bl", "l"]
REACH: Final = 9.0
LEAST_PIXELS: Final = 8
"""The smallest crop, in pixels of the picture."""


def handles(area: QRectF) -> dict[CropGrip, QPointF]:
    """The eight grips of a frame."""
    x, y = area.center().x(), area.center().y()
    return {
        "tl": area.topLeft(), "t": QPointF(x, area.top()), "tr": area.topRight(), "r": QPointF(area.right(), y),
        "br": area.bottomRight(), "b": QPointF(x, area.bottom()), "bl": area.bottomLeft(),
        "l": QPointF(area.left(), y),
    }  # fmt: skip


def grip_at(area: QRectF, place: QPointF, whole: bool) -> CropGrip:
    """What a press at a place takes hold of; inside the frame of a whole picture a new crop begins."""
    for name, handle in handles(area).items():
        if max(abs(place.x() - handle.x()), abs(place.y() - handle.y())) <= REACH:
            return name
    return "move" if area.contains(place) and not whole else "new"


@dataclass(frozen=True, slots=True)
class CropDrag:
    """A drag that began at `start` (shares of the picture) with the crop `before` in the hand."""

    grip: CropGrip
    before: Crop
    start: Point

    def moved(self, place: Point, size: tuple[int, int], *, square: bool = False) -> Crop:
        """The crop with the hand at `place`, in a picture of `size` (width, height); always inside and never tiny."""
        if self.grip == "move":
            return nudged(self.before, place[0] - self.start[0], place[1] - self.start[1])
        left, top, right, bottom = self.before
        if self.grip == "new":
            (left, top), (right, bottom) = self.start, place
        else:
            left = place[0] if "l" in self.grip else left
            right = place[0] if "r" in self.grip else right
            top = place[1] if "t" in self.grip else top
            bottom = place[1] if "b" in self.grip else bottom
        if square and len(self.grip) != 1:
            right, bottom, left, top = self._squared((left, top, right, bottom), size)
        across, down = sorted((left, right)), sorted((top, bottom))
        return _roomy((across[0], down[0], across[1], down[1]), size)

    def _squared(self, crop: Crop, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """Right, bottom, left, top with the corner under the hand pulled in until the sides are alike."""
        left, top, right, bottom = crop
        width, height = abs(right - left) * size[0], abs(bottom - top) * size[1]
        side = min(width, height)
        across, down = side / size[0], side / size[1]
        if "l" in self.grip:
            left = right - across if right > left else right + across
        else:
            right = left + across if right > left else left - across
        if "t" in self.grip:
            top = bottom - down if bottom > top else bottom + down
        else:
            bottom = top + down if bottom > top else top - down
        return right, bottom, left, top


def nudged(crop: Crop, dx: float, dy: float) -> Crop:
    """The crop moved, as far as the picture goes."""
    left, top, right, bottom = crop
    dx = min(max(dx, -left), 1 - right)
    dy = min(max(dy, -top), 1 - bottom)
    return _rounded((left + dx, top + dy, right + dx, bottom + dy))


def _roomy(crop: Crop, size: tuple[int, int]) -> Crop:
    """The crop widened to its smallest size, inside the picture."""
    left, top, right, bottom = crop
    left, right = _wide(left, right, min(LEAST_PIXELS / size[0], 1.0))
    top, bottom = _wide(top, bottom, min(LEAST_PIXELS / size[1], 1.0))
    return _rounded((left, top, right, bottom))


def _wide(low: float, high: float, least: float) -> tuple[float, float]:
    if high - low >= least:
        return low, high
    low = min(low, 1 - least)
    return max(low, 0.0), max(low, 0.0) + least


def _rounded(crop: Crop) -> Crop:
    left, top, right, bottom = (min(max(round(value, 4), 0.0), 1.0) for value in crop)
    return left, top, right, bottom
