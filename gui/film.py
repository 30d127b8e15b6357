"""An animation as GIF or MP4: drawn in the GUI thread one frame a tick, encoded in a thread of its own."""

from __future__ import annotations

import contextlib
import logging
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from engine.errors import UserError, describe
from gui.export import atomic_write, suffix_of

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger("gui.film")

Pixels = npt.NDArray[np.uint8]
FORMATS: Final = ("gif", "mp4")
WAITING_FRAMES: Final = 4
"""Drawn frames that may wait for the encoder; more would only fill the memory."""
FULL_MS: Final = 5
"""How long to wait before looking again whether the encoder has room."""
PALETTE: Final = 256
QUALITY: Final = 8
"""imageio-ffmpeg's scale of 0 to 10: flat areas and thin lines stay clean."""
GIF_TICK_MS: Final = 10


@dataclass(frozen=True, slots=True)
class FilmRequest:
    """What to film: `image_at(index)` draws a frame in the GUI thread, `hold_s` keeps the last one."""

    path: Path
    image_at: Callable[[int], QImage]
    indices: Sequence[int]
    fps: float = 2.0
    hold_s: float = 0.0


def frames(image_at: Callable[[int], QImage], indices: Sequence[int]) -> Iterator[Pixels]:
    """Draw frames on demand: uint8[H, W, 3] RGB, all of the first one's size made even."""
    size: tuple[int, int] | None = None
    for index in indices:
        pixels = to_pixels(image_at(index))
        height, width = pixels.shape[:2]
        size = size or (height + height % 2, width + width % 2)
        yield _fitted(pixels, size)


