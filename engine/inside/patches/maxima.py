"""The largest activation of every unit of a net, and where it is, found while the net runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from engine.inside.patches.index import LayerUnits
from engine.networks.program import Call, Program

_RELUS: Final[frozenset[Any]] = frozenset({functional.relu, torch.relu, "relu"})
"""What a ReLU is called where it is no module."""
_JOINS: Final[frozenset[Any]] = frozenset({torch.cat, torch.concat})
Peaks: TypeAlias = tuple[Tensor, Tensor]
"""Largest values Tensor[N, C] and their places Tensor[N, C]."""


def layers_with_maps(program: Program) -> tuple[LayerUnits, ...]:
    """The layers whose units have places, in the order in which they are computed; the picture is none."""
    return tuple(
        LayerUnits(layer.name, *layer.out_shape)
        for layer in program.layers
        if layer.kind != "input" and program.has_maps(layer.name)
    )


def last_layers(program: Program, layers: tuple[LayerUnits, ...]) -> tuple[str, ...]:
    """Those whose maps no other of them reads: whatever they depend on is all that has to be computed."""
    names = {layer.name for layer in layers}
    readers = program.graph.consumers
    return tuple(name for name in names if not names & set(readers.get(name, ())))


class Maxima:
    """A watcher of one run of a program (Program.run, `watch`); holds a number a unit and no maps.

    A unit's place is the first of its largest values, row by row. NaN is larger than any number. `least` Tensor[units]:
    smaller values than these are of no interest, and their places are not looked for (-1); for the CPU, where looking
    costs more than asking.
    """

    def __init__(self, program: Program, layers: tuple[LayerUnits, ...], least: Tensor | None = None) -> None:
        self._program = program
        self._order = [layer.name for layer in layers]
        sizes = [layer.channels for layer in layers]
        parts = [None] * len(sizes) if least is None else least.split(sizes)
        self._least: dict[str, Tensor | None] = dict(zip(self._order, parts, strict=True))
        self._readers = Counter(source for call in program.calls for source in call.sources)
        self._found: dict[str, Peaks] = {}

    def run_relu_in_place(self, call: Call, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> Any:
        """An override for the run: a ReLU may write over maps that were looked at and that nobody else reads."""
        if self._before_relu(call) is None or self._readers[call.sources[0]] > 1:
            return NotImplemented
        return torch.relu_(args[0])

    def __call__(self, call: Call, value: Any) -> None:
        if call.layer in self._least:
            known = self._after_relu(call) or self._joined(call) or self._passed_on(call)
            least = self._least[call.layer]
            self._found[call.layer] = known or peaks(self._program.maps(call.layer, value), least)

    def result(self) -> tuple[Tensor, Tensor]:
        """`values` Tensor[N, units] float32 and `places` Tensor[N, units] int32 (row · width + column)."""
        values, places = zip(*(self._found[name] for name in self._order), strict=True)
        return torch.cat(values, 1), torch.cat(places, 1)

    def _of(self, call: str) -> Peaks | None:
        """What was found in the maps that a call put out."""
        return self._found.get(self._program.call(call).layer)

    def _before_relu(self, call: Call) -> Peaks | None:
        """What was found in the maps that a ReLU reads; None for any other call."""
        relu = call.target in _RELUS or type(call.target) is nn.ReLU
        return self._of(call.sources[0]) if relu and len(call.sources) == 1 else None

    def _after_relu(self, call: Call) -> Peaks | None:
        """What a ReLU leaves of a map is largest where the map is; if nothing is left, all places are alike."""
        before = self._before_relu(call)
        if before is None:
            return None
        values, places = before
        return values.clamp(min=0), torch.where(values > 0, places, torch.zeros_like(places))

    def _joined(self, call: Call) -> Peaks | None:
        """Maps that were put behind one another were looked at before."""
        if call.target not in _JOINS or not isinstance(call.node.args[0], list | tuple):
            return None
        dim = call.node.args[1] if len(call.node.args) > 1 else call.node.kwargs.get("dim", 0)
        parts = [self._of(node.name) if isinstance(node, fx.Node) else None for node in call.node.args[0]]
        found = [part for part in parts if part is not None]
        if dim != 1 or len(found) < len(parts):
            return None
        values, places = zip(*found, strict=True)
        return torch.cat(values, 1), torch.cat(places, 1)

    def _passed_on(self, call: Call) -> Peaks | None:
        """A dropout does nothing after training."""
        return self._of(call.sources[0]) if isinstance(call.target, nn.Dropout | nn.Identity) else None


def peaks(maps: Tensor, least: Tensor | None = None) -> Peaks:
    """Largest value Tensor[N, C] (float32) and its first place Tensor[N, C] (int32) of Tensor[N, C, H, W].

    `least` Tensor[C]: places of smaller values are -1. One pass over the maps finds the largest values of all rows, by
    the kernel of max pooling, the fastest there is where maps lie channels last; the rest is looked up in few of them.
    A tenth of the time of torch's max with indices (measured on a CPU).
    """
    width = maps.shape[3]
    rows = functional.max_pool2d(maps, (1, width))[..., 0]
    values = rows.amax(2)
    if least is None:
        row = rows.max(2).indices
        line = maps.gather(2, row[:, :, None, None].expand(-1, -1, 1, width))[:, :, 0]
        return values.float(), (row * width + line.max(2).indices).to(torch.int32)
    places = torch.full(values.shape, -1, dtype=torch.int32, device=maps.device)
    n, c = (~(values < least)).nonzero(as_tuple=True)
    if len(n):
        row = rows[n, c].max(1).indices
        places[n, c] = (row * width + maps[n, c, row].max(1).indices).to(torch.int32)
    return values.float(), places
