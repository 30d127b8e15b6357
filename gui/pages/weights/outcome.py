"""The line above the list: an import under way, and what the file turned out to be, with a choice where several fit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.jobs import Progress
from engine.networks import catalogue
from engine.networks.requests import ImportedWeights
from gui.pages.weights.listing import checked_text
from gui.theme import ICON_SIZE, PANEL_WIDTH, space, theme
from gui.widgets.choices import Choice


class Outcome(QWidget):
    """Hidden while there is nothing to tell."""

    cancelAsked = Signal()
    networkAsked = Signal(str)
    """Use the file for this network instead."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign_name = ""
        card = QFrame(self)
        card.setObjectName("card")
        around = QVBoxLayout(self)
        around.setContentsMargins(space.l, space.m, space.l, space.s)
        around.addWidget(card)
        self.sign, self.text = QLabel(card), QLabel(card)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.bar = QProgressBar(card)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setFixedWidth(PANEL_WIDTH // 2)
        self.bar.setAccessibleName("Import")
        self.choice = Choice("", [], tooltip="Several networks have weights of these shapes", parent=card)
        self.choice.combo.setAccessibleName("Network of the file")
        self.choice.setFixedWidth(PANEL_WIDTH * 3 // 4)
        self.cancel = QPushButton("Cancel", card)
        self.cancel.setProperty("flat", True)
        self.close_button = QToolButton(card)
        self.close_button.setProperty("flat", True)
        self.close_button.setAccessibleName("Close this note")
        self.close_button.setToolTip("Close")
        row = QHBoxLayout(card)
        row.setContentsMargins(space.m, space.s, space.s, space.s)
        row.setSpacing(space.s)
        row.addWidget(self.sign)
        row.addWidget(self.text, 1)
        for widget in (self.bar, self.choice, self.cancel, self.close_button):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.cancel.clicked.connect(self.cancelAsked)
        self.close_button.clicked.connect(self.hide)
        self.choice.changed.connect(self._chosen)
        theme.changed.connect(self._retint)
        self._retint()
        self.hide()

    def show_busy(self, text: str, progress: Progress | None = None) -> None:
        """An import goes on."""
        known = progress is not None and progress.total > 0
        self.bar.setRange(0, 1000 if known else 0)
        if progress is not None and known:
            self.bar.setValue(round(1000 * progress.done / progress.total))
        self._show("import", text, busy=True)

    def show_outcome(self, file: str, imported: ImportedWeights) -> None:
        """What the file was, and what else it could be used for."""
        status = imported.status
        names = (status.architecture, *imported.others)
        self.choice.set_options([(name, title_of(name)) for name in names], status.architecture)
        self._show("check-circle-outline", outcome_text(file, imported), choices=bool(imported.others))

    def options(self) -> Sequence[str]:
        """The networks that can be chosen."""
        combo = self.choice.combo
        return [str(combo.itemData(i)) for i in range(combo.count())]

    def _show(self, sign: str, text: str, *, busy: bool = False, choices: bool = False) -> None:
        self._sign_name = sign
        self.text.setText(text)
        self.bar.setVisible(busy)
        self.cancel.setVisible(busy)
        self.choice.setVisible(choices)
        self.close_button.setVisible(not busy)
        self._retint()
        self.show()

    @Slot(str)
    def _chosen(self, name: str) -> None:
        self.networkAsked.emit(name)

    @Slot()
    def _retint(self) -> None:
        self.close_button.setIcon(theme.icon("close", theme.colors.muted))
        self.close_button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        if self._sign_name:
            good = self._sign_name.startswith("check")
            color = theme.colors.good if good else theme.colors.accent
            self.sign.setPixmap(theme.pixmap(self._sign_name, ICON_SIZE, color))


def outcome_text(file: str, imported: ImportedWeights) -> str:
    """One sentence about what an imported file is, and one about what to do where that is not the end."""
    status = imported.status
    if status.state == "ready":
        return f"{file} is {status.title}, as it was published. {checked_text(status)} It is ready."
    if status.state == "partial":
        others = [name for name in status.files if Path(name).suffix != Path(file).suffix]
        more = " and ".join(others or status.files[1:]) or "more"
        return f"{file} belongs to {status.title}. {more} is needed too: import it, or go on with “Go on”."
    if status.task == "detection":
        return f"{file} is a detector and is ready for the page Live detection. {status.note}".strip()
    if status.task == "face embedding":
        return f"{file} turns a face into numbers and is ready for the page Faces. {status.note}".strip()
    text = f"{file} fits {title_of(status.architecture)} and is ready."
    return f"{text} Several networks have these shapes. It was trained for:" if imported.others else text


def title_of(architecture: str) -> str:
    """The title of a network of the catalogue; its name where the catalogue has none."""
    known = {entry.name: entry.title for entry in catalogue.architectures()}
    return known.get(architecture, architecture)
