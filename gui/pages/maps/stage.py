"""The stage: the views, the line that names what is on show, what the net sees, and the pinned units."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from engine.inside.maps.requests import Filters, Maps
from gui.pages.maps import field as fields
from gui.pages.maps.color_key import ColorKey
from gui.pages.maps.colours import Coloring
from gui.pages.maps.filters_view import FiltersView
from gui.pages.maps.histogram_view import HistogramView
from gui.pages.maps.mosaic import Mosaic
from gui.pages.maps.pin_strip import PinStrip
from gui.pages.maps.resolve import Shown, short_name
from gui.pages.maps.seen_column import SeenColumn
from gui.pages.maps.state import MapsState, Pin
from gui.pages.maps.toolbar import ToolBar
from gui.pages.maps.unit_zoom import UnitZoom
from gui.theme import space

AGAIN = "Ask again"
WIDE = 720
"""Widths of the stage from which there is room for a large picture of what the net sees."""
SEEN, SEEN_NARROW = 204, 144
Position = tuple[int, int]


class Stage(QWidget):
    """Shows what the page hands it; what a person does there comes as the signals of its parts."""

    againAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tools, self.key, self.pins = ToolBar(), ColorKey(), PinStrip()
        self.mosaic, self.zoom = Mosaic(), UnitZoom()
        self.filters, self.histogram = FiltersView(), HistogramView()
        self.seen = SeenColumn()
        self.again = QPushButton(AGAIN)
        self.again.hide()
        self.again.clicked.connect(self.againAsked)
        self._stack = QStackedWidget()
        for view in (self.mosaic, self.zoom, self.filters, self.histogram):
            self._stack.addWidget(view)
        self.body = QWidget()
        self._build()

    def _build(self) -> None:
        middle = QVBoxLayout()
        middle.setSpacing(space.s)
        middle.addWidget(self.key)
        middle.addWidget(self._stack, 1)
        middle.addWidget(self.again)
        self._row = row = QHBoxLayout()
        row.setSpacing(space.l)
        row.addWidget(self.seen)
        row.addLayout(middle, 1)
        body = QVBoxLayout(self.body)
        body.setContentsMargins(space.l, space.m, space.l, space.m)
        body.setSpacing(space.m)
        body.addLayout(row, 1)
        body.addWidget(self.pins)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self.body, 1)

    def sizeHint(self) -> QSize:
        return QSize(760, 640)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.seen.set_side(SEEN if self.width() >= WIDE else SEEN_NARROW)

    # --- show ------------------------------------------------------------------------------------------------

    @property
    def current(self) -> QWidget:
        """The view in place."""
        found = self._stack.currentWidget()
        assert found is not None
        return found

    def show_view(self, state: MapsState, pin: Pin | None) -> None:
        """Bring the view of a state into place."""
        self.tools.show_state(state, pin)
        views = {
            "maps": self.zoom if state.zoomed else self.mosaic,
            "filters": self.filters,
            "histogram": self.histogram,
        }
        self._stack.setCurrentWidget(views[state.view])
        self.seen.setVisible(not (state.view == "maps" and state.zoomed))

    def show_maps(
        self, shown: Shown, state: MapsState, other: Maps | None, at: tuple[int, int, int] | None
    ) -> None:
        """Draw maps in the view of the state. `at`: channel, row and column under the pointer."""
        self.again.hide()
        layer = shown.maps.layer.name
        pinned = [channel for name, channel in state.pins if name == layer]
        if state.view == "maps" and not state.zoomed:
            self.mosaic.show_maps(shown, pinned, locked=state.locked)
        elif state.view == "maps":
            self.zoom.show_unit(shown)
        elif state.view == "histogram" and shown.maps.histograms is not None:
            self.histogram.show_histograms(shown.maps.histograms, shown.unit, steep=state.steep)
        self._name(shown, state)
        self.seen.show_maps(shown.picture)
        self.mark(shown, at)
        others = () if other is None else other.pinned
        same = tuple((pin.layer, pin.channel) for pin in others) == tuple(
            (pin.layer, pin.channel) for pin in shown.maps.pinned
        )
        self.pins.show_pins(shown.maps.pinned, others if same else (), shown.coloring, kept=len(state.pins))

    def _name(self, shown: Shown, state: MapsState) -> None:
        """The line above the maps."""
        count, height, width = shown.values.shape
        layer = shown.maps.layer
        what = {"this": "", "other": " · the other picture", "difference": " · this − the other"}[shown.what]
        reduced = f" · averaged {shown.maps.reduced} × {shown.maps.reduced}" if shown.maps.reduced > 1 else ""
        size = f"{count} × {height} × {width}"
        short = short_name(layer.name)
        names = [
            f"{layer.name} · {layer.label} · {size}",
            f"{layer.name} · {size}",
            f"{short} · {size}",
            short,
        ]
        if state.view != "maps":
            self.key.say(*(f"{name} · unit {shown.unit}" for name in names))
            return
        low, high = float(shown.low[shown.unit]), float(shown.high[shown.unit])
        if shown.coloring.diverging:
            high = max(abs(low), abs(high))
            low = -high
        note = f"unit {shown.unit}" if shown.range_of == "channel" else f"whole {shown.range_of}"
        self.key.show_key([f"{name}{what}{reduced}" for name in names], (low, high), shown.coloring, note)

    def mark(self, shown: Shown, at: tuple[int, int, int] | None) -> None:
        """Mark on the input what a unit reads: the one under the pointer, else the one under the cursor."""
        if at is None and shown.silent[shown.unit]:
            what = "is 0" if shown.statistics.single else "has one value everywhere"
            self.seen.mark(None, f"Unit {shown.unit} {what} on this picture.")
            return
        channel, row, column = at or (shown.unit, *shown.strongest(shown.unit))
        maps = shown.maps
        found = fields.receptive_field(maps.layer, row, column, maps.seen.shape[0], maps.reduced)
        if found is None:
            text = f"Unit {channel}: no single window of the picture describes what it reads."
        elif found == fields.WHOLE:
            text = f"Unit {channel} reads the whole picture."
        else:
            where = "under the pointer" if at is not None else "where it is strongest"
            text = f"Unit {channel} at row {row}, column {column}, {where}, reads the framed part."
        self.seen.mark(found, text)

    def show_filters(self, found: Filters) -> None:
        self.filters.show_filters(found)

    def show_nothing(self, sentence: str, *, again: bool = False) -> None:
        """There are no maps: say why; with `again`, they can be asked for."""
        self.again.setVisible(again)
        self.mosaic.show_nothing(sentence)
        self.zoom.show_nothing(sentence)
        self.filters.show_nothing(sentence)
        self.histogram.show_nothing(sentence)
        self.key.say("")
        self.seen.show_maps(None)
        self.pins.show_pins((), (), Coloring())

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to the past."""
        for view in (self.mosaic, self.zoom, self.histogram, self.seen, self.pins):
            view.set_stale(stale)
