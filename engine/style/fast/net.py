"""The feed-forward net: down by strides, residual blocks, up by nearest neighbours, instance norm throughout.

Johnson, Alahi and Fei-Fei 2016 (arXiv:1603.08155), narrower; instance norm: Ulyanov, Vedaldi and Lempitsky 2016
(arXiv:1607.08022); nearest neighbours and a convolution instead of a transposed one: Odena, Dumoulin and Olah 2016.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.networks.steps import at_once

WIDTHS: Final = (16, 32, 48)
"""Maps at full, half and quarter size."""
BLOCKS: Final = 3
EDGE: Final = 4
"""Sides are padded to a multiple of this, which both strides divide."""
SMALLEST_INSIDE: Final = 8
"""Padded sides at least: the borders of the smallest maps are mirrored, which takes two pixels."""
SPREAD: Final = 1e-5
"""Added to a variance, as in torch.nn.InstanceNorm2d."""
SKIP: Final = 0.35
"""How much of the picture goes straight into the tanh: enough to begin with faint shapes, little enough to be painted
over. With all of it a net holds on to the picture's colours, and learns a style in several times as many steps."""
FIRST_OUTPUT: Final = 0.01
"""The standard deviation of the last layer's first weights: the training begins with a faint copy of the picture."""


class FastNet(nn.Module):
    """Tensor[N, 3, H, W] in 0..1 to the same shape in 0..1; of any size, one picture of a batch as if it were alone.

    Pixels are made anew by a tanh, over a faint copy of the picture.
    """

    def __init__(self) -> None:
        super().__init__()
        full, half, quarter = WIDTHS
        self.down = nn.Sequential(
            _Layer(3, full, 5), _Layer(full, half, 3, stride=2), _Layer(half, quarter, 3, stride=2)
        )
        self.blocks = nn.Sequential(*(_Block(quarter) for _ in range(BLOCKS)))
        self.up = nn.Sequential(_Up(quarter, half), _Up(half, full))
        self.out = nn.Conv2d(full, 3, 5, padding=2, padding_mode="reflect")
        nn.init.normal_(self.out.weight, std=FIRST_OUTPUT)

    def forward(self, picture: Tensor) -> Tensor:
        return at_once(self.steps(picture))

    def steps(self, picture: Tensor) -> Generator[None, None, Tensor]:
        """The same in a step a layer, so that others get their turn while a large picture is painted."""
        height, width = picture.shape[2:]
        right, below = _missing(width), _missing(height)
        values = (
            functional.pad(picture, (0, right, 0, below), mode="replicate") if right or below else picture
        )
        values = straight = 2 * values - 1
        for layer in (*self.down, *self.blocks, *self.up):
            values = layer(values)
            yield
        painted = 0.5 + 0.5 * torch.tanh(self.out(values) + SKIP * straight)
        return painted[..., :height, :width]


def fast_net(seed: int) -> FastNet:
    """A net that has learned nothing yet; the same for a seed, whatever else draws random numbers."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return FastNet()


class InstanceNorm(nn.Module):
    """Every map of every picture to mean 0 and variance 1, then a scale and a shift for each map.

    Written out, since torch's own turns channels that are last in memory around: a quarter of the net's time.
    """

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(maps))
        self.bias = nn.Parameter(torch.zeros(maps))

    def forward(self, values: Tensor) -> Tensor:
        mean = values.mean((2, 3), keepdim=True)
        variance = (values - mean).square().mean((2, 3), keepdim=True)
        scale = self.weight[:, None, None] * torch.rsqrt(variance + SPREAD)
        return torch.addcmul(self.bias[:, None, None] - mean * scale, values, scale)


class _Layer(nn.Module):
    """Convolution, instance norm, ReLU."""

    def __init__(self, maps: int, made: int, side: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(maps, made, side, stride, side // 2, bias=False, padding_mode="reflect")
        self.norm = InstanceNorm(made)

    def forward(self, values: Tensor) -> Tensor:
        return functional.relu(self.norm(self.conv(values)))


class _Block(nn.Module):
    """Two convolutions beside a skip, without a ReLU behind the sum (Gross and Wilber 2016)."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.first = _Layer(maps, maps, 3)
        self.conv = nn.Conv2d(maps, maps, 3, padding=1, bias=False, padding_mode="reflect")
        self.norm = InstanceNorm(maps)

    def forward(self, values: Tensor) -> Tensor:
        changed: Tensor = self.norm(self.conv(self.first(values)))
        return values + changed


class _Up(nn.Module):
    """Twice the size by repeating pixels, then a layer."""

    def __init__(self, maps: int, made: int) -> None:
        super().__init__()
        self.layer = _Layer(maps, made, 3)

    def forward(self, values: Tensor) -> Tensor:
        larger: Tensor = self.layer(functional.interpolate(values, scale_factor=2.0, mode="nearest"))
        return larger


def _missing(side: int) -> int:
    """How many pixels a side lacks."""
    return max(SMALLEST_INSIDE, -(-side // EDGE) * EDGE) - side
