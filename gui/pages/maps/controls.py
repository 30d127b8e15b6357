"""The left panel: which net and layer, which picture, how the maps are coloured and ordered."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton

from gui.pages.maps.state import LEAST_GAMMA, MOST_GAMMA, MapsState
from gui.pages.side_panel import SidePanel
from gui.widgets.fields import Choice, Section, Segmented, SliderField, Toggle
from gui.widgets.source_picker import SourcePicker
from gui.widgets.unit_picker import UnitPicker

KEEP = "Keep this picture to compare with"
STOP = "Stop comparing"
SAYS = "Run the net to its end, too; for what plays only where that costs little"
RANGES = (
    (
        "channel",
        "Each map",
        "Every map has its own range: weak ones are seen, but strength cannot be compared",
    ),
    ("layer", "Layer", "One range for all maps of the layer"),
    ("net", "Net", "One range for all layers of the net"),
)
COLORS = (
    ("diverging", "Around zero", "Blue below zero, red above it"),
    ("sequential", "Low to high", "From the smallest to the largest value"),
)
ORDERS = (
    ("index", "By number"),
    ("activity", "By activity"),
    ("variance", "By variance"),
    ("similarity", "By likeness to this unit"),
)


class MapsControls(QObject):
    """Fills the page's left panel. rangeSet(str); colorsSet(str); gammaSet(float); orderSet(str); guessesSet(bool);
    steepSet(bool); keepAsked(); stopAsked()."""

    rangeSet = Signal(str)
    colorsSet = Signal(str)
    gammaSet = Signal(float)
    orderSet = Signal(str)
    guessesSet = Signal(bool)
    steepSet = Signal(bool)
    keepAsked = Signal()
    stopAsked = Signal()

    def __init__(self, panel: SidePanel, picker: SourcePicker) -> None:
        super().__init__(panel)
        self.units = UnitPicker(panel, detectors=True)
        self.units.hide()  # its parts live in the sections
        self.order = Choice("Order", list(ORDERS), tooltip="In which order the maps are shown")
        self.range = Segmented(RANGES)
        self.range.setAccessibleName("Range of the colours")
        self.colors = Segmented(COLORS)
        self.colors.setAccessibleName("Colours")
        self.gamma = SliderField(
            "Gamma", LEAST_GAMMA, MOST_GAMMA, 0.1, 1.0, lambda value: f"{value:.1f}",
            tooltip="Below 1 weak values are lifted, above 1 only the strongest are left",
        )  # fmt: skip
        self.keep = QPushButton(KEEP)
        self.keep.setToolTip("The maps of two pictures can then be switched and subtracted (B)")
        self.stop = QPushButton(STOP)
        self.guesses = Toggle("What the net says", tooltip=SAYS)
        self.steep = Toggle("Logarithmic histogram", tooltip="Rare values are seen, too")
        net, layer, picture, look = (
            Section(title) for title in ("Net", "Layer and unit", "Picture", "What is shown")
        )
        net.add(self.units.net_part)
        for widget in (self.units.layer_part, self.units.channel, self.order):
            layer.add(widget)
        for widget in (picker, self.keep, self.stop):
            picture.add(widget)
        for widget in (self.range, self.colors, self.gamma, self.steep, self.guesses):
            look.add(widget)
        for section in (net, layer, picture, look):
            panel.add(section)
        panel.end()
        self._connect()

    def _connect(self) -> None:
        self.range.changed.connect(self.rangeSet)
        self.colors.changed.connect(self.colorsSet)
        self.gamma.changed.connect(self.gammaSet)
        self.order.changed.connect(self.orderSet)
        self.guesses.changed.connect(self.guessesSet)
        self.steep.changed.connect(self.steepSet)
        self.keep.clicked.connect(self.keepAsked)
        self.stop.clicked.connect(self.stopAsked)

    def show_state(self, state: MapsState) -> None:
        """Show what is set."""
        self.units.show_net(state.net)
        self.range.set_value(state.range_of)
        self.colors.set_value(state.colors)
        if not self.gamma.slider.isSliderDown():
            self.gamma.set_value(state.gamma)
        self.order.set_value(state.order)
        self.guesses.set_value(state.guesses)
        self.steep.set_value(state.steep)
        self.steep.setVisible(state.view == "histogram")
        self.stop.setVisible(state.beside is not None)
