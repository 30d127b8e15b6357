"""What a unit of a net responds to, projected back to the pixels: the deconvnet of Zeiler and Fergus (2013)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from engine.errors import UserError
from engine.inside.descent.descend import projection
from engine.inside.descent.record import record, unit_of
from engine.inside.descent.requests import Rule
from engine.networks.program import program_of

__all__ = ["project"]


def project(
    model: nn.Module,
    image: npt.NDArray[Any],
    layer: str,
    channel: int,
    position: tuple[int, int] | None = None,
    *,
    rule: Rule = "deconvnet",
) -> npt.NDArray[np.float32]:
    """What one unit's activation becomes on its way back to the pixels (Zeiler & Fergus 2013, arXiv:1311.2901).

    The activation goes down through unpooling with the recorded switches, rectification and transposed filters;
    everything outside of the unit's receptive field is zero.

    Args:
        model: a torch module for pictures, which stays as it is; functional and in-place layers are understood.
        image: uint8[H, W, 3] or uint8[H, W], divided by 255; or float[H, W, 3] or float[H, W], as the model takes it.
            A colour picture is averaged over its channels for a model of one channel.
        layer: the name of a module, or of a function such as "layer1.0.add", as torch.fx numbers them.
        channel: which map, counted from 0.
        position: row and column on the map, counted from 0; None is where the map is largest.
        rule: "deconvnet"; or "guided" (Springenberg et al. 2014) or "gradient" (Simonyan et al. 2013), which differ
            from it at rectifiers only.

    Returns:
        float32[H, W, 3] in the units of the model's input; of a model of one channel the channel, three times.

    Raises:
        UserError: the model cannot be taken apart, the picture does not fit, there is no such layer or unit, or the
            way down leads through something for which no rule is defined.
    """
    values = _as_input(image, _channels(model))
    device, dtype = _place(model)
    program = program_of(model, tuple(values.shape[1:]))
    with torch.no_grad():
        found = record(program, values.to(device=device, dtype=dtype), layer)
        result = projection(found, unit_of(found, channel, position), rule)
    pixels = result.float().cpu().numpy().transpose(1, 2, 0)
    return np.ascontiguousarray(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels)


def _as_input(image: npt.NDArray[Any], channels: int) -> Tensor:
    """Tensor[1, channels, H, W]."""
    pixels = np.asarray(image)
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] not in (1, 3)) or pixels.size == 0:
        raise UserError(
            f"A picture has the shape H × W × 3 or H × W, not {' × '.join(map(str, pixels.shape)) or 'a number'}."
        )
    planes = pixels[..., None] if pixels.ndim == 2 else pixels
    scaled = planes.astype(np.float32) / (255 if pixels.dtype == np.uint8 else 1)
    if channels == 1 and scaled.shape[2] == 3:
        scaled = scaled.mean(axis=2, keepdims=True)
    elif channels == 3 and scaled.shape[2] == 1:
        scaled = np.repeat(scaled, 3, axis=2)
    return torch.from_numpy(np.ascontiguousarray(scaled.transpose(2, 0, 1)))[None]


def _channels(model: nn.Module) -> int:
    """How many channels a model's first convolution reads, 3 where it has none."""
    first = next((module for module in model.modules() if isinstance(module, nn.Conv2d)), None)
    return 3 if first is None else first.in_channels


def _place(model: nn.Module) -> tuple[torch.device, torch.dtype]:
    """Where a model's numbers are, and of which kind."""
    one = next((p for p in model.parameters() if p.is_floating_point()), None)
    return (torch.device("cpu"), torch.float32) if one is None else (one.device, one.dtype)
