"""The arithmetic of convolutional layers: sizes, paddings, parameters, operations, memory, receptive fields.

Plain integers, one axis at a time. Letters as in the literature (Dumoulin & Visin, *A guide to convolution
arithmetic for deep learning*, 2016): input size ``n``, kernel size ``f``, padding ``p``, stride ``s``,
dilation ``d``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.foundations.convolution import ConvSpec

BYTES_PER_VALUE = 4  # float32, what networks are stored and run in by default

Padding = int | tuple[int, int]


def _both_sides(p: Padding) -> int:
    return p[0] + p[1] if isinstance(p, tuple) else 2 * p


def effective_kernel(f: int, d: int = 1) -> int:
    """Pixels from the first to the last tap of a dilated kernel: ``d * (f - 1) + 1``."""
    return d * (f - 1) + 1


def output_size(n: int, f: int, p: Padding = 0, s: int = 1, d: int = 1) -> int:
    """Size of the output along one axis: ``floor((n + 2p - d(f - 1) - 1) / s) + 1``.

    ``p`` is the padding of each side, or a pair (before, after). Not positive where the kernel does not fit.
    """
    return (n + _both_sides(p) - effective_kernel(f, d)) // s + 1


def leftover(n: int, f: int, p: Padding = 0, s: int = 1, d: int = 1) -> int:
    """Rows (or columns) at the end of the padded input that no window reaches: what the floor leaves over."""
    return (n + _both_sides(p) - effective_kernel(f, d)) % s


def same_padding(f: int, d: int = 1) -> int:
    """Padding of each side that keeps the size at stride 1: ``p = (f - 1) / 2`` of the dilated kernel.

    Raises ValueError for an even extent, where half a pixel would be needed on each side.
    """
    extent = effective_kernel(f, d)
    if extent % 2 == 0:
        raise ValueError(f"(f - 1) / 2 is no whole number for a kernel that spans {extent} pixels")
    return (extent - 1) // 2


def same_tf_padding(n: int, f: int, s: int = 1, d: int = 1) -> tuple[int, int]:
    """TensorFlow's "SAME": (before, after) so that the output has ``ceil(n / s)`` values.

    The total is ``max((ceil(n / s) - 1) s + d(f - 1) + 1 - n, 0)``; an odd pixel goes after.
    """
    windows = -(-n // s)
    total = max((windows - 1) * s + effective_kernel(f, d) - n, 0)
    return total // 2, total - total // 2


def transposed_output_size(
    n: int, f: int, p: Padding = 0, s: int = 1, d: int = 1, output_padding: int = 0
) -> int:
    """Output size of a transposed convolution: ``(n - 1) s - 2p + d(f - 1) + output_padding + 1``."""
    return (n - 1) * s - _both_sides(p) + effective_kernel(f, d) + output_padding


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


def connections(f: int | tuple[int, int], c_in: int, groups: int = 1) -> int:
    """Inputs that one output value is connected to (a fully connected one: all of them)."""
    return _area(f) * (c_in // groups)


def receptive_field(layers: Sequence[Sequence[int]]) -> tuple[int, int, float]:
    """Receptive field of one output of a chain of layers, each ``(f, s)``, ``(f, s, d)`` or ``(f, s, d, p)``.

    Returns (size, jump, start): its side in input pixels; the distance in input pixels between neighbouring
    outputs; the centre of the first output's field in input pixels (0 is the middle of the first pixel).
    Recurrences: Araujo, Norris & Sim, *Computing receptive fields of convolutional neural networks*, 2019.
    """
    size, jump, start = 1, 1, 0.0
    for layer in layers:
        f, s = layer[0], layer[1]
        d = layer[2] if len(layer) > 2 else 1
        p = layer[3] if len(layer) > 3 else 0
        extent = effective_kernel(f, d)
        size += (extent - 1) * jump
        start += ((extent - 1) / 2 - p) * jump
        jump *= s
    return size, jump, start


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
    # Late, because that module takes its sizes from this one.
    from engine.foundations.convolution import geometry

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
