"""What a gradient is taken of: the logit of a class, or the activation of one unit."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.context import Context
from engine.errors import UserError
from engine.images import Frame
from engine.inside.asking.requests import Aimed, Target
from engine.inside.nets import OpenNet, open_net
from engine.inside.seen import Seen, seen_by
from engine.networks.program import Program


def opened(name: str, frame: Frame, context: Context) -> Generator[Any, None, tuple[OpenNet, Seen, Tensor]]:
    """A net with what it reads of a frame, in pixels and as Tensor[1, C, side, side]. Raises UserError."""
    net = yield from open_net(name, context)
    prepared, seen = seen_by(net.net.preprocessing, frame)
    return net, seen, net.values(prepared)


def aim(net: OpenNet, target: Target, values: Tensor) -> Aimed:
    """Fill in what the target leaves open, for one picture Tensor[1, C, H, W].

    Raises UserError for a class, layer, channel or position that the net does not have.
    """
    program = net.program
    with torch.no_grad():
        raw = program.run(values, [target.layer or program.output])[target.layer or program.output]
    if not target.layer:
        index = int(raw[0].argmax()) if target.index is None else target.index
        label = class_name(net, index)
        return Aimed(Target(index), f"class “{label}”", float(raw[0, index]))
    index = target.index or 0
    check_channel(program, target.layer, index)
    if not program.has_maps(target.layer):
        return Aimed(Target(index, target.layer), f"unit {index} of {target.layer}", float(raw[0, index]))
    plane = program.maps(target.layer, raw)[0, index].cpu().numpy()
    row, column = _position(target, plane)
    name = f"unit {index} of {target.layer} at row {row}, column {column}"
    return Aimed(Target(index, target.layer, (row, column)), name, float(plane[row, column]))


def score(program: Program, target: Target, kept: dict[str, Tensor]) -> Tensor:
    """Tensor[N]: the aimed target's value for a batch, of what `layer_of(target)` put out."""
    layer = layer_of(program, target)
    raw, index = kept[layer], target.index or 0
    if target.position is None:
        return raw[:, index]
    row, column = target.position
    return program.maps(layer, raw)[:, index, row, column]


def layer_of(program: Program, target: Target) -> str:
    """The layer whose values hold the target."""
    return target.layer or program.output


def class_name(net: OpenNet, index: int) -> str:
    """Raises UserError for a class that the net does not have."""
    labels = net.net.labels
    if not 0 <= index < len(labels):
        raise UserError(f"This net has the classes 0 to {len(labels) - 1:,}, but no class {index:,}.")
    return labels[index]


def check_channel(program: Program, layer: str, channel: int) -> None:
    """Raises UserError for a layer or channel that the net does not have, and for one without maps or numbers."""
    shape = program.layer(layer).out_shape
    if len(shape) not in (1, 3):
        raise UserError(f"The layer {layer} puts out no maps.", "Choose another layer from the list.")
    if not 0 <= channel < shape[0]:
        raise UserError(f"The layer {layer} has the channels 0 to {shape[0] - 1:,}, but no {channel:,}.")


def _position(target: Target, plane: np.ndarray[Any, Any]) -> tuple[int, int]:
    height, width = (int(length) for length in plane.shape)
    if target.position is None:
        return divmod(int(np.nan_to_num(plane, nan=-np.inf).argmax()), width)
    row, column = target.position
    if not (0 <= row < height and 0 <= column < width):
        raise UserError(f"Maps of {target.layer} have {height} rows and {width} columns: no unit is there.")
    return row, column
