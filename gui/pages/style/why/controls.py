"""The controls of the view "Why": which part is on show, and how it is looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.pages.style.why.settings import WhySettings
from gui.theme import space
from gui.widgets.fields import Section, Segmented, Toggle
from gui.widgets.wrapped import Wrapped

PARTS: Final = (
    ("grams", "Gram matrices", "What the style cost compares, layer by layer"),
    ("rebuild", "What layers keep", "Content alone and style alone, from noise, layer by layer"),
    (
        "shares",
        "Who contributes",
        "The share of every term in J, and the texture that each layer makes alone",
    ),
    ("worked", "By hand", "Two maps of 2 × 2 numbers: Gram matrix, cost, gradient"),
)
WORDS: Final = {
    "grams": "A Gram matrix says which feature maps are active together, and forgets where. The style cost is how "
    "far the painting's matrices are from the style's.",
    "rebuild": "The same costs, one at a time and from noise: what is left of a picture when a layer is all that is "
    "known of it. The stepper goes deeper.",
    "shares": "Every cost times its weight: who pulls at the picture while it is painted.",
    "worked": "Type other numbers into the maps. The cell of a Gram matrix under the pointer is worked out beneath.",
}


class WhyControls(QWidget):
    """looked(WhySettings)."""

    looked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own = WhySettings()
        self.parts = Segmented(PARTS, columns=2)
        self.words = Wrapped()
        self.similar = Toggle(
            "Similar maps together",
            value=True,
            tooltip="Maps that are active at the same places stand side by side; else by their number",
        )
        section = Section("Look at")
        for widget in (self.parts, self.words, self.similar):
            section.add(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.m)
        column.addWidget(section)
        self.parts.changed.connect(self._part_picked)
        self.similar.changed.connect(self._similar_set)

    def show_own(self, own: WhySettings) -> None:
        """Show these settings."""
        self._own = own
        self.parts.set_value(own.part)
        self.words.say(WORDS[own.part])
        self.similar.set_value(own.similar)
        self.similar.setVisible(own.part == "grams")

    @Slot(str)
    def _part_picked(self, part: Any) -> None:
        self.looked.emit(replace(self._own, part=part))

    @Slot(bool)
    def _similar_set(self, on: bool) -> None:
        self.looked.emit(replace(self._own, similar=on))
