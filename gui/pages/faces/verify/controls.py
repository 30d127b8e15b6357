"""The controls of the view "Verify"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.faces.gallery.requests import Person
from gui.pages.faces.names import shown
from gui.pages.faces.verify.settings import VerifySettings
from gui.theme import space
from gui.widgets.fields import Choice, Toggle
from gui.widgets.wrapped import Wrapped

HOW: Final = (
    "1:1 asks about one name: is it the one who they say they are? Click another face to ask about that one."
)


class VerifyControls(QWidget):
    """changed(settings, gesture)."""

    changed = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = VerifySettings()
        self.how = Wrapped()
        self.how.say(HOW)
        self.claimed = Choice("Claims to be", [], tooltip="The person whose name was given")
        self.ordered = Toggle("Largest difference first", tooltip="Else in the order of the embedding")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for part in (self.how, self.claimed, self.ordered):
            column.addWidget(part)
        self.claimed.changed.connect(self._claimed_picked)
        self.ordered.changed.connect(self._ordered_set)

    def show_settings(
        self, settings: VerifySettings, people: Sequence[Person], claimed: Person | None
    ) -> None:
        """Show what is set, and who can be claimed."""
        self._settings = settings
        options = [(str(person.number), shown(person.name, 40)) for person in people]
        self.claimed.set_options(options, None if claimed is None else str(claimed.number))
        self.claimed.setEnabled(bool(options))
        self.ordered.set_value(settings.ordered)

    def _set(self, **changes: Any) -> None:
        self.changed.emit(replace(self._settings, **changes), "")

    @Slot(str)
    def _claimed_picked(self, key: str) -> None:
        self._set(claimed=int(key))

    @Slot(bool)
    def _ordered_set(self, on: bool) -> None:
        self._set(ordered=on)
