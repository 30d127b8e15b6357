"""Moving pictures: cameras and video files behind one small protocol, and the thread that reads them.

OpenCV is imported with the first source that is opened, not with this module.
"""

from __future__ import annotations

import logging
import math
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from engine import images, sources
from engine.errors import UserError
from engine.images import Frame
from engine.mailbox import Mailbox
from engine.sources import CameraInfo

if TYPE_CHECKING:
    from engine.cv import cv2

log = logging.getLogger(__name__)

DEFAULT_FPS = 25.0
MAX_SIDE = 1280
"""Pictures with a longer side are scaled down, before anything else is done with them."""
GIVE_UP_S = 2.0
"""A camera that has delivered nothing for so long, and failed more than once, has ended."""
_RETRY_S = 0.05
_MAX_LAG_S = 0.25
_ELSE = "Choose a photo or the drawing board meanwhile."
_VIDEO_HINT = "Choose an MP4, MOV, AVI, MKV or WebM video."


class Grabber(Protocol):
    """A source of pictures, used by one thread at a time."""

    @property
    def fps(self) -> float:
        """Frames a second; anything below 1 where the source does not know."""

    @property
    def original(self) -> tuple[int, int] | None:
        """Width and height of the picture read last before it was scaled down; None where it was not."""

    def read(self) -> NDArray[np.uint8] | None:
        """The next picture, uint8[H, W, 3] RGB, in memory of its own; None at the end or when it failed.

        It may have been scaled down already.
        """

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """uint8[H, W, 3] RGB, and the width and height before it was scaled down (None: it was not)."""

    pixels: NDArray[np.uint8]
    original: tuple[int, int] | None


class _CvGrabber:
    """cv2.VideoCapture as a Grabber; `first` is a picture that was read while opening."""

    def __init__(self, capture: cv2.VideoCapture, max_side: int, first: _Picture | None = None) -> None:
        from engine.cv import cv2

        self._capture = capture
        self._max_side = max_side
        self._first = first
        self._original: tuple[int, int] | None = None
        self._fps = float(capture.get(cv2.CAP_PROP_FPS))

    @property
    def fps(self) -> float:
        return self._fps

    @property
    def original(self) -> tuple[int, int] | None:
        return self._original

    def read(self) -> NDArray[np.uint8] | None:
        picture = self._first or _read_rgb(self._capture, self._max_side)
        self._first = None
        if picture is None:
            return None
        self._original = picture.original
        return picture.pixels

    def close(self) -> None:
        self._capture.release()


def _read_rgb(capture: cv2.VideoCapture, max_side: int) -> _Picture | None:
    from engine.cv import cv2

    try:
        ok, picture = capture.read()
        if not ok or picture is None or picture.size == 0:
            return None
        # Scaled first: of a 4K frame a ninth of the pixels is left to convert.
        delivered = np.asarray(picture, dtype=np.uint8)
        scaled = images.fit(delivered, max_side)
        code = cv2.COLOR_GRAY2RGB if scaled.ndim == 2 else cv2.COLOR_BGR2RGB
        pixels = np.asarray(cv2.cvtColor(scaled, code), dtype=np.uint8)
        return _Picture(pixels, None if scaled is delivered else _size(delivered))
    except cv2.error as error:
        log.info("a frame could not be read: %s", error)
        return None


def _size(pixels: NDArray[np.uint8]) -> tuple[int, int]:
    """Width and height."""
    return int(pixels.shape[1]), int(pixels.shape[0])


def open_camera(info: CameraInfo, max_side: int = MAX_SIDE) -> Grabber:
    """Open a camera; its pictures are scaled to `max_side`. Raises UserError when it does not open."""
    from engine.cv import cv2

    device = Path(f"/dev/video{info.index}")
    if sys.platform.startswith("linux") and device.exists() and not os.access(device, os.R_OK | os.W_OK):
        raise UserError(
            f"The camera {info.name} may not be used by you.",
            hint=f"Add yourself to the group that owns {device} (often “video”). {_ELSE}",
        )
    try:
        capture = cv2.VideoCapture(info.index, info.backend)
        opened = capture.isOpened()
    except cv2.error as error:
        log.info("camera %s: %s", info, error)
        opened = False
    if not opened:
        raise UserError(
            f"The camera {info.name} did not open. It may be in use by another program.", hint=_ELSE
        )
    return _CvGrabber(capture, max_side)


