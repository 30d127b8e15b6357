"""What happens on a page as an MP4 film: pictures come whenever there is a new one, the film keeps their times."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from engine.errors import UserError, describe
from gui.export import kept, suffix_of
from gui.film import fitted
from gui.film_encoder import ENCODERS, Pixels, Stopped, Task, check
from gui.widgets.picture import to_pixels

log = logging.getLogger("gui.recording")

FPS: Final = 25.0
WAITING_PICTURES: Final = 6
"""Pictures that may wait for the encoder; what comes beyond that is left out, and counted."""
TICK_MS: Final = 200
CLOSE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Recording:
    """A film that was recorded: how long it is, how many pictures it shows, how many had to be left out."""

    path: Path
    seconds: float
    pictures: int
    left_out: int


class Recorder(QObject):
    """Records one film at a time; every start ends in exactly one of finished and failed.

    The film has a constant rate: a picture is repeated until the next one comes. Lives in the GUI thread.
    """

    elapsed = Signal(float)
    """Seconds since the start, several times a second."""
    finished = Signal(object)
    """The Recording."""
    failed = Signal(str)
    """A sentence."""

    _encoded = Signal(int)
    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._queue: queue.Queue[Pixels | None] = queue.Queue()
        self._path = Path()
        self._stopping = False
        self._closed = False
        self._problem = ""
        self._began = self._length = 0.0
        self._last: Pixels | None = None
        self._written = self._pictures = self._left_out = 0
        self._waiting: deque[int] = deque()
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK_MS)
        self._ticker.timeout.connect(self._tick)
        self._encoded.connect(self._came_through)
        self._ended.connect(self._conclude)

    @property
    def recording(self) -> bool:
        """Whether pictures are taken."""
        return self._thread is not None and not self._stopping

    @property
    def busy(self) -> bool:
        """Whether a film is being recorded, or its end is still being written."""
        return self._thread is not None

    @property
    def seconds(self) -> float:
        """How long the film is by now."""
        return self._clock() - self._began if self.recording else self._length

    def start(self, path: Path) -> None:
        """Begin a film. Raises UserError: another ending than MP4, no ffmpeg, or one that is being written."""
        if self._closed or self.busy:
            raise UserError("The recording before is still being written.", "Try again in a moment.")
        ending = suffix_of(path, ("mp4",))
        check(ending)
        if not path.parent.is_dir():
            raise UserError(f"The folder {path.parent} does not exist.", "Choose another folder.")
        self._stop, self._queue = threading.Event(), queue.Queue()
        self._path, self._problem, self._stopping = path, "", False
        self._last, self._written, self._pictures, self._left_out = None, 0, 0, 0
        self._waiting.clear()
        self._began, self._length = self._clock(), 0.0
        task = Task(
            path,
            ENCODERS[ending],
            FPS,
            0,
            0.0,
            self._queue,
            self._stop,
            self._encoded.emit,
            self._ended.emit,
            modest=True,
        )
        self._thread = threading.Thread(target=task.run, name="recorder", daemon=False)
        self._thread.start()
        self._ticker.start()

    def add(self, draw: Callable[[], QImage]) -> None:
        """There is a new picture; `draw()` is called only where the film has a place for it."""
        if not self.recording:
            return
        due = int(self.seconds * FPS)
        if self._pictures and due < self._written:
            return  # the film has a picture for this moment already
        if len(self._waiting) >= WAITING_PICTURES:
            self._left_out += 1
            return
        pixels = to_pixels(draw())
        height, width = pixels.shape[:2] if self._last is None else self._last.shape[:2]
        self._repeat(due)
        self._last = fitted(pixels, (height + height % 2, width + width % 2))
        self._pictures += 1
        self._put(self._last)
        self._waiting.append(self._written)

    @Slot()
    def stop(self) -> None:
        """End the film; `finished` follows when it is written."""
        if not self.recording:
            return
        self._length = self.seconds
        self._ticker.stop()
        self._stopping = True
        if self._last is None:
            self._give_up("Nothing was recorded: there was no picture.")
            return
        self._repeat(int(self._length * FPS))
        self._queue.put(None)

    def close(self, timeout: float = CLOSE_S) -> bool:
        """End the film, wait for its end and tell nothing more; True when the encoder's thread is gone."""
        self.stop()
        self._closed = True
        if self._thread is None:
            return True
        self._thread.join(timeout)
        if self._thread.is_alive():
            self._stop.set()
            log.warning("%s was not finished within %.1f s and is given up", self._path.name, timeout)
            self._thread.join(timeout)
        gone = not self._thread.is_alive()
        self._thread = None if gone else self._thread
        return gone

    def _repeat(self, due: int) -> None:
        """The picture before stays until its time is over."""
        while self._last is not None and self._written < due:
            self._put(self._last)

    def _put(self, pixels: Pixels) -> None:
        self._queue.put(pixels)  # the same array again and again costs no memory
        self._written += 1

    def _give_up(self, sentence: str) -> None:
        self._problem = sentence
        self._stop.set()
        self._queue.put(None)

    @Slot()
    def _tick(self) -> None:
        self.elapsed.emit(self.seconds)

    @Slot(int)
    def _came_through(self, done: int) -> None:
        while self._waiting and self._waiting[0] <= done:
            self._waiting.popleft()

    @Slot(object)
    def _conclude(self, outcome: Any) -> None:
        self._ticker.stop()
        if self._thread is not None:
            self._thread.join()  # it said its last word: this takes no time
            self._thread = None
        self._last = None
        if self._closed:
            return
        if self._problem:
            self.failed.emit(self._problem)
        elif outcome is None:
            self.finished.emit(Recording(self._path, self._length, self._pictures, self._left_out))
        elif isinstance(outcome, Stopped):
            self.failed.emit(f"{self._path.name} was not saved.{kept(self._path)}")
        else:
            report = outcome if hasattr(outcome, "sentence") else describe(outcome)
            self.failed.emit(f"The recording stopped. {report.sentence} {report.hint}".strip())
