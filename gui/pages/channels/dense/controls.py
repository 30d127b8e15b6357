"""The controls of the fully connected layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from engine.foundations.problems import Problem
from gui.pages.channels.dense.state import RANGES, refusal, with_value
from gui.pages.channels.fields import number, show_number
from gui.pages.channels.state import ChannelsState
from gui.pages.channels.values import MOST_SEED
from gui.pages.side_panel import SidePanel
from gui.widgets.fields import IntStepper
from gui.widgets.number_text import Number
from gui.widgets.section import Section
from gui.widgets.wrapped import Wrapped

FIELDS = (
    ("channels", "Channels C", "Planes of the input."),
    ("side", "Side", "Rows and columns of the input."),
    ("outputs", "Outputs M", "Neurons: rows of the matrix."),
    ("more", "Larger by", "How much larger the picture of the last steps is, on each side."),
    ("seed", "Seed", "The same seed draws the same numbers; another one forgets what was typed over."),
)
HINT = (
    "Space walks: first every row of the matrix, then every row folded into a kernel, at last the kernels over a "
    "larger picture."
)


class DenseControls(QObject):
    """Builds them into the panel; tells the next state and the gesture that it belongs to."""

    changed = Signal(object, str)

    def __init__(self, panel: SidePanel, get: Callable[[], ChannelsState]) -> None:
        super().__init__(panel)
        self._get = get
        section = Section("Layer")
        bounds = {name: (low, high) for name, _, low, high in RANGES}
        self.numbers: dict[str, IntStepper] = {}
        for name, label, tip in FIELDS:
            field = number(label, *bounds[name], tip, self._set(name), self._rule(name))
            self.numbers[name] = field
            section.add(field)
        self.again = QPushButton("Draw anew")
        self.again.setToolTip("Other numbers, with the next seed")
        self.again.clicked.connect(self._draw)
        hint = Wrapped()
        hint.say(HINT)
        section.add(self.again)
        section.add(hint)
        self.parts: tuple[QWidget, ...] = (section,)
        panel.add(section)

    def _set(self, name: str) -> Callable[[Any], None]:
        return lambda value: self._tell(name, value)

    def _tell(self, name: str, value: Any, gesture: str = "") -> None:
        state = self._get()
        self.changed.emit(replace(state, dense=with_value(state.dense, name, value)), gesture)

    def _rule(self, name: str) -> Callable[[Number], Problem | None]:
        return lambda value: refusal(self._get().dense, name, int(value))

    @Slot()
    def _draw(self) -> None:
        self._tell("seed", (self._get().dense.seed + 1) % (MOST_SEED + 1), "seed")

    def show(self, state: ChannelsState) -> None:
        """Put every control where the state says."""
        for name, field in self.numbers.items():
            show_number(field, getattr(state.dense, name))
