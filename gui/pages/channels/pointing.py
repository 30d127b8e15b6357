"""The pointer and the keys on the stage: which cell is pointed at, and what a click, an arrow or an edit means."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from gui.pages.channels.view import Cell
from gui.widgets.canvas import Canvas
from gui.widgets.stepper import Stepper

FAR: Final = 5
"""Cells that an arrow key moves by with Shift."""


class Pointing(QObject):
    """Remembers the cell under the pointer, and tells the page what a person did there."""

    pointed = Signal(object)
    """The cell under the pointer, None when it left."""
    picked = Signal(object)
    """A cell was clicked."""
    edited = Signal(object, float)
    """A cell was typed over."""
    stepped = Signal(int, int)
    """An arrow key: rows, columns."""

    def __init__(self, canvas: Canvas, stepper: Stepper, parent: QObject) -> None:
        super().__init__(parent)
        self.cell: Cell | None = None
        """The cell under the pointer."""
        self._looking = False
        self._stepper = stepper
        canvas.cellHovered.connect(self._hovered)
        canvas.hoverLeft.connect(self._left)
        canvas.cellClicked.connect(self._clicked)
        canvas.cellActivated.connect(self._clicked)
        canvas.cellEdited.connect(self._typed)
        canvas.arrowPressed.connect(self._arrow)
        canvas.editBegan.connect(stepper.pause)

    @property
    def hover(self) -> Cell | None:
        """The cell whose numbers are on show; none while the walk runs, nor in a new state until the pointer moves."""
        return self.cell if self._looking and not self._stepper.playing else None

    def look_away(self) -> None:
        """There is another state, whose own place is to be seen although the pointer rests on a cell."""
        self._looking = False

    def forget(self) -> None:
        """What was pointed at is gone."""
        self.cell, self._looking = None, False

    def point(self, cell: Cell | None) -> None:
        """The pointer is on a cell, or on none."""
        self.cell, self._looking = cell, cell is not None
        self.pointed.emit(cell)

    @Slot(str, int, int)
    def _hovered(self, key: str, row: int, column: int) -> None:
        self.point((key, row, column))

    @Slot()
    def _left(self) -> None:
        self.point(None)

    @Slot(str, int, int)
    def _clicked(self, key: str, row: int, column: int) -> None:
        self.picked.emit((key, row, column))

    @Slot(str, int, int, float)
    def _typed(self, key: str, row: int, column: int, value: float) -> None:
        self.edited.emit((key, row, column), value)

    @Slot(int, int, bool)
    def _arrow(self, rows: int, columns: int, far: bool) -> None:
        self._stepper.pause()
        by = FAR if far else 1
        self.stepped.emit(rows * by, columns * by)
