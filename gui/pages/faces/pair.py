"""Two enrolled photos and their distance, number by number: why a pair was mistaken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.faces.gallery.requests import Person, Photo
from engine.faces.identify import differences
from engine.faces.requests import CheckDistance
from gui.bridge import Bridge
from gui.checking import Checking
from gui.pages.faces.group import Group
from gui.pages.faces.judged import judged
from gui.pages.faces.names import shown
from gui.pages.faces.vector_bars import VectorBars
from gui.theme import space, theme
from gui.widgets.badge import Badge
from gui.widgets.facts import Fact
from gui.widgets.frame_view import FrameView
from gui.widgets.picture_tile import PictureTile
from gui.widgets.worked import Line, Worked
from gui.widgets.wrapped import Wrapped

Floats = npt.NDArray[np.float64]
CROP_SIDE, SMALL_CROP, LOW = 168, 96, 520
WORDS_ROOM: Final = 44
TELLING: Final = 12
"""Of the largest differences so many are told to carry the distance."""


@dataclass(frozen=True, slots=True, eq=False)
class PairLook:
    """Two photos of a group, their embeddings float32[D], the squared differences float64[D], the threshold."""

    people: tuple[Person, Person]
    photos: tuple[Photo, Photo]
    rows: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
    parts: Floats
    threshold: float

    @property
    def distance(self) -> float:
        return float(self.parts.sum())

    @property
    def accepted(self) -> bool:
        return self.distance <= self.threshold

    @property
    def same(self) -> bool:
        return self.people[0].number == self.people[1].number


def look_at(group: Group, first: int, second: int, threshold: float) -> PairLook:
    """Two rows of a group's index."""
    (one, photo), (two, other) = group.at(first), group.at(second)
    rows = group.index.rows[first], group.index.rows[second]
    return PairLook((one, two), (photo, other), rows, differences(*rows), threshold)


def verdict(pair: PairLook) -> str:
    """What the threshold says of it, and whether that is right."""
    called = "one person" if pair.accepted else "two people"
    right = pair.accepted == pair.same
    truth = "right" if right else ("wrong: they are two" if pair.accepted else "wrong: it is one")
    words = judged(pair.distance, pair.threshold)
    return f"d = {words}, so the photos are called {called}. That is {truth}."


def why(pair: PairLook) -> str:
    """How much of the distance its largest parts make, against what even shares would be."""
    largest = np.sort(pair.parts)[::-1][:TELLING].sum() / max(pair.distance, 1e-12)
    even = min(TELLING / len(pair.parts), 1.0)
    return (
        f"The {min(TELLING, len(pair.parts))} largest of {len(pair.parts)} differences make {100 * largest:.0f} % of it"
        f" (even shares would make {100 * even:.0f} %). No single number stands for a nose: only the sum is judged."
    )


class PairPanel(QWidget):
    """Shows a pair. closed(): back to where it was picked; pointed(list): facts about a number."""

    closed = Signal()
    pointed = Signal(list)

    def __init__(self, bridge: Bridge, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pair: PairLook | None = None
        self.crops = FrameView("The first photo, aligned"), FrameView("The second photo, aligned")
        self.tiles = tuple(
            PictureTile(title, view) for title, view in zip(("a", "b"), self.crops, strict=True)
        )
        self.back = QPushButton("Back")
        self.back.setToolTip("Back to the figures (Esc)")
        self.words, self.reason = Wrapped(""), Wrapped()
        for label in (self.words, self.reason):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.worked = Worked("The squared distance")
        self.parts = VectorBars("Squared differences, the largest first")
        self.both = VectorBars("f(a), in that order"), VectorBars("f(b), in that order")
        self.badge = Badge(parent=self)
        self.badge.hide()  # until the inspector takes it
        self._checking = Checking(bridge, f"faces.pair {name}", self)
        self._checking.tell(self.badge)
        self._build()
        self.back.clicked.connect(self.closed)
        self.parts.pointed.connect(self._number_pointed)

    def _build(self) -> None:
        self._dress()
        theme.changed.connect(self._dress)
        said = QVBoxLayout()
        said.setSpacing(space.s)
        row = QHBoxLayout()
        row.addWidget(self.back)
        row.addStretch(1)
        said.addLayout(row)
        for part in (self.words, self.reason):
            said.addWidget(part)
        said.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(space.m)
        for tile in self.tiles:
            top.addWidget(tile, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(said, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        column.addLayout(top)
        column.addWidget(self.worked)
        column.addWidget(self.parts, 2)
        for bars in self.both:
            column.addWidget(bars, 1)
        self._size_tiles()

    @Slot()
    def _dress(self) -> None:
        self.words.setFont(theme.font("section", bold=True))

    def _size_tiles(self) -> None:
        side = CROP_SIDE if self.height() >= LOW else SMALL_CROP
        for tile in self.tiles:
            tile.setFixedSize(side, side + WORDS_ROOM)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size_tiles()

    @property
    def pair(self) -> PairLook | None:
        """What is on show."""
        return self._pair

    @property
    def settled(self) -> bool:
        return self._pair is None or self._checking.settled

    def show_pair(self, pair: PairLook, price: str = "") -> None:
        """Show a pair, and have its distance computed once more; `price`: what it would cost to put it right."""
        self._pair = pair
        for place, (tile, view) in enumerate(zip(self.tiles, self.crops, strict=True)):
            view.set_rgb(pair.photos[place].crop)
            tile.say(shown(pair.people[place].name, 40), pair.photos[place].origin)
        self.words.say(verdict(pair))
        self.reason.say(f"{price} {why(pair)}".strip())
        ordered = np.sort(pair.parts)[::-1]
        some = " + ".join(f"{part:.4f}" for part in ordered[:3])
        self.worked.show_lines(
            [
                Line(
                    r"d(a, b) = \|f(a) - f(b)\|^2 = \Sigma_k (f_k(a) - f_k(b))^2",
                    f"{some} + …" if len(ordered) > 3 else some,
                    f"{pair.distance:.4f}",
                )
            ]
        )
        self.parts.show_values(ordered, f"sum {pair.distance:.4f}")
        largest = float(np.abs(pair.rows).max())
        for bars, row in zip(self.both, pair.rows, strict=True):
            bars.show_values(row[np.argsort(-pair.parts, kind="stable")], limit=largest)
        request = CheckDistance(*pair.rows, pair.distance)
        self._checking.want((pair.photos[0].number, pair.photos[1].number, pair.distance), lambda: request)

    def drop(self) -> None:
        """Nothing is on show."""
        self._pair = None
        self._checking.drop()

    def _number_pointed(self, place: int | None) -> None:
        pair = self._pair
        if pair is None or place is None or place >= len(pair.parts):
            self.pointed.emit([])
            return
        at = int(np.argsort(-pair.parts, kind="stable")[place])
        a, b = float(pair.rows[0][at]), float(pair.rows[1][at])
        facts: list[Fact] = [
            (f"f{at}(a)", f"{a:+.4f}", "Of the first photo."),
            (f"f{at}(b)", f"{b:+.4f}", "Of the second photo."),
            ("difference, squared", f"{pair.parts[at]:.5f}", "What it adds to d."),
            (
                "share of d",
                f"{100 * pair.parts[at] / max(pair.distance, 1e-12):.1f} %",
                "Of the whole distance.",
            ),
        ]
        self.pointed.emit(facts)
