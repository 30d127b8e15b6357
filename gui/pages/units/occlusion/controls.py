"""The controls of the view "Occlusion"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.inside.occlusion.occluder import LARGEST, SHARPEST, SMALLEST, SOFTEST, Lattice, in_pixels
from gui.pages.units.occlusion.settings import COARSEST, FINEST, OcclusionSettings
from gui.theme import space
from gui.widgets.class_choice import ClassChoice
from gui.widgets.fields import Choice, Segmented, SliderField

FILL_OPTIONS = (
    ("grey", "Grey"), ("black", "Black"), ("white", "White"), ("mean", "Mean colour"), ("blur", "Blurred"),
)  # fmt: skip
ENERGY_OPTIONS = (
    ("strongest", "Strongest map", "The energy of the layer's strongest map, as in the paper"),
    ("chosen", "Chosen map", "The energy of the map of the chosen unit"),
)
AGAIN = "Sweep again"


class OcclusionControls(QWidget):
    """changed(OcclusionSettings, str): what a person set, and the gesture that it belongs to; againAsked()."""

    changed = Signal(object, str)
    againAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = OcclusionSettings()
        self._side = 0
        step = 1 / 64
        self.classes = ClassChoice()
        self.square = SliderField("Square", SMALLEST, LARGEST, step, 0.25, self._pixels, tooltip="Its side")
        self.fill = Choice("Filled with", FILL_OPTIONS, tooltip="What the net sees in the square's place")
        self.blur = SliderField(
            "Blur", SHARPEST, SOFTEST, step, 0.08, self._pixels, tooltip="Deviation of the blur"
        )
        self.stride = SliderField("Stride", FINEST, COARSEST, step, 1 / 16, self._stride_text)
        self.stride.setToolTip("From place to place; smaller ones take longer")
        self.energy = Segmented(ENERGY_OPTIONS)
        self.energy.setAccessibleName("Whose energy")
        self.strength = SliderField(
            "Colours", 0, 1, 0.05, 0.75, _share, tooltip="How much of the photo they hide"
        )
        self.again = QPushButton(AGAIN)
        self.again.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for widget in (
            self.classes, self.square, self.fill, self.blur, self.stride, self.energy, self.strength, self.again,
        ):  # fmt: skip
            column.addWidget(widget)
        self._connect()

    def _connect(self) -> None:
        self.classes.chosen.connect(self._class_chosen)
        self.fill.changed.connect(self._fill_picked)
        self.energy.changed.connect(self._energy_picked)
        self.square.changed.connect(self._size_moved)
        self.blur.changed.connect(self._blur_moved)
        self.stride.changed.connect(self._stride_moved)
        self.strength.changed.connect(self._strength_moved)
        self.again.clicked.connect(self.againAsked)

    def show_settings(self, settings: OcclusionSettings, side: int) -> None:
        """Show what is set; `side` of what the net reads in pixels, 0 while it is not known."""
        self._settings, self._side = settings, side
        self.fill.set_value(settings.fill)
        self.blur.setVisible(settings.fill == "blur")
        self.energy.set_value("strongest" if settings.strongest else "chosen")
        for field, value in (
            (self.square, settings.size), (self.blur, settings.blur),
            (self.stride, settings.stride), (self.strength, settings.strength),
        ):  # fmt: skip
            field.set_value(value)

    def _pixels(self, value: float) -> str:
        return f"{in_pixels(value, self._side)} px" if self._side else _share(value)

    def _stride_text(self, value: float) -> str:
        """The places along each side say how long it takes."""
        if not self._side:
            return _share(value)
        stride = in_pixels(value, self._side)
        return f"{stride} px, {Lattice(self._side, 1, stride).count}²"

    def _set(self, gesture: str, **changes: Any) -> None:
        settings = replace(self._settings, **changes)
        if settings != self._settings:
            self.changed.emit(settings, gesture)

    @Slot(object)
    def _class_chosen(self, target: int | None) -> None:
        self._set("", target=target)

    @Slot(str)
    def _fill_picked(self, fill: str) -> None:
        self._set("", fill=fill)

    @Slot(str)
    def _energy_picked(self, key: str) -> None:
        self._set("", strongest=key == "strongest")

    @Slot(float)
    def _size_moved(self, value: float) -> None:
        self._set("occlusion size", size=value)

    @Slot(float)
    def _blur_moved(self, value: float) -> None:
        self._set("occlusion blur", blur=value)

    @Slot(float)
    def _stride_moved(self, value: float) -> None:
        self._set("occlusion stride", stride=value)

    @Slot(float)
    def _strength_moved(self, value: float) -> None:
        self._set("occlusion colours", strength=value)


def _share(value: float) -> str:
    return f"{value * 100:.0f} %"
