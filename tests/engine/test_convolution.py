"""Convolution against loops that follow the definition, against torch, scipy, and itself."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal
from torch.nn import functional

from engine.context import Context
from engine.foundations.arithmetic import output_size, same_tf_padding
from engine.foundations.check import check, torch_convolution
from engine.foundations.convolution import (
    VALUE_LIMIT,
    ConvSpec,
    ShapeError,
    apply,
    geometry,
    number,
    problems,
    trace,
    transposed_weight,
    value_problem,
)
from engine.foundations.presets import input_preset
from engine.foundations.requests import CheckConvolution

MODES = ("zeros", "reflect", "replicate", "circular")
few = settings(max_examples=100, deadline=None)


def some(low: int, high: int) -> Any:
    """One number for both axes, or a pair."""
    one = st.integers(low, high)
    return one | st.tuples(one, one)


paddings = some(0, 4) | st.tuples(*[st.integers(0, 3)] * 4) | st.sampled_from(["valid", "same", "same_tf"])


@st.composite
def specs(draw: Any, transposed: bool | None = None) -> ConvSpec:
    return ConvSpec(
        stride=draw(some(1, 3)),
        padding=draw(paddings),
        dilation=draw(some(1, 3)),
        groups=draw(st.integers(1, 4)),
        padding_mode=draw(st.sampled_from(MODES)),
        flip=draw(st.booleans()),
        activation=draw(st.sampled_from(["none", "relu"])),
        transposed=draw(st.booleans()) if transposed is None else transposed,
        output_padding=draw(st.integers(0, 2)),
    )


@st.composite
def shapes(draw: Any, spec: ConvSpec) -> tuple[tuple[int, int, int], tuple[int, int, int, int]]:
    groups = spec.groups
    depth, per_group = draw(st.sampled_from([(c, f) for c in (1, 2, 4) for f in (1, 2) if c * groups <= 4]))
    kernel = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    return (depth * groups, draw(st.integers(1, 8)), draw(st.integers(1, 8))), (
        per_group * groups,
        depth,
        *kernel,
    )


@st.composite
def cases(draw: Any, transposed: bool | None = None) -> tuple[Any, Any, Any, ConvSpec]:
    """(x, weight, bias, spec) of a legal convolution, in quarters: exact in float32 and in float64."""
    spec = draw(specs(transposed))
    input_shape, weight_shape = draw(shapes(spec))
    for _ in range(10):
        if not (found := problems(spec, input_shape, weight_shape)):
            break
        spec, input_shape, weight_shape = apply(found[0], spec, input_shape, weight_shape)
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x, weight, bias = (random.integers(-9, 10, s) / 4 for s in (input_shape, weight_shape, weight_shape[0]))
    return x, weight, bias, spec


# ------------------------------------------------------------------------------ the definition, in loops


def both(value: Any) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)


def asked_padding(spec: ConvSpec, axis: int, n: int, k: int) -> tuple[int, int]:
    p, s, f = spec.padding, both(spec.stride)[axis], both(spec.dilation)[axis] * (k - 1) + 1
    if isinstance(p, tuple) and len(p) == 4:
        return p[2 * axis : 2 * axis + 2]  # type: ignore[return-value]
    if not isinstance(p, str):
        return both(p)[axis], both(p)[axis]
    if p == "valid":
        return 0, 0
    if p == "same":
        assert f % 2 == 1
        return f // 2, f // 2
    total = f - s if spec.transposed else max(0, (-(-n // s) - 1) * s + f - n)
    return (total // 2, total - total // 2) if total > 0 else (0, total)


def pixel(plane: Any, y: int, x: int, mode: str) -> float:
    """A pixel of an endless plane."""
    for _ in range(8):
        h, w = plane.shape
        if 0 <= y < h and 0 <= x < w:
            return float(plane[y, x])
        if mode == "zeros":
            return 0.0
        if mode == "replicate":
            y, x = min(max(y, 0), h - 1), min(max(x, 0), w - 1)
        elif mode == "circular":
            y, x = y % h, x % w
        else:
            y = -y if y < 0 else 2 * (h - 1) - y if y >= h else y
            x = -x if x < 0 else 2 * (w - 1) - x if x >= w else x
    raise AssertionError("folding back does not end")


def by_loops(x: Any, weight: Any, bias: Any, spec: ConvSpec) -> Any:
    """Forward by gathering, transposed by scattering: every pixel stamps the kernel onto the output."""
    filters, depth, kh, kw = weight.shape
    (sy, sx), (dy, dx), (h, w) = both(spec.stride), both(spec.dilation), x.shape[1:]
    (top, bottom), (left, right) = asked_padding(spec, 0, h, kh), asked_padding(spec, 1, w, kw)
    kernel = weight[:, :, ::-1, ::-1] if spec.flip else weight
    first = [f // (filters // spec.groups) * depth for f in range(filters)]
    taps = list(itertools.product(range(depth), range(kh), range(kw)))
    if spec.transposed:
        extra = spec.output_padding
        full = np.zeros(
            (filters, (h - 1) * sy + dy * (kh - 1) + 1 + extra, (w - 1) * sx + dx * (kw - 1) + 1 + extra)
        )
        full = np.pad(full, ((0, 0), (0, max(0, -bottom)), (0, max(0, -right))))
        for f, y, z, (c, i, j) in itertools.product(range(filters), range(h), range(w), taps):
            full[f, y * sy + i * dy, z * sx + j * dx] += x[first[f] + c, y, z] * kernel[f, c, i, j]
        out = full[:, top : full.shape[1] - max(0, bottom), left : full.shape[2] - max(0, right)]
    else:
        rows = (h + top + bottom - dy * (kh - 1) - 1) // sy + 1
        cols = (w + left + right - dx * (kw - 1) - 1) // sx + 1
        out = np.zeros((filters, rows, cols))
        for f, r, q, (c, i, j) in itertools.product(range(filters), range(rows), range(cols), taps):
            value = pixel(x[first[f] + c], r * sy + i * dy - top, q * sx + j * dx - left, spec.padding_mode)
            out[f, r, q] += value * kernel[f, c, i, j]
    out = out + bias[:, None, None]
    return np.maximum(out, 0) if spec.activation == "relu" else out


@few
@given(cases())
def test_output_is_the_definition(case: Any) -> None:
    expected = by_loops(*case)
    t = trace(*case)
    assert t.shape == expected.shape == t.output.shape
    np.testing.assert_array_equal(t.output, expected)


@few
@given(cases())
def test_output_is_what_torch_computes(case: Any) -> None:
    x, weight, bias, spec = case
    theirs = torch_convolution(*(torch.tensor(a, dtype=torch.float32) for a in (x, weight, bias)), spec)
    np.testing.assert_array_equal(trace(*case).output, theirs.numpy())


@few
@given(cases())
def test_steps_add_up_to_the_output(case: Any) -> None:
    t = trace(*case)
    assert len(t) == t.output.size
    for i in range(len(t)):
        step = t.step(i)
        assert t.index_of(step.filter, step.row, step.col) == step.index == i
        assert step.value == t.output[step.filter, step.row, step.col]
        assert step.pre == step.total + step.bias == t.pre_activation[step.filter, step.row, step.col]
        np.testing.assert_array_equal(step.products, step.patch * step.kernel)
        np.testing.assert_array_equal(step.patch, t.padded[np.ix_(step.channels, step.rows, step.cols)])
        assert float(step.channel_sums.sum()) == float(step.products.sum()) == step.total
    with pytest.raises(IndexError):
        t.step(len(t))
    with pytest.raises(IndexError):
        t.step(-1)


@few
@given(cases())
def test_where_numbers_come_from_and_go_to(case: Any) -> None:
    """reads, unread, readers, source and is_padding against a walk over all windows of the first filter."""
    t = trace(*case)
    (h, w), cells = t.geometry.input_hw, t.geometry.padded_hw
    reads, touched = np.zeros((h, w), int), np.zeros(cells, bool)
    readers: dict[tuple[int, int], set[tuple[int, int]]] = {}
    for i in range(t.shape[1] * t.shape[2]):
        step = t.step(i)
        for y, x in itertools.product(step.rows.tolist(), step.cols.tolist()):
            touched[y, x] = True
            pixel_yx = (int(t.source[y, x, 0]), int(t.source[y, x, 1]))
            if pixel_yx != (-1, -1):
                reads[pixel_yx] += 1
                readers.setdefault(pixel_yx, set()).add((step.row, step.col))
    np.testing.assert_array_equal(t.reads, reads)
    np.testing.assert_array_equal(t.unread, ~touched)
    for y, x in itertools.product(range(h), range(w)):
        assert t.readers(y, x) == sorted(readers.get((y, x), set()))
    for y, x in itertools.product(range(cells[0]), range(cells[1])):
        sy, sx = t.source[y, x]
        expected = np.zeros(len(t.x)) if sy < 0 else t.x[:, sy, sx]
        np.testing.assert_array_equal(t.padded[:, y, x], expected)
    assert (~t.is_padding).sum() == h * w
    np.testing.assert_array_equal(t.padded[:, ~t.is_padding].reshape(t.x.shape), t.x)


@few
@given(cases(), st.data())
def test_receptive_field_bounds_what_a_cell_depends_on(case: Any, data: Any) -> None:
    """Every pixel that a cell reads lies in its field, and no smaller field would do."""
    x, weight, _, spec = case
    spec = replace(spec, padding_mode="zeros", activation="none")
    t = trace(np.ones_like(x), np.ones_like(weight), None, spec)
    row, col = data.draw(st.integers(0, t.shape[1] - 1)), data.draw(st.integers(0, t.shape[2] - 1))
    top, left, bottom, right = t.receptive_field(row, col)
    seen = [
        (y, z)
        for y, z in itertools.product(*map(range, t.geometry.input_hw))
        if (row, col) in t.readers(y, z)
    ]
    (h, w), inside = t.geometry.input_hw, [(top, bottom), (left, right)]
    assert all(top <= y < bottom and left <= z < right for y, z in seen)
    if spec.dilation == 1 and not spec.transposed:
        area = max(0, min(bottom, h) - max(top, 0)) * max(0, min(right, w) - max(left, 0))
        assert len(seen) == area
        assert tuple(b - a for a, b in inside) == t.geometry.kernel_hw
    if (
        seen and top >= 0 and left >= 0 and bottom <= h and right <= w
    ):  # nothing of it is padding: it is tight
        assert (min(y for y, _ in seen), min(z for _, z in seen)) == (top, left)
        assert (max(y for y, _ in seen) + 1, max(z for _, z in seen) + 1) == (bottom, right)


@few
@given(cases(), st.data())
def test_nearest_step_is_the_nearest(case: Any, data: Any) -> None:
    t = trace(*case)
    g, f = t.geometry, data.draw(st.integers(0, t.shape[0] - 1))
    y, x = data.draw(st.integers(0, g.padded_hw[0] - 1)), data.draw(st.integers(0, g.padded_hw[1] - 1))
    chosen = t.step(t.nearest_step(y, x, f))

    def distance(o: int, axis: int, at: int) -> float:
        return abs(o * g.stride[axis] + (g.effective_kernel_hw[axis] - 1) / 2 - at)

    assert chosen.filter == f
    assert chosen.row == min(range(t.shape[1]), key=lambda o: distance(o, 0, y))
    assert chosen.col == min(range(t.shape[2]), key=lambda o: distance(o, 1, x))


# --------------------------------------------------------------------------------- single statements


@few
@given(cases(transposed=False))
def test_flip_is_the_convolution_of_signal_processing(case: Any) -> None:
    x, weight, _, _ = case
    plane, kernel = x[0], weight[0, 0]
    full = ConvSpec(padding=(kernel.shape[0] - 1, kernel.shape[1] - 1))
    np.testing.assert_allclose(
        trace(plane, kernel, spec=full).output[0], signal.correlate2d(plane, kernel), atol=1e-12
    )
    np.testing.assert_allclose(
        trace(plane, kernel, spec=replace(full, flip=True)).output[0],
        signal.convolve2d(plane, kernel),
        atol=1e-12,
    )


@few
@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 5), st.integers(1, 3))
def test_same_tf_gives_ceil_n_over_s(n: int, k: int, s: int, d: int) -> None:
    g = geometry(ConvSpec(stride=s, padding="same_tf", dilation=d), (1, n, n), (1, 1, k, k))
    assert g.output_hw == (-(-n // s), -(-n // s))
    assert g.pads == (*same_tf_padding(n, k, s, d),) * 2
    assert 0 <= g.pads[1] - g.pads[0] <= 1


@pytest.mark.parametrize(
    ("n", "k", "s", "pads"),
    [
        (6, 3, 1, (1, 1)),
        (6, 3, 2, (0, 1)),
        (7, 3, 2, (1, 1)),
        (6, 2, 1, (0, 1)),
        (5, 4, 3, (1, 1)),
        (7, 2, 3, (0, 1)),
        (4, 1, 2, (0, 0)),
    ],
)
def test_same_tf_by_hand(n: int, k: int, s: int, pads: tuple[int, int]) -> None:
    """For example n=7, k=2, s=3: 3 windows span 2*3+2 = 8, one more than 7, and the odd pixel goes after."""
    assert geometry(ConvSpec(stride=s, padding="same_tf"), (1, n, n), (1, 1, k, k)).pads == (*pads, *pads)


@few
@given(cases(transposed=True))
def test_transposed_weight_is_the_layout_of_torch(case: Any) -> None:
    """(F, C/groups, ...) to (C, F/groups, ...), element by element, and through conv_transpose2d itself."""
    x, weight, bias, spec = case
    layout = transposed_weight(weight, spec.groups)
    filters, depth, per_group = len(weight), weight.shape[1], len(weight) // spec.groups
    for f, c in itertools.product(range(filters), range(depth)):
        np.testing.assert_array_equal(layout[f // per_group * depth + c, f % per_group], weight[f, c])
    np.testing.assert_array_equal(transposed_weight(layout, spec.groups), weight)
    spec = replace(spec, padding=0, flip=False, activation="none")
    theirs = functional.conv_transpose2d(
        torch.tensor(x)[None], torch.tensor(layout), torch.tensor(bias), spec.stride, 0, spec.output_padding,
        spec.groups, spec.dilation,
    )  # fmt: skip
    np.testing.assert_array_equal(trace(x, weight, bias, spec).output, theirs[0].numpy())


def test_transposed_convolution_is_the_gradient_of_the_convolution() -> None:
    """Not by way of conv_transpose2d: it carries an output's error back to the input of a convolution."""
    random = np.random.default_rng(5)
    weight, error = random.integers(-3, 4, (3, 2, 3, 3)) / 2, random.integers(-3, 4, (3, 4, 4)) / 2
    x = torch.zeros(2, 8, 8, dtype=torch.float64, requires_grad=True)
    functional.conv2d(x[None], torch.tensor(weight), stride=2, padding=1)[0].backward(torch.tensor(error))
    assert x.grad is not None
    back = ConvSpec(stride=2, padding=1, transposed=True, output_padding=1)
    ours = trace(error, transposed_weight(weight, 1), spec=back)
    np.testing.assert_allclose(ours.output, x.grad.numpy(), atol=1e-12)


