"""Segments, their hierarchy and the proposals: small label images by hand, and a slow route that reads every pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from skimage import data

from engine.context import Context
from engine.detection.proposals import search
from engine.detection.proposals.grouping import Hierarchy, grouped, similarities
from engine.detection.proposals.ranking import best_overlaps, ranked, recall
from engine.detection.proposals.requests import FindProposals
from engine.detection.proposals.segments import (
    Regions,
    colour_bins,
    described,
    direction_bins,
    neighbour_pairs,
    segment,
)
from engine.detection.proposals.settings import SIDE, SearchSettings
from engine.errors import UserError
from engine.handlers import lookup
from engine.images import Frame
from engine.networks.steps import at_once

QUARTERS = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3], [2, 2, 3, 3]])
small = st.tuples(st.integers(2, 7), st.integers(2, 7), st.integers(0, 2**32 - 1))


def labels_and_pixels(shape: tuple[int, int, int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    rows, columns, seed = shape
    random = np.random.default_rng(seed)
    labels = np.unique(random.integers(0, 6, (rows, columns)), return_inverse=True)[1].reshape(rows, columns)
    return labels, random.integers(0, 256, (rows, columns, 3), np.uint8)


# --- what is known of a region ----------------------------------------------------------------------------


def test_the_regions_of_a_label_image_by_hand() -> None:
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[:2, :2] = (255, 0, 0)
    regions = described(pixels, QUARTERS)
    assert regions.sizes.tolist() == [4, 4, 4, 4]
    assert regions.boxes.tolist() == [[0, 0, 2, 2], [2, 0, 4, 2], [0, 2, 2, 4], [2, 2, 4, 4]]
    red, black = regions.colour[0].reshape(3, 25), regions.colour[1].reshape(3, 25)
    assert (red[0, 0], red[1, 24], red[2, 24]) == pytest.approx((1 / 3,) * 3)  # hue 0, saturated, bright
    assert (black[0, 0], black[1, 0], black[2, 0]) == pytest.approx((1 / 3,) * 3)


def test_neighbours_touch_along_an_edge_not_at_a_corner() -> None:
    assert neighbour_pairs(QUARTERS).tolist() == [[0, 1], [0, 2], [1, 3], [2, 3]]


def test_a_ramp_points_uphill_and_flat_ground_nowhere() -> None:
    ramp = np.tile(np.arange(0, 250, 10, dtype=np.uint8), (25, 1))
    middle = (slice(8, 17), slice(8, 17))
    assert (direction_bins(ramp)[middle] == 0).all()  # to the right
    assert (direction_bins(ramp.T)[middle] == 2).all()  # down
    assert (direction_bins(ramp[:, ::-1])[middle] == 4).all()  # to the left
    assert (direction_bins(np.full((5, 5), 77, np.uint8)) == 8).all()


def slow_histograms(
    pixels: npt.NDArray[np.uint8], mask: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Colour and texture of the pixels of a mask, one vote after the other."""
    colour, texture = np.zeros((3, 25)), np.zeros((3, 9))
    bins = colour_bins(pixels)
    for channel in range(3):
        values = pixels[..., channel].astype(float)
        across = gaussian_filter(values, 1.0, order=(0, 1), mode="nearest")
        down = gaussian_filter(values, 1.0, order=(1, 0), mode="nearest")
        for row, column in zip(*np.nonzero(mask), strict=True):
            colour[channel, bins[row, column, channel]] += 1
            strength = np.hypot(across[row, column], down[row, column])
            turn = np.degrees(np.arctan2(down[row, column], across[row, column]))
            texture[channel, 8 if strength < 4 else int(np.rint(turn / 45)) % 8] += 1
    return colour.ravel() / colour.sum(), texture.ravel() / texture.sum()


def slow_box(mask: npt.NDArray[np.bool_]) -> list[float]:
    rows, columns = np.nonzero(mask)
    return [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


@given(small)
@settings(deadline=None, max_examples=25)
def test_what_is_known_of_merged_regions_is_what_their_pixels_say(shape: tuple[int, int, int]) -> None:
    """Nothing is read again when regions merge, and yet every histogram and box is that of the pixels."""
    labels, pixels = labels_and_pixels(shape)
    found = grouped(labels, described(pixels, labels))
    for step, merge in enumerate(found.merges):
        mask = found.labels_at(step + 1) == merge.merged
        colour, texture = slow_histograms(pixels, mask)
        assert found.regions.sizes[merge.merged] == mask.sum()
        assert found.regions.boxes[merge.merged].tolist() == slow_box(mask)
        np.testing.assert_allclose(found.regions.colour[merge.merged], colour, atol=1e-12)
        np.testing.assert_allclose(found.regions.texture[merge.merged], texture, atol=1e-12)


# --- the hierarchy ----------------------------------------------------------------------------------------


def slow_similarity(
    pixels: npt.NDArray[np.uint8], first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]
) -> list[float]:
    """The four terms as the paper writes them, from the pixels."""
    histograms = [slow_histograms(pixels, mask) for mask in (first, second)]
    colour, texture = (sum(map(min, *(h[kind] for h in histograms))) for kind in (0, 1))
    whole, box = first.size, slow_box(first | second)
    inside = int(first.sum() + second.sum())
    room = (box[2] - box[0]) * (box[3] - box[1])
    return [float(colour), float(texture), 1 - inside / whole, 1 - (room - inside) / whole]


