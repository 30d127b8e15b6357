"""How much is written on the faces of a picture: large where there is room, the bare names in a crowd."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from gui.pages.faces.recognise.resolve import Who, findings, label
from gui.widgets.found_paint import label_size
from gui.widgets.found_view import Findings, FoundView

Style = Literal["large", "small", "brief"]
STYLES: Final[tuple[Style, ...]] = ("large", "small", "brief")
LARGE: Final = "section"
"""The size of a label that is read from the last row."""
MOST_LARGE, MOST_SMALL = 0.1, 0.16
"""Shares of the picture that labels of a style may cover."""


class Labels:
    """Owns the style. While something plays it only gets smaller: labels that grow and shrink cannot be read."""

    def __init__(self) -> None:
        self._smallest = 0

    def forget(self) -> None:
        """The picture, or its size, is another one."""
        self._smallest = 0

    def findings(
        self, everybody: Sequence[Who], chosen: int | None, view: FoundView, *, live: bool
    ) -> Findings:
        """Faces and their labels for this view; the chosen one is always told in full."""
        style = STYLES.index(style_of(everybody, view.picture_rect().width() * view.picture_rect().height()))
        style = max(style, self._smallest) if live else style
        self._smallest = style
        brief = STYLES[style] == "brief"
        texts = tuple(label(who, brief=brief and place != chosen) for place, who in enumerate(everybody))
        return findings(tuple(everybody), texts, LARGE if STYLES[style] == "large" else "small")


def style_of(everybody: Sequence[Who], area: float) -> Style:
    """The largest style whose labels leave most of a picture of so many square pixels to be seen."""
    if _covered(everybody, LARGE) <= MOST_LARGE * area:
        return "large"
    return "small" if _covered(everybody, "small") <= MOST_SMALL * area else "brief"


def _covered(everybody: Sequence[Who], text: str) -> float:
    sizes = (label_size(label(who), text) for who in everybody)
    return sum(width * height for width, height in sizes)
