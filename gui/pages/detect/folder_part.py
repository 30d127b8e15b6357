"""A folder of pictures as a source: a button to choose one, and where in it the picture on show stands."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from engine.detection.folders.requests import PictureList
from gui.theme import space
from gui.widgets.source_panels import IconButton
from gui.widgets.wrapped import Wrapped

READING: Final = "The folder is being read."


def choose_folder(parent: QWidget, start: str) -> str:
    """Ask for a folder; empty when the person changed their mind."""
    return QFileDialog.getExistingDirectory(parent, "Go through a folder of pictures", start)


class FolderPart(QWidget):
    """chosen(str): a folder to go through."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = ""
        self.button = IconButton("folder-multiple-image", "Open a folder…", self._ask)
        self.button.setToolTip("Every picture of the folder in turn; the arrow keys go on and back")
        self.words = Wrapped("muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.xs)
        column.addWidget(self.button)
        column.addWidget(self.words)
        self.show_folder("", None, None)

    def show_folder(self, folder: str, pictures: PictureList | None, place: int | None) -> None:
        """Show the folder in use ("": none), its pictures (None: on their way) and where the one on show stands."""
        self._folder = folder
        text = ""
        if folder and pictures is None:
            text = READING
        elif pictures is not None and folder:
            where = "" if place is None else f"Picture {place + 1} of "
            text = f"{where}{len(pictures.paths):,} in {Path(folder).name}. {pictures.note}".strip()
        self.words.say(text)
        self.words.setVisible(bool(text))

    @Slot()
    def _ask(self) -> None:
        folder = choose_folder(self, self._folder)
        if folder:
            self.chosen.emit(folder)
