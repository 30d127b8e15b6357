"""The view "Verify": the face in the picture against the nearest photo of the claimed person, number by number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.faces.requests import CheckDistance
from gui.bridge import Bridge
from gui.checking import LIVE, Checking
from gui.pages.faces.distance_scale import DistanceScale
from gui.pages.faces.face_stage import FaceStage
from gui.pages.faces.names import shown
from gui.pages.faces.recognise.resolve import face_facts
from gui.pages.faces.vector_bars import VectorBars
from gui.pages.faces.verify.controls import VerifyControls
from gui.pages.faces.verify.resolve import (
    Verdict,
    beside,
    claimed_person,
    lines,
    number_facts,
    spots,
    table,
    verdict,
    words,
)
from gui.pages.faces.verify.settings import VerifySettings
from gui.pages.faces.view import FacesView, Subject, Table
from gui.theme import space, theme
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact
from gui.widgets.frame_view import FrameView
from gui.widgets.picture_tile import PictureTile
from gui.widgets.worked import Worked
from gui.widgets.wrapped import Wrapped

NOBODY: Final = "Nobody is enrolled yet. The view Enrol does that, for people who agree."
NO_FACE: Final = "No face was found in this picture."
NO_PHOTO: Final = "No photo of this person has an embedding by this embedder yet."
WAITING: Final = "The face is being looked for."
LARGE_CROP, CROP_SIDE, SMALL_CROP, CROP_HEAD = 196, 148, 84, 46
LOW, WIDE = 620, 760
"""Height and width of the view below which the crops make room for the numbers, and for the picture."""


LINES: Final = 2
"""Of words beside the verdict: while a picture plays, nothing beneath them moves because a name is longer."""


class VerifyView(FacesView):
    """Owns the claim and its check."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._subject = VerifySettings(), Subject()
        self._found: Verdict | None = None
        self._active = False
        self._panel, self.stage = VerifyControls(), FaceStage()
        self.crops = FrameView("The face, aligned"), FrameView("The enrolled photo, aligned")
        for view, nothing in zip(self.crops, ("No face", "Nobody"), strict=True):
            view.set_empty_text(nothing)
        self.tiles = tuple(PictureTile(name, view) for name, view in zip(("a", "b"), self.crops, strict=True))
        self.verdict, self.others, self._beside = Wrapped(""), Wrapped(), QWidget()
        self.worked, self.scale = Worked("The squared distance"), DistanceScale()
        self.parts = VectorBars("Squared differences")
        self.first, self.second = VectorBars("f(a)"), VectorBars("f(b)")
        self._badge = Badge(parent=self)
        self._badge.hide()  # until the inspector takes it
        self._checking = Checking(bridge, "faces.distance", self)
        self._checking.tell(self._badge)
        self._build()
        self._connect()

    def _build(self) -> None:
        for label in (self.verdict, self.others):
            label.setTextFormat(Qt.TextFormat.PlainText)
        within = QVBoxLayout(self._beside)
        within.setContentsMargins(0, 0, 0, 0)
        within.addWidget(self.others)
        within.addStretch(1)
        self._dress()
        theme.changed.connect(self._dress)
        top = QHBoxLayout()
        top.setSpacing(space.m)
        top.addWidget(self.stage, 1)
        for tile in self.tiles:
            top.addWidget(tile, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.s, space.l, space.s)
        column.setSpacing(space.s)
        column.addLayout(top, 5)
        for part in (self.verdict, self._beside, self.scale, self.worked):
            column.addWidget(part)
        column.addWidget(self.parts, 3)
        both = QHBoxLayout()
        both.setSpacing(space.m)
        both.addWidget(self.first, 1)
        both.addWidget(self.second, 1)
        column.addLayout(both, 2)
        self.setFocusProxy(self.stage)

    @Slot()
    def _dress(self) -> None:
        self.verdict.setFont(theme.font("body", bold=True))
        self._beside.setMinimumHeight(LINES * self.others.fontMetrics().lineSpacing())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = SMALL_CROP if self.height() < LOW else CROP_SIDE if self.width() < WIDE else LARGE_CROP
        for tile in self.tiles:
            tile.setFixedSize(side, side + CROP_HEAD)

    def _connect(self) -> None:
        self._panel.changed.connect(self.changed)
        self.stage.chosen.connect(self._chosen)
        self.stage.pointedAt.connect(self._face_pointed)
        self.scale.thresholdMoved.connect(self._threshold_moved)
        self.parts.pointed.connect(self._number_pointed)

    # --- what a view gives -----------------------------------------------------------------------------------

    def controls(self) -> QWidget:
        return self._panel

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._settings, self._subject = settings, subject
        people = () if subject.people is None else subject.people.people
        self._panel.show_settings(settings, people, claimed_person(subject, settings))
        self.stage.show_subject(subject, settings.chosen)
        self._found = verdict(subject, self.stage.who, settings)
        self._show(self._found)

    def _show(self, found: Verdict | None) -> None:
        face, subject = self.stage.face, self._subject
        self.crops[0].set_rgb(None if face is None else face.crop)
        self.crops[1].set_rgb(None if found is None else found.photo.crop)
        name = "nobody" if found is None else shown(found.claimed.name, 40)
        self.tiles[0].say("a", "this face")
        self.tiles[1].say("b", name)
        self.verdict.say(self._missing() if found is None else words(found))
        self.others.say("" if found is None else beside(found))
        self.worked.show_lines([] if found is None else lines(found))
        self.scale.show_spots([] if found is None else spots(found), subject.threshold)
        if found is None:
            for bars in (self.parts, self.first, self.second):
                bars.show_values(None)
        else:
            self.parts.show_values(found.parts[found.order], f"sum {found.distance:.4f}")
            largest = float(np.abs([found.first, found.second]).max())
            self.first.show_values(found.first[found.order], limit=largest)
            self.second.show_values(found.second[found.order], limit=largest)
        self._show_stale(subject.stale)
        self._check()

    def _show_stale(self, stale: bool) -> None:
        """What belongs to another picture, or to other settings, is faded until the new answer is there."""
        for part in (*self.crops, self.scale, self.parts, self.first, self.second):
            part.set_stale(stale)
        if self.verdict.property("role") != ("muted" if stale else ""):
            self.verdict.setProperty("role", "muted" if stale else "")
            self.verdict.style().polish(self.verdict)

    def _missing(self) -> str:
        subject = self._subject
        if subject.trouble:
            return subject.trouble
        if subject.faces is None or subject.people is None:
            return WAITING
        if not subject.people.people:
            return NOBODY
        return NO_PHOTO if self.stage.who is not None else NO_FACE

    def _check(self) -> None:
        found = self._found
        if not self._active or found is None:
            self._checking.drop()
        elif self._subject.live:
            self._checking.pause(LIVE)
        else:
            request = CheckDistance(found.first, found.second, found.distance)
            self._checking.want((id(found.first), found.photo.number, found.distance), lambda: request)

    def set_active(self, active: bool) -> None:
        self._active = active
        self._check()

    def facts(self) -> list[Fact]:
        who = self.stage.who
        return [] if who is None else face_facts(who, self._subject)

    def aside(self) -> QWidget | None:
        return None if self._found is None else self._badge

    @property
    def found(self) -> Verdict | None:
        """The claim on show."""
        return self._found

    @property
    def settled(self) -> bool:
        return self._found is None or not self._active or self._subject.live or self._checking.settled

    def table(self) -> Table | None:
        return None if self._found is None else table(self._found)

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(int)
    def _chosen(self, place: int) -> None:
        self.looked.emit(replace(self._settings, chosen=place))

    @Slot(object)
    def _face_pointed(self, place: int | None) -> None:
        everybody = self.stage.everybody
        inside = place is not None and place < len(everybody)
        self.pointed.emit(face_facts(everybody[place], self._subject) if inside and place is not None else [])

    @Slot(object)
    def _number_pointed(self, place: int | None) -> None:
        found = self._found
        inside = found is not None and place is not None and place < len(found.parts)
        self.pointed.emit(
            number_facts(found, place) if inside and found is not None and place is not None else []
        )

    @Slot(float)
    def _threshold_moved(self, value: float) -> None:
        self.sharedSet.emit({"threshold": value}, "threshold")
