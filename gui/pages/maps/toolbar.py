"""The line above the stage: which view, which of two pictures, and the buttons that keys press, too."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from gui.pages.maps.state import MapsState, Pin
from gui.theme import ICON_SIZE, space, theme
from gui.widgets.choices import Segmented

VIEWS: Final = (
    ("maps", "Maps", "All maps of the layer (Alt+1)"),
    ("filters", "Filters", "The filters, and what each input adds to the unit (Alt+2)"),
    ("histogram", "Histogram", "How the activations are spread (Alt+3)"),
)
SHOWS: Final = (
    ("this", "This", "The maps of the picture that is chosen"),
    ("other", "Other", "The maps of the picture that was kept"),
    ("difference", "Difference", "This picture's maps minus the other one's"),
)
BUTTONS: Final = (
    ("back", "chevron-left", "The layer before (U)", False),
    ("on", "chevron-right", "The layer after (O)", False),
    ("zoom", "magnify-plus-outline", "One unit beside the photo (Z)", True),
    ("lock", "lock-outline", "Lock the cursor to its unit (D)", True),
    ("pin", "pin-outline", "Pin the unit (P)", True),
    ("freeze", "snowflake", "Freeze the camera or the film (F)", True),
)


class ToolBar(QWidget):
    """viewPicked(str); showPicked(str): this, other, difference; pressed(str): the key of a button."""

    viewPicked = Signal(str)
    showPicked = Signal(str)
    pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views, self.shows = Segmented(VIEWS), Segmented(SHOWS)
        self.views.setAccessibleName("View")
        self.shows.setAccessibleName("Which picture's maps")
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.setSpacing(space.s)
        row.addWidget(self.views)
        row.addWidget(self.shows)
        row.addStretch(1)
        for key, _icon, tip, checkable in BUTTONS:
            button = QToolButton()
            button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
            button.setCheckable(checkable)
            button.setToolTip(tip)
            button.setAccessibleName(tip.split(" (")[0])
            button.clicked.connect(lambda _on=False, key=key: self.pressed.emit(key))
            row.addWidget(button)
            self.buttons[key] = button
        self.views.changed.connect(self.viewPicked)
        self.shows.changed.connect(self.showPicked)
        theme.changed.connect(self._retint)
        self._retint()

    def show_state(self, state: MapsState, pin: Pin | None) -> None:
        """Show what is set; `pin`: the unit under the cursor, None while there is none."""
        self.views.set_value(state.view)
        self.shows.set_value(state.show)
        self.shows.setVisible(state.beside is not None and state.view == "maps")
        checked = {
            "zoom": state.zoomed, "lock": state.locked, "pin": pin in state.pins, "freeze": state.source.frozen,
        }  # fmt: skip
        for key, on in checked.items():
            self.buttons[key].setChecked(on)
        self.buttons["zoom"].setVisible(state.view == "maps")
        self.buttons["freeze"].setVisible(state.source.kind in ("camera", "video"))

    @Slot()
    def _retint(self) -> None:
        for key, icon, _tip, _checkable in BUTTONS:
            self.buttons[key].setIcon(theme.icon(icon))
