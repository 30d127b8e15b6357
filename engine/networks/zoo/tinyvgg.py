"""TinyVGG: the plain conv-ReLU-pool net of this project for 32x32 colour pictures."""

from __future__ import annotations

import copy
from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

BLOCKS: tuple[tuple[int, ...], ...] = ((32, 64), (128, 128), (256, 256), (256,))
"""Filters of the 3x3 convolutions of each block; a 2x2 max pool follows every block but the last."""


class TinyVGG(nn.Module):
    """Seven 3x3 convolutions with ReLU, three max pools, a global average and one linear layer.

    Input Tensor[N, 3, H, W] (normalised RGB, trained at 32x32), output logits Tensor[N, classes]. After the manner
    of VGG (Simonyan & Zisserman 2015). `batch_norm` puts a batch norm after every convolution, for training only:
    `without_batch_norm` gives the same function without it.
    """

    def __init__(self, classes: int = 10, batch_norm: bool = False) -> None:
        super().__init__()
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        channels = 3
        for block, widths in enumerate(BLOCKS, start=1):
            for index, width in enumerate(widths, start=1):
                name = f"{block}_{index}"
                layers[f"conv{name}"] = nn.Conv2d(channels, width, 3, padding=1, bias=not batch_norm)
                if batch_norm:
                    layers[f"norm{name}"] = nn.BatchNorm2d(width)
                layers[f"relu{name}"] = nn.ReLU()
                channels = width
            if block < len(BLOCKS):
                layers[f"pool{block}"] = nn.MaxPool2d(2)
        layers["average"] = nn.AdaptiveAvgPool2d(1)
        self.features = nn.Sequential(layers)
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.features(x), 1))  # type: ignore[no-any-return]


def without_batch_norm(net: TinyVGG) -> TinyVGG:
    """The same function with every batch norm folded into the convolution before it (evaluation mode)."""
    trained = copy.deepcopy(net).eval()
    plain = TinyVGG(net.classifier.out_features).eval()
    for name, layer in trained.features.named_children():
        if isinstance(layer, nn.Conv2d):
            norm = trained.features.get_submodule(name.replace("conv", "norm"))
            assert isinstance(norm, nn.BatchNorm2d)
            fused = fuse_conv_bn_eval(layer, norm)
            plain.features.get_submodule(name).load_state_dict(fused.state_dict())
    plain.classifier.load_state_dict(trained.classifier.state_dict())
    return plain
