"""The costs of style transfer, each a number for autograd; the style's with its gradient written out."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def gram(features: Tensor, mask: Tensor | None = None) -> Tensor:
    """The Gram matrix Tensor[C, C] of features Tensor[1, C, H, W]: sums over all places of the products of two maps.

    Of a batch Tensor[N, C, H, W] those of its pictures, Tensor[N, C, C]. `mask` Tensor[H, W]: how much a place counts
    (Gatys et al. 2017, guided Gram matrices). In float32.
    """
    rows = _rows(features)
    if mask is not None:
        rows = rows * mask.reshape(-1, 1)
    return rows.mT @ rows


def _rows(features: Tensor) -> Tensor:
    """Tensor[H W, C], a place a row, of a batch Tensor[N, H W, C]: a view where the channels are last in memory."""
    count, channels = features.shape[:2]
    shape = (-1, channels) if count == 1 else (count, -1, channels)
    return features.permute(0, 2, 3, 1).reshape(shape).float()


class _GramCost(torch.autograd.Function):
    """sum((X^T X - target)^2) of X, a place a row, or of a batch of them; its gradient is 4 X (X^T X - target), one
    product."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, target: Tensor) -> Tensor:
        difference = rows.mT @ rows - target
        ctx.save_for_backward(rows, difference)
        return difference.square().sum()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, None]:
        rows, difference = ctx.saved_tensors
        return rows @ (4 * slope * difference), None


def style_cost(features: Tensor, target: Tensor, scale: Tensor | float, mask: Tensor | None = None) -> Tensor:
    """scale * sum over k, k' of (G_kk' - target_kk')^2, with G the Gram matrix of features Tensor[1, C, H, W].

    Of a batch the sum over its pictures, which have one target Tensor[C, C].
    """
    rows = _rows(features)
    if mask is not None:
        rows = rows * mask.reshape(-1, 1)
    return _GramCost.apply(rows, target) * scale  # type: ignore[no-any-return]


def content_cost(features: Tensor, target: Tensor, scale: Tensor | float) -> Tensor:
    """scale * sum of (features - target)^2; `scale` Tensor[N]: one for each picture of a batch Tensor[N, C, H, W]."""
    return ((features.float() - target).square().sum((1, 2, 3)) * scale).sum()


def variation_cost(picture: Tensor) -> Tensor:
    """The mean squared difference of neighbouring pixels of Tensor[N, 3, H, W] in 0..1 (anisotropic, squared)."""
    down, across = picture.diff(dim=2), picture.diff(dim=3)
    return down.square().mean() + across.square().mean()
