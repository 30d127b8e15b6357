"""Which kernel a person picked: the catalogue of kernels, what can be set on each, and the weights that follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal, get_args

import numpy as np

from engine.foundations.edges import kernels
from engine.foundations.edges.kernels import Build, FloatArray

KernelName = Literal[
    "sobel", "prewitt", "scharr", "laplacian-4", "laplacian-8", "gabor", "box", "gaussian", "sharpen", "emboss",
    "identity", "custom",
]  # fmt: skip
Parameter = Literal["size", "angle", "sigma", "wavelength", "phase", "aspect"]

SMALL: Final = (3, 5, 7)
ODD: Final = (3, 5, 7, 9, 11)
LARGEST: Final = ODD[-1]


@dataclass(frozen=True, slots=True)
class Entry:
    """One kernel of the catalogue.

    `sizes`: the sides it comes in; `uses`: what else can be set on it; `derivative`: the vertical edge of a kernel that
    turns; `keeps_brightness`: its weights sum to one, so that the answer is a picture again.
    """

    name: KernelName
    title: str
    description: str
    source: str
    sizes: tuple[int, ...] = SMALL
    uses: tuple[Parameter, ...] = ()
    derivative: Build | None = None
    keeps_brightness: bool = False

    @property
    def turns(self) -> bool:
        return "angle" in self.uses


ENTRIES: Final[tuple[Entry, ...]] = (
    Entry(
        "sobel", "Sobel", "Left minus right; the middle row counts twice.", "Sobel & Feldman, 1968", uses=("angle",),
        derivative=kernels.sobel,
    ),
    Entry(
        "prewitt", "Prewitt", "Left minus right; every row counts alike.", "Prewitt, 1970", uses=("angle",),
        derivative=kernels.prewitt,
    ),
    Entry(
        "scharr", "Scharr", "Weights 3, 10, 3: the direction comes out truer.", "Scharr, 2000", uses=("angle",),
        derivative=kernels.scharr,
    ),
    Entry(
        "laplacian-4", "Laplacian, 4 neighbours", "Second derivative: neighbours minus the middle, any direction.",
        "five-point difference; for edges: Marr & Hildreth, 1980",
    ),
    Entry(
        "laplacian-8", "Laplacian, 8 neighbours", "All others of the window minus the middle: corners count, too.",
        "nine-point difference; for edges: Marr & Hildreth, 1980",
    ),
    Entry(
        "gabor", "Gabor", "A wave under a Gaussian: answers one direction and one width.",
        "Gabor, 1946; Daugman, 1985", sizes=ODD, uses=("angle", "sigma", "wavelength", "phase", "aspect"),
    ),
    Entry("box", "Box blur", "The mean of the window.", "moving average", sizes=ODD, keeps_brightness=True),
    Entry(
        "gaussian", "Gaussian blur", "A mean in which near pixels count more.", "e.g. Marr & Hildreth, 1980",
        sizes=ODD, uses=("sigma",), keeps_brightness=True,
    ),
    Entry(
        "sharpen", "Sharpen", "The input minus its Laplacian.", "unsharp masking", keeps_brightness=True,
    ),
    Entry(
        "emboss", "Emboss", "Light from the upper left.", "common in paint programs", keeps_brightness=True,
    ),
    Entry(
        "identity", "Identity", "Gives the input back.", "the unit of convolution", sizes=(3,), keeps_brightness=True,
    ),
    Entry("custom", "Custom", "Numbers of your own, typed over the cells of a kernel.", "typed here", sizes=ODD),
)  # fmt: skip
_BY_NAME: Final = {entry.name: entry for entry in ENTRIES}
NAMES: Final[tuple[KernelName, ...]] = get_args(KernelName)
GRADIENTS: Final[tuple[KernelName, ...]] = tuple(e.name for e in ENTRIES if e.derivative is not None)
TURNING: Final[tuple[KernelName, ...]] = tuple(e.name for e in ENTRIES if e.turns)

_PLAIN: Final[dict[str, Build]] = {
    "laplacian-4": kernels.laplacian, "laplacian-8": kernels.laplacian_8, "box": kernels.box_blur,
    "sharpen": kernels.sharpen, "emboss": kernels.emboss, "identity": kernels.identity,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EdgeKernel:
    """A kernel of the catalogue with its settings; those that it does not use are ignored.

    `size` cells a side, `angle` and `phase` in degrees, `sigma` and `wavelength` in cells, `aspect` how much shorter a
    Gabor kernel is across its wave than along it (1: round), `cells` the weights of a custom kernel row by row.
    """

    name: KernelName = "sobel"
    size: int = 3
    angle: float = 0.0
    sigma: float = 2.0
    wavelength: float = 6.0
    phase: float = 90.0
    aspect: float = 0.6
    cells: tuple[float, ...] = ()

    @property
    def entry(self) -> Entry:
        return _BY_NAME[self.name]


def entry(name: str) -> Entry:
    """The catalogue's entry of a name. Raises KeyError."""
    return {str(one.name): one for one in ENTRIES}[name]


@lru_cache(maxsize=64)
def weight(kernel: EdgeKernel) -> FloatArray:
    """float64[size, size] (read-only), as it is correlated with the input."""
    plane = _built(kernel)
    plane.flags.writeable = False
    return plane


def _built(kernel: EdgeKernel) -> FloatArray:
    if kernel.entry.derivative is not None:
        return kernels.steered(*pair(kernel), kernel.angle)
    if kernel.name == "gabor":
        return kernels.gabor(
            kernel.size, kernel.angle, kernel.sigma, kernel.wavelength, kernel.phase, kernel.aspect
        )
    if kernel.name == "custom":
        return np.array(kernel.cells or (0.0,) * kernel.size**2).reshape(kernel.size, kernel.size)
    if kernel.name == "gaussian":
        return kernels.gaussian_blur(kernel.size, kernel.sigma)
    return _PLAIN[kernel.name](kernel.size, kernel.size)


def custom(plane: FloatArray) -> EdgeKernel:
    """The kernel of weights that somebody typed, float64[k, k]."""
    return EdgeKernel("custom", len(plane), cells=tuple(float(value) for value in plane.flat))


def resized(kernel: EdgeKernel, size: int) -> EdgeKernel:
    """A kernel in another size; what was typed keeps its place around the middle, what is new is 0."""
    if kernel.name != "custom":
        return replace(kernel, size=size)
    plane, reach, kept = np.zeros((size, size)), size // 2, min(size, kernel.size) // 2
    old = kernel.size // 2
    plane[reach - kept : reach + kept + 1, reach - kept : reach + kept + 1] = weight(kernel)[
        old - kept : old + kept + 1, old - kept : old + kept + 1
    ]
    return replace(kernel, size=size, cells=custom(plane).cells)


@lru_cache(maxsize=64)
def pair(kernel: EdgeKernel) -> tuple[FloatArray, FloatArray]:
    """The vertical and the horizontal edge kernel (read-only) that a gradient is made of.

    Raises ValueError for other kernels.
    """
    build = kernel.entry.derivative
    if build is None:
        raise ValueError(f"{kernel.entry.title} is no gradient kernel")
    planes = build(kernel.size, kernel.size), kernels.transposed(build)(kernel.size, kernel.size)
    for plane in planes:
        plane.flags.writeable = False
    return planes


def gain(plane: FloatArray) -> float:
    """The sum of the positive weights: what a kernel answers at most to a step of 1; 1 for an empty one."""
    return float(np.where(plane > 0, plane, 0.0).sum()) or 1.0
