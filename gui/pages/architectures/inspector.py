"""The inspector: what is under the cursor, the selected layer with its formulas, what if, the whole network."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engine.networks.graphs.graph import Graph, Node
from engine.networks.graphs.what_if import Setting
from gui.pages.architectures import layer_facts, numbers
from gui.pages.architectures.layer_form import LayerForm
from gui.pages.architectures.resolve import Shown
from gui.pages.architectures.words import Words
from gui.pages.architectures.worked import WorkedFormulas
from gui.pages.side_panel import SidePanel
from gui.widgets.facts import Fact, Facts
from gui.widgets.section import Section

POINT: Fact = ("point at a layer", "", "Every layer can be asked what it does and what it costs.")
NOTHING_UNDER: dict[str, Fact] = {
    "pixel": ("point at a pixel or a unit", "", "It says who reads it, and what it reads."),
    "compare": ("point at a line", "", "It says what the two layers do, and what differs."),
    "skip": ("point at a number", "", "It says where it comes from."),
}
UNDER_ROWS = 8
"""As many as the longest answer has: what stands beneath it keeps its place while the pointer wanders."""
NO_LAYER = "Click a layer: its formulas, its numbers and what can be changed about it stand here."
UNMEASURED = "What comes in is not known: the arithmetic stops at a layer before this one."


class ArchitecturesInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.under, self.layer, self.totals = Facts(), Facts(), Facts()
        self.invite, self.problem = Words("muted"), Words("error")
        self.note, self.remarks = Words("muted"), Words("muted")
        self.worked = WorkedFormulas()
        self.form = LayerForm()
        self.invite.setText(NO_LAYER)
        self.under_section = _section("Under the cursor", self.under)
        self.layer_section = _section("Selected layer", self.invite, self.problem, self.worked, self.note)
        self.form_section = _section("What if", self.form)
        self.numbers_section = _section("Its numbers", self.layer)
        self.totals_section = _section("The whole network", self.totals, self.remarks)
        for section in (
            self.under_section,
            self.layer_section,
            self.form_section,
            self.numbers_section,
            self.totals_section,
        ):
            panel.add(section)
        self.under.keep_room(UNDER_ROWS)
        panel.end(steady=True)
        self._view = "graph"
        self.show_under(None)

    def show_view(self, view: str) -> None:
        """Show the sections that speak of what the stage shows."""
        if view != self._view:
            self._view = view
            self.show_under(None)
        self.under_section.setVisible(view in ("graph", "pixel", "skip", "compare"))
        for section in (self.layer_section, self.form_section, self.numbers_section):
            section.setVisible(view in ("graph", "table", "pixel"))
        self.totals_section.setVisible(view in ("graph", "table"))

    def show_under(self, node: Node | None, rows: Sequence[Fact] = ()) -> None:
        """Show what the pointer is on: a layer, or rows of a view's own."""
        self.under.show_rows(
            rows or (layer_facts.brief_rows(node) if node else [NOTHING_UNDER.get(self._view, POINT)])
        )

    def show_nothing(self) -> None:
        """The network is on its way: nothing is selected, and nothing can be changed."""
        self.layer_section.header.setText("Selected layer")
        self.invite.setVisible(True)
        self.worked.show_formulas(())
        for text in (self.problem, self.note, self.remarks):
            text.setText("")
            text.hide()
        self.layer.show_rows(())
        self.numbers_section.hide()
        self.show_form("", (), False)
        self.totals.show_rows(())
        self.show_under(None)

    def show_layer(self, shown: Shown, name: str) -> None:
        """Show the selected layer of the network on show."""
        node, layer = shown.node(name), shown.layer(name)
        self.layer_section.header.setText(layer.name if layer else "Selected layer")
        self.invite.setVisible(layer is None)
        self._show_problem(shown.graph, name, measured=node is not None or layer is None)
        self.worked.show_formulas(layer_facts.formulas(node) if node else ())
        note = layer_facts.note(layer.op) if layer else ""
        self.note.setText(note)
        self.note.setVisible(bool(note))
        rows: Sequence[Fact] = ()
        if layer is not None:
            known = shown.graph
            rows = layer_facts.layer_rows(node, known) if node else layer_facts.unmeasured_rows(layer, known)
        self.layer.show_rows(rows)
        self.numbers_section.setVisible(bool(rows) and not self.layer_section.isHidden())

    def _show_problem(self, graph: Graph, name: str, *, measured: bool) -> None:
        text = ""
        if graph.problem is not None and graph.problem.layer == name:
            text = f"{graph.problem.sentence} {graph.problem.hint}".strip()
        elif not measured:
            text = UNMEASURED
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def show_form(self, layer: str, settings: Sequence[Setting], dropped: bool) -> None:
        """Show what can be changed about the selected layer."""
        self.form_section.setVisible(bool(layer) and not self.layer_section.isHidden())
        self.form.show_settings(layer, settings, dropped)

    def show_totals(self, shown: Shown, notes: Sequence[str]) -> None:
        """Show the whole network, with what the person's changes did to it."""
        rows = layer_facts.totals_rows(shown.graph)
        if shown.edits:
            rows += changes_rows(shown)
        self.totals.show_rows(rows)
        text = "\n\n".join(dict.fromkeys((*shown.graph.notes, *notes)))
        self.remarks.setText(text)
        self.remarks.setVisible(bool(text))


def changes_rows(shown: Shown) -> list[Fact]:
    """What the changes did to the sums."""
    before, after = shown.original, shown.graph
    if after.problem is not None:
        return [("against the original", "does not fit together", after.problem.sentence)]
    return [
        ("parameters, changed by", _difference(after.params, before.params), "Against the original network."),
        ("MACs, changed by", _difference(after.macs, before.macs), "Against the original network."),
    ]


def _difference(after: int, before: int) -> str:
    text = numbers.signed(after - before)
    return f"{text} ({numbers.times(after, before)})" if after != before else text


def _section(title: str, *widgets: QWidget) -> Section:
    section = Section(title)
    for widget in widgets:
        section.add(widget)
    return section
