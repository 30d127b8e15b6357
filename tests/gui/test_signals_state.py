"""The state of the page of signals and volumes, its legal changes, and what is resolved from it. No window."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.context import Context
from engine.errors import UserError
from engine.foundations.signals.check import check
from engine.foundations.signals.ecg import Signal
from engine.foundations.signals.requests import Volume
from gui.pages.signals.changes import centred_piece, refusal, set_value, with_sample, with_weight
from gui.pages.signals.resolve import Resolver, layer_of, legible, moved, rounded_up, signal_of, volume_of
from gui.pages.signals.state import CUSTOM, SIDE, FilterState, SignalsState
from gui.pages.signals.tour import stops
from gui.pages.signals.whole_line_scene import lens_start
from gui.state import from_json, to_json

BOUNDS = {"size": (1, 5), "stride": (1, 5), "pad": (0, 10), "dilation": (1, 4), "filter_seed": (0, 9)}
KINDS = {
    "1d": ("average", "derivative", "matched", "ricker", "random"),
    "3d": ("blur", "edge-z", "edge-y", "edge-x", "laplacian", "random"),
}


@st.composite
def states(draw: st.DrawFn) -> SignalsState:
    """Legal states as a person reaches them: control after control, refusals skipped."""
    state = SignalsState(
        axes=draw(st.sampled_from(["1d", "3d"])), view=draw(st.sampled_from(["steps", "back"]))
    )
    for name in draw(st.lists(st.sampled_from([*BOUNDS, "kind", "bias", "rate"]), max_size=6)):
        value: Any
        if name == "kind":
            value = draw(st.sampled_from(KINDS[state.axes]))
        elif name == "bias":
            value = draw(st.floats(-9, 9))
        else:
            value = draw(st.sampled_from([50, 100, 250]) if name == "rate" else st.integers(*BOUNDS[name]))
        if name in ("bias", "rate") or refusal(state, name, value) is None:
            state = set_value(state, name, value)
    return state


def resolved(state: SignalsState, **given_: Any) -> Any:
    return Resolver().resolve(state, signal_of(state, None), volume_of(state, None), **given_)


class TestState:
    @given(states())
    @settings(max_examples=25, deadline=None)
    def test_every_reachable_state_is_valid_and_survives_json(self, state: SignalsState) -> None:
        assert state.validated() is state
        assert from_json(SignalsState, to_json(state)) == state

    @pytest.mark.parametrize("stop", stops(), ids=lambda stop: stop.name)
    def test_the_tour_is_valid(self, stop: Any) -> None:
        assert stop.state.validated() == from_json(SignalsState, to_json(stop.state))

    BAD: tuple[tuple[dict[str, Any], str], ...] = (
        ({"heart_rate": 0}, "Heart rate must be 40 to 160"),
        ({"noise": -1}, "Noise must be"),
        ({"rate": 51}, "50, 100, 250"),
        ({"place": (-1, 0, 0)}, "outside every volume"),
        ({"signal_file": "a\0"}, "no name can have"),
        ({"edits": ((14, 1.0),)}, "edited sample 14"),
        ({"edits": ((0, float("nan")),)}, "edited sample 0"),
        ({"line": FilterState("sharpen", 3, (1.0,) * 3)}, "no filter named"),
        ({"line": FilterState(CUSTOM, 3, (1.0,) * 4)}, "has 4 weights; its size needs 3"),
        ({"cube": FilterState(CUSTOM, 2, (1.0,) * 9)}, "has 9 weights; its size needs 8"),
        ({"line": FilterState(CUSTOM, 1, (float("inf"),))}, "not a finite number"),
        ({"line": FilterState(CUSTOM, 5, (1.0,) * 5, dilation=4)}, "longer than the padded input"),
        ({"line": FilterState(CUSTOM, 2, (1.0,) * 2, pad=3)}, "nothing but padding"),
        ({"line": FilterState("ricker", 2, (0.0,) * 2)}, "at least 3 cells"),
        ({"line": FilterState(CUSTOM, 1, (1.0,), stride=0)}, "Stride must be 1 to 5"),
        ({"line": FilterState(CUSTOM, 1, (1.0,), bias=float("nan"))}, "Bias must be"),
        ({"cube": FilterState(CUSTOM, 6, (1.0,) * 216)}, "Size must be 1 to 5"),
        ({"layer_step": 16}, "Layer step must be"),
    )

    @pytest.mark.parametrize(("changes", "reason"), BAD, ids=[str(case[1]) for case in BAD])
    def test_bad_values_are_refused_with_the_reason(self, changes: dict[str, Any], reason: str) -> None:
        with pytest.raises(UserError, match=reason):
            replace(SignalsState(), **changes).validated()

    def test_a_refusal_names_the_nearest_value_that_works(self) -> None:
        state = set_value(SignalsState(), "dilation", 3)
        found = refusal(state, "size", 9)
        assert found is not None and found.nearest == 5 and "longer than" in found.message
        assert refusal(state, "size", 5) is None
        assert refusal(SignalsState(axes="3d"), "kind", "laplacian") is None

    def test_a_kernel_of_ones_own_keeps_its_cells(self) -> None:
        state = with_weight(SignalsState(), 2, 7.0)
        assert state.line.kind == CUSTOM and state.line.weights[2] == 7.0
        larger = set_value(state, "size", 7)
        assert larger.line.weights == (0.0, *state.line.weights, 0.0)
        assert set_value(larger, "size", 5).line.weights == state.line.weights
        assert set_value(larger, "rate", 100).line.weights == larger.line.weights

    def test_another_rate_keeps_the_moment_and_makes_the_template_anew(self) -> None:
        state = set_value(SignalsState(), "rate", 100)
        assert state.start == 2 * SignalsState().start
        assert state.line.weights != SignalsState().line.weights and state.validated()

    def test_pieces_stay_inside(self) -> None:
        assert [centred_piece(500, n) for n in (0, 7, 100, 499)] == [0, 0, 93, 486]


class TestResolve:
    @given(states(), st.integers(0, 9999))
    @settings(max_examples=15, deadline=None)
    def test_what_is_checked_is_what_torch_computes(self, state: SignalsState, step: int) -> None:
        found = resolved(set_value(state, "step", step))
        assert check(found.check, Context()).agrees
        assert found.step.index == min(step, len(found.trace) - 1)

    def test_numbers_on_show_are_those_that_are_used(self) -> None:
        found = resolved(SignalsState())
        assert np.array_equal(found.trace.x, np.round(found.trace.x, 2))
        first = found.first
        piece = signal_of(SignalsState(), None).samples[first : first + SIDE]
        assert np.abs(found.trace.x[0] - piece).max() <= 0.005
        cube = resolved(SignalsState(axes="3d")).trace.x
        assert np.array_equal(cube, np.rint(cube))

    def test_rounding(self) -> None:
        assert legible(np.array([0.123456, -0.5]), 3).tolist() == [0.123, -0.5]
        assert legible(np.array([1234.5, 0.2]), 4).tolist() == [1234.0, 0.0]
        assert legible(np.zeros(2), 3).tolist() == [0.0, 0.0]
        assert [rounded_up(v) for v in (0, 1, 30092.04, 0.0123)] == [1.0, 1.0, 31000.0, pytest.approx(0.013)]

    def test_an_edited_sample_is_used(self) -> None:
        found = resolved(with_sample(SignalsState(), 4, 9.0))
        assert found.trace.x[0, 4] == 9.0
        assert found.step.patch[0, 0] == 9.0

    def test_the_sum_so_far_grows_to_the_whole(self) -> None:
        state = SignalsState(view="back")
        last = resolved(set_value(state, "step", 9)).back
        assert np.array_equal(last.so_far, last.whole)
        one = resolved(set_value(state, "step", 0)).back
        two = resolved(set_value(state, "step", 1)).back
        added = np.zeros(14)
        added[1:6] = two.spread
        np.testing.assert_allclose(two.so_far - one.so_far, added[None], atol=1e-12)
        whole = resolved(replace(state, fill=False)).back
        assert np.array_equal(whole.so_far, last.whole)

    def test_nothing_is_computed_twice(self) -> None:
        resolver, state = Resolver(), SignalsState()
        signal, volume = signal_of(state, None), volume_of(state, None)
        first = resolver.resolve(state, signal, volume)
        again = resolver.resolve(set_value(state, "step", 1), signal, volume)
        assert again.trace is first.trace and again.check is first.check
        other = resolver.resolve(set_value(state, "bias", 1.0), signal, volume)
        assert other.trace is not first.trace

    def test_a_signal_at_its_end_and_a_volume_of_ones_own(self) -> None:
        signal = Signal(np.arange(20.0), 0.0, "", "mine")
        voxels = np.arange(14.0 * 15 * 16).reshape(14, 15, 16).astype(np.float32)
        found = Resolver().resolve(SignalsState(start=400), signal, Volume(voxels, "", "mine"))
        assert found.first == 6 and found.trace.x.tolist() == [list(range(6, 20))]

    def test_layers_and_moves(self) -> None:
        assert [layer_of(n) for n in (0, 9, 10, 15)] == [(1, 0), (1, 9), (2, 0), (2, 5)]
        found = resolved(SignalsState(axes="3d"), hover=0)
        assert moved(found, (0, 0, -1)) == 0 and moved(found, (1, 2, 3)) == 144 + 24 + 3
        assert moved(found, (99, 99, 99)) == 12**3 - 1

    def test_the_lens_follows_the_sample(self) -> None:
        found = resolved(SignalsState(view="whole", sample=300))
        assert lens_start("lens/output", found) == 280 and lens_start("whole/output", found) == 0
