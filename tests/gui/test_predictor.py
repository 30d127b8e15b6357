"""The predictor as somebody who types: the keys stay where the next answer goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.predictor import Option, Predictor


@pytest.fixture
def predictor(qtbot: QtBot) -> Iterator[Predictor]:
    window = QWidget()
    qtbot.addWidget(window)
    made = Predictor()
    column = QVBoxLayout(window)
    stage = QPushButton("stage")
    column.addWidget(stage)
    column.addWidget(made)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    stage.setFocus()
    yield made


def type_answer(text: str) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, text)
    QTest.keyClick(focus, Qt.Key.Key_Return)


def test_after_the_shape_the_number_is_typed_without_a_click(predictor: Predictor) -> None:
    answers: list[tuple[str, bool]] = []
    predictor.answered.connect(lambda what, right: answers.append((what, right)))
    predictor.answered.connect(
        lambda what, right: predictor.ask_cell(-5, "row 0, column 0") if right else None
    )
    predictor.ask_shape((4, 4, 1))
    predictor.take_focus()
    type_answer("4x4x1")
    assert QApplication.focusWidget() is predictor.cell.edit
    type_answer("-5")
    assert answers == [("shape", True), ("cell", True)]


def test_the_keys_go_back_when_everything_is_said(predictor: Predictor, qtbot: QtBot) -> None:
    predictor.answered.connect(lambda _what, right: predictor.show_done() if right else None)
    predictor.ask_cell(7, "row 0, column 0")
    predictor.take_focus()
    with qtbot.waitSignal(predictor.doneTyping):
        type_answer("7")


def test_a_question_takes_no_keys_from_somebody_who_walks(predictor: Predictor) -> None:
    predictor.ask_cell(1, "row 0, column 0")
    assert isinstance(QApplication.focusWidget(), QPushButton)


def choose(predictor: Predictor) -> list[QPushButton]:
    """Ask for one of three answers; the buttons that give them."""
    options = [Option("36", remark="That forgets the + 1."), Option("37", right=True), Option("39")]
    predictor.ask_choice("How many rows?", options)
    return [button for button in predictor.choices.buttons if button.isVisible()]


def test_an_answer_is_chosen_by_its_number_or_by_a_click(predictor: Predictor) -> None:
    answers: list[tuple[str, bool]] = []
    predictor.answered.connect(lambda what, right: answers.append((what, right)))
    buttons = choose(predictor)
    assert [button.text() for button in buttons] == ["1   36", "2   37", "3   39"]
    predictor.pick(0)
    predictor.pick(0)
    predictor.pick(7)
    assert answers == [("choice", False)] and "forgets the + 1" in predictor.verdict.text()
    assert not buttons[0].isEnabled() and predictor.check.isHidden() and predictor.reveal.isHidden()
    QTest.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    assert answers[1:] == [("choice", True)] and "1 of 2 right" in predictor.verdict.text()


def test_a_choice_is_given_up_and_makes_way_for_another_question(predictor: Predictor) -> None:
    gave_up: list[bool] = []
    predictor.gaveUp.connect(lambda: gave_up.append(True))
    choose(predictor)
    QTest.mouseClick(predictor.choices.reveal, Qt.MouseButton.LeftButton)
    assert gave_up == [True]
    predictor.ask_choice("And now?", [Option("1", right=True), Option("2")])
    assert [button.isVisible() for button in predictor.choices.buttons] == [True, True, False]
    assert all(button.isEnabled() for button in predictor.choices.buttons[:2])
    predictor.ask_cell(4.0, "row 0")
    assert (
        predictor.choices.isHidden() and predictor.choices.reveal.isHidden() and predictor.check.isVisible()
    )
    predictor.pick(0)
    predictor.show_done()
    predictor.pick(0)
    assert predictor.score.asked == 0, "nothing to choose from"
