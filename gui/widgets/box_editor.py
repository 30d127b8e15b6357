"""The box editor: a picture on which a person draws, moves, resizes and names boxes, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QTransform
from PySide6.QtWidgets import QWidget

from gui.theme import space, theme
from gui.widgets.box_geometry import HANDLES, WHOLE, Corners, Handle, dragged, handle_point, inside
from gui.widgets.box_paint import DrawnBox, paint_boxes
from gui.widgets.frame_view import FrameView, Overlay, arrow_step

REACH: Final = 7.0
"""How near to a handle or an edge the pointer has to be, in device-independent pixels."""
HANDLE_SIDE: Final = 8.0
NEW_SHARE: Final = 0.3
"""The side of a box that the keyboard adds, as a share of the picture's."""
TIP: Final = (
    "Drag to draw a box. Drag a box or its handles to change it. Tab: next box. Arrows move it, with Alt they resize "
    "it, with Shift by ten pixels. 1 to 9: class. Delete takes it away."
)
_CURSORS: Final = {
    WHOLE: Qt.CursorShape.SizeAllCursor,
    (-1, -1): Qt.CursorShape.SizeFDiagCursor, (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor, (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor, (0, 1): Qt.CursorShape.SizeVerCursor,
    (-1, 0): Qt.CursorShape.SizeHorCursor, (1, 0): Qt.CursorShape.SizeHorCursor,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """One box on a picture: `corners` in its pixels, `kind` the class (and the colour), `label` what is written on it.

    `role` names a colour of the palette ("good") that takes the place of the class colour. `dashed` is for guesses,
    `faded` for what is out of the game; a `fixed` one can be picked, but not changed by hand.
    """

    corners: Corners
    kind: int = 0
    label: str = ""
    role: str = ""
    dashed: bool = False
    faded: bool = False
    fixed: bool = False

    @property
    def color(self) -> QColor:
        """What it is drawn in."""
        return QColor(getattr(theme.colors, self.role)) if self.role else theme.class_color(self.kind)


@dataclass(slots=True)
class _Drag:
    """What a hand is about: a box that it holds, or (index None) a press that may become a new box."""

    began: QPointF
    gesture: str
    index: int | None = None
    handle: Handle = WHOLE
    corners: Corners = (0.0, 0.0, 0.0, 0.0)
    held: bool = False
    """Whether the pointer has moved far enough to mean it."""


class BoxEditor(FrameView):
    """A frame with boxes. Whoever shows it keeps them: `changed` says what they are to be, `set_boxes` what they are.

    changed(boxes, gesture): tuple[Box, ...], and the gesture that it belongs to (one drag is one, "" for a change of
    its own). picked(index): −1 for none. boxHovered(index or None); `hovered(x, y)` is still about the pixel.
    """

    changed = Signal(object, str)
    picked = Signal(int)
    boxHovered = Signal(object)

    def __init__(
        self, name: str = "Boxes", parent: QWidget | None = None, *, can_add: bool = True, most_kinds: int = 9
    ) -> None:
        self._boxes: tuple[Box, ...] = ()
        self._chosen: int | None = None
        self._pointed: int | None = None
        self._lit: int | None = None
        self._dragging: _Drag | None = None
        self._gestures = 0
        self._below: Overlay | None = None
        self._above: Overlay | None = None
        self.can_add, self.most_kinds = can_add, most_kinds
        self.new_kind = 0
        """The class of the next box that is drawn."""
        super().__init__(name, parent)
        self.setToolTip(TIP if can_add else TIP.partition(". ")[2])
        self.set_overlay(self._paint_layers)

    # --- what is shown --------------------------------------------------------------------------------------

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes on show."""
        return self._boxes

    @property
    def chosen(self) -> int | None:
        """The box with the handles, which the keys are about."""
        return self._chosen

    def set_boxes(self, boxes: Sequence[Box]) -> None:
        """Show boxes; emits nothing. What is chosen stays chosen, and a hand that holds a box goes on holding it."""
        boxes = tuple(boxes)
        if boxes == self._boxes:
            return
        self._boxes = boxes
        if self._chosen is not None and self._chosen >= len(boxes):
            self._chosen = None
        if self._pointed is not None and self._pointed >= len(boxes):
            self._point_at(None)
        drag = self._dragging
        if drag is not None and drag.index is not None and drag.index >= len(boxes):
            self._dragging = None
        self._describe()
        self.update()

    def choose(self, index: int | None) -> None:
        """Give a box the handles, None for none; emits nothing."""
        index = index if index is not None and 0 <= index < len(self._boxes) else None
        if index != self._chosen:
            self._chosen = index
            self._describe()
            self.update()

    def light(self, index: int | None) -> None:
        """Make a box stand out as if it were pointed at; None for none."""
        if index != self._lit:
            self._lit = index
            self.update()

    def set_painter(self, painter: Overlay | None, *, below: bool = False) -> None:
        """Draw more: `painter(painter, transform)`, the transform leads from picture pixels to the widget.

        Over the boxes, or `below` them; one of each.
        """
        if below:
            self._below = painter
        else:
            self._above = painter
        self.update()

    def area_of(self, index: int) -> QRectF:
        """Where a box lies in the widget."""
        return _area(self.transform(), self._boxes[index].corners)

    def _paint_layers(self, painter: QPainter, transform: QTransform) -> None:
        if self._below is not None:
            painter.save()
            self._below(painter, transform)
            painter.restore()
        strong = (self._chosen, self._pointed, self._lit)
        drawn = [
            DrawnBox(
                _area(transform, box.corners), box.color, box.label, box.dashed, box.faded, index in strong
            )
            for index, box in enumerate(self._boxes)
        ]
        paint_boxes(painter, drawn, self.picture_rect())
        if self._chosen is not None and not self._boxes[self._chosen].fixed:
            self._paint_handles(painter, transform, self._boxes[self._chosen])
        if self._above is not None:
            self._above(painter, transform)

    def _paint_handles(self, painter: QPainter, transform: QTransform, box: Box) -> None:
        painter.setPen(QPen(box.color, 1.5))
        painter.setBrush(theme.colors.surface)
        for handle in HANDLES:
            middle = transform.map(QPointF(*handle_point(box.corners, handle)))
            side = HANDLE_SIDE
            painter.drawRect(QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side))

    def _describe(self) -> None:
        super()._describe()
        count = len(self._boxes)
        words = f"{self.accessibleDescription()}, {count} box{'' if count == 1 else 'es'}"
        if self._chosen is not None:
            box = self._boxes[self._chosen]
            x1, y1, x2, y2 = box.corners
            words += f"; chosen: {box.label or self._chosen + 1}, x {x1:g} to {x2:g}, y {y1:g} to {y2:g}"
        self.setAccessibleDescription(words)

    # --- changing -------------------------------------------------------------------------------------------

    def _choose(self, index: int | None) -> None:
        if index != self._chosen:
            self.choose(index)
            self.picked.emit(-1 if index is None else index)

    def _set(self, index: int, box: Box, gesture: str) -> None:
        """A box is to be another one; shown at once, whoever keeps the boxes may still refuse it."""
        if box != self._boxes[index]:
            boxes = (*self._boxes[:index], box, *self._boxes[index + 1 :])
            self._emit(boxes, gesture)

    def _emit(self, boxes: tuple[Box, ...], gesture: str) -> None:
        self._boxes = boxes
        self._describe()
        self.update()
        self.changed.emit(boxes, gesture)

    def _add(self, corners: Corners, gesture: str) -> None:
        index = len(self._boxes)
        self._chosen = index
        self._emit((*self._boxes, Box(corners, self.new_kind)), gesture)
        if len(self._boxes) > index:  # else there was no room for one more
            self.picked.emit(index)

    def _next_gesture(self) -> str:
        self._gestures += 1
        return f"box {self._gestures}"

    # --- pointer --------------------------------------------------------------------------------------------

    def _held_at(self, point: QPointF) -> tuple[int, Handle] | None:
        """Which box a press holds, and by what: the chosen one's handles and inside first, then edges."""
        transform = self.transform()
        if self._chosen is not None and not self._boxes[self._chosen].fixed:
            corners = self._boxes[self._chosen].corners
            for handle in HANDLES:
                away = transform.map(QPointF(*handle_point(corners, handle))) - point
                if max(abs(away.x()), abs(away.y())) <= REACH:
                    return self._chosen, handle
            if _area(transform, corners).contains(point):
                return self._chosen, WHOLE
        for index in self._under(point):
            area = _area(transform, self._boxes[index].corners)
            if not area.adjusted(REACH, REACH, -REACH, -REACH).contains(point) or not self.can_add:
                return index, WHOLE
        return None

    def _under(self, point: QPointF) -> list[int]:
        """The boxes under a point, the smallest first."""
        transform = self.transform()
        areas = [_area(transform, box.corners).adjusted(-REACH, -REACH, REACH, REACH) for box in self._boxes]
        found = [index for index, area in enumerate(areas) if area.contains(point)]
        return sorted(found, key=lambda index: areas[index].width() * areas[index].height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or not self.picture_size[0]:
            super().mousePressEvent(event)
            return
        point = event.position()
        anew = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier) and self.can_add
        held = None if anew else self._held_at(point)
        self._dragging = _Drag(point, self._next_gesture())
        if held is not None:
            index, handle = held
            self._dragging.index, self._dragging.handle = index, handle
            self._dragging.corners = self._boxes[index].corners
            self._choose(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        drag = self._dragging
        if drag is None:
            super().mouseMoveEvent(event)
            return
        moved = event.position() - drag.began
        drag.held = drag.held or moved.manhattanLength() >= space.xs
        if drag.held and drag.index is not None:
            if not self._boxes[drag.index].fixed:
                box = replace(self._boxes[drag.index], corners=self._pulled(drag, moved))
                self._set(drag.index, box, drag.gesture)
        elif drag.held and self.can_add:
            self._begin_new(drag, moved)
        self._hover_at(event.position())

    def _begin_new(self, drag: _Drag, moved: QPointF) -> None:
        """The press becomes the corner of a new box, which the pointer pulls at the opposite one."""
        x, y = self._pixel(drag.began)
        width, height = self.picture_size
        x, y = min(max(round(x), 0), width), min(max(round(y), 0), height)
        drag.index, drag.handle, drag.corners = len(self._boxes), (1, 1), (x, y, x, y)
        self._add(self._pulled(drag, moved), drag.gesture)

    def _pulled(self, drag: _Drag, moved: QPointF) -> Corners:
        scale = self.transform().m11()
        dx, dy = round(moved.x() / scale), round(moved.y() / scale)
        return dragged(drag.corners, drag.handle, dx, dy, self.picture_size)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._dragging = self._dragging, None
        if drag is None:
            super().mouseReleaseEvent(event)
            return
        if not drag.held and drag.index is None:
            under = self._under(event.position())
            self._choose(under[0] if under else None)
        place = self.pixel_at(event.position())
        if not drag.held and place is not None:
            self.clicked.emit(*place)
        self._hover_at(event.position())

    def _pixel(self, point: QPointF) -> tuple[float, float]:
        place = self.transform().inverted()[0].map(point)
        return place.x(), place.y()

    def _hover_at(self, point: QPointF) -> None:
        super()._hover_at(point)
        under = self._under(point)
        self._point_at(under[0] if under else None)
        if self._dragging is None and self.picture_size[0]:
            held = self._held_at(point)
            free = Qt.CursorShape.CrossCursor if self.can_add else Qt.CursorShape.ArrowCursor
            self.setCursor(free if held is None else _CURSORS[held[1]])

    def _point_at(self, index: int | None) -> None:
        if index != self._pointed:
            self._pointed = index
            self.boxHovered.emit(index)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)

    # --- keys -----------------------------------------------------------------------------------------------

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Tab goes from box to box, and beyond the last one to the next widget."""
        order: list[int | None] = [None, *range(len(self._boxes))]
        place = order.index(self._chosen) + (1 if forwards else -1)
        if 0 <= place < len(order) and (forwards or place > 0):
            self._choose(order[place])
            return True
        return super().focusNextPrevChild(forwards)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._key_acts(event):
            super().keyPressEvent(event)

    def _key_acts(self, event: QKeyEvent) -> bool:
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if key in (Qt.Key.Key_Insert, Qt.Key.Key_N) and self.can_add and self.picture_size[0]:
            self._add_by_key()
            return True
        index = self._chosen
        if index is None:
            return False
        box = self._boxes[index]
        step = arrow_step(event)
        if step is not None and not box.fixed:
            corners = dragged(box.corners, _held_by_key(modifiers), *step, self.picture_size)
            self._set(index, replace(box, corners=corners), "box keys")
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not box.fixed:
            self._remove(index)
        elif key is Qt.Key.Key_Escape:
            self._choose(None)
        elif self._is_kind(event) and not box.fixed:
            self._set(index, replace(box, kind=event.key() - Qt.Key.Key_1), "")
        else:
            return False
        return True

    def _is_kind(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier  # Alt and a digit pick a view
        return plain and 0 <= event.key() - Qt.Key.Key_1 < min(self.most_kinds, 9)

    def _add_by_key(self) -> None:
        width, height = self.picture_size
        x, y = round(width * (1 - NEW_SHARE) / 2), round(height * (1 - NEW_SHARE) / 2)
        self._add(inside((x, y, width - x, height - y), self.picture_size), "")

    def _remove(self, index: int) -> None:
        boxes = (*self._boxes[:index], *self._boxes[index + 1 :])
        self._chosen = None if not boxes else min(index, len(boxes) - 1)
        self._point_at(None)
        self._emit(boxes, "")
        self.picked.emit(-1 if self._chosen is None else self._chosen)


def _area(transform: QTransform, corners: Corners) -> QRectF:
    x1, y1, x2, y2 = corners
    return transform.mapRect(QRectF(x1, y1, x2 - x1, y2 - y1))


def _held_by_key(modifiers: Qt.KeyboardModifier) -> Handle:
    """What the arrows move: the box, with Alt its lower right corner, with Ctrl its upper left one."""
    if modifiers & Qt.KeyboardModifier.AltModifier:
        return 1, 1
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        return -1, -1
    return WHOLE
