"""The controls of the view "Ask"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gui.pages.units.asking.settings import (
    LARGEST_SEED,
    MOST_ASCENT,
    MOST_POINTS,
    MOST_SAMPLES,
    AskingSettings,
)
from gui.theme import space
from gui.widgets.class_choice import ClassChoice
from gui.widgets.fields import Choice, IntStepper, Segmented, SliderField

PART_OPTIONS = (
    ("gradients", "Gradients", "What gradients say about the picture on show"),
    ("grow", "Grow", "Grow a picture that excites a class, a channel or a unit"),
)
ABOUT_OPTIONS = (
    ("class", "A class", "Of the logit of a class"),
    ("unit", "The unit", "Of the activation of the chosen unit"),
)
LAYER_OPTIONS = (
    ("last", "Last", "Of the last layer with maps, as is usual"),
    ("chosen", "Chosen", "Of the layer that is chosen in the list"),
)
GOAL_OPTIONS = (
    ("class", "Class", "The logit of a class"),
    ("channel", "Channel", "The mean of the chosen channel's map"),
    ("unit", "Unit", "The unit in the middle of the chosen channel's map"),
)
BASELINE_OPTIONS = (
    ("black", "Black"), ("grey", "Grey"), ("white", "White"), ("blur", "Blurred picture"),
)  # fmt: skip
STOP, GO_ON, KEEP, ANOTHER = "Stop", "Grow again", "Keep this picture", "From other noise"


class AskingControls(QWidget):
    """changed(AskingSettings, str): what a person set, and the gesture that it belongs to; stopAsked(), keepAsked()."""

    changed = Signal(object, str)
    stopAsked = Signal()
    keepAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = AskingSettings()
        self.part = Segmented(PART_OPTIONS)
        self.part.setAccessibleName("What is asked")
        self.about = Segmented(ABOUT_OPTIONS, label="About")
        self.goal = Segmented(GOAL_OPTIONS)
        self.goal.setAccessibleName("What is to be excited")
        self.classes = ClassChoice()
        self.layer = Segmented(LAYER_OPTIONS, label="Grad-CAM of")
        self.samples = SliderField(
            "Copies", 1, MOST_SAMPLES, 1, 16, _whole, tooltip="Noisy copies of SmoothGrad"
        )
        self.noise = SliderField(
            "Noise", 0, 0.5, 0.01, 0.15, _share, tooltip="Of the spread of what the net reads"
        )
        self.points = SliderField("Points", 4, MOST_POINTS, 4, 32, _whole, tooltip="Of integrated gradients")
        self.baseline = Choice(
            "From", BASELINE_OPTIONS, tooltip="Where the way of integrated gradients begins"
        )
        self.ascent = SliderField("Steps", 32, MOST_ASCENT, 32, 192, _whole)
        self.rate = SliderField(
            "Rate", 0.005, 0.1, 0.005, 0.03, _permille, tooltip="Of the pixels' range a step"
        )
        self.jitter = SliderField(
            "Jitter", 0, 0.25, 0.01, 0.06, _share, tooltip="How far each step moves the picture"
        )
        self.blur = SliderField("Blur", 0, 2, 0.1, 0.5, _pixels, tooltip="Every fourth step")
        self.smoothing = SliderField(
            "Smoothing", 0, 1, 0.05, 0.3, _share, tooltip="Of differences of neighbours (total variation)"
        )
        self.seed = IntStepper("Seed", low=0, high=LARGEST_SEED, tooltip="Of the noise at the start")
        self.stop, self.keep, self.another = QPushButton(STOP), QPushButton(KEEP), QPushButton(ANOTHER)
        self._asking: tuple[QWidget, ...] = (
            self.about,
            self.layer,
            self.samples,
            self.noise,
            self.points,
            self.baseline,
        )
        self._growing: tuple[QWidget, ...] = (
            self.goal, self.ascent, self.rate, self.jitter, self.blur, self.smoothing, self.seed,
            self.stop, self.keep, self.another,
        )  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for widget in (self.part, self.about, self.goal, self.classes, *self._asking[1:], *self._growing[1:]):
            column.addWidget(widget)
        self._connect()

    def _connect(self) -> None:
        self.classes.chosen.connect(self._class_chosen)
        texts: dict[str, Segmented | Choice] = {
            "part": self.part, "about": self.about, "goal": self.goal, "layer": self.layer, "baseline": self.baseline,
        }  # fmt: skip
        wholes = {"samples": self.samples, "points": self.points, "ascent": self.ascent}
        numbers = {
            "noise": self.noise, "rate": self.rate, "jitter": self.jitter, "blur": self.blur,
            "smoothing": self.smoothing,
        }  # fmt: skip
        for name, choice in texts.items():
            choice.changed.connect(_Setter(self, name, str).take)
        for name, slider in wholes.items():
            slider.changed.connect(_Setter(self, name, round).take)
        for name, slider in numbers.items():
            slider.changed.connect(_Setter(self, name, float).take)
        self.seed.committed.connect(_Setter(self, "seed", round).take)
        self.stop.clicked.connect(self.stopAsked)
        self.keep.clicked.connect(self.keepAsked)
        self.another.clicked.connect(self._other_noise)

    def show_settings(self, settings: AskingSettings) -> None:
        """Show what is set, and only what has a meaning."""
        self._settings = settings
        choices: tuple[tuple[Segmented | Choice, str], ...] = (
            (self.part, settings.part), (self.about, settings.about), (self.goal, settings.goal),
            (self.layer, settings.layer), (self.baseline, settings.baseline),
        )  # fmt: skip
        for choice, key in choices:
            choice.set_value(key)
        for slider, value in (
            (self.samples, settings.samples), (self.noise, settings.noise), (self.points, settings.points),
            (self.ascent, settings.ascent), (self.rate, settings.rate), (self.jitter, settings.jitter),
            (self.blur, settings.blur), (self.smoothing, settings.smoothing),
        ):  # fmt: skip
            slider.set_value(value)
        self.seed.set_value(settings.seed)
        grows = settings.part == "grow"
        for widgets, shown in ((self._asking, not grows), (self._growing, grows)):
            for widget in widgets:
                widget.setVisible(shown)
        self.classes.setVisible(settings.goal == "class" if grows else settings.about == "class")

    def show_growing(self, growing: bool, *, something: bool) -> None:
        """Whether a picture is on its way, and whether there is one to keep."""
        self.stop.setText(STOP if growing else GO_ON)
        self.keep.setEnabled(something)

    def set_field(self, gesture: str, **changes: Any) -> None:
        """A person set something."""
        settings = replace(self._settings, **changes)
        if settings != self._settings:
            self.changed.emit(settings, gesture)

    @Slot(object)
    def _class_chosen(self, target: int | None) -> None:
        self.set_field("", target=target)

    @Slot()
    def _other_noise(self) -> None:
        self.set_field("", seed=(self._settings.seed + 1) % (LARGEST_SEED + 1))


class _Setter(QObject):
    """Sets one field of the settings from a control's signal; choices are no gesture, numbers are."""

    def __init__(
        self, controls: AskingControls, name: str, convert: Callable[[Any], str | int | float]
    ) -> None:
        super().__init__(controls)
        self._controls, self._name, self._convert = controls, name, convert

    @Slot(object)
    def take(self, value: Any) -> None:
        found = self._convert(value)
        gesture = "" if isinstance(found, str) else f"asking {self._name}"
        self._controls.set_field(gesture, **{self._name: found})


def _whole(value: float) -> str:
    return f"{value:.0f}"


def _share(value: float) -> str:
    return f"{value * 100:.0f} %"


def _permille(value: float) -> str:
    return f"{value * 100:.1f} %"


def _pixels(value: float) -> str:
    return f"{value:.1f} px"