def to_pixels(image: QImage) -> Pixels:
    """A QImage as uint8[H, W, 3] RGB, copied; transparent pixels are mixed with black."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    if plain.isNull():
        raise UserError("A frame of the animation is empty.", "Make the window larger and try again.")
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return np.ascontiguousarray(rows[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3))


class FilmWriter(QObject):
    """Writes one film at a time beside the window; ends in exactly one of finished, failed, cancelled."""

    progress = Signal(int, int)
    """Frames encoded, frames in all."""
    finished = Signal(object)
    """The path of the film."""
    failed = Signal(str)
    """A sentence."""
    cancelled = Signal()

    _encoded = Signal(int)
    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._draw_next)
        self._encoded.connect(self._tell_progress)
        self._ended.connect(self._conclude)
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._queue: queue.Queue[Pixels | None] = queue.Queue(WAITING_FRAMES)
        self._frames: Iterator[Pixels] = iter(())
        self._total = 0
        self._problem = ""
        self._path = Path()

    @property
    def busy(self) -> bool:
        """Whether a film is being written."""
        return self._thread is not None

    def start(self, request: FilmRequest) -> None:
        """Begin a film; its format follows from the ending of the path.

        Raises UserError for another ending, no frames, no ffmpeg, or while another film is being written.
        """
        if self.busy:
            raise UserError("Another film is being saved.", "Wait for it or cancel it.")
        if not request.indices or request.fps <= 0:
            raise UserError(
                "There are no frames to film.", "Choose a filter and an input that give an output first."
            )
        encode = {"gif": _encode_gif, "mp4": _encode_mp4}[suffix_of(request.path, FORMATS)]
        if encode is _encode_mp4:
            find_ffmpeg()
        self._stop = threading.Event()
        self._queue = queue.Queue(WAITING_FRAMES)
        self._frames = frames(request.image_at, request.indices)
        self._total, self._path, self._problem = len(request.indices), request.path, ""
        task = _Task(request, encode, self._queue, self._stop, self._encoded.emit)
        self._thread = threading.Thread(target=self._work, args=(task,), name="film-encoder")
        self._thread.start()
        self._timer.start(0)

    @Slot()
    def cancel(self) -> None:
        """Stop; the unfinished file is removed and `cancelled` comes soon after."""
        self._stop_encoder()

    def close(self) -> None:
        """Stop and wait for the encoder: for the end of the program."""
        self._stop_encoder()
        if self._thread is not None:
            self._thread.join()

    def _stop_encoder(self) -> None:
        self._timer.stop()
        self._stop.set()
        with contextlib.suppress(queue.Full):  # an encoder with frames waiting looks at the flag by itself
            self._queue.put_nowait(None)

    def _work(self, task: _Task) -> None:
        """The encoder thread: ends with exactly one `_ended`."""
        outcome: object = None
        try:
            atomic_write(task.request.path, lambda temporary: task.encode(temporary, task))
        except _Stopped:
            outcome = _Stopped()
        except Exception as error:
            log.warning("Saving %s failed: %s", task.request.path, error)
            outcome = describe(error)
        self._ended.emit(outcome)

    @Slot()
    def _draw_next(self) -> None:
        if self._queue.full():
            self._timer.setInterval(FULL_MS)
            return
        self._timer.setInterval(0)
        try:
            frame = next(self._frames, None)
        except Exception as error:  # a page's own drawing code failed: the film ends, the window goes on
            log.exception("A frame of the film could not be drawn.")
            self._problem = describe(error).sentence
            self._stop_encoder()
            return
        if self._stop.is_set():  # cancelled while the page was drawing
            return
        self._queue.put_nowait(frame)
        if frame is None:
            self._timer.stop()

    @Slot(int)
    def _tell_progress(self, done: int) -> None:
        if not self._stop.is_set():
            self.progress.emit(done, self._total)

    @Slot(object)
    def _conclude(self, outcome: Any) -> None:
        self._timer.stop()
        self._frames = iter(())
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._problem:
            self.failed.emit(f"{self._path.name} could not be saved. {self._problem}")
        elif isinstance(outcome, _Stopped):
            self.cancelled.emit()
        elif outcome is None:
            self.finished.emit(self._path)
        else:
            self.failed.emit(f"{outcome.sentence} {outcome.hint}".rstrip())


class _Stopped(Exception):
    """Raised in the encoder thread once nobody wants the film any more."""


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """What the encoder thread works with."""

    request: FilmRequest
    encode: Callable[[Path, _Task], None]
    waiting: queue.Queue[Pixels | None]
    stop: threading.Event
    tell: Callable[[int], None]

    def drawn(self) -> Iterator[Pixels]:
        """The frames as they come from the GUI thread. Raises _Stopped."""
        done = 0
        while True:
            frame = self.waiting.get()
            if self.stop.is_set():
                raise _Stopped
            if frame is None:
                return
            yield frame
            done += 1
            self.tell(done)


def _encode_gif(path: Path, task: _Task) -> None:
    """A looping GIF with a palette of its own for each frame."""
    from PIL import Image

    def pictures() -> Iterator[Image.Image]:
        for frame in task.drawn():
            yield Image.fromarray(frame).quantize(PALETTE, dither=Image.Dither.NONE)

    step = _gif_ms(1000.0 / task.request.fps)
    count = len(task.request.indices)
    durations = [step] * (count - 1) + [_gif_ms(step + 1000.0 * task.request.hold_s)]
    films = pictures()
    first = next(films)
    first.save(
        path,
        "GIF",
        save_all=True,
        append_images=films,
        duration=durations,
        loop=0,
        optimize=False,
        disposal=1,
    )
    if task.stop.is_set():
        raise _Stopped


def _encode_mp4(path: Path, task: _Task) -> None:
    """H.264 in 4:2:0, which every player reads."""
    import imageio_ffmpeg

    writer: Any = None
    last: Pixels | None = None
    try:
        for frame in task.drawn():
            if writer is None:
                size = (frame.shape[1], frame.shape[0])
                writer = imageio_ffmpeg.write_frames(
                    str(path), size, fps=task.request.fps, quality=QUALITY, pix_fmt_in="rgb24",
                    pix_fmt_out="yuv420p", codec="libx264", macro_block_size=2, ffmpeg_log_level="error",
                    output_params=["-movflags", "+faststart"],
                )  # fmt: skip
                writer.send(None)
            writer.send(frame)
            last = frame
        for _ in range(round(task.request.hold_s * task.request.fps)):
            writer.send(last)
    except (OSError, subprocess.SubprocessError) as error:
        raise UserError(
            "ffmpeg stopped before the film was done.", "The disk may be full: try another one."
        ) from error
    finally:
        if writer is not None:
            writer.close()


def find_ffmpeg() -> str:
    """The path of ffmpeg. Raises UserError where there is none."""
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise UserError(
            "MP4 films need ffmpeg, which is not installed.", "Save as GIF, or install ffmpeg and try again."
        ) from error


def _gif_ms(milliseconds: float) -> int:
    """A duration in GIF's own steps of 10 ms; browsers slow anything below two of them down."""
    return max(2, round(milliseconds / GIF_TICK_MS)) * GIF_TICK_MS


def _fitted(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """The picture on a canvas of `size` (H, W): cut, or continued with its own edge."""
    cut = pixels[: size[0], : size[1]]
    missing = ((0, size[0] - cut.shape[0]), (0, size[1] - cut.shape[1]), (0, 0))
    return np.ascontiguousarray(np.pad(cut, missing, mode="edge") if missing != ((0, 0),) * 3 else cut)
