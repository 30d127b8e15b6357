"""The skeleton of a layered drawing: which layer a box is in, and which boxes and lanes stand in one line.

A *block* is what keeps one straight line through the layers: a chain of boxes, each the next one's input, and
the lane in which the output of its last box runs on to readers further down; or a lane alone, for the output of a
box inside of a chain (a skip connection). The longest chain visits every layer; it is block 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

MAIN = 0


@dataclass(slots=True)
class Block:
    """Boxes by layer, and the lane behind them; `first` and `last` are the layers in which its line is its own."""

    first: int
    last: int
    boxes: dict[int, int] = field(default_factory=dict)
    source: int = -1
    """The box whose output runs in the lane; -1 without a lane."""

    def alive(self, layer: int) -> bool:
        return self.first <= layer <= self.last


@dataclass(slots=True)
class Layered:
    """A net by indices: layers, readers and inputs of every box, blocks, and the block of every box and lane."""

    layer: list[int]
    inputs: list[list[int]]
    readers: list[list[int]]
    blocks: list[Block]
    block_of: list[int]
    lane_of: list[int]
    """The block in whose lane a box's output runs to readers beyond the next layer; -1 where there are none."""


def layered(inputs: Sequence[Sequence[int]]) -> Layered:
    """Layers and blocks of a net given by the inputs of every box. Raises ValueError for a circle."""
    sources = [list(dict.fromkeys(s)) for s in inputs]
    readers = _readers(sources)
    depth = longest_paths(sources, readers)
    main = _main_chain(depth, sources)
    layer = _late_sources(depth, sources, readers)
    return with_blocks(layer, sources, readers, [main, *_other_chains(layer, readers, set(main))])


def with_blocks(
    layer: list[int], inputs: list[list[int]], readers: list[list[int]], chains: Sequence[Sequence[int]]
) -> Layered:
    """Chains (the main one first) become blocks, and outputs that run past the next layer get their lanes."""
    blocks: list[Block] = []
    block_of = [-1] * len(layer)
    lane_of = [-1] * len(layer)
    for chain in chains:
        for box in chain:
            block_of[box] = len(blocks)
        blocks.append(Block(layer[chain[0]], layer[chain[-1]], {layer[box]: box for box in chain}))
    for chain in chains:
        for box in chain:
            end = max((layer[reader] - 1 for reader in readers[box]), default=0)
            if end <= layer[box]:
                continue
            if box == chain[-1]:
                blocks[block_of[box]].last, blocks[block_of[box]].source = end, box
                lane_of[box] = block_of[box]
            else:  # the layer of its source is its own, too: no other line ends where it begins
                lane_of[box] = len(blocks)
                blocks.append(Block(layer[box], end, source=box))
    return Layered(layer, inputs, readers, blocks, block_of, lane_of)


def _readers(inputs: Sequence[Sequence[int]]) -> list[list[int]]:
    readers: list[list[int]] = [[] for _ in inputs]
    for box, sources in enumerate(inputs):
        for source in sources:
            readers[source].append(box)
    return readers


def longest_paths(inputs: Sequence[Sequence[int]], readers: Sequence[Sequence[int]]) -> list[int]:
    """How many edges the longest way from any source to a box has. Raises ValueError for a circle."""
    missing = [len(sources) for sources in inputs]
    depth = [0] * len(inputs)
    ready = [box for box, count in enumerate(missing) if not count]
    for box in ready:
        for reader in readers[box]:
            depth[reader] = max(depth[reader], depth[box] + 1)
            missing[reader] -= 1
            if not missing[reader]:
                ready.append(reader)
    if len(ready) < len(inputs):
        raise ValueError("the edges run in a circle")
    return depth


def _main_chain(depth: Sequence[int], inputs: Sequence[Sequence[int]]) -> list[int]:
    """A longest path, from its source on; where several are as long, through the first inputs."""
    box = max(range(len(depth)), key=lambda b: (depth[b], -b))
    chain = [box]
    while depth[box]:
        box = next(source for source in inputs[box] if depth[source] == depth[box] - 1)
        chain.append(box)
    return chain[::-1]


def _late_sources(
    depth: Sequence[int], inputs: Sequence[Sequence[int]], readers: Sequence[Sequence[int]]
) -> list[int]:
    """Boxes without inputs stand right above their first reader."""
    return [
        min(depth[reader] for reader in readers[box]) - 1 if readers[box] and not inputs[box] else own
        for box, own in enumerate(depth)
    ]


def _other_chains(layer: Sequence[int], readers: Sequence[Sequence[int]], used: set[int]) -> list[list[int]]:
    """All other boxes in chains: from the top, each time the first reader in the next layer that is still free."""
    chains = []
    for start in sorted(range(len(layer)), key=lambda b: (layer[b], b)):
        if start in used:
            continue
        chain, box = [], start
        while box >= 0:
            chain.append(box)
            used.add(box)
            box = next((r for r in readers[box] if r not in used and layer[r] == layer[box] + 1), -1)
        chains.append(chain)
    return chains
