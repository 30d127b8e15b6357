"""The largest activation of every unit of a net, and where it is, found while the net runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.inside.patches.index import LayerUnits
from engine.networks.program import Call, Program

_RELUS: Final[frozenset[Any]] = frozenset({functional.relu, torch.relu, "relu"})
"""What a ReLU is called where it is no module."""


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

    A unit's place is the first of its largest values, row by row. NaN is larger than any number.
    """

    def __init__(self, program: Program, layers: tuple[LayerUnits, ...]) -> None:
        self._program = program
        self._order = [layer.name for layer in layers]
        self._wanted = set(self._order)
        self._readers = Counter(source for call in program.calls for source in call.sources)
        self._found: dict[str, tuple[Tensor, Tensor]] = {}

    def run_relu_in_place(self, call: Call, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> Any:
        """An override for the run: a ReLU may write over maps that were looked at and that nobody else reads."""
        if self._before_relu(call) is None or self._readers[call.sources[0]] > 1:
            return NotImplemented
        return torch.relu_(args[0])

    def __call__(self, call: Call, value: Any) -> None:
        if call.layer not in self._wanted:
            return
        before = self._before_relu(call)
        if before is None:
            self._found[call.layer] = peaks(self._program.maps(call.layer, value))
        else:
            # What a ReLU leaves of a map is largest where the map is; if nothing is left, all places are alike.
            values, places = before
            left = values.clamp(min=0)
            self._found[call.layer] = left, torch.where(values > 0, places, torch.zeros_like(places))

    def result(self) -> tuple[Tensor, Tensor]:
        """`values` Tensor[N, units] float32 and `places` Tensor[N, units] int32 (row · width + column)."""
        values, places = zip(*(self._found[name] for name in self._order), strict=True)
        return torch.cat(values, 1), torch.cat(places, 1)

    def _before_relu(self, call: Call) -> tuple[Tensor, Tensor] | None:
        """What was found in the maps that a ReLU reads; None for any other call."""
        relu = call.target in _RELUS or type(call.target) is nn.ReLU
        if not relu or len(call.sources) != 1:
            return None
        return self._found.get(self._program.call(call.sources[0]).layer)


def peaks(maps: Tensor) -> tuple[Tensor, Tensor]:
    """Largest value Tensor[N, C] (float32) and its first place Tensor[N, C] (int32) of Tensor[N, C, H, W].

    The rows' largest values, the first row that has the largest, and only in that row its column: where maps lie
    channels last, a tenth of the time of torch's max with indices over whole maps (measured on a CPU).
    """
    pixels = maps.permute(0, 2, 3, 1)
    width = pixels.shape[2]
    values, row = pixels.amax(2).max(1)
    line = pixels.gather(1, row[:, None, None, :].expand(-1, 1, width, -1))[:, 0]
    column = line.max(1).indices
    return values.float(), (row * width + column).to(torch.int32)
