"""What the part "Two in one cell" has to show: a pure function of the settings and the picture's size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.detection.anchoring import street
from engine.detection.anchors import Placed, cell_of, cell_target, crowded, lost, place
from gui.pages.boxes.anchors.settings import CLASSES, AnchorsSettings
from gui.pages.boxes.shares import Size, to_pixels

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CellShown:
    """`boxes` float64[N, 4] and `anchors` float64[K, 2] in pixels; `placed` every thing in its cell.

    `cell` (row, column) is the one whose target is shown, `members` its things in their order, `position` how many of
    them have been given their place; `target` float64[K, 5 + classes] after those.
    """

    settings: AnchorsSettings
    size: Size
    names: tuple[str, ...]
    boxes: FloatArray
    kinds: tuple[int, ...]
    anchors: FloatArray
    placed: tuple[Placed, ...]
    cell: tuple[int, int]
    members: tuple[int, ...]
    position: int
    target: FloatArray

    @property
    def count(self) -> int:
        """How many positions there are: before the first thing, and after each one."""
        return len(self.members) + 1

    @property
    def newest(self) -> Placed | None:
        """The thing that has just been given its place, None before the first."""
        return self.placed[self.members[self.position - 1]] if self.position else None

    @property
    def lost(self) -> tuple[Placed, ...]:
        """Things of the whole picture that are not in the target."""
        return lost(self.placed)

    @property
    def crowded(self) -> dict[tuple[int, int], tuple[int, ...]]:
        """The cells with more than one midpoint."""
        return crowded(self.placed)

    def name(self, thing: int) -> str:
        """ "B, pedestrian": things have letters, anchors have numbers."""
        return f"{letter(thing)}, {self.names[self.kinds[thing]]}"


def letter(thing: int) -> str:
    """The letter that a thing is called by."""
    return chr(ord("A") + thing)


def cell_shown(settings: AnchorsSettings, size: Size) -> CellShown:
    """Everything about the cell of the settings, on a picture of that size."""
    names = CLASSES if settings.on_picture else street.CLASSES
    boxes = np.asarray([to_pixels(t.box, size) for t in settings.things], np.float64).reshape(-1, 4)
    kinds = tuple(min(thing.kind, len(names) - 1) for thing in settings.things)
    anchors = np.asarray(settings.anchors, np.float64) * size
    grid = (settings.side, settings.side)
    placed = place(boxes, anchors, grid, size)
    cell = settings.cell or _busiest(placed, grid)
    members = tuple(one.thing for one in placed if (one.row, one.column) == cell)
    position = min(settings.step, len(members))
    target = cell_target(
        [placed[thing] for thing in members[:position]], cell, boxes, kinds,
        anchors=len(anchors), classes=len(names), grid=grid, size=size,
    )  # fmt: skip
    return CellShown(settings, size, names, boxes, kinds, anchors, placed, cell, members, position, target)


def _busiest(placed: tuple[Placed, ...], grid: tuple[int, int]) -> tuple[int, int]:
    """The cell with most midpoints, the middle one where there is none at all."""
    cells = [(one.row, one.column) for one in placed]
    return max(cells, key=cells.count) if cells else (grid[0] // 2, grid[1] // 2)


def cell_under(shown: CellShown, x: float, y: float) -> tuple[int, int]:
    """The cell of a pixel of the picture."""
    return cell_of((x, y, x, y), (shown.settings.side, shown.settings.side), shown.size)
