"""What every way of looking into a net needs to know first: which layers it has. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import UserError
from engine.networks.graphs.graph import Node


@dataclass(frozen=True, slots=True)
class ListLayers:
    """Lay a net open. `net`: a name of the weights store, or "random:<architecture>". Answer: NetLayers.

    Raises UserError where the weights are not here, or where torch cannot take the net apart.
    """

    net: str


@dataclass(frozen=True, slots=True, eq=False)
class NetLayers:
    """The layers of a net in the order in which they are computed, the picture first.

    `title`: the net in words; `labels`: one a class; `side`: of the square picture that it reads, in pixels; `channels`
    of that picture (1: it reads digits).
    """

    net: str
    title: str
    architecture: str
    layers: tuple[Node, ...]
    labels: tuple[str, ...]
    side: int
    channels: int

    def find(self, name: str) -> Node | None:
        """The layer of that name."""
        return next((layer for layer in self.layers if layer.name == name), None)

    @property
    def first(self) -> Node:
        """What is looked at where nothing was chosen: the maps behind the first activation, else the first maps."""
        shown = [layer for layer in self.layers[1:] if maps_of(layer)]
        return next((layer for layer in shown if layer.kind == "activation"), (shown or self.layers)[0])


def maps_of(layer: Node) -> tuple[int, int, int] | None:
    """Channels, height and width of a layer's maps; a row of numbers is maps of one pixel. None for anything else."""
    shape = layer.out_shape
    if len(shape) == 3:
        return shape[0], shape[1], shape[2]
    return (shape[0], 1, 1) if len(shape) == 1 else None


def checked_maps(layer: Node) -> tuple[int, int, int]:
    """The same; raises UserError where the layer puts out neither maps nor a row of numbers."""
    found = maps_of(layer)
    if found is None:
        raise UserError(
            f"The layer {layer.name} puts out {layer.shape_text} numbers, which are no maps.",
            "Choose another layer.",
        )
    return found
