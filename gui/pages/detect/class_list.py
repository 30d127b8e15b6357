"""The classes that were found, each with its colour and its count; a tick says whether it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.theme import CONTROL_HEIGHT, radius, space, theme
from gui.widgets.plain_text import unmarked
from gui.widgets.wrapped import Wrapped

NOTHING: Final = "Classes are listed here as they are found."
SWATCH: Final = 12
MOST_ROWS: Final = 40


class _Row(QWidget):
    """One class: tick, colour, name, count."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = ""
        self._kind = 0
        self.tick = QCheckBox()
        self.count = QLabel()
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        row.addWidget(self.tick, 1)
        row.addWidget(self.count)
        self.setFixedHeight(CONTROL_HEIGHT - space.xs)

    def show_class(self, kind: int, name: str, count: int, shown: bool) -> None:
        """Show another class or count."""
        if (kind, name) != (self._kind, self.name) or self.tick.icon().isNull():
            self._kind, self.name = kind, name
            self.tick.setText(unmarked(name))
            self.retint()
        with QSignalBlocker(self.tick):
            self.tick.setChecked(shown)
        self.count.setText(f"{count:,}" if count else "–")
        self.tick.setAccessibleName(f"{name}, {count} found" + ("" if shown else ", hidden"))
        self.tick.setToolTip(f"Show or hide what is called {name}")

    def retint(self) -> None:
        self.tick.setIcon(QIcon(_swatch(self._kind, self.devicePixelRatioF())))
        self.count.setFont(theme.font("small", mono=True))


class ClassList(QWidget):
    """hiddenSet(name, bool): a tick was set or taken away; allAsked(): show every class again."""

    hiddenSet = Signal(str, bool)
    allAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[_Row] = []
        self.hint = Wrapped("muted")
        self.hint.say(NOTHING)
        self.all = QPushButton("Show all classes")
        self.all.clicked.connect(self.allAsked)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.hint)
        self._column.addWidget(self.all)
        self.setAccessibleName("Classes found")
        self.all.hide()
        theme.changed.connect(self._retint)

    def show_classes(
        self, classes: Sequence[str], seen: Sequence[int], counts: Mapping[int, int], hidden: Sequence[str]
    ) -> None:
        """List the classes `seen` so far, and hidden ones, with their counts on the picture on show."""
        listed = sorted({*seen, *counts, *(kind for kind, name in enumerate(classes) if name in hidden)})
        listed = [kind for kind in listed if kind < len(classes)]
        for place, kind in enumerate(listed[:MOST_ROWS]):
            name = classes[kind]
            self._row(place).show_class(kind, name, counts.get(kind, 0), name not in hidden)
        for place, row in enumerate(self.rows):
            row.setVisible(place < min(len(listed), MOST_ROWS))
        more = len(listed) - MOST_ROWS
        self.hint.say(NOTHING if not listed else f"{more} more classes were found." if more > 0 else "")
        self.hint.setVisible(not listed or more > 0)
        self.all.setVisible(bool(hidden))

    def texts(self) -> dict[str, str]:
        """The rows on show, for tests: name and count."""
        return {row.name: row.count.text() for row in self.rows if not row.isHidden()}

    def _row(self, place: int) -> _Row:
        if place == len(self.rows):
            row = _Row(self)
            row.tick.toggled.connect(self._toggled)
            self.rows.append(row)
            self._column.insertWidget(place, row)
        return self.rows[place]

    @Slot(bool)
    def _toggled(self, on: bool) -> None:
        row = next((row for row in self.rows if row.tick is self.sender()), None)
        if row is not None:
            self.hiddenSet.emit(row.name, not on)

    @Slot()
    def _retint(self) -> None:
        for row in self.rows:
            row.retint()


def _swatch(kind: int, ratio: float) -> QPixmap:
    """The colour of a class as a small square."""
    pixmap = QPixmap(round(SWATCH * ratio), round(SWATCH * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colors.line, 1))
    painter.setBrush(theme.class_color(kind))
    painter.drawRoundedRect(QRectF(0.5, 0.5, SWATCH - 1, SWATCH - 1), radius.cell, radius.cell)
    painter.end()
    return pixmap
