"""Layers as plain values: what shape comes out, what they cost, how far they reach. Without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Literal

from engine.networks.graphs.op import Op
from engine.networks.graphs.shapes import POINT, Misfit, Reach, Shape, shape_text
from engine.networks.graphs.sliding import AdaptivePool, Conv, Pool

__all__ = [
    "Activation", "AdaptivePool", "Add", "Concat", "Conv", "Dropout", "Flatten", "Identity", "Input", "Linear", "Norm",
    "Op", "Opaque", "Pool",
]  # fmt: skip


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
