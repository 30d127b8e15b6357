"""The shapes of handwritten digits, from scenes like those that the bundled detector was trained on."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.context import Context
from engine.cv import cv2
from engine.detection.anchoring.requests import DigitShapes
from engine.images import publish
from engine.networks.importing import imported
from engine.training.digit_scenes import SceneMaker

FloatArray = npt.NDArray[np.float64]

SCENES: Final = 80
SIDE: Final = 320
STEP_SECONDS: Final = 0.03


def measure(request: DigitShapes, context: Context) -> Generator[Any, None, FloatArray]:
    """float64[N, 2]: width and height of every digit of the scenes, in shares of their side. Progress in scenes."""
    yield from imported("sklearn.datasets", context)
    digits = _digits()
    grey = np.full((SIDE, SIDE, 3), 128, np.uint8)  # where the training has photographs behind the paper
    maker = SceneMaker(digits, np.zeros(len(digits), np.int64), (grey,), SIDE)
    draw = np.random.default_rng(request.seed)
    yield context.progress(0, SCENES, "Drawing scenes")
    boxes: list[FloatArray] = []
    due = time.monotonic() + STEP_SECONDS
    while len(boxes) < SCENES:
        boxes.append(np.asarray(maker.scene(draw).boxes, np.float64))
        if time.monotonic() >= due:
            yield context.progress(len(boxes), SCENES, "Drawing scenes")
            due = time.monotonic() + STEP_SECONDS
    corners = np.concatenate(boxes)
    return publish((corners[:, 2:] - corners[:, :2]) / SIDE)


def _digits() -> npt.NDArray[np.uint8]:
    """uint8[N, 28, 28]: scikit-learn's digits of 8 x 8 pixels, enlarged to the form of MNIST's."""
    from sklearn.datasets import load_digits

    small = (load_digits().images * (255 / 16)).astype(np.uint8)
    large = np.zeros((len(small), 28, 28), np.uint8)
    for digit, image in zip(large, small, strict=True):
        digit[4:24, 4:24] = cv2.resize(image, (20, 20), interpolation=cv2.INTER_CUBIC)
    return large
