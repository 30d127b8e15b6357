"""The panels of the source picker, one a kind of source. They show and ask; the picker decides."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine import sources
from engine.images import Frame
from engine.sources import CameraInfo
from gui.live import LiveStats
from gui.theme import ICON_SIZE, PANEL_WIDTH, space, theme
from gui.widgets.choices import Choice
from gui.widgets.plain_text import literal

log = logging.getLogger(__name__)

PICTURE_FILTER: Final = "Pictures ({});;All files (*)"
LONGEST_NAME: Final = PANEL_WIDTH - 2 * space.l - space.xxl - space.m
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
VIDEO_FILTER: Final = "Videos ({});;All files (*)"


def choose_file(parent: QWidget, title: str, folder: str, name_filter: str) -> str:
    """Ask for a file; empty when the person changed their mind."""
    return QFileDialog.getOpenFileName(parent, title, folder, name_filter)[0]


def words(text: str = "", role: str = "") -> QLabel:
    """A label that wraps and never widens the panel."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)  # it may show the name of a file
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    if role:
        label.setProperty("role", role)
    return label


class IconButton(QPushButton):
    """A push button with an icon that follows the theme."""

    def __init__(self, icon: str, text: str, action: Callable[[], None] | None = None) -> None:
        super().__init__(text)
        self._icon_name = icon
        self.setAccessibleName(text)
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        if action is not None:
            self.clicked.connect(action)
        theme.changed.connect(self.retint)
        self.retint()

    def show_as(self, icon: str, text: str) -> None:
        """Another face for another state (play, pause)."""
        self._icon_name = icon
        self.setText(text)
        self.setAccessibleName(text)
        self.retint()

    def make_primary(self) -> None:
        """The one thing to do here."""
        self.setProperty("primary", True)
        self.retint()

    @Slot()
    def retint(self) -> None:
        color = theme.colors.on_accent if self.property("primary") else theme.colors.text
        self.setIcon(theme.icon(self._icon_name, color))


class Panel(QWidget):
    """A column of widgets without margins."""

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(space.s)

    def add(self, *parts: QWidget) -> None:
        """Put widgets beneath those that are there."""
        for part in parts:
            self.column.addWidget(part)


# --- file ---------------------------------------------------------------------------------------------------


