"""The film of what is on show: its button, how long it is by now, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from engine.errors import UserError
from gui import export
from gui.recording import Recorder, Recording
from gui.theme import ICON_SIZE, space, theme

BEGIN, END = "Record what is on show as a film (V)", "Stop the recording (V)"
NAME: Final = "convscope-faces.mp4"


class Filming(QWidget):
    """Owns the recorder. said(str, str): for the banner; began(): a picture is wanted at once."""

    said = Signal(str, str)
    began = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recorder = Recorder(self)
        self.button, self.time = QToolButton(), QLabel()
        self.button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.button.setCheckable(True)
        self.time.setAccessibleName("Length of the film")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.xs)
        row.addWidget(self.time)
        row.addWidget(self.button)
        self.button.clicked.connect(self.toggle)
        self.recorder.elapsed.connect(self._show)
        self.recorder.finished.connect(self._finished)
        self.recorder.failed.connect(self._failed)
        theme.changed.connect(self._show)
        self._show()

    @property
    def running(self) -> bool:
        """Whether what is on show is recorded now."""
        return self.recorder.recording

    @property
    def verb(self) -> str:
        """What `toggle` does, for the share menu."""
        return "Stop the recording" if self.running else "Record a film of what is on show (MP4)…"

    @Slot()
    def toggle(self) -> None:
        """Ask for a file and begin, or end the film; a refusal is a sentence in the banner."""
        if self.running:
            self.stop()
            return
        try:
            path = export.save_dialog(self, "Record a film", NAME, "MP4 film (*.mp4)")
            if path is not None:
                self.recorder.start(path)
                self.began.emit()
        except UserError as error:
            self.said.emit(str(error), "error")
        self._show()

    def add(self, draw: Callable[[], QImage]) -> None:
        """There is a new picture; it is drawn where the film has a place for it."""
        self.recorder.add(draw)

    def stop(self) -> None:
        """End the film, where there is one; it is saved."""
        self.recorder.stop()
        self._show()

    def close_film(self) -> None:
        """The window closes: the film is ended and written."""
        self.recorder.close()

    @Slot()
    def _show(self) -> None:
        running = self.running
        seconds = int(self.recorder.seconds)
        self.time.setVisible(running)
        self.time.setFont(theme.font("body", mono=True))
        self.time.setText(f"{seconds // 60}:{seconds % 60:02d}")
        self.button.setChecked(running)
        self.button.setToolTip(END if running else BEGIN)
        self.button.setAccessibleName((END if running else BEGIN).removesuffix(" (V)"))
        icon = (
            theme.icon("stop-circle-outline", theme.colors.error)
            if running
            else theme.icon("record-circle-outline")
        )
        self.button.setIcon(icon)

    @Slot(object)
    def _finished(self, film: Recording) -> None:
        left_out = f" {film.left_out:,} pictures had to be left out." if film.left_out else ""
        self.said.emit(f"Saved {film.path.name}: {film.seconds:.0f} s.{left_out}", "info")

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        self._show()
        self.said.emit(sentence, "error")
