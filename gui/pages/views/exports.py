"""What can be taken away from a page of views: the picture and the film of the view on show, and what it adds."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from gui import export
from gui.film import FilmSource
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb
from gui.pages.views.page import ViewsPage


def verbs(page: ViewsPage[Any, Any], exports: of_every_page.Exports) -> list[Verb]:
    """The entries of the share menu: those of the view on show come after the pictures."""
    view = page.stage.view
    own = [] if view is None else view.verbs()
    common = of_every_page.page_verbs(page, exports)
    pictures = sum(not verb.separated for verb in common[:4])
    return [*common[:pictures], *own, *common[pictures:]]


class ViewExports:
    """The view on show as a picture and as a film (see gui.pages.verbs); a page adds `caption`."""

    _page: ViewsPage[Any, Any]

    def __init__(self, page: ViewsPage[Any, Any]) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return f"convscope-{self._page.entry.name}-{self._page.stage.name}"

    def picture(self) -> export.Paintable | QWidget:
        view = self._page.stage.view
        return self._page.stage if view is None else view

    def film(self) -> FilmSource | None:
        view = self._page.stage.view
        return None if view is None else view.film()
