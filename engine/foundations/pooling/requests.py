"""What the engine can be asked about poolings, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.foundations.pooling.spec import FloatArray, PoolSpec
from engine.images import Frame
from engine.mailbox import Mailbox


@dataclass(frozen=True, slots=True, eq=False)
class CheckPooling:
    """Compute this pooling and its gradient with torch and compare. Answer: engine.foundations.requests.CheckResult.

    ``x`` [C, H, W]; ``output`` and its gradient ``grad_output`` [C, Ho, Wo]; ``grad_input`` [C, H, W]; ``dice``
    [C, Ho, Wo] in 0..1, and ``expected`` [C, Ho, Wo], the weighted output, are for stochastic pooling alone.
    """

    x: FloatArray
    spec: PoolSpec
    output: FloatArray
    grad_output: FloatArray
    grad_input: FloatArray
    dice: FloatArray | None = None
    expected: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CheckShift:
    """Compute what a shift is compared by with torch. Answer: engine.foundations.requests.CheckResult.

    ``before``, ``after`` [C, H, W]; ``maxima``, ``averages``, ``every`` are pairs of outputs [C, Ho, Wo] before and
    after: of max pooling, average pooling, and every s-th value. The windows are those of ``spec``.
    """

    before: FloatArray
    after: FloatArray
    spec: PoolSpec
    maxima: tuple[FloatArray, FloatArray]
    averages: tuple[FloatArray, FloatArray]
    every: tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class PoolPicture:
    """Pool a whole picture: ``pixels`` uint8[H, W, 3] RGB, every channel on its own. Answer: PoolPictureResult.

    A picture of more than two million pixels is averaged down first. ``seed`` rolls the dice of stochastic pooling.
    """

    pixels: npt.NDArray[np.uint8]
    spec: PoolSpec
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class LivePoolPicture:
    """Pool the newest frame of a mailbox, again and again, until cancelled or until the mailbox is closed.

    Every answer is a partial PoolPictureResult that carries its frame.
    """

    frames: Mailbox[Frame]
    spec: PoolSpec
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class PoolPictureResult:
    """A pooled picture.

    ``values`` float32[3, Ho, Wo] (read-only) are the true values, ``shown`` uint8[Ho, Wo, 3] the same as colours from
    black at 0 to white at ``white`` (255, or more for L2, whose sums grow with the window). ``pixels``
    uint8[H, W, 3] is the picture that was pooled, ``note`` what was done to it first; ``seconds`` the time of the
    pooling alone.
    """

    values: npt.NDArray[np.float32]
    shown: npt.NDArray[np.uint8]
    white: float
    pixels: npt.NDArray[np.uint8]
    spec: PoolSpec
    seconds: float
    frame: Frame | None = None
    note: str = ""

    seed: int = 0

    @property
    def extremes(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        values: npt.NDArray[Any] = self.values
        return float(values.min()), float(values.max())


@dataclass(frozen=True, slots=True, eq=False)
class CheckPicture:
    """Pool a whole picture with torch and compare. Answer: engine.foundations.requests.CheckResult."""

    result: PoolPictureResult
