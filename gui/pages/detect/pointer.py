"""What the pointer is on, and which box and which cell are chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from engine.detection.requests import Corners
from gui.pages.detect.resolve import Shown
from gui.pages.detect.words import box_rows, place_rows

if TYPE_CHECKING:
    from gui.pages.detect.page import DetectPage


class Pointer(QObject):
    """Follows the picture. A chosen box is followed by its number from frame to frame, or by its corners on one."""

    def __init__(self, page: DetectPage) -> None:
        super().__init__(page)
        self._page = page
        self._box: int | None = None
        self._pixel: tuple[int, int] | None = None
        self._chosen: tuple[int, Corners] | None = None
        view = page.stage.view
        view.pointedAt.connect(self._point_at)
        view.hovered.connect(self._hover)
        view.left.connect(self._leave)
        view.picked.connect(self._picked)

    # --- under the pointer -----------------------------------------------------------------------------------

    @Slot(object)
    def _point_at(self, box: int | None) -> None:
        self._box = box
        self._tell()

    @Slot(int, int)
    def _hover(self, x: int, y: int) -> None:
        self._pixel = (x, y)
        if self._box is None:
            self._tell()

    @Slot()
    def _leave(self) -> None:
        self._box = self._pixel = None
        self._tell()

    def _tell(self) -> None:
        shown = self._page.shown
        if shown is None:
            self._page.details.show_under([])
        elif self._box is not None and self._box < len(shown.index):
            self._page.details.show_under(box_rows(shown, self._box))
        elif self._pixel is not None and _inside(shown, *self._pixel):
            self._page.details.show_under(place_rows(shown, *self._pixel))
        else:
            self._page.details.show_under([])

    # --- chosen ----------------------------------------------------------------------------------------------

    def refresh(self, shown: Shown | None) -> None:
        """Another answer is on show: find the chosen box in it again."""
        self._box = self._page.stage.view.pointed
        self._tell()
        self._show_chosen(None if shown is None else self._place(shown))

    def _place(self, shown: Shown) -> int | None:
        """Where the chosen box is among the boxes on show."""
        if self._chosen is None:
            return None
        number, corners = self._chosen
        for place, find in enumerate(shown.index.tolist()):
            same_track = number > 0 and shown.tracks is not None and int(shown.tracks[find]) == number
            if same_track or tuple(shown.answer.found.boxes[find].tolist()) == corners:
                return place
        return None

    def choose(self, place: int | None) -> None:
        """Choose a box of those on show, or none."""
        shown = self._page.shown
        if shown is None or place is None:
            self._chosen = None
        else:
            find = int(shown.index[place])
            number = 0 if shown.tracks is None else int(shown.tracks[find])
            x1, y1, x2, y2 = shown.answer.found.boxes[find].tolist()
            self._chosen = number, (x1, y1, x2, y2)
        self._show_chosen(place if shown is not None else None)

    def _show_chosen(self, place: int | None) -> None:
        self._page.stage.view.select(place)
        self._page.details.show_box(self._page.shown, place)

    def forget_number(self) -> None:
        """The numbers of things begin anew: what is chosen is known by its corners alone."""
        if self._chosen is not None:
            self._chosen = 0, self._chosen[1]

    def step(self, by: int) -> None:
        """The next box, or the one before."""
        shown = self._page.shown
        if shown is None or not len(shown.index):
            return
        place = self._place(shown)
        count = len(shown.index)
        self.choose((place + by) % count if place is not None else (0 if by > 0 else count - 1))

    @property
    def chosen(self) -> bool:
        """Whether a box is chosen."""
        return self._page.stage.view.selected is not None

    @Slot(object, float, float)
    def _picked(self, box: int | None, x: float, y: float) -> None:
        """A click chooses the box there and, where the grid is on show, the cell."""
        self.choose(box)
        shown, state = self._page.shown, self._page.state
        lattice = None if shown is None else shown.findings.lattice
        if lattice is None or self._page.picker.live:
            return
        cell = lattice.at(x, y)
        self._page.amend(replace(state, cell=None if cell == state.cell and box is None else cell))

    def move_cell(self, rows: int, columns: int) -> bool:
        """Another cell beside the chosen one; False where none is chosen."""
        shown, state = self._page.shown, self._page.state
        if shown is None or shown.grid is None or shown.findings.cell is None or state.cell is None:
            return False
        row = min(max(state.cell[0] + rows, 0), shown.grid.rows - 1)
        column = min(max(state.cell[1] + columns, 0), shown.grid.columns - 1)
        self._page.amend(replace(state, cell=(row, column)))
        return True


def _inside(shown: Shown, x: int, y: int) -> bool:
    frame = shown.answer.frame
    return 0 <= x < frame.width and 0 <= y < frame.height
