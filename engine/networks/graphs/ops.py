"""Layers as plain values: what shape comes out, what they cost, how far they reach. Without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import gcd, prod
from typing import Literal

from engine.foundations.cost import conv_macs, conv_parameters
from engine.networks.graphs.shapes import POINT, Misfit, Pair, Reach, Shape, Window, shape_text, slid


@dataclass(frozen=True, slots=True)
class Op:
    """What all layers have in common; a layer that says nothing else is pointwise and free."""

    @property
    def kind(self) -> str:
        """One word for colours, icons and the column of a table: "conv", "pool", "activation" ..."""
        return type(self).__name__.lower()

    @property
    def label(self) -> str:
        """What stands on a node of the graph, such as "Conv 3×3, 64" or "Max pool 2×2 /2"."""
        return type(self).__name__

    def shape(self, inputs: Sequence[Shape]) -> Shape:
        """The output's shape. Raises Misfit."""
        return inputs[0]

    def fitted(self, inputs: Sequence[Shape]) -> Op:
        """The same layer for inputs of these shapes: whatever follows from them is adapted, what was chosen stays."""
        return self

    @property
    def params(self) -> int:
        """Learned numbers."""
        return 0

    def macs(self, inputs: Sequence[Shape]) -> int:
        """Multiply-accumulates of convolutions and matrix products; all else counts as nothing, as in papers."""
        return 0

    def bias_adds(self, inputs: Sequence[Shape]) -> int:
        """Additions of a bias."""
        return 0

    def reach(self, inputs: Sequence[Shape]) -> Reach:
        """How far an output position looks into each input."""
        return POINT


@dataclass(frozen=True, slots=True)
class Input(Op):
    """The picture."""

    size: Shape

    @property
    def label(self) -> str:
        return "Input"

    def shape(self, inputs: Sequence[Shape]) -> Shape:
        return self.size


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


@dataclass(frozen=True, slots=True)
class Linear(Op):
    """A fully connected layer on the last axis."""

    inputs: int
    outputs: int
    bias: bool = True

    @property
    def label(self) -> str:
        return f"Fully connected, {self.outputs}"

    def fitted(self, inputs: Sequence[Shape]) -> Op:
        return replace(self, inputs=inputs[0][-1])

    def shape(self, inputs: Sequence[Shape]) -> Shape:
        if inputs[0][-1] != self.inputs:
            raise Misfit(
                f"The layer has weights for {self.inputs} inputs, but {inputs[0][-1]} come in.",
                "A fully connected layer fits one input size only.",
            )
        return *inputs[0][:-1], self.outputs

    @property
    def params(self) -> int:
        return self.outputs * (self.inputs + int(self.bias))

    def macs(self, inputs: Sequence[Shape]) -> int:
        return prod(inputs[0][:-1]) * self.inputs * self.outputs

    def bias_adds(self, inputs: Sequence[Shape]) -> int:
        return prod(self.shape(inputs)) if self.bias else 0

    def reach(self, inputs: Sequence[Shape]) -> Reach:
        return "everything" if len(inputs[0]) == 1 else POINT


