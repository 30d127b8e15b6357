"""Network in Network (Lin, Chen and Yan 2014), in the form that its authors published for ImageNet."""

from __future__ import annotations

from collections import OrderedDict

from torch import Tensor, nn


class NetworkInNetwork(nn.Module):
    """Four mlpconv layers, and the average of the last maps as the logits: no fully connected layer.

    Input Tensor[N, 3, H, W] (made for 224x224), output logits Tensor[N, classes]; 7,595,176 parameters with 1000
    classes. Pools round up, as in Caffe, where the net was trained: maps of 54, 27, 13 and 6 pixels.
    """

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.features = nn.Sequential(
            OrderedDict(
                mlpconv1=_mlpconv(3, (96, 96, 96), 11, stride=4),
                pool1=nn.MaxPool2d(3, 2, ceil_mode=True),
                mlpconv2=_mlpconv(96, (256, 256, 256), 5, padding=2),
                pool2=nn.MaxPool2d(3, 2, ceil_mode=True),
                mlpconv3=_mlpconv(256, (384, 384, 384), 3, padding=1),
                pool3=nn.MaxPool2d(3, 2, ceil_mode=True),
                drop=nn.Dropout(0.5),
                mlpconv4=_mlpconv(384, (1024, 1024, classes), 3, padding=1),
            )
        )
        self.average = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()

    def forward(self, x: Tensor) -> Tensor:
        return self.flatten(self.average(self.features(x)))  # type: ignore[no-any-return]


def _mlpconv(
    channels: int, filters: tuple[int, int, int], kernel: int, stride: int = 1, padding: int = 0
) -> nn.Sequential:
    """A convolution and two 1x1 convolutions, each with a ReLU: a small net that slides over the maps."""
    first, second, third = filters
    return nn.Sequential(
        OrderedDict(
            conv=nn.Conv2d(channels, first, kernel, stride, padding),
            relu1=nn.ReLU(),
            cccp1=nn.Conv2d(first, second, 1),
            relu2=nn.ReLU(),
            cccp2=nn.Conv2d(second, third, 1),
            relu3=nn.ReLU(),
        )
    )


def network_in_network(classes: int = 1000) -> NetworkInNetwork:
    """Network in Network for ImageNet."""
    return NetworkInNetwork(classes)
