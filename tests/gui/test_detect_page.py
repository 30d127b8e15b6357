"""The detection page: first visit, thresholds, pointer, state, failures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from engine.detection.requests import DetectPicture, ListDetectors
from engine.errors import ErrorReport, UserError
from engine.jobs import Cancelled
from gui.pages.detect import tour, words
from gui.pages.detect.counts import GRAIN_S, SPAN_S, Counts
from gui.pages.detect.drawings import STARTER
from gui.pages.detect.page import LOADING, WAITING, DetectPage
from gui.pages.detect.resolve import resolve
from gui.pages.detect.state import DetectState, with_detector, with_source
from gui.state import from_json, to_json
from gui.widgets import pasted
from gui.widgets.source_state import SourceState
from tests.gui import canned_detect
from tests.gui.canned_detect import ABSENT, DIGITS, PHOTOS
from tests.gui.detect_fixtures import (
    CAMERA,
    CAT,
    ON_PHOTO,
    OpenPage,
    cameras,
    films,
    held,
    live_page,
    on_picture,
    open_page,
    page,
    photo,
    play,
    press,
    texts,
)
from tests.gui.page_fixtures import process_events
from tests.gui.window_fixtures import HeldEngine, calm, move_to

__all__ = ["calm", "cameras", "films", "held", "live_page", "open_page", "page", "photo"]


class TestFirstVisit:
    def test_boxes_are_there_at_once(self, page: DetectPage) -> None:
        assert page.state == DetectState() and page.state.source.strokes == STARTER
        assert texts(page) == ["cat · 0.98", "dog · 0.94", "cat · 0.72"]
        assert page.tour_ready() and page.stage.caption.text().startswith("3 found: 2 × cat, 1 × dog")
        assert page.stage.view.frame is page.frame and page.frame is not None and page.frame.width == 640
        assert page.panel.classes.texts() == {"cat": "2", "dog": "1"}
        assert page.stage.notice.isHidden() and not page.stepper.isVisible()

    def test_what_is_not_here_is_listed_with_the_way_to_get_it(self, page: DetectPage) -> None:
        combo = page.panel.detectors.combo
        names = [combo.itemText(row) for row in range(combo.count())]
        assert names[2] == f"{ABSENT.title()} (not here)"
        assert "13.0 MB" in combo.itemData(2, Qt.ItemDataRole.ToolTipRole)
        spy = QSignalSpy(page.pageAsked)
        combo.setCurrentIndex(2)
        process_events()
        assert page.shown is None and "not here" in page.stage.notice.words.text()
        page.stage.notice.buttons[0].click()
        page.panel.more.click()
        assert [spy.at(i)[0] for i in range(2)] == ["weights", "weights"]
        assert spy.at(0)[1] == spy.at(1)[1] == {
            "task": "detection", "here": False, "query": "", "selected": ABSENT
        }  # fmt: skip

    def test_before_torch_is_there_it_says_so(self, open_page: OpenPage) -> None:
        page = open_page(HeldEngine)
        assert page.stage.caption.text() in (LOADING, WAITING) and page.shown is None
        assert page.stage.view.frame is page.frame, "the picture itself is there"

    def test_everything_has_an_accessible_name(self, page: DetectPage) -> None:
        panel, stage = page.panel, page.stage
        widgets = [
            stage.view, stage.plot, stage.tools.tools, *stage.tools.buttons.values(), panel.detectors.combo,
            panel.score.slider, panel.overlap.slider, panel.suppression, panel.classes, panel.folder.button,
        ]  # fmt: skip
        assert all(widget.accessibleName() for widget in widgets)

    def test_numbers_of_the_answer(self, page: DetectPage) -> None:
        rows = page.details.run.texts()
        assert rows["found"] == "3" and rows["before suppression"] == "32 boxes"
        assert rows["grid"] == "4 × 4, 2 anchors" and rows["device"] == "CPU"


class TestThresholds:
    def test_the_score_acts_at_once_and_can_be_undone(self, page: DetectPage) -> None:
        page.panel.score.slider.setValue(90)
        process_events()
        assert page.state.least == 0.9 and texts(page) == ["cat · 0.98", "dog · 0.94"]
        page.panel.score.slider.setValue(96)
        process_events()
        assert texts(page) == ["cat · 0.98"] and page.panel.classes.texts() == {"cat": "1", "dog": "–"}
        page.undo()
        process_events()
        assert page.state == DetectState() and len(texts(page)) == 3, "one drag is one step"
        assert page.panel.score.value == 0.25

    def test_overlap_and_ways_of_suppression(self, photo: DetectPage) -> None:
        photo.panel.overlap.slider.setValue(5)
        process_events()
        assert texts(photo) == ["cat · 0.98", "dog · 0.94"], "the second cat overlaps the first one"
        photo.panel.suppression.button("none").click()
        process_events()
        assert len(texts(photo)) == 3 and not photo.panel.overlap.isEnabled()
        photo.panel.suppression.button("agnostic").click()
        process_events()
        assert photo.state.settings.suppression == "agnostic" and photo.panel.overlap.isEnabled()

    def test_finds_that_are_not_kept_are_told(self, photo: DetectPage) -> None:
        shown = photo.shown
        assert shown is not None and "best" not in words.summary(shown)
        full = replace(shown.answer, settings=replace(shown.answer.settings, most=3, suppression="none"))
        many = resolve(photo.state, full)
        assert words.summary(many).startswith("3 found, of which the best 3 are kept: ")
        (tip,) = [tip for name, _, tip in words.answer_rows(many) if name == "found"]
        assert tip == "Scored 0.25 or better, without suppression; no more than the best 3 are kept."

    def test_nothing_found_is_said(self, page: DetectPage) -> None:
        page.panel.score.slider.setValue(100)
        process_events()
        assert page.stage.caption.text().startswith("Nothing found that is scored 1.00 or better")

    def test_raw_boxes_are_those_scored_high_enough(self, page: DetectPage) -> None:
        press(page, Qt.Key.Key_R)
        assert page.state.raw and not page.history.can_undo, "looking around is no change"
        shown = page.shown
        assert shown is not None and len(shown.findings.raw) == 3 and shown.raw_shown == 3
        page.panel.score.slider.setValue(5)
        process_events()
        assert page.shown is not None and len(page.shown.findings.raw) == 4
        assert "4 boxes before suppression" in page.stage.caption.text()
        page.stage.tools.buttons["raw"].click()
        process_events()
        assert not page.state.raw and page.shown is not None and not len(page.shown.findings.raw)

    def test_a_class_can_be_hidden(self, page: DetectPage) -> None:
        row = page.panel.classes.rows[0]
        row.tick.click()
        process_events()
        assert page.state.hidden == ("cat",) and texts(page) == ["dog · 0.94"]
        assert page.panel.classes.texts() == {"cat": "2", "dog": "1"}, "hidden ones are still counted"
        assert page.details.run.texts()["found"] == "1, 2 hidden"
        page.panel.classes.all.click()
        process_events()
        assert not page.state.hidden and len(texts(page)) == 3


class TestPointer:
    def test_hover_tells_a_box(self, photo: DetectPage) -> None:
        found = photo.shown
        assert found is not None
        x1, y1, x2, y2 = found.found.boxes[1] / np.tile(
            [found.answer.frame.width, found.answer.frame.height], 2
        )
        move_to(photo.stage.view, on_picture(photo, (x1 + x2) / 2, (y1 + y2) / 2))
        rows = photo.details.under.texts()
        assert rows["class"] == "dog (1)" and rows["score"] == "0.940"
        move_to(photo.stage.view, on_picture(photo, 0.02, 0.02))
        red, green, blue = found.answer.frame.pixels[int(rows_y(photo)), int(rows_x(photo))]
        assert photo.details.under.texts()["red, green, blue"] == f"{red}, {green}, {blue}"

    def test_keys_go_from_box_to_box_and_esc_lets_go(self, photo: DetectPage) -> None:
        press(photo, Qt.Key.Key_BracketRight)
        assert photo.stage.view.selected == 0 and photo.details.box.texts()["class"] == "cat (0)"
        press(photo, Qt.Key.Key_BracketRight)
        press(photo, Qt.Key.Key_BracketRight)
        press(photo, Qt.Key.Key_BracketRight)
        assert photo.stage.view.selected == 0, "round and round"
        press(photo, Qt.Key.Key_BracketLeft)
        assert photo.stage.view.selected == 2
        press(photo, Qt.Key.Key_Escape)
        assert photo.stage.view.selected is None and photo.details.box_section.isHidden()

    def test_a_chosen_box_stays_chosen_under_other_thresholds(self, photo: DetectPage) -> None:
        press(photo, Qt.Key.Key_BracketRight)
        press(photo, Qt.Key.Key_BracketRight)
        photo.panel.score.slider.setValue(80)
        process_events()
        assert photo.stage.view.selected == 1
        photo.panel.score.slider.setValue(96)
        process_events()
        assert photo.stage.view.selected is None, "the dog is not found any more"


def rows_x(page: DetectPage) -> str:
    return page.details.under.texts()["x, y"].split(", ")[0]


def rows_y(page: DetectPage) -> str:
    return page.details.under.texts()["x, y"].split(", ")[1]


class TestOffers:
    def test_a_photo_before_the_digits_net(self, page: DetectPage) -> None:
        page.picker.pick(CAT)
        process_events()
        notice = page.stage.notice
        assert notice.isVisible() and "handwritten digits only" in notice.words.text()
        notice.buttons[0].click()
        process_events()
        assert page.state.detector == PHOTOS and notice.isHidden() and len(texts(page)) == 3

    def test_where_no_other_is_here_the_page_weights_is_named(self, open_page: OpenPage) -> None:
        page = open_page(canned_detect.inline_with_digits_only, replace(DetectState(), source=CAT))
        spy = QSignalSpy(page.pageAsked)
        assert "The page Weights has others" in page.stage.notice.words.text()
        page.stage.notice.buttons[0].click()
        assert spy.at(0)[0] == "weights" and spy.at(0)[1]["selected"] == ABSENT

    def test_a_drawing_before_a_detector_for_photos(self, photo: DetectPage) -> None:
        photo.picker.show_kind("drawing")
        process_events()
        assert "made for photos" in photo.stage.notice.words.text()
        photo.stage.notice.buttons[0].click()
        process_events()
        assert photo.state.detector == DIGITS and photo.stage.notice.isHidden()


class TestLeads:
    def test_to_suppression_with_the_raw_boxes(self, photo: DetectPage) -> None:
        spy = QSignalSpy(photo.pageAsked)
        photo.stage.steps_button.click()
        process_events()
        name, fields = spy.at(0)
        assert name == "boxes" and fields["view"] == "suppression" and fields["source"] == CAT
        table = fields["suppression"].validated()
        assert table.origin == "given" and table.given_classes == canned_detect.CLASSES
        assert table.given[0].score == pytest.approx(0.984, abs=1e-3) and table.least == 0.25

    def test_to_feature_maps(self, photo: DetectPage) -> None:
        spy = QSignalSpy(photo.pageAsked)
        photo.stage.maps_button.click()
        assert spy.at(0)[0] == "maps" and spy.at(0)[1]["net"] == PHOTOS and spy.at(0)[1]["source"] == CAT

    def test_a_live_frame_is_kept_as_a_file(
        self, live_page: DetectPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pasted, "default_folder", lambda: tmp_path / "pasted")
        play(live_page, qtbot, CAMERA)
        spy = QSignalSpy(live_page.pageAsked)
        frame = live_page.stage.view.frame
        live_page.stage.maps_button.click()
        source = spy.at(0)[1]["source"]
        assert source.kind == "file" and frame is not None
        np.testing.assert_array_equal(np.asarray(Image.open(source.value).convert("RGB")), frame.pixels)

    def test_a_full_disk_is_a_sentence(
        self, live_page: DetectPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> Path:
            raise OSError("no space left")

        play(live_page, qtbot, CAMERA)
        monkeypatch.setattr(pasted, "keep", full)
        said, asked = QSignalSpy(live_page.said), QSignalSpy(live_page.pageAsked)
        live_page.stage.maps_button.click()
        assert "no space left" in said.at(0)[0] and asked.count() == 0


class TestFailures:
    def test_a_cancelled_question_can_be_asked_again(self, held: tuple[DetectPage, HeldEngine]) -> None:
        page, engine = held
        asked = engine.jobs(DetectPicture)
        engine.emit(Cancelled(asked[-1]))
        process_events()
        assert page.stage.notice.buttons[0].text() == "Ask again"
        page.stage.notice.buttons[0].click()
        process_events()
        assert len(engine.jobs(DetectPicture)) == len(asked) + 1 and page.stage.notice.isHidden()

    def test_a_failure_leaves_no_old_boxes(self, held: tuple[DetectPage, HeldEngine]) -> None:
        page, engine = held
        frame = page.frame
        assert frame is not None
        engine.answer(
            engine.jobs(DetectPicture)[-1],
            canned_detect.answer(DIGITS, frame, page.state.settings, raw=False),
        )
        process_events()
        page.panel.score.slider.setValue(50)
        process_events()
        engine.fail(engine.jobs(DetectPicture)[-1], ErrorReport("Out of memory.", "Close something."))
        process_events()
        assert page.shown is None and len(page.stage.view.found.boxes) == 0
        assert page.stage.notice.words.text() == "Out of memory. Close something."
        assert page.stage.view.frame is frame, "the picture stays"

    def test_answers_of_a_detector_that_was_left_are_dropped(
        self, held: tuple[DetectPage, HeldEngine]
    ) -> None:
        page, engine = held
        frame = page.frame
        assert frame is not None
        old = canned_detect.answer(DIGITS, frame, page.state.settings, raw=False)
        page.hand.pick_detector(PHOTOS)
        page.arrivals.came(old, False)
        assert page.shown is None
        engine.answer(
            engine.jobs(DetectPicture)[-1],
            canned_detect.answer(PHOTOS, frame, page.state.settings, raw=False),
        )
        process_events()
        assert page.shown is not None and page.shown.answer.detector == PHOTOS

    def test_a_still_picture_cannot_be_frozen(self, photo: DetectPage) -> None:
        said = QSignalSpy(photo.said)
        press(photo, Qt.Key.Key_F)
        assert "stands still already" in said.at(0)[0]

    def test_a_list_that_cannot_be_read_is_said(self, open_page: OpenPage) -> None:
        made: list[HeldEngine] = []

        def make(emit: Any) -> HeldEngine:
            made.append(HeldEngine(emit))
            return made[0]

        page = open_page(make)
        made[0].fail(
            made[0].jobs(ListDetectors)[-1], ErrorReport("The models folder is gone.", "Choose one.")
        )
        process_events()
        assert page.panel.about.text() == "The models folder is gone. Choose one."


class TestState:
    def test_round_trip(self) -> None:
        for state in [DetectState(), ON_PHOTO, *(stop.state for stop in tour.stops())]:
            assert from_json(DetectState, to_json(state)).validated() == state

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"detector": ""}, "names no detector"),
            ({"least": float("nan")}, "score"),
            ({"overlap": 1.5}, "IoU threshold 1.5"),
            ({"grid": -1}, "no grid -1"),
            ({"cell": (0, -1)}, "no such cell"),
            ({"pen": 0.0}, "pen"),
            ({"source": SourceState("preset", "x")}, "needs a picture"),
            ({"folder": "/a", "source": CAT}, "goes through a folder"),
            ({"hidden": tuple(str(n) for n in range(3000))}, "hides more classes"),
        ],
    )
    def test_bad_values(self, changes: dict[str, Any], sentence: str) -> None:
        with pytest.raises(UserError, match=sentence):
            replace(DetectState(), **changes).validated()

    def test_another_detector_and_another_picture_forget_what_was_not_theirs(self) -> None:
        state = replace(DetectState(), cells=True, cell=(1, 2), grid=1, hidden=("cat",))
        assert with_detector(state, "x") == replace(DetectState(), detector="x", cells=True)
        assert with_source(state, CAT).cell is None and with_source(state, CAT).cells
        more = replace(state.source, strokes=())
        assert with_source(state, more).cell == (1, 2), "a drawing that goes on"

    def test_a_session_comes_back(self, photo: DetectPage, open_page: OpenPage) -> None:
        photo.change(replace(photo.state, least=0.5, raw=True, cells=True, cell=(1, 1), hidden=("dog",)))
        again = open_page(state=from_json(DetectState, photo.save_state()))
        assert again.state == photo.state and texts(again) == ["cat · 0.98", "cat · 0.72"]
        assert again.details.cell is not None

    def test_the_keys_are_in_the_list(self, page: DetectPage) -> None:
        assert {"F", "G", "A", "R", "T", "C", "V", "] / [", "Delete"} <= {key for _, key in page.shortcuts()}

    def test_the_tour_shows_each_thing(self) -> None:
        states = [stop.state for stop in tour.stops()]
        assert 6 <= len(states) <= 9
        assert any(state.raw for state in states) and any(state.cell for state in states)
        assert any(state.anchors for state in states) and any(state.hidden for state in states)
        assert any(not state.drawing for state in states)


class TestCounts:
    def test_moments_close_together_are_one(self) -> None:
        counts = Counts()
        for step in range(10):
            counts.add(50 + step * GRAIN_S / 10, {0: step % 3, 5: 1})
        table = counts.table()
        assert len(table.times) <= 2 and table.kinds == (0, 5) and table.counts[0].max() == 2

    def test_the_rest_is_counted_together(self) -> None:
        counts = Counts()
        counts.add(1.0, {kind: 10 - kind for kind in range(10)})
        table = counts.table(most=3)
        assert table.kinds == (0, 1, 2) and table.others.tolist() == [sum(10 - k for k in range(3, 10))]
        assert table.totals.tolist() == [55] and table.at(-1) is None and table.at(99) == 0

    def test_a_pause_takes_no_time(self) -> None:
        counts = Counts()
        counts.add(100.0, {0: 1})
        counts.add(101.0, {0: 2})
        counts.pause()
        counts.add(500.0, {0: 3})
        counts.add(501.0, {0: 4})
        table = counts.table()
        assert table.times.tolist() == [0.0, 1.0, 1.0 + GRAIN_S, 2.0 + GRAIN_S]
        assert table.counts.tolist() == [[1, 2, 3, 4]]

    def test_only_the_last_minute_is_kept(self) -> None:
        counts = Counts()
        for second in range(200):
            counts.add(float(second), {0: 1})
        table = counts.table()
        assert table.times[-1] - table.times[0] <= SPAN_S and table.times[-1] == 199 and counts.seen == (0,)

    def test_a_clock_that_goes_back_begins_anew(self) -> None:
        counts = Counts()
        counts.add(100.0, {0: 1})
        counts.add(130.0, {0: 2})
        counts.add(5.0, {1: 3})
        assert counts.table().counts.tolist() == [[3]]

    def test_the_plot_reads_out_a_moment(self, page: DetectPage) -> None:
        plot = page.stage.plot
        assert plot.isVisible() and plot.table.totals.tolist()[-1] == 3
        QTest.keyClick(plot, Qt.Key.Key_Left)
        rows = page.details.under.texts()
        assert rows["found"] == "3" and rows["cat"] == "2"
        assert "2 cat" in plot.accessibleDescription()
        QTest.keyClick(plot, Qt.Key.Key_Escape)
        assert "found" not in page.details.under.texts()
        press(page, Qt.Key.Key_C)
        assert not plot.isVisible() and not page.state.plot

    def test_a_photo_has_no_time(self, photo: DetectPage) -> None:
        assert not photo.stage.tools.buttons["plot"].isVisible()
        assert not photo.stage.plot.isVisible()
