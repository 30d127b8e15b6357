"""What the map says of a group, of one face and of its nearest ones: pure functions."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.faces.evaluate import squared_distances
from engine.faces.scatter import Plane
from gui.pages.faces.face_row import Tile
from gui.pages.faces.group import Group
from gui.pages.faces.names import shown
from gui.pages.faces.view import Table
from gui.theme import theme
from gui.widgets.facts import Fact

Rows = npt.NDArray[np.int64]
"""Rows of a group's index."""
NEAR: Final = 6
"""Neighbours that are shown."""
MOST: Final = 800
"""Faces of a larger gallery that are on the map."""


def nearest(group: Group, rows: Rows, chosen: int | None) -> Rows:
    """Of the faces on the map (`rows`) those nearest to the one at the place `chosen`, the nearest first."""
    if chosen is None:
        return np.zeros(0, np.int64)
    shown_rows = group.index.rows[rows]
    away = squared_distances(shown_rows[chosen : chosen + 1], shown_rows)[0]
    away[chosen] = np.inf
    return rows[np.argsort(away, kind="stable")[: min(NEAR, len(away) - 1)]]


def near_tiles(group: Group, row: int, near: Rows) -> list[Tile]:
    """The nearest faces with names and distances."""
    away = squared_distances(group.index.rows[row][None], group.index.rows[near])[0]
    found = []
    for other, distance in zip(near.tolist(), away.tolist(), strict=True):
        person, photo = group.at(other)
        color = theme.class_color(person.number)
        found.append(Tile((photo.crop,), f"d = {distance:.2f}", shown(person.name, 40), color))
    return found


def near_words(count: int, alike: int, name: str) -> str:
    """How many of the nearest faces are the same person's: by the numbers, whatever the plane makes of them."""
    if not count:
        return "There is no other face to compare with yet."
    faces = "The nearest face" if count == 1 else f"The {count} nearest faces"
    return f"{faces} by d, which the plane shows in part only: {alike} of {count} show {name}."


def map_facts(group: Group, rows: Rows, principal: Plane | None) -> list[Fact]:
    """The inspector about the map; `principal`: the plane where it is made of principal components."""
    count = len(np.unique(group.index.people))
    photos = f"{len(rows):,} of {len(group.index.rows):,}"
    told: list[Fact] = [
        ("people", f"{count:,}", "Each has a colour; twenty of them, then they repeat."),
        ("photos on the map", photos, f"At most {MOST} are shown."),
        ("numbers each", f"{group.index.rows.shape[1]}", "The plane keeps two directions of so many."),
    ]
    if principal is not None and principal.explained:
        first, second = principal.explained
        shares = f"{100 * first:.0f} %, {100 * second:.0f} %"
        told.append(("variance across, up", shares, "Of all that the numbers vary."))
    return told


def face_facts(group: Group, row: int, place: npt.NDArray[np.float64]) -> list[Fact]:
    """The inspector about one face."""
    person, photo = group.at(row)
    return [
        ("person", shown(person.name, 60), "Whose face it is."),
        ("photo", photo.origin, "Where it came from."),
        ("place", f"{place[0]:.3f}, {place[1]:.3f}", "In the plane of this map."),
    ]


def table(group: Group, rows: Rows, points: npt.NDArray[np.float64]) -> Table:
    """Every face with its place."""
    found = []
    for row, (x, y) in zip(rows.tolist(), points.tolist(), strict=True):
        person, photo = group.at(row)
        found.append((person.name, photo.origin, x, y))
    return ("person", "photo", "x", "y"), found
