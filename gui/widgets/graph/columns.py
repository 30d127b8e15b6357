"""Where a long chain goes on in the next column of a drawing, and the columns as drawings of their own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from gui.widgets.graph.layers import MAIN, Layered, with_blocks
from gui.widgets.graph.strip import GAP, Box, Strip

ENTRY, EXIT = "\0entry", "\0exit"
"""The points at which the chain comes into a column and leaves it."""
POINT_WIDTH: Final = 24.0
GUTTER: Final = 48.0
LARGEST: Final = 1.25
"""No drawing is cut to be shown larger than this."""
MOST_COLUMNS: Final = 16
GOOD_ENOUGH: Final = 0.95
"""More columns have to make the drawing larger by at least what is missing here."""
WORTH_A_WISH: Final = 0.8
"""How much smaller a drawing may be so that its columns begin where they should."""


def _possible_cuts(strip: Strip) -> list[int]:
    """The layers behind which a single output passes, and no boxes are parted that keep together."""
    net = strip.net
    passing = [0] * len(strip.tops)
    for source, readers in enumerate(net.readers):
        for layer in range(net.layer[source], max((net.layer[r] for r in readers), default=0)):
            passing[layer] += 1
    kept: dict[str, tuple[int, int]] = {}
    for box, layer in zip(strip.boxes, net.layer, strict=True):
        if box.keep:
            first, last = kept.get(box.keep, (layer, layer))
            kept[box.keep] = min(first, layer), max(last, layer)
    barred = {layer for first, last in kept.values() for layer in range(first, last)}
    return [i for i, count in enumerate(passing[:-1]) if count == 1 and i not in barred]


def best_cuts(strip: Strip, room: tuple[float, float]) -> list[int]:
    """Where to cut so that the drawing can be shown largest in the room; the fewest columns that do.

    Columns begin with boxes that are not tied to what is before them, unless that costs too much.
    """
    possible = _possible_cuts(strip)
    begins = {layer for box, layer in zip(strip.boxes, strip.net.layer, strict=True) if not box.tied}
    anywhere, any_scale = _best_of(strip, possible, room)
    wished, scale = _best_of(strip, [layer for layer in possible if layer + 1 in begins], room)
    return wished if scale >= any_scale * WORTH_A_WISH else anywhere


def _best_of(strip: Strip, possible: Sequence[int], room: tuple[float, float]) -> tuple[list[int], float]:
    """The best cuts among the possible ones, and the scale at which the drawing can be shown then."""
    ways = [_even_cuts(strip, possible, count) for count in range(1, MOST_COLUMNS + 1)]
    scales = [_scale(strip, way, room) for way in ways]
    good = max(scales) * GOOD_ENOUGH
    return min(
        ((way, scale) for way, scale in zip(ways, scales, strict=True) if scale >= good),
        key=lambda found: len(found[0]),
    )


def _even_cuts(strip: Strip, possible: Sequence[int], count: int) -> list[int]:
    """Cuts into at most `count` columns, the longest of them as short as can be."""
    low, high = 0.0, strip.ends[-1]
    for _ in range(24):
        middle = (low + high) / 2
        cuts = _filled(strip, possible, middle)
        if cuts is not None and len(cuts) < count:
            high = middle
        else:
            low = middle
    return _filled(strip, possible, high) or []


def _filled(strip: Strip, possible: Sequence[int], limit: float) -> list[int] | None:
    """Cuts that fill one column after the other up to a length; None where a part without cuts is longer."""
    cuts: list[int] = []
    start, last = 0.0, -1
    for layer in [*possible, len(strip.ends) - 1]:
        if strip.ends[layer] - start > limit:
            if last < 0 or (cuts and last == cuts[-1]):
                return None
            cuts.append(last)
            start = strip.tops[last + 1]
            if strip.ends[layer] - start > limit:
                return None
        last = layer
    return cuts


def _scale(strip: Strip, cuts: Sequence[int], room: tuple[float, float]) -> float:
    bounds = [-1, *cuts, len(strip.ends) - 1]
    width, height = GUTTER * len(cuts), 0.0
    for before, last in pairwise(bounds):
        spans = strip.spans[before + 1 : last + 1]
        width += max(high for _, high in spans) - min(low for low, _ in spans)
        height = max(height, strip.ends[last] - strip.tops[before + 1] + (2 * GAP if cuts else 0.0))
    return min(room[0] / width, room[1] / max(height, 1.0), LARGEST)


def cut(net: Layered, boxes: Sequence[Box], cuts: Sequence[int]) -> list[Strip]:
    bounds = [-1, *cuts, max(net.layer)]
    return [_part(net, boxes, before + 1, last) for before, last in pairwise(bounds)]


def _part(net: Layered, boxes: Sequence[Box], first: int, last: int) -> Strip:
    """The layers from `first` to `last` as a drawing of their own, with a point where the chain comes in and goes."""
    enters, leaves = first > 0, last < max(net.layer)
    members = [b for b, layer in enumerate(net.layer) if first <= layer <= last]
    shift = first - 1 if enters else first
    part = [boxes[b] for b in members]
    layer = [net.layer[b] - shift for b in members]
    at = {b: i for i, b in enumerate(members)}
    entry = len(members)
    inputs = [list(dict.fromkeys(at.get(s, entry) for s in net.inputs[b])) for b in members]
    chains = [[at[b] for b in block.boxes.values() if b in at] for block in net.blocks]
    main = chains[MAIN]
    end = main[-1]
    if enters:
        part.append(Box(ENTRY, POINT_WIDTH, 0.0))
        layer.append(0)
        inputs.append([])
        main.insert(0, entry)
    if leaves:
        part.append(Box(EXIT, POINT_WIDTH, 0.0))
        layer.append(last + 1 - shift)
        inputs.append([end])
        main.append(len(part) - 1)
    readers: list[list[int]] = [[] for _ in part]
    for box, sources in enumerate(inputs):
        for source in sources:
            readers[source].append(box)
    return Strip(with_blocks(layer, inputs, readers, [c for c in chains if c]), part, first)
