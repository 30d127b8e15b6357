"""What the engine can be asked about style, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.images import Frame
from engine.mailbox import Mailbox
from engine.style.settings import StyleSettings

Pixels = npt.NDArray[np.uint8]
Values = npt.NDArray[np.float32]
CONTENT, VARIATION = "content", "variation"
"""The names of the costs that belong to no layer of the style."""
Outcome = Literal["running", "paused", "done", "stopped", "memory"]


@dataclass(frozen=True, slots=True)
class DrawPattern:
    """A drawn style, by its name among engine.style.patterns.PATTERNS. Answer: a Frame."""

    name: str


@dataclass(frozen=True, slots=True)
class Order:
    """What a person wants of a run while it goes on: other settings, a pause, an end that keeps what there is."""

    settings: StyleSettings
    paused: bool = False
    stop: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PaintStyle:
    """Paint. Answer: a Painted, after partial ones.

    `mask` float32[H, W] in 0..1, of the content's shape or any other: where style applies. `begin` float32[H, W, 3]: an
    iterate to branch from; `done`: how many of the settings' steps it has behind it. `orders`: read before every
    step; the newest counts.
    """

    content: Frame
    styles: tuple[Frame, ...]
    settings: StyleSettings
    mask: Values | None = None
    begin: Values | None = None
    orders: Mailbox[Order] | None = None
    done: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class CostRows:
    """Costs of consecutive evaluations: `values` float32[n, terms + 1], every cost before its weight, then J.

    `names` of the terms: "content", layers of the net, "variation". `first`: the evaluation of the first row.
    `weights` float32[n, terms]: what each cost counted in J when it was evaluated.
    """

    first: int
    names: tuple[str, ...]
    values: Values
    weights: Values


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """A run so far. `pixels` uint8[h, w, 3] is the picture after `step` evaluations.

    `iterate` float32[h, w, 3], where this answer is one to branch from, else None. `seconds`: of the steps alone;
    `rate` in evaluations a second, lately; `ahead`: how many are to come, counted in evaluations at the present size;
    `peak`: bytes of memory at most, where it can be known. `outcome` "memory":
    the memory ran out, the picture is the last good one.
    """

    settings: StyleSettings
    pixels: Pixels
    step: int
    total: int
    size: tuple[int, int]
    level: int
    levels: int
    costs: tuple[CostRows, ...]
    iterate: Values | None
    seconds: float
    rate: float
    peak: int | None
    device: str
    precision: str
    outcome: Outcome = "running"
    note: str = ""
    ahead: float | None = None


@dataclass(frozen=True, slots=True)
class PlanStyle:
    """What a run would take. Answer: a Plan. `content` (width, height), `styles` the same of each."""

    settings: StyleSettings
    content: tuple[int, int]
    styles: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """`bytes` at most; `room`: what is free, None where it cannot be known; `largest`: the longer side that fits.

    `expect`: what to expect of the net. `layers` (name, title, maps) that can be used; `content`, `style`: the layers
    in use, the style's with their lambda.
    """

    title: str
    expect: str
    bytes: int
    room: int | None
    largest: int
    sizes: tuple[tuple[int, int], ...]
    layers: tuple[tuple[str, str, int], ...]
    content: str
    style: tuple[tuple[str, float], ...]

    @property
    def fits(self) -> bool:
        return self.room is None or self.bytes <= self.room


@dataclass(frozen=True, slots=True, eq=False)
class LookAtGrams:
    """The Gram matrices of a layer for a style and a generated picture. Answer: a Grams.

    `size`, `style_scale`: see CompareGrams. `pair` (k, k'): whose maps are sent along.
    """

    net: str
    pooling: Literal["average", "max"]
    layer: str
    style: Frame
    generated: Pixels
    size: int
    style_scale: float = 1.0
    pair: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Grams:
    """`style`, `generated` float32[C, C]: sums over places divided by their number, so that sizes do not matter.

    `maps`: the two maps of the pair for the style and for the generated picture, float32[2, h, w] each, else None.
    """

    request: LookAtGrams
    title: str
    style: Values
    generated: Values
    maps: tuple[Values, Values] | None


@dataclass(frozen=True, slots=True, eq=False)
class CompareGrams:
    """The Gram matrices of several layers at once, of blended styles and a generated picture. Answer: ComparedGrams.

    `blend`: a weight for each style. `size`: the longer side in pixels at which the run looks at the generated picture,
    which is scaled to it; `style_scale` that of the styles as a share of it.
    """

    net: str
    pooling: Literal["average", "max"]
    layers: tuple[str, ...]
    styles: tuple[Frame, ...]
    blend: tuple[float, ...]
    generated: Pixels
    size: int
    style_scale: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class LayerGrams:
    """`style`, `generated` float32[C, C] of a layer, divided by the number of places (see Grams)."""

    name: str
    title: str
    style: Values
    generated: Values

    @property
    def cost(self) -> float:
        """J_style of the layer with the course's factor: sum of (G - A)^2 / (2 n_H n_W n_C)^2.

        Both matrices are divided by n_H n_W already, so 1 / (2 n_C)^2 is left.
        """
        difference = self.generated.astype(np.float64) - self.style
        return float((difference**2).sum() / (2 * len(self.style)) ** 2)


@dataclass(frozen=True, slots=True, eq=False)
class ComparedGrams:
    """Answer to CompareGrams, a LayerGrams for each of its layers."""

    request: CompareGrams
    layers: tuple[LayerGrams, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CheckWorked:
    """The style cost of hand-made maps (float64[C, H, W] of style and generated), worked again by torch.

    Answer: a CheckResult of the costs and of both Gram matrices.
    """

    style: npt.NDArray[np.float64]
    generated: npt.NDArray[np.float64]
