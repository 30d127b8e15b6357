"""The pictures of the page: each is fetched once, and stays the same object as long as its source is on show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import ErrorReport
from engine.images import Frame
from engine.jobs import Priority
from engine.sources import LoadSample, OpenPicture
from engine.style.requests import DrawPattern
from gui.bridge import Bridge
from gui.widgets.paper import render
from gui.widgets.source_state import SourceState

BOARD: Final = 512
"""The side of a drawing that is painted, in pixels."""
SPARE: Final = 6
"""Pictures that are kept although none of them is on show."""


class PictureDesk(QObject):
    """came(SourceState): its picture is there; failed(SourceState, str): it cannot be had, and why."""

    came = Signal(object)
    failed = Signal(object, str)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._known: dict[SourceState, Frame] = {}
        self._problems: dict[SourceState, str] = {}
        self._stamps: dict[SourceState, float] = {}
        self._waiting: list[SourceState] = []
        self._asked: SourceState | None = None
        self._channel = bridge.channel("style.pictures", Priority.INTERACTIVE, self, handles_failures=True)
        self._channel.done.connect(self._done)
        self._channel.failed.connect(self._failed)
        self._channel.cancelled.connect(self._cancelled)

    def want(self, sources: Sequence[SourceState]) -> None:
        """These are on show; of others the last few are kept, so that undo comes back to the very same pictures."""
        others = [source for source in self._known if source not in sources]
        for source in others[: max(len(others) - SPARE, 0)]:
            del self._known[source]
        self._problems = {source: why for source, why in self._problems.items() if source in sources}
        self._waiting = [
            source for source in dict.fromkeys(sources)
            if source not in self._known and source not in self._problems and source != self._asked
        ]  # fmt: skip
        self._next()

    def frame(self, source: SourceState) -> Frame | None:
        """The picture of a source on show, None while it is on its way or where it cannot be had."""
        return self._known.get(source)

    def problem(self, source: SourceState) -> str:
        """Why a picture cannot be had, "" where nothing is wrong."""
        return self._problems.get(source, "")

    @property
    def settled(self) -> bool:
        """Whether every picture is there, or never will be."""
        return not self._waiting and self._asked is None

    def retry(self) -> None:
        """Ask again for what could not be had: a file may be back."""
        self._problems.clear()

    def freshen(self, source: SourceState) -> None:
        """A person brought a file: where it was written since its picture was read, it is read again."""
        if self._stamps.get(source) != _stamp(source):
            self._known.pop(source, None)
        self._problems.pop(source, None)

    def close(self) -> None:
        """Ask nothing more."""
        self._waiting = []
        self._channel.cancel()

    def _next(self) -> None:
        while self._asked is None and self._waiting:
            source = self._waiting.pop(0)
            if source.kind == "drawing":
                self._take(source, Frame(render(source.strokes, BOARD, source.value or "dark"), "Drawing"))
                continue
            self._asked = source
            self._stamps[source] = _stamp(source)
            self._channel.ask(_request(source))

    def _take(self, source: SourceState, frame: Frame) -> None:
        self._known[source] = frame
        self.came.emit(source)

    @Slot(object)
    def _done(self, frame: Frame) -> None:
        source, self._asked = self._asked, None
        if source is not None:
            self._take(source, frame)
        self._next()

    @Slot(object)
    def _failed(self, report: ErrorReport) -> None:
        source, self._asked = self._asked, None
        if source is not None:
            self._problems[source] = f"{report.sentence} {report.hint}".strip()
            self.failed.emit(source, self._problems[source])
        self._next()

    @Slot()
    def _cancelled(self) -> None:
        self._asked = None
        self._next()


def _stamp(source: SourceState) -> float:
    """When a file was written last, 0 where that cannot be known."""
    try:
        return Path(source.value).stat().st_mtime if source.kind == "file" else 0.0
    except OSError:
        return 0.0


def _request(source: SourceState) -> object:
    if source.kind == "preset":
        return DrawPattern(source.value)
    return LoadSample(source.value) if source.kind == "sample" else OpenPicture(source.value)
