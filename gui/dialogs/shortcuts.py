"""All keyboard shortcuts on one sheet, in two columns, with a search line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.theme import CONTROL_HEIGHT, INSPECTOR_WIDTH, radius, space, theme

Action = tuple[str, str, str]
"""Group, title, shortcut."""
COLUMNS = 2


class KeyCaps(QWidget):
    """A shortcut drawn as keys; several shortcuts may be parted by commas or slashes."""

    def __init__(self, shortcut: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = split_keys(shortcut)
        self.setAccessibleName(shortcut)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _widths(self) -> list[int]:
        metrics = QFontMetrics(theme.font("small", mono=True))
        return [metrics.horizontalAdvance(key) + (space.m if cap else space.xs) for key, cap in self._keys]

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()) + space.xs * max(0, len(self._keys) - 1), space.xl)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small", mono=True))
        colors, left = theme.colors, 0.0
        for (key, cap), width in zip(self._keys, self._widths(), strict=True):
            box = QRectF(left, 0, width, self.height()).adjusted(0.5, 1.5, -0.5, -1.5)
            if cap:
                painter.setPen(QPen(colors.line, 1))
                painter.setBrush(colors.window)
                painter.drawRoundedRect(box, radius.control - 2, radius.control - 2)
            painter.setPen(colors.text if cap else colors.muted)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, key)
            left += width + space.xs


def split_keys(shortcut: str) -> list[tuple[str, bool]]:
    """A shortcut as keys (text, True) and what joins them (text, False): "Ctrl+1..9, F5" has four keys."""
    parts: list[tuple[str, bool]] = []
    for number, alternative in enumerate(part.strip() for part in shortcut.split(", ") if part.strip()):
        if number:
            parts.append(("or", False))
        # A plus at the end is the plus key itself.
        held = alternative[:-1] if alternative.endswith("+") else alternative
        keys = [key for key in held.split("+") if key]
        if held != alternative:
            keys.append("+")
        parts.extend((key, True) for key in keys)
    return parts


class _Line(QWidget):
    """One action: its title and its keys."""

    def __init__(self, title: str, shortcut: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = f"{title} {shortcut}".casefold()
        label = QLabel(title, self)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        label.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        row.addWidget(label, 1)
        row.addWidget(KeyCaps(shortcut, self))


class _Group(QFrame):
    """The actions of one group on a card."""

    def __init__(self, title: str, actions: Sequence[Action], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        heading = QLabel(title, self)
        heading.setProperty("role", "section")
        self.lines = [_Line(name, shortcut, self) for _group, name, shortcut in actions]
        self.title = title.casefold()
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.m, space.l, space.m)
        column.setSpacing(space.s)
        column.addWidget(heading)
        for line in self.lines:
            column.addWidget(line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def search(self, words: list[str]) -> int:
        """Show the lines that hold every word (the group's name counts); returns how many."""
        found = 0
        for line in self.lines:
            hit = all(word in line.words or word in self.title for word in words)
            line.setVisible(hit)
            found += hit
        self.setVisible(found > 0)
        return found


class ShortcutSheet(QDialog):
    """The sheet behind F1; made from the program's one action table."""

    def __init__(self, actions: Sequence[Action], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search for an action or a key")
        self.search.setAccessibleName("Search the shortcuts")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumHeight(CONTROL_HEIGHT)
        self.nothing = QLabel(self)
        self.nothing.setProperty("role", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.hide()
        self.groups = self._make_groups(actions)
        self._build()
        self.search.textChanged.connect(self._search)
        self.resize(COLUMNS * INSPECTOR_WIDTH + INSPECTOR_WIDTH // 2, 2 * INSPECTOR_WIDTH)
        self.search.setFocus()

    @property
    def shown(self) -> int:
        """How many actions the search leaves."""
        return sum(
            not line.isHidden() for group in self.groups for line in group.lines if not group.isHidden()
        )

    def _make_groups(self, actions: Sequence[Action]) -> list[_Group]:
        titles = dict.fromkeys(group for group, _title, shortcut in actions if shortcut)
        return [_Group(title, [a for a in actions if a[0] == title and a[2]], self) for title in titles]

    def _build(self) -> None:
        columns = [QVBoxLayout() for _ in range(COLUMNS)]
        heights = [0] * COLUMNS
        for group in self.groups:  # each to the column that is shorter so far
            place = heights.index(min(heights))
            columns[place].addWidget(group)
            heights[place] += len(group.lines) + 2
        sheet = QWidget(self)
        sides = QHBoxLayout(sheet)
        sides.setContentsMargins(0, 0, space.s, 0)
        sides.setSpacing(space.m)
        for column in columns:
            column.setSpacing(space.m)
            column.addStretch(1)
            sides.addLayout(column, 1)
        area = QScrollArea(self)
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setStyleSheet("QScrollArea { background: transparent; }")
        area.viewport().setAutoFillBackground(False)
        sheet.setAutoFillBackground(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(space.l, space.l, space.s, space.l)
        outer.setSpacing(space.m)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, space.s, 0)
        top.addWidget(self.search)
        outer.addLayout(top)
        outer.addWidget(self.nothing)
        outer.addWidget(area, 1)

    @Slot(str)
    def _search(self, text: str) -> None:
        words = text.casefold().split()
        found = sum(group.search(words) for group in self.groups)
        self.nothing.setText(f"No action or key is called “{text.strip()}”.")
        self.nothing.setVisible(found == 0)
