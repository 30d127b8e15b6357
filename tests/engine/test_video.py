"""Video files and cameras: what is read, when it is shown, and how it ends."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine import images, video
from engine.cv import cv2
from engine.errors import UserError
from engine.images import Frame
from engine.mailbox import Mailbox
from engine.sources import CameraInfo
from engine.video import Capture, Grabber

Pixels = NDArray[np.uint8]
COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255)]


def flat(colour: tuple[int, int, int], height: int = 32, width: int = 48) -> Pixels:
    return np.full((height, width, 3), colour, np.uint8)


def write_video(
    path: Path, fps: float = 20.0, codec: str = "FFV1", height: int = 32, width: int = 48
) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), fps, (width, height))
    assert writer.isOpened()
    for colour in COLOURS:
        writer.write(flat(colour, height, width)[..., ::-1])
    writer.release()
    return path


def nearest_colour(pixels: Pixels) -> tuple[int, int, int]:
    mean = pixels.reshape(-1, 3).mean(axis=0)
    return min(COLOURS, key=lambda colour: float(np.abs(mean - colour).sum()))


class FakeGrabber:
    """Delivers what it is given (None: a failed read, an exception: raised), then None for ever."""

    original: tuple[int, int] | None = None

    def __init__(self, pictures: Iterable[Pixels | Exception | None], fps: float = 240.0) -> None:
        self._pictures = iter(pictures)
        self.fps = fps
        self.reads = 0
        self.closed = 0

    def read(self) -> Pixels | None:
        self.reads += 1
        picture = next(self._pictures, None)
        if isinstance(picture, Exception):
            raise picture
        return picture

    def close(self) -> None:
        self.closed += 1


class SteppedGrabber(FakeGrabber):
    """A grabber whose reads wait until the test lets them through, and say when they have begun."""

    def __init__(self, pictures: Iterable[Pixels | None]) -> None:
        super().__init__(pictures)
        self._begun = threading.Semaphore(0)
        self._allowed = threading.Semaphore(0)

    def read(self) -> Pixels | None:
        self._begun.release()
        assert self._allowed.acquire(timeout=10)
        return super().read()

    def wait_for_read(self) -> None:
        """Until a read has begun: what came before it has been dealt with."""
        assert self._begun.acquire(timeout=10)

    def allow(self, count: int = 1) -> None:
        self._allowed.release(count)


class Player:
    """A capture, every frame that it published and how it ended."""

    def __init__(
        self,
        open: Callable[[], Grabber],
        paced: bool = False,
        loop: bool = False,
        limit: int | None = None,
        max_side: int = 1280,
    ) -> None:
        self.frames: list[Frame] = []
        self.errors: list[UserError | None] = []
        self.ended = threading.Event()
        self._limit = limit
        self.box: Mailbox[Frame] = Mailbox()
        self.box.subscribe(self._take)
        self.capture = Capture(open, self.box, paced, loop, max_side, "the source", self._end)

    def _take(self) -> None:
        frame = self.box.take()
        if frame is not None:
            self.frames.append(frame)
        if len(self.frames) == self._limit:
            self.capture.stop()
            self.ended.set()

    def _end(self, error: UserError | None) -> None:
        self.errors.append(error)
        self.capture.stop()  # allowed here, and no waiting for itself
        self.ended.set()

    def play(self) -> Player:
        self.capture.start()
        assert self.ended.wait(20)
        assert self.capture.stop() and not self.capture.running
        return self


# --- reading files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("exact.avi", "FFV1"),
        ("lossy.mp4", "mp4v"),
        ("clip_01.mkv", "MJPG"),
        ("ein Film – 動画 %03d.avi", "FFV1"),
    ],
)
def test_a_video_is_read_in_order(name: str, codec: str, tmp_path: Path) -> None:
    grabber = video.open_video(write_video(tmp_path / name, codec=codec))
    assert grabber.fps == pytest.approx(20)
    for colour in COLOURS:
        pixels = grabber.read()
        assert pixels is not None and pixels.shape == (32, 48, 3) and pixels.dtype == np.uint8
        assert nearest_colour(pixels) == colour
        # FFV1 keeps what it is given; it is given 4:2:0 YUV, which rounds.
        assert np.abs(pixels.astype(int) - colour).max() <= (6 if codec == "FFV1" else 40)
    assert grabber.read() is None
    grabber.close()


def test_an_animated_gif_is_a_video(tmp_path: Path) -> None:
    first, *others = (Image.fromarray(flat(colour)) for colour in COLOURS)
    first.save(tmp_path / "moving.gif", save_all=True, append_images=others, duration=100)
    grabber = video.open_video(str(tmp_path / "moving.gif"))
    assert grabber.fps == pytest.approx(10)
    for colour in COLOURS:
        pixels = grabber.read()
        assert pixels is not None and np.array_equal(pixels, flat(colour))
    grabber.close()


def jpeg(path: Path) -> None:
    Image.fromarray(flat(COLOURS[0])).save(path, "JPEG")


def cut_off(path: Path) -> None:
    whole = write_video(path.with_name("whole.mkv")).read_bytes()
    path.write_bytes(whole[:300])


NO_VIDEOS: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda p: p.write_bytes(b""), "is empty"),
    "text": (lambda p: p.write_text("not a video\n" * 100), "cannot be played"),
    "zeros": (lambda p: p.write_bytes(bytes(5000)), "cannot be played"),
    "noise": (
        lambda p: p.write_bytes(b"\0\0\0\x18ftypisom" + np.random.default_rng(0).bytes(5000)),
        "damaged",
    ),
    "header only": (cut_off, "damaged"),
    "a picture": (jpeg, "is not a video"),
    "a folder": (lambda p: p.mkdir(), "is a folder"),
    "missing": (lambda p: None, "is not there"),
}


@pytest.mark.parametrize("case", NO_VIDEOS)
def test_every_refusal_names_the_file_and_says_what_to_do(case: str, tmp_path: Path) -> None:
    make, expected = NO_VIDEOS[case]
    path = tmp_path / "mein Film ü.mp4"
    make(path)
    with pytest.raises(UserError) as caught:
        video.open_video(path)
    assert caught.value.sentence.startswith("mein Film ü.mp4 ") and expected in caught.value.sentence
    assert caught.value.hint and str(tmp_path) not in str(caught.value)


def test_no_file_makes_the_reader_call_the_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/part.ts"
        playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{address}\n#EXT-X-ENDLIST\n"
        (tmp_path / "playlist.mp4").write_text(playlist)
        with pytest.raises(UserError):
            video.open_video(tmp_path / "playlist.mp4")
        # Past our own look at the content: FFmpeg lets a local file name nothing but local files.
        (tmp_path / "playlist.m3u8").write_text(playlist)
        assert not cv2.VideoCapture(str(tmp_path / "playlist.m3u8"), cv2.CAP_FFMPEG).isOpened()
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


# --- playing ----------------------------------------------------------------------------------------------


def test_a_file_plays_once_at_its_own_pace(tmp_path: Path) -> None:
    path = write_video(tmp_path / "five.avi", fps=50)
    player = Player(lambda: video.open_video(path), paced=True).play()
    assert [nearest_colour(frame.pixels) for frame in player.frames] == COLOURS
    assert [frame.index for frame in player.frames] == [0, 1, 2, 3, 4]
    assert {frame.name for frame in player.frames} == {"the source"}
    # A late frame only makes the differences larger: none can come before it is due.
    start = player.frames[0].time_s
    assert all(frame.time_s - start >= frame.index / 50 - 1e-6 for frame in player.frames)
    assert not any(frame.pixels.flags.writeable for frame in player.frames)
    assert player.errors == [None] and player.capture.error is None


def test_a_loop_begins_again_and_counts_on(tmp_path: Path) -> None:
    path = write_video(tmp_path / "five.avi", fps=200)
    player = Player(lambda: video.open_video(path), paced=True, loop=True, limit=12).play()
    assert [nearest_colour(frame.pixels) for frame in player.frames] == (COLOURS * 3)[:12]
    assert [frame.index for frame in player.frames] == list(range(12))
    assert player.errors == [], "a capture that was told to stop has not ended by itself"


def test_every_pass_of_a_loop_closes_what_it_opened() -> None:
    opened: list[FakeGrabber] = []

    def open_again() -> FakeGrabber:
        opened.append(FakeGrabber([flat(COLOURS[0]), flat(COLOURS[1])]))
        return opened[-1]

    Player(open_again, loop=True, limit=7).play()
    assert [grabber.closed for grabber in opened] == [1, 1, 1, 1]


def test_a_file_without_pictures_does_not_loop_for_ever() -> None:
    player = Player(lambda: FakeGrabber([]), paced=True, loop=True).play()
    assert player.errors == [player.capture.error]
    assert "holds no pictures" in str(player.capture.error)


def test_large_frames_are_scaled_and_small_ones_are_not() -> None:
    large, small = flat(COLOURS[0], 90, 160), flat(COLOURS[1], 40, 80)
    player = Player(lambda: FakeGrabber([large, small]), paced=True, max_side=80).play()
    assert [frame.pixels.shape for frame in player.frames] == [(45, 80, 3), (40, 80, 3)]
    assert player.frames[1].pixels is small, "nothing is copied without need"
    assert [frame.original for frame in player.frames] == [(160, 90), None]


def test_frames_tell_the_size_that_the_source_scaled_down(tmp_path: Path) -> None:
    path = write_video(tmp_path / "small.avi")
    scaled = Player(lambda: video.open_video(path, max_side=24), paced=True).play()
    assert {(frame.width, frame.height, frame.original) for frame in scaled.frames} == {(24, 16, (48, 32))}
    whole = Player(lambda: video.open_video(path), paced=True).play()
    assert {(frame.width, frame.height, frame.original) for frame in whole.frames} == {(48, 32, None)}


def test_the_latest_frame_wins() -> None:
    box: Mailbox[Frame] = Mailbox()
    done = threading.Event()
    pictures = [flat(colour) for colour in COLOURS]
    capture = Capture(lambda: FakeGrabber(pictures), box, True, False, on_end=lambda _: done.set())
    capture.start()
    assert done.wait(10) and capture.stop()
    newest = box.take()
    assert newest is not None and newest.index == 4 and nearest_colour(newest.pixels) == COLOURS[4]
    assert (capture.stats.read, capture.stats.dropped) == (5, 4)
    assert 0 < capture.stats.fps <= 240 * 1.01


class TestPace:
    def test_frames_are_due_one_period_apart(self) -> None:
        pace = video._Pace()
        pace.set_fps(10)
        assert [pace.due(now) for now in (5.0, 5.01, 5.19, 5.4)] == pytest.approx([5.0, 5.1, 5.2, 5.3])

    def test_after_a_pause_nothing_is_hurried(self) -> None:
        pace = video._Pace()
        pace.set_fps(10)
        assert [pace.due(now) for now in (5.0, 9.0, 9.0)] == pytest.approx([5.0, 9.0, 9.1])

    @pytest.mark.parametrize("fps", [0.0, -1.0, float("nan"), float("inf"), 90_000.0])
    def test_nonsense_means_25_frames_a_second(self, fps: float) -> None:
        pace = video._Pace()
        pace.set_fps(fps)
        assert [pace.due(1.0), pace.due(1.0)] == pytest.approx([1.0, 1.04])


# --- freezing ---------------------------------------------------------------------------------------------


def test_a_frozen_camera_is_read_on_but_not_shown() -> None:
    grabber = SteppedGrabber(flat(colour) for colour in COLOURS * 2)
    player = Player(lambda: grabber)
    player.capture.start()
    grabber.wait_for_read()
    grabber.allow()
    grabber.wait_for_read()  # the second read has begun: the first frame is out
    player.capture.freeze(True)
    assert player.capture.frozen
    for _ in range(3):
        grabber.allow()
        grabber.wait_for_read()
    assert [nearest_colour(frame.pixels) for frame in player.frames] == COLOURS[:1]
    player.capture.freeze(False)
    grabber.allow()
    grabber.wait_for_read()
    assert [nearest_colour(frame.pixels) for frame in player.frames] == [COLOURS[0], COLOURS[4]]
    player.capture.freeze(True)
    grabber.allow(20)
    assert player.capture.stop()


def test_a_frozen_video_waits_at_its_place() -> None:
    grabber = SteppedGrabber(flat(colour) for colour in COLOURS)
    player = Player(lambda: grabber, paced=True)
    player.capture.freeze(True)
    player.capture.start()
    grabber.wait_for_read()
    grabber.allow(20)
    # One picture lies ready; a second read would have to begin without being asked for.
    assert not grabber._begun.acquire(timeout=0.1)
    assert player.frames == []
    player.capture.freeze(False)
    assert player.ended.wait(10)
    assert [nearest_colour(frame.pixels) for frame in player.frames] == COLOURS
    assert player.capture.stop()


def test_a_frozen_video_can_be_stopped() -> None:
    grabber = FakeGrabber([flat(COLOURS[0])] * 3)
    player = Player(lambda: grabber, paced=True)
    player.capture.freeze(True)
    player.capture.start()
    assert player.capture.stop() and not player.capture.running
    assert player.frames == [] and grabber.closed == 1


# --- cameras ----------------------------------------------------------------------------------------------


def test_a_camera_that_stops_delivering_ends_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "_RETRY_S", 0.0)
    monkeypatch.setattr(video, "GIVE_UP_S", 0.0)
    grabber = FakeGrabber([flat(COLOURS[0]), flat(COLOURS[1])])
    player = Player(lambda: grabber).play()
    assert len(player.frames) == 2
    assert grabber.reads == 2 + 2 and grabber.closed == 1, "one failed read alone is forgiven"
    assert player.errors == [player.capture.error]
    assert isinstance(player.capture.error, UserError)
    assert player.capture.error.sentence.startswith("The camera stopped delivering pictures.")
    assert "drawing board" in player.capture.error.hint


def test_it_ends_by_time_and_not_by_the_number_of_its_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "_RETRY_S", 0.0)
    gap: list[Pixels | None] = [None] * 500
    grabber = FakeGrabber([*gap, flat(COLOURS[0]), *gap, flat(COLOURS[1])])
    player = Player(lambda: grabber, limit=2).play()
    assert [nearest_colour(frame.pixels) for frame in player.frames] == COLOURS[:2]
    assert player.capture.error is None
    monkeypatch.setattr(video, "GIVE_UP_S", 0.1)
    began = time.monotonic()
    assert Player(lambda: FakeGrabber([])).play().capture.error is not None
    assert time.monotonic() - began >= 0.1


def test_a_camera_is_stalled_from_the_first_failed_read_to_the_next_picture() -> None:
    grabber = SteppedGrabber([flat(COLOURS[0]), None, None, flat(COLOURS[1])])
    told: list[bool] = []
    capture = Capture(lambda: grabber, Mailbox(), False, False, on_stall=lambda: told.append(capture.stalled))
    capture.start()
    seen = []
    for _ in range(4):
        grabber.wait_for_read()
        seen.append(capture.stalled)
        grabber.allow()
    grabber.wait_for_read()
    assert (seen, capture.stalled, told) == ([False, False, True, True], False, [True, False])
    grabber.allow(20)
    assert capture.stop()


class FakeDevice:
    """What cv2.VideoCapture is to a camera."""

    pictures: list[Pixels | None]
    opened = True

    def __init__(self, index: int, backend: int) -> None:
        self.asked = (index, backend)
        self.released = False
        FakeDevice.last = self

    last: FakeDevice

    def isOpened(self) -> bool:
        return self.opened

    def get(self, _: int) -> float:
        return 30.0

    def read(self) -> tuple[bool, Pixels | None]:
        picture = self.pictures.pop(0)
        return picture is not None, picture

    def release(self) -> None:
        self.released = True


def test_a_camera_delivers_rgb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", FakeDevice)
    bgr, grey = flat((10, 20, 30)), np.full((4, 4), 7, np.uint8)
    broken = np.zeros((4, 4, 7), np.uint8)
    FakeDevice.pictures = [bgr, None, grey, broken, np.zeros((0, 0, 3), np.uint8)]
    grabber = video.open_camera(CameraInfo(3, "Webcam", cv2.CAP_V4L2))
    assert FakeDevice.last.asked == (3, cv2.CAP_V4L2) and grabber.fps == 30
    first = grabber.read()
    assert first is not None and np.array_equal(first, flat((30, 20, 10)))
    assert grabber.read() is None
    second = grabber.read()
    assert second is not None and np.array_equal(second, flat((7, 7, 7), 4, 4))
    assert grabber.read() is None, "seven channels are no picture"
    assert grabber.read() is None, "no pixels are no picture"
    grabber.close()
    assert FakeDevice.last.released


def test_large_frames_are_scaled_before_they_are_converted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same pixels as the other way round, for a ninth of the work."""
    converted: list[tuple[int, ...]] = []
    convert = cv2.cvtColor

    def counted(picture: Pixels, code: int) -> Pixels:
        converted.append(picture.shape)
        return convert(picture, code)

    bgr = np.random.default_rng(0).integers(0, 256, (270, 480, 3), np.uint8)
    grey = np.ascontiguousarray(bgr[..., 0])
    FakeDevice.pictures = [bgr, grey]
    monkeypatch.setattr(cv2, "VideoCapture", FakeDevice)
    grabber = video.open_camera(CameraInfo(0, "4K"), max_side=160)
    monkeypatch.setattr(cv2, "cvtColor", counted)
    for stored in (bgr[..., ::-1], np.repeat(grey[..., None], 3, axis=2)):
        pixels = grabber.read()
        assert pixels is not None
        assert np.array_equal(pixels, images.fit(np.ascontiguousarray(stored), 160))
        assert grabber.original == (480, 270)
    assert converted == [(90, 160, 3), (90, 160)]


