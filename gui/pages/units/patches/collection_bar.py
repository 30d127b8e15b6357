"""The bar beneath the patches: which pictures are looked through, and how far that is."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from engine.inside.patches.requests import MiningReport, Pictures
from engine.jobs import Progress
from engine.sources import VIDEO_SUFFIXES
from gui.pages.units.patches import words
from gui.status import seconds_text
from gui.theme import CONTROL_HEIGHT, space
from gui.widgets.fields import Segmented
from gui.widgets.wrapped import OneLine

STOP: Final = "Stop"
GO_ON: Final = "Go on"
BAR_WIDTH: Final = 96
KINDS: Final = (
    ("bundled", "Bundled", "The pictures that come with the program"),
    (
        "folder",
        "Folder…",
        "All pictures in a folder of yours and below it; a folder can also be dropped here",
    ),
    ("video", "Film…", "Frames of a film, half a second apart"),
)


class CollectionBar(QWidget):
    """picturesPicked(Pictures); stopAsked(); goOnAsked()."""

    picturesPicked = Signal(object)
    stopAsked = Signal()
    goOnAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = Segmented(KINDS)
        self.kind.setAccessibleName("Pictures to look through")
        self.kind.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.line = OneLine()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(BAR_WIDTH)
        self.bar.setAccessibleName("Pictures looked through")
        self.button = QPushButton(STOP)
        self._pictures = Pictures()
        row = QHBoxLayout(self)
        row.setContentsMargins(space.l, space.xs, space.l, space.s)
        row.setSpacing(space.m)
        row.addWidget(self.kind)
        row.addWidget(self.line, 1)
        row.addWidget(self.bar)
        row.addWidget(self.button)
        self.setFixedHeight(CONTROL_HEIGHT + space.m)
        self.kind.changed.connect(self._kind_picked)
        self.button.clicked.connect(self._pressed)
        self.show_mining(None, running=False, stopped=False)

    def show_pictures(self, pictures: Pictures) -> None:
        """Which collection is chosen."""
        self._pictures = pictures
        self.kind.set_value(pictures.kind)

    def show_mining(self, report: MiningReport | None, *, running: bool, stopped: bool) -> None:
        """How far the looking through is. `stopped`: a person took it back, or it failed."""
        self.bar.setVisible(running)
        self.button.setVisible(running or stopped)
        self.button.setText(STOP if running else GO_ON)
        if report is not None:
            self.line.setText(words.progress_line(self._pictures, report))
        elif running:
            self.bar.setRange(0, 0)
            self.line.setText(words.chosen(self._pictures))

    def show_progress(self, progress: Progress, report: MiningReport | None) -> None:
        """A step of the looking through."""
        counted = progress.total > 1 and report is not None
        self.bar.setRange(0, int(progress.total) if counted else 0)
        if counted:
            self.bar.setValue(int(progress.done))
            left = "" if progress.seconds_left is None else f" · {seconds_text(progress.seconds_left)} left"
            self.line.setText(words.progress_line(self._pictures, report) + left)
        else:
            self.line.setText(progress.message)

    def say(self, sentence: str) -> None:
        """Why the pictures cannot be looked through."""
        self.line.setText(sentence)

    @Slot()
    def _pressed(self) -> None:
        (self.stopAsked if self.button.text() == STOP else self.goOnAsked).emit()

    @Slot(str)
    def _kind_picked(self, kind: str) -> None:
        picked: Pictures | None = Pictures()
        if kind == "folder":
            picked = self._ask_folder()
        elif kind == "video":
            picked = self._ask_film()
        self.kind.set_value(self._pictures.kind)  # until the state says otherwise
        if picked is not None:
            self.picturesPicked.emit(picked)

    def _ask_folder(self) -> Pictures | None:
        start = self._pictures.path if self._pictures.kind == "folder" else str(Path.home())
        chosen = QFileDialog.getExistingDirectory(self, "Pictures to look through", start)
        return Pictures("folder", chosen) if chosen else None

    def _ask_film(self) -> Pictures | None:
        endings = " ".join(f"*{suffix}" for suffix in VIDEO_SUFFIXES)
        chosen, _ = QFileDialog.getOpenFileName(self, "A film to look through", "", f"Films ({endings})")
        return Pictures("video", chosen) if chosen else None
