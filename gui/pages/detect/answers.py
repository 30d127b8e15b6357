"""What the page asks the engine: which detectors there are, the finds of a picture or of what plays, and one cell."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from engine.detection.checks.requests import CheckCell
from engine.detection.folders.requests import ListPictures
from engine.detection.requests import (
    Annotated,
    Cell,
    CellLook,
    DetectLive,
    DetectorSettings,
    DetectPicture,
    ListDetectors,
    NotDetected,
)
from engine.images import Frame
from engine.jobs import ErrorReport, Priority
from engine.mailbox import Mailbox
from gui.bridge import Bridge, Channel
from gui.checking import Checking
from gui.latest import CANCELLED, Latest
from gui.question import Question


@dataclass(frozen=True, slots=True)
class _Subject:
    """What an answer belongs to. Frames and mailboxes compare by identity; holding them keeps identities unique."""

    detector: str
    picture: Frame | Mailbox[Frame]
    raw: bool
    settings: DetectorSettings | None = None


@dataclass(frozen=True, slots=True)
class _CellSubject:
    detector: str
    frame: Frame
    place: tuple[int, int, int]


class Answers(QObject):
    """Owns the page's questions. answered(Annotated or NotDetected, bool): whether it is about what is on show."""

    outdated = Signal()
    answered = Signal(object, bool)
    tracksBegin = Signal()
    """Another job looks at what plays: it numbers its things from 1 on."""
    failed = Signal(object)
    """The ErrorReport of what is on show: latest.CANCELLED where a person took the question back."""
    cell = Signal(object)
    """The Cell that is looked into."""
    cellFailed = Signal(object)
    listed = Signal(object)
    """tuple of DetectorStatus."""
    listFailed = Signal(object)
    pictures = Signal(object)
    """The PictureList of a folder."""
    picturesFailed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)

        def channel(name: str, priority: Priority = Priority.INTERACTIVE) -> Channel:
            return bridge.channel(f"detect.{name}", priority, self, handles_failures=True)

        live = channel("live", Priority.LIVE)
        self._still, self._cell = Latest(channel("still"), self), Latest(channel("cell"), self)
        self._live = Question(live, self)
        self.check = Checking(bridge, "detect.cell.check", self)
        self._list, self._folder = channel("list"), channel("folder")
        self._changes: Mailbox[DetectorSettings] = Mailbox()
        self._settings: DetectorSettings | None = None
        self._live_subject: _Subject | None = None
        self._refused: _Subject | None = None
        self._still.outdated.connect(self.outdated)
        self._still.answered.connect(self.answered)
        self._still.refused.connect(self.failed)
        self._live.outdated.connect(self.outdated)
        self._live.answered.connect(self._live_came)
        self._live.refused.connect(self._live_refused)
        live.cancelled.connect(self._live_cancelled)
        self._cell.answered.connect(self._cell_came)
        self._cell.refused.connect(self.cellFailed)
        self._list.done.connect(self.listed)
        self._list.failed.connect(self.listFailed)
        self._folder.done.connect(self.pictures)
        self._folder.failed.connect(self.picturesFailed)

    def list_detectors(self) -> None:
        """Ask which detectors there are."""
        self._list.ask(ListDetectors())

    def list_pictures(self, folder: str) -> None:
        """Ask which pictures lie in a folder."""
        self._folder.ask(ListPictures(folder))

    def want(self, detector: str, frame: Frame, settings: DetectorSettings, *, raw: bool) -> None:
        """A still picture is on show. Other settings on the same frame cost no run of the net."""
        self._drop_live()
        subject = _Subject(detector, frame, raw, settings)
        self._still.want(subject, lambda: DetectPicture(detector, frame, settings, raw), urgent=detector)

    def want_live(
        self, detector: str, frames: Mailbox[Frame], settings: DetectorSettings, *, raw: bool
    ) -> None:
        """A live source is on show. Other settings reach the job under way, whose tracks go on."""
        self._still.drop()
        subject = _Subject(detector, frames, raw)
        if subject == self._refused:
            return  # every frame would ask it again
        if subject != self._live_subject:
            self._live_subject, self._changes = subject, Mailbox()
            self.tracksBegin.emit()
        elif settings != self._settings:
            self._changes.put(settings)
        self._settings, changes = settings, self._changes
        self._live.want(subject, lambda: DetectLive(detector, frames, settings, changes=changes, raw=raw))

    def want_cell(self, detector: str, frame: Frame, grid: int, cell: tuple[int, int]) -> None:
        """One cell of a frame is looked into."""
        subject = _CellSubject(detector, frame, (grid, *cell))
        self._cell.want(subject, lambda: CellLook(detector, frame, grid, *cell), urgent=detector)

    def want_check(self, cell: Cell) -> None:
        """The numbers of this cell are on show."""
        self.check.want(cell, lambda: CheckCell(cell))

    def drop_cell(self) -> None:
        self._cell.drop()

    def again(self) -> None:
        """Ask anew what was cancelled or refused; the page says again what it wants."""
        self._drop_live()
        self._still.again()

    @property
    def settled(self) -> bool:
        """Whether all that is on show was answered (or refused)."""
        return self._still.settled and not self._cell.waiting

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self._drop_live()
        self._still.drop()
        self._cell.drop()
        self.check.drop()

    def _drop_live(self) -> None:
        self._live.drop()
        self._live_subject = self._refused = None

    @Slot(object)
    def _live_refused(self, report: ErrorReport) -> None:
        self._refused = self._live_subject
        self.failed.emit(report)

    @Slot(object)
    def _live_came(self, found: Annotated | NotDetected | None) -> None:
        if found is not None:  # None: the source has come to its end, which the page hears from the source
            self.answered.emit(found, True)

    @Slot()
    def _live_cancelled(self) -> None:
        if self._live.settled:  # else another question takes its place
            self._live_refused(CANCELLED)

    @Slot(object, bool)
    def _cell_came(self, cell: object, fresh: bool) -> None:
        if fresh:
            self.cell.emit(cell)
