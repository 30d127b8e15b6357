"""The bar above a page that says what went wrong, what was kept and what to do next; it never blocks."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Final, Literal

from PySide6.QtCore import QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QGuiApplication,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import ErrorReport
from gui.theme import CONTROL_HEIGHT, ICON_SIZE, mix, radius, space, theme, type_scale

Kind = Literal["error", "warn", "info"]
INFO_MS: Final = 6000
MAX_WAITING: Final = 20
LONGEST: Final = 300
DETAIL_LINES: Final = 9
_ICONS: Final = {"error": "alert-circle-outline", "warn": "alert-outline", "info": "information-outline"}
_SPOKEN: Final = {"error": "Error", "warn": "Warning", "info": "Note"}


@dataclass(frozen=True, slots=True)
class Message:
    """What one banner says."""

    kind: Kind
    sentence: str
    hint: str = ""
    details: str = ""

    def as_text(self) -> str:
        """Everything, as Copy puts it on the clipboard."""
        return "\n\n".join(part for part in (f"{self.sentence} {self.hint}".strip(), self.details) if part)


class Banner(QFrame):
    """A non-modal bar with a queue: errors and warnings stay until closed, notes leave after six seconds."""

    closed = Signal()
    """The last message is gone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue: deque[Message] = deque()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INFO_MS)
        self._timer.timeout.connect(self._expire)
        self._icon = QLabel(self)
        self.sentence = _text_label(self)
        self.hint = _text_label(self)
        self.hint.setProperty("role", "muted")
        self.waiting = QLabel(self)
        self.waiting.setProperty("role", "muted")
        self.details_button = _button("Details", self)
        self.details_button.setCheckable(True)
        self.copy_button = _button("Copy", self)
        self.close_button = QToolButton(self)
        self.close_button.setAccessibleName("Close this message")
        self.close_button.setToolTip("Close (Esc)")
        self.close_button.setProperty("flat", True)
        self.details = QPlainTextEdit(self)
        self.details.setReadOnly(True)
        self.details.setAccessibleName("Details of the error")
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.hide()
        self._build()
        self._connect()
        self._retint()
        self.hide()

    @property
    def message(self) -> Message | None:
        """What is shown now, None while hidden."""
        return self._queue[0] if self._queue else None

    @property
    def waiting_count(self) -> int:
        """How many messages wait behind the shown one."""
        return max(0, len(self._queue) - 1)

    @Slot(object)
    def show_report(self, report: ErrorReport) -> None:
        """Show an error with its traceback behind Details."""
        self._add(Message("error", report.sentence, report.hint, report.details))

    @Slot(str)
    def show_sentence(self, text: str, kind: Kind = "info", hint: str = "") -> None:
        """Show a sentence; a note leaves by itself, a warning or an error stays."""
        self._add(Message(kind, text, hint))

    @Slot()
    def dismiss(self) -> bool:
        """Close the shown message and go on to the next; False when there was none."""
        if not self._queue:
            return False
        self._queue.popleft()
        self._show_first()
        return True

    def clear(self) -> None:
        """Close all messages."""
        if self._queue:
            self._queue.clear()
            self._show_first()

    def _add(self, message: Message) -> None:
        message = _shortened(message)
        if message in self._queue:
            return
        if self._queue and self._queue[0].kind == "info":
            self._queue.popleft()  # a note gives way to whatever comes after it
        self._queue.append(message)
        while len(self._queue) > MAX_WAITING:
            del self._queue[1]
        if len(self._queue) == 1:
            self._show_first()
        else:
            self._show_waiting()

    def _show_first(self) -> None:
        self._timer.stop()
        self.details_button.setChecked(False)
        message = self.message
        if message is None:
            self.hide()
            self.closed.emit()
            return
        self.sentence.setText(message.sentence)
        self.hint.setText(message.hint)
        self.hint.setVisible(bool(message.hint))
        self.details.setPlainText(message.details)
        self.details_button.setVisible(bool(message.details))
        self.setAccessibleName(f"{_SPOKEN[message.kind]}: {message.sentence} {message.hint}".strip())
        self._retint()
        self._show_waiting()
        self.show()
        if message.kind == "info":
            self._timer.start()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _show_waiting(self) -> None:
        self.waiting.setText(f"{self.waiting_count} more")
        self.waiting.setVisible(self.waiting_count > 0)

    @Slot()
    def _expire(self) -> None:
        focused = QApplication.focusWidget()
        if self.underMouse() or (focused is not None and self.isAncestorOf(focused)):
            self._timer.start()  # someone is reading or about to press Copy
            return
        self.dismiss()

    @Slot()
    def _copy(self) -> None:
        if self.message is not None:
            QGuiApplication.clipboard().setText(self.message.as_text())
            self.copy_button.setText("Copied")

    @Slot(bool)
    def _unfold(self, on: bool) -> None:
        self.details.setVisible(on)
        self._timer.stop()

    def _tint(self) -> QColor:
        colors = theme.colors
        kind = self.message.kind if self.message else "info"
        return {"error": colors.error, "warn": colors.warn, "info": colors.accent}[kind]

    @Slot()
    def _retint(self) -> None:
        kind = self.message.kind if self.message else "info"
        self._icon.setPixmap(theme.pixmap(_ICONS[kind], ICON_SIZE, self._tint()))
        self.close_button.setIcon(theme.icon("close"))
        self.details.setFont(theme.font("small", mono=True))
        self.copy_button.setText("Copy")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tint = self._tint()
        painter.setPen(mix(theme.colors.surface, tint, 0.45))
        painter.setBrush(mix(theme.colors.surface, tint, 0.12))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius.control, radius.control
        )

    def _build(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.sentence)
        texts.addWidget(self.hint)
        top = Qt.AlignmentFlag.AlignTop
        self._icon.setFixedHeight(CONTROL_HEIGHT)
        self.waiting.setFixedHeight(CONTROL_HEIGHT)
        self.sentence.setMinimumHeight(CONTROL_HEIGHT)
        row = QHBoxLayout()
        row.setSpacing(space.s)
        row.addWidget(self._icon, 0, top)
        row.addLayout(texts, 1)
        for widget in (self.waiting, self.details_button, self.copy_button, self.close_button):
            row.addWidget(widget, 0, top)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.m, space.xs, space.s, space.xs)
        column.setSpacing(space.s)
        column.addLayout(row)
        column.addWidget(self.details)
        self.details.setFixedHeight(DETAIL_LINES * (type_scale.small + space.xs))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def _connect(self) -> None:
        self.details_button.toggled.connect(self._unfold)
        self.copy_button.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.dismiss)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.dismiss)
        theme.changed.connect(self._retint)


def _shortened(message: Message) -> Message:
    """A banner stays a banner: what is longer than a few lines moves to the details."""
    if len(message.sentence) <= LONGEST:
        return message
    details = "\n\n".join(part for part in (message.sentence, message.details) if part)
    return replace(message, sentence=f"{message.sentence[: LONGEST - 1]}…", details=details)


def _text_label(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _button(text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setProperty("flat", True)
    button.setAccessibleName(f"{text} of this message" if text == "Details" else f"{text} this message")
    return button
