"""The inspector: what is under the pointer, the layer on show in the letters of the course, the badge, the sums."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from gui.pages.shapes.facts import NOTHING_UNDER, letter_rows, total_rows
from gui.pages.shapes.resolve import Resolved
from gui.pages.side_panel import SidePanel
from gui.theme import space
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact, Facts
from gui.widgets.section import Section


class ShapesInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.under, self.letters, self.totals = Facts(), Facts(), Facts()
        self.badge = Badge()
        self.letters_section = _section("Layer", self.letters)
        for section in (
            _section("Under the cursor", self.under),
            self.letters_section,
            _section("The whole chain", self.totals, self.badge),
        ):
            panel.add(section)
        panel.end()
        bar = panel.verticalScrollBar()
        bar.rangeChanged.connect(self._reserve_scroll_bar)
        self._reserve_scroll_bar(0, bar.maximum())
        self.show_under([])

    @Slot(int, int)
    def _reserve_scroll_bar(self, _least: int, most: int) -> None:
        """Keep the room of the scroll bar free while there is none, so that nothing wraps anew when it comes."""
        spare = 0 if most > 0 else self._panel.verticalScrollBar().sizeHint().width()
        self._panel.column.setContentsMargins(space.l, space.m, space.l + spare, space.l)

    def show_chain(self, resolved: Resolved) -> None:
        """Show the layer on show and the sums."""
        step = resolved.state.step
        self.letters_section.header.setText(f"Layer l = {step}" if step else "Input, l = 0")
        self.letters.show_rows(letter_rows(resolved))
        self.totals.show_rows(total_rows(resolved))

    def show_under(self, rows: Sequence[Fact]) -> None:
        """Show what the pointer is on."""
        self.under.show_rows(rows or [NOTHING_UNDER])


def _section(title: str, *widgets: QWidget) -> Section:
    section = Section(title)
    for widget in widgets:
        section.add(widget)
    return section
