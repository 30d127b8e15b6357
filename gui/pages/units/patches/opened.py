"""One patch in depth: the whole picture with what the net reads of it and what the unit reads, patch and projection."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QTransform
from PySide6.QtWidgets import QPushButton, QWidget

from engine.images import Frame
from engine.inside.patches.requests import UnitPatches
from gui.pages.classify.picture_paint import paint_window as paint_read_part
from gui.pages.units.patches import words
from gui.pages.units.patches.keys import place_of
from gui.pages.units.patches.tiles import STALE, Tile, paint_edge, paint_window
from gui.theme import space, theme, with_alpha
from gui.widgets.frame_view import FrameView
from gui.widgets.wrapped import OneLine

BACK: Final = "All nine patches"
HEAD: Final = 42.0
LARGEST_CUT: Final = 0.34
"""The share of the width that patch and projection may take."""
LEAST_FRAME: Final = 6.0
"""The frame of what a unit reads is drawn at least so large: a pixel of a photo would not be seen."""


class OpenedPatch(QWidget):
    """closed(); moved(place): another patch is to be opened."""

    closed = Signal()
    moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tile: Tile | None = None
        self._place, self._count, self._whole = 0, 0, False
        self._title = self._detail = ""
        self.back = QPushButton(BACK, self)
        self.back.setToolTip("Back to all of them (Esc)")
        self.line = OneLine()
        self.line.setParent(self)
        self.picture = FrameView("The whole picture", self)
        self.picture.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.picture.set_overlay(self._paint_frames)
        self.patch, self.projection = _Cut("Patch", self), _Cut("Projection", self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("One patch in its picture")
        self.back.clicked.connect(self.closed)
        theme.changed.connect(self.update)

    @property
    def place(self) -> int:
        """The number of the patch on show, from 0."""
        return self._place

    @property
    def detail(self) -> str:
        """The line about the whole picture."""
        return self._detail

    def show_patch(self, answer: UnitPatches, tile: Tile, place: int, *, sharp: bool) -> None:
        """Show a patch; the whole picture comes by `show_picture`, until then what the net reads of it."""
        other = self._tile is None or self._tile.patch.picture != tile.patch.picture
        self._tile, self._place, self._count = tile, place, len(answer.patches)
        patch = tile.patch
        self.line.setText(
            f"{words.heading(answer)} · patch {place + 1} of {self._count} · activation {words.number(patch.value)}"
        )
        size = patch.window[2] - patch.window[0], patch.window[3] - patch.window[1]
        self.patch.show_image(tile, tile.picture(sharp), f"{size[0]} × {size[1]} pixels")
        self.projection.show_image(tile, tile.projection, words.extent(patch) or "on its way")
        if other:
            self._whole = False
            self.picture.fit()
            self.picture.set_rgb(patch.seen)
            self._say(patch.title, "what the net gets of it")
        self.picture.update()

    def show_picture(self, frame: Frame) -> None:
        """The whole picture is there."""
        self._whole = True
        self.picture.set_frame(frame)
        folder = "" if self._tile is None else self._tile.patch.picture.rpartition("/")[0]
        where = f" · in {folder}" if folder else ""
        self._say(frame.name, f"{frame.width} × {frame.height} pixels{where}")

    def say(self, sentence: str) -> None:
        """The whole picture cannot be had."""
        self._say(self._title, sentence)

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to another unit."""
        for view in (self.picture, self.patch, self.projection):
            view.set_stale(stale)

    # --- layout ----------------------------------------------------------------------------------------------

    def _say(self, title: str, detail: str) -> None:
        self._title, self._detail = title, detail
        self._arrange()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _body(self) -> QRectF:
        """What lies beneath the line with the button."""
        top = space.m + self.back.sizeHint().height() + space.m
        return QRectF(space.l, top, self.width() - 2 * space.l, self.height() - top - space.l)

    def _arrange(self) -> None:
        """The cuts in a column at the right, as large as two of them fit; the picture has the rest, whole."""
        body, hint = self._body(), self.back.sizeHint()
        self.back.setGeometry(space.l, space.m, hint.width(), hint.height())
        left = space.l + hint.width() + space.m
        self.line.setGeometry(left, space.m, max(self.width() - left - space.l, 1), hint.height())
        tall = (body.height() - space.m) / 2
        side = max(min(tall - HEAD, body.width() * LARGEST_CUT), 1.0)
        for number, cut in enumerate((self.patch, self.projection)):
            area = QRectF(
                body.right() - side, body.top() + number * (side + HEAD + space.m), side, side + HEAD
            )
            cut.setGeometry(area.toRect())
        room = QRectF(body.left(), body.top() + HEAD, body.width() - side - space.l, body.height() - HEAD)
        width, height = self.picture.picture_size
        if width and room.width() > 1:
            scale = min(room.width() / width, room.height() / height)
            room.setSize(QSizeF(max(width * scale, 1), max(height * scale, 1)))
        self.picture.setGeometry(room.toRect())

    # --- painting --------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, body = QPainter(self), self._body()
        paint_head(painter, QRectF(body.left(), body.top(), self.patch.x() - body.left() - space.l, HEAD),
                   self._title, self._detail)  # fmt: skip

    def _paint_frames(self, painter: QPainter, transform: QTransform) -> None:
        """What the net reads of the picture, and what the unit reads of that; of its padding only the outline."""
        width, height = self.picture.picture_size
        if self._tile is None or not width:
            return
        shares = QTransform.fromScale(width, height) * transform
        whole, read, unit = (
            shares.mapRect(area) for area in (QRectF(0, 0, 1, 1), self.read_part(), self.unit_part())
        )
        painter.setClipRect(whole)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colors.accent, 1, Qt.PenStyle.DotLine))
        painter.drawRect(unit)
        inside = unit.intersected(read)
        grown = max(LEAST_FRAME - inside.width(), 0) / 2
        inside.adjust(-grown, -grown, grown, grown)
        for color, thick in ((with_alpha(theme.colors.window, 0.8), 5), (theme.colors.accent, 2.5)):
            painter.setPen(QPen(color, thick))
            painter.drawRect(inside)
        painter.setClipping(False)
        if self._whole and read != whole:
            paint_read_part(painter, whole, read)

    def read_part(self) -> QRectF:
        """What the net reads, in shares of the picture on show."""
        if self._tile is None or self._tile.patch.read is None or not self._whole:
            return QRectF(0, 0, 1, 1)
        left, top, right, bottom = self._tile.patch.read
        return QRectF(left, top, right - left, bottom - top)

    def unit_part(self) -> QRectF:
        """What the unit reads, in shares of the picture on show."""
        if self._tile is None:
            return QRectF()
        part, side = self.read_part(), self._tile.side
        top, left, bottom, right = self._tile.patch.window
        across, down = part.width() / side, part.height() / side
        return QRectF(
            part.x() + left * across, part.y() + top * down, (right - left) * across, (bottom - top) * down
        )

    # --- keys ------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        picked = place_of(event, self._count)
        if event.key() in moves and not event.modifiers():
            place = self._place + moves[Qt.Key(event.key())]
            if 0 <= place < self._count:
                self.moved.emit(place)
        elif picked is not None:
            self.moved.emit(picked)
        else:
            super().keyPressEvent(event)


