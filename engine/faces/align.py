"""Faces put upright into a crop of one size, eyes, nose and mouth where every embedder expects them."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.faces.found import Box

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

SIDE: Final = 112
"""Pixels a side of an aligned crop."""
TEMPLATE: Final = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)],
    np.float64,
)
"""Right eye, left eye, nose, corners of the mouth in a crop of 112 x 112 pixels (Deng et al. 2019, ArcFace)."""
USUAL_EYES: Final = ((0.31, 0.385), (0.69, 0.385))
"""Where eyes lie in the box of a cascade, as shares of its sides: for faces whose eyes were not found."""
USUAL_BOX: Final = (56.5, 63.5, 101.0)
"""Middle (x, y) and side of a cascade's box in an aligned crop: means over the ORL subjects that nets learned from."""
AROUND: Final = 2.0
"""The head with its surroundings, in boxes of the face."""
MOST_AROUND: Final = 320
MEANS_FROM: Final = 2.0
"""Pictures that shrink so many times are averaged; below, two neighbours tell enough, in a fifth of the time."""


def similarity(source: Floats, target: Floats) -> Floats:
    """The turn, scale and shift float64[2, 3] that brings points [N, 2] closest to others (Umeyama 1991).

    Raises ValueError for fewer than two points, or points that all lie in one place.
    """
    if source.shape != target.shape or len(source) < 2:
        raise ValueError(
            f"a similarity needs two points and their places, not {source.shape} and {target.shape}"
        )
    middle, wanted = source.mean(0), target.mean(0)
    own, other = source - middle, target - wanted
    spread = float((own**2).sum())
    if spread == 0:
        raise ValueError("all points lie in one place")
    u, strength, vt = np.linalg.svd(other.T @ own)
    mirror = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt)) or 1.0])
    turn = u @ np.diag(mirror) @ vt
    scale = float((strength * mirror).sum()) / spread
    return np.column_stack([scale * turn, wanted - scale * turn @ middle])


def align(pixels: Pixels, landmarks: npt.NDArray[np.floating]) -> Pixels:
    """uint8[112, 112, 3] of a face in uint8[H, W, 3]; beyond the picture its edge is repeated.

    `landmarks` [5, 2], or the eyes alone [2, 2], in pixels of the picture.
    """
    from engine.cv import cv2

    points = np.asarray(landmarks, np.float64)
    matrix = similarity(points, TEMPLATE[: len(points)])
    crop = cv2.warpAffine(
        pixels, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(crop, np.uint8)


def usual_eyes(box: Box) -> Floats:
    """float64[2, 2]: where the eyes of a face usually are in its box."""
    left, top, right, bottom = box
    shares = np.array(USUAL_EYES)
    return np.asarray(np.array([left, top]) + shares * np.array([right - left, bottom - top]))


def turned_template(box: Box, landmarks: npt.NDArray[np.floating]) -> Floats:
    """float64[5, 2]: where a cascade's box usually has the template's points, turned as the landmarks are.

    A cascade's box tells place and size more steadily than a small net's points, which tell the turn. Raises ValueError
    for landmarks [5, 2] that all lie in one place.
    """
    left, top, right, bottom = box
    x, y, side = USUAL_BOX
    upright = similarity(np.asarray(landmarks, np.float64), TEMPLATE)[:, :2]
    places = (TEMPLATE - (x, y)) * (right - left) / side
    centre = places.mean(0)
    middle = np.array([(left + right) / 2, (top + bottom) / 2])
    return np.asarray(middle + centre + (places - centre) @ upright / np.hypot(*upright[:, 0]))


def around(pixels: Pixels, box: Box) -> Pixels:
    """uint8[h, w, 3]: the head with its surroundings as far as they are in the picture, at most 320 pixels a side."""
    left, top, right, bottom = box
    reach = AROUND * max(right - left, bottom - top) / 2
    x, y = (left + right) / 2, (top + bottom) / 2
    height, width = pixels.shape[:2]
    x0, x1 = (int(np.clip(v, 0, width)) for v in (min(x - reach, width - 1), x + reach))
    y0, y1 = (int(np.clip(v, 0, height)) for v in (min(y - reach, height - 1), y + reach))
    part = pixels[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    scale = min(MOST_AROUND / max(part.shape[:2]), 1.0)
    if scale == 1:
        return np.array(part, np.uint8)
    return shrunk(part, (max(round(part.shape[1] * scale), 1), max(round(part.shape[0] * scale), 1)))


def shrunk(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """uint8[h, w, 3] of a larger picture, `size` (w, h): means of areas from MEANS_FROM on, else between neighbours."""
    from engine.cv import cv2

    by = max(pixels.shape[1] / size[0], pixels.shape[0] / size[1])
    way = cv2.INTER_AREA if by >= MEANS_FROM else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)
