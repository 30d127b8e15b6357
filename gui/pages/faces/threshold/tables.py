"""What the parts of the view Threshold show, as tables to take away: pure functions."""

from __future__ import annotations

import numpy as np

from engine.faces.evaluate import Histogram, grown
from gui.pages.faces.pair import PairLook
from gui.pages.faces.threshold.resolve import Figures
from gui.pages.faces.view import Table


def histogram_table(bars: Histogram) -> Table:
    """Pairs of both kinds, bin by bin."""
    columns = bars.edges[:-1], bars.edges[1:], bars.same, bars.different
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    return ("d from", "d to", "pairs of one person", "pairs of two people"), rows


def growth_table(figures: Figures, threshold: float, far: float) -> Table:
    """Shares of strangers who get a name: as computed, and as measured where the group is large enough."""
    counts = sorted({*figures.strange, *(10**power for power in range(7))})
    rows = []
    for count, computed in zip(counts, grown(far, counts).tolist(), strict=True):
        away = figures.strange.get(count)
        rows.append((count, computed, "" if away is None else float((away <= threshold).mean())))
    return ("K", "computed", "measured"), rows


def pair_table(pair: PairLook) -> Table:
    """All numbers of both embeddings, the largest difference first."""
    order = np.argsort(-pair.parts, kind="stable")
    rows = [
        (at, float(pair.rows[0][at]), float(pair.rows[1][at]), float(pair.parts[at])) for at in order.tolist()
    ]
    return ("k", "f_k(a)", "f_k(b)", "squared difference"), rows
