"""A side panel of a page: docked where there is room, a drawer over the stage where there is not."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from gui.theme import space


class SidePanel(QScrollArea):
    """Scrolls its content vertically; `floating` takes it out of the layout and puts it over the page."""

    closed = Signal()

    def __init__(self, name: str, width: int, edge: Qt.Edge, parent: QWidget) -> None:
        super().__init__(parent)
        self._edge = edge
        self.floating = False
        self.setObjectName("surface")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFixedWidth(width)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = QWidget()
        self._content.setObjectName("panel")
        self.column = QVBoxLayout(self._content)
        self.column.setContentsMargins(space.l, space.m, space.l, space.l)
        self.column.setSpacing(space.m)
        self.setWidget(self._content)

    def add(self, widget: QWidget) -> None:
        """Put a widget beneath the ones that are there."""
        widget.setSizePolicy(QSizePolicy.Policy.Ignored, widget.sizePolicy().verticalPolicy())
        self.column.addWidget(widget)

    def end(self, *, steady: bool = False) -> None:
        """Nothing more follows: keep the widgets together at the top.

        `steady`: the room of the scroll bar stays free while there is none, so that nothing wraps anew when it comes.
        """
        self.column.addStretch(1)
        if steady:
            bar = self.verticalScrollBar()
            bar.rangeChanged.connect(self._reserve_scroll_bar)
            self._reserve_scroll_bar(0, bar.maximum())

    @Slot(int, int)
    def _reserve_scroll_bar(self, _least: int, most: int) -> None:
        spare = 0 if most > 0 else self.verticalScrollBar().sizeHint().width()
        self.column.setContentsMargins(space.l, space.m, space.l + spare, space.l)

    def set_floating(self, floating: bool) -> None:
        """Lie over the page, with a line along the edge towards it, or stand beside the stage."""
        self.floating = floating
        side = "left" if self._edge is Qt.Edge.LeftEdge else "right"
        self.setProperty("drawer", side if floating else None)
        self.style().unpolish(self)
        self.style().polish(self)

    def float_over(self, area: QWidget) -> None:
        """Lie as a drawer over `area`, along the panel's own edge."""
        parent = self.parentWidget()
        if parent is None:
            return
        corner = area.mapTo(parent, QPoint(0, 0))
        left = corner.x() if self._edge is Qt.Edge.LeftEdge else corner.x() + area.width() - self.width()
        self.setGeometry(left, corner.y(), self.width(), area.height())
        self.raise_()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.floating and event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return super().eventFilter(watched, event)
