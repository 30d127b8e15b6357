"""k-means as pictures, one a step; of a cell, the numbers beside the picture."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter

from gui.film import FilmSource
from gui.pages.boxes.anchors.cell import CellShown, cell_shown
from gui.pages.boxes.anchors.cell_scene import cell_scene
from gui.pages.boxes.anchors.run import Run
from gui.pages.boxes.anchors.scatter import paint_scatter
from gui.pages.boxes.anchors.words import run_sentences
from gui.theme import space, theme
from gui.widgets.canvas import Canvas

SIZE: Final = QSizeF(960, 760)
WORDS: Final = 60.0
FPS, HOLD_S = 1.0, 2.0


def run_film(run: Run) -> FilmSource:
    """The shapes and their anchors at every step."""
    return FilmSource(partial(_run_image, run), range(len(run.steps)), FPS, HOLD_S)


def cell_film(shown: CellShown) -> FilmSource:
    """The target of the cell as it fills."""
    return FilmSource(partial(_cell_image, shown), range(shown.count), FPS, HOLD_S)


def _run_image(run: Run, turn: int) -> QImage:
    run = replace(run, turn=turn)
    image = _blank()
    painter = QPainter(image)
    try:
        painter.setFont(theme.font("section"))
        painter.setPen(theme.colors.text)
        room = QRectF(space.l, space.s, SIZE.width() - 2 * space.l, WORDS)
        painter.drawText(room, int(Qt.TextFlag.TextWordWrap), " ".join(run_sentences(run)))
        painter.translate(0, WORDS)
        paint_scatter(painter, run, run.shapes, QSizeF(SIZE.width(), SIZE.height() - WORDS))
    finally:
        painter.end()
    return image


def _cell_image(shown: CellShown, position: int) -> QImage:
    shown = cell_shown(replace(shown.settings, step=position), shown.size)
    image = _blank()
    painter = QPainter(image)
    try:
        Canvas().paint_scene(painter, cell_scene(shown, SIZE), SIZE)
    finally:
        painter.end()
    return image


def _blank() -> QImage:
    image = QImage(SIZE.toSize(), QImage.Format.Format_RGB32)
    image.fill(theme.colors.window)
    return image