class FilePanel(Panel):
    """The picture file in use and a button for another; chosen(path)."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.open_button = IconButton("folder-open-outline", "Open a picture…", self._ask)
        self.name = words()
        self.note = words(role="muted")
        self.hint = words("Or drop a picture on the window, or paste one.", role="muted")
        self.add(self.open_button, self.name, self.note, self.hint)
        self._path = ""
        self.show_file("", None)

    def show_file(self, path: str, frame: Frame | None) -> None:
        """Say which file is in use, "" for none, and what was done to it on opening."""
        self._path = path
        self.name.setText(Path(path).name)
        self.name.setToolTip(literal(path))
        size = f"{frame.width} × {frame.height} pixels" if frame is not None else ""
        note = frame.note if frame is not None else ""
        self.note.setText(". ".join(part for part in (size, note) if part))
        self.name.setVisible(bool(path))
        self.note.setVisible(bool(self.note.text()))

    @Slot()
    def _ask(self) -> None:
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(sources.PICTURE_SUFFIXES))
        folder = str(Path(self._path).parent) if self._path else ""
        path = choose_file(self, "Open a picture", folder, PICTURE_FILTER.format(suffixes))
        if path:
            self.chosen.emit(path)


# --- camera -------------------------------------------------------------------------------------------------


class CameraPanel(Panel):
    """Which camera; asks before the first use. wanted(name) after a choice, agreed() to the question."""

    wanted = Signal(str)
    agreed = Signal()
    frozen = Signal(bool)
    refreshAsked = Signal()
    reconnectAsked = Signal()
    otherAsked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.device = Choice("", ())
        self.device.combo.setAccessibleName("Camera")
        self.device.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.sentence = words()
        self.use_button = IconButton("camera-outline", "Use the camera", self._agree)
        self.use_button.make_primary()
        self.freeze_button = IconButton("snowflake", "Freeze")
        self.freeze_button.setCheckable(True)
        self.again_button = IconButton("refresh", "Look again", self.refreshAsked.emit)
        self.reconnect_button = IconButton("connection", "Reconnect", self.reconnectAsked.emit)
        self.reconnect_button.make_primary()
        self.others = QWidget()
        self.stats = words(role="muted")
        self._optional = (
            self.device, self.use_button, self.freeze_button, self.reconnect_button, self.others, self.again_button,
            self.stats,
        )  # fmt: skip
        self.add(self.sentence, *self._optional)
        self._fill_others()
        self.device.changed.connect(self._picked)
        self.freeze_button.toggled.connect(self.frozen)
        self.show_looking()

    @property
    def name(self) -> str:
        """The camera that is chosen, "" where there is none."""
        return self.device.value

    def show_looking(self) -> None:
        """The list of cameras is on its way."""
        self._show("Looking for cameras…")

    def show_cameras(self, cameras: tuple[CameraInfo, ...], name: str) -> None:
        """Fill the list, with `name` chosen where it is there."""
        metrics = QFontMetrics(theme.font("body"))
        right = Qt.TextElideMode.ElideRight
        names = [camera.name for camera in cameras]
        self.device.set_options(
            [(name, metrics.elidedText(name, right, LONGEST_NAME)) for name in names], name
        )
        for index, full in enumerate(names):
            self.device.combo.setItemData(index, full, Qt.ItemDataRole.ToolTipRole)

    def show_none(self) -> None:
        """No camera: a sentence and the other choices."""
        self._show("No camera was found. Plug one in and look again, or choose something else:",
                   self.others, self.again_button)  # fmt: skip

    def show_question(self) -> None:
        """Ask before the first use."""
        self._show(
            "May ConvScope use your camera? Its pictures stay on this computer and are not recorded.",
            self.device, self.use_button,
        )  # fmt: skip

    def show_choice(self) -> None:
        """The camera may be used, but is not in use."""
        self._show("", self.device, self.use_button)

    def show_starting(self) -> None:
        self._show("Starting the camera…", self.device)

    def show_running(self, frozen: bool) -> None:
        """The camera is in use."""
        with QSignalBlocker(self.freeze_button):
            self.freeze_button.setChecked(frozen)
        self._show("", self.device, self.freeze_button, self.stats)

    def show_lost(self, name: str) -> None:
        """The camera in use has stopped: its last picture stands."""
        self._show(f"{name} has stopped. Its last picture stays. Plug it in again, then reconnect.",
                   self.device, self.reconnect_button)  # fmt: skip

    def show_stats(self, frame: Frame, stats: LiveStats | None) -> None:
        """Say how the source goes; without stats it stands still."""
        self.stats.setText(_stats_line(frame, stats))

    def _show(self, sentence: str, *parts: QWidget) -> None:
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        for part in self._optional:
            part.setVisible(part in parts)

    def _fill_others(self) -> None:
        row = QHBoxLayout(self.others)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        for kind, text in (("sample", "Photos"), ("file", "File"), ("drawing", "Draw")):
            button = QPushButton(text)
            button.setAccessibleName(f"{text} instead of the camera")
            button.setProperty("kind", kind)
            button.clicked.connect(self._other)
            row.addWidget(button, 1)

    @Slot()
    def _other(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.otherAsked.emit(str(sender.property("kind")))

    @Slot()
    def _agree(self) -> None:
        self.agreed.emit()

    @Slot(str)
    def _picked(self, name: str) -> None:
        if self.use_button.isHidden():  # where it is seen, it is the one that asks for the camera
            self.wanted.emit(name)


# --- video --------------------------------------------------------------------------------------------------


class VideoPanel(Panel):
    """The video in use; chosen(path), paused(bool)."""

    chosen = Signal(str)
    paused = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.open_button = IconButton("movie-open-outline", "Open a video…", self._ask)
        self.name = words()
        self.play_button = IconButton("pause", "Pause")
        self.play_button.clicked.connect(self._play_clicked)
        self.stats = words(role="muted")
        self.hint = words("It plays at its own pace and begins again at its end.", role="muted")
        self.add(self.open_button, self.name, self.play_button, self.stats, self.hint)
        self._path = ""
        self._frozen = False
        self.show_video("", False)

    def show_video(self, path: str, frozen: bool) -> None:
        """Say which video is in use, "" for none, and whether it is paused."""
        if path != self._path:
            self.stats.clear()
        self._path, self._frozen = path, frozen
        self.name.setText(Path(path).name)
        self.name.setToolTip(literal(path))
        self.play_button.show_as("play" if frozen else "pause", "Play" if frozen else "Pause")
        for part in (self.name, self.play_button, self.stats):
            part.setVisible(bool(path))

    def show_stats(self, frame: Frame, stats: LiveStats | None) -> None:
        """Say how the source goes; without stats it stands still."""
        self.stats.setText(_stats_line(frame, stats))

    @Slot()
    def _play_clicked(self) -> None:
        self.paused.emit(not self._frozen)

    @Slot()
    def _ask(self) -> None:
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(sources.VIDEO_SUFFIXES))
        folder = str(Path(self._path).parent) if self._path else ""
        path = choose_file(self, "Open a video", folder, VIDEO_FILTER.format(suffixes))
        if path:
            self.chosen.emit(path)


def _stats_line(frame: Frame, stats: LiveStats | None) -> str:
    pace = "standing still" if stats is None else f"{stats.fps:.0f} frames a second"
    width, height = frame.original or (frame.width, frame.height)
    scaled = "" if frame.original is None else f", worked on at {_size(frame.width, frame.height)}"
    return f"{_size(width, height)} pixels{scaled}, {pace}"


def _size(width: int, height: int) -> str:
    """Never broken over two lines."""
    return f"{width}{NO_BREAK}×{NO_BREAK}{height}"
