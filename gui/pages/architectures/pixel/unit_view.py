"""One pixel traced through the whole net: what a unit reads of the picture and of every layer before it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.images import Frame
from engine.networks.graphs.graph import Graph, Node
from engine.networks.graphs.shapes import shape_text
from engine.networks.graphs.unit_trace import UnitTrace, trace_unit
from gui.pages.architectures.pixel.unit_card import UnitCard, needed_height, paint_card
from gui.pages.architectures.pixel.unit_chain import (
    EXPORT_HEIGHT,
    KEY_ZOOM,
    ChainArea,
    UnitChain,
    paint_chain,
)
from gui.pages.architectures.pixel.unit_path import UnitPath, reads_picture, unit_path
from gui.pages.architectures.pixel.unit_photo import (
    PhotoPicture,
    UnitPhoto,
    fitted_image,
    fitted_words,
    ground_for,
    paint_photo,
)
from gui.pages.architectures.pixel.unit_reads import Rect, readers, reads_of
from gui.pages.architectures.pixel.unit_words import UnitWords, cell_rows, pixel_rows, unit_words
from gui.theme import space, theme
from gui.widgets.frame_view import arrow_step

NO_PICTURE: Final = "Without a picture: pick one, and it is shown in the size of the net's input."
NOT_A_PICTURE: Final = "Relative to the module's input, {}: maps of the layers before it, not a picture."
PHOTO_SHARE: Final = 0.54
"""The share of the height that the picture takes."""
LEAST_CHAIN: Final = 236.0
MOST_PHOTO: Final = 560.0
EXPORT_PHOTO: Final = 380.0


class UnitView(QWidget):
    """Shows one unit; what a person picks is told, and shown when `show_unit` is called with it.

    unitMoved(layer, row, column): every pick, in any layer.
    pointed(rows): facts for the inspector (gui.widgets.facts) about what is under the pointer; [] for nothing.
    """

    unitMoved = Signal(str, int, int)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._graph: Graph | None = None
        self._trace: UnitTrace | None = None
        self._path: UnitPath | None = None
        self._frame: Frame | None = None
        self._fitted: tuple[object, QImage | None] = (None, None)
        self._words: UnitWords | None = None
        self._anew = True
        self.photo, self.card, self.chain = UnitPhoto(self), UnitCard(self), UnitChain()
        self.area = ChainArea(self.chain, self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("One pixel traced through the whole net")
        self.setMinimumSize(320, 320)
        self.chain.cellPicked.connect(self._cell_picked)
        self.chain.titlePicked.connect(self._title_picked)
        self.chain.cellPointed.connect(self._cell_pointed)
        self.chain.pointingLeft.connect(self._pointing_left)
        self.photo.pixelPointed.connect(self._pixel_pointed)
        self.photo.pixelPicked.connect(self._pixel_picked)
        self.photo.pointingLeft.connect(self._pointing_left)
        theme.changed.connect(self._retint)

    # --- what is shown --------------------------------------------------------------------------------------

    @property
    def trace(self) -> UnitTrace | None:
        """The trace on show."""
        return self._trace

    @property
    def path(self) -> UnitPath | None:
        """The planes on show."""
        return self._path

    def show_unit(self, graph: Graph, layer: str, row: int, column: int, frame: Frame | None) -> None:
        """Show what a unit reads. Rows and columns beyond the layer are taken to its edge.

        Raises KeyError for a layer that the graph has not measured.
        """
        node = graph.by_name[layer]
        row, column = _within(node, row, column)
        another = graph is not self._graph
        moved = another or self._path is None or self._path.layer != layer
        self._graph, self._frame = graph, frame
        self._trace = trace_unit(graph, layer, row, column)
        if moved or self._path is None:
            self._path = unit_path(graph, layer)
        image = self._fitted_image()
        self._words = unit_words(graph, self._trace, self._path, self._fitted_words())
        self.card.show_words(self._words)
        self.photo.show_picture(self._photo_picture(image, None))
        self.chain.show_path(graph, self._path, self._trace, image)
        self.setAccessibleDescription(self._words.spoken)
        self._anew = self._anew or another
        if moved:
            QTimer.singleShot(0, self, self._reveal)

    def show_frame(self, frame: Frame) -> None:
        """Another picture before the same unit: one of a live source, say. Nothing else is worked out anew."""
        before, self._frame = self._frame, frame
        if self._graph is None or self._trace is None or self._path is None:
            return
        image = self._fitted_image()
        if before is None or (before.width, before.height) != (frame.width, frame.height):
            self._words = unit_words(self._graph, self._trace, self._path, self._fitted_words())
            self.card.show_words(self._words)
            self.setAccessibleDescription(self._words.spoken)
        pixel = None if self.photo.picture is None else self.photo.picture.pixel
        self.photo.show_picture(self._photo_picture(image, pixel))
        self.chain.show_photo(image)

    def clear(self) -> None:
        """Show nothing: there is no net, or none that can be measured."""
        self._graph = self._trace = self._path = self._words = None
        self.card.show_words(None)
        self.photo.show_picture(None)
        self.chain.clear()

    @property
    def sentence(self) -> str:
        """What is on show, in words: the caption of an export."""
        return "" if self._words is None else self._words.spoken

    def preferred_size(self) -> QSizeF:
        """As wide as the whole strip needs."""
        picture = self.chain.export_picture()
        if picture is None:
            return QSizeF(max(self.width(), 640), max(self.height(), 400))
        width = max(picture.layout.size.width(), 760.0) + 2 * space.m
        return QSizeF(width, EXPORT_PHOTO + picture.layout.size.height() + 3 * space.m)

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw picture, card and the whole strip, scaled to the size."""
        painter.fillRect(QRectF(QPointF(), size), theme.colors.window)
        picture, photo = self.chain.export_picture(), self.photo.picture
        if picture is None or photo is None or self._words is None:
            return
        wanted = self.preferred_size()
        scale = min(size.width() / wanted.width(), size.height() / wanted.height())
        painter.save()
        painter.scale(scale, scale)
        painter.translate(space.m, space.m)
        paint_photo(painter, photo, QSizeF(EXPORT_PHOTO, EXPORT_PHOTO))
        painter.translate(EXPORT_PHOTO + space.m, 0)
        room = min(wanted.width() - EXPORT_PHOTO - 3 * space.m, 620.0)
        paint_card(painter, self._words, QSizeF(room, min(needed_height(self._words, room), EXPORT_PHOTO)))
        painter.translate(-EXPORT_PHOTO - space.m, EXPORT_PHOTO + space.m)
        paint_chain(painter, picture)
        painter.restore()

    def _fitted_image(self) -> QImage | None:
        """The picture in the size of the net's input, worked out once for a picture and a net."""
        graph, frame = self._graph, self._frame
        if graph is None or frame is None or not reads_picture(graph):
            return None
        channels, rows, columns = graph.input_shape
        key = (frame, channels, rows, columns)
        if self._fitted[0] != key:
            self._fitted = (key, fitted_image(frame, rows, columns, channels))
        return self._fitted[1]

    def _fitted_words(self) -> str:
        if self._graph is not None and not reads_picture(self._graph):
            return NOT_A_PICTURE.format(shape_text(self._graph.input_shape))
        if self._graph is None or self._frame is None:
            return NO_PICTURE
        channels, rows, columns = self._graph.input_shape
        return fitted_words(self._frame, rows, columns, channels)

    def _photo_picture(self, image: QImage | None, pixel: tuple[int, int] | None) -> PhotoPicture | None:
        assert self._graph is not None and self._trace is not None
        shape = self._graph.input_shape
        if len(shape) != 3:
            return None
        _, rows, columns = shape
        read = reads_of(self._graph, self._trace)[self._trace.picture.layer]
        reach = _reach(self._graph.by_name[self._trace.layer])
        cells = "pixels" if reads_picture(self._graph) else "cells"
        return PhotoPicture(
            image, (rows, columns), read, ground_for(rows, columns, read, reach), cells, pixel
        )

    # --- geometry -------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self._anew = True
        QTimer.singleShot(0, self, self._reveal)

    def _arrange(self) -> None:
        """The picture at the top left, the card beside it, the strip beneath over the whole width."""
        width, height = self.width(), self.height()
        gap = space.m
        side = min(height * PHOTO_SHARE, height - LEAST_CHAIN - 3 * gap, width * 0.5, MOST_PHOTO)
        side = int(max(side, 96))
        self.photo.setGeometry(gap, gap, side, side)
        self.card.setGeometry(side + 2 * gap, gap, max(width - side - 3 * gap, 1), side)
        top = side + 2 * gap
        self.area.setGeometry(0, top, width, max(height - top, 1))
        bar = self.area.horizontalScrollBar().sizeHint().height()
        self.chain.set_room(width, max(height - top - bar, 1))

    @Slot()
    def _retint(self) -> None:
        self.update()

    @Slot()
    def _reveal(self) -> None:
        if self._path is not None:
            chosen = self._path.chosen
            first = self.chain.box_rect(max(chosen - 1, 0))
            self.area.reveal(first, self.chain.box_rect(chosen), anew=self._anew)
            self._anew = False

    # --- pointer and keys -----------------------------------------------------------------------------------

    @Slot(int, int, int)
    def _cell_picked(self, plane: int, row: int, column: int) -> None:
        if self._path is None:
            return
        layer = self._path.layer if plane == self._path.chosen else self._path.planes[plane].name
        self._move_to(layer, row, column)

    @Slot(int)
    def _title_picked(self, plane: int) -> None:
        if self._path is not None and plane != self._path.chosen:
            self._go_to(self._path.planes[plane].name)

    def _go_to(self, layer: str) -> None:
        """The same place in another layer."""
        assert self._graph is not None and self._trace is not None
        here, there = (_size(self._graph.by_name[name]) for name in (self._trace.layer, layer))
        places = [
            min(int((place + 0.5) / old * new), new - 1)
            for place, old, new in zip((self._trace.row, self._trace.column), here, there, strict=True)
        ]
        self._move_to(layer, places[0], places[1])

    def _move_to(self, layer: str, row: int, column: int) -> None:
        assert self._graph is not None and self._trace is not None
        row, column = _within(self._graph.by_name[layer], row, column)
        before = self._trace
        if (layer, row, column) != (before.layer, before.row, before.column):
            self.unitMoved.emit(layer, row, column)

    @Slot(int, int, int)
    def _cell_pointed(self, plane: int, row: int, column: int) -> None:
        if self._path is None or self._graph is None or self._trace is None:
            return
        shown = self._path.planes[plane]
        self.pointed.emit(cell_rows(self._graph, shown, row, column, self._trace.of(shown.name)))

    @Slot(int, int)
    def _pixel_pointed(self, row: int, column: int) -> None:
        if self._graph is None or self._trace is None:
            return
        node = self._graph.by_name[self._trace.layer]
        found = readers(node, row, column)
        self.photo.show_picture(self._photo_picture(self._fitted_image(), (row, column)))
        self.chain.set_readers(found)
        self.pointed.emit(pixel_rows(self._graph, node, row, column, found))

    @Slot(int, int)
    def _pixel_picked(self, row: int, column: int) -> None:
        """The unit whose field has its middle nearest to the pixel."""
        if self._graph is None or self._trace is None:
            return
        node = self._graph.by_name[self._trace.layer]
        field = node.field
        if field is None or field.everything or len(node.out_shape) != 3:
            return
        places = [
            round((pixel - (field.size[axis] - 1) / 2 - field.start[axis]) / field.stride[axis])
            for axis, pixel in enumerate((row, column))
        ]
        self._move_to(node.name, places[0], places[1])

    @Slot()
    def _pointing_left(self) -> None:
        if self._trace is not None and self._graph is not None:
            self.photo.show_picture(self._photo_picture(self._fitted_image(), None))
            self.chain.set_readers(None)
        self.pointed.emit([])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = arrow_step(event)
        if self._trace is None or self._path is None:
            super().keyPressEvent(event)
        elif step is not None:
            self._move_to(self._trace.layer, self._trace.row + step[1], self._trace.column + step[0])
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            plane = self._path.chosen + (1 if event.key() == Qt.Key.Key_PageDown else -1)
            if 0 <= plane < len(self._path.planes):
                self._go_to(self._path.planes[plane].name)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_0:
            self.chain.zoom_by(1 / self.chain.zoom)
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.chain.zoom_by(1 / KEY_ZOOM if event.key() == Qt.Key.Key_Minus else KEY_ZOOM)
        else:
            super().keyPressEvent(event)


def _size(node: Node) -> tuple[int, int]:
    """Rows and columns of what a layer puts out; a vector is one place."""
    return (node.out_shape[1], node.out_shape[2]) if len(node.out_shape) == 3 else (1, 1)


def _within(node: Node, row: int, column: int) -> tuple[int, int]:
    rows, columns = _size(node)
    return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)


def _reach(node: Node) -> Rect | None:
    """What the units of a layer read, all together; None where no field says so."""
    field, size = node.field, _size(node)
    if field is None or field.everything:
        return None
    ends = [field.start[a] + (size[a] - 1) * field.stride[a] + field.size[a] for a in range(2)]
    return Rect(field.start[0], field.start[1], ends[0], ends[1])


__all__ = ["EXPORT_HEIGHT", "Rect", "UnitView"]
