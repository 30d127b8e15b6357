"""Learning a kernel: the exercise, the gradient by hand against autograd and slopes, whole runs, the script."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from engine import device
from engine.context import Context
from engine.errors import UserError
from engine.foundations.learned import Exercise, TrainSpec, make_exercise, respond, target_kernel
from engine.foundations.learned import pictures as pics
from engine.foundations.learned.by_hand import loss_and_gradient, pieces, walk
from engine.foundations.learned.check import check
from engine.foundations.learned.requests import CheckRun, Run, TrainKernel
from engine.foundations.learned.snippet import pytorch_snippet
from engine.foundations.learned.spec import corners, first_kernel
from engine.foundations.learned.train import train
from engine.handlers import lookup
from engine.jobs import Partial
from engine.runner import InlineEngine

T = TypeVar("T")


def end(steps: Generator[Any, None, T], said: list[Any] | None = None) -> T:
    """The value that a generator returns; what it yields goes into `said`."""
    while True:
        try:
            one = next(steps)
        except StopIteration as stop:
            value: T = stop.value
            return value
        if said is not None:
            said.append(one)


def trained(exercise: Exercise, spec: TrainSpec) -> Run:
    return end(train(TrainKernel(exercise, spec), Context()))


def noise_exercise(side: int = 20, size: int = 3, seed: int = 3) -> Exercise:
    draw = np.random.default_rng(seed)
    return make_exercise(draw.normal(size=(side, side)), draw.normal(size=(size, size)))


# --- the exercise -----------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    st.integers(7, 14),
    st.integers(7, 14),
    st.sampled_from([1, 3, 5, 7]),
    st.floats(-2, 2),
    st.integers(0, 99),
)
def test_the_response_is_conv2d(rows: int, cols: int, size: int, bias: float, seed: int) -> None:
    draw = np.random.default_rng(seed)
    x, kernel = draw.normal(size=(rows, cols)), draw.integers(-1, 2, (size, size)).astype(np.float64)
    theirs = functional.conv2d(
        torch.tensor(x)[None, None],
        torch.tensor(kernel)[None, None],
        torch.tensor([bias], dtype=torch.float64),
    )[0, 0].numpy()
    np.testing.assert_allclose(respond(x, kernel, bias), theirs, atol=1e-12)


def test_targets_are_the_kernels_of_the_books() -> None:
    np.testing.assert_array_equal(target_kernel("sobel"), [[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    np.testing.assert_allclose(
        target_kernel("scharr", 3, 90), [[3, 10, 3], [0, 0, 0], [-3, -10, -3]], atol=1e-12
    )
    np.testing.assert_array_equal(target_kernel("prewitt"), [[1, 0, -1]] * 3)
    np.testing.assert_allclose(target_kernel("blur"), np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16)
    assert target_kernel("identity", 5)[2, 2] == target_kernel("identity", 5).sum() == 1
    np.testing.assert_allclose(
        target_kernel("sobel", 3, 45),
        np.array([[2, 2, 0], [2, 0, -2], [0, -2, -2]]) * np.sqrt(0.5) * [[1], [1], [1]],
    )
    np.testing.assert_allclose(target_kernel("sobel", 3, 180), -target_kernel("sobel"), atol=1e-12)
    for size in (3, 5, 7):
        assert np.abs(target_kernel("scharr", size)).sum() == pytest.approx(32)
    with pytest.raises(KeyError):
        target_kernel("hidden")


def test_noise_is_relative_to_the_response_and_the_same_for_the_same_seed() -> None:
    x, kernel = np.random.default_rng(1).normal(size=(60, 60)), target_kernel("sobel")
    noisy = make_exercise(x, kernel, 0.5, seed=4)
    clean = respond(x, kernel)
    assert noisy.noise == pytest.approx(0.5 * clean.std())
    assert (noisy.answer - clean).std() == pytest.approx(noisy.noise, rel=0.05)
    np.testing.assert_array_equal(noisy.answer, make_exercise(x, kernel, 0.5, seed=4).answer)
    assert not np.array_equal(noisy.answer, make_exercise(x, kernel, 0.5, seed=5).answer)
    assert make_exercise(x, kernel).noise == 0 and not noisy.answer.flags.writeable
    for bad in (np.zeros((3, 2)), np.zeros((61, 61))):
        with pytest.raises(ValueError, match="does not go"):
            make_exercise(x, bad)


def test_photos_become_small_grey_and_scaled() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (50, 70, 3), np.uint8)
    small, note = pics.small_grey(pixels, 32)
    weights = np.array([0.299, 0.587, 0.114])
    slow = [
        [(pixels[3 * r : 3 * r + 3, 3 * c : 3 * c + 3] @ weights).mean() for c in range(23)]
        for r in range(16)
    ]
    np.testing.assert_allclose(small, slow, rtol=1e-5)
    assert note == "Averaged from 70 × 50: each pixel is the mean of 3 × 3."
    whole, nothing = pics.small_grey(pixels, 128)
    assert whole.shape == (50, 70) and nothing == ""
    tiny, note = pics.small_grey(pixels[:5, :40], 64)
    assert tiny.shape == (15, 120) and "Enlarged 3 times" in note
    long, _ = pics.small_grey(np.zeros((14, 900, 3), np.uint8), 32)
    assert long.shape[0] >= pics.LEAST_SIDE
    strip = np.zeros((1, 20_000, 3), np.uint8)
    strip[:, 10_000:] = 255
    kept, note = pics.small_grey(strip, 64)
    assert kept.shape == (12, 256) and "Enlarged 12 times" in note and "middle 256 are kept" in note
    assert not kept[:, :128].any() and kept[:, 128:].all()
    unit, centred, standard = (pics.scaled(small, name) for name in ("unit", "centred", "standard"))
    assert unit.min() >= 0 and unit.max() <= 1
    assert centred.mean() == pytest.approx(0, abs=1e-12) and centred.std() == pytest.approx(unit.std())
    assert standard.std() == pytest.approx(1)
    assert not pics.scaled(np.full((12, 12), 9.0), "standard").any()


@pytest.mark.parametrize("name", [one.name for one in pics.PATTERNS])
def test_patterns_are_grey_levels(name: str) -> None:
    plane = pics.pattern(name).build(24)
    assert plane.shape == (24, 24) and plane.min() >= 0 and plane.max() <= 255


# --- the gradient -----------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.integers(8, 12), st.integers(8, 12), st.sampled_from([1, 3, 5, 7]), st.integers(0, 999))
def test_the_gradient_by_hand_is_that_of_autograd(rows: int, cols: int, size: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    x, kernel, bias = draw.normal(size=(rows, cols)), draw.normal(size=(size, size)), float(draw.normal())
    answer = draw.normal(size=(rows - size + 1, cols - size + 1))
    w = torch.tensor(kernel)[None, None].requires_grad_()
    b = torch.tensor([bias], dtype=torch.float64, requires_grad=True)
    loss = ((functional.conv2d(torch.tensor(x)[None, None], w, b)[0, 0] - torch.tensor(answer)) ** 2).mean()
    theirs = torch.autograd.grad(loss, [w, b])
    mine = loss_and_gradient(x, answer, kernel, bias)
    assert mine[0] == pytest.approx(loss.item())
    np.testing.assert_allclose(mine[1], theirs[0][0, 0].numpy(), atol=1e-12)
    assert mine[2] == pytest.approx(theirs[1].item())


def test_the_gradient_by_hand_is_the_slope_of_the_loss() -> None:
    exercise = noise_exercise(12)
    kernel = np.random.default_rng(9).normal(size=(3, 3))
    _, gradient, slope = loss_and_gradient(exercise.x, exercise.answer, kernel, 0.3)
    h = 1e-5
    for place in np.ndindex(3, 3):
        step = np.zeros((3, 3))
        step[place] = h
        up, down = (
            loss_and_gradient(exercise.x, exercise.answer, kernel + s * step, 0.3)[0] for s in (1, -1)
        )
        assert (up - down) / (2 * h) == pytest.approx(gradient[place], abs=1e-7)
    up, down = (loss_and_gradient(exercise.x, exercise.answer, kernel, 0.3 + s * h)[0] for s in (1, -1))
    assert (up - down) / (2 * h) == pytest.approx(slope, abs=1e-7)


def test_one_update_on_paper() -> None:
    """x = [[1, 2]], target 3, kernel 1 × 1: errors −2(w=1) and −4; gradient 2/2 · (−2·1 − 4·2) = −10."""
    x, answer = np.array([[1.0, 2.0]]), np.array([[3.0, 6.0]])
    loss, gradient, slope = loss_and_gradient(x, answer, np.array([[1.0]]))
    assert (loss, gradient.item(), slope) == (10.0, -10.0, -6.0)


# --- whole runs -------------------------------------------------------------------------------------------

SPECS = (
    TrainSpec("sgd", 0.05, updates=25),
    TrainSpec("momentum", 0.02, 0.8, updates=25, bias=True),
    TrainSpec("adam", 0.1, updates=40),
    TrainSpec("adam", 0.05, batch="crops", crops=3, crop_side=9, bias=True, updates=25),
    TrainSpec("sgd", 0.05, batch="crops", crops=1, crop_side=64, updates=9),
)


@pytest.mark.parametrize("spec", SPECS, ids=lambda s: f"{s.optimiser}-{s.batch}")
@pytest.mark.parametrize("size", [3, 5])
def test_torch_and_the_hand_walk_the_same_way(spec: TrainSpec, size: int) -> None:
    exercise = noise_exercise(18, size)
    run = trained(exercise, spec)
    steps = list(walk(exercise, spec))
    assert run.last == spec.updates == len(steps) - 1 and run.outcome == "done"
    np.testing.assert_allclose(run.weights, [s.weights for s in steps], atol=1e-11)
    np.testing.assert_allclose(run.losses, [s.loss for s in steps], atol=1e-11)
    np.testing.assert_allclose(run.gradients, [s.gradient for s in steps], atol=1e-11)
    assert not run.weights.flags.writeable
    np.testing.assert_array_equal(run.kernel(0), first_kernel(spec.seed, size))
    assert run.bias(0) == 0 and (run.bias(3) != 0) == spec.bias


def test_the_kernel_is_found() -> None:
    exercise = noise_exercise(24)
    run = trained(exercise, TrainSpec("momentum", 0.1, 0.5, updates=150))
    np.testing.assert_allclose(run.kernel(run.last), exercise.kernel, atol=1e-6)
    assert run.losses[-1] < 1e-12 < run.losses[0]


def test_what_is_too_fast_diverges_and_ends() -> None:
    run = trained(noise_exercise(), TrainSpec("sgd", 5.0, updates=500))
    assert run.outcome == "diverged" and run.last < 100 and run.losses[-1] > 1e11 * run.losses[0]
    assert end(check(CheckRun(run), Context())).agrees


def test_crops_lie_inside_and_differ_from_update_to_update() -> None:
    spec = TrainSpec(batch="crops", crops=50, crop_side=10)
    places = corners(spec, 7, (30, 12))
    assert places.shape == (50, 2) and places.min() >= 0
    assert places[:, 0].max() <= 20 and places[:, 1].max() <= 2
    np.testing.assert_array_equal(places, corners(spec, 7, (30, 12)))
    assert not np.array_equal(places, corners(spec, 8, (30, 12)))
    exercise = noise_exercise(20)
    for x, answer in pieces(exercise, replace(spec, crops=5), 3):
        np.testing.assert_allclose(respond(x, exercise.kernel), answer, atol=1e-12)


def test_a_long_run_is_streamed_and_every_part_begins_like_the_whole() -> None:
    said: list[Partial | None] = []
    exercise = noise_exercise(64)
    run = end(train(TrainKernel(exercise, TrainSpec("sgd", 0.01, updates=150)), Context()), said)
    first = said[0].value if said and said[0] is not None else None
    assert isinstance(first, Run) and first.last == 0, "the first moment is told at once"
    for partial in said:
        if partial is None:
            continue  # a turn for the engine
        part = partial.value
        assert isinstance(part, Run) and part.outcome == "running"
        np.testing.assert_array_equal(part.weights, run.weights[: part.last + 1])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rate", 0.0),
        ("rate", float("nan")),
        ("momentum", 1.0),
        ("crops", 0),
        ("crop_side", 4),
        ("updates", 0),
    ],
)
def test_specs_out_of_range_are_refused(field: str, value: Any) -> None:
    with pytest.raises(UserError, match=" is "):
        trained(noise_exercise(), replace(TrainSpec(), **{field: value}))


# --- the check and the script -----------------------------------------------------------------------------


@pytest.mark.parametrize("spec", SPECS, ids=lambda s: f"{s.optimiser}-{s.batch}")
def test_the_check_agrees(spec: TrainSpec) -> None:
    result = end(check(CheckRun(trained(noise_exercise(18), spec)), Context()))
    assert result.agrees and result.max_abs_difference < 1e-10
    assert f"{spec.updates + 1} moments" in result.reference


@pytest.mark.parametrize("part", ["weights", "losses", "gradients"])
def test_the_check_finds_a_wrong_moment(part: str) -> None:
    run = trained(noise_exercise(), TrainSpec("sgd", 0.05, updates=9))
    wrong = getattr(run, part).copy()
    wrong[4] += 1e-6
    result = end(check(CheckRun(replace(run, **{part: wrong})), Context()))
    assert not result.agrees
    largest = float(np.abs(getattr(run, part)[4]).max())  # numbers above 1 are compared relative to them
    assert 1e-6 / max(largest, 10) < result.max_abs_difference < 1.01e-6


def test_the_engine_knows_the_requests() -> None:
    from engine.foundations.learned.requests import MeasureBowl

    exercise = noise_exercise()
    events: list[Any] = []
    engine = InlineEngine(events.append)
    for request in (TrainKernel(exercise, TrainSpec(updates=5)), MeasureBowl(exercise)):
        assert lookup(request)
        engine.submit(request)
    engine.close()
    answers = [type(e.value).__name__ for e in events if type(e).__name__ == "Done"]
    assert answers == ["Run", "Bowl"]


@pytest.mark.parametrize(
    ("side", "spec", "agrees"),
    [(14, TrainSpec(updates=12), True), (14, TrainSpec("momentum", 0.02, updates=5, bias=True), True),
     (14, TrainSpec("sgd", 0.02, updates=5, batch="crops", crop_side=8), False),
     (80, TrainSpec("sgd", 0.02, updates=3), False)],
)  # fmt: skip
def test_the_script_runs_and_comes_to_the_same(side: int, spec: TrainSpec, agrees: bool) -> None:
    text = pytorch_snippet(trained(noise_exercise(side), spec))
    printed: list[str] = []
    namespace: dict[str, Any] = {"print": lambda *parts, **_: printed.append(" ".join(map(str, parts)))}
    exec(compile(text, "script", "exec"), namespace)
    assert ("agrees with ConvScope" in printed) == agrees


def test_training_needs_no_accelerator() -> None:
    context = Context(device=device.cpu())
    run = end(train(TrainKernel(noise_exercise(), TrainSpec(updates=2)), context))
    assert run.weights.dtype == np.float64


def test_training_does_not_import_torchs_compiler() -> None:
    """It takes more than a second, in which the engine could do nothing else."""
    code = (
        "import sys, numpy as np; from engine.context import Context; "
        "from engine.foundations.learned import TrainSpec, make_exercise; "
        "from engine.foundations.learned.requests import TrainKernel; "
        "from engine.foundations.learned.train import train; "
        "exercise, specs = make_exercise(np.eye(12), np.eye(3)), [TrainSpec('sgd', updates=2), TrainSpec(updates=2)]; "
        "[list(train(TrainKernel(exercise, spec), Context())) for spec in specs]; "
        "sys.exit('torch._dynamo' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_pages_import_is_free_of_torch() -> None:
    modules = "requests, bowl, by_hand, exercise, pictures, spec, targets, snippet, check"
    code = (
        "import sys; from engine.foundations import learned; "
        f"from engine.foundations.learned import {modules}; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
