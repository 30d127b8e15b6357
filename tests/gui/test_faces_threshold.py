"""The views "Threshold" and "Map" through their real widgets, over a canned crowd and a real gallery file."""

from __future__ import annotations

import socket
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest

from engine.errors import UserError
from engine.faces import crowd
from engine.faces.evaluate import Errors, errors_at, pairs_of
from engine.faces.gallery import changes, reading
from engine.faces.gallery.requests import Enrol, Index
from gui.pages.faces import group
from gui.pages.faces.judged import judged
from gui.pages.faces.map.settings import MapSettings
from gui.pages.faces.map.view import MapView
from gui.pages.faces.page import FacesPage
from gui.pages.faces.pair import look_at, verdict, why
from gui.pages.faces.state import FacesState
from gui.pages.faces.threshold.everybody import nearest_pair, table
from gui.pages.faces.threshold.resolve import (
    figures_of,
    growth_series,
    growth_words,
    missing,
    price,
)
from gui.pages.faces.threshold.settings import ThresholdSettings
from gui.pages.faces.threshold.view import ThresholdView
from gui.state import from_json, to_json
from gui.theme import space
from tests.gui.canned_faces import ABSENT, MINI, face
from tests.gui.faces_pages import OpenFaces, crowd_rows, open_faces, settle
from tests.gui.window_fixtures import calm, move_to

__all__ = ["calm", "open_faces"]

Left = Qt.MouseButton.LeftButton
ERRORS = FacesState(view="errors")
MAP = FacesState(view="map")


def threshold(page: FacesPage) -> ThresholdView:
    return cast(ThresholdView, page.stage.view)


def the_map(page: FacesPage) -> MapView:
    return cast(MapView, page.stage.view)


