"""Facts, badge and predictor: nothing is clipped, nothing is given away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import space
from gui.widgets.facts import Facts
from gui.widgets.formula import Formula, loader
from gui.widgets.predictor import EXAMPLES, Predictor

LONG = "rows 123–456, cols 1234–5678, and a good deal more"


@pytest.mark.parametrize("width", [90, 140, 238, 500])
def test_a_value_that_does_not_fit_goes_beneath_its_name(qtbot: QtBot, width: int) -> None:
    facts = Facts()
    qtbot.addWidget(facts)
    facts.show_rows([("name", "1", ""), ("window", LONG, "tip"), ("point at a cell", "", "")])
    facts.resize(width, facts.heightForWidth(width))
    facts.show()
    for label in facts.findChildren(QLabel):
        if not label.text():
            continue
        room = label.contentsRect()
        flags = Qt.TextFlag.TextWordWrap if label.wordWrap() else Qt.TextFlag.TextSingleLine
        needed = QFontMetrics(label.font()).boundingRect(room, flags, label.text())
        assert needed.width() <= room.width() and needed.height() <= room.height(), label.text()
        parent = label.parentWidget()
        assert parent is not None and parent.rect().contains(label.geometry())
    assert facts.texts() == {"name": "1", "window": LONG, "point at a cell": ""}


def test_a_name_beside_a_taller_value_is_not_wrapped(qtbot: QtBot) -> None:
    """Sans and mono lines differ by a pixel; the name of a row is as high as the taller one, and one line still."""
    facts = Facts()
    qtbot.addWidget(facts)
    facts.show_rows([("memory of A", "22.6 KiB", "")])
    facts.resize(300, 40)
    facts.show()
    assert not any(label.wordWrap() for label in facts.findChildren(QLabel))


def test_a_short_value_stays_beside_its_name_and_rows_go_away(qtbot: QtBot) -> None:
    facts = Facts()
    qtbot.addWidget(facts)
    facts.show_rows([("a", "1", ""), ("b", "2", "")])
    one_line = facts.heightForWidth(240)
    facts.show_rows([("a", LONG, ""), ("b", "2", "")])
    assert facts.heightForWidth(140) > one_line
    facts.show_rows([("a", "1", "")])
    assert facts.texts() == {"a": "1"}


def test_a_formula_shrinks_to_the_room_it_has(qtbot: QtBot) -> None:
    loader.load()
    formula = Formula(r"z(r, q) = \sum_{c} \sum_{i,j} x_c(s r + d i - p, s q + d j - p) w_c(i, j) + b")
    qtbot.addWidget(formula)
    wide = formula.sizeHint()
    assert formula.heightForWidth(wide.width() + 50) == wide.height()
    half = wide.width() // 2
    assert formula.heightForWidth(half) == pytest.approx(wide.height() / 2, abs=1)
    formula.resize(half, formula.heightForWidth(half))
    image = formula.grab().toImage()
    ground = image.pixelColor(image.width() - 1, image.height() - 1)
    assert all(image.pixelColor(image.width() - 1, y) == ground for y in range(image.height()))


class TestPredictor:
    @pytest.fixture
    def predictor(self, qtbot: QtBot) -> Predictor:
        found = Predictor()
        qtbot.addWidget(found)
        found.show()
        return found

    @pytest.mark.parametrize("shape", [(4, 4, 1), (5, 7, 2)])
    def test_the_example_is_not_the_answer(self, predictor: Predictor, shape: tuple[int, ...]) -> None:
        predictor.ask_shape(shape)
        hint = predictor.shape.edit.placeholderText()
        assert any(example in hint for example in EXAMPLES)
        assert " x ".join(map(str, shape)) not in hint
        predictor.shape.edit.setText("4")
        QTest.mouseClick(predictor.check, Qt.MouseButton.LeftButton)
        assert " x ".join(map(str, shape)) not in predictor.verdict.text()
        assert predictor.score.asked == 0

    def test_arrow_keys_and_leaving_make_no_answer(self, predictor: Predictor) -> None:
        predictor.ask_cell(3.0, "row 0, column 0")
        QTest.keyClick(predictor.cell.edit, Qt.Key.Key_Up)
        predictor.shape.setFocus()
        assert predictor.cell.edit.text() == "" and predictor.cell.edit.placeholderText() == "a number"
        QTest.keyClicks(predictor.cell.edit, "3.0")
        QTest.keyClick(predictor.cell.edit, Qt.Key.Key_Return)
        assert "✓ 3 " in predictor.verdict.text()


def test_room_that_is_kept_stays_while_rows_come_and_go(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    facts, below = Facts(), QLabel("below")
    column = QVBoxLayout(holder)
    column.addWidget(facts)
    column.addWidget(below)
    column.addStretch(1)
    facts.keep_room(4)
    holder.resize(260, 400)
    holder.show()
    places = []
    for count in (1, 4, 2):
        facts.show_rows([(f"name {i}", str(i), "") for i in range(count)])
        QApplication.processEvents()
        places.append(below.y())
    assert len(set(places)) == 1
    assert [row.y() for row in facts.findChildren(QLabel) if row.text() == "0"] == [0]


def test_before_its_width_is_known_a_row_asks_for_one_line(qtbot: QtBot) -> None:
    facts = Facts()
    qtbot.addWidget(facts)
    facts.show_rows([("parameters", "61,706", ""), ("output", "28 × 28 × 6", "")])
    line = QFontMetrics(facts.findChildren(QLabel)[0].font()).height()
    assert facts.sizeHint().height() <= 2 * (line + space.s)


def test_rows_keep_together_in_more_room_than_they_need(qtbot: QtBot) -> None:
    facts = Facts()
    qtbot.addWidget(facts)
    facts.show_rows([(f"name {i}", str(i), "") for i in range(3)])
    facts.resize(240, 600)
    facts.show()
    values = [label.mapTo(facts, label.rect().bottomLeft()).y() for label in facts.findChildren(QLabel)]
    assert max(values) <= facts.heightForWidth(240) < 600


def test_a_number_that_needs_no_other_height_moves_nothing(qtbot: QtBot) -> None:
    panel, facts = QWidget(), Facts()
    column = QVBoxLayout(panel)
    column.addWidget(facts)
    qtbot.addWidget(panel)
    facts.show_rows([("took", "12.1 ms", "")])
    panel.resize(300, 100)
    panel.show()
    row = facts.findChildren(QLabel)[0].parentWidget()
    assert row is not None
    QTest.qWait(20)
    asked: list[QEvent.Type] = []

    class Spy(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            asked.append(event.type())
            return False

    spy = Spy()
    panel.installEventFilter(spy)
    facts.show_rows([("took", "13.2 ms", "")])
    QTest.qWait(20)
    assert QEvent.Type.LayoutRequest not in asked
    facts.show_rows([("took", "a long while, and then some more, and then some", "")])
    QTest.qWait(20)
    high = row.height()
    assert QEvent.Type.LayoutRequest in asked and high > row.fontMetrics().height() * 1.5
    panel.resize(900, 100)
    QTest.qWait(20)
    assert row.height() < high
    facts.show_rows(
        [("took", "a long while, and then some more, but not then", "")]
    )  # as high as before, here
    panel.resize(300, 100)
    QTest.qWait(20)
    assert row.height() == high
