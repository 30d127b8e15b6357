"""LeNet-5 in the forms that are met today (LeCun, Bottou, Bengio and Haffner 1998)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import Tensor, nn


class LeNet5(nn.Module):
    """Two 5x5 convolutions with pooling and three linear layers: 61,706 parameters in the forms of one channel.

    Input Tensor[N, channels, 32, 32], output logits Tensor[N, classes]. Every map of C3 reads all maps of S2; the
    paper leaves some of these connections out, gives every pooling map a trained factor and bias, and ends in
    radial basis functions.
    """

    def __init__(
        self,
        channels: int = 1,
        filters: tuple[int, int] = (6, 16),
        classes: int = 10,
        activation: Callable[[], nn.Module] = nn.ReLU,
        pool: Callable[[int], nn.Module] = nn.MaxPool2d,
    ) -> None:
        super().__init__()
        first, second = filters
        self.features = nn.Sequential(
            OrderedDict(
                conv1=nn.Conv2d(channels, first, 5),
                act1=activation(),
                pool1=pool(2),
                conv2=nn.Conv2d(first, second, 5),
                act2=activation(),
                pool2=pool(2),
            )
        )
        self.classifier = nn.Sequential(
            OrderedDict(
                fc3=nn.Linear(second * 5 * 5, 120),
                act3=activation(),
                fc4=nn.Linear(120, 84),
                act4=activation(),
                output=nn.Linear(84, classes),
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.features(x), 1))  # type: ignore[no-any-return]


def lenet5_1998(classes: int = 10) -> LeNet5:
    """LeNet-5 with the tanh and the average pooling of 1998."""
    return LeNet5(classes=classes, activation=nn.Tanh, pool=nn.AvgPool2d)


def lenet5_modern(classes: int = 10) -> LeNet5:
    """LeNet-5 with ReLU and max pooling."""
    return LeNet5(classes=classes)


def lenet5_course(classes: int = 10) -> LeNet5:
    """The LeNet-5 of a well-known online course: 32x32x3 in, first volume 28x28x8."""
    return LeNet5(channels=3, filters=(8, 16), classes=classes)
