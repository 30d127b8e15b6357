"""The little editor that opens on a grid cell: a number goes in, or the reason why not is shown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from gui.theme import space, theme
from gui.widgets.number_text import FieldProblem, format_number, parse_number

LIMIT = 1e6
MIN_WIDTH, MIN_HEIGHT = 64, 30


class CellEditor(QLineEdit):
    """Edits one number; Enter moves down, Tab to the right, Esc leaves the cell as it was."""

    committed = Signal(float)
    moved = Signal(int, int)
    closed = Signal()

    def __init__(self, parent: QWidget, limit: float = LIMIT) -> None:
        super().__init__(parent)
        self._limit = limit
        self._reason = QLabel(parent)
        self._reason.setObjectName("card")
        self._reason.setProperty("role", "error")
        self._reason.setWordWrap(True)
        self._reason.setMargin(space.s)
        self._reason.setAutoFillBackground(True)
        self._reason.hide()
        self._opened_with = 0.0
        self.setAccessibleName("Cell value")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.textEdited.connect(self._typed)
        self.hide()

    def open_on(self, area: QRectF, value: float) -> None:
        """Show the editor over a cell with the cell's number in it."""
        self._opened_with = value
        self.setFont(theme.font("body", mono=True))
        self.setText(f"{value:.10g}")
        self._mark(None)
        self.move_to(area)
        self.show()
        self.raise_()
        self.setFocus()
        self.selectAll()

    def move_to(self, area: QRectF) -> None:
        """Follow the cell when the canvas is zoomed or moved."""
        width, height = max(int(area.width()), MIN_WIDTH), max(int(area.height()), MIN_HEIGHT)
        centre = area.center().toPoint()
        self.setGeometry(centre.x() - width // 2, centre.y() - height // 2, width, height)

    def type_over(self, text: str) -> None:
        """Begin with a typed character instead of the old number."""
        self.setText(text)
        self.setCursorPosition(len(text))

    def event(self, event: QEvent) -> bool:
        # Tab moves to the next cell; QWidget.event would hand the focus on before keyPressEvent sees it.
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            moves = {Qt.Key.Key_Tab: (0, 1), Qt.Key.Key_Backtab: (0, -1)}
            move = moves.get(Qt.Key(event.key()))
            if move is not None:
                if self._take():
                    self.moved.emit(*move)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._take():
                self._close()
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            if self._take():
                self.moved.emit(-1 if event.key() == Qt.Key.Key_Up else 1, 0)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.PopupFocusReason:
            return  # its own context menu
        if self.isVisible():
            self._take()
        self._close(refocus=False)

    @Slot(str)
    def _typed(self, _text: str) -> None:
        self._mark(None)

    def _take(self) -> bool:
        try:
            value = float(
                parse_number(self.text(), low=-self._limit, high=self._limit, current=self._opened_with)
            )
        except FieldProblem as problem:
            self._mark(problem)
            return False
        if value != self._opened_with:
            self.committed.emit(value)
        return True

    def _mark(self, problem: FieldProblem | None) -> None:
        self.setProperty("invalid", problem is not None)
        self.style().unpolish(self)
        self.style().polish(self)
        if problem is None:
            self._reason.hide()
            return
        nearest = "" if problem.nearest is None else f" Nearest: {format_number(problem.nearest)}."
        self._reason.setText(f"{problem.message}{nearest}")
        self._reason.setFixedWidth(240)
        self._reason.adjustSize()
        self._place_reason()
        self._reason.show()
        self._reason.raise_()

    def _place_reason(self) -> None:
        """Beneath the editor, above it where there is no room."""
        parent, reason = self.parentWidget(), self._reason
        room = self.rect() if parent is None else parent.rect()
        below = self.geometry().bottom() + space.xs
        above = self.y() - reason.height() - space.xs
        y = below if below + reason.height() <= room.height() else max(above, 0)
        reason.move(max(min(self.x(), room.width() - reason.width()), 0), y)

    def _close(self, *, refocus: bool = True) -> None:
        self._reason.hide()
        was_open = self.isVisible()
        self.hide()
        if was_open:
            self.closed.emit()
        parent = self.parentWidget()
        if refocus and parent is not None:
            parent.setFocus()
