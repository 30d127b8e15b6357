"""What the engine can be asked about signals and volumes, and what it answers. Free of torch: the page imports it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.foundations.signals.spec import Sizes, SlideSpec
from engine.foundations.spec import FloatArray

Voxels = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ReadSignal:
    """Read a signal from a WAV, CSV, text or .npy file. Answer: engine.foundations.signals.ecg.Signal."""

    path: str


@dataclass(frozen=True, slots=True)
class ReadVolume:
    """Read a volume from a folder of slices or a .npy file. Answer: Volume."""

    path: str


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """``voxels`` float32[D, H, W] (read-only) in ``unit``; ``note`` says what was done to a file on reading."""

    voxels: Voxels
    unit: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CheckSlide:
    """Compute this convolution along one, two or three axes with torch and compare it with ``output``.

    ``x`` float64[C, *N], ``weight`` float64[F, C, *k], ``bias`` float64[F] or None, ``output`` float64[F, *M]. With
    ``back`` a transposed convolution: ``x`` float64[F, *M], ``output`` float64[C, *N], ``extra`` its output padding
    an axis. Answer: engine.foundations.requests.CheckResult.
    """

    x: FloatArray
    weight: FloatArray
    bias: FloatArray | None
    spec: SlideSpec
    output: FloatArray
    back: bool = False
    extra: Sizes = ()


@dataclass(frozen=True, slots=True, eq=False)
class WholeVolume:
    """Convolve a whole volume with one filter: ``voxels`` float32[D, H, W], ``weight`` float64[k, k, k].

    Answer: WholeVolumeResult, after progress.
    """

    voxels: Voxels
    weight: FloatArray
    bias: float
    spec: SlideSpec


@dataclass(frozen=True, slots=True, eq=False)
class WholeVolumeResult:
    """``response`` float32[D', H', W'] (read-only) to ``request``; ``limit`` the 99.5th percentile of magnitudes.

    ``low``, ``high`` its true extremes, ``seconds`` the time of the convolution, ``route`` what computed it.
    """

    request: WholeVolume
    response: Voxels
    low: float
    high: float
    limit: float
    seconds: float
    route: str
