"""The controls of the bottleneck: an example, five numbers, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from engine.foundations.channels.bottleneck import EXAMPLES, RANGES, Block
from engine.foundations.problems import Problem
from gui.pages.channels.fields import SlidNumber
from gui.pages.channels.state import ChannelsState
from gui.pages.side_panel import SidePanel
from gui.widgets.choices import Choice
from gui.widgets.number_text import Number
from gui.widgets.section import Section
from gui.widgets.wrapped import Wrapped

CUSTOM: Final = "custom"
FIELDS: Final = (
    ("n", "Side n", 1, "Rows and columns of all volumes: stride 1, “same” padding."),
    ("channels", "Channels in", 1, "Channels of the input."),
    ("f", "Filter size f", 2, "Odd, so that “same” padding is even on both sides."),
    ("filters", "Filters", 1, "Channels of the output."),
    ("reduced", "Reduced to", 1, "Channels inside the bottleneck: 1 × 1 filters in front of the f × f ones."),
)


class BottleneckControls(QObject):
    """Builds them into the panel; tells the next state and the gesture that it belongs to."""

    changed = Signal(object, str)
    measureAsked = Signal()

    def __init__(self, panel: SidePanel, get: Callable[[], ChannelsState]) -> None:
        super().__init__(panel)
        self._get = get
        example = Section("Example")
        self.example = Choice("", [*((one.name, one.title) for one in EXAMPLES), (CUSTOM, "My own")])
        self.example.combo.setAccessibleName("Example")
        self.example.changed.connect(self._pick)
        self.text = Wrapped()
        example.add(self.example)
        example.add(self.text)
        sizes = Section("Sizes")
        self.numbers = {name: self._number(name, label, step, tip) for name, label, step, tip in FIELDS}
        for field in self.numbers.values():
            sizes.add(field)
        self.again = QPushButton("Measure again")
        self.again.setToolTip("Run the three variants in PyTorch once more")
        self.again.clicked.connect(self.measureAsked)
        sizes.add(self.again)
        self.parts: tuple[QWidget, ...] = (example, sizes)
        for part in self.parts:
            panel.add(part)

    def _number(self, name: str, label: str, step: int, tip: str) -> SlidNumber:
        low, high = RANGES[name]
        field = SlidNumber(label, low, high, step, tip)
        if name == "f":
            field.set_validate(_odd)

        def moved(value: int, dragging: bool) -> None:
            block = replace(self._get().block, **{name: value})
            self.changed.emit(replace(self._get(), block=block), name if dragging else "")

        field.moved.connect(moved)
        return field

    @Slot(str)
    def _pick(self, name: str) -> None:
        block = next((one.block for one in EXAMPLES if one.name == name), self._get().block)
        self.changed.emit(replace(self._get(), block=block), "")

    def show(self, state: ChannelsState) -> None:
        """Put every control where the state says."""
        known = next((one for one in EXAMPLES if one.block == state.block), None)
        self.example.set_value(CUSTOM if known is None else known.name)
        self.text.say("Sizes of your own." if known is None else known.description)
        for name, field in self.numbers.items():
            field.set_value(_value(state.block, name))


def _value(block: Block, name: str) -> int:
    return int(getattr(block, name))


def _odd(value: Number) -> Problem | None:
    """An even filter has no middle."""
    if int(value) % 2:
        return None
    return Problem("f", "An even filter has no middle: “same” padding would be lopsided.", int(value) - 1)
