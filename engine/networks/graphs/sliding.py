"""Layers that slide a window over maps: convolution and pooling. Free of torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import gcd, prod
from typing import Literal

from engine.foundations.cost import conv_macs, conv_parameters
from engine.networks.graphs.op import Op
from engine.networks.graphs.shapes import POINT, Misfit, Pair, Reach, Shape, Window, shape_text, slid


@dataclass(frozen=True, slots=True)
class Conv(Op):
    """A 2-D convolution, grouped or not."""

    in_channels: int
    filters: int
    kernel: Pair
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    bias: bool = True

    @property
    def depthwise(self) -> bool:
        """Every channel is convolved on its own."""
        return self.groups == self.in_channels and self.groups > 1

    @property
    def window(self) -> Window:
        return Window(self.kernel, self.stride, self.padding, self.dilation)

    @property
    def label(self) -> str:
        name = "Depthwise" if self.depthwise else "Conv"
        groups = f", {self.groups} groups" if self.groups > 1 and not self.depthwise else ""
        return f"{name} {_pair(self.kernel)}, {self.filters}{_stride(self.stride)}{groups}"

    def fitted(self, inputs: Sequence[Shape]) -> Op:
        channels = _maps(self, inputs)[0]
        if self.depthwise:
            multiplier = max(1, self.filters // self.in_channels)
            return replace(self, in_channels=channels, groups=channels, filters=channels * multiplier)
        return replace(self, in_channels=channels)

    def shape(self, inputs: Sequence[Shape]) -> Shape:
        channels, height, width = _maps(self, inputs)
        if channels != self.in_channels:
            raise Misfit(
                f"The filters are {self.in_channels} channels deep, but {channels} channels come in.",
                "A filter is always as deep as its input.",
            )
        for name, count in (("input channels", channels), ("filters", self.filters)):
            if count % self.groups:
                common = gcd(channels, self.filters)
                near = min(
                    (n for n in range(1, common + 1) if common % n == 0), key=lambda n: abs(n - self.groups)
                )
                raise Misfit(
                    f"{count} {name} cannot be divided into {self.groups} groups.",
                    f"Choose a multiple of {self.groups}, or {near} {'group' if near == 1 else 'groups'}.",
                )
        return self.filters, *slid(self.window, (height, width))

    @property
    def params(self) -> int:
        return conv_parameters(self.kernel, self.in_channels, self.filters, self.groups, self.bias)

    def macs(self, inputs: Sequence[Shape]) -> int:
        _, height, width = self.shape(inputs)
        return conv_macs(self.kernel, self.in_channels, self.filters, (height, width), self.groups)

    def bias_adds(self, inputs: Sequence[Shape]) -> int:
        return prod(self.shape(inputs)) if self.bias else 0

    def reach(self, inputs: Sequence[Shape]) -> Reach:
        return self.window


@dataclass(frozen=True, slots=True)
class Pool(Op):
    """Max or average pooling, each channel on its own. Ceil mode as torch has it: no window begins in the padding."""

    mode: Literal["max", "average"]
    size: Pair
    stride: Pair
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    ceil: bool = False

    @property
    def window(self) -> Window:
        return Window(self.size, self.stride, self.padding, self.dilation)

    @property
    def label(self) -> str:
        name = "Max pool" if self.mode == "max" else "Average pool"
        return f"{name} {_pair(self.size)}{_stride(self.stride)}"

    def shape(self, inputs: Sequence[Shape]) -> Shape:
        channels, height, width = _maps(self, inputs)
        if any(2 * p > n for p, n in zip(self.padding, self.size, strict=True)):
            raise Misfit(
                f"Padding of {max(self.padding)} is more than half of the window of {_pair(self.size)}.",
                f"Use padding of at most {min(self.size) // 2}: every window has to see something of the map.",
            )
        return channels, *slid(self.window, (height, width), self.ceil)

    def reach(self, inputs: Sequence[Shape]) -> Reach:
        return self.window


@dataclass(frozen=True, slots=True)
class AdaptivePool(Op):
    """Pooling to a fixed size, whatever comes in; to 1×1 it is global pooling."""

    mode: Literal["max", "average"]
    size: Pair

    @property
    def kind(self) -> str:
        return "pool"

    @property
    def label(self) -> str:
        name = "max pool" if self.mode == "max" else "average pool"
        return f"Global {name}" if self.size == (1, 1) else f"Adaptive {name} to {_pair(self.size)}"

    def shape(self, inputs: Sequence[Shape]) -> Shape:
        return _maps(self, inputs)[0], *self.size

    def span(self, position: int, n: int, axis: int) -> range:
        """Which of n rows (axis 0) or columns (axis 1) an output position reads; spans may overlap, as in torch."""
        parts = self.size[axis]
        return range(position * n // parts, -(-(position + 1) * n // parts))

    def reach(self, inputs: Sequence[Shape]) -> Reach:
        _, *size = _maps(self, inputs)
        if tuple(size) == self.size:
            return POINT
        if self.size == (1, 1):
            return "everything"
        windows = [n // s for n, s in zip(size, self.size, strict=True)]
        if any(n % s for n, s in zip(size, self.size, strict=True)):
            return "unknown"  # windows of several sizes
        return Window((windows[0], windows[1]), (windows[0], windows[1]))


def _maps(op: Op, inputs: Sequence[Shape]) -> tuple[int, int, int]:
    """The one input as maps. Raises Misfit where it is none."""
    shape = inputs[0]
    if len(shape) != 3:
        raise Misfit(
            f"{op.label} slides over maps, but {shape_text(shape)} values without rows and columns come in.",
            "Put it before the layer that flattens.",
        )
    return shape[0], shape[1], shape[2]


def _pair(pair: Pair) -> str:
    return f"{pair[0]}×{pair[1]}"


def _stride(stride: Pair) -> str:
    if stride == (1, 1):
        return ""
    return f" /{stride[0]}" if stride[0] == stride[1] else f" /{_pair(stride)}"
