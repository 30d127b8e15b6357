"""Everything that a person can set in the view "Region proposals"."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal, Self

from engine.detection.proposals.requests import FASTER, Pooling
from engine.detection.proposals.settings import SearchSettings
from engine.errors import UserError
from gui.pages.boxes.shares import Shares, check_box
from gui.widgets.source_state import SourceState

Part = Literal["grouping", "proposals", "nets", "pooling"]
PARTS: Final[tuple[tuple[Part, str, str], ...]] = (
    ("grouping", "Segments and merges", "The most similar neighbours are merged, again and again"),
    ("proposals", "Proposals", "The boxes of all regions in an order; how many does it take?"),
    ("nets", "Three nets", "R-CNN, Fast R-CNN and Faster R-CNN side by side, counted"),
    ("pooling", "RoI pooling", "How a box of any size becomes a small map of one size"),
)
FEWEST: Final = 1
MOST: Final = 600
MOST_THINGS: Final = 12
SMALLEST_PASS, LARGEST_PASS, PASS_STEP = 2.0, 8.0, 0.5
STRONGEST: Final = -1
"""The channel that is largest inside of the box."""
ANSWERS: Final = -1
"""Not the proposals of a level, but what was found in all of them."""

# Things on the bundled photos, in shares, so that there is something to find on the first visit.
KNOWN: Final[dict[str, tuple[Shares, ...]]] = {
    "astronaut": ((0.30, 0.02, 0.59, 0.40), (0.0, 0.0, 0.27, 0.6), (0.66, 0.02, 0.86, 0.52)),
    "coffee": ((0.25, 0.1, 0.83, 0.83),),
    "cat": ((0.12, 0.03, 0.99, 0.99),),
    "rocket": ((0.47, 0.14, 0.55, 0.74),),
}


@dataclass(frozen=True, slots=True)
class ProposalsSettings:
    """`part`: what is on show. `step`: how many merges; `picked`: a place (x, y), as shares, whose region is asked for.

    `count`: the first proposals that count; `things`: boxes of what is there, as shares. `net` classifies for R-CNN and
    Fast R-CNN, whose picture is `enlarged` times what it was made for; `faster`: torchvision's net. `least`: answers
    with a smaller score are not drawn. `level`: the map of Faster R-CNN whose own proposals are drawn, ANSWERS for its
    answers. `opened`: the method whose picture is shown alone. `proposal`, `channel` (STRONGEST: the largest) and
    `cell` are what RoI pooling is stepped on.
    """

    part: Part = "grouping"
    search: SearchSettings = field(default_factory=SearchSettings)
    step: int = 0
    picked: tuple[float, float] | None = None
    painted: Literal["photo", "mean"] = "photo"
    count: int = 100
    things: tuple[Shares, ...] = KNOWN["astronaut"]
    net: str = "tinyvgg-cifar10"
    faster: str = FASTER[0][0]
    enlarged: float = 4.0
    pooling: Pooling = "max"
    least: float = 0.9
    level: int = ANSWERS
    opened: Literal["", "rcnn", "fast", "faster"] = ""
    proposal: int = 0
    channel: int = STRONGEST
    cell: int = 0

    def before(self, source: SourceState) -> Self:
        """Another picture: what is known of the one before means nothing on it."""
        known = KNOWN.get(source.value, ()) if source.kind == "sample" else ()
        return replace(self, things=known, step=0, picked=None, proposal=0, cell=0)

    def validated(self) -> Self:
        """The settings themselves. Raises UserError: a sentence that says what is wrong."""
        self.search.validated()
        if not FEWEST <= self.count <= MOST:
            raise UserError(f"Between {FEWEST} and {MOST} proposals can be looked at.")
        if len(self.things) > MOST_THINGS:
            raise UserError(f"At most {MOST_THINGS} things can be drawn.")
        for box in self.things:
            check_box(box)
        if not SMALLEST_PASS <= self.enlarged <= LARGEST_PASS:
            raise UserError(
                f"The picture is {SMALLEST_PASS:g} to {LARGEST_PASS:g} times as large as what the net was made for."
            )
        if not 0 <= self.least <= 1:
            raise UserError("A score lies between 0 and 1.")
        if self.picked is not None and not all(0 <= place <= 1 for place in self.picked):
            raise UserError("The saved place is not on the picture.")
        if self.faster not in dict(FASTER):
            raise UserError(f"There is no Faster R-CNN called “{self.faster}”.", "Choose one of the list.")
        if not self.net:
            raise UserError("The saved view names no net.")
        if min(self.step, self.proposal, self.cell) < 0 or min(self.channel, self.level) < -1:
            raise UserError("Steps, proposals, channels and cells are counted from 0.")
        return self
