"""What can be taken away from the page; the verbs themselves are those of every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from engine.foundations.signals.snippet import pytorch_snippet
from gui import export
from gui.film import FilmSource
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb
from gui.pages.signals.changes import set_value
from gui.pages.signals.resolve import Resolver, count_steps
from gui.widgets.stepper import BASE_INTERVAL_MS

if TYPE_CHECKING:
    from gui.pages.signals.page import SignalsPage

MOST_FILM_FRAMES = 300
MOST_FILM_FPS = 25.0
FILM_SIZE = (1280, 760)
HOLD_S = 1.5
MOST_SCRIPT_VALUES = 50_000


def verbs(page: SignalsPage) -> list[Verb]:
    """The entries of the share menu."""
    return of_every_page.page_verbs(page, SignalsExports(page))


class SignalsExports:
    """The page's picture, numbers, script and film (see gui.pages.verbs)."""

    def __init__(self, page: SignalsPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return f"convscope-signals-{self._page.state.axes}-{self._page.state.view}"

    @property
    def caption(self) -> str:
        return self._page.canvas.scene.description

    def picture(self) -> export.Paintable | QWidget:
        page = self._page
        return page.volume_view if page.shows_planes else page.canvas

    def arrays(self) -> list[tuple[str, npt.ArrayLike]]:
        """Input, filter and output of the view, one block a plane."""
        page = self._page
        if page.shows_planes:
            result = page.volume_view.result
            if result is None:
                raise UserError("There are no numbers to save yet.")
            return [(f"response slice {n}", plane) for n, plane in enumerate(result.response)]
        what = page.resolved.check
        named = (("input", what.x), ("filter", what.weight), ("output", what.output))
        return [block for name, values in named for block in _blocks(name, values)]

    def script(self) -> str:
        """A runnable PyTorch script of the numbers on show."""
        what = self._page.resolved.check
        if what.x.size + what.weight.size + what.output.size > MOST_SCRIPT_VALUES:
            raise UserError(
                "So many numbers make no readable script.", "Choose Step by step, or save the numbers as CSV."
            )
        return pytorch_snippet(what)

    def film(self) -> FilmSource | None:
        """The whole walk of the state as it is now; long walks are thinned. None for the planes of a volume."""
        page, state = self._page, self._page.state
        if page.shows_planes:
            return None
        scene_of, resolver = page.scene_of, Resolver()  # its own: the page's goes on
        signal, volume = page.signal, page.volume
        name = {"layers": "layer_step", "whole": "sample"}.get(state.view, "step")

        def image_at(index: int) -> QImage:
            size = QSizeF(*FILM_SIZE)
            image = QImage(*FILM_SIZE, QImage.Format.Format_RGB32)
            painter = QPainter(image)
            resolved = resolver.resolve(set_value(state, name, index), signal, volume)
            page.canvas.paint_scene(painter, scene_of(resolved, size), size)
            painter.end()
            return image

        count, _, _ = count_steps(page.resolved, len(volume.voxels))
        stride = max(-(-count // MOST_FILM_FRAMES), 1)
        fps = min(1000.0 / BASE_INTERVAL_MS * page.stepper.speed, MOST_FILM_FPS)
        return FilmSource(image_at, range(0, count, stride), fps, HOLD_S)


def _blocks(name: str, values: npt.NDArray[np.float64]) -> list[tuple[str, npt.ArrayLike]]:
    """An array of any number of axes as planes."""
    rows = values.reshape(-1, *values.shape[-2:])
    if len(rows) == 1:
        return [(name, rows[0])]
    return [(f"{name} {number}", plane) for number, plane in enumerate(rows)]
