"""Chains on paper against torch: shapes, parameters and MACs of random chains, receptive fields by their gradients."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from torch import nn

from engine.context import Context
from engine.foundations.arithmetic import ceil_output_size, norm_parameters, unread
from engine.foundations.calculator.chain import Chain, measure
from engine.foundations.calculator.check import build, check, run
from engine.foundations.calculator.fields import Window, field, spans
from engine.foundations.calculator.guesses import CHOICES, guesses, worth_asking
from engine.foundations.calculator.joins import MOST_VALUES, Misfit, joined
from engine.foundations.calculator.layers import RANGES, USES, Kind, Layer, Shape
from engine.foundations.calculator.presets import PRESETS, preset
from engine.foundations.calculator.requests import ChainCheck, CheckChain, Counted
from engine.foundations.calculator.snippet import constructor, pytorch_script

KINDS: tuple[Kind, ...] = tuple(USES)
WINDOWED = tuple(kind for kind in KINDS if "f" in USES[kind])
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])

# --- the other route: modules that a person would write ---------------------------------------------------


def by_hand(layer: Layer, shape: Shape) -> nn.Module:
    """The torch module of a layer, written down without the program's own table of constructors."""
    pad = {"valid": 0, "custom": layer.p}.get(layer.padding)
    if layer.kind == "conv":
        pad = layer.d * (layer.f - 1) // 2 if pad is None else pad
        return nn.Conv2d(shape[0], layer.filters, layer.f, layer.s, pad, layer.d, layer.groups, layer.bias)
    pad = (layer.f - 1) // 2 if pad is None else pad
    if layer.kind == "transposed":
        return nn.ConvTranspose2d(
            shape[0], layer.filters, layer.f, layer.s, pad, layer.extra, layer.groups, layer.bias
        )
    made: dict[Kind, Any] = {
        "maxpool": lambda: nn.MaxPool2d(layer.f, layer.s, pad, ceil_mode=layer.ceil),
        "avgpool": lambda: nn.AvgPool2d(layer.f, layer.s, pad, ceil_mode=layer.ceil),
        "relu": nn.ReLU,
        "batchnorm": lambda: (nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d)(shape[0]),
        "flatten": nn.Flatten,
        "linear": lambda: nn.Linear(shape[0], layer.filters, layer.bias),
        "globalpool": lambda: nn.AdaptiveAvgPool2d(1),
        "upsample": lambda: nn.Upsample(scale_factor=layer.s),
    }
    module: nn.Module = made[layer.kind]()
    return module


