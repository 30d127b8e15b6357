"""About: versions, device, log file and licence, with Copy for reports."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Slot, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.theme import INSPECTOR_WIDTH, space, theme, type_scale

LICENCE = "MIT licence. The libraries and networks it uses keep their own; the README names them."
LIBRARIES = (
    "PySide6-Essentials",
    "torch",
    "torchvision",
    "numpy",
    "opencv-python",
    "scikit-image",
    "matplotlib",
)


def versions(program: str) -> dict[str, str]:
    """The versions that matter in a report, read from the installed packages without importing them."""
    import platform

    found = {"ConvScope": program, "Python": platform.python_version(), "Qt": qVersion()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found | {"System": platform.platform()}


class About(QDialog):
    """What a person needs to know or to send along with a report."""

    def __init__(
        self,
        versions: Mapping[str, str],
        device: str,
        log_path: Path | None,
        licence: str = LICENCE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("About ConvScope")
        self._rows = {**versions, "Device": device, "Log file": str(log_path) if log_path else "none"}
        self._log_path = log_path
        self.copy_button = QPushButton("Copy", self)
        self.copy_button.setAccessibleDescription("Copies the versions and the device for a report")
        self.log_button = QPushButton("Open log folder", self)
        self.log_button.setEnabled(log_path is not None)
        self.close_button = QPushButton("Close", self)
        self.close_button.setDefault(True)
        self._build(licence)
        self.copy_button.clicked.connect(self._copy)
        self.log_button.clicked.connect(self._open_log_folder)
        self.close_button.clicked.connect(self.accept)
        self.setMinimumWidth(2 * INSPECTOR_WIDTH)
        self._grow()

    def _grow(self) -> None:
        """Give the rows that wrap the height they need: Qt asks for it before it knows the width."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.setMinimumHeight(layout.totalHeightForWidth(self.minimumWidth()))

    def as_text(self) -> str:
        """The rows as Copy puts them on the clipboard."""
        return "\n".join(f"{name}: {value}" for name, value in self._rows.items())

    def _build(self, licence: str) -> None:
        mark = QLabel(self)
        mark.setPixmap(theme.pixmap("grid", 2 * type_scale.presenter, theme.colors.accent))
        title = QLabel("ConvScope", self)
        title.setProperty("role", "title")
        line = QLabel("See how convolutional networks work.", self)
        line.setProperty("role", "muted")
        names = QVBoxLayout()
        names.setSpacing(space.xs)
        names.addWidget(title)
        names.addWidget(line)
        head = QHBoxLayout()
        head.setSpacing(space.l)
        head.addWidget(mark)
        head.addLayout(names, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(space.s)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.log_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        terms = QLabel(licence, self)
        terms.setWordWrap(True)
        terms.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(space.xl, space.xl, space.xl, space.l)
        column.setSpacing(space.l)
        column.addLayout(head)
        column.addWidget(self._card())
        column.addWidget(terms)
        column.addLayout(buttons)

    def _card(self) -> QFrame:
        card = QFrame(self)
        card.setObjectName("card")
        form = QFormLayout(card)
        form.setContentsMargins(space.l, space.m, space.l, space.m)
        form.setHorizontalSpacing(space.xl)
        form.setVerticalSpacing(space.s)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for name, value in self._rows.items():
            label = QLabel(name, card)
            label.setProperty("role", "muted")
            shown = QLabel(value, card)
            shown.setFont(theme.font("small", mono=True))
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setAccessibleName(f"{name}: {value}")
            form.addRow(label, shown)
        return card

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.as_text())
        self.copy_button.setText("Copied")

    @Slot()
    def _open_log_folder(self) -> None:
        if self._log_path is not None:
            open_folder(self._log_path.parent)


def open_folder(folder: Path) -> bool:
    """Show a folder in the system's file manager."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
