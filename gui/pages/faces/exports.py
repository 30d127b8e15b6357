"""What can be taken away from the page: see gui.pages.views.exports; here also who was recognised, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import UserError
from gui.pages.faces.view import Table
from gui.pages.views.exports import ViewExports

if TYPE_CHECKING:
    from gui.pages.faces.page import FacesPage


class FacesExports(ViewExports):
    """The view on show, with its table."""

    _page: FacesPage

    @property
    def caption(self) -> str:
        return f"{self._page.entry.title}: {self._page.stage.title}"

    def table(self) -> Table:
        view = self._page.stage.view
        found = None if view is None else view.table()
        if found is None:
            raise UserError("This view has no table to save yet.", "Wait until there is something on show.")
        return found
