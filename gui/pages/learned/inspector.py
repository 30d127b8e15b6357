"""The inspector: what is under the cursor, the formulas, the numbers of the update, the bowl, the badge."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.pages.learned.resolve import Resolved
from gui.pages.learned.under import COVERED
from gui.pages.learned.words import short
from gui.pages.side_panel import SidePanel
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact, Facts
from gui.widgets.formula import Formula
from gui.widgets.section import Section

NOTHING_UNDER: Fact = ("point at a cell", "", "Every number of the stage can be asked where it comes from.")
LOSS_TEX = (
    r"L = \frac{1}{N} \sum_{r,q} \left(y - t\right)^2, \quad y = w \star x",
    r"\frac{\partial L}{\partial w_{ac}} = \frac{2}{N} \sum_{r,q} (y - t)\, x_{r+a,\,q+c}",
)
RULES_TEX = {
    "sgd": (r"w \leftarrow w - \eta\, g",),
    "momentum": (r"v \leftarrow \mu v + g", r"w \leftarrow w - \eta\, v"),
    "adam": (
        r"m \leftarrow \beta_1 m + (1 - \beta_1)\, g",
        r"s \leftarrow \beta_2 s + (1 - \beta_2)\, g^2",
        r"w \leftarrow w - \eta\, \hat{m} \,/\, (\sqrt{\hat{s}} + \epsilon)",
    ),
}


class LearnedInspector(QObject):
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        super().__init__(panel)
        self.under, self.numbers, self.bowl = Facts(), Facts(), Facts()
        self.under.keep_room(6)
        self.loss_formula, self.rule_formula = Formula(), Formula()
        self.loss_formula.set_lines(LOSS_TEX)
        self.badge = Badge(library="numpy")
        for widget in (
            _section("Under the cursor", self.under),
            _section("This update", self.numbers),
            _section("The bowl", self.bowl),
            self.badge,
            _section("How it learns", self.loss_formula, self.rule_formula),
        ):
            panel.add(widget)
        panel.end(steady=True)
        self.show_under([])

    def show_resolved(self, resolved: Resolved) -> None:
        """Show the numbers of the moment on show."""
        lines = RULES_TEX[resolved.state.optimiser]
        if self.rule_formula.lines != lines:
            self.rule_formula.set_lines(lines)
        self.numbers.show_rows(number_rows(resolved))
        self.bowl.show_rows(bowl_rows(resolved))

    def show_under(self, rows: Sequence[Fact]) -> None:
        """Show what the pointer is on."""
        self.under.show_rows(rows or [NOTHING_UNDER])


def _section(title: str, *widgets: QWidget) -> Section:
    section = Section(title)
    for widget in widgets:
        section.add(widget)
    return section


def number_rows(resolved: Resolved) -> list[Fact]:
    """Loss, gradient, and how far the kernel has come."""
    state, run = resolved.state, resolved.run
    covered = state.covered
    rows: list[Fact] = [
        ("update", f"{resolved.moment} of {state.updates}", "0 is the noise."),
        ("loss L", short(resolved.loss), "The mean of the squared differences that the next update sees."),
    ]
    if state.batch == "crops":
        rows.append(("on the whole picture", short(resolved.picture_loss), "The loss of all pixels."))
    distance = COVERED if covered else short(resolved.distance)
    cosine = COVERED if covered else f"{resolved.cosine:.4f}".replace("-", "−")
    length = float((resolved.gradient**2).sum() ** 0.5)
    rows += [
        ("length of the gradient", short(length), "The root of the sum of its squares."),
        ("distance to the target", distance, "The root of the sum of squared differences of the numbers."),
        ("cosine", cosine, "1: both kernels point the same way."),
    ]  # fmt: skip
    if state.bias:
        rows.append(
            ("bias b", short(resolved.bias), "Added to every pixel of the response; the target has none.")
        )
    height, width = resolved.exercise.x.shape
    rows.append(("pixels", f"{height} × {width}", resolved.note or "As many as the picture has."))
    if run is not None and run.seconds > 0 and run.last:
        rows.append(("updates a second", f"{run.last / run.seconds:,.0f}", "As fast as the engine trained."))
    return rows


def bowl_rows(resolved: Resolved) -> list[Fact]:
    """The shape of the loss."""
    bowl, state = resolved.bowl, resolved.state
    if bowl is None:
        return [("curvatures", "…", "The patches of the photo are being added up.")]
    limit = bowl.stable_rate(state.spec)
    bound = {"sgd": "2/λ", "momentum": "2(1 + μ)/λ", "adam": "stable rate"}[state.optimiser]
    return [
        ("numbers to learn", str(len(bowl.curvatures)), "Weights, and the bias if there is one."),
        ("directions taught", str(bowl.rank), "Directions along which the photo changes the loss."),
        ("steepest λ", short(bowl.steepest), "The largest eigenvalue of the Hessian 2 PᵀP / N of the patches P."),
        ("flattest λ", short(bowl.curvatures[-1]), "The smallest one: the direction that is learned last."),
        ("condition number", short(bowl.condition), "The steepest over the flattest: the larger, the slower."),
        (f"largest rate {bound}" if limit is not None else bound, "none for Adam" if limit is None else short(limit),
         "With the whole picture, a larger learning rate makes the loss explode."),
        ("loss of least squares", short(bowl.least), "No kernel has a smaller one."),
    ]  # fmt: skip
