"""The "checked against torch" badge of every view: the same numbers by torch's own layers, in float64 on the CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.context import Context
from engine.foundations.channels.bottleneck import Layer, variants
from engine.foundations.channels.requests import CheckCosts, CheckDense, CheckFlatten, CheckMix
from engine.foundations.requests import CheckResult
from engine.foundations.spec import FloatArray

if TYPE_CHECKING:
    import torch
    from torch import nn

TOLERANCE = 1e-12
"""Of a difference in float64, for sums whose terms add up to 1 in magnitude."""


def check_mix(request: CheckMix, context: Context) -> CheckResult:
    """Compare with conv2d and, pixel by pixel, with a linear layer."""
    import torch
    from torch.nn import functional

    done = request.mix
    x, weight, bias = _tensors(done.x, done.weight, done.bias)
    sums = functional.conv2d(x[None], weight[:, :, None, None], bias)[0]
    pixels = functional.linear(x.permute(1, 2, 0), weight, bias).permute(2, 0, 1)
    context.cancel.check()
    difference = _largest((sums, done.sums), (pixels, done.sums))
    if done.relu:
        difference = max(difference, _largest((torch.relu(sums), done.output)))
    return _result(difference, _scale(done.weight, done.x, done.bias), "conv2d 1×1 and linear")


def check_flatten(request: CheckFlatten, context: Context) -> CheckResult:
    """Compare with flatten, of the volume as it is or with its channels moved to the end."""
    (x,) = _tensors(request.x)
    theirs = x.flatten() if request.order == "first" else x.permute(1, 2, 0).flatten()
    return _result(_largest((theirs, request.flat)), 0.0, "flatten")


def check_dense(request: CheckDense, context: Context) -> CheckResult:
    """Compare the matrix with linear, the folded kernels with conv2d, on the input and on the larger picture."""
    from torch.nn import functional

    done = request.dense
    x, weight, bias, image = _tensors(done.x, done.weight, done.bias, done.image)
    kernels = weight.view(len(weight), *x.shape)
    as_matrix = functional.linear(x.flatten(), weight, bias)
    as_kernels = functional.conv2d(x[None], kernels, bias)[0, :, 0, 0]
    slid = functional.conv2d(image[None], kernels, bias)[0]
    context.cancel.check()
    difference = _largest((as_matrix, done.output), (as_kernels, done.output), (slid, done.slid))
    return _result(difference, _scale(done.weight, done.image, done.bias), "linear and conv2d")


def check_costs(request: CheckCosts, context: Context) -> CheckResult:
    """Count parameters and multiplications of torch's modules: every weight is used once at every place of its output.

    torch's own counter of FLOPs, and running the modules without numbers, would import its compiler first: seconds in
    which the engine would do nothing else.
    """
    import torch

    difference = 0.0
    for variant in variants(request.block):
        with torch.device("meta"):  # shapes and no numbers: a hundred megabytes of weights need not be drawn
            convs = _convolutions(variant.layers)
        learned = sum(parameter.numel() for conv in convs for parameter in conv.parameters())
        counted = sum(_places(conv, request.block.n) * conv.weight.numel() for conv in convs)
        difference = max(difference, abs(learned - variant.parameters), abs(counted - variant.macs))
        context.cancel.check()
    return _result(float(difference), 0.0, "parameters and multiplications of Conv2d", kind="counted")


def _places(conv: nn.Conv2d, n: int) -> int:
    """How many places an n x n map has after a convolution: one channel tells, run by torch with the same geometry."""
    import torch
    from torch.nn import functional

    kernel = torch.zeros(1, 1, *conv.kernel_size)
    return functional.conv2d(
        torch.zeros(1, 1, n, n), kernel, stride=conv.stride, padding=conv.padding, dilation=conv.dilation
    ).numel()


def module(layers: tuple[Layer, ...]) -> nn.Sequential:
    """A variant as torch's module: its convolutions one behind the other."""
    from torch import nn

    return nn.Sequential(*_convolutions(layers))


def _convolutions(layers: tuple[Layer, ...]) -> list[nn.Conv2d]:
    """The convolutions of a variant as torch's modules, "same" padding."""
    from torch import nn

    return [nn.Conv2d(one.c_in, one.c_out, one.f, padding="same", groups=one.groups) for one in layers]


def _tensors(*arrays: FloatArray) -> tuple[torch.Tensor, ...]:
    import torch

    return tuple(torch.tensor(array, dtype=torch.float64) for array in arrays)


def _largest(*pairs: tuple[torch.Tensor, FloatArray]) -> float:
    """The largest difference of all pairs; infinite where shapes differ."""
    found = 0.0
    for theirs, ours in pairs:
        if tuple(theirs.shape) != ours.shape:
            return float("inf")
        found = max(found, float(np.abs(theirs.numpy() - ours).max(initial=0.0)))
    return found


def _scale(weight: FloatArray, x: FloatArray, bias: FloatArray) -> float:
    """The largest sum that there could be: rounding grows with it."""
    return float(np.abs(weight).sum(1).max() * np.abs(x).max() + np.abs(bias).max())


def _result(difference: float, scale: float, name: str, kind: str = "float64") -> CheckResult:
    import torch

    tolerance = TOLERANCE * max(scale, 1.0) if scale else 0.0
    version = torch.__version__.partition("+")[0]
    return CheckResult(difference, tolerance, difference <= tolerance, f"torch {version} {name}, {kind}")
