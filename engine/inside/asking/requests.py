"""What the engine can be asked by way of gradients, and what it answers. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy.typing as npt

from engine.errors import UserError
from engine.images import Frame
from engine.inside.seen import Seen

Array = npt.NDArray[Any]
Baseline = Literal["black", "grey", "white", "blur"]

MOST_SAMPLES, MOST_STEPS, MOST_ASCENT = 256, 1024, 4096


@dataclass(frozen=True, slots=True)
class Target:
    """What the gradient is taken of: the logit of a class, or the activation of a unit where `layer` names one.

    `index`: the class, None for the net's own best answer; or the channel. `position`: row and column of the unit on
    its map, None for where the map is strongest.
    """

    index: int | None = None
    layer: str = ""
    position: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Aimed:
    """What was asked about, found out: `target` without gaps, `name` in words, `score` its value for the picture."""

    target: Target
    name: str
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class GradCam:
    """Grad-CAM (Selvaraju et al. 2017) of a class. Answer: CamMap. `layer`: "" for the last one with maps."""

    net: str
    frame: Frame
    target: Target
    layer: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CamMap:
    """`cam` float32[h, w]: the ReLU of the weighted sum of a layer's maps; `weights` float32[C]: the mean gradients.

    Values may be no numbers (NaN).
    """

    request: GradCam
    seen: Seen
    labels: tuple[str, ...]
    aimed: Aimed
    layer: str
    cam: Array
    weights: Array
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class InputGradient:
    """The gradient with respect to the picture, as it is or averaged over noisy copies. Answer: Saliency.

    `samples` 1 and `noise` 0: the plain gradient (Simonyan et al. 2013); else SmoothGrad (Smilkov et al. 2017), whose
    noise has a deviation of `noise` times the spread (largest minus smallest) of what the net reads. Partial answers
    average the copies so far.
    """

    net: str
    frame: Frame
    target: Target
    samples: int = 1
    noise: float = 0.0
    seed: int = 0

    def validated(self) -> Self:
        """The request itself. Raises UserError for numbers out of range."""
        if not 1 <= self.samples <= MOST_SAMPLES:
            raise UserError(f"SmoothGrad averages 1 to {MOST_SAMPLES} copies, not {self.samples}.")
        if not 0 <= self.noise <= 1:
            raise UserError("The noise is a share of 0 to 100 %.")
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Saliency:
    """`gradient` float32[C, side, side] with respect to the normalised values that the net reads; `samples` so far."""

    request: InputGradient
    seen: Seen
    labels: tuple[str, ...]
    aimed: Aimed
    gradient: Array
    samples: int
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class IntegrateGradients:
    """Integrated gradients (Sundararajan et al. 2017) from a baseline to the picture. Answer: Attribution.

    `steps`: points of the straight way between them, in the middles of equal parts. `baseline`: a picture of one grey
    level (0, 128, 255), or the picture blurred until nothing is left of its shapes.
    """

    net: str
    frame: Frame
    target: Target
    steps: int = 32
    baseline: Baseline = "black"

    def validated(self) -> Self:
        """The request itself. Raises UserError for numbers out of range."""
        if not 1 <= self.steps <= MOST_STEPS:
            raise UserError(f"The way has 1 to {MOST_STEPS:,} points, not {self.steps:,}.")
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """`values` float32[C, side, side]: what every number of the picture adds to the score.

    Completeness: `total`, their sum, is the score of the picture (`aimed.score`) minus that of the baseline
    (`score_baseline`), up to what the finite number of points leaves.
    """

    request: IntegrateGradients
    seen: Seen
    labels: tuple[str, ...]
    aimed: Aimed
    values: Array
    score_baseline: float
    total: float
    seconds: float

    @property
    def difference(self) -> float:
        """What the attributions have to add up to."""
        return self.aimed.score - self.score_baseline

    @property
    def gap(self) -> float:
        """By how much they miss it."""
        return self.total - self.difference


@dataclass(frozen=True, slots=True)
class Maximise:
    """Grow a picture that excites a class, a whole channel or a unit (Erhan et al. 2009). Answers: Grown.

    `goal` "class": the logit `index`; "channel": the mean of map `index` of `layer`; "unit": the unit in the middle of
    that map. Every one of `steps` moves the picture by up to `jitter` (a share of its side), climbs by `rate` (of the
    pixels' range) and subtracts `smoothing` times the gradient of the total variation; every few steps it is blurred
    by `blur` pixels. Reproduced by `seed`. `index` None for a class: class 0.
    """

    net: str
    goal: Literal["class", "channel", "unit"]
    index: int
    layer: str = ""
    steps: int = 192
    rate: float = 0.03
    jitter: float = 0.06
    blur: float = 0.5
    smoothing: float = 0.3
    seed: int = 0

    def validated(self) -> Self:
        """The request itself. Raises UserError for numbers out of range."""
        if not 1 <= self.steps <= MOST_ASCENT:
            raise UserError(f"A picture grows for 1 to {MOST_ASCENT:,} steps, not {self.steps:,}.")
        for name, value, most in (
            ("rate", self.rate, 0.5), ("jitter", self.jitter, 0.5),
            ("blur", self.blur, 4.0), ("smoothing", self.smoothing, 4.0),
        ):  # fmt: skip
            if not 0 <= value <= most:
                raise UserError(f"The {name} is 0 to {most:g}, not {value:g}.")
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """A picture on its way: `pixels` uint8[side, side] or uint8[side, side, 3]; `scores` float32[step + 1].

    `scores[0]` is that of the noise at the start. `still`: nothing has excited the target in the least so far.
    """

    request: Maximise
    name: str
    pixels: Array
    scores: Array
    seconds: float
    still: bool = False

    @property
    def step(self) -> int:
        return len(self.scores) - 1

    @property
    def complete(self) -> bool:
        return self.step >= self.request.steps
