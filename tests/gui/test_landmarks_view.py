"""The view "Landmarks": points by mouse and keys, the second picture, the vector, the clouds and the errors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.detection.landmarks import LAYOUTS
from engine.errors import UserError
from engine.images import Frame
from engine.sources import load_sample
from gui.pages.boxes.landmarks import paper
from gui.pages.boxes.landmarks.point_view import PointView
from gui.pages.boxes.landmarks.settings import WHOLE, LandmarksSettings, framed, with_point
from gui.pages.boxes.landmarks.shown import conclusion, point_of_row, rows, rows_of_point, shown, titles
from gui.pages.boxes.landmarks.view import LandmarksView
from gui.state import from_json, to_json
from gui.widgets.source_state import SourceState
from tests.gui.kept_views import LEFT, NONE, Keep, Kept, keep
from tests.gui.window_fixtures import calm, move_to

__all__ = ["calm", "keep"]

SETTINGS = LandmarksSettings(face=LAYOUTS["face"].template, eyes=LAYOUTS["eyes"].template, region=WHOLE)


@pytest.fixture
def kept(keep: Keep) -> Kept:
    return keep(LandmarksView, SETTINGS, size=(900, 600))


def place_of(view: PointView, index: int) -> QPoint:
    width, height = view.picture_size
    x, y = view.points[index].tolist()
    from PySide6.QtCore import QPointF

    return view.transform().map(QPointF(x * width, y * height)).toPoint()


class TestView:
    def test_points_vector_and_errors_are_there(self, kept: Kept) -> None:
        view = kept.view
        assert len(view.table.rows) == 11 and view.table.rows[1].value == "0.310"
        np.testing.assert_allclose(view.second.points[0], [0.69, 0.40])  # mirrored, old numbers
        told = {name: float(value) for name, value, _ in view.facts() if name.startswith("error")}
        assert told["error, orders mixed"] > 3 * told["error, one order"]
        assert view.titles[1].text().endswith("old numbers") and "two clouds" in view.conclusion.text()

    def test_a_drag_moves_a_point_in_one_gesture(self, kept: Kept) -> None:
        view = kept.view.first
        begin = place_of(view, 2)
        QTest.mousePress(view, LEFT, NONE, begin)
        for step in (10, 20):
            move_to(view, begin + QPoint(step, 0), LEFT)
        QTest.mouseRelease(view, LEFT, NONE, begin + QPoint(20, 0))
        moved = kept.settings.face[2][0] - 0.5
        assert (
            moved == pytest.approx(20 / view.picture_rect().width(), abs=0.01)
            and len(set(kept.gestures)) == 1
        )
        assert kept.settings.face[0] == SETTINGS.face[0]

    def test_tab_and_arrows_move_points_and_stay_in_the_picture(self, kept: Kept) -> None:
        view = kept.view.first
        view.setFocus()
        for _ in range(2):
            QTest.keyClick(view, Qt.Key.Key_Tab)
        QTest.keyClick(view, Qt.Key.Key_Left)
        assert kept.settings.face[1][0] == pytest.approx(0.69 - 1 / 200)
        for _ in range(40):
            QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert kept.settings.face[1][0] == 1.0 and "left eye" in view.accessibleDescription()

    def test_tab_leaves_after_the_last_point(self, kept: Kept) -> None:
        view = kept.view.first
        view.setFocus()
        for _ in range(5):
            QTest.keyClick(view, Qt.Key.Key_Tab)
        assert view.hasFocus()
        QTest.keyClick(view, Qt.Key.Key_Tab)
        QApplication.processEvents()
        assert not view.hasFocus()

    def test_pointing_lights_the_point_everywhere(self, kept: Kept) -> None:
        view = kept.view
        move_to(view.second, place_of(view.second, 3))
        assert view.first.lit == view.mean.lit == 3
        assert kept.facts[-1][1][:2] == ("is", "right mouth corner")
        move_to(view.table, view.table.row_rect(rows_of_point(1)[1]).center().toPoint())
        assert view.first.lit == view.second.lit == 1
        move_to(view.table, view.table.row_rect(0).center().toPoint())
        assert view.first.lit is None and kept.facts[-1] == []

    def test_one_order_brings_the_second_picture_and_the_mean_back(self, kept: Kept) -> None:
        kept.view.controls().consistent.click()
        view = kept.view
        np.testing.assert_allclose(
            view.second.points, SETTINGS.face
        )  # a symmetric face is its own mirror image
        assert np.abs(view.mean.points - np.array(SETTINGS.face)).max() < 0.03
        assert view.titles[1].text().endswith("relabelled")

    def test_the_mean_collapses_to_the_middle(self, kept: Kept) -> None:
        assert np.abs(kept.view.mean.points[:, 0] - 0.5).max() < 0.03

    def test_the_mirror_image_is_one(self, kept: Kept) -> None:
        first, second = kept.view.first.pixels, kept.view.second.pixels
        np.testing.assert_array_equal(second, first[:, ::-1])

    def test_the_other_layouts_by_the_list(self, kept: Kept) -> None:
        combo = kept.view.controls().layout_choice.combo
        combo.setCurrentIndex(combo.findData("hand"))
        assert len(kept.view.table.rows) == 43 and kept.view.first.picture_size == (paper.SIDE, paper.SIDE)
        assert not kept.view.controls().second.button("mirror").isEnabled()
        np.testing.assert_allclose(kept.view.second.points[4], LAYOUTS["hand"].template[20])
        kept.view.controls().drawn.click()
        assert kept.view.first.picture_size == (200, 100)
        combo.setCurrentIndex(combo.findData("eyes"))
        assert len(kept.view.table.rows) == 9

    def test_the_crop_follows_the_points_and_they_keep_their_place(self, kept: Kept) -> None:
        kept.view.controls().crop.click()
        assert kept.settings.region != WHOLE and kept.settings.face == SETTINGS.face
        x1, y1, x2, y2 = kept.settings.region
        expected = (np.array(SETTINGS.face) - [x1, y1]) / [x2 - x1, y2 - y1]
        np.testing.assert_allclose(kept.view.first.points, expected)
        kept.view.controls().whole.click()
        assert kept.settings.region == WHOLE

    def test_more_pictures_more_dots(self, kept: Kept) -> None:
        slider = kept.view.controls().count.slider
        slider.setValue(slider.maximum())
        assert kept.settings.count == 64 and kept.view.found.shapes.shape == (64, 5, 2)

    def test_it_is_checked_against_torch(self, kept: Kept) -> None:
        kept.view.set_active(True)
        kept.settle()
        assert "Checked against torch" in kept.view.aside().accessibleName()

    def test_without_a_picture_a_hand_can_still_be_shown(self, keep: Keep) -> None:
        kept = keep(LandmarksView, replace(SETTINGS, layout="hand"), frame=None)
        assert kept.view.first.pixels is not None
        kept.show(SETTINGS)
        assert kept.view.first.pixels is None

    def test_numbers_can_be_taken_away(self, kept: Kept) -> None:
        arrays: dict[str, Any] = dict(kept.view.arrays())
        assert len(arrays["y"]) == 11 and arrays["training set"].shape == (24, 10)


class TestSettings:
    def test_json_there_and_back(self) -> None:
        assert from_json(LandmarksSettings, to_json(SETTINGS)).validated() == SETTINGS

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"face": SETTINGS.eyes}, "has 5 points, not 4"),
            ({"eyes": ((0.1, 0.1), (0.2, 1.2), (0.3, 0.3), (0.4, 0.4))}, "does not lie"),
            ({"eyes": ((0.1, float("nan")),) * 4}, "does not lie"),
            ({"count": 1}, "2 to 64"),
            ({"region": (0.5, 0.0, 0.4, 1.0)}, "does not lie in its picture"),
        ],
    )
    def test_what_cannot_be_is_said(self, wrong: dict[str, Any], words: str) -> None:
        with pytest.raises(UserError, match=words):
            replace(SETTINGS, **wrong).validated()

    def test_the_portrait_has_its_points_and_others_have_none(self) -> None:
        fresh = LandmarksSettings()
        other = fresh.before(SourceState("sample", "cat"))
        assert other.region == WHOLE and other.face == LAYOUTS["face"].template and other.drawn
        assert other.before(SourceState("sample", "astronaut")) == fresh
        assert not fresh.before(SourceState("file", "/tmp/hand.png")).drawn

    def test_the_eyes_of_the_portrait_are_dark(self) -> None:
        pixels = load_sample("astronaut").pixels.astype(float).mean(-1)
        face = pixels[60:165, 180:270]
        for x, y in LandmarksSettings().face[:2]:
            column, row = round(x * 512), round(y * 512)
            assert pixels[row - 3 : row + 4, column - 3 : column + 4].min() < np.percentile(face, 5)

    def test_a_point_cannot_leave_the_picture(self) -> None:
        moved = with_point(SETTINGS, 0, (1.7, -3.0))
        assert moved.face[0] == (1.0, 0.0) and moved.validated()

    @pytest.mark.parametrize("size", [(1, 1), (200, 100), (37, 900)])
    def test_a_crop_is_a_part_of_any_picture(self, size: tuple[int, int]) -> None:
        x1, y1, x2, y2 = framed(SETTINGS, size).validated().region
        cut = paper.cropped(Frame(np.zeros((size[1], size[0], 3), np.uint8), "any"), (x1, y1, x2, y2))
        assert cut.shape[:2] == (round((y2 - y1) * size[1]), round((x2 - x1) * size[0]))


class TestShown:
    def test_rows_and_points_belong_to_each_other(self) -> None:
        found = rows(shown(SETTINGS))
        assert [point_of_row(row) for row in range(4)] == [None, 0, 0, 1]
        assert all(point_of_row(row) == point for point in range(5) for row in rows_of_point(point))
        assert found[rows_of_point(4)[1]].symbol == "l_5y"

    @pytest.mark.parametrize("consistent", [True, False])
    @pytest.mark.parametrize("second", ["mirror", "person"])
    def test_words_fit_the_settings(self, consistent: bool, second: Any) -> None:
        found = shown(replace(SETTINGS, consistent=consistent, second=second))
        assert ("mirrored" in titles(found)[1]) == (second == "mirror")
        assert ("one order" in titles(found)[2]) == consistent == ("one small cloud" in conclusion(found))
        np.testing.assert_allclose(found.shapes.mean(0), found.answer.mean)
