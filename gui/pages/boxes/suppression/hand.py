"""The cards on the table and how they stand at every step. Pure: settings and a picture in, cards out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from engine.detection.anchoring import street
from engine.detection.boxes import NmsStep, nms_steps
from engine.detection.found import Raw
from engine.detection.suppress import likely
from engine.detection.suppression.clusters import clusters
from engine.images import Frame
from gui.pages.boxes.shares import to_pixels
from gui.pages.boxes.suppression.settings import MOST_CARDS, Scored, SuppressionSettings
from gui.pages.boxes.target.settings import CLASSES

FloatArray = npt.NDArray[np.float64]
Corners = tuple[float, float, float, float]
State = Literal["waiting", "pick", "rival", "kept", "discarded", "dead"]

STREET_THINGS: Final = 4
WEAKEST: Final = 0.05
"""Score from which a detector's raw boxes come to the table."""
SMALLEST_SIDE: Final = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Hand:
    """boxes float64[N, 4] in pixels of `frame`, scores float64[N], classes by number in `names`.

    `things`: what the boxes were drawn around, with their classes. `of`: boxes that there were before the best ones
    were taken.
    """

    frame: Frame
    boxes: FloatArray
    scores: FloatArray
    kinds: tuple[int, ...]
    names: tuple[str, ...]
    things: tuple[tuple[Corners, int], ...] = ()
    of: int = 0

    @property
    def order(self) -> list[int]:
        """The boxes, best first: the order of the cards."""
        return [int(box) for box in np.argsort(-self.scores, kind="stable")]

    def name(self, box: int) -> str:
        """The class of a box in words."""
        return self.names[self.kinds[box]]


@dataclass(frozen=True, slots=True)
class Card:
    """How one box stands. `number`: its place among all, best first, counted from 1; `score` by now, `first` before.

    `why`: the pick that it died by, None for others; `overlap` with the pick in question.
    """

    box: int
    number: int
    state: State
    score: float
    first: float
    overlap: float | None = None
    why: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Game:
    """The hand and all decisions. Position 0 is before the first one, position n behind `steps[n - 1]`."""

    hand: Hand
    steps: tuple[NmsStep, ...]
    numbers: tuple[int, ...]
    """The number of every box's card."""

    @property
    def count(self) -> int:
        """How many positions there are."""
        return len(self.steps) + 1

    def step(self, position: int) -> NmsStep | None:
        """The decision of a position, None before the first."""
        return self.steps[min(position, len(self.steps)) - 1] if position else None

    def cards(self, position: int) -> list[Card]:
        """All cards in their order, as they stand behind a decision."""
        fates = self._fates(position)
        return [self._card(box, position, fates) for box in self.hand.order]

    def decided_at(self, box: int) -> int:
        """The position at which a box is discarded, dies or is picked."""
        for position, step in enumerate(self.steps, start=1):
            if box in step.dropped or (step.kind == "pick" and step.pick == box):
                return position
        return 0

    def _fates(self, position: int) -> dict[int, NmsStep]:
        """The decision that put a box out of the game."""
        found: dict[int, NmsStep] = {}
        for step in self.steps[:position]:
            for box in step.dropped:
                found[box] = step
        return found

    def _card(self, box: int, position: int, fates: dict[int, NmsStep]) -> Card:
        step = self.step(position)
        first = float(self.hand.scores[box])
        score = first if step is None else step.scores[box]
        state: State = "waiting"
        overlap = why = None
        fate = fates.get(box)
        if fate is not None:
            state = "discarded" if fate.kind == "threshold" else "dead"
            if fate.kind == "rival":
                overlap, why = fate.overlap, fate.pick
        elif step is not None and box in step.kept:
            state = "kept"
        if step is not None and step.pick == box:
            state = "pick"
        if step is not None and step.rival == box:
            overlap, why = step.overlap, step.pick
            state = "rival" if step.verdict != "dies" else "dead"
        return Card(box, self.numbers[box], state, score, first, overlap, why)


