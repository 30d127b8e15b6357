"""The counts of each class over the last minute, beneath the picture; drawn a few times a second at most."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.pages.detect.counts import Counts
from gui.theme import space
from gui.widgets.plot.line_plot import Axis, LinePlot

EVERY_MS: Final = 250
HEIGHT: Final = 176
EMPTY: Final = "Counts over time: they come as you write, and with the camera or a video."


class CountsPlot(QWidget):
    """Follows a Counts."""

    def __init__(self, counts: Counts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = counts
        self._classes: tuple[str, ...] = ()
        self._moments = 0
        self.plot = LinePlot("Counts of each class over time")
        self.plot.set_empty_text(EMPTY)
        self.setFixedHeight(HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, 0, space.l, space.s)
        column.addWidget(self.plot)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(EVERY_MS)
        self._clock.timeout.connect(self.refresh)

    def follow(self, classes: tuple[str, ...]) -> None:
        """There are new counts, of classes with these names."""
        self._classes = classes
        if not self._clock.isActive():
            self._clock.start()

    def rest(self) -> None:
        """The page went out of view."""
        self._clock.stop()

    @Slot()
    def refresh(self) -> None:
        """Draw what is known now."""
        began, ended = self._counts.span
        many = self._counts.moments > 1
        series = self._counts.series(self._classes) if many else []
        axis = Axis("time", "s", low=began, high=max(ended, began + 5.0), each="second")
        most = max((float(one.y.max()) for one in series), default=0.0)
        counts = Axis("found", integer=True, low=0.0, high=max(most, 1.0) + 0.5)
        self.plot.show_series(series, axis, counts)
