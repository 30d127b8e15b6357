"""Everybody's own figures at a threshold: pure functions."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.faces.evaluate import PersonErrors, per_person
from gui.pages.faces.names import shown
from gui.pages.faces.threshold.resolve import Figures, share
from gui.pages.faces.view import Table

HEADER: Final = (
    "person",
    "photos",
    "rejected",
    "of own pairs",
    "mistaken",
    "of pairs with others",
    "nearest",
    "distance",
)
FAIRNESS: Final = (
    "Rates differ from person to person, and between groups of people: a net is better at faces like those it learned"
    " from (Buolamwini and Gebru, Gender Shades, 2018). One threshold for all hides that; this table shows it. Compare"
    " people who agreed to it only, and decide nothing about a person by such a number alone."
)


def everybody(figures: Figures, threshold: float) -> tuple[PersonErrors, ...]:
    """Each person's figures, those with most mistakes first."""
    found = per_person(figures.group.index, figures.pairs, threshold, figures.nearest)
    return tuple(sorted(found, key=lambda one: (-(one.rejected + one.mistaken), one.person)))


def table(figures: Figures, threshold: float) -> Table:
    """The same as rows."""
    rows = []
    for one in everybody(figures, threshold):
        nearest, distance = (
            ("", "") if one.nearest is None else (figures.group.name(one.nearest[0]), one.nearest[1])
        )
        name = figures.group.name(one.person)
        rows.append((name, one.photos, one.rejected, one.own, one.mistaken, one.others, nearest, distance))
    return HEADER, rows


def nearest_pair(figures: Figures, one: int, other: int) -> int:
    """The number of the pair of photos in which two people come nearest to each other."""
    people, pairs = figures.group.index.people, figures.pairs
    first, second = people[pairs.first], people[pairs.second]
    both = np.flatnonzero(((first == one) & (second == other)) | ((first == other) & (second == one)))
    return int(both[pairs.distances[both].argmin()])


def person_words(figures: Figures, one: PersonErrors) -> tuple[str, ...]:
    """The cells of a row."""
    if one.nearest is None:
        nearest, distance = "", ""
    else:
        nearest, distance = shown(figures.group.name(one.nearest[0]), 40), f"{one.nearest[1]:.3f}"
    return (
        shown(figures.group.name(one.person), 40),
        str(one.photos),
        share(one.rejected, one.own) if one.own else "one photo",
        share(one.mistaken, one.others) if one.others else "nobody else",
        nearest,
        distance,
    )
