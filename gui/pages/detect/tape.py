"""Recording what is on show: the film with its boxes, and the finds beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from engine.errors import UserError
from gui import export
from gui.pages.detect.takes import Takes
from gui.recording import Recorder, Recording
from gui.widgets.found_view import annotated

if TYPE_CHECKING:
    from gui.pages.detect.page import DetectPage


class Tape(QObject):
    """Owns the recorder of a page, and the finds of its last recording."""

    def __init__(self, page: DetectPage) -> None:
        super().__init__(page)
        self._page = page
        self.recorder, self.takes = Recorder(self), Takes()
        self.recorder.elapsed.connect(page.stage.tools.show_recording)
        self.recorder.finished.connect(self._finished)
        self.recorder.failed.connect(self._failed)

    @property
    def running(self) -> bool:
        """Whether what is on show is recorded now."""
        return self.recorder.recording

    def toggle(self) -> None:
        """Ask for a file and begin to record, or end the recording. Raises UserError."""
        if self.running:
            self.stop()
            return
        path = export.save_dialog(self._page, "Record a video", "convscope-detection.mp4", "MP4 film (*.mp4)")
        if path is not None:
            self.recorder.start(path)
            self.takes.begin()
            self.show()
            self.take()

    def toggle_safely(self) -> None:
        """The same for a key or a button: a refusal is a sentence in the banner."""
        try:
            self.toggle()
        except UserError as error:
            self._page.said.emit(str(error), "error")

    def stop(self) -> None:
        """End the recording, where there is one; it is saved."""
        self.recorder.stop()
        self.takes.end()
        self.show()

    def take(self) -> None:
        """What is on show now belongs to the recording, where there is one."""
        shown = self._page.shown
        if shown is not None and self.running:
            self.recorder.add(lambda: annotated(shown.answer.frame, shown.findings))
            self.takes.add(shown)

    def show(self) -> None:
        """Tell the toolbar how long the film is by now."""
        self._page.stage.tools.show_recording(self.recorder.seconds if self.running else None)

    @Slot(object)
    def _finished(self, recording: Recording) -> None:
        left_out = f" {recording.left_out:,} pictures had to be left out." if recording.left_out else ""
        self._page.said.emit(
            f"Saved {recording.path.name}: {recording.seconds:.0f} s.{left_out} "
            "The share menu saves its finds as a table.",
            "info",
        )

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        self.takes.end()
        self.show()
        self._page.said.emit(sentence, "error")
