"""The controls of the view "Map"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.pages.faces.group import WHOM
from gui.pages.faces.map.settings import LAYOUTS, MapSettings
from gui.theme import space
from gui.widgets.fields import Segmented, Toggle
from gui.widgets.wrapped import Wrapped

HOW: Final = "Each edge has the colour of a person. Click a face to see its picture, and whom the net finds most alike."


class MapControls(QWidget):
    """changed(settings, gesture)."""

    changed = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = MapSettings()
        self.group, self.layout_kind = Segmented(WHOM), Segmented(LAYOUTS)
        self.group.setAccessibleName("Group")
        self.layout_kind.setAccessibleName("Kind of map")
        self.thumbnails = Toggle("Faces", tooltip="Else dots in the colours of the people")
        self.how = Wrapped()
        self.how.say(HOW)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for part in (self.group, self.layout_kind, self.thumbnails, self.how):
            column.addWidget(part)
        self.group.changed.connect(lambda key: self._set(group=key, photo=None))
        self.layout_kind.changed.connect(lambda key: self._set(layout=key))
        self.thumbnails.changed.connect(self._thumbnails_set)

    def show_settings(self, settings: MapSettings) -> None:
        """Show what is set."""
        self._settings = settings
        self.group.set_value(settings.group)
        self.layout_kind.set_value(settings.layout)
        self.thumbnails.set_value(settings.thumbnails)

    def _set(self, **changes: Any) -> None:
        self.changed.emit(replace(self._settings, **changes), "")

    @Slot(bool)
    def _thumbnails_set(self, on: bool) -> None:
        self._set(thumbnails=on)
