"""The movable crop: a picture with a frame that says which pixels become the cells of a small matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.images import Frame
from gui.theme import radius, space, theme, with_alpha
from gui.widgets.frame_view import arrow_step
from gui.widgets.picture import Picture

TALLEST: Final = 260
MAX_PIXEL_SIZE: Final = 256
DIM: Final = 0.6
_HANDLE: Final = 4.0
_GRIP: Final = 9.0


@dataclass(frozen=True, slots=True)
class Crop:
    """A crop that lies inside its picture: top left pixel, cells, source pixels a cell's side.

    `problem` says what had to give way, empty where nothing had.
    """

    x: int
    y: int
    rows: int
    cols: int
    pixel_size: int
    problem: str = ""

    @property
    def width(self) -> int:
        """In source pixels."""
        return self.cols * self.pixel_size

    @property
    def height(self) -> int:
        """In source pixels."""
        return self.rows * self.pixel_size


def clamp(width: int, height: int, x: int, y: int, rows: int, cols: int, pixel_size: int) -> Crop:
    """The wanted crop moved inside a picture of `width` x `height`; if too large, its cells shrink first."""
    size = max(1, min(pixel_size, width // max(cols, 1), height // max(rows, 1)))
    fitting_rows, fitting_cols = min(rows, height), min(cols, width)
    problem = ""
    if (fitting_rows, fitting_cols) != (rows, cols):
        problem = f"the crop is {fitting_rows} × {fitting_cols} cells instead of {rows} × {cols}."
    elif size != pixel_size:
        problem = f"a cell is {size} pixels wide instead of {pixel_size}."
    if problem:
        problem = f"The picture is only {width} × {height} pixels: {problem}"
    x = min(max(x, 0), width - fitting_cols * size)
    y = min(max(y, 0), height - fitting_rows * size)
    return Crop(x, y, fitting_rows, fitting_cols, size, problem)


def crop(frame: Frame, x: int, y: int, rows: int, cols: int, pixel_size: int) -> npt.NDArray[np.uint8]:
    """Part of a picture, every `pixel_size` square averaged to one cell and rounded, `uint8[rows, cols, 3]`.

    Raises ValueError where the crop does not lie inside the picture; `clamp` moves it there.
    """
    bottom, right = y + rows * pixel_size, x + cols * pixel_size
    if min(x, y) < 0 or min(rows, cols, pixel_size) < 1 or bottom > frame.height or right > frame.width:
        raise ValueError(
            f"the crop {x}, {y} to {right}, {bottom} is not inside {frame.width} x {frame.height}"
        )
    part = frame.pixels[y:bottom, x:right].reshape(rows, pixel_size, cols, pixel_size, 3)
    sums = part.sum(axis=(1, 3), dtype=np.uint32)
    area = pixel_size * pixel_size
    cells: npt.NDArray[np.uint8] = ((sums + area // 2) // area).astype(np.uint8)
    return cells


class CropFrame(QWidget):
    """A picture with its crop: drag or press arrows to move it, drag a corner to change the pixel size.

    cropMoved(x, y): live while dragging; pixelSizeChanged(int): a corner was dragged or + or - pressed;
    problem(str): the picture is too small for the crop that was asked for (empty: no longer).
    """

    cropMoved = Signal(int, int)
    pixelSizeChanged = Signal(int)
    problem = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = Picture()
        self._frame: Frame | None = None
        self._wanted = Crop(0, 0, 6, 6, 8)
        self._problem = ""
        self._grip: tuple[str, QPointF] | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Crop of the picture")
        self.setToolTip("Drag the frame or press arrows (Shift: 10 pixels); drag a corner or press + and −")
        theme.changed.connect(self.update)

    @property
    def frame(self) -> Frame | None:
        return self._frame

    @property
    def crop(self) -> Crop:
        """The crop as it lies in the picture; the wanted one where there is no picture."""
        if self._frame is None:
            return self._wanted
        frame, wanted = self._frame, self._wanted
        return clamp(
            frame.width, frame.height, wanted.x, wanted.y, wanted.rows, wanted.cols, wanted.pixel_size
        )

    @property
    def problem_text(self) -> str:
        """What had to give way, empty where nothing had."""
        return self._problem

    @Slot(object)
    def set_frame(self, frame: Frame | None) -> None:
        """Show a picture; the crop stays where it is as far as it fits."""
        resized = frame is not None and (frame.width, frame.height) != self._picture.size
        self._frame = frame
        self._picture.set(None if frame is None else frame.pixels)
        if resized:
            self.updateGeometry()
        self._refresh()

    def set_crop(self, x: int, y: int, rows: int, cols: int, pixel_size: int) -> None:
        """Show this crop, without a signal except problem()."""
        wanted = Crop(x, y, max(rows, 1), max(cols, 1), max(pixel_size, 1))
        if wanted != self._wanted:
            self._wanted = wanted
            self._refresh()

    def cells(self) -> npt.NDArray[np.uint8] | None:
        """The crop of the picture shown, `uint8[rows, cols, 3]`, None without a picture."""
        if self._frame is None:
            return None
        here = self.crop
        return crop(self._frame, here.x, here.y, here.rows, here.cols, here.pixel_size)

    def crop_rect(self) -> QRectF:
        """The frame in the widget's coordinates."""
        here, scale, corner = self.crop, self._scale(), self._picture_rect().topLeft()
        return QRectF(
            corner.x() + here.x * scale, corner.y() + here.y * scale, here.width * scale, here.height * scale
        )

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        columns, rows = self._picture.size
        return min(TALLEST, round(width * rows / columns)) if columns else width // 2

    def sizeHint(self) -> QSize:
        return QSize(TALLEST, self.heightForWidth(TALLEST))

    def minimumSizeHint(self) -> QSize:
        return QSize(TALLEST // 2, TALLEST // 4)

    def _refresh(self) -> None:
        here = self.crop
        self.setAccessibleDescription(
            f"{here.rows} × {here.cols} cells of {here.pixel_size} pixels at x {here.x}, y {here.y}"
        )
        if here.problem != self._problem:
            self._problem = here.problem
            self.problem.emit(here.problem)
        self.update()

    def _move(self, x: int, y: int) -> None:
        before, wanted = self.crop, self._wanted
        self._wanted = Crop(x, y, wanted.rows, wanted.cols, wanted.pixel_size)
        now = self.crop
        self._wanted = Crop(now.x, now.y, wanted.rows, wanted.cols, wanted.pixel_size)
        if (now.x, now.y) != (before.x, before.y):
            self._refresh()
            self.cropMoved.emit(now.x, now.y)

    def _resize(self, pixel_size: int, anchor: str) -> None:
        """Another pixel size; the `anchor` ("tl", "tr", "bl", "br", or "c", the middle) keeps its place."""
        if self._frame is None:
            return
        before = self.crop
        room = min(self._frame.width // before.cols, self._frame.height // before.rows, MAX_PIXEL_SIZE)
        size = min(max(pixel_size, 1), max(room, 1))
        if size == before.pixel_size:
            return
        wider, taller = (size - before.pixel_size) * before.cols, (size - before.pixel_size) * before.rows
        share_x = 0.5 if anchor == "c" else float(anchor[1] == "r")
        share_y = 0.5 if anchor == "c" else float(anchor[0] == "b")
        x, y = before.x - round(wider * share_x), before.y - round(taller * share_y)
        wanted = self._wanted
        self._wanted = Crop(x, y, wanted.rows, wanted.cols, size)
        now = self.crop
        self._wanted = Crop(now.x, now.y, wanted.rows, wanted.cols, size)
        self._refresh()
        self.pixelSizeChanged.emit(size)
        if (now.x, now.y) != (before.x, before.y):
            self.cropMoved.emit(now.x, now.y)

    # --- painting -------------------------------------------------------------------------------------------

    def _scale(self) -> float:
        columns, rows = self._picture.size
        return max(min(self.width() / max(columns, 1), self.height() / max(rows, 1)), 1e-6)

    def _picture_rect(self) -> QRectF:
        columns, rows = self._picture.size
        width, height = columns * self._scale(), rows * self._scale()
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._frame is None:
            self._paint_empty(painter)
            return
        area, inner = self._picture_rect(), self.crop_rect()
        self._picture.paint(painter, area, self.devicePixelRatioF())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outside = QPainterPath()
        outside.addRect(area)
        hole = QPainterPath()
        hole.addRect(inner)
        painter.fillPath(outside.subtracted(hole), with_alpha(theme.colors.window, DIM))
        self._paint_frame(painter, inner)

    def _paint_frame(self, painter: QPainter, inner: QRectF) -> None:
        colors = theme.colors
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((with_alpha(colors.window, 0.8), 4), (colors.accent, 2)):
            painter.setPen(QPen(color, width))
            painter.drawRect(inner)
        painter.setPen(QPen(colors.window if not self.hasFocus() else colors.text, 1))
        painter.setBrush(colors.accent)
        for corner in _corners(inner).values():
            painter.drawRect(QRectF(corner.x() - _HANDLE, corner.y() - _HANDLE, 2 * _HANDLE, 2 * _HANDLE))

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colors.line, 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius.control, radius.control)
        painter.setPen(theme.colors.muted)
        painter.setFont(theme.font("small"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(space.s, 0, -space.s, 0), flags, "Pick a picture to crop from")

    # --- pointer and keys -----------------------------------------------------------------------------------

    def _grip_at(self, point: QPointF) -> str:
        """The name of the corner under a point, "c" for anywhere else."""
        for name, corner in _corners(self.crop_rect()).items():
            if max(abs(point.x() - corner.x()), abs(point.y() - corner.y())) <= _GRIP:
                return name
        return "c"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._frame is None:
            return
        point, inner = event.position(), self.crop_rect()
        grip = self._grip_at(point)
        if grip == "c" and not inner.contains(point):
            self._grip = ("c", inner.center() - inner.topLeft())
            self._drag_to(point)
        else:
            corner = inner.topLeft() if grip == "c" else _corners(inner)[grip]
            self._grip = (grip, point - corner)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self._drag_to(event.position())
            return
        shapes = {"tl": Qt.CursorShape.SizeFDiagCursor, "br": Qt.CursorShape.SizeFDiagCursor,
                  "tr": Qt.CursorShape.SizeBDiagCursor, "bl": Qt.CursorShape.SizeBDiagCursor}  # fmt: skip
        self.setCursor(shapes.get(self._grip_at(event.position()), Qt.CursorShape.SizeAllCursor))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None

    def _drag_to(self, point: QPointF) -> None:
        if self._grip is None:
            return
        grip, held = self._grip
        place = (point - held - self._picture_rect().topLeft()) / self._scale()
        if grip == "c":
            self._move(round(place.x()), round(place.y()))
            return
        here = self.crop
        across = here.x + here.width - place.x() if grip[1] == "l" else place.x() - here.x
        down = here.y + here.height - place.y() if grip[0] == "t" else place.y() - here.y
        opposite = {"tl": "br", "br": "tl", "tr": "bl", "bl": "tr"}[grip]
        self._resize(round(max(across / here.cols, down / here.rows)), opposite)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        here, step = self.crop, arrow_step(event)
        if step is not None:
            self._move(here.x + step[0], here.y + step[1])
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._resize(here.pixel_size + 1, "c")
        elif event.key() == Qt.Key.Key_Minus:
            self._resize(here.pixel_size - 1, "c")
        else:
            super().keyPressEvent(event)


def _corners(area: QRectF) -> dict[str, QPointF]:
    return {"tl": area.topLeft(), "tr": area.topRight(), "bl": area.bottomLeft(), "br": area.bottomRight()}
