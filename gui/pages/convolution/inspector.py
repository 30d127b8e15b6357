"""The inspector: what is under the cursor, the step's formula, the torch badge, prediction, shape and cost."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QWidget

from engine.foundations.cost import Cost
from gui.pages.convolution.formula_tex import formula_note, formula_tex
from gui.pages.convolution.resolve import Resolved
from gui.pages.convolution.scene_parts import by, plain
from gui.pages.convolution.state import ConvolutionState
from gui.pages.side_panel import SidePanel
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact, Facts
from gui.widgets.formula import Formula
from gui.widgets.number_text import memory_text
from gui.widgets.predictor import Predictor
from gui.widgets.section import Section

SIZE_TIP = "⌊(n + 2p − d(f − 1) − 1) / s⌋ + 1 with the numbers filled in; the width likewise."
FLOPS_TIP = "Floating-point operations: two a MAC, and one addition of the bias for every output."
REUSE_TIP = "Parameter sharing: the number of positions at which the same weight is applied."
DENSE = "A fully connected layer between the same two volumes"
NOTHING_UNDER = ("point at a cell", "", "Every number of the stage can be asked where it comes from.")


class ConvolutionInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.under, self.step_facts, self.cost, self.whole = Facts(), Facts(), Facts(), Facts()
        self.formula, self.formula_note = Formula(), QLabel()
        self.formula_note.setProperty("role", "muted")
        self.formula_note.setWordWrap(True)
        self.badge = Badge()
        self.predictor = Predictor()
        self.under_section = _section("Under the cursor", self.under)
        self.step_section = _section(
            "This output", self.formula, self.formula_note, self.step_facts, self.badge
        )
        self.predict_section = _section("Predict, then reveal", self.predictor)
        self.whole_section = _section("Whole picture", self.whole)
        self.cost_section = _section("Shape and cost", self.cost)
        for section in (
            self.under_section,
            self.step_section,
            self.predict_section,
            self.whole_section,
            self.cost_section,
        ):
            panel.add(section)
        panel.end(steady=True)
        self.show_under([])

    def show_view(self, view: str) -> None:
        """Show the sections that speak of what the stage shows."""
        self.whole_section.setVisible(view == "image")
        self.step_section.setVisible(view != "image")
        self.cost_section.setVisible(view != "image")

    def show_step(self, resolved: Resolved, *, secret: bool, secret_shape: bool) -> None:
        """Show the numbers of a step; a value that is to be predicted stays hidden."""
        spec, geometry = resolved.trace.spec, resolved.trace.geometry
        lines = formula_tex(spec, geometry)
        if self.formula.lines != lines:
            self.formula.set_lines(lines)
        note = formula_note(spec, geometry)
        self.formula_note.setText(note)
        self.formula_note.setVisible(bool(note))
        self.step_facts.show_rows(step_rows(resolved, secret=secret))
        self.cost.show_rows(cost_rows(resolved, secret_shape=secret_shape))

    def show_under(self, rows: Sequence[Fact]) -> None:
        """Show what the pointer is on."""
        self.under.show_rows(rows or [NOTHING_UNDER])


def _section(title: str, *widgets: QWidget) -> Section:
    section = Section(title)
    for widget in widgets:
        section.add(widget)
    return section


def step_rows(resolved: Resolved, *, secret: bool) -> list[Fact]:
    """The live numbers beneath the formula."""
    step = resolved.step
    rows: list[Fact] = [
        (
            "cell (r, q)",
            f"row {step.row}, col {step.col}, map {step.filter + 1}",
            "Which cell the window fills.",
        ),
        (
            "window",
            f"rows {step.rows[0]}–{step.rows[-1]}, cols {step.cols[0]}–{step.cols[-1]}",
            "In the padded input, counted from 0.",
        ),
        _reads_row(resolved),
        ("sum of products", "?" if secret else plain(step.total), "Over all channels of the filter."),
        ("+ bias", plain(step.bias), "One number a filter."),
        ("= z", "?" if secret else plain(step.pre), "Before the activation."),
    ]
    if resolved.trace.spec.activation == "relu":
        rows.append(("max(0, z)", "?" if secret else plain(step.value), "After the activation."))
    return rows


def _reads_row(resolved: Resolved) -> Fact:
    read, there = inputs_read(resolved), resolved.trace.x.size
    tip = (
        f"Sparsity: {read / there:.1%} of the input, every cell counted once, padding not at all. "
        "A fully connected layer reads all of it."
    )
    return ("reads", f"{read:,} of {there:,} inputs", tip)


def inputs_read(resolved: Resolved) -> int:
    """How many cells of the input the window on show reads, over all channels of its filter."""
    step = resolved.step
    cells = resolved.trace.source[step.rows[:, None], step.cols].reshape(-1, 2)
    places = {(int(row), int(column)) for row, column in cells if row >= 0}
    return len(places) * len(step.channels)


def cost_rows(resolved: Resolved, *, secret_shape: bool) -> list[Fact]:
    """Shape and cost; what depends on the output's shape is a question mark while that is to be predicted."""
    cost, done = resolved.cost, resolved.trace
    filters, rows, columns = done.shape

    def known(text: str) -> str:
        return "?" if secret_shape else text

    flops = f"{cost.flops:,} = 2·{cost.macs:,} + {cost.bias_adds:,}"
    total = cost.input_bytes + cost.weight_bytes + cost.activation_bytes
    return [
        ("height", known(size_formula(resolved.state, done.geometry.output_hw[0])), SIZE_TIP),
        ("output", "? × ? × ?" if secret_shape else by((rows, columns, filters)), "Height × width × maps."),
        ("a filter has", f"{cost.per_filter - 1:,} + 1 parameters", "Weights and one bias; shared by all positions."),
        ("parameters", f"{cost.parameters:,}", "Of all filters together."),
        ("MACs", known(f"{cost.macs:,}"), "Multiply-accumulate operations: one product and one sum each."),
        ("FLOPs", known(flops), FLOPS_TIP),
        ("memory: in + weights + out", known(memory_text(total)), "" if secret_shape else _memory_tip(cost)),
        ("weight reuse", known(f"{cost.sharing:,}×"), REUSE_TIP),
        ("fully connected: parameters", known(f"{cost.fc_parameters:,}"), f"{DENSE}: a weight a pair, and the biases."),
        ("fully connected: MACs", known(f"{cost.fc_macs:,}"), f"{DENSE}: every input times every output."),
    ]  # fmt: skip


def _memory_tip(cost: Cost) -> str:
    return (
        f"Input {memory_text(cost.input_bytes)}, weights and biases {memory_text(cost.weight_bytes)}, "
        f"output {memory_text(cost.activation_bytes)}: float32, four bytes a number."
    )


def size_formula(state: ConvolutionState, result: int) -> str:
    """The output size with the numbers filled in."""
    n, s = state.height, state.stride
    if state.padding == "same_tf":
        return f"{n}·{s} = {result}" if state.transposed else f"⌈{n}/{s}⌉ = {result}"
    pad = {"valid": 0, "same": (state.dilation * (state.size - 1)) // 2}.get(state.padding, state.pad)
    span = state.dilation * (state.size - 1) + 1
    if state.transposed:
        return f"({n}−1)·{s} − 2·{pad} + {span} = {result}"
    return f"⌊({n}+2·{pad}−{span})/{s}⌋+1 = {result}"
