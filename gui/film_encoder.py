"""The encoder thread of a film: frames from a queue into a GIF or an MP4. No Qt in here."""

from __future__ import annotations

import io
import logging
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from engine.errors import UserError, describe
from gui.export import atomic_write

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger("gui.film")

Pixels = npt.NDArray[np.uint8]
LOOK_S: Final = 0.1
"""How long the encoder waits for a frame before it looks whether anybody still wants the film."""
PALETTE: Final = 256
QUALITY: Final = 8
"""imageio-ffmpeg's scale of 0 to 10: flat areas and thin lines stay clean."""
GIF_TICK_MS: Final = 10
MODEST: Final = ("-preset", "veryfast", "-threads", "1")


class Stopped(Exception):
    """Raised in the encoder thread once nobody wants the film any more."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What the encoder thread works with; it knows no QObject, only the two functions that tell the window."""

    path: Path
    encode: Callable[[Path, Task], None]
    fps: float
    count: int
    hold_s: float
    waiting: queue.Queue[Pixels | None]
    stop: threading.Event
    tell: Callable[[int], None]
    end: Callable[[object], None]
    modest: bool = False
    """Whether the encoder leaves the processor to what is being filmed: one thread, and a somewhat larger file."""

    def run(self) -> None:
        """The encoder thread: ends with exactly one call of `end`."""
        outcome: object = None
        try:
            atomic_write(self.path, lambda temporary: self.encode(temporary, self))
        except Stopped as stopped:
            outcome = stopped.with_traceback(None)  # its frames hold pictures
        except Exception as error:
            log.warning("Saving %s failed: %s", self.path, error)
            outcome = describe(error)
        try:
            self.end(outcome)
        except RuntimeError:
            log.info("%s: the window has gone before its film", self.path.name)  # Qt deleted the writer

    @property
    def unwanted(self) -> bool:
        """Whether nobody waits for the film: cancelled, or the program ended without closing it."""
        return self.stop.is_set() or not threading.main_thread().is_alive()

    def drawn(self) -> Iterator[Pixels]:
        """The frames as they come from the GUI thread. Raises Stopped."""
        done = 0
        while (frame := self._next()) is not None:
            yield frame
            done += 1
            self.tell(done)

    def _next(self) -> Pixels | None:
        while not self.unwanted:
            try:
                frame = self.waiting.get(timeout=LOOK_S)
            except queue.Empty:
                continue
            if not self.unwanted:
                return frame
        raise Stopped


class _WatchedFile(io.FileIO):
    """A file for writing that raises Stopped: Pillow writes a GIF at the end, all frames in one go."""

    def __init__(self, path: Path, task: Task) -> None:
        super().__init__(path, "w")
        self._task = task

    def write(self, data: Any) -> int:
        if self._task.unwanted:
            raise Stopped
        return super().write(data)


def _encode_gif(path: Path, task: Task) -> None:
    """A looping GIF with a palette of its own for each frame."""
    from PIL import Image

    def pictures() -> Iterator[Image.Image]:
        for frame in task.drawn():
            yield Image.fromarray(frame).quantize(PALETTE, dither=Image.Dither.NONE)

    step = _gif_ms(1000.0 / task.fps)
    durations = [step] * (task.count - 1) + [_gif_ms(step + 1000.0 * task.hold_s)]
    films = pictures()
    first = next(films)
    with io.BufferedWriter(_WatchedFile(path, task)) as file:
        first.save(
            file, "GIF", save_all=True, append_images=films, duration=durations, loop=0, optimize=False, disposal=1
        )  # fmt: skip
    if task.unwanted:
        raise Stopped


def _encode_mp4(path: Path, task: Task) -> None:
    """H.264 in 4:2:0, which every player reads."""
    import imageio_ffmpeg

    writer: Any = None
    last: Pixels | None = None
    try:
        for frame in task.drawn():
            if writer is None:
                size = (frame.shape[1], frame.shape[0])
                writer = imageio_ffmpeg.write_frames(
                    str(path), size, fps=task.fps, quality=QUALITY, pix_fmt_in="rgb24",
                    pix_fmt_out="yuv420p", codec="libx264", macro_block_size=2, ffmpeg_log_level="error",
                    output_params=["-movflags", "+faststart", *(MODEST if task.modest else ())],
                )  # fmt: skip
                writer.send(None)
            writer.send(frame)
            last = frame
        for _ in range(round(task.hold_s * task.fps)):
            writer.send(last)
    except (OSError, subprocess.SubprocessError) as error:
        raise UserError(
            f"{task.path.name} could not be saved. ffmpeg stopped before the film was done.",
            "The disk may be full: try another one.",
        ) from error
    finally:
        if writer is not None:
            writer.close()


ENCODERS: Final[dict[str, Callable[[Path, Task], None]]] = {"gif": _encode_gif, "mp4": _encode_mp4}
"""By the ending of the file."""


def check(ending: str) -> None:
    """Raises UserError where films with this ending cannot be written here: MP4 needs ffmpeg."""
    if ending != "mp4":
        return
    try:
        import imageio_ffmpeg

        imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise UserError(
            "MP4 films need ffmpeg, which is not installed.", "Save as GIF, or install ffmpeg and try again."
        ) from error


def _gif_ms(milliseconds: float) -> int:
    """A duration in GIF's own steps of 10 ms; browsers slow anything below two of them down."""
    return max(2, round(milliseconds / GIF_TICK_MS)) * GIF_TICK_MS
