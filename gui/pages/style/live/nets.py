"""The kept nets as a list: a thumbnail of the style and a title; renamed in place (F2), deleted by Delete."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from engine.style.fast.requests import FastList, KeptNet
from gui.pages.style.live.words import net_text
from gui.theme import CONTROL_HEIGHT
from gui.widgets.picture import to_image
from gui.widgets.plain_text import literal

ICON: Final = 40
ROWS: Final = 4
NAME: Final = Qt.ItemDataRole.UserRole


class NetList(QListWidget):
    """picked(name), renameAsked(name, title), removeAsked(name)."""

    picked = Signal(str)
    renameAsked = Signal(str, str)
    removeAsked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nets: dict[str, KeptNet] = {}
        self._filling = False
        self.setAccessibleName("Kept nets")
        self.setIconSize(QSize(ICON, ICON))
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.itemChanged.connect(self._edited)
        self.currentItemChanged.connect(self._current)
        self._fit()

    @property
    def chosen(self) -> KeptNet | None:
        """The net that is picked."""
        item = self.currentItem()
        return None if item is None else self._nets.get(item.data(NAME))

    def show_nets(self, found: FastList, name: str) -> None:
        """List the nets, the one of that name picked."""
        self._filling = True
        self.clear()
        self._nets = {net.name: net for net in found.nets}
        for net in found.nets:
            item = QListWidgetItem(net.title)
            item.setData(NAME, net.name)
            item.setToolTip(literal(net_text(net)))
            if net.thumbnail is not None:
                item.setIcon(QIcon(QPixmap.fromImage(to_image(net.thumbnail))))
            if not net.bundled:
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.addItem(item)
        self.choose(name)
        self._filling = False
        self._fit()

    def choose(self, name: str) -> None:
        """Mark a net, without a signal."""
        before, self._filling = self._filling, True
        for row in range(self.count()):
            if self.item(row).data(NAME) == name:
                self.setCurrentRow(row)
        self._filling = before

    @Slot()
    def edit_chosen(self) -> None:
        """Type another title for the picked net."""
        item = self.currentItem()
        if item is not None:
            self.editItem(item)

    @Slot()
    def remove_chosen(self) -> None:
        """Ask for the picked net to be deleted."""
        net = self.chosen
        if net is not None and not net.bundled:
            self.removeAsked.emit(net.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.remove_chosen()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        rows = min(max(self.count(), 1), ROWS)
        self.setFixedHeight(rows * max(ICON + 8, CONTROL_HEIGHT) + 2 * self.frameWidth())

    @Slot(QListWidgetItem)
    def _edited(self, item: QListWidgetItem) -> None:
        net = self._nets.get(item.data(NAME))
        if self._filling or net is None or item.text() == net.title:
            return
        title = item.text()
        self._filling = True
        item.setText(net.title)  # until the engine has renamed it
        self._filling = False
        self.renameAsked.emit(net.name, title)

    @Slot(QListWidgetItem)
    def _current(self, item: QListWidgetItem | None) -> None:
        if not self._filling and item is not None:
            self.picked.emit(item.data(NAME))
