"""Where gradients go: by hand, by autograd, by finite differences, and unpooling as a transpose."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from engine.foundations.pooling import PoolSpec, trace, unpool

FloatArray = npt.NDArray[np.float64]
NG = np.array([[1, 3, 2, 1], [2, 9, 1, 1], [1, 3, 2, 3], [5, 6, 1, 2]], dtype=float)


def test_by_hand() -> None:
    grad = [[[1.0, 2.0], [3.0, 4.0]]]
    to_switches = [[0, 0, 2, 0], [0, 1, 0, 0], [0, 0, 0, 4], [0, 3, 0, 0]]
    np.testing.assert_array_equal(trace(NG, PoolSpec("max")).backward(grad), [to_switches])
    quarters = np.kron([[0.25, 0.5], [0.75, 1.0]], np.ones((2, 2)))
    np.testing.assert_array_equal(trace(NG, PoolSpec("average")).backward(grad), [quarters])
    smallest = trace(NG, PoolSpec("min")).backward(grad)
    assert smallest[0, 0, 0] == 1 and smallest[0, 0, 3] == 2 and smallest.sum() == 10
    three_four = trace([[3.0, 4.0]], PoolSpec("l2", (1, 2))).backward([[[10.0]]])
    np.testing.assert_allclose(three_four, [[[6.0, 8.0]]])


def test_overlapping_windows_add_up() -> None:
    x = np.zeros((1, 3, 3))
    x[0, 1, 1] = 5.0
    done = trace(x, PoolSpec("max", 2, 1))
    np.testing.assert_array_equal(done.switches, np.full((1, 2, 2), 4))
    np.testing.assert_array_equal(done.backward([[[1.0, 2.0], [3.0, 4.0]]])[0], np.diag([0.0, 10.0, 0.0]))


def test_a_window_of_zeros_has_no_direction() -> None:
    np.testing.assert_array_equal(
        trace(np.zeros((1, 2, 2)), PoolSpec("l2")).backward([[[7.0]]]), np.zeros((1, 2, 2))
    )


def test_a_gradient_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        trace(NG).backward(np.ones((1, 2, 3)))


@given(
    st.sampled_from(["max", "min", "average", "l2"]),
    st.integers(1, 3),
    st.integers(1, 3),
    st.booleans(),
    st.integers(0, 50),
)
@settings(max_examples=60, deadline=None)
def test_against_finite_differences(kind: str, size: int, stride: int, ceil_mode: bool, seed: int) -> None:
    """Along a random direction; values are far enough apart that no winner changes."""
    rng = np.random.default_rng(seed)
    x = rng.permutation(50)[:30].reshape(1, 5, 6).astype(float) + 1
    spec = PoolSpec(kind, size, stride, size // 2, ceil_mode)  # type: ignore[arg-type]
    done = trace(x, spec)
    grad, direction = rng.normal(size=done.shape), rng.normal(size=x.shape)
    ahead, behind = (trace(x + h * direction, spec).output for h in (1e-4, -1e-4))
    slope = ((ahead - behind) / 2e-4 * grad).sum()
    assert (done.backward(grad) * direction).sum() == pytest.approx(slope, rel=1e-5, abs=1e-5)


@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_the_shares_of_every_window_make_up_the_gradient(size: int, stride: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.integers(-2, 4, (2, 5, 6)).astype(float)
    for kind in ("max", "average", "l2", "stochastic"):
        done = trace(x, PoolSpec(kind, size, stride, size // 2), seed)  # type: ignore[arg-type]
        grad = rng.normal(size=done.shape)
        frame = np.zeros((2, *done.geometry.frame_hw))
        for i in range(len(done)):
            step = done.step(i)
            frame[step.channel][np.ix_(step.rows, step.cols)] += (
                step.shares * grad[step.channel, step.row, step.col]
            )
        top, left = done.geometry.pads
        np.testing.assert_allclose(done.backward(grad), frame[:, top : top + 5, left : left + 6], atol=1e-12)


def test_unpooling_puts_values_back_as_torch_does() -> None:
    x = np.random.default_rng(0).permutation(48).reshape(2, 4, 6).astype(float)
    done = trace(x, PoolSpec("max", 2))
    assert done.switches is not None
    pooled, places = functional.max_pool2d(torch.tensor(x), 2, return_indices=True)
    theirs = functional.max_unpool2d(pooled, places, 2)
    np.testing.assert_array_equal(unpool(done.output, done.switches, (4, 6)), theirs.numpy())


@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 50))
@settings(max_examples=40, deadline=None)
def test_unpooling_is_the_transpose_of_pooling_with_its_switches_held(
    size: int, stride: int, seed: int
) -> None:
    """<pool(x), y> = <x, unpool(y)> for any y, windows overlapping or not."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, 6, 5))
    done = trace(x, PoolSpec("max", size, stride))
    assert done.switches is not None
    y = rng.normal(size=done.shape)
    assert (done.output * y).sum() == pytest.approx((x * unpool(y, done.switches, (6, 5))).sum())


def test_unpooling_refuses_what_does_not_fit_and_drops_minus_one() -> None:
    values = np.array([[[1.0, 2.0]]])
    np.testing.assert_array_equal(unpool(values, np.array([[[-1, 3]]]), (2, 2)), [[[0, 0], [0, 2.0]]])
    with pytest.raises(ValueError, match="outside"):
        unpool(values, np.array([[[0, 4]]]), (2, 2))
    with pytest.raises(ValueError, match="outside"):
        unpool(values, np.array([[[0, -2]]]), (2, 2))
    with pytest.raises(ValueError, match="shape"):
        unpool(values, np.array([[[0]]]), (2, 2))
    assert unpool(values.astype(np.float32), np.array([[[0, 1]]]), (2, 2)).dtype == np.float32
