"""The small net that slides over pictures: a convolution, a pool, and fully connected layers for 14x14 pixels."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import torch
from torch import Tensor, nn

SIDE: Final = 14
FILTERS: Final = 16
KERNEL: Final = 5
POOL: Final = 2
HIDDEN: Final = 400
CLASSES: Final = 11
"""Ten digits, and "nothing"."""


class WindowDigits(nn.Module):
    """14x14 -> 10x10x16 -> 5x5x16 -> 400 -> 400 -> 11: whether a window shows a digit, and which.

    Input Tensor[N, 1, 14, 14] in 0..1, ink high; output logits Tensor[N, 11]. The net with which courses explain the
    convolutional sliding window (after Sermanet et al. 2013), with one channel instead of three.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            OrderedDict(conv1=nn.Conv2d(1, FILTERS, KERNEL), act1=nn.ReLU(), pool1=nn.MaxPool2d(POOL))
        )
        pooled = (SIDE - KERNEL + 1) // POOL
        self.classifier = nn.Sequential(
            OrderedDict(
                fc2=nn.Linear(FILTERS * pooled * pooled, HIDDEN),
                act2=nn.ReLU(),
                fc3=nn.Linear(HIDDEN, HIDDEN),
                act3=nn.ReLU(),
                output=nn.Linear(HIDDEN, CLASSES),
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.features(x), 1))  # type: ignore[no-any-return]
