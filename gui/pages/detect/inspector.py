"""The inspector: what is under the pointer, the chosen box, the chosen cell with its formula, and the whole answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Slot

from engine.detection.requests import Cell
from gui.pages.detect.cell_words import FORMULAS, anchor_rows, cell_rows, formulas
from gui.pages.detect.resolve import Shown
from gui.pages.detect.words import answer_rows, box_rows
from gui.pages.side_panel import SidePanel
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact, Facts
from gui.widgets.fields import Choice
from gui.widgets.formula import Formula
from gui.widgets.section import Section
from gui.widgets.wrapped import Wrapped

POINT: Fact = ("point at a box", "", "Every box and every cell of the picture can be asked for.")
NO_ANSWER: Fact = ("no answer yet", "", "")
MOST_UNDER: Final = 7
FREEZE: Final = "Freeze the picture (F), then click a cell."
LOOKING: Final = "The net is asked about another cell."
CLICK: Final = "Click a cell of the grid, or go from cell to cell with the arrow keys."


class DetectInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self.under, self.box, self.place, self.numbers, self.run = (Facts() for _ in range(5))
        self.under.keep_room(MOST_UNDER)
        self.anchors = Choice("Anchor", [], tooltip="Each anchor of a cell gives a box of its own")
        self.formula = Formula(FORMULAS, size="body")
        self.badge = Badge()
        self.hint = Wrapped("muted")
        self._cell: Cell | None = None
        self.box_section, self.cell_section = Section("The chosen box"), Section("The chosen cell")
        under, run = Section("Under the cursor"), Section("This answer")
        under.add(self.under)
        self.box_section.add(self.box)
        for widget in (self.hint, self.place, self.anchors, self.numbers, self.formula, self.badge):
            self.cell_section.add(widget)
        run.add(self.run)
        for section in (under, self.box_section, self.cell_section, run):
            panel.add(section)
        panel.end(steady=True)
        self.anchors.changed.connect(self._anchor_picked)
        self.show_under([])
        self.show_box(None, None)
        self.show_no_cell("")
        self.show_answer(None)

    @property
    def cell(self) -> Cell | None:
        """The cell on show."""
        return self._cell

    def show_under(self, rows: Sequence[Fact]) -> None:
        """What the pointer is on."""
        self.under.show_rows(rows or [POINT])

    def show_box(self, shown: Shown | None, place: int | None) -> None:
        """The box that was chosen."""
        there = shown is not None and place is not None
        self.box_section.setVisible(there)
        if shown is not None and place is not None:
            self.box.show_rows(box_rows(shown, place))

    def show_answer(self, shown: Shown | None) -> None:
        """The numbers of the whole answer."""
        self.run.show_rows([NO_ANSWER] if shown is None else answer_rows(shown))

    # --- the cell --------------------------------------------------------------------------------------------

    def show_no_cell(self, hint: str) -> None:
        """No cell is chosen; `hint`: how to choose one, "" where there is no grid."""
        self._cell = None
        self.cell_section.setVisible(bool(hint))
        self.hint.say(hint)
        self.hint.setVisible(bool(hint))
        for widget in (self.place, self.anchors, self.numbers, self.formula, self.badge):
            widget.hide()

    def show_cell(self, cell: Cell) -> None:
        """What the net says in a cell; of its anchors the one with the best score, unless a person chose another."""
        same = self._cell is not None and self._cell.look.frame is cell.look.frame and self._same_place(cell)
        chosen = int(self.anchors.value or 0) if same else cell.best.anchor
        self._cell = cell
        self.cell_section.show()
        self.hint.hide()
        self.place.show_rows(cell_rows(cell))
        names = [
            (
                str(one.anchor),
                f"{one.anchor}: {one.scores.max():.2f}",
            )
            for one in cell.anchors
        ]
        self.anchors.set_options(names, str(chosen))
        if self.formula.lines != formulas(cell):
            self.formula.set_lines(formulas(cell))
        self._show_anchor()
        for widget in (self.place, self.anchors, self.numbers, self.formula, self.badge):
            widget.show()

    def _same_place(self, cell: Cell) -> bool:
        before = None if self._cell is None else self._cell.look
        look = cell.look
        return before is not None and (before.grid, before.row, before.column) == (
            look.grid,
            look.row,
            look.column,
        )

    def set_cell_stale(self) -> None:
        """The cell on show is not the chosen one any more."""
        self.badge.show_waiting(LOOKING)

    @Slot(str)
    def _anchor_picked(self, _key: str) -> None:
        self._show_anchor()

    def _show_anchor(self) -> None:
        if self._cell is not None:
            self.numbers.show_rows(anchor_rows(self._cell, int(self.anchors.value or 0)))
