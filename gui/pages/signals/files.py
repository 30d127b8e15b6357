"""The signals and volumes that a person's files hold: read once by the engine, then kept."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import QObject, Slot
from PySide6.QtCore import Signal as QtSignal

from engine.foundations.signals.ecg import Signal
from engine.foundations.signals.requests import ReadSignal, ReadVolume, Volume
from engine.jobs import ErrorReport, Priority
from gui.bridge import Bridge
from gui.question import Question

Read: TypeAlias = Signal | Volume


class Files(QObject):
    """Owns what was read, and the two questions with which it is read: "signal" and "volume"."""

    opened = QtSignal(str, str, object, bool)
    """Kind and path, the Signal or Volume, and whether a person has just chosen it."""
    refused = QtSignal(str, object)
    """Kind, and the ErrorReport of a file that cannot be read."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._read: dict[str, Read] = {}
        self._paths = {"signal": "", "volume": ""}
        self._chosen = ""
        self._questions: dict[str, Question] = {}
        for kind, came, failed in (
            ("signal", self._signal_came, self._signal_refused),
            ("volume", self._volume_came, self._volume_refused),
        ):
            channel = bridge.channel(f"signals.{kind}", Priority.INTERACTIVE, self, handles_failures=True)
            question = self._questions[kind] = Question(channel, self)
            question.answered.connect(came)
            question.refused.connect(failed)

    def get(self, path: str) -> Read | None:
        """What a file holds; None while it is not read."""
        return self._read.get(path)

    def fetch(self, kind: str, path: str) -> bool:
        """See to it that a file is read; whether it is still to come."""
        if not path or path in self._read:
            return False
        self._ask(kind, path)
        return path not in self._read  # an engine without a thread has answered by now

    def choose(self, kind: str, path: str) -> None:
        """A person chose a file: it is read anew, whatever was known of it."""
        self._read.pop(path, None)
        self._questions[kind].drop()
        self._chosen = path
        self._ask(kind, path)

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        for question in self._questions.values():
            question.drop()

    def _ask(self, kind: str, path: str) -> None:
        self._paths[kind] = path
        make = ReadSignal if kind == "signal" else ReadVolume
        self._questions[kind].want(path, lambda: make(path))

    def _came(self, kind: str, value: Read) -> None:
        path, chosen = self._paths[kind], self._chosen
        self._read[path] = value
        self._chosen = ""
        self.opened.emit(kind, path, value, path == chosen)

    def _refused(self, kind: str, report: ErrorReport) -> None:
        self._chosen = ""
        self._questions[kind].drop()  # wanting it again reads it anew
        self.refused.emit(kind, report)

    @Slot(object)
    def _signal_came(self, value: Signal) -> None:
        self._came("signal", value)

    @Slot(object)
    def _volume_came(self, value: Volume) -> None:
        self._came("volume", value)

    @Slot(object)
    def _signal_refused(self, report: ErrorReport) -> None:
        self._refused("signal", report)

    @Slot(object)
    def _volume_refused(self, report: ErrorReport) -> None:
        self._refused("volume", report)