def play(hand: Hand, settings: SuppressionSettings) -> Game:
    """All decisions about a hand."""
    classes = hand.kinds if settings.per_class else None
    steps = nms_steps(hand.boxes, hand.scores, settings.threshold, settings.least, classes, settings.soft)
    numbers = [0] * len(hand.kinds)
    for number, box in enumerate(hand.order, start=1):
        numbers[box] = number
    return Game(hand, steps, tuple(numbers))


# --- where the cards come from ----------------------------------------------------------------------------


@lru_cache(maxsize=8)
def street_frame(scene: int) -> Frame:
    """The picture of a generated street."""
    found = street.street(scene, STREET_THINGS)
    return Frame(street.draw_street(found.boxes, found.kinds), f"street {scene}")


def deal(settings: SuppressionSettings, frame: Frame | None, raw: Hand | None) -> Hand | None:
    """The hand of the settings: on `frame` where the picture has a part in it; None while something is missing.

    `raw`: the boxes of the detector, with the frame that they are about, once they are there.
    """
    if settings.origin == "street":
        found = street.street(settings.scene, STREET_THINGS)
        things = tuple(zip(found.boxes, found.kinds, strict=True))
        return _around(street_frame(settings.scene), things, street.CLASSES, settings)
    if frame is None:
        return None
    size = (frame.width, frame.height)
    if settings.origin == "around":
        things = tuple((to_pixels(thing.box, size), thing.kind) for thing in settings.things)
        return _around(frame, things, CLASSES, settings)
    if settings.origin == "detector":
        return raw
    given = settings.origin == "given"
    boxes, names = (settings.given, settings.given_classes) if given else (settings.drawn, CLASSES)
    return _of_scored(frame, boxes, names)


def _around(
    frame: Frame,
    things: Sequence[tuple[Corners, int]],
    names: tuple[str, ...],
    settings: SuppressionSettings,
) -> Hand:
    found = clusters(
        [box for box, _ in things], [kind for _, kind in things], (frame.width, frame.height),
        classes=len(names), count=settings.count, jitter=settings.jitter, seed=settings.seed,
    )  # fmt: skip
    hand = Hand(frame, found.boxes, found.scores, found.classes, names, tuple(things))
    return _best(hand)


def _of_scored(frame: Frame, boxes: Sequence[Scored], names: tuple[str, ...]) -> Hand:
    corners = [to_pixels(one.box, (frame.width, frame.height)) for one in boxes]
    return Hand(
        frame,
        np.asarray(corners, np.float64).reshape(-1, 4),
        np.asarray([one.score for one in boxes], np.float64),
        tuple(one.kind for one in boxes),
        names,
    )


def of_raw(frame: Frame, raw: Raw, names: tuple[str, ...]) -> Hand:
    """The best of everything that a detector says about a frame, cut to the picture."""
    index, scores, classes = likely(raw, WEAKEST)
    limit = np.array([frame.width, frame.height] * 2, np.float64)
    boxes = np.clip(np.asarray(raw.boxes[index], np.float64), 0, limit).round(1)
    seen = np.isfinite(boxes).all(1) & ((boxes[:, 2:] - boxes[:, :2]) >= SMALLEST_SIDE).all(1)
    hand = Hand(
        frame, boxes[seen], scores[seen].round(4), tuple(classes[seen].tolist()), names, of=len(raw.boxes)
    )
    return _best(hand)


def _best(hand: Hand) -> Hand:
    """At most `MOST_CARDS` boxes, in the order that they had."""
    count = len(hand.kinds)
    if count <= MOST_CARDS:
        return Hand(
            hand.frame, hand.boxes, hand.scores, hand.kinds, hand.names, hand.things, hand.of or count
        )
    kept = sorted(hand.order[:MOST_CARDS])
    kinds = tuple(hand.kinds[box] for box in kept)
    return Hand(
        hand.frame, hand.boxes[kept], hand.scores[kept], kinds, hand.names, hand.things, hand.of or count
    )
