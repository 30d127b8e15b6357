"""YOLO for handwritten digits: one grid, three anchors, a plain stack of convolutions (of this project)."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

STRIDE: Final = 16
"""Pixels a cell of the grid: 20 x 20 cells for a picture of 320 x 320."""
SIDE: Final = 320
ANCHORS: Final = ((20.0, 31.0), (38.0, 50.0), (66.0, 80.0))
"""Width and height in pixels, by k-means with 1 - IoU on the boxes of the training scenes."""
CLASSES: Final = 10
WIDTHS: Final = (
    ("conv1", 16, 2, 1), ("conv2", 32, 2, 1), ("conv3", 48, 1, 1), ("conv4", 64, 2, 1), ("conv5", 64, 1, 1),
    ("conv6", 128, 2, 1), ("conv7", 128, 1, 1), ("conv8", 128, 1, 2), ("conv9", 128, 1, 3), ("conv10", 128, 1, 1),
)  # fmt: skip
"""Name, filters, stride and dilation of the 3x3 convolutions; dilation lets a cell see whole digits."""
SLOPE: Final = 0.1


class YoloDigits(nn.Module):
    """Ten 3x3 convolutions with leaky ReLU and a 1x1 convolution that gives a cell's answer.

    Input Tensor[N, 3, H, W], RGB in 0..1, H and W multiples of 16. Output Tensor[N, 3 * 15, H/16, W/16]: for each
    anchor t_x, t_y, t_w, t_h, the logit of "something is here", and ten logits of classes (Redmon and Farhadi 2017,
    2018).
    """

    def __init__(self, batch_norm: bool = False) -> None:
        super().__init__()
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        channels = 3
        for name, filters, stride, dilation in WIDTHS:
            layers[name] = nn.Conv2d(channels, filters, 3, stride, dilation, dilation, bias=not batch_norm)
            if batch_norm:
                layers[name.replace("conv", "norm")] = nn.BatchNorm2d(filters)
            layers[name.replace("conv", "act")] = nn.LeakyReLU(SLOPE)
            channels = filters
        self.features = nn.Sequential(layers)
        self.head = nn.Conv2d(channels, len(ANCHORS) * (5 + CLASSES), 1)

    def nothing_anywhere(self) -> None:
        """Begin with the answer that nothing is anywhere, which is nearly always right."""
        assert self.head.bias is not None
        self.head.bias.view(len(ANCHORS), -1)[:, 4] = -4.5

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x))  # type: ignore[no-any-return]


def without_batch_norm(net: YoloDigits) -> YoloDigits:
    """The same function with every batch norm folded into the convolution before it (evaluation mode)."""
    net = net.eval()
    plain = YoloDigits().eval()
    for name, *_ in WIDTHS:
        conv, norm = (
            net.features.get_submodule(name),
            net.features.get_submodule(name.replace("conv", "norm")),
        )
        assert isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)
        plain.features.get_submodule(name).load_state_dict(fuse_conv_bn_eval(conv, norm).state_dict())
    plain.head.load_state_dict(net.head.state_dict())
    return plain


def by_anchor(raw: Tensor) -> Tensor:
    """Tensor[N, anchors, H, W, 5 + classes] of what the net puts out."""
    n, _, rows, columns = raw.shape
    return raw.view(n, len(ANCHORS), 5 + CLASSES, rows, columns).permute(0, 1, 3, 4, 2)


def decoded(answers: Tensor) -> Tensor:
    """Tensor[N, anchors, H, W, 4]: boxes as corners in pixels, of `by_anchor`.

    b_x = (column + sigmoid(t_x)) * stride, b_w = anchor_w * exp(t_w), and so on.
    """
    rows, columns = answers.shape[2:4]
    device = answers.device
    x = torch.arange(columns, device=device)[None, None, None, :]
    y = torch.arange(rows, device=device)[None, None, :, None]
    anchors = torch.tensor(ANCHORS, device=device, dtype=answers.dtype)[None, :, None, None]
    centre_x = (x + answers[..., 0].sigmoid()) * STRIDE
    centre_y = (y + answers[..., 1].sigmoid()) * STRIDE
    half = anchors * answers[..., 2:4].clamp(max=6).exp() / 2
    centre = torch.stack([centre_x, centre_y], -1)
    return torch.cat([centre - half, centre + half], -1)
