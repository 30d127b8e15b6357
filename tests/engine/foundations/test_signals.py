"""Convolution along one, two and three axes, and the way back: against loops, torch, autograd and hand-made arrays."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from engine.context import Context
from engine.foundations.convolution import ConvSpec
from engine.foundations.convolution import trace as trace_2d
from engine.foundations.problems import ShapeError
from engine.foundations.signals.check import check
from engine.foundations.signals.layers import random_layers
from engine.foundations.signals.requests import CheckSlide, WholeVolume
from engine.foundations.signals.snippet import pytorch_snippet
from engine.foundations.signals.spec import SlideSpec, layout, problems
from engine.foundations.signals.trace import trace, trace_1d, trace_3d
from engine.foundations.signals.transposed import gradient_to_input, transposed_convolution
from engine.foundations.signals.whole_volume import respond

few = settings(max_examples=40, deadline=None)
CONV: dict[int, Any] = {1: functional.conv1d, 2: functional.conv2d, 3: functional.conv3d}
BACK: dict[int, Any] = {
    1: functional.conv_transpose1d,
    2: functional.conv_transpose2d,
    3: functional.conv_transpose3d,
}


@st.composite
def cases(draw: st.DrawFn) -> tuple[Any, Any, Any, SlideSpec]:
    """x [C, *N], weight [F, C, *k], bias [F] of whole numbers, and a way to slide that fits."""
    axes = draw(st.integers(1, 3))
    longest = {1: 14, 2: 8, 3: 6}[axes]
    kernel = tuple(draw(st.lists(st.integers(1, 3), min_size=axes, max_size=axes)))
    dilation = draw(st.integers(1, 2))
    spans = [dilation * (k - 1) + 1 for k in kernel]
    spec = SlideSpec(draw(st.integers(1, 3)), draw(st.integers(0, max(spans) - 1)), dilation)
    sizes = [draw(st.integers(max(1, span - 2 * spec.padding), longest)) for span in spans]
    channels, filters = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x = rng.integers(-9, 10, (channels, *sizes)).astype(float)
    weight = rng.integers(-3, 4, (filters, channels, *kernel)).astype(float)
    return x, weight, rng.integers(-5, 6, filters).astype(float), spec


def by_loops(x: Any, weight: Any, bias: Any, spec: SlideSpec) -> Any:
    """The definition, cell by cell and tap by tap, in Python's own numbers."""
    sizes, kernel = x.shape[1:], weight.shape[2:]
    counts = [
        (n + 2 * spec.padding - spec.dilation * (k - 1) - 1) // spec.stride + 1
        for n, k in zip(sizes, kernel, strict=True)
    ]
    out = np.zeros((len(weight), *counts))
    for cell in itertools.product(*map(range, out.shape)):
        total = float(bias[cell[0]])
        for tap in itertools.product(range(len(x)), *map(range, kernel)):
            at = [
                o * spec.stride + t * spec.dilation - spec.padding
                for o, t in zip(cell[1:], tap[1:], strict=True)
            ]
            if all(0 <= a < n for a, n in zip(at, sizes, strict=True)):
                total += float(x[(tap[0], *at)]) * float(weight[(cell[0], *tap)])
        out[cell] = total
    return out


