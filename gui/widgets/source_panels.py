"""The panels of the source picker, one a kind of source. They show and ask; the picker decides."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from engine import sources
from engine.images import Frame
from engine.jobs import Priority
from engine.sources import CameraInfo, LoadSample, Sample
from gui.bridge import Bridge
from gui.live import LiveStats
from gui.theme import ICON_SIZE, radius, space, theme
from gui.widgets.frame_view import to_image

log = logging.getLogger(__name__)

THUMBNAIL: Final = QSize(144, 108)
SMALLEST_CELL: Final = 62
ROWS_SEEN: Final = 3.35
PICTURE_FILTER: Final = "Pictures ({});;All files (*)"
VIDEO_FILTER: Final = "Videos ({});;All files (*)"

# Shared by the pickers of all pages: each photograph is read once for its thumbnail, and never changes.
_thumbnails: dict[str, QImage] = {}


def choose_file(parent: QWidget, title: str, folder: str, name_filter: str) -> str:
    """Ask for a file; empty when the person changed their mind."""
    return QFileDialog.getOpenFileName(parent, title, folder, name_filter)[0]


def words(text: str = "", role: str = "") -> QLabel:
    """A label that wraps and never widens the panel."""
    label = QLabel(text)
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


# --- photos -------------------------------------------------------------------------------------------------


class _ThumbnailPainter(QStyledItemDelegate):
    """Draws a thumbnail cut to the cell, with a ring where it is chosen or has the focus."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        state: QStyle.StateFlag = getattr(option, "state")  # noqa: B009 - the stubs do not know the option's fields
        rect = QRectF(getattr(option, "rect")).adjusted(2, 2, -2, -2)  # noqa: B009
        colors = theme.colors
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        shape = QPainterPath()
        shape.addRoundedRect(rect, radius.control - 2, radius.control - 2)
        image = index.data(Qt.ItemDataRole.DecorationRole)
        painter.setClipPath(shape)
        painter.fillRect(rect, colors.line)
        if isinstance(image, QImage):
            painter.drawImage(rect, image)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        if chosen or focused or state & QStyle.StateFlag.State_MouseOver:
            color = colors.accent if chosen or focused else colors.muted
            style = Qt.PenStyle.SolidLine if chosen or not focused else Qt.PenStyle.DotLine
            painter.setPen(QPen(colors.surface, 4))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius.cell, radius.cell)
            painter.setPen(QPen(color, 2, style))
            painter.drawRoundedRect(rect, radius.control - 2, radius.control - 2)
        painter.restore()


