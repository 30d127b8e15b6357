"""The convolution page, through its real widgets: what a person does and what is shown for it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot
from scipy.signal import correlate2d

from engine.errors import ErrorReport, UserError
from engine.foundations.requests import CheckConvolution, CheckResult, WholeImage, WholeImageResult
from engine.images import Frame
from engine.runner import Engine, InlineEngine
from gui.checking import CHECK_AFTER_MS
from gui.pages.convolution.changes import freeze, refit, set_value, with_preset
from gui.pages.convolution.cropping import placed
from gui.pages.convolution.page import ConvolutionPage
from gui.pages.convolution.state import CUSTOM, ConvolutionState
from gui.state import to_json
from gui.widgets.fields import NumberField
from gui.widgets.plate import MarkRole
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import (
    STAND_IN,
    WAIT,
    HeldEngine,
    OpenWindow,
    calm,
    click,
    convolution,
    double_click,
    editor_of,
    held,
    hover,
    hover_nothing,
    on_cell,
    open_window,
    page,
    plate_of,
    shot,
    type_into_cell,
    window,
    words,
)

__all__ = ["calm", "open_window", "page", "window"]

NoModifier = Qt.KeyboardModifier.NoModifier
SIX = np.array([[-5, -4, 0, 8], [-10, -2, 2, 3], [0, -2, -4, -7], [-3, -2, -3, -16]], dtype=float)
KERNEL_5 = np.arange(1.0, 10).reshape(3, 3)


def show(page: ConvolutionPage, **changes: Any) -> None:
    """Show another state of the page."""
    page.change(replace(page.state, **changes))


def own_kernel(page: ConvolutionPage, kernel: np.ndarray[Any, Any], **changes: Any) -> None:
    show(page, kernel=CUSTOM, size=len(kernel), weights=freeze(kernel[None, None]), **changes)


def type_into(field: NumberField, text: str) -> None:
    """Type a value into a field and press Enter."""
    field.edit.setFocus()
    field.edit.selectAll()
    QTest.keyClick(field.edit, Qt.Key.Key_Delete)
    QTest.keyClicks(field.edit, text)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)


def marks(page: ConvolutionPage, key: str) -> list[tuple[float, float, float, float]]:
    """Where the window lies on a plate."""
    found = [m for m in plate_of(page.canvas, key).marks if m.role is MarkRole.WINDOW]
    return [(m.top, m.left, m.bottom, m.right) for m in found]


def afresh(page: ConvolutionPage) -> None:
    """The page as if it had just been opened: for tests of many small cases, where a window each takes long."""
    page.restore_session({})
    page.canvas.fit()
    page.canvas.setFocus()


class TestFieldsRefuse:
    """At the field, with the reason and the nearest legal value; the state stays."""

    BAD_NUMBERS: tuple[tuple[dict[str, Any], str, str, str, int], ...] = (
        ({}, "size", "7", "larger than the padded input", 6),
        ({}, "stride", "0", "at least 1", 1),
        ({}, "stride", "-3", "at least 1", 1),
        ({}, "stride", "9", "at most 5", 5),
        ({}, "stride", "two", "not a number", 1),
        ({}, "stride", "1.5", "not a whole number", 2),
        ({}, "stride", "nan", "NaN", 1),
        ({}, "stride", "1e308", "large", 5),
        ({}, "stride", "", "Empty", 1),
        ({}, "height", "0", "at least 1", 3),
        ({}, "height", "2", "larger than the padded input", 3),
        ({}, "width", "99999", "at most 224", 224),
        ({}, "channels", "5", "at most 4", 4),
        ({}, "dilation", "4", "dilation", 2),
        ({}, "filters", "9", "at most 8", 8),
        ({"padding": "custom"}, "pad", "4", "nothing but padding", 3),
        ({"channels": 3, "filters": 3}, "groups", "2", "do not divide", 1),
        ({"channels": 4, "filters": 2, "groups": 2}, "channels", "3", "do not divide", 2),
        ({"channels": 4, "filters": 2, "groups": 2}, "filters", "3", "groups", 2),
    )

    def test_bad_numbers(self, page: ConvolutionPage) -> None:
        for changes, name, text, reason, nearest in self.BAD_NUMBERS:
            afresh(page)
            case = f"{name} = {text!r} after {changes}"
            for changed, value in changes.items():
                page.change(set_value(page.state, changed, value))
            before, undoable = page.state, page.history.can_undo
            field = page.panel.numbers[name]
            type_into(field, text)
            assert page.state == before and page.history.can_undo == undoable, case
            assert reason in field.problem, f"{case}: {field.problem}"
            assert not field.use_nearest.isHidden(), case
            QTest.mouseClick(field.use_nearest, Qt.MouseButton.LeftButton)
            assert field.problem == "" and field.value == nearest, case
            found = page.state.filters if name == "filters" else getattr(page.state, name)
            assert found == nearest and page.state.validated() == page.state, case

    def test_a_refused_text_goes_with_esc(self, page: ConvolutionPage) -> None:
        field = page.panel.numbers["stride"]
        type_into(field, "0")
        assert field.problem
        QTest.keyClick(field.edit, Qt.Key.Key_Escape)
        assert field.problem == "" and field.edit.text() == "1"

    def test_a_choice_that_cannot_be_is_said_and_taken_back(self, page: ConvolutionPage) -> None:
        """Not a field: the sentence goes to the banner, the combo box shows what is in force."""
        page.change(refit(page.state, size=4))
        before = page.state
        spy = QSignalSpy(page.said)
        combo = page.panel.padding.combo
        combo.setCurrentIndex(combo.findData("same"))
        assert page.state == before
        assert page.panel.padding.value == "valid"
        assert spy.count() == 1 and spy.at(0)[1] == "warn"
        assert "no whole number" in spy.at(0)[0]

    BAD_TEXTS = (
        ("abc", "not a number"), ("nan", "NaN"), ("inf", "Infinity"), ("1e308", "large"), ("1e999", "large"),
        ("", "Empty"), ("1/0", "zero"),
    )  # fmt: skip

    @pytest.mark.parametrize("key", ["input/0", "kernel/0"])
    def test_bad_text_in_a_cell(self, page: ConvolutionPage, key: str) -> None:
        for text, reason in self.BAD_TEXTS:
            double_click(page.canvas, key, 1, 1)
            before, editor = page.state, editor_of(page.canvas)
            editor.selectAll()
            QTest.keyClick(editor, Qt.Key.Key_Delete)
            QTest.keyClicks(editor, text)
            QTest.keyClick(editor, Qt.Key.Key_Return)
            assert page.state == before, text
            assert editor.isVisible(), "the editor stays for another try"
            (label,) = [label for label in page.canvas.findChildren(QLabel) if label.isVisible()]
            assert reason in label.text() and "Nearest" in label.text(), label.text()
            QTest.keyClick(editor, Qt.Key.Key_Escape)
            assert not editor.isVisible() and not label.isVisible() and page.state == before

    def test_the_bias_field(self, page: ConvolutionPage) -> None:
        type_into(page.panel.bias, "1e308")
        assert "large" in page.panel.bias.problem and page.state.biases == (0.0,)
        type_into(page.panel.bias, "-1,5")
        assert page.state.biases == (-1.5,)
        assert plate_of(page.canvas, "output/0").values[0, 0] == -6.5

    def test_the_bias_belongs_to_the_filter_on_show(self, page: ConvolutionPage) -> None:
        page.change(with_preset(page.state, "cs231n"))
        assert page.panel.bias.value == 1
        show(page, step=12)
        assert page.panel.bias.value == 0
        type_into(page.panel.bias, "5")
        assert page.state.biases == (1.0, 5.0)


class TestEditing:
    def test_an_input_cell(self, page: ConvolutionPage) -> None:
        type_into_cell(page.canvas, "input/0", 0, 0, "100")
        assert page.state.edits == ((0, 0, 0, 100.0),)
        assert plate_of(page.canvas, "input/0").values[0, 0] == 100
        assert plate_of(page.canvas, "output/0").values[0, 0] == -5 + 97
        assert not page.canvas.editing and page.canvas.hasFocus()

    def test_a_kernel_cell(self, page: ConvolutionPage) -> None:
        type_into_cell(page.canvas, "kernel/0", 2, 1, "0,5")
        assert page.state.kernel == CUSTOM and page.panel.kernel.value == CUSTOM
        expected = np.array([[1, 0, -1], [1, 0, -1], [1, 0.5, -1]])
        assert np.array_equal(page.state.weight_array[0, 0], expected)
        x = plate_of(page.canvas, "input/0").values
        assert np.allclose(plate_of(page.canvas, "output/0").values, correlate2d(x, expected, mode="valid"))

    def test_undo_and_redo(self, page: ConvolutionPage) -> None:
        type_into_cell(page.canvas, "kernel/0", 0, 0, "7")
        edited = page.state
        type_into_cell(page.canvas, "kernel/0", 0, 1, "8")
        page.undo()
        assert page.state == edited and plate_of(page.canvas, "kernel/0").values[0, 0] == 7
        page.undo()
        assert page.state.weight_array[0, 0, 0, 0] == 1 and page.panel.kernel.value == "vertical-edge"
        page.redo()
        page.redo()
        assert list(page.state.weight_array[0, 0, 0, :2]) == [7, 8]

    def test_tab_goes_right_and_wraps(self, page: ConvolutionPage) -> None:
        double_click(page.canvas, "kernel/0", 0, 1)
        editor = editor_of(page.canvas)
        for text in ("5", "6", "7"):
            editor.selectAll()
            QTest.keyClicks(editor, text)
            QTest.keyClick(editor, Qt.Key.Key_Tab)
        assert np.array_equal(page.state.weight_array[0, 0], [[1, 5, 6], [7, 0, -1], [1, 0, -1]])
        assert editor.isVisible()
        QTest.keyClick(editor, Qt.Key.Key_Backtab)
        QTest.keyClick(editor, Qt.Key.Key_Escape)

    def test_arrows_go_down_and_up(self, page: ConvolutionPage) -> None:
        double_click(page.canvas, "kernel/0", 0, 1)
        editor = editor_of(page.canvas)
        QTest.keyClicks(editor, "5")
        QTest.keyClick(editor, Qt.Key.Key_Down)
        editor.selectAll()
        QTest.keyClicks(editor, "6")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        assert page.state.weight_array[0, 0, 0, 1] == 5 and page.state.weight_array[0, 0, 1, 1] == 6

    def test_esc_leaves_the_cell_as_it_was(self, page: ConvolutionPage) -> None:
        double_click(page.canvas, "kernel/0", 0, 0)
        before = page.state
        editor = editor_of(page.canvas)
        editor.selectAll()
        QTest.keyClicks(editor, "42")
        QTest.keyClick(editor, Qt.Key.Key_Escape)
        assert not editor.isVisible() and page.state == before

    def test_leaving_the_cell_commits(self, page: ConvolutionPage) -> None:
        double_click(page.canvas, "kernel/0", 0, 0)
        editor = editor_of(page.canvas)
        editor.selectAll()
        QTest.keyClicks(editor, "42")
        click(page.canvas, "input/0", 5, 5)
        page.panel.bias.edit.setFocus()
        assert not editor.isVisible()
        assert page.state.weight_array[0, 0, 0, 0] == 42

    def test_typing_over_a_selected_cell(self, page: ConvolutionPage) -> None:
        """Without a mouse: Enter selects the middle of the window, arrows move on, over the edge to the kernel."""
        page.canvas.setFocus()
        QTest.keyClick(page.canvas, Qt.Key.Key_Return)
        for _ in range(5):
            QTest.keyClick(page.canvas, Qt.Key.Key_Right)
        QTest.keyClick(page.canvas, Qt.Key.Key_Minus)
        editor = editor_of(page.canvas)
        assert editor.isVisible() and editor.text() == "-"
        QTest.keyClicks(editor, "3")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        assert page.state.weight_array[0, 0, 1, 0] == -3 and page.state.edits == ()

    def test_a_number_typed_without_a_selected_cell_does_nothing(self, page: ConvolutionPage) -> None:
        before = page.state
        page.canvas.setFocus()
        QTest.keyClick(page.canvas, Qt.Key.Key_3)
        assert page.state == before and not page.canvas.editing

    @pytest.mark.parametrize("flip", [False, True])
    @pytest.mark.parametrize("transposed", [False, True])
    def test_the_cell_that_is_edited_is_the_cell_that_changes(
        self, page: ConvolutionPage, flip: bool, transposed: bool
    ) -> None:
        """Whether it lies as stored or rotated: what was typed stands where it was typed, the rest stays."""
        for cell in ((0, 0), (0, 2), (2, 1)):
            own_kernel(page, KERNEL_5, flip=flip, transposed=transposed)
            shown = plate_of(page.canvas, "kernel/0").values.copy()
            assert np.array_equal(shown, KERNEL_5[::-1, ::-1] if flip != transposed else KERNEL_5)
            type_into_cell(page.canvas, "kernel/0", *cell, "77")
            shown[cell] = 77
            assert np.array_equal(plate_of(page.canvas, "kernel/0").values, shown)
            assert sorted(page.state.weight_array.ravel())[-1] == 77
            assert np.count_nonzero(page.state.weight_array[0, 0] != KERNEL_5) == 1

    def test_the_right_filter_and_channel(self, page: ConvolutionPage) -> None:
        page.change(with_preset(page.state, "cs231n"))
        show(page, step=13)
        type_into_cell(page.canvas, "kernel/2", 0, 1, "9")
        before = with_preset(ConvolutionState(), "cs231n").weight_array
        changed = np.argwhere(page.state.weight_array != before)
        assert changed.tolist() == [[1, 2, 0, 1]]

    def test_depthwise(self, page: ConvolutionPage) -> None:
        """Filter 2 of a depthwise convolution reads channel 2 only: its one plane is edited."""
        page.change(set_value(refit(page.state, channels=3, filters=3), "groups", 3))
        show(page, step=page.state.filters * 16 - 1)
        assert [p.key for p in page.canvas.scene.plates_like("kernel/")] == ["kernel/2"]
        type_into_cell(page.canvas, "kernel/2", 2, 2, "6")
        assert page.state.weight_array[2, 0, 2, 2] == 6

    def test_the_pointer_does_not_lead_an_edit_astray(self, page: ConvolutionPage) -> None:
        """While filter 1 is being edited the pointer moves over map 2: the number still goes into filter 1."""
        page.change(with_preset(page.state, "cs231n"))
        double_click(page.canvas, "kernel/0", 0, 0)
        editor = editor_of(page.canvas)
        editor.selectAll()
        QTest.keyClicks(editor, "55")
        hover(page.canvas, "output/1", 2, 2)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        assert np.argwhere(page.state.weight_array == 55).tolist() == [[0, 0, 0, 0]]

    def test_nor_does_a_running_walk(self, page: ConvolutionPage) -> None:
        """An edit while the window runs: it goes where it was typed."""
        page.change(with_preset(page.state, "cs231n"))
        page.stepper.play()
        double_click(page.canvas, "kernel/0", 0, 0)
        assert not page.stepper.playing
        QTest.keyClick(editor_of(page.canvas), Qt.Key.Key_Escape)

    def test_padding_is_refused_with_a_sentence(self, page: ConvolutionPage) -> None:
        show(page, padding="same")
        spy = QSignalSpy(page.said)
        before = page.state.edits
        double_click(page.canvas, "input/0", 0, 0)
        if page.canvas.editing:
            editor = editor_of(page.canvas)
            editor.selectAll()
            QTest.keyClicks(editor, "9")
            QTest.keyClick(editor, Qt.Key.Key_Return)
        assert page.state.edits == before
        assert spy.count() == 1 and "padding" in spy.at(0)[0]

    def test_a_mirrored_cell_is_the_pixel_it_mirrors(self, page: ConvolutionPage) -> None:
        """Replicated padding: a copy is edited as what it copies, and all copies follow."""
        show(page, padding="same", padding_mode="replicate")
        type_into_cell(page.canvas, "input/0", 0, 0, "50")
        assert page.state.edits == ((0, 0, 0, 50.0),)
        values = plate_of(page.canvas, "input/0").values
        assert (values[:2, :2] == 50).all()

    def test_padded_input_cells_are_where_they_lie(self, page: ConvolutionPage) -> None:
        show(page, padding="custom", pad=2)
        type_into_cell(page.canvas, "input/0", 2, 3, "50")
        assert page.state.edits == ((0, 0, 1, 50.0),)


class TestPointing:
    def test_an_output_cell_puts_the_window_there(self, page: ConvolutionPage) -> None:
        assert marks(page, "input/0") == [(0, 0, 3, 3)] and marks(page, "output/0") == [(0, 0, 1, 1)]
        before = page.state
        hover(page.canvas, "output/0", 2, 3)
        assert marks(page, "input/0") == [(2, 3, 5, 6)]
        assert marks(page, "output/0") == [(2, 3, 3, 4)]
        assert page.details.step_facts.texts()["= z"] == "−7"
        assert page.state == before, "pointing is no change"
        hover_nothing(page.canvas)
        assert marks(page, "input/0") == [(0, 0, 3, 3)]
        assert page.details.step_facts.texts()["= z"] == "−5"

    def test_an_input_cell_puts_the_window_over_it(self, page: ConvolutionPage) -> None:
        hover(page.canvas, "input/0", 5, 5)
        assert marks(page, "input/0") == [(3, 3, 6, 6)] and marks(page, "output/0") == [(3, 3, 4, 4)]
        hover(page.canvas, "input/0", 1, 4)
        assert marks(page, "input/0") == [(0, 3, 3, 6)]

    def test_the_window_covers_the_cell_if_any_window_does(self, page: ConvolutionPage) -> None:
        for stride in (1, 2, 3):
            show(page, stride=stride)
            reads = page.resolved.trace.reads  # type: ignore[union-attr]
            for row, column in np.ndindex(6, 6):
                hover(page.canvas, "input/0", row, column)
                ((top, left, bottom, right),) = marks(page, "input/0")
                assert (top <= row < bottom and left <= column < right) == bool(reads[row, column])

    def test_under_the_cursor(self, page: ConvolutionPage) -> None:
        hover(page.canvas, "input/0", 1, 2)
        facts = page.details.under.texts()
        assert (
            facts["value"] == "8" and facts["place"] == "row 1, col 2" and facts["feeds"] == "6 output cells"
        )
        hover(page.canvas, "output/0", 3, 3)
        assert page.details.under.texts()["value"] == "−16"
        hover(page.canvas, "kernel/0", 0, 2)
        assert page.details.under.texts()["value"] == "−1"
        hover(page.canvas, "product/0", 1, 2)
        assert page.details.under.texts()["value"] == "−8"
        hover_nothing(page.canvas)
        assert "value" not in page.details.under.texts()

    def test_a_click_stays(self, page: ConvolutionPage) -> None:
        click(page.canvas, "output/0", 1, 2)
        hover_nothing(page.canvas)
        assert page.state.step == 6 and marks(page, "input/0") == [(1, 2, 4, 5)]

    def test_dilation_leaves_holes(self, page: ConvolutionPage) -> None:
        show(page, dilation=2)
        mark = plate_of(page.canvas, "input/0").marks[0]
        assert (mark.rows, mark.columns) == ((0, 2, 4), (0, 2, 4))

    def test_every_channel_lights_up(self, page: ConvolutionPage) -> None:
        page.change(with_preset(page.state, "cs231n"))
        hover(page.canvas, "output/1", 1, 2)
        assert [marks(page, f"input/{c}") for c in range(3)] == [[(2, 4, 5, 7)]] * 3
        assert marks(page, "output/1") == [(1, 2, 2, 3)] and marks(page, "output/0") == []

    def test_groups_light_up_only_what_they_read(self, page: ConvolutionPage) -> None:
        page.change(set_value(refit(page.state, channels=2, filters=2), "groups", 2))
        hover(page.canvas, "output/1", 0, 0)
        assert marks(page, "input/0") == [] and marks(page, "input/1") == [(0, 0, 3, 3)]
        hover(page.canvas, "input/0", 0, 0)
        assert marks(page, "input/0") == [(0, 0, 3, 3)] and marks(page, "output/0") == [(0, 0, 1, 1)]

    def test_coverage_points_at_pixels(self, page: ConvolutionPage) -> None:
        show(page, view="coverage")
        hover(page.canvas, "reads/0", 0, 0)
        linked = [m for m in plate_of(page.canvas, "output/0").marks if m.role is MarkRole.LINKED]
        assert len(linked) == 1
        hover(page.canvas, "reads/0", 2, 2)
        linked = [m for m in plate_of(page.canvas, "output/0").marks if m.role is MarkRole.LINKED]
        assert len(linked) == 9
        hover(page.canvas, "output/0", 1, 1)
        assert marks(page, "input/0") == [(1, 1, 4, 4)]

    def test_the_shift_view_can_be_pointed_at(self, page: ConvolutionPage) -> None:
        show(page, view="shift")
        for plate in list(page.canvas.scene.plates):
            hover(page.canvas, plate.key, 0, 0)
            assert page.details.under.texts()
        hover_nothing(page.canvas)

    def test_pointing_while_it_plays_changes_nothing(self, page: ConvolutionPage) -> None:
        page.stepper.play()
        hover(page.canvas, "output/0", 3, 3)
        assert marks(page, "output/0") == [(0, 0, 1, 1)]
        page.stepper.pause()


class TestWalking:
    def test_arrow_keys(self, page: ConvolutionPage) -> None:
        page.canvas.setFocus()
        for key, step in (
            (Qt.Key.Key_Right, 1), (Qt.Key.Key_Down, 5), (Qt.Key.Key_Left, 4), (Qt.Key.Key_Up, 0), (Qt.Key.Key_Up, 0),
        ):  # fmt: skip
            QTest.keyClick(page.canvas, key)
            assert page.state.step == step
            assert page.stepper.index == step

    def test_shift_and_arrows_go_far(self, page: ConvolutionPage) -> None:
        page.change(with_preset(page.state, "ramp"))
        page.change(refit(page.state, height=14, width=14))
        page.canvas.setFocus()
        QTest.keyClick(page.canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClick(page.canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        assert page.state.step == 5 * 12 + 5

    def test_home_end_and_the_buttons(self, page: ConvolutionPage) -> None:
        page.canvas.setFocus()
        QTest.keyClick(page.canvas, Qt.Key.Key_End)
        assert page.state.step == 15
        QTest.keyClick(page.canvas, Qt.Key.Key_Home)
        assert page.state.step == 0
        forward = next(b for b in page.stepper.findChildren(QToolButton) if "forward" in b.accessibleName())
        QTest.mouseClick(forward, Qt.MouseButton.LeftButton)
        assert page.state.step == 1

    def test_space_plays_and_pauses(self, page: ConvolutionPage, qtbot: QtBot) -> None:
        page.stepper.set_speed(8)
        page.canvas.setFocus()
        QTest.keyClick(page.canvas, Qt.Key.Key_Space)
        assert page.stepper.playing
        qtbot.waitUntil(lambda: page.state.step >= 2, timeout=WAIT)
        QTest.keyClick(page.canvas, Qt.Key.Key_Space)
        assert not page.stepper.playing
        assert not page.history.can_undo, "an animation's steps are nothing to undo"

    def test_it_stops_at_the_end_and_starts_again(self, page: ConvolutionPage, qtbot: QtBot) -> None:
        show(page, step=14)
        page.stepper.set_speed(8)
        page.stepper.play()
        qtbot.waitUntil(lambda: not page.stepper.playing, timeout=WAIT)
        assert page.state.step == 15
        page.stepper.play()
        assert page.state.step == 0
        page.stepper.pause()

    def test_the_next_filter_begins_when_one_has_finished(self, page: ConvolutionPage) -> None:
        page.change(with_preset(page.state, "cs231n"))
        show(page, step=8)
        assert marks(page, "output/0") == [(2, 2, 3, 3)] and marks(page, "output/1") == []
        first, second = plate_of(page.canvas, "output/0"), plate_of(page.canvas, "output/1")
        assert first.hidden is None and second.hidden is not None and second.hidden.all()
        page.canvas.setFocus()
        QTest.keyClick(page.canvas, Qt.Key.Key_Right)
        assert page.state.step == 9
        assert marks(page, "output/0") == [] and marks(page, "output/1") == [(0, 0, 1, 1)]
        hidden = plate_of(page.canvas, "output/1").hidden
        assert hidden is not None and not hidden[0, 0] and hidden.sum() == 8

    def test_the_output_fills_in_cell_by_cell(self, page: ConvolutionPage) -> None:
        for step in range(16):
            show(page, step=step)
            hidden = plate_of(page.canvas, "output/0").hidden
            shown = np.ones(16, bool) if hidden is None else ~hidden.ravel()
            assert shown.tolist() == [index <= step for index in range(16)]
        show(page, step=3, fill=False)
        assert plate_of(page.canvas, "output/0").hidden is None

    def test_slow_motion_takes_five_phases(self, page: ConvolutionPage) -> None:
        show(page, slow=True, phase=0)
        assert page.stepper.count == 16 * 5
        page.canvas.setFocus()
        seen = []
        for _ in range(5):
            sums = [text for text in words(page.canvas.scene) if text.startswith("sum ")]
            hidden = plate_of(page.canvas, "output/0").hidden
            products = plate_of(page.canvas, "product/0").hidden
            seen.append((products is not None, sums[0], bool(hidden is not None and hidden[0, 0])))
            page.stepper.step_forward()
        assert seen == [
            (True, "sum …", True), (False, "sum …", True), (False, "sum −5", True),
            (False, "sum −5", True), (False, "sum −5", False),
        ]  # fmt: skip
        assert (page.state.step, page.state.phase) == (1, 0)

    def test_looking_around_is_nothing_to_undo(self, page: ConvolutionPage) -> None:
        page.stepper.step_forward()
        click(page.canvas, "output/0", 2, 2)
        QTest.keyClick(page.canvas, Qt.Key.Key_Down)
        page.views.button("coverage").click()
        assert not page.history.can_undo

    def test_a_smaller_output_keeps_the_step_inside(self, page: ConvolutionPage) -> None:
        show(page, step=15)
        type_into(page.panel.numbers["stride"], "3")
        assert page.state.stride == 3 and page.state.step <= 3
        assert page.stepper.count == 4


class TestPublishedExamples:
    def test_six_by_six(self, page: ConvolutionPage) -> None:
        assert np.array_equal(plate_of(page.canvas, "output/0").values, SIX)
        assert np.array_equal(plate_of(page.canvas, "input/0").values[0], [3, 0, 1, 2, 7, 4])
        assert page.panel.preset.value == "ng-6x6"
        text = " ".join(words(page.canvas.scene))
        assert "6 × 6 × 1" in text and "4 × 4 × 1" in text
        assert "3·1" in text and "8·(−1)" in text and "= −5" in text

    def test_cs231n(self, page: ConvolutionPage) -> None:
        combo = page.panel.preset.combo
        combo.setCurrentIndex(combo.findData("cs231n"))
        state = page.state
        x = [plate_of(page.canvas, f"input/{c}").values for c in range(3)]
        assert all(plane.shape == (7, 7) for plane in x)
        for index in range(2):
            expected = sum(
                correlate2d(x[c], state.weight_array[index, c], mode="valid")[::2, ::2] for c in range(3)
            )
            assert np.array_equal(plate_of(page.canvas, f"output/{index}").values, expected + (1 - index))
        facts = page.details.cost.texts()
        assert facts["parameters"] == "56" and facts["a filter has"] == "27 + 1 parameters"
        assert facts["output"] == "3 × 3 × 2"
        assert (state.stride, state.padding, state.pad) == (2, "custom", 1)

    def test_cs231n_shows_the_sum_of_the_channels_and_the_bias(self, page: ConvolutionPage) -> None:
        page.change(with_preset(page.state, "cs231n"))
        for step in (0, 4, 9, 17):
            show(page, step=step)
            resolved = page.resolved
            assert resolved is not None
            found = [text for text in words(page.canvas.scene) if text.count(" + ") == 3 and " = " in text]
            numbers = [[int(v.replace("−", "-")) for v in re.findall(r"−?\d+", text)] for text in found]
            expected = [
                *map(int, resolved.step.channel_sums),
                int(resolved.step.bias),
                int(resolved.step.value),
            ]
            assert expected in numbers

    def test_the_heads_name_filter_bias_and_rotation(self, page: ConvolutionPage) -> None:
        page.change(with_preset(page.state, "cs231n"))
        text = " ".join(words(page.canvas.scene))
        assert "Filter 1 of 2" in text and "bias 1" in text and "5 × 5 × 3" in text and "3 × 3 × 2" in text


class TestFlip:
    def test_the_switch_rotates_and_says_who_computes_what(self, page: ConvolutionPage) -> None:
        own_kernel(page, KERNEL_5)
        assert np.array_equal(plate_of(page.canvas, "kernel/0").values, KERNEL_5)
        assert "libraries" in page.panel.flip_text.text()
        page.panel.flip.click()
        assert page.state.flip
        assert np.array_equal(plate_of(page.canvas, "kernel/0").values, KERNEL_5[::-1, ::-1])
        assert "mathematics" in page.panel.flip_text.text() and "libraries" not in page.panel.flip_text.text()
        text = " ".join(words(page.canvas.scene))
        assert "180°" in text
        page.undo()
        assert not page.panel.flip.value

    def test_the_formula_is_the_one_of_what_is_computed(self, page: ConvolutionPage) -> None:
        plain = page.details.formula.lines
        page.panel.flip.click()
        assert page.details.formula.lines != plain
        page.panel.relu.click()
        assert any("max" in line for line in page.details.formula.lines)


def everything_said(page: ConvolutionPage) -> str:
    """Every text of the stage and the inspector, separators taken out."""
    texts = [*words(page.canvas.scene), page.canvas.scene.description, page.canvas.accessibleDescription()]
    for facts in (page.details.step_facts, page.details.cost, page.details.under):
        for name, value in facts.texts().items():
            texts += [name, value]
    texts += [page.details.predictor.question.text(), page.details.predictor.verdict.text()]
    return "\n".join(texts).replace(",", "").replace("\u202f", "")


class TestPredict:
    """Predict, then reveal."""

    @pytest.fixture
    def asking(self, page: ConvolutionPage) -> ConvolutionPage:
        """The question for the first cell: its value, 4311, is to be found nowhere; the last cell is larger."""
        page.change(replace(page.state, edits=((0, 0, 0, 4319.0), (0, 5, 5, 90000.0)), predict=True))
        self.answer_shape(page, "4 x 4 x 1")
        return page

    @staticmethod
    def answer_shape(page: ConvolutionPage, text: str) -> None:
        predictor = page.details.predictor
        assert predictor.shape.isVisibleTo(page.inspector)
        predictor.shape.edit.setText(text)
        QTest.mouseClick(predictor.check, Qt.MouseButton.LeftButton)

    @staticmethod
    def answer(page: ConvolutionPage, text: str) -> None:
        predictor = page.details.predictor
        assert predictor.cell.isVisibleTo(page.inspector)
        predictor.cell.edit.setFocus()
        predictor.cell.edit.selectAll()
        QTest.keyClicks(predictor.cell.edit, text)
        QTest.mouseClick(predictor.check, Qt.MouseButton.LeftButton)

    def test_the_shape_is_asked_first(self, page: ConvolutionPage) -> None:
        show(page, predict=True)
        text = everything_said(page)
        assert "4 × 4 × 1" not in text and "= 4" not in text and "? × ? × ?" in text
        self.answer_shape(page, "5 5 1")
        assert "✗" in page.details.predictor.verdict.text()
        assert "? × ? × ?" in everything_said(page)
        self.answer_shape(page, "4, 4, 1")
        assert "4 × 4 × 1" in everything_said(page)
        assert page.details.predictor.cell.isVisibleTo(page.inspector)
        assert "✓" in page.details.predictor.verdict.text()
        assert (page.details.predictor.score.right, page.details.predictor.score.asked) == (1, 2)

    def test_what_is_no_shape_is_said_and_not_counted(self, page: ConvolutionPage) -> None:
        show(page, predict=True)
        for text in ("4", "4 x", "a b c", "4 4 4 4", ""):
            self.answer_shape(page, text)
            assert page.details.predictor.verdict.text().strip().endswith("."), text
            assert page.details.predictor.score.asked == 0

    def test_nothing_gives_the_cell_away(self, asking: ConvolutionPage) -> None:
        page = asking
        assert page.resolved is not None and page.resolved.step.value == 4311
        assert "4311" not in everything_said(page)
        for plate in list(page.canvas.scene.plates):
            for row, column in ((0, 0), (plate.shape[0] // 2, plate.shape[1] // 2)):
                hover(page.canvas, plate.key, row, column)
                if page.resolved.step.index == 0:
                    assert "4311" not in everything_said(page), f"pointing at {plate.key} {row} {column}"
        hover_nothing(page.canvas)
        hidden = plate_of(page.canvas, "output/0").hidden
        assert hidden is not None and hidden[0, 0]

    def test_slow_motion_gives_nothing_away(self, asking: ConvolutionPage) -> None:
        show(asking, slow=True, phase=0)
        for _ in range(5):
            if asking.state.step == 0:
                assert "4311" not in everything_said(asking)
            asking.stepper.step_forward()

    def test_the_colour_bar_does_not_tell_the_largest_number(self, asking: ConvolutionPage) -> None:
        """The last cell is -89993, still to come: its magnitude must not stand on the key."""
        largest = int(np.abs(plate_of(asking.canvas, "output/0").values).max())
        assert str(largest) not in everything_said(asking)

    def test_no_pixel_of_the_map_depends_on_the_secret(self, asking: ConvolutionPage) -> None:
        """Semantic probe: the hidden map is painted alike whatever the hidden numbers are."""
        area = plate_of(asking.canvas, "output/0").rect.toAlignedRect()
        before = shot(asking.canvas)[area.top() : area.bottom(), area.left() : area.right()]
        show(asking, edits=((0, 0, 0, -7.0), (0, 5, 5, 90000.0)))
        assert plate_of(asking.canvas, "output/0").rect.toAlignedRect() == area
        after = shot(asking.canvas)[area.top() : area.bottom(), area.left() : area.right()]
        assert np.array_equal(before, after)

    def test_wrong_then_right(self, asking: ConvolutionPage) -> None:
        self.answer(asking, "12")
        assert "✗ 12" in asking.details.predictor.verdict.text()
        assert "4311" not in everything_said(asking)
        self.answer(asking, "4311")
        assert "✓ 4311" in asking.details.predictor.verdict.text()
        assert asking.details.step_facts.texts()["= z"] == "4311"
        hidden = plate_of(asking.canvas, "output/0").hidden
        assert hidden is not None and not hidden[0, 0] and hidden.sum() == 15

    def test_letters_are_said_and_not_counted(self, asking: ConvolutionPage) -> None:
        asked = asking.details.predictor.score.asked
        self.answer(asking, "many")
        assert "not a number" in asking.details.predictor.verdict.text()
        assert asking.details.predictor.score.asked == asked

    def test_reveal(self, asking: ConvolutionPage) -> None:
        QTest.mouseClick(asking.details.predictor.reveal, Qt.MouseButton.LeftButton)
        assert asking.details.step_facts.texts()["= z"] == "4311"

    def test_the_next_cell_is_asked(self, asking: ConvolutionPage) -> None:
        self.answer(asking, "4311")
        asking.stepper.step_forward()
        predictor = asking.details.predictor
        assert "row 0, column 1" in predictor.question.text()
        assert predictor.cell.edit.text() == "" and predictor.cell.problem == ""
        assert predictor.verdict.text() == ""
        assert asking.details.step_facts.texts()["= z"] == "?"

    def test_a_right_answer_reveals_the_asked_cell_wherever_the_pointer_rests(
        self, asking: ConvolutionPage
    ) -> None:
        hover(asking.canvas, "output/0", 2, 2)
        predictor = asking.details.predictor
        assert "row 0, column 0" in predictor.question.text()
        predictor.cell.edit.setText("4311")
        QTest.keyClick(predictor.cell.edit, Qt.Key.Key_Return)
        assert "✓" in predictor.verdict.text()
        hover_nothing(asking.canvas)
        assert asking.details.step_facts.texts()["= z"] == "4311"
        asking.change(replace(asking.state, step=10), "step")
        assert asking.details.step_facts.texts()["= z"] == "?"

    def test_an_edit_asks_again(self, asking: ConvolutionPage) -> None:
        """Another convolution: what was revealed of the old one is a secret again."""
        self.answer(asking, "4311")
        type_into_cell(asking.canvas, "kernel/0", 0, 0, "2")
        hover_nothing(asking.canvas)
        assert asking.details.step_facts.texts()["= z"] == "?"
        self.answer(asking, "8630")
        assert asking.details.step_facts.texts()["= z"] == "8630"

    def test_with_relu_the_activation_is_asked(self, page: ConvolutionPage) -> None:
        show(page, predict=True, relu=True)
        self.answer_shape(page, "4 4 1")
        assert "−5" not in everything_said(page)
        self.answer(page, "0")
        assert "✓" in page.details.predictor.verdict.text()

    def test_switching_it_off_shows_everything(self, asking: ConvolutionPage) -> None:
        asking.panel.predict.click()
        assert not asking.details.predict_section.isVisibleTo(asking.inspector)
        assert "4311" in everything_said(asking)


class TestViews:
    @pytest.mark.parametrize("view", ["coverage", "shift"])
    def test_switching_keeps_everything_else(self, page: ConvolutionPage, view: str) -> None:
        own_kernel(page, KERNEL_5, step=5, relu=True)
        before = page.state
        page.views.button(view).click()
        assert page.state.view == view
        assert replace(page.state, view=before.view) == before
        page.views.button("steps").click()
        assert page.state == before

    def test_esc_comes_back(self, page: ConvolutionPage) -> None:
        page.canvas.setFocus()
        for number, view in enumerate(("steps", "image", "coverage", "shift")):
            key = Qt.Key(Qt.Key.Key_1 + number)
            QTest.keyClick(page, key, Qt.KeyboardModifier.AltModifier)
            assert page.state.view == view
        QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
        assert page.state.view == "steps"

    def test_the_stepper_goes_with_the_steps(self, page: ConvolutionPage) -> None:
        page.views.button("image").click()
        assert not page.stepper.isVisible()
        page.views.button("steps").click()
        assert page.stepper.isVisible()

    def test_coverage_crosses_out_what_is_never_read(self, page: ConvolutionPage) -> None:
        show(page, view="coverage", stride=2)
        crossed = plate_of(page.canvas, "input/0").crossed
        assert crossed is not None and crossed.sum() == 11 and crossed[5].all() and crossed[:, 5].all()
        assert np.array_equal(plate_of(page.canvas, "reads/0").values == 0, crossed)
        assert "11 input pixels are never read" in " ".join(words(page.canvas.scene))

    def test_shift_sets_both_sides_beside_each_other(self, page: ConvolutionPage) -> None:
        page.change(with_preset(page.state, "edge-6x6"))
        show(page, view="shift", shift_x=1, shift_y=0)
        moved = plate_of(page.canvas, "shifted-input").values
        assert (moved[:, 0] == 0).all() and (moved[:, 1:4] == 10).all()
        assert np.array_equal(plate_of(page.canvas, "output-of-shifted").values[:, 1:], [[0, 30, 30]] * 4)
        difference = plate_of(page.canvas, "difference")
        inner = ~difference.faint if difference.faint is not None else np.ones_like(difference.values, bool)
        assert (difference.values[inner] == 0).all() and inner.any()
        assert "difference 0 " in " ".join(words(page.canvas.scene))

    def test_shift_fields(self, page: ConvolutionPage) -> None:
        show(page, view="shift")
        type_into(page.panel.numbers["shift_y"], "-2")
        assert page.state.shift_y == -2
        type_into(page.panel.numbers["shift_x"], "9")
        assert page.state.shift_x == 1 and "at most 8" in page.panel.numbers["shift_x"].problem


class TestPictures:
    @pytest.fixture
    def photo(self, page: ConvolutionPage, qtbot: QtBot) -> ConvolutionPage:
        """The page with a crop of a bundled photo."""
        page.picker.pick(SourceState("sample", "cat"))
        qtbot.waitUntil(lambda: page.state.source.value == "cat", timeout=WAIT)
        QApplication.processEvents()
        return page

    def test_a_photo_becomes_a_crop_in_three_channels(self, photo: ConvolutionPage) -> None:
        frame = photo.picker.frame
        assert frame is not None
        state = photo.state
        assert state.channels == 3 and state.validated()
        area = placed(state, frame)
        side = area.pixel_size
        for channel in range(3):
            values = plate_of(photo.canvas, f"input/{channel}").values
            for row, column in ((0, 0), (3, 7), (11, 11)):
                y, x = area.y + row * side, area.x + column * side
                block = frame.pixels[y : y + side, x : x + side, channel]
                assert values[row, column] == pytest.approx(block.astype(float).mean(), abs=0.51)
        # In the middle of the picture.
        assert area.x + area.width / 2 == pytest.approx(frame.width / 2, abs=side)
        assert photo.panel.crop.isVisibleTo(photo.controls)

    def test_more_cells_than_the_picture_has_room_for(self, photo: ConvolutionPage) -> None:
        """The crop gives way; what the fields say is what is computed."""
        for name in ("height", "width"):
            type_into(photo.panel.numbers[name], "200")
        type_into(photo.panel.numbers["pixel_size"], "64")
        frame, state = photo.picker.frame, photo.state
        assert frame is not None
        area = placed(state, frame)
        assert area.problem == "" and (area.rows, area.cols) == (state.height, state.width)
        assert area.x + area.width <= frame.width and area.y + area.height <= frame.height
        assert photo.panel.numbers["pixel_size"].value == area.pixel_size
        assert photo.canvas.grab().width() > 0

    def test_moving_the_crop(self, photo: ConvolutionPage) -> None:
        before = photo.state
        photo.panel.crop.cropMoved.emit(3, 4)
        assert photo.state.crop == (3, 4)
        photo.undo()
        assert photo.state == before

    def test_editing_a_pixel_of_a_photo(self, photo: ConvolutionPage) -> None:
        type_into_cell(photo.canvas, "input/1", 2, 3, "17")
        assert photo.state.edits == ((1, 2, 3, 17.0),)
        assert plate_of(photo.canvas, "input/1").values[2, 3] == 17

    def test_undo_brings_the_numbers_back(self, photo: ConvolutionPage) -> None:
        while photo.history.can_undo:
            photo.undo()
        assert photo.state.source.kind == "preset"
        assert np.array_equal(plate_of(photo.canvas, "output/0").values, SIX)

    def test_an_example_ends_the_whole_picture(self, photo: ConvolutionPage) -> None:
        """Choosing numbers while the whole picture is on show: the steps of the numbers, not an empty view."""
        photo.views.button("image").click()
        combo = photo.panel.preset.combo
        combo.setCurrentIndex(combo.findData("edge-6x6"))
        assert photo.state.view == "steps" and photo.canvas.isVisible()
        assert photo.state.source.value == "edge-6x6"

    def test_the_whole_picture_by_another_route(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        """The real engine without torch: the response is scipy's correlation of the grey picture."""
        real = open_window(lambda emit: Engine(emit, load_torch=False))
        page = convolution(real)
        page.change(refit(page.state, channels=1, kernel="sobel-vertical"))
        page.views.button("image").click()
        qtbot.waitUntil(page.tour_ready, timeout=WAIT)
        result = page.image_view.result
        frame = page.picker.frame
        assert result is not None and frame is not None
        assert np.array_equal(result.pixels, frame.pixels)
        kernel = page.state.weight_array[0, 0]
        grey = frame.pixels.astype(float) @ np.array([0.299, 0.587, 0.114])
        expected = correlate2d(grey, kernel, mode="valid")
        assert result.response.shape == (1, frame.height - 2, frame.width - 2)
        rounding = 0.5 * np.abs(kernel).sum()  # grey levels may have been rounded to whole ones
        assert np.abs(result.response[0] - expected).max() <= rounding + 0.01
        assert not page.image_view.response.stale

    def test_read_out_under_the_cursor(self, photo: ConvolutionPage, qtbot: QtBot) -> None:
        photo.views.button("image").click()
        qtbot.waitUntil(photo.tour_ready, timeout=WAIT)
        result = photo.image_view.result
        assert result is not None
        view = photo.image_view.response
        for x, y in ((10, 20), (200, 100)):
            view.hovered.emit(x, y)
            facts = photo.details.under.texts()
            assert facts["response at"] == f"row {y}, col {x}"
            shown = float(facts["value"].replace("−", "-").replace(",", ""))
            assert shown == pytest.approx(float(result.response[0, y, x]), abs=0.006)
            row, column = (int(v) for v in re.findall(r"\d+", facts["pixel"]))
            assert abs(row - y) <= 2 and abs(column - x) <= 2
            assert facts["R, G, B"] == ", ".join(str(v) for v in result.pixels[row, column])
        view.left.emit()
        assert "value" not in photo.details.under.texts()

    def test_paste(self, page: ConvolutionPage, qtbot: QtBot) -> None:
        image = QImage(64, 48, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.red)
        page.paste_image(image)
        qtbot.waitUntil(lambda: page.state.source.kind == "file", timeout=WAIT)
        QApplication.processEvents()
        assert (plate_of(page.canvas, "input/0").values == 255).all()
        assert (plate_of(page.canvas, "input/1").values == 0).all()