def test_large_values_and_blocks_agree_with_torch() -> None:
    """A picture that needs many blocks of rows; no step is built for any of its 400,000 outputs."""
    random = np.random.default_rng(1)
    x, weight = random.normal(size=(3, 224, 224)), random.normal(size=(8, 3, 5, 5))
    t = trace(x, weight, spec=ConvSpec(padding=2))
    theirs = functional.conv2d(torch.tensor(x)[None], torch.tensor(weight), padding=2)[0].numpy()
    np.testing.assert_allclose(t.output, theirs, atol=1e-10)
    assert len(t) == 8 * 224 * 224
    last = t.step(len(t) - 1)
    assert last.value == pytest.approx(theirs[-1, -1, -1])


def test_the_cs231n_figure() -> None:
    preset = input_preset("cs231n")
    assert preset.weight is not None and preset.spec is not None
    t = trace(preset.make(), preset.weight, preset.bias, preset.spec)
    assert t.output.tolist() == [
        [[2, 3, 3], [3, 7, 3], [8, 10, -3]],
        [[-8, -8, -3], [-3, 1, 0], [-3, -8, -5]],
    ]
    first = t.step(0)
    assert first.channels == (0, 1, 2) and first.channel_sums.tolist() == [-1, 1, 1]
    assert (first.total, first.bias, first.value) == (1, 1, 2)
    assert t.step(9).filter == 1


