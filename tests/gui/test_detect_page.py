"""The page "Live detection" through its real widgets, over a detector of a few lines of numpy."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine import sources, video
from engine.detection.cells import cell_answers
from engine.detection.checks.requests import CheckCell
from engine.detection.folders.requests import ListPictures
from engine.detection.requests import Cell, CellLook, DetectLive, DetectPicture, ListDetectors, NotDetected
from engine.detection.tracking import Tracker
from engine.errors import ErrorReport, UserError
from engine.foundations.requests import CheckResult
from engine.images import Frame
from engine.jobs import Cancelled, Partial
from engine.mailbox import Mailbox
from engine.sources import CameraInfo
from engine.video import Grabber
from gui import export
from gui.pages.detect import exports, saving, tour, words
from gui.pages.detect.cell_words import FORMULAS, REACHING, anchor_rows, formulas
from gui.pages.detect.counts import GRAIN_S, SPAN_S, Counts
from gui.pages.detect.drawings import STARTER
from gui.pages.detect.page import LOADING, WAITING, DetectPage
from gui.pages.detect.resolve import resolve
from gui.pages.detect.saver import Saver
from gui.pages.detect.state import DetectState, with_cells, with_detector, with_hidden, with_source
from gui.pages.detect.trails import LONGEST, TrailBook
from gui.state import from_json, to_json
from gui.widgets import pasted
from gui.widgets.source_state import SourceState
from tests.gui import canned_detect
from tests.gui.canned_detect import ABSENT, DIGITS, LISTED, PHOTOS, inline
from tests.gui.page_fixtures import opened_pages, process_events
from tests.gui.window_fixtures import HeldEngine, calm, move_to

__all__ = ["calm"]

CAT = SourceState("sample", "cat")
OpenPage = Callable[..., DetectPage]
LeftButton, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
ON_PHOTO = replace(DetectState(), detector=PHOTOS, source=CAT)


@pytest.fixture
def open_page(qtbot: QtBot, calm: None, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens pages as windows of their own: open_page(make_engine=inline, state=None, size=(1300, 850))."""
    canned_detect.NETS.clear()
    with opened_pages(qtbot, tmp_path, "detect", inline) as opener:
        yield opener


@pytest.fixture
def page(open_page: OpenPage) -> DetectPage:
    """The page as it opens first: the drawing board before the digits net."""
    return open_page()


@pytest.fixture
def photo(open_page: OpenPage) -> DetectPage:
    """A photo before a detector for photos."""
    return open_page(state=ON_PHOTO)


@pytest.fixture
def held(open_page: OpenPage) -> tuple[DetectPage, HeldEngine]:
    """A page over an engine that answers when the test says so; the detectors are listed."""
    made: list[HeldEngine] = []

    def make(emit: Any) -> HeldEngine:
        made.append(HeldEngine(emit))
        return made[0]

    page = open_page(make)
    made[0].answer(made[0].jobs(ListDetectors)[-1], LISTED)
    process_events()
    return page, made[0]


def press(page: DetectPage, key: Qt.Key, modifier: Qt.KeyboardModifier = NoModifier) -> None:
    QTest.keyClick(page.stage.view, key, modifier)
    process_events()


def texts(page: DetectPage) -> list[str]:
    assert page.shown is not None
    return list(page.shown.findings.boxes.texts)


def on_picture(page: DetectPage, across: float, down: float) -> QPoint:
    """A place of the picture by shares, in the view."""
    width, height = page.stage.view.picture_size
    return page.stage.view.transform().map(QPointF(across * width, down * height)).toPoint()


def click(page: DetectPage, across: float, down: float) -> None:
    QTest.mouseClick(page.stage.view, LeftButton, NoModifier, on_picture(page, across, down))
    process_events()


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


