"""What can be taken away from the page: see gui.pages.views.exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.pages.views.exports import ViewExports

if TYPE_CHECKING:
    from gui.pages.units.page import UnitsPage


class UnitsExports(ViewExports):
    """The view on show, with the unit that it is about."""

    _page: UnitsPage

    @property
    def caption(self) -> str:
        subject = self._page.subject
        place = "where it is strongest" if subject.position is None else f"at {subject.position}"
        frame = "" if subject.frame is None else f", {subject.frame.name}"
        return f"{subject.net}, {subject.layer}, channel {subject.channel}, {place}{frame}"
