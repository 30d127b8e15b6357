"""Pictures on their way into the transfer and out of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from engine.images import publish
from engine.style.settings import SMALLEST

Pixels = npt.NDArray[np.uint8]

_TO_LUMA = (0.299, 0.587, 0.114)


def tensor_of(pixels: Pixels, size: tuple[int, int], device: torch.device) -> Tensor:
    """Tensor[1, 3, height, width] in 0..1 of uint8[H, W, 3], scaled to `size` (width, height) with antialiasing."""
    values = torch.from_numpy(np.array(pixels, order="C")).to(device).permute(2, 0, 1)[None].float() / 255
    return scaled(values, size)


def scaled(values: Tensor, size: tuple[int, int]) -> Tensor:
    """The same picture in another `size` (width, height), within 0..1."""
    if values.shape[2:] == (size[1], size[0]):
        return values.contiguous()
    return functional.interpolate(
        values, (size[1], size[0]), mode="bicubic", align_corners=False, antialias=True
    ).clamp(0, 1)


def pixels_of(picture: Tensor) -> Pixels:
    """uint8[H, W, 3] of Tensor[1, 3, H, W] in 0..1, published; values that are no number are black."""
    values = (picture[0].detach().nan_to_num(0).clamp(0, 1) * 255).round().to(torch.uint8)
    return publish(np.array(values.permute(1, 2, 0).cpu().numpy(), order="C"))


def style_size(pixels: Pixels, longer: float) -> tuple[int, int]:
    """(width, height) of a style whose longer side has so many pixels; no side below SMALLEST / 2."""
    height, width = pixels.shape[:2]
    scale = longer / max(width, height)
    return max(SMALLEST // 2, round(width * scale)), max(SMALLEST // 2, round(height * scale))


def with_colours_of(content: Tensor, picture: Tensor) -> Tensor:
    """The brightness of one picture with the colours of another (Gatys et al. 2016, luminance-only transfer)."""
    weights = torch.tensor(_TO_LUMA, device=picture.device)[:, None, None]
    bright, was = (picture * weights).sum(1, keepdim=True), (content * weights).sum(1, keepdim=True)
    return (content - was + bright).clamp(0, 1)


def begin_as(start: str, content: Tensor, styles: Sequence[Tensor], seed: int) -> Tensor:
    """The picture before the first step: the content, the (first) style stretched over it, or noise of the seed."""
    if start == "noise":
        rng = torch.Generator().manual_seed(seed)
        noise = torch.randn(content.shape, generator=rng)
        return (0.5 + 0.15 * noise).clamp(0, 1).to(content.device)
    if start == "style":
        return scaled(styles[0], (content.shape[3], content.shape[2]))
    return content.clone()
