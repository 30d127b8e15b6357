"""Numbers to colours: tables, levels, and what becomes of numbers that are none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui import colormaps
from gui.theme import ACTIVATIONS_LIGHT, GREY, VIRIDIS

values = st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=20)


def test_a_table_runs_through_its_anchors() -> None:
    table = colormaps.table(VIRIDIS)
    assert table.shape == (256, 3)
    assert tuple(table[0]) == VIRIDIS[0] and tuple(table[255]) == VIRIDIS[-1]
    middle = colormaps.table(ACTIVATIONS_LIGHT)[127:129].astype(int)
    assert abs(middle - ACTIVATIONS_LIGHT[2]).max() <= 2


def test_the_colours_of_a_picture_of_levels_are_the_tables() -> None:
    packed = np.array(colormaps.rgb32(VIRIDIS), np.uint32)
    parts = np.stack([packed >> 16 & 255, packed >> 8 & 255, packed & 255], axis=1)
    assert np.array_equal(parts, colormaps.table(VIRIDIS)) and (packed >> 24 == 255).all()


@given(values, st.floats(0.01, 1e6))
def test_levels_are_the_nearest_and_ends_hold_what_lies_beyond(numbers: list[float], limit: float) -> None:
    plane = np.array(numbers, np.float32)
    levels = colormaps.Quantizer()(plane, -limit, limit)
    exact = np.clip((plane.astype(np.float64) + limit) * 255 / (2 * limit), 0, 255)
    assert levels.dtype == np.uint8
    assert np.abs(levels - exact).max() <= 0.5 + 1e-3 * max(1.0, 255 * 1e-7 * np.abs(plane).max() / limit)


@given(values, st.floats(0.01, 1e6))
def test_magnitudes_are_the_levels_of_absolute_values(numbers: list[float], high: float) -> None:
    plane, quantize = np.array(numbers, np.float32), colormaps.Quantizer()
    expected = quantize(np.abs(plane), 0.0, high)
    assert np.array_equal(quantize(plane, 0.0, high, magnitude=True), expected)


@given(values, st.floats(-1e3, 0), st.floats(0.01, 1e3))
def test_colours_are_those_of_the_levels(numbers: list[float], low: float, high: float) -> None:
    plane = np.array(numbers, np.float32)
    expected = colormaps.table(GREY)[colormaps.Quantizer()(plane, low, high)]
    assert np.array_equal(colormaps.look_up(plane, low, high, GREY), expected)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_no_number_is_the_first_colour_and_infinities_the_ends(kind: type) -> None:
    plane = np.array([np.nan, -np.inf, np.inf, 0.0], kind)
    assert colormaps.grey(plane, -1.0, 1.0)[:, 0].tolist() == [0, 0, 255, 128]


@pytest.mark.parametrize("span", [0.0, 1e-40, 1e-30])
def test_an_empty_range_is_the_first_colour(span: float) -> None:
    plane = np.array([-1e9, 0.0, 1e9], np.float32)
    assert colormaps.Quantizer()(plane, 0.0, span).tolist() == [0, 0, 0]


def test_the_kept_memory_is_not_the_answers() -> None:
    quantize = colormaps.Quantizer()
    plane = np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4)
    plane.flags.writeable = False
    first = quantize(plane, -1.0, 1.0)
    before = first.copy()
    quantize(-plane, -1.0, 1.0)
    quantize(plane[:2], -1.0, 1.0)
    assert np.array_equal(first, before)
