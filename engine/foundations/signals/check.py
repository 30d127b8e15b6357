"""The "checked against torch" badge of signals and volumes: the same numbers, by torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.context import Context
from engine.foundations.requests import CheckResult
from engine.foundations.signals.requests import CheckSlide

if TYPE_CHECKING:
    import torch


def check(request: CheckSlide, context: Context) -> CheckResult:
    """Compare ``request.output`` with torch in float32, on the CPU: accelerators may round more."""
    import torch

    theirs = torch_slide(request).double().numpy()
    context.cancel.check()
    weight = np.abs(request.weight)
    axes = tuple(range(weight.ndim))
    # What one sum can be at most: of a filter's weights, or of the weights that meet in one cell on the way back.
    reach = weight.sum(axes if request.back else axes[1:]).max() * np.abs(request.x).max()
    offset = 0.0 if request.bias is None else np.abs(request.bias).max()
    tolerance = max(1e-5, 1e-6 * float(reach + offset))
    same = theirs.shape == request.output.shape
    difference = float(np.abs(theirs - request.output).max()) if same else float("inf")
    name = f"conv_transpose{theirs.ndim - 1}d" if request.back else f"conv{theirs.ndim - 1}d"
    version = torch.__version__.partition("+")[0]
    return CheckResult(difference, tolerance, difference <= tolerance, f"torch {version} {name} float32")


def torch_slide(request: CheckSlide) -> torch.Tensor:
    """[F, *M] or, on the way back, [C, *N] by torch.nn.functional; shares no code with the numpy route."""
    import torch
    from torch.nn import functional

    axes = request.x.ndim - 1
    x, weight = (torch.tensor(values, dtype=torch.float32) for values in (request.x, request.weight))
    bias = None if request.bias is None else torch.tensor(request.bias, dtype=torch.float32)
    spec = request.spec
    if request.back:
        backward: Any = getattr(functional, f"conv_transpose{axes}d")
        # torch refuses an output padding that reaches the stride; zeros at the end are what it would mean.
        cut = [(0, 0)] * axes if not request.extra else [(0, n) for n in request.extra]
        full = backward(x[None], weight, None, spec.stride, 0, 0, 1, spec.dilation)[0]
        padded = functional.pad(full, [n for pair in reversed(cut) for n in pair])
        p = spec.padding
        inner = tuple(slice(p, n - p) for n in padded.shape[1:])
        result: torch.Tensor = padded[(slice(None), *inner)]
        return result
    forward: Any = getattr(functional, f"conv{axes}d")
    answer: torch.Tensor = forward(x[None], weight, bias, spec.stride, spec.padding, spec.dilation)[0]
    return answer
