"""The states in which the tour shows the view."""

from __future__ import annotations

from typing import Any, Final

from gui.pages.boxes.state import BoxesState
from gui.pages.boxes.target.settings import Labelled, TargetSettings

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "target",
        "Target vector",
        "One box on a photo, the vector that a net is to answer for it, and what the dashed guess costs.",
        BoxesState(),
    ),
    (
        "target-practice",
        "The loss in practice",
        "Logistic for p_c, roots of the sides as in YOLO, cross-entropy for the class, of the same guess.",
        BoxesState(target=TargetSettings(loss="practice", roots=True)),
    ),
    (
        "target-nothing",
        "Nothing here",
        "With p_c = 0 the target does not care about the rest: only the guess for p_c costs something.",
        BoxesState(target=TargetSettings(nothing=True)),
    ),
    (
        "target-several",
        "One vector, one object",
        "Three things on one photo: the vector has room for one of them, hence the grid of YOLO.",
        BoxesState(
            target=TargetSettings(
                classes=("person", "helmet", "shuttle"),
                boxes=(
                    Labelled((23 / 512, 13 / 512, 369 / 512, 1.0), 0),
                    Labelled((282 / 512, 343 / 512, 507 / 512, 1.0), 1),
                    Labelled((350 / 512, 0.0, 462 / 512, 292 / 512), 2),
                ),
                chosen=2,
                guessing=False,
            )
        ),
    ),
)
