"""The list of pages on the left: icons and names in groups, or icons alone as a rail."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QSizePolicy, QToolButton, QVBoxLayout

from gui.pages import PAGES, PageEntry
from gui.theme import ICON_SIZE, SIDEBAR_RAIL, SIDEBAR_WIDTH, space, theme


class Sidebar(QFrame):
    """Emits the name of the page that a person picked."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("surface")
        self.setAccessibleName("Pages")
        self._wide = True
        self._buttons: dict[str, QToolButton] = {}
        self._labels: list[QLabel] = []
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.s, space.m, space.s, space.m)
        column.setSpacing(space.xs)
        self._brand = QLabel("ConvScope")
        self._brand.setProperty("role", "title")
        self._brand.setContentsMargins(space.s, 0, 0, space.s)
        column.addWidget(self._brand)
        group = ""
        for index, entry in enumerate(PAGES):
            if entry.group != group:
                group = entry.group
                column.addWidget(self._caption(group))
            column.addWidget(self._button(entry, index))
        column.addStretch(1)
        theme.changed.connect(self._retint)
        self._retint()
        self.set_wide(True)

    def _caption(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setProperty("role", "caption")
        label.setContentsMargins(space.s, space.s, 0, space.xs)
        self._labels.append(label)
        return label

    def _button(self, entry: PageEntry, index: int) -> QToolButton:
        button = QToolButton()
        key = f" (Ctrl+{index + 1})" if index < 9 else ""
        button.setText(entry.title)
        button.setToolTip(f"{entry.title}{key}\n{entry.summary}")
        button.setAccessibleName(entry.title)
        button.setAccessibleDescription(entry.summary)
        button.setCheckable(True)
        button.setProperty("flat", True)
        button.setProperty("page", entry.name)
        button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(self._clicked)
        self._group.addButton(button)
        self._buttons[entry.name] = button
        return button

    @property
    def wide(self) -> bool:
        return self._wide

    def set_wide(self, wide: bool) -> None:
        """Names beside the icons, or icons alone."""
        self._wide = wide
        self.setFixedWidth(SIDEBAR_WIDTH if wide else SIDEBAR_RAIL)
        self._brand.setVisible(wide)
        for label in self._labels:
            label.setVisible(wide)
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if wide else Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in self._buttons.values():
            button.setToolButtonStyle(style)

    def set_current(self, name: str) -> None:
        """Mark a page without emitting."""
        self._buttons[name].setChecked(True)

    @Slot()
    def _clicked(self) -> None:
        self.picked.emit(str(self.sender().property("page")))

    @Slot()
    def _retint(self) -> None:
        for entry in PAGES:
            self._buttons[entry.name].setIcon(theme.icon(entry.icon))
