"""RoI max pooling and RoIAlign cell by cell: by hand, and against torchvision on boxes of every kind."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.ops import roi_align, roi_pool

from engine.detection.proposals.roi import (
    align,
    align_samples,
    corners_of,
    largest_in,
    max_pool,
    pool_bins,
)

sides = st.integers(1, 14)


@st.composite
def cases(draw: st.DrawFn) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float64], int, int]:
    """Maps [2, H, W], a box in pixels (it may hang over), the stride, the cells along a side."""
    rows, columns, stride, size = (
        draw(sides),
        draw(sides),
        draw(st.sampled_from((1, 8, 16))),
        draw(st.integers(1, 7)),
    )
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    maps = random.normal(size=(2, rows, columns)).astype(np.float32)
    reach = np.array([columns, rows]) * stride
    low = random.uniform(-0.2, 1, 2) * reach
    high = low + random.uniform(0, 1.2, 2) * reach
    return maps, np.float32([*low, *high]).astype(np.float64), stride, size


@given(cases())
@settings(deadline=None, max_examples=150)
def test_max_pooling_is_torchvisions(
    case: tuple[npt.NDArray[np.float32], npt.NDArray[np.float64], int, int],
) -> None:
    maps, box, stride, size = case
    box = np.maximum(box, 0)  # torchvision's rounding of negative halves is C's, which no proposal has
    theirs = roi_pool(torch.from_numpy(maps)[None], [torch.from_numpy(box[None]).float()], size, 1 / stride)
    mine = max_pool(maps, pool_bins(box, 1 / stride, size, (maps.shape[1], maps.shape[2])))
    np.testing.assert_array_equal(mine, theirs[0].numpy())


@given(cases(), st.integers(1, 3))
@settings(deadline=None, max_examples=150)
def test_aligning_is_torchvisions(
    case: tuple[npt.NDArray[np.float32], npt.NDArray[np.float64], int, int], points: int
) -> None:
    maps, box, stride, size = case
    values, corners = torch.from_numpy(maps.astype(np.float64))[None], [torch.from_numpy(box[None])]
    theirs = roi_align(values, corners, size, 1 / stride, sampling_ratio=points, aligned=True)
    mine = align(maps.astype(np.float64), align_samples(box, 1 / stride, size, points))
    np.testing.assert_allclose(mine, theirs[0].numpy(), atol=1e-9)


def test_both_roundings_of_max_pooling_by_hand() -> None:
    """Pixels 10 to 43 at stride 8 are cells 1.25 to 5.375: rounded 1 to 5, the last one included, in two parts."""
    bins = pool_bins((10, 12, 43, 27), 1 / 8, 2, (8, 8))
    assert bins.box == (1, 2, 6, 4)  # rows 1.5 to 3.375: halves are rounded up
    assert bins.columns.tolist() == [
        [1, 4],
        [3, 6],
    ]  # 2.5 cells each, widened to whole ones: cell 3 is in both
    assert bins.rows.tolist() == [[2, 3], [3, 4]]
    values = np.arange(64.0).reshape(8, 8)
    assert max_pool(values[None], bins)[0].tolist() == [[19, 21], [27, 29]]
    assert largest_in(values, bins, (0, 0)) == (2, 3)


def test_a_part_outside_of_the_map_is_zero() -> None:
    bins = pool_bins((80, 0, 120, 16), 1 / 8, 2, (4, 4))
    assert max_pool(-np.ones((1, 4, 4)), bins).max() == 0
    assert largest_in(np.ones((4, 4)), bins, (0, 0)) is None


def test_the_samples_of_an_aligned_box_by_hand() -> None:
    samples = align_samples((8, 8, 24, 40), 1 / 8, 2, 2)
    assert samples.box == (0.5, 0.5, 2.5, 4.5)
    assert samples.xs.tolist() == [[0.75, 1.25], [1.75, 2.25]]
    assert samples.ys.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_a_sample_is_mixed_of_four_cells() -> None:
    corners = corners_of(1.25, 2.5, (6, 6))
    assert [(c.row, c.column) for c in corners] == [(1, 2), (1, 3), (2, 2), (2, 3)]
    assert [c.weight for c in corners] == pytest.approx([0.375, 0.375, 0.125, 0.125])
    assert corners_of(-1.5, 0, (6, 6)) == ()
    assert sum(c.weight for c in corners_of(-0.7, 5.6, (6, 6))) == pytest.approx(1)


@given(cases())
@settings(deadline=None, max_examples=50)
def test_the_mean_of_the_samples_is_what_the_cell_shows(
    case: tuple[npt.NDArray[np.float32], npt.NDArray[np.float64], int, int],
) -> None:
    """Route two: sample by sample from the corners that the stage draws."""
    maps, box, stride, size = case
    shape = (maps.shape[1], maps.shape[2])
    samples = align_samples(box, 1 / stride, size)
    whole = align(maps.astype(np.float64), samples)
    for i, j in np.ndindex(size, size):
        mixed = [
            sum(c.weight * float(maps[0, c.row, c.column]) for c in corners_of(float(y), float(x), shape))
            for y in samples.ys[i]
            for x in samples.xs[j]
        ]
        assert whole[0, i, j] == pytest.approx(np.mean(mixed), abs=1e-9)
