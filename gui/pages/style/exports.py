"""What can be taken away from the page: see gui.pages.views.exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.pages.views.exports import ViewExports

if TYPE_CHECKING:
    from gui.pages.style.page import StylePage


class StyleExports(ViewExports):
    """The view on show, named by its pictures and its net."""

    _page: StylePage

    @property
    def caption(self) -> str:
        subject = self._page.subject
        names = [frame.name for frame in (subject.content, *subject.styles) if frame is not None]
        return f"{' + '.join(names)}, {subject.settings.net}"
