"""A small net that finds five points of a face: eyes, tip of the nose, corners of the mouth (of this project)."""

from __future__ import annotations

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SIDE: Final = 56
"""Pixels a side of what the net reads."""
CELLS: Final = SIDE // 4
"""Rows and columns of a heatmap."""
POINTS: Final = 5
MIRRORED: Final = (1, 0, 2, 4, 3)
"""Which point becomes which in a mirror: the right eye is then the left one."""
STEM: Final = (24, 48)
"""Channels of the two convolutions that halve the sides."""
DILATIONS: Final = (1, 2, 4, 2, 1)
"""Of the blocks: after them every cell has seen the whole face."""
LEAST_SPREAD: Final = 1e-3


class LandmarksMini(nn.Module):
    """A heatmap for each point, and the mean place under it.

    Input Tensor[N, 1, 56, 56], grey (the unit does not matter: brightness and contrast are taken out), a square around
    the box of a face. Output Tensor[N, 5, 2]: x and y in sides of the square, 0..1, in the order of
    `engine.faces.found.POINTS`. A heatmap of 14 x 14 cells is turned into shares of 1, and the mean of their places is
    the point (Nibali et al. 2018, "DSNT"): it is finer than a cell, and moves with the face. In use, the answers for
    the face and for its mirror image are averaged, so that both get mirrored points exactly.
    """

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 1
        for filters in STEM:
            layers += [nn.Conv2d(channels, filters, 3, 2, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU()]
            channels = filters
        self.stem = nn.Sequential(*layers)
        self.blocks = nn.Sequential(*(Block(channels, dilation) for dilation in DILATIONS))
        self.head = nn.Conv2d(channels, POINTS, 1)

    def forward(self, x: Tensor) -> Tensor:
        points = mean_places(self.heatmaps(x))
        if self.training:
            return points
        return (points + mirrored(mean_places(self.heatmaps(x.flip(3))))) / 2

    def heatmaps(self, x: Tensor) -> Tensor:
        """Tensor[N, 5, 14, 14]: logits of where each point is."""
        return self.head(self.blocks(self.stem(evened(x))))  # type: ignore[no-any-return]


class Block(nn.Module):
    """A dilated 3x3 convolution and a way around it (He et al. 2016; Yu and Koltun 2016)."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, 1, dilation, dilation, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.norm(self.conv(x)))


def evened(x: Tensor) -> Tensor:
    """The same pictures with mean 0 and standard deviation 1; a flat one stays near 0."""
    spread, mean = torch.std_mean(x, (1, 2, 3), keepdim=True, correction=0)
    return (x - mean) / spread.clamp(min=LEAST_SPREAD)


def places() -> Tensor:
    """Tensor[14]: the middles of the cells, in sides of the square."""
    return (torch.arange(CELLS) + 0.5) / CELLS


def mean_places(heatmaps: Tensor) -> Tensor:
    """Tensor[N, 5, 2] in 0..1 of logits Tensor[N, 5, 14, 14]."""
    shares = heatmaps.flatten(2).softmax(2).view_as(heatmaps)
    at = places().to(shares)
    return torch.stack([(shares.sum(2) * at).sum(2), (shares.sum(3) * at).sum(2)], 2)


def mirrored(points: Tensor) -> Tensor:
    """The points Tensor[N, 5, 2] of a mirror image, in 0..1."""
    swapped = points[:, list(MIRRORED)]
    return torch.stack([1 - swapped[..., 0], swapped[..., 1]], 2)
