"""The brush with which a person paints where style applies."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.pages.style.paint.settings import THICKEST, THINNEST, PaintSettings
from gui.theme import space
from gui.widgets.fields import SliderField, Toggle
from gui.widgets.wrapped import Wrapped

BRUSH_STEP: Final = 0.01
KEYS: Final = {Qt.Key.Key_BracketLeft: -BRUSH_STEP, Qt.Key.Key_BracketRight: BRUSH_STEP}
ABOUT = (
    "Drag over the picture where the style is to be; elsewhere the content stays as it is. The keys [ and ] "
    "change the brush."
)


class MaskTools(QWidget):
    """looked(PaintSettings): another brush; cleared(), inverted()."""

    looked = Signal(object)
    cleared = Signal()
    inverted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own = PaintSettings()
        self.about = Wrapped()
        self.about.say(ABOUT)
        self.masking = Toggle("Paint where style applies (M)", tooltip="The pointer becomes a brush")
        self.brush = SliderField(
            "Brush", THINNEST, THICKEST, 0.01, self._own.brush, lambda share: f"{share * 100:.0f} %",
            tooltip="Width, as a share of the longer side",
        )  # fmt: skip
        self.erasing = Toggle("Erase (E)", tooltip="The brush takes style away")
        self.clear, self.invert = QPushButton("Clear"), QPushButton("Invert")
        self.clear.setToolTip("Style everywhere again")
        self.invert.setToolTip("Style where it was not, and none where it was")
        row = QHBoxLayout()
        row.setSpacing(space.s)
        row.addWidget(self.clear)
        row.addWidget(self.invert)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for widget in (self.about, self.masking, self.brush, self.erasing):
            column.addWidget(widget)
        column.addLayout(row)
        self.masking.changed.connect(self._masking_set)
        self.brush.changed.connect(self._brush_set)
        self.erasing.changed.connect(self._erasing_set)
        self.clear.clicked.connect(self.cleared)
        self.invert.clicked.connect(self.inverted)

    def show_own(self, own: PaintSettings, *, any_mask: bool) -> None:
        """Show what is set."""
        self._own = own
        self.masking.set_value(own.masking)
        self.erasing.set_value(own.erasing)
        if not self.brush.slider.isSliderDown():
            self.brush.set_value(own.brush)
        self.clear.setEnabled(any_mask)
        self.erasing.setEnabled(own.masking)

    def press(self, key: Qt.Key) -> bool:
        """A key came to the picture; False where the brush has no use for it."""
        own = self._own
        if key == Qt.Key.Key_M:
            self._masking_set(not own.masking)
        elif own.masking and key == Qt.Key.Key_E:
            self._erasing_set(not own.erasing)
        elif own.masking and key in KEYS:
            self._brush_set(min(max(own.brush + KEYS[key], THINNEST), THICKEST))
        else:
            return False
        return True

    @Slot(bool)
    def _masking_set(self, on: bool) -> None:
        self.looked.emit(replace(self._own, masking=on))

    @Slot(bool)
    def _erasing_set(self, on: bool) -> None:
        self.looked.emit(replace(self._own, erasing=on))

    @Slot(float)
    def _brush_set(self, share: float) -> None:
        self.looked.emit(replace(self._own, brush=round(share, 2)))
