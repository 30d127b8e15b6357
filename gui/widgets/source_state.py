"""What a source of pictures is, as plain values: for undo, session restore, "copy state" and lessons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, Self, TypeAlias

from engine.errors import UserError
from gui.state import from_json

Kind: TypeAlias = Literal["sample", "file", "drawing", "camera", "video", "preset"]
Point: TypeAlias = tuple[float, ...]
"""(x, y) as shares of the board's side; a pen adds its pressure 0..1 as a third number."""
Stroke: TypeAlias = tuple[float, bool, tuple[Point, ...]]
"""Thickness as a share of the board's side, whether it erases, its points."""

LIVE_KINDS: Final[tuple[Kind, ...]] = ("camera", "video")
INKS: Final = ("dark", "light")
DEFAULT_SAMPLE: Final = "astronaut"
MAX_THICKNESS: Final = 0.25
MAX_STROKES: Final = 4000
MAX_POINTS: Final = 200_000
# A hand may leave the board and come back within one stroke.
_BEYOND: Final = 2.0


@dataclass(frozen=True, slots=True)
class SourceState:
    """Where the picture comes from.

    `value` is the name of a sample, preset or camera, the path of a file or video, or the ink of a drawing
    ("dark" on white, which "" means too, or "light" on black). `frozen` holds a camera's or video's picture.
    """

    kind: Kind = "sample"
    value: str = DEFAULT_SAMPLE
    frozen: bool = False
    strokes: tuple[Stroke, ...] = ()

    @classmethod
    def from_json(cls, data: object) -> Self:
        """A state from JSON values.

        Raises:
            UserError: the sentence names what is wrong.
        """
        return from_json(cls, data).validated()

    def validated(self) -> Self:
        """The state itself, or a UserError that says what is wrong with it."""
        if "\0" in self.value:
            raise UserError("The name of the saved source has a character that no name can have.")
        if self.kind == "drawing":
            self._check_drawing()
        elif self.strokes:
            raise UserError(f'A saved source of the kind "{self.kind}" cannot hold a drawing.')
        elif not self.value:
            raise UserError(f'The saved source of the kind "{self.kind}" has no name.')
        return self

    def _check_drawing(self) -> None:
        if self.value not in ("", *INKS):
            raise UserError(
                f'The saved drawing has the unknown ink "{self.value}".', 'Use "dark" or "light".'
            )
        if len(self.strokes) > MAX_STROKES or count_points(self.strokes) > MAX_POINTS:
            raise UserError(
                "The saved drawing is too long.",
                f"At most {MAX_STROKES:,} strokes and {MAX_POINTS:,} points fit.",
            )
        for number, stroke in enumerate(self.strokes, start=1):
            _check_stroke(stroke, number)


def count_points(strokes: tuple[Stroke, ...]) -> int:
    """The number of points of a drawing."""
    return sum(len(points) for _, _, points in strokes)


def _check_stroke(stroke: Stroke, number: int) -> None:
    thickness, _, points = stroke
    if not 0 < thickness <= MAX_THICKNESS:
        raise UserError(
            f"Stroke {number} of the saved drawing has the thickness {thickness:g}.",
            f"It must be above 0 and at most {MAX_THICKNESS:g} of the board's side.",
        )
    if not points:
        raise UserError(f"Stroke {number} of the saved drawing has no points.")
    for point in points:
        if len(point) not in (2, 3) or not all(math.isfinite(v) and abs(v) <= _BEYOND for v in point):
            raise UserError(
                f"Stroke {number} of the saved drawing has the point {list(point)}.",
                "A point is x and y, as shares of the board's side, and for a pen its pressure.",
            )
