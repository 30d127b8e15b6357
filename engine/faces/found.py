"""What is known about a face in a picture. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the picture."""
Embedding = npt.NDArray[np.float32]
"""float32[D] of length 1."""

Aligned = Literal["points", "turned box", "box"]
"""What a crop is aligned by: five landmarks; place and size of the box and the landmarks' turn; the box alone."""

POINTS: Final = ("right eye", "left eye", "nose", "right corner of the mouth", "left corner of the mouth")
"""Landmarks in the order of YuNet; right and left are the person's own, so the right eye is left in the picture."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Whether a face is good enough to be enrolled.

    `size`: the shorter side of its box in pixels. `sharpness`: variance of the Laplacian of the aligned crop, in
    squared grey levels. `light`: mean grey level, `contrast`: its standard deviation, both 0..255. `yaw`, `pitch`,
    `roll`: where the head is turned, in degrees, estimated from the landmarks, None without five of them; yaw grows
    as the person turns to their own left.
    """

    size: float
    sharpness: float
    light: float
    contrast: float
    yaw: float | None = None
    pitch: float | None = None
    roll: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face in a picture.

    `landmarks`: float32[5, 2] in pixels of the picture (see POINTS), None where they were of no use. `crop`: uint8[112,
    112, 3] RGB, aligned (by what `aligned` says) to the five-point template of that size, whatever the embedder: each
    reads its window of it. `around`: uint8[h, w, 3] RGB, the head with its surroundings (twice the box, at most 320
    pixels a side): what is kept of the photo when the face is enrolled, so that nobody else in it is.
    `embedding`: float32[D] of length 1, None where none was asked for. `track`: the same number from
    frame to frame, None in still pictures.
    """

    box: Box
    score: float
    landmarks: npt.NDArray[np.float32] | None
    crop: npt.NDArray[np.uint8]
    around: npt.NDArray[np.uint8]
    quality: Quality
    embedding: Embedding | None = None
    track: int | None = None
    aligned: Aligned = "points"