class TestCells:
    def test_a_click_looks_into_a_cell(self, photo: DetectPage) -> None:
        press(photo, Qt.Key.Key_G)
        assert photo.state.cells and photo.shown is not None and photo.shown.findings.lattice is not None
        click(photo, 0.3, 0.3)
        assert photo.state.cell == (1, 1) and photo.details.cell is not None
        numbers = photo.details.numbers.texts()
        assert numbers["objectness"] == "σ(6.00) = 0.998"
        assert numbers["cat"] == "0.998 · 0.987 = 0.984"
        assert numbers["b_x"] == "(σ(0.30) + 1) · 16 = 25.2" and numbers["b_w"] == "16.0 · exp(0.10) = 17.7"
        assert photo.details.badge.title.text() == "Checking…", "nothing is said to be checked that was not"
        outlines = photo.shown.findings.outlines
        assert [one.label for one in outlines] == ["by anchor 0: cat · 0.98", "by anchor 1: cat · 0.72"]

    def test_the_cell_is_checked_by_torch(self, held: tuple[DetectPage, HeldEngine], qtbot: QtBot) -> None:
        page, engine = held
        page.amend(replace(with_cells(page.state, True), cell=(1, 1)))
        frame = page.frame
        assert frame is not None
        found = canned_detect.answer(DIGITS, frame, page.state.settings, raw=False)
        engine.answer(engine.jobs(DetectPicture)[-1], found)
        process_events()
        engine.answer(engine.jobs(CellLook)[-1], canned_detect.look(CellLook(DIGITS, frame, 0, 1, 1), None))  # type: ignore[arg-type]
        badge = page.details.badge
        qtbot.waitUntil(lambda: bool(engine.jobs(CheckCell)))
        assert badge.title.text() == "Checking…" and not page.tour_ready()
        (job,) = engine.jobs(CheckCell)
        request = engine.asked[job][0]
        assert isinstance(request, CheckCell) and request.cell is page.details.cell
        engine.answer(job, CheckResult(2e-7, 1e-4, True, "torch 9"))
        qtbot.waitUntil(lambda: badge.title.text() == "✓ Checked against torch")
        assert page.tour_ready()
        press(page, Qt.Key.Key_Right)
        assert page.state.cell == (1, 2) and "✓" not in badge.title.text()

    def test_a_size_that_was_cut_off_is_told_as_it_was_used(self) -> None:
        numbers = canned_detect.outputs()
        numbers[2:4] = 900.0
        frame = Frame(np.zeros((64, 64, 3), np.uint8), "x")
        head = replace(canned_detect.HEAD, largest=2.0, scale_xy=1.1)
        anchors = cell_answers(numbers, head, canned_detect.letterbox(frame), 1, 1)
        cell = Cell(
            CellLook(DIGITS, frame, 0, 1, 1), canned_detect.CLASSES, head.grid, anchors,
            canned_detect.letterbox(frame), head.scale_xy,
        )  # fmt: skip
        rows = {name: (value, tip) for name, value, tip in anchor_rows(cell, 0)}
        assert rows["b_w"][0] == "16.0 · exp(2.00) = 118.2" and "900.00 is cut off at 2.00" in rows["b_w"][1]
        assert rows["b_x"][0] == "(1.1 · σ(0.30) − 0.05 + 1) · 16 = 25.3"
        assert formulas(cell) == REACHING and formulas(replace(cell, scale_xy=1.0)) == FORMULAS

    def test_the_other_anchor(self, photo: DetectPage) -> None:
        photo.amend(replace(with_cells(photo.state, True), cell=(1, 1)))
        process_events()
        photo.details.anchors.combo.setCurrentIndex(1)
        assert photo.details.numbers.texts()["anchor p_w × p_h"] == "32.0 × 24.0"

    def test_arrows_go_from_cell_to_cell_and_stop_at_the_edge(self, photo: DetectPage) -> None:
        press(photo, Qt.Key.Key_G)
        click(photo, 0.3, 0.3)
        for _ in range(5):
            press(photo, Qt.Key.Key_Left)
        press(photo, Qt.Key.Key_Down)
        assert photo.state.cell == (2, 0) and photo.details.place.texts()["row, column"] == "2, 0 of 4 × 4"
        press(photo, Qt.Key.Key_Escape)
        assert photo.state.cell is None and photo.details.cell is None and photo.state.cells
        press(photo, Qt.Key.Key_G)
        assert not photo.state.cells and photo.details.cell_section.isHidden()

    def test_anchors_are_drawn_around_the_middle_or_the_cell(self, photo: DetectPage) -> None:
        press(photo, Qt.Key.Key_A)
        shown = photo.shown
        assert shown is not None and [one.label for one in shown.findings.outlines] == [
            "0: 16 × 16",
            "1: 32 × 24",
        ]
        left, _, right, _ = shown.findings.outlines[0].corners
        assert (left + right) / 2 == pytest.approx(shown.answer.frame.width * 2.5 / 4)

    def test_a_cell_that_the_grid_does_not_have_is_none(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(ON_PHOTO, cells=True, cell=(77, 0)))
        assert page.shown is not None and page.shown.findings.cell is None and page.tour_ready()
        assert "Click a cell" in page.details.hint.text()


