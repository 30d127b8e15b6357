"""What can be taken away of the view: its numbers, and films of the walk and of the folding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage, QPainter

from engine.errors import UserError
from gui.film import FilmSource
from gui.pages.boxes.sliding.fold_scene import fold_scene
from gui.pages.boxes.sliding.settings import FOLD_STEPS, SlidingSettings
from gui.pages.boxes.sliding.shown import Folding, Shown, found_in_one_pass
from gui.pages.boxes.sliding.slide_scene import slide_scene
from gui.pages.boxes.view import Arrays
from gui.theme import theme
from gui.widgets.canvas import Canvas
from gui.widgets.scene import Scene

FILM_SIZE: Final = QSizeF(1280, 760)
FILM_FPS, HOLD_S = 12.0, 1.5
MOST_FRAMES: Final = 160
IN_BETWEEN: Final = 12
"""Frames from one step of folding to the next."""
NOTHING_YET: Final = "The answers are not there yet."


def arrays(shown: Shown | None, folding: Folding | None) -> Arrays:
    """The numbers on show. Raises UserError while there are none."""
    if folding is not None:
        made, neuron = folding, folding.settings.neuron
        return [
            ("picture", made.larger.x), ("answers (11, rows, columns)", made.larger.probabilities),
            (f"weights of neuron {neuron}", made.net.fc2[neuron]), ("flattened input", made.alone.pool.ravel()),
        ]  # fmt: skip
    boxes = None if shown is None else found_in_one_pass(shown)
    if shown is None or shown.slid is None or boxes is None:
        raise UserError(NOTHING_YET)
    named: list[tuple[str, npt.ArrayLike]] = [
        (f"answers of scale {number + 1} (rows, columns, 11)", answer)
        for number, answer in enumerate(shown.slid.answers)
    ]
    kept = boxes[1]
    named += [("boxes (x1, y1, x2, y2)", kept.boxes), ("p", kept.scores), ("digit", kept.classes)]
    if shown.crops is not None:
        named.append(("seconds, window by window", shown.crops.seconds))
    return named


def film(shown: Shown | None, folding: Folding | None, settings: SlidingSettings) -> FilmSource | None:
    """The walk over the windows, or the folding from its first step to its last; None where nothing moves."""
    if folding is not None:
        frames = range((len(FOLD_STEPS) - 1) * IN_BETWEEN + 1)
        return FilmSource(partial(_folding_at, folding), frames, FILM_FPS, HOLD_S)
    if shown is None or settings.part != "slide":
        return None
    stops = np.unique(np.linspace(0, shown.windows - 1, min(shown.windows, MOST_FRAMES)).round().astype(int))
    return FilmSource(partial(_window_at, shown), stops.tolist(), FILM_FPS, HOLD_S)


def _folding_at(folding: Folding, frame: int) -> QImage:
    """Half of the frames of a step move, the other half stand still."""
    step, part = divmod(frame + IN_BETWEEN - 1, IN_BETWEEN)
    share = min(2 * (part + 1) / IN_BETWEEN, 1.0)
    if step == 0:
        share = 1.0
    made = replace(folding, settings=replace(folding.settings, step=step))
    return _drawn(partial(fold_scene, made, share, None))


def _window_at(shown: Shown, index: int) -> QImage:
    return _drawn(partial(slide_scene, replace(shown, settings=replace(shown.settings, window=index))))


def _drawn(build: Callable[[QSizeF], Scene]) -> QImage:
    image = QImage(FILM_SIZE.toSize(), QImage.Format.Format_RGB32)
    image.fill(theme.colors.window)
    painter = QPainter(image)
    try:
        Canvas().paint_scene(painter, build(FILM_SIZE), FILM_SIZE)
    finally:
        painter.end()
    return image
