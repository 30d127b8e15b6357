"""The convolution page: fields that refuse, cells that are typed over, states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel
from scipy.signal import correlate2d

from gui.pages.convolution.changes import refit, set_value, with_preset
from gui.pages.convolution.page import ConvolutionPage
from gui.pages.convolution.state import CUSTOM, ConvolutionState
from tests.gui.convolution_fixtures import KERNEL_5, own_kernel, show, type_into
from tests.gui.window_fixtures import (
    calm,
    click,
    double_click,
    editor_of,
    hover,
    open_window,
    page,
    plate_of,
    type_into_cell,
    window,
)

__all__ = ["calm", "open_window", "page", "window"]


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
