"""The view "Enrol": a person who agrees is remembered, from the camera, from photos, or many from a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from engine.errors import ErrorReport, UserError
from engine.faces.gallery.requests import Change, Enrol
from engine.faces.requests import Faces
from gui.bridge import Bridge
from gui.pages.faces.consent import ConsentCard, consent_text
from gui.pages.faces.enrol.batch import Candidate, is_picture, of_folder, of_photos, why_not
from gui.pages.faces.enrol.batch_stage import BatchStage
from gui.pages.faces.enrol.controls import EnrolControls
from gui.pages.faces.enrol.guide import Guide
from gui.pages.faces.enrol.guided import Guided
from gui.pages.faces.enrol.reader import Reader
from gui.pages.faces.enrol.settings import EnrolSettings
from gui.pages.faces.names import shown
from gui.pages.faces.view import FacesView, Subject, Table
from gui.theme import space
from gui.widgets.facts import Fact

PICTURES: Final = "Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff *.gif);;All files (*)"


class EnrolView(FacesView):
    """Owns the guide, the batch that is being read, and what was asked of the gallery."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._subject = EnrolSettings(), Subject()
        self._guide = Guide()
        self._seen: Faces | None = None
        self._agreed = False
        self._asked: dict[int, tuple[str, int]] = {}
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
        self.card.cancelled.connect(self.card.hide)
        self.batch.named.connect(self.reader.set_name)
        self.batch.agreedChanged.connect(self._agreed_changed)
        self.batch.enrolAsked.connect(self._enrol)
        self.batch.allAsked.connect(self._enrol_all)
        self.batch.chooseAsked.connect(self._choose)
        self.reader.changed.connect(self._show_batch)

    # --- what a view gives -----------------------------------------------------------------------------------

    def controls(self) -> QWidget:
        return self._panel

    @property
    def needs_picture(self) -> bool:
        return self._settings.way == "guided"

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
            self._show_batch()

    def _leave(self) -> None:
        """Another way: what was read for the one before is forgotten, and so is the consent."""
        self.card.hide()
        self._agreed = False
        self._guide = Guide()
        self.reader.read((), self._subject.settings)

    def set_active(self, active: bool) -> None:
        if active:
            self.reader.go_on()
        else:
            self.reader.stop()

    def facts(self) -> list[Fact]:
        if self._settings.way != "guided":
            done, count = self.reader.progress
            good = sum(len(person.good) for person in self.reader.people)
            return [
                ("read", f"{done} of {count}", "Files, one after another."),
                ("can be used", f"{good}", "One face, large, sharp and bright enough."),
            ]
        faces = self._subject.faces
        if faces is None or not faces.faces:
            return []
        quality = faces.faces[0].quality
        turned = "not told"
        if quality.yaw is not None and quality.pitch is not None:
            turned = f"{quality.yaw:+.0f}°, {quality.pitch:+.0f}°"
        return [
            ("size", f"{quality.size:.0f} pixels", "The shorter side of the face."),
            ("sharpness", f"{quality.sharpness:.0f}", "Variance of the Laplacian of the crop."),
            ("light", f"{quality.light:.0f}", "Mean grey level, 0 to 255."),
            ("contrast", f"{quality.contrast:.0f}", "Standard deviation of the grey levels."),
            ("turned", turned, "Left or right, up or down; needs the five landmarks of YuNet."),
        ]

    @property
    def settled(self) -> bool:
        return not self.reader.busy

    def escape(self) -> bool:
        if self.card.isHidden():
            return False
        self.card.hide()
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
        """Photos of one person."""
        alone = len(paths) == 1 and bool(is_picture(Path(paths[0])))
        if self._settings.way == "guided" or alone:
            return False  # a film, say, becomes the picture
        people = self.reader.people
        before = people[0] if self._settings.way == "photos" and len(people) == 1 else None
        self._take("photos", of_photos(paths, before))
        return True

    def table(self) -> Table | None:
        rows = [
            (
                person.name,
                photo.path.name,
                "usable" if photo.face is not None else photo.refused or "not read",
            )
            for person in self.reader.people
            for photo in person.photos
        ]
        return (("person", "file", "verdict"), rows) if rows else None

    # --- guided ----------------------------------------------------------------------------------------------

    def _follow(self, subject: Subject) -> None:
        self.guided.stage.show_subject(subject, 0)
        faces = subject.faces
        if subject.live and faces is not None and not subject.stale and faces is not self._seen:
            self._seen = faces
            self._guide = self._guide.seen(faces.faces)
        self.guided.show_guide(self._guide, live=subject.live)

    @Slot()
    def _redo(self) -> None:
        self._guide = Guide()
        self.card.hide()
        self.guided.show_guide(self._guide, live=self._subject.live)

    @Slot()
    def _guided_done(self) -> None:
        subject = self._subject
        people = () if subject.people is None or not subject.at_home else subject.people.people
        self.card.ask("Whose face is it?", consent_text(subject), people)

    @Slot(object, str)
    def _card_agreed(self, person: int | None, name: str) -> None:
        faces = self._guide.taken
        if faces:
            self._go_home(scene=self._subject.scene)
            self._request(-1, Enrol(name, faces, self._subject.maker, ("camera",) * len(faces), True, person))

    # --- photos and folders ----------------------------------------------------------------------------------

    def _take(self, way: str, people: tuple[Candidate, ...]) -> None:
        if self._settings.way != way:
            self.changed.emit(replace(self._settings, way=way), "")  # type: ignore[arg-type]  # one of its values
        self._agreed = False
        self.reader.read(people, self._subject.settings)

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
            )  # fmt: skip
            self.factsChanged.emit()

    @Slot(bool)
    def _agreed_changed(self, on: bool) -> None:
        self._agreed = on
        self._show_batch()

    @Slot(int)
    def _enrol(self, place: int) -> None:
        candidate = self.reader.people[place]
        if not self._agreed or why_not(candidate) or place in {at for _, at in self._asked.values()}:
            return
        self._go_home(scene=False)
        faces = tuple(photo.face for photo in candidate.good if photo.face is not None)
        origins = tuple(photo.path.name for photo in candidate.good)
        self._request(place, Enrol(candidate.name, faces, self.reader.maker, origins, True))

    @Slot()
    def _enrol_all(self) -> None:
        for place, candidate in enumerate(self.reader.people):
            if not why_not(candidate):
                self._enrol(place)

    # --- the gallery -----------------------------------------------------------------------------------------

    def _go_home(self, *, scene: bool) -> None:
        """Drawn and real people are never mixed: each go into their own gallery."""
        if self._subject.drawn != scene:
            self.sharedSet.emit({"people": "drawn" if scene else "own"}, "")

    def _request(self, place: int, request: Enrol) -> None:
        self._asked[id(request.faces)] = request.name, place
        self.changeAsked.emit(request)

    def change_done(self, request: Change, answer: object) -> None:
        if not isinstance(request, Enrol) or id(request.faces) not in self._asked:
            return
        name, place = self._asked.pop(id(request.faces))
        if place >= 0:
            if place < len(self.reader.people):
                self.reader.set_done(place)
        else:
            self._redo()
        self.said.emit(f"{shown(name, 60)} is enrolled with {len(request.faces)} photos.", "info")

    def change_refused(self, request: Change, report: ErrorReport) -> None:
        if isinstance(request, Enrol):
            self._asked.pop(id(request.faces), None)
