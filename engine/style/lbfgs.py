"""L-BFGS that never asks the device for a number: no line search, projection onto a box, all scalars stay tensors.

(Liu and Nocedal 1989: the two-loop recursion.) torch.optim.LBFGS reads several numbers back in every iteration, which
on a GPU waits for everything before it; it also knows no bounds, and pixels have two.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

MEMORY: Final = 20
"""Pairs of steps and changes of the gradient that are remembered."""
LONGEST: Final = 0.5
"""The largest change of one value in one step, in units of the range 0..1: what a bad curvature may do at worst."""
FIRST: Final = 0.02
"""The largest change of one value in the first step, when nothing is known of the curvature."""
_TINY: Final = 1e-12


class BoxedLbfgs:
    """Steps for values that stay in 0..1; after a jump of the costs `forget` what was learned of their shape."""

    def __init__(self, memory: int = MEMORY) -> None:
        self._memory = memory
        self.forget()

    def forget(self) -> None:
        """Begin anew from wherever the next step is asked for."""
        self._steps: list[Tensor] = []
        self._changes: list[Tensor] = []
        self._inverse: list[Tensor] = []
        self._scale: Tensor | None = None
        self._before: tuple[Tensor, Tensor] | None = None

    def step(self, values: Tensor, gradient: Tensor) -> Tensor:
        """The next values, from the present ones and the gradient there, both of one shape; they stay as they are."""
        x, g = values.flatten(), gradient.flatten()
        if self._before is not None:
            self._remember(x - self._before[0], g - self._before[1])
        direction = -self._times_inverse_hessian(g)
        longest = FIRST if self._scale is None else LONGEST
        reach = direction.abs().amax()
        # Without curvature the gradient has no length of its own: its largest entry moves by FIRST.
        shrink = longest / reach.clamp_min(_TINY)
        direction = direction * (shrink if self._scale is None else shrink.clamp_max(1.0))
        self._before = x, g
        return (x + direction).clamp(0, 1).view_as(values)

    def _remember(self, step: Tensor, change: Tensor) -> None:
        curvature = torch.dot(step, change)
        usable = curvature > _TINY
        # A pair without positive curvature gets the weight 0, which leaves it out of both loops.
        self._inverse.append(torch.where(usable, 1 / curvature.clamp_min(_TINY), torch.zeros_like(curvature)))
        self._steps.append(step)
        self._changes.append(change)
        scale = curvature / torch.dot(change, change).clamp_min(_TINY)
        before = torch.ones_like(scale) if self._scale is None else self._scale
        self._scale = torch.where(usable, scale, before)
        if len(self._steps) > self._memory:
            del self._steps[0], self._changes[0], self._inverse[0]

    def _times_inverse_hessian(self, gradient: Tensor) -> Tensor:
        q = gradient.clone()
        weights: list[Tensor] = []
        for step, change, inverse in zip(
            reversed(self._steps), reversed(self._changes), reversed(self._inverse), strict=True
        ):
            weight = inverse * torch.dot(step, q)
            weights.append(weight)
            q.sub_(change * weight)
        if self._scale is not None:
            q.mul_(self._scale)
        for step, change, inverse, weight in zip(
            self._steps, self._changes, self._inverse, reversed(weights), strict=True
        ):
            q.add_(step * (weight - inverse * torch.dot(change, q)))
        return q
