"""What the engine can be asked about edges in pictures, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.foundations.edges.catalogue import EdgeKernel
from engine.images import Frame

What = Literal["response", "gradient", "compare"]
FloatMaps = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class FilterPicture:
    """Correlate a whole picture with a kernel. Answer: FilteredPicture.

    `what`: the response of the kernel, the gradient that it and its horizontal partner measure, or the responses of
    all edge kernels of its size (`engine.foundations.edges.picture.bank`). `colour`: each of R, G and B for itself
    instead of the luminance; ignored by "compare". A picture of more than two million pixels is averaged down first.
    """

    frame: Frame
    kernel: EdgeKernel
    what: What = "response"
    colour: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """What a map holds: its true extremes, and the 98th percentile of its magnitudes, at which colours saturate."""

    low: float
    high: float
    limit: float


@dataclass(frozen=True, slots=True, eq=False)
class FilteredPicture:
    """The maps of a picture, float32[M, H, W] (read-only), as large as the picture.

    They are called `names`: "response" (of the luminance); "strongest", "red", "green", "blue" (colour: the channel
    with the largest magnitude pixel by pixel, and all three; without "strongest" where the kernel keeps brightness);
    "gx", "gy", "magnitude", "angle" (degrees, -180 to 180, of the vector (gx, gy) in the axes (right, down)); or the
    titles of the kernels that are compared. `pixels` uint8[H, W, 3] is the picture that was filtered, `note` what was
    done to it first; `seconds` the time of the convolution, `route` what computed it.
    """

    request: FilterPicture
    names: tuple[str, ...]
    maps: FloatMaps
    ranges: tuple[Range, ...]
    pixels: npt.NDArray[np.uint8]
    seconds: float
    route: str
    note: str = ""

    def map(self, name: str) -> npt.NDArray[np.float32]:
        """float32[H, W] of a name. Raises ValueError."""
        plane: npt.NDArray[np.float32] = self.maps[self.names.index(name)]
        return plane


@dataclass(frozen=True, slots=True, eq=False)
class CheckFiltered:
    """Compute the maps of a picture with OpenCV and compare. Answer: engine.foundations.requests.CheckResult."""

    result: FilteredPicture
