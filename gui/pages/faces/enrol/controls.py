"""The controls of the view "Enrol"."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.pages.faces.enrol.settings import EnrolSettings
from gui.theme import space
from gui.widgets.fields import Segmented
from gui.widgets.wrapped import Wrapped

WAYS: Final = (
    ("guided", "Camera", "Five views, taken by themselves while you follow the words"),
    ("photos", "Photos", "Photos of one person, several at once"),
    ("folder", "Folder", "Many people: one sub-folder a person"),
)
WHY: Final = (
    "Several views help: a new photo is compared with all of them, and the nearest counts. Nothing is stored before"
    " somebody agrees."
)


class EnrolControls(QWidget):
    """changed(settings, gesture)."""

    changed = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = EnrolSettings()
        self.way = Segmented(WAYS)
        self.way.setAccessibleName("How to enrol")
        self.why = Wrapped()
        self.why.say(WHY)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addWidget(self.way)
        column.addWidget(self.why)
        self.way.changed.connect(self._picked)

    def show_settings(self, settings: EnrolSettings) -> None:
        self._settings = settings
        self.way.set_value(settings.way)

    @Slot(str)
    def _picked(self, way: str) -> None:
        self.changed.emit(replace(self._settings, way=way), "")  # type: ignore[arg-type]  # the keys of WAYS
