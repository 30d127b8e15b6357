"""The digits of scikit-learn and what each kind of feature makes of them: float64[N, size] a kind."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from engine.context import Context
from engine.foundations.descriptors.colour_histogram import grey_histogram
from engine.foundations.descriptors.hog import (
    HogSpec,
    cell_histograms,
    gradients,
    normalised_blocks,
    orientation_bins,
    polar,
)
from engine.foundations.descriptors.words import described, lloyd, squared_distances, start
from engine.networks.classifying.loaded import LoadedNet, load
from engine.networks.zoo.lenet import LeNet5

FloatArray = npt.NDArray[np.float64]
Digits = npt.NDArray[np.uint8]

LEVELS: Final = 17
"""The pictures have grey levels 0 to 16."""
MARGIN: Final = 2
"""Empty pixels around each 8 x 8 digit, so that it can be moved without losing ink."""
HOG: Final = HogSpec(orientations=9, cell=9, block=2, norm="L2-Hys")
HOG_SCALE: Final = 3
"""Digits are enlarged before their HOG: chosen, with the cells, on the training digits of one split."""
WORDS: Final = 40
PATCH: Final = 4
MOST_PATCHES: Final = 6000
ROUNDS: Final = 12
NET: Final = "lenet5-digits"
NET_SIDE: Final = 32
NET_DIGIT: Final = 30
BATCH: Final = 250
TITLES: Final = {
    "histogram": "Grey histogram", "words": "Visual words", "hog": "HOG", "pixels": "Raw pixels",
    "learned": "LeNet-5 features",
}  # fmt: skip


def framed(digits: npt.NDArray[Any], shift: int = 0) -> Digits:
    """Digits [N, 8, 8] in a field with a margin, moved right and down: uint8[N, 12, 12]."""
    n, height, width = digits.shape
    field = np.zeros((n, height + 2 * MARGIN, width + 2 * MARGIN), np.uint8)
    top = MARGIN + shift
    field[:, top : top + height, top : top + width] = digits
    return field


def pixels(digits: Digits) -> FloatArray:
    """Every pixel as it is."""
    return digits.reshape(len(digits), -1) / (LEVELS - 1)


def histogram(digits: Digits) -> FloatArray:
    """How often each grey level occurs: no place is known any more."""
    return grey_histogram(digits, LEVELS)


def hog(digits: Digits) -> FloatArray:
    """The HOG of each digit, enlarged so that a gradient is more than the step between two pixels."""
    grey = np.stack([_resized(digit, HOG_SCALE * len(digit)) for digit in digits])
    g_row, g_col = gradients(grey.astype(np.float64))
    magnitude, angle = polar(g_row, g_col)
    votes = orientation_bins(angle, HOG.orientations)
    return np.stack(
        [
            normalised_blocks(cell_histograms(m, v, HOG), HOG).ravel()
            for m, v in zip(magnitude, votes, strict=True)
        ]
    )


def _resized(digit: Digits, side: int) -> npt.NDArray[np.float32]:
    from engine.cv import cv2

    grey = digit.astype(np.float32) / (LEVELS - 1)
    return np.asarray(cv2.resize(grey, (side, side), interpolation=cv2.INTER_LINEAR), np.float32)


def vocabulary(digits: Digits, seed: int) -> Generator[None, None, FloatArray]:
    """Words learned from the patches of training digits, float64[K, patch · patch]."""
    patches = _patches(digits).reshape(-1, PATCH, PATCH)
    draw = np.random.default_rng(seed)
    some = draw.choice(len(patches), min(MOST_PATCHES, len(patches)), replace=False)
    points = described(patches[some] * _TO_LEVELS, contrast=False)
    yield
    run = yield from lloyd(points, start(points, WORDS, seed), ROUNDS)
    return np.asarray(run.centres[-1])


def bag(digits: Digits, words: FloatArray) -> Generator[None, None, FloatArray]:
    """How often each word occurs in every digit, as shares."""
    bags = []
    for first in range(0, len(digits), BATCH):
        patches = _patches(digits[first : first + BATCH])
        n, each = patches.shape[:2]
        points = described(patches.reshape(n * each, PATCH, PATCH) * _TO_LEVELS, contrast=False)
        nearest = squared_distances(points, words).argmin(1).reshape(n, each)
        bags.append(np.stack([np.bincount(row, minlength=len(words)) for row in nearest]) / each)
        yield
    return np.concatenate(bags)


_TO_LEVELS: Final = 255.0 / (LEVELS - 1)


def _patches(digits: Digits) -> FloatArray:
    """All patches of each digit, float64[N, P, patch, patch]."""
    windows = np.lib.stride_tricks.sliding_window_view(digits, (PATCH, PATCH), axis=(1, 2))
    return np.asarray(windows.reshape(len(digits), -1, PATCH, PATCH), np.float64)


def learned(digits: Digits, context: Context) -> Generator[Any, None, FloatArray]:
    """The 84 numbers before LeNet-5's last layer; the net learned from other digits (MNIST), not from these."""
    net = yield from load(NET, context)
    features = []
    for first in range(0, len(digits), BATCH):
        features.append(_penultimate(net, digits[first : first + BATCH]))
        yield
    return np.concatenate(features)


def net_input(digits: Digits) -> npt.NDArray[np.float32]:
    """Digits uint8[N, 12, 12] scaled into the 32 x 32 picture that LeNet-5 knows, float32[N, 1, 32, 32] in 0..1."""
    border = (NET_SIDE - NET_DIGIT) // 2
    result = np.zeros((len(digits), 1, NET_SIDE, NET_SIDE), np.float32)
    inner = slice(border, border + NET_DIGIT)
    for index, digit in enumerate(digits):
        result[index, 0, inner, inner] = _resized(digit, NET_DIGIT)
    return result


def _penultimate(net: LoadedNet, digits: Digits) -> FloatArray:
    values = torch.from_numpy(net_input(digits))
    values = (values - net.preprocessing.mean[0]) / net.preprocessing.std[0]
    lenet = net.net
    assert isinstance(lenet, LeNet5)
    with torch.inference_mode():
        flat = torch.flatten(lenet.features(values.to(net.device)), 1)
        features = lenet.classifier[:-1](flat)
    return np.asarray(features.double().cpu().numpy())
