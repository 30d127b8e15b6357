"""The pooling page, through its real widgets: what a person does and what is shown for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.context import Context
from engine.errors import UserError
from engine.foundations.pooling.picture import respond
from engine.foundations.pooling.requests import CheckPicture, CheckPooling, CheckShift, PoolPicture
from engine.foundations.requests import CheckResult
from engine.handlers import Handler
from engine.images import from_array
from engine.runner import Emit, InlineEngine
from engine.sources import LoadSample
from gui.main_window import MainWindow
from gui.pages.pooling.exports import PoolingExports
from gui.pages.pooling.page import PoolingPage
from gui.pages.pooling.state import PoolingState
from gui.state import to_json
from gui.widgets.fields import NumberField
from gui.widgets.plate import MarkRole
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import (
    STAND_IN,
    WAIT,
    WITHOUT_TORCH,
    HeldEngine,
    OpenWindow,
    calm,
    click,
    double_click,
    held,
    hover,
    hover_nothing,
    move_to,
    open_window,
    plate_of,
    shot,
    type_into_cell,
    words,
)

__all__ = ["calm", "open_window"]

ROOM = "engine.foundations.pooling.requests"
HANDLERS = {
    **WITHOUT_TORCH,
    **{
        f"{ROOM}.{name}": Handler(f"{__name__}:agree", needs_torch=False)
        for name in ("CheckPooling", "CheckShift", "CheckPicture")
    },
}


def agree(_request: object, _context: object) -> CheckResult:
    """Answers a check without torch."""
    return CheckResult(0.0, 1e-5, True, STAND_IN)


def inline(emit: Emit) -> InlineEngine:
    return InlineEngine(emit, load_torch=False, handlers=HANDLERS)


def pooling(window: MainWindow) -> PoolingPage:
    window.show_page("pooling")
    return cast("PoolingPage", window.page)


@pytest.fixture
def page(open_window: OpenWindow) -> PoolingPage:
    """The pooling page in a window of 1440 x 900, over an engine without a thread and without torch."""
    return pooling(open_window(inline))


def show(page: PoolingPage, **changes: Any) -> None:
    page.change(replace(page.state, **changes))


def type_into(field: NumberField, text: str) -> None:
    """Type a value into a field and press Enter."""
    field.edit.setFocus()
    field.edit.selectAll()
    QTest.keyClick(field.edit, Qt.Key.Key_Delete)
    QTest.keyClicks(field.edit, text)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)


def answer_picture(engine: HeldEngine) -> None:
    """Answer the newest question for a pooled picture as the engine does."""
    job = engine.jobs(PoolPicture)[-1]
    steps = respond(cast("PoolPicture", engine.asked[job][0]), Context())
    try:
        while True:
            next(steps)
    except StopIteration as stop:
        engine.answer(job, stop.value)


def settled(page: PoolingPage, qtbot: QtBot) -> None:
    """Wait until everything that the state owes is on the screen."""
    qtbot.waitUntil(page.tour_ready, timeout=WAIT)


def marked(page: PoolingPage, key: str, role: MarkRole) -> list[tuple[float, float, float, float]]:
    return [(m.top, m.left, m.bottom, m.right) for m in plate_of(page.canvas, key).marks if m.role is role]


class TestSteps:
    def test_the_first_visit_shows_the_example_of_the_course(self, page: PoolingPage) -> None:
        np.testing.assert_array_equal(plate_of(page.canvas, "output/0").values, [[9, 2], [6, 3]])
        assert "max(1, 3, 2, 9) = 9" in words(page.canvas.scene)
        assert any("0 parameters" in text for text in words(page.canvas.scene))
        assert marked(page, "input/0", MarkRole.WINDOW) == [(0, 0, 2, 2)]
        assert marked(page, "input/0", MarkRole.LINKED) == [(1, 1, 2, 2)]
        assert page.details.cost.texts()["parameters"] == "0"
        assert len(np.unique(shot(page.canvas).reshape(-1, 3), axis=0)) > 20

    def test_space_plays_and_arrows_step(self, page: PoolingPage) -> None:
        page.canvas.setFocus()
        QTest.keyClick(page.canvas, Qt.Key.Key_Right)
        assert page.state.step == 1 and "max(2, 1, 1, 1) = 2" in words(page.canvas.scene)
        QTest.keyClick(page.canvas, Qt.Key.Key_Down)
        assert page.state.step == 3 and page.stepper.index == 3
        QTest.keyClick(page.canvas, Qt.Key.Key_Up)
        QTest.keyClick(page.canvas, Qt.Key.Key_Left)
        assert page.state.step == 0
        QTest.keyClick(page.canvas, Qt.Key.Key_Space)
        assert page.stepper.playing
        QTest.keyClick(page.canvas, Qt.Key.Key_Space)
        QTest.keyClick(page.canvas, Qt.Key.Key_End)
        assert not page.stepper.playing and page.state.step == 3
        assert not page.history.can_undo  # looking around is no change

    def test_cells_that_the_window_has_not_reached_stay_empty(self, page: PoolingPage) -> None:
        hidden = plate_of(page.canvas, "output/0").hidden
        assert hidden is not None and hidden.tolist() == [[False, True], [True, True]]
        show(page, fill=False)
        assert plate_of(page.canvas, "output/0").hidden is None

    def test_hover_moves_the_window_and_explains_and_leaving_brings_it_back(self, page: PoolingPage) -> None:
        hover(page.canvas, "input/0", 3, 3)
        assert marked(page, "input/0", MarkRole.WINDOW) == [(2, 2, 4, 4)] and page.state.step == 0
        under = page.details.under.texts()
        assert under["value"] == "2" and under["seen by"] == "1 window" and under["wins"] == "0 windows"
        hover(page.canvas, "output/0", 1, 0)
        assert page.details.under.texts()["switch"] == "row 3, col 1"
        hover(page.canvas, "window/0", 0, 0)
        assert "gradient share" in page.details.under.texts()
        hover_nothing(page.canvas)
        assert marked(page, "input/0", MarkRole.WINDOW) == [(0, 0, 2, 2)]

    def test_a_click_puts_the_window_there(self, page: PoolingPage) -> None:
        click(page.canvas, "output/0", 1, 1)
        assert page.state.step == 3 and page.stepper.index == 3

    def test_editing_a_cell_is_one_undo_step(self, page: PoolingPage) -> None:
        type_into_cell(page.canvas, "input/0", 0, 0, "20")
        assert page.state.edits == ((0, 0, 0, 20.0),)
        assert plate_of(page.canvas, "output/0").values[0, 0] == 20
        page.undo()
        assert page.state == PoolingState() and plate_of(page.canvas, "output/0").values[0, 0] == 9
        page.redo()
        assert plate_of(page.canvas, "output/0").values[0, 0] == 20

    def test_padding_shows_its_infinity_and_is_not_edited(self, page: PoolingPage) -> None:
        show(page, pad=1)
        plate = plate_of(page.canvas, "input/0")
        assert plate.shape == (6, 6) and np.isneginf(plate.values[0, 0]) and plate.faint is not None
        said = QSignalSpy(page.said)
        type_into_cell(page.canvas, "input/0", 0, 0, "5")
        assert "padding" in said.at(0)[0] and page.state.edits == ()
        hover(page.canvas, "input/0", 0, 0)
        assert page.details.under.texts()["this is"] == "padding"
        type_into_cell(page.canvas, "input/0", 1, 1, "8")
        assert page.state.edits == ((0, 0, 0, 8.0),)

    def test_every_channel_has_its_row(self, page: PoolingPage) -> None:
        page.panel.preset.combo.setCurrentIndex(page.panel.preset.combo.findData("random"))
        type_into(page.panel.numbers["channels"], "3")
        for channel in range(3):
            assert plate_of(page.canvas, f"output/{channel}").shape == (4, 4)
            assert marked(page, f"input/{channel}", MarkRole.WINDOW) == [(0, 0, 2, 2)]
        assert page.details.step_facts.texts()["channel"] == "Channel 1"

    def test_every_kind_can_be_chosen(self, page: PoolingPage) -> None:
        expected = {
            "max": 9,
            "average": 3.75,
            "min": 1,
            "l2": 9.746794,
            "global_max": 9,
            "global_average": 2.6875,
        }
        for kind, value in expected.items():
            page.panel.kind.combo.setCurrentIndex(page.panel.kind.combo.findData(kind))
            assert plate_of(page.canvas, "output/0").values[0, 0] == pytest.approx(value), kind
        assert not page.panel.numbers["size"].isEnabled()
        page.panel.kind.combo.setCurrentIndex(page.panel.kind.combo.findData("stochastic"))
        assert page.panel.numbers["size"].isEnabled() and "is drawn" in " ".join(words(page.canvas.scene))


class TestFieldsRefuse:
    BAD: tuple[tuple[dict[str, Any], str, str, str, int], ...] = (
        ({}, "size", "7", "larger than the input", 4),
        ({}, "pad", "2", "at most half", 1),
        ({"rows": 3, "cols": 3, "pad": 1}, "size", "1", "at most half", 2),
        ({}, "stride", "0", "at least 1", 1),
        ({}, "height", "1", "larger than the input", 2),
        ({}, "channels", "4", "at most 3", 3),
        ({}, "cols", "9", "larger than the input", 4),
        ({}, "size", "two", "not a number", 2),
    )

    def test_with_the_reason_and_the_nearest_value(self, page: PoolingPage) -> None:
        page.panel.more.set_folded(False)
        for changes, name, text, reason, nearest in self.BAD:
            page.restore_session({})
            show(page, **changes)
            case, before, field = f"{name} = {text} after {changes}", page.state, page.panel.numbers[name]
            type_into(field, text)
            assert page.state == before and reason in field.problem, f"{case}: {field.problem}"
            QTest.mouseClick(field.use_nearest, Qt.MouseButton.LeftButton)
            assert not field.problem and field.value == nearest, case
            assert page.state.validated() is page.state, case


class TestBackward:
    def test_the_gradient_goes_to_the_switches(self, page: PoolingPage) -> None:
        QTest.keyClick(page, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
        assert page.state.view == "backward"
        arrived = plate_of(page.canvas, "grad-in/0").values
        assert arrived[1, 1] == 1 and arrived[0, 2] == 2 and arrived.sum() == 10
        assert len(marked(page, "input/0", MarkRole.LINKED)) == 4
        hover(page.canvas, "grad-out/0", 1, 1)
        assert marked(page, "grad-in/0", MarkRole.WINDOW) == [(2, 3, 3, 4)]
        assert (
            "gradient 4 of output (row 1, column 1) goes whole to input (row 2, column 3)"
            in page.canvas.scene.description
        )

    def test_pointing_at_an_input_cell_lights_its_senders(self, page: PoolingPage) -> None:
        show(page, view="backward", kind="average", rows=3, cols=3, stride=1)
        hover(page.canvas, "grad-in/0", 1, 1)
        assert len(marked(page, "grad-out/0", MarkRole.LINKED)) == 4
        assert page.details.under.texts()["comes from"] == "4 outputs"
        assert "= 1.111" in page.canvas.scene.description

    def test_the_gradient_of_the_output_can_be_edited(self, page: PoolingPage) -> None:
        show(page, view="backward")
        type_into_cell(page.canvas, "grad-out/0", 0, 0, "-5")
        assert plate_of(page.canvas, "grad-in/0").values[1, 1] == -5
        page.panel.gradient.combo.setCurrentIndex(1)
        assert page.state.gradient == "ones" and plate_of(page.canvas, "grad-in/0").values[0, 2] == 1
        QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
        QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
        assert page.state.view == "steps"

    def test_a_channel_is_chosen(self, page: PoolingPage) -> None:
        show(page, source=SourceState("preset", "random"), channels=2, view="backward")
        assert page.channel_choice.isVisible()
        page.channel_choice.combo.setCurrentIndex(1)
        assert plate_of(page.canvas, "grad-in/1").title


class TestDice:
    def test_rolls_by_button_and_by_stepper(self, page: PoolingPage) -> None:
        show(page, view="stochastic", samples=20)
        QTest.mouseClick(page.panel.roll, Qt.MouseButton.LeftButton)
        assert page.state.roll == 1 and page.stepper.count == 20
        shares = plate_of(page.canvas, "drawn/0").values
        assert shares.sum() == pytest.approx(1) and set(np.unique(shares * 2)) <= {0.0, 1.0, 2.0}
        QTest.mouseClick(page.panel.many, Qt.MouseButton.LeftButton)
        assert page.state.roll == 19 and not page.panel.roll.isEnabled()
        np.testing.assert_allclose(
            plate_of(page.canvas, "chances/0").values, [[1 / 15, 3 / 15], [2 / 15, 9 / 15]]
        )
        assert plate_of(page.canvas, "expected/0").values[0, 0] == pytest.approx(95 / 15)
        assert "seed 2013" in page.canvas.scene.description

    def test_the_same_seed_rolls_the_same(self, page: PoolingPage) -> None:
        show(page, view="stochastic", roll=7)
        first = plate_of(page.canvas, "output/0").values.copy()
        type_into(page.panel.numbers["seed"], "5")
        type_into(page.panel.numbers["seed"], "2013")
        np.testing.assert_array_equal(plate_of(page.canvas, "output/0").values, first)

    def test_hover_says_where_a_chance_comes_from(self, page: PoolingPage) -> None:
        show(page, view="stochastic")
        for key, name, value in (
            ("chances/0", "is", "9 / 15"),
            ("drawn/0", "rolls", None),
            ("expected/0", "value", "6.333"),
        ):
            cell = (0, 0) if key.startswith("expected") else (1, 1)
            hover(page.canvas, key, *cell)
            assert name in page.details.under.texts()
            assert value is None or page.details.under.texts()[name] == value

    def test_arrows_move_the_region(self, page: PoolingPage) -> None:
        show(page, view="stochastic")
        page.canvas.setFocus()
        QTest.keyClick(page.canvas, Qt.Key.Key_Right)
        assert page.state.step == 1 and page.state.roll == 0
        QTest.keyClick(page, Qt.Key.Key_Space)
        assert page.stepper.playing
        page.stepper.pause()


class TestShift:
    def test_what_stays_is_said_in_numbers(self, page: PoolingPage) -> None:
        show(page, source=SourceState("preset", "stripes"), height=8, width=8, view="shift")
        facts = page.details.kept.texts()
        assert facts["Input: stays"] == "0 %" and facts["Max pooling: stays"] == "100 %"
        assert not page.stepping
        type_into(page.panel.numbers["shift_x"], "2")
        assert page.details.kept.texts()["Every s-th value: stays"] == "75 %"
        hover(page.canvas, "max/after", 0, 0)
        assert page.details.under.texts()["cell of"] == "Max pooling, shifted"
        type_into_cell(page.canvas, "input/0", 0, 0, "3")
        assert page.state.edits == ((0, 0, 0, 3.0),)


class TestPicture:
    def test_a_photo_is_pooled_at_its_real_size(self, page: PoolingPage, qtbot: QtBot) -> None:
        page.views.button("photo").click()
        settled(page, qtbot)
        view = page.photo_view
        assert view.result is not None and not view.stale
        assert view.source.picture_size == (512, 512) and view.pooled.picture_size == (256, 256)
        assert page.details.whole.texts()["values left"] == "25.0%"
        pixels = view.result.pixels.astype(int)
        np.testing.assert_array_equal(view.result.shown[3, 4], pixels[6:8, 8:10].max((0, 1)))
        move_to(view.source, view.source.transform().map(QPoint(101, 51)))
        under = page.details.under.texts()
        assert under["pooled pixel"] == "row 25, col 50" and under["window"] == "rows 50–51, cols 100–101"
        listed, value = under["red"].split(" → ")
        assert sorted(pixels[50:52, 100:102, 0].ravel()) == [int(v) for v in listed.split(", ")]
        assert value == str(pixels[50:52, 100:102, 0].max())

    def test_true_size_draws_it_small(self, page: PoolingPage, qtbot: QtBot) -> None:
        show(page, view="photo")
        settled(page, qtbot)
        large = page.photo_view.pooled.width()
        page.panel.true_size.click()
        assert page.state.true_size and page.photo_view.pooled.width() == pytest.approx(large / 2, abs=1)
        page.panel.kind.combo.setCurrentIndex(page.panel.kind.combo.findData("global_average"))
        settled(page, qtbot)
        assert page.photo_view.pooled.picture_size == (1, 1)

    def test_a_window_of_the_picture_gives_way_to_the_grid_and_says_so(
        self, page: PoolingPage, qtbot: QtBot
    ) -> None:
        show(page, view="photo")
        type_into(page.panel.numbers["size"], "8")
        settled(page, qtbot)
        assert page.photo_view.pooled.picture_size == (64, 64)
        said = QSignalSpy(page.said)
        page.views.button("steps").click()
        assert (page.state.rows, page.state.cols) == (4, 4) and "4 × 4" in said.at(0)[0]

    def test_a_failure_is_a_sentence_in_its_place(
        self, page: PoolingPage, tmp_path: Path, qtbot: QtBot
    ) -> None:
        small = QImage(6, 6, QImage.Format.Format_RGB32)
        small.fill(Qt.GlobalColor.red)
        assert small.save(str(tmp_path / "small.png"))
        show(page, view="photo", rows=8, cols=8, stride=8)
        page.open_path(tmp_path / "small.png")
        failed = "larger than the input"
        qtbot.waitUntil(lambda: failed in page.photo_view.pooled.accessibleDescription(), timeout=WAIT)
        assert page.state.view == "photo" and page.photo_view.result is None

    def test_a_photo_becomes_three_grids(self, page: PoolingPage, qtbot: QtBot) -> None:
        page.picker.pick(SourceState("sample", "cat"))
        qtbot.waitUntil(lambda: page.canvas.scene.plate("input/2") is not None, timeout=WAIT)
        assert page.state.input_shape == (3, 12, 12)
        assert plate_of(page.canvas, "input/2").title == "Blue"
        page.undo()
        assert page.state == PoolingState()


class TestEngine:
    def test_the_badge_speaks_of_what_is_on_show(self, page: PoolingPage, qtbot: QtBot) -> None:
        for view in ("steps", "stochastic", "shift", "photo"):
            page.views.button(view).click()
            qtbot.waitUntil(page.tour_ready, timeout=WAIT)
            assert "Checked" in page.details.badge.title.text(), view

    def test_every_view_asks_for_its_own_check(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        page, engine = pooling(window), held(window)
        qtbot.waitUntil(lambda: len(engine.jobs(CheckPooling)) == 1, timeout=WAIT)
        engine.answer(engine.jobs(CheckPooling)[0], agree(None, None))
        settled(page, qtbot)
        show(page, kind="min")
        assert not page.tour_ready() and "Checking" in page.details.badge.title.text()
        engine.answer(engine.jobs(CheckPooling)[0], agree(None, None))  # a late answer about the old pooling
        assert "Checking" in page.details.badge.title.text()
        page.views.button("shift").click()
        qtbot.waitUntil(lambda: len(engine.jobs(CheckShift)) == 1, timeout=WAIT)
        page.views.button("photo").click()
        assert not engine.jobs(CheckPicture) and "Not checked" in page.details.badge.title.text()

    def test_an_old_picture_is_tinted_until_the_new_one_is_there(
        self, open_window: OpenWindow, qtbot: QtBot
    ) -> None:
        window = open_window(HeldEngine)
        page, engine = pooling(window), held(window)
        show(page, view="photo")
        for job in engine.jobs(LoadSample):
            engine.answer(job, from_array(np.zeros((16, 16, 3), np.uint8), "black"))
        qtbot.waitUntil(lambda: len(engine.jobs(PoolPicture)) == 1, timeout=WAIT)
        answer_picture(engine)
        qtbot.waitUntil(lambda: page.photo_view.result is not None, timeout=WAIT)
        assert not page.photo_view.stale
        show(page, kind="min")
        assert page.photo_view.stale and "Not checked" in page.details.badge.title.text()
        qtbot.waitUntil(lambda: len(engine.jobs(PoolPicture)) == 2, timeout=WAIT)
        answer_picture(engine)
        qtbot.waitUntil(lambda: not page.photo_view.stale, timeout=WAIT)
        assert page.photo_view.result is not None and page.photo_view.result.spec.kind == "min"

    def test_leaving_the_page_gives_up_what_it_asked(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        page, engine = pooling(window), held(window)
        qtbot.waitUntil(lambda: len(engine.jobs(CheckPooling)) == 1, timeout=WAIT)
        page.stepper.play()
        window.show_page("convolution")
        assert engine.jobs(CheckPooling)[0] in engine.cancelled and not page.stepper.playing


class TestLife:
    def test_a_session_comes_back(self, page: PoolingPage) -> None:
        show(
            page,
            source=SourceState("preset", "blobs"),
            height=9,
            width=9,
            kind="l2",
            rows=3,
            cols=3,
            view="backward",
        )
        page.amend(replace(page.state, step=2))
        saved, state = page.save_state(), page.state
        page.reset()
        page.restore_session(saved)
        assert page.state == state and not page.history.can_undo
        assert saved == to_json(state)

    def test_a_bad_session_is_refused_and_nothing_is_lost(self, page: PoolingPage) -> None:
        for bad in ({"rows": 99}, {"view": "upside down"}, {"channel": 2}, {"edits": [[0, 0, 0, "x"]]}):
            with pytest.raises(UserError):
                page.restore_session(bad)
            assert page.state == PoolingState()
        with pytest.raises(UserError):
            page.restore_state([])

    def test_exports_have_the_numbers_and_a_script(self, page: PoolingPage, qtbot: QtBot) -> None:
        exports = PoolingExports(page)
        names = [name for name, _ in exports.arrays()]
        assert names[:2] == ["input channel 1", "output channel 1"] and any("switches" in n for n in names)
        assert "F.max_pool2d" in exports.script()
        film = exports.film()
        assert film is not None and len(film.indices) == 4 and not film.image_at(2).isNull()
        show(page, view="shift")
        with pytest.raises(UserError, match="no animation"):
            exports.film()
        show(page, view="photo")
        settled(page, qtbot)
        assert [name for name, _ in exports.arrays()] == ["pooled red", "pooled green", "pooled blue"]
        with pytest.raises(UserError, match="script"):
            exports.script()

    def test_the_context_menu_copies_a_grid(self, page: PoolingPage) -> None:
        menu = QMenu(page)
        page.fill_plate_menu(menu, plate_of(page.canvas, "output/0"))
        menu.actions()[0].trigger()
        assert "9" in QApplication.clipboard().text()

    def test_the_page_explains_itself_with_its_sources(self, page: PoolingPage) -> None:
        assert "2013" in page.explanation() and "Zeiler" in page.explanation()
        assert ("Backward", "Alt+2") in page.shortcuts()
        double_click(page.canvas, "output/0", 0, 0)  # not editable: nothing opens
        assert not page.canvas.editing
