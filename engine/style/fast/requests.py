"""What the engine can be asked about feed-forward nets, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.images import Frame
from engine.mailbox import Mailbox
from engine.style.fast.settings import FastSettings
from engine.style.requests import CostRows, Outcome, Pixels
from engine.style.settings import StyleSettings

SMALLEST, LARGEST = 96, 1280
"""The longer side of what a net paints, in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptNet:
    """A net that has learned a style. `name` finds it; `title` is a person's name for it.

    `thumbnail` uint8[h, w, 3] of the style, None where the file has none. `styles`: the names of the pictures. `size`
    in bytes. `bundled`: it comes with the program and stays.
    """

    name: str
    title: str
    thumbnail: Pixels | None
    styles: tuple[str, ...]
    settings: StyleSettings
    fast: FastSettings
    steps: int
    size: int
    bundled: bool = False


@dataclass(frozen=True, slots=True)
class FastList:
    """The kept nets, the bundled ones first; `damaged`: (file name, why) of those that cannot be used."""

    nets: tuple[KeptNet, ...]
    damaged: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ListFast:
    """Which nets are kept. Answer: a FastList."""


@dataclass(frozen=True, slots=True)
class RenameFast:
    """Give a kept net another title. Answer: a FastList."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class RemoveFast:
    """Delete a kept net, or a damaged file by its file name. Answer: a FastList."""

    name: str


@dataclass(frozen=True, slots=True)
class KeepFast:
    """Try again to keep the net that was trained last, after the disk was full. Answer: a KeptNet."""


@dataclass(frozen=True, slots=True)
class FastOrder:
    """What a person wants of a training while it goes on: a pause, or an end that keeps what there is."""

    paused: bool = False
    stop: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class TrainFast:
    """Train a net on the blend of `styles` under `settings` (the costs of a painting). Answer: a Trained, after partial
    ones.

    `content` is shown while the net learns, `size` its longer side then. `folder`: of photos to practise on, "" for
    the bundled ones. `orders`: read before every step; the newest counts.
    """

    title: str
    styles: tuple[Frame, ...]
    settings: StyleSettings
    fast: FastSettings
    content: Frame
    size: int
    folder: str = ""
    orders: Mailbox[FastOrder] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A training so far. `pixels` uint8[h, w, 3]: the content as the net paints it after `step` steps.

    `seconds`: of the steps alone; `rate` in steps a second, lately. `photos`: how many it practises on. `kept`: the net
    as it was kept, with the last answer; where that failed, `note` says why (see KeepFast).
    """

    title: str
    pixels: Pixels
    step: int
    total: int
    costs: tuple[CostRows, ...]
    seconds: float
    rate: float
    photos: int
    device: str
    outcome: Outcome = "running"
    kept: KeptNet | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ApplyFast:
    """Paint a picture with a kept net. Answer: a Restyled. `size`: the longer side in pixels."""

    net: str
    frame: Frame
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class LiveFast:
    """Paint the newest of what `frames` delivers, until it is closed. Partial answers: Restyled."""

    net: str
    frames: Mailbox[Frame]
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class LivePaint:
    """Optimise live: every frame begins as the painting of the frame before and gets `evaluations` steps of Adam.

    Partial answers: Restyled. While no other frame comes the painting goes on, for `most` steps in all. `settings` as
    for a painting, but the content counts ten times as much; size, method and steps do not matter.
    """

    styles: tuple[Frame, ...]
    settings: StyleSettings
    frames: Mailbox[Frame]
    size: int
    evaluations: int = 3
    most: int = 150


@dataclass(frozen=True, slots=True, eq=False)
class Restyled:
    """`pixels` uint8[h, w, 3] is `content` uint8[h, w, 3] painted, which is `frame` at the wanted size.

    `seconds`: of the net or of the steps alone. `net`: the name of the net, "" for a painting, of which this frame had
    `step` steps.
    """

    frame: Frame
    content: Pixels
    pixels: Pixels
    seconds: float
    device: str
    net: str = ""
    step: int = 0
