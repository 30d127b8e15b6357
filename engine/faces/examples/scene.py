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
    (0, 21, 40, 50, 260), (7, 22, 365, 45, 180), (12, 23, 600, 60, 190), (14, 24, 850, 45, 180),
    (5, 25, 110, 385, 170), (13, 26, 420, 310, 235), (13, 27, 730, 345, 195),
)  # fmt: skip
ENROLLED: Final = (0, 7, 12, 14)
"""Who has a name in the drawn people's gallery; the others are strangers, one of them twice."""
PORTRAITS: Final = 4
SIDE: Final = 220


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
    """Portraits of one person side by side: each becomes a photo in the drawn people's gallery."""
    row = [draw_window(person, view, AROUND, SIDE) for view in range(PORTRAITS)]
    return Frame(publish(np.hstack(row)), "drawn")
