"""The view "Siamese": a pair of pictures, the sum term by term, and what a gallery costs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.faces.learning.requests import EmbedOwn, OwnFeatures, PairLesson, Preview
from engine.images import Frame
from engine.jobs import ErrorReport, Priority
from gui.bridge import Bridge
from gui.checking import LIVE, Checking
from gui.film import FilmSource
from gui.pages.face_learning.siamese.controls import SiameseControls
from gui.pages.face_learning.siamese.film import film_of
from gui.pages.face_learning.siamese.scene import pair_scene
from gui.pages.face_learning.siamese.settings import SiameseSettings
from gui.pages.face_learning.siamese.shown import (
    Shown,
    arrays,
    bill_text,
    check,
    curves,
    facts,
    facts_of,
    lines,
    shown,
    verdict,
)
from gui.pages.face_learning.siamese.strip import PictureStrip
from gui.pages.face_learning.siamese.words import COUNT_WAITING, WAITING
from gui.pages.face_learning.view import Arrays, LearningView, Subject
from gui.question import Question
from gui.theme import space, theme
from gui.widgets.badge import Badge
from gui.widgets.canvas import Canvas
from gui.widgets.facts import Fact
from gui.widgets.plot.line_plot import LinePlot
from gui.widgets.worked import Worked
from gui.widgets.wrapped import Wrapped

PACE_MS: Final = 500
LOW: Final = 560


class SiameseView(LearningView):
    """Owns the lesson and the pair on show."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = SiameseSettings()
        self._active = False
        self._frame: Frame | None = None
        self._live = False
        self._lesson: PairLesson | None = None
        self._own: OwnFeatures | None = None
        self._found: Shown | None = None
        self._panel, self.canvas, self.strip = SiameseControls(), Canvas(), PictureStrip()
        self.verdict, self.worked, self.bill = (
            Wrapped(""),
            Worked("Term, sum and answer in numbers"),
            Wrapped(),
        )
        self.plot, self._badge = LinePlot("Multiply-adds over the size of the gallery"), Badge()
        self._checking = Checking(bridge, "face-learning.pair", self)
        self._checking.tell(self._badge)
        self._learning = self._question(bridge, "pairs", Priority.LONG)
        self._embedding = self._question(bridge, "own", Priority.INTERACTIVE)
        self._build()
        self._connect()

    def _question(self, bridge: Bridge, name: str, priority: Priority) -> Question:
        question = Question(
            bridge.channel(f"face-learning.{name}", priority, self, handles_failures=True), self
        )
        question.refused.connect(self._refused)
        return question

    def _build(self) -> None:
        self.verdict.setFont(theme.font("section", bold=True))
        self.canvas.setMinimumSize(0, 0)
        self.plot.setMinimumSize(0, 110)
        said, beneath = QVBoxLayout(), QHBoxLayout()
        said.setSpacing(space.s)
        beneath.setSpacing(space.l)
        for part in (self.verdict, self.worked, self.bill):
            said.addWidget(part)
        said.addStretch(1)
        beneath.addLayout(said, 1)
        beneath.addWidget(self.plot, 1)
        self._whole, self._beneath = QVBoxLayout(self), beneath
        whole = self._whole
        whole.setContentsMargins(space.l, space.s, space.l, space.s)
        whole.setSpacing(space.s)
        whole.addWidget(self.strip)
        whole.addWidget(self.canvas, 3)
        whole.addLayout(beneath, 2)
        self.setFocusProxy(self.canvas)

    def _connect(self) -> None:
        self._panel.changed.connect(self.changed)
        self.strip.picked.connect(self._picture_picked)
        self.canvas.cellHovered.connect(self._cell_hovered)
        self.canvas.cellClicked.connect(self._cell_clicked)
        self.canvas.hoverLeft.connect(self._left)
        self.canvas.arrowPressed.connect(self._arrow)
        self._learning.answered.connect(self._lesson_came)
        self._embedding.answered.connect(self._own_came)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The curve goes first where there is little height: its two numbers stand in the sentence, too."""
        super().resizeEvent(event)
        low = self.height() < LOW
        self.plot.setVisible(not low)
        self.strip.set_small(low)
        self._whole.setStretchFactor(self._beneath, 0 if low else 2)

    # --- what a view gives -----------------------------------------------------------------------------------

    @property
    def needs_picture(self) -> bool:
        return self._settings.own

    def controls(self) -> SiameseControls:
        return self._panel

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._settings, self._frame = settings, subject.frame
        self._live = subject.live and settings.own
        self._panel.show_settings(settings)
        self._ask()
        self._refresh()

    def set_active(self, active: bool) -> None:
        came, self._active = active and not self._active, active
        if came:
            self._ask()
            self._refresh()
        elif not active:
            self._checking.drop()
            self._embedding.drop()
            if self._lesson is None or self._learning.pending:
                self._learning.drop()

    def facts(self) -> list[Fact]:
        return [] if self._found is None else facts(self._found)

    def aside(self) -> Badge:
        return self._badge

    def steps(self) -> tuple[int, int, str]:
        found = self._found
        return (1, 0, "term") if found is None else (len(found.found) + 1, found.step, "term")

    def pace(self) -> int:
        return PACE_MS

    def go_to(self, step: int) -> None:
        found = self._found
        last = found is None or step >= len(found.found)
        self.looked.emit(replace(self._settings, step=None if last else step))

    def arrays(self) -> Arrays:
        return super().arrays() if self._found is None else arrays(self._found)

    def film(self) -> FilmSource | None:
        return None if self._found is None else film_of(self._found)

    @property
    def settled(self) -> bool:
        asked = self._learning.settled and (not self._settings.own or self._embedding.settled)
        return not self._active or (asked and (self._live or self._checking.settled))

    @property
    def found(self) -> Shown | None:
        """The pair on show, None before the lesson."""
        return self._found

    # --- asking ----------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if not self._active:
            return
        request = self._settings.request
        self._learning.want(request, lambda: request)
        lesson, frame = self._lesson, self._frame
        if self._settings.own and lesson is not None and frame is not None and lesson.request == request:
            dark = self._ink_is_dark(frame)
            self._embedding.want((lesson, frame), lambda: EmbedOwn(lesson, frame.pixels, dark))
        else:
            self._embedding.drop()

    def _ink_is_dark(self, frame: Frame) -> bool:
        """Paper is what there is more of."""
        return float(frame.pixels.mean()) > float(frame.pixels.max()) / 2

    @Slot(object)
    def _lesson_came(self, lesson: PairLesson | Preview) -> None:
        if isinstance(lesson, Preview):
            if self._lesson is None:  # else the pair before stays, tinted
                self.strip.show_pictures(lesson.pictures, None, None)
            return
        self._lesson, self._own = lesson, None
        self._ask()
        self._refresh()
        self._tell()

    @Slot(object)
    def _own_came(self, own: OwnFeatures) -> None:
        self._own = own
        self._refresh()
        self._tell()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        sentence = f"{report.sentence} {report.hint}".strip()
        self.said.emit(sentence, "warn")
        if self._lesson is None:
            self.verdict.say(sentence)

    def _tell(self) -> None:
        self.factsChanged.emit()
        self.stepsChanged.emit()

    # --- show ------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        lesson = self._lesson
        if lesson is None:
            self.verdict.say(WAITING)
            self.plot.set_empty_text(COUNT_WAITING)
            return
        own = self._own if self._settings.own else None
        stale = lesson.request != self._settings.request or (self._settings.own and self._own_is_old)
        self._found = found = shown(self._settings, lesson, own)
        count = len(lesson.pictures)
        first = None if own is not None else self._settings.first % count
        self.strip.show_pictures(lesson.pictures, first, self._settings.second % count)
        self.canvas.set_builder(partial(pair_scene, found), glide=False)
        self.canvas.set_stale(stale)
        self.plot.set_stale(stale)
        self.verdict.say(verdict(found))
        self.worked.show_lines(lines(found))
        self.bill.say(bill_text(found))
        self.plot.show_series(*curves(found))
        if self._active and self._live:
            self._checking.pause(LIVE)
        elif self._active and not stale:
            self._checking.want((lesson, found.y, found.names), lambda: check(found))

    @property
    def _own_is_old(self) -> bool:
        """Whether the features of one's own picture are still to come; while it plays those of a moment ago will do."""
        missing = self._own is None or self._frame is None
        return missing or (self._embedding.pending and not self._live)

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(int, bool)
    def _picture_picked(self, index: int, as_first: bool) -> None:
        if as_first:
            self.changed.emit(replace(self._settings, first=index, own=False), "")
        else:
            self.changed.emit(replace(self._settings, second=index), "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        lesson = self._lesson
        if lesson is None or event.modifiers() or event.key() not in (Qt.Key.Key_A, Qt.Key.Key_B):
            super().keyPressEvent(event)
            return
        count = len(lesson.pictures)
        if event.key() == Qt.Key.Key_A:
            self._picture_picked((self._settings.first + 1) % count, True)
        else:
            self._picture_picked((self._settings.second + 1) % count, False)

    @Slot(str, int, int)
    def _cell_hovered(self, key: str, _row: int, column: int) -> None:
        if self._found is not None:
            self.pointed.emit(facts_of(self._found, key, column))

    @Slot(str, int, int)
    def _cell_clicked(self, key: str, _row: int, column: int) -> None:
        """A click on a column goes to its term."""
        if self._found is not None and key not in ("a", "b"):
            self.go_to(column + 1)

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])

    @Slot(int, int, bool)
    def _arrow(self, _rows: int, columns: int, _further: bool) -> None:
        """The canvas has nothing to go to: its arrows are the stepper's."""
        found = self._found
        if found is not None and columns:
            self.go_to(min(max(found.step + columns, 0), len(found.found)))
