"""The controls of the view "Non-max suppression"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gui.pages.boxes.suppression.settings import (
    LEAST_JITTER,
    LEAST_SIGMA,
    MOST_AROUND,
    MOST_JITTER,
    MOST_SEED,
    MOST_SIGMA,
    SuppressionSettings,
)
from gui.theme import space
from gui.widgets.fields import Choice, IntStepper, NumberField, Segmented, SliderField
from gui.widgets.wrapped import Wrapped

ORIGIN_OPTIONS: Final = (
    ("street", "Street scene"), ("around", "Around mine"), ("drawn", "My own boxes"),
    ("detector", "yolo-digits"),
)  # fmt: skip
GIVEN_OPTION: Final = ("given", "Live frame")
ABOUT: Final = {
    "street": "Boxes as a detector gives them, around the things of a generated street.",
    "around": "Draw or move the dashed boxes: a detector's boxes follow them.",
    "drawn": "Every box that you draw is a card. Choose one to set its class and score.",
    "detector": "The raw boxes of the bundled net for digits. Draw digits, or show it a picture of some.",
    "given": "The raw boxes of the frame that was handed over.",
}
CLASS_OPTIONS: Final = (
    ("apart", "Per class", "Boxes of different classes leave one another alone"),
    ("together", "All classes", "Every box is a rival of every other one"),
)
DECAY_OPTIONS: Final = (
    ("hard", "Hard", "A rival with a larger IoU than the threshold is removed"),
    ("linear", "Soft, linear", "Its score is multiplied by 1 − IoU (Bodla et al. 2017)"),
    ("gaussian", "Soft, Gauss", "Every rival's score is multiplied by exp(−IoU² / σ)"),
)
NO_BOX: Final = "Choose a box on the picture."


def share(value: float) -> str:
    """A number in 0..1 with two decimals."""
    return f"{value:.2f}"


class SuppressionControls(QWidget):
    """changed(SuppressionSettings, str): what a person set, and the gesture that it belongs to.

    scoreSet(float), kindSet(int): of the chosen box; drawnAsked(): another seed; keepAsked(): make the boxes on show
    hand-drawn ones.
    """

    changed = Signal(object, str)
    scoreSet = Signal(float)
    kindSet = Signal(int)
    keepAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = SuppressionSettings()
        self.origin = Choice("Boxes", ORIGIN_OPTIONS, tooltip="Where the boxes come from")
        self.about = Wrapped()
        self.count = IntStepper("Boxes a thing", low=1, high=MOST_AROUND, tooltip="As a detector gives them")
        self.jitter = SliderField(
            "Jitter", LEAST_JITTER, MOST_JITTER, 0.01, 0.1, share, tooltip="How far the boxes are off"
        )
        self.draw = QPushButton("Draw others")
        self.draw.setToolTip("Other boxes, on the street another street")
        self.keep = QPushButton("Change them by hand")
        self.keep.setToolTip("The boxes on show become boxes of your own, with scores that can be set")
        self.kind = Choice("Class", [("0", "")], tooltip="Of the chosen box; or press 1, 2, 3 on the picture")
        self.score = NumberField("Score p_c", low=0, high=1, step=0.05, tooltip="Of the chosen box")
        self.none = Wrapped()
        self.none.say(NO_BOX)
        self.least = SliderField("Discard p_c ≤", 0, 1, 0.01, 0.6, share, tooltip="Weak boxes go first")
        self.threshold = SliderField("Rival dies, IoU >", 0, 1, 0.01, 0.5, share)
        self.threshold.setToolTip("More in common with the pick than this: the same thing again")
        self.classes = Segmented(CLASS_OPTIONS)
        self.classes.setAccessibleName("Which boxes are rivals")
        self.decay = Segmented(DECAY_OPTIONS)
        self.decay.setAccessibleName("What becomes of a rival")
        self.sigma = SliderField("σ", LEAST_SIGMA, MOST_SIGMA, 0.05, 0.5, share)
        self.sigma.setToolTip("Smaller: scores fall more")
        self.floor = SliderField("Remove, score ≤", 0, 1, 0.01, 0.2, share)
        self.floor.setToolTip("Boxes whose score has fallen so far are removed")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for widget in (
            self.origin, self.about, self.count, self.jitter, self.draw, self.keep, self.kind, self.score, self.none,
            self.least, self.threshold, self.classes, self.decay, self.sigma, self.floor,
        ):  # fmt: skip
            column.addWidget(widget)
        self._connect()

    def _connect(self) -> None:
        self.origin.changed.connect(self._origin_picked)
        self.count.committed.connect(self._count_set)
        self.jitter.changed.connect(self._jitter_moved)
        self.draw.clicked.connect(self._draw_others)
        self.keep.clicked.connect(self.keepAsked)
        self.kind.changed.connect(self._kind_picked)
        self.score.committed.connect(self._score_set)
        self.least.changed.connect(self._least_moved)
        self.threshold.changed.connect(self._threshold_moved)
        self.classes.changed.connect(self._classes_picked)
        self.decay.changed.connect(self._decay_picked)
        self.sigma.changed.connect(self._sigma_moved)
        self.floor.changed.connect(self._floor_moved)

    def show_settings(
        self, settings: SuppressionSettings, names: Sequence[str], chosen: tuple[int, float] | None
    ) -> None:
        """Show what is set; `chosen`: class and score of the chosen box, None where none is."""
        self._settings = settings
        drawn, heaps = settings.origin == "drawn", settings.origin in ("street", "around")
        options = [*ORIGIN_OPTIONS, *([GIVEN_OPTION] if settings.given else [])]
        if self.origin.combo.count() != len(options):
            self.origin.set_options(options, settings.origin)
        self.origin.set_value(settings.origin)
        self.about.say(ABOUT[settings.origin])
        self.count.set_value(settings.count)
        for field, value in (
            (self.jitter, settings.jitter), (self.least, settings.least), (self.threshold, settings.threshold),
            (self.sigma, settings.sigma), (self.floor, settings.floor),
        ):  # fmt: skip
            field.set_value(value)
        self.classes.set_value("apart" if settings.per_class else "together")
        self.decay.set_value(settings.decay)
        self.kind.set_options(
            [(str(i), name) for i, name in enumerate(names)], None if chosen is None else str(chosen[0])
        )
        if chosen is not None:
            self.score.set_value(round(chosen[1], 4))
        for widget, seen in (
            (self.count, heaps), (self.jitter, heaps), (self.draw, heaps), (self.keep, settings.origin == "around"),
            (self.kind, drawn and chosen is not None), (self.score, drawn and chosen is not None),
            (self.none, drawn and chosen is None), (self.sigma, settings.decay == "gaussian"),
            (self.threshold, settings.decay != "gaussian"),
            (self.floor, settings.decay != "hard"),
        ):  # fmt: skip
            widget.setVisible(seen)

    def _set(self, gesture: str, **changes: Any) -> None:
        settings = replace(self._settings, **changes)
        if settings != self._settings:
            self.changed.emit(settings, gesture)

    @Slot(str)
    def _origin_picked(self, origin: str) -> None:
        self._set("", origin=origin, step=0)

    @Slot(object)
    def _count_set(self, count: object) -> None:
        self._set("suppression count", count=int(str(count)), step=0)

    @Slot(float)
    def _jitter_moved(self, value: float) -> None:
        self._set("suppression jitter", jitter=value, step=0)

    @Slot()
    def _draw_others(self) -> None:
        seed = (self._settings.seed + 1) % (MOST_SEED + 1)
        street = self._settings.origin == "street"
        scene = (self._settings.scene + 1) % (MOST_SEED + 1) if street else self._settings.scene
        self._set("suppression seed", seed=seed, scene=scene, step=0)

    @Slot(str)
    def _kind_picked(self, kind: str) -> None:
        self.kindSet.emit(int(kind))

    @Slot(object)
    def _score_set(self, score: object) -> None:
        self.scoreSet.emit(float(str(score)))

    @Slot(float)
    def _least_moved(self, value: float) -> None:
        self._set("suppression p", least=value)

    @Slot(float)
    def _threshold_moved(self, value: float) -> None:
        self._set("suppression iou", threshold=value)

    @Slot(str)
    def _classes_picked(self, key: str) -> None:
        self._set("", per_class=key == "apart")

    @Slot(str)
    def _decay_picked(self, key: str) -> None:
        self._set("", decay=key)

    @Slot(float)
    def _sigma_moved(self, value: float) -> None:
        self._set("suppression sigma", sigma=value)

    @Slot(float)
    def _floor_moved(self, value: float) -> None:
        self._set("suppression floor", floor=value)
