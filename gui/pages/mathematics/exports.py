"""What can be taken away from the page; the verbs themselves are those of every page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy.typing as npt
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from engine.foundations.algebra.snippet import pytorch_script
from gui import export
from gui.film import FilmSource
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb
from gui.widgets.stepper import BASE_INTERVAL_MS

if TYPE_CHECKING:
    from gui.pages.mathematics.page import MathematicsPage

FILM_SIZE: Final = (1280, 760)
HOLD_S: Final = 1.5


def verbs(page: MathematicsPage) -> list[Verb]:
    """The entries of the share menu."""
    return of_every_page.page_verbs(page, MathematicsExports(page))


class MathematicsExports:
    """The page's picture, numbers, script and film (see gui.pages.verbs)."""

    def __init__(self, page: MathematicsPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return f"convscope-mathematics-{self._page.state.view}"

    @property
    def caption(self) -> str:
        return self._page.stage.canvas.scene.description

    def picture(self) -> export.Paintable | QWidget:
        return self._page.stage.canvas

    def arrays(self) -> Sequence[tuple[str, npt.ArrayLike]]:
        return self._page.chapter.arrays(self._page.stage.shown)

    def script(self) -> str:
        """A PyTorch script that computes everything on show."""
        return pytorch_script(self._page.chapter.claims(self._page.stage.shown))

    def film(self) -> FilmSource | None:
        """The whole walk; None in views without one."""
        page, chapter, part = self._page, self._page.chapter, self._page.part
        walked = chapter.walked(part)
        if walked is None:
            return None
        canvas, size = page.stage.canvas, QSizeF(*FILM_SIZE)

        def image_at(index: int) -> QImage:
            image = QImage(*FILM_SIZE, QImage.Format.Format_RGB32)
            painter = QPainter(image)
            canvas.paint_scene(painter, chapter.scene(chapter.resolve(chapter.at(part, index)), size), size)
            painter.end()
            return image

        fps = 1000.0 / BASE_INTERVAL_MS * page.stepper.speed
        return FilmSource(image_at, range(walked.count), fps, HOLD_S)