@dataclass(frozen=True, slots=True)
class Norm(Op):
    """Normalisation: over the batch, over channels ("layer", "group") or over neighbouring maps ("local response")."""

    style: Literal["batch", "layer", "group", "local response"]
    channels: int = 0
    learned: int = 0
    """Learned numbers: two a channel where there are a factor and an offset."""

    @property
    def label(self) -> str:
        return f"{self.style.capitalize()} norm"

    @property
    def _over_maps(self) -> bool:
        """Whether `channels` counts maps; layer norm may count along another axis."""
        return self.style in ("batch", "group") and self.channels > 0

    def fitted(self, inputs: Sequence[Shape]) -> Op:
        channels = inputs[0][0]
        if not self._over_maps or channels == self.channels:
            return self
        return replace(self, channels=channels, learned=self.learned // self.channels * channels)

    def shape(self, inputs: Sequence[Shape]) -> Shape:
        if self._over_maps and inputs[0][0] != self.channels:
            raise Misfit(
                f"The layer normalises {self.channels} channels, but {inputs[0][0]} come in.",
                "It needs one factor and one offset for every channel.",
            )
        return inputs[0]

    @property
    def params(self) -> int:
        return self.learned

    def reach(self, inputs: Sequence[Shape]) -> Reach:
        # The mean and the spread of a group are those of whole maps.
        return "everything" if self.style == "group" and len(inputs[0]) == 3 else POINT


@dataclass(frozen=True, slots=True)
class Activation(Op):
    """A function of each value: "ReLU", "Tanh", "Softmax" ..."""

    name: str

    @property
    def label(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Dropout(Op):
    """Sets values to zero at random while training; passes everything when the net is used."""

    p: float = 0.5

    @property
    def label(self) -> str:
        return f"Dropout {self.p:g}"


@dataclass(frozen=True, slots=True)
class Identity(Op):
    """Passes its input on: what is left of a layer that was dropped."""


@dataclass(frozen=True, slots=True)
class Add(Op):
    """The sum of its inputs, value by value: where a skip connection ends."""

    sign: Literal["+", "×"] = "+"

    @property
    def label(self) -> str:
        return "Add" if self.sign == "+" else "Multiply"

    def shape(self, inputs: Sequence[Shape]) -> Shape:
        rank = max(len(shape) for shape in inputs)
        padded = [(1,) * (rank - len(shape)) + shape for shape in inputs]
        result = tuple(max(sizes) for sizes in zip(*padded, strict=True))
        for shape in padded:
            if any(n not in (1, m) for n, m in zip(shape, result, strict=True)):
                shapes = " and ".join(shape_text(s) for s in inputs)
                raise Misfit(
                    f"{shapes} cannot be {'added' if self.sign == '+' else 'multiplied'} value by value.",
                    "Both ways into the join need the same height, width and number of channels; a 1×1 convolution "
                    "(Wₛ) on the skip connection can adapt it.",
                )
        return result


@dataclass(frozen=True, slots=True)
class Concat(Op):
    """Its inputs' channels one after the other: where the branches of an Inception module meet."""

    @property
    def label(self) -> str:
        return "Concatenate"

    def shape(self, inputs: Sequence[Shape]) -> Shape:
        if len({shape[1:] for shape in inputs}) > 1:
            shapes = ", ".join(shape_text(s) for s in inputs)
            raise Misfit(
                f"The branches end in {shapes}: maps of different sizes cannot be stacked.",
                "Give all branches the same stride and “same” padding.",
            )
        return sum(shape[0] for shape in inputs), *inputs[0][1:]


@dataclass(frozen=True, slots=True)
class Flatten(Op):
    """All values in one row."""

    def shape(self, inputs: Sequence[Shape]) -> Shape:
        return (prod(inputs[0]),)

    def reach(self, inputs: Sequence[Shape]) -> Reach:
        return POINT if inputs[0][1:] == (1, 1) else "unknown"


@dataclass(frozen=True, slots=True)
class Opaque(Op):
    """A layer that this arithmetic does not know: everything about it was measured, for one input shape only."""

    name: str
    in_shapes: tuple[Shape, ...]
    out_shape: Shape
    learned: int = 0
    products: int = 0
    look: Literal["point", "everything", "unknown"] = "unknown"
    group: str = "other"
    """Its kind: "attention", "reshape", "other" ..."""

    @property
    def kind(self) -> str:
        return self.group

    @property
    def label(self) -> str:
        return self.name

    def shape(self, inputs: Sequence[Shape]) -> Shape:
        if tuple(inputs) != self.in_shapes:
            if self._same_on_every_position and [s[0] for s in inputs] == [s[0] for s in self.in_shapes]:
                return self.out_shape[0], *inputs[0][1:]
            raise Misfit(
                f"What “{self.name}” makes of another input shape is not known here.",
                "Change layers after it, or choose a net of convolutions.",
            )
        return self.out_shape

    @property
    def _same_on_every_position(self) -> bool:
        """One input of maps, whose rows and columns stay as they are, whatever their number."""
        shapes = (*self.in_shapes, self.out_shape)
        maps = all(len(shape) == 3 and shape[1:] == self.out_shape[1:] for shape in shapes)
        return maps and len(self.in_shapes) == 1 and self.look == "point" and not self.products

    @property
    def params(self) -> int:
        return self.learned

    def macs(self, inputs: Sequence[Shape]) -> int:
        return self.products

    def reach(self, inputs: Sequence[Shape]) -> Reach:
        return POINT if self.look == "point" else self.look


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
