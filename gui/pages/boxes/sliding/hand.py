"""What pointer and arrow keys do on the stage: they tell about cells, and pick windows and answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from engine.detection.sliding.requests import index_of
from engine.detection.sliding.window_net import WINDOW
from gui.pages.boxes.sliding import facts
from gui.pages.boxes.sliding.larger_part import LARGER
from gui.pages.boxes.sliding.settings import FOLD_STEPS
from gui.pages.boxes.sliding.slide_scene import ANSWERS, HEAT, LEVEL, PICTURE

if TYPE_CHECKING:
    from gui.pages.boxes.sliding.view import SlidingView

ANSWER = LARGER + "answers"


class Hand(QObject):
    """Follows the canvas of a view."""

    def __init__(self, view: SlidingView) -> None:
        super().__init__(view)
        self._view = view
        canvas = view.canvas
        canvas.cellHovered.connect(self._hover)
        canvas.hoverLeft.connect(self._left)
        canvas.cellClicked.connect(self._clicked)
        canvas.arrowPressed.connect(self._arrow)

    @Slot(str, int, int)
    def _hover(self, key: str, row: int, column: int) -> None:
        view = self._view
        if view.folded is not None:
            view.hover_answer((row, column) if key == ANSWER else None)
            view.pointed.emit(facts.under_fold(view.folded, key, row, column))
        elif view.shown is not None:
            view.pointed.emit(facts.under(view.shown, key, row, column))

    @Slot()
    def _left(self) -> None:
        self._view.hover_answer(None)
        self._view.pointed.emit([])

    @Slot(str, int, int)
    def _clicked(self, key: str, row: int, column: int) -> None:
        """A window is picked by its answer, or by the pixel in its middle."""
        view = self._view
        if view.folded is not None:
            if key == ANSWER:
                view.looked.emit(replace(view.settings, cell=(row, column)))
            return
        shown = view.shown
        if shown is None or view.settings.part != "slide":
            return
        for name, current in ((PICTURE, True), (LEVEL, False), (ANSWERS, True), (HEAT, False)):
            if key.startswith(name):
                level = shown.place[0] if current else int(key.removeprefix(name))
                if name in (PICTURE, LEVEL):
                    before = WINDOW // 2 - 1
                    row, column = ((place - before) // shown.stride for place in (row, column))
                self._go(level, row, column)

    def _go(self, level: int, row: int, column: int) -> None:
        """Put the window there, or as near as it gets."""
        view, shown = self._view, self._view.shown
        if shown is None:
            return
        rows, columns = shown.grids[level]
        row, column = min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)
        view.looked.emit(replace(view.settings, window=index_of(level, row, column, shown.grids)))

    @Slot(int, int, bool)
    def _arrow(self, rows: int, columns: int, _shift: bool) -> None:
        view = self._view
        made, shown = view.folded, view.shown
        if made is not None and FOLD_STEPS[view.settings.step] == "larger":
            high, wide = made.larger.logits.shape[1:]
            row, column = made.cell[0] + rows, made.cell[1] + columns
            if 0 <= row < high and 0 <= column < wide:
                view.looked.emit(replace(view.settings, cell=(row, column)))
        elif made is not None or columns:
            self._step_by(columns or rows)
        elif shown is not None and view.settings.part == "slide":
            level, row, column = shown.place
            self._go(level, row + rows, column)

    def _step_by(self, by: int) -> None:
        steps = self._view.steps()
        if steps is not None and 0 <= steps[1] + by < steps[0]:
            self._view.go_to(steps[1] + by)
