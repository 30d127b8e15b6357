"""What the view "Siamese" shows of a pair: terms, sum, answer, and what a gallery costs. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.faces.learning.pairs import Bill, bill, partial_sums, sigma, slope, terms
from engine.faces.learning.requests import CheckPair, OwnFeatures, PairLesson
from gui.pages.face_learning.siamese.settings import MOST_PEOPLE_POWER, SiameseSettings
from gui.widgets.facts import Fact
from gui.widgets.plot.line_plot import Axis, Series
from gui.widgets.worked import Line

FloatArray = npt.NDArray[np.float64]
POINTS: Final = 40
TEX: Final = {
    "absolute": r"t_k = | f_k(a) - f_k(b) |",
    "chi-square": r"t_k = (f_k(a) - f_k(b))^2 / (f_k(a) + f_k(b))",
}


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A pair in numbers. `found` float64[D]: the terms; `sums` float64[D + 1]: after each; `step`: how many are added.

    `first`, `second`: places of the pictures, `first` None for a picture of one's own.
    """

    settings: SiameseSettings
    lesson: PairLesson
    own: OwnFeatures | None
    pictures: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]
    features: tuple[FloatArray, FloatArray]
    names: tuple[str, str]
    found: FloatArray
    sums: FloatArray
    step: int
    y: float
    bill: Bill

    @property
    def same(self) -> bool | None:
        """The truth, None for a picture of one's own."""
        return None if self.own is not None else self.names[0] == self.names[1]


def shown(settings: SiameseSettings, lesson: PairLesson, own: OwnFeatures | None) -> Shown:
    """Take a pair of a lesson apart; places beyond its end begin again."""
    count = len(lesson.pictures)
    first, second = settings.first % count, settings.second % count
    a = (own.picture, own.features) if own is not None else (lesson.pictures[first], lesson.features[first])
    b = lesson.pictures[second], lesson.features[second]
    names = [lesson.names[int(lesson.labels[one])] for one in (first, second)]
    found = terms(a[1], b[1], lesson.request.form)
    sums = partial_sums(found, lesson.weights, lesson.bias)
    dims = len(lesson.weights)
    return Shown(
        settings, lesson, own, (a[0], b[0]), (a[1], b[1]), ("yours" if own is not None else names[0], names[1]),
        found, sums, dims if settings.step is None else min(settings.step, dims), float(sigma(sums[-1])),
        bill(settings.count, lesson.macs, dims, lesson.seconds_embed, lesson.seconds_compare),
    )  # fmt: skip


def lines(found: Shown) -> list[Line]:
    """The formulas with their numbers, up to the term on show."""
    lesson, step = found.lesson, found.step
    k = max(step - 1, 0)
    a, b = (features[k] for features in found.features)
    z = found.sums[step]
    whole = step == len(lesson.weights)
    if lesson.request.form == "absolute":
        numbers = f"|{a:.3f} − {b:.3f}|"
    else:
        numbers = f"({a:.3f} − {b:.3f})² / ({a:.3f} + {b:.3f})"
    before = found.sums[k]
    added = f"{_n(before)} + {_n(lesson.weights[k])} · {found.found[k]:.3f}" if step else "b"
    worked = [
        Line(
            TEX[lesson.request.form],
            numbers if step else "",
            f"{found.found[k]:.3f}" if step else "nothing yet",
        ),
        Line(
            r"z = b + w_1 t_1 + \ldots + w_D t_D",
            f"{added}" + ("" if whole else f",  {step} of {len(lesson.weights)} terms"),
            _n(z),
        ),
        Line(r"y = \sigma(z) = 1 / (1 + e^{-z})", "" if whole else "so far", f"{float(sigma(z)):.3f}"),
    ]
    return worked


