"""What the engine can be asked about hidden parts of a picture, and what it answers. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.images import Frame
from engine.inside.occlusion.occluder import Box, Occluder, Pixels
from engine.inside.seen import Seen

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Occlude:
    """Hide one place of the picture and ask the net again. Answer: Occluded.

    `net`: a name of the weights store, or "random:<architecture>". The energy is that of map `channel` of `layer`, of
    the layer's strongest one where it is None. `row`, `column`: the middle of the square as shares 0..1 of what the
    net reads.
    """

    net: str
    frame: Frame
    layer: str
    channel: int | None
    occluder: Occluder
    row: float
    column: float


@dataclass(frozen=True, slots=True, eq=False)
class SweepOcclusion:
    """Hide every place of the picture in turn (Zeiler & Fergus 2013, section 4.2).

    Partial answers and the last one: Sweep. `target`: the class, None for the net's own best answer. `stride`: from
    place to place, as a share of the side of what the net reads.
    """

    net: str
    frame: Frame
    layer: str
    channel: int | None
    target: int | None
    occluder: Occluder
    stride: float


@dataclass(frozen=True, slots=True, eq=False)
class Occluded:
    """What a net says with one place hidden.

    `before`, `after`: float32[classes], the probabilities without and with the square; `energy_*`: the sum of the
    activations of map `channel`. `covered`: what the net read, like `seen.pixels`. Values may be no numbers (NaN).
    """

    request: Occlude
    seen: Seen
    labels: tuple[str, ...]
    covered: Pixels
    box: Box
    channel: int
    before: Array
    after: Array
    energy_before: float
    energy_after: float

    @property
    def best(self) -> int:
        """The class that the net finds in the whole picture."""
        return int(np.argmax(self.before))


@dataclass(frozen=True, slots=True)
class SingleCheck:
    """Some places computed one at a time by the net itself, against the batches of the sweep: probabilities."""

    max_abs_difference: float
    tolerance: float
    agrees: bool
    reference: str


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """A map of what hiding each place does. All maps are [n, n]; place (i, j) has its middle in block (i, j).

    `probability` float32: of class `target`; `energy` float32: the sum of map `channel`; `best` int32: the likeliest
    class, −1 where a place has not been asked yet. `stride` and `size` in pixels of what the net reads. `done`: how
    many places were asked. `check` comes with the last answer.
    """

    request: SweepOcclusion
    seen: Seen
    labels: tuple[str, ...]
    target: int
    channel: int
    size: int
    stride: int
    probability: Array
    energy: Array
    best: Array
    probability_before: float
    energy_before: float
    done: int
    seconds: float
    check: SingleCheck | None = field(default=None)

    @property
    def asked(self) -> npt.NDArray[np.bool_]:
        """Which places have been asked."""
        return np.asarray(self.best >= 0)

    @property
    def complete(self) -> bool:
        return self.done == self.best.size
