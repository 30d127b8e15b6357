"""HOG against scikit-image, a slow loop and numbers worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.feature import hog as theirs

from engine.errors import UserError
from engine.foundations.descriptors.check import HOG_TOLERANCE, check_hog
from engine.foundations.descriptors.hog import (
    EPSILON,
    NORMS,
    HogSpec,
    descriptor_length,
    gradients,
    grid,
    hog,
    normalised,
    orientation_bins,
    polar,
    strengths,
)
from engine.images import Frame


def noise(height: int, width: int, seed: int) -> Frame:
    return Frame(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8), "noise")


@st.composite
def cases(draw: st.DrawFn) -> tuple[HogSpec, int, int]:
    spec = HogSpec(
        draw(st.integers(3, 18)),
        draw(st.integers(4, 9)),
        draw(st.integers(1, 3)),
        draw(st.sampled_from(NORMS)),
    )
    least = spec.cell * spec.block
    return spec, draw(st.integers(least, least + 20)), draw(st.integers(least, least + 20))


@given(cases(), st.integers(0, 99))
def test_it_is_scikit_images_descriptor(case: tuple[HogSpec, int, int], seed: int) -> None:
    spec, height, width = case
    found = hog(noise(height, width, seed), spec)
    expected = theirs(
        found.grey, spec.orientations, (spec.cell, spec.cell), (spec.block, spec.block), block_norm=spec.norm
    )
    assert found.descriptor.shape == expected.shape == (descriptor_length((height, width), spec),)
    assert np.abs(found.descriptor - expected).max() <= HOG_TOLERANCE


@given(cases(), st.integers(0, 99))
def test_cells_are_those_of_a_loop(case: tuple[HogSpec, int, int], seed: int) -> None:
    spec, height, width = case
    found = hog(noise(height, width, seed), spec)
    grey, size = found.grey, spec.cell
    cells = np.zeros((height // size, width // size, spec.orientations))
    for y in range(cells.shape[0] * size):
        for x in range(cells.shape[1] * size):
            g_x = grey[y, x + 1] - grey[y, x - 1] if 0 < x < width - 1 else 0.0
            g_y = grey[y + 1, x] - grey[y - 1, x] if 0 < y < height - 1 else 0.0
            angle = math.degrees(math.atan2(g_y, g_x)) % 180
            bin_ = next(i for i in range(spec.orientations) if angle < (180 / spec.orientations) * (i + 1))
            cells[y // size, x // size, bin_] += math.hypot(g_x, g_y) / size**2
    assert found.cells == pytest.approx(cells, abs=1e-9)


def test_a_vertical_edge_by_hand() -> None:
    """Black on the left, white on the right: in the two columns at the edge g_x is 255, everywhere else 0."""
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:, 4:] = 255
    found = hog(Frame(pixels, "edge"), HogSpec(9, 8, 1, "L2"))
    assert (
        found.g_col[:, 3:5].tolist() == [[255.0, 255.0]] * 8
        and np.abs(found.g_col[:, [0, 1, 2, 5, 6, 7]]).max() == 0
    )
    assert np.abs(found.g_row).max() == 0
    assert found.cells[0, 0].tolist() == [2 * 8 * 255 / 64] + [0.0] * 8
    assert found.descriptor == pytest.approx([1.0] + [0.0] * 8, abs=1e-6)


def test_a_descending_diagonal_votes_for_its_angle() -> None:
    y, x = np.mgrid[:16, :16]
    grey = (4 * x + 4 * y).astype(np.uint8)
    found = hog(Frame(np.repeat(grey[..., None], 3, 2), "ramp"), HogSpec(4, 8, 1))
    inner = found.angle[1:-1, 1:-1]
    assert inner == pytest.approx(np.full_like(inner, 45.0))
    assert set(found.votes[1:-1, 1:-1].ravel().tolist()) == {1}, "45° begins the second of four bins"


def test_light_and_contrast_drop_out() -> None:
    grey = np.random.default_rng(2).integers(10, 60, (32, 32), np.uint8)
    first, second = (
        hog(Frame(np.repeat(g[..., None], 3, 2), "g"), HogSpec()) for g in (grey, 3 * grey + np.uint8(20))
    )
    assert np.abs(first.cells - second.cells).max() > 1
    assert second.descriptor == pytest.approx(first.descriptor, abs=1e-5)


@pytest.mark.parametrize(
    ("norm", "expected"),
    [
        ("L1", [0.3, 0.4, 0.3]),
        ("L1-sqrt", [math.sqrt(0.3), math.sqrt(0.4), math.sqrt(0.3)]),
        ("L2", [3 / math.sqrt(34), 4 / math.sqrt(34), 3 / math.sqrt(34)]),
        ("L2-Hys", [1 / math.sqrt(3)] * 3),
    ],
)
def test_norms_by_hand(norm: Any, expected: list[float]) -> None:
    assert normalised(np.array([3.0, 4.0, 3.0]), norm) == pytest.approx(expected, abs=1e-4)
    assert normalised(np.zeros(3), norm).tolist() == [0.0] * 3, "an empty block stays empty"
    assert EPSILON == 1e-5


@given(st.integers(3, 18), st.floats(0, 179.999999))
def test_bins_hold_their_angles(orientations: int, angle: float) -> None:
    bin_ = int(orientation_bins(np.array([angle]), orientations)[0])
    width = 180 / orientations
    assert 0 <= bin_ < orientations and width * bin_ <= angle
    assert bin_ == orientations - 1 or angle < width * (bin_ + 1)


@given(st.integers(-255, 255), st.integers(-255, 255))
def test_length_and_angle_of_a_gradient(down: int, right: int) -> None:
    magnitude, angle = polar(np.array([float(down)]), np.array([float(right)]))
    assert magnitude[0] == pytest.approx(math.hypot(down, right), abs=1e-12)
    assert 0 <= angle[0] < 180
    assert angle[0] == pytest.approx(math.degrees(math.atan2(down, right)) % 180, abs=1e-12)


def test_gradients_are_zero_at_the_border() -> None:
    g_row, g_col = gradients(np.random.default_rng(1).normal(size=(2, 5, 6)))
    assert np.abs(g_row[:, [0, -1]]).max() == 0 and np.abs(g_col[..., [0, -1]]).max() == 0
    assert np.abs(g_row[:, 1:-1]).min() > 0


@pytest.mark.parametrize(
    "wrong",
    [{"orientations": 2}, {"cell": 3}, {"block": 0}, {"cell": 33}, {"orientations": 19}, {"side": 32}],
)
def test_numbers_out_of_range_are_refused_in_words(wrong: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="HOG takes"):
        replace(HogSpec(), **wrong).validated()


def test_a_picture_without_a_block_is_refused_in_words() -> None:
    with pytest.raises(UserError, match=r"40 × 15 pixels holds no block of 16 × 16"):
        hog(noise(15, 40, 1), HogSpec())
    assert grid((16, 40), HogSpec()) == (2, 5, 1, 4)


def test_the_check_agrees_and_can_fail() -> None:
    found = hog(noise(40, 48, 3), HogSpec())
    assert check_hog(found).agrees and "scikit-image" in check_hog(found).reference
    assert not check_hog(replace(found, blocks=found.blocks + 1e-3)).agrees
    assert not check_hog(replace(found, blocks=found.blocks[1:])).agrees


def test_strengths_are_shares_and_the_mean_over_blocks() -> None:
    found = hog(noise(32, 32, 5), HogSpec())
    raw, mean = strengths(found, normalise=False), strengths(found, normalise=True)
    assert raw.max() == mean.max() == 1 and raw.min() >= 0
    assert raw == pytest.approx(found.cells / found.cells.max())
    blocks = found.blocks
    middle = (blocks[0, 0, 1, 1] + blocks[0, 1, 1, 0] + blocks[1, 0, 0, 1] + blocks[1, 1, 0, 0]) / 4
    corner = blocks[0, 0, 0, 0]
    assert mean[1, 1] * corner[0] == pytest.approx(middle * mean[0, 0, 0])
