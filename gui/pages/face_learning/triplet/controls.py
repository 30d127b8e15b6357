"""The controls of the view "Triplet loss"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.faces.learning.plane import NEGATIVES, FloatArray
from gui.pages.face_learning.triplet.settings import (
    LEAST_RATE,
    MOST_MARGIN,
    MOST_NEGATIVES,
    MOST_RATE,
    REACH,
    TripletSettings,
)
from gui.pages.face_learning.triplet.words import HOW
from gui.theme import space
from gui.widgets.fields import Choice, IntStepper, NumberField, Segmented, SliderField, Toggle
from gui.widgets.wrapped import Wrapped

MININGS: Final = (
    ("chosen", "moved last"),
    ("random", "at random"),
    ("semi-hard", "semi-hard"),
    ("hard", "hard"),
)
MINING_TIP: Final = (
    "Which negative becomes part of the triplet, at every step. Semi-hard: the nearest beyond P, where none is the "
    "farthest. Hard: the nearest of all"
)


class TripletControls(QWidget):
    """changed(settings, gesture); the view hears what needs the points of the step on show from the other signals."""

    changed = Signal(object, str)
    pointTyped = Signal(int, object)
    """Index of a point and its place (x, y)."""
    negativesSet = Signal(object)
    collapseAsked = Signal()
    nudgeAsked = Signal()
    resetAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._taken = TripletSettings(), 0
        self.how = Wrapped()
        self.how.say(HOW)
        self.margin = SliderField("Margin α", 0.0, MOST_MARGIN, 0.05, 0.5, lambda v: f"{v:.2f}",
                                  tooltip="By how much N is to be farther from A than P")  # fmt: skip
        self.rate = SliderField("Rate", LEAST_RATE, MOST_RATE, 0.002, 0.004, lambda v: f"{v:.3f}",
                                tooltip="A step is minus the rate times the gradient")  # fmt: skip
        self.unit = Toggle("On the unit circle", tooltip="Every f(x) is scaled to length 1, as FaceNet does")
        self.plain = Toggle(
            "Plain distance", tooltip="Not squared: the pull no longer grows with the distance"
        )
        self.about = Segmented(
            [("negative", "for N", "Colours: what the triplet would be with N there"),
             ("positive", "for P", "Colours: what the triplet would be with P there")],
            label="Regions",
        )  # fmt: skip
        self.count = IntStepper(
            "Negatives", value=1, low=1, high=MOST_NEGATIVES, tooltip="Pictures of other people"
        )
        self.mining = Choice("Taken", MININGS, tooltip=MINING_TIP)
        self.places: list[tuple[QLabel, NumberField, NumberField]] = []
        self._build()
        self._connect()

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(space.s)
        for row, name in enumerate("APN"):
            label = QLabel(name)
            fields = [
                NumberField("", low=-REACH, high=REACH, step=0.05, tooltip=f"{axis} of {name}")
                for axis in "xy"
            ]
            for column, field in enumerate(fields):
                field.edit.setAccessibleName(f"{'xy'[column]} of {name}")
                field.set_unit("xy"[column])
                field.committed.connect(lambda _value, row=row: self._typed(row))
                grid.addWidget(field, row, column + 1)
            grid.addWidget(label, row, 0)
            self.places.append((label, fields[0], fields[1]))
        self.collapse, self.nudge = QPushButton("Collapse"), QPushButton("Nudge")
        self.reset = QPushButton("Reset")
        self.collapse.setToolTip(
            "All points in one place, f = 0 for every picture: the trap that the margin closes"
        )
        self.nudge.setToolTip("Move every point a little, by lot")
        self.reset.setToolTip("The points of the first visit")
        buttons = QHBoxLayout()
        buttons.setSpacing(space.s)
        for button in (self.collapse, self.nudge, self.reset):
            buttons.addWidget(button)
        column_of = QVBoxLayout(self)
        column_of.setContentsMargins(0, 0, 0, 0)
        column_of.setSpacing(space.s)
        column_of.addWidget(self.how)
        for widget in (self.margin, self.rate, self.unit, self.plain, self.about, self.count, self.mining):
            column_of.addWidget(widget)
        column_of.addLayout(buttons)
        column_of.addLayout(grid)

    def _connect(self) -> None:
        self.margin.changed.connect(self._margin_moved)
        self.rate.changed.connect(self._rate_moved)
        self.unit.changed.connect(self._unit_set)
        self.plain.changed.connect(self._plain_set)
        self.about.changed.connect(self._about_picked)
        self.mining.changed.connect(self._mining_picked)
        self.count.committed.connect(self.negativesSet)
        self.collapse.clicked.connect(self.collapseAsked)
        self.nudge.clicked.connect(self.nudgeAsked)
        self.reset.clicked.connect(self.resetAsked)

    def show_settings(self, settings: TripletSettings, points: FloatArray, taken: int) -> None:
        """Show what is set, and where the points of the step on show are; N is the negative that is taken."""
        self._settings = settings
        self.margin.set_value(settings.margin)
        self.rate.set_value(settings.rate)
        self.unit.set_value(settings.unit)
        self.plain.set_value(settings.plain)
        self.about.set_value(settings.about)
        self.mining.set_value(settings.mining)
        self.mining.setVisible(settings.negatives > 1)
        self.count.set_value(settings.negatives)
        for row, (label, x, y) in enumerate(self.places):
            index = row if row < NEGATIVES else NEGATIVES + taken
            label.setText("APN"[row] if settings.negatives == 1 or row < NEGATIVES else f"N{taken + 1}")
            for field, value in zip((x, y), points[index].tolist(), strict=True):
                field.set_value(round(value, 3) + 0.0)
        self._taken = taken

    def _typed(self, row: int) -> None:
        _, x, y = self.places[row]
        index = row if row < NEGATIVES else NEGATIVES + self._taken
        self.pointTyped.emit(index, (float(x.value), float(y.value)))

    def _set(self, gesture: str = "", **changes: Any) -> None:
        self.changed.emit(replace(self._settings, **changes), gesture)

    @Slot(float)
    def _margin_moved(self, value: float) -> None:
        self._set("margin", margin=value)

    @Slot(float)
    def _rate_moved(self, value: float) -> None:
        self._set("rate", rate=value)

    @Slot(bool)
    def _unit_set(self, on: bool) -> None:
        self._set(unit=on, step=0)

    @Slot(bool)
    def _plain_set(self, on: bool) -> None:
        self._set(plain=on)

    @Slot(str)
    def _about_picked(self, key: str) -> None:
        self._set(about=key)

    @Slot(str)
    def _mining_picked(self, key: str) -> None:
        self._set(mining=key)
