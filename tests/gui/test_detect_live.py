"""The detection page: camera, film, recording, trails."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from engine.detection.requests import DetectLive, DetectPicture, NotDetected
from engine.detection.tracking import Tracker
from engine.errors import ErrorReport
from engine.images import Frame
from engine.jobs import Partial
from engine.mailbox import Mailbox
from engine.sources import CameraInfo
from gui import export
from gui.pages.detect import saving
from gui.pages.detect.page import LOADING, WAITING, DetectPage
from gui.pages.detect.state import DetectState
from gui.pages.detect.trails import LONGEST, TrailBook
from gui.widgets.source_state import SourceState
from tests.gui import canned_detect
from tests.gui.canned_detect import DIGITS, PHOTOS
from tests.gui.detect_fixtures import (
    CAMERA,
    Film,
    cameras,
    click,
    films,
    held,
    live_page,
    open_page,
    page,
    page_pump,
    play,
    press,
    texts,
    verb,
)
from tests.gui.page_fixtures import process_events
from tests.gui.window_fixtures import HeldEngine, calm

__all__ = ["calm", "cameras", "films", "held", "live_page", "open_page", "page"]


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
        page_pump(live_page, qtbot, lambda: live_page.picker.live and bool(live_page.details.hint.text()))
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
