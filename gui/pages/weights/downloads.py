"""The downloads of a page: one channel each, so that several run side by side and each can be cancelled alone."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from engine.jobs import ErrorReport, Priority, Progress
from engine.networks.requests import DownloadWeights, WeightsStatus
from gui.bridge import Bridge, Channel
from gui.pages.weights.listing import Transfer


class Downloads(QObject):
    """What is being downloaded, and what failed and waits for another try."""

    moved = Signal(str)
    """A download of that name began, went on, failed or was given up."""
    finished = Signal(object)
    """The WeightsStatus of what has arrived."""
    failed = Signal(str, object)
    """Name and ErrorReport."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._running: dict[str, _Download] = {}
        self._errors: dict[str, ErrorReport] = {}

    def transfers(self) -> dict[str, Transfer]:
        """By name, what there is to show."""
        running = {name: Transfer(download.progress) for name, download in self._running.items()}
        return {**{name: Transfer(None, error) for name, error in self._errors.items()}, **running}

    def running(self, name: str) -> bool:
        return name in self._running

    def start(self, name: str) -> None:
        """Download, unless that is under way."""
        if name in self._running:
            return
        self._errors.pop(name, None)
        self._running[name] = _Download(name, self._bridge, self)
        self.moved.emit(name)

    def cancel(self, name: str) -> None:
        """Stop a download; what has come is kept."""
        download = self._running.get(name)
        if download is not None:
            download.channel.cancel()

    def forget_error(self, name: str) -> None:
        """The failure of a download matters no more: the file came another way, or was removed."""
        self._errors.pop(name, None)

    def end(self, name: str, error: ErrorReport | None = None) -> None:
        """For a download: it is over."""
        self._running.pop(name).retire()
        if error is not None:
            self._errors[name] = error
        self.moved.emit(name)
        if error is not None:
            self.failed.emit(name, error)


class _Download(QObject):
    """One download and its channel."""

    def __init__(self, name: str, bridge: Bridge, owner: Downloads) -> None:
        super().__init__(owner)
        self.name, self._owner = name, owner
        self.progress: Progress | None = None
        self.channel: Channel = bridge.channel(f"weights:{name}", Priority.LONG, self, handles_failures=True)
        self.channel.progress.connect(self._moved)
        self.channel.done.connect(self._done)
        self.channel.failed.connect(self._failed)
        self.channel.cancelled.connect(self._cancelled)
        self.channel.ask(DownloadWeights(name))

    def retire(self) -> None:
        """It has ended; Qt deletes it when nobody is inside of it any more."""
        self.deleteLater()

    @Slot(object)
    def _moved(self, progress: Progress) -> None:
        self.progress = progress
        self._owner.moved.emit(self.name)

    @Slot(object)
    def _done(self, status: WeightsStatus) -> None:
        self._owner.end(self.name)
        self._owner.finished.emit(status)

    @Slot(object)
    def _failed(self, report: ErrorReport) -> None:
        self._owner.end(self.name, report)

    @Slot()
    def _cancelled(self) -> None:
        self._owner.end(self.name)
