"""Landmarks: their order, mirror images, and the best answer that does not look."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.context import Context
from engine.detection import landmarks
from engine.detection.checks.check import check_landmarks
from engine.detection.checks.requests import CheckLandmarks
from engine.detection.landmarks import LAYOUTS, Answer

NO_CONTEXT = cast(Context, None)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_whole(name: str) -> None:
    layout = LAYOUTS[name]
    count = len(layout.names)
    assert count == len(set(layout.names)) == len(layout.template) == {"eyes": 4, "face": 5, "hand": 21}[name]
    assert sorted(layout.counterpart) == list(range(count))
    assert [layout.counterpart[i] for i in layout.counterpart] == list(
        range(count)
    )  # twice is where it began
    assert all(0 <= a < count and 0 <= b < count for a, b in layout.lines)


@pytest.mark.parametrize("name", ["eyes", "face"])
def test_counterparts_have_their_names_with_left_and_right_exchanged(name: str) -> None:
    layout = LAYOUTS[name]
    for own, other in enumerate(layout.counterpart):
        swapped = layout.names[own].replace("left", "?").replace("right", "left").replace("?", "right")
        assert layout.names[other] == swapped


def test_fingers_of_a_hand_hang_together() -> None:
    layout = LAYOUTS["hand"]
    assert layout.names[4] == "thumb, tip" and layout.names[20] == "little finger, tip"
    assert layout.lines[:5] == ((0, 1), (1, 2), (2, 3), (3, 4), (0, 5)) and len(layout.lines) == 20


def test_the_vector_and_back() -> None:
    y = landmarks.vector([(0.25, 0.5), (0.75, 0.125)])
    assert y.tolist() == [1, 0.25, 0.5, 0.75, 0.125]
    np.testing.assert_array_equal(landmarks.unpacked(y), [(0.25, 0.5), (0.75, 0.125)])


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=5, max_size=5))
def test_a_mirror_image_of_a_mirror_image_is_the_picture(points: list[tuple[float, float]]) -> None:
    layout = LAYOUTS["face"]
    for relabelled in (False, True):
        once = landmarks.mirrored(points, layout, relabelled=relabelled)
        np.testing.assert_allclose(
            landmarks.mirrored(once, layout, relabelled=relabelled), points, atol=1e-12
        )


def test_a_symmetric_face_is_its_own_mirror_image_only_when_relabelled() -> None:
    layout = LAYOUTS["face"]
    np.testing.assert_allclose(landmarks.mirrored(layout.template, layout, relabelled=True), layout.template)
    left = landmarks.mirrored(layout.template, layout, relabelled=False)
    assert left[0, 0] == pytest.approx(0.69)


@pytest.mark.parametrize(
    ("name", "mirror"), [("eyes", True), ("face", True), ("face", False), ("hand", False)]
)
def test_a_wrong_order_costs_and_its_mean_collapses(name: str, mirror: bool) -> None:
    layout = LAYOUTS[name]
    sets = {
        ok: landmarks.training_set(layout.template, layout, 16, mirror=mirror, consistent=ok)
        for ok in (True, False)
    }
    good, bad = (landmarks.best_constant(sets[ok]) for ok in (True, False))
    assert bad.error > 3 * good.error
    side = 4 if name == "hand" else 0  # a point far from the middle
    assert abs(bad.mean[side, 0] - 0.5) < 0.06 < abs(good.mean[side, 0] - 0.5)
    np.testing.assert_allclose(sets[True][0], sets[False][0])  # the first picture is the same


def test_the_best_constant_by_hand() -> None:
    answer = landmarks.best_constant([[(0.0, 0.0), (1.0, 1.0)], [(0.6, 0.8), (1.0, 1.0)]])
    np.testing.assert_allclose(answer.mean, [(0.3, 0.4), (1.0, 1.0)])
    np.testing.assert_allclose(answer.errors, [0.5, 0.0])
    assert answer.error == pytest.approx(np.sqrt(0.125))


@given(st.integers(1, 20), st.integers(0, 50), st.booleans())
def test_no_constant_is_better_and_torch_agrees(count: int, seed: int, consistent: bool) -> None:
    layout = LAYOUTS["eyes"]
    shapes = landmarks.training_set(
        layout.template, layout, count, mirror=True, consistent=consistent, seed=seed
    )
    answer = landmarks.best_constant(shapes)
    result = check_landmarks(CheckLandmarks(shapes, answer), NO_CONTEXT)
    assert result.agrees, result
    nudged = answer.mean + np.random.default_rng(seed).normal(0, 0.01, answer.mean.shape)
    assert np.sqrt(((shapes - nudged) ** 2).sum(-1).mean()) >= answer.error
    wrong = Answer(nudged, answer.errors, answer.error)
    assert not check_landmarks(CheckLandmarks(shapes, wrong), NO_CONTEXT).agrees
