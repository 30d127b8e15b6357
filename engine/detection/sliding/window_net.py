"""The numbers of the net for windows of 14x14 pixels, read from the file that comes with the program. No torch."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.images import publish
from engine.networks.weights.records import BUNDLED_FOLDER, read_header

FloatArray = npt.NDArray[np.float64]

NAME: Final = "window-digits"
WINDOW: Final = 14
"""Pixels a side of the picture that the net was trained on."""
KERNEL: Final = 5
FILTERS: Final = 16
POOL: Final = 2
"""Also the step from one answer to the next, in pixels, once the net slides as a convolution."""
POOLED: Final = (WINDOW - KERNEL + 1) // POOL
"""Cells a side of the pooled maps that the first fully connected layer reads."""
HIDDEN: Final = 400
NOTHING: Final = 10
"""The answer beside the ten digits."""
LABELS: Final = (*"0123456789", "nothing")

_SHAPES: Final = {
    "features.conv1.weight": (FILTERS, 1, KERNEL, KERNEL), "features.conv1.bias": (FILTERS,),
    "classifier.fc2.weight": (HIDDEN, FILTERS * POOLED * POOLED), "classifier.fc2.bias": (HIDDEN,),
    "classifier.fc3.weight": (HIDDEN, HIDDEN), "classifier.fc3.bias": (HIDDEN,),
    "classifier.output.weight": (len(LABELS), HIDDEN), "classifier.output.bias": (len(LABELS),),
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class WindowNet:
    """A convolution and three fully connected layers, float64, read-only.

    `conv` [16, 1, 5, 5], `fc2` [400, 400] (row: neuron; column: entry of the flattened 16x5x5), `fc3` [400, 400],
    `output` [11, 400], each with its bias.
    """

    conv: FloatArray
    conv_bias: FloatArray
    fc2: FloatArray
    fc2_bias: FloatArray
    fc3: FloatArray
    fc3_bias: FloatArray
    output: FloatArray
    output_bias: FloatArray


def tensors_of(net: WindowNet) -> dict[str, FloatArray]:
    """The numbers under the names that they have in the file, and in torch's module."""
    return {name: getattr(net, field.name) for name, field in zip(_SHAPES, fields(WindowNet), strict=True)}


@cache
def window_net() -> WindowNet:
    """The bundled net. Raises UserError where its file is missing, damaged or another net's."""
    return read_net(BUNDLED_FOLDER / f"{NAME}.safetensors")


def read_net(path: Path) -> WindowNet:
    """A net from its file. Raises UserError where the file is missing, damaged or another net's."""
    shapes = read_header(path).shapes
    for name, wanted in _SHAPES.items():
        if shapes.get(name) != wanted:
            found = "is missing" if name not in shapes else f"is {list(shapes[name])}"
            raise UserError(
                f"{path.name} is not the net of the sliding window: {name} {found} and should be {list(wanted)}.",
                "Install ConvScope again.",
            )
    from safetensors.numpy import load_file

    tensors = load_file(path)
    return WindowNet(*(publish(tensors[name].astype(np.float64)) for name in _SHAPES))
