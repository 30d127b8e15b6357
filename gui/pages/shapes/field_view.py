"""The receptive field on the stage: move over the input, and the tower follows; click to stay there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSizeF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.pages.shapes.field_paint import paint_field, sight
from gui.pages.shapes.field_plan import FieldPlan, field_plan, share_of
from gui.pages.shapes.resolve import Resolved
from gui.theme import theme


class FieldView(QWidget):
    """`unitPicked(row, column)`: shares 0..1 of the map; `pointed(plan)`: the tower on show changed, None for none."""

    unitPicked = Signal(float, float)
    pointed = Signal(object)
    menuRequested = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._resolved: Resolved | None = None
        self._hover: tuple[float, float] | None = None
        self.plan: FieldPlan | None = None
        self.setMouseTracking(True)
        self.setMinimumHeight(180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Receptive field")
        theme.changed.connect(self.update)

    def show_chain(self, resolved: Resolved) -> None:
        """Show the receptive field of the layer on show."""
        self._resolved = resolved
        self._replan()

    def _replan(self) -> None:
        if self._resolved is not None:
            self.plan = field_plan(self._resolved, self._hover or self._resolved.state.unit)
            self.setAccessibleDescription(sentence(self.plan))
            self.update()

    def preferred_size(self) -> QSizeF:
        return QSizeF(max(self.width(), 640), max(self.height(), 400))

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw what is on show at another size (export)."""
        painter.fillRect(0, 0, round(size.width()), round(size.height()), theme.colors.window)
        if self.plan is not None:
            paint_field(painter, self.plan, size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter, QSizeF(self.size()))

    def _share(self, event: QMouseEvent) -> tuple[float, float] | None:
        if self.plan is None:
            return None
        pixel = sight(self.plan, QSizeF(self.size())).pixel(event.position())
        return None if pixel is None else share_of(self.plan, *pixel)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move(self._share(event))

    def leaveEvent(self, event: QEvent) -> None:
        self._move(None)

    def _move(self, share: tuple[float, float] | None) -> None:
        if share != self._hover:
            self._hover = share
            self._replan()
            self.pointed.emit(None if share is None else self.plan)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        share = self._share(event)
        if share is not None and event.button() is Qt.MouseButton.LeftButton:
            self.unitPicked.emit(*share)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menuRequested.emit(-1, event.globalPos())


def sentence(plan: FieldPlan) -> str:
    """The picture in words, for screen readers and handouts."""
    top = plan.top
    if plan.everything is not None:
        return f"Every output of layer {plan.everything.index} depends on the whole input."
    if top.index == 0:
        return "The input itself: every pixel is its own receptive field."
    size = top.field.size
    return f"One output of layer {top.index} depends on {size} × {size} pixels of the input."