def drawn_group() -> group.Group:
    rows = crowd_rows()
    photos = np.arange(len(rows))
    maker = (MINI, f"{MINI}-1")
    return group.Group(crowd.people(maker), Index(maker, rows, photos // crowd.VIEWS, photos), True)


class TestThreshold:
    def test_the_crowd_is_there_on_the_first_visit(self, open_faces: OpenFaces) -> None:
        page = open_faces(ERRORS)
        view = threshold(page)
        found = view.figures
        assert found is not None and found.group.crowd and len(found.group.index.rows) == 120
        errors = errors_at(pairs_of(found.group.index), 0.8)
        assert f"{100 * errors.far:.1f} %" in view.headline.text()
        assert f"{errors.false_accepts:,} of {errors.different:,}" in view.distances.heads[0].text()
        assert len(view.distances.rows[0].tiles) == min(errors.false_accepts, 60)
        assert page.frame is not None and page.subject.faces is None  # no picture is looked at here

    def test_dragging_the_line_moves_everything_as_one_step_of_undo(self, open_faces: OpenFaces) -> None:
        page = open_faces(ERRORS)
        view, bars = threshold(page), threshold(page).distances.bars
        y = bars.height() // 2
        QTest.mousePress(bars, Left, pos=QPoint(round(bars.place(0.8)), y))
        counts = []
        for value in (0.5, 0.9, 1.2):
            move_to(bars, QPoint(round(bars.place(value)), y), Left)
            counts.append(view.distances.heads[0].text())
        QTest.mouseRelease(bars, Left, pos=QPoint(round(bars.place(1.2)), y))
        assert len(set(counts)) == 3
        assert page.state.threshold == pytest.approx(1.2, abs=0.05)
        page.undo()
        assert page.state.threshold is None and bars.threshold == pytest.approx(0.8)

    def test_keys_move_it_and_the_equal_error_rate_is_a_click_away(self, open_faces: OpenFaces) -> None:
        page = open_faces(ERRORS)
        view = threshold(page)
        QTest.keyClick(view.distances.bars, Qt.Key.Key_Right)
        assert page.state.threshold == pytest.approx(0.81)
        QTest.keyClick(view.distances.bars, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        assert page.state.threshold == pytest.approx(0.71)
        controls = view.controls()
        QTest.mouseClick(controls.equal, Left)  # type: ignore[attr-defined]
        assert view.figures is not None and view.figures.equal is not None
        found = errors_at(view.figures.pairs, view.distances.bars.threshold)
        assert abs(found.far - found.frr) < 0.02

    def test_what_is_offered_does_what_it_says(self, open_faces: OpenFaces) -> None:
        page = open_faces(ERRORS)
        view = threshold(page)
        strict = view.controls().strict  # type: ignore[attr-defined]
        assert strict.text().endswith("at most 1 % false accepts")
        QTest.mouseClick(strict, Left)
        assert view.figures is not None and page.state.threshold is not None
        assert f"Set {page.state.threshold:.2f}:" in strict.text()
        assert errors_at(view.figures.pairs, page.state.threshold).far <= 0.01
        assert errors_at(view.figures.pairs, page.state.threshold + 0.02).far > 0.01

    def test_a_click_on_the_curve_sets_the_threshold_that_leads_there(self, open_faces: OpenFaces) -> None:
        page = open_faces(ERRORS)
        view = threshold(page)
        assert view.figures is not None
        for percent in (0.0, 5.0, 40.0):
            place = view.distances.roc.place(percent, 50.0).toPoint()
            QTest.mouseClick(view.distances.roc, Left, pos=place)
            assert page.state.threshold is not None
            found = errors_at(view.figures.pairs, page.state.threshold)
            assert 100 * found.far == pytest.approx(percent, abs=2.0), percent
        assert page.history.can_undo

    def test_the_suggested_threshold_is_told_with_its_figures_here(self, open_faces: OpenFaces) -> None:
        page = open_faces(replace(ERRORS, threshold=2.0))
        view = threshold(page)
        assert view.figures is not None
        found = errors_at(view.figures.pairs, 0.8)
        words = view.controls().how.text()  # type: ignore[attr-defined]
        assert words.startswith("0.80 is suggested for") and "Found on paper." in words
        assert f"Of drawn people: {100 * found.far:.1f} % and {100 * found.frr:.1f} %." in words

    def test_a_hovered_pair_has_both_names(self, open_faces: OpenFaces) -> None:
        view = threshold(open_faces(ERRORS))
        spy, row = QSignalSpy(view.pointed), view.distances.rows[0]
        move_to(row, row.tile_rect(0).center().toPoint(), Qt.MouseButton.NoButton)
        (a, b, d) = spy.at(0)[0]
        assert (a[0], b[0], d[0]) == ("a", "b", "d(a, b)") and a[1] != b[1]
        assert f"{float(d[1]):.3f}" in row.tiles[0].title

    def test_no_cell_of_the_table_is_cut_to_half_a_number(self, open_faces: OpenFaces) -> None:
        page = open_faces(replace(ERRORS, errors=ThresholdSettings(part="people")))
        page.resize(960, 600)
        settle(page)
        table = threshold(page).people
        metrics = table.fontMetrics()
        for column in (1, 2, 3, 5):
            room = table.columnWidth(column) - 2 * space.s
            assert all(metrics.horizontalAdvance(row[column]) <= room for row in table.rows[:8]), column

    def test_a_wrong_pair_is_explained_number_by_number(self, open_faces: OpenFaces) -> None:
        page = open_faces(ERRORS)
        view = threshold(page)
        QTest.mouseClick(
            view.distances.rows[0], Left, pos=view.distances.rows[0].tile_rect(0).center().toPoint()
        )
        settle(page)
        pair = view.pair.pair
        assert pair is not None and pair.accepted and not pair.same and view.pair.isVisible()
        assert "wrong: they are two" in view.pair.words.text()
        assert view.pair.parts.values.sum() == pytest.approx(pair.distance, rel=1e-6)
        assert view.pair.parts.values.tolist() == sorted(view.pair.parts.values.tolist(), reverse=True)
        assert view.aside() is view.pair.badge and view.pair.badge.isVisible()
        spy = QSignalSpy(view.pointed)
        QTest.keyClick(view.pair.parts, Qt.Key.Key_Right)
        assert spy.count() == 1 and "share of d" in [fact[0] for fact in spy.at(0)[0]]
        assert not page.history.can_undo, "looking around is no change"
        assert page.escape() and page.state.errors.pair is None and not view.pair.isVisible()

    def test_keys_open_a_pair_too(self, open_faces: OpenFaces) -> None:
        page = open_faces(ERRORS)
        row = threshold(page).distances.rows[0]
        QTest.keyClick(row, Qt.Key.Key_Right)
        QTest.keyClick(row, Qt.Key.Key_Right)
        QTest.keyClick(row, Qt.Key.Key_Return)
        assert page.state.errors.pair is not None
        QTest.mouseClick(threshold(page).pair.back, Left)
        assert page.state.errors.pair is None

    def test_the_three_parts_and_their_tables(self, open_faces: OpenFaces) -> None:
        page = open_faces(ERRORS)
        view = threshold(page)
        for part in ("many", "people"):
            QTest.mouseClick(view.controls().part.button(part), Left)  # type: ignore[attr-defined]
            assert page.state.errors.part == part
        assert len(view.people.rows) == crowd.PEOPLE
        found = table(view.figures, 0.8)[1]  # type: ignore[arg-type]
        assert str(found[0][0]) in view.people.rows[0][0]
        assert view.table() is not None
        view.people.personPicked.emit(0)
        pair = view.pair.pair
        assert pair is not None and not pair.same and view.figures is not None
        assert {one.name for one in pair.people} == {found[0][0], found[0][6]}
        assert pair.distance == pytest.approx(found[0][7], abs=1e-5)

    def test_the_gallery_is_judged_as_well(self, open_faces: OpenFaces) -> None:
        page = open_faces(replace(ERRORS, errors=ThresholdSettings(group="gallery")))
        view = threshold(page)
        assert view.figures is not None and not view.figures.group.crowd
        assert "gallery" in page.state.errors.group
        page.change(replace(page.state, people="own"))
        settle(page)
        assert view.figures is None and "Enrol somebody" in view.nobody.text()

    def test_missing_weights_are_named(self, open_faces: OpenFaces) -> None:
        page = open_faces(replace(ERRORS, embedder=ABSENT))
        assert "page Weights" in threshold(page).nobody.text()

    def test_the_histogram_tells_its_bins(self, open_faces: OpenFaces) -> None:
        view = threshold(open_faces(ERRORS))
        spy = QSignalSpy(view.pointed)
        bars = view.distances.bars
        move_to(bars, QPoint(round(bars.place(0.3)), bars.height() // 2), Qt.MouseButton.NoButton)
        assert spy.count() == 1 and spy.at(0)[0][0][0] == "distance"

    def test_pictures_and_tables_can_be_taken_away(self, open_faces: OpenFaces) -> None:
        page = open_faces(ERRORS)
        titles = [verb.title for verb in page.verbs()]
        assert any("PNG" in title for title in titles) and any("table" in title.lower() for title in titles)

    def test_the_table_is_that_of_what_is_on_show(self, open_faces: OpenFaces) -> None:
        page = open_faces(ERRORS)
        view = threshold(page)
        figures = view.figures
        assert figures is not None

        def shown(**settings: object) -> tuple[list[str], list[list[object]]]:
            page.amend(replace(page.state, errors=ThresholdSettings(**settings)))  # type: ignore[arg-type]
            settle(page)
            found = view.table()
            assert found is not None
            return [str(one) for one in found[0]], [list(row) for row in found[1]]

        _, bins = shown()
        assert sum(int(str(row[2])) for row in bins) == 240 and sum(int(str(row[3])) for row in bins) == 6900
        _, growth = shown(part="many")
        far = errors_at(figures.pairs, 0.8).far
        assert growth[0][0] == 1 and growth[0][1] == pytest.approx(far) and growth[-1][2] == ""
        head, people = shown(part="people")
        assert head[0] == "person" and len(people) == crowd.PEOPLE
        _, numbers = shown(pair=(3, 40))
        assert sum(float(str(row[3])) for row in numbers) == pytest.approx(view.pair.pair.distance)  # type: ignore[union-attr]

    def test_a_session_brings_it_back(self, open_faces: OpenFaces) -> None:
        state = replace(ERRORS, threshold=1.1, errors=ThresholdSettings("crowd", "people", (3, 40)))
        assert from_json(FacesState, to_json(state)) == state
        page = open_faces(state)
        assert threshold(page).pair.pair is not None
        assert "Ada" not in str(to_json(page.state)), "no name is kept outside of the gallery"

    def test_a_pair_that_went_gives_way_to_the_figures(self, open_faces: OpenFaces) -> None:
        page = open_faces(replace(ERRORS, errors=ThresholdSettings(pair=(3, 99_999))))
        assert threshold(page).pair.pair is None and threshold(page).distances.bars.isVisible()

    @pytest.mark.parametrize("settings", [{"group": "nobody"}, {"part": "hair"}])
    def test_bad_settings_are_refused(self, settings: dict[str, str]) -> None:
        with pytest.raises(UserError):
            replace(ThresholdSettings(), **settings).validated()  # type: ignore[arg-type]


@pytest.mark.parametrize("view", ["gallery", "errors", "map"])
def test_none_of_these_views_touches_the_network(
    open_faces: OpenFaces, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("a view of the page Faces opened a socket")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    page = open_faces(FacesState(view=view))  # type: ignore[arg-type]
    assert page.stage.name == view and page.tour_ready()


class TestFigures:
    def test_a_group_of_one_photo_each_has_no_curve_and_says_why(self) -> None:
        everybody = drawn_group()
        index = everybody.index
        lonely = Index(index.maker, index.rows[::5], index.people[::5], index.photos[::5])
        found = figures_of(group.Group(everybody.people, lonely, True))
        assert found.curve is None and "two photos" in missing(found)
        alone = Index(index.maker, index.rows[:5], index.people[:5], index.photos[:5])
        assert "two people" in missing(figures_of(group.Group(everybody.people, alone, True)))

    def test_the_growth_is_measured_where_the_group_is_large_enough(self) -> None:
        found = figures_of(drawn_group())
        computed, measured = growth_series(found, 0.9, 0.05)
        assert measured.x is not None and list(measured.x) == [1, 2, 5, 10, 20]
        assert computed.y[-1] == pytest.approx(100.0)
        assert list(np.diff(measured.y) >= -2.5) == [True] * 4  # 200 draws each
        assert "10 people" in growth_words(Errors(0.5, 1, 100, 0, 9))
        assert "rate of 100 %" in growth_words(Errors(4.0, 9, 9, 0, 9))
        assert "up to 3 in 6,900" in growth_words(Errors(0.1, 0, 6900, 0, 9))

    def test_the_nearest_pair_of_two_people_against_a_loop(self) -> None:
        found = figures_of(drawn_group())
        people, pairs = found.group.index.people, found.pairs
        for one, other in ((0, 1), (7, 3)):
            numbers = [
                n
                for n in range(len(pairs.same))
                if {int(people[pairs.first[n]]), int(people[pairs.second[n]])} == {one, other}
            ]
            nearest = min(numbers, key=lambda n: float(pairs.distances[n]))
            assert nearest_pair(found, one, other) == nearest_pair(found, other, one) == nearest

    def test_what_it_would_cost_to_put_a_pair_right(self) -> None:
        found = figures_of(drawn_group())
        pairs = found.pairs
        wrong = int(np.flatnonzero(~pairs.same)[pairs.of_two.argmin()])
        rows = int(pairs.second[wrong]), int(pairs.first[wrong])
        distance = float(pairs.distances[wrong])
        rejected = int((pairs.of_one >= distance).sum())
        words = price(found, rows, distance)
        assert words.startswith(f"Below {distance:.3f}") and f"reject {rejected:,} of 240" in words
        assert price(found, rows, distance - 1e-6) == "", "it is right then"
        far = int(np.flatnonzero(pairs.same)[pairs.of_one.argmax()])
        distance = float(pairs.distances[far])
        accepted = int((pairs.of_two <= distance).sum())
        words = price(found, (int(pairs.first[far]), int(pairs.second[far])), 0.01)
        assert f"From {distance:.3f} on" in words and f"{accepted:,} of 6,900" in words
        assert price(found, (0, 0), 1.0) == ""

    @given(distance=st.floats(0, 4), threshold=st.floats(0, 4))
    def test_a_sign_agrees_with_the_digits_beside_it(self, distance: float, threshold: float) -> None:
        threshold = round(threshold, 2)
        left, sign, right = judged(distance, threshold).split()
        assert (sign == "≤") == (distance <= threshold)
        if abs(distance - threshold) > 1e-8:
            assert (float(left) <= float(right)) == (sign == "≤")
        assert float(left) == pytest.approx(distance, abs=6e-4)

    def test_digits_come_where_they_are_needed(self) -> None:
        assert judged(0.394, 0.75) == "0.394 ≤ 0.75"
        assert judged(0.75004, 0.75) == "0.750040 > 0.75"
        assert judged(0.351, 0.3523) == "0.351 ≤ 0.3523"

    def test_words_of_a_pair(self) -> None:
        everybody = drawn_group()
        same, other = look_at(everybody, 0, 1, 4.0), look_at(everybody, 0, 9, 0.0)
        assert verdict(same).endswith("That is right.") and verdict(other).endswith("That is right.")
        assert verdict(look_at(everybody, 0, 1, 0.0)).endswith("wrong: it is one.")
        assert "12 largest of 16" in why(same)
        assert same.distance == pytest.approx(float(((same.rows[0] - same.rows[1]) ** 2).sum()), rel=1e-5)


class TestMap:
    def test_the_crowd_lies_by_its_principal_components(self, open_faces: OpenFaces) -> None:
        view = the_map(open_faces(MAP))
        assert view.canvas.points.shape == (120, 2)
        centred = crowd_rows() - crowd_rows().mean(0)
        _, _, directions = np.linalg.svd(centred.astype(np.float64), full_matrices=False)
        np.testing.assert_allclose(np.abs(view.canvas.points), np.abs(centred @ directions[:2].T), atol=1e-5)

    def test_a_click_shows_the_photo_and_its_nearest(self, open_faces: OpenFaces) -> None:
        page = open_faces(MAP)
        view = the_map(page)
        places = view.canvas.places(view.canvas.size().toSizeF())
        target = view.canvas.point_at(QPointF(*places[17]))
        assert target is not None
        QTest.mouseClick(view.canvas, Left, pos=QPoint(*np.rint(places[17]).astype(int).tolist()))
        assert page.state.map.photo == target
        rows = crowd_rows().astype(np.float64)
        away = ((rows - rows[target]) ** 2).sum(1)
        expected = np.argsort(away)[1:7]
        assert view.neighbours.tiles[0].title == f"d = {away[expected[0]]:.2f}"
        assert len(view.neighbours.tiles) == 6 and view.head.pixels is not None
        assert not page.history.can_undo
        view.neighbours.picked.emit(0)
        assert page.state.map.photo == int(expected[0])
        assert page.escape() and page.state.map.photo is None and not page.escape()

    def test_keys_walk_zoom_and_choose(self, open_faces: OpenFaces) -> None:
        page = open_faces(MAP)
        canvas = the_map(page).canvas
        QTest.keyClick(canvas, Qt.Key.Key_Right)
        before = canvas.at
        for _ in range(3):
            QTest.keyClick(canvas, Qt.Key.Key_Right)
        assert before is not None and canvas.at is not None
        assert canvas.points[canvas.at, 0] >= canvas.points[before, 0]
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        assert page.state.map.photo == canvas.at
        size = canvas.size().toSizeF()
        fitted = canvas.places(size)
        QTest.keyClick(canvas, Qt.Key.Key_Plus)
        assert np.ptp(canvas.places(size)[:, 0]) > np.ptp(fitted[:, 0])
        QTest.keyClick(canvas, Qt.Key.Key_0)
        np.testing.assert_allclose(canvas.places(size), fitted)

    def test_a_touchpad_zooms_as_far_as_a_wheel_and_not_when_it_goes_across(
        self, open_faces: OpenFaces
    ) -> None:
        canvas = the_map(open_faces(MAP)).canvas
        size = canvas.size().toSizeF()

        def turn(x: int, y: int) -> float:
            before = np.ptp(canvas.places(size)[:, 0])
            here, none = QPointF(200, 200), Qt.MouseButton.NoButton
            phase, no_keys = Qt.ScrollPhase.NoScrollPhase, Qt.KeyboardModifier.NoModifier
            event = QWheelEvent(here, here, QPoint(), QPoint(x, y), none, no_keys, phase, False)
            canvas.wheelEvent(event)
            return float(np.ptp(canvas.places(size)[:, 0]) / before)

        whole = turn(0, 120)
        assert np.prod([turn(0, 12) for _ in range(10)]) == pytest.approx(whole) and whole > 1.1
        assert turn(240, 0) == pytest.approx(1.0)
        assert turn(0, -120) == pytest.approx(1 / whole)

    def test_a_drag_moves_the_map_and_chooses_nobody(self, open_faces: OpenFaces) -> None:
        page = open_faces(MAP)
        canvas = the_map(page).canvas
        size = canvas.size().toSizeF()
        before = canvas.places(size)
        QTest.mousePress(canvas, Left, pos=QPoint(100, 100))
        move_to(canvas, QPoint(150, 130), Left)
        QTest.mouseRelease(canvas, Left, pos=QPoint(150, 130))
        np.testing.assert_allclose(canvas.places(size) - before, np.tile([50.0, 30.0], (120, 1)), atol=0.6)
        assert page.state.map.photo is None

    def test_tsne_settles_and_keeps_neighbours(self, open_faces: OpenFaces) -> None:
        page = open_faces(MAP)
        view = the_map(page)
        QTest.mouseClick(view.controls().layout_kind.button("tsne"), Left)  # type: ignore[attr-defined]
        settle(page)
        points = view.canvas.points
        away = np.linalg.norm(points[:, None] - points[None], axis=-1)
        np.fill_diagonal(away, np.inf)
        people = np.arange(120) // crowd.VIEWS
        assert (people[away.argmin(1)] == people).mean() > 0.8
        asked = QSignalSpy(view._placing.asked)
        page.pick_numbered("errors")
        page.pick_numbered("map")
        settle(page)
        assert asked.count() == 0 and np.array_equal(view.canvas.points, points), "it is found as it was left"
        page.undo()
        assert page.state.map.layout == "pca" and len(view.canvas.points) == 120

    def test_one_face_alone_has_no_neighbours_and_says_so(
        self, open_faces: OpenFaces, tmp_path: Path
    ) -> None:
        alone = (face(9, 0, (0.0, 0.0, 100.0, 100.0)),)
        changes.enrol(
            tmp_path / "own.sqlite3", Enrol("Ada", alone, (MINI, f"{MINI}-1"), ("camera",), consent=True)
        )
        page = open_faces(
            replace(MAP, people="own", map=MapSettings(group="gallery", layout="tsne", photo=1))
        )
        assert "no other face" in the_map(page).words.text() and not the_map(page).neighbours.tiles

    def test_an_enrolled_photo_is_looked_up_in_the_file(self, open_faces: OpenFaces) -> None:
        page = open_faces(replace(MAP, map=MapSettings(group="gallery")))
        view = the_map(page)
        people = page.subject.people
        assert people is not None and people.people
        page.amend(replace(page.state, map=replace(page.state.map, photo=people.people[0].photos[0].number)))
        settle(page)
        assert view.head.pixels is not None and view.tile.isVisible()

    def test_the_photo_is_that_of_the_gallery_on_show(self, open_faces: OpenFaces, tmp_path: Path) -> None:
        path = tmp_path / "own.sqlite3"
        changes.enrol(
            path,
            Enrol(
                "Ada", (face(9, 0, (0.0, 0.0, 100.0, 100.0)),), (MINI, f"{MINI}-1"), ("camera",), consent=True
            ),
        )
        page = open_faces(replace(MAP, map=MapSettings(group="gallery", photo=1)))
        view = the_map(page)
        drawn = view.head.pixels
        assert drawn is not None and view.tile.isVisible()
        page.change(replace(page.state, people="own"))  # photo 1 is somebody else's there
        settle(page)
        kept = reading.look_at(path, 1).around
        assert np.array_equal(np.asarray(view.head.pixels), kept) and not np.array_equal(drawn, kept)
        assert "Ada" in view.tile.title and not view.head.stale
        page.undo()
        settle(page)
        assert np.array_equal(np.asarray(view.head.pixels), drawn)

    def test_a_photo_that_went_meanwhile_is_told(self, open_faces: OpenFaces) -> None:
        page = open_faces(replace(MAP, map=MapSettings(group="gallery")))
        people = page.subject.people
        assert people is not None
        with sqlite3.connect(people.path) as other:  # not counted: this window still believes in the photo
            other.execute("PRAGMA foreign_keys = ON")
            other.execute("DELETE FROM photos WHERE number = 2")
        other.close()
        reading.drop_kept(people.path)
        said: list[str] = []
        page.said.connect(lambda words, _kind: said.append(words))
        page.amend(replace(page.state, map=replace(page.state.map, photo=2)))
        settle(page)
        assert "not in the gallery any more" in said[0] and the_map(page).head.pixels is None

    def test_dots_instead_of_faces_and_back(self, open_faces: OpenFaces) -> None:
        page = open_faces(MAP)
        QTest.mouseClick(the_map(page).controls().thumbnails, Left)  # type: ignore[attr-defined]
        assert not page.state.map.thumbnails
        page.undo()
        assert page.state.map.thumbnails

    def test_the_table_has_every_face(self, open_faces: OpenFaces) -> None:
        found = the_map(open_faces(MAP)).table()
        assert found is not None and len(found[1]) == 120

    def test_bad_settings_are_refused(self) -> None:
        with pytest.raises(UserError):
            MapSettings(layout="globe").validated()  # type: ignore[arg-type]
