"""The "checked" badges: the same descriptor from the same picture, by OpenCV, scikit-image or scikit-learn."""

from __future__ import annotations

import importlib
from collections.abc import Generator
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from engine.context import Context
from engine.foundations.descriptors.colour_histogram import GREY_BELOW, LEVELS, ColourHistogram
from engine.foundations.descriptors.hog import Hog
from engine.foundations.descriptors.requests import CheckDescriptor
from engine.foundations.descriptors.words import VisualWords
from engine.foundations.requests import CheckResult

HOG_TOLERANCE: Final = 1e-6
"""scikit-image adds up the votes of a cell in float32."""
WORDS_TOLERANCE: Final = 1e-6
_IMPORTED_FIRST: Final = (
    "scipy.sparse", "scipy.linalg", "scipy.special", "scipy.spatial", "scipy.optimize", "scipy.integrate",
    "scipy.interpolate", "scipy.ndimage", "scipy.stats", "sklearn", "sklearn.utils", "sklearn.metrics",
    "sklearn.cluster", "sklearn.neighbors", "sklearn.linear_model", "sklearn.datasets",
)  # fmt: skip
"""scikit-learn takes a second to import: part after part, so that others get their turn in between."""


def check(request: CheckDescriptor, context: Context) -> Generator[Any, None, CheckResult]:
    """Answer a CheckDescriptor."""
    described = request.described
    yield
    if isinstance(described, ColourHistogram):
        return check_histogram(described)
    if isinstance(described, Hog):
        return check_hog(described)
    yield from import_learning()
    return check_words(described)


def import_learning() -> Generator[None, None, None]:
    """Import scikit-learn, one part a step."""
    for name in _IMPORTED_FIRST:
        importlib.import_module(name)
        yield


def check_histogram(found: ColourHistogram) -> CheckResult:
    """Against OpenCV's calcHist; the hue, which OpenCV rounds to two degrees, against scikit-image's rgb2hsv."""
    from engine.cv import cv2

    bins = found.spec.bins
    if found.spec.space == "hue":
        theirs, reference = _hue_by_skimage(found), f"scikit-image {version('scikit-image')} rgb2hsv"
    else:
        reference = f"OpenCV {cv2.__version__} calcHist"
        channels = [[0], [1], [2]] if found.spec.space == "channels" else [[0, 1, 2]]
        ranges = [0.0, float(LEVELS)]
        theirs = np.stack(
            [
                cv2.calcHist([found.pixels], used, None, [bins] * len(used), ranges * len(used)).ravel()
                for used in channels
            ]
        )
    difference = float(np.abs(theirs - found.counts).max())
    return CheckResult(difference, 0.0, difference == 0, reference)


def _hue_by_skimage(found: ColourHistogram) -> np.ndarray[Any, np.dtype[Any]]:
    from skimage.color import rgb2hsv

    hue, saturation, _ = np.moveaxis(rgb2hsv(found.pixels), -1, 0)
    # A hue on the edge of a bin is a rounded fraction there and an exact one here.
    places = np.floor(np.round(hue * found.spec.bins, 9)).astype(int) % found.spec.bins
    coloured = (np.round(saturation * 100, 9) >= GREY_BELOW) & (saturation > 0)
    return np.bincount(places[coloured], minlength=found.spec.bins)[None]


def check_hog(found: Hog) -> CheckResult:
    """Against skimage.feature.hog on the same grey levels."""
    from skimage.feature import hog

    spec = found.spec
    theirs = hog(
        found.grey, spec.orientations, (spec.cell, spec.cell), (spec.block, spec.block), block_norm=spec.norm
    )
    same = theirs.shape == found.descriptor.shape
    difference = float(np.abs(theirs - found.descriptor).max()) if same else float("inf")
    reference = f"scikit-image {version('scikit-image')} hog"
    return CheckResult(difference, HOG_TOLERANCE, difference <= HOG_TOLERANCE, reference)


def check_words(found: VisualWords) -> CheckResult:
    """Against scikit-learn's KMeans from the same start, for as many rounds."""
    from sklearn.cluster import KMeans

    run = found.run
    updates = len(run.labels) - 1
    reference = f"scikit-learn {version('scikit-learn')} KMeans"
    model = KMeans(found.words, init=run.centres[0], n_init=1, max_iter=max(updates, 1), tol=0.0)
    theirs = _quietly(model.fit, found.points).cluster_centers_
    ours = run.centres[-1] if updates else np.asarray(theirs)
    difference = float(np.abs(theirs - ours).max())
    return CheckResult(difference, WORDS_TOLERANCE, difference <= WORDS_TOLERANCE, reference)


def _quietly(fit: Any, points: Any) -> Any:
    """Fit without the warning about fewer rounds than would be needed: as many are asked for as there were."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return fit(points)
