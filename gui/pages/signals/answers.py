"""What the page asks the engine about what is on show: the check against torch, the response of a whole volume."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.foundations.signals.requests import CheckSlide, Volume
from engine.jobs import Priority
from gui.bridge import Bridge
from gui.checking import Checking
from gui.latest import Latest
from gui.pages.signals.state import SignalsState
from gui.pages.signals.volume_view import request_of


class Answers(QObject):
    """Owns these questions."""

    volumeAsked = Signal()
    """Another response is on its way; the one on show is stale."""
    volumeCame = Signal(object, bool)
    """A WholeVolumeResult, and whether it is the one that the state asks for."""
    volumeFailed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self.check = Checking(bridge, "signals.check", self)
        channel = bridge.channel("signals.volume response", Priority.INTERACTIVE, self, handles_failures=True)
        self._volume = Latest(channel, self)
        self._volume.outdated.connect(self.volumeAsked)
        self._volume.answered.connect(self.volumeCame)
        self._volume.refused.connect(self.volumeFailed)

    def want_check(self, what: CheckSlide) -> None:
        """Check numbers against torch a moment after the last change; the same object is checked once."""
        self.check.want(what, lambda: what)

    def want_volume(self, volume: Volume, state: SignalsState) -> None:
        """The response of the state's filter to the whole volume."""
        one = state.cube
        subject = (volume, one.weights, one.bias, one.spec)
        self._volume.want(subject, lambda: request_of(volume, state))

    @property
    def volume_settled(self) -> bool:
        """Whether the response on show is the one that was asked for."""
        return self._volume.settled

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self._volume.drop()
        self.check.drop()
