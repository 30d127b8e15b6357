"""Everything that a person can set on the page "Learn a filter", as one frozen state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, Self

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.foundations.learned import TrainSpec, target_kernel
from engine.foundations.learned.pictures import PATTERNS, SIDES, Scaling
from engine.foundations.learned.spec import Batch, Optimiser
from engine.foundations.learned.targets import MOST_ANGLE, SIZES, TargetName, target
from engine.foundations.presets import random_kernel
from gui.widgets.source_state import SourceState

FloatArray = npt.NDArray[np.float64]
View = Literal["train", "directions", "compare"]
MOST_NOISE: Final = 2.0
LARGEST_WEIGHT: Final = 100.0


@dataclass(frozen=True, slots=True)
class LearnedState:
    """One view of the page, as plain values.

    `hidden`: the numbers of the hidden kernel row by row, empty for one that is drawn by lot from the seed;
    `revealed`: it is shown. `noise`: of the target response, in its spreads. `step`: the update on show, of `updates`.
    `place`: the pixel (row, column) of the response that is looked at, None for the one that is most wrong. `ahead`:
    the curves show the whole run, not only what was played.
    """

    view: View = "train"
    source: SourceState = field(default_factory=lambda: SourceState(kind="sample", value="astronaut"))
    side: int = 128
    scaling: Scaling = "centred"
    target: TargetName = "sobel"
    angle: int = 0
    size: int = 3
    hidden: tuple[float, ...] = ()
    revealed: bool = False
    optimiser: Optimiser = "adam"
    rate: float = 0.1
    momentum: float = 0.9
    batch: Batch = "whole"
    crops: int = 8
    crop_side: int = 24
    bias: bool = False
    noise: float = 0.0
    seed: int = 1
    updates: int = 300
    step: int = 0
    place: tuple[int, int] | None = None
    ahead: bool = False

    @property
    def spec(self) -> TrainSpec:
        """How is trained."""
        return TrainSpec(
            self.optimiser, self.rate, self.momentum, self.batch, self.crops, self.crop_side, self.bias,
            self.seed, self.updates,
        )  # fmt: skip

    @property
    def kernel(self) -> FloatArray:
        """The target, float64[k, k]."""
        if self.target != "hidden":
            return target_kernel(self.target, self.size, self.angle)
        if self.hidden:
            return np.array(self.hidden, np.float64).reshape(self.size, self.size)
        drawn: FloatArray = random_kernel(self.size, 1, self.seed)[0]
        return drawn

    @property
    def covered(self) -> bool:
        """Whether nothing on the screen may give the target away."""
        return self.target == "hidden" and not self.revealed

    @property
    def numbers(self) -> int:
        """How many numbers are learned."""
        return self.size**2 + self.bias

    def validated(self) -> Self:
        """The state itself. Raises UserError: a value is out of range, or the hidden kernel has another size."""
        for name, allowed in (("side", SIDES), ("size", SIZES)):
            if getattr(self, name) not in allowed:
                raise UserError(f"{_NAMES[name]} is one of {', '.join(map(str, allowed))}.")
        for name, low, high in RANGES:
            if not low <= getattr(self, name) <= high:  # NaN fails every comparison
                raise UserError(f"{_NAMES[name]} is {low:g} to {high:g}, not {getattr(self, name):g}.")
        if self.hidden and len(self.hidden) != self.size**2:
            raise UserError(
                f"A kernel of {self.size} × {self.size} has {self.size**2} numbers, not {len(self.hidden)}."
            )
        if not all(abs(value) <= LARGEST_WEIGHT for value in self.hidden):
            raise UserError(f"The numbers of a kernel are −{LARGEST_WEIGHT:g} to {LARGEST_WEIGHT:g} here.")
        if self.place is not None and min(self.place) < 0:
            raise UserError("The pixel that is looked at lies outside of the picture.")
        if self.source.kind == "preset" and self.source.value not in {one.name for one in PATTERNS}:
            raise UserError(f'There is no pattern named "{self.source.value}".')
        self.source.validated()
        self.spec.validated()
        return self

    @property
    def turns(self) -> bool:
        """Whether the target has an angle."""
        return target(self.target).turns


RANGES: Final = (("angle", 0, MOST_ANGLE), ("noise", 0.0, MOST_NOISE), ("step", 0, 1 << 20))
_NAMES: Final = {
    "side": "The longer side of the picture", "size": "The size of the kernel", "angle": "The angle",
    "noise": "Noise", "step": "The update on show",
}  # fmt: skip
