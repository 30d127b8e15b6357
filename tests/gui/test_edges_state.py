"""The page of edges without its widgets: state, changes, what is owed, what the tiles are planned to be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.context import Context
from engine.errors import UserError
from engine.foundations.edges.catalogue import ENTRIES, GRADIENTS, NAMES, TURNING, EdgeKernel, weight
from engine.foundations.edges.picture import respond
from engine.foundations.edges.requests import FilteredPicture, FilterPicture
from engine.images import Frame
from gui.pages.edges.changes import (
    angle_counts,
    kernel_note,
    refusal,
    set_value,
    turned,
    with_cell,
    with_kernel,
)
from gui.pages.edges.kernel_scene import edge_words, sentences
from gui.pages.edges.plan import plan
from gui.pages.edges.playback import at_position, position
from gui.pages.edges.resolve import GridResolver, moved_step, owed
from gui.pages.edges.state import ALLOWED, RANGES, EdgesState
from gui.pages.edges.tour import stops
from gui.pages.edges.words import direction_words, kernel_title, settled
from gui.state import from_json, to_json
from gui.widgets.source_state import SourceState

FRAME = Frame(np.random.default_rng(1).integers(0, 256, (16, 24, 3), dtype=np.uint8), "noise")


def filtered(state: EdgesState) -> FilteredPicture:
    wanted = owed(state, FRAME)
    assert wanted is not None
    return answered(wanted.request())


def answered(request: FilterPicture) -> FilteredPicture:
    steps = respond(request, Context())
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: FilteredPicture = stop.value
            return result


@st.composite
def states(draw: st.DrawFn) -> EdgesState:
    """Legal states as a person reaches them: control after control."""
    state = EdgesState(view=draw(st.sampled_from(list(ALLOWED))))
    for _ in range(draw(st.integers(0, 6))):
        name = draw(
            st.sampled_from(["kernel", "size", "angle", "sigma", "flipped", "direction", "colour", "step"])
        )
        value: Any = {
            "kernel": st.sampled_from(NAMES), "size": st.sampled_from(state.shown_kernel.entry.sizes),
            "angle": st.floats(0, 180), "sigma": st.floats(0.3, 5), "flipped": st.booleans(),
            "direction": st.integers(0, 359), "colour": st.booleans(), "step": st.integers(0, 35),
        }[name]  # fmt: skip
        state = set_value(state, name, draw(value))
    return state


class TestState:
    @given(states())
    def test_every_state_that_can_be_reached_is_legal_and_survives_a_session(self, state: EdgesState) -> None:
        assert state.validated() is state
        assert from_json(EdgesState, to_json(state)) == state
        assert state.shown_kernel.name in ALLOWED[state.view]
        assert state.shown_kernel.size in state.shown_kernel.entry.sizes

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"kernel": EdgeKernel(angle=181)}, "angle"),
            ({"kernel": EdgeKernel("gabor", 9, sigma=float("nan"))}, "Sigma"),
            ({"kernel": EdgeKernel("gabor", 9, wavelength=1)}, "wavelength"),
            ({"kernel": EdgeKernel("sobel", 9)}, "sizes 3, 5, 7"),
            ({"kernel": EdgeKernel("sobel", 4)}, "sizes 3, 5, 7"),
            ({"kernel": EdgeKernel("custom", 3, cells=(1.0,) * 8)}, "no 8 cells"),
            ({"kernel": EdgeKernel("custom", 3, cells=(float("nan"),) * 9)}, "weights"),
            ({"kernel": EdgeKernel("custom", 3, cells=(1e9,) * 9)}, "weights"),
            ({"input": "cat"}, "no input"),
            ({"direction": 360}, "0 to 359"),
            ({"step": 36}, "36 windows"),
            ({"wipe": 1.5}, "divider"),
            ({"source": SourceState("preset", "ng-4x4")}, "pictures"),
        ],
    )
    def test_what_is_wrong_is_said(self, changes: dict[str, Any], sentence: str) -> None:
        with pytest.raises(UserError, match=sentence):
            replace(EdgesState(), **changes).validated()

    def test_tour_stops_are_legal_and_named_once(self) -> None:
        found = stops()
        assert 5 <= len(found) <= 9 and len({stop.name for stop in found}) == len(found)
        assert {stop.state.view for stop in found} == set(ALLOWED)
        for stop in found:
            stop.state.validated()


class TestChanges:
    def test_a_kernel_keeps_the_nearest_size_that_it_has(self) -> None:
        large = replace(EdgesState(), kernel=EdgeKernel("box", 11))
        assert with_kernel(large, "sobel").kernel.size == 7
        assert with_kernel(large, "identity").kernel.size == 3
        assert with_kernel(EdgesState(), "gabor").kernel.size == 9

    def test_a_view_shows_what_makes_sense_in_it(self) -> None:
        state = replace(EdgesState(), kernel=EdgeKernel("box", 11))
        for view, name in (("gradient", "sobel"), ("rotate", "sobel"), ("picture", "box")):
            looked = replace(state, view=view)  # type: ignore[arg-type]
            assert looked.shown_kernel.name == name and looked.kernel == state.kernel
        assert "shows Sobel" in kernel_note(replace(state, view="gradient"))
        assert replace(state, view="rotate", kernel=EdgeKernel("gabor", 9)).shown_kernel.name == "gabor"
        assert {entry.name for entry in ENTRIES if entry.turns} == set(TURNING)

    def test_a_weight_that_is_typed_makes_a_kernel_of_ones_own(self) -> None:
        state = turned(EdgesState(), 44)
        own = with_cell(state, 1, 1, 5.0)
        assert own.kernel.name == "custom" and own.validated() is own
        expected = weight(state.kernel).copy()
        expected[1, 1] = 5
        np.testing.assert_array_equal(weight(own.kernel), expected)
        assert with_cell(state, 0, 0, float(f"{weight(state.kernel)[0, 0]:.10g}")) is state
        assert set_value(own, "size", 5).validated().kernel.size == 5
        assert replace(own, view="gradient").shown_kernel.name == "sobel"
        again = with_kernel(with_kernel(own, "box"), "custom")
        np.testing.assert_array_equal(weight(again.kernel), weight(EdgeKernel("box")))
        assert from_json(EdgesState, to_json(own)) == own

    def test_sizes_that_a_kernel_has_not_are_refused_with_the_nearest(self) -> None:
        state = EdgesState()
        for size, nearest, reason in ((4, 3, "odd"), (9, 7, "comes in the sizes"), (8, 7, "odd")):
            problem = refusal(state, "size", size)
            assert problem is not None and problem.nearest == nearest and reason in problem.message
        assert refusal(state, "size", 5) is None and refusal(state, "step", 99) is None

    def test_turning_stops_at_the_ends(self) -> None:
        state = EdgesState()
        assert turned(state, 5).kernel.angle == 5 and turned(state, -5).kernel.angle == 0
        assert turned(turned(state, 178), 5).kernel.angle == 180
        box = replace(state, kernel=EdgeKernel("box"))
        assert turned(box, 5) is box
        assert not angle_counts(replace(state, view="gradient")) and angle_counts(state)

    def test_directions_have_words(self) -> None:
        assert direction_words(0) == "to the right" and direction_words(90) == "downwards"
        assert direction_words(-135) == "to the upper left" and "70°" in direction_words(70)
        assert kernel_title(EdgeKernel("gaussian", sigma=1.5)) == "Gaussian blur, σ 1.5"


class TestOwed:
    def test_views_owe_what_they_show(self) -> None:
        state = EdgesState()
        assert owed(state, FRAME) is None and owed(replace(state, view="picture"), None) is None
        for view, what in (("picture", "response"), ("rotate", "response"), ("gradient", "gradient"),
                           ("compare", "compare")):  # fmt: skip
            wanted = owed(replace(state, view=view, colour=True), FRAME)  # type: ignore[arg-type]
            assert wanted is not None and wanted.what == what
            assert wanted.colour == (view != "compare")

    def test_what_changes_nothing_asks_nothing(self) -> None:
        gradient = replace(EdgesState(), view="gradient")
        assert owed(gradient, FRAME) == owed(turned(gradient, 45), FRAME)
        compare = replace(EdgesState(), view="compare")
        assert owed(compare, FRAME) == owed(replace(compare, kernel=EdgeKernel("scharr"), colour=True), FRAME)
        assert owed(compare, FRAME) != owed(turned(compare, 45), FRAME)

    def test_an_answer_is_known_by_what_was_asked(self) -> None:
        wanted = owed(replace(EdgesState(), view="picture"), FRAME)
        assert wanted is not None and wanted.answered_by(answered(wanted.request()))
        assert not wanted.answered_by(None)
        other = owed(replace(EdgesState(), view="picture", colour=True), FRAME)
        assert other is not None and not wanted.answered_by(answered(other.request()))


class TestGrid:
    def test_the_edge_answers_with_its_sign(self) -> None:
        resolver, state = GridResolver(), replace(EdgesState(), kernel=EdgeKernel("prewitt"))
        grid = resolver.resolve(state)
        assert grid.step.value == 30 and grid.trace.output[0, 0].tolist() == [0, 0, 30, 30, 0, 0]
        assert "10·1 + 10·1 + 10·1 = 30" in sentences(grid)[0]
        flipped = resolver.resolve(replace(state, flipped=True))
        np.testing.assert_array_equal(flipped.trace.output, -grid.trace.output)

    @given(states())
    def test_every_state_has_six_by_six_windows_and_something_to_say(self, state: EdgesState) -> None:
        grid = GridResolver().resolve(state)
        assert grid.trace.shape == (1, 6, 6) and grid.step.index == state.step
        assert all(sentences(grid))

    def test_a_moved_window_reuses_the_convolution(self) -> None:
        resolver = GridResolver()
        first = resolver.resolve(EdgesState())
        moved = resolver.resolve(replace(EdgesState(), step=7))
        assert moved.trace is first.trace and (moved.step.row, moved.step.col) == (1, 1)
        assert resolver.resolve(EdgesState(), hover=(5, 4)).step.index == 34

    def test_windows_stop_at_the_edges(self) -> None:
        state = EdgesState(step=0)
        assert moved_step(state, -1, -1) == 0 and moved_step(state, 1, 1) == 7
        assert moved_step(replace(state, step=35), 1, 1) == 35


class TestPlayback:
    def test_the_stepper_counts_windows_and_degrees(self) -> None:
        kernel, rotate = position(EdgesState()), position(replace(EdgesState(), view="rotate"))
        assert kernel is not None and (kernel.index, kernel.count, kernel.first) == (2, 36, 1)
        assert rotate is not None and (rotate.index, rotate.count, rotate.first) == (0, 181, 0)
        assert position(replace(EdgesState(), view="compare")) is None
        assert at_position(replace(EdgesState(), view="rotate"), 70).kernel.angle == 70
        assert at_position(EdgesState(), 9).step == 9

    def test_turning_a_kernel_that_cannot_turn_turns_the_one_on_show(self) -> None:
        state = replace(EdgesState(), view="rotate", kernel=EdgeKernel("box", 9))
        assert at_position(state, 45).kernel == EdgeKernel("sobel", 7, 45)


class TestPlan:
    def test_an_edge_is_signed_and_a_blur_is_a_picture(self) -> None:
        state = replace(EdgesState(), view="picture")
        edge = plan(filtered(state))
        assert [(t.key, t.kind) for t in edge.tiles] == [("input", "picture"), ("response", "signed")]
        assert "vertical edges" in edge.tiles[1].details[0] and "Red" in edge.sentence
        blur = plan(filtered(replace(state, kernel=EdgeKernel("box"))))
        assert blur.tiles[1].kind == "grey" and "picture again" in blur.sentence
        colour = plan(filtered(replace(state, kernel=EdgeKernel("box"), colour=True)))
        assert colour.tiles[1].kind == "colour"
        strongest = plan(filtered(replace(state, colour=True)))
        assert (strongest.tiles[1].key, strongest.tiles[1].kind) == ("strongest", "signed")

    def test_a_wiped_picture_is_one_tile(self) -> None:
        found = plan(filtered(replace(EdgesState(), view="picture")), "wipe")
        assert len(found.tiles) == 1 and found.tiles[0].wiped

    def test_the_parts_of_a_vector_share_a_scale(self) -> None:
        found = plan(filtered(replace(EdgesState(), view="gradient")))
        assert [t.key for t in found.tiles] == ["gx", "gy", "magnitude", "angle"]
        assert found.tiles[0].limit == found.tiles[1].limit

    def test_all_kernels_are_compared_in_one_unit(self) -> None:
        result = filtered(turned(replace(EdgesState(), view="compare"), 45))
        found = plan(result)
        assert len(found.tiles) == 8 and {t.key for t in found.tiles} == set(result.names)
        assert "÷ 16" in found.tiles[2].details[0] and "45°" in found.sentence and "135°" in found.sentence
        slopes = {t.limit for t in found.tiles if not t.title.startswith("Laplacian")}
        assert len(slopes) == 1
        for tile in found.tiles:
            assert tile.kernel is not None and tile.kernel.shape == (3, 3)

    def test_every_range_has_a_name_for_its_field(self) -> None:
        assert set(RANGES) == {"angle", "sigma", "wavelength", "phase", "aspect"} and GRADIENTS


class TestWords:
    def test_what_rounding_leaves_over_is_not_shown(self) -> None:
        assert settled(-1.776e-15) == "0" and settled(28.7700000001) == "28.77"
        turned_by_44 = GridResolver().resolve(turned(EdgesState(), 44))
        assert (
            "≈" in sentences(turned_by_44)[0]
            and " = 40 " in sentences(GridResolver().resolve(EdgesState()))[0]
        )

    def test_every_input_says_where_it_changes(self) -> None:
        state = EdgesState(direction=90)
        assert edge_words(state) == "gets darker downwards"
        assert edge_words(replace(state, flipped=True)) == "gets brighter downwards"
        assert edge_words(replace(state, input="stripe")) == "darker, then brighter downwards"
        assert (
            edge_words(replace(state, input="corner", direction=0)) == "gets darker to the right, downwards"
        )

    def test_a_pattern_without_an_edge_has_none_that_a_kernel_lies_along(self) -> None:
        chess = GridResolver().resolve(EdgesState(input="checkerboard"))
        assert not chess.trace.output.any() and "along the edge" not in sentences(chess)[1]
        along = GridResolver().resolve(EdgesState(direction=90))
        assert "along the edge" in sentences(along)[1]
