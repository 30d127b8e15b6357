"""A Darknet net as a module of plain layers, which torch.fx can take apart: "convolutional_0", "route_17" and so on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import torch
from torch import Tensor, nn

from engine.detection.darknet.layers import (
    PICTURE,
    Convolution,
    Dropout,
    Head,
    MaxPool,
    Op,
    Reorg,
    Route,
    Shortcut,
    Upsample,
)
from engine.detection.darknet.plan import Plan
from engine.detection.darknet.weights_file import Numbers
from engine.detection.found import Grid
from engine.errors import UserError

EPSILON: Final = 1e-6
"""Beside the variance in batch norm, as in Redmon's Darknet and in OpenCV's reader."""
SLOPE: Final = 0.1
"""Of the leaky ReLU below 0."""


class DarknetNet(nn.Module):
    """The net of a plan, without numbers until `fill`.

    Input Tensor[N, 3, H, W], RGB in 0..1; H and W multiples of `plan.coarsest`. Output: a tuple with what comes into
    each head, Tensor[N, anchors * (5 + classes), rows, columns], as logits (see engine.detection.yolo for boxes).
    `labels`: a name for each class. `folded`: batch norms are part of their convolutions.
    """

    def __init__(self, plan: Plan, labels: tuple[str, ...], *, folded: bool = True) -> None:
        super().__init__()
        if len(labels) != plan.classes:
            raise UserError(
                f"The list of classes has {len(labels)} names, but {plan.file} knows {plan.classes} classes.",
                "Take the list that belongs to this net.",
            )
        self.plan = plan
        self.labels = labels
        self.folded = folded
        self._unread = _unread(plan)
        for layer in plan.layers:
            if not isinstance(layer.op, Head):
                self.add_module(layer.name, _module(layer.op, folded))

    @property
    def heads(self) -> tuple[Head, ...]:
        return tuple(layer.op for layer in self.plan.heads if isinstance(layer.op, Head))

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        values = {PICTURE: x}
        found = []
        for layer in self.plan.layers:
            read = [values[source] for source in layer.sources]
            if isinstance(layer.op, Head):
                found.append(read[0])
            else:
                values[layer.index] = getattr(self, layer.name)(*read)
            for index in self._unread[layer.index]:
                del values[index]
        return tuple(found)

    def grids(self, height: int, width: int) -> tuple[Grid, ...]:
        """The grids of the heads for an input of that size. Raises UserError where it does not divide into cells."""
        step = self.plan.coarsest
        if height % step or width % step or not (height and width):
            raise UserError(
                f"This net reads pictures whose sides are multiples of {step}, not {width} × {height}.",
                f"It was made for {self.plan.width} × {self.plan.height}.",
            )
        found = []
        for layer, head in zip(self.plan.heads, self.heads, strict=True):
            stride = self.plan.height // layer.shape[1]
            factor = stride if head.kind == "region" else 1
            anchors = tuple((width * factor, height * factor) for width, height in head.anchors)
            found.append(Grid(height // stride, width // stride, float(stride), anchors))
        return tuple(found)

    @torch.no_grad()
    def fill(self, numbers: Numbers) -> None:
        """Take the numbers of one layer in."""
        block = self.get_submodule(numbers.layer.name)
        assert isinstance(block, nn.Sequential)
        (_fill_folded if self.folded else _fill_plain)(block, numbers)


def _unread(plan: Plan) -> tuple[tuple[int, ...], ...]:
    """After each layer, the values that nobody reads any more."""
    last = {PICTURE: 0}
    for layer in plan.layers:
        last[layer.index] = layer.index
        last.update(dict.fromkeys(layer.sources, layer.index))
    heads = {layer.index for layer in plan.heads}
    gone: list[list[int]] = [[] for _ in plan.layers]
    for index, reader in last.items():
        if index not in heads:
            gone[reader].append(index)
    return tuple(tuple(indices) for indices in gone)


# --- layers -------------------------------------------------------------------------------------------------------


def _module(op: Op, folded: bool) -> nn.Module:
    if isinstance(op, Convolution):
        return _convolution(op, folded)
    if isinstance(op, MaxPool):
        return _max_pool(op)
    if isinstance(op, Route):
        return Joined(op.groups, op.group)
    if isinstance(op, Shortcut):
        return Summed(op.activation)
    if isinstance(op, Upsample):
        return nn.Upsample(scale_factor=op.stride, mode="nearest")
    if isinstance(op, Reorg):
        return SpaceToDepth(op.stride)
    assert isinstance(op, Dropout)
    return nn.Dropout(op.probability)


def _convolution(op: Convolution, folded: bool) -> nn.Sequential:
    norm = op.batch_normalize and not folded
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    layers["conv"] = nn.utils.skip_init(
        nn.Conv2d, op.inputs, op.filters, op.size, op.stride, op.padding, groups=op.groups, bias=not norm
    )
    if norm:
        layers["norm"] = nn.BatchNorm2d(op.filters, eps=EPSILON)
    if op.activation != "linear":
        layers[op.activation] = _activation(op.activation)
    return nn.Sequential(layers)


def _activation(name: str) -> nn.Module:
    """In place, as nobody else reads what comes in: a tenth of the time of a net of many small layers."""
    return _ACTIVATIONS[name]()


_ACTIVATIONS: Final[Mapping[str, Callable[[], nn.Module]]] = {
    "linear": nn.Identity,
    "leaky": partial(nn.LeakyReLU, SLOPE, inplace=True),
    "relu": partial(nn.ReLU, inplace=True),
    "relu6": partial(nn.ReLU6, inplace=True),
    "logistic": nn.Sigmoid,
    "mish": partial(nn.Mish, inplace=True),
    "swish": partial(nn.SiLU, inplace=True),
}


def _max_pool(op: MaxPool) -> nn.Module:
    before, after = op.padding // 2, op.padding - op.padding // 2
    if before == after and 2 * before <= op.size:
        return nn.MaxPool2d(op.size, op.stride, before)
    if (before, after) == (0, 1) and op.size == op.stride == 2:
        return nn.MaxPool2d(2, 2, ceil_mode=True)  # the same windows; an even side needs no border at all
    # Not with zeros: they would win over negative values at the border.
    border = nn.ConstantPad2d((before, after, before, after), float("-inf"))
    return nn.Sequential(OrderedDict(border=border, pool=nn.MaxPool2d(op.size, op.stride)))


class Joined(nn.Module):
    """A [route]: of each value the part `group` of `groups` of its channels, one after the other."""

    def __init__(self, groups: int, group: int) -> None:
        super().__init__()
        self.groups = groups
        self.group = group

    def forward(self, *values: Tensor) -> Tensor:
        parts = list(values)
        if self.groups > 1:
            parts = [value.chunk(self.groups, 1)[self.group] for value in values]
        return parts[0] if len(parts) == 1 else torch.cat(parts, 1)


class Summed(nn.Module):
    """A [shortcut]: the sum of the values, then its activation."""

    def __init__(self, activation: str) -> None:
        super().__init__()
        self.activation = _activation(activation)

    def forward(self, first: Tensor, *others: Tensor) -> Tensor:
        total = first
        for other in others:
            total = total + other
        return self.activation(total)  # type: ignore[no-any-return]


class SpaceToDepth(nn.Module):
    """A [reorg] of YOLOv2: Tensor[N, C, H, W] -> Tensor[N, C * s * s, H / s, W / s].

    Darknet reads the maps as if there were C / s² of s times the size, takes every s-th cell of those, and calls the
    rows of what it wrote by other sizes: the order is a historical accident that the weights were trained with.
    """

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        n, channels, rows, columns = x.shape
        s = self.stride
        cells = x.reshape(n, channels // (s * s), rows, s, columns, s)
        shuffled = cells.permute(0, 3, 5, 1, 2, 4)
        return shuffled.reshape(n, channels * s * s, rows // s, columns // s)


# --- numbers ------------------------------------------------------------------------------------------------------


def _fill_plain(block: nn.Sequential, one: Numbers) -> None:
    conv, norm = block.get_submodule("conv"), getattr(block, "norm", None)
    assert isinstance(conv, nn.Conv2d)
    conv.weight.copy_(_tensor(one.kernels))
    if norm is None:
        assert conv.bias is not None
        conv.bias.copy_(_tensor(one.biases))
        return
    norm.bias.copy_(_tensor(one.biases))
    norm.weight.copy_(_tensor(one.scales))
    norm.running_mean.copy_(_tensor(one.means))
    norm.running_var.copy_(_tensor(one.variances))


def _fill_folded(block: nn.Sequential, one: Numbers) -> None:
    """y = scale * (k x - mean) / sqrt(variance + eps) + bias is a convolution itself; its numbers in float64."""
    conv = block.get_submodule("conv")
    assert isinstance(conv, nn.Conv2d) and conv.bias is not None
    kernels, biases = _tensor(one.kernels).double(), _tensor(one.biases).double()
    if one.scales is not None:
        factor = _tensor(one.scales).double() / (_tensor(one.variances).double() + EPSILON).sqrt()
        biases = biases - factor * _tensor(one.means).double()
        kernels = kernels * factor[:, None, None, None]
    conv.weight.copy_(kernels)
    conv.bias.copy_(biases)


def _tensor(values: object) -> Tensor:
    return torch.as_tensor(values, dtype=torch.float32)
