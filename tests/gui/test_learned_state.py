"""The page "Learn a filter" without widgets: its state, legal changes, what is resolved, words, curves."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.context import Context
from engine.errors import UserError
from engine.foundations.learned import Bowl, Exercise, TrainSpec
from engine.foundations.learned.bowl import measure
from engine.foundations.learned.by_hand import walk
from engine.foundations.learned.requests import MeasureBowl, Run
from engine.images import from_array
from gui.pages.learned.changes import refusal, set_value, typed_kernel, with_cell
from gui.pages.learned.curves import MOST_POINTS, curve_of
from gui.pages.learned.playback import at_moment, moments
from gui.pages.learned.resolve import Resolved, Resolver
from gui.pages.learned.state import LearnedState
from gui.pages.learned.words import (
    about_target,
    compare_sentences,
    direction_sentences,
    percent,
    short,
    train_sentences,
)
from gui.state import from_json, to_json
from gui.widgets.fields import FieldProblem
from gui.widgets.source_state import SourceState

NOISE = replace(LearnedState(), source=SourceState(kind="preset", value="noise"), side=16, scaling="standard")


def run_of(exercise: Exercise, spec: TrainSpec, outcome: Any = "done") -> Run:
    steps = list(walk(exercise, spec))
    return Run(
        exercise, spec, np.array([s.weights for s in steps]), np.array([s.loss for s in steps]),
        np.array([s.gradient for s in steps]), outcome, 0.1,
    )  # fmt: skip


def bowl_of(exercise: Exercise, bias: bool = False) -> Bowl:
    steps = measure(MeasureBowl(exercise, bias), Context())
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            found: Bowl = stop.value
            return found


def resolved(state: LearnedState) -> Resolved:
    """Everything that the page would show once the engine has answered."""
    resolver = Resolver()
    exercise = resolver.exercise(state, None)
    return resolver.resolve(state, None, run_of(exercise, state.spec), bowl_of(exercise, state.bias))


class TestState:
    @given(
        st.builds(
            LearnedState,
            view=st.sampled_from(["train", "directions", "compare"]),
            target=st.sampled_from(["sobel", "blur", "hidden"]),
            angle=st.integers(0, 359),
            size=st.sampled_from([3, 5, 7]),
            optimiser=st.sampled_from(["sgd", "momentum", "adam"]),
            rate=st.floats(1e-4, 10),
            noise=st.floats(0, 2),
            place=st.none() | st.tuples(st.integers(0, 99), st.integers(0, 99)),
            bias=st.booleans(),
        )
    )
    def test_it_goes_through_json(self, state: LearnedState) -> None:
        data = json.loads(json.dumps(to_json(state)))
        assert from_json(LearnedState, data).validated() == state

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"side": 100}, "one of 16, 32"),
            ({"size": 4}, "one of 3, 5, 7"),
            ({"angle": 360}, "0 to 359"),
            ({"rate": 0.0}, "learning rate"),
            ({"rate": float("nan")}, "learning rate"),
            ({"momentum": 1.0}, "Momentum"),
            ({"updates": 0}, "updates"),
            ({"noise": -0.1}, "Noise"),
            ({"hidden": (1.0, 2.0)}, "has 9 numbers, not 2"),
            ({"hidden": (1e6,) * 9}, "numbers of a kernel"),
            ({"place": (-1, 0)}, "outside"),
            ({"source": SourceState(kind="preset", value="tartan")}, "tartan"),
        ],
    )
    def test_bad_values_are_named(self, changes: dict[str, Any], words: str) -> None:
        with pytest.raises(UserError, match=words):
            replace(LearnedState(), **changes).validated()

    def test_a_hidden_kernel_is_typed_or_drawn_by_lot(self) -> None:
        lot = replace(LearnedState(), target="hidden")
        assert lot.covered and lot.kernel.shape == (3, 3)
        np.testing.assert_array_equal(lot.kernel, replace(lot, rate=0.5).kernel)
        assert not np.array_equal(lot.kernel, replace(lot, seed=2).kernel)
        own = replace(lot, hidden=tuple(range(9)))
        np.testing.assert_array_equal(own.kernel, np.arange(9.0).reshape(3, 3))
        assert not replace(own, revealed=True).covered and not LearnedState().covered


class TestChanges:
    def test_another_size_forgets_the_hidden_numbers(self) -> None:
        own = replace(LearnedState(), target="hidden", hidden=(1.0,) * 9, place=(3, 4))
        assert set_value(own, "size", 5) == replace(own, size=5, hidden=(), place=None)
        assert set_value(replace(own, step=300), "updates", 50).step == 50
        assert not set_value(replace(own, revealed=True), "target", "hidden").revealed

    @pytest.mark.parametrize(
        ("name", "value", "nearest"),
        [("rate", 0.0, 1e-5), ("rate", 1000.0, 100.0), ("momentum", 1.0, 0.999), ("angle", 400, 359),
         ("updates", 0, 1), ("noise", 5.0, 2.0), ("crops", 0, 1)],
    )  # fmt: skip
    def test_refusals_offer_the_nearest_value(self, name: str, value: float, nearest: float) -> None:
        problem = refusal(LearnedState(), name, value)
        assert problem is not None and problem.nearest == nearest
        assert refusal(LearnedState(), name, nearest) is None

    def test_a_cell_typed_over_makes_the_kernel_ones_own(self) -> None:
        state = with_cell(LearnedState(), 1, 2, 5.0)
        assert state.target == "hidden" and not state.covered
        np.testing.assert_array_equal(state.kernel, [[1, 0, -1], [2, 0, 5], [1, 0, -1]])

    def test_numbers_are_read_row_by_row(self) -> None:
        assert typed_kernel("1 0 -1; 2 0,5 -2;1 0 1/4", 3) == (1, 0, -1, 2, 0.5, -2, 1, 0, 0.25)
        assert typed_kernel("1,2,3,4,5,6,7,8,9", 3) == tuple(range(1, 10))
        assert typed_kernel("1, 2, 3, 4, 5, 6, 7, 8, 9", 3) == tuple(range(1, 10))
        for text, reason in (("1 2 3", "9 numbers"), ("", "9 numbers"), ("a " * 9, "not a number")):
            with pytest.raises(FieldProblem, match=reason):
                typed_kernel(text, 3)

    @pytest.mark.parametrize(
        ("third", "reason"), [("4711", "too large"), ("-4711", "too small"), ("4711x", "not a number")]
    )
    def test_a_refusal_says_where_and_not_what_was_typed(self, third: str, reason: str) -> None:
        with pytest.raises(FieldProblem, match=reason) as caught:
            typed_kernel(f"1 2 {third} 4 5 6 7 8 9", 3)
        assert "place 3" in caught.value.message and "4711" not in caught.value.message


class TestResolve:
    def test_the_noise_is_shown_before_anything_was_answered(self) -> None:
        found = Resolver().resolve(NOISE, None)
        assert found.moment == 0 and found.run is None and found.bowl is None
        after = resolved(NOISE)
        np.testing.assert_allclose(found.gradient, after.gradient)
        assert found.loss == pytest.approx(after.loss) == pytest.approx(found.picture_loss)

    def test_the_latest_moment_is_shown_while_the_run_goes_on(self) -> None:
        resolver, state = Resolver(), replace(NOISE, step=50)
        run = run_of(resolver.exercise(state, None), replace(state.spec, updates=7), "running")
        found = resolver.resolve(state, None, run)
        assert found.moment == 7
        np.testing.assert_array_equal(found.weights, run.weights[7])

    def test_an_exercise_stays_the_same_until_it_changes(self) -> None:
        resolver = Resolver()
        first = resolver.exercise(NOISE, None)
        for same in (
            replace(NOISE, rate=1.0),
            replace(NOISE, step=9),
            replace(NOISE, seed=5),
            replace(NOISE, bias=True),
        ):
            assert resolver.exercise(same, None) is first
        for other in (replace(NOISE, angle=10), replace(NOISE, side=32), replace(NOISE, noise=0.1)):
            assert resolver.exercise(other, None) is not resolver.exercise(NOISE, None)
        frame = from_array(np.zeros((40, 40), np.uint8), "black")
        photo = replace(NOISE, source=SourceState())
        with pytest.raises(ValueError, match="none"):
            Resolver().exercise(photo, None)
        assert resolver.exercise(photo, frame).x.shape == (13, 13)  # blocks of 3 × 3

    @settings(max_examples=20, deadline=None)
    @given(st.integers(0, 60), st.booleans(), st.sampled_from(["whole", "crops"]))
    def test_response_and_error_belong_to_the_moment(self, step: int, bias: bool, batch: Any) -> None:
        state = replace(NOISE, updates=60, step=step, bias=bias, batch=batch, crops=2, crop_side=10)
        found = resolved(state)
        assert found.moment == step and found.bowl is not None
        assert found.picture_loss == pytest.approx(float(found.bowl.losses(found.weights)), abs=1e-12)
        worst = np.abs(found.error).max()
        assert abs(found.error[found.place]) == worst
        assert found.patch.shape == (3, 3)
        np.testing.assert_allclose(
            found.patch.ravel() @ found.kernel.ravel() + found.bias, found.response[found.place]
        )

    def test_places_stay_inside(self) -> None:
        assert resolved(replace(NOISE, place=(99, 2))).place == (13, 2)
        assert Resolver().resolve(NOISE, None, pointed=(4, 5)).place == (4, 5)

    def test_factors_are_those_of_the_whole_picture(self) -> None:
        state = replace(NOISE, optimiser="sgd", updates=3)
        found = resolved(state)
        assert found.factors is not None and found.bowl is not None
        np.testing.assert_allclose(found.factors, 1 - state.rate * found.bowl.curvatures)
        assert resolved(replace(state, batch="crops")).factors is None
        assert Resolver().resolve(state, None).factors is None

    def test_distance_and_cosine(self) -> None:
        found = resolved(replace(NOISE, target="identity"))
        unit = np.eye(9)[4]
        kernel = found.kernel.ravel()
        assert found.distance == pytest.approx(np.sqrt(((kernel - unit) ** 2).sum()))
        assert found.cosine == pytest.approx(kernel[4] / np.sqrt((kernel**2).sum()))


class TestPlayback:
    def test_a_run_that_diverged_is_shorter(self) -> None:
        state = replace(NOISE, updates=20)
        run = run_of(Resolver().exercise(state, None), replace(state.spec, updates=8), "diverged")
        assert (moments(state, None), moments(state, run)) == (21, 9)
        assert at_moment(state, 99).step == 20 and at_moment(state, 3).step == 3


class TestWords:
    def test_divergence_is_explained_with_its_bound(self) -> None:
        state = replace(NOISE, optimiser="sgd", updates=40, step=40)
        bowl = resolved(state).bowl
        assert bowl is not None
        limit = bowl.stable_rate(state.spec)
        assert limit is not None
        found = resolved(replace(state, rate=1.2 * limit))
        said = " ".join(train_sentences(found))
        assert found.diverges and "above 2/λ" in said and "1.40 times as large" in said and "explodes" in said
        assert "explodes" not in " ".join(train_sentences(resolved(replace(found.state, step=0))))
        calm = resolved(replace(state, rate=0.5 * limit))
        assert not calm.diverges and "explodes" not in " ".join(train_sentences(calm))
        assert "below 2/λ" in direction_sentences(calm)[1]

    def test_a_run_that_was_broken_off_says_so_where_it_ends(self) -> None:
        state = replace(NOISE, optimiser="sgd", rate=8.0, batch="crops", crops=2, updates=40, step=30)
        resolver = Resolver()
        exercise = resolver.exercise(state, None)
        run = run_of(exercise, replace(state.spec, updates=30), "diverged")
        bowl = bowl_of(exercise)
        end = " ".join(train_sentences(resolver.resolve(state, None, run, bowl)))
        assert "broken off here" in end and "8 is too large for these crops" in end and "cheap" not in end
        assert re.search(r"\d times that of the noise\.", end) and "%" not in end
        before = " ".join(train_sentences(resolver.resolve(replace(state, step=29), None, run, bowl)))
        assert "broken off" not in before and "too large for these crops" in before
        noise = " ".join(train_sentences(resolver.resolve(replace(state, step=0), None, run, bowl)))
        assert "too large" not in noise

    def test_noise_invites_only_where_nothing_more_was_asked_for(self) -> None:
        assert "Space begins" in train_sentences(Resolver().resolve(NOISE, None))[0]
        waiting = train_sentences(Resolver().resolve(replace(NOISE, step=300), None))[0]
        assert "Space" not in waiting and "not come further" in waiting

    def test_a_picture_of_zeros_teaches_nothing_and_its_loss_is_no_share(self) -> None:
        zeros = replace(NOISE, source=SourceState(kind="preset", value="flat"), updates=5, step=5)
        found = resolved(zeros)
        said = " ".join(train_sentences(found))
        assert "the loss is 0." in said and "teaches nothing" in said and "%" not in said
        assert curve_of(found).empty  # a logarithm has no place for 0

    def test_a_kernel_drawn_by_lot_is_not_called_typed(self) -> None:
        lot = replace(LearnedState(), target="hidden")
        assert "lot" in about_target(lot) and "Typed" in about_target(replace(lot, hidden=(1.0,) * 9))
        assert "Left minus right" in about_target(LearnedState())

    def test_what_a_flat_picture_cannot_teach(self) -> None:
        flat = replace(NOISE, source=SourceState(kind="preset", value="flat"), scaling="unit", updates=5)
        assert "teaches 1 of 9 directions" in " ".join(train_sentences(resolved(flat)))
        assert "Along 8 directions of 9" in direction_sentences(resolved(flat))[1]

    def test_a_found_kernel_is_called_found(self) -> None:
        done = resolved(replace(NOISE, optimiser="momentum", rate=0.1, momentum=0.5, updates=200, step=200))
        assert "The kernel is found" in train_sentences(done)[0]
        assert "cosine 1.0000" in compare_sentences(done)[0]

    def test_a_covered_target_is_not_given_away(self) -> None:
        hidden = replace(NOISE, target="hidden", hidden=(7.0, *(0.0,) * 8), updates=30, step=30)
        found = resolved(hidden)
        said = " ".join((*train_sentences(found), *compare_sentences(found)))
        assert "difference to the target" not in said and "distance" not in said
        assert "covered" in said

    def test_noise_and_crops_have_their_sentence(self) -> None:
        assert "no kernel gets below" in train_sentences(resolved(replace(NOISE, noise=0.5, updates=3)))[1]
        crops = replace(NOISE, batch="crops", crops=3, updates=3)
        assert "3 crops" in train_sentences(resolved(crops))[1]
        assert "Adam scales" in direction_sentences(resolved(crops))[1]

    def test_numbers_in_sentences(self) -> None:
        assert (short(0.123456), short(-2.0), short(float("inf")), short(float("nan"))) == (
            "0.123",
            "−2",
            "∞",
            "NaN",
        )
        assert (percent(0.123), percent(1.0), percent(0.00031)) == ("12 %", "100 %", "0.031 %")


class TestCurves:
    def names(self, state: LearnedState) -> list[str]:
        return [one.name for one in curve_of(resolved(state)).series]

    def test_the_curve_grows_with_the_steps(self) -> None:
        found = resolved(replace(NOISE, updates=50, step=20))
        (line,) = curve_of(found).series
        assert found.run is not None
        np.testing.assert_allclose(line.y, found.run.losses[:21])
        assert curve_of(Resolver().resolve(NOISE, None)).empty

    def test_what_lies_ahead_is_drawn_only_if_asked_for(self) -> None:
        ahead, line = curve_of(resolved(replace(NOISE, updates=50, step=20, ahead=True))).series
        assert ahead.dashed and not line.dashed and len(ahead.y) == 31
        assert ahead.y[0] == line.y[-1]

    def test_each_view_has_its_curves(self) -> None:
        state = replace(NOISE, updates=30, step=30)
        assert self.names(replace(state, noise=0.4)) == ["loss", "least squares"]
        assert self.names(replace(state, batch="crops")) == ["of the crops", "of the picture"]
        assert self.names(replace(state, view="directions")) == ["steepest", "middle", "flattest"]
        assert self.names(replace(state, view="compare")) == ["to the target"]
        assert self.names(replace(state, view="compare", noise=0.4)) == ["to the target", "to least squares"]
        assert self.names(replace(state, view="compare", target="hidden")) == ["to least squares"]

    def test_long_runs_are_thinned_and_keep_their_end(self) -> None:
        found = resolved(replace(NOISE, updates=1500, step=1499))
        (line,) = curve_of(found).series
        assert line.x is not None and found.run is not None
        assert len(line.y) <= MOST_POINTS + 1 and line.x[-1] == 1499
        assert line.y[-1] == max(found.run.losses[1499], 1e-30)
