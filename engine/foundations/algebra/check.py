"""The "checked against torch" badge: the same products by torch, adjoints by its autograd, circles by its FFT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from engine.context import Context
from engine.foundations.algebra.exact import ROUNDING, Values, bound
from engine.foundations.algebra.products import Kind, Mode
from engine.foundations.algebra.requests import Back, CheckAlgebra, Product, Round
from engine.foundations.requests import CheckResult

if TYPE_CHECKING:
    import torch

_NAMES: Final = {Product: "conv2d", Back: "autograd of conv2d", Round: "fft"}


def check(request: CheckAlgebra, context: Context) -> CheckResult:
    """Compare every claim with torch, on the CPU."""
    import torch

    difference, scale = 0.0, 1.0
    for claim in request.claims:
        theirs = torch_result(claim).detach().numpy()
        same = theirs.size == claim.result.size
        found = float(np.abs(theirs.ravel() - claim.result.ravel()).max(initial=0)) if same else float("inf")
        difference = max(difference, found)
        scale = max(scale, bound(*_operands(claim)))
        context.cancel.check()
    names = " and ".join(dict.fromkeys(_NAMES[type(claim)] for claim in request.claims))
    tolerance = ROUNDING * scale
    version = torch.__version__.partition("+")[0]
    return CheckResult(difference, tolerance, difference <= tolerance, f"torch {version} {names}, float64")


def _operands(claim: Product | Back | Round) -> tuple[Values, Values]:
    """What is multiplied and added up."""
    return (claim.y, claim.kernel) if isinstance(claim, Back) else (claim.a, claim.b)


def torch_result(claim: Product | Back | Round) -> torch.Tensor:
    """What torch makes of a claim's operands; shares no code with the rest of this package."""
    import torch

    if isinstance(claim, Round):
        a, b = (torch.tensor(values, dtype=torch.float64) for values in (claim.a, claim.b))
        turned: torch.Tensor = torch.fft.ifft(torch.fft.fft(a) * torch.fft.fft(b)).real
        return turned
    if isinstance(claim, Product):
        return _product(claim.kind, claim.mode, _image(claim.a), _image(claim.b))
    x = _image(claim.result).zero_().requires_grad_()
    # The gradient of <T x, y> is the adjoint of T at y; to hand y to `grad` itself would import a second of modules.
    paired = (_product(claim.kind, claim.mode, x, _image(claim.kernel)) * _image(claim.y)).sum()
    return torch.autograd.grad(paired, x)[0]


def _image(values: Values) -> torch.Tensor:
    """[H, W] or [W] as one image with one channel."""
    import torch

    image = torch.tensor(values, dtype=torch.float64)
    return image.reshape(1, 1, *((1,) * (2 - values.ndim)), *values.shape)


def _product(kind: Kind, mode: Mode, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """conv2d of an image with a kernel; the middle of its full output for "same"."""
    from torch.nn import functional

    kernel = b.flip(2, 3) if kind == "convolution" else b
    rows, columns = (int(n) for n in b.shape[2:])
    if mode == "valid":
        return functional.conv2d(a, kernel)
    full = functional.conv2d(a, kernel, padding=(rows - 1, columns - 1))
    if mode == "full":
        return full
    top, left = (rows - 1) // 2, (columns - 1) // 2
    return full[:, :, top : top + a.shape[2], left : left + a.shape[3]]
