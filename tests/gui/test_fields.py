"""Fields: what they take, what they refuse and why, and that a refusal changes nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import shiboken6
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QWheelEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import CONTROL_HEIGHT, PANEL_WIDTH, theme
from gui.widgets.fields import (
    REASON_MS,
    Choice,
    FieldProblem,
    IntStepper,
    NumberField,
    Section,
    Segmented,
    SliderField,
    Toggle,
    format_number,
    parse_number,
)
from gui.widgets.reason import line_height


@dataclass(frozen=True)
class Refusal:
    """What an engine's validator returns."""

    field: str
    message: str
    nearest: object


_panels: list[QWidget] = []


@pytest.fixture(autouse=True)
def keep_panels() -> Iterator[None]:
    """Python would delete a panel that only its test's fields know."""
    yield
    _panels.clear()


def spied(spy: QSignalSpy) -> list[object]:
    return [spy.at(i)[0] for i in range(spy.count())]


def type_into(qtbot: QtBot, field: NumberField, text: str) -> None:
    field.edit.setFocus()
    field.edit.selectAll()
    if text:
        qtbot.keyClicks(field.edit, text)
    else:
        qtbot.keyClick(field.edit, Qt.Key.Key_Delete)


def shown(qtbot: QtBot, *widgets: QWidget) -> QWidget:
    """The widgets in one visible panel, so that focus and layout are real."""
    panel = QWidget()
    qtbot.addWidget(panel)
    _panels.append(panel)
    panel.setFixedWidth(PANEL_WIDTH)
    column = QVBoxLayout(panel)
    for widget in widgets:
        column.addWidget(widget)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    return panel


def settle() -> None:
    """Let a new layout come into force."""
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    QApplication.processEvents()


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


class TestIntStepper:
    def test_buttons_step_and_stop_at_the_bounds(self, qtbot: QtBot) -> None:
        field = IntStepper("Stride", value=1, low=1, high=3)
        shown(qtbot, field)
        spy = QSignalSpy(field.committed)
        assert not field.minus.isEnabled()
        for _ in range(2):
            qtbot.mouseClick(field.plus, Qt.MouseButton.LeftButton)
        assert spied(spy) == [2, 3]
        assert not field.plus.isEnabled()
        assert field.minus.isEnabled()
        assert type(field.value) is int
        assert field.plus.autoRepeat()
        assert field.minus.autoRepeat()

    def test_new_limits_reach_the_buttons(self, qtbot: QtBot) -> None:
        field = IntStepper("Stride", value=3, low=1, high=3)
        shown(qtbot, field)
        field.set_limits(1, 5)
        assert field.plus.isEnabled()

    def test_steps_go_past_values_that_the_rule_forbids(self, qtbot: QtBot) -> None:
        def divides(value: float) -> Refusal | None:
            return (
                None if 4 % value == 0 else Refusal("groups", f"{value} does not divide the 4 channels.", 2)
            )

        field = IntStepper("Groups", value=2, low=1, high=4, validate=divides)
        shown(qtbot, field)
        spy = QSignalSpy(field.committed)
        qtbot.keyClick(field.edit, Qt.Key.Key_Up)
        qtbot.keyClick(field.edit, Qt.Key.Key_Down)
        assert spied(spy) == [4, 2]
        type_into(qtbot, field, "3")
        qtbot.keyClick(field.edit, Qt.Key.Key_Return)
        assert field.problem == "3 does not divide the 4 channels."
        assert field.value == 2

    def test_a_step_with_no_legal_value_ahead_says_why(self, qtbot: QtBot) -> None:
        field = IntStepper(
            "Kernel",
            value=3,
            low=1,
            high=9,
            validate=lambda v: Refusal("k", "Too big.", 3) if v > 3 else None,
        )
        shown(qtbot, field)
        qtbot.keyClick(field.edit, Qt.Key.Key_Up)
        assert (field.problem, field.value) == ("Too big.", 3)


def test_slider_follows_the_hand_and_commits_on_release(qtbot: QtBot) -> None:
    field = SliderField("Speed", 0.25, 8, 0.25, 1, lambda v: f"{v:g}x")
    shown(qtbot, field)
    changed, committed = QSignalSpy(field.changed), QSignalSpy(field.committed)
    assert field.value_label.text() == "1x"
    field.slider.setSliderDown(True)
    field.slider.setSliderPosition(5)
    field.slider.setSliderPosition(7)
    assert spied(changed) == [1.5, 2.0]
    assert committed.count() == 0
    field.slider.setSliderDown(False)
    assert spied(committed) == [2.0]
    qtbot.keyClick(field.slider, Qt.Key.Key_Right)
    assert spied(committed) == [2.0, 2.25]
    field.set_value(99)
    assert (field.value, field.value_label.text()) == (8, "8x")
    assert (changed.count(), committed.count()) == (3, 2)


