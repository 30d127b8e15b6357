"""What the page of feature maps asks the engine: maps of a still or a live picture, of a second one, and filters."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from engine.images import Frame
from engine.inside.maps.requests import LiveMaps, LookAtFilters, LookAtMaps, Maps, NoMaps, Wanted
from engine.jobs import ErrorReport, Priority
from engine.mailbox import Mailbox
from engine.sources import LoadSample, OpenPicture
from gui.bridge import Bridge
from gui.latest import CANCELLED, Latest
from gui.question import Question
from gui.widgets.paper import render
from gui.widgets.source_state import SourceState


@dataclass(frozen=True, slots=True)
class _Subject:
    """What an answer belongs to. Frames and mailboxes compare by identity; holding them keeps identities unique."""

    net: str
    what: Wanted | tuple[str, int]
    picture: Frame | Mailbox[Frame]


class Answers(QObject):
    """Owns the page's questions. answered(Maps or NoMaps, bool): whether it is about what is on show."""

    outdated = Signal()
    answered = Signal(object, bool)
    failed = Signal(object)
    """The ErrorReport of what is on show."""
    beside = Signal(object)
    """The Maps of the second picture."""
    besideFailed = Signal(object)
    filtersOutdated = Signal()
    filters = Signal(object, bool)
    filtersFailed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)

        def channel(name: str, priority: Priority = Priority.INTERACTIVE) -> Latest:
            return Latest(bridge.channel(f"maps.{name}", priority, self, handles_failures=True), self)

        self._still, self._beside, self._filters = channel("still"), channel("beside"), channel("filters")
        live = bridge.channel("maps.live", Priority.LIVE, self, handles_failures=True)
        self._live = Question(live, self)
        self._still.outdated.connect(self.outdated)
        self._still.answered.connect(self.answered)
        self._still.refused.connect(self.failed)
        self._live.outdated.connect(self.outdated)
        self._live.answered.connect(self._live_came)
        self._live.refused.connect(self.failed)
        live.cancelled.connect(self._live_cancelled)
        self._beside.answered.connect(self._beside_came)
        self._beside.refused.connect(self.besideFailed)
        self._filters.outdated.connect(self.filtersOutdated)
        self._filters.answered.connect(self.filters)
        self._filters.refused.connect(self.filtersFailed)

    def want(self, net: str, wanted: Wanted, frame: Frame) -> None:
        """A still picture is on show."""
        self._live.drop()
        subject = _Subject(net, wanted, frame)
        self._still.want(subject, lambda: LookAtMaps(net, frame, wanted), urgent=(net, wanted.layer))

    def want_live(self, net: str, wanted: Wanted, frames: Mailbox[Frame]) -> None:
        """A live source is on show: maps of whatever frame is the newest."""
        self._still.drop()
        self._live.want(_Subject(net, wanted, frames), lambda: LiveMaps(net, frames, wanted))

    def want_beside(self, net: str, wanted: Wanted, frame: Frame) -> None:
        """The maps of the second picture, too."""
        subject = _Subject(net, wanted, frame)
        self._beside.want(subject, lambda: LookAtMaps(net, frame, wanted), urgent=(net, wanted.layer))

    def drop_beside(self) -> None:
        self._beside.drop()

    def want_filters(self, net: str, layer: str, channel: int, frame: Frame) -> None:
        """What the map of a unit is made of."""
        subject = _Subject(net, (layer, channel), frame)
        self._filters.want(
            subject, lambda: LookAtFilters(net, layer, channel, frame), urgent=(net, layer, channel)
        )

    def drop_filters(self) -> None:
        self._filters.drop()

    def again(self) -> None:
        """Ask anew what was cancelled."""
        self._still.again()

    @property
    def settled(self) -> bool:
        """Whether all that is on show was answered (or refused)."""
        return self._still.settled and not self._beside.waiting and not self._filters.waiting

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self._live.drop()
        for question in (self._still, self._beside, self._filters):
            question.drop()

    @Slot(object)
    def _live_came(self, found: Maps | NoMaps | None) -> None:
        if found is not None:  # None: the source has come to its end, which the page hears from the source
            self.answered.emit(found, True)

    @Slot()
    def _live_cancelled(self) -> None:
        if self._live.settled:  # else another question takes its place
            self.failed.emit(CANCELLED)

    @Slot(object, bool)
    def _beside_came(self, found: Maps, _fresh: bool) -> None:
        self.beside.emit(found)


class StillPicture(QObject):
    """Fetches the second picture: arrived() when `frame` is there, failed(ErrorReport) when it cannot be had."""

    arrived = Signal()
    failed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._channel = bridge.channel(
            "maps.second picture", Priority.INTERACTIVE, self, handles_failures=True
        )
        self._source: SourceState | None = None
        self.frame: Frame | None = None
        self._channel.done.connect(self._came)
        self._channel.failed.connect(self._refused)

    @property
    def waiting(self) -> bool:
        return self._source is not None and self.frame is None

    def want(self, source: SourceState | None) -> None:
        """This picture, or none."""
        if source == self._source:
            return
        self._source, self.frame = source, None
        self._channel.cancel()
        if source is None:
            return
        if source.kind == "drawing":
            self.frame = Frame(render(source.strokes, ink=source.value or "dark"), "Drawing")
            self.arrived.emit()
        else:
            self._channel.ask(
                LoadSample(source.value) if source.kind == "sample" else OpenPicture(source.value)
            )

    def keep(self, source: SourceState, frame: Frame) -> None:
        """This picture, which is here already."""
        self._channel.cancel()
        self._source, self.frame = source, frame

    @Slot(object)
    def _came(self, frame: Frame) -> None:
        self.frame = frame
        self.arrived.emit()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self.failed.emit(report)
