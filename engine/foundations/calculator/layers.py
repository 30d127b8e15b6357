"""One layer of a chain as plain values, in the letters of courses: f filter size, p padding, s stride, n_C filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from engine.foundations.sizes import effective_kernel
from engine.foundations.spec import ConvSpec, NamedPadding

Kind = Literal[
    "conv",
    "transposed",
    "maxpool",
    "avgpool",
    "relu",
    "batchnorm",
    "flatten",
    "linear",
    "globalpool",
    "upsample",
]
PaddingChoice = Literal["valid", "same", "custom"]
Shape: TypeAlias = tuple[int, ...]
"""Of one example, without the batch: (C, H, W) for a volume, (D,) for a row of numbers."""

USES: Final[Mapping[Kind, tuple[str, ...]]] = {
    "conv": ("f", "s", "padding", "p", "d", "groups", "filters", "bias"),
    "transposed": ("f", "s", "padding", "p", "extra", "groups", "filters", "bias"),
    "maxpool": ("f", "s", "padding", "p", "ceil"),
    "avgpool": ("f", "s", "padding", "p", "ceil"),
    "relu": (),
    "batchnorm": (),
    "flatten": (),
    "linear": ("filters", "bias"),
    "globalpool": (),
    "upsample": ("s",),
}
"""Which settings speak for which kind of layer."""

RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "f": (1, 31), "s": (1, 16), "p": (0, 31), "d": (1, 8), "groups": (1, 4096), "filters": (1, 16384), "extra": (0, 15),
}  # fmt: skip
"""The least and the largest value of each number."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer before it meets its input; settings that its kind has no use for (see `USES`) are kept and ignored.

    ``padding`` "same" is ``(f - 1) / 2`` on each side, "custom" takes ``p``. ``filters`` is n_C: the number of filters,
    or of outputs of a fully connected layer. ``extra`` is torch's output padding of a transposed convolution, ``s`` of
    an upsampling its factor. ``ceil``: pooling lets the last window reach over the edge.
    """

    kind: Kind = "conv"
    f: int = 3
    s: int = 1
    padding: PaddingChoice = "valid"
    p: int = 0
    d: int = 1
    groups: int = 1
    filters: int = 16
    extra: int = 0
    bias: bool = True
    ceil: bool = False

    @property
    def uses(self) -> tuple[str, ...]:
        """The names of the settings that speak for this kind."""
        return USES[self.kind]

    @property
    def learns(self) -> bool:
        """Whether it has filters, or weights a connection."""
        return "filters" in self.uses

    @property
    def extent(self) -> int:
        """Pixels from the first to the last tap of its window; 1 where it has none."""
        if "f" not in self.uses:
            return 1
        return effective_kernel(self.f, self.d if "d" in self.uses else 1)

    @property
    def pad(self) -> int:
        """p in pixels of each side; of an even "same" padding, which does not exist, the half rounded down."""
        if "padding" not in self.uses:
            return 0
        return {"valid": 0, "same": (self.extent - 1) // 2}.get(self.padding, self.p)

    @property
    def spec(self) -> ConvSpec:
        """A convolution's or a transposed one's settings, as the convolution functions understand them."""
        named: NamedPadding | int = self.p if self.padding == "custom" else self.padding
        transposed = self.kind == "transposed"
        return ConvSpec(
            stride=self.s,
            padding=named,
            dilation=1 if transposed else self.d,
            groups=self.groups,
            transposed=transposed,
            output_padding=self.extra if transposed else 0,
        )