class TestForward:
    @few
    @given(cases())
    def test_the_output_is_the_definition_and_what_torch_computes(self, case: Any) -> None:
        x, weight, bias, spec = case
        found = trace(x, weight, bias, spec)
        np.testing.assert_array_equal(found.output, by_loops(*case))
        theirs = CONV[x.ndim - 1](
            torch.tensor(x)[None], torch.tensor(weight), torch.tensor(bias), spec.stride, spec.padding, spec.dilation
        )  # fmt: skip
        np.testing.assert_array_equal(found.output, theirs[0].numpy())

    @few
    @given(cases(), st.integers(0, 10_000))
    def test_a_step_holds_all_products_of_its_cell(self, case: Any, pick: int) -> None:
        found = trace(*case)
        index = pick % len(found)
        step = found.step(index)
        assert found.index_of(step.filter, *step.place) == index
        assert step.value == found.output[(step.filter, *step.place)]
        np.testing.assert_array_equal(step.products, step.patch * step.kernel)
        np.testing.assert_allclose(step.slice_sums.sum() + step.bias, step.value)
        assert len(step.slice_sums) == case[1].shape[2]
        corner = tuple(t[0] for t in step.taps)
        assert step.patch[(0, *[0] * len(corner))] == found.padded[(0, *corner)]

    def test_two_axes_agree_with_the_convolution_page(self) -> None:
        rng = np.random.default_rng(1)
        x, weight = rng.integers(0, 9, (2, 7, 6)), rng.integers(-2, 3, (3, 2, 3, 3))
        ours = trace(x, weight, None, SlideSpec(2, 1, 2))
        theirs = trace_2d(x, weight, None, ConvSpec(stride=2, padding=1, dilation=2))
        np.testing.assert_array_equal(ours.output, theirs.output)

    def test_a_signal_by_hand(self) -> None:
        found = trace_1d([0, 1, 4, 9, 16], [-1, 0, 1])
        np.testing.assert_array_equal(found.output, [[4, 8, 12]])
        assert found.step(1).products.tolist() == [[-1.0, 0.0, 9.0]]
        assert found.nearest_step(0) == 0 and found.nearest_step(4) == 2 and found.nearest_step(2) == 1

    def test_a_volume_by_hand(self) -> None:
        x = np.arange(27.0).reshape(3, 3, 3)
        found = trace_3d(x, np.ones((2, 2, 2)), [0.5])
        assert found.shape == (1, 2, 2, 2)
        assert found.output[0, 0, 0, 0] == 0 + 1 + 3 + 4 + 9 + 10 + 12 + 13 + 0.5
        assert found.step(0).slice_sums.tolist() == [8.0, 44.0]

    def test_a_long_signal_is_done_in_blocks(self) -> None:
        x = np.random.default_rng(0).normal(size=300_000)
        found = trace_1d(x, [1.0, -2.0, 1.0])
        np.testing.assert_allclose(found.output[0], np.diff(x, 2), atol=1e-12)

    def test_arrays_are_read_only(self) -> None:
        found = trace_1d(np.ones(5), np.ones(2))
        for array in (found.x, found.weight, found.bias, found.padded, found.output):
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0

    @pytest.mark.parametrize(
        ("x", "weight", "bias", "reason"),
        [
            (np.ones(3), np.ones(5), None, "longer than the padded input"),
            (np.ones((2, 5)), np.ones((1, 3, 2)), None, "do not go with"),
            (np.ones((2, 2)), np.ones((2, 2)), None, "along 1 axes"),
            (np.ones(5), np.ones(2), [1.0, 2.0], "2 biases"),
            ([1.0, float("nan"), 3.0], np.ones(2), None, "NaN"),
        ],
    )
    def test_what_cannot_be_done_is_said(self, x: Any, weight: Any, bias: Any, reason: str) -> None:
        with pytest.raises(ShapeError, match=reason):
            trace_1d(x, weight, bias)

    def test_steps_and_cells_outside_are_refused(self) -> None:
        found = trace_1d(np.ones(5), np.ones(2))
        for ask in (lambda: found.step(4), lambda: found.step(-1), lambda: found.index_of(0, 4)):
            with pytest.raises(IndexError):
                ask()


class TestProblems:
    @given(st.integers(1, 9), st.integers(0, 9), st.integers(0, 4), st.integers(0, 9), st.integers(0, 4))
    def test_every_nearest_value_helps(self, n: int, k: int, stride: int, pad: int, dilation: int) -> None:
        spec = SlideSpec(stride, pad, dilation)
        for problem in problems(spec, (n,), (k,)):
            changed = {"stride": stride, "padding": pad, "dilation": dilation} | (
                {} if problem.field == "size" else {problem.field: problem.nearest}
            )
            if problem.nearest is None:
                continue  # no single change helps
            size = problem.nearest if problem.field == "size" else k
            left = problems(SlideSpec(**changed), (n,), (size,))
            assert problem not in left
            if min(stride, dilation, k) >= 1:
                assert left == (), problem

    def test_axes_are_judged_one_by_one(self) -> None:
        assert problems(SlideSpec(), (3, 10), (2, 5)) == ()
        (size, padding) = problems(SlideSpec(), (10, 3), (2, 5))
        assert (size.nearest, padding.nearest) == (3, 1) and "input of 3" in size.message

    def test_sizes(self) -> None:
        found = layout(SlideSpec(2, 1, 2), (14, 9, 8), (3, 3, 2))
        assert (found.padded, found.extent) == ((16, 11, 10), (5, 5, 3))
        assert (found.output, found.leftover) == ((6, 4, 4), (1, 0, 1))


