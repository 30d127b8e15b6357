"""The inspector: what is under the cursor, the output on show with its formula and badge, shape and cost."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engine.foundations.signals.layers import Layers
from engine.foundations.signals.requests import Volume, WholeVolumeResult
from engine.foundations.signals.spec import layout as layout_of
from gui.pages.side_panel import SidePanel
from gui.pages.signals.resolve import Resolved
from gui.pages.signals.state import SignalsState
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact, Facts
from gui.widgets.formula import Formula
from gui.widgets.section import Section
from gui.widgets.stage_text import by, plain

NOTHING_UNDER = ("point at a cell", "", "Every number of the stage can be asked where it comes from.")
SIZE_TIP = "⌊(n + 2p − d(f − 1) − 1) / s⌋ + 1 with the numbers filled in; every axis alike."
FORWARD = {
    1: (r"z(i) &= \sum_{j}\; x(s\,i+d\,j-p)\; w(j) + b",),
    3: (
        r"z(r,q,t) &= \sum_{i,j,k}\; x(s\,r+d\,i-p,\,\ldots)",
        r"& \quad\cdot\; w(i,\,j,\,k) + b",
    ),
}
BACKWARD = (r"\tilde{x}(n) &= \sum_{i,\,j:\; s\,i+d\,j-p\,=\,n}\; y(i)\; w(j)",)
LAYERS = (r"a_f &= \max\left(0,\; b_f + \sum_{c}\, w_{f,c} \star x_c\right)",)


class SignalsInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self.under, self.facts, self.cost = Facts(), Facts(), Facts()
        self.formula, self.badge = Formula(), Badge()
        self.under_section = _section("Under the cursor", self.under)
        self.step_section = _section("This output", self.formula, self.facts, self.badge)
        self.cost_section = _section("Shape and cost", self.cost)
        for section in (self.under_section, self.step_section, self.cost_section):
            panel.add(section)
        panel.end()
        self.show_under([])

    def show_step(self, resolved: Resolved, whole: Volume | None) -> None:
        """Show the numbers of what is on the stage: of the walk, or of a `whole` volume."""
        state = resolved.state
        lines = formula_lines(state)
        if self.formula.lines != lines:
            self.formula.set_lines(lines)
        self.facts.show_rows(step_rows(resolved))
        self.facts.setVisible(state.view in ("steps", "back"))
        self.cost.show_rows(layer_rows(resolved.layers) if resolved.layers else cost_rows(resolved, whole))

    def show_volume(self, result: WholeVolumeResult | None) -> None:
        """Show what is known of the response of a whole volume."""
        if result is not None:
            self.facts.show_rows(volume_rows(result))
            self.facts.setVisible(True)

    def show_under(self, rows: Sequence[Fact]) -> None:
        """Show what the pointer is on."""
        self.under.show_rows(rows or [NOTHING_UNDER])


def _section(title: str, *widgets: QWidget) -> Section:
    section = Section(title)
    for widget in widgets:
        section.add(widget)
    return section


def formula_lines(state: SignalsState) -> tuple[str, ...]:
    """The formula of the view in mathtext."""
    if state.view == "back":
        return BACKWARD
    return LAYERS if state.view == "layers" else FORWARD[state.dims]


def step_rows(resolved: Resolved) -> list[Fact]:
    """The live numbers beneath the formula."""
    step, pad = resolved.step, resolved.trace.spec.padding
    reads = "; ".join(f"{int(t[0]) - pad}–{int(t[-1]) - pad}" for t in step.taps)
    cell = ", ".join(map(str, step.place))
    axes = "" if resolved.state.dims == 1 else " (z, y, x)"
    rows: list[Fact] = [
        (f"output{axes}", cell, "Which cell the window fills, counted from 0."),
        (f"window{axes}", reads, "Cells of the input; negative or beyond the end: padding."),
    ]
    if resolved.back is not None:
        back = resolved.back
        return [
            *rows,
            ("value y", plain(back.value), "What is spread."),
            ("added", f"{step.kernel.size} products", "The value times every weight."),
            ("sum of the weights", plain(float(step.kernel.sum())), "What one unit adds to the total."),
        ]
    return [
        *rows,
        ("sum of products", plain(step.total), "Over the whole window."),
        ("+ bias", plain(step.bias), "One number a filter."),
        ("= z", plain(step.value), "The output."),
    ]


def cost_rows(resolved: Resolved, whole: Volume | None = None) -> list[Fact]:
    """Shape and cost of one filter on the input that is walked, or on the whole signal or volume."""
    done = resolved.whole or resolved.trace
    spec = done.spec
    layout = done.layout if whole is None else layout_of(spec, whole.voxels.shape, done.layout.kernel)
    n, size, out = layout.sizes[0], layout.kernel[0], layout.output[0]
    span = layout.extent[0]
    cells, taps = math.prod(layout.output), math.prod(layout.kernel)
    dense = math.prod(layout.sizes) * cells
    length = f"⌊({n:,}+2·{spec.padding}−{span})/{spec.stride}⌋+1 = {out:,}"
    return [
        ("length" if len(layout.sizes) == 1 else "side", length, SIZE_TIP),
        ("output", by(layout.output), "Cells along every axis."),
        ("parameters", f"{taps:,} + 1", f"Weights of a filter of {by((size,) * len(layout.sizes))}, and its bias."),
        ("MACs", f"{cells * taps:,}", "Multiply-accumulate operations: one product and one sum each."),
        ("fully connected: weights", f"{dense:,}", "A layer in which every output has a weight for every input."),
    ]  # fmt: skip


def layer_rows(layers: Layers) -> list[Fact]:
    """Shapes, parameters and multiplications of both layers."""
    rows: list[Fact] = []
    for number, (one, parameters, macs) in enumerate(
        zip(layers.traces, layers.parameters, layers.macs, strict=True), start=1
    ):
        filters, channels, *kernel = one.weight.shape
        rows += [
            (f"layer {number}: filters", f"{filters} of {by(kernel)} × {channels}", "Each reads all maps before."),
            (f"layer {number}: output", f"{by(one.layout.output)} × {filters}", "Cells, and maps."),
            (f"layer {number}: parameters", f"{parameters:,}", "Weights and biases."),
            (f"layer {number}: MACs", f"{macs:,}", "Multiply-accumulate operations."),
        ]  # fmt: skip
    return rows


def volume_rows(result: WholeVolumeResult) -> list[Fact]:
    """What is known of a response."""
    rate = math.prod(result.response.shape) * result.request.weight.size / max(result.seconds, 1e-9)
    return [
        (
            "lowest, highest",
            f"{plain(result.low)}, {plain(result.high)}",
            "The true extremes of the response.",
        ),
        ("colours saturate at", plain(result.limit), "199 of 200 voxels are within."),
        ("took", f"{result.seconds * 1000:.0f} ms", f"{rate / 1e9:.2f} billion products a second."),
        ("computed by", result.route, ""),
    ]
