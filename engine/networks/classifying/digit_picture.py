"""A drawn or photographed digit made like those of MNIST: bright on black, of one size, in the middle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.images import fit, luminance

Pixels = npt.NDArray[np.uint8]
Ink = npt.NDArray[np.float32]

FIELD, BOX, MIDDLE = 28, 20, 14
"""MNIST: a digit scaled into 20x20 in a field of 28x28, its centre of mass at pixel (14, 14) (LeCun et al. 1998)."""
THINNEST, BOLDEST = 1.7, 4.0
"""Width of a stroke in pixels of the field: the 5th and the 95th percentile of MNIST's digits."""
LEAST_CONTRAST = 32.0
FINEST = 640
"""Pixels of the longer side to which larger pictures are averaged down: ink is found in a camera's frame in time."""
_FAINT = 0.02  # share of the darkest ink that still is ink
_SPECK = 0.02  # share of the largest part's ink below which a part is dirt
_FIGURE = 0.15  # share of all ink from which a part may be a figure of its own
_GAP = 0.03  # width of the empty columns between two figures, as a share of the picture's width
_CROWDED = 0.4  # share of ink from which a picture is no drawing
_FINE = 2.0  # pixels of the picture to one of the field from which strokes can be made thinner or bolder


@dataclass(frozen=True, slots=True, eq=False)
class DigitPicture:
    """`seen` uint8[size, size], ink bright; `steps` in words; `note` where the picture is no single digit.

    `window` (left, top, right, bottom): where the ink was found, as shares of the picture.
    """

    seen: Pixels
    steps: tuple[str, ...]
    note: str = ""
    window: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


def normalise_digit(pixels: Pixels, size: int = 32) -> DigitPicture:
    """Find the ink of uint8[H, W, 3], scale it into 20x20 as it is, centre it by mass in 28x28, pad to `size`.

    The rim of the picture says what is paper. Raises UserError where there is no ink.
    """
    fine = fit(pixels, FINEST)
    ink, dark = _ink(luminance(fine))
    ink = _without_specks(ink)
    note = _note(ink)
    top, bottom, left, right = _bounds(ink)
    cut = ink[top:bottom, left:right]
    window = (left / ink.shape[1], top / ink.shape[0], right / ink.shape[1], bottom / ink.shape[0])
    height, width = cut.shape
    cut, changed = _usual_strokes(cut, max(height, width) / BOX)
    small = _scaled(cut)
    field = _centred(small)
    margin = (size - FIELD) // 2
    seen = np.pad(np.rint(field * 255).astype(np.uint8), margin)
    found = (
        f"{'dark ink on a light' if dark else 'light ink on a dark'} ground found, {width} × {height} pixels"
    )
    steps = [found + (", turned to bright on black" if dark else "")]
    if fine is not pixels:
        steps.insert(0, f"averaged down to {fine.shape[1]} × {fine.shape[0]} pixels")
    steps += [changed] if changed else []
    steps += [
        f"scaled to {small.shape[1]} × {small.shape[0]} (the longer side {BOX})",
        f"centred by its mass in {FIELD} × {FIELD}, padded to {size} × {size}",
    ]
    return DigitPicture(seen, tuple(steps), note, window)


def _ink(light: Ink) -> tuple[Ink, bool]:
    """How much ink lies on every pixel, 0..1, and whether it is darker than the paper."""
    rim = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    paper = float(np.median(rim))
    dark = paper > 127.5
    difference = paper - light if dark else light - paper
    # Grain and shade of photographed paper: what half of the rim's pixels stay below, three times over.
    grain = 3 * float(np.median(np.abs(rim - paper)))
    ink = np.clip(difference - grain, 0, None)
    strongest = float(ink.max())
    if strongest < LEAST_CONTRAST:
        if grain >= LEAST_CONTRAST:
            raise UserError(
                "No ink on plain ground was found: this looks like a photo.",
                "The net reads single digits on paper. Draw one, or choose another net for photos.",
            )
        raise UserError("Nothing is drawn yet.", "Draw a digit, as large as you like.")
    return (ink / np.float32(strongest)).astype(np.float32), dark


def _without_specks(ink: Ink) -> Ink:
    """Parts that hold next to none of the ink are dirt; they would make the found box too large."""
    from engine.cv import cv2

    count, labels = cv2.connectedComponents((ink > _FAINT).astype(np.uint8), connectivity=8)
    if count <= 2:
        return ink
    mass = np.bincount(labels.ravel(), weights=ink.ravel(), minlength=count)
    mass[0] = 0
    kept = mass >= _SPECK * mass.max()
    return np.where(kept[labels], ink, np.float32(0))


