"""What the page knows of its picture, its nets and its people: kept here, told to the views as one subject."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.faces.gallery.requests import Change, Reembed
from engine.faces.requests import EmbedderStatus, FaceModels, Faces, ListFaceModels, NotFound
from engine.images import Frame
from engine.jobs import ErrorReport
from engine.mailbox import Mailbox
from gui.bridge import Bridge
from gui.pages.faces.drawn_people import DrawnPeople
from gui.pages.faces.finding import Finding
from gui.pages.faces.meetings import Meetings
from gui.pages.faces.nets import here
from gui.pages.faces.people_here import PeopleHere
from gui.pages.faces.state import FacesState
from gui.pages.faces.view import Subject

ELSEWHERE: Final = "Another window changed the people of this computer; this one shows it now."
CAMERA: Final = "camera"
"""The origin of every photo by a camera, whatever the camera is called."""
USUAL: Final = 1.0
"""The threshold on show until the embedder has told its own."""


class Answers(QObject):
    """Owns finding, models and both galleries. changed(): there is something new; said(str, str): for the banner."""

    changed = Signal()
    facesCame = Signal()
    """There are other faces, and nothing else changed."""
    frameCame = Signal(object)
    """The Frame that was answered last."""
    said = Signal(str, str)
    notListed = Signal(str)
    """Why it is not known which nets there are."""
    changeDone = Signal(object, object)
    changeRefused = Signal(object, object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self.finding = Finding(bridge, self)
        self._folder = tempfile.TemporaryDirectory(prefix="convscope-faces-", ignore_cleanup_errors=True)
        drawn = Path(self._folder.name) / "drawn.sqlite3"
        self.galleries = {
            "drawn": PeopleHere(bridge, "drawn", self, drawn),
            "own": PeopleHere(bridge, "own", self),
        }
        self.models: FaceModels | None = None
        self.faces: Faces | None = None
        self.stale = False
        self.trouble = ""
        self.meetings = Meetings(self)
        self._drawn_people = DrawnPeople(bridge, self)
        self._drawn_people.found.connect(self.galleries["drawn"].ask)
        self._reembedding = ""
        self._list = bridge.channel("faces.models", parent=self, handles_failures=True)
        self._list.done.connect(self._listed)
        self._list.failed.connect(self._not_listed)
        self.finding.outdated.connect(self._outdated)
        self.finding.answered.connect(self._came)
        self.finding.failed.connect(self._failed)
        for people in self.galleries.values():
            people.changed.connect(self.changed)
            people.done.connect(self.changeDone)
            people.refused.connect(self._change_refused)
            people.unread.connect(self._unread)
        self.galleries["own"].elsewhere.connect(lambda: self.said.emit(ELSEWHERE, "info"))

    # --- what is known ---------------------------------------------------------------------------------------

    def embedder(self, state: FacesState) -> EmbedderStatus | None:
        """The status of the embedder in use, None until it is known."""
        listed = () if self.models is None else self.models.embedders
        return next((one for one in listed if one.name == state.embedder), None)

    def subject(self, state: FacesState, frame: Frame | None, *, live: bool) -> Subject:
        """All that the views look at."""
        status = self.embedder(state)
        threshold = state.threshold
        if threshold is None:
            threshold = USUAL if status is None else status.threshold
        faces = self.faces
        if faces is not None and not live and faces.frame is not frame:
            faces = None
        people = self.galleries[state.people]
        seen = frame if faces is None else faces.frame
        return Subject(
            frame=frame,
            faces=faces,
            stale=self.stale,
            trouble=self.trouble,
            live=live,
            people=people.snapshot,
            people_trouble=people.trouble,
            logging=self.meetings.on,
            drawn=state.people == "drawn",
            scene=state.source.kind == "preset",
            threshold=threshold,
            embedder=status,
            models=self.models,
            settings=state.face_settings,
            arriving=state.people == "drawn" and (self._drawn_people.awaited or people.busy),
            origin=CAMERA if state.source.kind == "camera" else "" if seen is None else seen.name,
        )

    # --- asking ----------------------------------------------------------------------------------------------

    def list_models(self) -> None:
        """Ask which nets there are: some may have come since."""
        self._list.ask(ListFaceModels())

    def want(
        self, state: FacesState, frame: Frame | None, frames: Mailbox[Frame] | None, *, liveness: bool
    ) -> None:
        """The page is in view and looks at this."""
        settings = state.face_settings
        if frames is not None:
            self.finding.want_live(frames, settings, liveness=liveness)
        elif frame is not None:
            self.finding.want(frame, settings)
        people = self.galleries[state.people]
        other = self.galleries["own" if state.people == "drawn" else "drawn"]
        other.set_active(False)
        people.set_active(True)
        self.keep_drawn(state)

    def keep_drawn(self, state: FacesState) -> None:
        """The drawn people are enrolled once, and get embeddings of every embedder that is chosen."""
        people, status = self.galleries["drawn"], self.embedder(state)
        if state.people != "drawn" or status is None or not here(status.weights) or people.snapshot is None:
            return
        if not self._drawn_people.begun:
            if not people.snapshot.people:  # else some of them came by another embedder, and lack this one's
                self._reembedding = status.name
            self._drawn_people.begin(status.name)
        elif status.name != self._reembedding and not self._drawn_people.busy:
            self._reembedding = status.name
            people.ask(Reembed(status.name))

    def change(self, state: FacesState, request: Change) -> None:
        """A change of the gallery on show."""
        self.galleries[state.people].ask(request)

    @property
    def settled(self) -> bool:
        """Whether pictures, nets and people are as the state wants them."""
        busy = self._drawn_people.busy or any(people.busy for people in self.galleries.values())
        return self.models is not None and not busy

    def rest(self) -> None:
        """The page is hidden."""
        self.finding.stop()
        self._drawn_people.stop()
        for people in self.galleries.values():
            people.set_active(False)

    def close(self) -> None:
        """The window closes: the drawn people go."""
        self.rest()
        self._folder.cleanup()

    # --- what comes ------------------------------------------------------------------------------------------

    @Slot(object)
    def _listed(self, models: FaceModels) -> None:
        self.models = models
        self.changed.emit()

    @Slot(object)
    def _not_listed(self, report: ErrorReport) -> None:
        self.notListed.emit(f"{report.sentence} {report.hint}".strip())

    @Slot()
    def _outdated(self) -> None:
        self.stale, self.trouble = True, ""

    @Slot(object, bool)
    def _came(self, found: Faces | NotFound, fresh: bool) -> None:
        if isinstance(found, NotFound):
            self.faces, self.stale, self.trouble = None, False, found.reason
        else:
            self.faces, self.stale, self.trouble = found, not fresh, ""
        self.frameCame.emit(found.frame)
        self.facesCame.emit()

    @Slot(object)
    def _failed(self, report: ErrorReport) -> None:
        self.faces, self.stale, self.trouble = None, False, f"{report.sentence} {report.hint}".strip()
        self.changed.emit()

    @Slot(object, object)
    def _change_refused(self, request: Change, report: ErrorReport) -> None:
        self.said.emit(f"{report.sentence} {report.hint}".strip(), "error")
        self.changeRefused.emit(request, report)

    @Slot(object)
    def _unread(self, _report: ErrorReport) -> None:
        """The page tells of it for as long as it lasts."""
        self.changed.emit()
