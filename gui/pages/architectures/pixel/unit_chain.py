"""The strip of planes as a widget: pointing, dragging, scrolling, zooming."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from engine.networks.graphs.graph import Graph
from engine.networks.graphs.unit_trace import UnitTrace
from gui.pages.architectures.pixel.unit_chain_layout import GAP, ChainLayout, chain_layout
from gui.pages.architectures.pixel.unit_chain_paint import (
    ChainPicture,
    paint_chain,
    paint_first,
    pinned_width,
)
from gui.pages.architectures.pixel.unit_path import UnitPath
from gui.pages.architectures.pixel.unit_reads import Rect, reads_of
from gui.theme import theme

LEAST_ZOOM, MOST_ZOOM = 0.6, 4.0
WHEEL_ZOOM: Final = 1.0015
KEY_ZOOM: Final = 1.25
EXPORT_HEIGHT: Final = 340.0
CHOSEN_AT: Final = 0.82
"""Where the right edge of the chosen plane comes to lie, as a share of the width."""
MOST_PINNED: Final = 0.4
"""The share of the width that the first plane may take while it is kept in sight."""


class UnitChain(QWidget):
    """All planes side by side.

    cellPicked(plane, row, column): clicked or dragged over; titlePicked(plane): its name was clicked.
    cellPointed(plane, row, column) and pointingLeft(): the pointer. Dragging stays on the plane where it began.
    """

    cellPicked = Signal(int, int, int)
    titlePicked = Signal(int)
    cellPointed = Signal(int, int, int)
    pointingLeft = Signal()
    panned = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: ChainPicture | None = None
        self._graph: Graph | None = None
        self._room = QSizeF(EXPORT_HEIGHT * 3, EXPORT_HEIGHT)
        self._zoom = 1.0
        self._pressed: int | None = None
        self._dragged_from: QPointF | None = None
        self._hovered: tuple[int, int, int] | None = None
        self._seen_from, self._seen_width = 0, 0
        self.setMouseTracking(True)
        self.setAccessibleName("Layers from the picture on")
        theme.changed.connect(self._relay)

    @property
    def picture(self) -> ChainPicture | None:
        return self._picture

    @property
    def zoom(self) -> float:
        return self._zoom

    def show_path(self, graph: Graph, path: UnitPath, trace: UnitTrace, photo: QImage | None) -> None:
        """Show another unit."""
        known = self._picture
        same = known is not None and self._graph is graph and known.path == path
        layout = (
            known.layout if same and known is not None else chain_layout(graph, path, self._room, self._zoom)
        )
        self._graph = graph
        self._picture = ChainPicture(layout, path, reads_of(graph, trace), photo, hovered=self._hovered)
        self._fit_to(layout)

    def show_photo(self, photo: QImage | None) -> None:
        """Another picture on the first plane."""
        if self._picture is not None:
            self._change(replace(self._picture, photo=photo))

    def clear(self) -> None:
        """Nothing to show."""
        self._picture = self._graph = None
        self.update()

    def set_readers(self, readers: Rect | None) -> None:
        """Mark the units of the chosen layer that read a pixel."""
        if self._picture is not None:
            self._change(replace(self._picture, readers=readers))

    def set_room(self, width: float, height: float) -> None:
        """The room that the planes are made for."""
        room = QSizeF(width, height)
        if room != self._room:
            self._room = room
            self._relay()

    def zoom_by(self, factor: float) -> None:
        """Make the planes larger or smaller."""
        zoom = min(max(self._zoom * factor, LEAST_ZOOM), MOST_ZOOM)
        if zoom != self._zoom:
            self._zoom = zoom
            self._relay()

    def set_seen(self, start: int, width: int) -> None:
        """Which part of the strip is in sight. Where it was scrolled on, the first plane is painted at its left end."""
        if (start, width) != (self._seen_from, self._seen_width):
            self._seen_from, self._seen_width = start, width
            self.update()

    @property
    def pinned(self) -> float:
        """How much of what is in sight the first plane takes over other ones."""
        return self._pinned_room() if self._seen_from else 0.0

    def _pinned_room(self) -> float:
        """What the first plane takes once the strip is scrolled; 0 where there is no room for that."""
        layout = self._layout()
        width = 0.0 if layout is None else pinned_width(layout)
        return width if width <= self._seen_width * MOST_PINNED else 0.0

    def start_at(self, chosen: QRectF, width: float) -> float:
        """Where the strip is scrolled to for a column: it is seen, and none is cut beside the first plane."""
        layout, pinned = self._layout(), self._pinned_room()
        lefts = [chosen.left()] if layout is None else [box.column.left() for box in layout.boxes]
        starts = [left - GAP / 2 - pinned for left in lefts if left <= chosen.left()]
        return next((start for start in starts if start >= chosen.right() - width * CHOSEN_AT), starts[-1])

    def export_picture(self) -> ChainPicture | None:
        """The strip for an export: at a zoom of 1, without what the pointer lights up."""
        if self._picture is None or self._graph is None:
            return None
        layout = chain_layout(self._graph, self._picture.path, QSizeF(0, EXPORT_HEIGHT))
        return ChainPicture(layout, self._picture.path, self._picture.reads, self._picture.photo)

    def box_rect(self, plane: int) -> QRectF:
        """The column of a plane, to scroll it into view."""
        layout = self._layout()
        return layout.boxes[plane].column if layout is not None else QRectF()

    def face_rect(self, plane: int) -> QRectF:
        """Where the cells of a plane are."""
        layout = self._layout()
        return layout.boxes[plane].face if layout is not None else QRectF()

    def sizeHint(self) -> QSize:
        layout = self._layout()
        return QSize(200, 120) if layout is None else layout.size.toSize()

    def _layout(self) -> ChainLayout | None:
        return None if self._picture is None else self._picture.layout

    def _change(self, picture: ChainPicture) -> None:
        self._picture = picture
        self.update()

    @Slot()
    def _relay(self) -> None:
        if self._picture is None or self._graph is None:
            return
        layout = chain_layout(self._graph, self._picture.path, self._room, self._zoom)
        self._picture = replace(self._picture, layout=layout)
        self._fit_to(layout)

    def _fit_to(self, layout: ChainLayout) -> None:
        self.setFixedSize(layout.size.toSize().expandedTo(QSize(1, 1)))
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.colors.window)
        if self._picture is not None:
            paint_chain(painter, self._picture, QRectF(event.rect()))
            if self.pinned:
                painter.translate(self._seen_from, 0)
                paint_first(painter, self._picture)

    # --- pointer --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        hit = self._hit(event.position())
        if hit is not None and event.button() is Qt.MouseButton.LeftButton:
            self._pressed = hit[0]
            self.cellPicked.emit(*hit)
            return
        title = self._title_at(event.position())
        if title is not None and event.button() is Qt.MouseButton.LeftButton:
            self.titlePicked.emit(title)
            return
        self._dragged_from = event.globalPosition()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is not None:
            self.panned.emit(event.globalPosition().x() - self._dragged_from.x())
            self._dragged_from = event.globalPosition()
            return
        hit = self._hit(event.position())
        if hit == self._hovered:
            return
        self._hover(hit)
        if hit is None:
            self.pointingLeft.emit()
        else:
            self.cellPointed.emit(*hit)
            if event.buttons() & Qt.MouseButton.LeftButton and self._pressed == hit[0]:
                self.cellPicked.emit(*hit)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._pressed = self._dragged_from = None
        self.unsetCursor()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self._hovered is not None:
            self._hover(None)
            self.pointingLeft.emit()

    def _hover(self, hit: tuple[int, int, int] | None) -> None:
        self._hovered = hit
        if self._picture is not None:
            self._change(replace(self._picture, hovered=hit))

    def _hit(self, point: QPointF) -> tuple[int, int, int] | None:
        layout, point = self._layout(), self._behind_pinned(point)
        for index, box in enumerate(layout.boxes if layout is not None else ()):
            cell = box.cell_at(point)
            if cell is not None:
                return index, *cell
        return None

    def _title_at(self, point: QPointF) -> int | None:
        layout, point = self._layout(), self._behind_pinned(point)
        if layout is None or layout.head_end < point.y() < layout.foot:
            return None
        return next((i for i, box in enumerate(layout.boxes) if box.column.contains(point)), None)

    def _behind_pinned(self, point: QPointF) -> QPointF:
        """The place in the strip that is seen at a point of the widget."""
        over = point.x() - self._seen_from < self.pinned
        return point - QPointF(self._seen_from, 0) if over else point


class ChainArea(QScrollArea):
    """The strip in its scroll area: the wheel goes along the strip, with Ctrl it zooms."""

    def __init__(self, chain: UnitChain, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chain = chain
        self.setWidget(chain)
        self.viewport().setAutoFillBackground(False)
        self._retint()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setAccessibleName("Layers from the picture on")
        chain.panned.connect(self._pan)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)
        theme.changed.connect(self._retint)

    @Slot()
    def _retint(self) -> None:
        """On the stage the ground is the window's, not that of a panel."""
        self.setStyleSheet(f"QScrollArea {{ background: {theme.colors.window.name()}; }}")

    def reveal(self, first: QRectF, chosen: QRectF, *, anew: bool) -> None:
        """Bring a column into view with as much as possible of what leads to it.

        Where it and the one before it are seen already, nothing moves under the pointer, unless the strip is another.
        """
        bar, width = self.horizontalScrollBar(), self.viewport().width()
        seen = bar.value() + self._chain.pinned <= first.left() and chosen.right() <= bar.value() + width
        if anew or not seen:
            bar.setValue(0 if chosen.right() <= width else round(self._chain.start_at(chosen, width)))

    @Slot()
    def _scrolled(self) -> None:
        self._chain.set_seen(self.horizontalScrollBar().value(), self.viewport().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scrolled()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._chain.zoom_by(WHEEL_ZOOM**turned)
        else:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - turned)
        event.accept()

    @Slot(float)
    def _pan(self, distance: float) -> None:
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - round(distance))


__all__ = ["EXPORT_HEIGHT", "KEY_ZOOM", "ChainArea", "UnitChain", "paint_chain"]
