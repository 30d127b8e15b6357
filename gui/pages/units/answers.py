"""What the page asks the engine itself: the nets there are, the layers of one, and the map of the unit."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from engine.images import Frame
from engine.inside.descent.requests import LookAtUnit
from engine.inside.requests import ListLayers, NetLayers
from engine.jobs import Priority
from engine.networks.requests import ListWeights
from gui.bridge import Bridge
from gui.latest import Latest


@dataclass(frozen=True, slots=True)
class _Unit:
    """What a look belongs to; a frame compares by identity."""

    net: str
    layer: str
    channel: int
    position: tuple[int, int] | None
    frame: Frame


class Answers(QObject):
    """looked(UnitLook, bool): whether it is about the unit and the picture on show."""

    listed = Signal(object)
    listFailed = Signal(object)
    layersCame = Signal(object)
    """The NetLayers of the net on show."""
    layersFailed = Signal(object)
    outdated = Signal()
    looked = Signal(object, bool)
    lookFailed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._list = bridge.channel("units.weights", Priority.INTERACTIVE, self, handles_failures=True)
        layers = bridge.channel("units.layers", Priority.INTERACTIVE, self, handles_failures=True)
        look = bridge.channel("units.look", Priority.INTERACTIVE, self, handles_failures=True)
        self._layers, self._look = Latest(layers, self), Latest(look, self)
        self._list.done.connect(self.listed)
        self._list.failed.connect(self.listFailed)
        self._layers.answered.connect(self._layers_came)
        self._layers.refused.connect(self.layersFailed)
        self._look.outdated.connect(self.outdated)
        self._look.answered.connect(self.looked)
        self._look.refused.connect(self.lookFailed)

    def list_weights(self) -> None:
        """Ask which nets there are."""
        self._list.ask(ListWeights())

    def want_layers(self, net: str) -> None:
        """A net is on show."""
        self._layers.want(net, lambda: ListLayers(net), urgent=net)

    def want_look(
        self, net: str, layer: str, channel: int, position: tuple[int, int] | None, frame: Frame
    ) -> None:
        """A unit and a picture are on show."""
        self._look.want(
            _Unit(net, layer, channel, position, frame),
            lambda: LookAtUnit(net, layer, channel, position, frame),
            urgent=net,
        )

    @property
    def settled(self) -> bool:
        """Whether the layers are there and the look was answered (or refused)."""
        return self._layers.settled and not self._look.waiting

    def stop(self) -> None:
        """The page is hidden."""
        self._look.drop()
        self._layers.drop()

    @Slot(object, bool)
    def _layers_came(self, found: NetLayers, fresh: bool) -> None:
        if fresh:
            self.layersCame.emit(found)
