"""The mosaic as numbers: where maps lie, which levels they have, which colours those are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from engine.networks.graphs.graph import Field, Node
from engine.networks.graphs.ops import Input
from engine.networks.graphs.shapes import POINT
from gui import colormaps
from gui.pages.maps.colours import FIRST, LAST, ODD, Coloring, levels, rgb, table
from gui.pages.maps.field import in_picture, receptive_field, unit_at
from gui.pages.maps.mosaic_layout import SNAP, MosaicLayout, averaged, canvas_of, fill, fitted
from gui.theme import VIRIDIS, theme

sizes = st.integers(1, 40)


@given(st.integers(1, 300), st.tuples(sizes, sizes), st.tuples(st.integers(50, 900), st.integers(50, 900)))
def test_maps_lie_in_the_room_and_apart(count: int, shape: tuple[int, int], room: tuple[int, int]) -> None:
    layout = fitted(count, shape, room)
    assert layout.rows * layout.columns >= count > (layout.rows - 1) * layout.columns
    for place in {0, count // 2, count - 1}:
        x, y = layout.corner(place)
        assert layout.at(x, y) == (place, 0, 0)
        found = layout.at(x + layout.width - 1, y + layout.height - 1)
        assert found is not None and found[0] == place
        assert layout.at(x + layout.width, y) is None, "the gap belongs to no map"
    if layout.width > 1 and layout.height > 1 and min(layout.width / shape[1], layout.height / shape[0]) > 1:
        width, height = layout.size
        assert width <= room[0] and height <= room[1]


def test_no_other_number_of_columns_makes_larger_maps() -> None:
    layout = fitted(64, (32, 32), (700, 800))
    best = 0.0
    for columns in range(1, 65):
        rows = -(-64 // columns)
        best = max(best, min((700 + 4) / columns - 4, (800 + 4) / rows - 4 - 15) / 32)
    assert best % 1 > SNAP and layout.width == int(32 * best) and layout.label == 15
    assert fitted(64, (32, 32), (8 * 70 - 4, 8 * 85 - 4)).width == 64, (
        "a little more room is left, for equal squares"
    )


@given(
    st.integers(1, 7), st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(1, 3), st.data()
)
def test_every_value_is_a_block_of_its_own(
    count: int, height: int, width: int, columns: int, scale: int, data: st.DataObject
) -> None:
    layout = MosaicLayout(count, min(columns, count), width * scale, height * scale, 2, 3)
    found = np.arange(3, 3 + count * height * width, dtype=np.uint8).reshape(count, height, width)
    order = np.array(data.draw(st.permutations(range(count))))
    colors = np.arange(256, dtype=np.uint32) + 1000
    pixels = canvas_of(layout, 7)
    fill(pixels, found, order, layout, colors)
    for place in range(count):
        x, y = layout.corner(place)
        block = pixels[y : y + layout.height, x : x + layout.width]
        np.testing.assert_array_equal(
            block, 1000 + found[order[place]].astype(np.uint32).repeat(scale, 0).repeat(scale, 1)
        )
    assert (pixels != 7).sum() == count * height * width * scale * scale, "what lies between stays as it was"


def test_a_size_that_is_no_multiple_takes_the_nearest_value() -> None:
    layout = MosaicLayout(1, 1, 5, 3, 0, 0)
    pixels = canvas_of(layout, 0)
    fill(
        pixels, np.array([[[3, 4], [5, 6]]], np.uint8), np.array([0]), layout, np.arange(256, dtype=np.uint32)
    )
    np.testing.assert_array_equal(pixels, [[3, 3, 3, 4, 4], [3, 3, 3, 4, 4], [5, 5, 5, 6, 6]])


def test_maps_that_are_too_large_are_averaged() -> None:
    values = np.random.default_rng(1).normal(size=(2, 9, 8)).astype(np.float32)
    small = averaged(values, MosaicLayout(2, 2, 4, 4, 1, 0))
    assert small.shape == (2, 4, 4)
    assert small[1, 2, 3] == pytest.approx(values[1, 4:6, 6:8].mean(), rel=1e-5)
    assert averaged(values, MosaicLayout(2, 2, 5, 5, 1, 0)) is values


class TestLevels:
    def test_a_diverging_range_has_zero_in_the_middle(self) -> None:
        values = np.array([[[-4.0, 0.0, 2.0, 4.0]], [[-1.0, 0.0, 0.5, 1.0]]], np.float32)
        low, high = np.array([-4, -1], np.float32), np.array([2, 1], np.float32)
        found = levels(values, low, high, True)
        middle = (FIRST + LAST) // 2
        np.testing.assert_array_equal(found[0, 0], [FIRST, middle, middle + 63, LAST])
        np.testing.assert_array_equal(found[1, 0], [FIRST, middle, middle + 63, LAST])

    def test_a_plain_range_and_what_lies_beyond(self) -> None:
        values = np.array([[[-9.0, 1.0, 2.0, 3.0, 99.0]]], np.float32)
        found = levels(values, np.array([1.0], np.float32), np.array([3.0], np.float32), False)
        np.testing.assert_array_equal(found[0, 0], [FIRST, FIRST, (FIRST + LAST) // 2, LAST, LAST])

    def test_what_is_no_number_has_a_level_of_its_own(self) -> None:
        values = np.array([[[np.nan, np.inf, -np.inf, 0.5]]], np.float32)
        found = levels(values, np.array([0.0], np.float32), np.array([1.0], np.float32), False)
        assert list(found[0, 0, :3]) == [ODD] * 3 and found[0, 0, 3] == (FIRST + LAST) // 2

    def test_a_silent_map_is_ground_in_a_diverging_range(self) -> None:
        zero = np.zeros((1, 2, 2), np.float32)
        ends = np.zeros(1, np.float32)
        assert np.unique(levels(zero, ends, ends, True)).tolist() == [(FIRST + LAST) // 2]
        assert np.unique(levels(zero, ends, ends, False)).tolist() == [FIRST]


class TestColours:
    def test_the_table_is_the_colour_map(self, qapp: QApplication) -> None:
        plain = table(Coloring(diverging=False))
        ends = rgb(np.array([[FIRST, LAST]], np.uint8), plain)[0]
        np.testing.assert_array_equal(ends, [VIRIDIS[0], VIRIDIS[-1]])
        both = rgb(np.array([[FIRST, (FIRST + LAST) // 2, LAST]], np.uint8), table(Coloring()))[0]
        anchors = colormaps.activation_anchors()
        np.testing.assert_array_equal(both[[0, 2]], [anchors[0], anchors[-1]])
        assert np.abs(both[1].astype(int) - anchors[2]).max() <= 2
        assert table(Coloring())[ODD] == theme.colors.warn.rgb()

    def test_gamma_lifts_weak_values_of_either_sign_alike(self, qapp: QApplication) -> None:
        anchors = colormaps.table(colormaps.activation_anchors())
        lifted = rgb(np.arange(256, dtype=np.uint8)[None], table(Coloring(True, 0.5)))[0]
        middle, quarter = (FIRST + LAST) // 2, (LAST - FIRST) // 8
        for sign in (1, -1):
            share = (sign * (2 * quarter / (LAST - FIRST)) ** 0.5 + 1) / 2
            np.testing.assert_array_equal(lifted[middle + sign * quarter], anchors[round(share * 255)])


def node(field: Field | None) -> Node:
    return Node("layer", Input((1, 8, 8)), (), (), (), (4, 8, 8), 0, 0, 0, POINT, field)


class TestFields:
    def test_what_a_unit_reads_within_the_picture(self) -> None:
        layer = node(Field((6, 6), (2, 2), (-2, -2)))
        assert receptive_field(layer, 0, 0, 16) == (0.0, 0.0, 4 / 16, 4 / 16), (
            "padding is no part of the picture"
        )
        assert receptive_field(layer, 3, 1, 16) == (0.0, 4 / 16, 6 / 16, 10 / 16)
        first, last = receptive_field(layer, 3, 3, 16), receptive_field(layer, 5, 5, 16)
        assert first is not None and last is not None
        assert receptive_field(layer, 1, 1, 16, reduced=3) == (*first[:2], *last[2:]), "all that was averaged"
        assert receptive_field(node(None), 0, 0, 16) is None
        assert receptive_field(node(Field((16, 16), (0, 0), everything=True)), 0, 0, 16) == (0, 0, 1, 1)

    def test_shares_of_a_part(self) -> None:
        assert in_picture((0.0, 0.5, 1.0, 1.0), (0.2, 0.0, 0.8, 1.0)) == pytest.approx((0.2, 0.5, 0.8, 1.0))

    @given(st.integers(0, 7), st.integers(0, 7), st.integers(1, 4))
    def test_the_middle_of_a_field_leads_back_to_its_unit(self, row: int, column: int, stride: int) -> None:
        layer = node(Field((5, 5), (stride, stride), (-1, -1)))
        side = 8 * stride + 4
        y, x = layer.field.centre(row, column) if layer.field else (0.0, 0.0)
        assert unit_at(layer, (8, 8), (x + 0.5) / side, (y + 0.5) / side, side) == (row, column)
