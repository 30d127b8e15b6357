"""The controls of the view "Threshold"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gui.pages.faces.group import WHOM
from gui.pages.faces.threshold.settings import PARTS, ThresholdSettings
from gui.theme import space
from gui.widgets.fields import Segmented
from gui.widgets.wrapped import Wrapped

HOW: Final = "The threshold acts at once on everything here, and on all other views."


class ThresholdControls(QWidget):
    """changed(settings, gesture); equalAsked(): the threshold of the equal error rate."""

    changed = Signal(object, str)
    equalAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = ThresholdSettings()
        self.group = Segmented(WHOM)
        self.group.setAccessibleName("Group")
        self.part = Segmented(PARTS)
        self.part.setAccessibleName("Part")
        self.equal = QPushButton("Equal error rate")
        self.equal.setToolTip("Set the threshold at which both kinds of mistakes are equally frequent")
        self.how = Wrapped()
        self.how.say(HOW)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for part in (self.group, self.part, self.equal, self.how):
            column.addWidget(part)
        self.group.changed.connect(self._group_picked)
        self.part.changed.connect(self._part_picked)
        self.equal.clicked.connect(self.equalAsked)

    def show_settings(self, settings: ThresholdSettings, equal: float | None) -> None:
        """Show what is set; `equal`: the threshold of the equal error rate, None where there is none."""
        self._settings = settings
        self.group.set_value(settings.group)
        self.part.set_value(settings.part)
        self.equal.setEnabled(equal is not None)
        self.equal.setText("Equal error rate" if equal is None else f"Equal error rate: {equal:.2f}")

    def _set(self, **changes: Any) -> None:
        self.changed.emit(replace(self._settings, **changes), "")

    @Slot(str)
    def _group_picked(self, key: str) -> None:
        self._set(group=key, pair=None)

    @Slot(str)
    def _part_picked(self, key: str) -> None:
        self._set(part=key, pair=None)
