"""Recording what is on show: asks where to, draws pictures as they come, says what came of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from gui import export
from gui.recording import Recorder, Recording


class Tape(QObject):
    """Owns a recorder. `name` is the film's name as it is offered, `note` what is added when one was saved.

    said(sentence, kind): for the banner; began(): a picture is wanted at once; ended(): no more are taken;
    told(float | None): the seconds so far, None while nothing is recorded.
    """

    said = Signal(str, str)
    began = Signal()
    ended = Signal()
    told = Signal(object)

    def __init__(self, parent: QWidget, name: str, note: str = "") -> None:
        super().__init__(parent)
        self._window, self._name, self._note = parent, name, note
        self.recorder = Recorder(self)
        self.recorder.elapsed.connect(self.tell)
        self.recorder.finished.connect(self._finished)
        self.recorder.failed.connect(self._failed)

    @property
    def running(self) -> bool:
        """Whether what is on show is recorded now."""
        return self.recorder.recording

    @property
    def seconds(self) -> float | None:
        """How long the film is by now, None while nothing is recorded."""
        return self.recorder.seconds if self.running else None

    @property
    def verb(self) -> str:
        """What `toggle` does, for a menu."""
        return "Stop recording" if self.running else "Record a film of what is on show (MP4)…"

    @Slot()
    def toggle(self) -> None:
        """Ask for a file and begin, or end the film; a refusal is a sentence in the banner."""
        if self.running:
            self.stop()
            return
        path = export.save_dialog(self._window, "Record a film", self._name, "MP4 film (*.mp4)")
        if path is not None:
            try:
                self.recorder.start(path)
            except UserError as error:
                self.said.emit(str(error), "error")
            else:
                self.began.emit()
        self.tell()

    @Slot()
    def tell(self) -> None:
        """Say how long the film is by now, whatever the button that shows it was just told."""
        self.told.emit(self.seconds)

    def add(self, draw: Callable[[], QImage]) -> None:
        """There is a new picture; it is drawn where the film has a place for it."""
        self.recorder.add(draw)

    def stop(self) -> None:
        """End the film, where there is one; it is saved."""
        if self.running:
            self.recorder.stop()
            self.ended.emit()
        self.told.emit(None)

    def close(self) -> None:
        """The window closes: the film is ended and written."""
        self.recorder.close()

    @Slot(object)
    def _finished(self, film: Recording) -> None:
        left_out = f" {film.left_out:,} pictures had to be left out." if film.left_out else ""
        note = f" {self._note}" if self._note else ""
        self.said.emit(f"Saved {film.path.name}: {film.seconds:.0f} s.{left_out}{note}", "info")

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        self.ended.emit()
        self.told.emit(None)
        self.said.emit(sentence, "error")
