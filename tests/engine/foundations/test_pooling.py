"""Pooling forward: against a slow loop, against torch, and against numbers worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional

from engine.context import Context
from engine.foundations.convolution import ShapeError
from engine.foundations.pooling import PoolSpec, geometry, pooled_size, problems, trace
from engine.foundations.pooling.check import check, torch_pooling
from engine.foundations.pooling.presets import INPUTS, input_preset
from engine.foundations.pooling.requests import CheckPooling
from engine.foundations.pooling.snippet import pytorch_snippet
from engine.foundations.pooling.words import NOTHING_DRAWN, arithmetic

FloatArray = npt.NDArray[np.float64]
NG = np.array([[1, 3, 2, 1], [2, 9, 1, 1], [1, 3, 2, 3], [5, 6, 1, 2]], dtype=float)
KINDS = ("max", "average", "min", "l2", "stochastic", "global_max", "global_average")


@st.composite
def poolings(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS) -> tuple[FloatArray, PoolSpec]:
    """A legal pooling with an input: small whole numbers, so that ties and zeros are common."""
    size = (draw(st.integers(1, 4)), draw(st.integers(1, 4)))
    spec = PoolSpec(
        kind=draw(st.sampled_from(kinds)),  # type: ignore[arg-type]  # the names of Kind
        size=size,
        stride=draw(st.one_of(st.none(), st.tuples(st.integers(1, 4), st.integers(1, 4)))),
        padding=(draw(st.integers(0, size[0] // 2)), draw(st.integers(0, size[1] // 2))),
        ceil_mode=draw(st.booleans()),
        count_include_pad=draw(st.booleans()),
    )
    shape = (draw(st.integers(1, 3)), draw(st.integers(1, 8)), draw(st.integers(1, 8)))
    assume(not problems(spec, shape))
    x = np.random.default_rng(draw(st.integers(0, 99))).integers(-3, 4, shape).astype(float)
    return x, spec


def slow(x: FloatArray, spec: PoolSpec) -> FloatArray:
    """One window after the other, by the definition, without any array arithmetic."""
    (fh, fw), (sy, sx), (py, px) = spec.size_hw, spec.stride_hw, spec.padding_hw
    channels, height, width = x.shape
    rows, cols = (pooled_size(n, f, p, s, spec.ceil_mode)
                  for n, f, p, s in ((height, fh, py, sy), (width, fw, px, sx)))  # fmt: skip
    out = np.empty((channels, rows, cols))
    for c in range(channels):
        for r in range(rows):
            for q in range(cols):
                inside, counted = [], 0
                for y in range(r * sy - py, r * sy - py + fh):
                    for z in range(q * sx - px, q * sx - px + fw):
                        real = 0 <= y < height and 0 <= z < width
                        inside += [float(x[c, y, z])] if real else []
                        counted += real or (spec.count_include_pad and y < height + py and z < width + px)
                out[c, r, q] = {
                    "max": max(inside), "min": min(inside), "average": sum(inside) / counted,
                    "l2": math.sqrt(sum(v * v for v in inside)),
                }[spec.rule]  # fmt: skip
    return out


@given(poolings(("max", "average", "min", "l2")))
@settings(max_examples=120, deadline=None)
def test_every_kind_against_a_slow_loop(pooling: tuple[FloatArray, PoolSpec]) -> None:
    x, spec = pooling
    np.testing.assert_allclose(trace(x, spec).output, slow(x, spec), rtol=0, atol=1e-12)


@given(poolings(("max", "average")))
@settings(max_examples=120, deadline=None)
def test_sizes_values_and_switches_are_those_of_torch(pooling: tuple[FloatArray, PoolSpec]) -> None:
    x, spec = pooling
    done, tensor = trace(x, spec), torch.tensor(x)
    window = (spec.size_hw, spec.stride_hw, spec.padding_hw)
    if spec.kind == "average":
        theirs = functional.avg_pool2d(tensor, *window, spec.ceil_mode, spec.count_include_pad)
        assert done.switches is None
    else:
        theirs, places = functional.max_pool2d(tensor, *window, ceil_mode=spec.ceil_mode, return_indices=True)
        np.testing.assert_array_equal(done.switches, places.numpy())
    assert done.output.shape == tuple(theirs.shape) == done.shape
    np.testing.assert_allclose(done.output, theirs.numpy(), rtol=0, atol=1e-12)


@given(poolings())
@settings(max_examples=40, deadline=None)
def test_the_check_agrees_and_notices_a_wrong_number(pooling: tuple[FloatArray, PoolSpec]) -> None:
    x, spec = pooling
    done = trace(x, spec, seed=5)
    grad = np.random.default_rng(1).normal(size=done.shape)
    expected = done.expected if spec.rule == "stochastic" else None
    asked = CheckPooling(done.x, spec, done.output, grad, done.backward(grad), done.dice, expected)
    result = check(asked, Context())
    assert result.agrees and result.max_abs_difference < 1e-12, (result, spec)
    for field in ("output", "grad_input", *(["expected"] if expected is not None else [])):
        wrong = getattr(asked, field).copy()
        wrong.flat[-1] += 1e-3
        assert not check(replace(asked, **{field: wrong}), Context()).agrees, field


def test_a_wrong_shape_never_agrees() -> None:
    done = trace(NG)
    asked = CheckPooling(done.x, done.spec, done.output[:, :1], np.ones((1, 2, 2)), done.x)
    assert not check(asked, Context()).agrees


def test_l2_is_the_root_of_the_sum_also_where_torch_rescales() -> None:
    x = np.array([[[3.0, 4.0, 12.0]]])
    spec = PoolSpec("l2", (1, 2), ceil_mode=True)
    np.testing.assert_allclose(trace(x, spec).output, [[[5.0, 12.0]]])
    theirs = functional.lp_pool2d(torch.tensor(x), 2, (1, 2), ceil_mode=True)
    assert theirs[0, 0, 1].item() == pytest.approx(
        12 * math.sqrt(2)
    )  # the reason for padding by hand in the check
    np.testing.assert_allclose(torch_pooling(torch.tensor(x), spec).numpy(), [[[5.0, 12.0]]])


@given(poolings())
@settings(max_examples=100, deadline=None)
def test_a_step_is_a_window_of_the_whole(pooling: tuple[FloatArray, PoolSpec]) -> None:
    x, spec = pooling
    done = trace(x, spec, seed=2)
    assert len(done) == done.output.size
    for i in range(len(done)):
        step = done.step(i)
        assert done.index_of(step.channel, step.row, step.col) == step.index == i
        assert step.result == done.output[step.channel, step.row, step.col]
        np.testing.assert_array_equal(step.values, done.frame[step.channel][np.ix_(step.rows, step.cols)])
        np.testing.assert_array_equal(step.inside, ~done.is_outside[np.ix_(step.rows, step.cols)])
        if step.switch is not None:
            assert x[(step.channel, *step.switch)] == step.result and step.shares.sum() == 1
        if spec.rule == "average":
            assert step.values[step.counted].sum() / step.divisor == pytest.approx(step.result)
        for y, z in np.argwhere(step.inside):
            place = (int(step.rows[y] - done.geometry.pads[0]), int(step.cols[z] - done.geometry.pads[1]))
            assert (step.row, step.col) in done.readers(*place)
    np.testing.assert_array_equal(
        done.reads.sum() * len(x), sum(done.step(i).values.size for i in range(len(done)))
    )


def test_the_example_of_the_course() -> None:
    done = trace(NG, PoolSpec("max", 2, 2))
    np.testing.assert_array_equal(done.output, [[[9, 2], [6, 3]]])
    np.testing.assert_array_equal(done.switches, [[[5, 2], [13, 11]]])
    np.testing.assert_array_equal(trace(NG, PoolSpec("average")).output, [[[3.75, 1.25], [3.75, 2]]])
    assert trace(NG, PoolSpec("global_max")).output.item() == 9
    assert trace(NG, PoolSpec("global_average")).output.item() == NG.mean()
    preset = input_preset("ng-4x4")
    assert preset.spec is not None
    np.testing.assert_array_equal(trace(preset.make(), preset.spec).output, [[[9, 2], [6, 3]]])


def test_of_equal_values_the_first_one_wins() -> None:
    done = trace(np.ones((1, 2, 2)), PoolSpec("max"))
    assert done.step(0).switch == (0, 0)
    assert trace(np.ones((1, 2, 2)), PoolSpec("min")).step(0).switch == (0, 0)


def test_what_stands_in_the_padding() -> None:
    assert np.isneginf(trace(NG, PoolSpec("max", 2, 2, 1)).frame[0, 0]).all()
    assert np.isposinf(trace(NG, PoolSpec("min", 2, 2, 1)).frame[0, 0]).all()
    corner = trace(NG, PoolSpec("average", 2, 2, 1)).output[0, 0, 0]
    alone = trace(NG, PoolSpec("average", 2, 2, 1, count_include_pad=False)).output[0, 0, 0]
    assert (corner, alone) == (0.25, 1.0)


def test_ceil_mode_hangs_over_and_does_not_count_beyond() -> None:
    done = trace(np.arange(9.0).reshape(3, 3), PoolSpec("average", 2, ceil_mode=True))
    assert done.shape == (1, 2, 2) and done.geometry.frame_hw == (4, 4)
    np.testing.assert_array_equal(done.output, [[[2, 3.5], [6.5, 8]]])
    assert done.is_beyond.sum() == 7 and done.step(3).divisor == 1


@pytest.mark.parametrize(
    ("spec", "field", "words", "nearest"),
    [
        (PoolSpec("max", 5), "size", "larger than the input of 4 × 4", 4),
        (PoolSpec("max", (2, 7)), "size", "larger than the input", (2, 4)),
        (PoolSpec("max", 7, 1, 1), "size", "larger than the padded input of 6 × 6", 6),
        (PoolSpec("max", 3, 1, 2), "padding", "at most half of the window", 1),
        (PoolSpec("max", 0), "size", "at least 1", 1),
        (PoolSpec("max", 2, 0), "stride", "never move on", 1),
        (PoolSpec("max", 2, 2, -1), "padding", "narrower than nothing", 0),
        (PoolSpec("max", 1.5), "size", "whole number", 1),  # type: ignore[arg-type]
        (PoolSpec("median"), "kind", "no pooling named", "max"),  # type: ignore[arg-type]
    ],
)
def test_impossible_poolings_name_the_field_and_a_way_out(
    spec: PoolSpec, field: str, words: str, nearest: Any
) -> None:
    found = problems(spec, (1, 4, 4))
    assert found[0].field == field and words in found[0].message and found[0].nearest == nearest
    assert not [p for p in problems(replace(spec, **{field: nearest}), (1, 4, 4)) if p.field == field]
    with pytest.raises(ShapeError, match=r".+"):
        trace(NG, spec)


@given(st.integers(1, 6), st.integers(0, 6), st.integers(1, 8))
def test_a_cure_cures(size: int, padding: int, side: int) -> None:
    spec = PoolSpec("max", size, 1, padding)
    for problem in problems(spec, (1, side, side)):
        assert not problems(replace(spec, **{problem.field: problem.nearest}), (1, side, side))


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e12])
def test_values_that_cannot_be_computed_with_are_refused(bad: float) -> None:
    with pytest.raises(ShapeError):
        trace([[1.0, bad], [0.0, 0.0]])
    with pytest.raises(ShapeError, match="channels, rows and columns"):
        geometry(PoolSpec(), (1, 0, 3))
    with pytest.raises(IndexError):
        trace(NG).step(4)
    with pytest.raises(IndexError):
        trace(NG).index_of(0, 2, 0)


def test_the_nearest_window() -> None:
    done = trace(np.zeros((1, 7, 7)), PoolSpec("max", 3, 2))
    for y in range(7):
        distances = [abs(o * 2 + 1 - y) for o in range(3)]
        assert done.nearest(y, 3)[0] == int(np.argmin(distances))


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (PoolSpec("max"), "max(1, 3, 2, 9) = 9"),
        (PoolSpec("min"), "min(1, 3, 2, 9) = 1"),
        (PoolSpec("average"), "(1 + 3 + 2 + 9) / 4 = 3.75"),
        (PoolSpec("l2"), "√(1² + 3² + 2² + 9²) = 9.747"),
        (PoolSpec("average", 2, 2, 1), "(0 + 0 + 0 + 1) / 4 = 0.25"),
        (PoolSpec("max", 2, 2, 1), "max(1) = 1"),
    ],
)
def test_the_arithmetic_in_words(spec: PoolSpec, text: str) -> None:
    assert arithmetic(trace(NG, spec).step(0), spec) == text


def test_long_and_signed_arithmetic() -> None:
    spec = PoolSpec("global_average")
    assert arithmetic(trace(NG - 2, spec).step(0), spec, 2) == "((−1) + 1 + … 14 more) / 16 = 0.6875"
    nothing = PoolSpec("stochastic")
    assert arithmetic(trace(-NG, nothing).step(0), nothing) == NOTHING_DRAWN


@pytest.mark.parametrize("preset", INPUTS, ids=lambda p: p.name)
def test_examples_have_the_shape_that_is_asked_for(preset: Any) -> None:
    x = preset.make(5, 7, 3)
    assert x.shape == (preset.fixed or (3, 5, 7)) and np.isfinite(x).all()
    np.testing.assert_array_equal(preset.make(5, 7, 3), x)
    x[:] = -1  # a new array each time: nobody can spoil an example
    assert (preset.make(5, 7, 3) != -1).any()


@pytest.mark.parametrize("kind", KINDS)
def test_the_script_runs_and_agrees(kind: Any, capsys: pytest.CaptureFixture[str]) -> None:
    x = np.random.default_rng(3).integers(-2, 5, (2, 5, 6)).astype(float)
    done = trace(x, PoolSpec(kind, 3, 2, 1, ceil_mode=True, count_include_pad=False), seed=4)
    exec(compile(pytorch_snippet(done, np.ones(done.shape)), "script", "exec"), {})
    assert "agrees with ConvScope" in capsys.readouterr().out