def _n(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")


def verdict(found: Shown) -> str:
    """The answer in words, and whether it is right."""
    said = "the same identity" if found.y > 0.5 else "two identities"
    if found.same is None:
        return f"y = {found.y:.3f}: {said}, says the net."
    return f"y = {found.y:.3f}: {said}, and that is {'right' if found.same == (found.y > 0.5) else 'wrong'}."


def bill_text(found: Shown) -> str:
    """What the gallery costs, in a sentence."""
    cost = found.bill
    return (
        f"A visitor before {found.settings.count:,} people: {cost.kept:,} multiply-adds with kept features, "
        f"{cost.anew:,} if every picture went through the net again: {cost.anew / cost.kept:,.0f} times as many."
    )


def curves(found: Shown) -> tuple[list[Series], Axis, Axis]:
    """Multiply-adds over the people in the gallery, both ways, with the gallery on show."""
    lesson = found.lesson
    people = np.unique(np.round(np.logspace(0, MOST_PEOPLE_POWER, POINTS)).astype(np.int64))
    bills = [bill(int(k), lesson.macs, len(lesson.weights), 0.0, 0.0) for k in people]
    x, now = people.astype(np.float64), np.full(2, float(found.settings.count))
    return (
        [
            Series(
                "anew",
                np.array([float(one.anew) for one in bills]),
                x,
                role="error",
                marker="none",
                dashed=True,
            ),
            Series("kept", np.array([float(one.kept) for one in bills]), x, role="good", marker="none"),
            Series(
                "this K",
                np.array([float(found.bill.kept), float(found.bill.anew)]),
                now,
                role="muted",
                marker="square",
            ),
        ],
        Axis("people in the gallery K", log=True),
        Axis("multiply-adds a visitor", log=True),
    )


def facts(found: Shown) -> list[Fact]:
    """What the inspector tells."""
    lesson, cost = found.lesson, found.bill
    return [
        ("y", f"{found.y:.4f}", "Above 0.5: the same identity."),
        ("truth", {None: "unknown", True: "the same", False: "different"}[found.same], "By the labels."),
        (
            "right on pairs",
            f"{100 * lesson.right:.1f} %",
            "Of identities that neither net nor weights were trained on.",
        ),
        ("AUC of y", f"{lesson.auc:.3f}", "On the same pairs: 1 is perfect, 0.5 is guessing."),
        (
            "AUC, all w = −1",
            f"{lesson.plain_auc:.3f}",
            "The plain sum of the terms instead of a weighed one.",
        ),
        ("bias b", _n(lesson.bias), "z of two pictures without any difference."),
        (
            "cross-entropy",
            f"{lesson.losses[-1]:.4f}",
            f"A training pair, after {len(lesson.losses) - 1} iterations.",
        ),
        ("one embedding", f"{lesson.macs:,} MAC", f"Measured here: {1e3 * lesson.seconds_embed:.3f} ms."),
        (
            "one comparison",
            f"{2 * len(lesson.weights)} MAC",
            "Two a feature: its term, whose parts count as one, and the product with its weight.",
        ),
        (
            "a visitor, kept",
            _time(cost.kept_seconds),
            "One embedding and K comparisons, from what one of each takes.",
        ),
        ("a visitor, anew", _time(cost.anew_seconds), "K + 1 embeddings and K comparisons."),
        ("kept features", _bytes(cost.bytes), "K times D numbers of 4 bytes."),
    ]


def _time(seconds: float) -> str:
    return f"{1e3 * seconds:,.3g} ms" if seconds < 1 else f"{seconds:,.3g} s"


def _bytes(count: int) -> str:
    return f"{count:,} bytes" if count < 1 << 20 else f"{count / (1 << 20):,.1f} MiB"


def facts_of(found: Shown, key: str, k: int) -> list[Fact]:
    """What the inspector tells of a feature."""
    if key in ("a", "b"):
        return []
    lesson, (a, b) = found.lesson, found.features
    return [
        ("feature k", str(k + 1), f"Of {len(lesson.weights)}."),
        ("f(a)", f"{a[k]:.4f}", "0 to 1."),
        ("f(b)", f"{b[k]:.4f}", "0 to 1."),
        ("term t", f"{found.found[k]:.4f}", "How much the two differ in it."),
        ("weight w", _n(lesson.weights[k]), "Negative: a difference speaks against the same identity."),
        ("w · t", _n(lesson.weights[k] * found.found[k]), "What it adds to z."),
        ("z so far", _n(found.sums[k + 1]), "With this term and those before."),
    ]


def check(found: Shown) -> CheckPair:
    """What torch is to compute again."""
    (a, b), lesson = found.features, found.lesson
    return CheckPair(
        a, b, lesson.weights, lesson.bias, lesson.request.form, found.y, slope(found.found, found.y)
    )


def arrays(found: Shown) -> list[tuple[str, npt.ArrayLike]]:
    """For a CSV file."""
    lesson = found.lesson
    return [
        ("f(a)", found.features[0]), ("f(b)", found.features[1]), ("t", found.found), ("w", lesson.weights),
        ("bias and partial sums", found.sums), ("y", np.array([found.y])),
        ("multiply-adds kept, anew", np.array([found.bill.kept, found.bill.anew])),
    ]  # fmt: skip
