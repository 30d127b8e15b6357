"""Everything that a person can set in the view "Sliding windows"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, Self

from engine.detection.sliding.pyramid import LARGEST_SIDE
from engine.detection.sliding.window_net import HIDDEN, WINDOW
from engine.errors import UserError
from gui.widgets.source_state import SourceState

Part = Literal["slide", "fold", "compare"]

FOLD_STEPS: Final = ("net", "columns", "row", "cut", "fold", "apply", "filters", "larger")
"""What happens on the way from fully connected layers to convolutions, in this order."""
MOST_SCALES: Final = 5
STRIDES: Final = (2, 4, 8)
LARGEST_SIZE: Final = 42
"""Pixels a side of the picture that the folded net is shown on."""
FIRST_WINDOW: Final = 507
"""Of the digits that are drawn in: it stands over the 3, at the second scale."""


@dataclass(frozen=True, slots=True)
class SlidingSettings:
    """`part`: what is shown. `picture`: the digits drawn in, or the page's own picture.

    `side`: pixels of its longer side at the largest of the `scales`; `stride` of the window in pixels; `window`: the
    one on show, counted scale by scale and row by row (one beyond the last is the last). `least`: the probability from
    which a window is a box, `overlap`: the IoU above which a weaker box is dropped. Folding: the `step`, the `neuron`
    that is followed, the `size` of the larger picture, the answer `cell` on show (None: that of the window), and
    whether the work is `shared` out in colours instead of the values.
    """

    part: Part = "slide"
    picture: Literal["digits", "page"] = "digits"
    side: int = 56
    scales: int = 3
    stride: int = 2
    window: int = FIRST_WINDOW
    least: float = 0.9
    overlap: float = 0.2
    step: int = 0
    neuron: int = 242
    size: int = 28
    cell: tuple[int, int] | None = None
    shared: bool = False

    def before(self, source: SourceState) -> Self:
        """Another picture was picked: it is the one to look at."""
        return replace(self, picture="page")

    def validated(self) -> Self:
        """The settings themselves. Raises UserError: a sentence that says what is wrong."""
        if not WINDOW <= self.side <= LARGEST_SIDE or self.side % 2:
            raise UserError(
                f"The longer side is an even number of {WINDOW} to {LARGEST_SIDE} pixels, not {self.side}."
            )
        if not 1 <= self.scales <= MOST_SCALES:
            raise UserError(f"There are 1 to {MOST_SCALES} scales, not {self.scales}.")
        if self.stride not in STRIDES:
            known = ", ".join(str(stride) for stride in STRIDES)
            raise UserError(f"The window moves by {known} pixels, not by {self.stride}.")
        if self.window < 0:
            raise UserError("Windows are counted from 0.")
        if not 0 < self.least < 1 or not 0 <= self.overlap <= 1:
            raise UserError("A probability lies between 0 and 1, and so does an IoU.")
        self._check_folding()
        return self

    def _check_folding(self) -> None:
        if not 0 <= self.step < len(FOLD_STEPS):
            raise UserError(f"Folding has the steps 0 to {len(FOLD_STEPS) - 1}, not {self.step}.")
        if not 0 <= self.neuron < HIDDEN:
            raise UserError(f"The layer has the neurons 0 to {HIDDEN - 1}, not {self.neuron}.")
        if not WINDOW <= self.size <= LARGEST_SIZE or self.size % 2:
            raise UserError(
                f"The larger picture has an even number of {WINDOW} to {LARGEST_SIZE} pixels a side, not {self.size}."
            )
        if self.cell is not None and min(self.cell) < 0:
            raise UserError("Rows and columns are counted from 0.")
