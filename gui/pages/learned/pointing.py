"""Where the pointer is on the stage: the cell under it, and the pixel of the response that it stands for."""

from __future__ import annotations

from gui.pages.learned import scene_parts as parts
from gui.pages.learned.resolve import Place, Resolved
from gui.pages.learned.under import Rows, place_at, under_cell
from gui.widgets.scene import Scene


class Pointer:
    """Remembers where the pointer is, so that what is said of it follows the training."""

    def __init__(self) -> None:
        self.place: Place | None = None
        """The pixel of the response under the pointer, None where it is on none."""
        self._cell: tuple[str, int, int] | None = None

    def move(self, resolved: Resolved, key: str, row: int, column: int) -> bool:
        """The pointer is on a cell; says whether another pixel is to be shown. The window itself keeps its pixel."""
        self._cell, before = (key, row, column), self.place
        if key != parts.PATCH:
            self.place = place_at(resolved, key, row, column)
        return self.place != before

    def leave(self) -> bool:
        """The pointer is on no cell; says whether another pixel is to be shown."""
        before, self.place, self._cell = self.place, None, None
        return before is not None

    def rows(self, resolved: Resolved | None, scene: Scene) -> Rows:
        """What there is to say about the cell, with the numbers of the moment on show."""
        cell = self._cell
        if resolved is None or cell is None:
            return []
        plate = scene.plate(cell[0])
        inside = plate is not None and cell[1] < plate.shape[0] and cell[2] < plate.shape[1]
        return under_cell(resolved, *cell) if inside else []
