"""Everything that a person can set in the view "Target vector"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, Self

from engine.errors import UserError
from gui.pages.boxes.shares import Shares, check_box
from gui.widgets.source_state import SourceState

MOST_BOXES: Final = 12
MOST_CLASSES: Final = 8
LONGEST_NAME: Final = 24
LEAST_P: Final = 0.01
MOST_P: Final = 0.99
MOST_SCORE: Final = 6.0
CLASSES: Final = ("person", "cat", "motorcycle")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled thing: its box and its class, counted from 0."""

    box: Shares
    kind: int = 0


# The things of the first three classes on the bundled photos, in shares; on the others there is none of them.
KNOWN: Final[dict[str, tuple[Labelled, ...]]] = {
    "astronaut": (Labelled((23 / 512, 13 / 512, 369 / 512, 1.0), 0),),
    "cat": (Labelled((0.0, 0.0, 392 / 451, 1.0), 1),),
    "motorcycle": (Labelled((90 / 741, 76 / 500, 690 / 741, 454 / 500), 2),),
    "camera": (Labelled((2 / 512, 60 / 512, 340 / 512, 1.0), 0),),
}
FIRST_GUESS: Final[Shares] = (72 / 512, 36 / 512, 410 / 512, 470 / 512)


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """`boxes`: what is there, in the order drawn; the vector is about the one that is `chosen`.

    `nothing`: nothing is said to be there although boxes are drawn. `p`: what the guess says for p_c; `scores`: its
    class scores before the softmax. `roots`: the loss compares the roots of height and width.
    """

    classes: tuple[str, ...] = CLASSES
    boxes: tuple[Labelled, ...] = KNOWN["astronaut"]
    chosen: int = 0
    nothing: bool = False
    guess: Shares = FIRST_GUESS
    guessing: bool = True
    p: float = 0.8
    scores: tuple[float, ...] = (1.5, 0.5, -1.0)
    loss: Literal["course", "practice"] = "course"
    roots: bool = False

    @property
    def present(self) -> bool:
        """Whether the vector says that something is there."""
        return bool(self.boxes) and not self.nothing

    @property
    def thing(self) -> Labelled | None:
        """What the vector is about, None for nothing."""
        return self.boxes[min(self.chosen, len(self.boxes) - 1)] if self.present else None

    def before(self, source: SourceState) -> Self:
        """Another picture: its own things where they are known; boxes drawn on the one before mean nothing on it."""
        known = KNOWN.get(source.value, ()) if source.kind == "sample" else ()
        if self.boxes == known and source.kind == "sample":
            return self
        things = tuple(thing for thing in known if thing.kind < len(self.classes))
        return replace(self, boxes=things, chosen=0, nothing=False)

    def validated(self) -> Self:
        """The settings themselves. Raises UserError: a sentence that says what is wrong."""
        if not 1 <= len(self.classes) <= MOST_CLASSES:
            raise UserError(f"The vector needs 1 to {MOST_CLASSES} classes, not {len(self.classes)}.")
        for name in self.classes:
            if not name.strip() or len(name) > LONGEST_NAME:
                raise UserError(f"A class needs a name of 1 to {LONGEST_NAME} characters.")
        if len(set(self.classes)) != len(self.classes):
            raise UserError("Two classes have the same name; give each a name of its own.")
        if len(self.scores) != len(self.classes):
            raise UserError(f"There are {len(self.classes)} classes but {len(self.scores)} class scores.")
        if not LEAST_P <= self.p <= MOST_P:
            raise UserError(f"The guess for p_c must lie between {LEAST_P} and {MOST_P}.")
        if not all(abs(score) <= MOST_SCORE for score in self.scores):
            raise UserError(f"Class scores lie between −{MOST_SCORE:g} and {MOST_SCORE:g}.")
        if len(self.boxes) > MOST_BOXES:
            raise UserError(f"At most {MOST_BOXES} boxes fit on this picture.", "Take one away first.")
        for thing in self.boxes:
            check_box(thing.box)
            if not 0 <= thing.kind < len(self.classes):
                raise UserError(f"There is no class {thing.kind + 1}; there are {len(self.classes)} of them.")
        check_box(self.guess)
        if self.chosen < 0:
            raise UserError("Boxes are counted from 0.")
        return self