def picture_result(request: WholeImage, value: float = 1.0) -> WholeImageResult:
    """An answer to a question about a whole picture."""
    height, width = request.pixels.shape[:2]
    response = np.full((len(request.weight), height, width), value, np.float32)
    return WholeImageResult(response, value, value, value, value, 0.01, "a stand-in", request.pixels)


class TestWholePictureInTime:
    """Answers that come late, in another order, or not at all."""

    @pytest.fixture
    def waiting(self, open_window: OpenWindow, qtbot: QtBot) -> ConvolutionPage:
        """The view of the whole picture, its response asked for and not there yet; 60 x 80 pixels."""
        page = convolution(open_window(HeldEngine))
        page.views.button("image").click()
        self.deliver(page, qtbot, self.picture(60, 80))
        return page

    @staticmethod
    def picture(height: int, width: int) -> Frame:
        pixels = np.full((height, width, 3), 90, np.uint8)
        pixels.flags.writeable = False
        return Frame(pixels, "grey")

    @staticmethod
    def deliver(page: ConvolutionPage, qtbot: QtBot, frame: Frame) -> None:
        page.picker._picture_came(frame)
        QApplication.processEvents()

    @staticmethod
    def engine(page: ConvolutionPage) -> HeldEngine:
        engine = page.services.bridge.engine
        assert isinstance(engine, HeldEngine)
        return engine

    def test_the_newest_answer_counts(self, waiting: ConvolutionPage, qtbot: QtBot) -> None:
        engine = self.engine(waiting)
        (first,) = engine.jobs(WholeImage)
        waiting.change(refit(waiting.state, kernel="laplacian"))
        qtbot.waitUntil(lambda: len(engine.jobs(WholeImage)) == 2, timeout=WAIT)
        second = engine.jobs(WholeImage)[-1]
        for number, value in ((first, 1.0), (second, 2.0)):
            request = engine.asked[number][0]
            assert isinstance(request, WholeImage)
            engine.answer(number, picture_result(request, value))
        qtbot.waitUntil(lambda: waiting.image_view.result is not None, timeout=WAIT)
        QApplication.processEvents()
        assert waiting.image_view.result is not None and waiting.image_view.result.low == 2.0

    def test_an_old_answer_is_shown_as_old(self, waiting: ConvolutionPage, qtbot: QtBot) -> None:
        engine = self.engine(waiting)
        request = engine.asked[engine.jobs(WholeImage)[-1]][0]
        assert isinstance(request, WholeImage)
        engine.answer(engine.jobs(WholeImage)[-1], picture_result(request))
        qtbot.waitUntil(lambda: waiting.image_view.result is not None, timeout=WAIT)
        assert not waiting.image_view.response.stale
        waiting.change(refit(waiting.state, kernel="laplacian"))
        assert waiting.image_view.response.stale
        assert not waiting.tour_ready()

    def test_pointing_at_a_larger_picture_before_its_answer(
        self, waiting: ConvolutionPage, qtbot: QtBot
    ) -> None:
        """The old response is smaller than the new picture: no error, and no number of the old picture."""
        engine = self.engine(waiting)
        request = engine.asked[engine.jobs(WholeImage)[-1]][0]
        assert isinstance(request, WholeImage)
        engine.answer(engine.jobs(WholeImage)[-1], picture_result(request))
        qtbot.waitUntil(lambda: waiting.image_view.result is not None, timeout=WAIT)
        waiting.picker.pick(SourceState("sample", "coffee"))
        self.deliver(waiting, qtbot, self.picture(200, 300))
        waiting.image_view.source.hovered.emit(290, 190)
        assert "90, 90, 90" in waiting.details.under.texts().get("R, G, B", "90, 90, 90")
        assert waiting.details.under.texts().get("pixel", "row 190, col 290") == "row 190, col 290"

    def test_a_failure_is_said_where_the_response_would_be(
        self, waiting: ConvolutionPage, qtbot: QtBot
    ) -> None:
        engine = self.engine(waiting)
        engine.fail(
            engine.jobs(WholeImage)[-1], ErrorReport("The picture is too large.", "Crop it.", "trace")
        )

        def said() -> bool:
            return "too large" in waiting.image_view.response.accessibleDescription()

        qtbot.waitUntil(said, timeout=WAIT)
        asked = len(engine.jobs(WholeImage))
        waiting.show_state(waiting.state)
        assert len(engine.jobs(WholeImage)) == asked, "the same question is not asked again and again"


