"""Labels on a grid: the midpoint rule, encode -> decode, collisions, the walk; torch and torchvision as witnesses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.context import Context
from engine.detection.boxes import iou
from engine.detection.found import Grid, Raw
from engine.detection.grid import GridSpec, decode, encode, slots
from engine.detection.grid.check import check as check_steps
from engine.detection.grid.coding import Encoded, cell_box, shape_overlaps
from engine.detection.grid.prediction import difference, made_up, of_net
from engine.detection.grid.presets import COCO, PRESETS, VOC, preset_of, renamed
from engine.detection.grid.requests import CheckGrid, check_of
from engine.detection.grid.walk import walk
from engine.errors import UserError
from engine.foundations.requests import CheckResult

COURSE = PRESETS["course"].spec


def check(request: CheckGrid) -> CheckResult:
    steps = check_steps(request, Context())
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: CheckResult = stop.value
            return result


AREA = (0.0, 0.0, 90.0, 60.0)


def one_cell(encoded: Encoded) -> np.ndarray:
    (place,) = encoded.placed
    assert place is not None
    return encoded.target[place.row, place.column]


def test_a_label_by_hand() -> None:
    # Cells are 30 x 20; the centre (45, 50) lies half way across column 1 and half way down row 2.
    encoded = encode([[0, 40, 90, 60]], [1], COURSE, AREA)
    (place,) = encoded.placed
    assert place is not None and (place.row, place.column, place.anchor) == (2, 1, 1)  # wide: 3 x 1 cells
    cell = one_cell(encoded)
    np.testing.assert_array_equal(cell[:8], 0)
    np.testing.assert_allclose(cell[8:], [1, 0.5, 0.5, 1.0, 3.0, 0, 1, 0])
    assert np.count_nonzero(encoded.target) == 6
    assert encoded.tensor.shape == (3, 3, 2, 8)


def test_a_centre_on_an_edge_belongs_to_the_cell_at_its_right_and_below() -> None:
    for centre, cell in (
        ((30, 20), (1, 1)),
        ((29.999, 19.999), (0, 0)),
        ((90, 60), (2, 2)),
        ((0, 0), (0, 0)),
    ):
        x, y = centre
        (place,) = encode([[x - 5, y - 5, x + 5, y + 5]], [0], COURSE, AREA).placed
        assert place is not None and (place.row, place.column) == cell


def test_the_anchor_of_the_most_similar_shape_takes_the_box() -> None:
    assert shape_overlaps(1, 2, [(1, 2), (2, 1), (2, 2)]) == (1.0, 1 / 3, 0.5)
    tall, wide = encode([[30, 0, 40, 60], [0, 20, 80, 30]], [0, 0], COURSE, AREA).placed
    assert tall is not None and wide is not None and (tall.anchor, wide.anchor) == (0, 1)


def test_what_finds_its_place_taken_is_reported_not_silently_lost() -> None:
    boxes = [[31, 5, 49, 55], [33, 4, 51, 56], [100, 100, 120, 140]]
    encoded = encode(boxes, [0, 2, 1], COURSE, AREA)
    (lost,) = encoded.collisions
    assert (lost.index, lost.taken_by) == (1, 0) and encoded.outside == (2,)
    found = decode(encoded.target, COURSE, AREA)
    np.testing.assert_allclose(found.boxes, boxes[:1])
    np.testing.assert_array_equal(found.kinds, [0])


def test_two_objects_in_one_cell_need_two_anchors() -> None:
    boxes, kinds = [[40, 5, 50, 55], [10, 25, 80, 35]], [0, 1]
    assert not encode(boxes, kinds, COURSE, AREA).collisions
    assert len(encode(boxes, kinds, PRESETS["one"].spec, AREA).collisions) == 1


def test_one_set_of_classes_a_cell_means_one_object_a_cell() -> None:
    spec = PRESETS["v1"].spec
    assert spec.shape == (7, 7, 30) and spec.depth == 30
    encoded = encode([[40, 5, 50, 55], [10, 25, 80, 35]], [14, 6], spec, AREA)
    assert len(encoded.collisions) == 1
    cell = one_cell(replace(encoded, placed=encoded.placed[:1]))
    np.testing.assert_allclose(cell[:5], [1, 0.5, 0.5, 50 / 60, 10 / 90])  # sides as shares of the picture
    assert cell[10 + 14] == 1 and np.count_nonzero(cell) == 6


def test_shapes_of_the_courses_and_papers() -> None:
    assert PRESETS["one"].spec.shape == (3, 3, 1, 8) and PRESETS["course"].spec.numbers == 3 * 3 * 16
    assert PRESETS["v2"].spec.shape == (19, 19, 5, 85) and PRESETS["v2"].spec.numbers == 19 * 19 * 425
    assert (len(VOC), len(COCO)) == (20, 80)
    assert [COURSE.component(i).name for i in range(8)] == [
        "p_c", "b_x", "b_y", "b_h", "b_w", "c_1", "c_2", "c_3",
    ]  # fmt: skip
    assert COURSE.component(9).anchor == 1
    shared = PRESETS["v1"].spec
    assert (shared.component(12).name, shared.component(12).anchor) == ("c_3", None)
    assert preset_of(COURSE) == "course" and preset_of(replace(COURSE, rows=4)) is None
    assert renamed(VOC.index("sofa"), VOC, COCO) == COCO.index("couch")
    assert renamed(3, COCO, ("cat", "dog")) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rows": 0}, "rows and columns"),
        ({"columns": 65}, "rows and columns"),
        ({"anchors": ()}, "anchors"),
        ({"anchors": ((1.0, float("nan")),)}, "cells wide"),
        ({"classes": ()}, "classes"),
        ({"rows": 64, "columns": 64, "classes": COCO}, "numbers"),
    ],
)  # fmt: skip
def test_grids_that_cannot_be_are_refused_in_words(change: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words):
        replace(COURSE, **change).validated()


def test_boxes_that_are_none_are_refused() -> None:
    for box in ([5, 5, 5, 9], [0, 0, float("nan"), 4]):
        with pytest.raises(ValueError, match="a box is"):
            encode([box], [0], COURSE, AREA)
    with pytest.raises(ValueError, match="classes"):
        encode([[0, 0, 5, 5]], [3], COURSE, AREA)


sides = st.integers(1, 9)
grids = st.builds(
    GridSpec,
    sides, sides,
    st.lists(st.tuples(st.floats(0.1, 8), st.floats(0.1, 8)), min_size=1, max_size=4).map(tuple),
    st.integers(1, 5).map(lambda n: tuple(f"class {i}" for i in range(n))),
    st.sampled_from(["anchors", "shared"]), st.sampled_from(["cell", "picture"]),
)  # fmt: skip
shares = st.floats(0, 1)
labels = st.lists(
    st.tuples(shares, shares, st.floats(0.01, 1), st.floats(0.01, 1), st.integers(0, 4)), max_size=8
)


@settings(deadline=None)
@given(grids, labels, st.integers(-50, 50), st.floats(20, 2000), st.floats(20, 2000))
def test_encode_then_decode_is_the_identity(
    spec: GridSpec,
    drawn: list[tuple[float, float, float, float, int]],
    corner: int,
    width: float,
    height: float,
) -> None:
    area = (float(corner), float(corner) / 2, corner + width, corner / 2 + height)
    boxes, kinds = boxes_in(area, drawn), [min(kind, len(spec.classes) - 1) for *_, kind in drawn]
    encoded = encode(boxes, kinds, spec, area)
    lost = {one.index for one in encoded.collisions} | set(encoded.outside)
    edges = np.array([area[:2], area[2:]])
    for index in encoded.outside:  # all were drawn inside: only rounding at the very edge can push one out
        assert (abs((boxes[index, :2] + boxes[index, 2:]) / 2 - edges) < 1e-9 * max(width, height)).any()
    kept = [index for index in range(len(boxes)) if index not in lost]
    found = decode(encoded.target, spec, area)
    assert len(found.boxes) == len(kept)
    by_place = {tuple(place): number for number, place in enumerate(found.places.tolist())}
    for index in kept:
        place = encoded.placed[index]
        assert place is not None
        number = by_place[place.row, place.column, place.anchor]
        np.testing.assert_allclose(found.boxes[number], boxes[index], rtol=0, atol=1e-9 * max(width, height))
        assert found.kinds[number] == kinds[index] and found.objectness[number] == 1
        left, top, right, bottom = cell_box(spec, area, place.row, place.column)
        x, y = (boxes[index, :2] + boxes[index, 2:]) / 2
        slack = 1e-9 * max(width, height)
        assert left - slack <= x <= right + slack and top - slack <= y <= bottom + slack
    assert difference(encoded, boxes) <= 1e-9 * max(width, height)
    for one in encoded.collisions:
        owner = encoded.placed[one.taken_by]  # type: ignore[index]
        assert owner is not None and not owner.lost
        assert (owner.row, owner.column, owner.anchor) == (one.row, one.column, one.anchor)


def boxes_in(area: tuple[float, ...], drawn: list[tuple[float, float, float, float, int]]) -> np.ndarray:
    """Boxes whose centre lies in an area, from shares of it."""
    width, height = area[2] - area[0], area[3] - area[1]
    found = []
    for x, y, w, h, _ in drawn:
        middle = np.array([area[0] + x * width, area[1] + y * height])
        half = np.array([w * width, h * height]) / 2
        found.append(np.concatenate([middle - half, middle + half]))
    return np.array(found).reshape(-1, 4)


BOXES = np.array([[20.0, 2, 46, 58], [0, 10, 30, 22], [62, 30, 88, 44]])
KINDS = np.array([0, 1, 2])


def test_without_noise_the_prediction_is_the_target_and_the_answer_the_labels() -> None:
    encoded = encode(BOXES, KINDS, COURSE, AREA)
    values = made_up(encoded, BOXES, KINDS.tolist(), 0.0, 5)
    np.testing.assert_array_equal(values, encoded.target)
    made = walk(encoded, values, 0.6, 0.5)
    np.testing.assert_allclose(np.sort(made.boxes.boxes[made.kept], 0), np.sort(BOXES, 0))
    assert [stage.kind for stage in made.stages] == [
        "labels", "object", "object", "object", "tensor", "prediction", "confident", "pick", "pick", "pick", "answer",
    ]  # fmt: skip


@pytest.mark.parametrize("name", list(PRESETS))
def test_a_made_up_prediction_is_the_same_for_a_seed_and_near_the_labels(name: str) -> None:
    spec = PRESETS[name].spec
    encoded = encode(BOXES, KINDS, spec, AREA)
    values = made_up(encoded, BOXES, KINDS.tolist(), 0.5, 3)
    np.testing.assert_array_equal(values, made_up(encoded, BOXES, KINDS.tolist(), 0.5, 3))
    assert not np.array_equal(values, made_up(encoded, BOXES, KINDS.tolist(), 0.5, 4))
    found = slots(values, spec, AREA)
    assert (found.objectness >= 0).all() and (found.objectness <= 1).all()
    assert (found.boxes[:, 2:] > found.boxes[:, :2]).all()
    np.testing.assert_allclose(found.classes.sum(1), 1)
    made = walk(encoded, values, 0.6, 0.5)
    common = iou(BOXES, made.boxes.boxes[made.kept])
    assert (common.max(1) > 0.6).all()
    np.testing.assert_array_equal(made.boxes.kinds[made.kept][common.argmax(1)], KINDS)
    assert len(np.flatnonzero(found.objectness > 0.3)) > len(BOXES)  # cells around an object claim it, too


def test_every_box_that_is_dropped_lost_to_a_better_one_of_its_class() -> None:
    encoded = encode(BOXES, KINDS, PRESETS["v2"].spec, AREA)
    values = made_up(encoded, BOXES, KINDS.tolist(), 0.8, 1)
    made = walk(encoded, values, 0.1, 0.3)
    boxes, kinds, scores = made.boxes.boxes, made.boxes.kinds, made.boxes.scores
    picks = [stage for stage in made.stages if stage.kind == "pick"]
    assert len(picks) == len(made.kept) > len(BOXES)
    for stage in picks:
        assert stage.number is not None
        np.testing.assert_allclose(stage.overlaps, iou(boxes[stage.number], boxes[stage.rivals]))
        assert (kinds[stage.rivals] == kinds[stage.number]).all()
        assert (scores[stage.rivals] <= scores[stage.number]).all()
        np.testing.assert_array_equal(stage.dropped, stage.rivals[stage.overlaps > 0.3])
    gone = np.concatenate([stage.dropped for stage in picks])
    confident = made.stages[made.first("confident") or 0].alive
    assert sorted([*gone.tolist(), *made.kept.tolist()]) == sorted(confident.tolist())


@settings(deadline=None, max_examples=25)
@given(grids, labels, st.floats(0, 1), st.integers(0, 99), st.floats(0.05, 0.9), st.floats(0.1, 0.9))
def test_torch_and_torchvision_say_the_same(
    spec: GridSpec, drawn: list[tuple[float, float, float, float, int]], noise: float, seed: int, least: float,
    threshold: float,
) -> None:  # fmt: skip
    area = (-3.0, 2.0, 321.0, 202.0)
    boxes = boxes_in(area, drawn)
    kinds = np.array([min(kind, len(spec.classes) - 1) for *_, kind in drawn], np.int64)
    encoded = encode(boxes, kinds, spec, area)
    values = made_up(encoded, boxes, kinds.tolist(), noise, seed)
    made = walk(encoded, values, least, threshold)
    # Two routes round differently: what lies on the very threshold may fall on either side.
    assume(all((abs(stage.overlaps - threshold) > 1e-9).all() for stage in made.stages))
    assume(not (abs(made.boxes.objectness - least) < 1e-12).any())
    result = check(check_of(made, boxes, kinds, least, threshold))
    assert result.agrees, result
    if len(made.kept):
        wrong = replace(check_of(made, boxes, kinds, least, threshold), kept=made.boxes.boxes[made.kept] + 1)
        assert not check(wrong).agrees


def test_what_a_net_said_cell_by_cell_decodes_to_its_own_boxes() -> None:
    draw = np.random.default_rng(0)
    grid, anchors = Grid(2, 3, 16.0, ((20.0, 31.0), (38.0, 50.0))), 2
    rows, columns, which = (part.ravel() for part in np.indices((2, 3, anchors)))
    low = draw.uniform(0, 30, (12, 2))
    raw = Raw(
        np.concatenate([low, low + draw.uniform(5, 30, (12, 2))], 1).astype(np.float32),
        draw.random((12, 3)).astype(np.float32),
        draw.random(12).astype(np.float32),
        np.stack([np.zeros(12, np.int64), rows, columns, which], 1),
    )
    order = draw.permutation(12)
    shuffled = Raw(raw.boxes[order], raw.classes[order], raw.objectness[order], raw.places[order])  # type: ignore[index]
    area = (-1.0, 4.0, 47.0, 36.0)
    spec, values = of_net(shuffled, grid, 0, area, ("a", "b", "c"))
    assert spec.shape == (2, 3, 2, 8) and spec.anchors[0] == (20 / 16, 31 / 16)
    found = slots(values, spec, area)
    np.testing.assert_allclose(found.boxes, raw.boxes, rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.classes, raw.classes)
    with pytest.raises(ValueError, match="without grids"):
        of_net(replace(raw, places=None), grid, 0, area, ("a", "b", "c"))
