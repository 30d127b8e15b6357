"""Residual blocks on their own, and the 6n + 2 layer nets for CIFAR-10, with and without skips (He et al. 2016)."""

from __future__ import annotations

from collections import OrderedDict
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.errors import UserError

Shortcut = Literal["A", "B"]
"""How a skip connection changes shape. A: every second pixel, new channels zero (the paper's CIFAR-10 nets, no
parameters). B: a 1x1 convolution W_s at the block's stride."""

STAGES = 3


class CifarBlock(nn.Module):
    """Two 3x3 convolutions; `residual` adds the input before the last ReLU: a[l+2] = g(z[l+2] + a[l]).

    Input Tensor[N, channels, H, W], output Tensor[N, filters, H / stride, W / stride].
    """

    def __init__(
        self,
        channels: int,
        filters: int,
        stride: int = 1,
        residual: bool = True,
        batch_norm: bool = True,
        shortcut: Shortcut = "B",
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, padding=1, bias=not batch_norm)
        self.norm1 = nn.BatchNorm2d(filters) if batch_norm else nn.Identity()
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=1, bias=not batch_norm)
        self.norm2 = nn.BatchNorm2d(filters) if batch_norm else nn.Identity()
        self.residual = residual
        self.shortcut: nn.Module = nn.Identity()
        if residual and (stride != 1 or channels != filters):
            self.shortcut = _shortcut(shortcut, channels, filters, stride, batch_norm)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        out = self.norm2(self.conv2(self.relu1(self.norm1(self.conv1(x)))))
        if self.residual:
            out = out + self.shortcut(x)
        return self.relu2(out)  # type: ignore[no-any-return]


class ZeroChannels(nn.Module):
    """New channels of zeros behind those that come in: Tensor[N, C, H, W] to Tensor[N, C + extra, H, W]."""

    def __init__(self, extra: int) -> None:
        super().__init__()
        self.extra = extra

    def forward(self, x: Tensor) -> Tensor:
        return functional.pad(x, (0, 0, 0, 0, 0, self.extra))


def _shortcut(kind: Shortcut, channels: int, filters: int, stride: int, batch_norm: bool) -> nn.Module:
    if kind == "A":
        # A max pool of one pixel takes every second pixel, and says so in a drawing.
        return nn.Sequential(
            OrderedDict(pick=nn.MaxPool2d(1, stride), widen=ZeroChannels(filters - channels))
        )
    layers = OrderedDict[str, nn.Module](conv=nn.Conv2d(channels, filters, 1, stride, bias=not batch_norm))
    if batch_norm:
        layers["norm"] = nn.BatchNorm2d(filters)
    return nn.Sequential(layers)


class CifarNet(nn.Module):
    """A 3x3 convolution, three stages of blocks with width, 2 width and 4 width filters, a global average, one layer.

    Input Tensor[N, 3, 32, 32], output logits Tensor[N, classes].
    """

    def __init__(
        self, blocks: int, residual: bool, batch_norm: bool, width: int, classes: int, shortcut: Shortcut
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, padding=1, bias=not batch_norm)
        self.norm1 = nn.BatchNorm2d(width) if batch_norm else nn.Identity()
        self.relu = nn.ReLU()
        channels = width
        for stage in range(STAGES):
            filters = width * 2**stage
            layers = OrderedDict[str, nn.Module]()
            for index in range(blocks):
                stride = 2 if stage and not index else 1
                layers[f"block{index + 1}"] = CifarBlock(
                    channels, filters, stride, residual, batch_norm, shortcut
                )
                channels = filters
            self.add_module(f"stage{stage + 1}", nn.Sequential(layers))
        self.average = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(channels, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.norm1(self.conv1(x)))
        for stage in range(STAGES):
            x = self.get_submodule(f"stage{stage + 1}")(x)
        return self.fc(torch.flatten(self.average(x), 1))  # type: ignore[no-any-return]


def residual_net(
    depth: int,
    residual: bool = True,
    batch_norm: bool = True,
    width: int = 16,
    classes: int = 10,
    shortcut: Shortcut = "B",
) -> CifarNet:
    """The net of `depth` = 6n + 2 layers with weights, residual or plain, with torch's random weights.

    Without batch norm the convolutions have biases. Raises UserError for a depth that is no 6n + 2.
    """
    if depth < 8 or (depth - 2) % 6:
        lower = max(8, depth - (depth - 2) % 6)
        raise UserError(
            f"A net of {depth} layers cannot be built from three equal stages.",
            f"The depth is 6n + 2: {lower} or {lower + 6}, for example.",
        )
    return CifarNet((depth - 2) // 6, residual, batch_norm, width, classes, shortcut)


def resnet20_cifar(classes: int = 10) -> CifarNet:
    """ResNet-20 of the paper: 0.27 million parameters, shortcuts of kind A."""
    return residual_net(20, classes=classes, shortcut="A")


def resnet56_cifar(classes: int = 10) -> CifarNet:
    """ResNet-56 of the paper: 0.85 million parameters, shortcuts of kind A."""
    return residual_net(56, classes=classes, shortcut="A")


def plain56_cifar(classes: int = 10) -> CifarNet:
    """The 56 layers of the paper without skip connections: as many parameters as ResNet-56."""
    return residual_net(56, residual=False, classes=classes)


def basic_block() -> nn.Module:
    """The identity block of ResNet-18 and -34: Tensor[N, 64, H, W] to the same shape."""
    from torchvision.models.resnet import BasicBlock

    return BasicBlock(64, 64)  # type: ignore[no-any-return]


def projection_block() -> nn.Module:
    """The basic block that halves the maps and doubles the channels, with W_s on the skip."""
    from torchvision.models.resnet import BasicBlock

    return BasicBlock(64, 128, stride=2, downsample=_projection(64, 128, 2))  # type: ignore[no-any-return]


def bottleneck_block() -> nn.Module:
    """The identity block of ResNet-50: 256 channels squeezed to 64 and spread again."""
    from torchvision.models.resnet import Bottleneck

    return Bottleneck(256, 64)  # type: ignore[no-any-return]


def bottleneck_projection_block() -> nn.Module:
    """The convolutional block of ResNet-50: Tensor[N, 256, H, W] to Tensor[N, 512, H / 2, W / 2]."""
    from torchvision.models.resnet import Bottleneck

    return Bottleneck(256, 128, stride=2, downsample=_projection(256, 512, 2))  # type: ignore[no-any-return]


def _projection(channels: int, filters: int, stride: int) -> nn.Sequential:
    """W_s: a 1x1 convolution, with its batch norm."""
    return nn.Sequential(nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters))
