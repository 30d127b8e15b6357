"""What a convolution costs done directly, behind a 1x1 bottleneck, and split into depthwise and pointwise.

Szegedy et al., *Going deeper with convolutions* (2015); Howard et al., *MobileNets* (2017). All layers have stride 1
and "same" padding, so that every volume is n x n; multiplications with padding count like all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from engine.foundations.cost import activation_bytes, conv_macs, conv_parameters

Key = Literal["direct", "bottleneck", "separable"]
RANGES: Final = {"n": (1, 112), "channels": (1, 512), "f": (1, 11), "filters": (1, 512), "reduced": (1, 256)}
NAMES: Final = {
    "n": "The side n of the input", "channels": "The input’s channels", "f": "The filter size",
    "filters": "The number of filters", "reduced": "The channels inside the bottleneck",
}  # fmt: skip
MOST_MACS: Final = 1_500_000_000
"""What is measured has no more multiplications: a step of the engine is to stay short."""


@dataclass(frozen=True, slots=True)
class Block:
    """An input of n x n x ``channels``, ``filters`` filters of f x f, ``reduced`` channels inside the bottleneck."""

    n: int = 28
    channels: int = 192
    f: int = 5
    filters: int = 32
    reduced: int = 16


@dataclass(frozen=True, slots=True)
class Layer:
    """One convolution of a variant: f x f, from ``c_in`` to ``c_out`` channels in ``groups``, on n x n."""

    n: int
    f: int
    c_in: int
    c_out: int
    groups: int = 1

    @property
    def macs(self) -> int:
        """Multiplications."""
        return conv_macs(self.f, self.c_in, self.c_out, (self.n, self.n), self.groups)

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return conv_parameters(self.f, self.c_in, self.c_out, self.groups)

    @property
    def memory(self) -> int:
        """Bytes of the activations that come out, in float32."""
        return activation_bytes((self.c_out, self.n, self.n))


@dataclass(frozen=True, slots=True)
class Variant:
    """One way from the input to n x n x ``filters``."""

    key: Key
    title: str
    layers: tuple[Layer, ...]

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)

    @property
    def parameters(self) -> int:
        return sum(layer.parameters for layer in self.layers)

    @property
    def memory(self) -> int:
        """Bytes of everything that the layers put out, in float32; the input is the same for all variants."""
        return sum(layer.memory for layer in self.layers)


def variants(block: Block) -> tuple[Variant, Variant, Variant]:
    """The three ways, in the order of their keys."""
    n, c, f, filters, reduced = block.n, block.channels, block.f, block.filters, block.reduced
    return (
        Variant("direct", "Direct", (Layer(n, f, c, filters),)),
        Variant("bottleneck", "Bottleneck", (Layer(n, 1, c, reduced), Layer(n, f, reduced, filters))),
        Variant("separable", "Separable", (Layer(n, f, c, c, groups=c), Layer(n, 1, c, filters))),
    )


def break_even(block: Block) -> int:
    """The most channels inside the bottleneck with which it still multiplies less than the direct convolution.

    0 where even one channel is too many.
    """
    direct = block.f * block.f * block.channels * block.filters
    each = block.channels + block.f * block.f * block.filters
    return (direct - 1) // each


def problem(block: Block) -> str:
    """Why a block cannot be counted, as a sentence; empty where it can."""
    for name, (low, high) in RANGES.items():
        if not low <= getattr(block, name) <= high:
            return f"{NAMES[name]} must be {low} to {high}, not {getattr(block, name)}."
    if block.f % 2 == 0:
        return f"The filter size must be odd, not {block.f}: “same” padding is (f − 1) / 2 on each side."
    return ""


@dataclass(frozen=True, slots=True)
class Example:
    """A block from the literature."""

    name: str
    title: str
    description: str
    block: Block


EXAMPLES: Final[tuple[Example, ...]] = (
    Example("ng", "28 × 28 × 192, 5 × 5", "Andrew Ng's course and GoogLeNet 3a: 120.4 against 12.4 million.", Block()),
    Example("inception-4a", "14 × 14 × 480, 5 × 5", "GoogLeNet 4a: 48 filters behind 16 channels.",
            Block(14, 480, 5, 48, 16)),
    Example("mobilenet", "14 × 14 × 512, 3 × 3", "MobileNet's five layers in the middle: depthwise, then 1 × 1.",
            Block(14, 512, 3, 512, 128)),
    Example("vgg", "56 × 56 × 128, 3 × 3", "VGG's first layer with 256 filters, done directly there.",
            Block(56, 128, 3, 256, 64)),
    Example("useless", "A bottleneck that costs", "As many channels inside as came in: one layer more for nothing.",
            Block(28, 64, 3, 64, 64)),
)  # fmt: skip


def example(name: str) -> Example:
    """The example of a name. Raises KeyError."""
    return {one.name: one for one in EXAMPLES}[name]
