"""What can be taken away from the page; the verbs themselves are those of every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage, QPainter

from engine.errors import UserError
from engine.foundations.learned.requests import Run
from engine.foundations.learned.snippet import pytorch_snippet
from gui.film import FilmSource
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb
from gui.pages.learned.playback import BASE_MS, at_moment
from gui.pages.learned.resolve import Resolved, Resolver
from gui.pages.learned.stage import LearnedStage, paint_resolved
from gui.widgets.stage_text import plural

if TYPE_CHECKING:
    from gui.pages.learned.page import LearnedPage

MOST_FILM_FRAMES = 300
MOST_FILM_FPS = 25.0
FILM_SIZE = (1280, 960)
HOLD_S = 2.0
COVERED = "The target is covered, so its numbers stay here."
REVEAL = "Reveal it first."


def verbs(page: LearnedPage) -> list[Verb]:
    """The entries of the share menu."""
    return of_every_page.page_verbs(page, LearnedExports(page))


class LearnedExports:
    """The page's picture, numbers, script and film (see gui.pages.verbs)."""

    def __init__(self, page: LearnedPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return f"convscope-learned-{self._page.state.view}"

    @property
    def caption(self) -> str:
        return self._page.stage.canvas.scene.description

    def picture(self) -> LearnedStage:
        return self._page.stage

    def arrays(self) -> list[tuple[str, npt.ArrayLike]]:
        """Kernels, gradient, losses and all kernels of the run; nothing that gives a covered target away."""
        resolved = self._resolved()
        run = self._run(resolved)
        blocks: list[tuple[str, npt.ArrayLike]] = [
            (f"kernel after {plural(resolved.moment, 'update')}", resolved.kernel),
            ("gradient", resolved.kernel_gradient),
        ]
        if not resolved.state.covered:
            blocks.append(("target kernel", resolved.exercise.kernel))
            if resolved.bowl is not None:
                blocks.append(("least squares kernel", resolved.bowl.kernel))
        history = np.column_stack([np.arange(len(run.losses)), run.losses, run.weights])
        blocks.append(("update, loss, weights row by row", history))
        return blocks

    def script(self) -> str:
        """A runnable PyTorch script of the training."""
        resolved = self._resolved()
        if resolved.state.covered:
            raise UserError(COVERED, REVEAL)
        run = self._run(resolved)
        if run.outcome == "running":
            raise UserError("The training is still under way.", "Try again in a moment.")
        return pytorch_snippet(run)

    def film(self) -> FilmSource:
        """The whole training as it is now; long ones are thinned."""
        page, shown = self._page, self._resolved()
        run, state, frame, bowl = self._run(shown), page.state, page.picture, shown.bowl
        canvas, resolver = page.stage.canvas, Resolver()  # its own: the page's goes on with other moments

        def image_at(index: int) -> QImage:
            size = QSizeF(*FILM_SIZE)
            image = QImage(*FILM_SIZE, QImage.Format.Format_RGB32)
            painter = QPainter(image)
            resolved = resolver.resolve(at_moment(state, index), frame, run, bowl)
            paint_resolved(canvas, resolved, painter, size)
            painter.end()
            return image

        every = max(-(-(run.last + 1) // MOST_FILM_FRAMES), 1)
        fps = min(1000.0 / BASE_MS * page.stepper.speed, MOST_FILM_FPS)
        shown_moments = sorted({*range(0, run.last + 1, every), run.last})  # it ends where the training does
        return FilmSource(image_at, shown_moments, fps, HOLD_S)

    def _resolved(self) -> Resolved:
        resolved = self._page.resolved
        if resolved is None:
            raise UserError("There are no numbers yet.", "Wait until the picture is there.")
        return resolved

    def _run(self, resolved: Resolved) -> Run:
        if resolved.run is None:
            raise UserError("Nothing has been trained yet.", "Wait until the curve is there.")
        return resolved.run
