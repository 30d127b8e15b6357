"""A small table of names and numbers that never clips: what does not fit beside its name goes beneath it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.theme import space, theme
from gui.widgets.plain_text import literal

Fact = tuple[str, str, str]
"""Name, value, tooltip."""


LEAST_WIDTH = 200
"""What may be counted on before anything has been laid out."""


class Facts(QWidget):
    """Names on the left, numbers on the right that stand still while they change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(space.xs)
        self._column.addStretch(1)  # rows keep to the top of a room that was kept for more of them
        self._rows: list[_Row] = []

    def sizeHint(self) -> QSize:
        # Of itself a layout that wraps says how high it is at no width at all.
        return QSize(0, self.heightForWidth(max(self.width(), LEAST_WIDTH)))

    def show_rows(self, rows: Sequence[Fact]) -> None:
        """Show (name, value, tooltip) rows."""
        while len(self._rows) < len(rows):
            row = _Row(self)
            self._rows.append(row)
            self._column.insertWidget(self._column.count() - 1, row)
        for row, fact in zip(self._rows, rows, strict=False):
            row.show_fact(fact)
            row.show()
        for row in self._rows[len(rows) :]:
            row.hide()

    def keep_room(self, rows: int) -> None:
        """Take the room of so many one-line rows at least, so that nothing beneath moves while they come and go."""
        probe = _Row(self)
        line = max(_line(probe.name), _line(probe.value))
        probe.deleteLater()
        self.setMinimumHeight(rows * line + (rows - 1) * self._column.spacing())

    def texts(self) -> dict[str, str]:
        """The rows on show, for tests and for copying."""
        return {row.name.text(): row.value.text() for row in self._rows if not row.isHidden()}


class _Row(QWidget):
    """One fact; the layout asks how high it is at a width, so that wrapping never cuts anything off."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name, self.value = QLabel(self), QLabel(self)
        self.name.setProperty("role", "muted")
        self.value.setFont(theme.font("small", mono=True))
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self.value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.name, self.value):
            label.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._known: dict[tuple[int, str, str], tuple[QRect, QRect]] = {}
        self._unsaid = False  # layouts still hold what the last text needed at other widths

    def show_fact(self, fact: Fact) -> None:
        """Show another fact."""
        name, value, tip = fact
        if (self.name.text(), self.value.text()) != (name, value):
            height = self.heightForWidth(self.width())
            self.name.setText(name)
            self.value.setText(value)
            self._known.clear()
            self._tell_layout(height)
            self._arrange()
        self.setToolTip(literal(tip))

    def _tell_layout(self, height: int) -> None:
        """Numbers change while a hand moves: the panel is laid out anew only where they need another height."""
        same = self.isVisible() and self.heightForWidth(self.width()) == height
        self._unsaid = self._unsaid or same
        if not same:
            self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(area.bottom() + 1 for area in self._areas(width))

    def sizeHint(self) -> QSize:
        # Before it is laid out a widget is narrower than any panel; what wraps there would not wrap in one.
        return QSize(0, self.heightForWidth(max(self.width(), LEAST_WIDTH)))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.name.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._unsaid and event.size().width() != event.oldSize().width():
            self._unsaid = False
            self.updateGeometry()
        self._arrange()

    def _arrange(self) -> None:
        name, value = self._areas(self.width())
        line = max(_line(self.name), _line(self.value))  # side by side both get the height of the taller one
        self.name.setWordWrap(name.height() > line)
        self.value.setWordWrap(value.height() > line)
        self.name.setGeometry(name)
        self.value.setGeometry(value)

    def _areas(self, width: int) -> tuple[QRect, QRect]:
        """Where name and value go; layouts ask dozens of times for every change."""
        key = (width, self.name.font().key(), self.value.font().key())
        if key not in self._known:
            self._known[key] = self._measured(width)
        return self._known[key]

    def _measured(self, width: int) -> tuple[QRect, QRect]:
        """Side by side, or one beneath the other."""
        left, right = _width(self.name), _width(self.value)
        if right and left + space.m + right <= width:
            height = max(_line(self.name), _line(self.value))
            return QRect(0, 0, left, height), QRect(width - right, 0, right, height)
        name = _wrapped_height(self.name, width) if left else 0
        value = _wrapped_height(self.value, width) if right else 0
        return QRect(0, 0, width, name), QRect(0, name, width, value)


def _width(label: QLabel) -> int:
    return label.fontMetrics().horizontalAdvance(label.text()) + 1 if label.text() else 0


def _line(label: QLabel) -> int:
    return label.fontMetrics().height()


def _wrapped_height(label: QLabel, width: int) -> int:
    area = QRect(0, 0, max(width, 1), 10_000)
    return label.fontMetrics().boundingRect(area, Qt.TextFlag.TextWordWrap, label.text()).height()
