"""What the view "Triplet loss" shows: the walk, formulas with their numbers, facts. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.faces.learning.plane import (
    ANCHOR,
    NEGATIVES,
    POSITIVE,
    FloatArray,
    Measured,
    Walk,
    measure,
    rings,
    walk,
)
from engine.faces.learning.requests import CheckTriplet
from gui.pages.face_learning.triplet.settings import STEPS, TripletSettings
from gui.widgets.facts import Fact
from gui.widgets.worked import Line

KINDS: Final = {"hard": "hard", "semi-hard": "semi-hard", "easy": "easy"}


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The whole descent, and the triplet at the step on show; `rings`: radii around the anchor."""

    settings: TripletSettings
    walk: Walk
    now: Measured
    rings: tuple[float, float]

    @property
    def points(self) -> FloatArray:
        """Of the step on show, float64[2 + M, 2]."""
        return self.now.points


def shown(settings: TripletSettings, known: Shown | None = None) -> Shown:
    """Walk down, unless `known` walked the same way already."""
    if known is not None and _way(known.settings) == _way(settings):
        descent = known.walk
    else:
        descent = walk(
            settings.array,
            settings.rules,
            settings.mining,
            settings.chosen,
            settings.rate,
            STEPS,
            settings.seed,
        )
    now = measure(descent.points[settings.step], settings.rules, "chosen", int(descent.chosen[settings.step]))
    return Shown(settings, descent, now, rings(now, settings.about))


def _way(settings: TripletSettings) -> tuple[object, ...]:
    return settings.points, settings.rules, settings.mining, settings.chosen, settings.rate, settings.seed


def name_of(index: int, count: int) -> str:
    """A, P, N; with several negatives N1, N2 ..."""
    if index < NEGATIVES:
        return "AP"[index]
    return "N" if count == NEGATIVES + 1 else f"N{index - NEGATIVES + 1}"


def lines(found: Shown) -> list[Line]:
    """The definitions, each with the numbers of now."""
    now, rules = found.now, found.now.rules
    a, p, n = (now.points[row] for row in (ANCHOR, POSITIVE, NEGATIVES + now.chosen))
    power = "" if rules.plain else "^2"
    worked = [
        Line(rf"d(A,P) = \Vert A - P \Vert{power}", _way_text(p - a, rules.plain), _plain(now.to_positive)),
        Line(rf"d(A,N) = \Vert A - N \Vert{power}", _way_text(n - a, rules.plain), _plain(now.to_negative)),
        Line(
            r"L = \max(d(A,P) - d(A,N) + \alpha, 0)",
            f"max({_plain(now.to_positive)} − {_plain(now.to_negative)} + {rules.margin:.2f}, 0)",
            _plain(now.loss),
        ),
    ]
    rows = (ANCHOR, POSITIVE, NEGATIVES + now.chosen)
    for letter, tex, row in zip("APN", _slopes(found), rows, strict=True):
        worked.append(Line(rf"\partial L / \partial {letter} = {tex}", "", _pair(now.gradients[row])))
    return worked


def _slopes(found: Shown) -> tuple[str, str, str]:
    rules = found.now.rules
    if found.now.loss <= 0:
        return "0", "0", "0"
    if rules.plain:
        unit = [rf"({one} - {other})/\Vert {one} - {other} \Vert" for one, other in ("PA", "NA")]
        plain = (f"{unit[1]} - {unit[0]}", unit[0], r"(A - N)/\Vert A - N \Vert")
    else:
        plain = ("2(N - P)", "2(P - A)", "2(A - N)")
    if not rules.unit:
        return plain
    first, second, third = (
        rf"(I - {letter}{letter}^T)\,[{tex}]" for letter, tex in zip("APN", plain, strict=True)
    )
    return first, second, third


def _way_text(way: FloatArray, plain: bool) -> str:
    squares = " + ".join(f"({_plain(value)})²" for value in way.tolist())
    return f"√({squares})" if plain else squares


def _plain(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")


def _pair(values: FloatArray) -> str:
    return f"({', '.join(_plain(value + 0.0) for value in values.tolist())})"


def facts(found: Shown) -> list[Fact]:
    """What the inspector tells."""
    now, settings = found.now, found.settings
    kinds = [_kind(found, index) for index in range(settings.negatives)]
    inner, outer = found.rings
    told: list[Fact] = [
        ("triplet", now.kind, "Of the anchor, the positive and the negative that is taken."),
        ("loss L", _plain(now.loss), "max(d(A, P) − d(A, N) + α, 0)."),
        ("d(A, P)", _plain(now.to_positive), "Plain distance." if settings.plain else "Squared distance."),
        ("d(A, N)", _plain(now.to_negative), "Of the negative that is taken."),
        ("margin α", f"{settings.margin:.2f}", "By how much N is to be farther than P."),
        (
            "ring radii",
            f"{inner:.2f} and {outer:.2f}",
            "Where the kind of the triplet changes, as lengths in the plane.",
        ),
        ("negative taken", name_of(NEGATIVES + now.chosen, len(now.points)), "By the way of mining."),
    ]
    if settings.negatives > 1:
        counted = ", ".join(f"{kinds.count(kind)} {kind}" for kind in KINDS)
        told.append(("negatives", counted, "How many negatives are of which kind."))
    return told


def _kind(found: Shown, index: int) -> str:
    from engine.faces.learning.plane import kind_of

    return kind_of(found.now.to_positive, float(found.now.to_negatives[index]), found.now.rules.margin)


def facts_of(found: Shown, index: int) -> list[Fact]:
    """What the inspector tells of a point."""
    now = found.now
    x, y = now.points[index].tolist()
    told: list[Fact] = [
        (name_of(index, len(now.points)), f"({_plain(x)}, {_plain(y)})", "Where the point lies."),
        ("gradient", _pair(now.gradients[index]), "dL over its place; descent goes the other way."),
        (
            "next step",
            _pair(-found.settings.rate * now.gradients[index]),
            "Minus the rate times the gradient.",
        ),
    ]
    if index >= NEGATIVES:
        away = float(now.to_negatives[index - NEGATIVES])
        told.insert(1, ("d(A, N)", _plain(away), "From the anchor."))
        told.insert(2, ("kind", _kind(found, index - NEGATIVES), "Of the triplet with this negative."))
    elif index == POSITIVE:
        told.insert(1, ("d(A, P)", _plain(now.to_positive), "From the anchor."))
    return told


def check(found: Shown) -> CheckTriplet:
    """What torch is to compute again."""
    return CheckTriplet(found.now)


def arrays(found: Shown) -> list[tuple[str, FloatArray]]:
    """For a CSV file."""
    now, descent = found.now, found.walk
    history = np.column_stack(
        [
            np.arange(len(descent.losses)),
            descent.losses,
            descent.to_positive,
            descent.to_negative,
            descent.chosen + 1,
        ]
    )
    return [
        ("points A P N...", now.points),
        ("gradients", now.gradients),
        ("d(A,P) L margin", np.array([now.to_positive, now.loss, now.rules.margin])),
        ("d(A,N)", now.to_negatives),
        ("step, loss, d(A,P), d(A,N), negative", history),
    ]
