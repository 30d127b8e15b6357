"""The drawn scene of the first visit, and the badge's second route to a distance."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from engine.faces.check import check_distance
from engine.faces.detect import sightings
from engine.faces.examples.scene import ENROLLED, HUNG, PORTRAITS, VIEWS, scene, sheet
from engine.faces.found import Box, Embedding, Face
from engine.faces.grouping import answer, groups_of
from engine.faces.identify import distance
from engine.faces.live import faces_of, maker_of
from engine.faces.requests import MINI, CheckDistance, FaceSettings, GroupFaces
from engine.images import Frame
from engine.networks.steps import at_once

NO_CONTEXT = cast(Any, None)


def boxes(frame: Frame) -> list[Box]:
    """What the detector finds that is there on the first visit, as the page sets it."""
    return [one.box for one in at_once(sightings(frame.pixels, FaceSettings(embedder="")))]


def embedding_of(face: Face) -> Embedding:
    assert face.embedding is not None
    return face.embedding


def apart(one: Face, other: Face) -> float:
    return distance(embedding_of(one), embedding_of(other))


def test_the_scene_is_one_picture_that_nobody_can_change() -> None:
    frame = scene()
    assert frame is scene() and frame.pixels.dtype == np.uint8 and not frame.pixels.flags.writeable


def test_the_cascade_that_is_always_there_finds_everybody_once() -> None:
    middles = [((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in boxes(scene())]
    assert len(middles) == len(HUNG)
    for _, _, left, top, side in HUNG:
        assert sum(left < x < left + side and top < y < top + side for x, y in middles) == 1


@pytest.mark.parametrize("person", ENROLLED)
def test_and_every_portrait_of_a_sheet(person: int) -> None:
    assert len(boxes(sheet(person))) == PORTRAITS == len(VIEWS[person])


def test_the_bundled_nets_know_whom_they_have_seen_and_gather_who_hangs_there_twice() -> None:
    threshold = maker_of(MINI).threshold
    gallery = {person: faces_of(sheet(person).pixels, FaceSettings()) for person in ENROLLED}
    strangers = []
    for hung, face in everybody():
        nearest, person = min(
            (apart(face, photo), one) for one, photos in gallery.items() for photo in photos
        )
        assert (nearest <= threshold) == (hung in ENROLLED)
        assert person == hung or hung not in ENROLLED
        if hung not in ENROLLED:
            strangers.append((hung, face))
    groups = groups_of(np.stack([embedding_of(face) for _, face in strangers]), threshold)
    for (one, _), group in zip(strangers, groups, strict=True):
        assert group == (0 if [person for person, _ in strangers].count(one) == 2 else 1)


def everybody() -> list[tuple[int, Face]]:
    """Who hangs where, as the page sees them."""
    seen = faces_of(scene().pixels, FaceSettings())
    return [
        (person, next(f for f in seen if left < f.box[0] < left + side and top < f.box[1] < top + side))
        for person, _, left, top, side in HUNG
    ]


def test_some_have_names_and_some_are_strangers_one_of_them_twice() -> None:
    people = [person for person, *_ in HUNG]
    strangers = [person for person in people if person not in ENROLLED]
    assert set(ENROLLED) < set(people) and len(strangers) == 3 and len(set(strangers)) == 2
    shown = {(person, view) for person, view, *_ in HUNG}
    assert not shown & {(person, view) for person in ENROLLED for view in VIEWS[person]}, "other portraits"


def unit(seed: int, length: int = 128) -> np.ndarray[Any, np.dtype[np.float32]]:
    values = np.random.default_rng(seed).normal(size=length)
    return np.asarray(values / np.linalg.norm(values), np.float32)


@pytest.mark.parametrize("length", [1, 2, 128, 512])
def test_a_right_distance_agrees_with_torch(length: int) -> None:
    a, b = unit(1, length), unit(2, length)
    found = check_distance(CheckDistance(a, b, distance(a, b)), NO_CONTEXT)
    assert found.agrees and found.max_abs_difference < 1e-6 and "torch" in found.reference
    assert check_distance(CheckDistance(a, a, 0.0), NO_CONTEXT).agrees


def test_a_wrong_distance_does_not() -> None:
    a, b = unit(1), unit(2)
    assert not check_distance(CheckDistance(a, b, distance(a, b) + 1e-5), NO_CONTEXT).agrees


def test_groups_are_those_of_the_function() -> None:
    rows = np.stack([unit(1), unit(2), unit(1), unit(3), unit(1)])
    assert np.array_equal(answer(GroupFaces(rows, 0.5), NO_CONTEXT), groups_of(rows, 0.5))
    assert answer(GroupFaces(rows, 0.5), NO_CONTEXT).tolist() == [0, 1, 0, 2, 0]
