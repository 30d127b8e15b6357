"""One column of a layered drawing: its lines, layers and wires."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gui.widgets.graph.layers import Layered
from gui.widgets.graph.order import ordered, placed
from gui.widgets.graph.route import Point, Wiring, channel_height, track_place, wired

BOX_ROOM: Final = 11.0
LANE_ROOM: Final = 7.0
LABEL_GAP: Final = 6.0
GAP: Final = 22.0


@dataclass(frozen=True, slots=True)
class Box:
    """What is to be placed, at least 24 wide; `label_*`: what is written beside the line that leaves it.

    `above`, `below`: room before and behind it for frames and their titles; `margin`: the same at its sides;
    `gap`: the least distance to the next layer; `keep`: boxes with the same text stay in one column;
    `tied`: where there is a choice, no column begins with this box.
    """

    key: str
    width: float
    height: float
    label_width: float = 0.0
    label_height: float = 0.0
    above: float = 0.0
    below: float = 0.0
    margin: float = 0.0
    gap: float = GAP
    keep: str = ""
    tied: bool = False


class Strip:
    """One column: its lines, layers and wires, in coordinates of its own (across, along)."""

    def __init__(self, net: Layered, boxes: Sequence[Box], first: int = 0) -> None:
        self.net, self.boxes, self.first = net, boxes, first
        self.index = {box.key: i for i, box in enumerate(boxes)}
        self.line = placed(net, ordered(net), self._extent)
        self.wiring: Wiring = wired(net, self.line, [box.width for box in boxes])
        self._stack()
        spans = [self._span(layer) for layer in range(len(self.tops))]
        self.spans = [span for span in spans if span is not None]
        self.low = min(low for low, _ in self.spans)
        self.high = max(high for _, high in self.spans)

    def _extent(self, block: int, layer: int) -> tuple[float, float]:
        place = self.net.blocks[block].boxes.get(layer)
        if place is None:
            return LANE_ROOM, LANE_ROOM
        box = self.boxes[place]
        right = max(box.width / 2, box.label_width + LABEL_GAP if box.label_width else 0.0)
        return box.width / 2 + box.margin + BOX_ROOM, right + box.margin + BOX_ROOM

    def _stack(self) -> None:
        """Where every layer begins and ends; titles of frames are in the layer, labels behind the boxes too."""
        members: list[list[Box]] = [[] for _ in range(max(self.net.layer) + 1)]
        for box, layer in zip(self.boxes, self.net.layer, strict=True):
            members[layer].append(box)
        self.tops, self.ends = [], []
        at = 0.0
        for layer, row in enumerate(members):
            top = at + max((box.above for box in row), default=0.0)
            end = top + max((box.height + box.label_height + box.below for box in row), default=0.0)
            self.tops.append(top)
            self.ends.append(end)
            least = max((box.gap for box in row), default=GAP)
            at = end + channel_height(self.wiring.tracks[layer], least)

    def _span(self, layer: int) -> tuple[float, float] | None:
        alive = [b for b, block in enumerate(self.net.blocks) if block.alive(layer)]
        if not alive:
            return None
        extents = [(self.line[b], *self._extent(b, layer)) for b in alive]
        return min(x - left for x, left, _ in extents), max(x + right for x, _, right in extents)

    def rect(self, key: str) -> tuple[float, float, float, float]:
        """Across, along and the size in these directions."""
        index = self.index[key]
        box = self.boxes[index]
        line = self.line[self.net.block_of[index]]
        return line - box.width / 2, self.tops[self.net.layer[index]], box.width, box.height

    def route(self, source: str, target: str) -> list[Point]:
        """The corners of an edge, from the end of its source to the beginning of its target."""
        s, t = self.index[source], self.index[target]
        net, layer = self.net, self.net.layer
        x = self.line[net.block_of[s]]
        points = [(x, self.tops[layer[s]] + self.boxes[s].height)]
        if layer[t] > layer[s] + 1 and s in self.wiring.starts:
            lane = self.line[net.lane_of[s]]
            y = track_place(self.wiring.starts[s], self.ends[layer[s]])
            points += [(x, y), (lane, y)]
            x = lane
        port = self.wiring.ports[s, t]
        if port != x:
            y = track_place(self.wiring.arrivals[s, t], self.ends[layer[t] - 1])
            points += [(x, y), (port, y)]
        return [*points, (port, self.tops[layer[t]])]
