"""Everything that a person can set in the view "Live training"."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from engine.errors import UserError
from engine.faces.learning.requests import TripletSpec

LEAST_TRAINED, LEAST_HELD_OUT = 2, 2


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """`moment`: which of the kept moments is on show, None for the latest. `thumbnails`: pictures instead of dots.

    `curves`: whether the curves are on show, None: where there is room for them beneath the planes.
    """

    spec: TripletSpec = field(default_factory=TripletSpec)
    moment: int | None = None
    thumbnails: bool = True
    curves: bool | None = None

    def validated(self) -> Self:
        """The settings themselves. Raises UserError: a sentence that says what is wrong."""
        self.spec.validated()
        if self.moment is not None and self.moment < 0:
            raise UserError("Moments are counted from 0.")
        return self


def with_folder(spec: TripletSpec, folder: Path) -> TripletSpec:
    """Learn from a folder of people; of few people fewer are held out, so that some are left to learn from."""
    try:
        people = sum(one.is_dir() for one in folder.iterdir())
    except OSError:  # the engine says what is wrong with it
        people = 0
    held_out = min(spec.held_out, max(people - LEAST_TRAINED, LEAST_HELD_OUT))
    return replace(spec, source="folder", folder=str(folder), held_out=held_out)
