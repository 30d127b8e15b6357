"""Finds of many pictures are written beside the window: the thousands of labels of a recording take seconds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import UserError, describe

log = logging.getLogger("gui.detect")

BUSY: Final = UserError("The finds before are still being written.", "Try again in a moment.")
GoOn = Callable[[], bool]


class Saver(QObject):
    """Runs one writer at a time in a thread of its own. said(sentence, kind): how it went, once for each."""

    said = Signal(str, str)
    _ended = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._ended.connect(self._conclude)

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._thread is not None

    def save(self, write: Callable[[GoOn], str], kind: str = "info") -> None:
        """`write(go_on)` writes and returns what to say; it ends early where `go_on()` is false. Raises UserError."""
        if self._thread is not None:
            raise BUSY
        self._thread = threading.Thread(target=self._run, args=(write, kind), name="finds", daemon=False)
        self._thread.start()

    def close(self) -> None:
        """Write no more, and wait for the file that is under way; nothing is said any more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self, write: Callable[[GoOn], str], kind: str) -> None:
        try:
            sentence = write(lambda: not self._stop.is_set())
        except UserError as error:
            sentence, kind = str(error), "error"
        except Exception as error:
            log.exception("finds could not be written")
            report = describe(error)
            sentence, kind = f"{report.sentence} {report.hint}".strip(), "error"
        self._ended.emit(sentence, kind)

    @Slot(str, str)
    def _conclude(self, sentence: str, kind: str) -> None:
        if self._thread is not None:
            self._thread.join()  # it said its last word: this takes no time
            self._thread = None
            self.said.emit(sentence, kind)
