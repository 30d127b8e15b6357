"""The convolution page: what is pointed at, walked through, turned and published."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot
from scipy.signal import correlate2d

from engine.errors import UserError
from gui.pages.convolution.changes import refit, set_value, with_preset
from gui.pages.convolution.page import ConvolutionPage
from gui.pages.convolution.state import ConvolutionState
from gui.state import to_json
from gui.widgets.plate import MarkRole
from tests.gui.convolution_fixtures import KERNEL_5, SIX, own_kernel, show, type_into
from tests.gui.window_fixtures import (
    WAIT,
    calm,
    click,
    hover,
    hover_nothing,
    on_cell,
    open_window,
    page,
    plate_of,
    shot,
    window,
    words,
)

__all__ = ["calm", "open_window", "page", "window"]


def marks(page: ConvolutionPage, key: str) -> list[tuple[float, float, float, float]]:
    """Where the window lies on a plate."""
    found = [m for m in plate_of(page.canvas, key).marks if m.role is MarkRole.WINDOW]
    return [(m.top, m.left, m.bottom, m.right) for m in found]


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
