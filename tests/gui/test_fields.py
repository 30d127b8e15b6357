"""Fields: what they take, what they refuse and why, and that a refusal changes nothing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QWheelEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.theme import CONTROL_HEIGHT, PANEL_WIDTH
from gui.widgets.fields import (
    REASON_MS,
    FieldProblem,
    NumberField,
    format_number,
    parse_number,
)
from gui.widgets.reason import line_height
from tests.gui.fields_fixtures import Refusal, keep_panels, settle, shown, spied, type_into

__all__ = ["keep_panels"]

LONG_REASON = "A kernel of 9 x 9 does not fit into the padded input of 8 x 8 pixels."


class TestParseNumber:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("3", 3.0), (" 3 ", 3.0), ("1,5", 1.5), ("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("-2", -2.0),
            ("\u22122", -2.0), ("+2", 2.0), ("1e-3", 1e-3), ("1/9", 1 / 9), ("-1 / 4", -0.25), ("1E2", 100.0),
            ("1,000,000", 1e6), ("-12,345,678.5", -12345678.5), ("1,000", 1.0),
        ],
    )  # fmt: skip
    def test_reads_floats_as_people_write_them(self, text: str, value: float) -> None:
        result = parse_number(text)
        assert result == value
        assert isinstance(result, float)

    @pytest.mark.parametrize(
        ("text", "value"), [("3", 3), ("3.0", 3), ("3,0", 3), ("1e1", 10), ("-0", 0), ("6/2", 3)]
    )
    def test_reads_whole_numbers_as_int(self, text: str, value: int) -> None:
        result = parse_number(text, integer=True)
        assert result == value
        assert type(result) is int

    @pytest.mark.parametrize(
        ("text", "reason", "nearest"),
        [
            ("", "Empty", 3),
            ("   ", "Empty", 3),
            ("abc", "“abc” is not a number", 3),
            ("1_000", "is not a number", 3),
            ("1,2,3", "is not a number", 3),
            ("0x10", "is not a number", 3),
            ("٣", "is not a number", 3),
            ("--2", "is not a number", 3),
            ("NaN", "NaN", 3),
            ("-nan", "NaN", 3),
            ("inf", "Infinity", 3),
            ("-Infinity", "Infinity", 3),
            ("1/0", "divided by zero", 3),
            ("2.6", "not a whole number", 3),
            ("2.5", "not a whole number", 3),
            ("99.5", "not a whole number", 11),
            ("12", "too large: at most 11", 11),
            ("0", "too small: at least 1", 1),
            ("-5", "too small: at least 1", 1),
            ("1e308", "too large: at most 11", 11),
            ("9" * 5000, "too large: at most 11", 11),
            ("-" + "9" * 400, "too small: at least 1", 1),
        ],
    )
    def test_refuses_with_a_reason_and_the_nearest_legal_value(
        self, text: str, reason: str, nearest: int
    ) -> None:
        with pytest.raises(FieldProblem) as caught:
            parse_number(text, integer=True, low=1, high=11, current=3)
        assert reason in caught.value.message
        assert caught.value.nearest == nearest
        assert len(caught.value.message) < 120  # a pasted novel stays a sentence

    def test_a_float_must_fit_into_32_bits(self) -> None:
        with pytest.raises(FieldProblem, match="32-bit") as caught:
            parse_number("1e308")
        assert caught.value.nearest == pytest.approx(3.4028235e38)
        with pytest.raises(FieldProblem, match="too small"):
            parse_number("-1e39")
        assert parse_number("3.4e38") == 3.4e38

    @given(st.text(max_size=20), st.booleans())
    def test_any_text_is_a_legal_number_or_refused_with_one(self, text: str, integer: bool) -> None:
        try:
            value: object = parse_number(text, integer=integer, low=-2, high=5, current=1)
        except FieldProblem as problem:
            value = problem.nearest
            assert problem.message
        assert isinstance(value, int if integer else float)
        assert -2 <= value <= 5

    @given(st.floats(allow_nan=False, allow_infinity=False, width=32))
    def test_a_shown_number_reads_back_to_six_digits(self, value: float) -> None:
        if abs(value) < 1e38:
            assert math.isclose(parse_number(format_number(value)), value, rel_tol=1e-5)

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (3, "3"),
            (3.0, "3"),
            (-0.0, "0"),
            (0.1 + 0.2, "0.3"),
            (1 / 9, "0.111111"),
            (1e20, "1e+20"),
            (999_999.0, "999999"),
            (999_999.7, "1,000,000"),
            (1e6, "1,000,000"),
            (-1_234_567, "-1,234,567"),
            (1e9, "1,000,000,000"),
        ],
    )
    def test_format(self, value: float, text: str) -> None:
        assert format_number(value) == text

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("2e6", "2,000,000 is too large: at most 1,000,000."),
            ("1e20", "“1e20” is too large: at most 1,000,000."),
            ("1,000,001", "1,000,001 is too large: at most 1,000,000."),
        ],
    )
    def test_a_refusal_writes_its_numbers_out(self, text: str, message: str) -> None:
        with pytest.raises(FieldProblem) as caught:
            parse_number(text, high=1e6)
        assert caught.value.message == message


class TestNumberField:
    def field(self, qtbot: QtBot) -> tuple[NumberField, QSignalSpy]:
        field = NumberField("Bias", value=0.5, low=-10, high=10, step=0.1, unit="px")
        shown(qtbot, field)
        spy = QSignalSpy(field.committed)
        return field, spy

    def test_enter_commits_once(self, qtbot: QtBot) -> None:
        field, spy = self.field(qtbot)
        type_into(qtbot, field, "1,5")
        assert field.value == 0.5
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
        assert field.value == 1.5
        assert field.edit.text() == "1.5"
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
        assert spied(spy) == [1.5]

    def test_leaving_commits(self, qtbot: QtBot) -> None:
        field, other = NumberField("Bias", value=0.5), NumberField("Other")
        shown(qtbot, field, other)
        spy = QSignalSpy(field.committed)
        type_into(qtbot, field, "2")
        other.edit.setFocus()
        assert spied(spy) == [2.0]

    def test_leaving_an_untouched_field_keeps_digits_that_are_not_shown(self, qtbot: QtBot) -> None:
        field, other = NumberField("Ninth", value=1 / 9), NumberField("Other")
        shown(qtbot, field, other)
        spy = QSignalSpy(field.committed)
        field.edit.setFocus()
        other.edit.setFocus()
        assert field.value == 1 / 9
        assert spy.count() == 0

    @pytest.mark.parametrize("text", ["abc", "", "nan", "inf", "1e308", "11"])
    def test_a_refusal_leaves_the_value_and_offers_a_legal_one(self, qtbot: QtBot, text: str) -> None:
        field, spy = self.field(qtbot)
        refusals = QSignalSpy(field.refused)
        type_into(qtbot, field, text)
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
        assert field.value == 0.5
        assert spy.count() == 0
        assert refusals.count() == 1
        assert field.edit.property("invalid") is True
        assert field.problem_label.isVisible()
        assert field.edit.accessibleDescription() == field.problem
        assert field.use_nearest.isVisible()

    def test_the_link_commits_the_nearest_value(self, qtbot: QtBot) -> None:
        field, spy = self.field(qtbot)
        type_into(qtbot, field, "99")
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
        assert field.use_nearest.text() == "Use 10"
        qtbot.mouseClick(field.use_nearest, Qt.MouseButton.LeftButton)
        assert spied(spy) == [10.0]
        assert field.problem == ""
        assert field.edit.property("invalid") is False
        assert not field.use_nearest.isVisible()

    def test_escape_restores_and_only_then_goes_on_to_the_page(self, qtbot: QtBot) -> None:
        field, spy = self.field(qtbot)
        type_into(qtbot, field, "oops")
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
        qtbot.keyClick(field.edit, Qt.Key.Key_Escape)
        assert (field.edit.text(), field.problem, field.value) == ("0.5", "", 0.5)
        assert spy.count() == 0

    def test_alt_and_a_digit_are_left_to_the_page(self, qtbot: QtBot) -> None:
        field, _ = self.field(qtbot)
        qtbot.keyClick(field.edit, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
        assert field.edit.text() == "0.5"
        qtbot.keyClick(field.edit, Qt.Key.Key_3)
        assert "3" in field.edit.text()

    def test_typing_again_takes_the_red_away_but_does_not_commit(self, qtbot: QtBot) -> None:
        field, spy = self.field(qtbot)
        type_into(qtbot, field, "11")
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
        assert field.problem
        qtbot.keyClick(field.edit, Qt.Key.Key_Backspace)
        assert field.problem == ""
        assert spy.count() == 0
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
        assert spied(spy) == [1.0]

    def test_arrow_keys_step_within_the_bounds_without_float_dust(self, qtbot: QtBot) -> None:
        field, spy = self.field(qtbot)
        for _ in range(2):
            qtbot.keyClick(field.edit, Qt.Key.Key_Up)
        qtbot.keyClick(field.edit, Qt.Key.Key_Down)
        assert spied(spy) == [0.6, 0.7, 0.6]
        field.set_value(9.95)
        qtbot.keyClick(field.edit, Qt.Key.Key_PageUp)
        assert field.value == 10
        qtbot.keyClick(field.edit, Qt.Key.Key_Up)
        assert spied(spy)[-1] == 10
        assert spy.count() == 4

    def test_the_wheel_acts_only_on_the_focused_field(self, qtbot: QtBot) -> None:
        field, other = NumberField("A", value=5), NumberField("B")
        shown(qtbot, field, other)
        other.edit.setFocus()
        assert not roll(field, 120)
        assert field.value == 5
        field.edit.setFocus()
        assert roll(field, 120)
        assert field.value == 6
        assert roll(field, -60)
        assert field.value == 6
        assert roll(field, -60)
        assert field.value == 5

    def test_set_value_is_silent_and_clears_a_refusal(self, qtbot: QtBot) -> None:
        field, spy = self.field(qtbot)
        field.show_problem("No.", 3)
        field.set_value(7)
        assert (field.value, field.edit.text(), field.problem, spy.count()) == (7, "7", "", 0)

    def test_a_rule_refuses_with_its_own_reason(self, qtbot: QtBot) -> None:
        field, spy = self.field(qtbot)
        field.set_validate(lambda v: Refusal("bias", "Only up to two.", 2) if v > 2 else None)
        type_into(qtbot, field, "5")
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
        assert field.problem == "Only up to two."
        assert field.use_nearest.text() == "Use 2"
        assert spy.count() == 0

    def test_the_link_offers_what_the_rule_takes_too(self, qtbot: QtBot) -> None:
        field = NumberField("Height", value=6, integer=True, low=1)
        field.set_validate(lambda v: Refusal("height", "Below the kernel.", 3) if v < 3 else None)
        shown(qtbot, field)
        type_into(qtbot, field, "0")
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
        assert "at least 1" in field.problem and field.use_nearest.text() == "Use 3"
        qtbot.mouseClick(field.use_nearest, Qt.MouseButton.LeftButton)
        assert (field.value, field.problem) == (3, "")

    @pytest.mark.parametrize(
        ("nearest", "text"),
        [(None, ""), (math.nan, ""), ("zero", ""), (True, ""), ((3, 5), ""), ((3, 3), "Use 3")],
    )
    def test_only_one_finite_number_is_offered(self, qtbot: QtBot, nearest: object, text: str) -> None:
        field, _spy = self.field(qtbot)
        field.show_problem("No.", nearest)
        assert field.use_nearest.isVisible() == bool(text)
        assert field.use_nearest.text() == text

    def test_a_refused_text_does_not_stay_behind_but_its_reason_does(self, qtbot: QtBot) -> None:
        field, other = NumberField("Bias", value=0.5, high=10), NumberField("Other")
        shown(qtbot, field, other)
        committed, refused = QSignalSpy(field.committed), QSignalSpy(field.refused)
        type_into(qtbot, field, "99")
        other.edit.setFocus()
        assert (field.edit.text(), field.value) == ("0.5", 0.5)
        assert field.problem == "99 is too large: at most 10."
        assert field.edit.property("invalid") is False, "what stands in the field now is legal"
        assert field.use_nearest.isVisible()
        assert (committed.count(), refused.count()) == (0, 1)
        timer = field.findChild(QTimer)
        assert timer is not None and timer.isActive() and timer.interval() == REASON_MS
        timer.timeout.emit()
        assert (field.problem, field.edit.text()) == ("", "0.5")
        assert not field.use_nearest.isVisible()

    def test_enter_keeps_the_refused_text_for_another_try(self, qtbot: QtBot) -> None:
        field, other = NumberField("Bias", value=0.5, high=10), NumberField("Other")
        shown(qtbot, field, other)
        type_into(qtbot, field, "99")
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
        assert (field.edit.text(), field.edit.property("invalid")) == ("99", True)
        timer = field.findChild(QTimer)
        assert timer is not None and not timer.isActive(), "nobody is hurried"
        other.edit.setFocus()
        assert field.edit.text() == "0.5" and field.problem and timer.isActive()

    def test_the_link_still_works_after_the_field_was_left(self, qtbot: QtBot) -> None:
        field, other = NumberField("Bias", value=0.5, high=10), NumberField("Other")
        shown(qtbot, field, other)
        spy = QSignalSpy(field.committed)
        type_into(qtbot, field, "99")
        other.edit.setFocus()
        field.use_nearest.setFocus()
        timer = field.findChild(QTimer)
        assert timer is not None
        timer.timeout.emit()
        assert field.use_nearest.isVisible(), "not taken away from under the hand"
        qtbot.keyClick(field.use_nearest, Qt.Key.Key_Space)
        assert spied(spy) == [10.0]
        assert field.problem == "" and not timer.isActive()

    @pytest.mark.parametrize("end", ["edit", "escape", "other value", "step"])
    def test_what_ends_a_lingering_reason(self, qtbot: QtBot, end: str) -> None:
        field, other = NumberField("Bias", value=0.5, high=10), NumberField("Other")
        shown(qtbot, field, other)
        type_into(qtbot, field, "99")
        other.edit.setFocus()
        field.set_value(0.5)
        assert field.problem, "other controls may bring the state back as it is"
        field.edit.setFocus()
        if end == "other value":
            field.set_value(3)
        else:
            keys = {"edit": Qt.Key.Key_7, "escape": Qt.Key.Key_Escape, "step": Qt.Key.Key_Down}
            qtbot.keyClick(field.edit, keys[end])
        timer = field.findChild(QTimer)
        assert field.problem == "" and timer is not None and not timer.isActive()

    def test_leaving_again_does_not_take_the_rounded_text_for_a_new_value(self, qtbot: QtBot) -> None:
        field, other = NumberField("Ninth", value=1 / 9, high=1), NumberField("Other")
        shown(qtbot, field, other)
        spy = QSignalSpy(field.committed)
        type_into(qtbot, field, "5")
        for edit in (other.edit, field.edit, other.edit):
            edit.setFocus()
        assert field.value == 1 / 9 and spy.count() == 0 and field.problem

    def test_a_field_that_was_emptied_for_a_question_is_empty_again(self, qtbot: QtBot) -> None:
        field, other = NumberField("Your number", value=0), NumberField("Other")
        shown(qtbot, field, other)
        field.edit.clear()
        field.edit.setFocus()
        other.edit.setFocus()
        assert field.problem == "", "nothing was typed yet"
        type_into(qtbot, field, "abc")
        other.edit.setFocus()
        assert field.edit.text() == "" and "not a number" in field.problem

    def test_a_reason_moves_what_is_beneath_by_one_line_at_most(self, qtbot: QtBot) -> None:
        field, other = NumberField("Kernel", value=9), NumberField("Other")
        panel = shown(qtbot, field, other)
        beneath = other.y()
        field.edit.setFocus()
        for text in ("No.", LONG_REASON):
            field.show_problem(text, 7)
            settle()
            assert panel.width() == PANEL_WIDTH
            assert 0 < other.y() - beneath <= line_height()
            assert field.edit.height() == CONTROL_HEIGHT
        field.clear_problem()
        settle()
        panel.adjustSize()
        assert other.y() == beneath

    def test_a_long_reason_can_be_read_in_full(self, qtbot: QtBot) -> None:
        field, other = NumberField("Kernel", value=9), NumberField("Other")
        panel = shown(qtbot, field, other)
        panel.resize(PANEL_WIDTH, 400)
        reason = field.problem_label
        field.edit.setFocus()
        field.show_problem("No.", 7)
        settle()
        assert reason.card is None, "it fits into its line"
        field.show_problem(LONG_REASON, 7)
        settle()
        card = reason.card
        assert card is not None and card.text() == LONG_REASON
        assert card.height() >= card.heightForWidth(card.width()) > line_height()
        assert panel.rect().contains(card.geometry())
        link = field.use_nearest
        assert not card.geometry().intersects(QRect(link.mapTo(panel, QPoint()), link.size()))
        field.edit.setText("11")
        field.edit.setModified(True)
        field.set_validate(lambda v: Refusal("k", LONG_REASON, 7) if v > 9 else None)
        other.edit.setFocus()
        assert reason.card is None, "it must not lie on the field that has the focus now"
        QApplication.sendEvent(reason, QEnterEvent(QPointF(), QPointF(), QPointF()))
        assert reason.card is card
        QApplication.sendEvent(reason, QEvent(QEvent.Type.Leave))
        assert reason.card is None

    def test_names_for_screen_readers(self, qtbot: QtBot) -> None:
        field, _spy = self.field(qtbot)
        assert field.edit.accessibleName() == "Bias (px)"
        field.show_problem("No.", 3)
        assert field.use_nearest.accessibleName() == "Use 3 for Bias"


def roll(field: NumberField, angle: int) -> bool:
    """Turn the wheel above a field; whether the field took it."""
    middle = QPointF(field.edit.rect().center())
    event = QWheelEvent(
        middle, field.edit.mapToGlobal(middle), QPoint(), QPoint(0, angle),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(field.edit, event)
    return event.isAccepted()
