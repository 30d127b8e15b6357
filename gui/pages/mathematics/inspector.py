"""The right panel: what is under the cursor, the formula with what its letters mean, the numbers, the torch badge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from gui.pages.mathematics.chapter import Chapter
from gui.pages.side_panel import SidePanel
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact, Facts
from gui.widgets.formula import Formula
from gui.widgets.section import Section
from gui.widgets.wrapped import Wrapped

NOTHING_UNDER = ("point at a cell", "", "Every number of the stage can be asked what it is.")
UNDER_ROOM = 5


class MathematicsInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self.under, self.numbers = Facts(), Facts()
        self.under.keep_room(UNDER_ROOM)
        self.formula, self.note, self.badge = Formula(), Wrapped(), Badge()
        for section in (
            _section("Under the cursor", self.under),
            _section("What is computed", self.formula, self.note, self.numbers),
        ):
            panel.add(section)
        panel.add(self.badge)
        panel.end(steady=True)
        self.show_under([])

    def show_chapter(self, chapter: Chapter[Any, Any], part: Any, shown: Any) -> None:
        """Show the formula of a view and its numbers."""
        lines = chapter.formula(part)
        if self.formula.lines != lines:
            self.formula.set_lines(lines)
        self.note.say(chapter.note(shown))
        self.numbers.show_rows(chapter.facts(shown))

    @Slot(list)
    def show_under(self, rows: Sequence[Fact]) -> None:
        """Show what the pointer is on."""
        self.under.show_rows(rows or [NOTHING_UNDER])


def _section(title: str, *widgets: QWidget) -> Section:
    section = Section(title)
    for widget in widgets:
        section.add(widget)
    return section
