"""The optimiser against an exact Newton step, torch's own L-BFGS, and walls."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.style.lbfgs import FIRST, BoxedLbfgs


def bowl(seed: int, size: int = 12) -> tuple[Tensor, Tensor]:
    """A positive definite matrix and the place of the bowl's bottom, well inside of 0..1."""
    rng = torch.Generator().manual_seed(seed)
    root = torch.randn(size, size, generator=rng, dtype=torch.float64)
    return root @ root.T + 0.5 * torch.eye(size, dtype=torch.float64), 0.3 + 0.4 * torch.rand(
        size, generator=rng, dtype=torch.float64
    )


@pytest.mark.parametrize("seed", range(4))
def test_it_finds_the_bottom_of_a_bowl(seed: int) -> None:
    matrix, bottom = bowl(seed)
    values, optimiser = torch.full_like(bottom, 0.5), BoxedLbfgs()
    for _ in range(80):
        values = optimiser.step(values, matrix @ (values - bottom))
    torch.testing.assert_close(values, bottom, rtol=0, atol=1e-6)


def test_its_direction_is_that_of_torchs_own() -> None:
    """Ten steps beside torch.optim.LBFGS, whose first step is as long as ours."""
    matrix, bottom = bowl(7)
    start = torch.full_like(bottom, 0.5)
    ours, optimiser = [start], BoxedLbfgs()
    for _ in range(8):
        ours.append(optimiser.step(ours[-1], matrix @ (ours[-1] - bottom)))
    first = matrix @ (start - bottom)
    scaled = first.abs().sum() * FIRST / first.abs().max()  # torch begins with 1 / |g|_1
    theirs = start.clone().requires_grad_()
    reference = torch.optim.LBFGS(
        [theirs], lr=1, max_iter=1, history_size=20, tolerance_grad=0, tolerance_change=0
    )
    for step in range(8):
        reference.param_groups[0]["lr"] = float(scaled) if step == 0 else 1.0

        def closure() -> Tensor:
            reference.zero_grad()
            loss = 0.5 * (theirs - bottom) @ matrix @ (theirs - bottom)
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        reference.step(closure)
        torch.testing.assert_close(theirs.detach(), ours[step + 1], rtol=1e-6, atol=1e-8)


def test_walls_hold() -> None:
    optimiser = BoxedLbfgs()
    values = torch.full((5,), 0.5)
    goal = torch.tensor([-1.0, 0.2, 0.5, 0.8, 2.0])
    for _ in range(40):
        values = optimiser.step(values, 2 * (values - goal))
        assert bool(((values >= 0) & (values <= 1)).all())
    torch.testing.assert_close(values, goal.clamp(0, 1), rtol=0, atol=1e-4)


def test_no_slope_no_step_and_inputs_stay() -> None:
    values, still = torch.full((3, 4), 0.25), torch.zeros(3, 4)
    optimiser = BoxedLbfgs()
    for _ in range(3):
        moved = optimiser.step(values, still)
        assert moved.equal(values) and moved.shape == values.shape
    assert still.equal(torch.zeros(3, 4)) and values.equal(torch.full((3, 4), 0.25))


def test_negative_curvature_is_left_out() -> None:
    """On top of a hill the pair is unusable; the step stays downhill and within its length."""
    optimiser = BoxedLbfgs()
    values = torch.tensor([0.49, 0.52])
    for _ in range(30):
        slope = -2 * (values - 0.5)
        values = optimiser.step(values, slope)
    assert values.tolist() == [0.0, 1.0]
