"""Gradient norms against one plain backward pass, against what theory says, and as a job of the engine."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from engine.context import Context
from engine.errors import UserError
from engine.handlers import HANDLERS, load, lookup
from engine.inline import InlineEngine
from engine.jobs import Cancelled, Done, JobCancelled, Partial, Progress
from engine.networks.requests import GradientNorms, MeasureGradients
from engine.networks.skips import gradient_norms
from engine.networks.skips.gradient_norms import measure

TINY = MeasureGradients(depth=14, width=4, pictures=4)


def finish(request: MeasureGradients) -> tuple[GradientNorms, list[Any]]:
    said = []
    with torch.enable_grad():
        steps = measure(request, Context())
        while True:
            try:
                said.append(next(steps))
            except StopIteration as end:
                return end.value, said


def whole_pass(request: MeasureGradients, residual: bool) -> tuple[list[float], list[float], float]:
    """Norms, spreads and loss by one forward and one backward pass of the whole net."""
    net = gradient_norms._built(request, residual)
    pictures, labels = batch(request)
    kept: dict[str, float] = {}
    hooks = [
        module.register_forward_hook(lambda _m, _x, out, name=name: kept.update({name: out.std().item()}))
        for name, module in net.named_modules()
        if isinstance(module, nn.ReLU)
    ]
    loss = functional.cross_entropy(net(pictures), labels)
    loss.backward()
    for hook in hooks:
        hook.remove()
    norms = [
        parameter.grad.norm().item()
        for parameter in net.parameters()
        if parameter.ndim == 4 and parameter.grad is not None
    ]
    return norms, list(kept.values()), loss.item()


def batch(request: MeasureGradients) -> tuple[torch.Tensor, torch.Tensor]:
    steps = gradient_norms._batch(request.pictures, request.seed)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            pictures, labels = end.value
            return pictures, labels


@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize("init", ["he", "glorot"])
def test_block_by_block_is_one_backward_pass(batch_norm: bool, init: Any) -> None:
    request = replace(TINY, batch_norm=batch_norm, init=init)
    answer, _ = finish(request)
    for residual, norms, signal, loss in (
        (False, answer.plain, answer.signal_plain, answer.loss_plain),
        (True, answer.residual, answer.signal_residual, answer.loss_residual),
    ):
        expected = whole_pass(request, residual)
        np.testing.assert_allclose(norms, expected[0], rtol=1e-4)
        np.testing.assert_allclose(signal, expected[1], rtol=1e-5)
        assert loss == pytest.approx(expected[2], rel=1e-6)


def test_one_weight_by_finite_differences() -> None:
    """The norm of the first layer's gradient, a difference quotient a weight, in float64."""
    request = replace(TINY, depth=8, width=2, batch_norm=False)
    answer, _ = finish(request)
    net = gradient_norms._built(request, True).double()
    pictures, labels = batch(request)
    pictures, weight, squares = pictures.double(), net.conv1.weight, 0.0

    @torch.no_grad()
    def loss() -> float:
        return functional.cross_entropy(net(pictures), labels).item()

    flat = weight.detach().view(-1)
    for index in range(len(flat)):
        kept = flat[index].item()
        flat[index] = kept + 1e-6
        above = loss()
        flat[index] = kept - 1e-6
        squares += ((above - loss()) / 2e-6) ** 2
        flat[index] = kept
    assert answer.residual[0] == pytest.approx(squares**0.5, rel=1e-3)


def test_names_run_from_the_picture_to_the_end() -> None:
    answer, _ = finish(TINY)
    assert len(answer.layers) == TINY.depth - 1
    assert answer.layers[:3] == ("conv1", "stage1.block1.conv1", "stage1.block1.conv2")
    assert answer.layers[-1] == "stage3.block2.conv2"
    for values in (answer.plain, answer.residual, answer.signal_plain, answer.signal_residual):
        assert values.dtype == np.float64 and values.shape == (13,)
    assert answer.seconds > 0


def test_the_plain_net_comes_first_as_a_partial() -> None:
    answer, said = finish(TINY)
    (partial,) = [one.value for one in said if isinstance(one, Partial)]
    assert isinstance(partial, GradientNorms)
    assert partial.residual.size == partial.signal_residual.size == 0
    np.testing.assert_array_equal(partial.plain, answer.plain)
    done = [one.done for one in said if isinstance(one, Progress)]
    assert done == sorted(done) and done[0] >= 0 and done[-1] == pytest.approx(2, abs=0.2)


