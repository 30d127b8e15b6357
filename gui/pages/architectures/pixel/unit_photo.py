"""The picture as a net sees it, with what one unit reads of it framed; padding outside of it is hatched."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QBrush,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.images import Frame
from gui.pages.architectures.pixel.unit_reads import Read, Rect
from gui.theme import space, theme, with_alpha
from gui.widgets.picture import to_image

LEAST_MARGIN: Final = 0.04
"""Room around everything, as a share of the picture's side."""
LEAST_SHARE: Final = 0.45
"""How much of the side the picture keeps while there is room for the fields of all units of the layer."""
DIM: Final = 0.62
LEAST_FRAME: Final = 4.0
GRID_FROM: Final = 5.0
"""Cells without a picture are drawn from this side on."""


@dataclass(frozen=True, slots=True, eq=False)
class PhotoPicture:
    """What is on show: the fitted picture (None: a blank one), its size in pixels, what is read, the ground.

    `ground`: the rows and columns that are shown, padding around the picture included. `cells`: what they are called.
    """

    image: QImage | None
    size: tuple[int, int]
    read: Read | None
    ground: Rect
    cells: str = "pixels"
    pixel: tuple[int, int] | None = None
    """Row and column of the pixel that is pointed at."""


def fitted_image(frame: Frame, rows: int, columns: int, channels: int) -> QImage:
    """The frame in the size of a net's input: its middle in the net's proportions, scaled; grey where the net reads one
    channel. What weights want besides (a margin that is cut off, a normalisation) belongs to them, not to the net."""
    image = to_image(frame.pixels)
    share = min(frame.width / columns, frame.height / rows)
    width, height = max(round(columns * share), 1), max(round(rows * share), 1)
    cut = image.copy((frame.width - width) // 2, (frame.height - height) // 2, width, height)
    smooth = Qt.TransformationMode.SmoothTransformation
    scaled = cut.scaled(columns, rows, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    if channels == 1:
        return scaled.convertToFormat(QImage.Format.Format_Grayscale8)
    return scaled


def fitted_words(frame: Frame, rows: int, columns: int, channels: int) -> str:
    """What was done to the picture, as a sentence."""
    parts = []
    if frame.width * rows != frame.height * columns:
        parts.append("cut to its middle")
    if (frame.height, frame.width) != (rows, columns):
        parts.append(f"scaled from {frame.width} × {frame.height} to {columns} × {rows} pixels")
    if channels == 1:
        parts.append("turned to grey")
    done = ", ".join(parts)
    whole = "The picture in the size of the net's input"
    return f"{whole}: {done}." if done else f"{whole}, unchanged."


def ground_for(rows: int, columns: int, read: Read | None, reach: Rect | None) -> Rect:
    """What is shown around a picture: `reach`, what all units of the layer read, so that nothing moves from unit to
    unit; where the picture would become small in it, what this one reads. The frame is never cut."""
    ground = Rect(0, 0, rows, columns)
    if isinstance(read, Rect):
        whole = ground.joined(reach or read)
        ground = whole if max(whole.size) * LEAST_SHARE <= max(rows, columns) else ground.joined(read)
    room = math.ceil(max(ground.size) * LEAST_MARGIN)
    return Rect(ground.top - room, ground.left - room, ground.bottom + room, ground.right + room)


def scale_of(picture: PhotoPicture, size: QSizeF) -> tuple[float, QPointF]:
    """Device-independent pixels to one of the picture, and where its top left corner lies."""
    ground = picture.ground
    tall, wide = ground.size
    scale = max(min(size.width() / wide, size.height() / tall), 1e-6)
    left, top = (size.width() - wide * scale) / 2, (size.height() - tall * scale) / 2
    return scale, QPointF(left - ground.left * scale, top - ground.top * scale)


def paint_photo(painter: QPainter, picture: PhotoPicture, size: QSizeF) -> None:
    """Draw the picture, what is read of it, and the padding, at the painter's origin."""
    scale, corner = scale_of(picture, size)
    rows, columns = picture.size
    target = QRectF(corner, QSizeF(columns * scale, rows * scale))
    ground = _place(picture.ground, corner, scale)
    painter.save()
    painter.setClipRect(ground)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colors = theme.colors
    painter.fillRect(ground, colors.surface)
    if picture.image is not None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 3)
        painter.drawImage(target, picture.image)
    else:
        painter.fillRect(target, colors.raised)
        _paint_grid(painter, target, scale)
    painter.setPen(QPen(colors.line, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(target)
    area = _read_area(picture, target, scale)
    if area is not None:
        _paint_frame(painter, target, area)
        _paint_size(painter, picture, area, ground)
    if picture.pixel is not None:
        row, column = picture.pixel
        cell = QRectF(corner.x() + column * scale, corner.y() + row * scale, scale, scale)
        grown = max(LEAST_FRAME - scale, 0) / 2
        painter.setPen(QPen(colors.good, 2))
        painter.drawRect(cell.adjusted(-grown, -grown, grown, grown))
    painter.restore()


def _place(rect: Rect, corner: QPointF, scale: float) -> QRectF:
    """Where rows and columns are drawn; `corner` is that of row 0, column 0."""
    tall, wide = rect.size
    return QRectF(corner + QPointF(rect.left, rect.top) * scale, QSizeF(wide * scale, tall * scale))


def _paint_grid(painter: QPainter, target: QRectF, scale: float) -> None:
    """The cells of what is no picture, where they are large enough to be seen."""
    if scale < GRID_FROM:
        return
    painter.setPen(QPen(theme.colors.line, 1))
    for row in range(1, round(target.height() / scale)):
        y = target.top() + row * scale
        painter.drawLine(QPointF(target.left(), y), QPointF(target.right(), y))
    for column in range(1, round(target.width() / scale)):
        x = target.left() + column * scale
        painter.drawLine(QPointF(x, target.top()), QPointF(x, target.bottom()))


def _read_area(picture: PhotoPicture, target: QRectF, scale: float) -> QRectF | None:
    if picture.read is None or picture.read == "unknown":
        return None
    if picture.read == "everything":
        return QRectF(target)
    read = picture.read
    area = _place(read, target.topLeft(), scale)
    grown = max(LEAST_FRAME - area.width(), 0) / 2
    return area.adjusted(-grown, -grown, grown, grown)


def _paint_frame(painter: QPainter, target: QRectF, area: QRectF) -> None:
    """Dim what is not read, hatch what is padding, frame what is read and mark its middle."""
    colors = theme.colors
    whole, read = QPainterPath(), QPainterPath()
    whole.addRect(target)
    read.addRect(area)
    painter.fillPath(whole.subtracted(read), with_alpha(colors.window, DIM))
    hatch = QBrush(with_alpha(colors.muted, 0.75), Qt.BrushStyle.BDiagPattern)
    painter.fillPath(read.subtracted(whole), hatch)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((with_alpha(colors.window, 0.75), 4.0), (colors.accent, 2.0)):
        painter.setPen(QPen(color, width))
        painter.drawRect(area)
    arm = min(float(space.xs), area.width() / 3)
    middle = area.center()
    for color, width in ((with_alpha(colors.window, 0.75), 3.0), (colors.accent, 1.0)):
        painter.setPen(QPen(color, width))
        painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
        painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))


def _paint_size(painter: QPainter, picture: PhotoPicture, area: QRectF, ground: QRectF) -> None:
    """The size of the frame, on it: above where there is room, else inside."""
    if isinstance(picture.read, Rect):
        rows, columns = picture.read.size
        text = f"{rows} × {columns} {picture.cells}"
    else:
        text = "everything"
    font = theme.font("small", bold=True)
    metrics = QFontMetricsF(font)
    wide, tall = metrics.horizontalAdvance(text) + 2 * space.s, metrics.height() + 2
    y = area.top() - tall - space.xs
    if y < ground.top():
        y = area.bottom() + space.xs
    if y + tall > ground.bottom():
        y = max(area.top(), ground.top()) + space.xs
    x = min(max(area.center().x() - wide / 2, ground.left() + 2), ground.right() - wide - 2)
    chip = QRectF(x, y, wide, tall)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colors.accent)
    painter.drawRoundedRect(chip, tall / 2, tall / 2)
    painter.setFont(font)
    painter.setPen(theme.colors.on_accent)
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)


