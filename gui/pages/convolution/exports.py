"""What can be taken away from the convolution page; the verbs themselves are those of every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy.typing as npt
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from engine.foundations.convolution import Trace
from engine.foundations.snippet import pytorch_snippet
from gui import export
from gui.film import FilmSource
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb
from gui.pages.convolution.resolve import Resolver, at_position
from gui.pages.convolution.state import PHASES
from gui.pages.convolution.steps_scene import steps_scene
from gui.widgets.stepper import BASE_INTERVAL_MS

if TYPE_CHECKING:
    from gui.pages.convolution.page import ConvolutionPage

MOST_FILM_FRAMES = 600
MOST_FILM_FPS = 25.0
FILM_SIZE = (1280, 760)
HOLD_S = 1.5


def verbs(page: ConvolutionPage) -> list[Verb]:
    """The entries of the share menu."""
    return of_every_page.page_verbs(page, ConvolutionExports(page))


class ConvolutionExports:
    """The convolution page's picture, numbers, script and film (see gui.pages.verbs)."""

    def __init__(self, page: ConvolutionPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return f"convscope-convolution-{self._page.state.view}"

    @property
    def caption(self) -> str:
        return self._page.canvas.scene.description

    def picture(self) -> export.Paintable | QWidget:
        page = self._page
        return page.image_view if page.state.view == "image" else page.canvas

    def arrays(self) -> list[tuple[str, npt.ArrayLike]]:
        """Input, kernels, biases and output, one block a plane."""
        done = self._trace("There are no numbers to save yet.")
        filters, depth = done.weight.shape[:2]
        blocks: list[tuple[str, npt.ArrayLike]] = [
            (f"input channel {c + 1}", plane) for c, plane in enumerate(done.x)
        ]
        for f in range(filters):
            blocks += [(f"kernel {f + 1} channel {c + 1}", done.weight[f, c]) for c in range(depth)]
        blocks.append(("biases", done.bias[None]))
        blocks += [(f"output map {f + 1}", plane) for f, plane in enumerate(done.output)]
        return blocks

    def script(self) -> str:
        """A runnable PyTorch script of what is on show."""
        done = self._trace("There is nothing to write a script for yet.")
        return pytorch_snippet(done.x, done.weight, done.bias, done.spec, done.output)

    def film(self) -> FilmSource:
        """The whole walk of the state and the picture as they are now; long walks are thinned.

        Raises UserError in views without steps.
        """
        page, state, frame = self._page, self._page.state, self._page.frame_for_export
        if state.view != "steps":
            raise UserError("Only the step view has an animation.", "Choose Step by step first.")
        canvas = page.canvas
        resolver = Resolver()  # its own: the page's goes on with other kernels and later frames

        def image_at(index: int) -> QImage:
            size = QSizeF(*FILM_SIZE)
            image = QImage(*FILM_SIZE, QImage.Format.Format_RGB32)
            painter = QPainter(image)
            scene = steps_scene(resolver.resolve(at_position(state, index), frame), size)
            canvas.paint_scene(painter, scene, size)
            painter.end()
            return image

        count = len(resolver.resolve(state, frame).trace) * (len(PHASES) if state.slow else 1)
        stride = max(-(-count // MOST_FILM_FRAMES), 1)
        fps = min(1000.0 / BASE_INTERVAL_MS * page.stepper.speed, MOST_FILM_FPS)
        return FilmSource(image_at, range(0, count, stride), fps, HOLD_S)

    def _trace(self, refusal: str) -> Trace:
        resolved = self._page.resolved
        if resolved is None:
            raise UserError(refusal)
        return resolved.trace