def test_it_is_the_same_every_time_and_leaves_the_seed_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first, _ = finish(TINY)
    torch.testing.assert_close(torch.rand(3), expected, rtol=0, atol=0)
    second, _ = finish(TINY)
    np.testing.assert_array_equal(first.plain, second.plain)
    np.testing.assert_array_equal(first.residual, second.residual)
    other, _ = finish(replace(TINY, seed=1))
    assert not np.allclose(first.plain, other.plain)


def test_both_nets_begin_with_the_same_weights() -> None:
    plain, residual = (gradient_norms._built(TINY, kind) for kind in (False, True))
    torch.testing.assert_close(dict(plain.state_dict()), dict(residual.state_dict()), rtol=0, atol=0)


def test_small_weights_vanish_without_skips_and_not_with_them() -> None:
    answer, _ = finish(MeasureGradients(depth=56, batch_norm=False, init="small", width=4, pictures=4))
    assert answer.plain.max() < 1e-30
    assert np.median(answer.residual) > 1e-5
    assert answer.signal_plain[-1] < 1e-30 < 1e-3 < answer.signal_residual[-1]


def test_without_skips_a_deep_net_of_batch_norms_explodes_towards_the_picture() -> None:
    """Batch norm keeps the signal, and multiplies the gradient layer by layer (Yang et al. 2019)."""
    answer, _ = finish(MeasureGradients(depth=56, width=4, pictures=8))
    plain, residual = (
        np.median(norms[:9]) / np.median(norms[-9:]) for norms in (answer.plain, answer.residual)
    )
    assert plain > 10 * residual
    assert answer.signal_plain.min() > 0.1


def test_no_hook_remains_and_the_parts_are_the_net() -> None:
    net = gradient_norms._built(TINY, True)
    x = torch.randn(2, 3, 32, 32)
    expected = net(x)
    signal: dict[str, torch.Tensor] = {}
    for part in gradient_norms._parts(net):
        x = gradient_norms._forward(part, x, signal)
    torch.testing.assert_close(x, expected)
    assert not any(module._forward_hooks for module in net.modules())


def test_no_hook_remains_after_a_failure() -> None:
    net = gradient_norms._built(TINY, True)
    parts = list(gradient_norms._parts(net))
    with pytest.raises(RuntimeError):
        gradient_norms._forward(parts[1], torch.zeros(1, 99, 8, 8), {})
    assert not any(module._forward_hooks for module in net.modules())


def test_pictures_are_standardised_photographs() -> None:
    pictures, labels = batch(MeasureGradients(pictures=16))
    assert pictures.shape == (16, 3, 32, 32) and pictures.dtype == torch.float32
    torch.testing.assert_close(pictures.mean((0, 2, 3)), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(pictures.std((0, 2, 3)), torch.ones(3), atol=1e-3, rtol=0)
    assert labels.min() >= 0 and labels.max() < 10
    # Neighbouring pixels of a photograph are alike.
    assert (pictures[..., 1:] - pictures[..., :-1]).std() < 0.7


def test_without_photographs_there_are_patches_of_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.sources.samples", lambda: ())
    pictures, _ = batch(TINY)
    assert pictures.shape == (4, 3, 32, 32) and pictures.isfinite().all()
    assert pictures.std() > 0.5


@pytest.mark.parametrize(
    ("request_", "hint"),
    [
        (replace(TINY, depth=57), "nearest is 56"),
        (replace(TINY, depth=2), "nearest is 8"),
        (replace(TINY, depth=116), "nearest is 110"),
        (replace(TINY, width=0), "nearest: 1"),
        (replace(TINY, pictures=65), "nearest: 64"),
        (replace(TINY, pictures=1), "two pictures"),
    ],
)
def test_what_cannot_be_measured(request_: MeasureGradients, hint: str) -> None:
    with pytest.raises(UserError) as caught:
        finish(request_)
    assert hint in caught.value.hint


def test_it_is_in_the_table_of_the_engine() -> None:
    assert load(lookup(TINY)) is measure
    assert HANDLERS["engine.networks.requests.MeasureGradients"].grad


def test_as_a_job() -> None:
    events: list[object] = []
    engine = InlineEngine(events.append, device="cpu")
    engine.submit(TINY)
    (done,) = [event for event in events if isinstance(event, Done)]
    assert isinstance(done.value, GradientNorms) and done.value.residual.shape == (13,)
    assert not any(isinstance(event, Cancelled) for event in events)


def test_cancelled_between_any_two_steps() -> None:
    with torch.enable_grad():
        for stop in (1, 8, 14):
            steps = measure(TINY, Context())
            for _ in itertools.islice(steps, stop):
                pass
            with pytest.raises(JobCancelled):
                steps.throw(JobCancelled())
