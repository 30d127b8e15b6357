"""The "checked against torch" badge: the same pooling and the same gradient from the same numbers, by torch.

torch has no stochastic pooling and no padding in ``lp_pool2d``, which with ``ceil_mode`` also scales up the sums of
windows that hang over the border: there the input is laid into zeros first, and ``unfold`` cuts the windows.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from engine.context import Context
from engine.foundations.pooling import stochastic
from engine.foundations.pooling.requests import CheckPicture, CheckPooling, CheckShift
from engine.foundations.pooling.spec import PoolSpec
from engine.foundations.requests import CheckResult

if TYPE_CHECKING:
    import torch

TOLERANCE = 1e-10
"""Of a difference in float64, for values of size 1."""
PICTURE_TOLERANCE = 1e-6
"""Of the value that is drawn white: pictures are pooled in float32."""
_NAMES = {
    "max": "max_pool2d", "min": "−max_pool2d(−x)", "average": "avg_pool2d", "l2": "lp_pool2d",
    "stochastic": "unfold and cumsum", "global_max": "adaptive_max_pool2d", "global_average": "adaptive_avg_pool2d",
}  # fmt: skip


def check(request: CheckPooling, context: Context) -> CheckResult:
    """Compare output, gradient and, where there is one, the weighted output with torch in float64, on the CPU."""
    import torch

    x = torch.tensor(request.x, dtype=torch.float64, requires_grad=True)
    dice = None if request.dice is None else torch.tensor(request.dice, dtype=torch.float64)
    theirs = torch_pooling(x, request.spec, dice)
    context.cancel.check()
    difference = _largest_difference(theirs.detach(), request.output)
    if difference < float("inf"):
        theirs.backward(torch.tensor(request.grad_output, dtype=torch.float64))
        # The slope of a root at zero is infinite, of zeros: not a number. There the gradient is 0 by definition.
        gradient = torch.zeros_like(x) if x.grad is None else x.grad.nan_to_num(nan=0.0)
        difference = max(difference, _largest_difference(gradient.detach(), request.grad_input))
    if request.expected is not None:
        difference = max(
            difference, _largest_difference(_weighted(x.detach(), request.spec), request.expected)
        )
    largest = max(1.0, *(float(np.abs(a).max()) for a in (request.x, request.grad_output)))
    return _result(difference, TOLERANCE * largest, f"{_NAMES[request.spec.kind]} and autograd")


def check_shift(request: CheckShift, context: Context) -> CheckResult:
    """Compare both outputs of everything that a shift is compared by."""
    import torch

    difference, stride = 0.0, request.spec.stride_hw
    if request.spec.is_global:
        stride = (request.before.shape[1], request.before.shape[2])
    maximum, average = _as(request.spec, "max"), _as(request.spec, "average")
    for index, values in enumerate((request.before, request.after)):
        x = torch.tensor(values, dtype=torch.float64)
        for theirs, ours in (
            (torch_pooling(x, maximum), request.maxima[index]),
            (torch_pooling(x, average), request.averages[index]),
            (x[:, :: stride[0], :: stride[1]], request.every[index]),
        ):
            difference = max(difference, _largest_difference(theirs, ours))
        context.cancel.check()
    largest = max(1.0, float(np.abs(request.before).max()))
    return _result(difference, TOLERANCE * largest, "max_pool2d, avg_pool2d and slicing")


def check_picture(request: CheckPicture, context: Context) -> Generator[None, None, CheckResult]:
    """Compare a pooled picture, which is computed in float32, channel by channel."""
    import torch

    result, difference = request.result, 0.0
    channels, rows, cols = result.values.shape
    dice = None
    if result.spec.rule == "stochastic":
        dice = torch.from_numpy(stochastic.dice(result.seed, (channels, rows, cols)))
    for channel in range(channels):
        x = torch.from_numpy(result.pixels[..., channel].astype(np.float64))[None]
        theirs = torch_pooling(x, result.spec, None if dice is None else dice[channel : channel + 1])
        difference = max(difference, _largest_difference(theirs, result.values[channel : channel + 1]))
        context.cancel.check()
        yield
    return _result(difference, PICTURE_TOLERANCE * result.white, _NAMES[result.spec.kind])


def _result(difference: float, tolerance: float, name: str) -> CheckResult:
    import torch

    return CheckResult(
        max_abs_difference=difference,
        tolerance=tolerance,
        agrees=difference <= tolerance,
        reference=f"torch {torch.__version__.partition('+')[0]} {name}, float64",
    )


def _largest_difference(theirs: torch.Tensor, ours: npt.NDArray[Any]) -> float:
    """Infinite where the shapes differ."""
    if tuple(theirs.shape) != ours.shape:
        return float("inf")
    return float(np.abs(theirs.numpy() - ours).max(initial=0.0))


def _as(spec: PoolSpec, rule: Literal["max", "average"]) -> PoolSpec:
    """The windows of a pooling, with another rule."""
    if not spec.is_global:
        return replace(spec, kind=rule)
    return replace(spec, kind="global_max" if rule == "max" else "global_average")


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


def _weighted(x: torch.Tensor, spec: PoolSpec) -> torch.Tensor:
    """The sum of p * a of every window, [C, H, W] -> [C, Ho, Wo]."""
    from torch.nn import functional

    size, stride = _pair(spec.size), _pair(spec.size if spec.stride is None else spec.stride)
    around = _surrounded(x.relu(), size, stride, _pair(spec.padding), spec.ceil_mode)
    rows, cols = ((int(n) - f) // s + 1 for n, f, s in zip(around.shape[1:], size, stride, strict=True))
    cells = functional.unfold(around[:, None], size, stride=stride)  # [C, kh * kw, L]
    chances = cells / cells.sum(1, keepdim=True).clamp(min=1e-300)
    return (chances * cells).sum(1).reshape(len(x), rows, cols)


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)
