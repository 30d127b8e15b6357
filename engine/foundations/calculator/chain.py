"""A chain of layers, measured: the shape, cost and receptive field behind every layer, as far as they go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from engine.foundations.calculator.fields import ALL, Field, Window, field
from engine.foundations.calculator.joins import Misfit, joined, remarks
from engine.foundations.calculator.layers import Layer, Shape
from engine.foundations.cost import (
    conv_cost,
    flops,
    fully_connected_macs,
    fully_connected_parameters,
    norm_parameters,
)


@dataclass(frozen=True, slots=True)
class LayerCost:
    """What a layer costs for one example; the convention is that of `engine.foundations.cost.flops`."""

    parameters: int = 0
    biases: int = 0
    macs: int = 0
    bias_adds: int = 0

    @property
    def weights(self) -> int:
        return self.parameters - self.biases

    @property
    def flops(self) -> int:
        return flops(self.macs, self.bias_adds)


@dataclass(frozen=True, slots=True)
class Step:
    """Layer ``index`` (counted from 1, as l in the course) with what it was given and what it makes of it.

    ``in_shape`` is None behind a layer that does not fit, ``out_shape`` and ``cost`` also at that layer. ``field`` is
    None where they are. ``windows``: those of all layers up to this one, None once everything has been looked at.
    """

    index: int
    layer: Layer
    in_shape: Shape | None
    out_shape: Shape | None = None
    cost: LayerCost | None = None
    field: Field | None = None
    windows: tuple[Window, ...] | None = None
    misfit: Misfit | None = None
    remarks: tuple[str, ...] = ()

    @property
    def activations(self) -> int:
        """Values that come out, for one example."""
        return prod(self.out_shape) if self.out_shape else 0


@dataclass(frozen=True, slots=True)
class Chain:
    """A measured chain: its input (C, H, W), its steps, and their sums for one example."""

    input_shape: Shape
    steps: tuple[Step, ...]

    @property
    def broken(self) -> Step | None:
        """The first layer that does not fit."""
        return next((step for step in self.steps if step.misfit is not None), None)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes a[0], a[1], ... as far as they are known."""
        return (self.input_shape, *(step.out_shape for step in self.steps if step.out_shape is not None))

    @property
    def costs(self) -> tuple[LayerCost, ...]:
        """The costs of the layers that are known."""
        return tuple(step.cost for step in self.steps if step.cost is not None)

    @property
    def parameters(self) -> int:
        return sum(cost.parameters for cost in self.costs)

    @property
    def macs(self) -> int:
        return sum(cost.macs for cost in self.costs)

    @property
    def flops(self) -> int:
        return sum(cost.flops for cost in self.costs)

    @property
    def activations(self) -> int:
        """Values of all layers' outputs; the input is not one of them."""
        return sum(step.activations for step in self.steps)


def measure(input_shape: Shape, layers: Sequence[Layer]) -> Chain:
    """Carry shape, cost and receptive field of an input (C, H, W) through a chain of layers."""
    steps: list[Step] = []
    shape: Shape | None = input_shape
    windows: tuple[Window, ...] | None = ()
    for index, layer in enumerate(layers, start=1):
        if shape is None:
            steps.append(Step(index, layer, None))
            continue
        found = joined(layer, shape)
        if isinstance(found, Misfit):
            steps.append(Step(index, layer, shape, misfit=found))
            shape = None
            continue
        windows = _windows(windows, layer)
        steps.append(
            Step(
                index, layer, shape, found, cost_of(layer, shape, found), ALL if windows is None else field(windows),
                windows, remarks=remarks(layer, shape, found),
            )
        )  # fmt: skip
        shape = found
    return Chain(input_shape, tuple(steps))


def cost_of(layer: Layer, before: Shape, after: Shape) -> LayerCost:
    """The cost of a layer between two shapes that fit; pooling, ReLU and reshaping count as nothing."""
    if layer.kind in ("conv", "transposed") and len(before) == 3:
        channels, height, width = before
        weights = (layer.filters, channels // layer.groups, layer.f, layer.f)
        cost = conv_cost((channels, height, width), weights, layer.spec, layer.bias)
        return LayerCost(cost.parameters, layer.filters if layer.bias else 0, cost.macs, cost.bias_adds)
    if layer.kind == "linear":
        biases = layer.filters if layer.bias else 0
        parameters = fully_connected_parameters(before, after, layer.bias)
        return LayerCost(parameters, biases, fully_connected_macs(before, after), biases)
    if layer.kind == "batchnorm":
        parameters = norm_parameters(before[0])
        return LayerCost(parameters, parameters // 2)
    return LayerCost()


def _windows(before: tuple[Window, ...] | None, layer: Layer) -> tuple[Window, ...] | None:
    """The windows up to a layer; None where an output depends on all of the input."""
    if before is None or layer.kind in ("globalpool", "linear"):
        return None
    if layer.kind == "upsample":
        return (*before, Window(f=layer.s, s=layer.s, up=True))
    if "f" not in layer.uses:
        return (*before, Window())
    d = layer.d if "d" in layer.uses else 1
    return (*before, Window(layer.f, layer.s, d, layer.pad, layer.kind == "transposed"))
