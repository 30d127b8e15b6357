"""How strongly a layer answers, map by map, and how many pictures go through a net at a time."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from engine.errors import UserError
from engine.networks.program import Program

CALL_MACS: Final = 4e9
"""What one layer may compute in one call on a CPU: some 50 to 100 ms, in which nobody else is served."""
LEAST_BATCH, CPU_BATCH, GPU_BATCH = 4, 32, 128


def energies(program: Program, layer: str, raw: Tensor) -> Tensor:
    """Tensor[N, C]: the sum of every map of what a layer put out (Zeiler & Fergus 2013), or its numbers as they are.

    Raises UserError for a layer that puts out neither maps nor a row of numbers.
    """
    shape = program.layer(layer).out_shape
    if len(shape) == 3:
        return program.maps(layer, raw).flatten(2).sum(2)
    if len(shape) == 1:
        return raw
    raise UserError(f"The layer {layer} puts out no maps.", "Choose another layer from the list.")


def chosen_map(layer: str, row: Tensor, channel: int | None) -> int:
    """The number of the map that is asked about: the strongest of Tensor[C] where none is named.

    Raises UserError for a number that the layer does not have.
    """
    if channel is None:
        return int(torch.nan_to_num(row, nan=-torch.inf).argmax())
    if not 0 <= channel < len(row):
        raise UserError(f"The layer {layer} has the maps 0 to {len(row) - 1:,}, but no map {channel:,}.")
    return channel


def batch_size(program: Program, device: torch.device, *, reduced: bool = False) -> int:
    """How many pictures go through the net together: many are cheaper, but nobody may wait long for one call."""
    if reduced:
        return 1
    if device.type != "cpu":
        return GPU_BATCH
    heaviest = max((layer.macs for layer in program.layers), default=0)
    return min(max(int(CALL_MACS / max(heaviest, 1)), LEAST_BATCH), CPU_BATCH)
