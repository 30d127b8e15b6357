"""The state of the page of 1x1 and dense layers and what follows from it: changes, refusals, scenes of every view."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QSizeF
from PySide6.QtWidgets import QApplication

from engine.errors import UserError
from engine.foundations.channels.bottleneck import Block
from engine.foundations.channels.features import NUMBERS
from engine.foundations.channels.recipes import RECIPES, recipe
from engine.foundations.channels.requests import Measured
from engine.images import Frame
from gui.pages.channels import tour
from gui.pages.channels.bottleneck.resolve import ratio
from gui.pages.channels.dense.resolve import FOLDING, Phase, phase_of, step_of, steps_of
from gui.pages.channels.dense.state import MOST_INPUTS, DenseState, refusal
from gui.pages.channels.dense.state import with_value as dense_with
from gui.pages.channels.flat.state import FlatState, with_order
from gui.pages.channels.flat.state import with_value as flat_with
from gui.pages.channels.mix.resolve import cells_of
from gui.pages.channels.mix.state import (
    CUSTOM,
    MixState,
    with_bias,
    with_channels,
    with_filters,
    with_recipe,
    with_size,
    with_table,
    with_weight,
)
from gui.pages.channels.numbers import milliseconds, product_sum, short_count, subscript
from gui.pages.channels.state import ChannelsState
from gui.pages.channels.values import edited, inside, with_edit
from gui.pages.channels.views import CLASSES, Views
from gui.state import from_json, to_json
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import words

KEYS = tuple(view.key for view in CLASSES)
NAMES = [one.name for one in NUMBERS]
SIZES = (QSizeF(560, 360), QSizeF(830, 740), QSizeF(1500, 1100))
PHOTO = Frame(np.random.default_rng(5).integers(0, 256, (90, 120, 3), np.uint8), "noise")
whole = st.integers
NAN = float("nan")


@st.composite
def mixes(draw: st.DrawFn) -> MixState:
    """What the controls reach: recipe after recipe, more and fewer channels and outputs, cells typed over."""
    state = MixState(
        height=draw(whole(1, 6)), width=draw(whole(1, 6)), relu=draw(st.booleans()), step=draw(whole(0, 40))
    )
    table = np.eye(state.channels), np.zeros(state.channels)
    for _ in range(draw(whole(0, 5))):
        kind = draw(st.sampled_from(["recipe", "filters", "channels", "weight", "bias", "edit"]))
        if kind == "recipe":
            state = with_recipe(state, draw(st.sampled_from([*(one.name for one in RECIPES), CUSTOM])), table)
        elif kind == "filters":
            state = with_filters(state, draw(whole(1, 6)), table)
        elif kind == "channels":
            state = with_channels(state, draw(whole(1, 6)), table)
        elif kind == "weight":
            state = with_weight(state, table, draw(whole(0, len(table[0]) - 1)), 0, draw(st.floats(-9, 9)))
        elif kind == "bias":
            state = with_bias(state, table, draw(whole(0, len(table[0]) - 1)), draw(st.floats(-9, 9)))
        else:
            place = (draw(whole(0, state.channels - 1)), draw(whole(0, state.height - 1)), 0)
            state = replace(state, edits=with_edit(state.edits, place, 7.0))
        if state.recipe == CUSTOM:
            table = np.array(state.weight), np.array(state.bias)
        else:
            x = np.random.default_rng(0).normal(size=(state.channels, 4, 4))
            table = recipe(state.recipe).make(x, state.filters, state.seed)
    return state


@st.composite
def states(draw: st.DrawFn) -> ChannelsState:
    flat = FlatState(
        draw(whole(1, 4)), draw(whole(1, 6)), draw(whole(1, 6)), draw(st.sampled_from(NAMES)), entry=0
    )
    flat = replace(flat, entry=draw(whole(0, flat.channels * flat.height * flat.width - 1)))
    flat = replace(
        with_order(flat, draw(st.sampled_from(["first", "last"]))),
        fill=draw(st.booleans()),
        indices=draw(st.booleans()),
    )
    dense = DenseState(
        draw(whole(1, 2)), draw(whole(1, 4)), draw(whole(1, 5)), draw(whole(0, 4)), draw(whole(0, 99))
    )
    dense = replace(dense, step=draw(whole(0, steps_of(dense) - 1)))
    block = Block(
        draw(whole(1, 112)),
        draw(whole(1, 512)),
        2 * draw(whole(0, 5)) + 1,
        draw(whole(1, 512)),
        draw(whole(1, 256)),
    )
    source = SourceState(kind="preset", value=draw(st.sampled_from(NAMES)))
    return ChannelsState(draw(st.sampled_from(KEYS)), source, draw(mixes()), block, flat, dense)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(states())
def test_what_a_person_can_reach_is_legal_and_survives_the_way_to_json(state: ChannelsState) -> None:
    assert state.validated() is state
    assert from_json(ChannelsState, to_json(state)) == state


@settings(max_examples=30, deadline=None)
@given(states(), st.sampled_from(KEYS), st.sampled_from(SIZES), st.booleans())
def test_every_view_of_every_state_can_be_drawn(
    qapp: QApplication, state: ChannelsState, key: Any, size: QSizeF, photo: bool
) -> None:
    state = replace(state, view=key)
    if photo:
        state = replace(
            state, source=SourceState("sample", "noise"), mix=replace(state.mix, edits=(), detail=16)
        )
    view = Views()[key]
    shown = view.resolve(state, PHOTO if photo else None)
    scene = view.scene(shown, size)
    assert scene.description and scene.plates and len({p.key for p in scene.plates}) == len(scene.plates)
    for plate in scene.plates:
        assert plate.title, plate.key
        assert plate.rect.left() >= -1 and plate.rect.right() <= size.width() + 1, plate.key
        assert plate.rect.top() >= -1 and plate.rect.bottom() <= size.height() + 1, plate.key
        last = plate.shape[0] - 1, plate.shape[1] - 1
        for row, column in {(0, 0), last}:
            cell = (plate.key, row, column)
            assert all(len(fact) == 3 for fact in view.under(shown, cell)), cell
            again = view.resolve(state, PHOTO if photo else None, cell)
            assert view.question(again) == view.question(shown), "pointing asks nothing new"
            index = view.index_at(shown, cell)
            assert index is None or view.at(state, index).validated()
            changed = view.edited(state, shown, cell, 3.0)
            assert (changed is not None) == plate.editable, plate.key
            assert changed is None or changed.validated()
    at = view.position(shown)
    assert at is None or 0 <= at.index < at.count
    assert view.formula(shown) and view.groups(shown) and view.arrays(shown)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mix": MixState(channels=7)}, "number of channels must be 1 to 6"),
        ({"mix": MixState(recipe="magic")}, "no table named"),
        ({"mix": MixState(channels=2)}, "Sepia needs 3 channels"),
        ({"mix": MixState(recipe=CUSTOM)}, "3 rows of 3 weights"),
        ({"mix": MixState(recipe=CUSTOM, filters=1, weight=((1.0, 1.0, NAN),), bias=(0.0,))}, "holds no number"),
        ({"mix": MixState(edits=((0, -1, 0, 1.0),))}, "lies outside"),
        ({"mix": MixState(edits=((0, 1, 0, float("inf")),))}, "no number"),
        ({"source": SourceState("preset", "none")}, "no numbers named"),
        ({"block": Block(f=2)}, "must be odd"),
        ({"block": Block(n=113)}, "side n of the input must be 1 to 112"),
        ({"flat": FlatState(entry=27)}, "there is no entry 27"),
        ({"flat": FlatState(numbers="x")}, "no numbers named"),
        ({"flat": FlatState(height=9)}, "height must be 1 to 6"),
        ({"dense": DenseState(3, 4)}, "48 entries"),
        ({"dense": DenseState(outputs=0)}, "number of outputs must be 1 to 5"),
    ],
)  # fmt: skip
def test_bad_states_say_why(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        replace(ChannelsState(), **changes).validated()


class TestMix:
    TABLE = np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([7.0, 8])

    def test_a_table_of_ones_own_grows_with_zeros_and_is_cut_off(self) -> None:
        state = with_table(MixState(), *self.TABLE)
        assert (state.recipe, state.filters) == (CUSTOM, 2)
        wider = with_channels(state, 4, self.TABLE)
        assert wider.weight == ((1, 2, 3, 0), (4, 5, 6, 0)) and wider.bias == (7, 8)
        assert with_channels(state, 1, self.TABLE).weight == ((1,), (4,))
        assert with_filters(state, 3, self.TABLE).weight[2] == (0, 0, 0)
        assert with_filters(state, 1, self.TABLE).bias == (7,)
        assert with_weight(state, self.TABLE, 1, 2, -1).weight[1] == (4, 5, -1)
        assert with_bias(state, self.TABLE, 0, 0.5).bias == (0.5, 8)

    def test_recipes_get_the_channels_that_they_need_and_give_way(self) -> None:
        one = replace(MixState(channels=1), recipe="grey")
        assert with_recipe(one, "sepia", self.TABLE).channels == 3
        assert with_channels(MixState(), 2, self.TABLE).recipe == "grey"
        assert with_recipe(MixState(), CUSTOM, self.TABLE).weight == ((1, 2, 3), (4, 5, 6))
        free = with_filters(replace(MixState(), recipe="random"), 5, self.TABLE)
        assert (free.recipe, free.filters) == ("random", 5)
        assert with_filters(MixState(), 2, self.TABLE).recipe == CUSTOM

    def test_edits_leave_with_their_cells(self) -> None:
        state = replace(MixState(height=4), edits=((0, 3, 0, 5.0), (1, 0, 0, 2.0)))
        assert with_size(state, "height", 2).edits == ((1, 0, 0, 2.0),)
        assert with_size(state, "detail", 8).edits == ()
        assert with_channels(state, 1, self.TABLE).edits == ()
        volume = edited(np.zeros((1, 2, 2)), ((0, 1, 1, 4.0), (5, 0, 0, 9.0)))
        assert volume.tolist() == [[[0, 0], [0, 4]]]
        assert inside(((0, 1, 1, 4.0),), (1, 1, 1)) == ()

    def test_the_cells_of_a_picture_are_means(self) -> None:
        pixels = np.random.default_rng(2).integers(0, 256, (60, 90, 3), np.uint8)
        cells, block = cells_of(Frame(pixels, "x"), 30)
        assert block == 3 and cells.shape == (20, 30, 3)
        assert abs(int(cells[4, 5, 1]) - pixels[12:15, 15:18, 1].mean()) <= 0.5
        thin, side = cells_of(Frame(np.zeros((2, 900, 3), np.uint8), "thin"), 8)
        assert side == 2 and thin.shape == (1, 450, 3)

    def test_one_picture_is_mixed_once_until_something_changes(self) -> None:
        view, state = Views().mix, ChannelsState()
        first = view.resolve(state, PHOTO)
        again = view.resolve(replace(state, mix=replace(state.mix, step=3)), PHOTO, ("output/1", 2, 4))
        assert again.mixture is first.mixture and (again.step.row, again.step.col, again.focus) == (2, 4, 1)
        other = view.resolve(replace(state, mix=replace(state.mix, relu=True)), PHOTO)
        assert other.mixture is not first.mixture
        with pytest.raises(ValueError, match="picture"):
            view.resolve(state, None)

    def test_pca_says_what_it_keeps_and_shows_what_is_left(self) -> None:
        view = Views().mix
        state = replace(ChannelsState(), mix=MixState(channels=3, recipe="pca", filters=3))
        shown = view.resolve(state, PHOTO)
        assert shown.mixture.colour_in is not None and shown.mixture.colour_out is not None
        np.testing.assert_array_equal(shown.mixture.colour_in, shown.mixture.colour_out[0])
        scene = view.scene(shown, SIZES[1])
        assert "keep 100.0% of the variance" in scene.description
        assert {g.title for g in view.groups(shown)} == {"This pixel", "Variance (PCA)", "Shape and cost"}


class TestBottleneck:
    def test_the_scene_says_the_numbers_of_the_course(self, qapp: QApplication) -> None:
        view = Views().bottleneck
        shown = view.resolve(replace(ChannelsState(), view="bottleneck"), None)
        scene = view.scene(shown, SIZES[1])
        said = " ".join(words(scene))
        assert "120.4 M" in said and "12.4 M" in said and "9.7× less" in said
        assert "120,422,400" in scene.description and "up to 154 channels" in scene.description

    def test_bars_of_one_chart_have_one_scale(self, qapp: QApplication) -> None:
        view = Views().bottleneck
        scene = view.scene(view.resolve(ChannelsState(view="bottleneck"), None), SIZES[1])
        direct, narrow = scene.plate("macs/direct"), scene.plate("macs/bottleneck")
        assert direct is not None and narrow is not None
        assert narrow.rect.width() / direct.rect.width() == pytest.approx(12_443_648 / 120_422_400, rel=1e-6)
        first, second = narrow.cell_rect(0, 0), narrow.cell_rect(0, 1)
        assert first.width() / second.width() == pytest.approx(2_408_448 / 10_035_200, rel=1e-6)
        assert narrow.cell_at(first.center()) == (0, 0) and narrow.cell_at(second.center()) == (0, 1)
        assert narrow.cell_at(narrow.rect.bottomRight() * 2) is None

    def test_times_of_another_block_are_stale_and_refusals_are_said(self) -> None:
        view, state = Views().bottleneck, ChannelsState(view="bottleneck")
        view.take(Measured(state.block, (0.004, 0.001, 0.002), 7, "cpu"))
        fresh = view.resolve(state, None)
        assert not fresh.times.stale and "4 ms direct" in view.scene(fresh, SIZES[1]).description
        other = replace(state, block=replace(state.block, filters=64))
        stale = view.resolve(other, None)
        assert stale.times.stale and "settings before" in view.scene(stale, SIZES[1]).description
        assert all("0.004" not in str(values) for name, values in view.arrays(stale) if "Time" in name)
        view.refuse(other.block, "Too many.")
        refused = view.scene(view.resolve(other, None), SIZES[1])
        assert "Too many." in refused.description and "Time, not measured" in words(refused)
        assert view.resolve(state, None).times.reason == ""

    def test_ratios_in_words(self) -> None:
        assert (ratio(1, 9.7), ratio(3, 2), ratio(5, 5), ratio(0, 5)) == (
            "9.7× less",
            "1.50× more",
            "the same",
            "",
        )
        assert (short_count(120_422_400), short_count(153_632), short_count(9_999)) == (
            "120.4 M",
            "153.6 k",
            "9,999",
        )
        assert (short_count(2 * 10**9), milliseconds(0.0012345)) == ("2.0 G", "1.23 ms")


class TestFlat:
    def test_the_same_cell_stays_on_show_in_the_other_order(self) -> None:
        state = FlatState(channels=3, height=2, width=4, entry=9)
        other = with_order(state, "last")
        view = Views().flat
        places = [view.resolve(ChannelsState(flat=one), None).place for one in (state, other)]
        assert places[0] == places[1] == (1, 0, 1) and other.entry == 4

    def test_a_smaller_volume_keeps_what_it_still_has(self) -> None:
        state = replace(FlatState(entry=26), edits=((2, 2, 2, 5.0), (0, 0, 0, 4.0)))
        smaller = flat_with(state, "channels", 1)
        assert smaller.entry == 8 and smaller.edits == ((0, 0, 0, 4.0),)
        assert flat_with(state, "numbers", "count").edits == ()

    def test_both_sides_light_up_and_the_index_is_worked_out(self, qapp: QApplication) -> None:
        view, state = Views().flat, ChannelsState(view="flat")
        shown = view.resolve(state, None, ("cell/2", 1, 0))
        assert shown.entry == 21
        scene = view.scene(shown, SIZES[1])
        lit = scene.plate("line/2")
        assert lit is not None and [m.left for m in lit.marks] == [3]
        assert "(2 · 3 + 1) · 3 + 0 = 21" in scene.description
        assert view.resolve(state, None, ("line/2", 0, 3)).place == (2, 1, 0)


class TestDense:
    def test_the_walk_goes_from_rows_over_kernels_to_places(self) -> None:
        state = DenseState(outputs=2, more=1)
        kinds = [phase_of(state, step) for step in range(steps_of(state))]
        assert [(p.kind, p.output) for p in kinds[:2]] == [("row", 0), ("row", 1)]
        assert [p.kind for p in kinds[2:8]] == [*FOLDING, *FOLDING] and kinds[5].output == 1
        assert [(p.row, p.col) for p in kinds[8:]] == [(0, 0), (0, 1), (1, 0), (1, 1)]
        assert [step_of(state, phase) for phase in kinds] == list(range(len(kinds)))
        assert phase_of(state, 999) == kinds[-1]

    def test_too_many_entries_are_refused_with_the_nearest_size(self) -> None:
        found = refusal(DenseState(channels=3, side=2), "side", 4)
        assert found is not None and found.nearest == 3 and "48 entries" in found.message
        assert refusal(DenseState(channels=3, side=2), "side", 3) is None
        assert dense_with(DenseState(), "side", 4).inputs <= MOST_INPUTS

    def test_edits_of_the_matrix_leave_when_its_columns_mean_something_else(self) -> None:
        state = replace(DenseState(), weight_edits=((0, 2, 17, 5.0),), edits=((1, 4, 4, 9.0),))
        assert dense_with(state, "outputs", 2).weight_edits == ()
        assert dense_with(state, "side", 2).weight_edits == ()
        assert dense_with(state, "more", 1).edits == () and dense_with(state, "more", 1).weight_edits
        assert dense_with(state, "seed", 3).weight_edits == ()

    def test_the_same_numbers_as_matrix_kernel_and_first_place(self, qapp: QApplication) -> None:
        view, state = Views().dense, ChannelsState(view="dense")
        own = state.dense

        def at(phase: Phase) -> Any:
            return view.resolve(replace(state, dense=replace(own, step=step_of(own, phase))), None)

        for output in range(own.outputs):
            sums = [view.scene(at(phase), SIZES[1]).description.partition(". ")[0].rpartition("= ")[2]
                    for phase in (Phase("row", output), Phase("apply", output))]  # fmt: skip
            assert sums[0] == sums[1]
        slid = view.resolve(replace(state, dense=replace(own, step=steps_of(own) - 1)), None, ("map/2", 0, 0))
        assert slid.phase == Phase("slide", 2, 0, 0)
        assert float(slid.dense.slid[2, 0, 0]) == float(slid.dense.output[2])
        assert "102,764,544" in view.scene(slid, SIZES[1]).description


def test_sums_in_words() -> None:
    assert product_sum("y₀", [0.5, -2], [4, 3], 1, -3) == "y₀ = 0.5 · 4 + (−2) · 3 + 1 = −3"
    assert product_sum("z", [1, 2, 3], [1, 1, 1], 0, 6, 1) == "z = 1 · 1 + … 2 more = 6"
    assert subscript(12) == "₁₂"


def test_the_tour_is_made_of_legal_states_and_shows_every_view() -> None:
    stops = tour.stops()
    assert {stop.state.view for stop in stops} == set(KEYS) and 5 <= len(stops) <= 9
    for stop in stops:
        assert stop.state.validated() is stop.state and stop.title and stop.text
