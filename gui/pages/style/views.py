"""The one table of views. A view is a package here, a line in `VIEWS` and a field of the state with its settings."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Final, cast

from gui.pages.base import Services
from gui.pages.style.view import StyleView


@dataclass(frozen=True, slots=True)
class ViewEntry:
    """One view: `name` is the field of the page's state that has its settings; `target` is "module:Class", imported
    when the view is first opened and called with the services of the window."""

    name: str
    title: str
    tip: str
    target: str

    def create(self, services: Services) -> StyleView:
        """Build the view."""
        module, _, attribute = self.target.partition(":")
        return cast(StyleView, getattr(import_module(module), attribute)(services))


VIEWS: Final[tuple[ViewEntry, ...]] = (
    ViewEntry(
        "paint",
        "Paint",
        "Watch the picture being painted, steer it, branch from it (Gatys et al. 2015)",
        "gui.pages.style.paint.view:PaintView",
    ),
    ViewEntry(
        "why",
        "Why",
        "What the costs compare: Gram matrices, what layers keep, who contributes, a case worked by hand",
        "gui.pages.style.why.view:WhyView",
    ),
    ViewEntry(
        "live",
        "Live",
        "Pictures, a video or the camera through a small net that learned the style (Johnson et al. 2016)",
        "gui.pages.style.live.view:LiveView",
    ),
)
