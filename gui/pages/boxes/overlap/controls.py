"""The controls of the view "IoU"."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from gui.pages.boxes.checked_view import ViewControls
from gui.pages.boxes.overlap.settings import EXAMPLES, OverlapSettings
from gui.pages.boxes.overlap.words import ERRATUM
from gui.theme import space
from gui.widgets.fields import Segmented, Toggle
from gui.widgets.wrapped import Wrapped

HOW: Final = "Drag either box, or its handles. Tab goes from one to the other, the arrows move it."
IN_A_ROW: Final = 2


class OverlapControls(ViewControls):
    """examplePicked(name)."""

    examplePicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = OverlapSettings()
        self.how, self.erratum = Wrapped(), Wrapped()
        self.how.say(HOW)
        self.erratum.say(ERRATUM)
        self.examples: dict[str, QPushButton] = {}
        grid = QGridLayout()
        grid.setSpacing(space.s)
        for place, (name, example) in enumerate(EXAMPLES.items()):
            button = QPushButton(example.title)
            button.setToolTip(example.tip)
            button.clicked.connect(lambda _checked=False, name=name: self.examplePicked.emit(name))
            self.examples[name] = button
            grid.addWidget(button, *divmod(place, IN_A_ROW))
        self.axis = Segmented(
            [
                ("x", "across", "The curve moves the prediction to the left and to the right"),
                ("y", "down", "The curve moves the prediction up and down"),
            ],
            label="Curve",
        )
        self.enclosing = Toggle(
            "Box around both (GIoU)",
            value=True,
            tooltip="C, the smallest box that holds both, and what is empty in it",
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addWidget(self.how)
        column.addLayout(grid)
        for widget in (self.axis, self.enclosing, self.erratum):
            column.addWidget(widget)
        self.axis.changed.connect(self._axis_picked)
        self.enclosing.changed.connect(self._enclosing_set)

    def show_settings(self, settings: OverlapSettings) -> None:
        self._settings = settings
        self.axis.set_value(settings.axis)
        self.enclosing.set_value(settings.enclosing)

    @Slot(str)
    def _axis_picked(self, key: str) -> None:
        self.changed.emit(replace(self._settings, axis="x" if key == "x" else "y"), "")

    @Slot(bool)
    def _enclosing_set(self, on: bool) -> None:
        self.changed.emit(replace(self._settings, enclosing=on), "")
