"""The controls of flattening: the volume, the order, what the cells show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from engine.foundations.channels.features import NUMBERS
from gui.pages.channels.fields import number, show_number
from gui.pages.channels.flat.state import MOST_CHANNELS, MOST_SIDE, FlatState, with_order, with_value
from gui.pages.channels.state import ChannelsState
from gui.pages.side_panel import SidePanel
from gui.widgets.choices import Choice, Segmented, Toggle
from gui.widgets.section import Section
from gui.widgets.wrapped import Wrapped

ORDERS = (
    ("first", "First", "Channels first: PyTorch's order, plane after plane"),
    ("last", "Last", "Channels last: TensorFlow's order, pixel after pixel"),
)


class FlatControls(QObject):
    """Builds them into the panel; tells the next state and the gesture that it belongs to."""

    changed = Signal(object, str)

    def __init__(self, panel: SidePanel, get: Callable[[], ChannelsState]) -> None:
        super().__init__(panel)
        self._get = get
        volume = Section("Volume")
        self.numbers = Choice("", [(one.name, one.title) for one in NUMBERS])
        self.numbers.combo.setAccessibleName("Numbers of the volume")
        self.numbers.changed.connect(self._set("numbers"))
        volume.add(self.numbers)
        self.sizes = {
            name: number(label, 1, most, tip, self._set(name))
            for name, label, most, tip in (
                ("channels", "Channels C", MOST_CHANNELS, "Planes of the volume."),
                ("height", "Height H", MOST_SIDE, "Rows of every plane."),
                ("width", "Width W", MOST_SIDE, "Columns of every plane."),
            )
        }
        for field in self.sizes.values():
            volume.add(field)
        order = Section("Order")
        self.order = Segmented(ORDERS, label="Channels")
        self.order.changed.connect(self._pick_order)
        self.fill = Toggle("Fill in entry by entry", tooltip="Off: the whole vector is on show.")
        self.indices = Toggle("Show entry numbers", tooltip="Every cell shows which entry it becomes.")
        self.fill.changed.connect(self._set("fill"))
        self.indices.changed.connect(self._set("indices"))
        hint = Wrapped()
        hint.say("Point at a cell or at an entry: the other side lights up.")
        for widget in (self.order, self.fill, self.indices, hint):
            order.add(widget)
        self.parts: tuple[QWidget, ...] = (volume, order)
        for part in self.parts:
            panel.add(part)

    def _tell(self, flat: FlatState) -> None:
        self.changed.emit(replace(self._get(), flat=flat), "")

    def _set(self, name: str) -> Callable[[Any], None]:
        return lambda value: self._tell(with_value(self._get().flat, name, value))

    @Slot(str)
    def _pick_order(self, order: str) -> None:
        self._tell(with_order(self._get().flat, order))  # type: ignore[arg-type]  # the keys of ORDERS

    def show(self, state: ChannelsState) -> None:
        """Put every control where the state says."""
        flat = state.flat
        self.numbers.set_value(flat.numbers)
        for name, field in self.sizes.items():
            show_number(field, getattr(flat, name))
        self.order.set_value(flat.order)
        self.fill.set_value(flat.fill)
        self.indices.set_value(flat.indices)
