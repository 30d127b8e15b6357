"""The drawn scene of the first visit, and the badge's second route to a distance."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from engine.cv import cv2
from engine.faces.check import check_distance
from engine.faces.examples.scene import ENROLLED, HUNG, PORTRAITS, scene, sheet
from engine.faces.grouping import answer, groups_of
from engine.faces.identify import distance
from engine.faces.requests import CheckDistance, GroupFaces
from engine.images import Frame

NO_CONTEXT = cast(Any, None)


def found_by_the_cascade(frame: Frame) -> list[tuple[int, int, int, int]]:
    folder: str = getattr(cv2, "data").haarcascades  # noqa: B009 - the stubs of OpenCV know no data
    cascade = cv2.CascadeClassifier(folder + "haarcascade_frontalface_default.xml")
    grey = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY)
    found = cascade.detectMultiScale(grey, 1.1, 4, minSize=(40, 40))
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h in found]


def test_the_scene_is_one_picture_that_nobody_can_change() -> None:
    frame = scene()
    assert frame is scene() and frame.pixels.dtype == np.uint8 and not frame.pixels.flags.writeable


def test_the_cascade_that_is_always_there_finds_everybody_once() -> None:
    found = found_by_the_cascade(scene())
    assert len(found) == len(HUNG)
    for _, _, left, top, side in HUNG:
        inside = [
            1 for x, y, w, h in found if left < x + w / 2 < left + side and top < y + h / 2 < top + side
        ]
        assert len(inside) == 1


@pytest.mark.parametrize("person", ENROLLED)
def test_and_every_portrait_of_a_sheet(person: int) -> None:
    assert len(found_by_the_cascade(sheet(person))) == PORTRAITS


def test_some_have_names_and_some_are_strangers_one_of_them_twice() -> None:
    people = [person for person, *_ in HUNG]
    strangers = [person for person in people if person not in ENROLLED]
    assert set(ENROLLED) < set(people) and len(strangers) == 3 and len(set(strangers)) == 2
    shown = {(person, view) for person, view, *_ in HUNG}
    assert not shown & {(person, view) for person in ENROLLED for view in range(PORTRAITS)}, "other portraits"


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
