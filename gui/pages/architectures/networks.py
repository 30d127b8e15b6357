"""Which networks are on show: asked of the engine, kept, and worked out with the person's size and changes."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, Signal

from engine.errors import UserError
from engine.jobs import ErrorReport
from engine.networks.graphs.graph import Graph
from gui.bridge import Bridge
from gui.pages.architectures.describer import Describer, Subject
from gui.pages.architectures.resolve import Resolver, Shown, own_side, resizable
from gui.pages.architectures.state import ArchitecturesState


class Networks(QObject):
    """The network of the page and the one beside it; both share what was answered before."""

    arrived = Signal()
    failed = Signal(object)
    """An ErrorReport about one of them."""
    refused = Signal(str)
    """A sentence: what does not belong to a network that has just come has to be dropped."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        known: OrderedDict[Subject, Graph] = OrderedDict()
        self._bridge = bridge
        self.main = Describer(bridge, "architectures.network", known, self)
        self.beside = Describer(bridge, "architectures.other", known, self)
        self._resolver = Resolver()
        self._base: Graph | None = None
        for describer in (self.main, self.beside):
            describer.arrived.connect(self.arrived)
            describer.failed.connect(self.failed)

    @property
    def base(self) -> Graph | None:
        """The network of the page as it was described, None while it is on its way."""
        return self.main.graph

    @property
    def loading(self) -> bool:
        """Whether torch, without which nothing is described, is still on its way."""
        return self._bridge.state.state in ("starting", "loading torch")

    def want(self, state: ArchitecturesState, active: bool) -> None:
        """Say which networks are on show; those that are not known are asked for while the page is in view."""
        other = state.other if state.view == "compare" else ""
        for describer, name, size in ((self.main, state.network, state.size), (self.beside, other, 0)):
            subject = self._subject(describer, name, size)
            if not name or (not active and describer.known(subject) is None):
                describer.drop()
            else:
                describer.want(subject)

    def _subject(self, describer: Describer, name: str, size: int) -> Subject:
        """A net that arithmetic cannot carry through at another picture size is traced anew by the engine."""
        own = describer.known((name, 0))
        if size and own is not None and size != own_side(own) and not resizable(own):
            return name, size
        return name, 0

    def side(self, name: str) -> int:
        """The height of the picture that the network on show was made for."""
        own = self.main.known((name, 0)) or self.base
        return 0 if own is None else own_side(own)

    def resolve(self, state: ArchitecturesState) -> Shown | None:
        """What is on show; None, with `refused`, where size and changes do not belong to a network that has just come.

        Raises UserError for a change of the network that is on show: the page takes it back.
        """
        base = self.base
        assert base is not None
        try:
            shown = self._resolver.resolve(base, state.size if resizable(base) else 0, state.edits)
        except UserError as error:
            if base is self._base:
                raise
            self._base = base
            self.refused.emit(str(error))
            return None
        self._base = base
        return shown

    def refuses_size(self, report: ErrorReport, state: ArchitecturesState) -> bool:
        """Whether a failure means that the net is there, only not at this picture size."""
        failed = self.main.failure is report
        return failed and bool(state.size) and self.main.known((state.network, 0)) is not None

    def again(self) -> None:
        """Ask once more about what failed."""
        for describer in (self.main, self.beside):
            if describer.failure is not None:
                describer.again()

    def rest(self) -> None:
        """The page is out of view: what is not here is not waited for."""
        for describer in (self.main, self.beside):
            if describer.graph is None:
                describer.drop()
