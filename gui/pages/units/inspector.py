"""The inspector: what is under the pointer, the unit, and what the view on show has found out."""

from __future__ import annotations

from engine.inside.descent.requests import UnitLook
from engine.inside.requests import NetLayers
from engine.networks.graphs.graph import Node
from gui.pages.side_panel import SidePanel
from gui.pages.units.fading import fade
from gui.pages.views.section import ViewsInspector
from gui.widgets.facts import Fact, Facts
from gui.widgets.number_text import format_number
from gui.widgets.section import Section

POINT: Fact = ("point at a picture", "", "Every pixel and every value of the stage can be asked for.")
NO_UNIT: Fact = ("no unit yet", "", "")


class UnitsInspector(ViewsInspector):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        unit, section = Facts(), Section("The unit")
        section.add(unit)
        super().__init__(panel, POINT, section)
        self.unit = unit
        self.show_unit(None, None, None)

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
