"""The stage: a canvas of grids with a curve beneath it, on the screen, in exports and in films."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Signal, Slot
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.pages.learned.compare_scene import compare_scene
from gui.pages.learned.curves import curve_of
from gui.pages.learned.directions_scene import directions_scene
from gui.pages.learned.resolve import Resolved
from gui.pages.learned.scene_parts import columns_of, head_height
from gui.pages.learned.train_scene import train_scene
from gui.theme import space, theme
from gui.widgets.canvas import Canvas
from gui.widgets.plot.data import Content, frame_of
from gui.widgets.plot.line_plot import LinePlot
from gui.widgets.plot.paint import paint_plot
from gui.widgets.scene import Scene

SCENES: Final[dict[str, Callable[[Resolved, QSizeF], Scene]]] = {
    "train": train_scene, "directions": directions_scene, "compare": compare_scene,
}  # fmt: skip
GRIDS: Final = {"train": (4, 2), "directions": (5, 2), "compare": (4, 1)}
"""Columns and lines of grids of each view."""
GRIDS_SHARE: Final = 0.7
LEAST_CURVE, MOST_CURVE = 118.0, 420.0
WORDS_ROOM: Final = 96.0
ALL_ZERO: Final = "The loss is 0 from the first moment on: there is nothing to learn."
NOTHING: Final = "The loss is plotted here as soon as training begins."


class LearnedStage(QWidget):
    """Shows one resolved state. pickedUpdate(int): a place of the curve was clicked."""

    pickedUpdate = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas, self.plot = Canvas(self), LinePlot("Loss over the updates", self)
        self.canvas.setMinimumSize(0, 0)
        self.plot.set_empty_text(NOTHING)
        self.plot.picked.connect(self._picked)
        self._view = "train"
        self._shown: Resolved | None = None

    def show_resolved(self, resolved: Resolved) -> None:
        """Draw grids and curve."""
        if resolved.state.view != self._view:
            self._view = resolved.state.view
            self._arrange()
        self._shown = resolved
        self.canvas.set_builder(partial(SCENES[self._view], resolved), glide=False)
        content = curve_of(resolved)
        self.plot.show_series(content.series, content.x, content.y)
        if content.empty and resolved.run is not None:
            self.plot.set_empty_text(ALL_ZERO)

    def say(self, sentence: str) -> None:
        """Say where the curve would be why there is none."""
        self.plot.set_empty_text(sentence)

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to another picture."""
        self.canvas.set_stale(stale)
        self.plot.set_stale(stale)

    @property
    def stale(self) -> bool:
        return self.plot.stale

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        grids, curve = areas(QSizeF(self.size()), self._view)
        self.canvas.setGeometry(grids.toRect())
        self.plot.setGeometry(curve.toRect())

    @Slot(float)
    def _picked(self, place: float) -> None:
        self.pickedUpdate.emit(round(place))

    # --- exports ---------------------------------------------------------------------------------------------

    def preferred_size(self) -> QSizeF:
        return QSizeF(max(self.width(), 640), max(self.height(), 480))

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw both at another size, as vectors."""
        if self._shown is not None:
            paint_resolved(self.canvas, self._shown, painter, size)


def areas(size: QSizeF, view: str) -> tuple[QRectF, QRectF]:
    """Where grids and curve go: the grids get what they can use, and leave the curve its share."""
    columns, lines = GRIDS[view]
    side = columns_of(size, columns)[0].width()
    wanted = lines * (side + head_height(low=False) + space.m) + WORDS_ROOM
    most = max(size.height() - LEAST_CURVE, size.height() / 2)
    grids = min(wanted, max(GRIDS_SHARE * size.height(), size.height() - MOST_CURVE), most)
    return QRectF(0, 0, size.width(), grids), QRectF(0, grids, size.width(), size.height() - grids)


def paint_resolved(canvas: Canvas, resolved: Resolved, painter: QPainter, size: QSizeF) -> None:
    """Draw a resolved state at any size: an export, or a frame of a film."""
    grids, curve = areas(size, resolved.state.view)
    painter.fillRect(QRectF(QPointF(), size), theme.colors.window)
    canvas.paint_scene(painter, SCENES[resolved.state.view](resolved, grids.size()), grids.size())
    content: Content = curve_of(resolved)
    if not content.empty:
        painter.save()
        painter.translate(curve.topLeft())
        paint_plot(painter, content, frame_of(content, curve.size()))
        painter.restore()
