"""The two products and the walk through them: by hand, by scipy, by numpy, by a loop over the definition, by torch."""

from __future__ import annotations

import sys
from itertools import product as pairs
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal
from torch.nn import functional

from engine.context import Context
from engine.foundations.algebra.check import check
from engine.foundations.algebra.exact import VALUE_LIMIT, inner, is_exact, numbers
from engine.foundations.algebra.presets import KERNELS, PAIRS, drawn, pair, scene
from engine.foundations.algebra.products import MODES, Kind, Mode, convolve, correlate, flip, multiply
from engine.foundations.algebra.requests import Back, CheckAlgebra, Product, Round
from engine.foundations.algebra.snippet import pytorch_script
from engine.foundations.algebra.walk import Walk
from engine.foundations.problems import ShapeError

Array = npt.NDArray[Any]
KINDS: tuple[Kind, ...] = ("convolution", "correlation")
whole = st.integers(-VALUE_LIMIT, VALUE_LIMIT)
decimal = st.floats(-10, 10)


@st.composite
def operands(draw: st.DrawFn, count: int = 2, largest: int = 5, *, fitting: bool = False) -> list[Array]:
    """Arrays of one or two axes, all whole or all decimal; `fitting`: none is larger than the first."""
    axes, element = draw(st.integers(1, 2)), draw(st.sampled_from([whole, decimal]))
    found: list[Array] = []
    for _ in range(count):
        most = found[0].shape if fitting and found else (largest,) * axes
        shape = tuple(draw(st.integers(1, n)) for n in most)
        size = int(np.prod(shape))
        values = draw(st.lists(element, min_size=size, max_size=size))
        found.append(numbers(np.array(values).reshape(shape)))
    return found


def by_definition(kind: Kind, f: Array, g: Array) -> dict[tuple[int, ...], float]:
    """(f * g)(n) or (f ⋆ g)(n) for every n, straight from the sums."""
    found: dict[tuple[int, ...], float] = {}
    for k, m in pairs(np.ndindex(f.shape), np.ndindex(g.shape)):
        sign = 1 if kind == "convolution" else -1
        n = tuple(a + sign * b for a, b in zip(k, m, strict=True))
        found[n] = found.get(n, 0) + f[k].item() * g[m].item()
    return found


def test_by_hand() -> None:
    f, g = numbers([1, 2, 3]), numbers([0, 1, 5])
    np.testing.assert_array_equal(convolve(f, g), [0, 1, 7, 13, 15])
    np.testing.assert_array_equal(correlate(f, g), [5, 11, 17, 3, 0])
    np.testing.assert_array_equal(convolve(f, g, "same"), [1, 7, 13])
    np.testing.assert_array_equal(convolve(f, g, "valid"), [7])
    one = numbers([[1, 2], [3, 4]])
    np.testing.assert_array_equal(convolve(one, one), [[1, 4, 4], [6, 20, 16], [9, 24, 16]])
    np.testing.assert_array_equal(correlate(one, one), [[4, 11, 6], [14, 30, 14], [6, 11, 4]])


def test_two_dice_and_two_polynomials() -> None:
    dice = pair("dice")
    ways = convolve(numbers(dice.f), numbers(dice.g))
    np.testing.assert_array_equal(ways[0], [1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1])
    several = pair("polynomial")
    np.testing.assert_array_equal(
        convolve(numbers(several.f), numbers(several.g))[0],
        np.polymul(several.f[0][::-1], several.g[0][::-1])[::-1],
    )


def test_whole_numbers_stay_whole_and_decimals_do_not() -> None:
    assert numbers([1.0, 2.0]).dtype == np.int64 and numbers([1.5, 2.0]).dtype == np.float64
    assert is_exact(convolve(numbers([999, -999]), numbers([1000, 1000])))
    assert not is_exact(convolve(numbers([1, 2]), numbers([0.5])))
    assert isinstance(inner(numbers([1, 2]), numbers([3, 4])), int)
    for bad in ([float("nan")], [1e9], []):
        with pytest.raises(ValueError, match="value"):
            numbers(bad)
    with pytest.raises(ValueError, match="read-only"):
        numbers([1, 2])[0] = 5
    with pytest.raises(ValueError, match="shapes"):
        inner(numbers([1, 2]), numbers([1]))


