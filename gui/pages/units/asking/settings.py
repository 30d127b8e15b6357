"""Everything that a person can set in the view "Ask"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, Self

from engine.errors import UserError
from engine.inside.asking.requests import Baseline

MOST_CLASSES: Final = 1_000_000
MOST_SAMPLES, MOST_POINTS, MOST_ASCENT = 64, 256, 1024
LARGEST_SEED: Final = 2**31 - 1
Method = Literal["cam", "gradient", "smooth", "integrated"]
METHODS: Final[tuple[Method, ...]] = ("cam", "gradient", "smooth", "integrated")


@dataclass(frozen=True, slots=True)
class AskingSettings:
    """What is asked about, and how.

    `part`: gradients of the picture on show, or a picture that is grown. `about`: a class (`target`, None for the
    net's own best answer) or the chosen unit. `layer`: Grad-CAM of the last layer with maps, or of the chosen one.
    `samples`, `noise`: of SmoothGrad; `points`, `baseline`: of integrated gradients. `large`: the method that has the
    stage for itself, "" for all of them. `goal` and what follows: see engine.inside.asking.requests.Maximise.
    """

    part: Literal["gradients", "grow"] = "gradients"
    about: Literal["class", "unit"] = "class"
    target: int | None = None
    layer: Literal["last", "chosen"] = "last"
    samples: int = 16
    noise: float = 0.15
    points: int = 32
    baseline: Baseline = "black"
    large: Literal["", "cam", "gradient", "smooth", "integrated"] = ""
    goal: Literal["class", "channel", "unit"] = "class"
    ascent: int = 192
    rate: float = 0.03
    jitter: float = 0.06
    blur: float = 0.5
    smoothing: float = 0.3
    seed: int = 0

    def validated(self) -> Self:
        """The settings themselves. Raises UserError for what is out of range."""
        if self.target is not None and not 0 <= self.target < MOST_CLASSES:
            raise UserError(f"There is no class {self.target}.")
        for name, value, least, most in (
            ("number of copies", self.samples, 1, MOST_SAMPLES), ("number of points", self.points, 1, MOST_POINTS),
            ("number of steps", self.ascent, 1, MOST_ASCENT), ("seed", self.seed, 0, LARGEST_SEED),
            ("noise", self.noise, 0, 0.5), ("rate", self.rate, 0.005, 0.1), ("jitter", self.jitter, 0, 0.25),
            ("blur", self.blur, 0, 2), ("smoothing", self.smoothing, 0, 1),
        ):  # fmt: skip
            if not (math.isfinite(value) and least <= value <= most):
                raise UserError(f"The {name} is {least:g} to {most:g}, not {value:g}.")
        return self
