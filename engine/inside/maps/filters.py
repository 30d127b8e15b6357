"""What a unit's map is made of: the filter of its convolution, and what every input channel adds through it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.context import Context
from engine.errors import UserError
from engine.images import publish
from engine.inside.maps.requests import Filters, FloatArray, LookAtFilters
from engine.inside.nets import OpenNet, open_net
from engine.networks.graphs.graph import Node
from engine.networks.program import Program

TOLERANCE = 1e-5
"""Of a difference relative to the largest sum of magnitudes: two orders of additions in float32 differ by less."""
VALUE_BY_VALUE = ("activation", "norm", "dropout", "identity")


def look(request: LookAtFilters, context: Context) -> Generator[Any, None, Filters]:
    """Answer a LookAtFilters. Raises UserError where no convolution makes the layer, or for a unit out of range."""
    net = yield from open_net(request.net, context)
    source = convolution_of(net.program, request.layer)
    module = net.program.maker(source.name).target
    assert isinstance(module, nn.Conv2d)
    if not 0 <= request.channel < module.out_channels:
        raise UserError(
            f"The layer {source.name} has the units 0 to {module.out_channels - 1}, not {request.channel}.",
            "Choose one of these.",
        )
    prepared = net.prepared(request.frame.pixels)
    reads = source.inputs[0]
    kept = yield from net.program.steps(net.values(prepared), {source.name, reads})
    return _filters(request, net, source, module, kept[reads], kept[source.name])


def convolution_of(program: Program, name: str) -> Node:
    """The convolution that makes a layer, perhaps through layers that change one value at a time.

    Raises UserError where something else makes it.
    """
    layer = program.layer(name)
    while layer.kind in VALUE_BY_VALUE and len(layer.inputs) == 1:
        layer = program.layer(layer.inputs[0])
    if not isinstance(program.maker(layer.name).target, nn.Conv2d):
        what = "" if layer.name == name else f" (through {layer.name})"
        raise UserError(
            f"The layer {name} has no filters{what}: it is no convolution and follows none.",
            "Choose a convolution, or the ReLU behind one.",
        )
    return layer


def _filters(
    request: LookAtFilters, net: OpenNet, source: Node, module: nn.Conv2d, before: Tensor, after: Tensor
) -> Filters:
    channel = request.channel
    per_group = module.in_channels // module.groups
    first = channel // (module.out_channels // module.groups) * per_group
    inputs = net.program.maps(source.inputs[0], before)[:, first : first + per_group].float()
    parts = contributions(inputs, module, channel)
    total = net.program.maps(source.name, after)[0, channel].float()
    bias = torch.zeros(module.out_channels) if module.bias is None else module.bias.detach()
    difference, largest = _difference(parts, bias[channel].to(parts), total)
    return Filters(
        request=request,
        source=source,
        weights=_array(module.weight.detach()),
        bias=_array(bias),
        reads=tuple(range(first, first + per_group)),
        inputs=_array(inputs[0]),
        parts=_array(parts),
        total=_array(total),
        max_abs_difference=difference,
        tolerance=TOLERANCE * max(largest, 1e-6),
        rgb=source.inputs[0] == "input" and module.in_channels == 3 and module.groups == 1,
    )


def contributions(inputs: Tensor, module: nn.Conv2d, channel: int) -> Tensor:
    """Tensor[c, h, w]: what each of the input maps Tensor[1, c, H, W] adds to one unit's map, without the bias."""
    if isinstance(module.padding, str) or module.padding_mode != "zeros":
        inputs = _padded(inputs, module)
        padding: Any = 0
    else:
        padding = module.padding
    kernel = module.weight.detach()[channel][:, None]
    return functional.conv2d(
        inputs, kernel.to(inputs), None, module.stride, padding, module.dilation, groups=inputs.shape[1]
    )[0]


def _padded(inputs: Tensor, module: nn.Conv2d) -> Tensor:
    mode = "constant" if module.padding_mode == "zeros" else module.padding_mode
    return functional.pad(inputs, module._reversed_padding_repeated_twice, mode=mode)


def _difference(parts: Tensor, bias: Tensor, total: Tensor) -> tuple[float, float]:
    """The largest difference between the sum of the parts and torch's own output, and the largest sum of magnitudes."""
    summed = parts.double().sum(0) + bias.double()
    apart = (summed - total.double()).abs()
    size = parts.double().abs().sum(0) + bias.double().abs()
    difference = float(torch.nan_to_num(apart, 0.0, 0.0).amax())
    return difference, float(torch.nan_to_num(size, 0.0, 0.0).amax())


def _array(values: Tensor) -> FloatArray:
    found: FloatArray = publish(np.array(values.float().cpu().numpy()))
    return found
