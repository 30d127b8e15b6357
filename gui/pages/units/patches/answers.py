"""What the view asks the engine: that a collection is looked through, a unit's patches, and one whole picture."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import ErrorReport
from engine.images import Frame
from engine.inside.patches.requests import (
    FindPatches,
    MinePatches,
    MiningReport,
    OpenPatchPicture,
    UnitPatches,
)
from engine.jobs import Priority, Progress
from gui.bridge import Bridge
from gui.latest import Latest
from gui.question import Question

GROWTH = 2
"""A unit is looked up anew whenever so many times as many pictures were looked at, and at the end."""


class Answers(QObject):
    """Owns the view's questions. found(UnitPatches, bool): whether it is about the unit on show."""

    mined = Signal(object)
    miningChanged = Signal()
    progressed = Signal(object)
    miningFailed = Signal(object)
    outdated = Signal()
    found = Signal(object, bool)
    findFailed = Signal(object)
    opened = Signal(object)
    openFailed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._mining = bridge.channel("units.patches.mine", Priority.LONG, self, handles_failures=True)
        self._finding = bridge.channel(
            "units.patches.find", Priority.INTERACTIVE, self, handles_failures=True
        )
        opening = bridge.channel("units.patches.open", Priority.INTERACTIVE, self, handles_failures=True)
        self._mine, self._open = Question(self._mining, self), Question(opening, self)
        self._find = Latest(self._finding, self)
        self._report: MiningReport | None = None
        self._wanted: FindPatches | None = None
        self._known_at = 0
        self._chosen: MinePatches | None = None
        self._stopped = False
        self._mine.answered.connect(self._mining_told)
        self._mine.refused.connect(self._mining_refused)
        self._mining.progress.connect(self._progress)
        self._mining.cancelled.connect(self._mining_cancelled)
        self._mining.busyChanged.connect(self.miningChanged)
        self._find.outdated.connect(self.outdated)
        self._find.answered.connect(self._found)
        self._find.refused.connect(self.findFailed)
        self._finding.partial.connect(self._partly)
        self._open.answered.connect(self._opened)
        self._open.refused.connect(self.openFailed)

    # --- mining ----------------------------------------------------------------------------------------------

    @property
    def report(self) -> MiningReport | None:
        """How far the collection on show is, None while nothing is known."""
        return self._report

    @property
    def mining(self) -> bool:
        """Whether pictures are being looked through."""
        return self._mining.busy

    @property
    def stopped(self) -> bool:
        """Whether a person took the mining back, or it failed."""
        return self._stopped

    def want_mined(self, request: MinePatches) -> None:
        """This collection is on show: look through what was not looked through yet."""
        if self._report is not None and self._report.request != request:
            self._report, self._known_at = None, 0
        if self._chosen != request:
            self._stopped = False
            self._chosen = request
        if not self._stopped:
            self._mine.want(request, lambda: request)

    @Slot()
    def stop_mining(self) -> None:
        """Leave the rest for later; what was found stays."""
        self._mining.cancel()

    def go_on_mining(self) -> None:
        """Go on where it was stopped, or try again what failed."""
        request = self._chosen
        self._stopped = False
        self._mine.drop()
        if request is not None:
            self._mine.want(request, lambda: request)

    @Slot(object)
    def _mining_told(self, report: MiningReport) -> None:
        self._report = report
        self.mined.emit(report)
        finished = not report.left and report.mined != self._known_at
        if report.mined >= max(GROWTH * self._known_at, 1) or finished:
            self._look_up_anew(report.mined)

    @Slot(object)
    def _progress(self, progress: Progress) -> None:
        self.progressed.emit(progress)

    @Slot()
    def _mining_cancelled(self) -> None:
        if not self._mining.busy:
            self._stopped = True
            self.miningChanged.emit()
            if self._report is not None:
                self._look_up_anew(self._report.mined)

    @Slot(object)
    def _mining_refused(self, report: ErrorReport) -> None:
        self._stopped = True
        self.miningFailed.emit(report)

    # --- looking up ------------------------------------------------------------------------------------------

    def want_found(self, request: FindPatches) -> None:
        """This unit is on show."""
        self._wanted = request
        self._find.want((request, self._known_at), lambda: request, urgent=request.net)

    def _look_up_anew(self, mined: int) -> None:
        self._known_at = mined
        if self._wanted is not None:
            self.want_found(self._wanted)

    @Slot(object, bool)
    def _found(self, answer: UnitPatches, fresh: bool) -> None:
        self.found.emit(answer, fresh)

    @Slot(object)
    def _partly(self, answer: UnitPatches) -> None:
        if answer.request == self._wanted and answer.patches:
            self.found.emit(answer, True)

    # --- a whole picture -------------------------------------------------------------------------------------

    def want_opened(self, request: OpenPatchPicture) -> None:
        """This picture is on show in full."""
        self._open.want(request, lambda: request)

    def close_picture(self) -> None:
        """No whole picture is on show."""
        self._open.drop()

    @Slot(object)
    def _opened(self, frame: Frame) -> None:
        self.opened.emit(frame)

    # --- life ------------------------------------------------------------------------------------------------

    @property
    def settled(self) -> bool:
        """Whether all that is on show was answered, and nothing is being looked through."""
        return self._find.settled and not self._mining.busy

    def rest(self) -> None:
        """Out of sight: nothing is asked any more. A collection that a person chose is looked through all the same."""
        self._find.drop()
        self._open.drop()
        self._wanted = None
