"""A colour histogram as bands of bars: which bar stands for which bin. Shared by two views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.foundations.descriptors.colour_histogram import LEVELS, ColourHistogram, bin_name
from gui.pages.descriptors.bars import Band, Place, percent
from gui.widgets.facts import Fact

MOST_JOINT: Final = 96
"""Bars of a joint histogram that are drawn: the bins with the most pixels."""
CHANNELS: Final = ("Red", "Green", "Blue")


@dataclass(frozen=True, slots=True, eq=False)
class DrawnBins:
    """The bands of a histogram, and `orders` int64[bars] a band: the bin of every bar."""

    bands: tuple[Band, ...]
    orders: tuple[npt.NDArray[np.int64], ...]

    def bar_of(self, place: Place) -> Place | None:
        """The bar of a bin; None for a bin that is not drawn."""
        if place[0] >= len(self.orders):
            return None
        found = np.flatnonzero(self.orders[place[0]] == place[1])
        return (place[0], int(found[0])) if found.size else None

    def bin_of(self, bar: Place) -> Place:
        """The bin of a bar."""
        return bar[0], int(self.orders[bar[0]][bar[1]])


def drawn(found: ColourHistogram) -> DrawnBins:
    """Bars for a histogram: every bin in order; of a joint one the fullest bins, the fullest first."""
    bands, orders = [], []
    for group, shares in enumerate(found.shares):
        order = _order(found, group)
        names = tuple(bin_name(found.spec, group, int(bin_)) for bin_ in order)
        bands.append(
            Band(
                _title(found, group, len(order)),
                shares[order],
                found.colours[group][order],
                names,
                _ticks(found),
            )
        )
        orders.append(order)
    return DrawnBins(tuple(bands), tuple(orders))


def _order(found: ColourHistogram, group: int) -> npt.NDArray[np.int64]:
    counts = found.counts[group]
    if found.spec.space != "joint":
        return np.arange(len(counts))
    fullest = np.argsort(-counts, kind="stable")[:MOST_JOINT]
    return np.asarray(fullest[counts[fullest] > 0])


def _title(found: ColourHistogram, group: int, bars: int) -> str:
    spec = found.spec
    if spec.space == "channels":
        return CHANNELS[group]
    if spec.space == "hue":
        return "Hue"
    filled = int((found.counts[0] > 0).sum())
    return f"Red × green × blue: {filled} of {spec.size} bins are filled" + (
        f", the {bars} fullest" if bars < filled else ""
    )


def _ticks(found: ColourHistogram) -> tuple[tuple[float, str], ...]:
    """Quarters of the axis; a level is written where its bin begins to hold it."""
    bins = found.spec.bins
    if found.spec.space == "joint":
        return ((0.0, "fullest"),)
    if found.spec.space == "hue":
        return tuple((bins * part / 4, f"{90 * part}°") for part in range(5))
    return tuple((bins * part / 4, str(min(64 * part, LEVELS - 1))) for part in range(5))


def bins_at(found: ColourHistogram, x: int, y: int) -> tuple[Place, ...]:
    """The bin of a pixel in every histogram that counts it."""
    return tuple(
        (group, int(plane[y, x])) for group, plane in enumerate(found.places) if int(plane[y, x]) >= 0
    )


def under_bin(found: ColourHistogram, group: int, bin_: int) -> list[Fact]:
    """What the inspector says about a bin."""
    count = int(found.counts[group, bin_])
    return [
        ("bin", bin_name(found.spec, group, bin_), "The levels or angles that it holds, both ends included."),
        ("pixels", f"{count:,}", ""),
        ("share", percent(count / found.total), "Of all pixels: this is the number in the descriptor."),
    ]


def under_pixel(found: ColourHistogram, x: int, y: int) -> list[Fact]:
    """What the inspector says about a pixel."""
    rows: list[Fact] = [
        ("pixel", f"x {x}, y {y}", "Counted from 0."),
        ("R, G, B", ", ".join(str(int(v)) for v in found.pixels[y, x]), "0 to 255."),
    ]
    places = bins_at(found, x, y)
    rows += [("falls into", bin_name(found.spec, *place), "") for place in places]
    if not places:
        rows.append(("falls into", "no bin", "Too grey to have a hue worth counting."))
    return rows
