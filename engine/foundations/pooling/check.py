"""The "checked against torch" badge: the same pooling and the same gradient from the same numbers, by torch.

torch has no stochastic pooling and no padding in ``lp_pool2d``, which with ``ceil_mode`` also scales up the sums of
windows that hang over the border: there the input is laid into zeros first, and ``unfold`` cuts the windows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.context import Context
from engine.foundations.pooling.requests import CheckPooling
from engine.foundations.pooling.spec import PoolSpec
from engine.foundations.requests import CheckResult

if TYPE_CHECKING:
    import torch

_NAMES = {
    "max": "max_pool2d", "min": "−max_pool2d(−x)", "average": "avg_pool2d", "l2": "lp_pool2d",
    "stochastic": "unfold and cumsum", "global_max": "adaptive_max_pool2d", "global_average": "adaptive_avg_pool2d",
}  # fmt: skip


def check(request: CheckPooling, context: Context) -> CheckResult:
    """Compare output and gradient with torch and its autograd in float64, on the CPU."""
    import torch

    with torch.enable_grad():
        x = torch.tensor(request.x, dtype=torch.float64, requires_grad=True)
        dice = None if request.dice is None else torch.tensor(request.dice, dtype=torch.float64)
        theirs = torch_pooling(x, request.spec, dice)
        context.cancel.check()
        if theirs.shape != request.output.shape:
            difference = float("inf")
        else:
            theirs.backward(torch.tensor(request.grad_output, dtype=torch.float64))
            # The slope of a root at zero is infinite, of zeros: not a number. There the gradient is 0 by definition.
            gradient = np.zeros(request.x.shape) if x.grad is None else x.grad.nan_to_num(nan=0.0).numpy()
            difference = max(
                float(np.abs(theirs.detach().numpy() - request.output).max()),
                float(np.abs(gradient - request.grad_input).max()),
            )
    largest = max(1.0, *(float(np.abs(a).max()) for a in (request.x, request.grad_output)))
    tolerance = 1e-10 * largest
    return CheckResult(
        max_abs_difference=difference,
        tolerance=tolerance,
        agrees=difference <= tolerance,
        reference=f"torch {torch.__version__.partition('+')[0]} {_NAMES[request.spec.kind]} and autograd, float64",
    )


def torch_pooling(x: torch.Tensor, spec: PoolSpec, dice: torch.Tensor | None = None) -> torch.Tensor:
    """A pooling by torch: [C, H, W] -> [C, Ho, Wo]. Shares no code with the rest of this package.

    ``dice`` [C, Ho, Wo] for stochastic pooling. The sizes have to be legal.
    """
    from torch.nn import functional

    if spec.kind == "global_max":
        return functional.adaptive_max_pool2d(x, 1)
    if spec.kind == "global_average":
        return functional.adaptive_avg_pool2d(x, 1)
    size, stride = _pair(spec.size), _pair(spec.size if spec.stride is None else spec.stride)
    padding = _pair(spec.padding)
    if spec.kind == "average":
        return functional.avg_pool2d(x, size, stride, padding, spec.ceil_mode, spec.count_include_pad)
    if spec.kind in ("max", "min"):
        sign = 1 if spec.kind == "max" else -1
        return sign * functional.max_pool2d(sign * x, size, stride, padding, ceil_mode=spec.ceil_mode)
    surrounded = _surrounded(x, size, stride, padding, spec.ceil_mode)
    if spec.kind == "l2":
        return functional.lp_pool2d(surrounded, 2, size, stride)
    if dice is None:
        raise ValueError("stochastic pooling needs a roll of the dice for every window")
    return _drawn(surrounded, size, stride, dice)


def _surrounded(
    x: torch.Tensor, size: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int], ceil_mode: bool
) -> torch.Tensor:
    """The input with its zeros, as far as the windows of max_pool2d reach."""
    from torch.nn import functional

    out = functional.max_pool2d(x.detach(), size, stride, padding, ceil_mode=ceil_mode).shape[1:]
    after = []
    for axis in (0, 1):
        reach = (int(out[axis]) - 1) * stride[axis] + size[axis]
        after.append(max(reach - padding[axis] - int(x.shape[axis + 1]), 0))
    return functional.pad(x, (padding[1], after[1], padding[0], after[0]))


def _drawn(
    x: torch.Tensor, size: tuple[int, int], stride: tuple[int, int], dice: torch.Tensor
) -> torch.Tensor:
    """The cell of every window whose stretch of the summed probabilities holds the dice; zero where there is none."""
    from torch.nn import functional

    cells = functional.unfold(x.relu()[:, None], size, stride=stride)  # [C, kh * kw, L]
    cells = cells.reshape(len(x), size[0] * size[1], *dice.shape[1:])
    total = cells.detach().sum(1, keepdim=True)
    ends = cells.detach().cumsum(1) / total.clamp(min=1e-300)
    picked = (ends <= dice[:, None]).sum(1, keepdim=True).clamp(max=cells.shape[1] - 1)
    return cells.gather(1, picked)[:, 0] * (total[:, 0] > 0)


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)
