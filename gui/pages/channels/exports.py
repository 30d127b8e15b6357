"""What can be taken away from the page; the verbs themselves are those of every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy.typing as npt
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from gui import export
from gui.film import FilmSource
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb
from gui.pages.channels.views import Views
from gui.widgets.stepper import BASE_INTERVAL_MS

if TYPE_CHECKING:
    from gui.pages.channels.page import ChannelsPage

MOST_FILM_FRAMES: Final = 400
MOST_FILM_FPS: Final = 25.0
FILM_SIZE: Final = (1280, 760)
HOLD_S: Final = 1.5


def verbs(page: ChannelsPage) -> list[Verb]:
    """The entries of the share menu."""
    return of_every_page.page_verbs(page, ChannelsExports(page))


class ChannelsExports:
    """The page's picture, numbers, script and film (see gui.pages.verbs)."""

    def __init__(self, page: ChannelsPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return f"convscope-channels-{self._page.state.view}"

    @property
    def caption(self) -> str:
        return self._page.canvas.scene.description

    def picture(self) -> export.Paintable | QWidget:
        return self._page.canvas

    def arrays(self) -> list[tuple[str, npt.ArrayLike]]:
        """All numbers of the view on show."""
        return self._page.view.arrays(self._shown())

    def script(self) -> str:
        """A PyTorch script that computes what is on show and compares."""
        return self._page.view.script(self._shown())

    def film(self) -> FilmSource:
        """The whole walk of the view as it is now; long walks are thinned. Raises UserError in a view without steps."""
        page, state, frame = self._page, self._page.state, self._page.picture
        at = page.view.position(self._shown())
        if at is None:
            raise UserError("This view has no animation.", "Choose one of the others first.")
        view = Views()[state.view]  # its own: the page's goes on with other steps

        def image_at(index: int) -> QImage:
            size = QSizeF(*FILM_SIZE)
            image = QImage(*FILM_SIZE, QImage.Format.Format_RGB32)
            painter = QPainter(image)
            shown = view.resolve(view.at(state, index), frame)
            page.canvas.paint_scene(painter, view.scene(shown, size), size)
            painter.end()
            return image

        stride = max(-(-at.count // MOST_FILM_FRAMES), 1)
        fps = min(1000.0 / BASE_INTERVAL_MS * page.stepper.speed, MOST_FILM_FPS)
        return FilmSource(image_at, range(0, at.count, stride), fps, HOLD_S)

    def _shown(self) -> Any:
        if self._page.shown is None:
            raise UserError("The picture is on its way; there are no numbers yet.", "Try again in a moment.")
        return self._page.shown
