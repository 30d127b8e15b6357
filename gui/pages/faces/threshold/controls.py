"""The controls of the view "Threshold"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gui.pages.faces.group import WHOM
from gui.pages.faces.threshold.resolve import Offer
from gui.pages.faces.threshold.settings import PARTS, ThresholdSettings
from gui.theme import space
from gui.widgets.fields import Segmented
from gui.widgets.wrapped import Wrapped


class ThresholdControls(QWidget):
    """changed(settings, gesture); thresholdAsked(float): one that was offered."""

    changed = Signal(object, str)
    thresholdAsked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = ThresholdSettings()
        self._offers: tuple[Offer, ...] = ()
        self.group = Segmented(WHOM)
        self.group.setAccessibleName("Group")
        self.part = Segmented(PARTS)
        self.part.setAccessibleName("Part")
        self.equal, self.strict = QPushButton(), QPushButton()
        self.equal.setToolTip("Set the threshold at which both kinds of mistakes are about equally frequent")
        self.strict.setToolTip("Set the largest threshold within which so few pairs of two people lie")
        self.how = Wrapped()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for part in (self.group, self.part, self.equal, self.strict, self.how):
            column.addWidget(part)
        self.group.changed.connect(self._group_picked)
        self.part.changed.connect(self._part_picked)
        for place, button in enumerate((self.equal, self.strict)):
            button.clicked.connect(lambda _on=False, place=place: self._take(place))

    def show_settings(self, settings: ThresholdSettings, offers: Sequence[Offer]) -> None:
        """Show what is set; `offers`: thresholds with what they do, none where the group says too little."""
        self._settings, self._offers = settings, tuple(offers)
        self.group.set_value(settings.group)
        self.part.set_value(settings.part)
        for button, offer in zip_longest((self.equal, self.strict), self._offers):
            button.setVisible(offer is not None)
            if offer is not None:
                button.setText(f"Set {offer[0]:.2f}: {offer[1]}")

    def _take(self, place: int) -> None:
        self.thresholdAsked.emit(self._offers[place][0])

    def _set(self, **changes: Any) -> None:
        self.changed.emit(replace(self._settings, **changes), "")

    @Slot(str)
    def _group_picked(self, key: str) -> None:
        self._set(group=key, pair=None)

    @Slot(str)
    def _part_picked(self, key: str) -> None:
        self._set(part=key, pair=None)
