"""What the view "Scoring" asks the engine: finds in a labelled set, the check of the scores, the list of detectors."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from engine.detection.evaluation.requests import CheckScores, EvaluateFolder, EvaluatePages
from engine.detection.requests import ListDetectors
from engine.errors import ErrorReport
from engine.jobs import Priority
from gui.bridge import Bridge
from gui.checking import Checking
from gui.latest import CANCELLED
from gui.pages.boxes.scoring.settings import ScoringSettings
from gui.pages.boxes.scoring.shown import Shown
from gui.question import Question

QUIET_MS = 200


class ScoringAnswers(QObject):
    """Owns the questions. evaluated(Evaluated): partly or whole; refused(ErrorReport); listed(tuple)."""

    outdated = Signal()
    evaluated = Signal(object)
    refused = Signal(object)
    listed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self.checking = Checking(bridge, "boxes.scoring.check", self)
        channel = bridge.channel("boxes.scoring.find", Priority.LONG, self, handles_failures=True)
        self._finding = Question(channel, self, QUIET_MS)
        self._finding.outdated.connect(self.outdated)
        self._finding.answered.connect(self.evaluated)
        self._finding.refused.connect(self.refused)
        channel.cancelled.connect(self._cancelled)
        self._detectors = bridge.channel(
            "boxes.scoring.detectors", Priority.INTERACTIVE, self, handles_failures=True
        )
        self._detectors.done.connect(self.listed)

    def list_detectors(self) -> None:
        """Which detectors there are, for folders."""
        self._detectors.ask(ListDetectors())

    def want(self, settings: ScoringSettings) -> None:
        """This set is to be looked at."""
        if settings.source == "pages":
            pages = EvaluatePages(settings.count, settings.first)
            self._finding.want(pages, lambda: pages)
        else:
            folder = EvaluateFolder(settings.folder, settings.detector)
            self._finding.want(folder, lambda: folder)

    def want_check(self, shown: Shown) -> None:
        """These scores are on show."""
        found = shown.evaluated
        subject = (found, shown.least, shown.how)
        request = CheckScores(found.found, found.truth, shown.values, shown.least, shown.how)
        self.checking.want(subject, lambda: request)

    def drop(self) -> None:
        """Out of view: nothing may keep the engine busy."""
        self._detectors.cancel()
        self._finding.drop()
        self.checking.drop()

    @property
    def settled(self) -> bool:
        """Whether the set was looked at and its scores were checked."""
        return self._finding.settled and self.checking.settled

    @property
    def failed(self) -> bool:
        """Whether the set was asked for and cannot be had."""
        return self._finding.settled

    @Slot()
    def _cancelled(self) -> None:
        if self._finding.settled:  # else another question takes its place
            self.refused.emit(ErrorReport(CANCELLED.sentence, "Change anything to ask again."))
