"""Where three pictures, their table and the words about it stand: whatever leaves the pictures most room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QSize

LEAST: Final = 72
"""Room in height that a picture gets where there is none."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What the parts need: heights of a tile's `head`, of the table with and without heads, of the words at a width;
    `left`: where the table's first column begins; `aspect`: width by height of a picture."""

    head: int
    headed: int
    bare: int
    words: Callable[[int], int]
    left: int
    aspect: float
    gap: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Places of the tiles, the table and the words (None: there is no room for it), and the size of every picture."""

    picture: QSize
    tiles: tuple[QRect, ...]
    table: QRect | None
    words: QRect | None
    headed: bool


def side_by_side(room: QSize, needs: Needs) -> Arrangement:
    """Three pictures beside each other, each above its column of the table; the words at the foot."""
    across = (room.width() - needs.left - 2 * needs.gap) // 3
    words = needs.words(room.width())
    below = needs.bare + words + 2 * needs.gap
    picture = _fitted(across, max(room.height() - needs.head - below, LEAST), needs)
    tall = needs.head + picture.height()
    tiles = tuple(QRect(needs.left + n * (across + needs.gap), 0, across, tall) for n in range(3))
    table = QRect(0, tall + needs.gap, room.width(), needs.bare)
    foot = QRect(0, table.bottom() + 1 + needs.gap, room.width(), words)
    return Arrangement(picture, tiles, table, foot, headed=False)


def in_a_square(room: QSize, needs: Needs) -> Arrangement:
    """Two pictures above the third, and the table with its words in the fourth place."""
    half = (room.width() - needs.gap) // 2
    fourth = needs.headed + needs.gap + needs.words(half)
    tall = min((room.height() - needs.gap) // 2, room.height() - needs.gap - fourth)
    picture = _fitted(half, tall - needs.head, needs)
    tall = needs.head + picture.height()
    left, top = picture.width() + needs.gap, tall + needs.gap
    rest = room.width() - left
    tiles = (
        QRect(0, 0, picture.width(), tall), QRect(left, 0, rest, tall), QRect(0, top, picture.width(), tall),
    )  # fmt: skip
    table = QRect(left, top, rest, needs.headed)
    foot = QRect(left, table.bottom() + 1 + needs.gap, rest, needs.words(rest))
    return Arrangement(picture, tiles, table, foot, headed=True)


def alone(room: QSize, needs: Needs) -> Arrangement:
    """One picture that has the stage for itself."""
    picture = _fitted(room.width(), room.height() - needs.head, needs)
    tile = QRect(0, 0, room.width(), needs.head + picture.height())
    return Arrangement(picture, (tile,), None, None, headed=True)


def best(room: QSize, needs: Needs) -> Arrangement:
    """All three pictures, as large as possible."""
    row, square = side_by_side(room, needs), in_a_square(room, needs)
    return square if square.picture.width() > row.picture.width() else row


def _fitted(width: int, height: int, needs: Needs) -> QSize:
    """The largest picture of its shape in a room."""
    tall = max(min(width / needs.aspect, height), 1.0)
    return QSize(max(round(tall * needs.aspect), 1), round(tall))
