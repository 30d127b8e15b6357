"""The costs of a run as lines: J with its terms, or the layers of the style. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from engine.style.requests import CONTENT, VARIATION, CostRows
from gui.widgets.plot.data import Series

Lines = dict[str, npt.NDArray[np.float64]]
TOTAL = "J"
TERMS = {CONTENT: "content", VARIATION: "TV"}
"""The terms beside the style, as the legend calls them: short, so that it stays one line."""
ROLES = ("accent", "warn", "good", "error", "text", "muted")


def columns(costs: Sequence[CostRows], *, weighted: bool) -> Lines:
    """Every term's cost float64[evaluations] by its name, and J; NaN where a term had no part in J.

    `weighted`: what each adds to J, else the cost itself.
    """
    names = list(dict.fromkeys(name for rows in costs for name in rows.names))
    count = max((rows.first + len(rows.values) for rows in costs), default=0)
    found = {name: np.full(count, np.nan) for name in (*names, TOTAL)}
    for rows in costs:
        place = slice(rows.first, rows.first + len(rows.values))
        for index, name in enumerate(rows.names):
            values = rows.values[:, index].astype(np.float64)
            found[name][place] = values * rows.weights[:, index] if weighted else values
        found[TOTAL][place] = rows.values[:, -1]
    return found


def style_cost(costs: Sequence[CostRows], *, weighted: bool) -> npt.NDArray[np.float64]:
    """The style's cost float64[evaluations]: what all layers add to J, or else their mean, each counting as in J."""
    lines, shares = columns(costs, weighted=True), columns(costs, weighted=False)
    layers = [name for name in lines if name not in (CONTENT, VARIATION, TOTAL)]
    if not layers:
        return np.full(len(lines[TOTAL]), np.nan)
    added = np.stack([lines[name] for name in layers])
    absent = np.isnan(added).all(0)
    if not weighted:
        plain = np.stack([shares[name] for name in layers])
        weights = np.divide(added, plain, out=np.zeros_like(added), where=plain > 0)
        total = np.nansum(weights, 0)
        added = np.divide(weights * plain, total, out=np.full_like(added, np.nan), where=total > 0)
    return np.where(absent, np.nan, np.nansum(added, 0))


def series(
    costs: Sequence[CostRows], titles: Mapping[str, str], kind: str, *, weighted: bool, growing: bool
) -> list[Series]:
    """The lines of a plot: `kind` "terms" (J only with its weights) or "layers", by the layers' titles."""
    lines = columns(costs, weighted=weighted)
    if kind == "layers":
        named = {name: lines[name] for name in lines if name not in (CONTENT, VARIATION, TOTAL)}
        chosen = {titles.get(name, name): values for name, values in named.items()}
    else:
        chosen = {TOTAL: lines[TOTAL]} if weighted else {}
        chosen["style"] = style_cost(costs, weighted=weighted)
        chosen |= {title: lines[name] for name, title in TERMS.items() if name in lines}
    found = []
    for index, (name, values) in enumerate(chosen.items()):
        drawn = np.flatnonzero(values > 0)
        if drawn.size:
            found.append(
                Series(
                    name, values[drawn], drawn.astype(np.float64), ROLES[index % len(ROLES)], "none",
                    dashed=index >= len(ROLES), growing=growing,
                )
            )  # fmt: skip
    return found
