"""Inputs and kernels to start from, all with numbers that can be followed by eye.

Kernels have the sign of cross-correlation, as networks apply them: a vertical edge is +1, 0, -1 from left to
right and answers positively where bright turns to dark.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.foundations.edges import kernels
from engine.foundations.spec import ConvSpec

FloatArray = npt.NDArray[np.float64]

BRIGHT = 10.0
_NG_ROWS = "301274 158931 272513 013178 421628 245239"

# One draw of the convolution demo of the CS231n notes (Stanford). The page draws new numbers on every visit;
# these are the ones of the widely shared recording of it.
_CS231N_INPUT = (
    "00102 10201 10220 20020 21220",
    "21211 21201 02101 12222 01201",
    "21120 10010 01000 10210 22111",
)
_CS231N_FILTERS = (
    (
        ((-1, 0, 1), (0, 0, 1), (1, -1, 1)),
        ((-1, 0, 1), (1, -1, 1), (0, 1, 0)),
        ((-1, 1, 1), (1, 1, 0), (0, -1, 0)),
    ),
    (
        ((0, 1, -1), (0, -1, 0), (0, -1, 1)),
        ((-1, 0, 0), (1, -1, 0), (1, -1, 0)),
        ((-1, 1, -1), (0, -1, -1), (1, 0, 0)),
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class InputPreset:
    """An input to start from.

    Where ``fixed`` is a shape, `make` gives that. ``weight`` float64[F, C, kh, kw], ``bias`` float64[F] and
    ``spec`` come with examples that are more than an input.
    """

    name: str
    title: str
    description: str
    build: Callable[[int, int, int], FloatArray]
    fixed: tuple[int, int, int] | None = None
    weight: FloatArray | None = None
    bias: FloatArray | None = None
    spec: ConvSpec | None = None

    def make(self, height: int = 6, width: int = 6, channels: int = 1) -> FloatArray:
        """A new float64[C, H, W]; the sizes are ignored by a preset with a fixed shape."""
        return self.build(height, width, channels)


@dataclass(frozen=True, slots=True)
class KernelPreset:
    """A kernel that adapts to any size from ``min_size`` on; without ``build`` it is drawn at random.

    Below ``min_size`` (rows, columns) there is no such kernel: `make` gives zeros and `fits` is False.
    ``keeps_brightness``: the weights of all channels sum to one; other kernels stand on every channel as they
    are.
    """

    name: str
    title: str
    description: str
    build: Callable[[int, int], FloatArray] | None
    min_size: tuple[int, int] = (1, 1)
    keeps_brightness: bool = False

    def fits(self, size: int | tuple[int, int]) -> bool:
        """Whether a kernel of this size (side, or rows and columns) exists."""
        kh, kw = size if isinstance(size, tuple) else (size, size)
        return kh >= self.min_size[0] and kw >= self.min_size[1]

    def make(self, size: int | tuple[int, int] = 3, channels: int = 1, seed: int = 0) -> FloatArray:
        """One filter, float64[C, kh, kw]; the seed speaks for random ones."""
        kh, kw = size if isinstance(size, tuple) else (size, size)
        if self.build is None:
            return random_kernel((kh, kw), channels, seed)
        if not self.fits(size):
            return np.zeros((channels, kh, kw))
        plane = self.build(kh, kw) / (channels if self.keeps_brightness else 1)
        return np.repeat(plane[None], channels, axis=0)


def random_kernel(size: int | tuple[int, int] = 3, channels: int = 1, seed: int = 0) -> FloatArray:
    """float64[C, kh, kw] of whole numbers from -2 to 2, the same for the same seed."""
    kh, kw = size if isinstance(size, tuple) else (size, size)
    return np.random.default_rng(seed).integers(-2, 3, (channels, kh, kw)).astype(np.float64)


def input_preset(name: str) -> InputPreset:
    """The input preset of a name. Raises KeyError."""
    return {preset.name: preset for preset in INPUTS}[name]


def kernel_preset(name: str) -> KernelPreset:
    """The kernel preset of a name. Raises KeyError."""
    return {preset.name: preset for preset in KERNELS}[name]


# ------------------------------------------------------------------------------------------------ inputs


def _digits(rows: str) -> FloatArray:
    return np.array([[float(digit) for digit in row] for row in rows.split()])


def _columns(bounds: tuple[float, ...], values: tuple[float, ...]) -> Callable[[int, int, int], FloatArray]:
    """Vertical stripes: ``values`` change at these fractions of the width."""

    def build(height: int, width: int, channels: int) -> FloatArray:
        stripe = np.searchsorted(np.array(bounds) * width, np.arange(width) + 0.5)
        return np.broadcast_to(np.array(values)[stripe], (channels, height, width)).copy()

    return build


def _random(height: int, width: int, channels: int) -> FloatArray:
    return np.random.default_rng(231).integers(0, 10, (channels, height, width)).astype(np.float64)


def _ramp(height: int, width: int, channels: int) -> FloatArray:
    return np.arange(channels * height * width, dtype=np.float64).reshape(channels, height, width)


def _checkerboard(height: int, width: int, channels: int) -> FloatArray:
    c, y, x = np.ogrid[:channels, :height, :width]
    return np.where((y + x + c) % 2 == 0, BRIGHT, 0.0)


def _diagonal(height: int, width: int, channels: int) -> FloatArray:
    y, x = np.ogrid[:height, :width]
    return np.repeat(
        np.where(y * max(width - 1, 1) >= x * max(height - 1, 1), BRIGHT, 0.0)[None], channels, axis=0
    )


def _impulse(height: int, width: int, channels: int) -> FloatArray:
    x = np.zeros((channels, height, width))
    x[:, height // 2, width // 2] = 1.0
    return x


def _blob(height: int, width: int, channels: int) -> FloatArray:
    y, x = np.ogrid[:height, :width]
    distance = ((y - (height - 1) / 2) * 4 / max(height, 2)) ** 2 + (
        (x - (width - 1) / 2) * 4 / max(width, 2)
    ) ** 2
    return np.repeat(np.round(BRIGHT * np.exp(-distance / 2), 2)[None], channels, axis=0)


def _constant(values: FloatArray) -> Callable[[int, int, int], FloatArray]:
    return lambda height, width, channels: values.copy()


_VERTICAL = np.repeat(np.array([[1.0, 0.0, -1.0]]), 3, axis=0)
_EDGE = np.repeat(np.array([[BRIGHT] * 3 + [0.0] * 3]), 6, axis=0)

INPUTS: tuple[InputPreset, ...] = (
    InputPreset(
        "edge-6x6",
        "6x6 half bright",
        "Bright left, dark right, and the vertical edge filter: 30 at the edge, 0 elsewhere.",
        _constant(_EDGE[None]),
        fixed=(1, 6, 6),
        weight=_VERTICAL[None, None],
        bias=np.zeros(1),
        spec=ConvSpec(),
    ),
    InputPreset(
        "ng-6x6",
        "6x6 worked example",
        "Whole numbers and the vertical edge filter 1 0 -1: follow the first answer, -5, by hand.",
        _constant(_digits(_NG_ROWS)[None]),
        fixed=(1, 6, 6),
        weight=_VERTICAL[None, None],
        bias=np.zeros(1),
        spec=ConvSpec(),
    ),
    InputPreset(
        "cs231n",
        "CS231n figure, 5x5x3",
        "The example of the Stanford notes: padding 1, stride 2, two filters 3x3x3, biases 1 and 0. The page "
        "there draws new numbers on every visit; these are the ones of its widely shared recording.",
        _constant(np.stack([_digits(rows) for rows in _CS231N_INPUT])),
        fixed=(3, 5, 5),
        weight=np.array(_CS231N_FILTERS, dtype=np.float64),
        bias=np.array([1.0, 0.0]),
        spec=ConvSpec(stride=2, padding=1),
    ),
    InputPreset(
        "bright-dark",
        "Bright | dark",
        "One vertical edge: bright left, dark right.",
        _columns((0.5,), (BRIGHT, 0.0)),
    ),
    InputPreset(
        "dark-bright",
        "Dark | bright",
        "The edge the other way: the sign of the answer turns.",
        _columns((0.5,), (0.0, BRIGHT)),
    ),
    InputPreset(
        "bright-dark-bright",
        "Bright | dark | bright",
        "Two edges of opposite direction: one answers with plus, the other with minus.",
        _columns((1 / 3, 2 / 3), (BRIGHT, 0.0, BRIGHT)),
    ),
    InputPreset("random", "Random", "Whole numbers from 0 to 9, the same ones every time.", _random),
    InputPreset("ramp", "Ramp", "Counts up pixel by pixel: every cell tells where it is.", _ramp),
    InputPreset(
        "checkerboard",
        "Checkerboard",
        "Bright and dark in turn: the highest frequency there is.",
        _checkerboard,
    ),
    InputPreset(
        "diagonal", "Diagonal", "Bright below the diagonal: an edge in both directions at once.", _diagonal
    ),
    InputPreset(
        "impulse",
        "Impulse",
        "A single 1: convolution prints the kernel, cross-correlation prints it rotated.",
        _impulse,
    ),
    InputPreset("blob", "Gaussian blob", "A soft bright spot, without any edge.", _blob),
)

# ----------------------------------------------------------------------------------------------- kernels

KERNELS: tuple[KernelPreset, ...] = (
    KernelPreset(
        "identity",
        "Identity",
        "Gives the input back; for an even size the middle is up and left.",
        kernels.identity,
        keeps_brightness=True,
    ),
    KernelPreset(
        "vertical-edge",
        "Vertical edge",
        "Prewitt: left minus right, every row alike.",
        kernels.prewitt,
        (1, 2),
    ),
    KernelPreset(
        "horizontal-edge",
        "Horizontal edge",
        "Prewitt: above minus below, every column alike.",
        kernels.transposed(kernels.prewitt),
        (2, 1),
    ),
    KernelPreset(
        "sobel-vertical",
        "Sobel, vertical",
        "Left minus right, the middle rows count more.",
        kernels.sobel,
        (1, 2),
    ),
    KernelPreset(
        "sobel-horizontal",
        "Sobel, horizontal",
        "Above minus below, the middle columns count more.",
        kernels.transposed(kernels.sobel),
        (2, 1),
    ),
    KernelPreset(
        "scharr-vertical",
        "Scharr, vertical",
        "Weights 3, 10, 3: answers alike to edges of any direction.",
        kernels.scharr,
        (3, 2),
    ),
    KernelPreset(
        "scharr-horizontal",
        "Scharr, horizontal",
        "Weights 3, 10, 3: answers alike to edges of any direction.",
        kernels.transposed(kernels.scharr),
        (2, 3),
    ),
    KernelPreset(
        "laplacian",
        "Laplacian",
        "Second derivative: neighbours minus the middle, any direction.",
        kernels.laplacian,
        (3, 3),
    ),
    KernelPreset(
        "sharpen", "Sharpen", "The input minus its Laplacian.", kernels.sharpen, (3, 3), keeps_brightness=True
    ),
    KernelPreset(
        "box-blur",
        "Box blur",
        "The mean of the window.",
        kernels.box_blur,
        keeps_brightness=True,
    ),
    KernelPreset(
        "gaussian",
        "Gaussian blur",
        "A mean in which near pixels count more (binomial weights).",
        kernels.binomial_blur,
        keeps_brightness=True,
    ),
    KernelPreset(
        "emboss", "Emboss", "Light from the upper left.", kernels.emboss, (2, 2), keeps_brightness=True
    ),
    KernelPreset("random", "Random", "Whole numbers from -2 to 2, other ones on every channel.", None),
)
