"""The curve of precision over recall as lines of a plot: what is known after the find on show."""

from __future__ import annotations

from typing import Final

import numpy as np

from gui.pages.boxes.scoring import words
from gui.pages.boxes.scoring.shown import Shown
from gui.widgets.plot.line_plot import Axis, LinePlot, Marker, Series

RECALL: Final = Axis("recall", low=0.0, high=1.0)
PRECISION: Final = Axis("precision", low=0.0, high=1.0)
FINDS, ENVELOPE, SAMPLED = "finds", "envelope", "averaged"


def lines(shown: Shown) -> list[Series]:
    """The finds so far, their envelope, and the recalls that are averaged."""
    made = shown.so_far
    if not len(made.recall) or not shown.total:
        return []
    recall, height = made.corners()
    found = [Series(FINDS, made.precision, made.recall, growing=shown.index + 1 < len(shown.verdicts))]
    if len(recall):
        found.append(Series(ENVELOPE, height, recall, role="warn", marker="none", dashed=True))
    if shown.how != "all":
        wanted, values = made.sampled(shown.how)
        marker: Marker = "diamond" if shown.how == "11" else "none"
        found.append(Series(SAMPLED, values, wanted, role="good", marker=marker, dashed=True))
    return found


def show(plot: LinePlot, shown: Shown) -> None:
    """Bring the curve into a plot."""
    value = shown.so_far.area(shown.how)
    rest = "" if shown.index + 1 >= len(shown.verdicts) else " so far"
    plot.show_series(lines(shown), RECALL, PRECISION, f"{words.named(shown)}: AP {words.share(value)}{rest}")


def find_at(shown: Shown, recall: float) -> int | None:
    """The first find that has about this recall, None without finds."""
    made = shown.so_far
    return None if not len(made.recall) else int(np.abs(made.recall - recall).argmin())
