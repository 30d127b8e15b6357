"""What the view asks the engine: the search at once, the nets when the hand rests, a check of every pooled box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.detection.proposals.requests import (
    ClassifyCrops,
    ClassifyPooled,
    FindProposals,
    Method,
    Pooling,
    ProposeByNet,
    Search,
)
from engine.detection.proposals.settings import SearchSettings
from engine.images import Frame
from engine.jobs import ErrorReport, Priority
from engine.networks.requests import ListWeights
from gui.bridge import Bridge
from gui.latest import CANCELLED, Latest
from gui.question import Question

QUIET_MS: Final = 250


@dataclass(frozen=True, slots=True)
class _Picture:
    """What a search belongs to; frames compare by identity."""

    frame: Frame
    settings: SearchSettings


@dataclass(frozen=True, slots=True)
class _Run:
    """What a run of a net belongs to; a search compares by identity."""

    search: Search
    net: str
    count: int
    enlarged: float = 0.0
    pooling: Pooling = "max"


class ProposalAnswers(QObject):
    """searched(Search, bool): whether it is about what is on show. ran(RegionRun): partly or whole.

    refused(ErrorReport); runRefused(method, ErrorReport), CANCELLED where a person took it back.
    """

    outdated = Signal()
    searched = Signal(object, bool)
    refused = Signal(object)
    runOutdated = Signal(str)
    ran = Signal(object)
    runRefused = Signal(str, object)
    listed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        search = bridge.channel("boxes.proposals", Priority.INTERACTIVE, self, handles_failures=True)
        self._search = Latest(search, self)
        self._search.outdated.connect(self.outdated)
        self._search.answered.connect(self.searched)
        self._search.refused.connect(self.refused)
        self._list = bridge.channel(
            "boxes.proposals.weights", Priority.INTERACTIVE, self, handles_failures=True
        )
        self._list.done.connect(self.listed)
        self._runs = {method: _Asked(bridge, method, self) for method in ("rcnn", "fast", "faster")}
        for run in self._runs.values():
            run.outdated.connect(self.runOutdated)
            run.ran.connect(self.ran)
            run.refused.connect(self.runRefused)

    def list_weights(self) -> None:
        """Ask which nets there are."""
        self._list.ask(ListWeights())

    def want_search(self, frame: Frame, settings: SearchSettings) -> None:
        """This picture is on show."""
        self._search.want(_Picture(frame, settings), lambda: FindProposals(frame, settings))

    def want_crops(self, search: Search, net: str, count: int) -> None:
        """R-CNN is on show."""
        boxes = search.proposals.boxes[:count]
        self._runs["rcnn"].want(_Run(search, net, count), ClassifyCrops(net, search.picture, boxes))

    def want_pooled(self, search: Search, net: str, count: int, enlarged: float, pooling: Pooling) -> None:
        """Fast R-CNN is on show."""
        boxes = search.proposals.boxes[:count]
        request = ClassifyPooled(net, search.picture, boxes, enlarged, pooling)
        self._runs["fast"].want(_Run(search, net, count, enlarged, pooling), request)

    def want_faster(self, search: Search, architecture: str) -> None:
        """Faster R-CNN is on show."""
        subject = (search.request.frame, architecture)  # which does not depend on the search
        self._runs["faster"].want(subject, ProposeByNet(architecture, search.picture))

    def drop_runs(self, *methods: Method) -> None:
        """These methods are out of sight."""
        for method in methods:
            self._runs[method].drop()

    def again(self) -> None:
        """Begin anew what was cancelled."""
        for run in self._runs.values():
            run.again()

    def drop(self) -> None:
        """Out of view: nothing may keep the engine busy."""
        self._search.drop()
        self.drop_runs("rcnn", "fast", "faster")

    @property
    def search_settled(self) -> bool:
        return self._search.settled

    def run_settled(self, *methods: Method) -> bool:
        """Whether these methods are through, or never will be."""
        return all(self._runs[method].settled for method in methods)


class _Asked(QObject):
    """One method's question. All signals begin with the method's name, `ran` is a RegionRun."""

    outdated = Signal(str)
    ran = Signal(object)
    refused = Signal(str, object)

    def __init__(self, bridge: Bridge, method: str, parent: QObject) -> None:
        super().__init__(parent)
        self._method = method
        channel = bridge.channel(f"boxes.proposals.{method}", Priority.LONG, self, handles_failures=True)
        self._question = Question(channel, self, QUIET_MS)
        self._cancelled = False
        self._last: tuple[object, object] | None = None
        self._question.outdated.connect(self._outdated)
        self._question.answered.connect(self.ran)
        self._question.refused.connect(self._refused)
        channel.cancelled.connect(self._was_cancelled)

    @property
    def settled(self) -> bool:
        return self._question.settled

    def want(self, subject: object, request: object) -> None:
        self._last = subject, request
        self._question.want(subject, lambda: request)

    def again(self) -> None:
        """Ask once more what a person cancelled."""
        if self._cancelled and self._last is not None:
            subject, request = self._last
            self._question.drop()
            self._question.want(subject, lambda: request)

    def drop(self) -> None:
        self._question.drop()

    @Slot()
    def _outdated(self) -> None:
        self._cancelled = False
        self.outdated.emit(self._method)

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self.refused.emit(self._method, report)

    @Slot()
    def _was_cancelled(self) -> None:
        if self._question.settled:  # else another question takes its place
            self._cancelled = True
            self.refused.emit(self._method, CANCELLED)
