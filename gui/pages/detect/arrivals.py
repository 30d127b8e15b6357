"""What comes back from the engine for the page: kept, checked against the state, and shown."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from engine.detection.requests import Annotated, Cell, DetectorStatus, NotDetected
from engine.errors import ErrorReport
from engine.images import Frame
from gui.latest import CANCELLED
from gui.pages.detect.counts import Counts
from gui.pages.detect.trails import TrailBook
from gui.widgets.notice import Note
from gui.widgets.source_state import LIVE_KINDS

if TYPE_CHECKING:
    from gui.pages.detect.page import DetectPage

FADE_AFTER_MS: Final = 150
"""Finds of a drawing that grows under the hand fade only where the answer takes longer than that."""
LIST_EVERY_MS: Final = 200
AGAIN: Final = "again"


class Arrivals(QObject):
    """Owns the answers of a page: `answer` of its picture, `cell` of the chosen cell, None while there is none.

    `listed`: whether the detectors are known; `live`: whether answers bring the frames of what plays along; `trouble`:
    why there is no answer.
    """

    def __init__(self, page: DetectPage) -> None:
        super().__init__(page)
        self._page = page
        self.answer: Annotated | None = None
        self.cell: Cell | None = None
        self.listed = self.live = False
        self.trouble = Note()
        self.counts, self.trails = Counts(), TrailBook()
        self._counted: object = None
        self._fade, self._list_clock = _timer(self, FADE_AFTER_MS), _timer(self, LIST_EVERY_MS)
        self._fade.timeout.connect(self._fade_now)
        self._list_clock.timeout.connect(self.show_counts)

    def follow(self) -> None:
        """Listen to the answers of the page."""
        answers = self._page.answers
        answers.outdated.connect(self._outdated)
        answers.answered.connect(self.came)
        answers.failed.connect(self.refused)
        answers.tracksBegin.connect(self._tracks_begin)
        answers.cell.connect(self._cell_came)
        answers.cellFailed.connect(self._cell_failed)
        answers.listed.connect(self._list_came)
        answers.listFailed.connect(self._list_failed)

    def rest(self) -> None:
        """The page went out of view."""
        self._fade.stop()
        self._list_clock.stop()
        self.counts.pause()

    def forget(self) -> None:
        """Another source or detector: nothing of what was found belongs to it."""
        self.live = False
        self.trails.clear()

    @Slot()
    def _tracks_begin(self) -> None:
        """Numbers begin at 1 again: a trail or a chosen thing of before must not go on under one of them."""
        self.trails.clear()
        self._page.pointer.forget_number()

    # --- finds -----------------------------------------------------------------------------------------------

    @Slot()
    def _outdated(self) -> None:
        self._fade.start()

    @Slot()
    def _fade_now(self) -> None:
        self._page.stage.view.fade_found(True)

    @Slot(object, bool)
    def came(self, found: Annotated | NotDetected, fresh: bool) -> None:
        """Finds in a picture; `fresh`: the state is still the one that was asked about."""
        page = self._page
        if isinstance(found, NotDetected):
            self._live_frame(found.frame)
            self._forget_answer(Note(found.why))
            return
        if found.detector != page.state.detector:
            return  # of a detector that was left: the next answer is on its way
        if fresh:
            self._fade.stop()
            page.stage.view.fade_found(False)
        moved = self.answer is None or self.answer.frame is not found.frame
        self.answer, self.trouble = found, Note()
        if page.picker.live:
            self.trails.follow(found)
            self._live_frame(found.frame)
        self._count(found)
        if moved:
            self.cell = None
        page.draw()
        page.tape.take()
        if moved and not page.picker.live:
            page.ask_cell()

    def _live_frame(self, frame: Frame) -> None:
        """A frame of what plays came back with its answer."""
        if self._page.picker.live:
            self.live = True
            self._page.keep_picture(frame)
            self._page.tell_pace(frame)

    def _forget_answer(self, note: Note) -> None:
        """There is no answer: nothing of the one before is told any more."""
        self._fade.stop()
        self.answer = self.cell = None
        self.trouble = note
        self._page.show_none()

    @Slot(object)
    def refused(self, report: ErrorReport) -> None:
        """There is no answer, and why."""
        self.live = False  # the frames of what plays come by themselves again
        actions = [(AGAIN, "Ask again")] if report == CANCELLED else []
        status = self._page.panel.status_of(self._page.state.detector)
        if status is not None and not status.here:
            actions.append((f"weights {status.name}", "Get it on the page Weights"))
        self._forget_answer(Note(f"{report.sentence} {report.hint}".strip(), tuple(actions)))

    # --- counts ----------------------------------------------------------------------------------------------

    def _count(self, found: Annotated) -> None:
        """Counts over time are of one source before one detector; a photo has no time."""
        state = self._page.state
        subject = state.detector, state.source.kind, "" if state.drawing else state.source.value
        if subject != self._counted:
            self._counted = subject
            self.counts.clear()
        frozen = state.source.kind in LIVE_KINDS and not self._page.picker.live
        if frozen:
            self.counts.pause()
        else:  # other thresholds on a frame that stands still are no other moment
            kinds, numbers = np.unique(found.found.classes, return_counts=True)
            counts = dict(zip(kinds.tolist(), numbers.tolist(), strict=True))
            self.counts.add(found.frame.time_s or time.monotonic(), counts)
            self._page.stage.plot.follow(found.classes)
        if not self._page.picker.live:
            self.show_counts()
        elif not self._list_clock.isActive():
            self._list_clock.start()

    @Slot()
    def show_counts(self) -> None:
        """List the classes that were found, with the counts of the picture on show."""
        shown, state = self._page.shown, self._page.state
        if shown is None:
            self._page.panel.show_counts((), (), {}, ())
            return
        self._page.panel.show_counts(shown.answer.classes, self.counts.seen, shown.counts, state.hidden)

    # --- cell and list ---------------------------------------------------------------------------------------

    @Slot(object)
    def _cell_came(self, cell: Cell) -> None:
        self.cell = cell
        self._page.draw()

    @Slot(object)
    def _cell_failed(self, report: ErrorReport) -> None:
        if report != CANCELLED:
            self._page.said.emit(f"{report.sentence} {report.hint}".strip(), "warn")
        self.cell = None
        self._page.details.show_no_cell(f"{report.sentence} {report.hint}".strip())

    @Slot(object)
    def _list_came(self, found: tuple[DetectorStatus, ...]) -> None:
        self.listed = True
        self._page.panel.show_list(found, self._page.state)
        self._page.show_notice()

    @Slot(object)
    def _list_failed(self, report: ErrorReport) -> None:
        self.listed = True
        self._page.panel.show_failure(f"{report.sentence} {report.hint}".strip())


def _timer(parent: QObject, milliseconds: int) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    return timer
