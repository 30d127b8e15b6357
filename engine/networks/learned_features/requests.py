"""What the engine can be asked about learned features, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.foundations.requests import CheckResult
from engine.images import Frame

Classifier: TypeAlias = Literal["neighbour", "linear"]
FeatureName: TypeAlias = Literal["histogram", "words", "hog", "pixels", "learned"]

FEATURES: Final[tuple[FeatureName, ...]] = ("histogram", "words", "hog", "pixels", "learned")
TRAINING_SIZES: Final = (10, 30, 100, 300, 1000)
TEST_SIZE: Final = 500
MOST_SHIFT: Final = 2
MOST_SEED: Final = 9999


@dataclass(frozen=True, slots=True, eq=False)
class MapFeatures:
    """Show a picture to a net and return what its convolution number `layer` (from 0) puts out, after the ReLU.

    `weights`: the name of bundled or downloaded weights. Answer: FeatureMaps.
    """

    frame: Frame
    weights: str = "tinyvgg-cifar10"
    layer: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMaps:
    """`maps` float32[C, h, w] of one layer, read-only; `seen` uint8[H, W, 3] is the picture that the net got.

    `layer` its place among `layers`, the names of all layers of the kind; `parameters` the learned numbers up to and
    with this layer.
    """

    frame: Frame
    maps: npt.NDArray[np.float32]
    seen: npt.NDArray[np.uint8]
    layer: int
    layers: tuple[str, ...]
    weights: str
    title: str
    parameters: int


@dataclass(frozen=True, slots=True)
class DigitTest:
    """How well digits are told apart by each kind of feature.

    `classifier`: the nearest neighbour, or a linear one (ridge regression). `shift`: by how many pixels the test
    digits, and only they, are moved to the right and down. `seed` draws the split.
    """

    classifier: Classifier = "neighbour"
    shift: int = 0
    seed: int = 1

    def validated(self) -> Self:
        """The test itself. Raises UserError where a number is out of range."""
        for name, value, most in (("shift", self.shift, MOST_SHIFT), ("seed", self.seed, MOST_SEED)):
            if not 0 <= value <= most:
                raise UserError(
                    f"The test takes 0 to {most} for “{name}”, not {value}.", f"Take 0 to {most}."
                )
        return self


@dataclass(frozen=True, slots=True, eq=False)
class FeatureScore:
    """One kind of feature: how many numbers a digit, and what came out.

    `accuracy` float64[S]: share of test digits named right after learning from each of the training sizes that were
    measured so far; `answers` int64[N] for the test digits after the last of them.
    """

    name: FeatureName
    title: str
    size: int
    accuracy: npt.NDArray[np.float64]
    answers: npt.NDArray[np.int64]
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class DigitScores:
    """What was measured: on the way with the first features only, at the end with all.

    `pictures` uint8[N, h, w] (0..16) the test digits as the features see them, `labels` int64[N]; `sizes` the training
    sizes; `scores` a FeatureScore a kind; `split` how the digits were parted, in words; `check` compares the
    classifier's numbers with scikit-learn's, None until all is measured.
    """

    request: DigitTest
    pictures: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    sizes: tuple[int, ...]
    scores: tuple[FeatureScore, ...]
    split: str
    check: CheckResult | None = None

    @property
    def complete(self) -> bool:
        """Whether every kind of feature was measured."""
        return len(self.scores) == len(FEATURES)

    def score(self, name: str) -> FeatureScore | None:
        """The score of a kind of feature, None where it is not measured yet."""
        return next((score for score in self.scores if score.name == name), None)
