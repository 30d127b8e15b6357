"""What the view "Occlusion" asks the engine: one place while a hand moves, and all of them when it rests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.images import Frame
from engine.inside.occlusion.occluder import Occluder
from engine.inside.occlusion.requests import Occlude, SweepOcclusion
from engine.jobs import Priority
from gui.bridge import Bridge
from gui.latest import CANCELLED, Latest
from gui.pages.units.occlusion.settings import OcclusionSettings
from gui.pages.units.view import Subject
from gui.question import Question

QUIET_MS: Final = 350
"""How long a hand has to rest before the sweep begins."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What a single answer belongs to. Frames compare by identity; holding them keeps identities unique."""

    net: str
    layer: str
    channel: int | None
    frame: Frame
    occluder: Occluder
    row: float
    column: float


@dataclass(frozen=True, slots=True)
class _Maps:
    """What a sweep belongs to."""

    net: str
    layer: str
    channel: int | None
    frame: Frame
    occluder: Occluder
    target: int | None
    stride: float


class OcclusionAnswers(QObject):
    """Owns both questions. placed(Occluded, bool): whether it is about what is on show; swept(Sweep): partly or whole.

    refused(ErrorReport, bool): of the place, or of the sweep (True). CANCELLED where a person took it back.
    """

    outdated = Signal()
    placed = Signal(object, bool)
    mapsOutdated = Signal()
    swept = Signal(object)
    refused = Signal(object, bool)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        hand = bridge.channel("units.occlusion.hand", Priority.INTERACTIVE, self, handles_failures=True)
        sweep = bridge.channel("units.occlusion.sweep", Priority.LONG, self, handles_failures=True)
        self._hand, self._sweep = Latest(hand, self), Question(sweep, self, QUIET_MS)
        self._hand.outdated.connect(self.outdated)
        self._hand.answered.connect(self.placed)
        self._hand.refused.connect(self._hand_refused)
        self._sweep.outdated.connect(self.mapsOutdated)
        self._sweep.answered.connect(self.swept)
        self._sweep.refused.connect(self._sweep_refused)
        sweep.cancelled.connect(self._sweep_cancelled)

    def want(self, subject: Subject, settings: OcclusionSettings, place: tuple[float, float]) -> None:
        """This is on show; nothing is asked while its picture is on its way, and no sweep of what plays."""
        frame = subject.frame
        if frame is None:
            return
        channel = None if settings.strongest else subject.channel
        occluder = settings.occluder
        single = _Place(subject.net, subject.layer, channel, frame, occluder, *place)
        self._hand.want(
            single,
            lambda: Occlude(single.net, frame, single.layer, channel, occluder, single.row, single.column),
            urgent=(subject.net, subject.layer),
        )
        if subject.frames is not None:
            self._sweep.drop()
            return
        maps = _Maps(subject.net, subject.layer, channel, frame, occluder, settings.target, settings.stride)
        self._sweep.want(
            maps,
            lambda: SweepOcclusion(maps.net, frame, maps.layer, channel, maps.target, occluder, maps.stride),
        )

    def again(self, subject: Subject, settings: OcclusionSettings, place: tuple[float, float]) -> None:
        """Begin a sweep that was cancelled anew."""
        self._sweep.drop()
        self.want(subject, settings, place)

    def drop(self) -> None:
        """Out of view: nothing may keep the engine busy."""
        self._hand.drop()
        self._sweep.drop()

    @property
    def settled(self) -> bool:
        """Whether the place on show was answered, and its sweep."""
        return self._hand.settled and self._sweep.settled

    @Slot(object)
    def _hand_refused(self, report: object) -> None:
        self.refused.emit(report, False)

    @Slot(object)
    def _sweep_refused(self, report: object) -> None:
        self.refused.emit(report, True)

    @Slot()
    def _sweep_cancelled(self) -> None:
        if self._sweep.settled:  # else another question takes its place
            self.refused.emit(CANCELLED, True)