@given(small, st.lists(st.booleans(), min_size=4, max_size=4).filter(any))
@settings(deadline=None, max_examples=20)
def test_every_merge_joins_the_most_similar_neighbours(
    shape: tuple[int, int, int], counted: list[bool]
) -> None:
    """Route two: before every merge all neighbours are compared anew, from their pixels."""
    labels, pixels = labels_and_pixels(shape)
    found = grouped(labels, described(pixels, labels), counted)
    assert len(found.merges) == len(np.unique(labels)) - 1
    known: dict[tuple[int, int], list[float]] = {}
    for step, merge in enumerate(found.merges):
        now = found.labels_at(step)
        totals = {}
        for first, second in neighbour_pairs(now).tolist():
            if (first, second) not in known:
                known[first, second] = slow_similarity(pixels, now == first, now == second)
            totals[first, second] = float(np.dot(known[first, second], counted))
        assert merge.terms == pytest.approx(known[merge.first, merge.second])
        assert merge.total == pytest.approx(totals[merge.first, merge.second])
        assert merge.total == pytest.approx(max(totals.values()))
        assert merge.merged == found.leaves + step


def test_the_terms_of_a_merge_by_hand() -> None:
    """Two halves of one colour: histograms equal, half of the picture each, nothing else in their box."""
    labels = np.array([[0, 0, 1, 1]] * 2)
    found = grouped(labels, described(np.full((2, 4, 3), 9, np.uint8), labels))
    (merge,) = found.merges
    assert merge.terms == pytest.approx((1, 1, 0, 1))  # size: 1 - (4 + 4) / 8
    assert merge.total == pytest.approx(3)
    apart = np.array([[0, 2, 1], [0, 2, 1]])
    regions = described(np.full((2, 3, 3), 9, np.uint8), apart)
    assert similarities(regions, 0, [1], 6)[0] == pytest.approx(
        (1, 1, 1 / 3, 2 / 3)
    )  # the middle is in their box


def test_colour_alone_joins_what_looks_the_same() -> None:
    pixels = np.zeros((2, 6, 3), np.uint8)
    pixels[:, :2], pixels[:, 2:4], pixels[:, 4:] = (200, 30, 30), (30, 30, 200), (30, 30, 201)
    labels = np.repeat([[0, 1, 2]], 2, axis=0).repeat(2, axis=1)
    found = grouped(labels, described(pixels, labels), (True, False, False, False))
    assert (found.merges[0].first, found.merges[0].second) == (1, 2)


def test_roots_labels_and_neighbours_at_a_step() -> None:
    found = grouped(QUARTERS, described(np.zeros((4, 4, 3), np.uint8), QUARTERS))
    assert found.roots(0).tolist() == [0, 1, 2, 3]
    assert found.neighbours(0, 0).tolist() == [1, 2]
    first = found.merges[0]
    assert (first.first, first.second, first.merged) == (0, 1, 4)  # all alike: the lower numbers first
    assert found.roots(1).tolist() == [4, 4, 2, 3]
    assert found.neighbours(4, 1).tolist() == [2, 3]
    assert (found.labels_at(3) == 6).all()
    assert found.neighbours(6, 3).tolist() == []


# --- the proposals ----------------------------------------------------------------------------------------


def test_no_two_proposals_are_the_same_box_and_the_first_of_equal_ones_is_kept() -> None:
    labels = np.array([[0, 1, 1], [0, 0, 1], [0, 0, 1]])
    found = grouped(labels, described(np.zeros((3, 3, 3), np.uint8), labels))
    boxes = found.regions.boxes.tolist()
    assert boxes == [[0, 0, 2, 3], [1, 0, 3, 3], [0, 0, 3, 3]]
    square = np.zeros((3, 3), np.int64)
    square[1, 1] = 1  # a box in a box: the ring and the picture are one box
    found = grouped(square, described(np.zeros((3, 3, 3), np.uint8), square))
    proposals = ranked(found)
    assert sorted(proposals.boxes.tolist()) == [[0, 0, 3, 3], [1, 1, 2, 2]]
    assert proposals.duplicates == 1
    random = np.random.default_rng(0).random(3)
    scores = random * [3, 2, 1]  # the ring, the middle, the picture
    whole = 0 if scores[0] < scores[2] else 2
    assert set(proposals.regions.tolist()) == {1, whole}
    assert proposals.scores.tolist() == sorted(scores[[1, whole]].tolist())


