"""AlexNet as it was published in 2012 (Krizhevsky, Sutskever and Hinton); torchvision has the later one-tower form."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn


class AlexNet2012(nn.Module):
    """Five convolutions, two of them followed by local response normalisation, and three linear layers.

    Input Tensor[N, 3, 227, 227], output logits Tensor[N, classes]; 60,965,224 parameters with 1000 classes. The second,
    fourth and fifth convolution have two groups: each GPU kept half of the filters and saw its own half of the maps.
    Pools are 3x3 at stride 2, so that neighbouring windows overlap.
    """

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.features = nn.Sequential(
            OrderedDict(
                conv1=nn.Conv2d(3, 96, 11, stride=4),
                relu1=nn.ReLU(),
                norm1=_response_norm(),
                pool1=nn.MaxPool2d(3, 2),
                conv2=nn.Conv2d(96, 256, 5, padding=2, groups=2),
                relu2=nn.ReLU(),
                norm2=_response_norm(),
                pool2=nn.MaxPool2d(3, 2),
                conv3=nn.Conv2d(256, 384, 3, padding=1),
                relu3=nn.ReLU(),
                conv4=nn.Conv2d(384, 384, 3, padding=1, groups=2),
                relu4=nn.ReLU(),
                conv5=nn.Conv2d(384, 256, 3, padding=1, groups=2),
                relu5=nn.ReLU(),
                pool5=nn.MaxPool2d(3, 2),
            )
        )
        self.classifier = nn.Sequential(
            OrderedDict(
                fc6=nn.Linear(256 * 6 * 6, 4096),
                relu6=nn.ReLU(),
                drop6=nn.Dropout(0.5),
                fc7=nn.Linear(4096, 4096),
                relu7=nn.ReLU(),
                drop7=nn.Dropout(0.5),
                fc8=nn.Linear(4096, classes),
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.features(x), 1))  # type: ignore[no-any-return]


def _response_norm() -> nn.LocalResponseNorm:
    """The paper's k = 2, n = 5, alpha = 1e-4, beta = 0.75; torch divides alpha by n, the paper does not."""
    return nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)


def alexnet_2012(classes: int = 1000) -> AlexNet2012:
    """AlexNet for ImageNet, as published."""
    return AlexNet2012(classes)
