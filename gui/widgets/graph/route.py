"""The wires of a layered drawing: where they enter the boxes, and the tracks between the layers in which they run.

Coordinates are (across, along): along is the direction in which the layers follow each other. In the channel
between two layers every source has one horizontal wire (a *net*) for all its readers there; a box with many
inputs collects them on a wire of its own. Verticals of different nets never share a line, because blocks keep
their distance and ports keep clear of lines that end above a box: so any order of the tracks is valid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gui.widgets.graph.layers import Layered
from gui.widgets.graph.order import nearest_free

Point = tuple[float, float]
PORT_STEP = 16.0
PORT_INSET = 8.0
CLEARANCE = 4.0
TRACK = 11.0
ENTRY_ROOM = 13.0
EXIT_ROOM = 9.0
MOST_PORTS = 4
"""More inputs from one side than this come in together, on one wire."""


@dataclass(slots=True)
class Net:
    """One horizontal wire of a channel: the lines that come down to it and those that go down from it."""

    tops: set[float] = field(default_factory=set)
    bottoms: set[float] = field(default_factory=set)
    track: int = -1

    @property
    def low(self) -> float:
        return min(self.tops | self.bottoms)

    @property
    def high(self) -> float:
        return max(self.tops | self.bottoms)


@dataclass(slots=True)
class Wiring:
    """What runs where: the port of every edge, and the net of every edge's arrival and every lane's start."""

    ports: dict[tuple[int, int], float]
    arrivals: dict[tuple[int, int], Net]
    starts: dict[int, Net]
    tracks: list[int]
    """How many tracks the channel below each layer has."""


def wired(net: Layered, line: Sequence[float], width: Sequence[float]) -> Wiring:
    """Ports, nets and tracks for blocks at the places `line` and boxes of these widths."""
    lines = _Lines(net, line)
    ports: dict[tuple[int, int], float] = {}
    shared: set[tuple[int, int]] = set()
    for box, sources in enumerate(net.inputs):
        if sources:
            together = _ports(box, width[box], lines, ports)
            shared |= {(source, box) for source in together}
    return _nets(net, lines, ports, shared)


class _Lines:
    """The lines that cross or end at the bottom of a layer."""

    def __init__(self, net: Layered, line: Sequence[float]) -> None:
        self.net, self.line = net, line
        self.above: list[list[tuple[float, int]]] = [[] for _ in range(max(net.layer) + 1)]
        for index, block in enumerate(net.blocks):
            for layer in range(block.first, block.last + 1):
                source = block.boxes.get(layer, block.source)
                self.above[layer].append((line[index], source))

    def of(self, box: int) -> float:
        return self.line[self.net.block_of[box]]

    def arriving(self, source: int, box: int) -> float:
        """The line in which a source's output comes to the channel above a box."""
        far = self.net.layer[box] > self.net.layer[source] + 1
        return self.line[self.net.lane_of[source] if far else self.net.block_of[source]]


def _ports(box: int, width: float, lines: _Lines, ports: dict[tuple[int, int], float]) -> list[int]:
    """Choose where the inputs of a box enter it; returns the sources that come in together.

    A straight input enters in the middle, the others on the sides from which they come.
    """
    middle = lines.of(box)
    reach = width / 2 - min(PORT_INSET, width / 4)
    came = sorted((lines.arriving(s, box), i, s) for i, s in enumerate(lines.net.inputs[box]))
    entry = _Entry(box, lines.above[lines.net.layer[box] - 1], ports)
    if not any(x == middle for x, _, _ in came):
        places = _around(came, middle, reach)
        return entry.place(places, middle, middle - reach, middle + reach)
    together: list[int] = []
    for side in (-1, 1):
        sources = [s for x, _, s in came if (x - middle) * side > 0][::side]
        step = min(PORT_STEP, reach / max(len(sources), 1))
        places = {s: middle + side * step * (i + 1) for i, s in enumerate(sources)}
        ends = sorted((middle + side * CLEARANCE, middle + side * reach))
        together += entry.place(places, middle + side * min(PORT_STEP, reach), *ends)
    ports.update({(s, box): middle for x, _, s in came if x == middle})
    return together


