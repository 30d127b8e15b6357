"""What is on the screen as a PyTorch script that anybody can run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.foundations.algebra.exact import Values
from engine.foundations.algebra.requests import Back, Product, Round
from engine.foundations.snippet import tensor_text

_HEAD: Final = '''import torch
from torch.nn import functional as F

# Made by ConvScope. torch's conv2d is cross-correlation; a convolution flips the kernel first.


def product(a, b, kind, mode):
    """a * b ("convolution") or a ★ b ("correlation") of two matrices."""
    kernel = b.flip(0, 1) if kind == "convolution" else b
    rows, columns = b.shape
    pad = (0, 0) if mode == "valid" else (rows - 1, columns - 1)
    out = F.conv2d(a[None, None], kernel[None, None], padding=pad)[0, 0]
    if mode == "same":
        top, left = (rows - 1) // 2, (columns - 1) // 2
        out = out[top : top + a.shape[0], left : left + a.shape[1]]
    return out
'''


def pytorch_script(claims: Sequence[Product | Back | Round]) -> str:
    """A script that computes every claim and compares it with the numbers on show, in float64."""
    parts = [_HEAD, *(_lines(claim) for claim in claims), 'print("agrees with ConvScope")\n']
    return "\n".join(parts)


def _lines(claim: Product | Back | Round) -> str:
    if isinstance(claim, Round):
        made = ["y = torch.fft.ifft(torch.fft.fft(a) * torch.fft.fft(b)).real"]
        return _block({"a": claim.a, "b": claim.b}, made, claim.result)
    if isinstance(claim, Product):
        made = [f'y = product(a, b, "{claim.kind}", "{claim.mode}")']
        return _block({"a": _matrix(claim.a), "b": _matrix(claim.b)}, made, _matrix(claim.result))
    made = [
        f"x = torch.zeros({_matrix(claim.result).shape}, dtype=torch.float64, requires_grad=True)",
        f'product(x, kernel, "{claim.kind}", "{claim.mode}").backward(g)',
        "y = x.grad  # the adjoint: what backpropagation hands back",
    ]
    return _block({"kernel": _matrix(claim.kernel), "g": _matrix(claim.y)}, made, _matrix(claim.result))


def _matrix(values: Values) -> Values:
    return values[None] if values.ndim == 1 else values


def _block(operands: dict[str, Values], made: list[str], result: Values) -> str:
    lines = [f"{name} = {tensor_text(np.asarray(values, np.float64))}" for name, values in operands.items()]
    expected = tensor_text(np.asarray(result, np.float64))
    check = f"torch.testing.assert_close(y, {expected}, rtol=1e-9, atol=1e-9)"
    return "\n".join([*lines, *made, "print(y)", check, ""])
