"""A row of icon buttons, one a kind of source, with the panel of the chosen kind beneath."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.theme import ICON_SIZE, space, theme


class _KindButton(QToolButton):
    """A checkable icon; a second ring shows the focus, since being checked has the first."""

    def __init__(self, kind: str, icon: str, title: str) -> None:
        super().__init__()
        self.kind = kind
        self._icon_name = icon
        self.setCheckable(True)
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.setToolTip(title)
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.retint)
        self.retint()

    @Slot()
    def retint(self) -> None:
        self.setIcon(theme.icon(self._icon_name))


class KindTabs(QWidget):
    """Opens one panel at a time; clicked(kind) when a person chose one."""

    clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, _KindButton] = {}
        self._panels: dict[str, QWidget] = {}
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._button_clicked)
        self._row = QHBoxLayout()
        self._row.setSpacing(space.xs)
        self._title = QLabel()
        self._title.setProperty("role", "section")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(space.s)
        self._column.addLayout(self._row)
        self._column.addWidget(self._title)

    @property
    def current(self) -> str:
        """The kind whose panel is open, "" before the first."""
        return next((kind for kind, button in self._buttons.items() if button.isChecked()), "")

    def add(self, kind: str, icon: str, title: str, panel: QWidget, *, first: bool = False) -> None:
        """Add a kind at the end of the row, or at its beginning. Raises ValueError for one that is there."""
        if kind in self._buttons:
            raise ValueError(f"the kind {kind} is there already")
        button = _KindButton(kind, icon, title)
        self._group.addButton(button)
        self._row.insertWidget(0 if first else self._row.count(), button)
        self._column.addWidget(panel)
        panel.hide()
        self._buttons[kind], self._panels[kind] = button, panel

    def leave_out(self, kind: str) -> None:
        """Do not offer a kind: its panel can still be opened by a state that is of it."""
        self._buttons[kind].hide()

    def button(self, kind: str) -> QToolButton:
        """The button of a kind."""
        return self._buttons[kind]

    def panel(self, kind: str) -> QWidget:
        """The panel of a kind."""
        return self._panels[kind]

    def open(self, kind: str) -> None:
        """Open the panel of a kind without a signal; nothing happens for a kind that is not there."""
        if kind not in self._buttons:
            return
        for name, panel in self._panels.items():
            panel.setVisible(name == kind)
        self._buttons[kind].setChecked(True)
        self._title.setText(self._buttons[kind].toolTip())

    @Slot(object)
    def _button_clicked(self, button: object) -> None:
        if isinstance(button, _KindButton):
            self.open(button.kind)
            self.clicked.emit(button.kind)
