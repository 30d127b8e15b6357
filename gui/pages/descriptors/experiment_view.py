"""The test on digits: accuracy over the number of training digits, the end of it as bars, and the mistakes."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSizeF, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.networks.learned_features.requests import FEATURES, DigitScores, FeatureScore
from gui import colormaps
from gui.pages.descriptors.scene_parts import TITLE
from gui.pages.descriptors.titled import Titled
from gui.theme import space
from gui.widgets.canvas import Canvas
from gui.widgets.facts import Fact
from gui.widgets.plate import Plate
from gui.widgets.plot.data import Reading, Series
from gui.widgets.plot.line_plot import LinePlot
from gui.widgets.plot.scale import Axis
from gui.widgets.probability_bars import Bar, ProbabilityBars, percent
from gui.widgets.scene import Scene, Words

ROLES: Final = {"histogram": "error", "words": "warn", "hog": "good", "pixels": "muted", "learned": "accent"}
MARKERS: Final = {
    "histogram": "diamond", "words": "triangle", "hog": "square", "pixels": "circle", "learned": "circle",
}  # fmt: skip
STRIP: Final = 104
LOW_STAGE: Final = 520
"""Stages lower than this leave the mistakes out, so that the plot can be read."""
MOST_SHOWN: Final = 14
INK: Final = 16.0
MEASURING: Final = "The digits are being measured."


class ExperimentView(QWidget):
    """featurePicked(str): the mistakes of another kind of feature were asked for; pointed(rows)."""

    featurePicked = Signal(str)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scores: DigitScores | None = None
        self._before: DigitScores | None = None
        self._feature = "hog"
        self._order: list[FeatureScore] = []
        self.plot = LinePlot("Accuracy over training digits")
        self.plot.set_empty_text(MEASURING)
        self.bars = ProbabilityBars("Accuracy of each kind of feature", heading="accuracy")
        self.bars.keep_rows(len(FEATURES))
        self.bars.set_empty_text(MEASURING)
        self.strip = Canvas()
        self.strip.setFixedHeight(STRIP)
        self.upper = Titled("Digits told apart", self.plot)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.m, space.l, space.s)
        column.setSpacing(space.s)
        column.addWidget(self.upper, 1)
        column.addWidget(self.bars)
        column.addWidget(self.strip)
        self.plot.read.connect(self._read)
        self.bars.hovered.connect(self._bar_hovered)
        self.bars.clicked.connect(self._bar_clicked)
        self.strip.cellHovered.connect(self._digit_hovered)
        self.strip.hoverLeft.connect(self._nothing_hovered)

    @property
    def scores(self) -> DigitScores | None:
        """What is on show."""
        return self._scores

    def show_scores(self, scores: DigitScores, before: DigitScores | None, feature: str) -> None:
        """Show what was measured; `before` the same with the test digits in place, to compare with."""
        self._scores, self._before, self._feature = scores, before, feature
        moved = scores.request.shift
        how = "the nearest neighbour" if scores.request.classifier == "neighbour" else "a linear classifier"
        where = f", test digits moved by {moved} pixel{'s' * (moved > 1)}" if moved else ""
        self.upper.title.say(f"Digits told apart by {how}{where}")
        self.upper.detail.say(scores.split)
        self._plot(scores)
        self._bars(scores, before)
        self.strip.set_builder(partial(mistakes_scene, scores, feature), glide=False)

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to another setting."""
        self.plot.set_stale(stale)
        self.bars.set_stale(stale)
        self.strip.set_stale(stale)

    def say_nothing(self, sentence: str) -> None:
        """There is nothing to show: say why."""
        self.plot.set_empty_text(sentence)
        self.bars.set_empty_text(sentence)

    def _plot(self, scores: DigitScores) -> None:
        series = [
            Series(
                score.title,
                score.accuracy * 100,
                np.array(scores.sizes[: len(score.accuracy)], np.float64),
                ROLES[score.name],
                MARKERS[score.name],  # type: ignore[arg-type]
                dashed=score.name == "pixels",
            )
            for score in scores.scores
        ]
        self.plot.show_series(
            series, Axis("training digits", log=True), Axis("accuracy", "%", low=0.0, high=100.0)
        )

    def _bars(self, scores: DigitScores, before: DigitScores | None) -> None:
        self._order = sorted(scores.scores, key=lambda score: -float(score.accuracy[-1]))
        bars = []
        for index, score in enumerate(self._order):
            old = None if before is None or before is scores else before.score(score.name)
            note = "mistakes below" if score.name == self._feature else ""
            was = None if old is None else float(old.accuracy[-1])
            label = f"{score.title} ({score.size} numbers)"
            bars.append(Bar(index, label, float(score.accuracy[-1]), was, note=note))
        self.bars.set_bars(bars)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.strip.setVisible(self.height() >= LOW_STAGE)

    # --- pointer ---------------------------------------------------------------------------------------------

    @Slot(object)
    def _read(self, reading: Reading | None) -> None:
        if reading is None:
            self.pointed.emit([])
            return
        rows: list[Fact] = [("training digits", f"{reading.x:.0f}", "Each class as often.")]
        rows += [
            (name, f"{value:.1f} %", "Of the test digits named right.") for name, value in reading.values
        ]
        self.pointed.emit(rows)

    @Slot(int)
    def _bar_hovered(self, row: int) -> None:
        if self._scores is None or not 0 <= row < len(self._order):
            self.pointed.emit([])
            return
        self.pointed.emit(score_rows(self._scores, self._order[row]))

    @Slot(int)
    def _bar_clicked(self, row: int) -> None:
        if 0 <= row < len(self._order):
            self.featurePicked.emit(self._order[row].name)

    @Slot(str, int, int)
    def _digit_hovered(self, key: str, _row: int, _column: int) -> None:
        score = None if self._scores is None else self._scores.score(self._feature)
        if self._scores is not None and score is not None:
            index = int(key.removeprefix("digit/"))
            self.pointed.emit(
                [
                    ("test digit", str(index), "Counted from 0."),
                    ("it is a", str(int(self._scores.labels[index])), ""),
                    (f"{score.title} says", str(int(score.answers[index])), ""),
                ]
            )

    @Slot()
    def _nothing_hovered(self) -> None:
        self.pointed.emit([])


