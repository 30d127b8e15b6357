"""MobileNet v1 (Howard et al. 2017): every 3x3 convolution split into one a channel and a 1x1 that mixes them."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

STEM = 32
BLOCKS: tuple[tuple[int, int], ...] = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),
    (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1),
)  # fmt: skip
"""Filters and stride of each depthwise separable block, table 1 of the paper."""


class MobileNetV1(nn.Module):
    """A stem, thirteen depthwise separable blocks, a global average and one linear layer.

    Input Tensor[N, 3, H, W] (224 pixels a side in the paper), output logits Tensor[N, classes]. The last depthwise
    convolution has stride 1, as its output size of 7x7 in the paper's table demands (the table prints 2).
    """

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        layers: OrderedDict[str, nn.Module] = OrderedDict(stem=_unit(3, STEM, 3, 2))
        channels = STEM
        for index, (filters, stride) in enumerate(BLOCKS, start=1):
            layers[f"block{index}"] = nn.Sequential(
                OrderedDict(
                    depthwise=_unit(channels, channels, 3, stride, groups=channels),
                    pointwise=_unit(channels, filters, 1, 1),
                )
            )
            channels = filters
        self.features = nn.Sequential(layers)
        self.average = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.average(self.features(x)), 1))  # type: ignore[no-any-return]


def _unit(channels: int, filters: int, kernel: int, stride: int, groups: int = 1) -> nn.Sequential:
    """Convolution, batch norm, ReLU."""
    return nn.Sequential(
        OrderedDict(
            conv=nn.Conv2d(channels, filters, kernel, stride, kernel // 2, groups=groups, bias=False),
            norm=nn.BatchNorm2d(filters),
            relu=nn.ReLU(),
        )
    )


def mobilenet_v1(classes: int = 1000) -> MobileNetV1:
    return MobileNetV1(classes)
