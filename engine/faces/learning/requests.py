"""What the engine can be asked about learning faces, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final, Literal, Self

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.faces.learning.identities import Identities, Source
from engine.faces.learning.plane import Measured
from engine.mailbox import Mailbox

FloatArray = npt.NDArray[np.float64]
Miner = Literal["random", "semi-hard", "hard"]
MINERS: Final[tuple[Miner, ...]] = ("random", "semi-hard", "hard")
Order = Literal["run", "pause", "stop"]
Outcome = Literal["running", "done", "stopped"]
Form = Literal["absolute", "chi-square"]
DIMENSIONS: Final = (2, 128)
LOWEST_RATE, HIGHEST_RATE = 1e-5, 0.1
MOST_MARGIN: Final = 4.0
MOST_UPDATES: Final = 2000
MOST_SEED: Final = 9999
MOST_DIGITS: Final = 7
"""In a class with a newcomer, so that two digits are left."""


# --- the plane ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class CheckTriplet:
    """Compute loss and gradients by autograd, and compare. Answer: engine.foundations.requests.CheckResult."""

    measured: Measured


# --- live training ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TripletSpec:
    """How is trained.

    `folder`: where the pictures of a source "folder" lie. `held_out`: identities that are never trained on, the last
    ones. `dims`: 2 (the plane itself) or 128; `unit`: embeddings have length 1. `people`, `photos`: a batch is so many
    identities with so many pictures of each.
    """

    source: Source = "digits"
    folder: str = ""
    held_out: int = 3
    dims: int = 2
    unit: bool = False
    margin: float = 0.2
    rate: float = 0.002
    people: int = 5
    photos: int = 6
    updates: int = 150
    seed: int = 1

    def validated(self) -> Self:
        """The spec itself, or a UserError that says what is wrong with it."""
        for name, value, low, high in (
            ("The number of identities held out", self.held_out, 2, 20),
            ("The margin", self.margin, 0.0, MOST_MARGIN),
            ("The learning rate", self.rate, LOWEST_RATE, HIGHEST_RATE),
            ("Identities in a batch", self.people, 2, 16),
            ("Pictures of each in a batch", self.photos, 2, 12),
            ("The number of updates", self.updates, 10, MOST_UPDATES),
            ("The seed", self.seed, 0, MOST_SEED),
        ):
            if not (math.isfinite(value) and low <= value <= high):
                raise UserError(f"{name} is {low:g} to {high:g}, not {value:g}.")
        if self.dims not in DIMENSIONS:
            raise UserError("An embedding has 2 or 128 numbers here.")
        if self.source == "folder" and not self.folder:
            raise UserError("Which folder? Drop one with a sub-folder for every person.")
        return self


@dataclass(frozen=True, slots=True, eq=False)
class TrainTriplets:
    """Train one net a way of mining, all from the same start on the same batches.

    Answer: TripletRuns, after partial ones. `orders`: "pause", "run" and "stop" while it goes on.
    """

    spec: TripletSpec
    orders: Mailbox[Order] = field(default_factory=Mailbox)


@dataclass(frozen=True, slots=True, eq=False)
class TripletRun:
    """One way of mining, so far.

    `losses` float64[n]: mean loss of the triplets that the update took; `used` int64[n]: how many they were; `teaching`
    int64[n]: how many of these broke the margin, and so had a gradient; `shares` float64[n, 3]: hard, semi-hard, easy
    among all triplets of the batch, 0..1. At the moments: `planes` float32[m, V, 2], where the pictures of the set on
    show are (of 128 numbers the two first principal components of the last moment); `auc` float64[m] of verification
    among the held-out ones of these pictures, `spread` float64[m]: the mean distance of the embeddings to their middle,
    which a collapse takes to 0.
    """

    miner: Miner
    losses: FloatArray
    used: npt.NDArray[np.int64]
    teaching: npt.NDArray[np.int64]
    shares: FloatArray
    planes: npt.NDArray[np.float32]
    auc: FloatArray
    spread: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class TripletRuns:
    """Answer to TrainTriplets. `shown` int64[V]: which pictures of `identities` the planes show; `moments` int64[m]:
    after how many updates; `held_out` bool[V]: whose identity was never trained on."""

    spec: TripletSpec
    identities: Identities
    shown: npt.NDArray[np.int64]
    held_out: npt.NDArray[np.bool_]
    moments: npt.NDArray[np.int64]
    runs: tuple[TripletRun, ...]
    outcome: Outcome
    seconds: float

    def run(self, miner: str) -> TripletRun:
        """The run of a way of mining."""
        return next(one for one in self.runs if one.miner == miner)


# --- siamese ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LearnPairs:
    """Embed pictures, then learn which pairs show the same identity. Answer: PairLesson, after a Preview."""

    source: Source = "digits"
    form: Form = "absolute"
    seed: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A partial answer to LearnPairs and MeetNewcomer: the pictures uint8[N, s, s] that the lesson is about, and whose
    they are, while the nets still learn."""

    pictures: npt.NDArray[np.uint8]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PairLesson:
    """Answer to LearnPairs.

    `pictures` uint8[N, s, s] and `labels` int64[N] of identities that the net was not trained on, `features`
    float64[N, D] of them, 0..1 each. `weights` float64[D], `bias`: the logistic regression; `losses` float64[n]: its
    mean cross-entropy a pair, iteration by iteration. `right`: the share of right answers on pairs of the pictures
    here; `plain_auc`, `auc`: of the distance sum_k |f_k - f_k|, and of y, over them. `macs`: multiply-adds of one
    embedding; `seconds_embed`, `seconds_compare`: of one embedding and of one comparison, measured here. `net`: the
    weights of the net.
    """

    request: LearnPairs
    pictures: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    names: tuple[str, ...]
    features: FloatArray
    weights: FloatArray
    bias: float
    losses: FloatArray
    right: float
    auc: float
    plain_auc: float
    macs: int
    seconds_embed: float
    seconds_compare: float
    net: tuple[npt.NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True, eq=False)
