"""What the engine can be asked about convolutions, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.foundations.convolution import ConvSpec
from engine.images import Frame
from engine.mailbox import Mailbox

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class CheckConvolution:
    """Compute this convolution with torch and compare it with ``output``.

    ``x`` [C, H, W], ``weight`` [F, C/groups, kh, kw], ``bias`` [F] or None, ``output`` [F, Ho, Wo]. Answer:
    CheckResult.
    """

    x: Array
    weight: Array
    bias: Array | None
    spec: ConvSpec
    output: Array


@dataclass(frozen=True, slots=True)
class CheckResult:
    """``max_abs_difference`` between our values and torch's, both as they are; ``agrees`` where within
    ``tolerance``.

    The tolerance is 1e-5, or a millionth of the largest possible sum where that is more: float32 keeps seven
    digits. ``reference`` names what was compared with, such as "torch 2.8.0 conv2d float32".
    """

    max_abs_difference: float
    tolerance: float
    agrees: bool
    reference: str


@dataclass(frozen=True, slots=True, eq=False)
class WholeImage:
    """Convolve a whole picture: ``pixels`` uint8[H, W, 3] RGB, as one channel (luminance) or three, in
    0..255. A picture with more than two million pixels, or with such a response, is averaged down first.

    ``weight`` [F, channels/groups, kh, kw], ``bias`` [F] or None. Answer: WholeImageResult.
    """

    pixels: npt.NDArray[np.uint8]
    weight: Array
    bias: Array | None
    spec: ConvSpec
    channels: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class LiveWholeImage:
    """Convolve the newest frame of a mailbox, again and again, until cancelled or until the mailbox is
    closed.

    Every answer is a partial WholeImageResult that carries its frame.
    """

    frames: Mailbox[Frame]
    weight: Array
    bias: Array | None
    spec: ConvSpec
    channels: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class WholeImageResult:
    """The response of every filter to a picture.

    ``response`` float32[F, Ho, Wo] (read-only); ``low``, ``high`` its true extremes; ``robust_low``,
    ``robust_high`` the 1st and 99th percentile, for a display that single outliers do not darken; ``pixels``
    uint8[H, W, 3] is the picture that was convolved; ``seconds`` the time of the convolution; ``route`` what
    computed it; ``frame`` the frame of a live source. ``note`` says in a sentence what was done to the picture
    first (averaged down where it is too large), empty where nothing was. ``request`` is what was asked, with
    ``pixels`` as its picture: every number on show comes from it.
    """

    response: npt.NDArray[np.float32]
    low: float
    high: float
    robust_low: float
    robust_high: float
    seconds: float
    route: str
    pixels: npt.NDArray[np.uint8]
    frame: Frame | None = None
    note: str = ""
    request: WholeImage | None = None
