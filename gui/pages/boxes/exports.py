"""What can be taken away from the page: see gui.pages.views.exports; here also the numbers of the view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import UserError
from gui.pages.boxes.view import Arrays
from gui.pages.views.exports import ViewExports

if TYPE_CHECKING:
    from gui.pages.boxes.page import BoxesPage


class BoxesExports(ViewExports):
    """The view on show, with its numbers."""

    _page: BoxesPage

    @property
    def caption(self) -> str:
        frame, view, title = self._page.picture, self._page.stage.view, self._page.stage.title
        shown = frame is not None and view is not None and view.needs_picture
        return f"{title}, {frame.name}" if shown and frame else title

    def arrays(self) -> Arrays:
        view = self._page.stage.view
        if view is None:
            raise UserError("There is nothing on show yet.")
        return view.arrays()
