"""The kernels that are to be found: edges at any angle, blur, identity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from engine.foundations.presets import kernel_preset

FloatArray = npt.NDArray[np.float64]
TargetName = Literal["sobel", "scharr", "prewitt", "blur", "identity", "hidden"]
SIZES: Final = (3, 5, 7)
MOST_ANGLE: Final = 359


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of target: its name, title, what it is in a sentence, whether it can be turned."""

    name: TargetName
    title: str
    text: str
    turns: bool = False


TARGETS: Final = (
    Target("sobel", "Sobel edge", "Left minus right, the middle row counts double.", turns=True),
    Target("scharr", "Scharr edge", "Weights 3, 10, 3: alike for edges of any direction.", turns=True),
    Target("prewitt", "Prewitt edge", "Left minus right, every row alike.", turns=True),
    Target("blur", "Gaussian blur", "A mean in which near pixels count more."),
    Target("identity", "Identity", "Gives the photo back."),
    Target("hidden", "Hidden kernel", "Typed by the teacher, covered until it is revealed."),
)
_EDGES: Final = {
    "sobel": ("sobel-vertical", "sobel-horizontal"),
    "scharr": ("scharr-vertical", "scharr-horizontal"),
    "prewitt": ("vertical-edge", "horizontal-edge"),
}


def target(name: str) -> Target:
    """The target of a name. Raises KeyError."""
    return {one.name: one for one in TARGETS}[name]  # type: ignore[index]


def target_kernel(name: str, size: int = 3, angle: float = 0.0) -> FloatArray:
    """A target kernel, float64[k, k]. Raises KeyError for a name without numbers of its own ("hidden").

    `angle` turns an edge kernel, in degrees: 0 answers to vertical edges, 90 to horizontal ones. First derivatives are
    steerable: cos times the one plus sin times the other (Freeman & Adelson 1991). Larger edge kernels are scaled to
    the sum of magnitudes of the 3 × 3 one, so that their responses have about the same size.
    """
    if name == "blur":
        return _plane("gaussian", size)
    if name == "identity":
        return _plane("identity", size)
    vertical, horizontal = (_edge(preset, size) for preset in _EDGES[name])
    turn = math.radians(angle)
    steered: FloatArray = math.cos(turn) * vertical + math.sin(turn) * horizontal
    steered[np.abs(steered) < 1e-12] = 0.0
    return steered


def _edge(preset: str, size: int) -> FloatArray:
    plane = _plane(preset, size)
    return plane * float(np.abs(_plane(preset, 3)).sum() / np.abs(plane).sum())


def _plane(preset: str, size: int) -> FloatArray:
    plane: FloatArray = kernel_preset(preset).make(size)[0]
    return plane
