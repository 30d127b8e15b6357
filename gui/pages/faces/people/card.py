"""A person as a card: the name, to be changed in place, and the photos; cards are dragged onto each other to merge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QByteArray, QMimeData, QPoint, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QVBoxLayout, QWidget

from engine.faces.gallery.requests import LONGEST_NAME, Person
from gui.pages.faces.face_row import FaceRow, Tile
from gui.pages.faces.names import problem, shown
from gui.theme import radius, space, theme
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.wrapped import OneLine, Wrapped

MIME: Final = "application/x-convscope-person"
SIDE: Final = 50


class PersonCard(QFrame):
    """chosen(): the card, or a photo of it, was clicked; photoPicked(int): its number; renamed(str); dropped(int): the
    number of the person whose card was dropped here; menuAsked(QPoint)."""

    chosen = Signal()
    photoPicked = Signal(int)
    renamed = Signal(str)
    dropped = Signal(int)
    menuAsked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.person = Person(0, "", 0.0, ())
        self._chosen = self._over = False
        self._pressed: QPoint | None = None
        self.name, self.about = OneLine(role="section"), OneLine()
        self.edit, self.reason = QLineEdit(), Wrapped("error")
        self.edit.setMaxLength(2 * LONGEST_NAME)
        self.edit.setAccessibleName("Name")
        self.row = FaceRow("Photos", side=SIDE, rows=None)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.m, space.s, space.m, space.s)
        column.setSpacing(space.xs)
        for part in (self.name, self.edit, self.reason, self.about, self.row):
            column.addWidget(part)
        self.edit.hide()
        self.reason.hide()
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.row.picked.connect(self._photo_picked)
        self.edit.returnPressed.connect(self._finish)
        self.edit.editingFinished.connect(self._leave)
        theme.changed.connect(self.update)

    # --- what is shown --------------------------------------------------------------------------------------

    def show_person(self, person: Person, about: str, photos: Sequence[int], *, chosen: bool) -> None:
        """Show a person; `photos`: numbers of those that are marked."""
        self.person, self._chosen = person, chosen
        self.name.setText(shown(person.name))
        self.about.setText(about)
        self.setAccessibleName(f"{shown(person.name, 60)}, {about}")
        tiles = [Tile((photo.crop,), shown(photo.origin, 20)) for photo in person.photos]
        marked = [place for place, photo in enumerate(person.photos) if photo.number in photos]
        self.row.show_tiles(tiles, marked)
        self.update()

    @property
    def editing(self) -> bool:
        """Whether the name is being typed."""
        return not self.edit.isHidden()

    def edit_name(self) -> None:
        """Let the name be typed anew; Return takes it, Esc leaves it as it was."""
        self.edit.setText(self.person.name)
        self._say("")
        self.name.hide()
        self.edit.show()
        self.edit.selectAll()
        self.edit.setFocus()

    def _say(self, reason: str) -> None:
        self.reason.say(reason)
        self.reason.setVisible(bool(reason))

    def close_edit(self) -> None:
        """Show the name as it is stored."""
        had = self.edit.hasFocus()
        self.edit.blockSignals(True)
        self.edit.hide()
        self.edit.blockSignals(False)
        self.reason.hide()
        self.name.show()
        if had:
            self.setFocus()

    @Slot()
    def _finish(self) -> None:
        typed = self.edit.text()
        reason = problem(typed)
        self._say(reason)
        if not reason:
            self.close_edit()
            if typed != self.person.name:
                self.renamed.emit(typed)

    @Slot()
    def _leave(self) -> None:
        """The field lost the focus: nothing is changed by looking elsewhere."""
        if self.editing and not self.edit.hasFocus():
            self.close_edit()

    @Slot(int)
    def _photo_picked(self, place: int) -> None:
        self.chosen.emit()
        self.photoPicked.emit(self.person.photos[place].number)

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.rect().toRectF()
        if self._chosen or self._over:
            painter.setPen(
                QPen(theme.colors.accent, 2, Qt.PenStyle.DashLine if self._over else Qt.PenStyle.SolidLine)
            )
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), radius.card, radius.card)
        if self.hasFocus():
            paint_focus_ring(painter, area.adjusted(2, 2, -2, -2))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # --- pointer and keys -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        self.chosen.emit()
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        start = self._pressed
        if start is None:
            return
        if (event.position().toPoint() - start).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self._drag()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.name.geometry().contains(event.position().toPoint()):
            self.edit_name()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.chosen.emit()
        self.menuAsked.emit(event.globalPos())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.editing and event.key() == Qt.Key.Key_Escape:
            self.close_edit()
        elif event.key() == Qt.Key.Key_F2:
            self.chosen.emit()
            self.edit_name()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

    def _drag(self) -> None:
        """The number travels, within this program: no name leaves it."""
        data = QMimeData()
        data.setData(MIME, QByteArray(str(self.person.number).encode()))
        drag = QDrag(self)
        drag.setMimeData(data)
        if self.person.photos:
            picture = QPixmap(self.row.grab(self.row.tile_rect(0).toRect()))
            drag.setPixmap(picture)
        drag.exec(Qt.DropAction.MoveAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._carried(event) is not None:
            self._over = True
            event.acceptProposedAction()
            self.update()

    def dragLeaveEvent(self, event: object) -> None:
        self._over = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._over = False
        number = self._carried(event)
        self.update()
        if number is not None:
            event.acceptProposedAction()
            self.dropped.emit(number)

    def _carried(self, event: QDropEvent) -> int | None:
        """The number of another person whose card is being dragged within this window."""
        source = event.source()
        text = bytes(event.mimeData().data(MIME).data()).decode("ascii", "replace")
        inside = isinstance(source, PersonCard) and source.window() is self.window()
        return int(text) if inside and text.isdigit() and int(text) != self.person.number else None
