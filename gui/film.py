"""An animation as GIF or MP4: drawn in the GUI thread one frame a tick, encoded in a thread of its own."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QProgressDialog, QWidget

from engine.errors import UserError, describe
from gui.export import kept, suffix_of
from gui.film_encoder import ENCODERS, Pixels, Stopped, Task, check
from gui.widgets.picture import to_pixels

log = logging.getLogger("gui.film")

WAITING_FRAMES: Final = 4
"""Drawn frames that may wait for the encoder; more would only fill the memory."""
FULL_MS: Final = 5
"""How long to wait before looking again whether the encoder has room."""
CLOSE_S: Final = 2.0
DIALOG_AFTER_MS: Final = 400


@dataclass(frozen=True, slots=True)
class FilmSource:
    """What to film: `image_at(index)` draws a frame in the GUI thread, `hold_s` keeps the last one.

    A film takes a while: `image_at` draws from what it captured, never from a page that goes on changing.
    """

    image_at: Callable[[int], QImage]
    indices: Sequence[int]
    fps: float = 2.0
    hold_s: float = 0.0


def frames(image_at: Callable[[int], QImage], indices: Sequence[int]) -> Iterator[Pixels]:
    """Draw frames on demand: uint8[H, W, 3] RGB, all of the first one's size made even."""
    size: tuple[int, int] | None = None
    for index in indices:
        image = image_at(index)
        if image.isNull():
            raise UserError("A frame of the animation is empty.", "Make the window larger and try again.")
        pixels = to_pixels(image)
        height, width = pixels.shape[:2]
        size = size or (height + height % 2, width + width % 2)
        yield fitted(pixels, size)


class Films(QObject):
    """The films of a window: one at a time, with progress and Cancel, and a sentence at its end.

    Lives in the GUI thread. The window closes it before it goes.
    """

    said = Signal(str, str)
    """A sentence for the banner and its kind: "info" or "error"."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dialog: QProgressDialog | None = None
        self._name = ""
        self._writer = FilmWriter(self)
        self._writer.progress.connect(self._show_progress)
        self._writer.finished.connect(self._finished)
        self._writer.failed.connect(self._failed)
        self._writer.cancelled.connect(self._cancelled)

    @property
    def busy(self) -> bool:
        """Whether a film is being written."""
        return self._writer.busy

    def start(self, path: Path, source: FilmSource, window: QWidget) -> None:
        """Begin a film with a progress dialog over `window`. Raises UserError as `FilmWriter.start` does."""
        self._writer.start(path, source)
        self._name = path.name
        dialog = QProgressDialog(f"Saving {path.name}…", "Cancel", 0, len(source.indices), window)
        dialog.setWindowTitle("Save animation")
        dialog.setMinimumDuration(DIALOG_AFTER_MS)
        dialog.setAutoClose(False)  # after the last frame the file is still being written
        dialog.setAutoReset(False)
        dialog.canceled.connect(self._writer.cancel)
        self._dialog = dialog

    @Slot()
    def cancel(self) -> None:
        """Give the film up; what the file held before stays."""
        self._writer.cancel()

    def close(self, timeout: float = CLOSE_S) -> bool:
        """Cancel, wait for the encoder and accept no more films; True when its thread is gone. Idempotent."""
        ended = self._writer.close(timeout)
        self._put_away()
        return ended

    @Slot(int, int)
    def _show_progress(self, done: int, _total: int) -> None:
        if self._dialog is not None:
            self._dialog.setValue(done)

    @Slot(object)
    def _finished(self, path: Path) -> None:
        self._put_away()
        self.said.emit(f"Saved {path.name}.", "info")

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        self._put_away()
        self.said.emit(sentence, "error")

    @Slot()
    def _cancelled(self) -> None:
        self._put_away()
        self.said.emit(f"{self._name} was not saved: the film was cancelled.", "info")

    def _put_away(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.canceled.disconnect(self._writer.cancel)  # closing it says "canceled"
            dialog.close()
            dialog.deleteLater()


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
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether a film is being written."""
        return self._thread is not None

    def start(self, path: Path, source: FilmSource) -> None:
        """Begin a film; its format follows from the ending of the path.

        Raises UserError for another ending, no frames, no ffmpeg, and while another film is being written.
        """
        if self._closed:
            raise UserError("The window is closing: no film can be saved any more.")
        if self.busy:
            raise UserError("Another film is being saved.", "Wait for it or cancel it.")
        if not source.indices or source.fps <= 0:
            raise UserError(
                "There are no frames to film.", "Choose a filter and an input that give an output first."
            )
        ending = suffix_of(path, tuple(ENCODERS))
        check(ending)
        self._stop = threading.Event()
        self._queue = queue.Queue(WAITING_FRAMES)
        self._frames = frames(source.image_at, source.indices)
        self._total, self._path, self._problem = len(source.indices), path, ""
        # Numbers only: what `source` draws with belongs to this thread and must never be let go in another.
        task = Task(
            path, ENCODERS[ending], source.fps, self._total, source.hold_s,
            self._queue, self._stop, self._encoded.emit, self._ended.emit,
        )  # fmt: skip
        self._thread = threading.Thread(target=task.run, name="film-encoder", daemon=False)
        self._thread.start()
        self._timer.start(0)

    @Slot()
    def cancel(self) -> None:
        """Stop; the unfinished file is removed and `cancelled` comes soon after."""
        self._timer.stop()
        self._stop.set()
        with contextlib.suppress(queue.Full):  # an encoder with frames waiting looks at the flag by itself
            self._queue.put_nowait(None)

    def close(self, timeout: float = CLOSE_S) -> bool:
        """Stop, wait for the encoder and tell nothing more; True when its thread is gone.

        An encoder that is stuck in a write (a network drive) ends by itself, with the file it had begun removed.
        """
        self._closed = True
        self.cancel()
        self._frames = iter(())
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                log.warning("%s is still being written after %.1f s", self._path.name, timeout)
                return False
            self._thread = None
        return True

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
            self.cancel()
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
            self._thread.join()  # it said its last word: this takes no time
            self._thread = None
        if self._closed:
            return
        if self._problem:
            self.failed.emit(f"{self._path.name} could not be saved. {self._problem}{kept(self._path)}")
        elif isinstance(outcome, Stopped):
            self.cancelled.emit()
        elif outcome is None:
            self.finished.emit(self._path)
        else:
            self.failed.emit(f"{outcome.sentence} {outcome.hint}".rstrip())


def fitted(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """The picture on a canvas of `size` (H, W): cut, or continued with its own edge."""
    cut = pixels[: size[0], : size[1]]
    missing = ((0, size[0] - cut.shape[0]), (0, size[1] - cut.shape[1]), (0, 0))
    return np.ascontiguousarray(np.pad(cut, missing, mode="edge") if missing != ((0, 0),) * 3 else cut)
