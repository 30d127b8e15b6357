"""What a net reads of a frame, for those who show answers on it. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.images import Frame, publish
from engine.networks.classifying.preprocessing import InputRecipe, Prepared, Window, prepare


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a net reads of a frame.

    `pixels` uint8[side, side] or uint8[side, side, 3], before its normalisation; `window` (left, top, right, bottom)
    what of the frame that is, as shares. `photo`: the pixels are the window, scaled; not so for digits, which are
    found, scaled and centred.
    """

    frame: Frame
    pixels: npt.NDArray[np.uint8]
    window: Window
    photo: bool
    note: str = ""

    @property
    def side(self) -> int:
        return int(self.pixels.shape[0])


@lru_cache(maxsize=1)
def seen_by(how: InputRecipe, frame: Frame) -> tuple[Prepared, Seen]:
    """What a net with that recipe gets of a frame; kept, as a hand asks again and again about one large photo.

    Raises UserError where a digit is wanted and nothing is drawn.
    """
    prepared = prepare(frame.pixels, how)
    pixels = publish(prepared.seen)
    return prepared, Seen(frame, pixels, prepared.window, how.kind == "photo", prepared.note)
