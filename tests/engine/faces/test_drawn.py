"""Drawn people: seeded, aligned by construction, and different from each other."""

from __future__ import annotations

import numpy as np
import pytest

from engine.faces import drawn
from engine.faces.looks import name_of


def test_a_face_is_the_same_every_time_and_read_only() -> None:
    first = drawn.draw_face(3, 2)
    drawn.draw_face.cache_clear()
    assert np.array_equal(first, drawn.draw_face(3, 2))
    assert first.shape == (drawn.SIDE, drawn.SIDE, 3)
    assert first.dtype == np.uint8
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 0


def test_views_of_one_person_are_more_alike_than_people() -> None:
    """By the plainest of descriptors: grey levels, evened out, of the middle of the face."""

    def described(person: int, view: int) -> np.ndarray:
        grey = drawn.draw_face(person, view)[36:104, 24:88].astype(np.float64).mean(2)
        grey = grey.reshape(17, 4, 16, 4).mean((1, 3)).ravel()
        grey -= grey.mean()
        return np.asarray(grey / np.linalg.norm(grey))

    rows = np.stack([described(person, view) for person in range(12) for view in range(4)])
    people = np.repeat(np.arange(12), 4)
    distances = 2 - 2 * rows @ rows.T
    np.fill_diagonal(distances, np.inf)
    assert (people[distances.argmin(1)] == people).mean() > 0.75  # by chance: 3 of 47, 0.06


def test_the_pupils_lie_at_the_template() -> None:
    """Dark pupils within white eyes: the darkest place near each eye of the template is its middle."""
    for person in range(6):
        grey = drawn.draw_window(person, 0, (0, 0, 112, 112), 112).astype(np.float64).mean(2)
        for x, y in (drawn.RIGHT_EYE, drawn.LEFT_EYE):
            near = grey[round(y) - 2 : round(y) + 3, round(x) - 5 : round(x) + 6]
            row, column = np.unravel_index(near.argmin(), near.shape)
            assert abs(column - 5) <= 2
            assert abs(row - 2) <= 2


def test_a_head_shows_the_crop_at_its_place() -> None:
    left, top, right, _ = drawn.AROUND
    head = drawn.draw_head(5, 0, 400).astype(np.float64)
    scale = 400 / (right - left)
    x, y = drawn.NOSE
    inside = head[round((y - top) * scale), round((x - left) * scale)]
    crop = drawn.draw_face(5, 0).astype(np.float64)[round(y), round(x)]
    assert np.abs(inside - crop).max() < 40


def test_names_do_not_run_out() -> None:
    names = {name_of(person) for person in range(80)}
    assert len(names) == 80
    assert all("drawn" in name for name in names)
