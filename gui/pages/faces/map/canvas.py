"""Faces at their places in a plane: to be moved about in, and asked one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import STALE_OPACITY, space, theme, with_alpha
from gui.widgets.focus_ring import paint_focus_ring
from gui.widgets.picture import to_image

Floats = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]
DOT: Final = 5.0
EDGE: Final = 2.0
FACE: Final = 34.0
SMALLEST_FACE: Final = 16.0
MANY: Final = 150
"""Faces that are drawn at full size; more of them are drawn smaller."""
ROOMY: Final = 520.0
"""Pixels a side of a map below which faces are drawn smaller."""
CHOSEN: Final = 1.7
"""How much larger the chosen face is."""
CLICK: Final = 4.0
"""A hand that moved less than this many pixels has clicked, not dragged."""
ZOOM: Final = 1.2
NOTCH: Final = 120
"""One notch of a mouse wheel, in eighths of a degree."""
FARTHEST, NEAREST = 0.5, 30.0


class MapCanvas(QWidget):
    """Faces or dots in the colours of their people. picked(int): a click, or Return; pointed(int or None).

    The wheel and + - zoom, a drag moves, a double click and 0 show all; arrows go to the next face in that direction.
    """

    picked = Signal(int)
    pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: Floats = np.zeros((0, 2))
        self._colors: tuple[QColor, ...] = ()
        self._faces: tuple[Pixels, ...] = ()
        self._images: list[QImage] = []
        self._small: tuple[int, list[QImage]] = (0, [])
        self._near: tuple[int, ...] = ()
        self._chosen: int | None = None
        self._at: int | None = None
        self._thumbnails, self._stale, self._told = True, False, ""
        self._zoom, self._middle = 1.0, QPointF(0.5, 0.5)
        self._pressed: QPointF | None = None
        self._dragged = False
        self.setAccessibleName("Map of embeddings")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    # --- what is shown --------------------------------------------------------------------------------------

    def show_faces(self, faces: Sequence[Pixels], colors: Sequence[QColor]) -> None:
        """Show other faces uint8[H, W, 3], in the order of the points."""
        self._colors = tuple(colors)
        if len(faces) != len(self._faces) or any(a is not b for a, b in zip(faces, self._faces, strict=True)):
            self._faces, self._images = tuple(faces), [to_image(face) for face in faces]
            self._small = (0, [])
            self._point(None)
        self.update()

    def show_points(self, points: Floats, told: str) -> None:
        """Where they lie, float64[N, 2], and what the axes are."""
        self._points, self._told = points, told
        self.setAccessibleDescription(f"{len(points)} faces, {told}")
        self.update()

    def show_chosen(self, chosen: int | None, near: Sequence[int], *, thumbnails: bool) -> None:
        """Which face is looked into, and its nearest ones in the embedding, to which lines lead."""
        self._chosen, self._near, self._thumbnails = chosen, tuple(near), thumbnails
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Fade places that belong to another question."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    @property
    def points(self) -> Floats:
        return self._points

    @property
    def at(self) -> int | None:
        """The face under the pointer or the keyboard's cursor."""
        return self._at

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def preferred_size(self) -> QSizeF:
        """The size an export has by default."""
        return QSizeF(self.size()).expandedTo(QSizeF(720, 540))

    def fit(self) -> None:
        """Show all."""
        self._zoom, self._middle = 1.0, QPointF(0.5, 0.5)
        self.update()

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Larger or smaller, the place `around` (of the widget) stays where it is."""
        size = QSizeF(self.size())
        point = QRectF(self.rect()).center() if around is None else around
        before = self._share(point, size)
        self._zoom = min(max(self._zoom * factor, FARTHEST), NEAREST)
        self._middle += before - self._share(point, size)
        self.update()

    # --- places ---------------------------------------------------------------------------------------------

    def places(self, size: QSizeF) -> Floats:
        """float64[N, 2]: where the points are at a size; both axes have one scale."""
        if not len(self._points):
            return np.zeros((0, 2))
        low, high = self._points.min(0), self._points.max(0)
        span = max(float((high - low).max()), 1e-9)
        shares = (self._points - (low + high) / 2) / span + 0.5
        side = self._side(size)
        middle = np.array([self._middle.x(), self._middle.y()])
        places = (np.stack([shares[:, 0], 1 - shares[:, 1]], 1) - middle) * side * self._zoom
        return np.asarray(places + np.array([size.width() / 2, size.height() / 2]))

    def _side(self, size: QSizeF) -> float:
        return max(min(size.width(), size.height()) - 2 * FACE - 2 * space.l, 1.0)

    def _share(self, point: QPointF, size: QSizeF) -> QPointF:
        side = self._side(size) * self._zoom
        return self._middle + QPointF(point.x() - size.width() / 2, point.y() - size.height() / 2) / side

    def _face_side(self) -> float:
        if not self._thumbnails:
            return 2 * DOT
        room = min(1.0, self._side(QSizeF(self.size())) / ROOMY)
        crowd: float = min(1.0, (MANY / max(len(self._points), 1)) ** 0.5)
        return max(FACE * room * crowd * min(float(self._zoom**0.5), 2.5), SMALLEST_FACE)

    def point_at(self, point: QPointF) -> int | None:
        """The face under a place of the widget, the nearest middle first."""
        places = self.places(QSizeF(self.size()))
        if not len(places):
            return None
        away = np.abs(places - np.array([point.x(), point.y()])).max(1)
        nearest = int(away.argmin())
        return nearest if away[nearest] <= self._face_side() / 2 + EDGE else None

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter, QSizeF(self.size()))
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()))

    def paint(self, painter: QPainter, size: QSizeF) -> None:
        """Draw the map at a size."""
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(QRectF(QPointF(), size), theme.colors.surface)
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        places = self.places(size)
        if self._chosen is not None and self._chosen < len(places):
            painter.setPen(QPen(with_alpha(theme.colors.text, 0.5), 1.5))
            for other in self._near:
                painter.drawLine(QPointF(*places[self._chosen]), QPointF(*places[other]))
        last = [place for place in (self._at, self._chosen) if place is not None and place < len(places)]
        for place in [*(n for n in range(len(places)) if n not in last), *last]:
            self._paint_face(painter, place, QPointF(*places[place]))
        painter.setOpacity(1.0)
        painter.setPen(theme.colors.muted)
        painter.setFont(theme.font("small"))
        room = QRectF(QPointF(), size).adjusted(space.s, space.s, -space.s, -space.s)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, self._told)
        painter.restore()

    def _paint_face(self, painter: QPainter, place: int, middle: QPointF) -> None:
        side = self._face_side() * (CHOSEN if place in (self._chosen, self._at) else 1.0)
        color = self._colors[place % max(len(self._colors), 1)]
        spot = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
        if not self._thumbnails or place >= len(self._images):
            painter.setPen(QPen(theme.colors.surface, 1))
            painter.setBrush(color)
            painter.drawEllipse(spot)
            return
        painter.drawImage(spot, self._image(place, spot.width()))
        strong = place == self._chosen
        painter.setPen(QPen(theme.colors.text if strong else color, 2 * EDGE if strong else EDGE))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(spot)

    def _image(self, place: int, side: float) -> QImage:
        """A face about as large as it is drawn: hundreds of them are not averaged down for every frame."""
        usual = round(self._face_side() * self.devicePixelRatioF())
        if round(side * self.devicePixelRatioF()) != usual:
            return self._images[place]
        if self._small[0] != usual:
            ways = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._small = usual, [image.scaled(usual, usual, *ways) for image in self._images]
        return self._small[1][place]

    # --- pointer and keys -----------------------------------------------------------------------------------

    def _point(self, at: int | None) -> None:
        if at != self._at:
            self._at = at
            self.pointed.emit(at)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position()
        if self._pressed is None:
            self._point(self.point_at(here))
            return
        if self._dragged or (here - self._pressed).manhattanLength() > CLICK:
            self._dragged = True
            self._middle -= (here - self._pressed) / (self._side(QSizeF(self.size())) * self._zoom)
            self._pressed = here
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and not self._dragged:
            found = self.point_at(event.position())
            if found is not None:
                self.picked.emit(found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.point_at(event.position()) is None:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = (
            event.angleDelta().y() / NOTCH
        )  # a touchpad tells many small parts of one; across it is no zooming
        self.zoom_by(ZOOM**turned, event.position())

    def leaveEvent(self, _event: QEvent) -> None:
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        way = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }.get(key)  # fmt: skip
        if way is not None and len(self._points):
            self._point(self._next(np.array(way, np.float64)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self.picked.emit(self._at)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom_by(1 / ZOOM if key == Qt.Key.Key_Minus else ZOOM)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def _next(self, way: Floats) -> int:
        """The nearest face within a right angle of that direction; the one before where there is none."""
        places = self.places(QSizeF(self.size()))
        start = self._at if self._at is not None else self._chosen
        if start is None:
            return 0
        away = places - places[start]
        along, across = away @ way, np.abs(away @ way[::-1])
        ahead = (along > 0) & (across <= along)
        return int(np.where(ahead, along + across, np.inf).argmin()) if ahead.any() else start
