"""The Inception module as in the paper of 2014, and torchvision's Inception nets with what they need to be built."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn


class InceptionModule(nn.Module):
    """Four branches side by side (Szegedy et al. 2015, figure 2b): 1x1, 3x3, 5x5 and a pool, stacked by channels.

    `reduce3` and `reduce5` are the 1x1 convolutions in front of the 3x3 and the 5x5. Input Tensor[N, channels, H, W],
    output Tensor[N, conv1 + conv3 + conv5 + pool, H, W]. ReLUs behind every convolution, no batch norm.
    """

    def __init__(
        self, channels: int, conv1: int, reduce3: int, conv3: int, reduce5: int, conv5: int, pool: int
    ) -> None:
        super().__init__()
        self.branch1 = nn.Sequential(OrderedDict(conv=nn.Conv2d(channels, conv1, 1), relu=nn.ReLU()))
        self.branch2 = _reduced(channels, reduce3, conv3, kernel=3)
        self.branch3 = _reduced(channels, reduce5, conv5, kernel=5)
        self.branch4 = nn.Sequential(
            OrderedDict(
                pool=nn.MaxPool2d(3, stride=1, padding=1),
                project=nn.Conv2d(channels, pool, 1),
                relu=nn.ReLU(),
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


def _reduced(channels: int, reduce: int, filters: int, kernel: int) -> nn.Sequential:
    return nn.Sequential(
        OrderedDict(
            reduce=nn.Conv2d(channels, reduce, 1),
            relu1=nn.ReLU(),
            conv=nn.Conv2d(reduce, filters, kernel, padding=kernel // 2),
            relu2=nn.ReLU(),
        )
    )


def inception_3a() -> InceptionModule:
    """The first module of GoogLeNet: 28x28x192 in, 28x28x256 out."""
    return InceptionModule(192, 64, 96, 128, 16, 32, 32)


def googlenet(classes: int = 1000) -> nn.Module:
    """torchvision's GoogLeNet as it is used: without the side branches, 6,624,904 parameters."""
    from torchvision.models import googlenet as build

    return build(weights=None, num_classes=classes, aux_logits=False, init_weights=False)  # type: ignore[no-any-return]


def googlenet_with_side_branches(classes: int = 1000) -> nn.Module:
    """torchvision's GoogLeNet as it is trained: 13,004,888 parameters; in training mode it has three outputs."""
    from torchvision.models import googlenet as build

    return build(weights=None, num_classes=classes, aux_logits=True, init_weights=False)  # type: ignore[no-any-return]


def inception_v3(classes: int = 1000) -> nn.Module:
    """torchvision's Inception v3 with its side branch, which is part of the published weights."""
    from torchvision.models import inception_v3 as build

    return build(weights=None, num_classes=classes, aux_logits=True, init_weights=False)  # type: ignore[no-any-return]
