"""Sizes, paddings and receptive fields of convolutional layers, in plain integers, one axis at a time.

Letters as in the literature (Dumoulin & Visin, *A guide to convolution arithmetic for deep learning*, 2016):
input size ``n``, kernel size ``f``, padding ``p``, stride ``s``, dilation ``d``.
"""

from __future__ import annotations

from collections.abc import Sequence

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


def ceil_output_size(n: int, f: int, p: int = 0, s: int = 1) -> int:
    """Size of a pooled axis in "ceil mode": ``ceil((n + 2p - f) / s) + 1``, the last window reaching over the edge.

    One less where that window would begin beyond the input, in the padding after it (as torch has it).
    """
    count = -(-(n + 2 * p - f) // s) + 1
    return count - 1 if (count - 1) * s >= n + p else count


def leftover(n: int, f: int, p: Padding = 0, s: int = 1, d: int = 1) -> int:
    """Rows (or columns) at the end of the padded input that no window reaches: what the floor leaves over."""
    return (n + _both_sides(p) - effective_kernel(f, d)) % s


def unread(n: int, f: int, p: int = 0, s: int = 1, d: int = 1) -> int:
    """Rows (or columns) of the input itself, padding not counted, that no window reads: skipped or left over."""
    if s <= d == 1 and leftover(n, f, p, s, d) == 0:
        return 0
    read = {y * s - p + k * d for y in range(output_size(n, f, p, s, d)) for k in range(f)}
    return n - sum(0 <= position < n for position in read)


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
