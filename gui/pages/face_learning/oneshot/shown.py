"""What the view "One-shot" shows of a lesson at a stage: answers of both, sentences, curves. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.faces.learning.requests import NewcomerLesson, Retraining
from gui.pages.face_learning.oneshot.settings import STAGES, OneshotSettings
from gui.widgets.facts import Fact
from gui.widgets.plot.line_plot import Axis, Series

FloatArray = npt.NDArray[np.float64]
TITLES: Final = {
    "class": "The class", "door": "A stranger at the door", "enrolled": "They are enrolled",
    "alone": "Retrain on the new photo alone", "together": "Retrain on everybody's photo",
    "anew": "Or train a new classifier",
}  # fmt: skip
TRAINED: Final = {"class": 0, "door": 0, "enrolled": 0, "alone": 1, "together": 2, "anew": 3}
"""Which of the four classifiers a stage shows."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """`probabilities` float64[K + 1] (NaN: no output), `distances` float64[K + 1] (NaN: not enrolled)."""

    settings: OneshotSettings
    lesson: NewcomerLesson
    probabilities: FloatArray
    distances: FloatArray

    @property
    def stage(self) -> str:
        return STAGES[self.settings.stage]

    @property
    def visitor(self) -> npt.NDArray[np.uint8]:
        return np.asarray(self.lesson.visits[self.settings.meets])

    @property
    def who(self) -> int:
        """The place of the visitor among the class; the newcomer is the last."""
        return self.lesson.known if self.settings.meets == 0 else len(self.lesson.names) - 1

    @property
    def said(self) -> int:
        """Whom the classifier names."""
        return int(np.nanargmax(self.probabilities))

    @property
    def recognised(self) -> int | None:
        """Whom the embedding names, None for unknown."""
        nearest = int(np.nanargmin(self.distances))
        return nearest if self.distances[nearest] <= self.lesson.threshold else None

    @property
    def training(self) -> Retraining:
        """Of the classifier on show."""
        lesson = self.lesson
        return (lesson.first, lesson.alone, lesson.together, lesson.anew)[TRAINED[self.stage]]


def shown(settings: OneshotSettings, lesson: NewcomerLesson) -> Shown:
    """A lesson at a stage."""
    stage, visit = STAGES[settings.stage], settings.meets
    trained = TRAINED[stage]
    probabilities, distances = lesson.softmax[trained, visit].copy(), lesson.distances[visit].copy()
    if trained == 0:
        probabilities[-1] = np.nan
    if stage in ("class", "door"):
        distances[-1] = np.nan
    return Shown(settings, lesson, probabilities, distances)


def name_of(lesson: NewcomerLesson, index: int) -> str:
    """Of somebody in the class; the last is new."""
    return f"{lesson.names[index]} (new)" if index == len(lesson.names) - 1 else lesson.names[index]


def softmax_answer(found: Shown) -> str:
    """Whom the classifier names, and whether that is right."""
    right = "right" if found.said == found.who else "wrong"
    return (
        f"{right}: “{name_of(found.lesson, found.said)}”, {100 * found.probabilities[found.said]:.0f} % sure"
    )


def embedding_answer(found: Shown) -> str:
    """The same of the embedding; "unknown" is right for who is not enrolled."""
    said = found.recognised
    enrolled = not np.isnan(found.distances[found.who])
    right = said == found.who if enrolled else said is None
    name = "unknown" if said is None else f"“{name_of(found.lesson, said)}”"
    return f"{'right' if right else 'wrong'}: {name}"


def sentence(found: Shown) -> str:
    """What happens at this stage, with its figures."""
    lesson, run = found.lesson, found.training
    count, percent = len(lesson.names) - 1, _percent
    if found.stage == "class":
        return (
            f"{count} people with one photo each, and another picture of one of them at the door. On other pictures "
            f"the classifier is right in {percent(run.old[-1])}, the embedding's nearest photo in "
            f"{percent(lesson.embedding_before)}."
        )
    if found.stage == "door":
        return (
            f"Somebody new. The classifier has {count} outputs and must name one of them. The embedding calls the "
            f"newcomer unknown in {percent(lesson.unknown)} of the pictures, and people of the class wrongly in "
            f"{percent(lesson.refused)}."
        )
    if found.stage == "enrolled":
        return (
            "For the embedding that is one row more and no training: its nearest photo is the right one in "
            f"{percent(lesson.embedding_old)} for the others, {percent(lesson.embedding_new)} for the newcomer. The "
            "classifier still cannot name them."
        )
    figures = f"right in {percent(run.old[-1])} for the others, {percent(run.new[-1])} for the newcomer"
    updates = f"{len(run.losses)} updates, {run.seconds:.1f} s"
    if found.stage == "alone":
        return f"A further output, trained on the new photo alone ({updates}): {figures}.{_forgotten(run)}"
    if found.stage == "together":
        return f"A further output, trained on all {count + 1} photos, which had to be kept ({updates}): {figures}."
    return f"A new classifier with {count + 1} outputs, from nothing ({updates}): {figures}."


def _forgotten(run: Retraining) -> str:
    return " It has forgotten the class." if run.old[-1] < run.old[0] / 2 else ""


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def curves(found: Shown) -> tuple[list[Series], Axis, Axis]:
    """Right answers over the updates of the classifier on show, beside those of the embedding."""
    lesson, run = found.lesson, found.training
    x = np.arange(len(run.old), dtype=np.float64)
    ends = x[[0, -1]]
    before = found.stage in ("class", "door")
    old = lesson.embedding_before if before else lesson.embedding_old
    series = [
        Series("softmax, old", 100 * run.old, x, role="accent", marker="none"),
        Series("embedding, old", np.full(2, 100 * old), ends, role="good", marker="none"),
    ]
    if not before:
        series += [
            Series("softmax, new", 100 * run.new, x, role="accent", marker="none", dashed=True),
            Series(
                "embedding, new",
                np.full(2, 100 * lesson.embedding_new),
                ends,
                role="good",
                marker="none",
                dashed=True,
            ),
        ]
    return series, Axis("update", integer=True), Axis("right answers", unit="%", low=0.0, high=100.0)


def facts(found: Shown) -> list[Fact]:
    """What the inspector tells."""
    lesson, run = found.lesson, found.training
    old, new = lesson.tests
    return [
        ("stage", TITLES[found.stage], "Of the story."),
        ("at the door", name_of(lesson, found.who), "A picture that nobody was trained on or enrolled with."),
        ("softmax says", softmax_answer(found), "The output with the highest probability."),
        ("embedding says", embedding_answer(found), "The nearest photo within the threshold, else unknown."),
        (
            "threshold",
            f"{lesson.threshold:.3f}",
            "Squared distance; set on the people that the embedding learned from.",
        ),
        ("tested on", f"{old} + {new} pictures", "Of the old people, and of the newcomer."),
        ("softmax, old", _percent(float(run.old[-1])), "Right answers on other pictures of the old people."),
        ("softmax, new", _percent(float(run.new[-1])), "Of the newcomer."),
        (
            "embedding, old",
            _percent(lesson.embedding_old),
            "With the newcomer enrolled, without a threshold.",
        ),
        ("embedding, new", _percent(lesson.embedding_new), "Of the newcomer, without a threshold."),
        (
            "trained for",
            f"{run.seconds:.2f} s",
            "The classifier on show; enrolling takes one pass through the net.",
        ),
    ]


def facts_of(found: Shown, index: int) -> list[Fact]:
    """What the inspector tells of somebody in the class."""
    probability, away = found.probabilities[index], found.distances[index]
    return [
        ("person", name_of(found.lesson, index), "One photo each."),
        (
            "softmax",
            "no output" if np.isnan(probability) else f"{probability:.4f}",
            "Probability for the visitor.",
        ),
        (
            "distance",
            "not enrolled" if np.isnan(away) else f"{away:.4f}",
            "Squared, from the visitor's embedding.",
        ),
    ]


def arrays(found: Shown) -> list[tuple[str, npt.ArrayLike]]:
    """For a CSV file."""
    run = found.training
    return [
        ("probabilities", found.probabilities),
        ("squared distances", found.distances),
        ("threshold", np.array([found.lesson.threshold])),
        ("right: old, new", np.column_stack([run.old, run.new])),
        ("loss", run.losses),
    ]
