"""The parts of both side panels that are filled by the view on show."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from gui.pages.side_panel import SidePanel
from gui.widgets.facts import Fact, Facts
from gui.widgets.section import Section

MOST_UNDER = 8


class ViewSection(Section):
    """A section that holds one widget of the view on show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("View", parent=parent)
        self._held: QWidget | None = None

    def show_view(self, title: str, widget: QWidget | None, *, needed: bool = False) -> None:
        """Hold the widget of another view, None for none; `needed`: the section has something to say without it."""
        if widget is not self._held:
            if self._held is not None:
                self._held.hide()
            if widget is not None:
                self.add(widget)
                widget.show()
            self._held = widget
        self.set_title(title)
        self.setVisible(needed or widget is not None)


class ViewsInspector(QObject):
    """Fills the right panel: what is under the pointer, the page's own sections, what the view has found out.

    `hint`: what stands there while the pointer is on nothing.
    """

    def __init__(self, panel: SidePanel, hint: Fact, *sections: Section) -> None:
        super().__init__(panel)
        self._hint = hint
        self.under, self.found = Facts(), Facts()
        self.under.keep_room(MOST_UNDER)
        self.under_section, self.view_section = Section("Under the cursor"), ViewSection()
        self.under_section.add(self.under)
        self.view_section.add(self.found)
        for section in (self.under_section, *sections, self.view_section):
            panel.add(section)
        panel.end(steady=True)
        self.show_under([])

    @Slot(list)
    def show_under(self, facts: Sequence[Fact]) -> None:
        """Show what the pointer is on."""
        self.under.show_rows(list(facts) or [self._hint])

    def show_view(self, title: str, facts: Sequence[Fact], aside: QWidget | None) -> None:
        """Show what a view has found out, and a widget of its own; a view that tells nothing has no section."""
        self.view_section.show_view(title, aside, needed=bool(facts))
        self.found.show_rows(list(facts))
