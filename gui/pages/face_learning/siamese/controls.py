"""The controls of the view "Siamese"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.faces.learning.requests import MOST_SEED
from gui.pages.face_learning.siamese.settings import MOST_PEOPLE_POWER, SiameseSettings
from gui.pages.face_learning.siamese.words import HOW, OWN
from gui.theme import space
from gui.widgets.fields import Choice, IntStepper, Segmented, SliderField, Toggle
from gui.widgets.wrapped import Wrapped


class SiameseControls(QWidget):
    """changed(settings, gesture)."""

    changed = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = SiameseSettings()
        self.how, self.about_own = Wrapped(), Wrapped()
        self.how.say(HOW)
        self.about_own.say(OWN)
        self.source = Choice("Identities", [("digits", "Digits 0 to 9"), ("drawn", "Drawn people")])
        self.form = Segmented(
            [("absolute", "|a − b|", "The sum of weighed differences (Koch et al. 2015)"),
             ("chi-square", "χ²", "Squared differences over sums (DeepFace, 2014)")],
            label="Terms",
        )  # fmt: skip
        self.own = Toggle(
            "A is my picture", tooltip="A drawing or a photo of your own instead of one of the set"
        )
        self.people = SliderField(
            "Gallery K", 0.0, MOST_PEOPLE_POWER, 0.05, 2.0, lambda v: f"{max(round(10**v), 1):,}",
            tooltip="People that a visitor is compared with, for the count of multiply-adds",
        )  # fmt: skip
        self.seed = IntStepper(
            "Seed", value=1, low=0, high=MOST_SEED, tooltip="Of the net's start and the pairs"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for part in (self.how, self.source, self.form, self.people, self.seed, self.own, self.about_own):
            column.addWidget(part)
        self.source.changed.connect(self._source_picked)
        self.form.changed.connect(self._form_picked)
        self.own.changed.connect(self._own_set)
        self.people.changed.connect(self._people_moved)
        self.seed.committed.connect(self._seed_set)

    def show_settings(self, settings: SiameseSettings) -> None:
        """Show what is set."""
        self._settings = settings
        self.source.set_value(settings.source)
        self.form.set_value(settings.form)
        self.own.set_value(settings.own)
        self.about_own.setVisible(settings.own)
        self.people.set_value(settings.people)
        self.seed.set_value(settings.seed)

    def _set(self, gesture: str = "", **changes: Any) -> None:
        self.changed.emit(replace(self._settings, **changes), gesture)

    @Slot(str)
    def _source_picked(self, key: str) -> None:
        self._set(source=key, first=0, second=1)

    @Slot(str)
    def _form_picked(self, key: str) -> None:
        self._set(form=key)

    @Slot(bool)
    def _own_set(self, on: bool) -> None:
        self._set(own=on)

    @Slot(float)
    def _people_moved(self, value: float) -> None:
        self._set("gallery", people=value)

    @Slot(object)
    def _seed_set(self, value: int) -> None:
        self._set(seed=value)
