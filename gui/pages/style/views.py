"""The one table of views. A view is a package here, a line in `VIEWS` and a field of the state with its settings."""

from __future__ import annotations

from typing import Final

from gui.pages.style.view import StyleView
from gui.pages.views.view import ViewEntry

VIEWS: Final[tuple[ViewEntry[StyleView], ...]] = (
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
