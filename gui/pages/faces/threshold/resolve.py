"""From a group and a threshold to figures: pure functions, at home in the thread of the window."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.faces.evaluate import (
    Errors,
    Histogram,
    Nearest,
    Pairs,
    Roc,
    equal_error,
    errors_at,
    grown,
    histogram,
    nearest_others,
    pairs_of,
    roc,
    strangers,
    threshold_for,
    wrong_pairs,
)
from engine.faces.requests import EmbedderStatus
from gui.pages.faces.face_row import Tile
from gui.pages.faces.group import Group
from gui.pages.faces.names import short, shown
from gui.widgets.facts import Fact
from gui.widgets.plot.data import Series

Floats = npt.NDArray[np.float64]
MEASURED: Final = (1, 2, 5, 10, 20, 50, 100)
"""Galleries of so many people are drawn from the group, as far as it has more."""
LARGEST_K: Final = 1_000_000
CURVE: Final = 61
MOST_TILES: Final = 60
FEW: Final = 0.01
"""A share of false accepts that few would mind in a classroom; a door would ask for far less."""
Offer = tuple[float, str]
"""A threshold, and what it does."""
ON_SCREEN: Final = 250
"""Steps of either rate at which a curve is drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """What a group's distances say whatever the threshold is. `curve`, `equal`: None without pairs of both kinds.

    `strange`: squared distances of strangers to their nearest of K people, by K. `drawn`: places on the curve that are
    drawn: no more than a screen can show. `offers`: thresholds that are worth a click.
    """

    group: Group
    pairs: Pairs
    bars: Histogram
    curve: Roc | None
    equal: tuple[float, float] | None
    strange: dict[int, Floats]
    nearest: Nearest
    drawn: npt.NDArray[np.int64]
    offers: tuple[Offer, ...]


def figures_of(group: Group) -> Figures:
    """Worked out once a group."""
    pairs = pairs_of(group.index)
    curve = roc(pairs) if pairs.enough else None
    equal = None if curve is None else equal_error(curve)
    return Figures(
        group,
        pairs,
        histogram(pairs),
        curve,
        equal,
        strangers(group.index, MEASURED),
        nearest_others(group.index, pairs),
        np.zeros(0, np.int64) if curve is None else _thinned(curve),
        () if curve is None or equal is None else _offers(curve, equal),
    )


def _thinned(curve: Roc) -> npt.NDArray[np.int64]:
    """Places of a curve at even steps of either rate, and both ends."""
    steps = np.linspace(0, 1, ON_SCREEN)
    places = [np.searchsorted(rates, steps) for rates in (curve.false_accepts, curve.true_accepts)]
    last = len(curve.thresholds) - 1
    return np.unique(np.clip(np.concatenate([*places, [0, last]]), 0, last))


def _offers(curve: Roc, equal: tuple[float, float]) -> tuple[Offer, ...]:
    """In hundredths, as all thresholds are set; the strict one is cut off, not rounded up beyond what it promises."""
    strict = math.floor(100 * threshold_for(curve, FEW)) / 100
    return (
        (round(equal[0], 2), f"both errors about {100 * equal[1]:.1f} %"),
        (strict, f"at most {100 * FEW:.0f} % false accepts"),
    )


# --- words --------------------------------------------------------------------------------------------------------


def share(part: int, whole: int) -> str:
    """ "3 of 240 (1.3 %)"."""
    return f"{part:,} of {whole:,} ({100 * part / whole:.1f} %)" if whole else "0 of 0"


def headline(found: Errors) -> str:
    """Both mistakes at the threshold."""
    return (
        f"At {found.threshold:.2f}: {100 * found.far:.1f} % false accepts (two people pass for one),"
        f" {100 * found.frr:.1f} % false rejects (one for two)."
    )


def suggestion(status: EmbedderStatus | None, figures: Figures | None) -> str:
    """Where the suggested threshold comes from, and what it does to this group."""
    if status is None:
        return ""
    words = f"{status.threshold:.2f} is suggested for {status.title}. {status.suggested}".strip()
    if figures is None or not figures.pairs.enough:
        return words
    here = errors_at(figures.pairs, status.threshold)
    whose = "drawn people" if figures.group.crowd else "this gallery"
    return (
        f"{words} Of {whose}: {100 * here.far:.1f} % and {100 * here.frr:.1f} %. A threshold holds for pictures like"
        " those that it was found on."
    )


def missing(figures: Figures) -> str:
    """What the group lacks for a verdict, "" where it has it."""
    if not len(figures.pairs.same) or not figures.pairs.same.any():
        return "It takes somebody with two photos at least to know how far photos of one person lie apart."
    if figures.pairs.same.all():
        return "It takes two people at least to know how far photos of different people lie apart."
    return ""


def facts(figures: Figures, found: Errors) -> list[Fact]:
    """The inspector about the group."""
    group, pairs = figures.group, figures.pairs
    rows: list[Fact] = [
        ("people", f"{len(np.unique(group.index.people)):,}", "With an embedding by the net in use."),
        ("photos", f"{len(group.index.rows):,}", "Every one is compared with every other one."),
        ("pairs of one person", f"{found.same:,}", "They should lie within the threshold."),
        ("pairs of two people", f"{found.different:,}", "They should lie beyond it."),
        ("false accept rate", f"{100 * found.far:.2f} %", "Pairs of two people within the threshold."),
        ("false reject rate", f"{100 * found.frr:.2f} %", "Pairs of one person beyond it."),
    ]
    if figures.curve is not None and figures.equal is not None:
        rows += [
            (
                "area under the curve",
                f"{figures.curve.area:.4f}",
                "How often a pair of one person is the nearer one of two pairs.",
            ),
            (
                "equal error rate",
                f"{100 * figures.equal[1]:.2f} %",
                f"Both rates are alike at {figures.equal[0]:.2f}.",
            ),
        ]
    if pairs.left_out:
        rows.append(("photos left out", f"{pairs.left_out:,}", "Of a larger group a thousand are drawn."))
    return rows


