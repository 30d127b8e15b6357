"""The inspector: what is under the cursor, the step's formula, the torch badge, prediction, shape and cost."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.foundations.requests import CheckResult
from gui.pages.convolution.resolve import Resolved
from gui.pages.convolution.state import ConvolutionState
from gui.pages.side_panel import SidePanel
from gui.theme import space, theme
from gui.widgets.fields import FieldProblem, NumberField, parse_number
from gui.widgets.formula import Formula
from gui.widgets.plate import number_text
from gui.widgets.section import Section

CORRELATION_TEX = r"z = \sum_{c}\,\sum_{i,j}\; x_{c}(i+sy,\, j+sx)\; w_{c}(i,j) \;+\; b"
CONVOLUTION_TEX = r"z = \sum_{c}\,\sum_{i,j}\; x_{c}(i+sy,\, j+sx)\; w_{c}(k-1-i,\,k-1-j) + b"


class Facts(QWidget):
    """A small table: names on the left, numbers on the right that stand still while they change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(space.m)
        self._grid.setVerticalSpacing(space.xs)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []

    def show_rows(self, rows: list[tuple[str, str, str]]) -> None:
        """Show (name, value, tooltip) rows."""
        for index, (name, value, tip) in enumerate(rows):
            if index == len(self._rows):
                self._add()
            left, right = self._rows[index]
            left.setText(name)
            right.setText(value)
            for label in (left, right):
                label.setToolTip(tip)
                label.show()
        for left, right in self._rows[len(rows) :]:
            left.hide()
            right.hide()

    def texts(self) -> dict[str, str]:
        """The rows on show, for tests and for copying."""
        return {left.text(): right.text() for left, right in self._rows if not left.isHidden()}

    def _add(self) -> None:
        left, right = QLabel(), QLabel()
        left.setProperty("role", "muted")
        right.setFont(theme.font("small", mono=True))
        right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        right.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        right.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = len(self._rows)
        self._grid.addWidget(left, row, 0)
        self._grid.addWidget(right, row, 1)
        self._rows.append((left, right))


class Badge(QFrame):
    """ "Checked against torch": whether the numbers agree and by how much they differ at most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        column = QVBoxLayout(self)
        column.setContentsMargins(space.m, space.s, space.m, space.s)
        column.setSpacing(2)
        self.title, self.detail = QLabel(), QLabel()
        self.detail.setProperty("role", "muted")
        self.detail.setWordWrap(True)
        column.addWidget(self.title)
        column.addWidget(self.detail)
        self.show_waiting()

    def show_waiting(
        self, reason: str = "PyTorch is still loading; the numbers are computed without it."
    ) -> None:
        self._show("Not checked yet", reason, "")

    def show_checking(self) -> None:
        self._show("Checking…", "The same convolution runs in PyTorch.", "")

    def show_result(self, result: CheckResult) -> None:
        difference = (
            "0" if result.max_abs_difference == 0 else f"{result.max_abs_difference:.1e}".replace("-", "−")
        )
        if result.agrees:
            self._show(
                "✓ Checked against torch", f"largest difference {difference} · {result.reference}", "good"
            )
        else:
            limit = f"{result.tolerance:.0e}".replace("-", "−")
            self._show(
                "✗ Differs from torch",
                f"largest difference {difference}, more than {limit} · {result.reference}",
                "error",
            )

    def show_failure(self, sentence: str) -> None:
        self._show("Could not be checked", sentence, "warn")

    def _show(self, title: str, detail: str, role: str) -> None:
        self.title.setText(title)
        self.title.setProperty("role", role)
        self.title.style().unpolish(self.title)
        self.title.style().polish(self.title)
        self.detail.setText(detail)
        self.setAccessibleName(f"{title}. {detail}")


@dataclass(frozen=True, slots=True)
class Score:
    """How a person's predictions went."""

    right: int = 0
    asked: int = 0


