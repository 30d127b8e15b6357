"""What can be taken away: the frame with its boxes, the finds as CSV, JSON, COCO or YOLO, a film of what happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtWidgets import QWidget

from engine.detection.exporting import Format, Recorded
from engine.detection.folders.requests import FolderFindings
from engine.detection.scoring import Found
from engine.errors import UserError
from gui import export
from gui.pages import entry
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb
from gui.pages.detect import saving, words
from gui.pages.detect.resolve import Shown
from gui.widgets.found_view import annotated

if TYPE_CHECKING:
    from gui.pages.detect.page import DetectPage

NONE_YET: Final = UserError("There is nothing to save yet.", "Wait until the detector has answered.")


class DetectExports:
    """Picture and table of what is on show (see gui.pages.verbs)."""

    def __init__(self, page: DetectPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return "convscope-detection"

    @property
    def caption(self) -> str:
        shown = self._page.shown
        return "No answer yet." if shown is None else words.caption(shown)

    def picture(self) -> export.Paintable | QWidget:
        return self._page.stage.view

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """The finds on show."""
        return words.table(_there(self._page))


def verbs(page: DetectPage) -> list[Verb]:
    """The entries of the share menu."""
    return [*own_verbs(page), *of_every_page.page_verbs(page, DetectExports(page))]


def own_verbs(page: DetectPage) -> list[Verb]:
    """What can be done with the frame, the recording and the folder."""
    found: list[Verb] = []
    if page.shown is not None:
        found += [
            _safely(page, "Copy the frame with its boxes", "content-copy", lambda: _copy_frame(page)),
            _safely(
                page, "Save the frame with its boxes (PNG)…", "file-image-outline", lambda: _save_frame(page)
            ),
            _safely(
                page, "Save the finds of this frame…", "file-delimited-outline", lambda: _save_finds(page)
            ),
        ]
        if entry("boxes"):
            found.append(Verb("Suppression, step by step", "cards-outline", page.leads.to_suppression))
        if entry("maps"):
            found.append(Verb("Feature maps of this frame", "view-grid-outline", page.leads.to_maps))
    if len(page.stage.plot.table.times) > 1:
        found.append(
            _safely(page, "Save the counts over time (CSV)…", "chart-line", lambda: _save_counts(page))
        )
    found.append(Verb(page.tape.verb, "record-circle-outline", page.tape.toggle))
    if page.tape.takes.finished:
        found.append(
            _safely(
                page,
                "Save the finds of the recording…",
                "file-delimited-outline",
                lambda: _save_recording(page),
            )
        )
    if page.folder.pictures is not None:
        count = len(page.folder.pictures.paths)
        title = f"Find in all {count:,} pictures of the folder, and save…"
        found.append(_safely(page, title, "folder-search-outline", lambda: _save_folder(page)))
    return found


def _safely(page: DetectPage, title: str, icon: str, run: Callable[[], None]) -> Verb:
    """A verb whose refusal is a sentence in the banner."""

    def safely() -> None:
        try:
            run()
        except UserError as error:
            page.said.emit(str(error), "error")

    return Verb(title, icon, safely)


def _there(page: DetectPage) -> Shown:
    if page.shown is None:
        raise NONE_YET
    return page.shown


def _copy_frame(page: DetectPage) -> None:
    shown = _there(page)
    export.copy_image(annotated(shown.answer.frame, shown.findings))
    page.said.emit("The frame is on the clipboard.", "info")


def _save_frame(page: DetectPage) -> None:
    shown = _there(page)
    image = annotated(shown.answer.frame, shown.findings)
    path = export.save_dialog(page, "Save the frame", "convscope-detection-frame.png", "PNG picture (*.png)")
    if path is not None:
        export.save_png(image, path)
        page.said.emit(f"Saved {path.name}.", "info")


def _save_finds(page: DetectPage) -> None:
    shown = _there(page)
    recorded = shown.recorded()  # before the dialog, in which a live picture goes on
    place = saving.ask(page, "Save the finds of this frame", "convscope-detections")
    if place is not None:
        page.said.emit(saving.save(*place, [recorded], shown.answer.classes), "info")


def _save_counts(page: DetectPage) -> None:
    counts, classes = (
        page.arrivals.counts.table(most=len(_there(page).answer.classes)),
        _there(page).answer.classes,
    )
    header = ("seconds", *(classes[kind] for kind in counts.kinds))
    rows = [(at, *column) for at, column in zip(counts.times.tolist(), counts.counts.T.tolist(), strict=True)]
    path = export.save_dialog(page, "Save the counts", "convscope-counts.csv", "CSV table (*.csv)")
    if path is not None:
        export.save_text(path, export.table_csv(header, rows))
        page.said.emit(f"Saved {path.name}.", "info")


def _save_recording(page: DetectPage) -> None:
    takes, classes = page.tape.takes.finished, page.tape.takes.classes
    place = saving.ask(page, "Save the finds of the recording", "convscope-recording")
    if place is not None:
        page.saver.save(lambda go_on: saving.save(*place, takes, classes, go_on))


def _save_folder(page: DetectPage) -> None:
    place = saving.ask(page, "Save the finds of the whole folder", "convscope-folder")
    if place is not None:
        page.folder.find_in_all(*place)


def save_folder(
    page: DetectPage, found: FolderFindings, path: Path, kind: Format, hidden: Sequence[str]
) -> None:
    """The whole folder was looked through: write what was found, without the `hidden` classes. Raises UserError."""
    pictures = [
        Recorded(
            Path(one.path).name, number, 0.0, one.width, one.height, _wanted(one.found, found.classes, hidden)
        )
        for number, one in enumerate(found.pictures)
    ]
    more = ""
    if found.unread:
        name, why = found.unread[0]
        more = f" {len(found.unread):,} could not be opened, the first of them {Path(name).name}: {why}"
    page.saver.save(
        lambda go_on: saving.save(path, kind, pictures, found.classes, go_on) + more,
        "warn" if found.unread else "info",
    )


def _wanted(found: Found, classes: Sequence[str], hidden: Sequence[str]) -> Found:
    """The finds that would be on show."""
    kinds = [kind for kind, name in enumerate(classes) if name in hidden]
    shown = ~np.isin(found.classes, kinds)
    return Found(found.boxes[shown], found.scores[shown], found.classes[shown])
