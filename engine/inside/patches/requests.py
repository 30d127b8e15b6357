"""What the engine can be asked about top patches, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import numpy.typing as npt

from engine.foundations.requests import CheckResult

Array = npt.NDArray[Any]

KEPT: Final = 9
"""Patches of every unit, each from another picture."""

PicturesKind = Literal["bundled", "folder", "video"]
KINDS: Final[tuple[PicturesKind, ...]] = ("bundled", "folder", "video")


@dataclass(frozen=True, slots=True)
class Pictures:
    """What is looked through: the pictures that come with the program, a folder with all below it, or a film's frames.

    The bundled ones are scikit-image's photographs; for a net that reads digits, scikit-learn's digits.
    """

    kind: PicturesKind = "bundled"
    path: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A picture, or a folder (its name ends with "/"), that was left out, and why: a sentence."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class MinePatches:
    """Look through all pictures for the strongest patches of every unit, going on where the index on disk ends.

    Progress in pictures; MiningReports on the way, and the last one as the answer.
    """

    net: str
    pictures: Pictures = field(default_factory=Pictures)


@dataclass(frozen=True, slots=True)
class MiningReport:
    """How far an index is: `mined` of `total` pictures, of which `before` were in it when this run began; `left`: those
    still to be looked at.

    `skipped`: the first of those that were left out, `skipped_count` all of them. `rate`: pictures a second in this
    run, 0 where none was looked at. `units` of how many layers are kept, in `file`.
    """

    request: MinePatches
    total: int
    mined: int
    before: int
    left: int
    skipped: tuple[Skipped, ...]
    skipped_count: int
    layers: int
    units: int
    rate: float
    file: Path
    collection: str


@dataclass(frozen=True, slots=True)
class FindPatches:
    """The strongest patches of one unit, as far as the pictures were looked through.

    Answer: UnitPatches; partial ones first without projections, then with one more each.
    """

    net: str
    layer: str
    channel: int
    pictures: Pictures = field(default_factory=Pictures)


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Where a unit is strongest in one picture.

    `value` is the unit's activation as the index has it, `again` the same computed anew (None: not yet). `place`: row
    and column on the map. `seen` uint8[S, S, 3]: the picture as the net reads it; `sharp` uint8[h, w, 3]: the same part
    of the photo with more pixels, None where there are none; `window` (top, left, bottom, right): the receptive field
    in pixels of `seen`, which may lie partly outside (padding); `read` (left, top, right, bottom): what of the whole
    picture the net reads, as shares 0..1, None where it is made anew (digits). `projection` float32[S, S, C]: the unit
    projected back to the input. `problem`: why there is nothing to see.
    """

    picture: str
    title: str
    value: float
    place: tuple[int, int]
    window: tuple[int, int, int, int]
    seen: Array | None = None
    sharp: Array | None = None
    read: tuple[float, float, float, float] | None = None
    projection: Array | None = None
    again: float | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class UnitPatches:
    """The patches of a unit, strongest first, of `mined` pictures (of `total`) in `collection` ("the folder holidays").

    `field`: the receptive field in words; `whole`: it is larger than what the net reads, or no window describes it, so
    that all of the picture is shown. `check` compares the values of the index with those computed anew; None until all
    are there. `complete`: nothing is left to come.
    """

    request: FindPatches
    collection: str
    patches: tuple[Patch, ...]
    channels: int
    map_size: tuple[int, int]
    side: int
    field: str
    whole: bool
    mined: int
    total: int
    complete: bool = False
    check: CheckResult | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class OpenPatchPicture:
    """The whole picture that a patch is from. Answer: Frame."""

    net: str
    picture: str
    pictures: Pictures = field(default_factory=Pictures)
