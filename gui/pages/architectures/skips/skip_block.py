"""The residual block as a widget: a canvas whose numbers can be typed over."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QSize, QSizeF, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from gui.pages.architectures.skips.skip_plates import EDITABLE
from gui.pages.architectures.skips.skip_scene import skip_scene
from gui.pages.architectures.skips.skip_state import SkipState
from gui.widgets.canvas import Canvas
from gui.widgets.facts import Fact
from gui.widgets.formula import loader
from gui.widgets.plate import number_text

EXPORT_SIZE: Final = QSizeF(860, 640)


class SkipBlock(Canvas):
    """numberEdited(array, row, column, value): a cell was typed over. rowPicked(row): a row was clicked.

    numberPointed(rows): what the inspector says about the cell under the pointer; [] for nothing.
    """

    numberEdited = Signal(str, int, int, float)
    rowPicked = Signal(int)
    numberPointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: SkipState | None = None
        self.setAccessibleName("Residual block in numbers")
        self.cellEdited.connect(self._edited_cell)
        self.cellClicked.connect(self._clicked_cell)
        self.cellHovered.connect(self._hovered_cell)
        self.hoverLeft.connect(self._left)
        loader.ready.connect(self._relay)

    def show_block(self, state: SkipState) -> None:
        """Show the block of a state at its step."""
        if state == self._state:
            return
        self._state = state
        self._relay()

    def preferred_size(self) -> QSizeF:
        """The size of an export; its formulas are typeset here, before there is a painter."""
        size = super().preferred_size().expandedTo(EXPORT_SIZE)
        if self._state is not None:
            if not loader.is_ready:
                loader.load()
            skip_scene(self._state, size)
        return size

    def sizeHint(self) -> QSize:
        return QSize(760, 520)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not loader.is_ready:
            QTimer.singleShot(0, loader.start)

    @Slot()
    def _relay(self) -> None:
        if self._state is not None:
            self.set_builder(partial(skip_scene, self._state))

    @Slot(str, int, int, float)
    def _edited_cell(self, key: str, row: int, column: int, value: float) -> None:
        if key in EDITABLE:
            self.numberEdited.emit(key, row, column, value)

    @Slot(str, int, int)
    def _clicked_cell(self, key: str, row: int, _column: int) -> None:
        if self._state is not None and row != self._state.row:
            self.rowPicked.emit(row)

    @Slot(str, int, int)
    def _hovered_cell(self, key: str, row: int, column: int) -> None:
        plate = self.scene.plate(key)
        if plate is None or self._state is None:
            return
        known = plate.hidden is None or not plate.hidden[row, column]
        value = number_text(float(plate.values[row, column]), 4) if known else "not computed yet"
        place = f"row {row}" if plate.shape[1] == 1 else f"row {row}, column {column}"
        rows: list[Fact] = [(plate.title, value, ""), ("place", place, "Counted from 0.")]
        if plate.editable:
            rows.append(("change it", "double-click, or F2", ""))
        self.numberPointed.emit(rows)

    @Slot()
    def _left(self) -> None:
        self.numberPointed.emit([])