def paint_head(painter: QPainter, area: QRectF, title: str, detail: str) -> None:
    """A name and a line about it, at the top of an area."""
    for text, size, role, top in ((title, "body", "text", 0.0), (detail, "small", "muted", HEAD / 2 - 1)):
        painter.setFont(theme.font(size, bold=role == "text"))
        painter.setPen(getattr(theme.colors, role))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        line = QRectF(area.left(), area.top() + top, area.width(), HEAD / 2)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


class _Cut(QWidget):
    """What the unit reads, large, beneath its name."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name, self._detail = name, ""
        self._tile: Tile | None = None
        self._image: QImage | None = None
        self._stale = False
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def show_image(self, tile: Tile, image: QImage | None, detail: str) -> None:
        self._tile, self._image, self._detail = tile, image, detail
        self.setAccessibleDescription(detail)
        self.update()

    def set_stale(self, stale: bool) -> None:
        self._stale = stale
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_head(painter, QRectF(self.rect()), self._name, self._detail)
        side = float(min(self.width(), self.height() - int(HEAD))) - 2
        target = QRectF(1, HEAD + 1, side, side)
        if self._tile is not None and self._image is not None and side > 0:
            paint_window(painter, target, self._image, self._tile)
            paint_edge(painter, target, strong=False)
        if self._stale:
            painter.fillRect(self.rect(), with_alpha(theme.colors.window, STALE))