def test_the_6x6_example() -> None:
    preset = input_preset("ng-6x6")
    t = trace(preset.make(), [[1, 0, -1]] * 3)
    assert t.output[0].tolist() == [[-5, -4, 0, 8], [-10, -2, 2, 3], [0, -2, -4, -7], [-3, -2, -3, -16]]
    assert t.step(0).products[0].tolist() == [[3, 0, -1], [1, 0, -8], [2, 0, -2]]


def test_a_step_adds_the_bias_and_then_applies_the_activation() -> None:
    step = trace([[1, 2]], [[-1, -1]], [0.5], ConvSpec(activation="relu")).step(0)
    assert step.products.tolist() == [[[-1, -2]]]
    assert (step.total, step.bias, step.pre, step.value) == (-3, 0.5, -2.5, 0)
    plain = trace([[1, 2]], [[-1, -1]], [0.5]).step(0)
    assert (plain.pre, plain.value) == (-2.5, -2.5)


def test_numbers_of_a_formula_are_short() -> None:
    assert [number(v) for v in (-0.0, 3.0, 1 / 3, 1e9, -2.5)] == ["0", "3", "0.3333", "1e+09", "-2.5"]


def test_a_sentence_has_one_notation_for_its_numbers() -> None:
    sentences = {v: value_problem("bias", v) for v in (2e9, -1e9 - 0.5, 1e30)}
    starts = {v: p.message.split(" up to")[0] for v, p in sentences.items() if p is not None}
    assert starts == {
        2e9: "2,000,000,000 is beyond the 1,000,000,000",
        -1e9 - 0.5: "-1,000,000,000.5 is beyond the 1,000,000,000",
        1e30: "1e+30 is beyond the 1e+09",
    }


