"""The page "Learn a filter", through its real widgets: what a person does and what is shown for it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.context import Context
from engine.errors import ErrorReport, UserError
from engine.foundations.learned.by_hand import walk
from engine.foundations.learned.requests import CheckRun, MeasureBowl, Run, TrainKernel
from engine.handlers import Handler
from engine.images import Frame
from engine.jobs import Partial
from engine.runner import Emit, InlineEngine
from engine.sources import LoadSample
from gui import export
from gui.main_window import MainWindow
from gui.pages.learned.controls import safe_rate
from gui.pages.learned.exports import LearnedExports
from gui.pages.learned.page import LearnedPage
from gui.pages.learned.state import LearnedState
from gui.state import to_json
from gui.widgets.fields import NumberField
from gui.widgets.formula import loader
from gui.widgets.plate import MarkRole
from gui.widgets.source_picker import SourcePicker
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import (
    WITHOUT_TORCH,
    HeldEngine,
    OpenWindow,
    calm,
    click,
    held,
    hover,
    hover_nothing,
    open_window,
    pixels_of,
    plate_of,
    shot,
    type_into_cell,
    words,
)

__all__ = ["calm", "open_window"]

HANDLERS = {
    **WITHOUT_TORCH,
    "engine.foundations.learned.requests.TrainKernel": Handler(
        f"{__name__}:train_by_hand", needs_torch=False
    ),
}
NOISE = replace(
    LearnedState(), source=SourceState(kind="preset", value="noise"), side=16, scaling="standard", updates=40
)


def train_by_hand(request: TrainKernel, _context: Context) -> Run:
    """Trains without torch."""
    steps = list(walk(request.exercise, request.spec))
    return Run(
        request.exercise, request.spec, np.array([s.weights for s in steps]), np.array([s.loss for s in steps]),
        np.array([s.gradient for s in steps]), "done", 0.1,
    )  # fmt: skip


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, load_torch=False, handlers=HANDLERS)


def learned(window: MainWindow) -> LearnedPage:
    window.show_page("learned")
    return cast("LearnedPage", window.page)


@pytest.fixture(autouse=True, scope="module")
def formulas(qapp: QApplication) -> None:
    """Typesetting is loaded once and not beside a test that ends before."""
    loader.load()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page begins with a small pattern."""
    monkeypatch.setattr(LearnedPage, "initial_state", lambda _page: NOISE)


def settled(page: LearnedPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(page.tour_ready, timeout=10_000)


@pytest.fixture
def page(small: None, open_window: OpenWindow, qtbot: QtBot) -> LearnedPage:
    """The page with a small pattern, over an engine without a thread and without torch; everything was answered."""
    found = learned(open_window(inline, page="learned"))
    settled(found, qtbot)
    return found


def show(page: LearnedPage, qtbot: QtBot, **changes: Any) -> None:
    page.change(replace(page.state, **changes))
    settled(page, qtbot)


def type_into(field: NumberField, text: str) -> None:
    field.edit.setFocus()
    field.edit.selectAll()
    QTest.keyClick(field.edit, Qt.Key.Key_Delete)
    QTest.keyClicks(field.edit, text)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)


def kernel(page: LearnedPage) -> np.ndarray:
    return plate_of(page.stage.canvas, "kernel").values


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


