"""What the engine can be asked about one unit of a net, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy.typing as npt

from engine.images import Frame

Array = npt.NDArray[Any]
Rule: TypeAlias = Literal["deconvnet", "guided", "gradient"]
RULES: Final[tuple[Rule, ...]] = get_args(Rule)

Action: TypeAlias = Literal[
    "transpose", "rectify", "unpool", "spread", "scale", "slope", "hold", "both", "split", "move"
]
"""What happens to a signal on its way down: see the module `rules`."""
Box: TypeAlias = tuple[int, int, int, int]
"""Top, left, bottom, right in pixels; the last two are the first that do not belong to it."""
MOST_CHANNELS: Final = 6
"""Of one band of a step."""
MOST_SIDE: Final = 128
"""Of a map of a step; of larger ones every second (third ...) value is handed on."""


@dataclass(frozen=True, slots=True, eq=False)
class LookAtUnit:
    """Show a picture to a net and look at one unit. `net`: see engine.inside.nets. Answer: UnitLook.

    `position`: row and column on the map, None for where the map is largest. Raises UserError for a layer or a unit
    that is not there.
    """

    net: str
    layer: str
    channel: int
    position: tuple[int, int] | None
    frame: Frame


@dataclass(frozen=True, slots=True, eq=False)
class UnitLook:
    """One unit on its map, float32[H, W], and what it can read.

    `seen` uint8[side, side(, 3)]: what the net got, before its normalisation; `window` (left, top, right, bottom) which
    part of the picture that is, as shares. `field`: the pixels of `seen` that the unit reads. `note`: what a person
    should know.
    """

    request: LookAtUnit
    map: Array
    row: int
    column: int
    value: float
    seen: Array
    window: tuple[float, float, float, float]
    field: Box
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Descend:
    """Take a unit's activation down to the pixels by all three rules; every step of one is told. Answer: Descents."""

    net: str
    layer: str
    channel: int
    position: tuple[int, int] | None
    frame: Frame
    rule: Rule = "deconvnet"


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """The signal at one layer: its strongest channels, strongest first.

    `maps` float32[K, h, w] are those of `channels`, over the rows and columns from (`top`, `left`) on where the signal
    can be other than zero; of more than MOST_SIDE a side every `every`-th is there. `shares` float32[K]: of the whole
    `strength`, the sum of the magnitudes. `shape`: channels, height and width of the layer.
    """

    layer: str
    shape: tuple[int, int, int]
    channels: tuple[int, ...]
    maps: Array
    shares: Array
    strength: float
    top: int
    left: int
    size: tuple[int, int]
    every: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class DescentStep:
    """One layer undone. `above`: the signal at its output; `below`: what arrives at its input, or at each of them.

    `switches` int32[K, h, w, 2], of a max pool: to which row and column of the input each value of `above` goes.
    """

    layer: str
    label: str
    kind: str
    action: Action
    above: Band
    below: tuple[Band, ...]
    switches: Array | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Descents:
    """What arrived at the pixels, by rule: float32[side, side, C], in the units of the net's input.

    `refusals`: why a rule could not be followed down. `steps`: those of `request.rule`, from the unit to the picture.
    `forward_seconds`: of the run up to the layer (0 where it was known), `seconds`: of one descent.
    """

    request: Descend
    unit: tuple[int, int]
    value: float
    field: Box
    seen: Array
    pictures: dict[Rule, Array]
    refusals: dict[Rule, str]
    steps: tuple[DescentStep, ...]
    forward_seconds: float
    seconds: float
    device: str


@dataclass(frozen=True, slots=True, eq=False)
class CheckDescent:
    """Compute the pictures of a `Descents` by torch's autograd and compare. Answer: CheckResult of engine.foundations.

    Rectifiers get backward passes of their own there, and what the descent holds is detached; differences are relative
    to the largest value of each picture.
    """

    found: Descents
