"""The left panel: what the view on show lets a person set, and a picture of one's own where it takes one."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.pages.side_panel import SidePanel
from gui.pages.views.section import ViewSection
from gui.widgets.section import Section
from gui.widgets.source_picker import SourcePicker


class FaceLearningControls(QObject):
    """Fills the page's left panel."""

    def __init__(self, panel: SidePanel, picker: SourcePicker) -> None:
        super().__init__(panel)
        self.view_section, self.picture_section = ViewSection(), Section("Your picture")
        self.picture_section.add(picker)
        panel.add(self.view_section)
        panel.add(self.picture_section)
        panel.end(steady=True)

    def show_view(self, title: str, controls: QWidget | None, *, needs_picture: bool) -> None:
        """The controls of a view."""
        self.view_section.show_view(title, controls)
        self.picture_section.setVisible(needs_picture)
