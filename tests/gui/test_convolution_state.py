"""The state of the convolution page: legal changes stay legal, refusals name a way out, JSON brings it back."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UserError
from engine.foundations import presets
from engine.foundations.convolution import trace
from gui.pages.convolution import tour
from gui.pages.convolution.changes import (
    freeze,
    made_legal,
    refit,
    refusal,
    set_value,
    with_edit,
    with_preset,
    with_weight,
)
from gui.pages.convolution.state import CUSTOM, LAST_PHASE, MAX_FILTERS, ConvolutionState
from gui.state import envelope, from_json, open_envelope, to_json
from gui.widgets.source_state import SourceState
from tests.gui.window_fixtures import BOUNDS, INPUT_NAMES, moves, states


class TestLegalChanges:
    def test_the_first_state_is_legal(self) -> None:
        assert ConvolutionState().validated() == ConvolutionState()

    @given(states())
    def test_what_no_control_refuses_is_valid_and_can_be_computed(self, state: ConvolutionState) -> None:
        assert state.validated() is state
        assert state.weight_array.shape == state.weight_shape
        assert len(state.biases) == state.filters
        output = trace(np.zeros(state.input_shape), state.weight_array, state.bias_array, state.spec).output
        assert output.shape[0] == state.filters

    @given(states(), moves())
    def test_a_refusal_gives_a_reason_and_a_legal_nearest_value(
        self, state: ConvolutionState, move: tuple[str, Any]
    ) -> None:
        name, value = move
        problem = refusal(state, name, value)
        changed = set_value(state, name, value)
        assert (problem is None) == (not changed.problems())
        if problem is None or name not in BOUNDS:
            return
        assert problem.message.endswith(".")
        legal = [v for v in range(BOUNDS[name][0], 225) if _legal(state, name, v)]
        if problem.nearest is None:
            assert not legal
            return
        assert refusal(state, name, problem.nearest) is None
        assert abs(problem.nearest - value) == min(abs(v - value) for v in legal)

    @given(states(), st.integers(1, 6), st.integers(1, 6))
    def test_a_smaller_picture_leaves_a_legal_state(self, state: ConvolutionState, h: int, w: int) -> None:
        """made_legal is for changes that nobody chose: it must never leave a state that refuses everything."""
        smaller = refit(state, height=h, width=w)
        legal = made_legal(smaller).validated()
        assert (legal.height, legal.width, legal.problems()) == (h, w, ())

    def test_made_legal_for_a_kernel_with_a_least_size(self) -> None:
        """Laplacian needs 3 x 3: on a 2 x 2 input neither it nor a smaller one exists."""
        state = set_value(ConvolutionState(), "kernel", "laplacian")
        legal = made_legal(refit(state, height=2, width=2)).validated()
        assert (legal.height, legal.width) == (2, 2)

    @given(states())
    def test_every_example_can_be_chosen_from_everywhere(self, state: ConvolutionState) -> None:
        for name in INPUT_NAMES:
            chosen = with_preset(state, name).validated()
            assert chosen.source == SourceState("preset", name)
            assert (chosen.edits, chosen.step, chosen.phase) == ((), 0, LAST_PHASE)
            preset = presets.input_preset(name)
            assert chosen.input_shape == preset.make().shape
            if preset.weight is not None:
                assert np.array_equal(chosen.weight_array, preset.weight)

    def test_an_example_leaves_the_whole_picture_view(self) -> None:
        """An example has no picture: the view of the whole picture would be empty."""
        state = dataclasses.replace(ConvolutionState(source=SourceState("sample", "cat")), view="image")
        assert with_preset(state, "ramp").view == "steps"
        assert with_preset(dataclasses.replace(state, view="coverage"), "ramp").view == "coverage"


def _legal(state: ConvolutionState, name: str, value: int) -> bool:
    limits = {"height": 224, "width": 224}
    top = limits.get(name, BOUNDS[name][1])
    return value <= top and not set_value(state, name, value).problems()


class TestRefusalsOfTheIssue:
    """Bad input is refused at the field with the reason and the nearest legal value."""

    def test_a_kernel_larger_than_the_padded_input(self) -> None:
        problem = refusal(ConvolutionState(), "size", 7)
        assert problem is not None
        assert "7x7" in problem.message and "6x6" in problem.message
        assert problem.nearest == 6

    def test_padding_makes_room_for_the_larger_kernel(self) -> None:
        padded = dataclasses.replace(ConvolutionState(), padding="custom", pad=1)
        assert refusal(padded, "size", 8) is None
        problem = refusal(padded, "size", 9)
        assert problem is not None and problem.nearest == 8

    def test_stride_zero(self) -> None:
        problem = refusal(ConvolutionState(), "stride", 0)
        assert problem is not None
        assert "never move on" in problem.message
        assert problem.nearest == 1

    def test_groups_that_do_not_divide(self) -> None:
        state = refit(ConvolutionState(), channels=3, filters=3)
        problem = refusal(state, "groups", 2)
        assert problem is not None
        assert "2 groups" in problem.message and "3" in problem.message
        assert problem.nearest in (1, 3)
        assert refusal(state, "groups", 3) is None

    def test_filters_that_cannot_be_shared_out(self) -> None:
        state = set_value(refit(ConvolutionState(), channels=2, filters=4), "groups", 2)
        problem = refusal(state, "filters", 3)
        assert problem is not None and problem.nearest in (2, 4)

    def test_channels_that_the_groups_do_not_divide(self) -> None:
        state = set_value(refit(ConvolutionState(), channels=4, filters=2), "groups", 2)
        problem = refusal(state, "channels", 3)
        assert problem is not None and problem.nearest in (2, 4)

    def test_a_kernel_that_does_not_exist_so_small(self) -> None:
        state = set_value(ConvolutionState(), "kernel", "laplacian")
        problem = refusal(state, "size", 2)
        assert problem is not None
        assert "Laplacian" in problem.message and problem.nearest == 3

    def test_same_padding_for_an_even_kernel(self) -> None:
        state = dataclasses.replace(ConvolutionState(), padding="same")
        problem = refusal(state, "size", 4)
        assert problem is not None and problem.nearest in (3, 5)
        assert refusal(dataclasses.replace(state, padding="same_tf"), "size", 4) is None

    def test_dilation_beyond_the_input(self) -> None:
        problem = refusal(ConvolutionState(), "dilation", 3)
        assert problem is not None and problem.nearest == 2


class TestRefit:
    @pytest.mark.parametrize(("old", "new"), [(3, 5), (3, 4), (5, 3), (4, 3), (1, 11), (2, 3)])
    def test_a_kernel_of_ones_own_keeps_its_cells_centred(self, old: int, new: int) -> None:
        weights = np.arange(1.0, old * old + 1).reshape(1, 1, old, old)
        state = ConvolutionState(kernel=CUSTOM, size=old, weights=freeze(weights), height=20, width=20)
        found = refit(state, size=new).weight_array[0, 0]
        # The other route: numpy's pad, or a slice from the middle.
        before = abs(new - old) // 2
        after = abs(new - old) - before
        if new > old:
            before, after = new // 2 - old // 2, (new - old) - (new // 2 - old // 2)
            options = [np.pad(weights[0, 0], (b, new - old - b)) for b in (before, (new - old) // 2)]
        else:
            options = [weights[0, 0][b : b + new, b : b + new] for b in (before, after)]
        assert any(np.array_equal(found, option) for option in options)

    def test_a_kernel_of_the_list_is_made_anew(self) -> None:
        state = refit(set_value(ConvolutionState(), "kernel", "sobel-vertical"), size=5)
        assert np.array_equal(state.weight_array[0, 0], presets.kernel_preset("sobel-vertical").make(5)[0])

    def test_more_filters_differ_from_the_first(self) -> None:
        state = refit(ConvolutionState(), filters=MAX_FILTERS)
        kernels = {tuple(map(float, kernel.ravel())) for kernel in state.weight_array}
        assert len(kernels) == MAX_FILTERS
        assert np.array_equal(state.weight_array[0], ConvolutionState().weight_array[0])

    def test_edits_outside_go_and_the_others_stay(self) -> None:
        state = with_edit(with_edit(ConvolutionState(), 0, 0, 0, 7.0), 0, 5, 5, 8.0)
        assert refit(state, height=4).edits == ((0, 0, 0, 7.0),)

    def test_biases_follow_the_filters(self) -> None:
        state = refit(dataclasses.replace(ConvolutionState(), biases=(2.5,)), filters=3)
        assert state.biases == (2.5, 0.0, 0.0)
        assert refit(state, filters=1).biases == (2.5,)

    def test_a_cell_typed_over_makes_the_kernel_ones_own(self) -> None:
        state = with_weight(ConvolutionState(), 0, 0, 1, 2, 9.0)
        expected = np.array([[1, 0, -1], [1, 0, 9], [1, 0, -1]])
        assert state.kernel == CUSTOM and np.array_equal(state.weight_array[0, 0], expected)

    def test_a_cell_typed_over_twice_is_one_edit(self) -> None:
        state = with_edit(with_edit(ConvolutionState(), 0, 1, 1, 4.0), 0, 1, 1, 5.0)
        assert state.edits == ((0, 1, 1, 5.0),)


class TestJson:
    @given(states())
    def test_round_trip(self, state: ConvolutionState) -> None:
        name, raw = open_envelope(envelope("convolution", state))
        assert name == "convolution"
        back = from_json(ConvolutionState, raw).validated()
        assert back == state
        assert hash(back) == hash(state)  # tuples all the way down, not lists

    @pytest.mark.parametrize("stop", tour.stops(), ids=lambda stop: stop.name)
    def test_every_stop_of_the_tour_is_legal_and_survives_json(self, stop: Any) -> None:
        assert from_json(ConvolutionState, to_json(stop.state)).validated() == stop.state.validated()

    def test_a_drawing_survives(self) -> None:
        strokes = ((0.05, False, ((0.1, 0.2), (0.3, 0.4, 0.5))),)
        state = ConvolutionState(source=SourceState("drawing", "light", strokes=strokes))
        assert from_json(ConvolutionState, json.loads(json.dumps(to_json(state)))) == state

    @pytest.mark.parametrize(
        ("change", "word"),
        [
            ({"stride": 0}, "Stride"),
            ({"stride": 99}, "Stride"),
            ({"stride": "2"}, "stride"),
            ({"stride": 2.0}, "stride"),
            ({"stride": True}, "stride"),
            ({"stride": None}, "stride"),
            ({"height": 0}, "Height"),
            ({"height": 10**30}, "Height"),
            ({"size": 7}, "shape"),
            ({"kernel": "none such"}, "none such"),
            ({"view": "sideways"}, "sideways"),
            ({"view": []}, "view"),
            ({"picture": {"kind": "preset", "value": "ramp"}}, "picture"),
            ({"crop": [-1, 0]}, "crop"),
            ({"crop": [1]}, "crop"),
            ({"colour_range": "loud"}, "loud"),
            ({"padding": "some"}, "some"),
            ({"groups": 2}, "group"),
            ({"weights": []}, "filters"),
            ({"weights": [[]]}, "shape"),
            ({"weights": [[[[1.0, 2.0], [3.0]]]]}, "same size"),
            ({"weights": [[[[1.0]]]]}, "shape"),
            ({"weights": 3}, "weights"),
            ({"weights": [[[["a"]]]]}, "weights"),
            ({"weights": [[[[float("nan")] * 3] * 3]]}, "finite"),
            ({"weights": [[[[1e300] * 3] * 3]]}, "weight"),
            ({"weights": [[[[10**400] * 3] * 3]]}, "weights"),
            ({"biases": [float("inf")]}, "finite"),
            ({"biases": [1e300]}, "weight"),
            ({"biases": []}, "shape"),
            ({"edits": [[0, 9, 9, 1.0]]}, "outside"),
            ({"edits": [[0, 0, 0, float("nan")]]}, "cell"),
            ({"edits": [[0, 0, 0, 1e300]]}, "cell"),
            ({"edits": [[0, 0, 1.0]]}, "edits"),
            ({"edits": [["a", 0, 0, 1.0]]}, "edits"),
            ({"step": -1}, "Step"),
            ({"phase": 5}, "Phase"),
            ({"flip": 1}, "flip"),
            ({"source": "cat"}, "saved view"),
            ({"source": {"kind": "preset", "value": "none such"}}, "none such"),
            ({"source": {"kind": "teapot", "value": ""}}, "teapot"),
            ({"source": {"kind": "file", "value": ""}}, "no name"),
        ],
    )
    def test_a_corrupt_state_is_refused_with_a_sentence(self, change: dict[str, Any], word: str) -> None:
        data = {**to_json(ConvolutionState()), **change}
        with pytest.raises(UserError) as caught:
            from_json(ConvolutionState, data).validated()
        assert word in caught.value.sentence
        assert caught.value.sentence.endswith(".")

    def test_missing_fields_take_their_defaults_and_unknown_ones_are_left(self) -> None:
        state = from_json(ConvolutionState, {"stride": 2, "tomorrow": [1, 2]})
        assert state == dataclasses.replace(ConvolutionState(), stride=2)
