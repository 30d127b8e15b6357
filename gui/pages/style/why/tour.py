"""The states in which the tour shows the view: the four looks at the costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from gui.pages.style.paint.tour import FIRST
from gui.pages.style.why.settings import WhySettings

HERE: Final = replace(FIRST, view="why")

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "grams",
        "What the style cost compares",
        "Gram matrices of style and painting with their difference; a cell opens the two maps that it is of.",
        HERE,
    ),
    (
        "rebuild",
        "What layers keep",
        "Content alone and style alone, painted from noise out of one depth of the net.",
        replace(HERE, why=WhySettings(part="rebuild", depth="features.relu2_2")),
    ),
    (
        "contributions",
        "Who contributes",
        "The share of every term in J over the run; the texture that each layer makes alone.",
        replace(HERE, why=WhySettings(part="shares")),
    ),
    (
        "worked",
        "The cost by hand",
        "Two maps of 2 × 2 numbers: Gram matrices, their difference, the cost and its gradient.",
        replace(HERE, why=WhySettings(part="worked")),
    ),
)