class EmbedOwn:
    """The features of a picture of one's own, uint8[H, W, 3] RGB, by the net of a lesson. Answer: OwnFeatures."""

    lesson: PairLesson
    pixels: npt.NDArray[np.uint8]
    ink_is_dark: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class OwnFeatures:
    """Answer to EmbedOwn: what the net saw, uint8[s, s], and its features float64[D]."""

    picture: npt.NDArray[np.uint8]
    features: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class CheckPair:
    """Compute y of two feature vectors in torch, and its gradient over the weights by autograd. Answer: CheckResult.

    `y` and `slope` float64[D]: ours; `slope`: of the cross-entropy of "same".
    """

    first: FloatArray
    second: FloatArray
    weights: FloatArray
    bias: float
    form: Form
    y: float
    slope: FloatArray


# --- somebody new -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MeetNewcomer:
    """A class of `people` with one photo each, and somebody who joins. Answer: NewcomerLesson, after a Preview.

    `updates`: of every training of the softmax classifier.
    """

    source: Source = "digits"
    people: int = 4
    updates: int = 60
    seed: int = 1

    def validated(self) -> Self:
        """The request itself, or a UserError."""
        if not 2 <= self.people <= 8:
            raise UserError(f"A class of 2 to 8 people fits here, not {self.people}.")
        if self.source == "digits" and self.people > MOST_DIGITS:
            raise UserError(
                f"A class of digits has 2 to {MOST_DIGITS} here, not {self.people}.",
                "Without the newcomer, two of the ten have to be left for the embedding to learn from.",
            )
        if not 10 <= self.updates <= MOST_UPDATES:
            raise UserError(f"Updates are 10 to {MOST_UPDATES:,}, not {self.updates:,}.")
        if not 0 <= self.seed <= MOST_SEED:
            raise UserError(f"The seed is 0 to {MOST_SEED}, not {self.seed}.")
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Retraining:
    """A softmax classifier as it is trained: `old`, `new` float64[n + 1], the share of right answers on other pictures
    of the old people and of the newcomer before and after every update; `losses` float64[n]; `seconds` of training."""

    old: FloatArray
    new: FloatArray
    losses: FloatArray
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class NewcomerLesson:
    """Answer to MeetNewcomer.

    `photos` uint8[K + 1, s, s]: the one photo of everybody, the newcomer's last; `visits` uint8[2, s, s]: another
    picture of a known person (`known`: who) and one of the newcomer. `softmax` float64[4, 2, K + 1]: the classifier's
    answers to both visits: trained on the K photos (nothing for the newcomer: 0), after training on the newcomer's
    photo alone, after training on all K + 1 photos, and one made anew from all K + 1. `distances` float64[2, K + 1]:
    squared, from the visits to the photos. `threshold`: of the embedding, from identities that are not in the class.
    `embedding_before`, `embedding_old`, `embedding_new`: the share of other pictures whose nearest photo is the right
    one: of the old people before the newcomer is enrolled and after, and of the newcomer. With the threshold:
    `unknown`, the share of the newcomer's pictures that are "unknown" before that, as is right, and `refused`, that of
    the old people's, as is wrong. `tests`: how many pictures (old, new).
    """

    request: MeetNewcomer
    photos: npt.NDArray[np.uint8]
    names: tuple[str, ...]
    visits: npt.NDArray[np.uint8]
    known: int
    softmax: FloatArray
    first: Retraining
    alone: Retraining
    together: Retraining
    anew: Retraining
    distances: FloatArray
    threshold: float
    embedding_old: float
    embedding_new: float
    embedding_before: float
    unknown: float
    refused: float
    tests: tuple[int, int]
