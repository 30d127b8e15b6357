"""The card beneath the table: what happens at the layer on show, what is wrong with it, or what a person is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.foundations.calculator.joins import Misfit, Remedy
from gui.pages.shapes import words
from gui.pages.shapes.formulas import Worked, field_formulas, formulas
from gui.pages.shapes.resolve import Resolved
from gui.pages.shapes.worked import WorkedFormulas
from gui.theme import ICON_SIZE, space, theme
from gui.widgets.predictor import Predictor
from gui.widgets.wrapped import Wrapped

HEIGHT, LOW_HEIGHT = 196, 128
LOW_STAGE: Final = 600
"""Stages lower than this get the low card: the formulas that the table does not have."""
INPUT_TEXT: Final = (
    "a[0] is what comes in: n_H × n_W × n_C for one example, A[0] with m of them. Choose a layer, or step on."
)
BEHIND: Final = "Or change a layer before it. Those behind it stay; nothing is known about them yet."
LOST: Final = "A layer before this one does not fit, so nothing is known about what comes in here."
PLAIN: Final = {
    "relu": "ReLU sets negative values to zero. The shape stays; nothing is learned, and nothing is counted.",
    "batchnorm": "Batch norm learns a factor γ and an offset β a channel. The shape stays.",
    "globalpool": "Every channel becomes the mean of its values: one number, whatever the size of the map.",
    "flatten": "All values in one row, channel by channel; nothing is computed.",
}
NO_RECURRENCE: Final = (
    "The size follows from the spans: behind a layer that enlarges, neighbours read differently much."
)


class Remedies(QWidget):
    """What is wrong with a layer and a button for each change that helps."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.icon, self.text = QLabel(), Wrapped("")
        self.buttons: list[QPushButton] = []
        self._remedies: tuple[Remedy, ...] = ()
        top = QHBoxLayout()
        top.setSpacing(space.s)
        top.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.text, 1)
        self._row = QHBoxLayout()
        self._row.setSpacing(space.s)
        self._row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.m)
        column.addLayout(top)
        column.addLayout(self._row)
        column.addStretch(1)
        theme.changed.connect(self._retint)
        self._retint()

    def show_misfit(self, misfit: Misfit) -> None:
        """Show another problem."""
        self.text.say(misfit.message)
        self._remedies = misfit.remedies
        while len(self.buttons) < len(misfit.remedies):
            button = QPushButton()
            button.clicked.connect(self._clicked)
            self._row.insertWidget(len(self.buttons), button)
            self.buttons.append(button)
        for button, remedy in zip(self.buttons, misfit.remedies, strict=False):
            button.setText(remedy.title)
            button.show()
        for button in self.buttons[len(misfit.remedies) :]:
            button.hide()

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        if sender in self.buttons:
            self.chosen.emit(self._remedies[self.buttons.index(sender)])

    @Slot()
    def _retint(self) -> None:
        icon = theme.icon("alert-circle-outline", theme.colors.error)
        self.icon.setPixmap(icon.pixmap(QSize(ICON_SIZE, ICON_SIZE)))


class Strip(QFrame):
    """Title, then formulas, or a problem with its cures, or a question; and a remark."""

    remedyChosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setFixedHeight(HEIGHT)
        self.title, self.remark = QLabel(), Wrapped("muted")
        self.title.setProperty("role", "section")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.worked, self.remedies, self.predictor = WorkedFormulas(), Remedies(), Predictor()
        self.pages = QStackedWidget()
        for page in (self.worked, self.remedies, self.predictor):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.s, space.l, space.s)
        column.setSpacing(space.s)
        column.addWidget(self.title)
        column.addWidget(self.pages, 1)
        column.addWidget(self.remark)
        self.remedies.chosen.connect(self.remedyChosen)

    def show_chain(self, resolved: Resolved, *, asking: bool, verdict: str = "") -> None:
        """Show what belongs to the layer on show; `asking`: its output is to be predicted."""
        step = resolved.step
        self.title.setText(title(resolved))
        self.title.setVisible(not asking)  # the question says the same
        if asking:
            self._turn_to(self.predictor, "")
        elif step is not None and step.misfit is not None:
            self.remedies.show_misfit(step.misfit)
            self._turn_to(self.remedies, BEHIND)
        else:
            lines = field_formulas(resolved) if resolved.state.view == "field" else formulas(resolved)
            self.worked.show_formulas(lines)
            self._turn_to(self.worked, " ".join(filter(None, [verdict, *remarks(resolved, lines)])))

    def fit(self, stage_height: int) -> None:
        """Leave the drawing its room on a low stage."""
        self.setFixedHeight(LOW_HEIGHT if stage_height < LOW_STAGE else HEIGHT)

    def _turn_to(self, page: QWidget, remark: str) -> None:
        self.pages.setCurrentWidget(page)
        self.remark.say(remark)
        self.remark.setVisible(bool(remark))


def title(resolved: Resolved) -> str:
    """The layer with what comes in and out."""
    step = resolved.step
    if step is None:
        return f"The input: {words.shape_text(resolved.chain.input_shape)}"
    name = f"Layer {step.index}, {words.TITLES[step.layer.kind]}"
    if step.in_shape is None:
        return name
    if step.misfit is not None:
        return f"{name} does not fit {words.shape_text(step.in_shape)}"
    after = words.UNKNOWN if resolved.hides(step.index) else words.shape_text(step.out_shape)
    return f"{name}: {words.shape_text(step.in_shape)} → {after}"


def remarks(resolved: Resolved, shown: Sequence[Worked]) -> list[str]:
    """What the formulas do not say."""
    step = resolved.step
    if step is None:
        return [INPUT_TEXT]
    if step.in_shape is None:
        return [LOST]
    found = list(step.remarks)
    if resolved.state.view == "field":
        if step.field is not None and step.field.everything:
            found = ["Every output of this layer depends on the whole input."]
        elif any(window.up for window in step.windows or ()) and step.field is not None:
            found = [f"An output depends on up to {step.field.size} pixels a side. {NO_RECURRENCE}"]
        elif step.field is not None:
            size, jump = step.field.size, words.jump(step.field)
            found = [
                f"One output depends on {size} × {size} pixels; its neighbour’s field lies {jump} further on."
            ]
        return found
    plain = PLAIN.get(step.layer.kind)
    return [plain, *found] if plain else found