def test_segmented_by_mouse_keyboard_and_program(qtbot: QtBot) -> None:
    control = Segmented(
        [("a", "Alpha", "First"), ("b", "Beta", "Second"), ("c", "Gamma", "Third")], label="Kind"
    )
    shown(qtbot, control)
    spy = QSignalSpy(control.changed)
    qtbot.mouseClick(control.button("c"), Qt.MouseButton.LeftButton)
    qtbot.keyClick(control.button("c"), Qt.Key.Key_Left)
    assert spied(spy) == ["c", "b"]
    control.set_value("a")
    assert control.value == "a"
    assert spy.count() == 2
    assert control.button("b").accessibleName() == "Kind: Beta"
    with pytest.raises(ValueError, match="z"):
        control.set_value("z")


def test_segmented_in_rows(qtbot: QtBot) -> None:
    control = Segmented([(str(n), f"Option {n}", "") for n in range(7)], columns=3)
    shown(qtbot, control)
    settle()
    places = [control.button(str(n)).geometry().topLeft() for n in range(7)]
    assert [len({p.y() for p in places[i : i + 3]}) for i in (0, 3, 6)] == [1, 1, 1]
    assert places[0].y() < places[3].y() < places[6].y() and places[0].x() == places[3].x() == places[6].x()
    assert control.height() == 3 * CONTROL_HEIGHT
    spy = QSignalSpy(control.changed)
    qtbot.mouseClick(control.button("5"), Qt.MouseButton.LeftButton)
    assert spied(spy) == ["5"]


def test_choice(qtbot: QtBot) -> None:
    choice = Choice("Mode", [("zero", "Zeros"), ("reflect", "Reflected")])
    shown(qtbot, choice)
    spy = QSignalSpy(choice.changed)
    qtbot.keyClick(choice.combo, Qt.Key.Key_Down)
    assert spied(spy) == ["reflect"]
    choice.set_value("zero")
    choice.set_options([("one", "One"), ("zero", "Zeros")])
    assert choice.value == "zero"
    assert spy.count() == 1
    with pytest.raises(ValueError, match="absent"):
        choice.set_value("absent")


def test_a_list_leaves_alt_and_a_digit_to_the_page(qtbot: QtBot) -> None:
    choice = Choice("", [("one", "1 first"), ("two", "2 second")])
    qtbot.addWidget(choice)
    qtbot.keyClick(choice.combo, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert choice.combo.currentData() == "one"
    qtbot.keyClick(choice.combo, Qt.Key.Key_2)
    assert choice.combo.currentData() == "two"


def test_toggle_by_mouse_anywhere_and_by_space(qtbot: QtBot) -> None:
    toggle = Toggle("ReLU")
    shown(qtbot, toggle)
    spy = QSignalSpy(toggle.changed)
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton, pos=QPoint(toggle.width() - 4, toggle.height() // 2))
    qtbot.keyClick(toggle, Qt.Key.Key_Space)
    assert spied(spy) == [True, False]
    toggle.set_value(True)
    assert toggle.value
    assert spy.count() == 2


def test_section_folds_remembers_and_sets_silently(qtbot: QtBot) -> None:
    remembered: list[bool] = []
    section = Section("More", folded=True, on_fold=remembered.append)
    field = section.add(NumberField("Bias"))
    shown(qtbot, section)
    assert not field.isVisible()
    qtbot.mouseClick(section.header, Qt.MouseButton.LeftButton)
    assert field.isVisible()
    qtbot.keyClick(section.header, Qt.Key.Key_Space)
    assert not field.isVisible()
    assert remembered == [False, True]
    section.set_folded(False)
    assert field.isVisible()
    assert remembered == [False, True]


def test_all_controls_share_one_height_and_one_label_column(qtbot: QtBot) -> None:
    number, stepper = NumberField("Bias", unit="px"), IntStepper("Stride", value=1)
    choice, segmented = (
        Choice("Mode", [("a", "A")]),
        Segmented([("a", "A", ""), ("b", "B", "")], label="Kind"),
    )
    panel = shown(qtbot, number, stepper, choice, segmented)
    parts = [number.edit, stepper.minus, choice.combo, segmented.button("a")]
    assert {part.height() for part in parts} == {CONTROL_HEIGHT}
    assert len({part.mapTo(panel, QPoint()).x() for part in parts}) == 1


@pytest.mark.parametrize("kind", [NumberField, IntStepper])
def test_a_field_whose_window_is_gone_is_left_in_peace(qtbot: QtBot, kind: type[NumberField]) -> None:
    """Whoever still holds a field must not hear of it with every change of the theme."""
    window = QWidget()
    field = kind("Stride")
    QVBoxLayout(window).addWidget(field)
    shiboken6.delete(window)
    assert not shiboken6.isValid(field)
    theme.changed.emit()  # a slot that is still called raises, and pytest-qt sees it


@pytest.mark.parametrize("kind", ["choice", "slider"])
def test_scrolling_a_panel_never_gives_a_control_the_focus(kind: str, qtbot: QtBot) -> None:
    """Qt hands the focus to a wheel-focus widget before it sees the wheel: the value would change unasked."""
    choice = Choice("Padding", [("valid", "valid"), ("same", "same")])
    slider = SliderField("Thickness", 0, 10, 1, 5)
    qtbot.addWidget(choice)
    qtbot.addWidget(slider)
    control = choice.combo if kind == "choice" else slider.slider
    assert not control.focusPolicy() & Qt.FocusPolicy.WheelFocus & ~Qt.FocusPolicy.StrongFocus
