"""How much is written on the faces of a picture: large where there is room, the bare names in a crowd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gui.pages.faces.recognise.resolve import Who, findings, label
from gui.widgets.found_paint import label_size
from gui.widgets.found_view import Findings, FoundView


@dataclass(frozen=True, slots=True)
class Style:
    """`text`: a step of the type scale. `brief`: names alone. `share`: of the picture that labels may cover then."""

    text: str
    share: float
    brief: bool = False


STYLES: Final = (
    Style("title", 0.07),
    Style("section", 0.1),
    Style("small", 0.16),
    Style("small", 1.0, brief=True),
)
"""The first is read from the last row."""


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
        room = view.picture_rect()
        style = style_of(everybody, room.width() * room.height())
        self._smallest = max(style, self._smallest) if live else style
        return labelled(everybody, self._smallest, chosen)


def labelled(everybody: Sequence[Who], style: int, chosen: int | None = None) -> Findings:
    """Faces with their labels in one of STYLES."""
    wanted = STYLES[style]
    texts = tuple(label(who, brief=wanted.brief and place != chosen) for place, who in enumerate(everybody))
    return findings(tuple(everybody), texts, wanted.text)


def style_of(everybody: Sequence[Who], area: float) -> int:
    """The first of STYLES whose labels leave most of a picture of so many square pixels to be seen."""
    for place, style in enumerate(STYLES[:-1]):
        if _covered(everybody, style.text) <= style.share * area:
            return place
    return len(STYLES) - 1


def _covered(everybody: Sequence[Who], text: str) -> float:
    sizes = (label_size(label(who), text) for who in everybody)
    return sum(width * height for width, height in sizes)