def macs_by_loops(layer: Layer, before: Shape, after: Shape) -> int:
    """Products counted from the definition: every output times what it is connected to."""
    if layer.kind == "conv":
        return sum(layer.f**2 * (before[0] // layer.groups) for _ in range(prod(after)))
    if layer.kind == "transposed":  # every input is multiplied with every tap of the filters of its group
        return sum(layer.f**2 * (layer.filters // layer.groups) for _ in range(prod(before)))
    return sum(before[0] for _ in range(after[0])) if layer.kind == "linear" else 0


@st.composite
def layers(draw: st.DrawFn, kinds: tuple[Kind, ...] = KINDS) -> Layer:
    return Layer(
        kind=draw(st.sampled_from(kinds)),
        f=draw(st.integers(1, 5)),
        s=draw(st.integers(1, 3)),
        padding=draw(st.sampled_from(["valid", "same", "custom"])),
        p=draw(st.integers(0, 2)),
        d=draw(st.integers(1, 2)),
        groups=draw(st.sampled_from([1, 1, 2, 3])),
        filters=draw(st.integers(1, 6)),
        extra=draw(st.integers(0, 1)),
        bias=draw(st.booleans()),
        ceil=draw(st.booleans()),
    )


@st.composite
def chains(draw: st.DrawFn, kinds: tuple[Kind, ...] = KINDS, most: int = 6, side: int = 20) -> Chain:
    """Chains that fit, layer by layer: what does not is left out."""
    shape: Shape = (draw(st.integers(1, 6)), draw(st.integers(1, side)), draw(st.integers(1, side)))
    first, kept = shape, []
    for layer in draw(st.lists(layers(kinds), min_size=1, max_size=most)):
        after = joined(layer, shape)
        if not isinstance(after, Misfit) and prod(after) < 60_000:
            kept.append(layer)
            shape = after
    assume(kept)
    return measure(first, kept)


# --- against torch ----------------------------------------------------------------------------------------


@QUICK
@given(chains())
def test_shapes_and_parameters_are_those_of_torch(chain: Chain) -> None:
    x = torch.empty(2, *chain.input_shape, device="meta")
    for step in chain.steps:
        assert step.in_shape is not None and step.cost is not None
        module = by_hand(step.layer, step.in_shape).eval().to("meta")
        x = module(x)
        assert tuple(x.shape) == (2, *(step.out_shape or ())), step
        assert sum(p.numel() for p in module.parameters()) == step.cost.parameters, step
        biases = [p.numel() for name, p in module.named_parameters() if name == "bias"]
        assert (
            sum(biases) == step.cost.biases and step.cost.weights + step.cost.biases == step.cost.parameters
        )


@QUICK
@given(chains(most=4, side=9))
def test_macs_are_those_of_the_definition(chain: Chain) -> None:
    for step in chain.steps:
        assert step.in_shape and step.out_shape and step.cost
        assert step.cost.macs == macs_by_loops(step.layer, step.in_shape, step.out_shape)
        adds = prod(step.out_shape) if step.layer.learns and step.layer.bias else 0
        assert step.cost.flops == 2 * step.cost.macs + adds
    assert chain.macs == sum(step.cost.macs for step in chain.steps if step.cost)
    assert chain.activations == sum(prod(shape) for shape in chain.shapes[1:])


@QUICK
@given(chains(), st.integers(1, 3))
def test_the_badge_agrees_with_every_chain_that_fits(chain: Chain, batch: int) -> None:
    result = check(question(chain, batch), Context())
    assert result.agrees and result.max_abs_difference == 0
    assert tuple(one.shape for one in result.counted) == chain.shapes[1:]


HARMLESS = ("nothing but padding", "Same", "can be cut off")


@settings(max_examples=50, deadline=None)
@given(layers(WINDOWED), st.integers(1, 9), st.integers(1, 9), st.integers(1, 4))
def test_what_is_refused_is_refused_by_torch_too(
    layer: Layer, rows: int, columns: int, channels: int
) -> None:
    """But for what torch takes and makes no sense: windows on nothing but padding, all of an output cut off."""
    shape = (channels, rows, columns)
    found = joined(layer, shape)
    if not isinstance(found, Misfit) or any(word in found.message for word in HARMLESS):
        return
    layer = replace(layer, ceil=False)  # rounding up, torch lets a window hang over both sides
    try:
        made = by_hand(layer, shape).to("meta")(torch.empty(1, *shape, device="meta"))
    except (RuntimeError, ValueError):
        return
    assert made.numel() == 0, "an output of no rows or no columns is none"


def question(chain: Chain, batch: int = 1) -> CheckChain:
    steps = [step for step in chain.steps if step.out_shape is not None]
    expected = [Counted(s.out_shape or (), s.cost.parameters, s.cost.macs) for s in steps if s.cost]
    return CheckChain(chain.input_shape, tuple(s.layer for s in steps), tuple(expected), batch)


def lenet() -> Chain:
    return measure(preset("lenet5").input_shape, preset("lenet5").layers)


@pytest.mark.parametrize(
    "wrong",
    [{"parameters": 157}, {"macs": 117_601}, {"shape": (6, 28, 27)}, {"shape": (6, 28)}],
)
def test_the_badge_sees_what_is_wrong(wrong: dict[str, Any]) -> None:
    asked = question(lenet())
    asked = replace(asked, expected=(replace(asked.expected[0], **wrong), *asked.expected[1:]))
    if "shape" in wrong:  # the next layer is built for the right depth all the same
        asked = replace(asked, layers=asked.layers[:1], expected=asked.expected[:1])
    result = check(asked, Context())
    assert not result.agrees and result.max_abs_difference >= 1


def test_no_hook_is_left_and_a_failure_is_told() -> None:
    asked = question(lenet())
    assert len(run(asked)) == 8
    broken = replace(asked, layers=(*asked.layers[:4], *asked.layers[5:]), expected=asked.expected[:7])
    with pytest.raises(RuntimeError):
        check(broken, Context())
    net = build(asked)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())
    assert isinstance(check(asked, Context()), ChainCheck)


# --- receptive fields ---------------------------------------------------------------------------------------

LOOKING: tuple[Kind, ...] = ("conv", "avgpool", "relu", "batchnorm", "transposed", "upsample")


def probe(chain: Chain, row: int) -> tuple[int, int] | None:
    """The first and the last input row on which an output row depends: where its gradient is not zero.

    Weights and inputs are positive, so that nothing cancels. Average pooling stands for both kinds: max pooling passes
    a gradient to one place of the same window only.
    """
    modules = []
    for step in chain.steps:
        module = by_hand(replace(step.layer, bias=False), step.in_shape or ()).double().eval()
        if step.layer.learns:
            with torch.no_grad():
                module.weight.fill_(0.5)  # type: ignore[operator]
        modules.append(module)
    x = torch.ones(1, *chain.input_shape, dtype=torch.float64, requires_grad=True)
    out = nn.Sequential(*modules)(x)
    out[0, :, row].sum().backward()
    assert x.grad is not None
    rows = x.grad[0].abs().sum((0, 2)).nonzero().flatten().tolist()
    return (rows[0], rows[-1]) if rows else None


@QUICK
@given(chains(LOOKING, most=4, side=14), st.data())
def test_fields_are_where_gradients_arrive(chain: Chain, data: st.DataObject) -> None:
    windows = chain.steps[-1].windows
    assert windows is not None and chain.steps[-1].out_shape is not None
    assume(not any(step.layer.ceil for step in chain.steps))
    # Enlarging with gaps, or in front of a dilation, leaves holes; spans tell where what is read begins and ends.
    for index, window in enumerate(windows):
        assume(not window.up or (window.f >= window.s and all(w.d == 1 for w in windows[index:])))
    sizes = [shape[1] for shape in chain.shapes]
    row = data.draw(st.integers(0, sizes[-1] - 1))
    if any(
        window.d > 1 for window in windows
    ):  # where the ends themselves are taps that exist, along both axes
        assume(chain.input_shape[1] == chain.input_shape[2])
        assume(spans(windows, row) == spans(windows, row, sizes))
    assert spans(windows, row, sizes)[0] == probe(chain, row)


@QUICK
@given(chains(("conv", "maxpool", "relu"), most=5))
def test_spans_and_recurrences_tell_the_same(chain: Chain) -> None:
    windows = chain.steps[-1].windows
    assert windows is not None
    found = field(windows)
    for output in (0, 1, 5):
        span = spans(windows, output)[0]
        assert span is not None and found.start is not None
        assert span[1] - span[0] + 1 == found.size
        assert (span[0] + span[1]) / 2 == found.start + output * found.jump


def test_fields_of_a_chain_that_enlarges() -> None:
    up = Window(f=2, s=2, up=True)
    assert (field([up]).size, field([up]).jump) == (1, Fraction(1, 2))
    found = field([Window(f=3, s=2, p=1), Window(f=4, s=2, p=1, up=True)])
    assert (found.size, found.jump) == (5, 1), "two outputs of a 3-window, two pixels apart"
    gaps = field([Window(f=1, s=3, p=1, up=True)])
    assert gaps.start is None and gaps.size == 1, "the first output reads nothing"
    assert spans([Window(f=1, s=3, p=1, up=True)], 0)[0] is None


def test_fields_of_the_course() -> None:
    steps = measure(preset("ng-39").input_shape, preset("ng-39").layers).steps
    fields = [(f.size, int(f.jump), f.start) for f in (s.field for s in steps[:4]) if f is not None]
    assert fields == [(3, 1, 1.0), (7, 2, 3.0), (15, 4, 7.0), (15, 4, 7.0)]
    assert steps[4].field is not None and steps[4].field.everything


# --- what courses print ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shapes", "parameters", "macs"),
    [
        ("ng-39", [(10, 37, 37), (20, 17, 17), (40, 7, 7), (1960,), (1,)], None, None),
        ("lenet5", [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (400,), (120,), (84,), (10,)], 61_706, 416_520),
        ("straight", [(32, 28, 28)], None, 120_422_400),
        ("bottleneck", [(16, 28, 28), (16, 28, 28), (32, 28, 28)], None, 12_443_648),
        ("vgg", [(64, 224, 224)] * 4 + [(64, 112, 112)], 1_792 + 36_928, None),
    ],
)  # fmt: skip
def test_known_chains(name: str, shapes: list[Shape], parameters: int | None, macs: int | None) -> None:
    chain = measure(preset(name).input_shape, preset(name).layers)
    assert list(chain.shapes[1:]) == shapes
    assert parameters is None or chain.parameters == parameters
    assert macs is None or chain.macs == macs


def test_presets_have_values_in_range_and_only_one_is_broken() -> None:
    assert len({one.name for one in PRESETS}) == len(PRESETS)
    for one in PRESETS:
        for layer in one.layers:
            assert all(low <= getattr(layer, name) <= high for name, (low, high) in RANGES.items())
    assert [one.name for one in PRESETS if measure(one.input_shape, one.layers).broken] == ["mistake"]


# --- joins ------------------------------------------------------------------------------------------------


def misfit(layer: Layer, shape: Shape) -> Misfit:
    found = joined(layer, shape)
    assert isinstance(found, Misfit), found
    return found


@pytest.mark.parametrize(
    ("layer", "shape", "word", "cures"),
    [
        (Layer(f=5), (3, 4, 9), "larger than the padded input", {"Set f to 4", "Set p to 1"}),
        (Layer(f=3, d=3), (3, 5, 5), "spread over 7x7", {"Set f to 2", "Set p to 1", "Set d to 2"}),
        (Layer(groups=2, filters=4), (3, 9, 9), "3 input channels", {"Set groups to 1"}),
        (Layer(groups=3, filters=4), (3, 9, 9), "4 filters", {"Set groups to 1", "Set n_C to 3"}),
        (Layer(f=4, padding="same"), (3, 9, 9), "no whole number", {"Set f to 3"}),
        (Layer("linear"), (40, 7, 7), "7 × 7 × 40 comes in", {"Flatten it first"}),
        (Layer("conv"), (1960,), "without any", {"Make it a fully connected layer"}),
        (Layer("maxpool", f=3), (8, 2, 2), "larger than its input of 2 × 2", {"Set f to 2"}),
        (Layer("avgpool", f=2, padding="custom", p=2), (8, 4, 4), "more than half", {"Set p to 1"}),
        (Layer("maxpool", f=2, padding="same"), (8, 4, 4), "no whole number", {"Set f to 1", "No padding"}),
        (Layer("transposed", s=2, extra=2), (8, 4, 4), "smaller than the stride", {"Set extra to 1"}),
        (Layer("globalpool"), (10,), "Pooling slides", set()),
    ],
)
def test_impossible_joins_are_explained(layer: Layer, shape: Shape, word: str, cures: set[str]) -> None:
    found = misfit(layer, shape)
    assert word in found.message
    assert cures <= {remedy.title for remedy in found.remedies}


@settings(max_examples=80, deadline=None)
@given(layers(), st.integers(1, 8), st.integers(1, 8), st.integers(1, 6), st.booleans())
def test_every_remedy_helps(layer: Layer, rows: int, columns: int, channels: int, flat: bool) -> None:
    shape: Shape = (channels,) if flat else (channels, rows, columns)
    found = joined(layer, shape)
    if not isinstance(found, Misfit):
        return
    for remedy in found.remedies:
        if remedy.instead is not None:
            assert not isinstance(joined(remedy.instead, shape), Misfit), remedy
        else:
            assert remedy.before is not None
            between = joined(remedy.before, shape)
            assert not isinstance(between, Misfit)
            if remedy.before.kind == "flatten":
                assert not isinstance(joined(layer, between), Misfit)


def test_the_rest_of_a_broken_chain_stays() -> None:
    chain = measure((3, 20, 20), preset("mistake").layers)
    broken = chain.broken
    assert broken is not None and broken.index == 4 and broken.in_shape == (16, 2, 2)
    assert [step.out_shape for step in chain.steps[3:]] == [None, None]
    assert chain.steps[4].in_shape is None and chain.steps[4].misfit is None
    assert chain.parameters == sum(cost.parameters for cost in chain.costs) and len(chain.costs) == 3


def test_nobody_could_hold_two_billion_values() -> None:
    found = misfit(Layer("upsample", s=16), (4096, 512, 512))
    assert f"{MOST_VALUES:,}" in found.message and not found.remedies


def test_what_is_never_read_is_said() -> None:
    def remark(layer: Layer, n: int) -> str:
        return " ".join(measure((1, n, n), [layer]).steps[0].remarks)

    assert "the last 1 row and 1 column of the input" in remark(Layer(f=5, s=2), 8)
    assert "larger than the window" in remark(Layer(f=1, s=2), 7)
    assert "3 rows and 3 columns" in remark(Layer(f=1, s=2), 7)
    wide = measure((1, 7, 8), [Layer(f=3, s=2)]).steps[0].remarks
    assert wide == ("The stride leaves a border over; never read: the last 1 column of the input.",)
    assert remark(Layer(f=3, s=2), 7) == "" and remark(Layer(f=3, s=2, padding="same"), 8) == "", (
        "only padding is left"
    )
    assert "1 beyond the edge" in remark(Layer("maxpool", f=2, s=2, ceil=True), 7)
    assert "hold only the bias" in remark(Layer("transposed", f=2, s=3), 4)
    assert remark(Layer(f=2, s=2, d=2), 7) == "Dilation and stride skip 3 rows and 3 columns of the input."


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 6), st.integers(0, 3), st.integers(1, 5), st.integers(1, 3))
def test_unread_rows_against_counting(n: int, f: int, p: int, s: int, d: int) -> None:
    assume(n + 2 * p >= d * (f - 1) + 1)
    touched = [False] * n
    y = 0
    while y * s + d * (f - 1) < n + 2 * p:
        for k in range(f):
            if 0 <= y * s + k * d - p < n:
                touched[y * s + k * d - p] = True
        y += 1
    assert unread(n, f, p, s, d) == touched.count(False)


