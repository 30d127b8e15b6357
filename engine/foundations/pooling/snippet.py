"""The pooling on the screen as a PyTorch script that anybody can run."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.foundations.pooling.spec import PoolSpec
from engine.foundations.pooling.trace import PoolTrace
from engine.foundations.snippet import tensor_text


def pytorch_snippet(done: PoolTrace, grad_output: npt.ArrayLike) -> str:
    """A script that rebuilds the tensors, pools, goes back, and compares both with what is on show.

    ``grad_output`` [C, Ho, Wo]. The numbers are written out in full, in float64. Raises ValueError for another shape.
    """
    grad = np.asarray(grad_output, np.float64)
    gradient = done.backward(grad)
    lines = [
        "import torch",
        "from torch.nn import functional as F",
        "",
        "# Made by ConvScope. Shapes: input (1, C, H, W). Pooling works on each channel on its own.",
        f"x = {tensor_text(done.x)}.unsqueeze(0).requires_grad_()",
        "",
        *_pooling_lines(done),
        f"y.backward({tensor_text(grad)}.unsqueeze(0))",
        "",
        "print(y.squeeze(0))",
        "print(x.grad.squeeze(0))",
        f"expected = {tensor_text(done.output)}.unsqueeze(0)",
        f"gradient = {tensor_text(gradient)}.unsqueeze(0)",
        "torch.testing.assert_close(y, expected, rtol=1e-9, atol=1e-9)",
        "torch.testing.assert_close(x.grad.nan_to_num(0.0), gradient, rtol=1e-9, atol=1e-9)",
        'print("agrees with ConvScope")',
        "",
    ]
    return "\n".join(lines)


def _pooling_lines(done: PoolTrace) -> list[str]:
    spec, g = done.spec, done.geometry
    window = f"kernel_size={g.size}, stride={g.stride}"
    if spec.rule in ("max", "min"):
        sign = "-" if spec.rule == "min" else ""
        return [f"y = {sign}F.max_pool2d({sign}x, {window}, {_border(spec)})"]
    if spec.rule == "average":
        counted = f", count_include_pad={spec.count_include_pad}"
        return [f"y = F.avg_pool2d(x, {window}, {_border(spec)}{counted})"]
    before, after = g.pads, tuple(g.frame_hw[a] - g.pads[a] - g.input_hw[a] for a in (0, 1))
    pad = f"F.pad(x, ({before[1]}, {after[1]}, {before[0]}, {after[0]}))"
    if spec.rule == "l2":
        return [f"y = F.lp_pool2d({pad}, 2, {window})  # the root of the sum of squares, not of their mean"]
    channels, rows, cols = done.shape
    return [
        "# Stochastic pooling: draw a cell with p = a / sum(a); these are the rolls of the dice on the screen.",
        f"dice = {tensor_text(done.dice)}",
        f"cells = F.unfold({pad}.relu().transpose(0, 1), {g.size}, stride={g.stride})",
        f"cells = cells.reshape({channels}, {g.size[0] * g.size[1]}, {rows}, {cols})",
        "total = cells.detach().sum(1, keepdim=True)",
        "ends = cells.detach().cumsum(1) / total.clamp(min=1e-300)",
        "picked = (ends <= dice[:, None]).sum(1, keepdim=True).clamp(max=cells.shape[1] - 1)",
        "y = (cells.gather(1, picked)[:, 0] * (total[:, 0] > 0)).unsqueeze(0)",
    ]


def _border(spec: PoolSpec) -> str:
    padding = (0, 0) if spec.is_global else spec.padding_hw
    return f"padding={padding}, ceil_mode={spec.ceil_mode and not spec.is_global}"