class UnitPhoto(QWidget):
    """The picture with the frame. pixelPointed(row, column), pixelPicked(row, column), pointingLeft()."""

    pixelPointed = Signal(int, int)
    pixelPicked = Signal(int, int)
    pointingLeft = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: PhotoPicture | None = None
        self._pointed: tuple[int, int] | None = None
        self._fresh: PhotoPicture | None = None
        self._held = False
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Picture with the receptive field")
        theme.changed.connect(self._retint)

    @Slot()
    def _retint(self) -> None:
        self.update()

    @property
    def picture(self) -> PhotoPicture | None:
        return self._picture

    def show_picture(self, picture: PhotoPicture | None) -> None:
        """Show another picture or another frame. While a button is held, nothing moves under the pointer."""
        self._fresh = picture
        if self._held and picture is not None and self._picture is not None:
            picture = replace(picture, ground=self._picture.ground)
        self._picture = picture
        self.update()

    def place(self, row: float, column: float) -> QPointF:
        """Where a place of the picture is in the widget."""
        assert self._picture is not None
        scale, corner = scale_of(self._picture, QSizeF(self.size()))
        return corner + QPointF(column, row) * scale

    def sizeHint(self) -> QSize:
        return QSize(320, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 96)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._picture is not None:
            paint_photo(painter, self._picture, QSizeF(self.size()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        pixel = self._pixel_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and pixel is not None:
            self._held = True
            self.pixelPicked.emit(*pixel)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._held = False
        self.show_picture(self._fresh)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pixel = self._pixel_at(event.position())
        if pixel == self._pointed:
            return
        self._pointed = pixel
        if pixel is None:
            self.pointingLeft.emit()
            return
        self.pixelPointed.emit(*pixel)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.pixelPicked.emit(*pixel)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self._pointed is not None:
            self._pointed = None
            self.pointingLeft.emit()

    def _pixel_at(self, point: QPointF) -> tuple[int, int] | None:
        if self._picture is None:
            return None
        scale, corner = scale_of(self._picture, QSizeF(self.size()))
        row, column = (point.y() - corner.y()) / scale, (point.x() - corner.x()) / scale
        rows, columns = self._picture.size
        return (int(row), int(column)) if 0 <= row < rows and 0 <= column < columns else None
