"""Everything that a person can set in the view "Non-max suppression"."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Literal, Self

from engine.detection.boxes import Soft
from engine.errors import UserError
from gui.pages.boxes.shares import Shares, check_box
from gui.pages.boxes.target.settings import CLASSES, KNOWN, Labelled
from gui.widgets.source_state import SourceState

Origin = Literal["street", "around", "drawn", "detector", "given"]
Decay = Literal["hard", "linear", "gaussian"]
ORIGINS: Final[tuple[Origin, ...]] = ("street", "around", "drawn", "detector", "given")
DECAYS: Final[tuple[Decay, ...]] = ("hard", "linear", "gaussian")

SOMETHING: Final = (Labelled((0.3, 0.25, 0.7, 0.8)),)
"""What boxes stand around on a picture whose things nobody has told."""
MOST_CARDS: Final = 40
"""Boxes on the table; of more than that the best ones are taken."""
MOST_THINGS: Final = 6
MOST_AROUND: Final = 12
LEAST_JITTER, MOST_JITTER = 0.02, 0.4
LEAST_SIGMA, MOST_SIGMA = 0.05, 1.0
MOST_SEED: Final = 9999
MOST_STEP: Final = 10_000
MOST_GIVEN_CLASSES: Final = 1000


@dataclass(frozen=True, slots=True)
class Scored:
    """A box with its class, counted from 0, and its score p_c."""

    box: Shares
    kind: int = 0
    score: float = 0.9


@dataclass(frozen=True, slots=True)
class SuppressionSettings:
    """Which boxes are on the table, and how they are suppressed.

    `origin`: boxes drawn at random around the things of a generated street ("street") or around `things` on the
    picture ("around"); `drawn` by hand; raw boxes of the bundled detector on the picture ("detector"), or those that
    the live page handed over ("given"). `count` boxes a thing, off by `jitter`. `least`: boxes with p_c up to it are
    discarded; `threshold`: rivals with a larger IoU die. `decay`: "hard", or soft-NMS with `sigma`, where boxes scored
    `floor` or less are removed. `step`: 0 before the first decision.
    """

    origin: Origin = "street"
    scene: int = 33
    things: tuple[Labelled, ...] = KNOWN["astronaut"]
    drawn: tuple[Scored, ...] = ()
    given: tuple[Scored, ...] = ()
    given_classes: tuple[str, ...] = ()
    count: int = 4
    jitter: float = 0.1
    seed: int = 0
    least: float = 0.6
    threshold: float = 0.5
    per_class: bool = True
    decay: Decay = "hard"
    sigma: float = 0.5
    floor: float = 0.2
    step: int = 0

    @property
    def soft(self) -> Soft | None:
        """The way of soft-NMS, None for the hard one."""
        return None if self.decay == "hard" else Soft(self.decay, self.sigma, self.floor)

    def before(self, source: SourceState) -> Self:
        """Another picture: its own things where they are known; boxes on the one before mean nothing on it.

        It comes to the table: a drawing before the detector for digits, anything else with boxes around its things.
        """
        known = KNOWN.get(source.value, ()) if source.kind == "sample" else ()
        origin: Origin = "detector" if source.kind == "drawing" else "around"
        if self.origin == "detector" and source.kind != "sample":
            origin = "detector"
        return replace(self, things=known or SOMETHING, drawn=(), given=(), origin=origin, step=0)

    def validated(self) -> Self:
        """The settings themselves. Raises UserError: a sentence that says what is wrong."""
        if self.origin not in ORIGINS or self.decay not in DECAYS:
            raise UserError("The saved view names a way of suppression that there is not.")
        self._check_boxes()
        for name, value in (
            ("p_c", self.least),
            ("IoU threshold", self.threshold),
            ("least score", self.floor),
        ):
            if not (math.isfinite(value) and 0 <= value <= 1):
                raise UserError(f"The {name} {value:g} does not lie between 0 and 1.")
        if not 1 <= self.count <= MOST_AROUND:
            raise UserError(f"Between 1 and {MOST_AROUND} boxes can stand around a thing, not {self.count}.")
        if not LEAST_JITTER <= self.jitter <= MOST_JITTER:
            raise UserError(f"The jitter lies between {LEAST_JITTER:g} and {MOST_JITTER:g}.")
        if not LEAST_SIGMA <= self.sigma <= MOST_SIGMA:
            raise UserError(f"σ lies between {LEAST_SIGMA:g} and {MOST_SIGMA:g}.")
        if not (0 <= self.scene <= MOST_SEED and 0 <= self.seed <= MOST_SEED and 0 <= self.step <= MOST_STEP):
            raise UserError("Seeds and steps are counted from 0.")
        return self

    def _check_boxes(self) -> None:
        if len(self.things) > MOST_THINGS:
            raise UserError(f"Boxes can stand around {MOST_THINGS} things, not {len(self.things)}.")
        for thing in self.things:
            check_box(thing.box)
            _check_kind(thing.kind, len(CLASSES))
        for boxes, classes in ((self.drawn, len(CLASSES)), (self.given, len(self.given_classes))):
            if len(boxes) > MOST_CARDS:
                raise UserError(f"At most {MOST_CARDS} boxes fit on the table, not {len(boxes)}.")
            for one in boxes:
                check_box(one.box)
                _check_kind(one.kind, classes)
                if not (math.isfinite(one.score) and 0 <= one.score <= 1):
                    raise UserError(f"The score {one.score:g} does not lie between 0 and 1.")
        if len(self.given_classes) > MOST_GIVEN_CLASSES:
            raise UserError(f"A detector with {len(self.given_classes)} classes cannot be shown.")


def _check_kind(kind: int, classes: int) -> None:
    if not 0 <= kind < classes:
        raise UserError(f"There is no class {kind + 1}; there are {classes} of them.")
