"""Generated heaps of boxes, the badge of the suppression, the street, and the shapes of digits."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.context import Context
from engine.detection.anchoring.reading import read
from engine.detection.anchoring.requests import DigitShapes, ReadLabels
from engine.detection.anchoring.street import CAR, PEDESTRIAN, SIZE, draw_street, street, street_shapes
from engine.detection.boxes import Soft, iou, nms_steps
from engine.detection.suppression.check import check as check_steps
from engine.detection.suppression.clusters import clusters
from engine.detection.suppression.requests import CheckSuppression
from engine.errors import UserError
from engine.foundations.requests import CheckResult
from engine.training import digit_shapes


def answer(steps: Generator[Any, None, Any]) -> Any:
    """What a job answers at its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def check(request: CheckSuppression, context: Context) -> CheckResult:
    result: CheckResult = answer(check_steps(request, context))
    return result


THINGS = [[40.0, 40, 140, 240], [200.0, 100, 420, 220]]


def heap(seed: int = 3):  # type: ignore[no-untyped-def]
    return clusters(THINGS, [0, 1], SIZE, classes=2, count=6, seed=seed)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000), st.integers(1, 12), st.floats(0, 0.6), st.integers(8, 900), st.integers(8, 900)
)
def test_boxes_of_a_heap_are_boxes_in_the_picture(
    seed: int, count: int, jitter: float, w: int, h: int
) -> None:
    things = [[0.1 * w, 0.2 * h, 0.6 * w, 0.9 * h], [0.5 * w, 0.5 * h, w, h]]
    found = clusters(things, [0, 1], (w, h), classes=2, count=count, jitter=jitter, seed=seed)
    assert len(found.boxes) == len(found.scores) == len(found.classes) == 2 * count + 1
    assert (found.boxes[:, :2] >= 0).all() and (found.boxes[:, 2:] <= [w, h]).all()
    assert (found.boxes[:, 2:] > found.boxes[:, :2]).all()
    assert ((found.scores > 0) & (found.scores < 1)).all() and set(found.classes) <= {0, 1}


def test_a_heap_is_the_same_every_time_and_follows_its_own_thing_only() -> None:
    one, again = heap(), heap()
    np.testing.assert_array_equal(one.boxes, again.boxes)
    moved = clusters([THINGS[0], [210.0, 100, 430, 220]], [0, 1], SIZE, classes=2, count=6, seed=3)
    np.testing.assert_array_equal(one.boxes[:6], moved.boxes[:6])
    np.testing.assert_allclose(
        moved.boxes[6:12] - one.boxes[6:12], np.tile([10, 0, 10, 0], (6, 1)), atol=0.11
    )
    assert not np.array_equal(one.boxes, heap(4).boxes)


def test_better_boxes_have_better_scores_on_the_whole() -> None:
    found = clusters(THINGS[:1], [0], SIZE, classes=1, count=200, jitter=0.2, seed=0)
    shares = iou(found.boxes[:200], np.array(THINGS[0])[None])[:, 0]
    assert np.corrcoef(shares, found.scores[:200])[0, 1] > 0.8


SOFTS = [None, Soft("linear", least=0.3), Soft("gaussian", sigma=0.3, least=0.2)]


@pytest.mark.parametrize("soft", SOFTS)
@pytest.mark.parametrize("apart", [True, False])
def test_the_badge_agrees(soft: Soft | None, apart: bool) -> None:
    found = heap()
    classes = found.classes if apart else None
    steps = nms_steps(found.boxes, found.scores, 0.5, 0.4, classes, soft)
    request = CheckSuppression(found.boxes, found.scores, 0.5, 0.4, classes, soft, steps)
    result = check(request, Context())
    assert result.agrees, result


@pytest.mark.parametrize("soft", SOFTS)
def test_the_badge_finds_another_threshold_and_a_wrong_overlap(soft: Soft | None) -> None:
    found = heap()
    steps = nms_steps(found.boxes, found.scores, 0.5, 0.4, None, soft)
    other = CheckSuppression(found.boxes, found.scores, 0.5, 0.9, None, soft, steps)
    assert not check(other, Context()).agrees
    rival = next(i for i, step in enumerate(steps) if step.kind == "rival")
    bent = (*steps[:rival], replace(steps[rival], overlap=steps[rival].overlap + 1e-6), *steps[rival + 1 :])
    assert not check(
        CheckSuppression(found.boxes, found.scores, 0.5, 0.4, None, soft, bent), Context()
    ).agrees


def test_nothing_to_suppress_is_agreed_upon() -> None:
    steps = nms_steps(np.zeros((0, 4)), np.zeros(0), 0.5)
    assert check(
        CheckSuppression(np.zeros((0, 4)), np.zeros(0), 0.5, 0.6, None, None, steps), Context()
    ).agrees


# --- the street -------------------------------------------------------------------------------------------


def test_things_on_the_street_stand_in_the_picture_and_have_their_size_from_their_place() -> None:
    for seed in range(20):
        scene = street(seed)
        boxes, kinds = np.array(scene.boxes), np.array(scene.kinds)
        assert (boxes[:, :2] >= 0).all() and (boxes[:, 2:] <= SIZE).all()
        sides = boxes[:, 2:] - boxes[:, :2]
        assert (np.diff(boxes[:, 3]) >= 0).all()
        assert (sides[kinds == PEDESTRIAN, 1] > 1.5 * sides[kinds == PEDESTRIAN, 0]).all()
        assert (sides[kinds == CAR, 0] > sides[kinds == CAR, 1]).all()
    assert street_shapes(3).shape[1] == 2 and (street_shapes(3) < 1).all()


def test_the_picture_changes_in_the_boxes_only_and_reaches_their_edges() -> None:
    empty = draw_street([], [])
    for kind, box in (
        (CAR, (100, 200, 400, 320)),
        (CAR, (100, 200, 220, 310)),
        (PEDESTRIAN, (500, 150, 560, 300)),
    ):
        changed = (draw_street([box], [kind]) != empty).any(2)
        rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
        found = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
        np.testing.assert_allclose(found, box, atol=4)
    assert draw_street([(-50.0, 400, 60, 900)], [CAR]).shape == (480, 720, 3)


def test_shapes_of_digits_come_from_the_training_scenes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digit_shapes, "SCENES", 6)
    answers = [answer(digit_shapes.measure(DigitShapes(1), Context())) for _ in range(2)]
    shapes = answers[0]
    np.testing.assert_array_equal(shapes, answers[1])
    assert len(shapes) > 6 and (shapes > 0).all() and (shapes < 1).all()
    assert np.median(shapes[:, 1] / shapes[:, 0]) > 1.1  # digits are taller than wide


def test_reading_labels_as_a_job(tmp_path: object) -> None:
    with pytest.raises(UserError, match="no folder"):
        next(read(ReadLabels(f"{tmp_path}/none"), Context()))
