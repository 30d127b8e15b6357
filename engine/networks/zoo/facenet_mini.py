"""A small net that turns a face into 128 numbers, in the manner of FaceNet (of this project)."""

from __future__ import annotations

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HEIGHT: Final = 112
WIDTH: Final = 96
DIMENSIONS: Final = 128
GREY: Final = (0.299, 0.587, 0.114)
"""Shares of red, green and blue in what the net sees (ITU-R BT.601)."""
STAGES: Final = ((32, 1), (64, 1), (128, 2))
"""Channels and residual blocks of each stage; every stage halves the sides."""
LEAST_SPREAD: Final = 1e-3


class FacenetMini(nn.Module):
    """Grey, halved and evened out; residual blocks; every channel's own weighted mean; 128 numbers of length 1.

    Input Tensor[N, 3, 112, 96], RGB in 0..1 (the unit does not matter: brightness and contrast are taken out), a face
    aligned to the five points of the 96-wide template. Output Tensor[N, 128] with rows of length 1, so that the
    squared distance of two faces is 0 to 4 (Schroff et al. 2015). In use, the answers for the face and for its mirror
    image are added, so that both get the same. Blocks: He et al. 2016; the weighted mean of each
    channel over its 7 x 6 places: Chen et al. 2018 ("MobileFaceNets").
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, STAGES[0][0], 5, 2, 2, bias=False), nn.BatchNorm2d(STAGES[0][0]), nn.ReLU()
        )
        blocks: list[nn.Module] = []
        channels = STAGES[0][0]
        for filters, count in STAGES:
            blocks.append(Block(channels, filters, 1 if filters == channels else 2))
            blocks.extend(Block(filters, filters, 1) for _ in range(count - 1))
            channels = filters
        self.blocks = nn.Sequential(*blocks)
        self.places = nn.Conv2d(channels, channels, (HEIGHT // 16, WIDTH // 16), groups=channels, bias=False)
        self.places_norm = nn.BatchNorm2d(channels)
        self.head = nn.Linear(channels, DIMENSIONS)

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            return self._read(x)
        return F.normalize(self._read(x) + self._read(x.flip(3)))

    def _read(self, x: Tensor) -> Tensor:
        maps = self.blocks(self.stem(evened(x)))
        numbers = self.head(self.places_norm(self.places(maps)).flatten(1))
        return F.normalize(numbers.float())  # also where the layers computed in 16 bits


class Block(nn.Module):
    """Two 3x3 convolutions and a way around them, which is a 1x1 convolution where the shape changes."""

    def __init__(self, channels: int, filters: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(filters)
        self.around: nn.Module = nn.Identity()
        if stride != 1 or channels != filters:
            self.around = nn.Sequential(
                nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters)
            )

    def forward(self, x: Tensor) -> Tensor:
        inner = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(inner + self.around(x))


def evened(x: Tensor) -> Tensor:
    """Tensor[N, 1, H/2, W/2] of Tensor[N, 3, H, W]: grey, every 2x2 pixels averaged, mean 0 and standard deviation 1.

    The net's fixed first step: colour and exposure tell nothing about who it is. A flat picture stays near 0.
    """
    shares = torch.tensor(GREY, dtype=x.dtype, device=x.device)[None, :, None, None]
    grey = F.avg_pool2d((x * shares).sum(1, keepdim=True), 2)
    spread, mean = torch.std_mean(grey, (2, 3), keepdim=True, correction=0)
    return (grey - mean) / spread.clamp(min=LEAST_SPREAD)
