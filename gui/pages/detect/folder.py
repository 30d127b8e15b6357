"""Going through a folder of pictures: which there are, which one is on show, and finding things in all of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from engine.detection.exporting import Format
from engine.detection.folders.requests import DetectFolder, FolderFindings, PictureList
from engine.errors import ErrorReport, UserError
from engine.jobs import Priority
from gui.pages.detect import exports
from gui.pages.detect.state import DetectState
from gui.widgets.source_state import SourceState

if TYPE_CHECKING:
    from gui.pages.detect.page import DetectPage


class Folder(QObject):
    """Owns the list of pictures of the folder in the state; the page's stepper walks through it."""

    def __init__(self, page: DetectPage) -> None:
        super().__init__(page)
        self._page = page
        self._asked = ""
        self._opens = False
        self._known: PictureList | None = None
        self._target: tuple[Path, Format, tuple[str, ...]] | None = None
        bridge = page.services.bridge
        self._all = bridge.channel("detect.folder all", Priority.LONG, self, handles_failures=True)
        self._all.done.connect(self._all_found)
        self._all.failed.connect(self._all_failed)
        self._all.cancelled.connect(self._all_cancelled)
        page.answers.pictures.connect(self._listed)
        page.answers.picturesFailed.connect(self._refused)
        page.panel.folder.chosen.connect(self.open)
        page.stepper.indexChanged.connect(self._stepped)

    @property
    def pictures(self) -> PictureList | None:
        """The pictures of the folder in the state, None while they are on their way or where there is no folder."""
        known = self._known
        return known if known is not None and known.folder == self._page.state.folder else None

    @property
    def busy(self) -> bool:
        """Whether the whole folder is being looked through."""
        return self._all.busy

    @Slot(str)
    def open(self, path: str) -> None:
        """Go through this folder, from its first picture on."""
        self._opens = True
        self._ask(path)

    def show_state(self, state: DetectState) -> None:
        """Show where in its folder the picture is; ask for a folder that a saved view names."""
        if state.folder and self.pictures is None and self._asked != state.folder and self._page.active:
            self._ask(state.folder)
        place = None if self.pictures is None else self.pictures.place(state.source.value)
        self._page.panel.folder.show_folder(state.folder, self.pictures, place)
        self._page.show_stepper(self.pictures is not None)
        if self.pictures is not None:
            self._page.stepper.set_range(len(self.pictures.paths), place or 0, "picture")

    def _ask(self, folder: str) -> None:
        self._asked = folder
        self._page.answers.list_pictures(folder)

    @Slot(object)
    def _listed(self, found: PictureList) -> None:
        self._known, state = found, self._page.state
        if self._opens:
            self._opens = False
            source = SourceState("file", found.paths[0])
            self._page.change(replace(state, source=source, folder=found.folder, cell=None))
        else:
            self.show_state(state)

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self._opens = False
        self._page.said.emit(f"{report.sentence} {report.hint}".strip(), "warn")
        if self._page.state.folder == self._asked:
            self._page.amend(replace(self._page.state, folder=""))

    @Slot(int)
    def _stepped(self, index: int) -> None:
        if self.pictures is not None:
            source = SourceState("file", self.pictures.paths[index])
            self._page.amend(replace(self._page.state, source=source, cell=None))

    # --- the whole folder ------------------------------------------------------------------------------------

    def find_in_all(self, path: Path, kind: Format) -> None:
        """Look through every picture in the background, then save what was found. Raises UserError."""
        pictures, state = self.pictures, self._page.state
        if pictures is None:
            raise UserError("There is no folder to look through.", "Choose one first.")
        self._target = path, kind, state.hidden
        self._all.ask(DetectFolder(state.detector, pictures.paths, state.settings))
        self._page.said.emit(
            f"Looking through {len(pictures.paths):,} pictures; the status bar tells how far it is.", "info"
        )

    @Slot(object)
    def _all_found(self, found: FolderFindings) -> None:
        if self._target is None:
            return
        try:
            exports.save_folder(self._page, found, *self._target)
        except UserError as error:
            self._page.said.emit(str(error), "error")

    @Slot(object)
    def _all_failed(self, report: ErrorReport) -> None:
        self._page.said.emit(f"{report.sentence} {report.hint}".strip(), "error")

    @Slot()
    def _all_cancelled(self) -> None:
        self._page.said.emit("Cancelled: nothing of the folder was saved.", "info")
