"""Preferences: each control acts at once, so there is nothing to confirm."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.dialogs.about import open_folder
from gui.settings import Settings
from gui.theme import INSPECTOR_WIDTH, Scheme, space
from gui.widgets.choices import Choice, Segmented

DEVICE_NAMES = {
    "auto": "Automatic",
    "cpu": "Processor (CPU)",
    "cuda": "NVIDIA GPU (CUDA)",
    "mps": "Apple GPU (MPS)",
}
MOTION = {"system": None, "reduced": True, "full": False}
_SYSTEM = ("system", "System", "As the desktop is set")
_SCHEMES = (_SYSTEM, ("light", "Light", "Light theme"), ("dark", "Dark", "Dark theme"))
_MOTIONS = (_SYSTEM, ("reduced", "Reduced", "No transitions"), ("full", "Full", "All transitions"))


class Preferences(QDialog):
    """What a person may set for the whole program: writes the settings and tells what changed."""

    scheme_changed = Signal(object)
    """The new Scheme."""
    device_changed = Signal(str)
    motion_changed = Signal(object)
    """True: reduced, False: full, None: as the system says."""
    models_dir_changed = Signal(object)
    """A Path, or None for the usual place."""

    def __init__(
        self,
        settings: Settings,
        *,
        devices: Sequence[str] = ("auto", "cpu"),
        models_default: Path | None = None,
        log_path: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self._settings, self._models_default, self._log_path = settings, models_default, log_path
        motion = next(name for name, meaning in MOTION.items() if meaning is settings.reduced_motion)
        self.scheme = Segmented(_SCHEMES, value=str(settings.scheme), label="Theme", parent=self)
        self.motion = Segmented(_MOTIONS, value=motion, label="Motion", parent=self)
        known = dict.fromkeys([*devices, settings.device])
        options = [(key, DEVICE_NAMES[key]) for key in DEVICE_NAMES if key in known]
        self.device = Choice(
            "Device", options, value=settings.device, tooltip="Where the networks run", parent=self
        )
        self.models = QLabel(self)
        self.models_button = QPushButton("Change…", self)
        self.models_reset = QPushButton("Usual place", self)
        self.log_button = QPushButton("Open log folder", self)
        self.close_button = QPushButton("Close", self)
        self._build()
        self._connect()
        self._show_models()

    def sizeHint(self) -> QSize:
        return QSize(2 * INSPECTOR_WIDTH, super().sizeHint().height())

    def _build(self) -> None:
        self.models.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.models.setWordWrap(True)
        self.models.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.log_button.setEnabled(self._log_path is not None)
        self.close_button.setDefault(True)
        folder = QHBoxLayout()
        folder.setSpacing(space.s)
        folder.addWidget(self.models, 1)
        folder.addWidget(self.models_reset)
        folder.addWidget(self.models_button)
        buttons = QHBoxLayout()
        buttons.addWidget(self.log_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.xl, space.l, space.xl, space.l)
        column.setSpacing(space.m)
        column.addWidget(_card("Look", [self.scheme, self.motion], self))
        column.addWidget(
            _card("Computing", [self.device, _note("Takes effect at the next start.", self)], self)
        )
        column.addWidget(_card("Downloaded networks", [folder], self))
        column.addStretch(1)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.scheme.changed.connect(self._set_scheme)
        self.motion.changed.connect(self._set_motion)
        self.device.changed.connect(self._set_device)
        self.models_button.clicked.connect(self._choose_models)
        self.models_reset.clicked.connect(self._reset_models)
        self.log_button.clicked.connect(self._open_logs)
        self.close_button.clicked.connect(self.accept)

    @Slot(str)
    def _set_scheme(self, key: str) -> None:
        self._settings.scheme = Scheme(key)
        self.scheme_changed.emit(Scheme(key))

    @Slot(str)
    def _set_motion(self, key: str) -> None:
        self._settings.reduced_motion = MOTION[key]
        self.motion_changed.emit(MOTION[key])

    @Slot(str)
    def _set_device(self, key: str) -> None:
        self._settings.device = key
        self.device_changed.emit(key)

    @Slot()
    def _choose_models(self) -> None:
        start = self._settings.models_dir or self._models_default or Path.home()
        chosen = ask_folder(self, "Folder for downloaded networks", start)
        if chosen is not None:
            self._set_models(chosen)

    @Slot()
    def _reset_models(self) -> None:
        self._set_models(None)

    def _set_models(self, folder: Path | None) -> None:
        self._settings.models_dir = folder
        self._show_models()
        self.models_dir_changed.emit(folder)

    def _show_models(self) -> None:
        chosen = self._settings.models_dir
        usual = str(self._models_default) if self._models_default else "The usual place"
        self.models.setText(str(chosen) if chosen else usual)
        self.models.setAccessibleName(f"Folder for downloaded networks: {self.models.text()}")
        self.models_reset.setVisible(chosen is not None)

    @Slot()
    def _open_logs(self) -> None:
        if self._log_path is not None:
            open_folder(self._log_path.parent)


def ask_folder(parent: QWidget, title: str, start: Path) -> Path | None:
    """Ask for a folder; None when the person changes their mind."""
    chosen = QFileDialog.getExistingDirectory(parent, title, str(start))
    return Path(chosen) if chosen else None


def _note(text: str, parent: QWidget) -> QLabel:
    note = QLabel(text, parent)
    note.setProperty("role", "muted")
    return note


def _card(title: str, rows: Sequence[QWidget | QHBoxLayout], parent: QWidget) -> QFrame:
    card = QFrame(parent)
    card.setObjectName("card")
    heading = QLabel(title, card)
    heading.setProperty("role", "section")
    column = QVBoxLayout(card)
    column.setContentsMargins(space.l, space.m, space.l, space.m)
    column.setSpacing(space.s)
    column.addWidget(heading)
    for row in rows:
        if isinstance(row, QWidget):
            column.addWidget(row)
        else:
            column.addLayout(row)
    return card
