"""Everything that a person can set in the view "Live training"."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

from engine.errors import UserError
from engine.faces.learning.identities import Source
from engine.faces.learning.requests import TripletSpec

FACES: Final = TripletSpec("drawn", held_out=8, dims=128, unit=True, people=8, photos=4)
"""What suits pictures of people, in these fields:"""
SUITED: Final = ("dims", "unit", "held_out", "people", "photos")
HELD_OUT_OF, LEAST_HELD_OUT = 3, 2
"""Of a folder's people one in three is held out at most, but two at least."""


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


def with_source(spec: TripletSpec, source: Source) -> TripletSpec:
    """Learn from other pictures. Between digits and faces what suits them changes, too: a plane is enough for ten
    digits, people need more room, and more of them to tell how well it works."""
    if (spec.source == "digits") != (source == "digits"):
        usual = TripletSpec() if source == "digits" else FACES
        suited: dict[str, Any] = {name: getattr(usual, name) for name in SUITED}
        spec = replace(spec, **suited)
    return replace(spec, source=source)


def with_folder(spec: TripletSpec, folder: Path) -> TripletSpec:
    """Learn from a folder of people; of few people fewer are held out, so that some are left to learn from."""
    try:
        people = sum(one.is_dir() for one in folder.iterdir())
    except OSError:  # the engine says what is wrong with it
        people = 0
    spec = with_source(spec, "folder")
    held_out = min(spec.held_out, max(people // HELD_OUT_OF, LEAST_HELD_OUT))
    return replace(spec, folder=str(folder), held_out=held_out)
