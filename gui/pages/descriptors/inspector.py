"""The inspector: what is under the pointer, the descriptor in numbers, its formula, and whether it was checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from engine.foundations.descriptors.colour_histogram import ColourHistogram
from engine.foundations.descriptors.hog import CLIP, Hog, Norm
from engine.foundations.descriptors.requests import Described
from engine.networks.learned_features.requests import DigitScores
from gui.pages.descriptors.bars import percent
from gui.pages.descriptors.hog_view import hog_rows
from gui.pages.descriptors.resolve import round_of
from gui.pages.descriptors.state import DescriptorsState
from gui.pages.descriptors.words_view import words_rows
from gui.pages.side_panel import SidePanel
from gui.theme import space
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact, Facts
from gui.widgets.formula import Formula
from gui.widgets.section import Section
from gui.widgets.wrapped import Wrapped

POINT: Final[Fact] = ("point at something", "", "Everything on the stage can be asked for its numbers.")
LIBRARIES: Final = {"histogram": "OpenCV", "hue": "scikit-image", "hog": "scikit-image"}
LEARN: Final = "scikit-learn"
NORM_TEX: Final[dict[Norm, str]] = {
    "L2-Hys": r"v \leftarrow \min\left(\frac{v}{\sqrt{\|v\|_2^2+\epsilon^2}},\ " + rf"{CLIP}\right)",
    "L2": r"v \leftarrow \frac{v}{\sqrt{\|v\|_2^2+\epsilon^2}}",
    "L1": r"v \leftarrow \frac{v}{\|v\|_1+\epsilon}",
    "L1-sqrt": r"v \leftarrow \sqrt{\frac{v}{\|v\|_1+\epsilon}}",
}


class DescriptorsInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.under, self.numbers = Facts(), Facts()
        self.formula, self.note, self.badge = Formula(), Wrapped(), Badge(library="scikit-image")
        self.under_section = _section("Under the cursor", self.under)
        self.numbers_section = _section("In numbers", self.numbers)
        self.recipe_section = _section("How it is computed", self.formula, self.note)
        self.check_section = _section("Check", self.badge)
        for section in (self.under_section, self.numbers_section, self.recipe_section, self.check_section):
            panel.add(section)
        panel.end()
        panel.verticalScrollBar().rangeChanged.connect(self._reserve_scroll_bar)
        self._reserve_scroll_bar(0, panel.verticalScrollBar().maximum())
        self.show_under([])

    @Slot(int, int)
    def _reserve_scroll_bar(self, _least: int, most: int) -> None:
        """Keep the room of the scroll bar free while there is none, so that nothing wraps anew when it comes."""
        spare = 0 if most > 0 else self._panel.verticalScrollBar().sizeHint().width()
        self._panel.column.setContentsMargins(space.l, space.m, space.l + spare, space.l)

    def show_state(self, state: DescriptorsState) -> None:
        """Formula and sentence of the view; which library it is checked against."""
        lines, note = recipe(state)
        self.recipe_section.setVisible(bool(lines))
        if lines and self.formula.lines != tuple(lines):
            self.formula.set_lines(lines)
        self.note.say(note)
        self.numbers_section.setVisible(state.view != "side")
        self.check_section.setVisible(state.view != "side")
        self.badge.set_library(library(state))

    def show_described(self, state: DescriptorsState, found: Described | None) -> None:
        """The numbers of a description."""
        if found is None:
            self.numbers.show_rows([("no picture yet", "", "")])
        elif isinstance(found, ColourHistogram):
            self.numbers.show_rows(histogram_rows(found))
        elif isinstance(found, Hog):
            self.numbers.show_rows(hog_rows(found))
        else:
            self.numbers.show_rows(words_rows(found, round_of(state, found)))

    def show_scores(self, scores: DigitScores | None) -> None:
        """The numbers of the test."""
        if scores is None:
            self.numbers.show_rows([("not measured yet", "", "")])
            return
        rows: list[Fact] = [
            ("test digits", f"{len(scores.labels):,}", scores.split),
            ("training digits", f"{scores.sizes[0]} to {scores.sizes[-1]:,}", "Each class as often."),
            ("split drawn with seed", str(scores.request.seed), ""),
        ]
        rows += [
            (score.title, percent(float(score.accuracy[-1])), f"{score.size} numbers")
            for score in scores.scores
        ]
        self.numbers.show_rows(rows)

    def show_under(self, rows: Sequence[Fact]) -> None:
        """Show what the pointer is on."""
        self.under.show_rows(rows or [POINT])


def _section(title: str, *widgets: QWidget) -> Section:
    section = Section(title)
    for widget in widgets:
        section.add(widget)
    return section


def library(state: DescriptorsState) -> str:
    """What the numbers of a view are compared with."""
    if state.view == "histogram":
        return LIBRARIES["hue" if state.histogram.space == "hue" else "histogram"]
    return LIBRARIES["hog"] if state.view == "hog" else LEARN


def histogram_rows(found: ColourHistogram) -> list[Fact]:
    """The histogram in numbers."""
    filled = int((found.counts > 0).sum())
    rows: list[Fact] = [
        ("pixels", f"{found.total:,}", found.note),
        ("descriptor", f"{found.spec.size:,} numbers", "The share of each bin."),
        ("bins with pixels", f"{filled:,}", ""),
    ]
    if found.spec.space == "hue":
        rows.append(("too grey to count", percent(found.uncounted / found.total), "Saturation below 10 %."))
    rows.append(("learned", "nothing", "People chose the space and the bins."))
    return rows


def recipe(state: DescriptorsState) -> tuple[list[str], str]:
    """Formula lines and a sentence for a view."""
    if state.view == "histogram":
        return [r"h(b) = \frac{n_b}{H \cdot W}"], "Pixels in the bin over all pixels. Places do not enter."
    if state.view == "words":
        return (
            [r"\min_{c}\ \sum_i \left\| x_i - c_{w(i)} \right\|^2"],
            "Patches x and their nearest words c: assigning and updating in turns never makes the sum larger.",
        )
    if state.view == "hog":
        return _hog_recipe(state)
    if state.view == "experiment":
        return [
            r"\mathrm{accuracy} = \frac{\mathrm{right}}{\mathrm{test\ digits}}"
        ], "Test digits are never learned from."
    return [], ""


def _hog_recipe(state: DescriptorsState) -> tuple[list[str], str]:
    spec = state.hog
    if state.stage == 0:
        return (
            [
                r"g_x = I(y, x+1) - I(y, x-1)",
                r"g_y = I(y+1, x) - I(y-1, x)",
                r"|g| = \sqrt{g_x^2 + g_y^2}",
                r"\theta = \mathrm{atan2}(g_y, g_x)\ \mathrm{mod}\ 180",
            ],
            "The plainest derivative worked best in the paper.",
        )
    if state.stage == 1:
        return (
            [rf"h(o) = \frac{{1}}{{{spec.cell}^2}}\ " + r"\sum_{\theta \in o} |g|"],
            f"{spec.orientations} orientations of {spec.bin_width:g}° each.",
        )
    if state.stage == 2:
        again = " Then normalised once more." if spec.norm == "L2-Hys" else ""
        return [NORM_TEX[spec.norm]], f"ε = 0.00001 keeps an empty block from dividing by zero.{again}"
    return (
        [r"n = \left(\frac{H}{c} - b + 1\right) \left(\frac{W}{c} - b + 1\right) b^2\, o"],
        f"c = {spec.cell} pixels a cell (H/c and W/c rounded down), b = {spec.block} cells a block, "
        f"o = {spec.orientations} orientations.",
    )
