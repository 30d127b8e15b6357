"""What the engine can be asked about features on their way, and what it answers. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

Array = npt.NDArray[Any]

NET = "lenet5-digits"
"""The bundled net whose training was kept."""
TOP = 9


@dataclass(frozen=True, slots=True)
class GrowFeatures:
    """The first filters and one unit's strongest patches at every saved epoch. Answer: Growth.

    `layer`, `channel`: of LeNet-5; a channel of a layer without maps is a single unit.
    """

    layer: str
    channel: int


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """What a net was at each of `epochs` (0: before it had seen a digit); every array begins with the epochs, E.

    `accuracy`: the share of validation digits named rightly. `filters` float32[E, F, C, k, k]: the first
    convolution. `patches` uint8[E, 9, h, w]: what the channel's strongest unit reads in the nine digits that excite it
    most, strongest first; `activations` float32[E, 9]; `pictures` int32[E, 9]: which digits these are. `digits`: how
    many were asked. `first_layer`: the name of the convolution.
    """

    request: GrowFeatures
    epochs: tuple[int, ...]
    accuracy: tuple[float, ...]
    first_layer: str
    filters: Array
    patches: Array
    activations: Array
    pictures: Array
    digits: int
    seconds: float