def test_another_seed_is_another_order_of_the_same_boxes(hierarchy: Hierarchy) -> None:
    one, same, other = ranked(hierarchy, 1), ranked(hierarchy, 1), ranked(hierarchy, 2)
    np.testing.assert_array_equal(one.boxes, same.boxes)
    assert one.boxes.tolist() != other.boxes.tolist()
    assert sorted(one.boxes.tolist()) == sorted(other.boxes.tolist())
    assert len(one) + one.duplicates == len(hierarchy.regions)


def test_recall_grows_proposal_by_proposal_against_a_slow_loop() -> None:
    random = np.random.default_rng(3)
    low = random.uniform(0, 50, (30, 2))
    boxes = np.concatenate([low, low + random.uniform(5, 50, (30, 2))], 1)
    truth = boxes[[4, 9, 20]] + random.uniform(-2, 2, (3, 4))
    overlaps = best_overlaps(truth, boxes)
    for count in range(31):
        for place, thing in enumerate(truth):
            best = 0.0
            for box in boxes[:count]:
                width = min(box[2], thing[2]) - max(box[0], thing[0])
                height = min(box[3], thing[3]) - max(box[1], thing[1])
                common = max(width, 0) * max(height, 0)
                both = sum((b[2] - b[0]) * (b[3] - b[1]) for b in (box, thing))
                best = max(best, common / (both - common))
            assert overlaps[count, place] == pytest.approx(best)
    assert recall(overlaps)[[0, 30]].tolist() == [0, 1]
    assert np.isnan(recall(best_overlaps(np.empty((0, 4)), boxes))).all()


# --- the search -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hierarchy() -> Hierarchy:
    pixels = data.coffee()[::4, ::4].copy()
    labels = segment(pixels, SearchSettings(min_size=40))
    return grouped(labels, described(pixels, labels))


def searched(pixels: npt.NDArray[np.uint8], **changes: Any) -> search.Search:
    return at_once(
        search.respond(FindProposals(Frame(pixels, "picture"), SearchSettings(**changes)), Context())
    )


def test_a_search_scales_the_picture_down_once_and_hands_out_frozen_arrays() -> None:
    found = searched(data.coffee()[:, :480].copy(), min_size=200)
    assert max(found.picture.width, found.picture.height) == SIDE
    assert found.hierarchy.labels.shape == found.picture.pixels.shape[:2]
    assert found.hierarchy.labels.max() + 1 == found.hierarchy.leaves
    boxes = found.proposals.boxes
    assert not boxes.flags.writeable and not found.hierarchy.labels.flags.writeable
    assert (boxes[:, 2:] > boxes[:, :2]).all()
    assert [0, 0, found.picture.width, found.picture.height] in boxes.tolist()
    assert not lookup(found.request).needs_torch


def test_a_larger_scale_makes_fewer_segments() -> None:
    pixels = data.coffee()[::3, ::3].copy()
    counts = [int(segment(pixels, SearchSettings(scale=scale)).max()) + 1 for scale in (30, 100, 600)]
    assert counts == sorted(counts, reverse=True) and counts[0] > counts[2]


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 5)])
def test_pictures_without_room_are_one_region(shape: tuple[int, int]) -> None:
    found = searched(np.full((*shape, 3), 120, np.uint8))
    assert found.hierarchy.leaves == 1
    assert found.proposals.boxes.tolist() == [[0, 0, shape[1], shape[0]]]


@pytest.mark.parametrize(
    "changes",
    [
        {"scale": 0.0}, {"scale": float("nan")}, {"sigma": -1.0}, {"min_size": 0}, {"seed": -1},
        {"colour": False, "texture": False, "size": False, "fill": False},
    ],
)  # fmt: skip
def test_settings_out_of_range_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UserError):
        searched(np.zeros((8, 8, 3), np.uint8), **changes)


def test_a_search_is_made_of_short_steps() -> None:
    """The segmentation is one call of scikit-image; everything else goes on in steps that a cancel can end."""
    steps = search.respond(
        FindProposals(Frame(data.coffee()[::4, ::4].copy(), "c"), SearchSettings()), Context()
    )
    assert sum(1 for _ in steps) >= 5


def test_regions_have_a_length() -> None:
    assert len(Regions(np.ones(3, np.int64), np.zeros((3, 4)), np.zeros((3, 75)), np.zeros((3, 27)))) == 3
