"""Networks laid open by the engine: asked once each, kept, and told apart by their subject."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.jobs import ErrorReport, Priority
from engine.networks.graphs.graph import Graph
from engine.networks.requests import DescribeNetwork
from gui.bridge import Bridge
from gui.question import Question

KEPT: Final = 24
Subject = tuple[str, int]
"""A network's name, and the side of the picture it was traced with; 0 for what it was made for."""


class Describer(QObject):
    """The graph of one network on show. Two of them may share what was answered."""

    arrived = Signal()
    failed = Signal(object)
    """The ErrorReport about the network on show."""
    asked = Signal()

    def __init__(self, bridge: Bridge, key: str, known: OrderedDict[Subject, Graph], parent: QObject) -> None:
        super().__init__(parent)
        self._known = known
        self._subject: Subject | None = None
        self.failure: ErrorReport | None = None
        self._question = Question(
            bridge.channel(key, Priority.INTERACTIVE, self, handles_failures=True), self
        )
        self._question.asked.connect(self.asked)
        self._question.answered.connect(self._answered)
        self._question.refused.connect(self._refused)

    @property
    def graph(self) -> Graph | None:
        """The network on show, None while it is on its way."""
        return None if self._subject is None else self._known.get(self._subject)

    def known(self, subject: Subject) -> Graph | None:
        """What was answered about a network before, by whichever of those that share it."""
        return self._known.get(subject)

    def want(self, subject: Subject) -> None:
        """Show this network: from memory, or ask the engine."""
        if subject != self._subject:
            self.failure = None
        self._subject = subject
        if subject in self._known:
            self._known.move_to_end(subject)
            self._question.drop()
        else:
            name, side = subject
            self._question.want(subject, lambda: DescribeNetwork(name, (side, side) if side else None))

    def again(self) -> None:
        """Ask once more about what failed."""
        subject, self._subject = self._subject, None
        self._question.drop()
        if subject is not None:
            self.want(subject)

    def drop(self) -> None:
        """Nothing is on show: nothing is to keep the engine busy."""
        self._subject = None
        self._question.drop()

    @Slot(object)
    def _answered(self, graph: Graph) -> None:
        if self._subject is None:
            return
        self._known[self._subject] = graph
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        self.arrived.emit()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self.failure = report
        self.failed.emit(report)
