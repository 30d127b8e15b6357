"""The left panel of the weights page: what the list shows, how files come in, and what the models folder holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QSizePolicy

from gui.pages.side_panel import SidePanel
from gui.pages.weights.listing import TASKS
from gui.pages.weights.passages import breakable
from gui.pages.weights.state import LONGEST_QUERY, WeightsState
from gui.theme import CONTROL_HEIGHT, ICON_SIZE, theme
from gui.widgets.choices import Choice, Toggle
from gui.widgets.section import Section

HOW = (
    "Weights can be fetched on another computer and brought here: the checksum proves them. Your own .pth and "
    ".safetensors files are read without running any code. A net of Darknet is a pair: drop its .cfg and "
    ".weights, with a .names file if there is one."
)


class WeightsControls(QObject):
    """Builds the controls and keeps them in step with the state."""

    changed = Signal(object, str)
    """The next WeightsState, and the gesture that it belongs to."""
    importAsked = Signal()
    folderAsked = Signal()

    def __init__(self, panel: SidePanel, get: Callable[[], WeightsState]) -> None:
        super().__init__(panel)
        self._get = get
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search the weights")
        self.search.setToolTip("Title, network, licence or file name (Ctrl+F)")
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(LONGEST_QUERY)
        self.search.setFixedHeight(CONTROL_HEIGHT)
        self.task = Choice("Task", list(TASKS.items()), tooltip="What the networks were trained for")
        self.here = Toggle("Only what is on this computer")
        self.import_button = QPushButton("Import file…")
        self.how = _quiet(HOW)
        self.total, self.place = _quiet(""), _quiet("")
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.folder_button = QPushButton("Show folder")
        self._build(panel)
        self.search.textEdited.connect(self._typed)
        self.search.textChanged.connect(self._cleared)
        self.task.changed.connect(self._task_chosen)
        self.here.changed.connect(self._here_switched)
        self.import_button.clicked.connect(self.importAsked)
        self.folder_button.clicked.connect(self.folderAsked)
        theme.changed.connect(self._retint)
        self._retint()

    def _build(self, panel: SidePanel) -> None:
        shown = Section("Show")
        shown.add(self.search)
        shown.add(self.task)
        shown.add(self.here)
        bring = Section("Bring your own")
        bring.add(self.import_button)
        bring.add(self.how)
        folder = Section("Models folder")
        folder.add(self.total)
        folder.add(self.place)
        folder.add(self.folder_button)
        for section in (shown, bring, folder):
            panel.add(section)
        panel.end()

    def show_state(self, state: WeightsState) -> None:
        """Bring the controls in step, without signals."""
        if self.search.text() != state.query:
            blocked = self.search.blockSignals(True)
            self.search.setText(state.query)
            self.search.blockSignals(blocked)
        self.task.set_value(state.task)
        self.here.set_value(state.here)

    def show_folder(self, total: str, place: str) -> None:
        """What the models folder holds, and where it is."""
        self.total.setText(total)
        self.place.setText(breakable(place))

    def _emit(self, gesture: str, **changes: Any) -> None:
        self.changed.emit(replace(self._get(), **changes), gesture)

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._emit("query", query=text)

    @Slot(str)
    def _cleared(self, text: str) -> None:
        if not text and self._get().query:
            self._emit("query", query="")  # the button in the field clears it without editing

    @Slot(str)
    def _task_chosen(self, key: str) -> None:
        self._emit("", task=key)

    @Slot(bool)
    def _here_switched(self, on: bool) -> None:
        self._emit("", here=on)

    @Slot()
    def _retint(self) -> None:
        for button, name in ((self.import_button, "import"), (self.folder_button, "folder-outline")):
            button.setIcon(theme.icon(name))
            button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "muted")
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
