"""From the state and the described network to what is on show: the net as it was, and as the person changed it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import UserError
from engine.networks.graphs.graph import Graph, Layer, Node
from engine.networks.graphs.ops import Input, Opaque
from engine.networks.graphs.what_if import Edit, apply, with_input


@dataclass(frozen=True, eq=False)
class Shown:
    """The network on show. `original` is the net at the chosen picture size, `graph` with the person's changes."""

    original: Graph
    graph: Graph
    edits: tuple[Edit, ...]

    @property
    def changed(self) -> frozenset[str]:
        """The names of the layers that were changed."""
        return frozenset(edit.layer for edit in self.edits)

    def layer(self, name: str) -> Layer | None:
        """A layer by its name, measured or not."""
        return next((layer for layer in self.graph.layers if layer.name == name), None)

    def node(self, name: str) -> Node | None:
        """A measured layer by its name."""
        return self.graph.by_name.get(name)


class Resolver:
    """Remembers the last answer: most gestures look around and change nothing of the network."""

    def __init__(self) -> None:
        self._asked: tuple[int, int, tuple[Edit, ...]] | None = None
        self._base: Graph | None = None
        self._shown: Shown | None = None

    def resolve(self, base: Graph, size: int, edits: tuple[Edit, ...]) -> Shown:
        """The net at this picture size with these edits. Raises UserError where they do not belong to this net."""
        asked = (id(base), size, edits)
        if asked != self._asked or self._shown is None:
            kept = self._shown is not None and self._asked is not None and self._asked[:2] == asked[:2]
            original = self._shown.original if kept and self._shown else _sized(base, size)
            self._shown = Shown(original, apply(original, edits), edits)
            self._asked, self._base = asked, base
        return self._shown


def own_side(base: Graph) -> int:
    """The height of the picture that a net was described with; 0 where it does not begin with one."""
    shape = base.input_shape
    return shape[1] if len(shape) == 3 else 0


def resizable(base: Graph) -> bool:
    """Whether the arithmetic can carry another picture size through; else the engine has to trace the net anew."""
    return isinstance(base.layers[0].op, Input) and not any(isinstance(n.op, Opaque) for n in base.nodes)


def _sized(base: Graph, size: int) -> Graph:
    if not size or size == own_side(base):
        return base
    sized = with_input(base, (size, size))
    if sized.problem is not None:
        raise UserError(
            f"{base.title} does not fit pictures of {size} × {size}: {sized.problem.sentence}",
            sized.problem.hint,
        )
    return sized
