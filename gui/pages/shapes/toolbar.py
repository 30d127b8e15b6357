"""The bar above the drawing: layers are added, doubled, moved and taken away; what does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from engine.foundations.calculator.layers import USES, Kind
from gui.pages.shapes import words
from gui.pages.shapes.resolve import Resolved
from gui.pages.shapes.state import MOST_LAYERS
from gui.theme import CONTROL_HEIGHT, ICON_SIZE, space, theme

ROOM_FOR_WORDS: Final = 440


class Toolbar(QWidget):
    """Tells what was pressed; the page does it."""

    addAsked = Signal(str)
    duplicateAsked = Signal()
    removeAsked = Signal()
    upAsked = Signal()
    downAsked = Signal()
    brokenAsked = Signal()
    """The person wants to see the layer that does not fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.add_button = QToolButton()
        self.add_button.setText("Add")
        self.add_button.setAccessibleName("Add a layer behind the one on show")
        self.add_button.setToolTip("Add a layer behind the one on show (Insert)")
        self.add_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add_button.setFixedHeight(CONTROL_HEIGHT)
        self.menu = QMenu(self)
        for kind in USES:
            self.menu.addAction(words.TITLES[kind], self._adder(kind))
        self.add_button.setMenu(self.menu)
        self.duplicate = self._button(
            "content-duplicate", "Duplicate the layer (Ctrl+D)", self.duplicateAsked.emit
        )
        self.remove = self._button("delete-outline", "Remove the layer (Delete)", self.removeAsked.emit)
        self.up = self._button("arrow-up", "Move the layer towards the input (Alt+Up)", self.upAsked.emit)
        self.down = self._button(
            "arrow-down", "Move the layer towards the end (Alt+Down)", self.downAsked.emit
        )
        self.broken = QPushButton()
        self._broken_index = 0
        self.broken.setProperty("flat", True)
        self.broken.clicked.connect(self.brokenAsked)
        row = QHBoxLayout(self)
        row.setContentsMargins(space.m, 0, 0, 0)
        row.setSpacing(space.xs)
        row.addWidget(self.add_button)
        for button in (self.duplicate, self.remove, self.up, self.down):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.broken)
        theme.changed.connect(self._retint)
        self._retint()

    def _adder(self, kind: Kind) -> Callable[[], None]:
        return lambda: self.addAsked.emit(kind)

    def _button(self, icon: str, tip: str, press: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setProperty("flat", True)
        button.setProperty("icon_name", icon)
        button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        button.setToolTip(tip)
        button.setAccessibleName(tip.split(" (")[0])
        button.clicked.connect(press)
        return button

    def show_chain(self, resolved: Resolved) -> None:
        """Enable what can be done with the layer on show."""
        step, count = resolved.state.step, len(resolved.chain.steps)
        full = count >= MOST_LAYERS
        self.add_button.setEnabled(not full)
        self.duplicate.setEnabled(step > 0 and not full)
        self.remove.setEnabled(step > 0)
        self.up.setEnabled(step > 1)
        self.down.setEnabled(0 < step < count)
        broken = resolved.chain.broken
        self.broken.setVisible(broken is not None)
        if broken is not None:
            self._broken_index = broken.index
            self.broken.setToolTip(broken.misfit.message if broken.misfit else "")
            self.broken.setAccessibleName(f"Layer {broken.index} does not fit: show it")
            self._name_broken()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._name_broken()

    def _name_broken(self) -> None:
        name = f"Layer {self._broken_index}"
        self.broken.setText(f"{name} does not fit" if self.width() >= ROOM_FOR_WORDS else name)

    @Slot()
    def _retint(self) -> None:
        for button in (self.duplicate, self.remove, self.up, self.down):
            button.setIcon(theme.icon(str(button.property("icon_name"))))
        self.add_button.setIcon(theme.icon("plus"))
        self.broken.setIcon(theme.icon("alert-circle-outline", theme.colors.error))
