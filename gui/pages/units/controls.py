"""The left panel: which net, which unit, which picture, and what the view on show adds."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from engine.inside.descent.requests import UnitLook
from engine.inside.requests import NetLayers, maps_of
from gui.pages.side_panel import SidePanel
from gui.pages.units.state import UnitsState
from gui.pages.units.unit_card import UnitCard
from gui.pages.views.section import ViewSection
from gui.widgets.fields import IntStepper, Section, Toggle
from gui.widgets.source_picker import SourcePicker
from gui.widgets.unit_picker import UnitPicker


class UnitsControls(QObject):
    """Fills the page's left panel. placePicked(position): row and column, or None for where the map is largest."""

    placePicked = Signal(object)

    def __init__(self, panel: SidePanel, picker: SourcePicker) -> None:
        super().__init__(panel)
        self.units, self.card = UnitPicker(), UnitCard()
        self.units.setParent(panel)
        self.units.hide()  # its parts stand in the sections
        self.strongest = Toggle("Where it is strongest", value=True, tooltip="The largest value of the map")
        self.row = IntStepper("Row", low=0, high=0, tooltip="Of the unit on its map, counted from 0")
        self.column = IntStepper("Column", low=0, high=0, tooltip="Of the unit on its map, counted from 0")
        self.view_section = ViewSection()
        for title, widgets in (
            ("Net", (self.units.net_part,)),
            (
                "Unit",
                (self.units.layer_part, self.units.channel, self.card, self.strongest, self.row, self.column),
            ),
            ("Picture", (picker,)),
        ):
            section = Section(title)
            for widget in widgets:
                section.add(widget)
            panel.add(section)
            if title == "Net":
                panel.add(self.view_section)
        panel.end(steady=True)
        self._look: UnitLook | None = None
        self.card.placePicked.connect(self._place_clicked)
        self.strongest.changed.connect(self._strongest_set)
        self.row.committed.connect(self._place_typed)
        self.column.committed.connect(self._place_typed)

    def show_view(self, title: str, controls: QWidget | None) -> None:
        """The controls of a view, between net and unit; a view without any has no section."""
        self.view_section.show_view(title, controls)

    def show_state(self, state: UnitsState, layers: NetLayers | None, layer: str) -> None:
        """Show what is set. `layer`: the layer on show, where the state leaves it open."""
        self.units.show_net(state.net)
        self.units.show_layers(layers)
        node = None if layers is None else layers.find(layer)
        self.units.show_unit(node, state.channel)
        maps = None if node is None else maps_of(node)
        _, rows, columns = maps or (1, 1, 1)
        self.strongest.set_value(state.position is None)
        for field, limit in ((self.row, rows), (self.column, columns)):
            field.set_limits(0, limit - 1)
            field.setEnabled(limit > 1)
        if state.position is not None:
            self.row.set_value(state.position[0])
            self.column.set_value(state.position[1])

    def show_look(self, look: UnitLook) -> None:
        """Where the unit is."""
        self._look = look
        self.card.show_look(look)
        self.row.set_value(look.row)
        self.column.set_value(look.column)

    @Slot(int, int)
    def _place_clicked(self, row: int, column: int) -> None:
        self.placePicked.emit((row, column))

    @Slot(bool)
    def _strongest_set(self, on: bool) -> None:
        look = self._look
        here = (int(self.row.value), int(self.column.value)) if look is None else (look.row, look.column)
        self.placePicked.emit(None if on else here)

    @Slot(object)
    def _place_typed(self, _value: object) -> None:
        self.placePicked.emit((int(self.row.value), int(self.column.value)))