def score_rows(scores: DigitScores, score: FeatureScore) -> list[Fact]:
    """One kind of feature in numbers."""
    wrong = int((score.answers != scores.labels).sum())
    return [
        ("feature", score.title, ""),
        ("numbers a digit", str(score.size), ""),
        ("training digits", f"{scores.sizes[len(score.accuracy) - 1]:,}", ""),
        ("test digits", f"{len(scores.labels):,}", "None of them was learned from."),
        (
            "right",
            percent(float(score.accuracy[-1])),
            f"{len(scores.labels) - wrong} of {len(scores.labels)}",
        ),
        ("with 10 training digits", percent(float(score.accuracy[0])), "One of each class."),
        ("time", f"{score.seconds:.2f} s", "Features, classifier, and the check."),
    ]


def mistakes_scene(scores: DigitScores, feature: str, size: QSizeF) -> Scene:
    """The first test digits that a kind of feature gets wrong, with what they are and what it says."""
    scene = Scene(size)
    score = scores.score(feature)
    if score is None:
        return scene
    wrong = np.flatnonzero(score.answers != scores.labels)
    title = f"{score.title}: {len(wrong)} of {len(scores.labels)} test digits named wrong after {scores.sizes[-1]:,}"
    title += f" training digits; the first {MOST_SHOWN}" if len(wrong) > MOST_SHOWN else " training digits"
    scene.above.append(Words(QRectF(0, 0, size.width(), TITLE), title, bold=True))
    scene.description = title
    across = scores.pictures.shape[2]
    side = min(size.height() - 2 * TITLE - space.xs, (size.width() + space.s) / MOST_SHOWN - space.s)
    side = max(side // across, 1.0) * across  # whole pixels a cell
    for place, index in enumerate(wrong[:MOST_SHOWN]):
        values = scores.pictures[index].astype(np.float64)
        left = place * (side + space.s)
        told = f"{scores.labels[index]} → {score.answers[index]}"
        plate = Plate(f"digit/{index}", values, colormaps.grey(values, 0, INK), told, numbers=False)
        plate.rect = QRectF(round(left), TITLE + space.xs, side, side)
        scene.plates.append(plate)
        scene.above.append(
            Words(QRectF(left, plate.rect.bottom() + 1, side, TITLE), told, "muted", mono=True)
        )
    return scene
