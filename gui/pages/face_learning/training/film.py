"""The film of a training: the planes side by side, moment after moment."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage, QPainter

from engine.faces.learning.requests import MINERS, TripletRuns
from gui.film import FilmSource
from gui.pages.face_learning.training.cloud_paint import Look, paint_cloud
from gui.theme import space, theme

FILM_CLOUD, FILM_FPS, FILM_HOLD_S = QSizeF(420, 520), 10.0, 2.0


def film_of(runs: TripletRuns, *, thumbnails: bool) -> FilmSource:
    """All moments so far."""
    return FilmSource(partial(_image, runs, thumbnails), range(len(runs.moments)), FILM_FPS, FILM_HOLD_S)


def _image(runs: TripletRuns, thumbnails: bool, moment: int) -> QImage:
    width, height = len(MINERS) * round(FILM_CLOUD.width()), round(FILM_CLOUD.height())
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(theme.colors.window)
    painter = QPainter(image)
    try:
        for miner in MINERS:
            room = QSizeF(FILM_CLOUD.width() - space.l, FILM_CLOUD.height())
            paint_cloud(painter, room, miner, Look(runs, miner, moment, thumbnails))
            painter.translate(FILM_CLOUD.width(), 0)
    finally:
        painter.end()
    return image
