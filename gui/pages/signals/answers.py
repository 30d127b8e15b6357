"""What the page asks the engine: the check against torch, the response of a whole volume, and files to read."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from engine.foundations.signals.requests import CheckSlide, ReadSignal, ReadVolume, Volume
from engine.jobs import ErrorReport, Priority
from gui.bridge import Bridge, Channel
from gui.checking import Checking
from gui.latest import Latest
from gui.pages.signals.state import SignalsState
from gui.pages.signals.volume_view import request_of
from gui.question import Question


class Answers(QObject):
    """Owns the page's questions."""

    volumeAsked = Signal()
    """Another response is on its way; the one on show is stale."""
    volumeCame = Signal(object, bool)
    """A WholeVolumeResult, and whether it is the one that the state asks for."""
    volumeFailed = Signal(object)
    opened = Signal(str, object)
    """A path, and the Signal or Volume that was read from it."""
    refused = Signal(str, object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.check = Checking(bridge, "signals.check", self)
        self._volume = Latest(self._channel("volume"), self)
        self._volume.outdated.connect(self.volumeAsked)
        self._volume.answered.connect(self.volumeCame)
        self._volume.refused.connect(self.volumeFailed)
        self._paths = {"signal": "", "volume": ""}
        self._files = {kind: Question(self._channel(kind), self) for kind in self._paths}
        self._files["signal"].answered.connect(self._signal_read)
        self._files["signal"].refused.connect(self._signal_refused)
        self._files["volume"].answered.connect(self._volume_read)
        self._files["volume"].refused.connect(self._volume_refused)

    def _channel(self, name: str) -> Channel:
        return self._bridge.channel(f"signals.{name}", Priority.INTERACTIVE, self, handles_failures=True)

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

    def read(self, kind: str, path: str) -> None:
        """Read the file of a signal or a volume, once."""
        self._paths[kind] = path
        make = ReadSignal if kind == "signal" else ReadVolume
        self._files[kind].want(path, lambda: make(path))

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        self._volume.drop()
        self.check.drop()
        for question in self._files.values():
            question.drop()

    def forget(self, kind: str) -> None:
        """The file is not wanted any more; wanting it again reads it anew."""
        self._files[kind].drop()

    @Slot(object)
    def _signal_read(self, value: object) -> None:
        self.opened.emit(self._paths["signal"], value)

    @Slot(object)
    def _volume_read(self, value: object) -> None:
        self.opened.emit(self._paths["volume"], value)

    @Slot(object)
    def _signal_refused(self, report: ErrorReport) -> None:
        self.refused.emit("signal", report)

    @Slot(object)
    def _volume_refused(self, report: ErrorReport) -> None:
        self.refused.emit("volume", report)