def test_what_the_floor_leaves_over_is_unread() -> None:
    t = trace(np.zeros((6, 6)), np.zeros((3, 3)), spec=ConvSpec(stride=2))
    assert t.geometry.leftover_hw == (1, 1)
    assert t.unread.sum() == 11 and t.unread[5].all() and t.unread[:, 5].all()
    assert t.reads[0, 0] == 1 and t.reads[2, 2] == 4 and t.reads[5, 5] == 0


def test_a_trace_owns_read_only_arrays() -> None:
    x, weight = np.ones((1, 4, 4)), np.ones((1, 1, 2, 2))
    t = trace(x, weight)
    x[:] = 7
    weight[:] = 7
    assert t.output.max() == 4
    for array in (
        t.x,
        t.weight,
        t.bias,
        t.padded,
        t.kernel,
        t.output,
        t.source,
        t.reads,
        t.unread,
        t.is_padding,
    ):
        assert not array.flags.writeable


# ------------------------------------------------------------------------------------------- refusals


@few
@given(specs(), st.data())
def test_every_refusal_says_why_and_leads_to_a_legal_spec(spec: ConvSpec, data: Any) -> None:
    """Any mixture of legal and illegal values: following the first suggestion, again and again, ends well."""
    odd = {
        "stride": st.sampled_from([0, -1, (0, 1), (2, -3), 1.5, "3", True]),
        "dilation": st.sampled_from([0, (1, 0), 9, (7, 1)]),
        "groups": st.sampled_from([0, 3, 5, -2]),
        "padding": st.sampled_from([-1, (9, 0), (0, 1, 2, 30), "some", (1, 2, 3)]),
        "padding_mode": st.sampled_from(["mirror", "reflect", "circular"]),
        "output_padding": st.sampled_from([-1, 7]),
        "activation": st.just("tanh"),
    }
    for field in data.draw(st.sets(st.sampled_from(sorted(odd)), max_size=3)):
        spec = replace(spec, **{field: data.draw(odd[field])})
    size = st.integers(1, 6)
    state: Any = (spec, data.draw(st.tuples(size, size, size)), data.draw(st.tuples(size, size, size, size)))
    met = []
    while found := problems(*state):
        for problem in found:
            assert (problem.message.endswith(".") and problem.message[0].isupper()) or problem.message[
                0
            ] in '"1234567890'
            assert problem.nearest is not None
        with pytest.raises(ShapeError) as refusal:
            trace(np.zeros(state[1]), np.zeros(state[2]), None, state[0])
        assert refusal.value.problems == found and found[0].message in str(refusal.value)
        met.append(found[0])
        assert len(met) < 15, met
        state = apply(found[0], *state)
    assert min(trace(np.zeros(state[1]), np.zeros(state[2]), None, state[0]).shape) >= 1


