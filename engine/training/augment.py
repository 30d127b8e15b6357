"""Random changes of training pictures that leave their meaning alone."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor


def photos(images: Tensor, rng: Generator, shift: int = 4, hole: int = 8) -> Tensor:
    """Mirror, shift by up to `shift` pixels (reflecting at the rim) and cut out one square of `hole` pixels.

    Tensor[N, C, H, W] in and out, float; the hole is filled with 0, the mean of normalised pictures (DeVries and
    Taylor 2017).
    """
    n, _, height, width = images.shape
    mirrored = torch.rand(n, generator=rng) < 0.5
    images = torch.where(mirrored[:, None, None, None], images.flip(3), images)
    padded = F.pad(images, (shift,) * 4, mode="reflect")
    rows = torch.randint(2 * shift + 1, (n, 1), generator=rng) + torch.arange(height)
    columns = torch.randint(2 * shift + 1, (n, 1), generator=rng) + torch.arange(width)
    picture = torch.arange(n)[:, None, None]
    # Indexing three of four axes puts the channels last, which is the layout that the net computes in.
    moved = padded.permute(0, 2, 3, 1)[picture, rows[:, :, None], columns[:, None, :]]
    top = torch.randint(-hole // 2, height - hole // 2, (n, 1), generator=rng)
    left = torch.randint(-hole // 2, width - hole // 2, (n, 1), generator=rng)
    in_rows = (torch.arange(height) >= top) & (torch.arange(height) < top + hole)
    in_columns = (torch.arange(width) >= left) & (torch.arange(width) < left + hole)
    moved = moved.masked_fill((in_rows[:, :, None] & in_columns[:, None, :])[..., None], 0)
    return moved.permute(0, 3, 1, 2)


def handwriting(images: Tensor, rng: Generator) -> Tensor:
    """Turn, scale, shear, shift and bend each digit a little, and make its stroke thinner or bolder.

    Tensor[N, 1, H, W] in 0..1 in and out, ink high. Drawn digits have strokes of another width than scanned ones, and
    hands of their own.
    """
    n, _, height, width = images.shape
    grid = F.affine_grid(_affine(n, rng), [n, 1, height, width], align_corners=False)
    bends = F.interpolate(
        torch.randn(n, 2, 4, 4, generator=rng), (height, width), mode="bicubic", align_corners=True
    )
    grid = grid + 0.045 * bends.permute(0, 2, 3, 1)
    moved = F.grid_sample(images, grid, align_corners=False)
    bold = F.max_pool2d(moved, 3, 1, 1)
    thin = -F.max_pool2d(-moved, 3, 1, 1)
    amount = torch.rand(n, 1, 1, 1, generator=rng) * 1.5 - 0.5  # -0.5 (thinner) to 1 (bolder)
    mixed = torch.where(amount > 0, moved + amount * (bold - moved), moved - amount * (thin - moved))
    contrast = 0.7 + 0.3 * torch.rand(n, 1, 1, 1, generator=rng)
    return (mixed * contrast).clamp(0, 1)


def _affine(n: int, rng: Generator) -> Tensor:
    """Tensor[N, 2, 3]: up to 15 degrees, scales of 0.85 to 1.15 an axis, shear up to 0.25, shifts of 8 %."""

    def draw(limit: float) -> Tensor:
        return (torch.rand(n, generator=rng) * 2 - 1) * limit

    angle, shear = draw(math.radians(15)), draw(0.25)
    scale_x, scale_y = 1 + draw(0.15), 1 + draw(0.15)
    cos, sin = torch.cos(angle), torch.sin(angle)
    first = torch.stack([scale_x * cos, scale_x * (shear * cos - sin), draw(0.08)], 1)
    second = torch.stack([scale_y * sin, scale_y * (shear * sin + cos), draw(0.08)], 1)
    return torch.stack([first, second], 1)
