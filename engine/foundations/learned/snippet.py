"""The training on the screen as a PyTorch script that anybody can run."""

from __future__ import annotations

import numpy as np

from engine.foundations.learned.requests import Run
from engine.foundations.learned.spec import BETAS, EPSILON, TrainSpec
from engine.foundations.snippet import tensor_text

MOST_PIXELS = 64 * 64
"""Larger pictures are not written out: the script reads a file instead."""


def pytorch_snippet(run: Run) -> str:
    """A script that makes the exercise, trains on the whole picture, and prints the kernel beside the target.

    With a small picture, seen whole and without noise, it ends by comparing its weights with those on show.
    """
    small = run.exercise.x.size <= MOST_PIXELS
    exact = small and run.spec.batch == "whole" and run.exercise.noise == 0 and run.outcome == "done"
    start = run.weights[0]
    lines = [
        "import torch",
        "from torch.nn import functional as F",
        "",
        "# Made by ConvScope. A kernel starts as noise and learns to answer as the target does.",
        *_input_lines(run, small),
        f"target = {tensor_text(run.exercise.kernel)}[None, None]",
        "answer = F.conv2d(x, target)",
        *(
            [f"answer = answer + {run.exercise.noise!r} * torch.randn_like(answer)"]
            if run.exercise.noise
            else []
        ),
        "",
        f"kernel = {tensor_text(run.kernel(0))}[None, None].requires_grad_()",
        "parameters = [kernel]",
        *_bias_lines(run.spec, float(start[-1])),
        f"optimiser = {_optimiser(run.spec)}",
        f"for update in range({run.last}):",
        *_batch_lines(run.spec, run.exercise.size),
        "    loss = F.mse_loss(F.conv2d(inputs, kernel, bias), wanted)",
        "    optimiser.zero_grad()",
        "    loss.backward()",
        "    optimiser.step()",
        "",
        'print("learned", kernel.detach(), "target", target, sep="\\n")',
    ]
    if exact:
        lines += [
            f"expected = {tensor_text(run.kernel(run.last))}[None, None]",
            "torch.testing.assert_close(kernel.detach(), expected, rtol=1e-7, atol=1e-7)",
            'print("agrees with ConvScope")',
        ]
    return "\n".join([*lines, ""])


def _input_lines(run: Run, small: bool) -> list[str]:
    if small:
        return [f"x = {tensor_text(np.asarray(run.exercise.x))}[None, None]"]
    height, width = run.exercise.x.shape
    return [
        "# Any grey picture will do; this one had too many pixels to be written out.",
        f"x = torch.rand(1, 1, {height}, {width}, dtype=torch.float64)",
    ]


def _bias_lines(spec: TrainSpec, start: float) -> list[str]:
    if not spec.bias:
        return ["bias = None"]
    return [
        f"bias = torch.tensor([{start!r}], dtype=torch.float64, requires_grad=True)",
        "parameters.append(bias)",
    ]


def _optimiser(spec: TrainSpec) -> str:
    if spec.optimiser == "adam":
        return f"torch.optim.Adam(parameters, lr={spec.rate!r}, betas={BETAS}, eps={EPSILON})"
    momentum = spec.momentum if spec.optimiser == "momentum" else 0.0
    return f"torch.optim.SGD(parameters, lr={spec.rate!r}, momentum={momentum!r})"


def _batch_lines(spec: TrainSpec, size: int) -> list[str]:
    if spec.batch == "whole":
        return ["    inputs, wanted = x, answer"]
    return [
        f"    side = min({spec.crop_side}, x.shape[2], x.shape[3])",
        f"    rows = torch.randint(0, x.shape[2] - side + 1, ({spec.crops},)).tolist()",
        f"    columns = torch.randint(0, x.shape[3] - side + 1, ({spec.crops},)).tolist()",
        f"    inner = side - {size} + 1",
        "    inputs = torch.cat([x[:, :, r : r + side, c : c + side] for r, c in zip(rows, columns)])",
        "    wanted = torch.cat([answer[:, :, r : r + inner, c : c + inner] for r, c in zip(rows, columns)])",
    ]
