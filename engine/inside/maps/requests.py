"""What the engine can be asked about feature maps, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from engine.images import Frame
from engine.mailbox import Mailbox
from engine.networks.graphs.graph import Node
from engine.networks.requests import Guess

FloatArray = npt.NDArray[np.float32]
Array = npt.NDArray[Any]

MOST_VALUES = 16_000_000
"""Numbers of one layer that are handed on; a larger layer is averaged down before, and the answer says so."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be told beside the maps of `layer`.

    `pins`: single maps of any layers, as (layer, channel). `whole_net`: the range of the maps of all layers, which
    takes a run to the end of the net. `guesses`: so many of the likeliest classes; that takes a run to the end, too.
    `bins`: of the histograms, 0 for none.
    """

    layer: str
    pins: tuple[tuple[str, int], ...] = ()
    whole_net: bool = False
    guesses: int = 0
    bins: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class LookAtMaps:
    """Show a picture to a net and look at the maps of a layer. `net`: see engine.inside.nets. Answer: Maps."""

    net: str
    frame: Frame
    wanted: Wanted


@dataclass(frozen=True, slots=True, eq=False)
class LiveMaps:
    """The same for the newest frame of a mailbox, until cancelled or the mailbox is closed. Answers: partial Maps."""

    net: str
    frames: Mailbox[Frame]
    wanted: Wanted


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """Of every channel over its map, float32[C]: NaN and infinite values are left out, and counted in `odd`.

    `variance` is that of all values of the map (not of a sample). `zeros`: the share of values that are exactly 0.
    `single`: whether a map is one number, as behind a fully connected layer.
    """

    low: FloatArray
    high: FloatArray
    mean: FloatArray
    variance: FloatArray
    zeros: FloatArray
    odd: npt.NDArray[np.int64]
    single: bool = False

    @property
    def silent(self) -> npt.NDArray[np.bool_]:
        """bool[C]: the same value everywhere; behind a ReLU a unit that did not answer anywhere. A single number is
        the same everywhere whatever it says: it is silent where it is 0."""
        same: npt.NDArray[np.bool_] = (self.low == self.high) & (self.odd == 0)
        return same & (self.low == 0) if self.single else same


@dataclass(frozen=True, slots=True, eq=False)
class Histograms:
    """How often values fall between neighbouring `edges`, float64[bins + 1]: `counts`, int64[C, bins]."""

    edges: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Pinned:
    """One map float32[h, w] of a layer, as it was pinned."""

    layer: str
    channel: int
    values: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """The maps of a layer, float32[C, h, w], with what was asked beside them.

    `reduced`: 1, or the side of the squares that were averaged into one value, because the layer has more than
    MOST_VALUES numbers. `net_range`: smallest and largest value of all layers behind the picture. `seen` uint8[side,
    side(, 3)]: what the net got, before its normalisation; `window` (left, top, right, bottom) the part of the picture
    that it is, as shares. `note`: what a person should know about the picture. `seconds`: of the net alone.
    """

    net: str
    title: str
    layer: Node
    wanted: Wanted
    frame: Frame
    maps: FloatArray
    statistics: Statistics
    seen: Array
    window: tuple[float, float, float, float]
    device: str
    seconds: float
    reduced: int = 1
    note: str = ""
    steps: tuple[str, ...] = ()
    pinned: tuple[Pinned, ...] = ()
    net_range: tuple[float, float] | None = None
    guesses: tuple[Guess, ...] = ()
    histograms: Histograms | None = None


@dataclass(frozen=True, slots=True, eq=False)
class NoMaps:
    """A live frame that the net could not be shown, with the reason in words."""

    frame: Frame
    why: str


# --- what a map is made of ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class LookAtFilters:
    """The filters of the convolution that makes a layer, and what one unit gets through them. Answer: Filters.

    `layer` may also be what follows a convolution value by value (a ReLU): its filters are those of the convolution.
    """

    net: str
    layer: str
    channel: int
    frame: Frame


@dataclass(frozen=True, slots=True, eq=False)
class Filters:
    """`weights` float32[F, c, kh, kw] and `bias` float32[F] of the convolution `source`, batch norm folded in.

    `reads`: the input channels that the unit's filter reads (all of them without groups). Of the unit `channel` and
    the picture on show: `inputs` float32[c, H, W] are the maps that come in, `parts` float32[c, h, w] what each adds to
    the unit's map, `total` float32[h, w] the convolution's own output for it. The parts and the bias add up to the
    total; `max_abs_difference` says how nearly, `tolerance` how nearly they have to.
    """

    request: LookAtFilters
    source: Node
    weights: FloatArray
    bias: FloatArray
    reads: tuple[int, ...]
    inputs: FloatArray
    parts: FloatArray
    total: FloatArray
    max_abs_difference: float
    tolerance: float
    reference: str = "the layer's own output in torch"
    rgb: bool = False
    """Whether the filters read the colours of the picture itself."""

    @property
    def agrees(self) -> bool:
        return self.max_abs_difference <= self.tolerance


Order = Literal["index", "activity", "variance", "similarity"]
