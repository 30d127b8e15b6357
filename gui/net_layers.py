"""Which nets there are and which layers they have: asked of the engine, and kept."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from engine.inside.requests import ListLayers, NetLayers
from engine.jobs import Priority
from engine.networks.requests import ListWeights
from gui.bridge import Bridge
from gui.latest import CANCELLED
from gui.question import Question


class NetLayersDesk(QObject):
    """Owns a page's two questions: for the list of weights, and for the layers of the net on show."""

    listed = Signal(object)
    """tuple of WeightsStatus."""
    listFailed = Signal(object)
    arrived = Signal(object)
    """The NetLayers of the net on show."""
    failed = Signal(object)
    """The ErrorReport about it: latest.CANCELLED where a person took the question back; `want` asks it again."""

    def __init__(self, bridge: Bridge, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._weights = bridge.channel(f"{name}.weights", Priority.INTERACTIVE, self, handles_failures=True)
        layers = bridge.channel(f"{name}.layers", Priority.INTERACTIVE, self, handles_failures=True)
        self._question = Question(layers, self)
        self._known: dict[str, NetLayers] = {}
        self._net = ""
        self._weights.done.connect(self.listed)
        self._weights.failed.connect(self.listFailed)
        self._question.answered.connect(self._came)
        self._question.refused.connect(self.failed)
        layers.cancelled.connect(self._cancelled)

    @property
    def layers(self) -> NetLayers | None:
        """The layers of the net on show, None while they are on their way."""
        return self._known.get(self._net)

    def list_weights(self) -> None:
        """Ask which nets there are; what is known about layers is forgotten, since a file may be another one."""
        self._known.clear()
        self._question.drop()
        self._weights.ask(ListWeights())

    def want(self, net: str) -> None:
        """This net is on show."""
        self._net = net
        if self.layers is None:
            self._question.want(net, lambda: ListLayers(net))

    def rest(self) -> None:
        """The page is out of view: what is not here is not waited for."""
        self._question.drop()

    @Slot(object)
    def _came(self, found: NetLayers) -> None:
        self._known[found.net] = found
        self.arrived.emit(found)

    @Slot()
    def _cancelled(self) -> None:
        if self._question.settled:  # else another question takes its place
            self._question.drop()
            self.failed.emit(CANCELLED)