@given(st.integers(1, 40), st.integers(1, 6), st.integers(1, 5), st.data())
def test_rounding_up_is_that_of_torch(n: int, f: int, s: int, data: st.DataObject) -> None:
    p = data.draw(st.integers(0, f // 2))
    assume(n + 2 * p >= f)
    pooled = nn.MaxPool2d((f, 1), (s, 1), (p, 0), ceil_mode=True)(torch.empty(1, 1, n, 1, device="meta"))
    assert pooled.shape[2] == ceil_output_size(n, f, p, s)


def test_a_batch_norm_learns_two_numbers_a_channel() -> None:
    assert norm_parameters(64) == sum(p.numel() for p in nn.BatchNorm2d(64).parameters()) == 128


# --- guesses ----------------------------------------------------------------------------------------------


@QUICK
@given(chains(side=16))
def test_four_different_answers_and_one_is_right(chain: Chain) -> None:
    for step in chain.steps:
        answers = guesses(step)
        assert len(answers) == CHOICES == len({answer.shape for answer in answers})
        assert [answer.shape for answer in answers if answer.right] == [step.out_shape]
        assert answers == guesses(step), "the same order again"
        assert all(min(answer.shape) > 0 for answer in answers)


def test_the_right_answer_has_no_fixed_place() -> None:
    places = [
        [answer.right for answer in guesses(step)].index(True)
        for one in PRESETS
        for step in measure(one.input_shape, one.layers).steps
        if step.out_shape and worth_asking(step.layer)
    ]
    assert set(places) == set(range(CHOICES))


def test_wrong_answers_name_the_mistake() -> None:
    step = measure((3, 8, 8), [Layer(f=5, s=2, filters=7)]).steps[0]
    remarks = {answer.shape: answer.remark for answer in guesses(step)}
    assert remarks[(7, 1, 1)].startswith("That forgets the + 1")
    assert remarks[(7, 3, 3)].startswith("Rounded down")
    assert remarks[(3, 2, 2)].startswith("Every filter makes one map")
    broken = measure((3, 2, 2), [Layer(f=5)]).steps[0]
    with pytest.raises(ValueError, match="no output"):
        guesses(broken)


# --- the script -------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(chains(most=5, side=10), st.integers(1, 3))
def test_the_script_runs_and_agrees(chain: Chain, batch: int) -> None:
    printed: list[str] = []
    exec(pytorch_script(chain, batch), {"print": lambda *words: printed.append(" ".join(map(str, words)))})
    assert printed[-1] == "agrees with ConvScope"
    assert len(printed) == len(chain.steps) + 2


def test_the_script_fails_where_the_numbers_are_wrong() -> None:
    text = pytorch_script(lenet())
    assert "nn.Conv2d(1, 6, 5)," in text and "# 1: 28 × 28 × 6" in text
    for wrong in (text.replace("(1, 6, 28, 28)", "(1, 6, 27, 28)"), text.replace("== 61706", "== 61707")):
        with pytest.raises(AssertionError):
            exec(wrong, {"print": lambda *_: None})


def test_the_script_of_a_broken_chain_ends_before_the_break() -> None:
    chain = measure((3, 20, 20), preset("mistake").layers)
    text = pytorch_script(chain)
    assert "# Layer 4 does not fit" in text
    exec(text, {"print": lambda *_: None})
    exec(pytorch_script(measure((3, 2, 2), [Layer(f=5)])), {"print": lambda *_: None})


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Layer(f=3, s=2, padding="same", d=2, groups=3, filters=6, bias=False),
         "nn.Conv2d(3, 6, 3, padding=2, groups=3, stride=2, dilation=2, bias=False)"),
        (Layer("maxpool", f=3, s=1), "nn.MaxPool2d(3, stride=1)"),
        (Layer("upsample", s=2), "nn.Upsample(scale_factor=2, mode='nearest')"),
    ],
)  # fmt: skip
def test_constructors_leave_out_what_is_the_default(layer: Layer, text: str) -> None:
    assert constructor(layer, (3, 9, 9)).text == text
