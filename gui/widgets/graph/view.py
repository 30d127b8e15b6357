"""The graph view: a network as a drawing that a person can read, walk through, fold, zoom and take away."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QEvent,
    QPoint,
    QPointF,
    QSizeF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from gui.widgets.graph.camera import MAX_ZOOM
from gui.widgets.graph.canvas import GraphCanvas
from gui.widgets.graph.data import KINDS, Drawing, GraphBox, GraphEdge, GraphGroup, kind_of
from gui.widgets.graph.minimap import Minimap
from gui.widgets.graph.walk import next_box
from gui.widgets.graph.words import words

__all__ = ["KINDS", "MAX_ZOOM", "Drawing", "GraphBox", "GraphEdge", "GraphGroup", "GraphView", "kind_of"]

WHEEL_ZOOM: Final = 1.0015
KEY_ZOOM: Final = 1.25


class GraphView(GraphCanvas):
    """Shows a Drawing. Drag pans, wheel zooms, arrows walk along the edges, 0 fits, Enter activates, F folds.

    hovered(key): the box under the pointer, "" when it left; picked(key): clicked, or walked to by keyboard;
    activated(key): double click or Enter; foldToggled(key): a fold sign of a box or of an open group, or F;
    menuRequested(key, global position): right click, "" beside the boxes.
    """

    hovered = Signal(str)
    picked = Signal(str)
    activated = Signal(str)
    foldToggled = Signal(str)
    menuRequested = Signal(str, QPoint)

    def __init__(self, name: str = "Network graph", parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._hover = ""
        self._press: QPointF | None = None
        self._press_pan = QPointF()
        self._dragged = self._on_minimap = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _forget_light(self) -> None:
        self._hover_to("")
        super()._forget_light()

    # --- pointer ----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        self._glide.stop()
        self._press, self._press_pan, self._dragged = event.position(), self._camera.pan, False
        self._on_minimap = self.minimap_rect().contains(event.position())
        if self._on_minimap:
            self._centre_on_minimap(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is None:
            self._hover_at(event.position())
        elif self._on_minimap:
            self._centre_on_minimap(event.position())
        else:
            way = event.position() - self._press
            if self._dragged or way.manhattanLength() >= QApplication.startDragDistance():
                if not self._dragged:
                    self._forget_light()
                    self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self._dragged = True
                self._camera.move_to(self._press_pan + way)
                self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clicked = self._press is not None and not self._dragged and not self._on_minimap
        self._press, self._dragged, self._on_minimap = None, False, False
        self.unsetCursor()
        if clicked and event.button() is Qt.MouseButton.LeftButton:
            self._click(event.position())
        self._hover_at(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.minimap_rect().contains(event.position()) or event.button() is not Qt.MouseButton.LeftButton:
            return
        if self._sign_at(event.position()):
            self.mousePressEvent(event)  # two quick clicks on a sign are two clicks
            return
        item = self._scene.item_at(self._camera.to_scene(event.position()))
        if item is None:
            self.fit()
        else:
            self.activated.emit(item.box.key)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover_to("")

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(WHEEL_ZOOM ** event.angleDelta().y(), event.position())
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            place = self.box_rect(self._marks.selected).center().toPoint()
            self.menuRequested.emit(self._marks.selected, self.mapToGlobal(place))
            return
        item = self._scene.item_at(self._camera.to_scene(QPointF(event.pos())))
        self.menuRequested.emit("" if item is None else item.box.key, event.globalPos())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self._show_tip(event)
            return True
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.zoom_by(1.0 + event.value(), event.position())
            return True
        return super().event(event)

    def _click(self, point: QPointF) -> None:
        sign = self._sign_at(point)
        if sign:
            self.foldToggled.emit(sign)
            return
        item = self._scene.item_at(self._camera.to_scene(point))
        if item is not None:
            self.set_selected(item.box.key)
            self.picked.emit(item.box.key)

    def _sign_at(self, point: QPointF) -> str:
        """The box or group whose fold sign is at a point of the widget; the whole title of a group counts."""
        place = self._camera.to_scene(point)
        item = self._scene.item_at(place)
        if item is not None:
            return item.box.key if item.sign.adjusted(-4, -4, 4, 4).contains(place) else ""
        frame = self._scene.frame_at(place)
        return frame.key if frame is not None else ""

    def _centre_on_minimap(self, point: QPointF) -> None:
        place = Minimap.place(self._scene, QSizeF(self.size()))
        self._camera.move_to(self._camera.pan_for(Minimap.to_scene(point, place, self._scene)))
        self.update()

    def _hover_at(self, point: QPointF) -> None:
        if self.minimap_rect().contains(point) or not self.rect().contains(point.toPoint()):
            self._hover_to("")
            return
        item = self._scene.item_at(self._camera.to_scene(point))
        self._hover_to("" if item is None else item.box.key)
        pointing = bool(self._sign_at(point))
        self.setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)

    def _hover_to(self, key: str) -> None:
        if key != self._hover:
            self._hover = key
            self._light(key)
            self.hovered.emit(key)

    def _show_tip(self, event: QHelpEvent) -> None:
        item = self._scene.item_at(self._camera.to_scene(QPointF(event.pos())))
        if item is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(event.globalPos(), words(item.box, self._drawing), self)

    # --- keys -------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        steps = {
            Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1), Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
        }  # fmt: skip
        if key in steps:
            self._walk(*steps[key])
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self.fit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(KEY_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / KEY_ZOOM)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._marks.selected:
            self.activated.emit(self._marks.selected)
        elif key == Qt.Key.Key_F and not event.modifiers() and self._fold_key():
            self.foldToggled.emit(self._fold_key())
        else:
            super().keyPressEvent(event)

    def _fold_key(self) -> str:
        """What F folds or unfolds: the selected box, else the innermost group around it."""
        box = self._drawing.by_key.get(self._marks.selected)
        if box is None:
            return ""
        groups = self._drawing.groups_of[box.key]
        return box.key if box.foldable else groups[0] if groups else ""

    def _walk(self, dx: int, dy: int) -> None:
        """Move the selection along an edge, or to a neighbour in the same layer."""
        target = next_box(self._scene, self.selected, dx, dy)
        if target:
            self.set_selected(target)
            if not self._camera.seen.contains(self._scene.items[target].rect):
                self.reveal(target)
            self.picked.emit(target)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        reasons = Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason
        self._by_keyboard = event.reason() in reasons
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