class TestEngine:
    def partial(self, page: LearnedPage, request: TrainKernel, updates: int) -> Run:
        run = train_by_hand(replace(request, spec=replace(request.spec, updates=updates)), Context())
        return replace(run, spec=request.spec, outcome="running")

    def test_a_run_is_shown_as_it_comes(self, small: None, open_window: OpenWindow, qtbot: QtBot) -> None:
        page = learned(open_window(HeldEngine, page="learned"))
        engine = held(cast("MainWindow", page.window()))
        page.change(replace(NOISE, step=40))
        qtbot.waitUntil(lambda: bool(engine.jobs(TrainKernel)))
        job = engine.jobs(TrainKernel)[-1]
        request = cast("TrainKernel", engine.asked[job][0])
        assert page.resolved is not None and page.resolved.moment == 0
        for updates in (3, 12):
            engine.emit(Partial(job, self.partial(page, request, updates)))
            qtbot.waitUntil(lambda n=updates: page.resolved.moment == n)  # type: ignore[misc]
            assert (
                page.stepper.index == updates and page.state.step == 40
            )  # it does not say what is not on show
        assert not engine.jobs(CheckRun) and not page.tour_ready()
        engine.answer(job, train_by_hand(request, Context()))
        qtbot.waitUntil(lambda: bool(engine.jobs(CheckRun)))
        assert page.resolved.moment == page.stepper.index == 40

    def test_a_run_of_the_settings_before_is_not_shown(
        self, small: None, open_window: OpenWindow, qtbot: QtBot
    ) -> None:
        page = learned(open_window(HeldEngine, page="learned"))
        engine = held(cast("MainWindow", page.window()))
        page.change(NOISE)
        qtbot.waitUntil(lambda: bool(engine.jobs(TrainKernel)))
        old = engine.jobs(TrainKernel)[-1]
        page.change(replace(NOISE, rate=0.3, step=40))
        qtbot.waitUntil(lambda: len(engine.jobs(TrainKernel)) > 1)
        assert old in engine.cancelled
        engine.emit(Partial(old, self.partial(page, cast("TrainKernel", engine.asked[old][0]), 9)))
        qtbot.waitUntil(
            lambda: page.stage.stale
        )  # nothing of the new run has come: what is on show is tinted
        assert (
            page.resolved is not None and page.resolved.state.rate == NOISE.rate and page.resolved.moment == 0
        )
        new = engine.jobs(TrainKernel)[-1]
        engine.emit(Partial(new, self.partial(page, cast("TrainKernel", engine.asked[new][0]), 5)))
        qtbot.waitUntil(lambda: page.resolved is not None and page.resolved.moment == 5)
        assert not page.stage.stale

    def test_a_failure_is_a_sentence(self, small: None, open_window: OpenWindow, qtbot: QtBot) -> None:
        page = learned(open_window(HeldEngine, page="learned"))
        engine = held(cast("MainWindow", page.window()))
        page.change(NOISE)
        qtbot.waitUntil(lambda: bool(engine.jobs(TrainKernel)))
        said = QSignalSpy(page.said)
        engine.fail(
            engine.jobs(TrainKernel)[-1], ErrorReport("The memory was not enough.", "Take a smaller picture.")
        )
        qtbot.waitUntil(lambda: said.count() == 1)
        assert said.at(0)[0] == "The memory was not enough. Take a smaller picture."
        assert page.stage.plot.accessibleDescription() == said.at(0)[0]

    def test_a_training_that_a_person_cancels_stays_as_far_as_it_came(
        self, small: None, open_window: OpenWindow, qtbot: QtBot
    ) -> None:
        page = learned(open_window(HeldEngine, page="learned"))
        engine = held(cast("MainWindow", page.window()))
        page.change(replace(NOISE, step=40))
        qtbot.waitUntil(lambda: bool(engine.jobs(TrainKernel)))
        job = engine.jobs(TrainKernel)[-1]
        engine.emit(Partial(job, self.partial(page, cast("TrainKernel", engine.asked[job][0]), 6)))
        qtbot.waitUntil(lambda: page.resolved is not None and page.resolved.moment == 6)
        said = QSignalSpy(page.said)
        engine.cancel(job)
        qtbot.waitUntil(lambda: said.count() == 1)
        assert "cancelled" in said.at(0)[0] and page.resolved is not None and page.resolved.moment == 6
        page.change(replace(page.state, rate=0.2))
        qtbot.waitUntil(lambda: len(engine.jobs(TrainKernel)) > 1)

    def test_a_hidden_page_asks_for_nothing(self, small: None, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine, page="learned")
        page, engine = learned(window), held(window)
        page.change(NOISE)
        qtbot.waitUntil(lambda: bool(engine.jobs(TrainKernel)) and bool(engine.jobs(MeasureBowl)))
        job = engine.jobs(TrainKernel)[-1]
        window.show_page("convolution")
        assert job in engine.cancelled
        learned(window)
        qtbot.waitUntil(lambda: engine.jobs(TrainKernel)[-1] > job)

    def test_a_state_that_comes_while_the_page_is_hidden_is_trained_when_it_is_seen(
        self, page: LearnedPage, qtbot: QtBot
    ) -> None:
        window = cast("MainWindow", page.window())
        window.show_page("convolution")
        page.restore_session(to_json(replace(NOISE, size=5, bias=True, view="directions", step=9)))
        assert page.resolved is not None and page.resolved.run is None and page.resolved.bowl is None
        window.show_page("learned")
        settled(page, qtbot)
        assert page.resolved.moment == 9 and plate_of(page.stage.canvas, "direction/25").shape == (5, 5)


