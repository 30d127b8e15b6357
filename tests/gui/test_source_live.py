"""The picker of pictures: answers that come late, videos, frames on their way to the window."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.announcer import Emit
from engine.errors import ErrorReport, UserError
from engine.images import Frame
from engine.jobs import Done, EngineState, Failed, Priority
from engine.sources import LoadSample, OpenPicture
from engine.video import Grabber
from gui.bridge import Bridge
from gui.live import LiveDesk, LiveSource
from gui.widgets.source_cameras import SessionConsent
from gui.widgets.source_picker import SourcePicker
from gui.widgets.source_state import SourceState
from tests.gui.source_picker_fixtures import (
    ASTRONAUT,
    CAT,
    Devices,
    FakeGrabber,
    Log,
    bridge,
    cameras,
    consent,
    devices,
    log,
    picker,
    shown,
)

__all__ = ["bridge", "cameras", "consent", "devices", "log", "picker", "shown"]

# --- answers that come late -------------------------------------------------------------------------------


class SlowEngine:
    """An engine that answers when the test says so."""

    def __init__(self, emit: Emit) -> None:
        self.emit = emit
        self.asked: dict[int, object] = {}
        self.state = EngineState("idle")

    def start(self) -> None: ...

    def begin_loading(self) -> None: ...

    def submit(self, request: object, *, key: str | None = None, priority: Priority = Priority.LIVE) -> int:
        self.asked[len(self.asked) + 1] = request
        return len(self.asked)

    def cancel(self, job_id: int) -> None: ...

    def close(self, timeout: float = 5) -> bool:
        return True

    def answer(self, request: object, shade: int) -> None:
        """Done for the newest request like this one."""
        job = max(job for job, asked in self.asked.items() if asked == request)
        self.emit(Done(job, Frame(np.full((2, 2, 3), shade, np.uint8), str(request)), 0.0))

    def refuse(self, request: object) -> None:
        job = max(job for job, asked in self.asked.items() if asked == request)
        self.emit(Failed(job, ErrorReport("It is broken.", "Take another.")))


@pytest.fixture
def slow(qtbot: QtBot) -> Iterator[tuple[SourcePicker, SlowEngine, Log]]:
    engines: list[SlowEngine] = []

    def make(emit: Emit) -> SlowEngine:
        engines.append(SlowEngine(emit))
        return engines[0]

    bridge = Bridge(make)
    picker = SourcePicker(bridge, consent=SessionConsent())
    qtbot.addWidget(picker)
    yield picker, engines[0], Log(picker)
    picker.close()
    bridge.close()


def test_only_the_answer_to_the_newest_question_counts(slow: tuple[SourcePicker, SlowEngine, Log]) -> None:
    picker, engine, log = slow
    picker.set_state(ASTRONAUT)
    picker.pick(CAT)
    engine.answer(LoadSample("astronaut"), 1)
    QApplication.processEvents()
    assert log.frames == [] and log.states == []
    engine.answer(LoadSample("cat"), 2)
    QApplication.processEvents()
    assert log.states == [CAT] and [int(f.pixels[0, 0, 0]) for f in log.frames] == [2]


def test_the_page_may_repeat_its_state_while_a_pick_is_on_its_way(
    slow: tuple[SourcePicker, SlowEngine, Log],
) -> None:
    picker, engine, log = slow
    picker.set_state(ASTRONAUT)
    engine.answer(LoadSample("astronaut"), 1)
    QApplication.processEvents()
    picker.pick(CAT)
    picker.set_state(ASTRONAUT)  # the page renders again, for another reason
    engine.answer(LoadSample("cat"), 2)
    QApplication.processEvents()
    assert log.states == [CAT] and picker.state == CAT


def test_a_file_that_answers_after_the_drawing_was_picked_is_dropped(
    slow: tuple[SourcePicker, SlowEngine, Log],
) -> None:
    picker, engine, log = slow
    picker.pick(SourceState("file", "a.png"))
    picker.pick(SourceState("drawing", ""))
    engine.answer(OpenPicture("a.png"), 7)
    engine.refuse(OpenPicture("a.png"))
    QApplication.processEvents()
    assert log.states == [SourceState("drawing", "")] and log.problems == []
    assert picker.frame is not None and picker.frame.name == "Drawing"


def test_a_photo_that_answers_while_a_camera_is_looked_for_is_dropped(
    slow: tuple[SourcePicker, SlowEngine, Log],
) -> None:
    picker, engine, log = slow
    picker.pick(CAT)
    picker.pick(SourceState("camera", "BRIO"))
    engine.answer(LoadSample("cat"), 7)
    QApplication.processEvents()
    assert log.states == [] and log.frames == []


def test_a_failure_is_said_with_its_hint(slow: tuple[SourcePicker, SlowEngine, Log]) -> None:
    picker, engine, log = slow
    picker.set_state(ASTRONAUT)
    engine.answer(LoadSample("astronaut"), 1)
    QApplication.processEvents()
    picker.pick(SourceState("file", "a.png"))
    engine.refuse(OpenPicture("a.png"))
    QApplication.processEvents()
    assert log.problems == ["It is broken. Take another."] and picker.state == ASTRONAUT


# --- video ------------------------------------------------------------------------------------------------


def start_video(picker: SourcePicker, tmp_path: Path, qtbot: QtBot) -> Path:
    path = tmp_path / "walk.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom")
    with qtbot.waitSignal(picker.frameChanged):
        assert picker.open_path(path)
    return path


def test_a_video_loops_and_pauses(
    shown: SourcePicker, log: Log, devices: Devices, tmp_path: Path, qtbot: QtBot
) -> None:
    devices.ends_after = 2
    path = start_video(shown, tmp_path, qtbot)
    assert log.states == [SourceState("video", str(path))] and shown.video.name.text() == "walk.mp4"
    qtbot.waitUntil(lambda: len(devices.opened) >= 3)
    assert log.problems == [] and shown.live
    shown.video.play_button.click()
    assert log.states[-1].frozen and not shown.live and shown.video.play_button.text() == "Play"
    shown.video.play_button.click()
    assert shown.live and shown.video.play_button.text() == "Pause"


def test_a_hidden_video_waits_at_its_place(
    shown: SourcePicker, log: Log, devices: Devices, tmp_path: Path, qtbot: QtBot
) -> None:
    path = start_video(shown, tmp_path, qtbot)
    shown.set_active(False)
    assert not shown.live
    with qtbot.waitSignal(shown.frameChanged):
        shown.set_active(True)
    assert len(devices.opened) == 1 and log.states == [SourceState("video", str(path))]


def test_a_restored_paused_video_shows_a_picture(
    shown: SourcePicker, log: Log, devices: Devices, tmp_path: Path, qtbot: QtBot
) -> None:
    state = SourceState("video", str(tmp_path / "walk.mp4"), frozen=True)
    with qtbot.waitSignal(shown.frameChanged):
        shown.set_state(state)
    assert shown.state == state and not shown.live and log.states == []


def test_a_broken_video_leaves_the_old_source(
    shown: SourcePicker, log: Log, devices: Devices, tmp_path: Path, qtbot: QtBot
) -> None:
    devices.failure = UserError("walk.mp4 is damaged.")
    (tmp_path / "walk.mp4").write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom")
    with qtbot.waitSignal(shown.problem) as said:
        shown.open_path(tmp_path / "walk.mp4")
    assert said.args == ["walk.mp4 is damaged."] and shown.state == ASTRONAUT and log.states == []


# --- live plumbing ----------------------------------------------------------------------------------------


def test_frames_reach_the_window_in_its_thread_and_the_newest_wins(qtbot: QtBot) -> None:
    source = LiveSource(FakeGrabber, name="fake")
    threads: list[QThread] = []
    indices: list[int] = []

    def came(frame: Frame) -> None:
        threads.append(QThread.currentThread())
        indices.append(frame.index)

    source.frameChanged.connect(came)
    source.start()
    first = source.frames.wait(2)
    qtbot.waitUntil(lambda: source.capture.stats.read >= 20)
    assert first is not None
    qtbot.waitUntil(lambda: len(indices) >= 2)
    assert source.close() and set(threads) == {QThread.currentThread()}
    assert indices == sorted(set(indices)) and source.frame is not None
    assert source.stats.fps > 0 and source.stats.latency_ms > 0
    delivered = len(indices)
    QApplication.processEvents()
    assert len(indices) == delivered, "a frame came after the end"


def test_waiting_frames_become_one_delivery(qtbot: QtBot) -> None:
    source = LiveSource(FakeGrabber, name="fake")
    got: list[Frame] = []
    source.frameChanged.connect(got.append)
    source.start()
    while source.capture.stats.read < 10:
        time.sleep(0.001)  # the window is busy: no event is processed
    assert got == []
    source.capture.freeze(True)
    QApplication.processEvents()
    assert 1 <= len(got) <= 2 and got[0].index >= 8 and source.stats.dropped >= 8
    source.close()


def test_a_camera_that_fails_is_stalled_until_it_delivers_again(qtbot: QtBot) -> None:
    class Hiccup(FakeGrabber):
        def __init__(self) -> None:
            super().__init__()
            self.fails = threading.Event()

        def read(self) -> npt.NDArray[np.uint8] | None:
            return None if self.fails.is_set() else super().read()

    grabber, desk = Hiccup(), LiveDesk()
    told: list[bool] = []
    desk.stalled.connect(told.append)
    with qtbot.waitSignal(desk.frameChanged):
        desk.play(lambda: grabber, "camera", film=False)
    source = desk.source
    assert source is not None and not source.is_stalled and told == []
    grabber.fails.set()
    qtbot.waitUntil(lambda: told == [True])
    assert source.is_stalled
    grabber.fails.clear()
    qtbot.waitUntil(lambda: told == [True, False])
    assert not source.is_stalled
    grabber.fails.set()
    qtbot.waitUntil(lambda: source.capture.stalled)
    assert desk.close()
    QApplication.processEvents()
    assert told in ([True, False], [True, False, True]), "nothing follows the end"


def test_drops_are_counted_where_somebody_looks(qtbot: QtBot) -> None:
    """The window's drops and the engine's are two numbers; without a live job the engine misses nothing."""
    source = LiveSource(FakeGrabber, name="fake")
    source.start()
    while source.capture.stats.read < 10:
        time.sleep(0.001)
    assert source.stats.dropped >= 8 and source.stats.engine_dropped == 0
    leave = source.frames.subscribe(lambda: None)
    start = source.capture.stats.read
    while source.capture.stats.read < start + 10:
        time.sleep(0.001)
    leave()
    missed = source.stats.engine_dropped
    assert missed >= 8
    while source.capture.stats.read < start + 30:
        time.sleep(0.001)
    assert source.stats.engine_dropped <= missed + 1  # one may have been on its way
    assert source.close()


def test_a_device_is_let_go_before_the_next_one_is_opened(qtbot: QtBot) -> None:
    class Stuck(FakeGrabber):
        def __init__(self) -> None:
            super().__init__()
            self.reading = threading.Event()
            self.go_on = threading.Event()

        def read(self) -> npt.NDArray[np.uint8] | None:
            self.reading.set()
            self.go_on.wait(5)
            return super().read()

    first, free = Stuck(), []
    desk = LiveDesk()

    def open_second() -> Grabber:
        free.append(first.closed.is_set())
        return FakeGrabber()

    desk.play(lambda: first, "first", film=False)
    assert first.reading.wait(5)
    with qtbot.waitSignal(desk.frameChanged) as came:
        desk.play(open_second, "second", film=False)
        time.sleep(0.05)  # long enough to go wrong; no pass depends on it
        first.go_on.set()
    assert came.args is not None and came.args[0].name == "second" and free == [True]
    assert desk.close() and not [thread for thread in threading.enumerate() if "capture" in thread.name]
