"""The canvas: shows a scene, lets a person point at cells, edit them, zoom and pan; it knows not what a scene means."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import theme, with_alpha
from gui.widgets.cell_editor import LIMIT, CellEditor
from gui.widgets.plate import Mark, MarkRole, Plate
from gui.widgets.scene import Scene
from gui.widgets.scene_painter import FLIP_MILLISECONDS, ScenePainter

Builder = Callable[[QSizeF], Scene]
MAX_ZOOM = 12.0


def empty_scene(size: QSizeF) -> Scene:
    """A scene with nothing in it."""
    return Scene(size)


class Canvas(QWidget):
    """Draws the scene that a builder lays out for its size."""

    cellHovered = Signal(str, int, int)
    hoverLeft = Signal()
    cellClicked = Signal(str, int, int)
    cellActivated = Signal(str, int, int)
    cellEdited = Signal(str, int, int, float)
    menuRequested = Signal(object, object)
    arrowPressed = Signal(int, int, bool)
    editBegan = Signal()
    """The editor opens on a cell: what is on show has to stay there until the number is in."""

    def __init__(self, parent: QWidget | None = None, *, cell_limit: float = LIMIT) -> None:
        super().__init__(parent)
        self._builder: Builder = empty_scene
        self._scene = Scene()
        self._painter = ScenePainter(self)
        self._painter.advanced.connect(self._advanced)
        self._zoom, self._pan = 1.0, QPointF()
        self._drag: QPointF | None = None
        self._pressed: tuple[str, int, int] | None = None
        self._hovered: tuple[str, int, int] | None = None
        self._selected: tuple[str, int, int] | None = None
        self._stale = False
        self._editor = CellEditor(self, cell_limit)
        self._editor.committed.connect(self._commit)
        self._editor.moved.connect(self._edit_next)
        self._editor.closed.connect(self._edited)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 200)
        self.setAccessibleName("Stage")
        theme.changed.connect(self._theme_changed)

    @property
    def scene(self) -> Scene:
        return self._scene

    @property
    def zoom(self) -> float:
        return self._zoom

    @property
    def hovered(self) -> tuple[str, int, int] | None:
        """The cell under the pointer: plate, row, column."""
        return self._hovered

    @property
    def editing(self) -> bool:
        return self._editor.isVisible()

    @property
    def moving(self) -> bool:
        """Whether a window glides or a kernel turns at the moment."""
        return self._painter.moving

    def set_builder(self, builder: Builder, *, glide: bool = True) -> None:
        """Show what `builder` lays out; windows and sliding plates that moved glide to their new place."""
        if glide and not theme.reduced_motion and self.isVisible():
            self._painter.leave(self._scene)
        else:
            self._painter.stay()
        self._builder = builder
        self._rebuild()
        self._painter.arrive(self._scene)

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to the past: it stays, tinted, until the new one is there."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def flip(self, prefix: str, *, mirror: bool = False, milliseconds: int = FLIP_MILLISECONDS) -> None:
        """Turn the plates whose key begins with `prefix` by 180 degrees into their new state, or mirror a row."""
        if not theme.reduced_motion and self.isVisible():
            self._painter.flip(prefix, mirror=mirror, milliseconds=milliseconds)

    def fit(self) -> None:
        """Show the whole scene again."""
        self._zoom, self._pan = 1.0, QPointF()
        self._place_editor()
        self.update()

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom around a point of the widget (its middle by default)."""
        centre = around if around is not None else QPointF(self.width() / 2, self.height() / 2)
        zoom = min(max(self._zoom * factor, 1.0), MAX_ZOOM)
        self._pan = centre - (centre - self._pan) * (zoom / self._zoom)
        self._zoom = zoom
        self._clamp_pan()
        self._place_editor()
        self.update()

    def edit(self, key: str, row: int, column: int) -> bool:
        """Open the editor on a cell; False where the cell cannot be edited."""
        plate = self._scene.plate(key)
        if plate is None or not plate.editable or plate.cell * self._zoom < 4:
            return False
        self._selected = (key, row, column)
        self.editBegan.emit()
        self._editor.open_on(self._view_rect(plate.cell_rect(row, column)), float(plate.values[row, column]))
        self.update()
        return True

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw the scene at another size (export): vectors where the painter keeps them, no cached pictures."""
        self.paint_scene(painter, self._builder(size), size)

    def paint_scene(self, painter: QPainter, scene: Scene, size: QSizeF) -> None:
        """Draw any scene as an export draws it (a frame of a film)."""
        self._painter.paint_still(painter, scene, size)

    def preferred_size(self) -> QSizeF:
        """The size an export has by default: the one on the screen."""
        return QSizeF(max(self.width(), 640), max(self.height(), 400))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, True)
        painter.fillRect(self.rect(), theme.colors.window)
        painter.translate(self._pan)
        painter.scale(self._zoom, self._zoom)
        self._painter.paint(painter, self._scene, self._zoom, self.devicePixelRatioF())
        self._paint_selection(painter)
        if self._stale:
            painter.resetTransform()
            painter.fillRect(self.rect(), with_alpha(theme.colors.window, 0.6))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._painter.stay()
        self._rebuild()
        self._clamp_pan()
        self._place_editor()

    def _rebuild(self) -> None:
        self._scene = self._builder(QSizeF(self.size()))
        self.setAccessibleDescription(self._scene.description)
        self.update()

    @Slot()
    def _theme_changed(self) -> None:
        self._painter.forget_pictures()
        self._rebuild()

    @Slot()
    def _advanced(self) -> None:
        self.update()

    def _paint_selection(self, painter: QPainter) -> None:
        if self._selected is None or not self.hasFocus():
            return
        key, row, column = self._selected
        plate = self._scene.plate(key)
        if plate is None or row >= plate.shape[0] or column >= plate.shape[1]:
            self._selected = None
            return
        plate.paint_marks(painter, (Mark.cell(MarkRole.SELECTED, row, column),))

    def _to_scene(self, point: QPointF) -> QPointF:
        return (point - self._pan) / self._zoom

    def _view_rect(self, area: QRectF) -> QRectF:
        return QRectF(area.topLeft() * self._zoom + self._pan, area.size() * self._zoom)

    def _clamp_pan(self) -> None:
        width, height = self.width() * (self._zoom - 1), self.height() * (self._zoom - 1)
        self._pan = QPointF(min(max(self._pan.x(), -width), 0.0), min(max(self._pan.y(), -height), 0.0))

    def _place_editor(self) -> None:
        if not self._editor.isVisible() or self._selected is None:
            return
        key, row, column = self._selected
        plate = self._scene.plate(key)
        if plate is not None:
            self._editor.move_to(self._view_rect(plate.cell_rect(row, column)))

    @Slot(float)
    def _commit(self, value: float) -> None:
        if self._selected is not None:
            self.cellEdited.emit(*self._selected, value)

    @Slot()
    def _edited(self) -> None:
        """The editor is closed: the pointer may have left in the meantime."""
        if self._hovered is not None and not self.underMouse():
            self._hovered = None
            self.hoverLeft.emit()

    @Slot(int, int)
    def _edit_next(self, rows: int, columns: int) -> None:
        if self._selected is None:
            return
        key, row, column = self._selected
        plate = self._scene.plate(key)
        if plate is None:
            return
        height, width = plate.shape
        flat = (row + rows) * width + column + columns
        if 0 <= flat < height * width:
            self.edit(key, flat // width, flat % width)

    # --- pointer and keys ---------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = self._scene.hit(self._to_scene(event.position()))
        if event.button() is Qt.MouseButton.LeftButton and hit is not None:
            plate, row, column = hit
            self._pressed = (plate.key, row, column)
            self._selected = None
            self.cellClicked.emit(plate.key, row, column)
            self.update()
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._drag = event.position()
            self._selected = None
            if self._zoom > 1:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            self._pan += event.position() - self._drag
            self._drag = event.position()
            self._clamp_pan()
            self._place_editor()
            self.update()
            return
        hit = self._scene.hit(self._to_scene(event.position()))
        place = None if hit is None else (hit[0].key, hit[1], hit[2])
        if place == self._hovered or self.editing:
            return
        self._hovered = place
        if place is None:
            self.hoverLeft.emit()
        else:
            if (
                event.buttons() & Qt.MouseButton.LeftButton
                and self._pressed is not None
                and self._pressed[0] == place[0]
            ):
                self.cellClicked.emit(*place)
            self.cellHovered.emit(*place)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._drag = self._pressed = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        hit = self._scene.hit(self._to_scene(event.position()))
        if hit is None:
            self.fit()
            return
        plate, row, column = hit
        if not self.edit(plate.key, row, column):
            self.cellActivated.emit(plate.key, row, column)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.editing:  # otherwise the window could go to another cell than the one being edited
            self._hovered = None
            self.hoverLeft.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._hovered = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(1.0015 ** event.angleDelta().y(), event.position())
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        hit = self._scene.hit(self._to_scene(QPointF(event.pos())))
        self.menuRequested.emit(None if hit is None else hit[0], event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrows = {
            Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
        }  # fmt: skip
        move = arrows.get(Qt.Key(event.key()))
        if self._selected is not None and self._key_edits(event):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2) and self._select_first():
            return
        if move is not None and self._selected is not None:
            self._move_selection(*move)
        elif move is not None:
            self.arrowPressed.emit(*move, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif event.key() == Qt.Key.Key_Escape and (self._zoom > 1 or self._selected is not None):
            if self._selected is not None and not self.underMouse():
                self.hoverLeft.emit()
            self._selected = None
            self.fit()
        else:
            super().keyPressEvent(event)

    def _select_first(self) -> bool:
        """Begin to edit by keyboard: select the middle of the window, or the first cell that can be edited."""
        for plate in self._scene.plates:
            if plate.editable and not plate.rect.isEmpty():
                mark = next((m for m in plate.marks if m.role is MarkRole.WINDOW), None)
                row = int((mark.top + mark.bottom - 1) / 2) if mark else 0
                column = int((mark.left + mark.right - 1) / 2) if mark else 0
                self._select(plate, row, column)
                return True
        return False

    def _move_selection(self, rows: int, columns: int) -> None:
        """Move the selected cell; beyond the left or right edge lies the next grid that can be edited."""
        key, row, column = self._selected or ("", 0, 0)
        editable = [plate for plate in self._scene.plates if plate.editable and not plate.rect.isEmpty()]
        index = next((i for i, plate in enumerate(editable) if plate.key == key), 0)
        plate = editable[index]
        if not 0 <= column + columns < plate.shape[1] and 0 <= index + columns < len(editable):
            plate = editable[index + columns]
            column = -1 if columns > 0 else plate.shape[1]
        row = min(max(row + rows, 0), plate.shape[0] - 1)
        self._select(plate, row, min(max(column + columns, 0), plate.shape[1] - 1))

    def _select(self, plate: Plate, row: int, column: int) -> None:
        self._selected = (plate.key, row, column)
        self.cellHovered.emit(plate.key, row, column)
        self.setAccessibleDescription(
            f"{plate.title}, row {row}, column {column}: {plate.values[row, column]:g}. Type a number to change it."
        )
        self.update()

    def _key_edits(self, event: QKeyEvent) -> bool:
        """Typing over a selected cell edits it, as in a spreadsheet."""
        key, row, column = self._selected or ("", 0, 0)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            return self.edit(key, row, column)
        others = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier  # Alt+2 picks a view
        if event.modifiers() & others:
            return False
        if event.text() and event.text() in "0123456789-.,+" and self.edit(key, row, column):
            self._editor.type_over(event.text())
            return True
        return False
