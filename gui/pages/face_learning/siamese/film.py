"""The film of a pair: its sum, term by term."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage, QPainter

from gui.film import FilmSource
from gui.pages.face_learning.siamese.scene import pair_scene
from gui.pages.face_learning.siamese.shown import Shown
from gui.theme import theme
from gui.widgets.canvas import Canvas

FILM_SIZE, FILM_FPS, FILM_HOLD_S = QSizeF(960, 720), 2.0, 2.0


def film_of(found: Shown) -> FilmSource:
    """From the bias alone to the answer."""
    return FilmSource(partial(_image, found), range(len(found.found) + 1), FILM_FPS, FILM_HOLD_S)


def _image(found: Shown, step: int) -> QImage:
    image = QImage(FILM_SIZE.toSize(), QImage.Format.Format_RGB32)
    image.fill(theme.colors.window)
    painter = QPainter(image)
    try:
        Canvas().paint_scene(painter, pair_scene(replace(found, step=step), FILM_SIZE), FILM_SIZE)
    finally:
        painter.end()
    return image
