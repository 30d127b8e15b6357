"""Everything that decides how a picture is painted. Free of torch."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Literal, Self

from engine.errors import UserError
from engine.style.backbones import BUNDLED

Normalisation = Literal["balanced", "course", "paper"]
Start = Literal["content", "noise", "style"]
Method = Literal["lbfgs", "adam", "descent"]
Pooling = Literal["average", "max"]
Precision = Literal["auto", "float32", "bfloat16"]

SMALLEST, LARGEST = 32, 4096
MOST_STEPS: Final = 100_000
MOST_WEIGHT: Final = 1e12
VARIATION_UNIT: Final = 10.0
"""The variation's weight 1 in these units: of the size of the other costs for photos."""


@dataclass(frozen=True, slots=True)
class StyleSettings:
    """J(G) = alpha J_content + beta J_style + VARIATION_UNIT variation J_variation, and how it is made small.

    `net`: a name of the weights store. `content_layer` "" and `style_layers` () stand for the usual ones of the net;
    `style_layers` are (layer, lambda). `normalise`: "balanced" divides every cost by the mean square of its target, so
    that layers count alike; "course" takes 1 / (4 n_H n_W n_C) for the content and 1 / (2 n_H n_W n_C)^2 for a layer's
    style; "paper" (Gatys et al. 2015) 1/2 and the same for the style. `size`: of the longer side in pixels; `levels`:
    how many sizes, each twice the one before, share the `steps` (evaluations of J and its gradient). `rate`: of Adam in
    0..1 of the pixels' range, of plain descent in units of the mean gradient. `blend`: a weight for each style.
    `style_scale`: the longer side of the style as a share of `size`.
    """

    net: str = BUNDLED
    pooling: Pooling = "average"
    content_layer: str = ""
    style_layers: tuple[tuple[str, float], ...] = ()
    normalise: Normalisation = "balanced"
    alpha: float = 1.0
    beta: float = 100.0
    variation: float = 1.0
    start: Start = "content"
    method: Method = "lbfgs"
    rate: float = 0.02
    steps: int = 150
    size: int = 256
    levels: int = 2
    keep_colours: bool = False
    blend: tuple[float, ...] = (1.0,)
    style_scale: float = 1.0
    seed: int = 0
    precision: Precision = "auto"

    def validated(self) -> Self:
        """The settings themselves, or a UserError that names the first number out of range."""
        numbers = {"alpha": self.alpha, "beta": self.beta, "total variation": self.variation}
        for name, value in numbers.items():
            if not (math.isfinite(value) and 0 <= value <= MOST_WEIGHT):
                raise UserError(f"The weight {name} must be 0 or more, not {value:g}.")
        if self.alpha == self.beta == self.variation == 0:
            raise UserError("All weights are 0: there is nothing to make small.", "Raise alpha or beta.")
        lambdas = [weight for _, weight in self.style_layers]
        if any(not (math.isfinite(weight) and 0 <= weight <= MOST_WEIGHT) for weight in lambdas):
            raise UserError("The weights of the style layers must be 0 or more.")
        if len({layer for layer, _ in self.style_layers}) != len(self.style_layers):
            raise UserError("A style layer stands in the list twice.")
        if not SMALLEST <= self.size <= LARGEST:
            raise UserError(f"The longer side must have {SMALLEST} to {LARGEST} pixels, not {self.size}.")
        if not 1 <= self.steps <= MOST_STEPS:
            raise UserError(f"There must be 1 to {MOST_STEPS:,} steps, not {self.steps:,}.")
        if not 1 <= self.levels <= 4:
            raise UserError(f"There can be 1 to 4 sizes, not {self.levels}.")
        if not (math.isfinite(self.rate) and 0 < self.rate <= 10):
            raise UserError(f"The learning rate must lie between 0 and 10, not {self.rate:g}.")
        if not (math.isfinite(self.style_scale) and 0.1 <= self.style_scale <= 4):
            raise UserError("The style can be scaled by 0.1 to 4.")
        if (
            not self.blend
            or any(not (math.isfinite(w) and w >= 0) for w in self.blend)
            or not sum(self.blend)
        ):
            raise UserError("At least one style needs a weight above 0.")
        if not 0 <= self.seed < 2**31:
            raise UserError("The seed must be a whole number from 0.")
        return self

    def fixed(self) -> Self:
        """Equal for all settings that one run can go through: what may change in mid-run is as it usually is."""
        usual = type(self)()
        return replace(
            self, alpha=usual.alpha, beta=usual.beta, variation=usual.variation, style_layers=usual.style_layers,
            keep_colours=usual.keep_colours, steps=usual.steps, rate=usual.rate, blend=usual.blend,
        )  # fmt: skip

    def lively(self, other: Self) -> bool:
        """Whether `other` differs only in what takes effect while a run goes on, without anything made anew."""
        return self.fixed() == other.fixed()


def sizes_of(settings: StyleSettings, width: int, height: int) -> tuple[tuple[int, int], ...]:
    """(width, height) of every level for a content of that shape, smallest first; never below SMALLEST / 2 a side."""
    found: list[tuple[int, int]] = []
    for level in reversed(range(settings.levels)):
        scale = settings.size / 2**level / max(width, height)
        size = max(SMALLEST // 2, round(width * scale)), max(SMALLEST // 2, round(height * scale))
        if size not in found and (max(size) >= SMALLEST or not level):
            found.append(size)
    return tuple(found)


def steps_of(settings: StyleSettings, levels: int) -> tuple[int, ...]:
    """The evaluations of every level: the last has half of them, the others share the rest alike."""
    if levels == 1:
        return (settings.steps,)
    shares = [1.0] * (levels - 1) + [float(levels - 1)]
    counts = [max(1, round(settings.steps * share / sum(shares))) for share in shares]
    counts[-1] = max(1, settings.steps - sum(counts[:-1]))
    return tuple(counts)