REFLECT_5 = ConvSpec(padding=5, padding_mode="reflect")
CIRCULAR_TRANSPOSED = ConvSpec(transposed=True, padding_mode="circular")


@pytest.mark.parametrize(
    ("spec", "x", "weight", "expected"),
    [
        (ConvSpec(stride=0), (1, 5, 5), (1, 1, 3, 3), {"stride": 1}),
        (ConvSpec(stride=(2, 0)), (1, 5, 5), (1, 1, 3, 3), {"stride": (2, 1)}),
        (ConvSpec(), (1, 5, 5), (1, 1, 7, 7), {"kernel": (5, 5), "padding": 1}),
        (ConvSpec(padding="valid"), (1, 5, 9), (1, 1, 7, 7), {"kernel": (5, 7), "padding": "same_tf"}),
        (ConvSpec(dilation=3), (1, 5, 5), (1, 1, 3, 3), {"kernel": (2, 2), "padding": 1, "dilation": 2}),
        (ConvSpec(groups=2), (3, 5, 5), (4, 1, 3, 3), {"groups": 1}),
        (ConvSpec(groups=3), (3, 5, 5), (4, 1, 3, 3), {"filters": 3}),
        (ConvSpec(), (3, 5, 5), (4, 1, 3, 3), {"weight": 3}),
        (ConvSpec(padding="same"), (1, 5, 5), (1, 1, 4, 3), {"kernel": (3, 3), "padding": "same_tf"}),
        (ConvSpec(padding="same"), (1, 5, 5), (1, 1, 2, 2), {"kernel": (1, 1), "padding": "same_tf"}),
        (REFLECT_5, (1, 5, 5), (1, 1, 9, 9), {"padding": 4, "padding_mode": "replicate"}),
        (ConvSpec(padding=4), (1, 5, 5), (1, 1, 3, 3), {"padding": 3}),
        (ConvSpec(padding=-1), (1, 5, 5), (1, 1, 3, 3), {"padding": 0}),
        (CIRCULAR_TRANSPOSED, (1, 5, 5), (1, 1, 3, 3), {"padding_mode": "zeros"}),
        (ConvSpec(transposed=True, padding=3), (1, 5, 5), (1, 1, 3, 3), {"padding": 2}),
        (ConvSpec(transposed=True, output_padding=2), (1, 5, 5), (1, 1, 3, 3), {"output_padding": 0}),
    ],
)  # fmt: skip
def test_the_nearest_legal_value(spec: ConvSpec, x: Any, weight: Any, expected: dict[str, Any]) -> None:
    found = problems(spec, x, weight)
    assert {p.field: p.nearest for p in found} == expected
    for problem in found:
        after = apply(problem, spec, x, weight)
        assert problem.field == "groups" or not problems(*after)


