"""The controls of the view "Landmarks"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.detection.landmarks import LAYOUTS
from gui.pages.boxes.checked_view import ViewControls
from gui.pages.boxes.landmarks.settings import FEWEST, MOST, WHOLE, LandmarksSettings
from gui.theme import space
from gui.widgets.fields import Choice, Segmented, SliderField, Toggle
from gui.widgets.wrapped import Wrapped

HOW: Final = "Drag the numbered points, or go through them with Tab and move them with the arrows."
HAND: Final = "A mirrored right hand is a left hand: its thumb stays its thumb, so no numbers are exchanged."


class LandmarksControls(ViewControls):
    """frameAsked: crop the picture around the points."""

    frameAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = LandmarksSettings()
        self.how, self.about_hand = Wrapped(), Wrapped()
        self.how.say(HOW)
        self.about_hand.say(HAND)
        self.layout_choice = Choice("Points", [(name, layout.title) for name, layout in LAYOUTS.items()])
        self.drawn = Toggle("Drawn hand", value=True, tooltip="A hand on paper instead of the photo")
        self.crop, self.whole = QPushButton("Crop to points"), QPushButton("Whole photo")
        self.crop.setToolTip("What a detector would hand over: a square around the points")
        self.second = Segmented(
            [
                ("mirror", "Mirror", "The first picture mirrored, as augmentation does"),
                ("person", "Person", "The first picture, numbered by somebody else"),
            ],
            label="Picture 2",
        )
        self.consistent = Toggle(
            "One order", value=True, tooltip="Point 1 is the same thing in every picture"
        )
        self.count = SliderField("Pictures", FEWEST, MOST, 2, 24, lambda value: f"{value:.0f}",
                                 tooltip="Of the training set; every second one is like picture 2")  # fmt: skip
        buttons = QHBoxLayout()
        buttons.setSpacing(space.s)
        buttons.addWidget(self.crop)
        buttons.addWidget(self.whole)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        parts: tuple[QWidget, ...] = (
            self.how, self.layout_choice, self.drawn, self.second, self.about_hand, self.consistent, self.count,
        )  # fmt: skip
        for part in parts:
            column.addWidget(part)
        column.insertLayout(column.indexOf(self.second), buttons)
        self.layout_choice.changed.connect(self._layout_picked)
        self.drawn.changed.connect(self._drawn_set)
        self.second.changed.connect(self._second_picked)
        self.consistent.changed.connect(self._consistent_set)
        self.whole.clicked.connect(self._whole_asked)
        self.crop.clicked.connect(self.frameAsked)
        self.count.changed.connect(self._count_set)

    def show_settings(self, settings: LandmarksSettings) -> None:
        self._settings = settings
        hand = settings.layout == "hand"
        self.layout_choice.set_value(settings.layout)
        self.drawn.set_value(settings.drawn)
        self.drawn.setVisible(hand)
        for button in (self.crop, self.whole):
            button.setVisible(not settings.on_paper)
        self.second.set_value("mirror" if settings.mirrored else "person")
        self.second.button("mirror").setEnabled(settings.shape.mirrors)
        self.about_hand.setVisible(hand)
        self.consistent.set_value(settings.consistent)
        self.count.set_value(settings.count)

    def _set(self, **changes: Any) -> None:
        self.changed.emit(replace(self._settings, **changes), "")

    @Slot(str)
    def _layout_picked(self, key: str) -> None:
        self._set(layout=key)

    @Slot(bool)
    def _drawn_set(self, on: bool) -> None:
        self._set(drawn=on)

    @Slot(str)
    def _second_picked(self, key: str) -> None:
        self._set(second=key)

    @Slot(bool)
    def _consistent_set(self, on: bool) -> None:
        self._set(consistent=on)

    @Slot()
    def _whole_asked(self) -> None:
        self._set(region=WHOLE)

    @Slot(float)
    def _count_set(self, value: float) -> None:
        self.changed.emit(replace(self._settings, count=round(value)), "pictures")
