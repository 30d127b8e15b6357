"""The pictures of a cloud, drawn once at the size at which they are laid into the plane at every moment."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from engine.faces.learning.identities import DIGIT_SIDE, Identities
from gui.theme import radius, theme

DOT: Final = 4.0
EDGE: Final = 2
"""Pixels of a face that its coloured edge takes."""
INSIDE: Final = 1.5
"""How far within its frame a face begins, so that the frame leaves its coloured edge to be seen."""


@lru_cache(maxsize=12)
def tiles(
    people: Identities, shown: bytes, held_out: bytes, side: int, scale: float, thumbnails: bool, _dark: bool
) -> tuple[QImage, ...]:
    """One square image of `side` a picture, in the theme in force; framed where its identity is held out.

    `shown`: the places int64[V] of the pictures, `held_out` bool[V], both as bytes, so that they can be looked up.
    `scale`: pixels of the screen to one of them. Without thumbnails: dots in the colour of the identity.
    """
    places, framed = np.frombuffer(shown, np.int64), np.frombuffer(held_out, np.bool_)
    return tuple(
        _tile(people, int(place), bool(frame), side, scale, thumbnails)
        for place, frame in zip(places, framed, strict=True)
    )


def _tile(people: Identities, place: int, framed: bool, side: int, scale: float, thumbnail: bool) -> QImage:
    pixels = round(side * scale)
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.transparent)
    color = theme.class_color(int(people.labels[place]))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    whole = QRectF(0, 0, side, side)
    if thumbnail:
        inside = INSIDE if framed and people.side != DIGIT_SIDE else 0.0
        painter.drawImage(whole.adjusted(inside, inside, -inside, -inside), _picture(people, place, color))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(QPointF(side / 2, side / 2), DOT, DOT)
    if framed:
        inset = 0.5 if thumbnail else max(side / 2 - 1.5 * DOT, 0.5)
        painter.setPen(QPen(theme.colors.text, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(whole.adjusted(inset, inset, -inset, -inset), radius.cell, radius.cell)
    painter.end()
    return image


def _picture(people: Identities, place: int, color: QColor) -> QImage:
    """Ink in the colour of the identity on nothing for digits; grey with a coloured edge for faces."""
    picture = people.pictures[place]
    pixels = np.empty((*picture.shape, 4), np.uint8)
    blue_first = (color.blue(), color.green(), color.red())
    if people.side == DIGIT_SIDE:
        pixels[..., :3], pixels[..., 3] = blue_first, picture
    else:
        pixels[..., :3], pixels[..., 3] = picture[..., None], 255
        for edge in (np.s_[:EDGE], np.s_[-EDGE:], np.s_[:, :EDGE], np.s_[:, -EDGE:]):
            pixels[edge][..., :3] = blue_first
    height, width = picture.shape
    return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
