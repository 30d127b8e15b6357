"""Pixels ready for painting, and the way between arrays and Qt's images."""

from __future__ import annotations

import sys
import time
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from engine import images
from gui import colormaps
from gui.theme import RGB

ByteArray = npt.NDArray[np.uint8]

PIXELS_VISIBLE_FROM: Final = 3.0
# Frames closer together than this are a film: drawn at once instead of being averaged down with care.
_FILM_SECONDS: Final = 0.15
# More than a window shows at once: a picture that is magnified beyond that is drawn in part.
_MOST_PIXELS: Final = 4_000_000


class Picture:
    """Pixels ready for painting: converted at the first paint, into one buffer while their size stays."""

    def __init__(self) -> None:
        self._pixels: ByteArray | None = None
        self._levels: ByteArray | None = None
        self._anchors: tuple[RGB, ...] = ()
        self._indexed: QImage | None = None
        self._buffer: ByteArray | None = None
        self._image: QImage | None = None
        self._reduced: QImage | None = None
        self._fitted: QImage | None = None
        self._fit_buffer: ByteArray | None = None
        self._came, self._film = -1.0, False

    @property
    def pixels(self) -> ByteArray | None:
        """`uint8[H, W, 3]` RGB, None where there is no picture; worked out anew for levels."""
        if self._levels is not None:
            return colormaps.table(self._anchors).take(self._levels, axis=0)
        return self._pixels

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, (0, 0) without a picture."""
        shown = self._pixels if self._levels is None else self._levels
        return (0, 0) if shown is None else (shown.shape[1], shown.shape[0])

    def set(self, pixels: ByteArray | None) -> None:
        """Take the next picture `uint8[H, W, 3]`; it is held, not copied."""
        if pixels is self._pixels and self._levels is None:
            return
        self._pixels, self._levels, self._indexed = pixels, None, None
        self._came_now()

    def set_indexed(self, levels: ByteArray, anchors: tuple[RGB, ...]) -> None:
        """Take the next picture as levels `uint8[H, W]` of a colour map; the same levels are only coloured anew."""
        if levels is not self._levels:
            height, width = levels.shape
            self._pixels, self._levels = None, levels
            self._indexed = QImage(
                levels.data, width, height, levels.strides[0], QImage.Format.Format_Indexed8
            )
            self._came_now()
        elif anchors == self._anchors:
            return
        self._anchors, self._image, self._reduced = anchors, None, None
        if self._indexed is not None:
            self._indexed.setColorTable(colormaps.rgb32(anchors))

    def image(self) -> QImage:
        """The picture at full size; valid until the next `set`."""
        if self._image is None:
            if self._indexed is not None:
                # Not drawn as levels: scaling is six times as fast on RGB32, and mixes colours.
                self._image = self._indexed.convertToFormat(QImage.Format.Format_RGB32)
            else:
                self._image = QImage() if self._pixels is None else self._converted(self._pixels)
        return self._image

    def _came_now(self) -> None:
        now = time.monotonic()
        self._film = now - self._came < _FILM_SECONDS
        self._came, self._image, self._reduced, self._fitted = now, None, None, None

    def paint(self, painter: QPainter, target: QRectF, ratio: float) -> None:
        """Draw into `target`, with `ratio` device pixels to the unit: squares from 3x on, smooth below."""
        width = self.size[0]
        scale = target.width() * ratio / max(width, 1)
        moving = self._film and time.monotonic() - self._came < _FILM_SECONDS
        size = (target.size() * ratio).toSize()
        if moving and self._scales_well(size, scale):
            fitted = self._scaled(size)
            fitted.setDevicePixelRatio(ratio)
            painter.drawImage(QPointF(round(target.x() * ratio), round(target.y() * ratio)) / ratio, fitted)
            return
        image = self.image()
        if scale < 0.5 and not moving:
            image = self._averaged(size)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < PIXELS_VISIBLE_FROM)
        painter.drawImage(target, image)

    def _scales_well(self, size: QSize, scale: float) -> bool:
        """Whether a frame of a film is scaled before it is drawn.

        Qt scales while it holds Python's lock, for which the engine's next frame waits; OpenCV does without the lock.
        """
        enlarged = scale < PIXELS_VISIBLE_FROM and 0 < size.width() * size.height() <= _MOST_PIXELS
        return (
            enlarged and size.toTuple() != self.size and self._levels is None and "engine.cv" in sys.modules
        )

    def _scaled(self, size: QSize) -> QImage:
        """The picture in so many pixels; valid until the next `set`."""
        if self._fitted is None or self._fitted.size() != size:
            assert self._pixels is not None
            scaled = images.resized(self._pixels, size.width(), size.height())
            self._fit_buffer = images.bgra(scaled, self._fit_buffer)
            self._fitted = _rgb32(self._fit_buffer)
        return self._fitted

    def _averaged(self, size: QSize) -> QImage:
        # Bilinear drawing skips pixels below half size and makes textures flicker; scaled() averages them.
        size = size.expandedTo(QSize(1, 1))
        if self._reduced is None or self._reduced.size() != size:
            mode = Qt.TransformationMode.SmoothTransformation
            self._reduced = self.image().scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
        return self._reduced

    def _converted(self, pixels: ByteArray) -> QImage:
        height, width = pixels.shape[:2]
        if self._buffer is None or self._buffer.shape[:2] != (height, width):
            self._buffer = np.empty((height, width, 4), np.uint8)
        if "engine.cv" in sys.modules:
            self._buffer = images.bgra(pixels, self._buffer)
        else:  # The first still of the program does not wait for OpenCV to be imported.
            self._buffer[..., :3] = pixels[..., ::-1]
            self._buffer[..., 3] = 255
        return _rgb32(self._buffer)


def _rgb32(buffer: ByteArray) -> QImage:
    """The image in the memory of `uint8[H, W, 4]`, which has to outlive it."""
    height, width = buffer.shape[:2]
    return QImage(buffer.data, width, height, buffer.strides[0], QImage.Format.Format_RGB32)


def to_image(pixels: ByteArray) -> QImage:
    """A QImage of its own memory from `uint8[H, W, 3]` RGB."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB888).copy()


def to_pixels(image: QImage) -> ByteArray:
    """`uint8[H, W, 3]` RGB of an opaque QImage, in memory of its own."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8, image.sizeInBytes()).reshape(image.height(), -1)
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()
