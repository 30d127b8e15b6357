"""What a convolution costs: parameters, operations and memory, next to a fully connected layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from engine.foundations.problems import geometry
from engine.foundations.spec import ConvSpec

BYTES_PER_VALUE = 4  # float32, what networks are stored and run in by default


def _area(f: int | tuple[int, int]) -> int:
    return f * f if isinstance(f, int) else f[0] * f[1]


def conv_parameters(
    f: int | tuple[int, int], c_in: int, filters: int, groups: int = 1, bias: bool = True
) -> int:
    """Learned numbers of a convolution: ``filters * (f * f * c_in / groups + 1)``; for 3x3x3 it is 27 + 1."""
    return filters * (_area(f) * (c_in // groups) + int(bias))


def conv_macs(
    f: int | tuple[int, int], c_in: int, filters: int, output_hw: tuple[int, int], groups: int = 1
) -> int:
    """Multiply-accumulate operations: taps of one filter times the number of outputs.

    Multiplications with padding count like all others, as in the tables of the literature.
    """
    return _area(f) * (c_in // groups) * filters * output_hw[0] * output_hw[1]


def flops(macs: int, bias_adds: int = 0) -> int:
    """Floating-point operations: two a multiply-accumulate (one product, one sum), one an added bias.

    Papers differ: several print MACs under the name FLOPs. Here a MAC is two FLOPs; the bias adds are counted
    apart so that both numbers can be named. Activations are not counted.
    """
    return 2 * macs + bias_adds


def activation_bytes(shape: Sequence[int], bytes_per_value: int = BYTES_PER_VALUE) -> int:
    """Memory of one volume of activations (float32 unless said otherwise)."""
    return prod(shape) * bytes_per_value


def fully_connected_parameters(
    input_shape: Sequence[int], output_shape: Sequence[int], bias: bool = True
) -> int:
    """Learned numbers of a fully connected layer between the same two volumes."""
    outputs = prod(output_shape)
    return outputs * (prod(input_shape) + int(bias))


def fully_connected_macs(input_shape: Sequence[int], output_shape: Sequence[int]) -> int:
    """Multiply-accumulate operations of a fully connected layer between the same two volumes."""
    return prod(input_shape) * prod(output_shape)


def norm_parameters(channels: int) -> int:
    """Learned numbers of a batch norm: a factor and an offset a channel. Means and variances are measured."""
    return 2 * channels


def connections(f: int | tuple[int, int], c_in: int, groups: int = 1) -> int:
    """Inputs that one output value is connected to (a fully connected one: all of them)."""
    return _area(f) * (c_in // groups)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one convolution costs, next to a fully connected layer between the same two volumes.

    Biases are included in ``parameters``, ``per_filter`` and ``fc_parameters``. ``macs`` counts no biases;
    ``flops`` is two a MAC plus ``bias_adds``. ``sharing`` is the number of positions at which every weight is
    used.
    """

    parameters: int
    per_filter: int
    macs: int
    bias_adds: int
    flops: int
    input_bytes: int
    activation_bytes: int
    weight_bytes: int
    fc_parameters: int
    fc_macs: int
    connections_per_output: int
    fc_connections_per_output: int
    sharing: int

    @property
    def density(self) -> float:
        """Share of the connections of a fully connected layer that exist (sparsity is one minus this)."""
        return self.connections_per_output / self.fc_connections_per_output


def conv_cost(
    input_shape: tuple[int, int, int],
    weight_shape: tuple[int, int, int, int],
    spec: ConvSpec,
    bias: bool = True,
) -> Cost:
    """Cost of one convolution of a volume (C, H, W) with filters (F, C/groups, kh, kw).

    A transposed convolution is counted as it is run: every input pixel times every tap, with no products for
    the zeros between the pixels. Raises ShapeError where the shapes do not go together.
    """
    filters, _, kh, kw = weight_shape
    output = (filters, *geometry(spec, input_shape, weight_shape).output_hw)
    positions = input_shape[1:] if spec.transposed else output[1:]
    macs = conv_macs((kh, kw), input_shape[0], filters, (positions[0], positions[1]), spec.groups)
    bias_adds = prod(output) if bias else 0
    parameters = conv_parameters((kh, kw), input_shape[0], filters, spec.groups, bias)
    return Cost(
        parameters=parameters,
        per_filter=parameters // filters,
        macs=macs,
        bias_adds=bias_adds,
        flops=flops(macs, bias_adds),
        input_bytes=activation_bytes(input_shape),
        activation_bytes=activation_bytes(output),
        weight_bytes=parameters * BYTES_PER_VALUE,
        fc_parameters=fully_connected_parameters(input_shape, output, bias),
        fc_macs=fully_connected_macs(input_shape, output),
        connections_per_output=connections((kh, kw), input_shape[0], spec.groups),
        fc_connections_per_output=prod(input_shape),
        sharing=positions[0] * positions[1],
    )