def test_same_with_stride_is_allowed() -> None:
    assert geometry(ConvSpec(stride=2, padding="same"), (1, 6, 7), (1, 1, 3, 3)).output_hw == (3, 4)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 1e308, -1e308])
@pytest.mark.parametrize("field", ["input", "weight", "bias"])
def test_values_that_cannot_be_computed_with(field: str, bad: float) -> None:
    arrays = {"input": np.zeros((1, 3, 3)), "weight": np.zeros((1, 1, 2, 2)), "bias": np.zeros(1)}
    arrays[field].flat[-1] = bad
    with pytest.raises(ShapeError) as refusal:
        trace(arrays["input"], arrays["weight"], arrays["bias"])
    (problem,) = refusal.value.problems
    assert problem.field == field
    assert abs(problem.nearest) in (0, VALUE_LIMIT)
    assert value_problem(field, problem.nearest) is None
    assert np.isnan(bad) or np.sign(problem.nearest) == np.sign(bad)


def test_a_missing_bias_is_refused() -> None:
    with pytest.raises(ShapeError, match="2 filters but 1 bias"):
        trace(np.zeros((1, 3, 3)), np.zeros((2, 1, 2, 2)), [1.0])
    with pytest.raises(ShapeError):
        trace(np.zeros((1, 3, 3)), np.zeros((2, 2, 2)))
    with pytest.raises(ShapeError):
        trace(np.zeros(3), np.zeros((2, 2)))


