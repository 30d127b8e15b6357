"""The style cost worked by hand: two small maps, their Gram matrices, the cost, and the steps in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.foundations.requests import CheckResult

if TYPE_CHECKING:
    from engine.context import Context
    from engine.style.requests import CheckWorked

Floats = npt.NDArray[np.float64]
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Worked:
    """All numbers of the example: `grams` float64[2, C, C] of style and generated, their difference, the cost.

    `factor`: 1 / (2 n_H n_W n_C)^2, the course's. `slope` float64[C, H, W]: dJ/dF of the generated maps.
    """

    style: Floats
    generated: Floats
    grams: tuple[Floats, Floats]
    difference: Floats
    factor: float
    cost: float
    slope: Floats


def work(style: Floats, generated: Floats) -> Worked:
    """The cost of generated maps float64[C, H, W] against the style's, which may have other sizes but as many maps.

    Of style maps of another size the Gram matrix is scaled to as many places.
    """
    target, own = gram_of(style), gram_of(generated)
    places = generated.shape[1] * generated.shape[2]
    target = target * (places / (style.shape[1] * style.shape[2]))
    difference = own - target
    factor = 1 / (2 * places * len(generated)) ** 2
    slope = 4 * factor * np.einsum("kl,lij->kij", difference, generated)
    return Worked(
        style, generated, (target, own), difference, factor, factor * float((difference**2).sum()), slope
    )


def gram_of(maps: Floats) -> Floats:
    """G_kk' = sum over places of F_k F_k', float64[C, C] of float64[C, H, W]; one product and one sum a cell."""
    count = len(maps)
    found = np.empty((count, count))
    for k in range(count):
        for other in range(count):
            found[k, other] = (maps[k] * maps[other]).sum()
    return found


def check(request: CheckWorked, context: Context) -> CheckResult:
    """Answer a CheckWorked: torch's matrix products, and its automatic gradient."""
    import torch

    ours = work(request.style, request.generated)
    count = len(request.generated)
    rows = torch.tensor(request.generated).reshape(count, -1).requires_grad_()
    target = torch.tensor(request.style).reshape(count, -1)
    aim = target @ target.T * (rows.shape[1] / target.shape[1])
    own = rows @ rows.T
    cost = torch.nn.functional.mse_loss(own, aim, reduction="sum") / (2 * rows.shape[1] * count) ** 2
    (slope,) = torch.autograd.grad(cost, rows)
    theirs = [aim, own.detach(), cost.detach()[None], slope]
    mine = [*ours.grams, np.array([ours.cost]), ours.slope.reshape(count, -1)]
    worst = max(float(np.abs(a - b.numpy()).max()) for a, b in zip(mine, theirs, strict=True))
    largest = max(float(np.abs(a).max()) for a in mine)
    tolerance = TOLERANCE * max(largest, 1.0)
    return CheckResult(
        worst, tolerance, worst <= tolerance, f"torch {torch.__version__} matmul and autograd, float64"
    )
