"""Choosing a network: a field that opens a list by family, which narrows while a person types."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from engine.networks.catalogue import Architecture
from gui.theme import CONTROL_HEIGHT, PANEL_WIDTH, radius, space, theme

AnyIndex = QModelIndex | QPersistentModelIndex
Line = Architecture | str
"""A network, or the name of the family that follows."""
ROOT = QModelIndex()
LIST_WIDTH = PANEL_WIDTH + 2 * CONTROL_HEIGHT
LIST_HEIGHT = 16 * CONTROL_HEIGHT


def matching(networks: Sequence[Architecture], text: str) -> list[Line]:
    """The networks that have every word of the text in title, name, family, year or paper, under their families."""
    words = text.casefold().split()
    lines: list[Line] = []
    families = list(dict.fromkeys(network.family for network in networks))
    for family in families:
        found = [n for n in networks if n.family == family and _matches(n, words)]
        if found:
            lines += [family, *found]
    return lines


def _matches(network: Architecture, words: Sequence[str]) -> bool:
    text = f"{network.title} {network.name} {network.family} {network.year} {network.paper}".casefold()
    plain = text.replace("-", "").replace(" ", "")
    return all(word in text or word.replace("-", "") in plain for word in words)


class _Lines(QAbstractListModel):
    """Networks under the names of their families."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []

    def show_lines(self, lines: list[Line]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return line if isinstance(line, str) else f"{line.title}, {line.year}"
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(line, Architecture):
            return "\n".join(text for text in (line.story, line.paper, line.name) if text)
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """The name of a family cannot be chosen."""
        if isinstance(self.lines[index.row()], str):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _LinePainter(QStyledItemDelegate):
    """Title on the left, year on the right; families in small letters above theirs."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(LIST_WIDTH // 2, CONTROL_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        model = index.model()
        if not isinstance(model, _Lines):
            return
        line, colors = model.lines[index.row()], theme.colors
        area, state = QRectF(option.rect), option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = area.adjusted(space.s, 0, -space.s, 0)
        if isinstance(line, str):
            painter.setFont(theme.font("small", bold=True))
            painter.setPen(colors.muted)
            painter.drawText(inside.adjusted(0, space.xs, 0, 0), Qt.AlignmentFlag.AlignVCenter, line)
        else:
            self._paint_network(painter, area, inside, line, state)
        painter.restore()

    def _paint_network(
        self, painter: QPainter, area: QRectF, inside: QRectF, line: Architecture, state: QStyle.StateFlag
    ) -> None:
        colors = theme.colors
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.selected if chosen else colors.hover)
            painter.drawRoundedRect(area.adjusted(0, 1, 0, -1), radius.control - 2, radius.control - 2)
        year = str(line.year)
        painter.setFont(theme.font("small", mono=True))
        painter.setPen(colors.muted)
        width = painter.fontMetrics().horizontalAdvance(year)
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, year)
        painter.setFont(theme.font("body"))
        painter.setPen(colors.accent_text if chosen else colors.text)
        room = inside.adjusted(space.s, 0, -width - space.s, 0)
        text = painter.fontMetrics().elidedText(line.title, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)


class NetworkList(QFrame):
    """The card with the search line and the list; `picked(name)` when a person chose."""

    picked = Signal(str)

    def __init__(self, networks: Sequence[Architecture], current: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Networks")
        self.setFixedWidth(LIST_WIDTH)
        self._networks = networks
        self.search = QLineEdit()
        self.search.setPlaceholderText("Name, family, year or author")
        self.search.setAccessibleName("Find a network")
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.model = _Lines(self)
        self.view = QListView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(_LinePainter(self.view))
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setMouseTracking(True)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setAccessibleName("Networks by family")
        self.nothing = QLabel("No network has all of these words.")
        self.nothing.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(space.s, space.s, space.s, space.s)
        column.setSpacing(space.s)
        column.addWidget(self.search)
        column.addWidget(self.nothing)
        column.addWidget(self.view, 1)
        self.search.textChanged.connect(self._narrow)
        self.search.returnPressed.connect(self._take)
        self.view.clicked.connect(self._clicked)
        self._narrow("")
        self._choose(self._position(current))

    def lines(self) -> list[Line]:
        """What is listed now."""
        return self.model.lines

    def _position(self, name: str) -> int:
        names = [line.name if isinstance(line, Architecture) else "" for line in self.model.lines]
        return names.index(name) if name in names else -1

    @Slot(str)
    def _narrow(self, text: str) -> None:
        self.model.show_lines(matching(self._networks, text))
        self.nothing.setVisible(not self.model.lines)
        self.view.setVisible(bool(self.model.lines))
        self._choose(next((i for i, line in enumerate(self.model.lines) if not isinstance(line, str)), -1))

    def _choose(self, position: int) -> None:
        if position >= 0:
            index = self.model.index(position)
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index, QListView.ScrollHint.EnsureVisible)

    def _move(self, step: int, count: int = 1) -> None:
        """To the next network, past the names of families."""
        position = self.view.currentIndex().row()
        lines = self.model.lines
        for _ in range(count):
            following = position + step
            while 0 <= following < len(lines) and isinstance(lines[following], str):
                following += step
            if not 0 <= following < len(lines):
                break
            position = following
        self._choose(position)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The search line keeps the focus; the keys of a list go to the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            moves = {
                Qt.Key.Key_Down: (1, 1), Qt.Key.Key_Up: (-1, 1),
                Qt.Key.Key_PageDown: (1, 10), Qt.Key.Key_PageUp: (-1, 10),
            }  # fmt: skip
            move = moves.get(Qt.Key(event.key()))
            if move is not None:
                self._move(*move)
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def _take(self) -> None:
        self._clicked(self.view.currentIndex())

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        line = self.model.lines[index.row()] if index.isValid() else ""
        if isinstance(line, Architecture):
            self.picked.emit(line.name)
            self.close()


class NetworkChooser(QPushButton):
    """A field that shows the chosen network and opens the list; `picked(name)` tells what a person chose."""

    picked = Signal(str)

    def __init__(self, networks: Sequence[Architecture], label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._networks = tuple(networks)
        self._label = label
        self._value = ""
        self.list: NetworkList | None = None
        self.setFixedHeight(CONTROL_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open_list)
        theme.changed.connect(self.update)

    @property
    def value(self) -> str:
        """The name of the chosen network."""
        return self._value

    def set_value(self, name: str) -> None:
        """Show a network without a signal."""
        self._value = name
        entry = self._entry()
        self.setAccessibleName(f"{self._label}: {entry.title if entry else name}")
        self.setToolTip("Choose another network")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(PANEL_WIDTH // 2, CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * CONTROL_HEIGHT, CONTROL_HEIGHT)

    @Slot()
    def open_list(self) -> None:
        """Open the list beneath the field."""
        self.list = NetworkList(self._networks, self._value, self.window())
        self.list.picked.connect(self._picked)
        self.list.destroyed.connect(self._forget)
        corner = self.mapToGlobal(QPoint(0, self.height() + space.xs))
        room = self.screen().availableGeometry()
        height = min(LIST_HEIGHT, room.height() - 2 * space.l)
        self.list.setFixedHeight(height)
        top = min(corner.y(), room.bottom() - height - space.s)
        self.list.move(max(min(corner.x(), room.right() - LIST_WIDTH), room.left()), max(top, room.top()))
        self.list.show()
        self.list.search.setFocus()

    @Slot()
    def _forget(self) -> None:
        self.list = None

    @Slot(str)
    def _picked(self, name: str) -> None:
        if name != self._value:
            self.picked.emit(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_list()
        else:
            super().keyPressEvent(event)

    def _entry(self) -> Architecture | None:
        return next((network for network in self._networks if network.name == self._value), None)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors, entry = theme.colors, self._entry()
        inside = QRectF(self.rect()).adjusted(space.m, 0, -space.xl - space.xs, 0)
        year = str(entry.year) if entry else ""
        painter.setFont(theme.font("small", mono=True))
        painter.setPen(colors.muted)
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, year)
        width = painter.fontMetrics().horizontalAdvance(year)
        painter.setFont(theme.font("body"))
        painter.setPen(colors.text)
        room = inside.adjusted(0, 0, -width - space.s, 0)
        title = entry.title if entry else self._value
        text = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(QPen(colors.muted, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        middle, arm = QPointF(self.width() - space.l, self.height() / 2 + 1), space.xs
        painter.drawPolyline(
            [middle + QPointF(-arm, -arm / 2), middle + QPointF(0, arm / 2), middle + QPointF(arm, -arm / 2)]
        )
