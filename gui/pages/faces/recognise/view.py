"""The view "Recognise": everybody in the picture has a name, or is unknown; a click looks into one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.faces.found import Face
from engine.faces.gallery.requests import Change, Enrol
from engine.faces.requests import Faces
from gui.bridge import Bridge
from gui.pages.base import Verb
from gui.pages.faces.consent import ConsentCard, consent_text
from gui.pages.faces.face_stage import FaceStage
from gui.pages.faces.names import added
from gui.pages.faces.recognise import saving
from gui.pages.faces.recognise.controls import RecogniseControls, verdict
from gui.pages.faces.recognise.face_panel import FacePanel
from gui.pages.faces.recognise.filming import Filming
from gui.pages.faces.recognise.group_strip import GroupStrip
from gui.pages.faces.recognise.resolve import Who, face_facts, table
from gui.pages.faces.recognise.settings import RecogniseSettings
from gui.pages.faces.recognise.unnamed import Unnamed
from gui.pages.faces.recognise.yes_no import YesNo
from gui.pages.faces.view import FacesView, Subject, Table, Taken
from gui.theme import space
from gui.widgets.facts import Fact
from gui.widgets.wrapped import Wrapped

LOW: Final = 620
"""Heights below which the picture would be too small beside all of the numbers."""
GROUPS: Final = "Faces without a name, alike ones together. Click a group to name all of it at once."


class RecogniseView(FacesView):
    """Owns the stage, the chosen face and the groups of unnamed ones."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._subject = RecogniseSettings(), Subject()
        self._asked: Taken | None = None
        self._agreed_to: set[tuple[Face, ...]] = set()
        self._filmed: Faces | None = None
        self._panel, self.stage, self.face = RecogniseControls(), FaceStage(), FacePanel()
        self.card, self.strip, self.about_groups = ConsentCard(), GroupStrip(), Wrapped()
        self.filming, self.yes_no = Filming(), YesNo(self.stage.view)
        self.stage.line.addWidget(self.filming)
        self.about_groups.say(GROUPS)
        self.unnamed = Unnamed(bridge, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.s, space.l, space.s)
        column.setSpacing(space.s)
        column.addWidget(self.stage, 1)
        for part in (self.face, self.card, self.about_groups, self.strip):
            column.addWidget(part)
        self.setFocusProxy(self.stage)
        self._connect()
        self._show_groups()

    def _connect(self) -> None:
        self._panel.changed.connect(self.changed)
        self.stage.chosen.connect(self._chosen)
        self.stage.pointedAt.connect(self._pointed)
        self.face.said.connect(self._said)
        self.face.nameAsked.connect(self._name_asked)
        self.face.scale.thresholdMoved.connect(self._threshold_moved)
        self.face.bars.pointed.connect(self._number_pointed)
        self.card.agreed.connect(self._agreed)
        self.card.cancelled.connect(self._given_up)
        self.strip.asked.connect(self._group_asked)
        self.unnamed.changed.connect(self._show_groups)
        self.yes_no.said.connect(self._said)
        self.stage.moved.connect(self._place_yes_no)
        self.filming.tape.said.connect(self.said)
        self.filming.tape.began.connect(self._film)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.strip.set_low(self._low)
        self._arrange()

    @property
    def _low(self) -> bool:
        return self.height() < LOW

    def _arrange(self) -> None:
        """In a low window the words about the groups go, and while a name is asked for all but the picture."""
        low, groups, asks = self._low, bool(self.unnamed.groups), not self.card.isHidden()
        self.about_groups.setVisible(groups and not low)
        self.strip.setVisible(groups and not (low and asks))
        self.face.setVisible(not (low and asks))
        self.face.set_compact(low or asks)
        self._place_yes_no()

    @Slot()
    def _place_yes_no(self) -> None:
        """Beside the chosen face, where it has a name that can be right or wrong."""
        who, view = self.stage.who, self.stage.view
        seen = who is not None and self.stage.place is not None and not self._subject.stale
        if who is None or not (seen and who.known and self._subject.at_home and self.card.isHidden()):
            self.yes_no.hide()
            return
        left, top, right, bottom = who.face.box
        face = view.transform().mapRect(QRectF(left, top, right - left, bottom - top))
        self.yes_no.ask(who.name, face, view.picture_rect())

    # --- what a view gives -----------------------------------------------------------------------------------

    def controls(self) -> QWidget:
        return self._panel

    def will_want_liveness(self, settings: Any) -> bool:
        return bool(settings.liveness)

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._settings, self._subject = settings, subject
        liveness = None if subject.faces is None else subject.faces.liveness
        self._panel.show_settings(settings, liveness)
        everybody = self.stage.show_subject(subject, settings.chosen)
        self.face.show_who(self.stage.who, subject, in_sight=self.stage.place is not None)
        self._place_yes_no()
        self.filming.setVisible(subject.live or self.filming.tape.running)
        if subject.faces is not self._filmed:
            self._film()
        if settings.gather:
            self.unnamed.follow(subject, everybody)
        else:
            self.unnamed.clear()

    @property
    def shown(self) -> tuple[Faces | None, tuple[Who, ...]]:
        """The faces on show, and who they are."""
        return self._subject.faces, self.stage.everybody

    @Slot()
    def _film(self) -> None:
        """What is on show now belongs to the film, where there is one."""
        faces, everybody = self.shown
        self._filmed = faces
        if faces is not None and self.filming.tape.running and not self._subject.stale:
            self.filming.tape.add(lambda: saving.named(faces, everybody))

    def set_active(self, active: bool) -> None:
        if not active:
            self._given_up()
            self.filming.tape.stop()

    def close_view(self) -> None:
        self.filming.tape.close()

    def verbs(self) -> list[Verb]:
        return saving.verbs(self)

    def facts(self) -> list[Fact]:
        who, faces = self.stage.who, self._subject.faces
        rows = [] if who is None else face_facts(who, self._subject)
        if faces is not None and faces.liveness is not None:
            rows.append(("liveness", verdict(faces.liveness), "A demonstration, of the largest face."))
        return rows

    @property
    def settled(self) -> bool:
        return self.unnamed.settled

    def escape(self) -> bool:
        if not self.card.isHidden():
            self._given_up()
            return True
        return False

    def table(self) -> Table | None:
        return table(self.stage.everybody, self._subject) if self._subject.faces is not None else None

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(int)
    def _chosen(self, place: int) -> None:
        self.looked.emit(replace(self._settings, chosen=place))
        self.show_subject(
            self._subject, self._settings
        )  # another face may stand at the place that was set before

    @Slot(object)
    def _pointed(self, place: int | None) -> None:
        everybody = self.stage.everybody
        inside = place is not None and place < len(everybody)
        self.pointed.emit(face_facts(everybody[place], self._subject) if inside and place is not None else [])

    @Slot(object)
    def _number_pointed(self, at: int | None) -> None:
        values = self.face.bars.values
        if at is None or at >= len(values):
            self.pointed.emit([])
        else:
            self.pointed.emit(
                [
                    (
                        f"f{at}",
                        f"{values[at]:+.4f}",
                        "One of the numbers of the embedding; their squares add up to 1.",
                    )
                ]
            )

    @Slot(float)
    def _threshold_moved(self, value: float) -> None:
        self.sharedSet.emit({"threshold": value}, "threshold")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        asked = self.face.yes.isVisible() and not event.modifiers()
        if asked and key in (Qt.Key.Key_Y, Qt.Key.Key_N):
            self._said(key is Qt.Key.Key_Y)
        elif key is Qt.Key.Key_V and not event.modifiers() and self.filming.isVisible():
            self.filming.tape.toggle()
        else:
            super().keyPressEvent(event)

    # --- names -----------------------------------------------------------------------------------------------

    def _ask(
        self,
        faces: Sequence[Face],
        title: str,
        taken: Taken | None = None,
        *,
        chosen: int | None = None,
        but: int | None = None,
    ) -> None:
        subject = self._subject
        self._asked = subject.taken if taken is None else taken
        home = self._asked.scene == subject.drawn
        people = subject.people.people if subject.people is not None and home else ()
        text = consent_text(replace(subject, scene=self._asked.scene))
        self.card.ask(faces, title, text, [one for one in people if one.number != but], chosen)
        self._arrange()

    @Slot(bool)
    def _said(self, right: bool) -> None:
        who = self.stage.who
        if who is None or who.identity is None or who.identity.person is None:
            return
        if right:
            self._ask([who.face], "This face joins the photos of:", chosen=who.identity.person)
        else:
            second = who.identity.runner_up
            guess = None if second is None else second.person
            self._ask([who.face], "Who is it?", chosen=guess, but=who.identity.person)

    @Slot()
    def _name_asked(self) -> None:
        if self.stage.face is not None:
            self._ask([self.stage.face], "Whose face is it?")

    @Slot(object)
    def _group_asked(self, faces: tuple[Face, ...]) -> None:
        title = "Whose face is it?" if len(faces) == 1 else f"Whose {len(faces)} faces are these?"
        self._ask(faces, title, self.unnamed.source)

    @Slot(object, str)
    def _agreed(self, person: int | None, name: str) -> None:
        asked, self._asked = self._asked, None
        self._arrange()
        if asked is None:
            return
        faces = self.card.faces
        if asked.scene != self._subject.drawn:
            self.sharedSet.emit({"people": "drawn" if asked.scene else "own"}, "")
        self._agreed_to.add(faces)
        self.changeAsked.emit(Enrol(name, faces, asked.maker, (asked.origin,) * len(faces), True, person))

    def change_done(self, request: Change, answer: object) -> None:
        if isinstance(request, Enrol) and request.faces in self._agreed_to:
            self._agreed_to.discard(request.faces)
            self.said.emit(added(request, answer), "info")

    def change_refused(self, request: Change, report: ErrorReport) -> None:
        if isinstance(request, Enrol):
            self._agreed_to.discard(request.faces)

    @Slot()
    def _given_up(self) -> None:
        self._asked = None
        self.card.put_away()
        self._arrange()

    @Slot()
    def _show_groups(self) -> None:
        groups = self.unnamed.groups
        self.strip.show_groups(groups)
        self._arrange()
