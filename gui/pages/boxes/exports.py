"""What can be taken away from the page: the picture of the stage, the view itself, and what its view adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from engine.errors import UserError
from gui import export
from gui.film import FilmSource
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb
from gui.pages.boxes.view import Arrays

if TYPE_CHECKING:
    from gui.pages.boxes.page import BoxesPage


def verbs(page: BoxesPage) -> list[Verb]:
    """The entries of the share menu: those of the view on show come after the pictures."""
    view = page.stage.view
    own = [] if view is None else view.verbs()
    common = of_every_page.page_verbs(page, BoxesExports(page))
    pictures = sum(not verb.separated for verb in common[:4])
    return [*common[:pictures], *own, *common[pictures:]]


class BoxesExports:
    """The stage as a picture (see gui.pages.verbs)."""

    def __init__(self, page: BoxesPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return f"convscope-boxes-{self._page.stage.name}"

    @property
    def caption(self) -> str:
        frame = self._page.picture
        view = self._page.stage.view
        shown = frame is not None and view is not None and view.needs_picture
        return f"{self._page.view_title}, {frame.name}" if shown and frame else self._page.view_title

    def picture(self) -> export.Paintable | QWidget:
        view = self._page.stage.view
        return self._page.stage if view is None else view

    def arrays(self) -> Arrays:
        view = self._page.stage.view
        if view is None:
            raise UserError("There is nothing on show yet.")
        return view.arrays()

    def film(self) -> FilmSource | None:
        view = self._page.stage.view
        return None if view is None else view.film()
