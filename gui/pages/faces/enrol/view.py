"""The view "Enrol": a person who agrees is remembered, from the camera, from photos, or many from a folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from engine.errors import ErrorReport, UserError
from engine.faces.gallery.requests import Change, Enrol
from engine.faces.requests import Faces
from gui.bridge import Bridge
from gui.pages.faces.consent import ConsentCard, consent_text
from gui.pages.faces.enrol import words
from gui.pages.faces.enrol.asked import GUIDED, Asked
from gui.pages.faces.enrol.batch import MOST_PHOTOS, Candidate, is_picture, of_folder, of_photos, why_not
from gui.pages.faces.enrol.batch_stage import BatchStage
from gui.pages.faces.enrol.controls import EnrolControls
from gui.pages.faces.enrol.guide import Guide
from gui.pages.faces.enrol.guided import Guided
from gui.pages.faces.enrol.reader import Reader
from gui.pages.faces.enrol.settings import EnrolSettings
from gui.pages.faces.view import FacesView, Subject, Table, Taken
from gui.theme import space
from gui.widgets.facts import Fact

PICTURES: Final = "Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff *.gif *.pgm *.ppm);;All files (*)"
TOO_MANY: Final = f"Only the first {MOST_PHOTOS:,} photos are read: enrol these, then choose the others."
LOW: Final = 520
"""Heights below which the picture would be too small beside all that belongs to the guide."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the views of a guided enrolment come from: whose numbers they have, which film it is, what found them."""

    taken: Taken = field(default_factory=Taken)
    detector: str = ""


