"""What is on show, along one axis or three, as a PyTorch script that anybody can run."""

from __future__ import annotations

import numpy as np

from engine.foundations.signals.requests import CheckSlide
from engine.foundations.snippet import tensor_text


def pytorch_snippet(what: CheckSlide) -> str:
    """A script that rebuilds the tensors, computes the convolution (or the way back) and compares the results."""
    axes = what.x.ndim - 1
    spec = what.spec
    arguments = f"stride={spec.stride}, padding={spec.padding}, dilation={spec.dilation}"
    lines = [
        "import torch",
        "from torch.nn import functional as F",
        "",
        "# Made by ConvScope. Shapes: input (1, C, ...), weight (F, C, ...).",
        f"x = {tensor_text(what.x)}.unsqueeze(0)",
        f"weight = {tensor_text(what.weight)}",
        f"bias = {tensor_text(what.bias)}" if what.bias is not None else "bias = None",
        "",
    ]
    if what.back:
        lines += _back_lines(what, axes, arguments)
    else:
        lines.append(f"y = F.conv{axes}d(x, weight, bias, {arguments})")
    largest = float(np.abs(what.weight).sum() * np.abs(what.x).max())
    return "\n".join(
        [
            *lines,
            "",
            "print(y.squeeze(0))",
            f"expected = {tensor_text(what.output)}.unsqueeze(0)",
            f"torch.testing.assert_close(y, expected, rtol=1e-9, atol={max(1e-9, 1e-12 * largest):.1e})",
            'print("agrees with ConvScope")',
            "",
        ]
    )


def _back_lines(what: CheckSlide, axes: int, arguments: str) -> list[str]:
    """The transposed convolution as what it is: the gradient of sum(x * conv(input)) with respect to the input."""
    shape = (1, *what.output.shape)
    return [
        "# The way back: x weighs the outputs of a convolution; y is the gradient with respect to its input.",
        f"source = torch.zeros({shape}, dtype=torch.float64, requires_grad=True)",
        f"z = F.conv{axes}d(source, weight, bias, {arguments})",
        "(y,) = torch.autograd.grad((z * x).sum(), source)",
    ]