class TestBadge:
    def test_agreement(self, page: ConvolutionPage, qtbot: QtBot) -> None:
        qtbot.waitUntil(lambda: "✓" in page.details.badge.title.text(), timeout=WAIT)
        assert STAND_IN in page.details.badge.detail.text()

    def test_against_the_real_torch(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        """CS231n in float32: whole numbers, so the largest difference is exactly 0."""
        page = convolution(open_window(InlineEngine))
        page.change(with_preset(page.state, "cs231n"))
        qtbot.waitUntil(lambda: "✓" in page.details.badge.title.text(), timeout=60_000)
        assert "largest difference 0 " in page.details.badge.detail.text()
        assert "torch" in page.details.badge.detail.text()

    @pytest.fixture
    def manual(self, open_window: OpenWindow) -> ConvolutionPage:
        return convolution(open_window(HeldEngine))

    def asked(self, page: ConvolutionPage, qtbot: QtBot, count: int = 1) -> tuple[HeldEngine, int]:
        engine = page.services.bridge.engine
        assert isinstance(engine, HeldEngine)
        qtbot.waitUntil(lambda: len(engine.jobs(CheckConvolution)) >= count, timeout=WAIT)
        return engine, engine.jobs(CheckConvolution)[-1]

    def test_disagreement_is_said(self, manual: ConvolutionPage, qtbot: QtBot) -> None:
        engine, job = self.asked(manual, qtbot)
        engine.answer(job, CheckResult(0.25, 1e-5, False, "torch 9"))
        qtbot.waitUntil(lambda: "✗" in manual.details.badge.title.text(), timeout=WAIT)
        assert (
            "2.5e−01" in manual.details.badge.detail.text()
            and "torch 9" in manual.details.badge.detail.text()
        )

    def test_the_right_question(self, manual: ConvolutionPage, qtbot: QtBot) -> None:
        engine, job = self.asked(manual, qtbot)
        request = engine.asked[job][0]
        assert isinstance(request, CheckConvolution)
        assert np.array_equal(request.output[0], SIX) and request.spec == manual.state.spec

    def test_a_failure_is_said_at_the_badge_only(self, manual: ConvolutionPage, qtbot: QtBot) -> None:
        spy = QSignalSpy(manual.services.bridge.failed)
        engine, job = self.asked(manual, qtbot)
        engine.fail(job, ErrorReport("Torch has no memory left."))
        qtbot.waitUntil(lambda: "Could not" in manual.details.badge.title.text(), timeout=WAIT)
        assert manual.details.badge.detail.text() == "Torch has no memory left."
        assert spy.count() == 0

    def test_a_stale_answer_is_not_shown_for_new_numbers(self, manual: ConvolutionPage, qtbot: QtBot) -> None:
        engine, first = self.asked(manual, qtbot)
        show(manual, stride=2)
        engine.answer(first, CheckResult(0.0, 1e-5, True, "the old one"))
        QApplication.processEvents()
        assert "the old one" not in manual.details.badge.detail.text()
        engine, second = self.asked(manual, qtbot, 2)
        engine.answer(second, CheckResult(0.0, 1e-5, True, "the new one"))
        qtbot.waitUntil(lambda: "the new one" in manual.details.badge.detail.text(), timeout=WAIT)

    def test_checked_means_these_numbers(self, manual: ConvolutionPage, qtbot: QtBot) -> None:
        """The moment the numbers change the badge no longer says that they were checked."""
        engine, job = self.asked(manual, qtbot)
        engine.answer(job, CheckResult(0.0, 1e-5, True, "torch"))
        qtbot.waitUntil(lambda: "✓" in manual.details.badge.title.text(), timeout=WAIT)
        show(manual, stride=2)
        assert "✓" not in manual.details.badge.title.text()

    def test_a_step_is_no_new_question(self, manual: ConvolutionPage, qtbot: QtBot) -> None:
        engine, job = self.asked(manual, qtbot)
        engine.answer(job, CheckResult(0.0, 1e-5, True, "torch"))
        qtbot.waitUntil(lambda: "✓" in manual.details.badge.title.text(), timeout=WAIT)
        show(manual, step=3)
        assert "✓" in manual.details.badge.title.text()
        QTest.qWait(2 * CHECK_AFTER_MS)
        assert len(engine.jobs(CheckConvolution)) == 1

    def test_it_waits_for_torch(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        def loading(emit: Any) -> HeldEngine:
            engine = HeldEngine(emit)
            engine.state = type(engine.state)("loading torch")
            return engine

        window = open_window(loading)
        page, engine = convolution(window), held(window)
        QTest.qWait(2 * CHECK_AFTER_MS)
        assert engine.jobs(CheckConvolution) == []
        assert "loading" in page.details.badge.detail.text()
        engine.publish("idle")
        qtbot.waitUntil(lambda: len(engine.jobs(CheckConvolution)) == 1, timeout=WAIT)

    def test_without_torch_it_says_so(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        page, engine = convolution(window), held(window)
        engine.publish("no torch", "PyTorch is not installed.")
        qtbot.waitUntil(lambda: "could not be loaded" in page.details.badge.detail.text(), timeout=WAIT)
        assert page.tour_ready()

    def test_a_page_that_was_hidden_asks_again(self, manual: ConvolutionPage, qtbot: QtBot) -> None:
        """Hiding the page cancels the question: it may not stay at "Checking" for ever."""
        self.asked(manual, qtbot)
        manual.deactivated()
        QApplication.processEvents()
        assert not manual.tour_ready()
        manual.activated()
        self.asked(manual, qtbot, 2)


class TestStates:
    def test_save_and_restore(self, page: ConvolutionPage) -> None:
        own_kernel(page, KERNEL_5, step=5, view="coverage", biases=(2.0,))
        saved, output = page.save_state(), plate_of(page.canvas, "output/0").values
        page.reset()
        assert page.state == ConvolutionState()
        page.restore_state(saved)
        assert page.save_state() == saved
        assert np.array_equal(plate_of(page.canvas, "output/0").values, output)

    CORRUPT: tuple[Any, ...] = (
        None, [], "text", 5, {"stride": 0}, {"stride": "x"}, {"view": "nowhere"}, {"size": 9},
        {"weights": [[[[1e300] * 3] * 3]]}, {"edits": [[0, 99, 0, 1.0]]},
        {"picture": {"kind": "preset", "value": "ramp"}}, {"source": {"kind": "preset", "value": "no"}},
    )  # fmt: skip

    def test_a_corrupt_state_leaves_the_page_as_it_is(self, page: ConvolutionPage) -> None:
        own_kernel(page, KERNEL_5)
        before, pixels = page.state, shot(page.canvas)
        for data in self.CORRUPT:
            with pytest.raises(UserError):
                page.restore_state(
                    {**to_json(ConvolutionState()), **data} if isinstance(data, dict) else data
                )
            assert page.state == before, data
        assert np.array_equal(shot(page.canvas), pixels)

    def test_a_long_walk_of_changes_can_be_undone(self, page: ConvolutionPage) -> None:
        seen = [page.state]
        for name, value in (
            ("size", 5), ("padding", "same"), ("stride", 2), ("filters", 3), ("flip", True), ("relu", True),
            ("kernel", "gaussian"), ("channels", 2), ("groups", 1), ("padding_mode", "circular"), ("width", 9),
        ):  # fmt: skip
            page.change(set_value(page.state, name, value), name)
            if page.state != seen[-1]:
                seen.append(page.state)
        for state in reversed(seen[:-1]):
            page.undo()
            assert page.state == state
        for state in seen[1:]:
            page.redo()
            assert page.state == state

    def test_controls_show_the_state(self, page: ConvolutionPage) -> None:
        page.change(
            set_value(
                set_value(replace(page.state, padding="custom", pad=2, dilation=2), "filters", 2),
                "flip",
                True,
            )
        )
        numbers = page.panel.numbers
        assert numbers["pad"].isVisibleTo(page.controls) and numbers["pad"].value == 2
        assert numbers["dilation"].value == 2 and numbers["filters"].value == 2 and page.panel.flip.value
        page.undo()
        assert not numbers["pad"].isVisibleTo(page.controls)

    def test_two_settings_of_one_kind_far_apart_are_two_undo_steps(self, page: ConvolutionPage) -> None:
        """A drag merges; a switch that is set and set back later is something to undo each time."""
        page.panel.relu.click()
        page.panel.relu.click()
        page.undo()
        assert page.state.relu

    def test_hovering_a_cell_with_the_context_menu(self, page: ConvolutionPage, qtbot: QtBot) -> None:
        page.canvas.menuRequested.emit(
            plate_of(page.canvas, "input/0"), page.mapToGlobal(on_cell(page.canvas, "input/0", 0, 0))
        )
        menu = QApplication.activePopupWidget()
        assert menu is not None
        titles = [action.text() for action in menu.actions()]
        assert any("numbers" in title for title in titles)
        menu.close()
