"""The shapes of k-means that only the engine can tell: of a folder of labels, of scenes with digits."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal, Slot

from engine.detection.anchoring.requests import DigitShapes, ReadLabels
from engine.detection.labels import LabelFolder
from engine.errors import ErrorReport
from engine.jobs import Priority
from gui.bridge import Bridge
from gui.latest import CANCELLED
from gui.pages.boxes.anchors.settings import AnchorsSettings
from gui.pages.boxes.anchors.words import folder_line
from gui.question import Question

FloatArray = npt.NDArray[np.float64]


class ShapeAnswers(QObject):
    """changed(): there is something new to show."""

    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        channel = bridge.channel("boxes.anchors.shapes", Priority.LONG, self, handles_failures=True)
        self._question = Question(channel, self)
        self._asked: Hashable = None
        self._shapes: FloatArray | None = None
        self._line = self._trouble = ""
        self._question.answered.connect(self._came)
        self._question.refused.connect(self._refused)
        channel.cancelled.connect(self._cancelled)

    def shapes_of(self, settings: AnchorsSettings) -> FloatArray | None:
        """The shapes that these settings ask for, None while they are on their way."""
        return self._shapes if _request(settings) == self._asked else None

    @property
    def line(self) -> str:
        """What a folder held."""
        return self._line

    @property
    def trouble(self) -> str:
        """Why there are no shapes."""
        return self._trouble

    @property
    def settled(self) -> bool:
        return self._question.settled or bool(self._trouble)

    def want(self, settings: AnchorsSettings) -> None:
        """Ask for the shapes of the settings, unless they are there."""
        request = _request(settings)
        if request == self._asked:
            return
        self._asked, self._shapes, self._line, self._trouble = request, None, "", ""
        self._question.want(request, lambda: request)

    def rest(self) -> None:
        """Out of sight: what is under way is dropped and asked again when it is wanted again."""
        if self._asked is not None and self._shapes is None:
            self._question.drop()
            self._asked = None

    @Slot(object)
    def _came(self, found: Any) -> None:
        if isinstance(found, LabelFolder):
            self._shapes, self._line = found.shapes(), folder_line(found)
        else:
            self._shapes = found
        self.changed.emit()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self._trouble = f"{report.sentence} {report.hint}".strip()
        self.changed.emit()

    @Slot()
    def _cancelled(self) -> None:
        """A person took the question back; one that another takes the place of is not over."""
        if self._asked is not None and self._question.settled:
            self._question.drop()
            self._trouble = CANCELLED.sentence
            self.changed.emit()


def _request(settings: AnchorsSettings) -> DigitShapes | ReadLabels:
    return DigitShapes() if settings.data == "digits" else ReadLabels(settings.folder)
