"""Which class of a net: its own best answer, or any other, found by typing a part of its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QWidget

from gui.theme import CONTROL_HEIGHT, space
from gui.widgets.choices import Combo, field_label
from gui.widgets.plain_text import literal

BEST: Final = "best"
BEST_TIP: Final = "What the net itself finds likeliest"
UNKNOWN: Final = "The classes are known as soon as the net is loaded."
TIP: Final = "The class that is asked about; type a part of its name to find it"
_BEST_DATA: Final = -1


class ClassChoice(QWidget):
    """chosen(int or None): what a person chose; None is the net's own best answer."""

    chosen = Signal(object)

    def __init__(self, label: str = "Class", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[str, ...] = ()
        self._target: int | None = None
        self._best: int | None = None
        self.combo = Combo(self)
        self.combo.setEditable(True)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.combo.setFixedHeight(CONTROL_HEIGHT)
        self.combo.setAccessibleName(label)
        self.combo.setMinimumContentsLength(1)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        completer = self.combo.completer()
        assert completer is not None, "an editable combo box has one"
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        row.addWidget(field_label(label, self.combo, self))
        row.addWidget(self.combo, 1)
        self.setFocusProxy(self.combo)
        self.combo.activated.connect(self._activated)
        line = self.combo.lineEdit()
        assert line is not None
        line.editingFinished.connect(self._typed)
        self._fill()

    @property
    def target(self) -> int | None:
        """The class on show; None for the net's own best answer."""
        return self._target

    def show_classes(self, labels: Sequence[str], target: int | None, best: int | None) -> None:
        """Show the classes of a net, which of them is asked about, and which the net finds best (None: not known)."""
        if tuple(labels) != self._labels or best != self._best:
            self._labels, self._best, self._target = tuple(labels), best, target
            self._fill()
        elif target != self._target:
            self._target = target
            self._select()

    def _fill(self) -> None:
        with QSignalBlocker(self.combo):
            self.combo.clear()
            best = f"{BEST}: {self._labels[self._best]}" if self._best is not None and self._labels else BEST
            self.combo.addItem(best, _BEST_DATA)
            self.combo.setItemData(0, BEST_TIP, Qt.ItemDataRole.ToolTipRole)
            for index, label in enumerate(self._labels):
                self.combo.addItem(label, index)
        self.combo.setEnabled(bool(self._labels))
        self.combo.setToolTip(literal(TIP if self._labels else UNKNOWN))
        self._select()

    def _select(self) -> None:
        with QSignalBlocker(self.combo):
            row = self.combo.findData(_BEST_DATA if self._target is None else self._target)
            self.combo.setCurrentIndex(max(row, 0))
            line = self.combo.lineEdit()
            if line is not None:
                line.setText(self.combo.itemText(max(row, 0)))
                line.setCursorPosition(0)

    @Slot(int)
    def _activated(self, row: int) -> None:
        data = self.combo.itemData(row)
        if data is None:
            return
        target = None if data == _BEST_DATA else int(data)
        if target != self._target:
            self._target = target
            self.chosen.emit(target)

    @Slot()
    def _typed(self) -> None:
        """A name was typed: the class of that name, or the first that has it as a part; else what was there before."""
        text = self.combo.currentText().strip().casefold()
        names = [self.combo.itemText(row).casefold() for row in range(self.combo.count())]
        rows = [row for row, name in enumerate(names) if name == text] or [
            row for row, name in enumerate(names) if text and text in name
        ]
        if rows and self.combo.itemData(rows[0]) != self.combo.currentData():
            self.combo.setCurrentIndex(rows[0])
        if rows:
            self._activated(rows[0])
        self._select()
