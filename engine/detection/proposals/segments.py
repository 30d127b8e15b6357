"""The regions that a search begins with: segments of a picture, their boxes, colours, textures and neighbours."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.detection.proposals.settings import SearchSettings
from engine.networks.steps import at_once

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Pixels = npt.NDArray[np.uint8]

COLOUR_BINS: Final = 25
"""Of hue, saturation and value each, as in the paper."""
DIRECTIONS: Final = 8
FLAT: Final = 4.0
"""Grey levels a pixel; what changes less has no direction."""
GRADIENT_SIGMA: Final = 1.0
TEXTURE_BINS: Final = DIRECTIONS + 1
"""Of red, green and blue each: the directions, and flat ground."""


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """What is known of R regions.

    `sizes` int64[R] in pixels; `boxes` float64[R, 4]: corners; `colour` float64[R, 75] and `texture` float64[R, 27]:
    histograms that each sum to 1.
    """

    sizes: IntArray
    boxes: FloatArray
    colour: FloatArray
    texture: FloatArray

    def __len__(self) -> int:
        return len(self.sizes)


def segment(pixels: Pixels, settings: SearchSettings) -> IntArray:
    """Labels int64[H, W], 0 to R - 1, of uint8[H, W, 3]: Felzenszwalb & Huttenlocher (2004), by scikit-image."""
    if min(pixels.shape[:2]) < 2:
        return np.zeros(pixels.shape[:2], np.int64)  # one row of pixels has no ways around a segment
    from skimage.segmentation import felzenszwalb

    labels = felzenszwalb(
        pixels, scale=settings.scale, sigma=settings.sigma, min_size=settings.min_size, channel_axis=-1
    )
    return np.unique(labels, return_inverse=True)[1].reshape(labels.shape).astype(np.int64)


def described(pixels: Pixels, labels: IntArray) -> Regions:
    """What is known of the regions of a label image."""
    return at_once(describe_steps(pixels, labels))


def describe_steps(pixels: Pixels, labels: IntArray) -> Generator[None, None, Regions]:
    """`described`, in steps of some milliseconds."""
    count = int(labels.max()) + 1
    sizes = np.bincount(labels.ravel(), minlength=count)
    boxes = boxes_of(labels, count)
    yield
    colour = _histograms(labels, colour_bins(pixels), COLOUR_BINS, sizes)
    yield
    bins = []
    for channel in range(3):
        bins.append(direction_bins(pixels[..., channel]))
        yield
    texture = _histograms(labels, np.stack(bins, -1), TEXTURE_BINS, sizes)
    return Regions(sizes.astype(np.int64), boxes, colour, texture)


def boxes_of(labels: IntArray, count: int) -> FloatArray:
    """float64[count, 4]: the corners of the smallest box around each label."""
    rows, columns = np.indices(labels.shape)
    flat = labels.ravel()
    boxes = np.empty((count, 4))
    for place, (values, edge) in enumerate(((columns, np.minimum), (rows, np.minimum))):
        low = np.full(count, np.inf)
        edge.at(low, flat, values.ravel())
        high = np.full(count, -np.inf)
        np.maximum.at(high, flat, values.ravel())
        boxes[:, place], boxes[:, place + 2] = low, high + 1
    return boxes


def colour_bins(pixels: Pixels) -> IntArray:
    """int64[H, W, 3]: the bin of every pixel's hue, saturation and value."""
    from skimage.color import rgb2hsv

    return np.asarray(np.minimum((rgb2hsv(pixels) * COLOUR_BINS).astype(np.int64), COLOUR_BINS - 1))


def direction_bins(channel: Pixels) -> IntArray:
    """int64[H, W]: which of eight directions the gradient of one channel points to, 8 where the ground is flat.

    The derivatives are those of a Gaussian of one pixel; bin 0 is centred on the direction to the right, bin 2 on the
    one down. The paper has the strengths of the derivatives in eight directions in their place.
    """
    from scipy.ndimage import gaussian_filter

    values = channel.astype(np.float64)
    across = gaussian_filter(values, GRADIENT_SIGMA, order=(0, 1), mode="nearest")
    down = gaussian_filter(values, GRADIENT_SIGMA, order=(1, 0), mode="nearest")
    turn = np.arctan2(down, across) * (DIRECTIONS / (2 * np.pi))
    bins = np.rint(turn).astype(np.int64) % DIRECTIONS
    return np.asarray(np.where(np.hypot(across, down) < FLAT, DIRECTIONS, bins))


def neighbour_pairs(labels: IntArray) -> IntArray:
    """int64[P, 2]: the pairs of labels, smaller one first, with pixels side by side or one above the other."""
    sides = [
        np.stack([first.ravel(), second.ravel()], 1)
        for first, second in ((labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:]))
    ]
    pairs = np.sort(np.concatenate(sides), 1)
    return np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)


def _histograms(labels: IntArray, bins: IntArray, count: int, sizes: IntArray) -> FloatArray:
    """float64[R, 3 * count] of bins [H, W, 3]: every pixel votes once in each of three channels; rows sum to 1."""
    places = (labels[..., None] * 3 + np.arange(3)) * count + bins
    votes = np.bincount(places.ravel(), minlength=len(sizes) * 3 * count)
    return np.asarray(votes.reshape(len(sizes), 3 * count) / (3.0 * sizes[:, None]))