def _bounds(ink: Ink) -> tuple[int, int, int, int]:
    """Top, bottom, left, right of the ink."""
    rows = np.flatnonzero((ink > _FAINT).any(axis=1))
    columns = np.flatnonzero((ink > _FAINT).any(axis=0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _cut_out(ink: Ink) -> Ink:
    top, bottom, left, right = _bounds(ink)
    return ink[top:bottom, left:right]


def _usual_strokes(ink: Ink, scale: float) -> tuple[Ink, str]:
    """Strokes far thinner or bolder than MNIST's, drawn anew in a width that the net knows.

    `scale`: pixels of the picture to one of the field. Coarse pictures stay as they are.
    """
    if scale < _FINE:
        return ink, ""
    from engine.cv import cv2

    solid = np.pad((ink > 0.5).astype(np.uint8), 1)
    inside = cv2.distanceTransform(solid, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # Across a bar of width w the distance to its edge is w / 4 on average.
    width = 4 * float(inside[solid > 0].mean()) / scale
    wanted = min(max(width, THINNEST), BOLDEST)
    if abs(wanted - width) < 0.1:
        return ink, ""
    grow = (wanted - width) * scale / 2
    if grow < 0:
        thinner = np.clip(inside + grow, 0, 1).astype(np.float32)
        return _cut_out(
            thinner
        ), f"strokes made thinner, from {width:.1f} to {wanted:.1f} pixels of the result"
    reach = int(np.ceil(grow)) + 1
    outside = cv2.distanceTransform(
        np.pad(1 - solid, reach, constant_values=1), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
    )
    bolder = np.clip(grow + 1 - outside, 0, 1).astype(np.float32)
    return _cut_out(bolder), f"strokes made bolder, from {width:.1f} to {wanted:.1f} pixels of the result"


def _scaled(ink: Ink) -> Ink:
    """The longer side BOX pixels, the other in proportion; every pixel is the mean of its area."""
    from PIL import Image

    height, width = ink.shape
    longer = max(height, width)
    size = (max(1, round(width * BOX / longer)), max(1, round(height * BOX / longer)))
    if size == (width, height):
        return ink
    way = Image.Resampling.BOX if longer > BOX else Image.Resampling.BILINEAR
    small = np.asarray(Image.fromarray(ink).resize(size, way), np.float32)
    return np.asarray(np.clip(small / max(float(small.max()), _FAINT), 0, 1), np.float32)


def _centred(small: Ink) -> Ink:
    """float32[28, 28]: the centre of mass at pixel (14, 14), as nearly as whole pixels and the field allow."""
    height, width = small.shape
    mass = float(small.sum())
    row = float((small.sum(axis=1) * np.arange(height)).sum()) / mass
    column = float((small.sum(axis=0) * np.arange(width)).sum()) / mass
    top = min(max(round(MIDDLE - row), 0), FIELD - height)
    left = min(max(round(MIDDLE - column), 0), FIELD - width)
    field = np.zeros((FIELD, FIELD), np.float32)
    field[top : top + height, left : left + width] = small
    return field


def _note(ink: Ink) -> str:
    """A sentence where the picture is no single digit on paper."""
    if float((ink > 0.5).mean()) > _CROWDED:
        return "This looks like a photo. The net was trained on single digits on plain ground and knows nothing else."
    figures = _figures(ink)
    if figures > 1:
        return (
            f"There seem to be {figures} figures. The net sees them squeezed into one picture and can only answer with "
            "one digit."
        )
    return ""


def _figures(ink: Ink) -> int:
    """How many groups of ink stand side by side, with empty columns between them."""
    columns = np.where(ink > _FAINT, ink, 0).sum(axis=0)
    filled = columns > 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], filled, [False]]).astype(np.int8)))
    runs = list(zip(edges[::2], edges[1::2], strict=True))
    least = max(1.0, _GAP * len(columns))
    groups: list[tuple[int, int]] = []
    for start, end in runs:
        if groups and start - groups[-1][1] < least:
            groups[-1] = (groups[-1][0], end)
        else:
            groups.append((start, end))
    total = float(columns.sum())
    return sum(float(columns[start:end].sum()) >= _FIGURE * total for start, end in groups)