def _around(came: Sequence[tuple[float, int, int]], middle: float, reach: float) -> dict[int, float]:
    """Ports around the middle of a box, in the order of the lines; a single line within the box goes straight on."""
    if len(came) == 1:
        x, _, source = came[0]
        return {source: x if abs(x - middle) <= reach else middle}
    step = min(PORT_STEP, 2 * reach / (len(came) - 1))
    start = middle - step * (len(came) - 1) / 2
    return {source: start + step * index for index, (_, _, source) in enumerate(came)}


@dataclass(slots=True)
class _Entry:
    """The upper side of a box: the lines above it, with their sources, and the ports that it has got so far."""

    box: int
    above: Sequence[tuple[float, int]]
    ports: dict[tuple[int, int], float]
    taken: list[float] = field(default_factory=list)

    def place(self, wanted: dict[int, float], shared: float, low: float, high: float) -> list[int]:
        """Give sources ports near those that they want, or one near `shared` to all of them; returns these.

        A port keeps clear of all other ports, and of the lines of other sources: these may end above the box.
        """
        found: dict[int, float] = {}
        if len(wanted) <= MOST_PORTS:
            for source, place in wanted.items():
                lines = [x for x, owner in self.above if owner != source]
                free = nearest_free(place, low, high, [*lines, *self.taken, *found.values()], CLEARANCE)
                if free is not None:
                    found[source] = free
        together = [] if len(found) == len(wanted) else list(wanted)
        if together:
            lines = [x for x, _ in self.above]
            free = nearest_free(shared, low, high, [*lines, *self.taken], CLEARANCE)
            found = dict.fromkeys(together, (low + high) / 2 if free is None else free)
        self.taken += found.values()
        self.ports.update({(source, self.box): place for source, place in found.items()})
        return together


def _nets(
    net: Layered, lines: _Lines, ports: dict[tuple[int, int], float], shared: set[tuple[int, int]]
) -> Wiring:
    channels: list[dict[tuple[str, int], Net]] = [{} for _ in lines.above]
    arrivals: dict[tuple[int, int], Net] = {}
    starts: dict[int, Net] = {}
    for source, lane in enumerate(net.lane_of):
        if lane >= 0 and lane != net.block_of[source]:
            wire = channels[net.layer[source]].setdefault(("from", source), Net())
            wire.tops.add(lines.of(source))
            wire.bottoms.add(lines.line[lane])
            starts[source] = wire
    for (source, box), port in ports.items():
        owner = ("to", box) if (source, box) in shared else ("from", source)
        wire = channels[net.layer[box] - 1].setdefault(owner, Net())
        wire.tops.add(lines.arriving(source, box))
        wire.bottoms.add(port)
        arrivals[source, box] = wire
    return Wiring(ports, arrivals, starts, [_assign_tracks(list(nets.values())) for nets in channels])


def _assign_tracks(nets: Sequence[Net]) -> int:
    """Give every wire that is not one straight line a track, the fewest crossings first; returns their number."""
    order: list[Net] = []
    for wire in sorted((n for n in nets if n.low < n.high), key=lambda n: (n.low, n.high)):
        order.insert(_best_place(order, wire), wire)
    for index, wire in enumerate(order):
        above = [o.track for o in order[:index] if o.low - TRACK < wire.high and wire.low - TRACK < o.high]
        wire.track = max(above, default=-1) + 1
    return max((wire.track for wire in order), default=-1) + 1


def _best_place(order: Sequence[Net], wire: Net) -> int:
    cost = sum(_crossings(wire, other) for other in order)
    best, place = cost, 0
    for index, other in enumerate(order):
        cost += _crossings(other, wire) - _crossings(wire, other)
        if cost < best:
            best, place = cost, index + 1
    return place


def _crossings(upper: Net, lower: Net) -> int:
    """How often two wires cross when one runs above the other."""
    low, high = lower.low, lower.high
    down = sum(low < x < high for x in upper.bottoms)
    low, high = upper.low, upper.high
    return down + sum(low < x < high for x in lower.tops)


def channel_height(tracks: int, least: float) -> float:
    """The distance between two layers with so many tracks between them."""
    return max(least, EXIT_ROOM + (tracks - 1) * TRACK + ENTRY_ROOM) if tracks else least


def track_place(wire: Net, top: float) -> float:
    return top + EXIT_ROOM + wire.track * TRACK
