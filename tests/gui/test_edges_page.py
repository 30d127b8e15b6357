"""The page of edges: the small input, the engine, a session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport, UserError
from engine.foundations.edges.catalogue import EdgeKernel
from engine.foundations.edges.requests import CheckFiltered, FilterPicture
from engine.images import Frame, from_array
from engine.runner import Emit, InlineEngine
from engine.sources import LoadSample
from gui.export import render
from gui.pages.edges.exports import EdgesExports
from gui.pages.edges.page import EdgesPage
from gui.pages.edges.state import EdgesState
from gui.state import to_json
from gui.theme import Scheme, theme
from gui.widgets.cell_editor import CellEditor
from gui.widgets.fields import NumberField
from gui.widgets.plate import MarkRole
from tests.gui.edges_fixtures import edges, page, pick, see, show
from tests.gui.test_edges_state import answered
from tests.gui.window_fixtures import (
    WAIT,
    WITHOUT_TORCH,
    HeldEngine,
    OpenWindow,
    calm,
    click,
    held,
    hover,
    hover_nothing,
    open_window,
    plate_of,
    shot,
    words,
)

__all__ = ["calm", "open_window", "page"]

NOISE = np.random.default_rng(3).integers(0, 256, (20, 30, 3), dtype=np.uint8)


def type_into(field: NumberField, text: str) -> None:
    """Type a value into a field and press Enter."""
    field.edit.setFocus()
    field.edit.selectAll()
    QTest.keyClick(field.edit, Qt.Key.Key_Delete)
    QTest.keyClicks(field.edit, text)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)


class TestSmallInput:
    def test_the_first_visit_shows_an_edge_and_its_sign(self, page: EdgesPage, qtbot: QtBot) -> None:
        canvas = page.stage.canvas
        output = plate_of(canvas, "output").values
        assert output[0].tolist() == [0, 0, 40, 40, 0, 0]
        assert any("10·1 + 10·2 + 10·1 = 40" in text for text in words(canvas.scene))
        assert "Plus where bright turns to dark to the right" in canvas.scene.description
        assert plate_of(canvas, "kernel").values[1].tolist() == [2, 0, -2]
        assert len(np.unique(shot(canvas).reshape(-1, 3), axis=0)) > 20
        qtbot.waitUntil(page.tour_ready, timeout=WAIT)
        assert "Checked" in page.details.grid_badge.title.text() and page.details.map_badge.isHidden()

    def test_a_weight_is_typed_over(self, page: EdgesPage, qtbot: QtBot) -> None:
        canvas = page.stage.canvas
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_F2)
        QTest.keyClick(canvas, Qt.Key.Key_F2)
        editor = canvas.findChild(CellEditor)
        assert canvas.editing and editor is not None and editor.text() == "1"
        editor.setText("1001")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        assert canvas.editing and page.state.kernel.name == "sobel"  # more than 1000 is refused
        editor.setText("-4")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        assert page.state.kernel.name == "custom" and page.panel.kernel.value == "custom"
        assert plate_of(canvas, "kernel").values[0].tolist() == [-4, 0, -1]
        assert plate_of(canvas, "output").values[0, :3].tolist() == [-50, -50, -10]
        QTest.keyClick(canvas, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
        assert page.state.view == "picture" and not canvas.editing
        qtbot.waitUntil(page.tour_ready, timeout=WAIT)
        assert "Checked" in page.details.map_badge.title.text()
        page.pick_view("kernel")
        page.undo()
        assert page.state.kernel == EdgeKernel()

    def test_f_flips_the_input_and_the_sign(self, page: EdgesPage) -> None:
        page.stage.canvas.setFocus()
        QTest.keyClick(page.stage.canvas, Qt.Key.Key_F)
        assert page.state.flipped and page.panel.flip.value
        assert plate_of(page.stage.canvas, "output").values[0].tolist() == [0, 0, -40, -40, 0, 0]
        assert plate_of(page.stage.canvas, "input").title == "Dark | bright"
        page.panel.flip.click()
        assert not page.state.flipped
        page.undo()
        page.undo()
        assert page.state == EdgesState() and not page.history.can_undo

    def test_keys_and_mouse_move_the_window(self, page: EdgesPage) -> None:
        canvas = page.stage.canvas
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_Down)
        assert page.state.step == 8 and page.stepper.index == 8
        QTest.keyClick(canvas, Qt.Key.Key_Left)
        QTest.keyClick(canvas, Qt.Key.Key_Space)
        assert page.stepper.playing
        QTest.keyClick(canvas, Qt.Key.Key_Space)
        click(canvas, "output", 5, 5)
        assert page.state.step == 35
        click(canvas, "input", 0, 0)
        assert page.state.step == 0
        assert not page.history.can_undo  # looking around is no change

    def test_hover_explains_and_leaving_brings_the_window_back(self, page: EdgesPage) -> None:
        canvas = page.stage.canvas
        hover(canvas, "output", 3, 3)
        marks = [m for m in plate_of(canvas, "input").marks if m.role is MarkRole.WINDOW]
        assert (marks[0].top, marks[0].left) == (3, 3) and page.state.step == 2
        assert page.details.under.texts()["sign"] == "plus"
        hover(canvas, "kernel", 1, 2)
        under = page.details.under.texts()
        assert under["weight"] == "−2" and under["product"] == "0"
        hover(canvas, "input", 0, 0)
        assert page.details.under.texts()["seen by"] == "1 windows"
        hover_nothing(canvas)
        marks = [m for m in plate_of(canvas, "input").marks if m.role is MarkRole.WINDOW]
        assert (marks[0].top, marks[0].left) == (0, 2)

    def test_every_kernel_can_be_chosen(self, page: EdgesPage) -> None:
        for index in range(page.panel.kernel.combo.count()):
            page.panel.kernel.combo.setCurrentIndex(index)
            kernel = page.state.shown_kernel
            assert plate_of(page.stage.canvas, "kernel").shape == (kernel.size, kernel.size)
            assert page.panel.angle.isVisibleTo(page.panel.angle.parentWidget()) == kernel.entry.turns
            assert page.panel.sliders["wavelength"].isHidden() == (kernel.name != "gabor")
            assert page.details.numbers.texts()["name"] == kernel.entry.title

    def test_the_angle_is_set_by_slider_field_button_and_key(self, page: EdgesPage) -> None:
        page.panel.stops[45].click()
        assert page.state.kernel.angle == 45 and page.panel.angle.value == 45
        np.testing.assert_allclose(plate_of(page.stage.canvas, "kernel").values[0, 0], np.sqrt(2))
        type_into(page.panel.angle, "70")
        assert page.state.kernel.angle == 70 and page.panel.angle_slider.value == 70
        page.panel.angle_slider.slider.setValue(85)
        assert page.state.kernel.angle == 85
        page.stage.canvas.setFocus()
        QTest.keyClick(page.stage.canvas, Qt.Key.Key_T)
        assert page.state.kernel.angle == 90
        QTest.keyClick(page.stage.canvas, Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
        assert page.state.kernel.angle == 85

    def test_the_edge_turns_against_the_kernel(self, page: EdgesPage) -> None:
        page.panel.direction.slider.setValue(18)
        assert page.state.direction == 90
        assert not plate_of(page.stage.canvas, "output").values.any()
        assert "All zero" in page.stage.canvas.scene.description

    @pytest.mark.parametrize(
        ("text", "reason", "nearest"), [("4", "odd", 3), ("9", "at most 7", 7), ("x", "number", 3)]
    )
    def test_a_bad_size_is_refused_with_the_nearest(
        self, page: EdgesPage, text: str, reason: str, nearest: int
    ) -> None:
        before, field = page.state, page.panel.size
        type_into(field, text)
        assert page.state == before and reason in field.problem
        if text != "x":
            QTest.mouseClick(field.use_nearest, Qt.MouseButton.LeftButton)
            assert page.state.kernel.size == nearest and not field.problem


class TestEngine:
    def test_old_maps_are_dimmed_until_the_new_ones_are_there(
        self, open_window: OpenWindow, qtbot: QtBot
    ) -> None:
        window = open_window(HeldEngine)
        page, engine = edges(window), held(window)
        page.pick_view("picture")
        for job in engine.jobs(LoadSample):
            engine.answer(job, from_array(NOISE, "noise"))
        qtbot.waitUntil(lambda: len(engine.jobs(FilterPicture)) == 1, timeout=WAIT)
        assert "being filtered" in page.details.map_badge.detail.text()
        self.answer(engine)
        qtbot.waitUntil(lambda: page.stage.maps.result is not None, timeout=WAIT)
        assert not page.stage.maps.stale
        page.details.map_badge.show_waiting("as it was")
        pick(page, "scharr")
        assert page.details.map_badge.detail.text() == "as it was"  # it speaks of the maps on show
        qtbot.waitUntil(lambda: page.stage.maps.stale, timeout=WAIT)
        assert "being filtered" in page.details.map_badge.detail.text()
        assert not page.tour_ready()
        self.answer(engine)
        qtbot.waitUntil(lambda: not page.stage.maps.stale, timeout=WAIT)
        plan = page.stage.maps.plan
        assert plan is not None and "Scharr" in plan.tiles[1].details[0]
        qtbot.waitUntil(lambda: bool(engine.jobs(CheckFiltered)), timeout=WAIT)

    def test_what_moves_is_not_checked_in_between(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        page, engine = edges(window), held(window)
        page.pick_view("picture")
        for job in engine.jobs(LoadSample):
            engine.answer(job, from_array(NOISE, "noise"))
        qtbot.waitUntil(lambda: len(engine.jobs(FilterPicture)) == 1, timeout=WAIT)
        self.answer(engine)
        qtbot.waitUntil(lambda: page.fresh, timeout=WAIT)
        window.services.bridge.stateChanged.emit(window.services.bridge.state)  # idle again
        assert not engine.jobs(CheckFiltered)
        qtbot.waitUntil(lambda: bool(engine.jobs(CheckFiltered)), timeout=WAIT)

    def test_a_failure_is_a_sentence_in_its_place(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        page, engine = edges(window), held(window)
        page.pick_view("picture")
        for job in engine.jobs(LoadSample):
            engine.answer(job, from_array(NOISE, "noise"))
        qtbot.waitUntil(lambda: len(engine.jobs(FilterPicture)) == 1, timeout=WAIT)
        engine.fail(
            engine.jobs(FilterPicture)[-1], ErrorReport("There is no memory left.", "Take a smaller picture.")
        )
        view = page.stage.maps.tiles[0].view
        qtbot.waitUntil(lambda: "smaller picture" in view.accessibleDescription(), timeout=WAIT)
        assert page.stage.maps.result is None

    def test_leaving_the_page_gives_up_what_it_asked(self, open_window: OpenWindow, qtbot: QtBot) -> None:
        window = open_window(HeldEngine)
        page, engine = edges(window), held(window)
        page.pick_view("picture")
        for job in engine.jobs(LoadSample):
            engine.answer(job, from_array(NOISE, "noise"))
        qtbot.waitUntil(lambda: len(engine.jobs(FilterPicture)) == 1, timeout=WAIT)
        window.show_page("convolution")
        assert engine.jobs(FilterPicture)[0] in engine.cancelled

    def test_a_live_picture_is_filtered_frame_after_frame(
        self, page: EdgesPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        maps = see(page, "gradient", qtbot)
        monkeypatch.setattr(type(page.picker), "live", property(lambda _self: True))
        for level in (60, 200):
            frame = Frame(np.roll(NOISE, level, axis=1), "camera")
            page.picker.frameChanged.emit(frame)
            qtbot.waitUntil(lambda frame=frame: maps.result.request.frame is frame, timeout=WAIT)  # type: ignore[misc]
            assert not maps.stale and maps.tiles[0].view.picture_size == (30, 20)
        assert "live" in page.details.map_badge.detail.text()
        page.picker.stalled.emit(True)
        assert maps.stale
        page.picker.stalled.emit(False)
        assert not maps.stale

    @staticmethod
    def answer(engine: HeldEngine) -> None:
        """Answer the newest question for maps as the engine does."""
        job = engine.jobs(FilterPicture)[-1]
        engine.answer(job, answered(cast("FilterPicture", engine.asked[job][0])))


class TestLife:
    def test_a_session_comes_back(self, page: EdgesPage) -> None:
        show(page, kernel=EdgeKernel("gabor", 11, angle=30, phase=45), view="rotate", colour=True, wipe=0.2)
        saved, state = page.save_state(), page.state
        page.reset()
        page.restore_session(saved)
        assert page.state == state and not page.history.can_undo and saved == to_json(state)

    def test_a_bad_session_is_refused_and_nothing_is_lost(self, page: EdgesPage) -> None:
        for bad in (
            {"kernel": {"name": "canny"}},
            {"kernel": {"size": 4}},
            {"view": "upside down"},
            {"step": 99},
            [],
        ):
            with pytest.raises(UserError):
                page.restore_session(bad)
            assert page.state == EdgesState()

    def test_exports_have_numbers_scripts_and_films(self, page: EdgesPage, qtbot: QtBot) -> None:
        exports = EdgesExports(page)
        assert [name for name, _ in exports.arrays()] == ["input", "kernel", "output"]
        assert "F.conv2d" in exports.script() and exports.caption
        film = exports.film()
        assert len(film.indices) == 36 and not film.image_at(20).isNull()
        see(page, "gradient", qtbot)
        assert [name for name, _ in exports.arrays()][2:] == ["gx", "gy", "magnitude", "angle"]
        assert "torch.atan2" in exports.script()
        with pytest.raises(UserError, match="no animation"):
            exports.film()
        assert not render(exports.picture()).isNull() and "arrow" in exports.caption

    def test_a_film_of_half_a_turn(self, page: EdgesPage, tmp_path: Path, qtbot: QtBot) -> None:
        small = QImage(40, 30, QImage.Format.Format_RGB32)
        small.fill(Qt.GlobalColor.darkGreen)
        assert small.save(str(tmp_path / "small.png"))
        page.open_path(tmp_path / "small.png")
        see(page, "rotate", qtbot)
        film = EdgesExports(page).film()
        first, later = film.image_at(0), film.image_at(90)
        assert film.indices[-1] == 180 and first.size() == later.size() and first != later

    def test_the_context_menu_copies_a_grid(self, page: EdgesPage) -> None:
        menu = QMenu(page)
        page.fill_plate_menu(menu, plate_of(page.stage.canvas, "kernel"))
        menu.actions()[0].trigger()
        assert "2.0,0.0,-2.0" in QApplication.clipboard().text()

    def test_another_theme_recolours_the_maps(self, page: EdgesPage, qtbot: QtBot) -> None:
        maps = see(page, "picture", qtbot)
        before = maps.tiles[1].view.pixels
        theme.apply(Scheme.DARK)
        after = maps.tiles[1].view.pixels
        assert before is not None and after is not None and not np.array_equal(before, after)

    def test_keys_change_nothing_that_is_not_on_show(self, page: EdgesPage, qtbot: QtBot) -> None:
        for key in (Qt.Key.Key_C, Qt.Key.Key_W):
            QTest.keyClick(page, key)
        assert page.state == EdgesState()
        see(page, "gradient", qtbot)
        for key in (Qt.Key.Key_F, Qt.Key.Key_T, Qt.Key.Key_W):
            QTest.keyClick(page, key)
        assert page.state == replace(EdgesState(), view="gradient") and not page.history.can_undo

    def test_the_page_explains_itself_with_its_sources(self, page: EdgesPage) -> None:
        for source in ("Freeman", "1991", "Dalal", "Sobel", "Gabor"):
            assert source in page.explanation()
        keys = {key for _, key in page.shortcuts()}
        assert "F" in keys and "Alt+5" in keys
        said = QSignalSpy(page.said)
        assert page.accepts("weights") is not None and said.count() == 0


def test_without_torch_the_maps_are_checked_all_the_same(open_window: OpenWindow, qtbot: QtBot) -> None:
    def make(emit: Emit) -> InlineEngine:
        return InlineEngine(emit, load_torch=False, handlers=WITHOUT_TORCH)

    page = edges(open_window(make))
    maps = see(page, "picture", qtbot)
    assert maps.result is not None and maps.result.route == "numpy"
    assert "Checked against OpenCV" in page.details.map_badge.title.text()
