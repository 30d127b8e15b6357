"""The list of weights: rows to choose from with the pointer or the keys, each with the one button that it needs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QListView, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from gui.pages.weights import listing
from gui.pages.weights.list_model import WeightsModel
from gui.pages.weights.list_paint import LinePainter, columns, paint_names
from gui.pages.weights.listing import ACT_WORDS, Row
from gui.theme import CONTROL_HEIGHT, theme


class WeightsList(QWidget):
    """Names of the columns above the rows."""

    picked = Signal(str)
    """A person chose the weights of that name."""
    actAsked = Signal(str)
    """The button of a row, or Enter on it."""
    removeAsked = Signal(str)
    opened = Signal(str)
    """A double click on a row."""
    menuAsked = Signal(str, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = WeightsModel(self)
        self.view = _View(self.model, self)
        self.names = _Names(self.view, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.names)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)
        for signal, own in (
            (self.view.picked, self.picked),
            (self.view.actAsked, self.actAsked),
            (self.view.removeAsked, self.removeAsked),
            (self.view.opened, self.opened),
            (self.view.menuAsked, self.menuAsked),
        ):
            signal.connect(own)

    def show_rows(self, rows: Sequence[Row], selected: str) -> None:
        """Show rows and the choice among them, without signals."""
        with self.view.quiet():
            others = self.model.show_rows(rows)
            index = self.model.index_of(selected)
            # A person may look at other rows than the chosen one, whose progress changes ten times a second.
            if others or index != self.view.currentIndex():
                self.view.setCurrentIndex(index)
                self.view.scrollTo(index)

    def rows(self) -> list[Row]:
        """The rows on show."""
        return [line for line in self.model.lines if isinstance(line, Row)]

    def button_place(self, name: str) -> QPoint:
        """The middle of a row's button in the coordinates of the view's viewport."""
        return columns(QRectF(self.view.visualRect(self.model.index_of(name)))).button.center().toPoint()


class _Names(QWidget):
    """The names of the columns, exactly above them."""

    def __init__(self, view: QListView, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = view
        self.setFixedHeight(CONTROL_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_names(painter, QRectF(0, 0, self._view.viewport().width(), self.height()))
        painter.setPen(theme.colors.line)
        painter.drawLine(QPointF(0, self.height() - 0.5), QPointF(self.width(), self.height() - 0.5))


class _Quiet:
    """While it is entered, choices of the program are not told as a person's."""

    def __init__(self, view: _View) -> None:
        self._view = view

    def __enter__(self) -> None:
        self._view.is_quiet = True

    def __exit__(self, *_reason: object) -> None:
        self._view.is_quiet = False


class _View(QListView):
    picked = Signal(str)
    actAsked = Signal(str)
    removeAsked = Signal(str)
    opened = Signal(str)
    menuAsked = Signal(str, QPoint)

    def __init__(self, model: WeightsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.is_quiet = False
        self._pressed = ""
        self._model = model
        self._painter = LinePainter(self)
        self.setModel(model)
        self.setItemDelegate(self._painter)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("surface")
        self.setAccessibleName("Weights")
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.selectionModel().currentChanged.connect(self._current_changed)
        theme.changed.connect(self.viewport().update)

    def quiet(self) -> _Quiet:
        return _Quiet(self)

    def sizeHint(self) -> QSize:
        return QSize(0, 0)

    @Slot(QModelIndex, QModelIndex)
    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        row = self._model.row_at(current)
        if row is not None and not self.is_quiet:
            self.picked.emit(row.name)

    def current_row(self) -> Row | None:
        """The chosen row."""
        return self._model.row_at(self.currentIndex())

    # --- pointer --------------------------------------------------------------------------------------------

    def _under(self, point: QPoint) -> tuple[Row | None, bool]:
        """The row at a point, and whether the point is on its button."""
        index = self.indexAt(point)
        row = self._model.row_at(index)
        if row is None:
            return None, False
        button = columns(QRectF(self.visualRect(index))).button
        return row, row.act is not None and button.contains(QPointF(point))

    def _point(self, point: QPoint | None) -> None:
        row, on_button = (None, False) if point is None else self._under(point)
        now = ("" if row is None else row.name, on_button)
        if now != self._painter.pointed:
            self._painter.pointed = now
            self.viewport().setCursor(
                Qt.CursorShape.PointingHandCursor if on_button else Qt.CursorShape.ArrowCursor
            )
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(event.position().toPoint())
        if not self._pressed:
            super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row, on_button = self._under(event.position().toPoint())
        self._pressed = row.name if row is not None and on_button else ""
        if event.button() is Qt.MouseButton.LeftButton or row is not None:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        row, on_button = self._under(event.position().toPoint())
        pressed, self._pressed = self._pressed, ""
        super().mouseReleaseEvent(event)
        if (
            on_button
            and row is not None
            and row.name == pressed
            and event.button() is Qt.MouseButton.LeftButton
        ):
            self.actAsked.emit(pressed)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row, on_button = self._under(event.position().toPoint())
        if row is not None and not on_button:
            self.opened.emit(row.name)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        row = self.current_row() if keyboard else self._under(event.pos())[0]
        if row is not None:
            self.menuAsked.emit(row.name, event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            row, on_button = self._under(event.pos())
            if row is None:
                QToolTip.hideText()
            else:
                words = ACT_WORDS[row.act] if on_button and row.act else listing.sentence(row)
                QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().viewportEvent(event)

    # --- keys -----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, key = self.current_row(), Qt.Key(event.key())
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if row is None or not plain:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.actAsked.emit(row.name)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removeAsked.emit(row.name)
        else:
            super().keyPressEvent(event)