def test_a_camera_that_does_not_open() -> None:
    with pytest.raises(UserError) as caught:
        video.open_camera(CameraInfo(97, "HD Webcam"))
    assert caught.value.sentence == (
        "The camera HD Webcam did not open. It may be in use by another program."
    )
    assert caught.value.hint == "Choose a photo or the drawing board meanwhile."


def test_a_camera_that_belongs_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(Path, "exists", lambda self: str(self) == "/dev/video97")
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(UserError, match=r"The camera HD Webcam may not be used by you\.") as caught:
        video.open_camera(CameraInfo(97, "HD Webcam"))
    assert "/dev/video97" in caught.value.hint


# --- ends -------------------------------------------------------------------------------------------------


def test_a_source_that_does_not_open_ends_with_its_own_sentence() -> None:
    refusal = UserError("The camera is busy.", "Wait.")

    def refuse() -> Grabber:
        raise refusal

    player = Player(refuse).play()
    assert player.errors == [refusal] and player.capture.error is refusal and player.frames == []


def test_an_unforeseen_fault_becomes_a_sentence(
    expected_log: Callable[[str], None],
) -> None:
    expected_log("reading the source failed")
    grabber = FakeGrabber([flat(COLOURS[0]), RuntimeError("the driver is gone")])
    player = Player(lambda: grabber).play()
    assert len(player.frames) == 1 and grabber.closed == 1
    assert isinstance(player.capture.error, UserError)
    assert "the driver is gone" in player.capture.error.sentence and player.capture.error.hint


