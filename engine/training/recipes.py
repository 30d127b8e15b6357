"""One recipe a bundled net: its data, its schedule, and how the trained net becomes the one that is shipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from engine.networks.zoo.lenet import LeNet5, lenet5_modern
from engine.networks.zoo.tinyvgg import TinyVGG, without_batch_norm
from engine.training import augment
from engine.training.datasets import Split, cifar10, digits
from engine.training.loop import Schedule


@dataclass(frozen=True)
class Recipe:
    """How a bundled net is made.

    `release` turns the trained net into the shipped one; `architecture` is its name in the catalogue; `dtype` is how
    the file stores the numbers; `about`, `augmentation`, `limits` and `credit` (whose data it is) go into the card.
    """

    name: str
    architecture: str
    title: str
    data: Callable[[Path], Split]
    build: Callable[[], nn.Module]
    release: Callable[[nn.Module], nn.Module]
    schedule: Schedule
    dtype: torch.dtype
    about: str
    augmentation: str
    limits: str
    credit: str


def _tinyvgg() -> nn.Module:
    return TinyVGG(batch_norm=True)


def _folded(net: nn.Module) -> nn.Module:
    assert isinstance(net, TinyVGG)
    return without_batch_norm(net)


def _as_it_is(net: nn.Module) -> nn.Module:
    assert isinstance(net, LeNet5)
    return net


RECIPES: dict[str, Recipe] = {
    "lenet5_digits": Recipe(
        name="lenet5-digits",
        architecture="lenet5",
        title="LeNet-5 on handwritten digits",
        data=digits,
        build=lenet5_modern,
        release=_as_it_is,
        schedule=Schedule(
            epochs=60, batch=100, peak_rate=0.05, weight_decay=5e-4, label_smoothing=0.05, average=0.998,
            augment=augment.handwriting, normalise_last=True,
        ),
        dtype=torch.float32,
        about="LeNet-5 with ReLU and max pooling. Input: a grey picture of 32x32, ink bright on black, the digit "
        "scaled into 20x20 and centred by its mass as in MNIST.",
        augmentation="each digit turned by up to 15 degrees, scaled, slanted, shifted, bent, its stroke thinner or "
        "bolder",
        limits="It knows ten digits and nothing else: a letter or a face is called a digit, too, often with "
        "confidence.",
        credit="MNIST: Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0. The pictures are not part of the file.",
    ),
    "tinyvgg_cifar10": Recipe(
        name="tinyvgg-cifar10",
        architecture="tinyvgg",
        title="TinyVGG on CIFAR-10",
        data=cifar10,
        build=_tinyvgg,
        release=_folded,
        schedule=Schedule(
            epochs=32, batch=256, peak_rate=0.25, weight_decay=5e-4, label_smoothing=0.05, average=0.998,
            augment=augment.photos, bf16=True,
        ),
        dtype=torch.float16,
        about="Seven 3x3 convolutions with ReLU, three max pools, a global average, one linear layer. Trained with "
        "batch norm, which is folded into the convolutions of the file. Input: RGB, 32x32.",
        augmentation="mirror, shift by up to 4 pixels, one hole of 8x8 pixels (DeVries and Taylor 2017)",
        limits="It knows ten classes (animals and vehicles) in pictures of 32x32 pixels; whatever else is shown is "
        "called one of them.",
        credit="CIFAR-10: A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009. The pictures are "
        "not part of the file.",
    ),
}  # fmt: skip
