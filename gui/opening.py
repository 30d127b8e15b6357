"""What comes into the window: files, pictures, copied views, opened, pasted or dropped."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.errors import UserError
from gui import drops
from gui.pages import PAGES, entry
from gui.pages.base import Page
from gui.settings import Settings
from gui.state import envelope, open_envelope
from gui.widgets.drop_overlay import DropOverlay

log = logging.getLogger(__name__)


class Pages(Protocol):
    """Where pages are shown: the main window."""

    @property
    def page(self) -> Page[Any]: ...

    def show_page(self, name: str) -> None: ...


class Opening(QObject):
    """Leads what comes in to the page that takes it, or says why none does. said(sentence, kind)."""

    said = Signal(str, str)

    def __init__(self, window: QWidget, pages: Pages, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._pages, self._settings = window, pages, settings
        self.overlay = DropOverlay(window)

    def open_dialog(self) -> None:
        """Ask for a file."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, "Open a picture, a video or a saved view", "", "All files (*)"
        )
        if chosen:
            self.open_path(Path(chosen))

    def open_path(self, path: Path) -> None:
        """Open a file where it makes sense, or say why not."""
        self.open_paths([path])

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open files that were dropped together where the first of them makes sense, or say why not."""
        path = paths[0]
        try:
            offer = drops.destination(path, self._pages.page, PAGES)
            if offer.kind == "state":
                self.open_view(path.read_text(encoding="utf-8"))
            else:
                self._pages.show_page(offer.page.name)
                self._pages.page.open_paths(paths)
        except UserError as error:
            self.said.emit(str(error), "warn")
            return
        except (OSError, UnicodeDecodeError) as error:
            log.info("%s could not be read: %s", path, error)
            self.said.emit(f"{path.name} could not be read.", "warn")
            return
        if self._pages.page.remembers_files:
            self._settings.add_recent(path)

    def open_view(self, text: str) -> None:
        """Open a copied or saved view. Raises UserError where the text is none."""
        name, state = open_envelope(text)
        if entry(name) is None:
            raise UserError(f"This view belongs to a page that this version does not have ({name}).")
        self._pages.show_page(name)
        self._pages.page.restore_state(state)

    def copy_view(self) -> None:
        """Put the view on the clipboard as a text."""
        from gui.export import copy_text

        page = self._pages.page
        copy_text(envelope(page.entry.name, page.state))
        self.said.emit("The view is on the clipboard; paste it here or on another computer.", "info")

    def paste(self) -> None:
        """A picture goes to the page, a copied view opens."""
        mime = QGuiApplication.clipboard().mimeData()
        path = drops.path_of(mime)
        try:
            if path is not None:
                self.open_path(path)
            elif mime.hasImage():
                self._pages.page.paste_image(QImage(mime.imageData()))
            elif mime.hasText():
                self.open_view(mime.text())
            else:
                self.said.emit("The clipboard holds neither a picture nor a copied view.", "info")
        except UserError as error:
            self.said.emit(str(error), "warn")

    # --- drag and drop ---------------------------------------------------------------------------------------

    def entered(self, event: QDragEnterEvent) -> None:
        """Something is dragged over the window: say where it would go."""
        path = drops.path_of(event.mimeData())
        if path is None:
            return
        event.acceptProposedAction()
        try:
            offer = drops.offer(path, self._pages.page, PAGES)
        except UserError as error:
            self.overlay.show_refusal(error.sentence, error.hint)
        else:
            self.overlay.show_offer(path.name, offer.page.title)

    def left(self) -> None:
        """It is dragged away."""
        self.overlay.hide()

    def dropped(self, event: QDropEvent) -> None:
        """It was let go."""
        self.overlay.hide()
        paths = drops.paths_of(event.mimeData())
        if paths:
            event.acceptProposedAction()
            # Later, so that the other program's drag ends before a dialog or a long read begins.
            QTimer.singleShot(0, self, lambda: self.open_paths(paths))
