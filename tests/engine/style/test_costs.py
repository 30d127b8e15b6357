"""Gram matrices and costs against hand-computed arrays, slow loops and autograd of the written formula."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.style.costs import content_cost, gram, style_cost, variation_cost

TWO_MAPS = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]], [[0.0, 1.0], [-1.0, 2.0]]]])


def test_the_gram_matrix_of_two_maps_by_hand() -> None:
    # 1 + 4 + 9 + 16; 0 + 2 - 3 + 8; 0 + 1 + 1 + 4
    assert gram(TWO_MAPS).tolist() == [[30.0, 7.0], [7.0, 6.0]]


def test_only_where_the_mask_is_places_count() -> None:
    mask = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    assert gram(TWO_MAPS, mask).tolist() == [[17.0, 8.0], [8.0, 4.0]]
    assert gram(TWO_MAPS, torch.ones(2, 2)).equal(gram(TWO_MAPS))


def test_the_costs_by_hand() -> None:
    target = torch.tensor([[30.0, 5.0], [5.0, 7.0]])
    assert style_cost(TWO_MAPS, target, 1.0).item() == 4 + 4 + 1
    # The course's factor: n_H = n_W = n_C = 2.
    assert style_cost(TWO_MAPS, target, 1 / (2 * 2 * 2 * 2) ** 2).item() == pytest.approx(9 / 256)
    assert content_cost(TWO_MAPS, TWO_MAPS + 2, 1 / (4 * 8)).item() == pytest.approx(8 * 4 / 32)
    assert content_cost(TWO_MAPS, TWO_MAPS, 1.0).item() == 0
    # Rows differ by 0.5 each, columns by 0.25: the means of their squares.
    steps = torch.tensor([[0.0, 0.25], [0.5, 0.75]]).expand(1, 3, 2, 2)
    assert variation_cost(steps).item() == pytest.approx(0.25 + 0.0625)


def by_loops(features: Tensor) -> Tensor:
    channels = features.shape[1]
    found = torch.zeros(channels, channels)
    for k, other in itertools.product(range(channels), repeat=2):
        for row, column in itertools.product(range(features.shape[2]), range(features.shape[3])):
            found[k, other] += features[0, k, row, column] * features[0, other, row, column]
    return found


@given(st.integers(1, 5), st.integers(1, 6), st.integers(1, 6), st.booleans(), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_the_written_gradient_is_that_of_autograd(c: int, h: int, w: int, last: bool, seed: int) -> None:
    rng = torch.Generator().manual_seed(seed)
    features = torch.randn(1, c, h, w, generator=rng, dtype=torch.float32)
    target = by_loops(torch.randn(1, c, 3, 3, generator=rng))
    torch.testing.assert_close(gram(features), by_loops(features))
    if last:
        features = features.contiguous(memory_format=torch.channels_last)
    ours, plain = features.clone().requires_grad_(), features.clone().requires_grad_()
    scale = 1 / (2 * h * w * c) ** 2
    cost = style_cost(ours, target, scale)
    flat = plain.reshape(c, -1)
    formula = scale * (flat @ flat.T - target).square().sum()
    torch.testing.assert_close(cost, formula)
    torch.testing.assert_close(
        torch.autograd.grad(3 * cost, ours)[0],
        torch.autograd.grad(3 * formula, plain)[0],
        rtol=1e-4,
        atol=1e-6,
    )


def test_the_gradient_under_a_mask() -> None:
    rng = torch.Generator().manual_seed(5)
    features, mask = torch.randn(1, 3, 4, 5, generator=rng), torch.rand(4, 5, generator=rng)
    target = by_loops(torch.randn(1, 3, 2, 2, generator=rng))
    ours, plain = features.clone().requires_grad_(), features.clone().requires_grad_()
    flat = (plain * mask).reshape(3, -1)
    formula = (flat @ flat.T - target).square().sum()
    torch.testing.assert_close(style_cost(ours, target, 1.0, mask), formula)
    torch.testing.assert_close(
        torch.autograd.grad(style_cost(ours, target, 1.0, mask), ours)[0],
        torch.autograd.grad(formula, plain)[0],
    )
