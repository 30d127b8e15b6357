"""The head of a page: its title, what it is about, and the buttons that every page has."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton

from gui.theme import ICON_SIZE, space, theme
from gui.widgets.wrapped import OneLine

SUMMARY_FROM = 960
"""Window width from which there is room for the page's sentence beside its title."""


class PageHeader(QFrame):
    """`menu` opens under the share button."""

    controlsAsked = Signal()
    explanationAsked = Signal()
    fullScreenAsked = Signal()
    inspectorAsked = Signal()

    def __init__(self, title: str, summary: str, menu: QMenu) -> None:
        super().__init__()
        self.setObjectName("surface")
        self._buttons: list[QToolButton] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(space.l, space.s, space.m, space.s)
        row.setSpacing(space.xs)
        self.title, self.summary = QLabel(title), OneLine(summary)
        self.title.setProperty("role", "title")
        controls = self._button("dock-left", "Show or fold the controls (Ctrl+L)")
        self.explain = self._button("information-outline", "Explain this page")
        self.share = self._button("export-variant", "Export, copy or save")
        full = self._button("fullscreen", "Full screen (F11)")
        inspector = self._button("dock-right", "Show or fold the inspector (Ctrl+I)")
        row.addWidget(controls)
        row.addSpacing(space.s)
        row.addWidget(self.title)
        row.addSpacing(space.m)
        row.addWidget(self.summary, 1)
        for button in (self.explain, self.share, full, inspector):
            row.addWidget(button)
        self.share.setMenu(menu)
        self.share.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        controls.clicked.connect(self.controlsAsked)
        self.explain.clicked.connect(self.explanationAsked)
        full.clicked.connect(self.fullScreenAsked)
        inspector.clicked.connect(self.inspectorAsked)
        theme.changed.connect(self._retint)
        self._retint()

    def make_room(self, window_width: int) -> None:
        """Leave the page's sentence out where the window is narrow."""
        self.summary.setVisible(window_width >= SUMMARY_FROM)

    def _button(self, icon: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("flat", True)
        button.setProperty("icon_name", icon)
        button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        button.setToolTip(tip)
        button.setAccessibleName(tip.split(" (")[0])
        self._buttons.append(button)
        return button

    @Slot()
    def _retint(self) -> None:
        for button in self._buttons:
            button.setIcon(theme.icon(str(button.property("icon_name"))))