class TestTheWayBack:
    @few
    @given(cases(), st.integers(0, 2))
    def test_it_is_torchs_transposed_convolution(self, case: Any, extra: int) -> None:
        x, weight, _, spec = case
        axes = x.ndim - 1
        y = np.random.default_rng(3).integers(-4, 5, (len(weight), *[3] * axes)).astype(float)
        extra = min(extra, max(spec.stride, spec.dilation) - 1)
        sizes = [(2 * spec.stride) + spec.dilation * (k - 1) + 1 + extra for k in weight.shape[2:]]
        if min(sizes) <= 2 * spec.padding:
            with pytest.raises(ShapeError, match="nothing is left"):
                transposed_convolution(y, weight, spec, extra)
            return
        ours = transposed_convolution(y, weight, spec, extra)
        theirs = BACK[axes](
            torch.tensor(y)[None], torch.tensor(weight), None, spec.stride, spec.padding, extra, 1, spec.dilation
        )  # fmt: skip
        np.testing.assert_array_equal(ours, theirs[0].numpy())

    @few
    @given(cases())
    def test_it_is_the_gradient_with_respect_to_the_input(self, case: Any) -> None:
        x, weight, _, spec = case
        source = torch.tensor(x, requires_grad=True)
        z = CONV[x.ndim - 1](
            source[None], torch.tensor(weight), None, spec.stride, spec.padding, spec.dilation
        )
        y = np.random.default_rng(4).integers(-4, 5, z.shape[1:]).astype(float)
        (theirs,) = torch.autograd.grad((z[0] * torch.tensor(y)).sum(), source)
        ours = gradient_to_input(y, weight, x.shape[1:], spec)
        np.testing.assert_array_equal(ours, theirs.numpy())

    @few
    @given(cases())
    def test_it_is_the_adjoint(self, case: Any) -> None:
        x, weight, _, spec = case
        forward = trace(x, weight, None, spec).output
        y = np.random.default_rng(5).integers(-4, 5, forward.shape).astype(float)
        assert (forward * y).sum() == (x * gradient_to_input(y, weight, x.shape[1:], spec)).sum()

    def test_one_value_spreads_over_its_window(self) -> None:
        back = transposed_convolution([[0, 2, 0]], [[[1, 10, 100]]], SlideSpec(stride=2))
        np.testing.assert_array_equal(back, [[0, 0, 2, 20, 200, 0, 0]])

    def test_what_does_not_go_together_is_said(self) -> None:
        with pytest.raises(ShapeError, match="do not go with"):
            transposed_convolution(np.ones((2, 3)), np.ones((1, 1, 2)))


class TestCheck:
    @few
    @given(cases())
    def test_right_numbers_agree_and_wrong_ones_do_not(self, case: Any) -> None:
        found = trace(*case)
        right = CheckSlide(*case, found.output)
        assert check(right, Context()).agrees
        wrong = CheckSlide(*case, found.output + 1)
        result = check(wrong, Context())
        assert not result.agrees and result.max_abs_difference == pytest.approx(1, abs=1e-3)
        assert f"conv{case[0].ndim - 1}d" in result.reference

    @few
    @given(cases())
    def test_the_way_back(self, case: Any) -> None:
        x, weight, _, spec = case
        found = trace(x, weight, None, spec)
        back = gradient_to_input(found.output, weight, x.shape[1:], spec)
        request = CheckSlide(found.output, weight, None, spec, back, True, found.layout.leftover)
        result = check(request, Context())
        assert result.agrees, (result.max_abs_difference, result.tolerance)
        assert "conv_transpose" in result.reference

    def test_another_shape_is_no_agreement(self) -> None:
        x, weight = np.ones((1, 5)), np.ones((1, 1, 2))
        assert not check(CheckSlide(x, weight, None, SlideSpec(), np.ones((1, 3))), Context()).agrees

    @pytest.mark.parametrize("back", [False, True])
    @pytest.mark.parametrize("axes", [1, 3])
    def test_the_script_runs(self, axes: int, back: bool, capsys: pytest.CaptureFixture[str]) -> None:
        rng = np.random.default_rng(2)
        x, weight = rng.normal(size=(1, *[6] * axes)), rng.normal(size=(2, 1, *[3] * axes))
        spec = SlideSpec(2, 1, 1)
        found = trace(x, weight, [1.0, -1.0], spec)
        request = CheckSlide(x, weight, found.bias, spec, found.output)
        if back:
            y = gradient_to_input(found.output, weight, x.shape[1:], spec)
            request = CheckSlide(found.output, weight, None, spec, y, True, found.layout.leftover)
        exec(compile(pytorch_snippet(request), "snippet", "exec"), {})
        assert "agrees with ConvScope" in capsys.readouterr().out


