"""The inspector: what is under the pointer, the unit, and what the view on show has found out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from engine.inside.descent.requests import UnitLook
from engine.inside.requests import NetLayers
from engine.networks.graphs.graph import Node
from gui.pages.side_panel import SidePanel
from gui.pages.units.fading import fade
from gui.widgets.facts import Fact, Facts
from gui.widgets.number_text import format_number
from gui.widgets.section import Section

POINT: Fact = ("point at a picture", "", "Every pixel and every value of the stage can be asked for.")
MOST_UNDER = 8
NO_UNIT: Fact = ("no unit yet", "", "")


class UnitsInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self.under, self.unit, self.found = Facts(), Facts(), Facts()
        self.under.keep_room(MOST_UNDER)
        self.view_section = Section("View")
        self._aside: QWidget | None = None
        for section, facts in (
            (Section("Under the cursor"), self.under),
            (Section("The unit"), self.unit),
            (self.view_section, self.found),
        ):
            section.add(facts)
            panel.add(section)
        panel.end(steady=True)
        self.show_under([])
        self.show_unit(None, None, None)

    @Slot(list)
    def show_under(self, facts: Sequence[Fact]) -> None:
        """Show what the pointer is on."""
        self.under.show_rows(list(facts) or [POINT])

    def show_unit(self, layers: NetLayers | None, node: Node | None, look: UnitLook | None) -> None:
        """Show what is known of the unit."""
        if layers is None or node is None:
            self.unit.show_rows([NO_UNIT])
            return
        rows: list[Fact] = [
            ("net", layers.title, ""),
            ("layer", node.name, ""),
            ("kind", node.label, ""),
            ("maps", node.shape_text, "Height × width × channels."),
            (
                "receptive field",
                node.field_text,
                "How many pixels of the net's input each unit of this layer reads.",
            ),
        ]
        if look is not None:
            top, left, bottom, right = look.field
            rows += [
                ("channel", str(look.request.channel), "Counted from 0."),
                ("place", f"row {look.row}, column {look.column}", "On the map, counted from 0."),
                (
                    "activation",
                    format_number(round(look.value, 5)),
                    "What the unit put out for this picture.",
                ),
                (
                    "reads rows",
                    f"{top} to {bottom - 1}",
                    "Of the net's input, as far as it lies in the picture.",
                ),
                (
                    "reads columns",
                    f"{left} to {right - 1}",
                    "Of the net's input, as far as it lies in the picture.",
                ),
            ]
        self.unit.show_rows(rows)

    def set_stale(self, stale: bool) -> None:
        """What is told of the unit is that of another place or picture."""
        fade(self.unit, faded=stale)

    def show_view(self, title: str, facts: Sequence[Fact], aside: QWidget | None = None) -> None:
        """Show what a view has found out, and a widget of its own; a view that tells nothing has no section."""
        if aside is not self._aside:
            if self._aside is not None:
                self._aside.hide()
            if aside is not None:
                self.view_section.add(aside)
                aside.show()
            self._aside = aside
        self.view_section.header.setText(title)
        self.view_section.setVisible(bool(facts) or aside is not None)
        self.found.show_rows(list(facts))
