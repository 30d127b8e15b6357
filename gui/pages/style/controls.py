"""The page's panel: the pictures, and the controls of the view on show."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from gui.bridge import Bridge
from gui.pages.side_panel import SidePanel
from gui.pages.style.patterns_panel import PatternsPanel
from gui.pages.style.tiles import Tiles
from gui.widgets.section import Section
from gui.widgets.source_panels import IconButton
from gui.widgets.source_picker import SourcePicker
from gui.widgets.source_state import SourceState


class StyleControls(QObject):
    """takeAsked(): the frame that plays is wanted as a picture."""

    takeAsked = Signal()

    def __init__(self, panel: SidePanel, picker: SourcePicker, bridge: Bridge) -> None:
        super().__init__(panel)
        self._picker = picker
        self._view_controls: QWidget | None = None
        self.tiles = Tiles()
        self.patterns = PatternsPanel(bridge)
        picker.add_kind("preset", "brush-outline", "Drawn", self.patterns, first=True)
        self.take_button = IconButton("camera-outline", "Take this picture", self.takeAsked.emit)
        self.take_button.make_primary()
        self.take_button.hide()
        pictures = Section("Pictures")
        pictures.add(self.tiles)
        self.picker_section = Section("Choose the content", folded=True)
        self.picker_section.add(self.take_button)
        self.picker_section.add(picker)
        panel.add(pictures)
        panel.add(self.picker_section)
        self._panel = panel
        panel.end(steady=True)
        self.patterns.picked.connect(self._pattern_picked)
        self.tiles.chosen.connect(self._unfold)
        self.tiles.addAsked.connect(self._unfold)

    def show_view(self, controls: QWidget | None) -> None:
        """The controls of a view stand beneath the pictures."""
        if controls is self._view_controls:
            return
        if self._view_controls is not None:
            self._view_controls.hide()
        if controls is not None and controls.parent() is None:
            self._panel.column.insertWidget(self._panel.column.count() - 1, controls)
        if controls is not None:
            controls.show()
        self._view_controls = controls

    def show_tile(self, tile: int, styles: int, source: SourceState) -> None:
        """Which picture the picker chooses."""
        what = "the content" if tile == 0 else "the style" if styles == 1 else f"style {tile}"
        self.picker_section.header.setText(f"Choose {what}")
        self.patterns.choose(source.value if source.kind == "preset" else "")

    @Slot(str)
    def _pattern_picked(self, name: str) -> None:
        self._picker.pick(SourceState("preset", name))

    @Slot()
    def _unfold(self) -> None:
        self.picker_section.set_folded(False)