def open_video(path: str | Path, max_side: int = MAX_SIDE) -> Grabber:
    """Open a video file or an animated GIF; its pictures are scaled to `max_side`.

    Raises UserError for everything that has no picture to show.
    """
    from engine.cv import cv2

    path = Path(path)
    with images.open_file(path, "video"):
        kind = sources.classify(path)
    if kind != "video":
        raise UserError(f"{path.name} is not a video.", hint=_VIDEO_HINT)
    # FFmpeg by name: left to itself, OpenCV takes clip_01.mp4 for the first of a series of pictures.
    capture = cv2.VideoCapture(str(path.resolve()), cv2.CAP_FFMPEG)
    first = _read_rgb(capture, max_side) if capture.isOpened() else None
    if first is None:
        capture.release()
        raise UserError(
            f"{path.name} is damaged, or its format cannot be played here.",
            hint="Copy or download it again, or convert it to MP4 (H.264).",
        )
    return _CvGrabber(capture, max_side, first)


class _Pace:
    """When the frames of a file are due, on the monotonic clock."""

    def __init__(self) -> None:
        self._period = 1 / DEFAULT_FPS
        self._next: float | None = None

    def set_fps(self, fps: float) -> None:
        self._period = 1 / (fps if math.isfinite(fps) and 1 <= fps <= 240 else DEFAULT_FPS)

    def due(self, now: float) -> float:
        """The time of the next frame. After a pause or a slow stretch the count starts anew, unhurried."""
        if self._next is None or now - self._next > _MAX_LAG_S:
            self._next = now
        due = self._next
        self._next += self._period
        return due


@dataclass(frozen=True, slots=True)
class CaptureStats:
    """How a capture goes: frames a second lately, frames published, frames that nobody took in time."""

    fps: float
    read: int
    dropped: int