class TestSources:
    def test_a_film_that_is_dropped_stays_on_this_page(self, page: LearnedPage) -> None:
        assert page.accepts("video") is None and page.accepts("weights") is not None

    def test_zeros_have_no_curve_and_are_told(self, page: LearnedPage, qtbot: QtBot) -> None:
        show(page, qtbot, source=SourceState(kind="preset", value="flat"), scaling="centred")
        assert "nothing to learn" in page.stage.plot.accessibleDescription()

    def test_a_photo_comes_and_goes_with_undo(self, page: LearnedPage, qtbot: QtBot) -> None:
        page.picker.pick(SourceState(kind="sample", value="cat"))
        qtbot.waitUntil(lambda: page.state.source.value == "cat", timeout=10_000)
        settled(page, qtbot)
        assert plate_of(page.stage.canvas, "photo").shape == (12, 18)  # no side shorter than 12
        page.undo()
        settled(page, qtbot)
        assert page.state == NOISE

    def test_what_is_on_show_is_tinted_until_the_photo_is_there(
        self, small: None, open_window: OpenWindow, qtbot: QtBot
    ) -> None:
        page = learned(open_window(HeldEngine, page="learned"))
        page.change(NOISE)
        page.change(replace(NOISE, source=SourceState(kind="sample", value="coffee")))
        assert page.stage.plot.stale
        assert held(cast("MainWindow", page.window())).jobs(LoadSample)

    def test_a_drawing_and_a_paste_teach_too(self, page: LearnedPage, qtbot: QtBot) -> None:
        image = QImage(60, 40, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.gray)
        painter = QPainter(image)
        painter.fillRect(10, 10, 20, 20, Qt.GlobalColor.black)
        painter.end()
        page.paste_image(image)
        qtbot.waitUntil(lambda: page.state.source.kind == "file", timeout=10_000)
        settled(page, qtbot)
        assert page.details.bowl.texts()["directions taught"] != "0"

    def test_of_what_plays_a_picture_is_taken_now_and_then_and_the_last_one(
        self, page: LearnedPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page.picker.pick(SourceState(kind="sample", value="cat"))
        qtbot.waitUntil(lambda: page.state.source.value == "cat", timeout=10_000)
        draw = np.random.default_rng(0)
        frames = [
            Frame(draw.integers(0, 256, (20, 20, 3), np.uint8), "film", time_s=t)
            for t in (10.0, 10.4, 11.2, 11.3)
        ]
        playing = True
        monkeypatch.setattr(SourcePicker, "live", property(lambda _picker: playing))
        monkeypatch.setattr(SourcePicker, "frame", property(lambda _picker: frames[-1]))
        seen = []
        for frame in frames:
            page.picker.frameChanged.emit(frame)
            seen.append(page.picture)
        assert seen == [frames[0], frames[0], frames[2], frames[2]]
        playing = False
        page.picker.liveChanged.emit(False)
        assert page.picture is frames[3]

    def test_the_session_comes_back(self, page: LearnedPage, qtbot: QtBot) -> None:
        show(page, qtbot, step=25, view="compare", target="scharr", angle=45)
        saved, before = to_json(page.state), kernel(page).copy()
        page.reset()
        page.restore_session(saved)
        settled(page, qtbot)
        np.testing.assert_array_equal(kernel(page), before)
        with pytest.raises(UserError, match="side"):
            page.restore_state({"side": 99})


class TestExports:
    def test_numbers_script_and_film(
        self, page: LearnedPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        show(page, qtbot, step=40)
        exports = LearnedExports(page)
        blocks = dict(exports.arrays())
        history = np.asarray(blocks["update, loss, weights row by row"])
        assert history.shape == (41, 11)
        np.testing.assert_array_equal(history[-1, 2:], kernel(page).ravel())
        assert "torch.optim.Adam" in exports.script() and exports.name == "convscope-learned-train"
        film = exports.film()
        assert list(film.indices) == list(range(41))
        monkeypatch.setattr("gui.pages.learned.exports.MOST_FILM_FRAMES", 12)
        assert list(exports.film().indices) == [*range(0, 41, 4)]
        monkeypatch.setattr("gui.pages.learned.exports.MOST_FILM_FRAMES", 16)
        assert list(exports.film().indices) == [
            *range(0, 41, 3),
            40,
        ]  # thinned, it still ends where training ends
        first, last = (pixels_of(film.image_at(i)) for i in (0, 40))
        assert first.shape == last.shape and (first != last).any()
        assert page.state.step == 40

    def test_pictures_have_grids_and_curve(self, page: LearnedPage, qtbot: QtBot, tmp_path: Path) -> None:
        for view in ("train", "directions", "compare"):
            show(page, qtbot, step=30, view=view)
            image = QImage(640, 560, QImage.Format.Format_RGB32)
            image.fill(Qt.GlobalColor.magenta)
            painter = QPainter(image)
            page.stage.paint(painter, QSizeF(640, 560))
            painter.end()
            pixels = pixels_of(image)
            assert not (pixels == (255, 0, 255)).all(-1).any()
            for part in (pixels[:250], pixels[420:]):
                assert len(np.unique(part.reshape(-1, 3), axis=0)) > 10, view
        export.save_png(page.stage, tmp_path / "a.png")
        export.save_svg(page.stage, tmp_path / "a.svg", "Learn a filter")
        assert (tmp_path / "a.png").stat().st_size > 1000 and b"<svg" in (tmp_path / "a.svg").read_bytes()[
            :400
        ]

    def test_the_menu_of_a_grid(self, page: LearnedPage, qtbot: QtBot) -> None:
        menu = QMenu()
        qtbot.addWidget(menu)
        page.fill_plate_menu(menu, plate_of(page.stage.canvas, "kernel"))
        menu.actions()[0].trigger()
        assert "Kernel now" in QGuiApplication.clipboard().text()
        menu.clear()
        show(page, qtbot, target="hidden")
        page.fill_plate_menu(menu, plate_of(page.stage.canvas, "target"))
        assert not menu.actions()


class TestTour:
    def test_every_stop_is_a_legal_state_and_names_itself(self, page: LearnedPage) -> None:
        stops = page.tour()
        assert len({stop.name for stop in stops}) == len(stops) == 9
        for stop in stops:
            assert stop.state.validated() == stop.state and stop.title and stop.text
        assert "2/λ" in page.explanation() and ("Reveal or cover the hidden kernel", "R") in page.shortcuts()
