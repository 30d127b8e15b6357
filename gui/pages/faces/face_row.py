"""Faces side by side with a name and a number each: photos of a person, pairs that were mistaken, neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import radius, space, theme
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.picture import to_image

Pixels = npt.NDArray[np.uint8]
SIDE: Final = 64
GAP: Final = 2
RING: Final = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One or two faces uint8[H, W, 3] with what is written beneath; `color`: of the edge, None for none.

    `detail`: a line beneath all faces, or a word beneath each of them.
    """

    faces: tuple[Pixels, ...]
    title: str
    detail: str | tuple[str, ...] = ""
    color: QColor | None = None


class FaceRow(QWidget):
    """Shows tiles in as many rows as they need, or in one (`rows`), with the count of those left out.

    picked(int): a click, or Return; pointed(int or None): under the pointer or the keyboard's cursor.
    """

    picked = Signal(int)
    pointed = Signal(object)

    def __init__(
        self, name: str, *, side: int = SIDE, rows: int | None = 1, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._side, self._rows = name, side, rows
        self._tiles: tuple[Tile, ...] = ()
        self._images: list[tuple[QImage, ...]] = []
        self._chosen: frozenset[int] = frozenset()
        self._at: int | None = None
        self._empty, self._total = "", 0
        # Where rows wrap the layout gives the height that the width needs: a fixed one would be that of another width.
        height = QSizePolicy.Policy.Fixed if rows is not None else QSizePolicy.Policy.Preferred
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, height)
        policy.setHeightForWidth(rows is None)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    # --- what is shown --------------------------------------------------------------------------------------

    @property
    def tiles(self) -> tuple[Tile, ...]:
        return self._tiles

    def show_tiles(
        self, tiles: Sequence[Tile], chosen: Sequence[int] = (), empty: str = "", total: int | None = None
    ) -> None:
        """Show tiles; `chosen` are marked; `empty` is said where there are none; `total`: with those left out."""
        kept = dict(
            zip((id(face) for tile in self._tiles for face in tile.faces), _flat(self._images), strict=True)
        )
        self._images = [tuple(kept.get(id(face)) or to_image(face) for face in tile.faces) for tile in tiles]
        self._tiles, self._chosen, self._empty = tuple(tiles), frozenset(chosen), empty
        self._total = len(self._tiles) if total is None else total
        if self._at is not None and self._at >= len(self._tiles):
            self._point(None)
        self._describe()
        self.updateGeometry()
        self.update()

    @property
    def seen(self) -> int:
        """How many tiles have room."""
        if self._rows is None:
            return len(self._tiles)
        room = self._columns(self.width()) * self._rows
        return min(self._total, len(self._tiles), room if self._total <= room else max(room - 1, 1))

    def tile_rect(self, place: int) -> QRectF:
        """Where a tile is in the widget."""
        row, column = divmod(place, self._columns(self.width()))
        size = self._tile_size()
        return QRectF(
            column * (size.width() + space.s), row * (size.height() + space.xs), size.width(), size.height()
        )

    def sizeHint(self) -> QSize:
        return QSize(4 * (self._tile_size().width() + space.s), self.heightForWidth(max(self.width(), 1)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._tile_size().width(), self._tile_size().height())

    def heightForWidth(self, width: int) -> int:
        rows = self._rows or max(-(-len(self._tiles) // self._columns(width)), 1)
        return rows * (self._tile_size().height() + space.xs)

    def _tile_size(self) -> QSize:
        line = self.fontMetrics().height()
        faces = max((len(tile.faces) for tile in self._tiles), default=1)
        lines = 2 if any(tile.detail for tile in self._tiles) else 1
        return QSize(faces * (self._side + GAP) + 2 * space.xs, self._side + lines * line + 3 * space.xs)

    def _columns(self, width: int) -> int:
        return max((width + space.s) // (self._tile_size().width() + space.s), 1)

    def _describe(self) -> None:
        at = self._at
        told = self._tiles if at is None else self._tiles[at : at + 1]
        words = "; ".join(f"{tile.title} {', '.join(_details(tile))}".strip() for tile in told)
        self.setAccessibleDescription(words or self._empty)

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(theme.font("small"))
        if not self._tiles:
            painter.setPen(theme.colors.muted)
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect(), flags, self._empty)
        seen = self.seen
        for place in range(seen):
            self._paint_tile(painter, place)
        if seen < self._total:
            painter.setPen(theme.colors.muted)
            spot = self.tile_rect(seen).adjusted(0, 0, 0, -self._tile_size().height() + self._side)
            painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, f"and {self._total - seen:,} more")
        if self.hasFocus() and self._at is None:
            paint_focus_ring(painter, QRectF(self.rect()))

    def _paint_tile(self, painter: QPainter, place: int) -> None:
        tile, room, colors = self._tiles[place], self.tile_rect(place), theme.colors
        if place in self._chosen or place == self._at:
            painter.setPen(QPen(colors.accent if place in self._chosen else colors.muted, 1))
            painter.setBrush(colors.selected if place in self._chosen else colors.hover)
            painter.drawRoundedRect(room.adjusted(0.5, 0.5, -0.5, -0.5), radius.control, radius.control)
        for number, image in enumerate(self._images[place]):
            spot = QRectF(
                room.left() + space.xs + number * (self._side + GAP),
                room.top() + space.xs,
                self._side,
                self._side,
            )
            painter.drawImage(spot, image)
            if tile.color is not None:
                painter.setPen(QPen(tile.color, RING))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(spot)
        words = room.adjusted(space.xs, self._side + 2 * space.xs, -space.xs, 0)
        line, metrics = self.fontMetrics().height(), painter.fontMetrics()
        details = _details(tile)
        each = words.width() / max(len(details), 1)
        spots = [(tile.title, colors.text, QRectF(words.left(), words.top(), words.width(), line))]
        for number, text in enumerate(details):
            spot = QRectF(words.left() + number * each, words.top() + line, each - GAP, line)
            spots.append((text, colors.muted, spot))
        for text, color, spot in spots:
            painter.setPen(color)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(spot.width()))
            painter.drawText(spot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    # --- pointer and keys -----------------------------------------------------------------------------------

    def tile_at(self, point: QPointF) -> int | None:
        """The tile under a point."""
        return next((place for place in range(self.seen) if self.tile_rect(place).contains(point)), None)

    def _point(self, at: int | None) -> None:
        if at != self._at:
            self._at = at
            self._describe()
            self.pointed.emit(at)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.tile_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.tile_at(event.position())
        if at is None or event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
        else:
            self.picked.emit(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        columns, last = self._columns(self.width()), self.seen - 1
        step = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if step is not None and last >= 0:
            self._point(0 if self._at is None else min(max(self._at + step, 0), last))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self.picked.emit(self._at)
        else:
            super().keyPressEvent(event)


def _details(tile: Tile) -> tuple[str, ...]:
    return (tile.detail,) if isinstance(tile.detail, str) else tile.detail


def _flat(images: Sequence[tuple[QImage, ...]]) -> list[QImage]:
    return [image for tile in images for image in tile]
