"""The left panel: the controls of the view on show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from gui.pages.channels.bottleneck.controls import BottleneckControls
from gui.pages.channels.dense.controls import DenseControls
from gui.pages.channels.flat.controls import FlatControls
from gui.pages.channels.mix.controls import MixControls
from gui.pages.channels.state import ChannelsState
from gui.pages.channels.views import Views
from gui.pages.side_panel import SidePanel
from gui.widgets.source_picker import SourcePicker


class ChannelsControls(QObject):
    """Builds the controls of all views into a side panel and shows those of one."""

    changed = Signal(object, str)
    """The next state, and the gesture that it belongs to (a drag is one undo step), "" for none."""
    measureAsked = Signal()

    def __init__(
        self, panel: SidePanel, picker: SourcePicker, get: Callable[[], ChannelsState], views: Views
    ) -> None:
        super().__init__(panel)
        self.mix = MixControls(panel, picker, get, lambda: views.table)
        self.bottleneck = BottleneckControls(panel, get)
        self.flat, self.dense = FlatControls(panel, get), DenseControls(panel, get)
        self._all: dict[str, Any] = {
            "mix": self.mix, "bottleneck": self.bottleneck, "flat": self.flat, "dense": self.dense,
        }  # fmt: skip
        for controls in self._all.values():
            controls.changed.connect(self.changed)
        self.bottleneck.measureAsked.connect(self.measureAsked)
        panel.end()

    def show_view(self, key: str) -> None:
        """Show the controls of a view."""
        for name, controls in self._all.items():
            for part in controls.parts:
                part.setVisible(name == key)

    def show(self, state: ChannelsState) -> None:
        """Put the controls of the view on show where the state says."""
        self._all[state.view].show(state)
