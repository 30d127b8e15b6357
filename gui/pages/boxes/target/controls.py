"""The controls of the view "Target vector"."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.pages.boxes.checked_view import ViewControls
from gui.pages.boxes.target import changes
from gui.pages.boxes.target.settings import LEAST_P, MOST_P, MOST_SCORE, TargetSettings
from gui.theme import space
from gui.widgets.fields import Choice, Segmented, SliderField, Toggle
from gui.widgets.names_field import NamesField
from gui.widgets.wrapped import Wrapped

HOW: Final = "Drag on the photo to draw a box; drag the dashed one to change the guess."
STEP: Final = 0.1


class TargetControls(ViewControls):
    """What is there, what a net guesses, and which loss is taken."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = TargetSettings()
        self.how = Wrapped()
        self.how.say(HOW)
        self.nothing = Toggle(
            "Nothing here (p_c = 0)", value=False, tooltip="The target of a picture without any object"
        )
        self.kind = Choice(
            "Class", [], tooltip="Of the box that the vector is about; the keys 1 to 9 do the same"
        )
        self.classes = NamesField("Classes", self._refusal, tooltip="Names, apart by commas")
        self.guessing = Toggle("A guess", value=True, tooltip="What a net might answer, and what it costs")
        self.loss = Segmented(
            [
                ("course", "Course", "Squared differences of all components, as courses begin"),
                (
                    "practice",
                    "Practice",
                    "Logistic for p_c, squared for the box, cross-entropy for the class",
                ),
            ],
            label="Loss",
        )
        self.roots = Toggle(
            "Roots of height and width", value=False, tooltip="As YOLO does: slips weigh more on small boxes"
        )
        self.p = SliderField("p_c", LEAST_P, MOST_P, 0.01, 0.8, lambda value: f"{value:.2f}",
                             tooltip="How sure the guess is that something is there")  # fmt: skip
        self.scores: list[SliderField] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(space.s)
        for widget in (
            self.how, self.nothing, self.kind, self.classes, self.guessing, self.loss, self.roots, self.p,
        ):  # fmt: skip
            self._column.addWidget(widget)
        self.nothing.changed.connect(self._nothing_set)
        self.kind.changed.connect(self._kind_picked)
        self.classes.committed.connect(self._classes_set)
        self.guessing.changed.connect(self._guessing_set)
        self.loss.changed.connect(self._loss_picked)
        self.roots.changed.connect(self._roots_set)
        self.p.changed.connect(self._p_set)

    def show_settings(self, settings: TargetSettings) -> None:
        if settings.classes != self._settings.classes or len(self.scores) != len(settings.classes):
            self._name_scores(settings.classes)
        self._settings = settings
        self.nothing.set_value(settings.nothing or not settings.boxes)
        self.nothing.setEnabled(bool(settings.boxes))
        self.kind.set_options([(str(i), name) for i, name in enumerate(settings.classes)])
        thing = settings.thing
        self.kind.setEnabled(thing is not None)
        if thing is not None:
            self.kind.set_value(str(thing.kind))
        self.classes.show_names(settings.classes)
        self.guessing.set_value(settings.guessing)
        self.loss.set_value(settings.loss)
        self.roots.set_value(settings.roots)
        self.p.set_value(settings.p)
        for widget in (self.loss, self.p, *self.scores):
            widget.setVisible(settings.guessing)
        self.roots.setVisible(settings.guessing and settings.loss == "practice")
        for slider, score in zip(self.scores, settings.scores, strict=True):
            slider.set_value(score)

    def _name_scores(self, names: tuple[str, ...]) -> None:
        for slider in self.scores:
            self._column.removeWidget(slider)
            slider.hide()
            slider.deleteLater()
        self.scores = []
        for kind, name in enumerate(names):
            slider = SliderField(
                name, -MOST_SCORE, MOST_SCORE, STEP, 0.0, lambda value: f"{value:+.1f}".replace("-", "−"),
                tooltip=f"The score of “{name}” before the softmax",
            )  # fmt: skip
            slider.changed.connect(lambda score, kind=kind: self._score_set(kind, score))
            self.scores.append(slider)
            self._column.addWidget(slider)

    def _refusal(self, names: tuple[str, ...]) -> str:
        return changes.classes_refusal(self._settings, names)

    @Slot(bool)
    def _nothing_set(self, on: bool) -> None:
        self.changed.emit(replace(self._settings, nothing=on), "")

    @Slot(str)
    def _kind_picked(self, key: str) -> None:
        self.changed.emit(changes.with_kind(self._settings, int(key)), "")

    @Slot(object)
    def _classes_set(self, names: tuple[str, ...]) -> None:
        self.changed.emit(changes.with_classes(self._settings, names), "")

    @Slot(bool)
    def _guessing_set(self, on: bool) -> None:
        self.changed.emit(replace(self._settings, guessing=on), "")

    @Slot(str)
    def _loss_picked(self, key: str) -> None:
        self.changed.emit(replace(self._settings, loss="practice" if key == "practice" else "course"), "")

    @Slot(bool)
    def _roots_set(self, on: bool) -> None:
        self.changed.emit(replace(self._settings, roots=on), "")

    @Slot(float)
    def _p_set(self, value: float) -> None:
        self.changed.emit(replace(self._settings, p=value), "guess p")

    def _score_set(self, kind: int, score: float) -> None:
        self.changed.emit(changes.with_score(self._settings, kind, score), f"guess score {kind}")
