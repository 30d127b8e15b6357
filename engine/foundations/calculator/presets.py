"""Chains that courses and papers use, to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.foundations.calculator.layers import Layer, Shape


@dataclass(frozen=True, slots=True)
class ChainPreset:
    """A chain with its input (C, H, W) and what it shows."""

    name: str
    title: str
    description: str
    input_shape: Shape
    layers: tuple[Layer, ...]


def preset(name: str) -> ChainPreset:
    """The preset of that name. Raises KeyError."""
    return _BY_NAME[name]


def _conv(f: int, filters: int, s: int = 1, same: bool = False, groups: int = 1) -> Layer:
    return Layer("conv", f=f, s=s, padding="same" if same else "valid", filters=filters, groups=groups)


def _pool(kind: str = "maxpool", f: int = 2, s: int = 2) -> Layer:
    return Layer("maxpool" if kind == "maxpool" else "avgpool", f=f, s=s)


def _dense(outputs: int) -> Layer:
    return Layer("linear", filters=outputs)


RELU: Final = Layer("relu")
NORM: Final = Layer("batchnorm")
FLATTEN: Final = Layer("flatten")

PRESETS: Final = (
    ChainPreset(
        "ng-39", "39 × 39 × 3, three convolutions",
        "The first example of Ng's course: 37 × 37 × 10, 17 × 17 × 20, 7 × 7 × 40, then a row of 1,960 numbers.",
        (3, 39, 39), (_conv(3, 10), _conv(5, 20, 2), _conv(5, 40, 2), FLATTEN, _dense(1)),
    ),
    ChainPreset(
        "lenet5", "LeNet-5",
        "LeCun et al. 1998, with every map of the second convolution reading all six below it: 61,706 parameters.",
        (1, 32, 32),
        (_conv(5, 6), _pool("avgpool"), _conv(5, 16), _pool("avgpool"), FLATTEN, _dense(120), _dense(84), _dense(10)),
    ),
    ChainPreset(
        "alexnet", "AlexNet, its first layers",
        "Krizhevsky et al. 2012: 11 × 11 with stride 4, overlapping pooling, and a convolution in two groups.",
        (3, 227, 227),
        (_conv(11, 96, 4), RELU, _pool(f=3), _conv(5, 256, same=True, groups=2), RELU, _pool(f=3),
         _conv(3, 384, same=True), RELU),
    ),
    ChainPreset(
        "vgg", "A VGG block",
        "Simonyan & Zisserman 2014: two 3 × 3 convolutions see as much as one 5 × 5, with fewer weights.",
        (3, 224, 224), (_conv(3, 64, same=True), RELU, _conv(3, 64, same=True), RELU, _pool()),
    ),
    ChainPreset(
        "cifar", "A net for CIFAR-10",
        "Three blocks of convolution, batch norm and ReLU; global average pooling instead of a large dense layer.",
        (3, 32, 32),
        (_conv(3, 32, same=True), NORM, RELU, _pool(), _conv(3, 64, same=True), NORM, RELU, _pool(),
         _conv(3, 128, same=True), NORM, RELU, Layer("globalpool"), FLATTEN, _dense(10)),
    ),
    ChainPreset(
        "straight", "5 × 5 on 192 channels",
        "28 × 28 × 192 to 28 × 28 × 32 in one step: 120.4 million multiplications.",
        (192, 28, 28), (_conv(5, 32, same=True),),
    ),
    ChainPreset(
        "bottleneck", "The same through a 1 × 1 bottleneck",
        "Szegedy et al. 2014: 16 channels in between, the same output, 12.4 million multiplications.",
        (192, 28, 28), (_conv(1, 16), RELU, _conv(5, 32, same=True)),
    ),
    ChainPreset(
        "updown", "Down and up again",
        "An encoder and a decoder: transposed convolutions give the rows and columns back.",
        (3, 64, 64),
        (Layer(f=4, s=2, padding="custom", p=1, filters=16), RELU, Layer(f=4, s=2, padding="custom", p=1, filters=32),
         RELU, Layer("transposed", f=4, s=2, padding="custom", p=1, filters=16), RELU,
         Layer("transposed", f=4, s=2, padding="custom", p=1, filters=3)),
    ),
    ChainPreset(
        "mistake", "Find the mistake",
        "Two joins of this chain are impossible. What would you change?",
        (3, 20, 20), (_conv(5, 8), _pool(), _conv(5, 16, 2), _conv(3, 32), _dense(10)),
    ),
)  # fmt: skip
_BY_NAME: Final = {one.name: one for one in PRESETS}