class PhotosPanel(Panel):
    """Thumbnails of the bundled photographs; picked(name) as soon as one is chosen by mouse or key."""

    picked = Signal(str)

    def __init__(self, bridge: Bridge, key: str) -> None:
        super().__init__()
        self.list = QListWidget()
        self.caption = words(role="muted")
        self.add(self.list, self.caption)
        self._samples: dict[str, Sample] = {sample.name: sample for sample in sources.samples()}
        self._items: dict[str, QListWidgetItem] = {}
        self._waiting = [name for name in self._samples if name not in _thumbnails]
        self._loading: str | None = None
        self._channel = bridge.channel(key, Priority.LONG, self, handles_failures=True)
        self._channel.done.connect(self._loaded)
        self._channel.failed.connect(self._failed)
        self._channel.cancelled.connect(self._next)
        self._fill()
        self.list.itemSelectionChanged.connect(self._selected)
        theme.changed.connect(self.list.viewport().update)

    def choose(self, name: str | None) -> None:
        """Show which photograph is in use, None for none, without a signal."""
        with QSignalBlocker(self.list):
            item = self._items.get(name or "")
            if item is None:
                self.list.clearSelection()
            elif not item.isSelected():
                self.list.setCurrentItem(item)
        self._describe(name)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._next()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _fill(self) -> None:
        view = self.list
        view.setViewMode(QListView.ViewMode.IconMode)
        view.setMovement(QListView.Movement.Static)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setUniformItemSizes(True)
        view.setFrameShape(QListWidget.Shape.NoFrame)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        view.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        view.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        view.setItemDelegate(_ThumbnailPainter(view))
        view.setMouseTracking(True)
        view.setAccessibleName("Bundled photos")
        for sample in self._samples.values():
            item = QListWidgetItem(view)
            item.setData(Qt.ItemDataRole.UserRole, sample.name)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, sample.title)
            item.setToolTip(f"{sample.title} ({sample.credit})")
            self._items[sample.name] = item
            if sample.name in _thumbnails:
                item.setData(Qt.ItemDataRole.DecorationRole, _thumbnails[sample.name])
        if not self._samples:
            view.hide()
            self.caption.setText("No photos are bundled with this installation. Open a file or draw one.")

    def _arrange(self) -> None:
        """As many columns as fit; a cut-off row at the bottom says that there are more."""
        room = max(self.width() - self.list.verticalScrollBar().sizeHint().width() - 2, SMALLEST_CELL)
        columns = max(room // SMALLEST_CELL, 1)
        cell = QSize(room // columns, room // columns * THUMBNAIL.height() // THUMBNAIL.width() + 2)
        self.list.setGridSize(cell)
        for item in self._items.values():
            item.setSizeHint(cell)
        rows = min(ROWS_SEEN, -(-len(self._items) // columns))
        self.list.setFixedHeight(round(rows * cell.height()) + 2)

    @Slot()
    def _selected(self) -> None:
        chosen = self.list.selectedItems()
        if chosen:
            name = str(chosen[0].data(Qt.ItemDataRole.UserRole))
            self._describe(name)
            self.picked.emit(name)

    def _describe(self, name: str | None) -> None:
        sample = self._samples.get(name or "")
        if sample is not None:
            self.caption.setText(f"{sample.title}. {sample.credit}.")
        elif self._samples:
            self.caption.setText("Pick a photo.")

    @Slot()
    def _next(self) -> None:
        """Ask for the next thumbnail, one after the other, as long as the panel is seen."""
        if self._loading is not None or not self.isVisible():
            return
        while self._waiting:
            name = self._waiting.pop(0)
            if name in _thumbnails:
                self._items[name].setData(Qt.ItemDataRole.DecorationRole, _thumbnails[name])
                continue
            self._loading = name
            self._channel.ask(LoadSample(name))
            return

    @Slot(object)
    def _loaded(self, frame: Frame) -> None:
        name, self._loading = self._loading, None
        if name is not None:
            _thumbnails[name] = thumbnail(frame)
            self._items[name].setData(Qt.ItemDataRole.DecorationRole, _thumbnails[name])
        self._next()

    @Slot(object)
    def _failed(self, report: object) -> None:
        log.warning("no thumbnail of the photo %s: %s", self._loading, report)
        self._loading = None
        self._next()


def thumbnail(frame: Frame) -> QImage:
    """The middle of a picture in the shape of a thumbnail."""
    mode, quality = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    image = to_image(frame.pixels).scaled(THUMBNAIL, mode, quality)
    left, top = (image.width() - THUMBNAIL.width()) // 2, (image.height() - THUMBNAIL.height()) // 2
    return image.copy(left, top, THUMBNAIL.width(), THUMBNAIL.height())


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
        self.name.setToolTip(path)
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
    otherAsked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.device = QComboBox()
        self.device.setAccessibleName("Camera")
        self.device.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.sentence = words()
        self.use_button = IconButton("camera-outline", "Use the camera", self._agree)
        self.use_button.make_primary()
        self.freeze_button = IconButton("snowflake", "Freeze")
        self.freeze_button.setCheckable(True)
        self.again_button = IconButton("refresh", "Look again", self.refreshAsked.emit)
        self.others = QWidget()
        self.stats = words(role="muted")
        self._optional = (
            self.device, self.use_button, self.freeze_button, self.others, self.again_button, self.stats,
        )  # fmt: skip
        self.add(self.sentence, *self._optional)
        self._fill_others()
        self.device.activated.connect(self._picked)
        self.freeze_button.toggled.connect(self.frozen)
        self.show_looking()

    @property
    def name(self) -> str:
        """The camera that is chosen, "" where there is none."""
        return self.device.currentText()

    def show_looking(self) -> None:
        """The list of cameras is on its way."""
        self._show("Looking for cameras…")

    def show_cameras(self, cameras: tuple[CameraInfo, ...], name: str) -> None:
        """Fill the list, with `name` chosen where it is there."""
        with QSignalBlocker(self.device):
            self.device.clear()
            self.device.addItems([camera.name for camera in cameras])
            self.device.setCurrentIndex(max(self.device.findText(name), 0) if cameras else -1)

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
        self.freeze_button.show_as("play" if frozen else "snowflake", "Go on" if frozen else "Freeze")
        self._show("", self.device, self.freeze_button, self.stats)

    def show_stats(self, frame: Frame, stats: LiveStats) -> None:
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

    @Slot()
    def _picked(self) -> None:
        if not self.use_button.isVisibleTo(self):
            self.wanted.emit(self.name)


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
        self.name.setToolTip(path)
        self.play_button.show_as("play" if frozen else "pause", "Play" if frozen else "Pause")
        for part in (self.name, self.play_button, self.stats):
            part.setVisible(bool(path))

    def show_stats(self, frame: Frame, stats: LiveStats) -> None:
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


def _stats_line(frame: Frame, stats: LiveStats) -> str:
    return f"{frame.width} × {frame.height} pixels, {stats.fps:.0f} frames a second"
