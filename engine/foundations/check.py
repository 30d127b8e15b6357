"""The "checked against torch" badge: the same convolution from the same numbers, by torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.context import Context
from engine.foundations.requests import CheckConvolution, CheckResult
from engine.foundations.spec import ConvSpec

if TYPE_CHECKING:
    import torch

_TORCH_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}


def check(request: CheckConvolution, context: Context) -> CheckResult:
    """Compare ``request.output`` with torch in float32, on the CPU: accelerators may round more."""
    import torch

    x, weight = np.asarray(request.x, np.float64), np.asarray(request.weight, np.float64)
    bias = np.zeros(len(weight)) if request.bias is None else np.asarray(request.bias, np.float64)
    result = torch_convolution(
        torch.tensor(x, dtype=torch.float32),
        torch.tensor(weight, dtype=torch.float32),
        torch.tensor(bias, dtype=torch.float32),
        request.spec,
    )
    theirs = result.double().numpy()
    context.cancel.check()
    largest_sum = np.abs(weight).sum((1, 2, 3)).max() * np.abs(x).max() + np.abs(bias).max()
    tolerance = max(1e-5, 1e-6 * float(largest_sum))
    same_shape = theirs.shape == request.output.shape
    difference = float(np.abs(theirs - request.output).max()) if same_shape else float("inf")
    name = "conv_transpose2d" if request.spec.transposed else "conv2d"
    return CheckResult(
        max_abs_difference=difference,
        tolerance=tolerance,
        agrees=difference <= tolerance,
        reference=f"torch {torch.__version__.partition('+')[0]} {name} float32",
    )


def torch_convolution(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, spec: ConvSpec
) -> torch.Tensor:
    """A convolution by torch.nn.functional: [C, H, W], [F, C/groups, kh, kw], [F] -> [F, Ho, Wo].

    Shares no code with `engine.foundations.convolution`. The shapes have to be legal.
    """
    if spec.flip:
        weight = weight.flip(2, 3)
    out = _transposed(x, weight, bias, spec) if spec.transposed else _forward(x, weight, bias, spec)
    return out.relu_() if spec.activation == "relu" else out


def _forward(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, spec: ConvSpec
) -> torch.Tensor:
    from torch.nn import functional

    vertical, horizontal = _borders(x, weight, spec)
    padding = (0, 0)
    if spec.padding_mode == "zeros" and vertical[0] == vertical[1] and horizontal[0] == horizontal[1]:
        padding = (vertical[0], horizontal[0])
    else:
        x = functional.pad(x[None], (*horizontal, *vertical), mode=_TORCH_MODES[spec.padding_mode])[0]
    return functional.conv2d(x[None], weight, bias, spec.stride, padding, spec.dilation, spec.groups)[0]


def _transposed(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, spec: ConvSpec
) -> torch.Tensor:
    """conv_transpose2d knows no uneven padding: then all of the output is cut, or continued with zeros."""
    from torch.nn import functional

    vertical, horizontal = _borders(x, weight, spec)
    # torch keeps the weight of the convolution that this one transposes: (C, F/groups, kh, kw).
    layout = torch_layout(weight, spec.groups)
    extra, even = spec.output_padding, vertical[0] == vertical[1] and horizontal[0] == horizontal[1]
    padding = (vertical[0], horizontal[0]) if even else (0, 0)
    out = functional.conv_transpose2d(
        x[None], layout, None, spec.stride, padding, extra, spec.groups, spec.dilation
    )[0]
    cuts = (horizontal[0], horizontal[1], vertical[0], vertical[1])
    out = out if even else functional.pad(out, tuple(-cut for cut in cuts))
    return out if bias is None else out + bias[:, None, None]


def torch_layout(weight: torch.Tensor, groups: int) -> torch.Tensor:
    """(F, C/groups, kh, kw) -> (C, F/groups, kh, kw): in each group filters and channels change places."""
    filters, depth, kh, kw = weight.shape
    split = weight.reshape(groups, filters // groups, depth, kh, kw)
    return split.transpose(1, 2).reshape(groups * depth, filters // groups, kh, kw)


def _borders(
    x: torch.Tensor, weight: torch.Tensor, spec: ConvSpec
) -> tuple[tuple[int, int], tuple[int, int]]:
    """(top, bottom), (left, right) of the padding that is asked for."""
    padding = spec.padding
    if padding == "valid":
        return (0, 0), (0, 0)
    if isinstance(padding, int):
        return (padding, padding), (padding, padding)
    if isinstance(padding, tuple) and len(padding) == 2:
        return (padding[0], padding[0]), (padding[1], padding[1])
    if isinstance(padding, tuple):
        return (padding[0], padding[1]), (padding[2], padding[3])
    strides = spec.stride if isinstance(spec.stride, tuple) else (spec.stride, spec.stride)
    dilations = spec.dilation if isinstance(spec.dilation, tuple) else (spec.dilation, spec.dilation)
    sides = []
    for axis in (0, 1):
        n, k, s, d = x.shape[axis + 1], weight.shape[axis + 2], strides[axis], dilations[axis]
        total = d * (k - 1)
        if padding == "same_tf":
            # Forward: what the last of ceil(n / s) windows lacks. Transposed: what exceeds n * s.
            total = total + 1 - s if spec.transposed else max(0, total + 1 - (s if n % s == 0 else n % s))
        before = max(total, 0) // 2
        sides.append((before, total - before))
    return sides[0], sides[1]
