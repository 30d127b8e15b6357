"""A wall with portraits of drawn people, as one picture; and the sheets of portraits from which they are enrolled."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.faces.drawn import AROUND, draw_window
from engine.images import Frame, publish

Pixels = npt.NDArray[np.uint8]

WIDTH, HEIGHT = 1080, 620
WALL: Final = (214, 208, 198)
WOOD: Final = (112, 84, 60)
MAT: Final = (246, 243, 236)
EDGE, BORDER = 8, 14
HUNG: Final = (
    # person, view, left, top, side: the first four are enrolled, by other portraits; the last two are strangers
    (0, 27, 40, 50, 260), (7, 22, 365, 45, 180), (12, 28, 600, 60, 190), (14, 23, 850, 45, 180),
    (28, 23, 110, 385, 170), (13, 26, 420, 310, 235), (13, 27, 730, 345, 195),
)  # fmt: skip
ENROLLED: Final = (0, 7, 12, 14)
"""Who has a name in the drawn people's gallery; the others are strangers, one of them twice."""
VIEWS: Final = {0: (0, 7, 10, 20), 7: (1, 3, 4, 14), 12: (0, 13, 16, 20), 14: (0, 2, 3, 17)}
"""Of whom which views are enrolled: those of the first twenty-one that the cascade finds most surely."""
PORTRAITS, ACROSS = 4, 2
SIDE: Final = 210
GAP: Final = 24
"""Pixels of the wall around each portrait of a sheet: a face at the edge of a picture is easily overlooked."""


@cache
def scene() -> Frame:
    """The wall; the same Frame at every call."""
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    shade = np.linspace(1.0, 0.88, HEIGHT)[:, None, None]
    picture[:] = np.array(WALL) * shade
    for person, view, left, top, side in HUNG:
        _hang(picture, draw_window(person, view, AROUND, side), left, top)
    return Frame(publish(picture), "Drawn people")


def _hang(picture: Pixels, portrait: Pixels, left: int, top: int) -> None:
    """A portrait in a frame with a mat."""
    side = len(portrait)
    for grown, color in ((EDGE + BORDER, WOOD), (BORDER, MAT)):
        picture[max(top - grown, 0) : top + side + grown, max(left - grown, 0) : left + side + grown] = color
    picture[top : top + side, left : left + side] = portrait


@cache
def sheet(person: int) -> Frame:
    """Portraits of one person, two by two: each becomes a photo in the drawn people's gallery."""
    rows = -(-PORTRAITS // ACROSS)
    picture = np.empty((GAP + rows * (SIDE + GAP), GAP + ACROSS * (SIDE + GAP), 3), np.uint8)
    picture[:] = WALL
    for place, view in enumerate(VIEWS.get(person, range(PORTRAITS))):
        top, left = (GAP + at * (SIDE + GAP) for at in divmod(place, ACROSS))
        picture[top : top + SIDE, left : left + SIDE] = draw_window(person, view, AROUND, SIDE)
    return Frame(publish(picture), "drawn")
