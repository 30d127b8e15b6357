"""Which unit of which net: a list of nets, a list of layers that can be searched, the number of the channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from engine.inside.requests import NetLayers, maps_of
from engine.networks import catalogue
from engine.networks.graphs.graph import Node
from engine.networks.requests import WeightsStatus
from gui import tokens
from gui.theme import radius, space, theme
from gui.widgets.fields import Choice, IntStepper
from gui.widgets.graph.data import kind_of
from gui.widgets.plain_text import literal

RANDOM: Final = "random:"
READING: Final = "The list of nets is being read."
NOT_HERE: Final = "These weights are not on this computer. The page Weights downloads or imports them."
UNTRAINED: Final = "Random weights, as before any training: what the architecture does by itself."
MORE: Final = "More nets on the page Weights…"
NO_LAYER: Final = "No layer has that in its name, kind or shape."
ROW: Final = 24
ROWS: Final = 7
DOT: Final = 4.0


class UnitPicker(QWidget):
    """`net_part`, `layer_part` and `channel` are put into the sections of a page; this widget only holds them together.

    netPicked(str): a name of the weights store or "random:<architecture>"; layerPicked(str); channelPicked(int);
    weightsAsked(): lead to the page Weights. Nothing is emitted for what is shown by a method. `detectors`: nets that
    find things are listed beside those that classify.
    """

    netPicked = Signal(str)
    layerPicked = Signal(str)
    channelPicked = Signal(int)
    weightsAsked = Signal()

    def __init__(self, parent: QWidget | None = None, *, detectors: bool = False) -> None:
        super().__init__(parent)
        self._tasks = ("classification", "detection") if detectors else ("classification",)
        self._statuses: tuple[WeightsStatus, ...] = ()
        self._net = ""
        self.nets = Choice("", [])
        self.nets.combo.setAccessibleName("Net")
        self.about = QLabel(READING)
        self.about.setProperty("role", "muted")
        self.about.setWordWrap(True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.more = QPushButton(MORE)
        self.more.setProperty("flat", True)
        self.search = _Search()
        self.search.setPlaceholderText("Find a layer")
        self.search.setAccessibleName("Find a layer by name or kind")
        self.search.setClearButtonEnabled(True)
        self.layers = LayerList()
        self.channel = IntStepper("Unit", low=0, high=0, tooltip="The number of the channel, counted from 0")
        self.net_part = _column(self.nets, self.about, self.more)
        self.layer_part = _column(self.search, self.layers)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for part in (self.net_part, self.layer_part, self.channel):
            column.addWidget(part)
        self.nets.changed.connect(self.netPicked)
        self.more.clicked.connect(self.weightsAsked)
        self.search.textChanged.connect(self.layers.filter)
        self.search.returnPressed.connect(self.layers.take_first)
        self.layers.picked.connect(self.layerPicked)
        self.channel.committed.connect(self._channel_committed)

    @property
    def usable(self) -> tuple[WeightsStatus, ...]:
        """The nets with weights that can be looked into now."""
        return tuple(status for status in self._statuses if self._usable(status))

    def _usable(self, status: WeightsStatus) -> bool:
        return status.task in self._tasks and status.state in ("bundled", "ready", "imported")

    def show_nets(self, statuses: Sequence[WeightsStatus], net: str) -> None:
        """The weights that there are, and the net that is chosen."""
        self._statuses = tuple(statuses)
        self.show_net(net)

    def show_net(self, net: str) -> None:
        """The net that is chosen; weights that are not here stay in the list, marked."""
        options = [(status.name, status.title) for status in self.usable]
        untrained = [
            (f"{RANDOM}{entry.name}", f"{entry.title}, untrained")
            for entry in catalogue.architectures()
            if entry.classes
        ]
        known = {name for name, _ in (*options, *untrained)}
        if net not in known:
            title = next((status.title for status in self._statuses if status.name == net), net)
            options.insert(0, (net, f"{title} (not here)" if self._statuses else title))
        if net != self._net or self.nets.combo.count() != len(options) + len(untrained):
            self._net = net
            self.nets.set_options([*options, *untrained], net)
        self.about.setText(self._about(net))

    def _about(self, net: str) -> str:
        if net.startswith(RANDOM):
            return UNTRAINED
        status = next((status for status in self._statuses if status.name == net), None)
        if status is None or not self._usable(status):
            return NOT_HERE if self._statuses else READING
        return " · ".join(part for part in (status.figures, status.source) if part)

    def say(self, sentence: str) -> None:
        """Something about the net that a person should know, in the place of what is known about it."""
        self.about.setText(sentence)

    def show_layers(self, found: NetLayers | None) -> None:
        """The layers of the net; None: they are on their way."""
        self.layers.show_layers(() if found is None else found.layers)

    def show_unit(self, layer: Node | None, channel: int) -> None:
        """The unit that is chosen."""
        self.layers.choose("" if layer is None else layer.name)
        maps = None if layer is None else maps_of(layer)
        self.channel.setEnabled(maps is not None)
        if maps is not None:
            self.channel.set_limits(0, maps[0] - 1)
            self.channel.set_label(f"Unit 0–{maps[0] - 1}" if maps[0] > 1 else "Unit")
        self.channel.set_value(channel)

    @Slot(object)
    def _channel_committed(self, value: int) -> None:
        self.channelPicked.emit(int(value))


class _Search(QLineEdit):
    """Leaves Alt and a key to the page, where it picks a view; a line edit would write the digit."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.AltModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)