@given(operands(fitting=True), st.sampled_from(KINDS), st.sampled_from(MODES))
@settings(max_examples=60)
def test_against_scipy_and_the_definition(two: list[Array], kind: Kind, mode: Mode) -> None:
    f, g = two
    ours = multiply(kind, f, g, mode)
    theirs = {"convolution": signal.convolve, "correlation": signal.correlate}[kind](f, g, mode, "direct")
    if (
        kind == "convolution" or mode != "same"
    ):  # what "same" is for a cross-correlation, scipy sees otherwise
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=0 if is_exact(f, g) else 1e-12)
    walk, sums = Walk(f, g, kind, mode), by_definition(kind, f, g)
    for i in range(len(walk)):
        step = walk.step(i)
        assert ours[step.place] == pytest.approx(sums[step.n], abs=1e-10)


@given(operands(largest=6))
def test_same_is_the_middle_of_full(two: list[Array]) -> None:
    f, g = two
    full, same = convolve(f, g), convolve(f, g, "same")
    start = tuple((m - 1) // 2 for m in g.shape)
    np.testing.assert_array_equal(
        same, full[tuple(slice(s, s + n) for s, n in zip(start, f.shape, strict=True))]
    )
    if f.ndim == 1:
        np.testing.assert_allclose(full, np.convolve(f, g), atol=1e-12)


@given(operands(fitting=True), st.sampled_from(KINDS), st.sampled_from(MODES))
@settings(max_examples=60)
def test_every_step_adds_up_to_its_output(two: list[Array], kind: Kind, mode: Mode) -> None:
    f, g = two
    walk = Walk(f, g, kind, mode)
    for i in range(len(walk)):
        step = walk.step(i)
        under = tuple(slice(p, p + m) for p, m in zip(step.first, g.shape, strict=True))
        np.testing.assert_array_equal(walk.padded[under], step.patch)
        np.testing.assert_array_equal(step.patch[~step.inside], np.zeros((~step.inside).sum()))
        assert step.total == pytest.approx(float(walk.output[step.place]), abs=1e-10)
        assert not is_exact(f, g) or isinstance(step.total, int)
        for tap in np.ndindex(g.shape):
            assert step.kernel[tap] == g[walk.stored(*tap)]
    with pytest.raises(IndexError):
        walk.step(len(walk))


def test_the_arguments_of_a_cross_correlation_begin_below_zero() -> None:
    f, g = numbers([1, 2, 3, 4]), numbers([1, 10, 100])
    assert Walk(f, g, "convolution", "full").first_n == (0,)
    assert Walk(f, g, "correlation", "full").first_n == (-2,)
    assert Walk(f, g, "correlation", "valid").first_n == (0,)
    assert Walk(f, g, "correlation", "same").first_n == (-1,)


def test_what_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(ShapeError, match="does not fit into the first"):
        convolve(numbers([1, 2]), numbers([1, 2, 3]), "valid")
    with pytest.raises(ShapeError, match="axes"):
        convolve(numbers([1, 2]), numbers([[1, 2]]))
    with pytest.raises(ShapeError):
        Walk(numbers([1]), numbers([1, 2]), "convolution", "valid")


def test_flip_turns_every_axis() -> None:
    np.testing.assert_array_equal(flip(numbers([[1, 2], [3, 4]])), [[4, 3], [2, 1]])
    assert not flip(numbers([1, 2])).flags.writeable


class TestCheck:
    @given(operands(fitting=True), st.sampled_from(KINDS), st.sampled_from(MODES))
    @settings(max_examples=40)
    def test_agrees_and_notices_a_wrong_number(self, two: list[Array], kind: Kind, mode: Mode) -> None:
        f, g = two
        result = multiply(kind, f, g, mode)
        right = check(CheckAlgebra((Product(kind, mode, f, g, result),)), Context())
        assert right.agrees and "conv2d" in right.reference
        wrong = result.astype(np.float64)
        wrong.flat[-1] += 0.01 * max(1.0, float(np.abs(wrong).max()))
        assert not check(CheckAlgebra((Product(kind, mode, f, g, wrong),)), Context()).agrees

    def test_another_shape_differs_infinitely(self) -> None:
        f, g = numbers([1, 2, 3]), numbers([1, 2])
        found = check(
            CheckAlgebra((Product("convolution", "full", f, g, convolve(f, g, "same")),)), Context()
        )
        assert found.max_abs_difference == float("inf") and not found.agrees

    def test_a_circle_and_an_adjoint(self) -> None:
        a, b = numbers([1, 2, 3, 0]), numbers([1, 0, 0, 2])
        turned = numbers([5, 8, 3, 2])
        good = check(CheckAlgebra((Round(a, b, turned),)), Context())
        assert good.agrees and "fft" in good.reference
        kernel, y = numbers([1, 2, 3]), numbers([1, 0])
        back = Back("correlation", "valid", kernel, y, numbers([1, 2, 3, 0]))
        assert check(CheckAlgebra((back,)), Context()).agrees
        other = Back("correlation", "valid", kernel, y, numbers([3, 2, 1, 0]))
        assert not check(CheckAlgebra((back, other)), Context()).agrees


def test_an_adjoint_is_checked_without_torchs_symbolic_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing them takes more than a second, in which the engine could do nothing else."""
    monkeypatch.setitem(sys.modules, "torch.fx.experimental.symbolic_shapes", None)
    back = Back("correlation", "valid", numbers([1, 2]), numbers([1, 1]), numbers([1, 3, 2]))
    assert check(CheckAlgebra((back,)), Context()).agrees


def test_torch_itself_correlates() -> None:
    """What the page says of libraries: conv2d does not flip."""
    x, k = numbers(pair("corner").f), numbers(pair("corner").g)
    theirs = functional.conv2d(*(torch.tensor(v)[None, None].double() for v in (x, k)))[0, 0]
    np.testing.assert_array_equal(theirs, correlate(x, k, "valid"))
    assert not np.array_equal(theirs, convolve(x, k, "valid"))


def test_the_script_runs_and_notices_a_wrong_number(capsys: pytest.CaptureFixture[str]) -> None:
    f, g = numbers([[1, 2, 3], [0, 1, 4]]), numbers([[1, 0.5]])
    claims = (
        Product("convolution", "same", f, g, convolve(f, g, "same")),
        Back("correlation", "valid", numbers([1, 2]), numbers([1, 1]), numbers([1, 3, 2])),
        Round(numbers([1, 2]), numbers([3, 4]), numbers([11, 10])),
    )
    script = pytorch_script(claims)
    exec(compile(script, "script", "exec"), {})
    assert capsys.readouterr().out.rstrip().endswith("agrees with ConvScope")
    wrong = pytorch_script((Round(numbers([1, 2]), numbers([3, 4]), numbers([10, 10])),))
    with pytest.raises(AssertionError):
        exec(compile(wrong, "script", "exec"), {})


def test_presets_are_numbers_of_their_limits() -> None:
    for one in PAIRS:
        assert one.axes in (1, 2) and is_exact(numbers(one.f), numbers(one.g)), one.name
        convolve(numbers(one.f), numbers(one.g), "valid")
    for title, kernel in KERNELS.values():
        assert title and numbers(kernel).ndim == 2
    assert drawn((2, 3), 5) == drawn((2, 3), 5) != drawn((2, 3), 6)
    assert is_exact(numbers(drawn((4, 4), 1))) and not is_exact(numbers(drawn((4, 4), 1, whole=False)))
    small = scene(5, 6)
    assert small.shape == (5, 6) and small.min() >= 0 and small.max() == 9
