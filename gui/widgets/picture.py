"""Pixels ready for painting, and the way between arrays and Qt's images."""

from __future__ import annotations

import sys
import time
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from engine import images

ByteArray = npt.NDArray[np.uint8]

PIXELS_VISIBLE_FROM: Final = 3.0
# Frames closer together than this are a film: drawn at once instead of being averaged down with care.
_FILM_SECONDS: Final = 0.15


class Picture:
    """Pixels ready for painting: converted at the first paint, into one buffer while their size stays."""

    def __init__(self) -> None:
        self._pixels: ByteArray | None = None
        self._buffer: ByteArray | None = None
        self._image: QImage | None = None
        self._reduced: QImage | None = None
        self._came, self._film = -1.0, False

    @property
    def pixels(self) -> ByteArray | None:
        """`uint8[H, W, 3]` RGB, None where there is no picture."""
        return self._pixels

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, (0, 0) without a picture."""
        return (0, 0) if self._pixels is None else (self._pixels.shape[1], self._pixels.shape[0])

    def set(self, pixels: ByteArray | None) -> None:
        """Take the next picture `uint8[H, W, 3]`; it is held, not copied."""
        if pixels is self._pixels:
            return
        now = time.monotonic()
        self._film = now - self._came < _FILM_SECONDS
        self._came = now
        self._pixels, self._image, self._reduced = pixels, None, None

    def image(self) -> QImage:
        """The picture at full size; valid until the next `set`."""
        if self._image is None:
            self._image = QImage() if self._pixels is None else self._converted(self._pixels)
        return self._image

    def paint(self, painter: QPainter, target: QRectF, ratio: float) -> None:
        """Draw into `target`, with `ratio` device pixels to the unit: squares from 3x on, smooth below."""
        width = self.size[0]
        scale = target.width() * ratio / max(width, 1)
        image = self.image()
        if scale < 0.5 and not (self._film and time.monotonic() - self._came < _FILM_SECONDS):
            image = self._averaged((target.size() * ratio).toSize())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < PIXELS_VISIBLE_FROM)
        painter.drawImage(target, image)

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
        return QImage(self._buffer.data, width, height, self._buffer.strides[0], QImage.Format.Format_RGB32)


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
