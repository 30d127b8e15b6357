"""The right panel: what is under the cursor, the formula, the torch badge, live numbers and cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Slot

from gui.pages.channels.view import Group
from gui.pages.side_panel import SidePanel
from gui.theme import space
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact, Facts
from gui.widgets.formula import Formula
from gui.widgets.section import Section

NOTHING_UNDER: Final = ("point at a cell", "", "Every number of the stage can be asked where it comes from.")
MOST_GROUPS: Final = 4
ROOM_UNDER: Final = 4
"""Rows for which there is room at least, so that nothing beneath moves while one points around."""


class ChannelsInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.under, self.formula, self.badge = Facts(), Formula(), Badge()
        self.under.keep_room(ROOM_UNDER)
        under, formula = Section("Under the cursor"), Section("Formula")
        under.add(self.under)
        formula.add(self.formula)
        self.groups = [(Section(""), Facts()) for _ in range(MOST_GROUPS)]
        for widget in (under, formula, self.badge):
            panel.add(widget)
        for section, facts in self.groups:
            section.add(facts)
            panel.add(section)
        panel.end()
        panel.verticalScrollBar().rangeChanged.connect(self._reserve_scroll_bar)
        self._reserve_scroll_bar(0, panel.verticalScrollBar().maximum())
        self.show_under([])

    @Slot(int, int)
    def _reserve_scroll_bar(self, _least: int, most: int) -> None:
        """Keep the room of the scroll bar free while there is none, so that nothing wraps anew when it comes."""
        spare = 0 if most > 0 else self._panel.verticalScrollBar().sizeHint().width()
        self._panel.column.setContentsMargins(space.l, space.m, space.l + spare, space.l)

    def show_formula(self, lines: tuple[str, ...]) -> None:
        """Show another formula."""
        if self.formula.lines != lines:
            self.formula.set_lines(lines)

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Show the numbers of what is on the stage."""
        for index, (section, facts) in enumerate(self.groups):
            section.setVisible(index < len(groups))
            if index < len(groups):
                section.header.setText(groups[index].title)
                section.header.setAccessibleName(groups[index].title)
                facts.show_rows(groups[index].rows)

    def show_under(self, rows: Sequence[Fact]) -> None:
        """Show what the pointer is on."""
        self.under.show_rows(rows or [NOTHING_UNDER])

    def texts(self, title: str) -> dict[str, str]:
        """The rows of a group on show, for tests. Raises KeyError for a title that is not there."""
        shown = {s.header.text(): facts.texts() for s, facts in self.groups if not s.isHidden()}
        return shown[title]
