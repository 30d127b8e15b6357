"""Everything that a person can set on the classification page."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Final, Literal, Self

from engine.errors import UserError
from engine.networks.requests import PictureEdits
from gui.pages.classify.drawings import FIVE
from gui.widgets.source_state import MAX_THICKNESS, SourceState

DIGITS_NET: Final = "lenet5-digits"
PHOTO_NET: Final = "tinyvgg-cifar10"
TOOLS: Final = ("paint", "crop", "turn")
PAINTS: Final = ("grey", "black", "white")
THINNEST, BOLDEST = 0.005, 0.2
"""The brush's radius, as a share of the picture's longer side."""
MOST_STROKES, MOST_POINTS = 400, 20_000
STEEPEST = 180.0
_BEYOND = 1.0  # a hand may leave the picture within a stroke

Crop = tuple[float, float, float, float]
Point = tuple[float, float]
PaintStroke = tuple[float, tuple[Point, ...]]


@dataclass(frozen=True, slots=True)
class ClassifyState:
    """A net, a picture, and what was done to the picture.

    `crop`, `angle`, `strokes` and `paint` are those of engine.networks.requests.PictureEdits. `brush`: the radius for
    painting over, `pen`: the thickness for drawing, both as shares; `erase`: the pen takes ink away. `compare`: show
    what the net says to the picture as it came, too; `logits`: show the numbers before the softmax.
    """

    weights: str = DIGITS_NET
    source: SourceState = field(default_factory=lambda: SourceState("drawing", "dark", strokes=FIVE))
    crop: Crop | None = None
    angle: float = 0.0
    strokes: tuple[PaintStroke, ...] = ()
    paint: Literal["grey", "black", "white"] = "grey"
    brush: float = 0.06
    pen: float = 0.06
    erase: bool = False
    tool: Literal["paint", "crop", "turn"] = "paint"
    compare: bool = True
    logits: bool = False

    @property
    def edits(self) -> PictureEdits:
        """What was done to the picture, for the engine."""
        return PictureEdits(self.crop, self.angle, self.strokes, self.paint)

    @property
    def edited(self) -> bool:
        """Whether anything was done to the picture."""
        return not self.edits.none

    @property
    def drawing(self) -> bool:
        """Whether the picture is drawn here, so that the brush is a pen."""
        return self.source.kind == "drawing"

    def validated(self) -> Self:
        """The state itself, or a UserError that says what is wrong with it."""
        self.source.validated()
        if not self.weights:
            raise UserError("The saved view names no net.")
        self._check_crop()
        if not (math.isfinite(self.angle) and abs(self.angle) <= STEEPEST):
            raise UserError(f"The saved angle {self.angle:g} is not between −180° and 180°.")
        if not THINNEST <= self.brush <= BOLDEST:
            raise UserError(f"The saved brush has the radius {self.brush:g}.", f"It is at most {BOLDEST:g}.")
        if not 0 < self.pen <= MAX_THICKNESS:
            raise UserError(
                f"The saved pen has the thickness {self.pen:g}.", f"It is at most {MAX_THICKNESS:g}."
            )
        self._check_strokes()
        return self

    def _check_crop(self) -> None:
        if self.crop is None:
            return
        left, top, right, bottom = self.crop
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):  # written so that NaN fails as well
            raise UserError("The saved crop does not lie inside the picture.", "Crop it anew.")

    def _check_strokes(self) -> None:
        points = sum(len(points) for _, points in self.strokes)
        if len(self.strokes) > MOST_STROKES or points > MOST_POINTS:
            raise UserError(
                "There are too many strokes on the picture.", f"At most {MOST_STROKES} fit; reset the edits."
            )
        for radius, places in self.strokes:
            numbers = [value for place in places for value in place]
            inside = all(math.isfinite(value) and -_BEYOND <= value <= 1 + _BEYOND for value in numbers)
            if not (0 < radius <= BOLDEST and places and inside):
                raise UserError(
                    "The saved picture is painted over with a stroke that cannot be.", "Reset the edits."
                )


def unedited(state: ClassifyState) -> ClassifyState:
    """The state with the picture as it came; a drawing stays."""
    return replace(state, crop=None, angle=0.0, strokes=())


def with_source(state: ClassifyState, source: SourceState) -> ClassifyState:
    """Another picture: what was done to the one before does not belong to it. A drawing that goes on keeps it."""
    if source.kind == state.source.kind == "drawing":
        return replace(state, source=source)
    if (source.kind, source.value) == (state.source.kind, state.source.value):
        return replace(state, source=source)  # frozen, or going on
    return replace(unedited(state), source=source)
