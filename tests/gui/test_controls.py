"""Controls beside fields: steppers, sliders, segments, lists, sections."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import CONTROL_HEIGHT, theme
from gui.widgets.fields import (
    Choice,
    IntStepper,
    NumberField,
    Section,
    Segmented,
    SliderField,
    Toggle,
)
from tests.gui.fields_fixtures import Refusal, keep_panels, settle, shown, spied, type_into

__all__ = ["keep_panels"]


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
