"""What can be taken away from the pooling page; the verbs themselves are those of every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy.typing as npt
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from engine.foundations.pooling.snippet import pytorch_snippet
from gui import export
from gui.film import FilmSource
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb
from gui.pages.pooling.resolve import Resolved, Resolver
from gui.pages.pooling.stepping import at_position, position, scene_of
from gui.widgets.stepper import BASE_INTERVAL_MS

if TYPE_CHECKING:
    from gui.pages.pooling.page import PoolingPage

MOST_FILM_FRAMES = 400
MOST_FILM_FPS = 25.0
FILM_SIZE = (1280, 760)
HOLD_S = 1.5


def verbs(page: PoolingPage) -> list[Verb]:
    """The entries of the share menu."""
    return of_every_page.page_verbs(page, PoolingExports(page))


class PoolingExports:
    """The pooling page's picture, numbers, script and film (see gui.pages.verbs)."""

    def __init__(self, page: PoolingPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return f"convscope-pooling-{self._page.state.view}"

    @property
    def caption(self) -> str:
        return self._page.canvas.scene.description

    def picture(self) -> export.Paintable | QWidget:
        page = self._page
        return page.photo_view if page.state.view == "photo" else page.canvas

    def arrays(self) -> list[tuple[str, npt.ArrayLike]]:
        """Input, output, switches where there are any, and both gradients, one block a channel."""
        result = self._page.photo_view.result
        if self._page.state.view == "photo" and result is not None:
            names = ("red", "green", "blue")
            return [(f"pooled {name}", plane) for name, plane in zip(names, result.values, strict=True)]
        resolved = self._resolved("There are no numbers to save yet.")
        done, pooled = resolved.trace, resolved.pooled
        blocks: list[tuple[str, npt.ArrayLike]] = []
        for c in range(len(done.x)):
            blocks += [(f"input channel {c + 1}", done.x[c]), (f"output channel {c + 1}", done.output[c])]
            if done.switches is not None:
                blocks.append((f"switches channel {c + 1} (row * width + column)", done.switches[c]))
            blocks.append((f"gradient of the output channel {c + 1}", pooled.grad_output[c]))
            blocks.append((f"gradient of the input channel {c + 1}", pooled.grad_input[c]))
        return blocks

    def script(self) -> str:
        """A runnable PyTorch script of what is on show, forward and backward."""
        resolved = self._resolved("There is nothing to write a script for: it takes the numbers of a grid.")
        return pytorch_snippet(resolved.trace, resolved.pooled.grad_output)

    def film(self) -> FilmSource:
        """The whole walk of the state and the picture as they are now; long walks are thinned.

        Raises UserError in views without steps.
        """
        page, state, frame = self._page, self._page.state, self._page.frame_for_export
        if state.view in ("shift", "photo"):
            raise UserError("This view has no animation.", "Choose Steps, Backward or Stochastic first.")
        canvas, resolver = page.canvas, Resolver()  # its own: the page's goes on with other windows

        def image_at(index: int) -> QImage:
            size = QSizeF(*FILM_SIZE)
            image = QImage(*FILM_SIZE, QImage.Format.Format_RGB32)
            painter = QPainter(image)
            shown = resolver.resolve(at_position(state, index), frame)
            canvas.paint_scene(painter, scene_of(shown, resolver, frame, None, size), size)
            painter.end()
            return image

        count = position(state, resolver.resolve(state, frame))[1]
        stride = max(-(-count // MOST_FILM_FRAMES), 1)
        fps = min(1000.0 / BASE_INTERVAL_MS * page.stepper.speed, MOST_FILM_FPS)
        return FilmSource(image_at, range(0, count, stride), fps, HOLD_S)

    def _resolved(self, refusal: str) -> Resolved:
        resolved = self._page.resolved
        if resolved is None:
            raise UserError(refusal)
        return resolved
