"""A crowd of drawn people and their embeddings: figures and maps have something to show before anybody is enrolled."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.context import Context
from engine.faces.drawn import draw_face
from engine.faces.gallery.handlers import BATCH, embedded
from engine.faces.gallery.requests import Index, Maker, Person, Photo, Snapshot
from engine.faces.looks import name_of
from engine.faces.requests import EmbedCrowd
from engine.images import publish

PEOPLE: Final = 24
VIEWS: Final = 5
FIRST_VIEW: Final = 1
"""View 0 of everybody looks straight into even light: too easy."""


def seeds_of(photo: int) -> tuple[int, int]:
    """The person and the view of a photo of the crowd, for draw_face."""
    person, view = divmod(photo, VIEWS)
    return person, view + FIRST_VIEW


def people(maker: Maker) -> tuple[Person, ...]:
    """Everybody with all photos; the numbers of photos run on from person to person."""
    return tuple(
        Person(
            person,
            name_of(person),
            0.0,
            tuple(
                Photo(
                    number, draw_face(*seeds_of(number)), f"drawn, view {number % VIEWS + 1}", 0.0, (maker,)
                )
                for number in range(person * VIEWS, (person + 1) * VIEWS)
            ),
        )
        for person in range(PEOPLE)
    )


def answer(request: EmbedCrowd, context: Context) -> Generator[Any, None, Snapshot]:
    """Answer EmbedCrowd, a few crops a step."""
    total, rows, maker = PEOPLE * VIEWS, [], ("", "")
    for first in range(0, total, BATCH):
        numbers = range(first, min(first + BATCH, total))
        crops = np.stack([draw_face(*seeds_of(number)) for number in numbers])
        made = yield from embedded(crops, request.embedder, context)
        rows.append(made.embeddings)
        maker = made.embedder
        yield context.progress(numbers[-1] + 1, total, "Embedding drawn people")
    photos = np.arange(total)
    index = Index(maker, publish(np.concatenate(rows)), publish(photos // VIEWS), publish(photos))
    return Snapshot(Path(), people(maker), (index,))