# --------------------------------------------------------------------------------------- against torch


@few
@given(cases())
def test_the_badge_agrees(case: Any) -> None:
    x, weight, bias, spec = case
    result = check(CheckConvolution(x, weight, bias, spec, trace(*case).output), Context())
    assert result.agrees and result.max_abs_difference == 0
    assert (
        result.reference
        == f"torch {torch.__version__.split('+')[0]} conv{'_transpose' * spec.transposed}2d float32"
    )


def test_the_badge_notices_a_wrong_value() -> None:
    random = np.random.default_rng(3)
    x, weight = random.normal(size=(3, 12, 12)), random.normal(size=(4, 3, 5, 5))
    output = trace(x, weight).output
    fine = check(CheckConvolution(x, weight, None, ConvSpec(), output), Context())
    assert fine.agrees and 0 < fine.max_abs_difference <= 1e-5
    wrong = output.copy()
    wrong[2, 3, 4] += 0.01
    spoilt = check(CheckConvolution(x, weight, None, ConvSpec(), wrong), Context())
    assert not spoilt.agrees and spoilt.max_abs_difference == pytest.approx(0.01, rel=1e-2)
    assert not check(CheckConvolution(x, weight, None, ConvSpec(), output[:, 1:]), Context()).agrees
    assert not check(CheckConvolution(x, weight, None, ConvSpec(flip=True), output), Context()).agrees


def test_geometry_is_the_arithmetic() -> None:
    spec = ConvSpec(stride=(2, 3), padding=(0, 1, 2, 0), dilation=(1, 2))
    g = geometry(spec, (1, 9, 10), (1, 1, 2, 3))
    assert g.output_hw == (output_size(9, 2, (0, 1), 2), output_size(10, 3, (2, 0), 3, 2))
