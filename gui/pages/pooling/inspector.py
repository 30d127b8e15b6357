"""The inspector: what is under the cursor, the window's formula and numbers, the torch badge, shape and cost."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QLabel, QWidget

from engine.foundations.pooling.shift import SAME_WITHIN, Kept
from gui.pages.pooling import scene_parts as parts
from gui.pages.pooling.formula_tex import formula_note, formula_tex
from gui.pages.pooling.resolve import Resolved
from gui.pages.pooling.shift_scene import NAMES, correlation, percent
from gui.pages.pooling.under import switch_text
from gui.pages.side_panel import SidePanel
from gui.theme import space
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact, Facts
from gui.widgets.formula import Formula
from gui.widgets.section import Section
from gui.widgets.stage_text import by, plain

NOTHING_UNDER = ("point at a cell", "", "Every number of the stage can be asked where it comes from.")
SIZE_TIP = "⌊(n + 2p − f) / s⌋ + 1 with the numbers filled in, rounded up in ceil mode."
SWITCH_TIP = "Places to keep for the backward pass and for unpooling: one a value."


class PoolingInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.under, self.step_facts, self.cost = Facts(), Facts(), Facts()
        self.kept, self.whole = Facts(), Facts()
        self.formula, self.formula_note = Formula(), QLabel()
        self.formula_note.setProperty("role", "muted")
        self.formula_note.setWordWrap(True)
        self.badge = Badge()
        self.under_section = _section("Under the cursor", self.under)
        self.step_section = _section("This window", self.formula, self.formula_note, self.step_facts)
        self.kept_section = _section("What stays", self.kept)
        self.whole_section = _section("Whole picture", self.whole)
        self.cost_section = _section("Shape and cost", self.cost)
        sections = (self.under_section, self.step_section, self.kept_section, self.whole_section)
        for widget in (*sections, self.badge, self.cost_section):
            panel.add(widget)
        panel.end()
        panel.verticalScrollBar().rangeChanged.connect(self._reserve_scroll_bar)
        self._reserve_scroll_bar(0, panel.verticalScrollBar().maximum())
        self.show_under([])

    @Slot(int, int)
    def _reserve_scroll_bar(self, _least: int, most: int) -> None:
        """Keep the room of the scroll bar free while there is none, so that nothing wraps anew when it comes."""
        spare = 0 if most > 0 else self._panel.verticalScrollBar().sizeHint().width()
        self._panel.column.setContentsMargins(space.l, space.m, space.l + spare, space.l)

    def show_view(self, view: str) -> None:
        """Show the sections that speak of what the stage shows."""
        self.whole_section.setVisible(view == "photo")
        self.kept_section.setVisible(view == "shift")
        self.step_section.setVisible(view not in ("photo", "shift"))
        self.cost_section.setVisible(view not in ("photo", "shift"))

    def show_step(self, resolved: Resolved) -> None:
        """Show the numbers of the window on show."""
        spec, g = resolved.trace.spec, resolved.trace.geometry
        lines = formula_tex(spec, resolved.state.view)
        if self.formula.lines != lines:
            self.formula.set_lines(lines)
        self.formula_note.setText(formula_note(spec, g))
        self.step_facts.show_rows(step_rows(resolved))
        self.cost.show_rows(cost_rows(resolved))

    def show_kept(self, kept: tuple[Kept, ...]) -> None:
        """Show how much of everything stays after a shift."""
        self.kept.show_rows(kept_rows(kept))

    def show_under(self, rows: Sequence[Fact]) -> None:
        """Show what the pointer is on."""
        self.under.show_rows(rows or [NOTHING_UNDER])


def _section(title: str, *widgets: QWidget) -> Section:
    section = Section(title)
    for widget in widgets:
        section.add(widget)
    return section


def step_rows(resolved: Resolved) -> list[Fact]:
    """The live numbers beneath the formula, of the channel that is shown alone."""
    step, trace = resolved.step, resolved.trace
    seen = f"rows {step.rows[0]}–{step.rows[-1]}, cols {step.cols[0]}–{step.cols[-1]}"
    rows: list[Fact] = [
        ("cell (r, q)", f"row {step.row}, col {step.col}", "Which output the window fills."),
        ("window", seen, "In the padded input, counted from 0."),
        (
            "values read",
            f"{int(step.inside.sum())}",
            "Cells of the input inside the window, on each channel.",
        ),
    ]
    if resolved.state.channels > 1:
        rows.append(
            ("channel", parts.channel_title(resolved, step.channel), "The numbers beneath are this one's.")
        )
    if trace.spec.rule == "average":
        rows.append(("divisor |R|", str(step.divisor), "How many cells the sum is divided by."))
    if trace.spec.rule == "stochastic":
        rows.append(
            ("dice", f"{step.dice:.4f}", "Between 0 and 1, from the seed and the number of the roll.")
        )
    rows.append(("= y", plain(step.result), "The value that is left."))
    if trace.switches is not None:
        rows.append(("switch", switch_text(step.switch), "Input cell that the value came from."))
    if trace.spec.rule == "stochastic":
        rows.append(("weighted ȳ", plain(step.expected), "What the net uses at test time."))
    return rows


def kept_rows(kept: tuple[Kept, ...]) -> list[Fact]:
    """Three numbers for everything that is compared."""
    rows: list[Fact] = []
    for one in kept:
        rows += [
            (f"{NAMES[one.what]}: stays", percent(one.same), f"Values within {SAME_WITHIN:.0%} of the input's range."),
            ("correlation", correlation(one), "Pearson's, of the values before and after; – where nothing varies."),
            ("mean difference", plain(round(one.mean, 4)), "Of the values before and after."),
        ]  # fmt: skip
    return rows


def cost_rows(resolved: Resolved) -> list[Fact]:
    """Shape and cost of the pooling."""
    trace = resolved.trace
    channels, rows, cols = trace.shape
    _, height, width = trace.x.shape
    compares = trace.geometry.size[0] * trace.geometry.size[1] - 1
    stored = f"{channels * rows * cols:,}" if trace.switches is not None else "0"
    most = int(trace.reads[~trace.is_outside].max())
    return [
        ("height", size_formula(resolved), SIZE_TIP),
        ("output", by((rows, cols, channels)), "Height × width × channels: channels never mix."),
        ("parameters", "0", "Nothing is learned."),
        ("values left", f"{rows * cols / (height * width):.1%}", "Of those of the input."),
        ("comparisons or additions", f"{channels * rows * cols * compares:,}", "One less than a window has cells."),
        ("windows over a cell", f"up to {most}", "More than one: they overlap, and gradients add up."),
        ("switches", stored, SWITCH_TIP),
    ]  # fmt: skip


def size_formula(resolved: Resolved) -> str:
    """The output size with the numbers filled in."""
    g, spec = resolved.trace.geometry, resolved.trace.spec
    if spec.is_global:
        return "1"
    opening, closing = ("⌈", "⌉") if spec.ceil_mode else ("⌊", "⌋")
    n, f, p, s = g.input_hw[0], g.size[0], g.pads[0], g.stride[0]
    free = n + 2 * p - f
    plain_size = (-(-free // s) if spec.ceil_mode else free // s) + 1
    dropped = " − 1" if plain_size != g.output_hw[0] else ""
    return f"{opening}({n}+2·{p}−{f})/{s}{closing}+1{dropped} = {g.output_hw[0]}"