class Capture:
    """The thread that reads one source and puts its frames into a mailbox, where the latest wins.

    `open` is called in that thread. `paced` plays at the source's own pace (a file), otherwise frames come as
    fast as they are delivered. `loop` begins again at the end. A source that is neither is a camera: a failed
    read is tried again for GIVE_UP_S seconds. Frames larger than `max_side` are scaled.

    `on_end(error)` is called once, from the capture thread, when the capture ends by itself: error is None at
    the end of a file. It is not called after stop(). `on_stall()` is called from there whenever `stalled`
    changes. One Capture runs once; its frames carry `name`.
    """

    def __init__(
        self,
        open: Callable[[], Grabber],
        out: Mailbox[Frame],
        paced: bool,
        loop: bool,
        max_side: int = MAX_SIDE,
        name: str = "camera",
        on_end: Callable[[UserError | None], None] | None = None,
        on_stall: Callable[[], None] | None = None,
    ) -> None:
        self._open = open
        self._out = out
        self._paced = paced
        self._loop = loop
        self._max_side = max_side
        self._name = name
        self._on_end = on_end
        self._on_stall = on_stall
        self._error: UserError | None = None
        self._changed = threading.Condition()  # guards the six below
        self._stopping = False
        self._frozen = False
        self._stalled = False
        self._count = 0
        self._times: deque[float] = deque(maxlen=31)
        self._pace = _Pace()
        # Not a daemon: killed inside a camera's driver it could hang the exit. The window joins it by stop().
        self._thread = threading.Thread(target=self._run, name="capture", daemon=False)

    # --- from any thread

    def start(self) -> None:
        """Begin to read. Raises RuntimeError the second time."""
        self._thread.start()

    def stop(self, timeout: float = 2.0) -> bool:
        """End the thread and wait for it; True when it has ended. May be called again, and from on_end."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.ident is None or self._thread is threading.current_thread():
            return True
        self._thread.join(timeout)
        if self._thread.is_alive():
            log.warning("the capture thread is still waiting for its source after %.1f s", timeout)
            return False
        return True

    def freeze(self, frozen: bool) -> None:
        """Hold the picture: a video waits at its place; a camera is read on, so that nothing old follows.

        A frame that is being published at this moment may still arrive.
        """
        with self._changed:
            self._frozen = frozen
            self._changed.notify_all()

    @property
    def frozen(self) -> bool:
        with self._changed:
            return self._frozen

    @property
    def stalled(self) -> bool:
        """Whether a camera failed to deliver: its newest picture is old until the next one comes."""
        with self._changed:
            return self._stalled

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    @property
    def error(self) -> UserError | None:
        """Why the capture ended, where it was not asked to."""
        return self._error

    @property
    def stats(self) -> CaptureStats:
        with self._changed:
            times, count = list(self._times), self._count
        span = times[-1] - times[0] if len(times) > 1 else 0.0
        return CaptureStats((len(times) - 1) / span if span > 0 else 0.0, count, self._out.dropped)

    # --- in the capture thread

    def _run(self) -> None:
        try:
            self._read_all()
        except UserError as error:
            self._error = error
        except Exception as error:
            log.exception("reading %s failed", self._name)
            self._error = UserError(f"Reading {self._name} failed ({error}).", hint=_ELSE)
        if self._on_end is None or self._is_stopping():
            return
        try:
            self._on_end(self._error)
        except Exception:
            log.exception("the callback at the end of a capture failed")

    def _read_all(self) -> None:
        again = True
        while again and not self._is_stopping():
            grabber = self._open()
            try:
                self._pace.set_fps(grabber.fps)
                ended = self._read_once(grabber)
            finally:
                grabber.close()
            again = ended and self._loop

    def _read_once(self, grabber: Grabber) -> bool:
        """Read until the source ends (True) or the capture is stopped (False)."""
        camera = not (self._paced or self._loop)
        failures = frames = 0
        delivered = time.monotonic()
        while not self._is_stopping():
            pixels = grabber.read()
            if pixels is not None:
                failures, frames, delivered = 0, frames + 1, time.monotonic()
                self._wait_for_turn()
                self._publish(pixels, grabber.original)
                self._set_stalled(False)
            elif not camera:
                if not frames:
                    raise UserError(f"{self._name} holds no pictures.", hint=_VIDEO_HINT)
                return True
            else:
                failures += 1
                self._set_stalled(True)
                # By time, as a read may fail at once or after a second; twice, as one slow read is forgiven.
                if failures > 1 and time.monotonic() - delivered >= GIVE_UP_S:
                    raise UserError("The camera stopped delivering pictures. Was it unplugged?", hint=_ELSE)
                self._sleep_until(time.monotonic() + _RETRY_S)
        return False

    def _set_stalled(self, stalled: bool) -> None:
        with self._changed:
            changed, self._stalled = stalled != self._stalled, stalled
        if changed and self._on_stall is not None:
            self._on_stall()

    def _is_stopping(self) -> bool:
        with self._changed:
            return self._stopping

    def _wait_for_turn(self) -> None:
        """Wait until the next frame of a file is due and not frozen."""
        if self._paced:
            self._sleep_until(self._pace.due(time.monotonic()))
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or not self._frozen)

    def _sleep_until(self, due: float) -> None:
        with self._changed:
            while not self._stopping and (left := due - time.monotonic()) > 0:
                self._changed.wait(left)

    def _publish(self, pixels: NDArray[np.uint8], original: tuple[int, int] | None) -> None:
        now = time.monotonic()
        with self._changed:
            if self._stopping or (self._frozen and not self._paced):
                return
            index = self._count
            self._count += 1
            self._times.append(now)
        fitted = images.fit(pixels, self._max_side)
        if original is None and fitted is not pixels:
            original = _size(pixels)
        self._out.put(Frame(fitted, self._name, now, index, original=original))
