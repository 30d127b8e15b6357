"""The arithmetic of convolutional layers: the public door of `sizes` (axis by axis) and `cost` (volumes)."""

from __future__ import annotations

from engine.foundations.cost import (
    BYTES_PER_VALUE,
    Cost,
    activation_bytes,
    connections,
    conv_cost,
    conv_macs,
    conv_parameters,
    flops,
    fully_connected_macs,
    fully_connected_parameters,
    norm_parameters,
)
from engine.foundations.sizes import (
    ceil_output_size,
    effective_kernel,
    leftover,
    output_size,
    receptive_field,
    same_padding,
    same_tf_padding,
    transposed_output_size,
    unread,
)

__all__ = [
    "BYTES_PER_VALUE",
    "Cost",
    "activation_bytes",
    "ceil_output_size",
    "connections",
    "conv_cost",
    "conv_macs",
    "conv_parameters",
    "effective_kernel",
    "flops",
    "fully_connected_macs",
    "fully_connected_parameters",
    "leftover",
    "norm_parameters",
    "output_size",
    "receptive_field",
    "same_padding",
    "same_tf_padding",
    "transposed_output_size",
    "unread",
]
