"""The order of the blocks of a layered drawing from left to right, and their places.

Global sifting (Bachmaier, Brandenburg, Brunner and Hübner 2010): all blocks stand in one order, and each of them
is moved to the place where the wires cross the fewest lines, until nothing gets better. One order for all layers
keeps every block straight.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from gui.widgets.graph.layers import MAIN, Block, Layered

CROSSING = 1.0
PASSING = 0.05
"""What a wire costs that runs past the end of a line."""
OUT_OF_ORDER = 0.01
"""What it costs when the inputs of a join do not stand in the order in which the join takes them."""
ROUNDS = 6

Wire = tuple[int, int]
"""The channel (below the layer of that number) in which a horizontal wire runs, and the block where it ends."""


@dataclass(frozen=True, slots=True)
class _Structure:
    """What the order depends on: a layer that got wider changes nothing of it."""

    key: tuple[object, ...]
    net: Layered = field(compare=False)


def ordered(net: Layered) -> list[int]:
    """The blocks from left to right."""
    blocks = tuple((b.first, b.last, b.source, *b.boxes.values()) for b in net.blocks)
    return list(_ordered(_Structure((tuple(net.layer), tuple(map(tuple, net.inputs)), blocks), net)))


@lru_cache(maxsize=64)
def _ordered(structure: _Structure) -> tuple[int, ...]:
    return tuple(_Sifting(structure.net).run())


class _Sifting:
    """The order, and what it takes to judge it."""

    def __init__(self, net: Layered) -> None:
        self.blocks = net.blocks
        self.wires = _wires(net)
        self.places, self.joins = _join_places(net)
        self.order: list[int] = [MAIN]

    def run(self) -> list[int]:
        rest = sorted(range(1, len(self.blocks)), key=lambda b: (self.blocks[b].first, b))
        for block in rest:
            self._sift(block, fresh=True)
        for _ in range(ROUNDS):
            moved = [block for block in rest if self._sift(block, fresh=False)]
            if not moved:
                break
        return self.order

    def _sift(self, block: int, fresh: bool) -> bool:
        """Put a block at its best place; True when it moved. It stays where no other place is better."""
        before = -1 if fresh else self.order.index(block)
        order = self.order if fresh else self.order[:before] + self.order[before + 1 :]
        place = {other: position for position, other in enumerate(order)}
        own = [(channel, place[end]) for channel, end in self.wires[block] if end in place]
        total = best = 0.0
        at, costs = 0, {0: 0.0}
        first, last = self.blocks[block].first - 1, self.blocks[block].last + 1
        for position, other in enumerate(order):
            if self.blocks[other].first <= last and self.blocks[other].last >= first:
                total += self._passing(block, other, position, own, place)
                costs[position + 1] = total
                if total < best - 1e-9:
                    best, at = total, position + 1
        if not fresh:
            reached = max(p for p in costs if p <= before)
            if costs[reached] <= best + 1e-9:
                return False
        self.order = [*order[:at], block, *order[at:]]
        return True

    def _passing(
        self, block: int, other: int, position: int, own: Sequence[Wire], place: dict[int, int]
    ) -> float:
        """What it costs more (or less) when a block goes from the left of another one to its right."""
        cost = 0.0
        mine, its = self.blocks[block], self.blocks[other]
        for channel, end in _beside(own, its):
            if end != position:
                cost += _over(its, channel) if end < position else -_over(its, channel)
        for channel, target in _beside(self.wires[other], mine):
            if target != block and target in place:
                cost += _over(mine, channel) if place[target] > position else -_over(mine, channel)
        return cost + OUT_OF_ORDER * self._wish(block, other)

    def _wish(self, block: int, other: int) -> int:
        """+1 where a block feeds a join before another block does: it belongs to the left; -1 for the opposite."""
        wish = 0
        for join in {self.joins[block], self.joins[other]} - {-1}:
            mine, its = self.places[block].get(join), self.places[other].get(join)
            if mine is not None and its is not None:
                wish += (mine < its) - (mine > its)
        return wish


def _beside(wires: Sequence[Wire], block: Block) -> Sequence[Wire]:
    """The wires (in the order of their channels) that run where a block is: all others cost nothing to cross."""
    return wires[bisect_left(wires, (block.first - 1, -1)) : bisect_left(wires, (block.last + 1, -1))]


def _over(block: Block, channel: int) -> float:
    """What a wire in a channel costs that runs across the place of a block."""
    if block.first <= channel < block.last:
        return CROSSING
    return PASSING if block.first - 1 <= channel <= block.last else 0.0


def _wires(net: Layered) -> list[list[Wire]]:
    """The horizontal wires of every block."""
    found: list[set[Wire]] = [set() for _ in net.blocks]

    def join(channel: int, one: int, other: int) -> None:
        if one != other:
            found[one].add((channel, other))
            found[other].add((channel, one))

    for box, readers in enumerate(net.readers):
        home, lane = net.block_of[box], net.lane_of[box]
        if lane >= 0:
            join(net.layer[box], home, lane)
        for reader in readers:
            far = net.layer[reader] > net.layer[box] + 1
            join(net.layer[reader] - 1, lane if far else home, net.block_of[reader])
    return [sorted(wires) for wires in found]


def _join_places(net: Layered) -> tuple[list[dict[int, int]], list[int]]:
    """Which input of which join comes from a block, and the last join that it feeds (-1: none)."""
    places: list[dict[int, int]] = [{} for _ in net.blocks]
    joins = [-1] * len(net.blocks)
    for box, sources in enumerate(net.inputs):
        if len(sources) < 2:
            continue
        for index, source in enumerate(sources):
            far = net.layer[box] > net.layer[source] + 1
            block = net.lane_of[source] if far else net.block_of[source]
            places[block].setdefault(box, index)
            if joins[block] < 0 or net.layer[joins[block]] < net.layer[box]:
                joins[block] = box
    return places, joins


Extent = Callable[[int, int], tuple[float, float]]
"""How much room a block takes in a layer, left and right of its line."""


def placed(net: Layered, order: Sequence[int], extent: Extent) -> list[float]:
    """The place of every block's line; the main chain is at 0, all others as near to it as they can."""
    layers = max(net.layer) + 1
    places = [0.0] * len(net.blocks)
    middle = order.index(MAIN)
    for side, blocks in ((-1, order[middle::-1]), (1, order[middle:])):
        front = [0.0] * layers
        for block in blocks:
            spans = range(net.blocks[block].first, net.blocks[block].last + 1)
            inner, outer = (1, 0) if side < 0 else (0, 1)
            if block != MAIN:
                places[block] = side * max(front[layer] + extent(block, layer)[inner] for layer in spans)
            for layer in spans:
                front[layer] = side * places[block] + extent(block, layer)[outer]
    return places


def nearest_free(wanted: float, low: float, high: float, taken: Sequence[float], room: float) -> float | None:
    """The place nearest to a wanted one in [low, high] that keeps `room` from all taken ones; None for none."""
    ranked = sorted(taken)
    candidates = [min(max(wanted, low), high)]
    candidates += [place for t in ranked for place in (t - room, t + room) if low <= place <= high]
    for place in sorted(candidates, key=lambda p: (abs(p - wanted), p)):
        index = bisect_left(ranked, place)
        if all(abs(t - place) >= room - 1e-9 for t in ranked[max(index - 1, 0) : index + 1]):
            return place
    return None