class LayerList(QListWidget):
    """Layers one beneath the other: a dot in the colour of their kind, the name, the shape. picked(name)."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._layers: tuple[Node, ...] = ()
        self._words: tuple[str, ...] = ()
        self.setItemDelegate(_LayerPainter(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setFixedHeight(ROWS * ROW + ROW // 2)  # half a row says that there are more
        self.setMouseTracking(True)
        self.setAccessibleName("Layers")
        self.itemSelectionChanged.connect(self._selected)
        theme.changed.connect(self.viewport().update)

    @property
    def chosen(self) -> str:
        """The name of the layer that is selected, "" where none is."""
        items = self.selectedItems()
        return str(items[0].data(Qt.ItemDataRole.UserRole)) if items else ""

    def show_layers(self, layers: Sequence[Node]) -> None:
        """Show layers; the same ones stay as they are."""
        if tuple(layers) == self._layers:
            return
        self._layers = tuple(layers)
        with QSignalBlocker(self):
            self.clear()
            for layer in layers:
                item = QListWidgetItem(layer.name, self)
                item.setData(Qt.ItemDataRole.UserRole, layer.name)
                item.setData(Qt.ItemDataRole.UserRole + 1, layer)
                item.setToolTip(literal(f"{layer.name}: {layer.label}, {layer.shape_text}"))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{layer.name}, {layer.label}")
        self._hide_others()  # the text of the search is still there

    def choose(self, name: str) -> None:
        """Select a layer without a signal."""
        if name == self.chosen:
            return
        with QSignalBlocker(self):
            self.clearSelection()
            for row, layer in enumerate(self._layers):
                if layer.name == name:
                    self.setCurrentRow(row)
                    self.scrollToItem(self.item(row), QListWidget.ScrollHint.EnsureVisible)
        self.viewport().update()

    @Slot(str)
    def filter(self, text: str) -> None:
        """Show only the layers that have every word of a text in their name, kind or label."""
        self._words = tuple(text.casefold().split())
        self._hide_others()

    def _hide_others(self) -> None:
        for row, layer in enumerate(self._layers):
            said = f"{layer.name} {layer.kind} {layer.label} {layer.shape_text}".casefold()
            self.item(row).setHidden(not all(word in said for word in self._words))

    @Slot()
    def take_first(self) -> None:
        """Pick the first layer that the search left; without a search there is none to take."""
        for row in range(self.count()):
            if self._words and not self.item(row).isHidden():
                self.setCurrentRow(row)
                return

    @property
    def empty_text(self) -> str:
        """What is said where a search leaves nothing."""
        rows = range(self.count())
        return NO_LAYER if len(rows) and all(self.item(row).isHidden() for row in rows) else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.empty_text:
            painter = QPainter(self.viewport())
            painter.setPen(theme.colors.muted)
            painter.setFont(theme.font("small"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect(), flags, self.empty_text)

    def sizeHint(self) -> QSize:
        return QSize(0, self.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters are keys of the page, not the beginning of a name."""
        if event.text().strip() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _selected(self) -> None:
        if self.chosen:
            self.picked.emit(self.chosen)


class _LayerPainter(QStyledItemDelegate):
    """One row of the list."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        layer: Node = index.data(Qt.ItemDataRole.UserRole + 1)
        state: QStyle.StateFlag = getattr(option, "state")  # noqa: B009 - the stubs do not know the option's fields
        area = QRectF(getattr(option, "rect"))  # noqa: B009
        colors = theme.colors
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(colors.accent if chosen else Qt.PenStyle.NoPen)
            painter.setBrush(colors.selected if chosen else colors.hover)
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius.cell, radius.cell)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.kind_color(kind_of(layer.kind), theme.dark))
        painter.drawEllipse(QPointF(area.x() + space.s + DOT, area.center().y()), DOT, DOT)
        inner = area.adjusted(2 * space.s + 2 * DOT, 0, -space.s, 0)
        painter.setFont(theme.font("small", mono=True))
        painter.setPen(colors.muted)
        shape = layer.shape_text.replace(" × ", "×")
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shape)
        inner.setRight(inner.right() - painter.fontMetrics().horizontalAdvance(shape) - space.s)
        painter.setFont(theme.font("small", bold=chosen))
        painter.setPen(colors.text if maps_of(layer) is not None else colors.faded)
        name = painter.fontMetrics().elidedText(layer.name, Qt.TextElideMode.ElideLeft, int(inner.width()))
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()


def _column(*parts: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(space.s)
    for part in parts:
        column.addWidget(part)
    return holder
