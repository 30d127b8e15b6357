"""The layers of Darknet's nets as plain values: what each does, what it reads, what shape comes out. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Shape = tuple[int, int, int]
"""Channels, rows, columns."""
PICTURE: Final = -1
"""The source that is no layer but the picture."""
ACTIVATIONS: Final = ("linear", "leaky", "relu", "logistic", "mish", "swish", "relu6")
BOX: Final = 5
"""Numbers of a box beside its classes: x, y, width, height and objectness."""


@dataclass(frozen=True, slots=True)
class Convolution:
    """`inputs` channels in, of which each of the `groups` sees a part. `padding` in cells on every side."""

    inputs: int
    filters: int
    size: int
    stride: int
    padding: int
    groups: int
    batch_normalize: bool
    activation: str

    @property
    def kernel_numbers(self) -> int:
        return self.filters * (self.inputs // self.groups) * self.size * self.size

    @property
    def numbers(self) -> int:
        """How many numbers of the .weights are this layer's: biases, with batch norm three more rows, kernels."""
        return self.filters * (4 if self.batch_normalize else 1) + self.kernel_numbers


@dataclass(frozen=True, slots=True)
class MaxPool:
    """`padding` is what Darknet adds to rows and columns in all, half of it (rounded down) before the first."""

    size: int
    stride: int
    padding: int


@dataclass(frozen=True, slots=True)
class Route:
    """The sources' channels one after the other; of each source the part `group` of `groups`."""

    groups: int = 1
    group: int = 0


@dataclass(frozen=True, slots=True)
class Shortcut:
    """The sum of the sources."""

    activation: str


@dataclass(frozen=True, slots=True)
class Upsample:
    """Every cell `stride` times in each direction."""

    stride: int


@dataclass(frozen=True, slots=True)
class Reorg:
    """Cells to channels, in the order of YOLOv2 (see net.Reorg)."""

    stride: int


@dataclass(frozen=True, slots=True)
class Dropout:
    """Does nothing outside of training."""

    probability: float


@dataclass(frozen=True, slots=True)
class Head:
    """What turns maps into boxes: "yolo" (v3, v4) or "region" (v2).

    `anchors`: width and height in pixels of the net's input ("yolo") or in cells ("region"). `scale_xy` stretches the
    place of the centre beyond the cell.
    """

    kind: Literal["yolo", "region"]
    anchors: tuple[tuple[float, float], ...]
    classes: int
    scale_xy: float = 1.0


Op = Convolution | MaxPool | Route | Shortcut | Upsample | Reorg | Dropout | Head


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: `sources` are the indices of what it reads, `shape` is what comes out at the size of the cfg."""

    index: int
    kind: str
    line: int
    sources: tuple[int, ...]
    shape: Shape
    op: Op

    @property
    def name(self) -> str:
        """As it is called in the module and in sentences: "convolutional_12"."""
        return f"{self.kind}_{self.index}"
