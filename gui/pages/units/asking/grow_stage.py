"""A picture that grows, how its answer rises, and the pictures that were kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.inside.asking.requests import Grown
from gui.pages.units.asking import words
from gui.pages.units.seen_picture import in_colour
from gui.theme import space
from gui.widgets.facts import Fact
from gui.widgets.frame_view import FrameView
from gui.widgets.picture_tile import PictureTile
from gui.widgets.plate import number_text
from gui.widgets.plot.line_plot import Axis, LinePlot, Series

KEPT, ROW = 6, 3
NAME = "A picture that grows"
EMPTY = "Pictures that you keep stay here while the program runs."
FILLING = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A kept picture: what it grew for, uint8[side, side, 3], and the answer to it."""

    name: str
    pixels: npt.NDArray[np.uint8]
    score: float


class GrowStage(QWidget):
    """pointed(facts): about the pixel under the pointer."""

    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grown: Grown | None = None
        self._kept: list[Kept] = []
        self.view = FrameView(NAME)
        self.view.set_empty_text("The net is loading.", "eye-off-outline")
        self.tile = PictureTile(NAME, self.view)
        self.plot = LinePlot("The answer to the growing picture")
        self.plot.set_empty_text("The curve begins with the first steps.")
        self.kept_title, self.kept_hint = QLabel("Kept pictures"), QLabel(EMPTY)
        self.kept_title.setProperty("role", "section")
        self.kept_hint.setProperty("role", "muted")
        self.kept_hint.setWordWrap(True)
        self.shelf = [PictureTile("", FrameView("A kept picture")) for _ in range(KEPT)]
        self._build()
        self.view.hovered.connect(self._hovered)
        self.view.left.connect(self._left)

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(space.s)
        for index, tile in enumerate(self.shelf):
            policy = tile.sizePolicy()
            policy.setRetainSizeWhenHidden(True)  # every place of the shelf has its size from the start
            tile.setSizePolicy(policy)
            grid.addWidget(tile, index // ROW, index % ROW)
            tile.hide()
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.tile, FILLING)
        left.addStretch(1)
        right.setSpacing(space.s)
        right.addWidget(self.plot, 1)
        right.addWidget(self.kept_title)
        right.addWidget(self.kept_hint)
        right.addLayout(grid, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.xl)
        row.addLayout(left, 5)
        row.addLayout(right, 4)

    @property
    def grown(self) -> Grown | None:
        """The picture on show."""
        return self._grown

    @property
    def kept(self) -> tuple[Kept, ...]:
        """The kept pictures, the newest first."""
        return tuple(self._kept)

    def show_grown(self, answer: Grown) -> None:
        """Show a picture on its way, or at its end."""
        self._grown = answer
        self.view.set_rgb(in_colour(answer.pixels))
        self.view.set_stale(False)
        self.tile.say(answer.name[0].upper() + answer.name[1:], words.grown_detail(answer))
        self.tile.arrange()
        steps = np.arange(len(answer.scores), dtype=np.float64)
        series = Series("answer", answer.scores, steps, marker="none")
        self.plot.show_series([series], Axis("step", integer=True), Axis("answer of the net"))
        self.plot.set_stale(False)

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to the past."""
        self.view.set_stale(stale and self._grown is not None)
        self.plot.set_stale(stale and self._grown is not None)

    def say(self, sentence: str) -> None:
        """Nothing grows: why."""
        self._grown = None
        self.view.set_empty_text(sentence, "eye-off-outline")
        self.view.set_rgb(None)
        self.plot.show_series([], Axis("step", integer=True), Axis("answer of the net"))
        self.set_stale(False)
        self.tile.say(NAME)
        self.tile.arrange()

    def keep(self) -> None:
        """Put the picture on show on the shelf; the oldest of too many goes."""
        if self._grown is None:
            return
        shown = self._grown
        self._kept.insert(0, Kept(shown.name, in_colour(shown.pixels), float(shown.scores[-1])))
        del self._kept[KEPT:]
        self.kept_hint.hide()
        for tile, kept in zip(self.shelf, self._kept, strict=False):
            tile.view.set_rgb(kept.pixels)
            tile.say(kept.name, f"answer {number_text(kept.score, 2)}")
            tile.show()
            tile.arrange()

    def _hovered(self, x: int, y: int) -> None:
        if self._grown is None:
            return
        values = self._grown.pixels[y, x].reshape(-1).tolist()
        facts: list[Fact] = [
            ("pixel", f"x {x}, y {y}", "Counted from 0."),
            ("value" if len(values) == 1 else "R, G, B", ", ".join(map(str, values)), "0 to 255."),
        ]
        self.pointed.emit(facts)

    def _left(self) -> None:
        self.pointed.emit([])