# --- pairs --------------------------------------------------------------------------------------------------------


def mistaken(figures: Figures, threshold: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Numbers of the pairs that were falsely accepted and falsely rejected, the most wrong first."""
    return wrong_pairs(figures.pairs, threshold, MOST_TILES)


def tiles(figures: Figures, numbers: npt.NDArray[np.int64]) -> list[Tile]:
    """Pairs as pictures with names and distance."""
    found = []
    for number in numbers.tolist():
        first, second = int(figures.pairs.first[number]), int(figures.pairs.second[number])
        (one, photo), (two, other) = figures.group.at(first), figures.group.at(second)
        names = (short(one.name),) if one.number == two.number else (short(one.name), short(two.name))
        found.append(Tile((photo.crop, other.crop), f"d = {figures.pairs.distances[number]:.3f}", names))
    return found


def pair_facts(figures: Figures, number: int) -> list[Fact]:
    """The inspector about a pair."""
    sides = (
        figures.group.at(int(figures.pairs.first[number])),
        figures.group.at(int(figures.pairs.second[number])),
    )
    rows: list[Fact] = [
        (side, shown(person.name, 60), photo.origin)
        for side, (person, photo) in zip(("a", "b"), sides, strict=True)
    ]
    return [*rows, ("d(a, b)", f"{figures.pairs.distances[number]:.4f}", "Click to see it number by number.")]


def photos_of(figures: Figures, number: int) -> tuple[int, int]:
    """The photos of a pair."""
    photos = figures.group.index.photos
    return int(photos[figures.pairs.first[number]]), int(photos[figures.pairs.second[number]])


def rows_of(group: Group, pair: tuple[int, int]) -> tuple[int, int] | None:
    """Rows of the index of two photos, None where one of them went."""
    found = [np.flatnonzero(group.index.photos == photo) for photo in pair]
    return (int(found[0][0]), int(found[1][0])) if all(len(one) for one in found) else None


def price(figures: Figures, rows: tuple[int, int], threshold: float) -> str:
    """Which threshold would put a mistaken pair right, and what that would cost; "" where the pair is not mistaken."""
    pairs = figures.pairs
    found = np.flatnonzero((pairs.first == min(rows)) & (pairs.second == max(rows)))
    if not len(found):  # of a large group not all photos are looked at
        return ""
    distance, same = float(pairs.distances[found[0]]), bool(pairs.same[found[0]])
    if (distance <= threshold) == same:
        return ""
    if same:
        cost = errors_at(pairs, distance)
        words = f"From {distance:.3f} on the threshold would accept them, and with them"
        return f"{words} {share(cost.false_accepts, cost.different)} pairs of two people."
    cost = errors_at(pairs, float(np.nextafter(distance, 0.0)))
    words = f"Below {distance:.3f} the threshold would tell them apart, and reject"
    return f"{words} {share(cost.false_rejects, cost.same)} pairs of one person."


# --- curves -------------------------------------------------------------------------------------------------------


def roc_series(figures: Figures, curve: Roc, found: Errors) -> list[Series]:
    """The curve in per cent, and the point of the threshold."""
    at = figures.drawn
    here = Series("at the threshold", np.array([100 * (1 - found.frr)]), np.array([100 * found.far]), "warn")
    whole = Series(
        "all thresholds", 100 * curve.true_accepts[at], 100 * curve.false_accepts[at], "accent", "none"
    )
    return [whole, here]


def growth_series(figures: Figures, threshold: float, far: float) -> list[Series]:
    """How likely a stranger gets a name: computed for K people, and measured where the group is large enough."""
    people = np.unique(np.round(np.geomspace(1, LARGEST_K, CURVE)))
    computed = Series("computed: 1 − (1 − FAR)ᴷ", 100 * grown(far, people), people, "accent", "none")
    counts = np.array(sorted(figures.strange), np.float64)
    shares = np.array([100 * (figures.strange[int(k)] <= threshold).mean() for k in counts])
    return [computed, Series("measured in this group", shares, counts, "warn")] if len(counts) else [computed]


def growth_words(found: Errors) -> str:
    """What the curve says, in people."""
    far = found.far
    if far <= 0:
        return (
            f"None of {found.different:,} pairs of two people lies within the threshold. That is not a rate of zero:"
            f" had they nothing to do with each other, a rate of up to 3 in {found.different:,} could still hide behind"
            " it (the rule of three, 95 % sure), and they share photos."
        )
    return (
        f"With a false accept rate of {100 * far:.3g} %, a stranger who is compared with"
        f" 10 people gets one of their names with {_per_cent(far, 10)}, with 100 people with {_per_cent(far, 100)},"
        f" with 10,000 people with {_per_cent(far, 10_000)}, if all comparisons had nothing to do with each other. In"
        " the group a stranger who looks like one person often looks like two, so fewer get a name. Recognition in a"
        " crowd needs a far stricter threshold than verification does."
    )


def _per_cent(far: float, people: int) -> str:
    return f"{100 * float(grown(far, people)):.3g} %"
