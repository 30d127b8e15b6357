"""The inspector: what is under the pointer, the formula, the kernel's numbers, the badges, the maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from engine.foundations.edges.catalogue import EdgeKernel, weight
from engine.foundations.edges.requests import FilteredPicture
from gui.pages.edges.state import EdgesState
from gui.pages.edges.words import degrees, span
from gui.pages.side_panel import SidePanel
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact, Facts
from gui.widgets.formula import Formula
from gui.widgets.section import Section
from gui.widgets.stage_text import by, plain
from gui.widgets.wrapped import Wrapped

NOTHING_UNDER: Final = (
    "point at a cell or a pixel",
    "",
    "Every number of the stage can be asked where it comes from.",
)
ROOM_UNDER: Final = {"kernel": 4, "picture": 7, "rotate": 7, "gradient": 8, "compare": 11}
"""Rows to keep free in a view, so that nothing moves when the pointer comes."""

_SUM: Final = (r"y(r,q) &= \sum_{i,j}\; k(i,j)\, x(r{+}i,\, q{+}j)",)
_STEER: Final = (r"K_\theta &= \cos\theta\, K_x + \sin\theta\, K_y",)
_GABOR: Final = (
    r"k &= e^{-(u^2 + \gamma^2 v^2) / (2\sigma^2)} \cos(2\pi u / \lambda + \psi)",
    r"u &= x \cos\theta + y \sin\theta",
    r"v &= y \cos\theta - x \sin\theta",
)
_GRADIENT: Final = (r"|g| &= \sqrt{g_x^2 + g_y^2}", r"\theta &= \mathrm{atan2}(g_y,\, g_x)")
_COMPARE: Final = (r"z &= y \,/\, \sum_{k > 0}\; k",)
NOTES: Final = {
    "kernel": "Cross-correlation, as networks compute it: the kernel is not flipped.",
    "picture": "Cross-correlation; the border pixels are repeated outwards.",
    "gradient": "In the axes right and down. With left minus right the vector goes from bright to dark.",
    "rotate": "Kx and Ky: the kernels at 0° and 90°.",
    "compare": "Divided by the sum of the positive weights, so that all have one unit.",
}


class EdgesInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self._view = ""
        self.under, self.numbers, self.maps = Facts(), Facts(), Facts()
        self.formula, self.note = Formula(), Wrapped()
        self.grid_badge, self.map_badge = Badge(), Badge(library="OpenCV")
        self.map_badge.show_checking()
        self.kernel_section, self.maps_section = (
            _section("Kernel", self.numbers),
            _section("Picture", self.maps),
        )
        for widget in (
            _section("Under the pointer", self.under), _section("Formula", self.formula, self.note),
            self.grid_badge, self.map_badge, self.kernel_section, self.maps_section,
        ):  # fmt: skip
            panel.add(widget)
        panel.end(steady=True)
        self.show_under([])

    def show_state(self, state: EdgesState) -> None:
        """Show formula and numbers of the kernel, and the badge that speaks of the view."""
        lines = formula_lines(state)
        if self.formula.lines != lines:
            self.formula.set_lines(lines)
        self.note.say(
            "" if state.view == "rotate" and state.shown_kernel.name == "gabor" else NOTES[state.view]
        )
        self.numbers.show_rows(kernel_rows(state.shown_kernel, pair=state.view == "gradient"))
        if state.view != self._view:
            self._view = state.view
            self.under.keep_room(ROOM_UNDER[state.view])
        self.grid_badge.setVisible(not state.on_picture)
        self.map_badge.setVisible(state.on_picture)
        self.kernel_section.setVisible(state.view != "compare")
        self.maps_section.setVisible(state.on_picture)

    def show_result(self, result: FilteredPicture | None) -> None:
        """Show what a picture and its maps hold."""
        self.maps.show_rows([] if result is None else map_rows(result))

    @Slot(list)
    def show_under(self, rows: Sequence[Fact]) -> None:
        """Show what the pointer is on."""
        self.under.show_rows(list(rows) or [NOTHING_UNDER])


def _section(title: str, *widgets: QWidget) -> Section:
    section = Section(title)
    for widget in widgets:
        section.add(widget)
    return section


def formula_lines(state: EdgesState) -> tuple[str, ...]:
    """The formula of a view in mathtext."""
    if state.view == "gradient":
        return _GRADIENT
    if state.view == "compare":
        return _COMPARE
    if state.shown_kernel.name == "gabor":
        return _GABOR
    return _STEER if state.view == "rotate" else _SUM


def kernel_rows(kernel: EdgeKernel, *, pair: bool = False) -> list[Fact]:
    """The numbers of a kernel, or of the pair at 0 and 90 degrees that a gradient is made of: they share them."""
    kernel = replace(kernel, angle=0.0) if pair else kernel
    plane = weight(kernel)
    entry = kernel.entry
    rows: list[Fact] = [
        ("name", entry.title, entry.description),
        ("source", entry.source, "Where it comes from."),
        ("size", by(plane.shape), "Rows × columns."),
        (
            "sum",
            plain(round(float(plane.sum()), 6)),
            "0: an even area answers 0. 1: it keeps its brightness.",
        ),
        (
            "positive weights",
            plain(round(float(np.maximum(plane, 0).sum()), 4)),
            "What a step of 1 answers at most.",
        ),
        ("largest weight", plain(round(float(np.abs(plane).max()), 4)), "In magnitude."),
    ]
    if pair:
        rows.insert(3, ("angles", "0° and 90°", "Kx and Ky."))
    elif entry.turns:
        rows.insert(
            3, ("angle", degrees(kernel.angle), "Where it gets darker for the kernel to answer the most.")
        )
    return rows


def map_rows(result: FilteredPicture) -> list[Fact]:
    """Shape, ranges and time of the maps of a picture."""
    height, width = result.pixels.shape[:2]
    rows: list[Fact] = [("picture", f"{height} × {width}", result.note or "Rows × columns.")]
    if result.request.what != "compare":  # there every tile says it
        for name, found in zip(result.names, result.ranges, strict=True):
            rows.append((name, span(found), "Lowest and highest true value."))
    rows.append(("took", f"{result.seconds * 1000:.1f} ms", "The convolution alone."))
    rows.append(("computed by", result.route, ""))
    return rows
