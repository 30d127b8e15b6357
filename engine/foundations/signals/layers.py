"""Two convolutional layers on a signal or a volume, as courses draw them: 14 -> 10 x 16 -> 6 x 32, filters of five."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.foundations.signals.spec import Sizes
from engine.foundations.signals.trace import Trace, trace
from engine.foundations.spec import FloatArray

FILTER_SIZE = 5
CHANNELS = (16, 32)


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """``maps``: the input float64[1, *N] and the activations of every layer float64[F, *M]; ``traces`` without ReLU."""

    maps: tuple[FloatArray, ...]
    traces: tuple[Trace, ...]
    relu: bool

    def reads(self, layer: int, place: Sizes) -> tuple[tuple[Sizes, Sizes], ...]:
        """For a cell of layer ``layer`` (1, 2 ...) what it reads in the input and every map before it.

        (first, end) an axis, ends excluded, the input first: the receptive field.
        """
        first, end = place, tuple(at + 1 for at in place)
        found = []
        for one in reversed(self.traces[:layer]):
            stride = one.spec.stride
            first = tuple(a * stride for a in first)
            end = tuple((e - 1) * stride + k for e, k in zip(end, one.layout.extent, strict=True))
            found.append((first, end))
        return tuple(reversed(found))

    @property
    def parameters(self) -> tuple[int, ...]:
        """Weights and biases of every layer."""
        return tuple(one.weight.size + one.bias.size for one in self.traces)

    @property
    def macs(self) -> tuple[int, ...]:
        """Multiply-accumulate operations of every layer."""
        return tuple(len(one) * math.prod(one.weight.shape[1:]) for one in self.traces)


def random_layers(x: FloatArray, seed: int = 0, *, relu: bool = True) -> Layers:
    """Both layers on ``x`` float64[1, *N], filters drawn as networks begin (He et al. 2015), biases zero.

    The input is divided by its largest magnitude, so that signals and volumes of any unit look alike.
    """
    rng = np.random.default_rng(seed)
    values = np.array(x / (np.abs(x).max() or 1.0))
    values.flags.writeable = False
    maps, traces = [values], []
    for count in CHANNELS:
        kernel = (FILTER_SIZE,) * (values.ndim - 1)
        fan_in = len(values) * math.prod(kernel)
        weight = rng.normal(0, math.sqrt(2 / fan_in), (count, len(values), *kernel))
        done = trace(values, weight)
        values = np.maximum(done.output, 0) if relu else done.output
        values.flags.writeable = False
        maps.append(values)
        traces.append(done)
    return Layers(tuple(maps), tuple(traces), relu)
