"""The chain on the stage: scrolls sideways where it is long, tells what is pointed at and picked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from gui.pages.shapes import words
from gui.pages.shapes.chain_paint import ChainLayout, chain_layout, paint_chain
from gui.pages.shapes.resolve import Resolved
from gui.theme import space, theme

LEAST_HEIGHT, MOST_HEIGHT = 136, 280


class _Row(QWidget):
    """The drawing itself."""

    picked = Signal(int)
    activated = Signal(int)
    pointed = Signal(int)
    menuRequested = Signal(int, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.resolved: Resolved | None = None
        self.plan: ChainLayout | None = None
        self._hovered: int | None = None
        self.setMouseTracking(True)
        self.setAccessibleName("The chain as volumes")
        theme.changed.connect(self.update)

    def _at(self, event: QMouseEvent) -> int | None:
        return None if self.plan is None else self.plan.at(event.position())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colors.window)
        if self.resolved is not None and self.plan is not None:
            paint_chain(painter, self.resolved, self.plan, self._hovered, event.rect().toRectF())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._at(event))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def _hover(self, index: int | None) -> None:
        if index != self._hovered:
            self._hovered = index
            self.pointed.emit(-1 if index is None else index)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event)
        if index is not None and event.button() is Qt.MouseButton.LeftButton:
            self.picked.emit(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self._at(event)
        if index is not None and event.button() is Qt.MouseButton.LeftButton:
            self.activated.emit(index)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = None if self.plan is None else self.plan.at(event.pos().toPointF())
        self.menuRequested.emit(-1 if index is None else index, event.globalPos())


class ChainView(QScrollArea):
    """`picked(index)`, `activated(index)`, `pointed(index)` (−1: nothing): a layer, 0 for the input."""

    picked = Signal(int)
    activated = Signal(int)
    pointed = Signal(int)
    menuRequested = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Chain")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setMaximumHeight(MOST_HEIGHT)
        self.row = _Row()
        self.setWidget(self.row)
        self.row.picked.connect(self.picked)
        self.row.activated.connect(self.activated)
        self.row.pointed.connect(self.pointed)
        self.row.menuRequested.connect(self.menuRequested)
        theme.changed.connect(self._arrange)

    def sizeHint(self) -> QSize:
        return QSize(400, (LEAST_HEIGHT + MOST_HEIGHT) // 2)

    def show_chain(self, resolved: Resolved) -> None:
        """Show a chain; the layer on show is scrolled into view."""
        self.row.resolved = resolved
        shown = resolved.step
        self.row.setAccessibleDescription(
            "The input." if shown is None or resolved.hides(shown.index) else words.sentence_of(shown)
        )
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _arrange(self) -> None:
        resolved = self.row.resolved
        if resolved is None:
            return
        bar = self.horizontalScrollBar().sizeHint().height()
        height = float(self.height())
        plan = chain_layout(resolved, QSizeF(self.width(), height))
        if plan.width > self.width() + 1:
            plan = chain_layout(resolved, QSizeF(self.width(), height - bar))
        self.row.plan = plan
        self.row.resize(round(plan.width), round(plan.measures.height))
        self.row.update()
        area = plan.columns[resolved.state.step].area
        self.ensureVisible(round(area.center().x()), 0, round(area.width() / 2) + space.xl, 0)
