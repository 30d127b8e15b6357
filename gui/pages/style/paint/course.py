"""What is painted next: keeps to what the page wants, begins runs, goes on from them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.errors import ErrorReport
from engine.style.backbones import BUNDLED
from engine.style.requests import Plan
from engine.style.settings import SMALLEST
from gui.pages.style.paint.runs import Key, Moment, Run, RunDesk, key_of
from gui.pages.style.view import Subject

QUIET_MS: Final = 350
"""How long a hand rests before what it set begins a painting anew."""
LIGHT: Final = (320, 400)
"""The longer side and the steps up to which a painting of the bundled net starts without being asked for."""
SMALLER: Final = 0.7
"""The next size after the memory ran out, as a share of the one before."""


def wanted(subject: Subject) -> Key | None:
    """The key of the run that a subject asks for, None while a picture is missing."""
    found = subject.complete
    return None if found is None else key_of(*found, subject.settings, subject.mask)


class Course(QObject):
    """turned(Run): the settings are about this run from now on; settingsAsked(StyleSettings): an offer was taken."""

    turned = Signal(object)
    settingsAsked = Signal(object)

    def __init__(self, desk: RunDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._subject: Subject | None = None
        self._active = self._background = self._asked_for = False
        self.problem = ""
        """Why the run that is wanted cannot be had, "" where nothing is wrong."""
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.timeout.connect(self._begin)
        desk.failed.connect(self._failed)

    @property
    def subject(self) -> Subject | None:
        """What the page wants."""
        return self._subject

    @property
    def run(self) -> Run | None:
        """The run under these settings, None where there is none of these pictures and this size."""
        run, subject = self._desk.current, self._subject
        return run if run is not None and subject is not None and run.key == wanted(subject) else None

    @property
    def waits(self) -> bool:
        """Whether a painting takes so long that nobody should have begun it unasked (a restored session)."""
        if self._subject is None or self._asked_for:
            return False
        settings, (side, steps) = self._subject.settings, LIGHT
        return settings.net != BUNDLED or settings.size > side or settings.steps > steps

    @property
    def begins(self) -> bool:
        """Whether a painting of these settings begins by itself, if it has not."""
        return not self.problem and not self.waits

    @property
    def settled(self) -> bool:
        """Whether nothing is painted and nothing is about to be."""
        if self.problem:
            return True
        run = self.run
        ended = run is not None and not run.under_way
        rests = run is not None and self._desk.paused and run.phase == "paused"
        return not self._quiet.isActive() and (ended or rests or self.waits)

    # --- what the page says ----------------------------------------------------------------------------------

    def want(self, subject: Subject) -> None:
        """Other pictures or settings; `follow` acts on them."""
        before, self._subject = self._subject, subject
        if before is not None and (before.settings, wanted(before)) != (subject.settings, wanted(subject)):
            self.problem = ""

    def asked_for(self) -> None:
        """A person has set something: however long it takes, it is wanted."""
        self._asked_for = True

    def set_active(self, active: bool, background: bool) -> None:
        """Whether somebody looks, and whether a run goes on where nobody does."""
        self._active, self._background = active, background
        self._desk.rest(not active and not background)
        if not active:
            self._quiet.stop()

    # --- what follows from it --------------------------------------------------------------------------------

    def follow(self) -> None:
        """See to it that what is painted is what the page wants."""
        subject = self._subject
        key = None if subject is None else wanted(subject)
        if subject is None or key is None or not self._active:
            return
        current, run = self._desk.current, self.run
        if run is not None and run.under_way:
            self._desk.order(subject.settings)
            return
        if run is not None and (run.painted is None or run.painted.settings == subject.settings):
            return
        kept = self._desk.find(key, subject.settings)
        if kept is not None:
            self._return_to(kept)
        elif run is not None:
            self._quiet.start(QUIET_MS)
        elif not self.waits and not self.problem:
            same = current is not None and (current.key.content, current.key.styles) == (
                key.content,
                key.styles,
            )
            self._quiet.start(QUIET_MS if same else 0)  # a picture comes at once, a number while a hand moves

    def _return_to(self, run: Run) -> None:
        """These very settings have been painted already."""
        self._quiet.stop()
        if run is not self._desk.current:
            self._desk.choose(run)
            self.turned.emit(run)

    @Slot()
    def _begin(self) -> None:
        """Begin what the page wants: from the start, or on from the end of the run where only weights differ."""
        subject, run = self._subject, self.run
        if subject is None or not self._active:
            return
        if run is not None and not run.under_way and run.moments and run.phase != "failed":
            self._start(run, run.moments[-1], on=run.lacks_steps(subject.settings))
        else:
            self._start()

    def _start(self, parent: Run | None = None, begin: Moment | None = None, *, on: bool = False) -> None:
        """`on`: the steps that were made count, only those that are missing are painted."""
        subject = self._subject
        key = None if subject is None else wanted(subject)
        if subject is None or key is None:
            return
        self._quiet.stop()
        self.problem = ""
        run = self._desk.start(
            key, subject.settings, subject.mask, begin, parent, subject.state,
            done=begin.step if on and begin is not None else 0,
        )  # fmt: skip
        self._desk.rest(not self._active and not self._background)
        self.turned.emit(run)

    # --- what a person asks for ------------------------------------------------------------------------------

    @Slot()
    def paint_again(self) -> None:
        """Begin anew with the settings as they are."""
        self._asked_for = True
        self._start()

    @Slot(object, int)
    def branch(self, run: Run, index: int) -> None:
        """Go on from a moment of a run with the settings as they are."""
        if 0 <= index < len(run.moments):
            self._asked_for = True
            self._start(run, run.moments[index])

    def reduce_to(self, plan: Plan) -> None:
        """The largest size that fits into the memory."""
        if self._subject is not None:
            self.settingsAsked.emit(replace(self._subject.settings, size=plan.largest))

    @property
    def smaller(self) -> int:
        """The size to go on with after the memory ran out."""
        size = SMALLEST if self._subject is None else self._subject.settings.size
        return max(SMALLEST, int(size * SMALLER) // 16 * 16)

    @Slot()
    def go_on_smaller(self) -> None:
        """A smaller run that begins with the last good picture."""
        run = self._desk.current
        if self._subject is not None and run is not None and run.moments:
            self.settingsAsked.emit(replace(self._subject.settings, size=self.smaller))
            self._start(run, run.moments[-1])  # the page has said by now that it wants this size

    @Slot(object, object)
    def _failed(self, _run: Run, report: ErrorReport) -> None:
        self.problem = f"{report.sentence} {report.hint}".strip()
