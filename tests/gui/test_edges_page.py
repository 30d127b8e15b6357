"""The page of edges, through its real widgets: what a person does and what is shown for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt
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
from gui.main_window import MainWindow
from gui.pages.edges import wheel
from gui.pages.edges.exports import EdgesExports
from gui.pages.edges.maps_view import MapsView
from gui.pages.edges.page import EdgesPage
from gui.pages.edges.state import EdgesState
from gui.pages.edges.tile import beside_kernel, narrowed
from gui.pages.edges.tile_layout import tile_places
from gui.state import to_json
from gui.theme import Scheme, theme
from gui.widgets import formula
from gui.widgets.cell_editor import CellEditor
from gui.widgets.fields import NumberField
from gui.widgets.frame_view import FrameView
from gui.widgets.plate import MarkRole
from gui.widgets.scene import ColorBar, bar_width
from gui.widgets.source_state import SourceState
from gui.widgets.stage_text import text_width
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
    inline,
    move_to,
    open_window,
    plate_of,
    shot,
    words,
)

__all__ = ["calm", "open_window"]

NOISE = np.random.default_rng(3).integers(0, 256, (20, 30, 3), dtype=np.uint8)


def edges(window: MainWindow) -> EdgesPage:
    window.show_page("edges")
    return cast("EdgesPage", window.page)


@pytest.fixture
def page(open_window: OpenWindow) -> EdgesPage:
    """The page in a window of 1440 x 900, over an engine without a thread and without torch."""
    formula.loader.load()  # else its thread may outlive a short test
    return edges(open_window(inline))


def show(page: EdgesPage, **changes: Any) -> None:
    page.change(replace(page.state, **changes))


def see(page: EdgesPage, view: str, qtbot: QtBot, **changes: Any) -> MapsView:
    """Look at a picture and wait until it is filtered and checked."""
    page.stage.views.button(view).click()
    if changes:
        show(page, **changes)
    qtbot.waitUntil(page.tour_ready, timeout=WAIT)
    return page.stage.maps


def type_into(field: NumberField, text: str) -> None:
    """Type a value into a field and press Enter."""
    field.edit.setFocus()
    field.edit.selectAll()
    QTest.keyClick(field.edit, Qt.Key.Key_Delete)
    QTest.keyClicks(field.edit, text)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)


def pick(page: EdgesPage, name: str) -> None:
    """Choose a kernel from the list."""
    page.panel.kernel.combo.setCurrentIndex(page.panel.kernel.combo.findData(name))


def point_at(maps: MapsView, x: int, y: int) -> tuple[int, int]:
    """Move the pointer onto about a pixel of the first tile; the pixel (x, y) that it is on."""
    view = maps.tiles[0].view
    move_to(view, view.transform().map(QPointF(x + 0.5, y + 0.5)).toPoint())
    place = maps.cursor_place
    assert place is not None and max(abs(place[0] - x), abs(place[1] - y)) <= 1
    return place


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


class TestPicture:
    def test_a_photo_and_its_response(self, page: EdgesPage, qtbot: QtBot) -> None:
        maps = see(page, "picture", qtbot)
        assert maps.result is not None and not maps.stale and not page.stepping
        shown = maps.shown_tiles()
        assert [tile.plan.key for tile in shown if tile.plan] == ["input", "response"]
        assert [tile.view.picture_size for tile in shown] == [(512, 512)] * 2
        x, y = point_at(maps, 100, 50)
        under = page.details.under.texts()
        value = maps.result.map("response")[y, x]
        assert under["pixel"] == f"row {y}, col {x}"
        assert float(under["response"].replace("−", "-")) == pytest.approx(float(value), abs=0.006)
        window = plate_of(maps.band, "window").values
        np.testing.assert_allclose(
            (window * plate_of(maps.band, "kernel").values).sum(), value, rtol=1e-4, atol=1e-2
        )
        assert any(text.startswith("Σ = ") for text in words(maps.band.scene))
        assert "OpenCV" in page.details.map_badge.title.text() and page.details.grid_badge.isHidden()

    def test_all_tiles_share_cursor_and_zoom(self, page: EdgesPage, qtbot: QtBot) -> None:
        maps = see(page, "picture", qtbot)
        first, second = (tile.view for tile in maps.shown_tiles())
        first.zoom_by(2)
        assert second.view == first.view and first.view.zoom == 2
        first.setFocus()
        QTest.keyClick(first, Qt.Key.Key_Right)
        assert maps.cursor_place is not None
        assert page.details.under.texts()["pixel"].startswith("row ")

    def test_colour_filters_each_channel(self, page: EdgesPage, qtbot: QtBot) -> None:
        maps = see(page, "picture", qtbot, source=SourceState("sample", "cat"))
        page.panel.colour.click()
        qtbot.waitUntil(page.tour_ready, timeout=WAIT)
        assert maps.result is not None and maps.result.names[0] == "strongest"
        point_at(maps, 60, 40)
        under = page.details.under.texts()
        assert {"red", "green", "blue", "strongest"} <= set(under)
        assert any(t.startswith("Window, ") and "luminance" not in t for t in words(maps.band.scene))
        page.stage.maps.setFocus()
        QTest.keyClick(page, Qt.Key.Key_C)
        assert not page.state.colour

    def test_the_divider_is_dragged_and_stays(self, page: EdgesPage, qtbot: QtBot) -> None:
        see(page, "picture", qtbot)
        page.panel.arrangement.button("wipe").click()
        maps = page.stage.maps
        view = maps.tiles[0].view
        assert view.wiped and len(maps.shown_tiles()) == 1
        y = view.height() // 2
        start = QPoint(round(view.transform().map(QPointF(256, 0)).x()), y)
        end = QPoint(round(view.transform().map(QPointF(128, 0)).x()), y)
        QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
        move_to(view, end, Qt.MouseButton.LeftButton)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
        assert page.state.wipe == pytest.approx(0.25, abs=0.01) and view.divider == page.state.wipe
        QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
        assert page.state.wipe == pytest.approx(0.27, abs=0.01)
        QTest.keyClick(view, Qt.Key.Key_W)
        assert page.state.arrangement == "beside" and not view.wiped

    def test_left_of_the_divider_lies_the_input(self, page: EdgesPage, qtbot: QtBot) -> None:
        maps = see(page, "picture", qtbot, arrangement="wipe", wipe=0.5, kernel=EdgeKernel("laplacian-8"))
        view = maps.tiles[0].view
        pixels, photo = shot(view), cast("Frame", page.picture).pixels
        for x, y in ((60, 100), (90, 300)):
            at = view.transform().map(QPointF(x, y)).toPoint()
            left = pixels[at.y() - 2 : at.y() + 3, at.x() - 2 : at.x() + 3].reshape(-1, 3).mean(0)
            assert np.abs(left - photo[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3).mean(0)).max() < 40
            assert np.ptp(left) < 3  # the photo is grey, the response is not

    def test_an_empty_and_a_tiny_picture(self, page: EdgesPage, tmp_path: Path, qtbot: QtBot) -> None:
        one = QImage(1, 1, QImage.Format.Format_RGB32)
        one.fill(Qt.GlobalColor.red)
        assert one.save(str(tmp_path / "one.png"))
        page.open_path(tmp_path / "one.png")
        qtbot.waitUntil(lambda: page.state.source.kind == "file" and page.tour_ready(), timeout=WAIT)
        assert page.state.view == "picture"  # a dropped picture is not looked for on the small input
        result = page.stage.maps.result
        assert result is not None and result.maps.shape == (1, 1, 1) and not result.maps.any()
        assert len(shot(page.stage.maps))


class TestGradient:
    def test_four_maps_and_true_numbers(self, page: EdgesPage, qtbot: QtBot) -> None:
        maps = see(page, "gradient", qtbot)
        assert [t.plan.key for t in maps.shown_tiles() if t.plan] == ["gx", "gy", "magnitude", "angle"]
        result = maps.result
        assert result is not None
        y, x = np.unravel_index(int(result.map("magnitude").argmax()), result.pixels.shape[:2])
        point_at(maps, int(x), int(y))
        under = {k: v.replace("−", "-").rstrip("°") for k, v in page.details.under.texts().items()}
        gx, gy = float(under["gx"]), float(under["gy"])
        assert float(under["magnitude"]) == pytest.approx(np.hypot(gx, gy), abs=0.02)
        assert float(under["angle"]) == pytest.approx(np.degrees(np.arctan2(gy, gx)), abs=0.1)
        assert page.panel.angle.isHidden()  # a gradient is made of 0 and 90 degrees

    def test_a_kernel_without_direction_gives_way_and_comes_back(self, page: EdgesPage, qtbot: QtBot) -> None:
        pick(page, "laplacian-8")
        maps = see(page, "gradient", qtbot)
        assert "shows Sobel" in page.panel.note.text() and page.panel.kernel.value == "sobel"
        assert maps.plan is not None and "Sobel" in maps.plan.tiles[0].details[0]
        QTest.keyClick(page, Qt.Key.Key_Escape)
        assert page.state.view == "kernel" and page.panel.kernel.value == "laplacian-8"

    def test_hues_turn_with_the_angle_and_black_is_no_edge(self) -> None:
        angle = np.array([[0, 90, 180, -180, -90]], np.float32)
        size = np.array([[10, 10, 10, 10, 0]], np.float32)
        found = wheel.colours(angle, size, 10.0)
        assert len({tuple(c) for c in found[0, :3].tolist()}) == 3
        np.testing.assert_array_equal(found[0, 2], found[0, 3])
        assert not found[0, 4].any()

    def test_the_numbers_are_those_of_the_pair_whatever_the_angle(
        self, page: EdgesPage, qtbot: QtBot
    ) -> None:
        see(page, "gradient", qtbot, kernel=EdgeKernel("sobel", angle=44))
        numbers = page.details.numbers.texts()
        assert numbers["angles"] == "0° and 90°" and "angle" not in numbers
        assert (numbers["positive weights"], numbers["largest weight"]) == ("4", "2")

    def test_the_hue_on_show_is_that_of_the_wheel(self, page: EdgesPage, qtbot: QtBot) -> None:
        maps = see(page, "gradient", qtbot)
        result = maps.result
        assert result is not None
        y, x = np.unravel_index(int(result.map("magnitude").argmax()), result.pixels.shape[:2])
        shown = maps.tiles[3].view.pixels
        assert shown is not None
        expected = wheel.colours(result.map("angle")[y : y + 1, x : x + 1], np.ones((1, 1), np.float32), 1.0)
        np.testing.assert_array_equal(shown[y, x], expected[0, 0])


class TestRotate:
    def test_steps_turn_the_kernel_and_the_response_follows(self, page: EdgesPage, qtbot: QtBot) -> None:
        maps = see(page, "rotate", qtbot)
        assert page.stepper.count == 181
        first = maps.result
        QTest.keyClick(page, Qt.Key.Key_End)
        qtbot.waitUntil(page.tour_ready, timeout=WAIT)
        assert page.state.kernel.angle == 180 and first is not None and maps.result is not None
        np.testing.assert_allclose(maps.result.map("response"), -first.map("response"), atol=1e-2)
        np.testing.assert_array_equal(plate_of(maps.band, "kernel").values, -plate_of(maps.band, "kx").values)
        page.undo()
        assert page.state.kernel.angle == 0

    def test_space_plays_half_a_turn(self, page: EdgesPage, qtbot: QtBot) -> None:
        see(page, "rotate", qtbot)
        QTest.keyClick(page, Qt.Key.Key_Space)
        assert page.stepper.playing
        qtbot.waitUntil(lambda: page.state.kernel.angle >= 2, timeout=WAIT)
        page.pick_view("compare")
        assert not page.stepper.playing and not page.history.can_undo

    def test_a_gabor_turns_too(self, page: EdgesPage, qtbot: QtBot) -> None:
        maps = see(page, "rotate", qtbot, kernel=EdgeKernel("gabor", 9, angle=30))
        assert plate_of(maps.band, "kernel").shape == (9, 9) and maps.band.scene.plate("kx") is None
        hover(maps.band, "kernel", 4, 4)
        assert page.details.under.texts()["cell of"].startswith("Gabor")


class TestCompare:
    def test_eight_kernels_on_one_picture(self, page: EdgesPage, qtbot: QtBot) -> None:
        maps = see(page, "compare", qtbot)
        assert len(maps.shown_tiles()) == 8 and maps.band.isHidden() and page.panel.kernel.isHidden()
        point_at(maps, 200, 150)
        under = page.details.under.texts()
        assert "Scharr, 90°" in under and "Laplacian 8" in under
        page.panel.stops[45].click()
        qtbot.waitUntil(page.tour_ready, timeout=WAIT)
        assert maps.result is not None and "Scharr, 135°" in maps.result.names
        QTest.keyClick(page, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
        assert page.state.view == "picture" and not maps.band.isHidden()

    def test_what_has_no_room_is_left_out_whole(self, page: EdgesPage) -> None:
        assert beside_kernel("÷ 4, −172 to 232", 500) == ("÷ 4", "−172", "to 232")
        assert beside_kernel("÷ 4, −1072 to 2", text_width("−107"))[1:] == ("", "")
        bar = ColorBar(QRectF(), ((0, 0, 0), (9, 9, 9)), "≤ −61", "≥ 61")
        for width in range(60, 200, 5):
            shown = narrowed(bar, QRectF(0, 0, width, 18))
            assert bar_width(shown.low, shown.high) <= width
            assert (shown.low, shown.high) in {("≤ −61", "≥ 61"), ("−61", "61"), ("", "±61"), ("", "")}

    def test_its_numbers_and_its_script_are_those_of_all_kernels(self, page: EdgesPage, qtbot: QtBot) -> None:
        see(page, "compare", qtbot)
        exports = EdgesExports(page)
        assert len(exports.arrays()) == 16 and exports.script().count(" / ") == 8

    def test_a_turn_paints_what_it_changes(self, page: EdgesPage, qtbot: QtBot) -> None:
        maps = see(page, "compare", qtbot)
        painted: list[str] = []

        class Spy(QObject):
            def eventFilter(self, watched: QObject, event: QEvent) -> bool:
                if event.type() is QEvent.Type.Paint:
                    painted.append(cast("FrameView", watched).accessibleName().partition(",")[0])
                return False

        QTest.qWait(60)
        spy = Spy()
        for tile in maps.tiles:
            tile.view.installEventFilter(spy)
        page.panel.stops[45].click()
        qtbot.waitUntil(lambda: page.fresh, timeout=WAIT)
        QTest.qWait(60)
        assert any(name.startswith("Sobel") for name in painted)
        assert not any(name.startswith("Laplacian") for name in painted)

    def test_tiles_use_the_room(self) -> None:
        wide = tile_places(QRectF(0, 0, 1000, 300), (4, 3), 4, 26, (2, 4))
        assert len({place.top() for place in wide}) == 1
        tall = tile_places(QRectF(0, 0, 400, 900), (4, 3), 4, 26, (2, 4))
        assert len({place.top() for place in tall}) == 2
        for places, room in ((wide, QRectF(0, 0, 1000, 300)), (tall, QRectF(0, 0, 400, 900))):
            assert all(room.contains(place) for place in places)
            assert all(place.width() / place.height() == pytest.approx(4 / 3) for place in places)


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
