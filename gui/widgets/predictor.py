"""Predict, then reveal: a question, a field for the answer, a verdict and a score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.theme import space, theme
from gui.widgets.fields import FieldProblem, NumberField, parse_number
from gui.widgets.plate import number_text

EXAMPLES = ("5 x 7 x 2", "9 x 3 x 4")
"""Shapes that show how a shape is typed; the second one is for when the first is the answer."""


@dataclass(frozen=True, slots=True)
class Score:
    """How a person's predictions went."""

    right: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose; `remark` says what is wrong with it."""

    text: str
    right: bool = False
    remark: str = ""


class AnswerField(NumberField):
    """Takes an answer as it is typed; whether it is right is for the predictor, nothing is committed or stepped."""

    def __init__(self, label: str, placeholder: str) -> None:
        super().__init__(label)
        self.edit.setPlaceholderText(placeholder)
        self.edit.clear()

    def _connect(self) -> None:
        self.edit.escaped.connect(self.edit.clear)
        theme.changed.connect(self._retint)

    def number(self) -> float:
        """The typed number.

        Raises:
            FieldProblem: the text is no number.
        """
        return float(parse_number(self.edit.text()))


class ShapeField(AnswerField):
    """Takes "4 x 4 x 2", "4,4,2" or "4 4 2"; one number too few or too many is said."""

    def __init__(self) -> None:
        super().__init__("", "")  # the question names the three numbers, the field needs the room
        self.edit.setAccessibleName("Height × width × maps")
        self._example = ""
        self.ask(())

    def ask(self, shape: tuple[int, ...]) -> None:
        """Begin with an empty field and an example that is not the answer."""
        self._example = next(text for text in EXAMPLES if _numbers(text) != shape)
        self.edit.setPlaceholderText(f"for example {self._example}")
        self.edit.clear()

    def matches(self, shape: tuple[int, ...]) -> bool:
        """Whether the typed shape is `shape`; rows and columns are enough where there is one map.

        Raises:
            FieldProblem: the text is no shape.
        """
        numbers = _numbers(self.edit.text())
        if len(numbers) not in (2, 3):
            raise FieldProblem(f"A shape has three numbers, for example {self._example}.")
        return numbers == shape if len(numbers) == 3 else (*numbers, 1) == shape


def _numbers(text: str) -> tuple[int, ...]:
    """The whole numbers of a typed shape; raises FieldProblem."""
    for sign in "x×*,;":
        text = text.lower().replace(sign, " ")
    return tuple(int(parse_number(part, integer=True, low=0)) for part in text.split())


class Predictor(QWidget):
    """Asks for the next cell, for the output's shape, or for one of a few answers, and checks what a person says."""

    answered = Signal(str, bool)
    """What was asked ("cell", "shape" or "choice") and whether the answer was right."""
    gaveUp = Signal()
    doneTyping = Signal()
    """The person typed the last answer that was asked for: the keys belong to the stage again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.score = Score()
        self._expected: float = 0.0
        self._shape: tuple[int, ...] = ()
        self._asking = ""
        self.question, self.verdict = QLabel(), QLabel()
        self.cell, self.shape = AnswerField("Your number", "a number"), ShapeField()
        self.check, self.reveal = QPushButton("Check"), QPushButton("Reveal")
        self.check.setProperty("primary", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for label in (self.question, self.verdict):
            label.setWordWrap(True)
        self.choices = _Choices(self._choose, self.gaveUp.emit)
        head = QHBoxLayout()
        head.setSpacing(space.s)
        head.addWidget(self.question, 1)
        head.addWidget(self.choices.reveal)
        column.addLayout(head)
        for widget in (self.cell, self.shape, self.choices, self.check, self.reveal, self.verdict):
            column.addWidget(widget)
        for widget in (self.choices, self.choices.reveal):
            widget.hide()
        self.check.clicked.connect(self._check)
        self.cell.edit.returnPressed.connect(self._check)
        self.shape.edit.returnPressed.connect(self._check)
        self.reveal.clicked.connect(self.gaveUp)

    def ask_cell(self, value: float, place: str) -> None:
        """Ask for the output cell of the step."""
        self._expected = value
        self._ask("cell", f"Which number goes into output {place}?")
        self.cell.edit.clear()

    def ask_shape(self, shape: tuple[int, ...]) -> None:
        """Ask for the shape of the output, rows x columns x maps."""
        self._shape = shape
        self._ask("shape", "Which shape does the output have: height × width × maps?")
        self.shape.ask(shape)

    def ask_choice(self, question: str, options: Sequence[Option]) -> None:
        """Ask for one of a few answers; `pick(0)` is what the key 1 does."""
        self.choices.show_options(options)
        self._ask("choice", question)

    @Slot(int)
    def pick(self, index: int) -> None:
        """Choose an answer by its place, if there is one and it was not chosen before."""
        if self._asking == "choice":
            self.choices.press(index)

    def show_done(self, text: str = "") -> None:
        """Nothing is asked at the moment."""
        if self._asking and self._typing():
            self.doneTyping.emit()
        self._asking = ""
        self.question.setText(text or "Step on: the next cell is blank until you have said what goes in.")
        for widget in (self.cell, self.shape, self.choices, self.choices.reveal, self.check, self.reveal):
            widget.hide()

    def take_focus(self) -> None:
        """The person is to type now."""
        field = {"cell": self.cell, "shape": self.shape}.get(self._asking)
        if field is not None:
            field.edit.setFocus()

    def _typing(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _ask(self, what: str, question: str) -> None:
        goes_on = self._typing()  # before the field that has the focus is hidden
        self._asking = what
        self.question.setText(question)
        self.cell.setVisible(what == "cell")
        self.shape.setVisible(what == "shape")
        self.choices.setVisible(what == "choice")
        self.choices.reveal.setVisible(what == "choice")
        for button in (self.check, self.reveal):
            button.setVisible(what != "choice")
        self.verdict.clear()
        if goes_on:
            self.take_focus()

    def _choose(self, option: Option) -> None:
        """One of the answers was chosen; it can be chosen once."""
        self.score = Score(self.score.right + int(option.right), self.score.asked + 1)
        text = (
            f"✓ {option.text} is right."
            if option.right
            else f"✗ {option.text} is not it. {option.remark}".rstrip()
        )
        self.answered.emit("choice", option.right)
        self._say(
            f"{text}  {self.score.right} of {self.score.asked} right.", "good" if option.right else "warn"
        )

    @Slot()
    def _check(self) -> None:
        if self._asking not in ("cell", "shape"):
            return
        try:
            right, said = self._judged()
        except FieldProblem as problem:
            self._say(problem.message, "error")
            return
        self.score = Score(self.score.right + int(right), self.score.asked + 1)
        text = f"✓ {said} is right." if right else f"✗ {said} is not it. Try again, or reveal."
        # A right answer may bring the next question, which clears the verdict of the last one: tell first, say then.
        self.answered.emit(self._asking, right)
        self._say(f"{text}  {self.score.right} of {self.score.asked} right.", "good" if right else "warn")

    def _say(self, text: str, role: str) -> None:
        self.verdict.setText(text)
        self.verdict.setProperty("role", role)
        self.verdict.style().unpolish(self.verdict)
        self.verdict.style().polish(self.verdict)

    def _judged(self) -> tuple[bool, str]:
        """Whether the answer is right, and the answer as it was understood; raises FieldProblem."""
        if self._asking == "shape":
            return self.shape.matches(self._shape), self.shape.edit.text().strip()
        value = self.cell.number()
        # What a person works out on paper from the digits on the screen counts as right.
        tolerance = 0.5 * 10 ** -_decimals(self._expected) + 1e-9
        return abs(value - self._expected) <= tolerance, number_text(value, _decimals(value))


class _Choices(QWidget):
    """Numbered answers side by side, each a button; the button that gives up is placed by the predictor."""

    def __init__(self, chosen: Callable[[Option], None], give_up: Callable[[], None]) -> None:
        super().__init__()
        self._chosen = chosen
        self.reveal = QPushButton("Reveal")
        self.reveal.setProperty("flat", True)
        self.reveal.clicked.connect(give_up)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(space.s)
        self.buttons: list[QPushButton] = []
        self._options: tuple[Option, ...] = ()

    def show_options(self, options: Sequence[Option]) -> None:
        """Offer other answers."""
        self._options = tuple(options)
        while len(self.buttons) < len(options):
            button = QPushButton()
            button.clicked.connect(self._clicked)
            self._row.insertWidget(len(self.buttons), button, 1)
            self.buttons.append(button)
        for number, (button, option) in enumerate(zip(self.buttons, options, strict=False), start=1):
            button.setText(f"{number}   {option.text}")
            button.setAccessibleName(f"Answer {number}: {option.text}")
            button.setEnabled(True)
            button.show()
        for button in self.buttons[len(options) :]:
            button.hide()

    def press(self, index: int) -> None:
        """Choose an answer by its place."""
        if 0 <= index < len(self._options) and self.buttons[index].isEnabled():
            self.buttons[index].setEnabled(False)
            self._chosen(self._options[index])

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        if sender in self.buttons:
            self.press(self.buttons.index(sender))


def _decimals(value: float) -> int:
    if abs(value - round(value)) < 1e-9:
        return 0
    return 2 if abs(value) >= 0.1 else 4
