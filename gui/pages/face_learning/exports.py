"""What can be taken away from the page: see gui.pages.views.exports; here also the numbers of the view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import UserError
from gui.pages.face_learning.view import Arrays
from gui.pages.views.exports import ViewExports

if TYPE_CHECKING:
    from gui.pages.face_learning.page import FaceLearningPage


class FaceLearningExports(ViewExports):
    """The view on show, with its numbers."""

    _page: FaceLearningPage

    @property
    def caption(self) -> str:
        return f"{self._page.entry.title}: {self._page.stage.title}"

    def arrays(self) -> Arrays:
        view = self._page.stage.view
        if view is None:
            raise UserError("There is nothing on show yet.")
        return view.arrays()
