"""What can be taken away of the view "Live": the picture, and a film of what is on show."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QImage

from engine.errors import UserError
from engine.images import encode_png, publish
from engine.style.fast.requests import Restyled
from engine.style.requests import Pixels
from gui import export
from gui.pages.base import Verb
from gui.pages.style.live.settings import LiveSettings
from gui.recording import Recorder, Recording
from gui.widgets.picture import to_image

if TYPE_CHECKING:
    from gui.pages.style.live.view import LiveView

NOTHING = UserError("Nothing is painted yet.", "Choose a net, or train one.")


def verbs(view: LiveView) -> list[Verb]:
    """The entries of the share menu that belong to the picture on show."""
    recording = "Stop recording" if view.tape.running else "Record a film (MP4)…"
    return [
        Verb("Copy painting", "content-copy", _safely(view, lambda: _copy(view)), separated=True),
        Verb("Save painting (PNG)…", "image-outline", _safely(view, lambda: _save(view))),
        Verb(recording, "record-circle-outline", view.tape.toggle_safely),
    ]


def as_looked_at(answer: Restyled, settings: LiveSettings) -> Pixels:
    """uint8[h, w, 3] for a film: the painting, both sides of the divider, or both pictures beside each other."""
    if settings.look == "pair":
        return publish(np.hstack([answer.content, answer.pixels]))
    if settings.look == "picture":
        return answer.pixels
    both = np.array(answer.pixels)
    column = round(settings.divider * both.shape[1])
    both[:, :column] = answer.content[:, :column]
    return publish(both)


class Tape(QObject):
    """Owns the recorder of the view."""

    def __init__(self, view: LiveView) -> None:
        super().__init__(view)
        self._view = view
        self.recorder = Recorder(self)
        self.recorder.elapsed.connect(view.stage.show_recording)
        self.recorder.finished.connect(self._finished)
        self.recorder.failed.connect(self._failed)

    @property
    def running(self) -> bool:
        """Whether what is on show is recorded now."""
        return self.recorder.recording

    @Slot()
    def toggle_safely(self) -> None:
        """Ask for a file and begin to record, or end the recording; a refusal is a sentence in the banner."""
        if self.running:
            self.stop()
            return
        try:
            path = export.save_dialog(
                self._view, "Record a film", "convscope-live-style.mp4", "MP4 film (*.mp4)"
            )
            if path is not None:
                self.recorder.start(path)
                self._view.stage.show_recording(0.0)
                self.take()
        except UserError as error:
            self._view.said.emit(str(error), "error")

    def take(self) -> None:
        """What is on show now belongs to the film, where there is one."""
        answer, settings = self._view.answer, self._view.settings
        if answer is None or not self.running:
            return

        def draw() -> QImage:
            return to_image(as_looked_at(answer, settings))

        self.recorder.add(draw)

    def stop(self) -> None:
        """End the recording, where there is one; it is saved."""
        self.recorder.stop()
        self._view.stage.show_recording(None)

    def close(self) -> None:
        """The window closes."""
        self.recorder.close()

    @Slot(object)
    def _finished(self, film: Recording) -> None:
        left_out = f" {film.left_out:,} pictures had to be left out." if film.left_out else ""
        self._view.said.emit(f"Saved {film.path.name}: {film.seconds:.0f} s.{left_out}", "info")

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        self._view.stage.show_recording(None)
        self._view.said.emit(sentence, "error")


def _copy(view: LiveView) -> None:
    if view.answer is None:
        raise NOTHING
    export.copy_image(to_image(view.answer.pixels), 1.0)
    view.said.emit("The painting is on the clipboard.", "info")


def _save(view: LiveView) -> None:
    answer = view.answer  # the one on show when it was asked for, whatever plays on
    if answer is None:
        raise NOTHING
    path = export.save_dialog(view, "Save painting", "convscope-live-style.png", "PNG picture (*.png)")
    if path is not None:
        export.save_bytes(path, encode_png(answer.pixels))
        view.said.emit(f"Saved {path.name}.", "info")


def _safely(view: LiveView, run: Callable[[], None]) -> Callable[[], None]:
    def safely() -> None:
        try:
            run()
        except UserError as error:
            view.said.emit(str(error), "error")

    return safely
