"""The view's controls: how patches are drawn, what was left out, whether the index is right."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from engine.inside.patches.requests import MiningReport, Skipped
from gui.pages.units.patches import words
from gui.pages.units.patches.settings import PatchesSettings
from gui.theme import space
from gui.widgets.badge import Badge
from gui.widgets.fields import Toggle
from gui.widgets.plain_text import literal
from gui.widgets.wrapped import Wrapped

NOTHING_CHECKED: Final = "Each value of the index is compared with a run of the net on the picture."
ROWS: Final = 5


class PatchesControls(QWidget):
    """sharpSet(bool)."""

    sharpSet = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.where = Wrapped("text")
        self.sharp = Toggle("As sharp as the photo", tooltip="Off: only the pixels that the net gets")
        self.left_out_title, self.left_out = Wrapped(), QListWidget()
        self.left_out.setAccessibleName("What was left out")
        self.left_out.setFixedHeight(ROWS * self.left_out.fontMetrics().height() + 2 * space.s)
        self.badge = Badge()
        self.badge.show_waiting(NOTHING_CHECKED)
        self._skipped: tuple[Skipped, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for widget in (self.where, self.sharp, self.left_out_title, self.left_out, self.badge):
            column.addWidget(widget)
        column.addStretch(1)
        self.sharp.changed.connect(self.sharpSet)
        self.show_report(None)

    def show_settings(self, settings: PatchesSettings) -> None:
        """Show what is set."""
        self.where.say(words.chosen(settings.pictures))
        self.where.setToolTip(literal(settings.path))
        self.sharp.set_value(settings.sharp)

    def show_report(self, report: MiningReport | None) -> None:
        """What was left out, one line each, with the reason as its tooltip."""
        skipped = () if report is None else report.skipped
        for widget in (self.left_out_title, self.left_out):
            widget.setVisible(bool(skipped))
        if report is None or skipped == self._skipped:
            return
        self._skipped = skipped
        self.left_out_title.say(words.left_out(report))
        self.left_out.clear()
        for one in skipped:
            item = QListWidgetItem(f"{one.name}: {one.reason}", self.left_out)
            item.setToolTip(literal(f"{one.name}\n{one.reason}"))
