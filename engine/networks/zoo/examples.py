"""The first net of a well-known course: one convolution, one ReLU, one pooling, one fully connected layer."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn


def cifar10_example(classes: int = 10, filters: int = 12) -> nn.Sequential:
    """INPUT - CONV - RELU - POOL - FC, as in the notes of Stanford's CS231n.

    Input Tensor[N, 3, 32, 32], volumes 32x32x12 behind the convolution and 16x16x12 behind the pool, output logits
    Tensor[N, classes].
    """
    return nn.Sequential(
        OrderedDict(
            conv=nn.Conv2d(3, filters, 3, padding=1),
            relu=nn.ReLU(),
            pool=nn.MaxPool2d(2),
            flatten=nn.Flatten(),
            fc=nn.Linear(filters * 16 * 16, classes),
        )
    )
