"""What all layers have in common. Free of torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.networks.graphs.shapes import POINT, Reach, Shape


@dataclass(frozen=True, slots=True)
class Op:
    """What all layers have in common; a layer that says nothing else is pointwise and free."""

    @property
    def kind(self) -> str:
        """One word for colours, icons and the column of a table: "conv", "pool", "activation" ..."""
        return type(self).__name__.lower()

    @property
    def label(self) -> str:
        """What stands on a node of the graph, such as "Conv 3×3, 64" or "Max pool 2×2 /2"."""
        return type(self).__name__

    def shape(self, inputs: Sequence[Shape]) -> Shape:
        """The output's shape. Raises Misfit."""
        return inputs[0]

    def fitted(self, inputs: Sequence[Shape]) -> Op:
        """The same layer for inputs of these shapes: whatever follows from them is adapted, what was chosen stays."""
        return self

    @property
    def params(self) -> int:
        """Learned numbers."""
        return 0

    def macs(self, inputs: Sequence[Shape]) -> int:
        """Multiply-accumulates of convolutions and matrix products; all else counts as nothing, as in papers."""
        return 0

    def bias_adds(self, inputs: Sequence[Shape]) -> int:
        """Additions of a bias."""
        return 0

    def reach(self, inputs: Sequence[Shape]) -> Reach:
        """How far an output position looks into each input."""
        return POINT
