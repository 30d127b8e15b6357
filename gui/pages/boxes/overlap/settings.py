"""Everything that a person can set in the view "IoU"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal, Self

from gui.pages.boxes.shares import Shares, Size, check_box, to_pixels, to_shares
from gui.widgets.box_geometry import inside

TRUTH: Final[Shares] = (148 / 512, 16 / 512, 308 / 512, 190 / 512)
PREDICTION: Final[Shares] = (184 / 512, 52 / 512, 334 / 512, 220 / 512)


@dataclass(frozen=True, slots=True)
class OverlapSettings:
    """Two boxes as shares of the picture: what is there, and what a net says.

    `axis`: along which the curve moves the prediction. `enclosing`: the box around both is drawn.
    """

    truth: Shares = TRUTH
    prediction: Shares = PREDICTION
    axis: Literal["x", "y"] = "x"
    enclosing: bool = True

    def validated(self) -> Self:
        """The settings themselves. Raises UserError: a sentence that says what is wrong."""
        check_box(self.truth)
        check_box(self.prediction)
        return self


@dataclass(frozen=True, slots=True)
class Example:
    """A telling pair: where the prediction lies for a true box, both in pixels."""

    title: str
    tip: str
    place: Callable[[Shares], Shares]


def _moved(box: Shares, across: float) -> Shares:
    """Moved by a share of its own width."""
    by = across * (box[2] - box[0])
    return box[0] + by, box[1], box[2] + by, box[3]


def _inner(box: Shares) -> Shares:
    x1, y1, x2, y2 = box
    width, height = (x2 - x1) / 2, (y2 - y1) / 2
    return x1 + width / 2, y1 + height / 2, x2 - width / 2, y2 - height / 2


EXAMPLES: Final[dict[str, Example]] = {
    "same": Example("Same", "IoU 1: nothing else reaches it", lambda box: box),
    "pixel": Example(
        "One pixel off",
        "How little it takes from a box of this size",
        lambda b: (b[0] + 1, b[1], b[2] + 1, b[3]),
    ),
    "half": Example(
        "Half over", "Moved by half a width: one third, not one half", lambda box: _moved(box, 0.5)
    ),
    "inside": Example("Inside", "Half as wide and half as high: one quarter", _inner),
    "touching": Example("Touching", "An edge in common is no area in common", lambda box: _moved(box, 1.0)),
    "apart": Example("Apart", "IoU stays 0 however far; GIoU goes on falling", lambda box: _moved(box, 1.25)),
}
START: Final[Shares] = (0.12, 0.2, 0.42, 0.62)
"""A true box with room for all examples at its right."""


def with_example(settings: OverlapSettings, name: str, size: Size) -> OverlapSettings:
    """The prediction of an example; the true box moves only if the picture has no room for it."""
    place, truth = EXAMPLES[name].place, to_pixels(settings.truth, size)
    wanted = place(truth)
    if wanted != inside(wanted, size):
        x1, y1, x2, y2 = to_pixels(START, size)
        truth = inside((round(x1), round(y1), round(x2), round(y2)), size)
        wanted = inside(place(truth), size)
    return replace(settings, truth=to_shares(truth, size), prediction=to_shares(wanted, size))
