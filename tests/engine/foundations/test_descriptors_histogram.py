"""Colour histograms against a loop over pixels, OpenCV and scikit-image."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.errors import UserError
from engine.foundations.descriptors.check import check_histogram
from engine.foundations.descriptors.colour_histogram import (
    GREY_BELOW,
    MOST_BINS,
    HistogramSpec,
    bin_colours,
    bin_name,
    colour_histogram,
    grey_histogram,
)
from engine.images import Frame

pictures = arrays(np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(3)))


@st.composite
def specs(draw: st.DrawFn) -> HistogramSpec:
    space: Any = draw(st.sampled_from(("channels", "joint", "hue")))
    return HistogramSpec(space, draw(st.integers(2, MOST_BINS[space])))


def by_hand(pixel: tuple[int, int, int], spec: HistogramSpec) -> list[int]:
    """The bins of one pixel, in exact fractions; -1 for none."""
    if spec.space != "hue":
        bins = [int(Fraction(level * spec.bins, 256)) for level in pixel]
        return bins if spec.space == "channels" else [(bins[0] * spec.bins + bins[1]) * spec.bins + bins[2]]
    high, low = max(pixel), min(pixel)
    if high == low or Fraction(high - low, high) * 100 < GREY_BELOW:
        return [-1]
    red, green, blue = pixel
    sixths = Fraction(red - green, high - low) + 4
    if red == high:
        sixths = Fraction(green - blue, high - low) % 6
    elif green == high:
        sixths = Fraction(blue - red, high - low) + 2
    return [int(sixths / 6 * spec.bins)]


@given(pictures, specs())
def test_every_pixel_is_where_a_loop_puts_it(pixels: np.ndarray, spec: HistogramSpec) -> None:
    found = colour_histogram(Frame(pixels, "drawn"), spec)
    expected = np.zeros_like(found.counts)
    for y, row in enumerate(pixels.tolist()):
        for x, pixel in enumerate(row):
            bins = by_hand(tuple(pixel), spec)
            assert found.places[:, y, x].tolist() == bins
            for group, bin_ in enumerate(bins):
                expected[group, bin_] += bin_ >= 0
    assert (found.counts == expected).all()
    assert found.uncounted == found.total - expected[0].sum()


@pytest.mark.parametrize("space", ["channels", "joint", "hue"])
def test_libraries_count_the_same_on_noise(space: Any) -> None:
    pixels = np.random.default_rng(4).integers(0, 256, (64, 48, 3), np.uint8)
    for bins in (2, 5, 8):
        found = colour_histogram(Frame(pixels, "noise"), HistogramSpec(space, bins))
        check = check_histogram(found)
        assert check.agrees and check.max_abs_difference == 0, check


def test_the_check_can_fail() -> None:
    pixels = np.random.default_rng(4).integers(0, 256, (8, 8, 3), np.uint8)
    found = colour_histogram(Frame(pixels, "noise"), HistogramSpec())
    wrong = type(found)(found.spec, found.frame, found.pixels, found.places, found.counts + 1, found.colours)
    assert not check_histogram(wrong).agrees


def test_a_picture_worked_out_by_hand() -> None:
    pixels = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [10, 10, 10]]], np.uint8)
    hue = colour_histogram(Frame(pixels, "four"), HistogramSpec("hue", 3))
    assert hue.counts.tolist() == [[1, 1, 1]] and hue.uncounted == 1
    assert hue.places.tolist() == [[[0, 1], [2, -1]]]
    assert hue.shares.tolist() == [[0.25, 0.25, 0.25]]
    joint = colour_histogram(Frame(pixels, "four"), HistogramSpec("joint", 2))
    assert joint.counts.tolist() == [[1, 1, 1, 0, 1, 0, 0, 0]]
    assert joint.members(0, 4).tolist() == [[True, False], [False, False]]


@given(pictures, specs(), st.randoms())
def test_shuffled_pixels_have_the_same_histogram(
    pixels: np.ndarray, spec: HistogramSpec, random: Any
) -> None:
    flat = pixels.reshape(-1, 3)
    order = list(range(len(flat)))
    random.shuffle(order)
    shuffled = flat[order].reshape(pixels.shape)
    first, second = (colour_histogram(Frame(p.copy(), "p"), spec).counts for p in (pixels, shuffled))
    assert (first == second).all()


@given(specs())
def test_a_bins_colour_falls_into_the_bin(spec: HistogramSpec) -> None:
    colours = bin_colours(spec)
    assert colours.shape == (spec.groups, spec.size // spec.groups, 3)
    if spec.space == "channels":
        found = [colour_histogram(Frame(colours[g][None].copy(), "c"), spec).places[g, 0] for g in range(3)]
    else:
        found = [colour_histogram(Frame(colours.copy(), "c"), spec).places[0, 0]]
    for places in found:
        assert places.tolist() == list(range(len(places)))


def test_names_hold_the_levels_of_the_bin() -> None:
    assert bin_name(HistogramSpec("channels", 4), 1, 1) == "green 64–127"
    assert bin_name(HistogramSpec("joint", 2), 0, 5) == "red 128–255, green 0–127, blue 128–255"
    assert bin_name(HistogramSpec("hue", 18), 0, 1) == "hue 20°–40°"
    for bins in (3, 7, 64):
        for level in range(256):
            name = bin_name(HistogramSpec("channels", bins), 0, level * bins // 256).removeprefix("red ")
            low, _, high = name.partition("–")
            assert int(low) <= level <= int(high)


@pytest.mark.parametrize(("space", "bins"), [("channels", 1), ("channels", 65), ("joint", 9), ("hue", 37)])
def test_numbers_out_of_range_are_refused_in_words(space: Any, bins: int) -> None:
    with pytest.raises(UserError, match="bins, not"):
        HistogramSpec(space, bins).validated()


def test_arrays_cannot_be_written_to() -> None:
    found = colour_histogram(Frame(np.zeros((2, 2, 3), np.uint8), "black"), HistogramSpec())
    for array in (found.pixels, found.places, found.counts, found.colours):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@given(
    arrays(
        np.uint8,
        st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, 5)),
        elements=st.integers(0, 16),
    )
)
def test_grey_histograms_of_many_pictures(pictures: np.ndarray) -> None:
    found = grey_histogram(pictures, 17)
    for row, picture in zip(found, pictures, strict=True):
        assert row == pytest.approx(np.bincount(picture.ravel(), minlength=17) / picture.size)
