"""The inspector: what is under the pointer, and what the view on show has found out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from gui.pages.side_panel import SidePanel
from gui.widgets.facts import Fact, Facts
from gui.widgets.section import Section

POINT: Fact = ("point at the stage", "", "Every box, every pixel and every number can be asked for.")
MOST_UNDER = 8


class BoxesInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self.under, self.found = Facts(), Facts()
        self.under.keep_room(MOST_UNDER)
        self.under_section, self.view_section = Section("Under the cursor"), Section("View")
        self.under_section.add(self.under)
        self.view_section.add(self.found)
        panel.add(self.under_section)
        panel.add(self.view_section)
        panel.end(steady=True)
        self._aside: QWidget | None = None
        self.show_under([])

    @Slot(list)
    def show_under(self, facts: Sequence[Fact]) -> None:
        """Show what the pointer is on."""
        self.under.show_rows(list(facts) or [POINT])

    def show_view(self, title: str, facts: Sequence[Fact], aside: QWidget | None) -> None:
        """Show what a view has found out, and a widget of its own; a view that tells nothing has no section."""
        if aside is not self._aside:
            if self._aside is not None:
                self._aside.hide()
            if aside is not None:
                self.view_section.add(aside)
                aside.show()
            self._aside = aside
        self.view_section.header.setText(title)
        self.view_section.setVisible(bool(facts) or aside is not None)
        self.found.show_rows(list(facts))
