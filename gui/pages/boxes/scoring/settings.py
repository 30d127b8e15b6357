"""Everything that a person can set in the view "Scoring"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, Self

from engine.detection.evaluation.curves import How
from engine.detection.evaluation.requests import DIGITS, MOST_PAGES
from engine.errors import UserError

MOST_STEP: Final = 100_000
MOST_CLASSES: Final = 10_000
MOST_FIRST: Final = 90
LOWEST, HIGHEST = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class ScoringSettings:
    """`source`: pages of digits (`count` of them from page `first` on), or a folder in VOC or YOLO format.

    `detector` looks at the folder. `kind`: the class that is walked through, None for all together; `least`: the IoU
    from which on a find counts as right; `how`: the recalls that average precision counts; `step`: the find, the best
    one is 0, one beyond the last is the last.
    """

    source: Literal["pages", "folder"] = "pages"
    count: int = 8
    first: int = 0
    folder: str = ""
    detector: str = DIGITS
    kind: int | None = 9
    least: float = 0.5
    how: How = "all"
    step: int = MOST_STEP

    def validated(self) -> Self:
        """The settings themselves. Raises UserError: a sentence that says what is wrong."""
        if not 1 <= self.count <= MOST_PAGES:
            raise UserError(f"Between 1 and {MOST_PAGES} pages can be read, not {self.count}.")
        if not 0 <= self.first <= MOST_FIRST:
            raise UserError(f"The first page is 0 to {MOST_FIRST}, not {self.first}.")
        if self.source == "folder" and not self.folder:
            raise UserError("The saved view names no folder.", "Choose one.")
        if not self.detector:
            raise UserError("The saved view names no detector.")
        if self.kind is not None and not 0 <= self.kind < MOST_CLASSES:
            raise UserError(f"There is no class {self.kind}.", "Classes are counted from 0.")
        if not (math.isfinite(self.least) and LOWEST <= self.least <= HIGHEST):
            raise UserError(f"The IoU threshold lies between {LOWEST:g} and {HIGHEST:g}.")
        if not 0 <= self.step <= MOST_STEP:
            raise UserError("Finds are counted from 0.")
        return self
