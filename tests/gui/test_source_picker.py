"""The source picker through its real widgets: every kind, what fails, what comes late, what is given back."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from PySide6.QtCore import Qt, QThread
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QComboBox, QLabel, QSlider
from pytestqt.qtbot import QtBot

from engine import sources
from engine.announcer import Emit
from engine.errors import ErrorReport, UserError
from engine.images import Frame
from engine.inline import InlineEngine
from engine.jobs import Done, EngineState, Failed, Priority
from engine.sources import CameraInfo, LoadSample, OpenPicture
from engine.video import Grabber
from gui.bridge import Bridge
from gui.live import LiveDesk, LiveSource
from gui.theme import Scheme, theme
from gui.widgets import source_panels
from gui.widgets.source_cameras import SessionConsent
from gui.widgets.source_picker import SourcePicker
from gui.widgets.source_state import SourceState

ASTRONAUT = SourceState("sample", "astronaut")
CAT = SourceState("sample", "cat")
BRIO, BUILT_IN = CameraInfo(0, "BRIO"), CameraInfo(2, "Built-in camera")


class FakeGrabber:
    """Numbered grey pictures, a millisecond apart; `ends_after` pictures the source is over."""

    original: tuple[int, int] | None = None

    def __init__(self, ends_after: int | None = None) -> None:
        self.fps = 200.0
        self.closed = threading.Event()
        self._number = itertools.count()
        self._ends_after = ends_after

    def read(self) -> npt.NDArray[np.uint8] | None:
        number = next(self._number)
        if self._ends_after is not None and number >= self._ends_after:
            return None
        time.sleep(0.001)
        return np.full((6, 8, 3), number % 256, np.uint8)

    def close(self) -> None:
        self.closed.set()


class Devices:
    """Opens fakes and counts them; `failure` is raised instead."""

    def __init__(self) -> None:
        self.opened: list[tuple[object, FakeGrabber]] = []
        self.failure: UserError | None = None
        self.ends_after: int | None = None

    def open(self, what: object) -> Grabber:
        if self.failure is not None:
            raise self.failure
        grabber = FakeGrabber(self.ends_after)
        self.opened.append((what, grabber))
        return grabber


class Log:
    """Everything a picker says, in order."""

    def __init__(self, picker: SourcePicker) -> None:
        self.states: list[SourceState] = []
        self.frames: list[Frame] = []
        self.problems: list[str] = []
        self.live: list[bool] = []
        picker.stateChanged.connect(self.states.append)
        picker.frameChanged.connect(self.frames.append)
        picker.problem.connect(self.problems.append)
        picker.liveChanged.connect(self.live.append)


@pytest.fixture
def bridge() -> Iterator[Bridge]:
    bridge = Bridge(lambda emit: InlineEngine(emit, load_torch=False))
    yield bridge
    assert bridge.close()


@pytest.fixture
def devices() -> Devices:
    return Devices()


@pytest.fixture
def cameras(monkeypatch: pytest.MonkeyPatch) -> list[CameraInfo]:
    """What is plugged in; change the list to plug and unplug."""
    plugged: list[CameraInfo] = []
    monkeypatch.setattr(sources, "list_cameras", lambda: tuple(plugged))
    return plugged


@pytest.fixture
def consent() -> SessionConsent:
    return SessionConsent()


@pytest.fixture
def picker(
    bridge: Bridge,
    devices: Devices,
    cameras: list[CameraInfo],
    consent: SessionConsent,
    tmp_path: Path,
    qtbot: QtBot,
) -> Iterator[SourcePicker]:
    picker = SourcePicker(
        bridge,
        consent=consent,
        open_camera=devices.open,
        open_video=devices.open,
        pasted_folder=tmp_path / "pasted",
    )
    picker.resize(280, 600)
    qtbot.addWidget(picker)
    yield picker
    picker.close()


@pytest.fixture
def log(picker: SourcePicker) -> Log:
    return Log(picker)


@pytest.fixture
def shown(picker: SourcePicker, log: Log, qtbot: QtBot) -> SourcePicker:
    """A picker that shows the astronaut."""
    with qtbot.waitSignal(picker.frameChanged):
        picker.set_state(ASTRONAUT)
    log.frames.clear()
    return picker


def picture(path: Path, color: tuple[int, int, int] = (10, 20, 30)) -> Path:
    Image.new("RGB", (7, 5), color).save(path)
    return path


def click(picker: SourcePicker, kind: str) -> None:
    picker.tabs.button(kind).click()


def start_camera(
    picker: SourcePicker, consent: SessionConsent, cameras: list[CameraInfo], qtbot: QtBot
) -> None:
    cameras[:] = [BRIO, BUILT_IN]
    consent.camera_consent = True
    with qtbot.waitSignal(picker.frameChanged):
        click(picker, "camera")


# --- photos and files -------------------------------------------------------------------------------------


def test_a_state_from_outside_brings_its_picture_and_no_echo(shown: SourcePicker, log: Log) -> None:
    assert shown.state == ASTRONAUT and log.states == [] and log.problems == []
    assert shown.frame is not None and (shown.frame.height, shown.frame.width) == (512, 512)
    assert not shown.live and shown.frames is None and shown.stats is None
    assert "Eileen Collins" in shown.photos.caption.text()


def test_a_photo_is_picked_by_key(shown: SourcePicker, log: Log, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.stateChanged) as changed:
        QTest.keyClick(shown.photos.list, Qt.Key.Key_Right)
    second = sources.samples()[1].name
    assert changed.args == [SourceState("sample", second)]
    assert shown.frame is not None and np.array_equal(shown.frame.pixels, sources.load_sample(second).pixels)
    assert len(log.frames) == 1


def test_thumbnails_come_one_after_the_other_once_seen(picker: SourcePicker, qtbot: QtBot) -> None:
    items = [picker.photos.list.item(row) for row in range(picker.photos.list.count())]
    assert len(items) == len(sources.samples()) > 5
    picker.show()

    def all_there() -> None:
        assert all(isinstance(item.data(Qt.ItemDataRole.DecorationRole), QImage) for item in items)

    qtbot.waitUntil(all_there)
    assert all(item.toolTip() for item in items)


def test_a_file_shows_its_name_and_note(shown: SourcePicker, log: Log, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "Größe und Maß 日本.png"
    Image.new("CMYK", (7, 5), (20, 90, 0, 0)).save(path.with_suffix(".tif"))
    with qtbot.waitSignal(shown.frameChanged):
        assert shown.open_path(path.with_suffix(".tif"))
    assert log.states == [SourceState("file", str(path.with_suffix(".tif")))]
    assert shown.kind_shown == "file" and shown.file.name.text() == "Größe und Maß 日本.tif"
    assert shown.file.note.text().startswith("7 × 5 pixels. CMYK")


def test_the_open_button_asks_for_a_file(
    shown: SourcePicker, log: Log, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = ["", str(picture(tmp_path / "a.png"))]
    monkeypatch.setattr(source_panels, "choose_file", lambda *_: answers.pop(0))
    click(shown, "file")
    shown.file.open_button.click()
    assert shown.state == ASTRONAUT
    with qtbot.waitSignal(shown.frameChanged):
        shown.file.open_button.click()
    assert log.states == [SourceState("file", str(tmp_path / "a.png"))]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("broken.png", b"\x89PNG\r\n\x1a\n and nothing else", "broken.png"),
        ("empty.jpg", b"", "empty"),
        ("notes.txt", b"only words", "cannot use"),
        ("net.safetensors", b"\x08\0\0\0\0\0\0\0{}      ", "Weights are not a picture"),
    ],
)
def test_an_unreadable_file_leaves_the_old_source(
    shown: SourcePicker, log: Log, tmp_path: Path, name: str, content: bytes, words: str, qtbot: QtBot
) -> None:
    (tmp_path / name).write_bytes(content)
    before = shown.frame
    shown.open_path(tmp_path / name)
    qtbot.waitUntil(lambda: len(log.problems) == 1)
    assert words in log.problems[0]
    assert shown.state == ASTRONAUT and shown.frame is before and log.states == [] and log.frames == []


def test_a_folder_is_refused_with_a_sentence(shown: SourcePicker, log: Log, tmp_path: Path) -> None:
    assert not shown.open_path(tmp_path)
    assert log.problems == ["A folder cannot be a picture source. Drop one picture or one video of it."]


def test_a_restored_file_that_is_gone_is_said_and_taken_back(
    shown: SourcePicker, log: Log, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(shown.reverted) as changed, qtbot.assertNotEmitted(shown.stateChanged):
        shown.set_state(SourceState("file", "/nowhere/at/all.png"))
    assert changed.args == [ASTRONAUT] and "all.png is not there" in log.problems[0]
    assert shown.state == ASTRONAUT and log.frames == []


def test_a_first_source_that_is_gone_makes_way_for_a_photo(
    picker: SourcePicker, log: Log, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(picker.frameChanged):
        picker.set_state(SourceState("file", "/nowhere/at/all.png"))
    assert log.states == [ASTRONAUT] and len(log.problems) == 1
    assert picker.kind_shown == "file"


def test_a_pasted_picture_is_kept_and_can_be_restored(
    shown: SourcePicker, log: Log, tmp_path: Path, qtbot: QtBot
) -> None:
    image = QImage(6, 4, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    image.setPixelColor(2, 1, QColor(255, 0, 0))
    with qtbot.waitSignal(shown.frameChanged):
        assert shown.paste_image(image)
    assert shown.frame is not None
    assert tuple(shown.frame.pixels[1, 2]) == (255, 0, 0) and tuple(shown.frame.pixels[0, 0]) == (
        255,
        255,
        255,
    )
    pasted = log.states[-1]
    assert pasted.kind == "file" and Path(pasted.value).parent == tmp_path / "pasted"
    with qtbot.waitSignal(shown.frameChanged):
        shown.set_state(ASTRONAUT)
    with qtbot.waitSignal(shown.frameChanged):
        shown.set_state(pasted)
    assert tuple(shown.frame.pixels[1, 2]) == (255, 0, 0)


def test_pasting_nothing_says_so(shown: SourcePicker, log: Log) -> None:
    assert not shown.paste_image(QImage())
    assert "no picture on the clipboard" in log.problems[0]


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


# --- drawing ----------------------------------------------------------------------------------------------


def test_drawing_is_live_and_its_strokes_are_the_state(shown: SourcePicker, log: Log) -> None:
    click(shown, "drawing")
    assert log.states == [SourceState("drawing", "dark")]
    assert shown.frame is not None and (shown.frame.pixels == 255).all()
    paper = shown.board.paper
    QTest.mouseClick(paper, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, paper.rect().center())
    drawn = log.states[-1]
    assert len(drawn.strokes) == 1 and (shown.frame.pixels < 255).any()
    before = shown.frame.pixels
    shown.board.undo()
    assert log.states[-1].strokes == ()
    shown.set_state(drawn)
    assert np.array_equal(shown.frame.pixels, before) and log.states[-1].strokes == ()


def test_each_kind_remembers_its_last_choice(
    shown: SourcePicker, log: Log, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(shown.frameChanged):
        shown.open_path(picture(tmp_path / "a.png"))
    click(shown, "drawing")
    with qtbot.waitSignal(shown.frameChanged):
        click(shown, "file")
    with qtbot.waitSignal(shown.frameChanged):
        click(shown, "sample")
    assert [state.kind for state in log.states] == ["file", "drawing", "file", "sample"]
    assert log.states[0] == log.states[2] and log.states[-1] == ASTRONAUT


# --- camera -----------------------------------------------------------------------------------------------


def test_without_a_camera_there_are_a_sentence_and_other_choices(
    shown: SourcePicker, log: Log, qtbot: QtBot
) -> None:
    click(shown, "camera")
    qtbot.waitUntil(lambda: "No camera was found" in shown.camera.sentence.text())
    assert shown.state == ASTRONAUT and log.problems == []
    others = shown.camera.others.findChildren(QAbstractButton)
    assert [button.text() for button in others] == ["Photos", "File", "Draw"]
    others[2].click()
    assert shown.kind_shown == "drawing" and log.states[-1].kind == "drawing"


def test_a_camera_plugged_in_later_is_found(
    shown: SourcePicker, cameras: list[CameraInfo], qtbot: QtBot
) -> None:
    click(shown, "camera")
    qtbot.waitUntil(lambda: not shown.camera.again_button.isHidden())
    cameras.append(BRIO)
    shown.camera.again_button.click()
    qtbot.waitUntil(lambda: shown.camera.name == "BRIO")


def test_the_camera_is_not_opened_before_the_person_agrees(
    shown: SourcePicker,
    log: Log,
    devices: Devices,
    cameras: list[CameraInfo],
    consent: SessionConsent,
    qtbot: QtBot,
) -> None:
    cameras[:] = [BRIO, BUILT_IN]
    click(shown, "camera")
    qtbot.waitUntil(lambda: not shown.camera.use_button.isHidden())
    shown.set_state(SourceState("camera", "BRIO"))  # not even for a restored session
    assert devices.opened == [] and "May ConvScope use your camera?" in shown.camera.sentence.text()
    assert log.states == [] and shown.state == ASTRONAUT
    shown.camera.device.combo.setCurrentIndex(1)
    assert devices.opened == []
    with qtbot.waitSignal(shown.frameChanged):
        shown.camera.use_button.click()
    assert consent.camera_consent and [what for what, _ in devices.opened] == [BUILT_IN]
    assert log.states[-1] == SourceState("camera", "Built-in camera")
    assert shown.live and log.live == [True] and shown.frames is not None
    qtbot.waitUntil(lambda: len(log.frames) >= 3)


def test_another_camera_of_the_list_replaces_the_first(
    shown: SourcePicker,
    log: Log,
    devices: Devices,
    cameras: list[CameraInfo],
    consent: SessionConsent,
    qtbot: QtBot,
) -> None:
    start_camera(shown, consent, cameras, qtbot)
    with qtbot.waitSignal(shown.stateChanged):
        shown.camera.device.combo.setCurrentIndex(1)
    assert [what for what, _ in devices.opened] == [BRIO, BUILT_IN]
    assert devices.opened[0][1].closed.is_set(), "the first was open while the second was opened"
    assert log.states[-1] == SourceState("camera", "Built-in camera")


def test_a_picture_that_was_scaled_down_is_said_to_be(
    shown: SourcePicker, cameras: list[CameraInfo], consent: SessionConsent, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(FakeGrabber, "original", (1920, 1080))
    start_camera(shown, consent, cameras, qtbot)
    shown.camera.freeze_button.click()
    assert (
        shown.camera.stats.text().replace("\N{NO-BREAK SPACE}", " ")
        == "1920 × 1080 pixels, worked on at 8 × 6, standing still"
    )


def test_freezing_holds_the_picture_and_ends_live_jobs(
    shown: SourcePicker, log: Log, cameras: list[CameraInfo], consent: SessionConsent, qtbot: QtBot
) -> None:
    start_camera(shown, consent, cameras, qtbot)
    shown.camera.freeze_button.click()
    assert log.states[-1] == SourceState("camera", "BRIO", frozen=True)
    assert not shown.live and shown.frames is None and log.live == [True, False]
    assert shown.camera.freeze_button.isChecked()
    assert shown.camera.stats.text().replace("\N{NO-BREAK SPACE}", " ") == "8 × 6 pixels, standing still"
    shown.set_state(SourceState("camera", "BRIO"))
    assert shown.live and not shown.camera.freeze_button.isChecked()
    assert shown.camera.stats.text().endswith("frames a second")
    with qtbot.waitSignal(shown.frameChanged):
        log.frames.clear()


def test_a_camera_that_does_not_open_leaves_the_old_source(
    shown: SourcePicker,
    log: Log,
    devices: Devices,
    cameras: list[CameraInfo],
    consent: SessionConsent,
    qtbot: QtBot,
) -> None:
    cameras[:] = [BRIO]
    consent.camera_consent = True
    devices.failure = UserError("The camera BRIO did not open.", hint="Choose a photo.")
    before = shown.frame
    with qtbot.waitSignal(shown.problem) as said:
        click(shown, "camera")
    assert said.args == ["The camera BRIO did not open. Choose a photo."]
    assert shown.state == ASTRONAUT and shown.frame is before and log.states == []
    assert not shown.camera.use_button.isHidden(), "no way to try again"


def test_an_unplugged_camera_leaves_its_last_picture(
    shown: SourcePicker,
    log: Log,
    devices: Devices,
    cameras: list[CameraInfo],
    consent: SessionConsent,
    qtbot: QtBot,
) -> None:
    devices.ends_after = 3
    start_camera(shown, consent, cameras, qtbot)
    with qtbot.waitSignal(shown.problem) as said:
        pass
    assert said.args is not None and "unplugged" in said.args[0] and "The last picture stays." in said.args[0]
    assert shown.state == SourceState("camera", "BRIO", frozen=True) and not shown.live
    assert shown.frame is log.frames[-1]


def test_a_lost_camera_is_reconnected_by_its_button(
    shown: SourcePicker,
    log: Log,
    devices: Devices,
    cameras: list[CameraInfo],
    consent: SessionConsent,
    qtbot: QtBot,
) -> None:
    lost: list[str] = []
    shown.lostChanged.connect(lost.append)
    devices.ends_after = 3
    start_camera(shown, consent, cameras, qtbot)
    qtbot.waitUntil(lambda: lost == ["BRIO"])
    assert shown.lost == "BRIO" and not shown.camera.reconnect_button.isHidden()
    assert "BRIO has stopped" in shown.camera.sentence.text() and shown.camera.freeze_button.isHidden()
    cameras[:] = [BUILT_IN]
    with qtbot.waitSignal(shown.problem) as said:
        shown.camera.reconnect_button.click()
    assert said.args == ["The camera BRIO is not plugged in."]
    assert shown.lost == "BRIO" and shown.state == SourceState("camera", "BRIO", frozen=True)
    cameras[:] = [CameraInfo(7, "BRIO")]
    devices.ends_after = None
    with qtbot.waitSignal(shown.frameChanged):
        shown.camera.reconnect_button.click()
    assert devices.opened[-1][0] == CameraInfo(7, "BRIO"), "it may have another number by now"
    assert lost == ["BRIO", ""] and shown.live and shown.camera.reconnect_button.isHidden()


def test_another_source_forgets_the_lost_camera(
    shown: SourcePicker, devices: Devices, cameras: list[CameraInfo], consent: SessionConsent, qtbot: QtBot
) -> None:
    devices.ends_after = 3
    start_camera(shown, consent, cameras, qtbot)
    qtbot.waitUntil(lambda: shown.lost == "BRIO")
    with qtbot.waitSignal(shown.stateChanged):
        shown.pick(CAT)
    assert shown.lost == ""
    shown.reconnect()
    assert shown.state == CAT, "there is nothing to reconnect"


def test_a_restored_camera_that_is_not_plugged_in_is_said(
    shown: SourcePicker, log: Log, cameras: list[CameraInfo], consent: SessionConsent, qtbot: QtBot
) -> None:
    cameras[:] = [BRIO]
    consent.camera_consent = True
    with qtbot.waitSignal(shown.reverted) as changed:
        shown.set_state(SourceState("camera", "Old webcam"))
    assert changed.args == [ASTRONAUT] and log.problems == ["The camera Old webcam is not plugged in."]


def test_a_hidden_camera_is_given_back(
    shown: SourcePicker,
    log: Log,
    devices: Devices,
    cameras: list[CameraInfo],
    consent: SessionConsent,
    qtbot: QtBot,
) -> None:
    start_camera(shown, consent, cameras, qtbot)
    mailbox = shown.frames
    shown.set_active(False)
    assert devices.opened[0][1].closed.wait(2) and not shown.live and mailbox is not None and mailbox.closed
    QApplication.processEvents()
    log.frames.clear()
    with qtbot.waitSignal(shown.frameChanged):
        shown.set_active(True)
    assert len(devices.opened) == 2 and shown.live and log.states == [SourceState("camera", "BRIO")]


def test_another_source_gives_the_camera_back(
    shown: SourcePicker, log: Log, devices: Devices, cameras: list[CameraInfo], consent: SessionConsent, qtbot: QtBot
) -> None:  # fmt: skip
    start_camera(shown, consent, cameras, qtbot)
    with qtbot.waitSignal(shown.stateChanged):
        shown.pick(CAT)
    assert devices.opened[0][1].closed.wait(2) and not shown.live and log.live == [True, False]
    assert log.frames[-1].name == "Chelsea the cat"


def test_closing_twice_leaves_no_thread(
    shown: SourcePicker, cameras: list[CameraInfo], consent: SessionConsent, qtbot: QtBot
) -> None:
    start_camera(shown, consent, cameras, qtbot)
    shown.close()
    shown.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("capture")]
    shown.pick(CAT)
    assert shown.frames is None


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


# --- the widget -------------------------------------------------------------------------------------------


def test_a_page_adds_its_own_kind(shown: SourcePicker, log: Log, qtbot: QtBot) -> None:
    panel = QLabel("numbers")
    shown.add_kind("preset", "grid", "Presets", panel, first=True)
    click(shown, "preset")
    assert shown.kind_shown == "preset" and not panel.isHidden() and shown.state == ASTRONAUT
    edge = SourceState("preset", "edge")
    shown.pick(edge)
    assert log.states == [edge] and shown.frame is None
    with qtbot.waitSignal(shown.frameChanged):
        click(shown, "sample")
    click(shown, "preset")
    assert log.states == [edge, ASTRONAUT, edge]
    with pytest.raises(ValueError, match="already"):
        shown.add_kind("preset", "grid", "Presets", QLabel())


def test_a_kind_that_is_left_out_is_not_offered(shown: SourcePicker) -> None:
    shown.leave_out("drawing")
    assert shown.tabs.button("drawing").isHidden() and not shown.tabs.button("camera").isHidden()


def test_every_control_has_a_name(shown: SourcePicker) -> None:
    for kind in (QAbstractButton, QSlider, QComboBox, QAbstractItemView):
        for control in shown.findChildren(kind):
            if not control.objectName().startswith("qt_") and not isinstance(control.parent(), QComboBox):
                inside = control.window() is not shown.window()
                assert inside or control.accessibleName(), f"{control} {control.parent()}"


@pytest.mark.parametrize("kind", ["sample", "file", "drawing", "camera", "video"])
def test_every_panel_fits_the_narrow_column(shown: SourcePicker, kind: str) -> None:
    shown.tabs.open(kind)
    assert shown.minimumSizeHint().width() <= 264


def test_icons_follow_the_theme(shown: SourcePicker, qapp: QApplication) -> None:
    def look() -> QImage:
        return shown.tabs.button("camera").icon().pixmap(18, 18).toImage()

    try:
        theme.apply(Scheme.LIGHT)
        light = look()
        theme.apply(Scheme.DARK)
        assert look() != light
    finally:
        theme.apply(Scheme.SYSTEM)
