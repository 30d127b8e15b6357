"""What can be taken away from the page: the picture of the stage, the view itself, and what its view adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from gui import export
from gui.film import FilmSource
from gui.pages import verbs as of_every_page
from gui.pages.base import Verb

if TYPE_CHECKING:
    from gui.pages.units.page import UnitsPage


def verbs(page: UnitsPage) -> list[Verb]:
    """The entries of the share menu: those of the view on show come after the pictures."""
    view = page.stage.view
    own = [] if view is None else view.verbs()
    common = of_every_page.page_verbs(page, UnitsExports(page))
    pictures = sum(not verb.separated for verb in common[:4])
    return [*common[:pictures], *own, *common[pictures:]]


class UnitsExports:
    """The stage as a picture (see gui.pages.verbs)."""

    def __init__(self, page: UnitsPage) -> None:
        self._page = page

    @property
    def name(self) -> str:
        return f"convscope-units-{self._page.stage.name}"

    @property
    def caption(self) -> str:
        subject = self._page.subject
        place = "where it is strongest" if subject.position is None else f"at {subject.position}"
        frame = "" if subject.frame is None else f", {subject.frame.name}"
        return f"{subject.net}, {subject.layer}, channel {subject.channel}, {place}{frame}"

    def picture(self) -> export.Paintable | QWidget:
        view = self._page.stage.view
        return self._page.stage if view is None else view

    def film(self) -> FilmSource | None:
        view = self._page.stage.view
        return None if view is None else view.film()