def test_a_fault_of_the_callback_is_logged(
    expected_log: Callable[[str], None],
) -> None:
    expected_log("callback at the end of a capture failed")
    done = threading.Event()

    def fail(error: UserError | None) -> None:
        done.set()
        raise RuntimeError("gone")

    capture = Capture(lambda: FakeGrabber([flat(COLOURS[0])]), Mailbox(), True, False, on_end=fail)
    capture.start()
    assert done.wait(10) and capture.stop()


def test_stop_can_come_at_any_time_and_more_than_once() -> None:
    never = Player(lambda: FakeGrabber([]))
    assert never.capture.stop() and never.capture.stop()
    grabber = FakeGrabber(flat(COLOURS[0]) for _ in iter(int, 1))
    player = Player(lambda: grabber)
    player.capture.start()
    callers = [threading.Thread(target=player.capture.stop) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(10)
    assert player.capture.stop() and not player.capture.running
    assert grabber.closed == 1 and player.errors == []


def test_a_stopped_capture_never_starts() -> None:
    grabber = FakeGrabber([flat(COLOURS[0])])
    player = Player(lambda: grabber)
    player.capture.stop()
    player.capture.start()
    assert player.capture.stop() and player.frames == [] and player.errors == []
    assert grabber.closed == 0, "it was not even opened"
    with pytest.raises(RuntimeError):
        player.capture.start()


def test_a_source_that_hangs_is_reported_and_not_waited_for(expected_log: Callable[[str], None]) -> None:
    expected_log("still waiting for its source")
    grabber = SteppedGrabber([flat(COLOURS[0])] * 2)
    player = Player(lambda: grabber)
    player.capture.start()
    grabber.wait_for_read()
    assert not player.capture.stop(timeout=0.01) and player.capture.running
    grabber.allow()
    assert player.capture.stop(timeout=10) and grabber.closed == 1
    assert player.frames == [], "nothing is published after stop()"
