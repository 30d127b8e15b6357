"""The controls of the view "One-shot"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.faces.learning.requests import MOST_SEED
from gui.pages.face_learning.oneshot.settings import OneshotSettings
from gui.pages.face_learning.oneshot.words import HOW
from gui.theme import space
from gui.widgets.fields import Choice, IntStepper, Segmented
from gui.widgets.wrapped import Wrapped


class OneshotControls(QWidget):
    """changed(settings, gesture)."""

    changed = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = OneshotSettings()
        self.how = Wrapped()
        self.how.say(HOW)
        self.source = Choice("Identities", [("digits", "Digits 0 to 9"), ("drawn", "Drawn people")])
        self.visitor = Segmented(
            [("auto", "Story", "Whoever the step is about"), ("known", "Known", "Somebody of the class"),
             ("new", "New", "The newcomer")],
            label="At the door",
        )  # fmt: skip
        self.numbers = {
            "people": IntStepper(
                "People K", value=4, low=2, high=8, tooltip="With one photo each, before one joins"
            ),
            "updates": IntStepper(
                "Updates", value=60, low=10, high=500, step=10, tooltip="Of every classifier"
            ),
            "seed": IntStepper(
                "Seed", value=2, low=0, high=MOST_SEED, tooltip="Who is in the class, and which photos"
            ),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for part in (self.how, self.source, self.visitor, *self.numbers.values()):
            column.addWidget(part)
        self.source.changed.connect(self._source_picked)
        self.visitor.changed.connect(self._visitor_picked)
        for name, field in self.numbers.items():
            field.committed.connect(lambda value, name=name: self._set(**{name: value}))

    def show_settings(self, settings: OneshotSettings) -> None:
        """Show what is set."""
        self._settings = settings
        self.source.set_value(settings.source)
        self.visitor.set_value(settings.visitor)
        for name, field in self.numbers.items():
            field.set_value(getattr(settings, name))

    def _set(self, **changes: Any) -> None:
        self.changed.emit(replace(self._settings, **changes), "")

    @Slot(str)
    def _source_picked(self, key: str) -> None:
        self._set(source=key)

    @Slot(str)
    def _visitor_picked(self, key: str) -> None:
        self._set(visitor=key)