class EnrolView(FacesView):
    """Owns the guide, the batch that is being read, and what was asked of the gallery."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._subject = EnrolSettings(), Subject()
        self._guide = Guide()
        self._seen: Faces | None = None
        self._source = Source()
        self._agreed = False
        self._asked = Asked()
        self._panel, self.guided, self.batch = EnrolControls(), Guided(), BatchStage()
        self.card = ConsentCard()
        self.reader = Reader(bridge, self)
        self.parts = QStackedWidget()
        self.parts.addWidget(self.guided)
        self.parts.addWidget(self.batch)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.s, space.l, space.s)
        column.setSpacing(space.s)
        column.addWidget(self.parts, 1)
        column.addWidget(self.card)
        self.setFocusProxy(self.parts)
        self._connect()

    def _connect(self) -> None:
        self._panel.changed.connect(self.changed)
        self.guided.redoAsked.connect(self._redo)
        self.guided.doneAsked.connect(self._guided_done)
        self.card.agreed.connect(self._card_agreed)
        self.card.cancelled.connect(self.escape)
        self.batch.named.connect(self.reader.set_name)
        self.batch.agreedChanged.connect(self._agreed_changed)
        self.batch.enrolAsked.connect(self._enrol)
        self.batch.allAsked.connect(self._enrol_all)
        self.batch.chooseAsked.connect(self._choose)
        self.batch.stopAsked.connect(self.reader.give_up)
        self.reader.changed.connect(self._show_batch)

    # --- what a view gives -----------------------------------------------------------------------------------

    def controls(self) -> QWidget:
        return self._panel

    @property
    def needs_picture(self) -> bool:
        return self.will_need_picture(self._settings)

    def will_need_picture(self, settings: Any) -> bool:
        return bool(settings.way == "guided")

    def show_subject(self, subject: Subject, settings: Any) -> None:
        if settings.way != self._settings.way:
            self._leave()
        self._settings, self._subject = settings, subject
        self._panel.show_settings(settings)
        if settings.way == "guided":
            self.parts.setCurrentWidget(self.guided)
            self._follow(subject)
        else:
            self.parts.setCurrentWidget(self.batch)
            self.reader.follow(subject.settings)
            self._show_batch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        self.guided.set_low(self.height() < LOW, asks=not self.card.isHidden())

    def _leave(self) -> None:
        """Another way: what was read for the one before is forgotten, and so is the consent."""
        self._agreed = False
        self._redo()
        self.reader.read((), self._subject.settings)

    def set_active(self, active: bool) -> None:
        if active:
            self.reader.go_on()
        else:
            self.reader.stop()

    def facts(self) -> list[Fact]:
        if self._settings.way != "guided":
            return words.batch_facts(self.reader.people, self.reader.progress)
        faces = self._subject.faces
        return words.face_facts(faces.faces[0].quality) if faces is not None and faces.faces else []

    @property
    def settled(self) -> bool:
        return not self.reader.busy

    @Slot()
    def escape(self) -> bool:
        if self.card.isHidden():
            return False
        self.card.put_away()
        self._arrange()
        return True

    def open_folder(self, path: Path) -> bool:
        """One sub-folder a person."""
        try:
            people = of_folder(path)
        except UserError as error:
            self.said.emit(str(error), "warn")
            return True
        self._take("folder", people)
        return True

    def open_photos(self, paths: Sequence[Path]) -> bool:
        """Photos of one person; a film stands in for the camera."""
        if len(paths) == 1 and is_picture(Path(paths[0])):
            self._go("guided")
            return False  # it becomes the picture
        people = self.reader.people
        before = people[0] if self._settings.way == "photos" and len(people) == 1 else None
        self._take("photos", of_photos(paths, before))
        return True

    def table(self) -> Table | None:
        return words.table(self.reader.people)

    # --- guided ----------------------------------------------------------------------------------------------

    def _follow(self, subject: Subject) -> None:
        self.guided.stage.show_subject(subject, 0)
        faces = subject.faces
        if subject.live and faces is not None and not subject.stale and faces is not self._seen:
            self._seen = faces
            self._begin_anew_for(Source(subject.taken, faces.settings.detector))
            self._guide = self._guide.seen(faces.faces)
        self.guided.show_guide(self._guide, live=subject.live)

    def _begin_anew_for(self, source: Source) -> None:
        """Views of another film, or that other nets found and embedded, are not mixed."""
        if source != self._source:
            self._source = source
            self._redo()

    @Slot()
    def _redo(self) -> None:
        self._guide = Guide()
        self.escape()
        self.guided.show_guide(self._guide, live=self._subject.live)

    @Slot()
    def _guided_done(self) -> None:
        subject = self._subject
        people = () if subject.people is None or not subject.at_home else subject.people.people
        self.card.ask(self._guide.taken, "Whose face is it?", consent_text(subject), people)
        self._arrange()

    @Slot(object, str)
    def _card_agreed(self, person: int | None, name: str) -> None:
        self._arrange()
        faces, taken = self.card.faces, self._source.taken
        if not faces:
            return
        self._go_home(scene=False)  # nothing drawn plays
        self._request(GUIDED, Enrol(name, faces, taken.maker, (taken.origin,) * len(faces), True, person))

    # --- photos and folders ----------------------------------------------------------------------------------

    def _go(self, way: str) -> None:
        if self._settings.way != way:
            self.changed.emit(replace(self._settings, way=way), "")  # type: ignore[arg-type]  # one of its values

    def _take(self, way: str, people: tuple[Candidate, ...]) -> None:
        self._go(way)
        self._agreed = False
        self.reader.read(people, self._subject.settings)
        if sum(len(one.photos) for one in people) >= MOST_PHOTOS:
            self.said.emit(TOO_MANY, "warn")

    @Slot()
    def _choose(self) -> None:
        if self._settings.way == "folder":
            folder = QFileDialog.getExistingDirectory(self, "A folder with one sub-folder a person")
            if folder:
                self.open_folder(Path(folder))
        else:
            paths, _ = QFileDialog.getOpenFileNames(self, "Photos of one person", "", PICTURES)
            if paths:
                self.open_photos([Path(path) for path in paths])

    @Slot()
    def _show_batch(self) -> None:
        if self._settings.way != "guided":
            self.batch.show_batch(
                self._settings.way, self.reader.people, agreed=self._agreed,
                text=consent_text(replace(self._subject, scene=False)), progress=self.reader.progress,
                known=self._own_people(),
            )  # fmt: skip
            self.factsChanged.emit()

    @Slot(bool)
    def _agreed_changed(self, on: bool) -> None:
        self._agreed = on
        self._show_batch()

    @Slot(int)
    def _enrol(self, place: int) -> None:
        candidate = self.reader.people[place]
        if not self._agreed or why_not(candidate) or self._asked.waits(place):
            return
        self._go_home(scene=False)
        origins = tuple(photo.path.name for photo in candidate.good)
        person = self._own_people().get(candidate.name)
        self._request(place, Enrol(candidate.name, candidate.faces, self.reader.maker, origins, True, person))

    @Slot()
    def _enrol_all(self) -> None:
        for place, candidate in enumerate(self.reader.people):
            if not why_not(candidate):
                self._enrol(place)

    # --- the gallery -----------------------------------------------------------------------------------------

    def _own_people(self) -> dict[str, int]:
        """The numbers of one's own people, as far as they are known, by names that only one of them has."""
        people = () if self._subject.people is None or self._subject.drawn else self._subject.people.people
        times = Counter(one.name for one in people)
        return {one.name: one.number for one in people if times[one.name] == 1}

    def _go_home(self, *, scene: bool) -> None:
        """Drawn and real people are never mixed: each go into their own gallery."""
        if self._subject.drawn != scene:
            self.sharedSet.emit({"people": "drawn" if scene else "own"}, "")

    def _request(self, place: int, request: Enrol) -> None:
        self._asked.ask(request, place)
        self.changeAsked.emit(request)

    def change_done(self, request: Change, answer: object) -> None:
        place = self._asked.place_of(request)
        if place is None or not isinstance(request, Enrol):
            return
        if place == GUIDED:
            self._redo()
        else:
            self.reader.set_done(place, request.faces)
        self._say(self._asked.done(request, answer))

    def change_refused(self, request: Change, report: ErrorReport) -> None:
        if isinstance(request, Enrol) and self._asked.place_of(request) is not None:
            self._say(self._asked.refused(request))

    def _say(self, sentence: str) -> None:
        if sentence:
            self.said.emit(sentence, "info")
