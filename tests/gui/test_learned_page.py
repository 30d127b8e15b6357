"""The page "Learn a filter": training, what is hidden, views, fields."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from gui.pages.learned.controls import safe_rate
from gui.pages.learned.exports import LearnedExports
from gui.pages.learned.page import LearnedPage
from gui.pages.learned.state import LearnedState
from gui.widgets.fields import NumberField
from gui.widgets.plate import MarkRole
from tests.gui.learned_fixtures import NOISE, formulas, inline, kernel, learned, page, settled, show, small
from tests.gui.window_fixtures import (
    OpenWindow,
    calm,
    click,
    hover,
    hover_nothing,
    open_window,
    plate_of,
    shot,
    type_into_cell,
    words,
)

__all__ = ["calm", "formulas", "open_window", "page", "small"]


def type_into(field: NumberField, text: str) -> None:
    field.edit.setFocus()
    field.edit.selectAll()
    QTest.keyClick(field.edit, Qt.Key.Key_Delete)
    QTest.keyClicks(field.edit, text)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)


class TestTraining:
    def test_the_first_visit_shows_a_photo_and_a_kernel_of_noise(
        self, open_window: OpenWindow, qtbot: QtBot
    ) -> None:
        page = learned(open_window(inline, page="learned"))
        settled(page, qtbot)
        assert page.state == LearnedState() and page.stepper.index == 0 and page.stepper.count == 301
        for key in ("photo", "wanted", "now", "error"):
            assert plate_of(page.stage.canvas, key).shape in ((128, 128), (126, 126))
        np.testing.assert_array_equal(plate_of(page.stage.canvas, "target").values[1], [2, 0, -2])
        assert "Nine numbers of noise" in page.stage.canvas.scene.description
        assert page.details.badge.title.text() == "✓ Checked against numpy"
        assert len(np.unique(shot(page.stage.canvas).reshape(-1, 3), axis=0)) > 100

    def test_steps_go_on_back_to_the_end_and_to_a_place_of_the_curve(self, page: LearnedPage) -> None:
        canvas = page.stage.canvas
        canvas.setFocus()
        noise = kernel(page).copy()
        QTest.keyClick(canvas, Qt.Key.Key_Right)
        first = kernel(page).copy()
        assert page.state.step == 1 and not np.array_equal(noise, first)
        QTest.keyClick(canvas, Qt.Key.Key_Right)
        QTest.keyClick(canvas, Qt.Key.Key_Left)
        np.testing.assert_array_equal(kernel(page), first)
        QTest.keyClick(canvas, Qt.Key.Key_End)
        assert page.state.step == 40 and page.details.numbers.texts()["update"] == "40 of 40"
        assert page.resolved is not None and page.resolved.run is not None
        place = page.stage.plot.place(17, float(page.resolved.run.losses[17]))
        QTest.mouseClick(page.stage.plot, Qt.MouseButton.LeftButton, pos=place.toPoint())
        assert page.state.step == page.stepper.index == 17
        QTest.keyClick(canvas, Qt.Key.Key_Home)
        np.testing.assert_array_equal(kernel(page), noise)
        assert not page.history.can_undo  # looking around is no change

    def test_space_plays_and_pauses(self, page: LearnedPage) -> None:
        page.stage.canvas.setFocus()
        QTest.keyClick(page.stage.canvas, Qt.Key.Key_Space)
        assert page.stepper.playing
        QTest.keyClick(page.stage.canvas, Qt.Key.Key_Space)
        assert not page.stepper.playing

    def test_the_difference_is_response_minus_target(self, page: LearnedPage) -> None:
        canvas = page.stage.canvas
        now, wanted = plate_of(canvas, "now").values, plate_of(canvas, "wanted").values
        np.testing.assert_allclose(plate_of(canvas, "error").values, now - wanted)
        assert page.details.numbers.texts()["loss L"] == f"{float(((now - wanted) ** 2).mean()):.3g}"

    def test_hover_puts_the_window_there_and_leaving_brings_the_worst_pixel_back(
        self, page: LearnedPage
    ) -> None:
        canvas = page.stage.canvas
        assert page.resolved is not None
        worst = page.resolved.place
        hover(canvas, "now", 3, 4)
        (mark,) = (m for m in plate_of(canvas, "photo").marks if m.role is MarkRole.WINDOW)
        assert (mark.top, mark.left, mark.bottom, mark.right) == (3, 4, 6, 7)
        np.testing.assert_array_equal(plate_of(canvas, "patch").values, page.resolved.exercise.x[3:6, 4:7])
        under = page.details.under.texts()
        assert under["response"] == "row 3, col 4" and "part of the loss" in under
        hover(canvas, "photo", 0, 15)
        assert page.details.under.texts()["response"] == "row 0, col 13"
        hover(canvas, "kernel", 1, 1)
        assert page.details.under.texts()["target"] == "0" and "next change" in page.details.under.texts()
        hover(canvas, "patch", 0, 0)
        assert "pulls the weight" in page.details.under.texts()
        hover_nothing(canvas)
        assert page.resolved.place == worst and page.state.place is None

    def test_what_is_said_of_the_cell_under_the_pointer_moves_on_with_the_training(
        self, page: LearnedPage
    ) -> None:
        hover(page.stage.canvas, "now", 3, 4)
        for step in (0, 12):
            page.stepper.set_range(41, step - 1 if step else 1, "update", first=0)
            page.stepper.step_forward() if step else page.stepper.go_first()
            assert page.state.step == step and page.resolved is not None
            shown = page.details.under.texts()["response now"].replace("−", "-")
            assert float(shown) == pytest.approx(page.resolved.response[3, 4], rel=5e-3)

    def test_a_click_keeps_the_pixel_shift_and_arrows_move_it_esc_lets_go(self, page: LearnedPage) -> None:
        canvas = page.stage.canvas
        click(canvas, "error", 5, 6)
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert page.state.place == (6, 7) and page.state.step == 0
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        assert page.state.place is None

    def test_another_learning_rate_trains_anew_and_is_one_undo_step(
        self, page: LearnedPage, qtbot: QtBot
    ) -> None:
        show(page, qtbot, step=40)
        before = kernel(page).copy()
        slider = page.panel.rate.slider
        slider.setFocus()
        for _ in range(3):
            QTest.keyClick(slider, Qt.Key.Key_Left)
        settled(page, qtbot)
        assert page.state.rate == 0.0871 and page.panel.numbers["rate"].value == 0.0871
        assert not np.array_equal(kernel(page), before)
        page.undo()
        assert page.state.rate == 0.1
        settled(page, qtbot)
        np.testing.assert_array_equal(kernel(page), before)

    def test_a_target_cell_can_be_typed_over(self, page: LearnedPage, qtbot: QtBot) -> None:
        type_into_cell(page.stage.canvas, "target", 0, 0, "4")
        assert page.state.target == "hidden" and not page.state.covered and page.state.kernel[0, 0] == 4
        settled(page, qtbot)
        show(page, qtbot, step=40)
        assert kernel(page)[0, 0] == pytest.approx(page.resolved.weights[0])  # type: ignore[union-attr]
        page.undo()
        page.undo()
        assert page.state == NOISE

    def test_the_safe_rate_is_offered_and_taken(self, page: LearnedPage, qtbot: QtBot) -> None:
        assert not page.panel.safe.isVisible()  # Adam has none
        show(page, qtbot, optimiser="sgd")
        assert page.resolved is not None and page.resolved.bowl is not None
        limit = page.resolved.bowl.stable_rate(page.state.spec)
        show(page, qtbot, batch="crops")
        assert not page.panel.safe.isVisible()  # nobody knows that of crops
        show(page, qtbot, batch="whole")
        assert page.panel.safe.isVisible()
        QTest.mouseClick(page.panel.safe, Qt.MouseButton.LeftButton)
        assert limit is not None and page.state.rate == pytest.approx(0.95 * limit, rel=0.01)

    def test_crops_are_outlined_in_the_photo(self, page: LearnedPage, qtbot: QtBot) -> None:
        page.panel.more.set_folded(False)
        QTest.mouseClick(page.panel.batch.button("crops"), Qt.MouseButton.LeftButton)
        type_into(page.panel.numbers["crops"], "3")
        settled(page, qtbot)
        marks = [m for m in plate_of(page.stage.canvas, "photo").marks if m.role is MarkRole.LINKED]
        assert len(marks) == 3 and page.panel.numbers["crop_side"].isVisible()
        assert "on the whole picture" in page.details.numbers.texts()

    def test_a_rate_that_no_field_would_take_is_not_offered(self, page: LearnedPage, qtbot: QtBot) -> None:
        show(page, qtbot, optimiser="sgd")
        shown = page.resolved
        assert shown is not None and shown.bowl is not None and safe_rate(shown) is not None
        flat = replace(shown.bowl, curvatures=shown.bowl.curvatures * 1e-4)  # as that of a very dim picture
        limit = flat.stable_rate(shown.state.spec)
        assert limit is not None and limit > 200 and safe_rate(replace(shown, bowl=flat)) is None

    def test_larger_kernels(self, page: LearnedPage, qtbot: QtBot) -> None:
        for size in (5, 7):
            QTest.mouseClick(page.panel.size.button(str(size)), Qt.MouseButton.LeftButton)
            settled(page, qtbot)
            assert kernel(page).shape == (size, size)
            assert page.details.bowl.texts()["numbers to learn"] == str(size * size)


class TestHidden:
    def test_numbers_are_typed_unseen_and_revealed_with_a_key(self, page: LearnedPage, qtbot: QtBot) -> None:
        page.panel.target.combo.setCurrentIndex(page.panel.target.combo.findData("hidden"))
        edit = page.panel.secret.edit
        assert edit.isVisible() and edit.echoMode() is edit.EchoMode.Password
        QTest.keyClicks(edit, "1 2 3 4 5 6 7 8 -9")
        QTest.keyClick(edit, Qt.Key.Key_Return)
        settled(page, qtbot)
        assert page.state.hidden == (1, 2, 3, 4, 5, 6, 7, 8, -9) and edit.text() == ""
        plate = plate_of(page.stage.canvas, "target")
        assert (
            plate.hidden is not None and plate.hidden.all() and not plate.values.any() and not plate.editable
        )
        hover(page.stage.canvas, "target", 2, 2)
        assert page.details.under.texts()["target"] == "covered"
        page.stage.canvas.setFocus()
        QTest.keyClick(page.stage.canvas, Qt.Key.Key_R)
        assert plate_of(page.stage.canvas, "target").values[2, 2] == -9 and page.panel.reveal.value
        QTest.keyClick(page.stage.canvas, Qt.Key.Key_R)
        assert page.state.covered

    def test_bad_numbers_are_refused_at_the_field(self, page: LearnedPage) -> None:
        page.panel.target.combo.setCurrentIndex(page.panel.target.combo.findData("hidden"))
        before, secret = page.state, page.panel.secret
        for text, reason in (("1 2 3", "9 numbers are needed"), ("x " * 9, "not a number")):
            secret.edit.clear()
            QTest.keyClicks(secret.edit, text)
            QTest.keyClick(secret.edit, Qt.Key.Key_Return)
            assert reason in secret.problem and page.state == before
        QTest.keyClicks(secret.edit, "1")
        assert secret.problem == ""

    def test_nothing_on_the_screen_gives_it_away(self, page: LearnedPage, qtbot: QtBot) -> None:
        secret = (37.0, *(0.0,) * 8)
        for view in ("train", "directions", "compare"):
            show(page, qtbot, target="hidden", hidden=secret, view=view)
            seen = [plate for plate in page.stage.canvas.scene.plates if (np.abs(plate.values) == 37).any()]
            said = " ".join(words(page.stage.canvas.scene)) + str(page.details.numbers.texts())
            assert not seen and not re.search(r"\b37(\.00?)?\b", said), view
        assert not any("target" in name for name, _ in LearnedExports(page).arrays())
        with pytest.raises(UserError, match="covered"):
            LearnedExports(page).script()


class TestViews:
    def test_numbers_with_alt_pick_views_and_esc_comes_back(self, page: LearnedPage) -> None:
        QTest.keyClick(page, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
        assert page.state.view == "directions" and page.views.value == "directions"
        for index in range(9):
            plate_of(page.stage.canvas, f"direction/{index}")
        hover(page.stage.canvas, "direction/8", 0, 0)
        assert page.details.under.texts()["direction"] == "9 of 9"
        QTest.keyClick(page, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
        assert {p.key for p in page.stage.canvas.scene.plates} == {"kernel", "target", "apart", "solution"}
        QTest.keyClick(page, Qt.Key.Key_Escape)
        view: str = page.state.view
        assert view == "train" and not page.history.can_undo

    @pytest.mark.parametrize("size", [(1024, 640), (1600, 1000)])
    def test_everything_has_its_room(
        self, small: None, open_window: OpenWindow, qtbot: QtBot, size: tuple[int, int]
    ) -> None:
        page = learned(open_window(inline, size=size, page="learned"))
        for view in ("train", "directions", "compare"):
            show(page, qtbot, view=view, step=20, optimiser="sgd", batch="crops")
            canvas = page.stage.canvas
            plates = canvas.scene.plates
            assert plates and page.stage.plot.height() >= 100
            for plate in plates:
                assert canvas.rect().toRectF().contains(plate.rect), (view, plate.key)
                assert min(plate.rect.width(), plate.rect.height()) >= 60, (view, plate.key)
            for first in plates:
                assert not any(first.rect.intersects(other.rect) for other in plates if other is not first)

    def test_a_flat_picture_is_explained(self, page: LearnedPage, qtbot: QtBot) -> None:
        page.picker.tabs.button("preset").click()
        page.panel.preset.combo.setCurrentIndex(page.panel.preset.combo.findData("flat"))
        show(page, qtbot, scaling="unit")
        facts = page.details.bowl.texts()
        assert facts["directions taught"] == "1" and facts["condition number"] == "∞"
        assert "teaches 1 of 9" in page.stage.canvas.scene.description


class TestFieldsRefuse:
    BAD = (
        ("rate", "0", "learning rate", 1e-5), ("rate", "fast", "not a number", 1e-5), ("updates", "0", "at least", 1),
        ("angle", "400", "at most", 359), ("seed", "-1", "at least", 0),
    )  # fmt: skip

    def test_with_the_reason_and_the_nearest_value(self, page: LearnedPage) -> None:
        for name, text, reason, nearest in self.BAD:
            field, before = page.panel.numbers[name], page.state
            type_into(field, text)
            assert page.state == before and reason in field.problem, name
            QTest.mouseClick(field.use_nearest, Qt.MouseButton.LeftButton)
            assert not field.problem and field.value == nearest, name


class TestTour:
    def test_every_stop_is_a_legal_state_and_names_itself(self, page: LearnedPage) -> None:
        stops = page.tour()
        assert len({stop.name for stop in stops}) == len(stops) == 9
        for stop in stops:
            assert stop.state.validated() == stop.state and stop.title and stop.text
        assert "2/λ" in page.explanation() and ("Reveal or cover the hidden kernel", "R") in page.shortcuts()