class TestWholeVolume:
    @pytest.mark.parametrize("torch_ready", [False, True])
    @pytest.mark.parametrize("spec", [SlideSpec(), SlideSpec(2, 1, 2), SlideSpec(3, 2, 1)])
    def test_it_is_what_the_small_volume_shows(self, spec: SlideSpec, torch_ready: bool) -> None:
        rng = np.random.default_rng(0)
        voxels = rng.normal(size=(17, 13, 15)).astype(np.float32)
        weight = rng.normal(size=(3, 3, 3))
        steps = respond(WholeVolume(voxels, weight, 0.5, spec), Context(torch_ready=torch_ready))
        progress = []
        while True:
            try:
                progress.append(next(steps))
            except StopIteration as stop:
                result = stop.value
                break
        expected = trace_3d(voxels, weight, [0.5], spec).output[0]
        np.testing.assert_allclose(result.response, expected, atol=1e-4)
        assert result.response.flags.writeable is False
        assert (result.low, result.high) == (result.response.min(), result.response.max())
        assert progress[-1].done == progress[-1].total == len(expected)
        assert result.route.startswith("torch" if torch_ready else "numpy")

    def test_a_kernel_that_does_not_fit_is_said(self) -> None:
        with pytest.raises(ShapeError, match="longer than"):
            next(
                respond(
                    WholeVolume(np.zeros((4, 4, 4), np.float32), np.ones((5, 5, 5)), 0.0, SlideSpec()),
                    Context(),
                )
            )


class TestLayers:
    @pytest.mark.parametrize("axes", [1, 3])
    def test_the_shapes_of_the_course(self, axes: int) -> None:
        x = np.random.default_rng(0).normal(size=(1, *[14] * axes))
        found = random_layers(x, seed=1)
        assert [m.shape for m in found.maps] == [(1, *[14] * axes), (16, *[10] * axes), (32, *[6] * axes)]
        first, second = 16 * (5**axes + 1), 32 * (16 * 5**axes + 1)
        assert found.parameters == (first, second)
        assert found.macs == (16 * 50**axes, 32 * 6**axes * 16 * 5**axes)

    @pytest.mark.parametrize("axes", [1, 3])
    def test_torch_computes_the_same(self, axes: int) -> None:
        x = np.random.default_rng(0).normal(size=(1, *[14] * axes))
        found = random_layers(x, seed=2)
        value = torch.tensor(x / np.abs(x).max())[None]
        for one in found.traces:
            value = CONV[axes](value, torch.tensor(one.weight), torch.tensor(one.bias)).relu()
        np.testing.assert_allclose(found.maps[-1], value[0].numpy(), atol=1e-10)

    def test_the_receptive_field_is_what_changes_the_cell(self) -> None:
        x = np.random.default_rng(0).normal(size=(1, 14))
        x[0, 0] = 9.0  # the largest stays the largest: the scale of the input does not change
        found = random_layers(x, seed=3, relu=False)
        (whole, (first, end)) = found.reads(2, (2,))
        assert whole == ((2,), (11,)) and (first, end) == ((2,), (7,))
        changed = [
            n for n in range(1, 14)
            if random_layers(np.where(np.arange(14) == n, x + 0.5, x), 3, relu=False).maps[2][0, 2]
            != found.maps[2][0, 2]
        ]  # fmt: skip
        assert changed == list(range(2, 11))