class Predictor(QWidget):
    """Predict, then reveal: the person types the next cell or the output shape, and it is checked."""

    answered = Signal(str, bool)
    """What was asked ("cell" or "shape") and whether the answer was right."""
    gaveUp = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.score = Score()
        self._expected: float = 0.0
        self._shape: tuple[int, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        self.question = QLabel()
        self.question.setWordWrap(True)
        self.cell = NumberField("Your number")
        self.shape = _ShapeField()
        self.check = QPushButton("Check")
        self.check.setProperty("primary", True)
        self.reveal = QPushButton("Reveal")
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        for widget in (self.question, self.cell, self.shape, self.check, self.reveal, self.verdict):
            column.addWidget(widget)
        self.check.clicked.connect(self._check)
        self.cell.edit.returnPressed.connect(self._check)
        self.shape.edit.returnPressed.connect(self._check)
        self.reveal.clicked.connect(self.gaveUp)
        self._asking = ""

    def ask_cell(self, value: float, place: str) -> None:
        """Ask for the output cell of the step."""
        self._expected = value
        self._ask("cell", f"Which number goes into output {place}?")
        self.cell.edit.clear()

    def ask_shape(self, shape: tuple[int, ...]) -> None:
        """Ask for the shape of the output, rows x columns x maps."""
        self._shape = shape
        self._ask("shape", "Which shape does the output have?")
        self.shape.edit.clear()

    def show_done(self, text: str = "") -> None:
        """Nothing is asked at the moment."""
        self._asking = ""
        self.question.setText(text or "Step on: the next cell is blank until you have said what goes in.")
        for widget in (self.cell, self.shape, self.check, self.reveal):
            widget.hide()

    def _ask(self, what: str, question: str) -> None:
        self._asking = what
        self.question.setText(question)
        self.cell.setVisible(what == "cell")
        self.shape.setVisible(what == "shape")
        self.check.show()
        self.reveal.show()
        self.verdict.clear()

    @Slot()
    def _check(self) -> None:
        if not self._asking:
            return
        right, said = self._is_right()
        if said is None:
            return
        self.score = Score(self.score.right + int(right), self.score.asked + 1)
        text = f"✓ {said} is right." if right else f"✗ {said} is not it. Try again, or reveal."
        self.verdict.setText(f"{text}  {self.score.right} of {self.score.asked} right.")
        self.verdict.setProperty("role", "good" if right else "warn")
        self.verdict.style().unpolish(self.verdict)
        self.verdict.style().polish(self.verdict)
        asked = self._asking
        self.answered.emit(asked, right)

    def _is_right(self) -> tuple[bool, str | None]:
        try:
            if self._asking == "shape":
                return self.shape.matches(self._shape), self.shape.edit.text().strip()
            value = float(parse_number(self.cell.edit.text()))
        except FieldProblem as problem:
            self.verdict.setProperty("role", "error")
            self.verdict.setText(problem.message)
            return False, None
        # What a person works out on paper from the digits on the screen counts as right.
        tolerance = 0.5 * 10 ** -_decimals(self._expected) + 1e-9
        return abs(value - self._expected) <= tolerance, number_text(value, _decimals(value))


class _ShapeField(NumberField):
    """Takes "4 x 4 x 2", "4,4,2" or "4 4 2"; one number too few or too many is said."""

    def __init__(self) -> None:
        super().__init__("H × W × maps")
        self.edit.returnPressed.disconnect(self.commit)
        self.edit.left.disconnect(self.commit)

    def matches(self, shape: tuple[int, ...]) -> bool:
        """Whether the typed shape is `shape`.

        Raises:
            FieldProblem: the text is no shape.
        """
        text = self.edit.text().lower()
        for sign in "x×*,;":
            text = text.replace(sign, " ")
        parts = text.split()
        if len(parts) not in (2, 3):
            raise FieldProblem("A shape has three numbers, for example 4 x 4 x 1.")
        numbers = tuple(int(parse_number(part, integer=True, low=0)) for part in parts)
        return (
            numbers == shape[: len(numbers)] if len(numbers) == 3 else numbers == shape[:2] and shape[2] == 1
        )


class ConvolutionInspector:
    """Fills the page's right panel."""

    def __init__(self, panel: SidePanel) -> None:
        self.under = Facts()
        self.formula = Formula()
        self.step_facts = Facts()
        self.badge = Badge()
        self.predictor = Predictor()
        self.cost = Facts()
        self.predict_section = Section("Predict, then reveal")
        self.predict_section.add(self.predictor)
        self.whole = Facts()
        self.under_section = _section("Under the cursor", self.under)
        self.step_section = _section("This output", self.formula, self.step_facts, self.badge)
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
        panel.end()
        self.show_under([])

    def show_view(self, view: str) -> None:
        """Show the sections that speak of what the stage shows."""
        self.whole_section.setVisible(view == "image")
        self.step_section.setVisible(view != "image")
        self.cost_section.setVisible(view != "image")

    def show_step(self, resolved: Resolved, *, secret: bool, secret_shape: bool) -> None:
        """Show the numbers of a step; a value that is to be predicted stays hidden."""
        step, done = resolved.step, resolved.trace
        tex = CONVOLUTION_TEX if done.spec.flip else CORRELATION_TEX
        lines = [tex]
        if done.spec.activation == "relu":
            lines.append(r"a = \mathrm{ReLU}(z) = \max(0, z)")
        if self.formula.lines != tuple(lines):
            self.formula.set_lines(lines)
        known = "?" if secret else _text(step.pre)
        rows = [
            (
                "cell",
                f"row {step.row}, col {step.col}, map {step.filter + 1}",
                "Which cell the window fills.",
            ),
            (
                "window",
                f"rows {step.rows[0]}–{step.rows[-1]}, cols {step.cols[0]}–{step.cols[-1]}",
                "In the padded input, counted from 0.",
            ),
            ("sum of products", "?" if secret else _text(step.total), "Over all channels of the filter."),
            ("+ bias", _text(step.bias), "One number a filter."),
            ("= z", known, "Before the activation."),
        ]
        if done.spec.activation == "relu":
            rows.append(("max(0, z)", "?" if secret else _text(step.value), "After the activation."))
        self.step_facts.show_rows(rows)
        self._show_cost(resolved, secret_shape)

    def show_under(self, rows: list[tuple[str, str, str]]) -> None:
        """Show what the pointer is on."""
        self.under.show_rows(
            rows or [("point at a cell", "", "Every number of the stage can be asked where it comes from.")]
        )

    def _show_cost(self, resolved: Resolved, secret_shape: bool) -> None:
        cost, done, state = resolved.cost, resolved.trace, resolved.state
        filters, rows, columns = done.shape
        shape = "? × ? × ?" if secret_shape else f"{rows} × {columns} × {filters}"
        per = cost.per_filter
        self.cost.show_rows(
            [
                ("height", "?" if secret_shape else size_formula(state, done.geometry.output_hw[0]), "⌊(n + 2p − d(f − 1) − 1) / s⌋ + 1 with the numbers filled in; the width likewise."),
                ("output", shape, "Height × width × maps."),
                ("a filter has", f"{per - 1:,} + 1 parameters", "Weights and one bias; shared by all positions."),
                ("parameters", f"{cost.parameters:,}", "Of all filters together."),
                ("MACs", f"{cost.macs:,}", "Multiply-accumulate operations: one product and one sum each."),
                ("FLOPs", f"{cost.flops:,}", "Floating-point operations: two a MAC, and one a bias that is added."),
                ("memory", _bytes(cost.input_bytes + cost.activation_bytes + cost.weight_bytes), "Input, output and weights as float32."),
                ("weight reuse", f"{cost.sharing:,}×", "Parameter sharing: the number of positions at which the same weight is applied."),
                ("reads", f"{cost.connections_per_output:,} of {cost.fc_connections_per_output:,} inputs", f"Sparsity: {cost.density:.1%} of the connections that a fully connected layer has."),
                ("fully connected", f"{cost.fc_parameters:,} parameters", "A fully connected layer between the same two volumes."),
                ("", f"{cost.fc_macs:,} MACs", "A fully connected layer between the same two volumes."),
            ]
        )  # fmt: skip


def _section(title: str, *widgets: QWidget) -> Section:
    section = Section(title)
    for widget in widgets:
        section.add(widget)
    return section


def size_formula(state: ConvolutionState, result: int) -> str:
    """The output size with the numbers filled in."""
    if state.padding == "same_tf":
        return (
            f"{state.height}·{state.stride} = {result}"
            if state.transposed
            else f"⌈{state.height}/{state.stride}⌉ = {result}"
        )
    pad = {"valid": 0, "same": (state.dilation * (state.size - 1)) // 2}.get(state.padding, state.pad)
    span = state.dilation * (state.size - 1) + 1
    if state.transposed:
        return f"({state.height}−1)·{state.stride} − 2·{pad} + {span} = {result}"
    return f"⌊({state.height}+2·{pad}−{span})/{state.stride}⌋+1 = {result}"


def _text(value: float) -> str:
    return number_text(value, _decimals(value))


def _decimals(value: float) -> int:
    if abs(value - round(value)) < 1e-9:
        return 0
    return 2 if abs(value) >= 0.1 else 4


def _bytes(count: int) -> str:
    if count < 1024:
        return f"{count} B"
    if count < 1024**2:
        return f"{count / 1024:.1f} KiB"
    return f"{count / 1024**2:.1f} MiB"
