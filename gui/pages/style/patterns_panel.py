"""The drawn styles as a panel of the picker: thumbnails to choose from."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPixmap, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QToolButton

from engine.errors import ErrorReport
from engine.images import Frame
from engine.jobs import Priority
from engine.style.patterns import PATTERNS
from engine.style.requests import DrawPattern
from gui.bridge import Bridge
from gui.theme import space
from gui.widgets.photo_grid import thumbnail
from gui.widgets.source_panels import Panel, words

ICON: Final = QSize(72, 54)
ABOUT: Final = "Drawn by the program, each from a seed of its own."


class PatternsPanel(Panel):
    """picked(name): a person chose a drawn style."""

    picked = Signal(str)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._channel = bridge.channel("style.patterns", Priority.LONG, self, handles_failures=True)
        self._waiting = [pattern.name for pattern in PATTERNS]
        self._asked = ""
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        grid = QGridLayout()
        grid.setSpacing(space.xs)
        for index, pattern in enumerate(PATTERNS):
            button = QToolButton()
            button.setCheckable(True)
            button.setIconSize(ICON)
            button.setToolTip(pattern.title)
            button.setAccessibleName(pattern.title)
            button.setMinimumSize(ICON + QSize(space.s, space.s))
            self._group.addButton(button, index)
            self._buttons[pattern.name] = button
            grid.addWidget(button, index // 3, index % 3)
        self.column.addLayout(grid)
        self.add(words(ABOUT, role="muted"))
        self._group.idClicked.connect(self._clicked)
        self._channel.done.connect(self._done)
        self._channel.failed.connect(self._failed)
        self.setAccessibleName("Drawn styles")

    @property
    def complete(self) -> bool:
        """Whether every thumbnail that is in sight is there."""
        return not self.isVisible() or not (self._waiting or self._asked)

    def choose(self, name: str) -> None:
        """Show which one is in use, "" for none, without a signal."""
        self._group.setExclusive(False)
        for key, button in self._buttons.items():
            button.setChecked(key == name)
        self._group.setExclusive(True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._next()

    @Slot(int)
    def _clicked(self, index: int) -> None:
        self.picked.emit(PATTERNS[index].name)

    def _next(self) -> None:
        if not self._asked and self._waiting:
            self._asked = self._waiting.pop(0)
            self._channel.ask(DrawPattern(self._asked))

    @Slot(object)
    def _done(self, frame: Frame) -> None:
        image = thumbnail(frame).scaled(
            ICON, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        self._buttons[self._asked].setIcon(QIcon(QPixmap.fromImage(image)))
        self._asked = ""
        self._next()

    @Slot(object)
    def _failed(self, report: ErrorReport) -> None:
        self._buttons[self._asked].setToolTip(report.sentence)
        self._asked = ""
        self._next()
