"""The states in which the tour shows the view."""

from __future__ import annotations

from typing import Any, Final

from gui.pages.boxes.state import BoxesState

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "target",
        "Target vector",
        "One box on a photo, and the vector that a net is to answer for it.",
        BoxesState(view="target"),
    ),
)
