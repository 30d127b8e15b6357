"""What can be taken away from the page: what its view makes, the picture of the stage, the view itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from gui import export
from gui.film import FilmSource
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb

if TYPE_CHECKING:
    from gui.pages.style.page import StylePage


def verbs(page: StylePage) -> list[Verb]:
    """The entries of the share menu: those of the view on show come first."""
    view = page.stage.view
    own = [] if view is None else view.verbs()
    return [*own, *of_every_page.page_verbs(page, StyleExports(page))]


class StyleExports:
    """The stage as a picture (see gui.pages.verbs)."""

    def __init__(self, page: StylePage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return f"convscope-style-{self._page.stage.name}"

    @property
    def caption(self) -> str:
        subject = self._page.subject
        names = [frame.name for frame in (subject.content, *subject.styles) if frame is not None]
        return f"{' + '.join(names)}, {subject.settings.net}"

    def picture(self) -> export.Paintable | QWidget:
        view = self._page.stage.view
        return self._page.stage if view is None else view

    def film(self) -> FilmSource | None:
        view = self._page.stage.view
        return None if view is None else view.film()
