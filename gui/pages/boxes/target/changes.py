"""What a person sets in the view "Target vector", as new settings; refusals are sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gui.pages.boxes.shares import Size, to_pixels, to_shares
from gui.pages.boxes.target.settings import (
    LONGEST_NAME,
    MOST_CLASSES,
    Labelled,
    TargetSettings,
)
from gui.widgets.box_editor import Box


def drawn(settings: TargetSettings, size: Size, kind_of_guess: int, p: float) -> list[Box]:
    """The boxes as the editor shows them: the guess first (a new one is drawn as the last), then what is there."""
    boxes = []
    if settings.guessing:
        label = f"guess: {settings.classes[kind_of_guess]} {p:.2f}"
        boxes.append(Box(to_pixels(settings.guess, size), kind_of_guess, label, "text", dashed=True))
    for thing in settings.boxes:
        name = settings.classes[thing.kind]
        boxes.append(Box(to_pixels(thing.box, size), thing.kind, name, faded=settings.nothing))
    return boxes


def with_drawn(
    settings: TargetSettings, boxes: Sequence[Box], size: Size, chosen: int | None
) -> TargetSettings:
    """The settings that belong to what the editor shows; the guess is the dashed one."""
    guesses = [box for box in boxes if box.dashed]
    things = tuple(Labelled(to_shares(box.corners, size), box.kind) for box in boxes if not box.dashed)
    index = settings.chosen if chosen is None else chosen - len(guesses)
    more = len(things) > len(settings.boxes)
    return replace(
        settings,
        boxes=things,
        chosen=min(max(index, 0), max(len(things) - 1, 0)),
        nothing=settings.nothing and not more,
        guess=to_shares(guesses[0].corners, size) if guesses else settings.guess,
        guessing=bool(guesses),
    )


def with_kind(settings: TargetSettings, kind: int) -> TargetSettings:
    """The thing that the vector is about is of another class."""
    if not settings.boxes:
        return settings
    index = min(settings.chosen, len(settings.boxes) - 1)
    things = list(settings.boxes)
    things[index] = replace(things[index], kind=kind)
    return replace(settings, boxes=tuple(things))


def with_classes(settings: TargetSettings, names: Sequence[str]) -> TargetSettings:
    """Other classes, by their place: scores of new ones are 0."""
    scores = (settings.scores + (0.0,) * len(names))[: len(names)]
    return replace(settings, classes=tuple(names), scores=scores)


def with_score(settings: TargetSettings, kind: int, score: float) -> TargetSettings:
    """Another class score of the guess."""
    scores = list(settings.scores)
    scores[kind] = score
    return replace(settings, scores=tuple(scores))


def classes_refusal(settings: TargetSettings, names: Sequence[str]) -> str:
    """Why these class names cannot be taken, "" where they can."""
    if not names:
        return "Write at least one class."
    if len(names) > MOST_CLASSES:
        return f"At most {MOST_CLASSES} classes, not {len(names)}."
    if len(set(names)) != len(names):
        return "Two classes have the same name."
    if any(len(name) > LONGEST_NAME for name in names):
        return f"A name has at most {LONGEST_NAME} characters."
    used = max((thing.kind for thing in settings.boxes), default=-1)
    if used >= len(names):
        return f"A box on the picture is of class {used + 1} ({settings.classes[used]})."
    return ""