class TestPaper:
    def draw(self, page: DetectPage, *places: tuple[float, float]) -> None:
        view = page.stage.view
        QTest.mousePress(view, LeftButton, NoModifier, on_picture(page, *places[0]))
        for place in places[1:]:
            move_to(view, on_picture(page, *place), LeftButton)
            process_events()
        QTest.mouseRelease(view, LeftButton, NoModifier, on_picture(page, *places[-1]))
        process_events()

    def test_every_stroke_is_asked_about_while_it_is_drawn(self, page: DetectPage) -> None:
        before, runs = page.frame, len(canned_detect.NETS)
        self.draw(page, (0.9, 0.1), (0.92, 0.2), (0.94, 0.3))
        assert len(canned_detect.NETS) >= runs + 3
        assert len(page.state.source.strokes) == len(STARTER) + 1 and page.frame is not before
        assert page.shown is not None and page.shown.answer.frame is page.frame
        page.undo()
        process_events()
        assert page.state.source.strokes == STARTER and page.frame is not None and before is not None
        np.testing.assert_array_equal(page.frame.pixels, before.pixels)

    def test_the_eraser_and_an_empty_sheet(self, page: DetectPage) -> None:
        press(page, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
        assert page.state.tool == "erase" and not page.history.can_undo
        self.draw(page, (0.1, 0.1), (0.2, 0.2))
        assert page.state.source.strokes[-1][1] is True
        press(page, Qt.Key.Key_Delete)
        assert page.state.source.strokes == () and page.frame is not None and (page.frame.pixels == 255).all()
        assert not page.stage.tools.clear.isEnabled()

    def test_esc_gives_a_stroke_up(self, page: DetectPage) -> None:
        view = page.stage.view
        QTest.mousePress(view, LeftButton, NoModifier, on_picture(page, 0.5, 0.5))
        process_events()
        assert page.hand.drawn is not None
        press(page, Qt.Key.Key_Escape)
        QTest.mouseRelease(view, LeftButton, NoModifier, on_picture(page, 0.5, 0.5))
        assert page.state.source.strokes == STARTER and page.hand.drawn is None

    def test_the_pointing_tool_chooses_boxes_and_cells(self, page: DetectPage) -> None:
        press(page, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
        press(page, Qt.Key.Key_G)
        click(page, 0.3, 0.3)
        assert page.state.cell == (1, 1) and page.state.source.strokes == STARTER
        assert page.stage.view.selected is not None

    def test_boxes_of_before_stay_until_the_new_ones_come(self, held: tuple[DetectPage, HeldEngine]) -> None:
        page, engine = held
        frame = page.frame
        assert frame is not None
        asked = engine.jobs(DetectPicture)[-1]
        engine.answer(asked, canned_detect.answer(DIGITS, frame, page.state.settings, raw=False))
        process_events()
        QTest.mousePress(page.stage.view, LeftButton, NoModifier, on_picture(page, 0.5, 0.5))
        process_events()
        assert page.stage.view.frame is page.frame is not frame, "the ink is there at once"
        assert len(page.stage.view.found.boxes) == 3 and not page.stage.view.faded
        page.arrivals._fade_now()
        assert page.stage.view.faded, "an answer that is late fades them"
        newest = engine.asked[engine.jobs(DetectPicture)[-1]][0]
        assert isinstance(newest, DetectPicture) and newest.frame is page.frame
        found = canned_detect.answer(DIGITS, newest.frame, page.state.settings, raw=False)
        engine.answer(engine.jobs(DetectPicture)[-1], found)
        process_events()
        assert not page.stage.view.faded and page.shown is not None and page.shown.answer is found


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


# --- live -------------------------------------------------------------------------------------------------------


class Film:
    """A grey picture every millisecond or so, its brightness the number of the frame; black ones on demand."""

    original: tuple[int, int] | None = None
    fps = 200.0

    def __init__(self, ends_after: int | None = None) -> None:
        self._number = itertools.count()
        self._ends_after = ends_after
        self.closed = False

    def read(self) -> npt.NDArray[np.uint8] | None:
        number = next(self._number)
        if self._ends_after is not None and number >= self._ends_after:
            return None
        time.sleep(0.001)
        return np.full((64, 64, 3), 50 + number % 200, np.uint8)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def cameras(monkeypatch: pytest.MonkeyPatch) -> list[CameraInfo]:
    """What is plugged in."""
    plugged = [CameraInfo(0, "BRIO")]
    monkeypatch.setattr(sources, "list_cameras", lambda: tuple(plugged))
    return plugged


@pytest.fixture
def films(monkeypatch: pytest.MonkeyPatch) -> list[Film]:
    """The fakes that were opened; `ends_after` of the list's first entry, where it is set before, ends a camera."""
    opened: list[Film] = []
    monkeypatch.setattr(video, "GIVE_UP_S", 0.02)
    return opened


@pytest.fixture
def live_page(open_page: OpenPage, films: list[Film], cameras: list[CameraInfo]) -> DetectPage:
    """A page whose cameras and videos are fakes; nothing plays yet."""
    page = open_page(state=ON_PHOTO)

    def opens(_what: object) -> Grabber:
        films.append(Film())
        return films[-1]

    page.picker._open_camera = page.picker._open_video = opens
    page.services.settings.camera_consent = True
    return page


def play(page: DetectPage, qtbot: QtBot, source: SourceState) -> None:
    page.picker.pick(source)
    page_pump(
        page, qtbot, lambda: page.picker.live and page.shown is not None and page.shown.tracks is not None
    )


def page_pump(page: DetectPage, qtbot: QtBot, until: Callable[[], bool]) -> None:
    """Let the inline engine go on with its live job until something is so."""

    def look() -> bool:
        cast(Any, page.services.bridge.engine).pump()
        return until()

    qtbot.waitUntil(look)


CAMERA = SourceState("camera", "BRIO")


class TestLive:
    def test_boxes_are_drawn_on_their_own_frame(self, live_page: DetectPage, qtbot: QtBot) -> None:
        spy = QSignalSpy(live_page.statusChanged)
        play(live_page, qtbot, CAMERA)
        shown = live_page.shown
        assert shown is not None and live_page.stage.view.frame is shown.answer.frame
        assert texts(live_page)[0] == "cat #1 · 0.98"
        assert live_page.picture is shown.answer.frame and not live_page.stage.view.stale
        lines = [spy.at(i)[0] for i in range(spy.count())]
        assert any("fps" in line and "ms old" in line and "frames skipped" in line for line in lines)
        assert live_page.stage.plot.isVisible()

    def test_boxes_of_the_photo_before_are_not_on_the_film(
        self, held: tuple[DetectPage, HeldEngine], qtbot: QtBot
    ) -> None:
        page, engine = held
        frame = page.frame
        assert frame is not None
        engine.answer(
            engine.jobs(DetectPicture)[-1],
            canned_detect.answer(DIGITS, frame, page.state.settings, raw=False),
        )
        process_events()
        assert len(page.stage.view.found.boxes) == 3
        page.picker._open_video = lambda _path: Film()
        page.picker.pick(SourceState("video", "/somewhere/walk.mp4"))
        qtbot.waitUntil(lambda: page.picker.live)
        process_events()
        shown = page.stage.view.frame
        assert shown is not None and shown.name == "walk.mp4" and len(page.stage.view.found.boxes) == 0
        assert page.shown is None and page.stage.caption.text() in (LOADING, WAITING)
        job = engine.jobs(DetectLive)[-1]
        film = Frame(np.full((64, 64, 3), 9, np.uint8), "walk.mp4", time.monotonic())
        engine.emit(
            Partial(
                job, canned_detect.answer(DIGITS, film, page.state.settings, raw=False, tracker=Tracker())
            )
        )
        qtbot.waitUntil(lambda: page.stage.view.frame is film)
        assert len(page.stage.view.found.boxes) == 3

    def test_things_keep_their_numbers_and_leave_trails(self, live_page: DetectPage, qtbot: QtBot) -> None:
        play(live_page, qtbot, CAMERA)
        first = live_page.shown
        assert first is not None
        page_pump(live_page, qtbot, lambda: len(getattr(live_page.shown, "findings").trails) == 3)  # noqa: B009
        assert [text.split()[1] for text in texts(live_page)] == ["#1", "#2", "#3"]
        press(live_page, Qt.Key.Key_T)
        assert not live_page.state.tracks and live_page.shown is not None
        assert live_page.shown.findings.trails == () and "#" not in texts(live_page)[0]

    def test_a_slider_reaches_the_job_under_way(self, live_page: DetectPage, qtbot: QtBot) -> None:
        play(live_page, qtbot, CAMERA)
        jobs = cast(Any, live_page.services.bridge.engine)._scheduler
        before = [task.job.id for task in jobs.tasks if isinstance(task.job.request, DetectLive)]
        live_page.panel.score.slider.setValue(96)
        page_pump(live_page, qtbot, lambda: len(texts(live_page)) == 1)
        after = [task.job.id for task in jobs.tasks if isinstance(task.job.request, DetectLive)]
        assert before == after and texts(live_page)[0].startswith("cat #1"), (
            "the very same job, the same number"
        )

    def test_freezing_keeps_frame_and_numbers(self, live_page: DetectPage, qtbot: QtBot) -> None:
        play(live_page, qtbot, SourceState("video", "/somewhere/walk.mp4"))
        press(live_page, Qt.Key.Key_F)
        page_pump(live_page, qtbot, lambda: not live_page.picker.live and live_page.tour_ready())
        shown = live_page.shown
        assert shown is not None and live_page.state.source.frozen
        assert shown.answer.frame is live_page.picture is live_page.stage.view.frame
        assert shown.answer.tracks is None, "a still picture is asked about anew"
        moments = live_page.arrivals.counts.table().totals.tolist()
        live_page.panel.suppression.button("none").click()
        live_page.panel.score.slider.setValue(2)
        process_events()
        assert len(texts(live_page)) == 4 and live_page.arrivals.counts.table().totals.tolist() == moments
        assert texts(live_page)[0].startswith("cat #1"), "the very same box has its number still"
        press(live_page, Qt.Key.Key_G)
        click(live_page, 0.3, 0.3)
        assert live_page.details.cell is not None and live_page.details.cell.look.frame is shown.answer.frame
        press(live_page, Qt.Key.Key_F)
        page_pump(live_page, qtbot, lambda: live_page.picker.live)
        assert not live_page.state.source.frozen and "Freeze the picture" in live_page.details.hint.text()

    def test_a_frame_on_its_way_does_not_replace_the_frozen_one(
        self, live_page: DetectPage, qtbot: QtBot
    ) -> None:
        play(live_page, qtbot, CAMERA)
        shown = live_page.shown
        assert shown is not None
        press(live_page, Qt.Key.Key_F)
        late = Frame(np.full((64, 64, 3), 9, np.uint8), "BRIO", time.monotonic(), 999)
        live_page.picker.frameChanged.emit(late)
        process_events()
        assert live_page.shown is not None and live_page.shown.answer.frame is shown.answer.frame
        assert live_page.picture is shown.answer.frame and texts(live_page)[0] == "cat #1 · 0.98"

    def test_numbers_that_begin_anew_take_over_no_trail_and_no_choice(
        self, live_page: DetectPage, qtbot: QtBot
    ) -> None:
        play(live_page, qtbot, CAMERA)
        page_pump(live_page, qtbot, lambda: len(live_page.arrivals.trails.trails) == 3)
        live_page.pointer.choose(0)
        press(live_page, Qt.Key.Key_F)
        assert len(live_page.arrivals.trails.trails) == 3, "a frozen frame keeps its trails"
        press(live_page, Qt.Key.Key_F)
        assert live_page.picker.live and not live_page.arrivals.trails.trails
        assert live_page.pointer._chosen is not None and live_page.pointer._chosen[0] == 0

    def test_while_it_plays_a_click_looks_into_no_cell(self, live_page: DetectPage, qtbot: QtBot) -> None:
        play(live_page, qtbot, CAMERA)
        press(live_page, Qt.Key.Key_G)
        click(live_page, 0.3, 0.3)
        assert live_page.state.cell is None and live_page.stage.view.selected is not None

    def test_a_hidden_page_pauses(self, live_page: DetectPage, qtbot: QtBot, films: list[Film]) -> None:
        play(live_page, qtbot, CAMERA)
        live_page.deactivated()
        process_events()
        tasks = cast(Any, live_page.services.bridge.engine)._scheduler.tasks
        assert not [task for task in tasks if isinstance(task.job.request, DetectLive)]
        qtbot.waitUntil(lambda: films[-1].closed)
        live_page.activated()
        page_pump(live_page, qtbot, lambda: live_page.picker.live and len(films) == 2)

    def test_a_frame_that_cannot_be_worked_on_is_shown_with_the_reason(
        self, held: tuple[DetectPage, HeldEngine]
    ) -> None:
        page, engine = held
        frames: Mailbox[Frame] = Mailbox()
        page.answers.want_live(page.state.detector, frames, page.state.settings, raw=False)
        process_events()
        job = engine.jobs(DetectLive)[-1]
        frame = Frame(np.full((20, 20, 3), 9, np.uint8), "camera", index=3)
        engine.emit(Partial(job, NotDetected(frame, "One pixel is too little.")))
        process_events()
        assert page.shown is None and page.stage.notice.words.text() == "One pixel is too little."
        found = canned_detect.answer(DIGITS, frame, page.state.settings, raw=False, tracker=Tracker())
        engine.emit(Partial(job, found))
        process_events()
        assert page.arrivals.answer is found and page.stage.notice.isHidden()

    def test_a_refused_live_question_is_not_asked_with_every_frame(
        self, held: tuple[DetectPage, HeldEngine]
    ) -> None:
        page, engine = held
        frames: Mailbox[Frame] = Mailbox()
        for _ in range(3):
            page.answers.want_live(DIGITS, frames, page.state.settings, raw=False)
            process_events()
            jobs = engine.jobs(DetectLive)
            if len(jobs) == 1 and not page.stage.notice.isVisible():
                engine.fail(jobs[0], ErrorReport("The net is damaged.", "Import it again."))
                process_events()
        assert len(engine.jobs(DetectLive)) == 1
        assert page.stage.notice.words.text() == "The net is damaged. Import it again."

    def test_an_unplugged_camera_is_said_and_reconnected_by_a_button(
        self, live_page: DetectPage, qtbot: QtBot, films: list[Film], cameras: list[CameraInfo]
    ) -> None:
        said = QSignalSpy(live_page.said)
        play(live_page, qtbot, CAMERA)
        films[-1]._ends_after = 0
        page_pump(live_page, qtbot, lambda: bool(live_page.picker.lost))
        assert "unplugged" in said.at(0)[0] and live_page.state.source.frozen
        notice = live_page.stage.notice
        assert "BRIO has stopped" in notice.words.text() and notice.buttons[0].text() == "Reconnect"
        assert live_page.stage.view.frame is not None, "the last picture stays"
        cameras.clear()
        notice.buttons[0].click()
        page_pump(live_page, qtbot, lambda: said.count() == 2)
        assert "No camera was found" in said.at(1)[0] and live_page.picker.lost == "BRIO"
        cameras.append(CameraInfo(3, "BRIO"))
        press(live_page, Qt.Key.Key_F)
        page_pump(live_page, qtbot, lambda: live_page.picker.live and len(films) == 2)
        assert not live_page.picker.lost and notice.isHidden() and not live_page.state.source.frozen


class TestRecording:
    def test_what_plays_is_recorded_with_its_finds(
        self, live_page: DetectPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "film.mp4"
        monkeypatch.setattr(export, "save_dialog", lambda *_: path)
        play(live_page, qtbot, CAMERA)
        press(live_page, Qt.Key.Key_V)
        button = live_page.stage.tools.buttons["record"]
        assert live_page.tape.recorder.recording and button.isChecked()
        assert live_page.stage.tools.time.text() == "0:00" and live_page.stage.tools.time.isVisible()
        page_pump(live_page, qtbot, lambda: live_page.tape.takes.count > 3)
        said = QSignalSpy(live_page.said)
        button.click()
        qtbot.waitUntil(lambda: said.count() == 1)
        assert "Saved film.mp4" in said.at(0)[0] and path.stat().st_size > 1000
        assert not live_page.tape.recorder.busy and not live_page.stage.tools.time.isVisible()
        frames = live_page.tape.takes.finished
        assert len(frames) > 3 and [len(one.found.scores) for one in frames[:2]] == [3, 3]
        assert frames[0].time_s == 0 and frames[-1].time_s > 0 and frames[0].tracks is not None
        monkeypatch.setattr(saving, "ask", lambda *_: (tmp_path / "finds.csv", "CSV"))
        verb(live_page, "Save the finds of the recording").run()
        qtbot.waitUntil(lambda: said.count() == 2)
        assert "Saved finds.csv" in said.at(1)[0]
        rows = (tmp_path / "finds.csv").read_text().splitlines()
        assert len(rows) == 1 + 3 * len(frames)

    def test_leaving_the_page_saves_what_was_recorded(
        self, page: DetectPage, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export, "save_dialog", lambda *_: tmp_path / "film.mp4")
        page.tape.toggle()
        with qtbot.waitSignal(page.tape.recorder.finished):
            page.deactivated()
        assert (tmp_path / "film.mp4").stat().st_size > 500 and page.tape.takes.finished

    def test_a_broken_path_is_a_sentence(
        self, page: DetectPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export, "save_dialog", lambda *_: tmp_path / "gone" / "film.mp4")
        said = QSignalSpy(page.said)
        page.stage.tools.buttons["record"].click()
        assert "does not exist" in said.at(0)[0] and said.at(0)[1] == "error"
        assert not page.stage.tools.buttons["record"].isChecked() and not page.tape.recorder.busy


# --- folders and files ----------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures, named so that their order is not that of letters, and a text."""
    place = tmp_path / "pictures"
    place.mkdir()
    for number, shade in ((2, 60), (10, 120), (1, 180)):
        Image.new("RGB", (80, 60), (shade, shade, shade)).save(place / f"b{number}.png")
    (place / "notes.txt").write_text("no picture")
    return place


class TestFolder:
    def test_arrows_go_through_it(self, photo: DetectPage, folder: Path) -> None:
        photo.open_path(folder)
        process_events()
        assert photo.state.folder == str(folder) and photo.state.source.value.endswith("b1.png")
        assert photo.stepper.isVisible() and "Picture 1 of 3 in pictures" in photo.panel.folder.words.text()
        press(photo, Qt.Key.Key_Right)
        press(photo, Qt.Key.Key_Right)
        assert photo.state.source.value.endswith("b10.png") and photo.stepper.index == 2
        assert photo.shown is not None and photo.shown.answer.frame.name == "b10.png"
        press(photo, Qt.Key.Key_Left)
        assert photo.state.source.value.endswith("b2.png")
        photo.undo()
        process_events()
        assert photo.state.folder == "" and not photo.stepper.isVisible() and photo.state.source == CAT

    def test_another_picture_leaves_it(self, photo: DetectPage, folder: Path) -> None:
        photo.open_path(folder)
        process_events()
        photo.picker.pick(CAT)
        process_events()
        assert photo.state.folder == "" and not photo.stepper.isVisible()

    def test_an_empty_folder_is_a_sentence(self, photo: DetectPage, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        said = QSignalSpy(photo.said)
        photo.open_path(tmp_path / "empty")
        process_events()
        assert "no pictures in empty" in said.at(0)[0] and photo.state == ON_PHOTO

    def test_a_saved_folder_is_read_again(self, open_page: OpenPage, folder: Path) -> None:
        state = replace(ON_PHOTO, folder=str(folder), source=SourceState("file", str(folder / "b2.png")))
        page = open_page(state=state)
        assert page.stepper.isVisible() and page.stepper.index == 1 and page.state == state
        gone = open_page(state=replace(state, folder="/nowhere/at/all"))
        assert gone.state.folder == "" and not gone.stepper.isVisible()

    def test_all_of_it_is_found_and_saved(
        self,
        photo: DetectPage,
        qtbot: QtBot,
        folder: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        photo.open_path(folder)
        process_events()
        photo.change(with_hidden(photo.state, "dog", True))
        target = tmp_path / "all.coco.json"
        monkeypatch.setattr(saving, "ask", lambda *_: (target, "COCO"))
        said = QSignalSpy(photo.said)
        verb(photo, "Find in all 3 pictures").run()
        qtbot.waitUntil(target.exists)
        qtbot.waitUntil(lambda: not photo.saver.busy)
        data = json.loads(target.read_text())
        assert [one["file_name"] for one in data["images"]] == ["b1.png", "b2.png", "b10.png"]
        names = {one["id"]: one["name"] for one in data["categories"]}
        found = sorted(names[one["category_id"]] for one in data["annotations"])
        assert found == ["cat"] * 6, "the dogs are hidden, and the frog is scored too low"
        assert "1 could not be opened, the first of them broken.png" in said.at(said.count() - 1)[0]

    def test_cancelled_nothing_is_saved(self, held: tuple[DetectPage, HeldEngine], folder: Path) -> None:
        from engine.detection.folders.requests import DetectFolder, PictureList

        page, engine = held
        page.folder.open(str(folder))
        engine.answer(engine.jobs(ListPictures)[-1], PictureList(str(folder), (str(folder / "b1.png"),)))
        process_events()
        said = QSignalSpy(page.said)
        page.folder.find_in_all(folder / "x.csv", "CSV")
        engine.emit(Cancelled(engine.jobs(DetectFolder)[-1]))
        process_events()
        assert "nothing of the folder was saved" in said.at(1)[0] and not (folder / "x.csv").exists()

    def test_the_button_asks(self, photo: DetectPage, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        answers = ["", str(folder)]
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: answers.pop(0))
        photo.panel.folder.button.click()
        process_events()
        assert photo.state.folder == ""
        photo.panel.folder.button.click()
        process_events()
        assert photo.state.folder == str(folder)


def verb(page: DetectPage, title: str) -> Any:
    return next(one for one in exports.verbs(page) if one.title.startswith(title))


class TestExports:
    def test_the_frame_with_its_boxes(
        self, photo: DetectPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "frame.png"
        monkeypatch.setattr(export, "save_dialog", lambda *_: path)
        verb(photo, "Save the frame with its boxes").run()
        saved = np.asarray(Image.open(path).convert("RGB"))
        frame = photo.frame
        assert frame is not None and saved.shape == frame.pixels.shape
        changed = (saved != frame.pixels).any(-1).mean()
        assert 0.005 < changed < 0.5, "boxes are on it, and the photo beneath is as it was"

    @pytest.mark.parametrize(
        ("kind", "name"), [("CSV", "a.csv"), ("JSON", "a.json"), ("COCO", "a.coco.json"), ("YOLO", "a")]
    )
    def test_the_finds_in_every_format(
        self, photo: DetectPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Any, name: str
    ) -> None:
        path = tmp_path / name
        monkeypatch.setattr(saving, "ask", lambda *_: (path, kind))
        photo.change(with_hidden(photo.state, "dog", True))
        process_events()
        said = QSignalSpy(photo.said)
        verb(photo, "Save the finds of this frame").run()
        assert "2 boxes of 1 picture" in said.at(0)[0]
        if kind == "YOLO":
            assert sorted(file.name for file in path.iterdir()) == ["Chelsea_the_cat.txt", "classes.txt"]
            assert (path / "classes.txt").read_text() == "cat\ndog\nfrog\n"
            assert (path / "Chelsea_the_cat.txt").read_text().startswith("0 0.")
        else:
            assert path.read_text().count("cat") >= 2 and "0.93" not in path.read_text(), "the dog is hidden"

    def test_one_writer_at_a_time_and_closing_ends_it(self, qtbot: QtBot, tmp_path: Path) -> None:
        from threading import Event

        saver, going, ended = Saver(), Event(), Event()
        recorded = canned_detect.recorded(Frame(np.zeros((64, 64, 3), np.uint8), "x"))

        def write(go_on: Callable[[], bool]) -> str:
            going.set()
            while go_on():
                time.sleep(0.001)
            sentence = saving.save(tmp_path / "y", "YOLO", [recorded], canned_detect.CLASSES, go_on)
            ended.set()
            return sentence

        said = QSignalSpy(saver.said)
        saver.save(write)
        assert going.wait(5) and saver.busy
        with pytest.raises(UserError, match="still being written"):
            saver.save(write)
        saver.close()
        process_events()
        assert ended.is_set() and not saver.busy and said.count() == 0
        assert list((tmp_path / "y").iterdir()) == []

    def test_a_writer_that_fails_says_so(self, qtbot: QtBot, tmp_path: Path) -> None:
        saver = Saver()

        def write(_go_on: Callable[[], bool]) -> str:
            return saving.save(tmp_path / "gone" / "x.csv", "CSV", [], ())

        with qtbot.waitSignal(saver.said) as said:
            saver.save(write)
        assert "folder does not exist" in said.args[0] and said.args[1] == "error" and not saver.busy

    def test_where_and_as_what(self, photo: DetectPage, monkeypatch: pytest.MonkeyPatch) -> None:
        picked = iter(
            [("/a/x", saving.FILTERS["COCO"]), ("/a/x.csv", saving.FILTERS["YOLO"]), ("", ""),
             ("/a/x.json", saving.FILTERS["CSV"])]
        )  # fmt: skip
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: next(picked))
        assert saving.ask(photo, "t", "n") == (Path("/a/x.coco.json"), "COCO")
        assert saving.ask(photo, "t", "n") == (Path("/a/x"), "YOLO")
        assert saving.ask(photo, "t", "n") is None
        assert saving.ask(photo, "t", "n") == (Path("/a/x.csv"), "CSV")

    def test_a_place_that_cannot_be_written_to_is_a_sentence(
        self, photo: DetectPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said = QSignalSpy(photo.said)
        for kind, path in (("CSV", tmp_path / "no" / "a.csv"), ("YOLO", tmp_path / "no" / "a")):
            monkeypatch.setattr(saving, "ask", lambda *_, found=(path, kind): found)
            verb(photo, "Save the finds of this frame").run()
        assert said.count() == 2 and all(said.at(i)[1] == "error" for i in range(2))

    def test_table_picture_and_caption(self, photo: DetectPage, tmp_path: Path) -> None:
        header, rows = exports.DetectExports(photo).table()
        assert header[:3] == ("class", "label", "score") and len(rows) == 3
        path = export.save_svg(exports.DetectExports(photo).picture(), tmp_path / "a.svg")
        assert b"<svg" in path.read_bytes()[:400]
        assert "3 found" in exports.DetectExports(photo).caption

    def test_before_an_answer_there_is_nothing_to_save(self, open_page: OpenPage) -> None:
        page = open_page(HeldEngine)
        with pytest.raises(UserError, match="nothing to save"):
            exports.DetectExports(page).table()
        assert not [one for one in exports.own_verbs(page) if "finds" in one.title]


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


class TestTrails:
    def moving(self, step: int, tracks: bool = True) -> Any:
        frame = Frame(np.zeros((64, 64, 3), np.uint8), "film", index=step)
        found = canned_detect.answer(PHOTOS, frame, DetectState().settings, raw=False, tracker=Tracker())
        return found if tracks else replace(found, tracks=None)

    def test_a_trail_grows_and_is_bounded(self) -> None:
        book = TrailBook()
        for step in range(LONGEST + 10):
            book.follow(self.moving(step))
        assert {len(points) for points in book.trails.values()} == {LONGEST}
        book.clear()
        assert book.trails == {}

    def test_a_frozen_frame_keeps_the_numbers_of_boxes_that_are_the_same(self) -> None:
        book = TrailBook()
        live = self.moving(1)
        book.follow(live)
        still = replace(live, tracks=None)
        assert book.numbers(still).tolist() == live.tracks.tolist()  # type: ignore[union-attr]
        other = self.moving(2, tracks=False)
        assert book.numbers(other) is None
