"""The page of edges: the picture, the gradient, the turned filter, the comparison."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.foundations.edges.catalogue import EdgeKernel
from engine.images import Frame
from gui.pages.edges import wheel
from gui.pages.edges.exports import EdgesExports
from gui.pages.edges.maps_view import MapsView
from gui.pages.edges.page import EdgesPage
from gui.pages.edges.tile import beside_kernel, narrowed
from gui.pages.edges.tile_layout import tile_places
from gui.widgets.frame_view import FrameView
from gui.widgets.scene import ColorBar, bar_width
from gui.widgets.source_state import SourceState
from gui.widgets.stage_text import text_width
from tests.gui.edges_fixtures import page, pick, see
from tests.gui.window_fixtures import (
    WAIT,
    calm,
    hover,
    move_to,
    open_window,
    plate_of,
    shot,
    words,
)

__all__ = ["calm", "open_window", "page"]


def point_at(maps: MapsView, x: int, y: int) -> tuple[int, int]:
    """Move the pointer onto about a pixel of the first tile; the pixel (x, y) that it is on."""
    view = maps.tiles[0].view
    move_to(view, view.transform().map(QPointF(x + 0.5, y + 0.5)).toPoint())
    place = maps.cursor_place
    assert place is not None and max(abs(place[0] - x), abs(place[1] - y)) <= 1
    return place


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
