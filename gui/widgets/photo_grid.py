"""The bundled photographs as a grid of thumbnails, loaded one after the other once they are seen."""

from __future__ import annotations

import logging
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from engine import sources
from engine.images import Frame
from engine.jobs import Priority
from engine.sources import LoadSample, Sample
from gui.bridge import Bridge
from gui.theme import radius, theme
from gui.widgets.picture import to_image
from gui.widgets.source_panels import Panel, words

log = logging.getLogger(__name__)

THUMBNAIL: Final = QSize(144, 108)
SMALLEST_CELL: Final = 62
ROWS_SEEN: Final = 3.35

# Shared by the pickers of all pages: each photograph is read once for its thumbnail, and never changes.
_thumbnails: dict[str, QImage] = {}


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

    @property
    def complete(self) -> bool:
        """Whether every thumbnail that is in sight is there."""
        return not self.isVisible() or (self._loading is None and not self._waiting)

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
        # The list wraps early: two pixels of its frame and two of its own margin are no room for cells.
        room = max(self.width() - self.list.verticalScrollBar().sizeHint().width() - 4, SMALLEST_CELL)
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
