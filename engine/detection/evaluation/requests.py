"""What the engine can be asked about how good a detector is, and what it answers. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.detection.evaluation.curves import How
from engine.detection.evaluation.judging import Overlaps
from engine.detection.grid.coding import FloatArray, IntArray
from engine.detection.requests import Annotated
from engine.detection.scoring import Found, Truth
from engine.images import Frame

DIGITS: Final = "yolo-digits"
MOST_PAGES: Final = 24
MOST_PICTURES: Final = 100
"""Of a folder: more would take minutes."""
LEAST_SCORE: Final = 0.05
"""A curve of precision and recall needs the weak finds, too."""
MOST_FINDS: Final = 100
"""A picture, the best ones: COCO's rule."""


@dataclass(frozen=True, slots=True)
class EvaluatePages:
    """Let the bundled detector read `count` pages of digits, the first is `first`. All answers: Evaluated."""

    count: int = 8
    first: int = 0


@dataclass(frozen=True, slots=True)
class EvaluateFolder:
    """Let a detector look at a folder in VOC or YOLO format. Partial answers and the last one: Evaluated."""

    folder: str | Path
    detector: str


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """A labelled set and what a detector found in it, picture by picture.

    `title`: what the set is; `detector`: the title of the net. `frames`: the pictures, small enough for a screen;
    boxes of `found` and `truth` are in their pixels. `of`: how many pictures there will be. `note`: what was left out.
    """

    title: str
    detector: str
    classes: tuple[str, ...]
    frames: tuple[Frame, ...]
    found: tuple[Found, ...]
    truth: tuple[Truth, ...]
    of: int
    note: str = ""

    @property
    def complete(self) -> bool:
        return len(self.frames) == self.of

    def overlaps(self) -> Overlaps:
        """What the verdicts need."""
        return Overlaps.of(self.found, self.truth)


@dataclass(frozen=True, slots=True, eq=False)
class CheckScores:
    """Judge once more by torch and torchvision. Answer: CheckResult about average precision, class by class.

    `values` float64[C]: of all classes at the IoU `least`, NaN for classes of which nothing is there.
    """

    found: tuple[Found, ...]
    truth: tuple[Truth, ...]
    values: FloatArray
    least: float
    how: How


@dataclass(frozen=True, slots=True, eq=False)
class ReadPage:
    """Let the bundled detector read page `number` of digits, or `frame`, cell by cell. Answer: PageRead."""

    number: int
    frame: Frame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PageRead:
    """A picture with digits, what is there (nothing is known about a frame of the person's own), and what was found.

    `annotated.raw` has what every cell says.
    """

    request: ReadPage
    frame: Frame
    boxes: FloatArray
    kinds: IntArray
    annotated: Annotated
