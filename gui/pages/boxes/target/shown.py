"""What the view "Target vector" shows of its settings: the vectors, their rows, the loss. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.detection import target
from engine.detection.boxes import iou
from engine.detection.checks.requests import CheckTarget
from engine.detection.target import BOX, FIRST_CLASS, HEIGHT, WIDTH, Term
from gui.pages.boxes.component_table import Row
from gui.pages.boxes.shares import Size, to_pixels
from gui.pages.boxes.target.settings import TargetSettings
from gui.theme import theme
from gui.widgets.facts import Fact

FloatArray = npt.NDArray[np.float64]
WORDS: Final = ("is something there", "middle, across", "middle, down", "height", "width")
ABOUT: Final = (
    "1 where an object is there, 0 where nothing is.",
    "The middle of the box from the left, as a share of the picture's width.",
    "The middle of the box from the top, as a share of the picture's height.",
    "The height of the box as a share of the picture's height.",
    "The width of the box as a share of the picture's width.",
)
UNCARED: Final = "?"


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The target `y` [5 + n] (NaN: does not matter), the guess [5 + n] or None, and what the guess costs."""

    settings: TargetSettings
    size: Size
    y: FloatArray
    guess: FloatArray | None
    terms: tuple[Term, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return target.names(len(self.settings.classes))

    @property
    def loss(self) -> float:
        return target.total(self.terms)

    @property
    def overlap(self) -> float | None:
        """IoU of the guess with what is there, None where one of them is not."""
        thing = self.settings.thing
        if thing is None or self.guess is None:
            return None
        return float(iou(to_pixels(thing.box, self.size), to_pixels(self.settings.guess, self.size)))

    def words(self, index: int) -> str:
        """What a component is, in words."""
        if index < FIRST_CLASS:
            return WORDS[index]
        return self.settings.classes[index - FIRST_CLASS]


def shown(settings: TargetSettings, size: Size) -> Shown:
    """Work it out for a picture of a size: width and height."""
    thing = settings.thing
    there = None if thing is None else (to_pixels(thing.box, size), thing.kind)
    y = target.encode(there, len(settings.classes), size)
    if not settings.guessing:
        return Shown(settings, size, y, None, ())
    guess = target.guess_vector(settings.p, to_pixels(settings.guess, size), settings.scores, size)
    terms = target.loss_terms(y, guess, settings.loss, roots=settings.roots)
    return Shown(settings, size, y, guess, terms)


def rows(found: Shown) -> list[Row]:
    """The components of both vectors, and what each costs."""
    result = []
    for index, symbol in enumerate(found.names):
        value = float(found.y[index])
        color = theme.class_color(index - FIRST_CLASS) if index >= FIRST_CLASS else None
        if found.guess is None:
            result.append(
                Row(symbol, found.words(index), _value(index, value), faded=np.isnan(value), color=color)
            )
            continue
        term = found.terms[index]
        share = term.value / found.loss if found.loss > 0 else 0.0
        result.append(
            Row(
                symbol, found.words(index), _value(index, value), f"{found.guess[index]:.3f}",
                term_text(found, index), f"{term.value:.4f}" if term.counted else "",
                share, not term.counted, color,
            )
        )  # fmt: skip
    return result


def term_text(found: Shown, index: int) -> str:
    """One term of the loss with its numbers in it."""
    guess = found.guess
    if guess is None or not found.terms[index].counted:
        return ""
    mine, wanted = float(guess[index]), float(found.y[index])
    if found.settings.loss == "practice":
        if index == 0:
            return f"−ln {mine:.3f}" if wanted == 1 else f"−ln (1 − {mine:.3f})"
        if index >= FIRST_CLASS:
            return f"−{wanted:.0f} · ln {mine:.3f}"
        if found.settings.roots and index in (HEIGHT, WIDTH):
            return f"(√{mine:.3f} − √{wanted:.3f})²"
    return f"({mine:.3f} − {_value(index, wanted)})²"


def facts(found: Shown) -> list[Fact]:
    """What the inspector tells."""
    told: list[Fact] = [
        (
            "components",
            f"5 + {len(found.settings.classes)} = {len(found.y)}",
            "p_c, four numbers of the box, classes.",
        ),
        ("boxes on the picture", str(len(found.settings.boxes)), "The vector has room for one of them."),
    ]
    decoded = target.decode(found.y, found.size)
    if decoded is not None:
        corners, kind = decoded
        told.append(("decoded class", found.settings.classes[kind], "The largest of c_1 to c_n."))
        told.append(
            (
                "decoded box",
                ", ".join(f"{value:.0f}" for value in corners),
                "x1, y1, x2, y2 in pixels, from y alone.",
            )
        )
    if found.guess is not None:
        said = int(np.argmax(found.guess[FIRST_CLASS:]))
        told.append(("the guess says", found.settings.classes[said], "Its largest class probability."))
        told.append(("loss", f"{found.loss:.4f}", "The sum of the terms on the stage."))
        if found.overlap is not None:
            told.append(
                ("IoU of the guess", f"{found.overlap:.3f}", "Intersection over union with the true box.")
            )
    return told


def check(found: Shown) -> CheckTarget | None:
    """What torch is to compute again; None without a guess."""
    if found.guess is None:
        return None
    settings = found.settings
    return CheckTarget(
        found.y, settings.p, found.guess[BOX], settings.scores, settings.loss, settings.roots, found.terms
    )


def _value(index: int, value: float) -> str:
    if np.isnan(value):
        return UNCARED
    return f"{value:.0f}" if index == 0 or index >= FIRST_CLASS else f"{value:.3f}"
