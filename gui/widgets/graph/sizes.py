"""How large the boxes of a graph are, and how much room everything around them needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import ceil
from typing import Final

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QFont, QFontMetricsF

from gui.theme import space, theme
from gui.widgets.graph import layout
from gui.widgets.graph.data import Drawing, GraphBox, kind_of, without
from gui.widgets.graph.layout import Direction, Edge, Placed
from gui.widgets.graph.volume import AREA

EDGE_OF_KIND: Final = 4.0
FULL_HEIGHT: Final = 54.0
SLIM_HEIGHT: Final = 28.0
TEXT_LEFT: Final = EDGE_OF_KIND + space.xs + AREA[0] + space.xs
SLIM_TEXT_LEFT: Final = EDGE_OF_KIND + space.s + 14.0 + space.s
WIDTHS: Final = (140.0, 300.0)
WIDTH_STEP: Final = 16.0
LEAST_SLIM: Final = 88.0
ALIKE: Final = 1.3
"""Boxes that need no more than this times the usual width all get the same."""
ICON: Final = 14
SIGN: Final = 16.0
STACK: Final = 3.0
"""How far each of the two cards behind a folded group looks out."""
LABEL_HEIGHT: Final = 17.0
LABEL_GAP: Final = 6.0
SLIM_GAP: Final = 18.0
FRAME_PAD: Final = 10.0
FRAME_TITLE: Final = 26.0
MARGIN: Final = 24.0
LONGEST_KEPT: Final = 24
"""Groups of more layers than this may go on in the next column in any case."""
SLIM_KINDS: Final = frozenset({"activation", "norm", "reshape", "join", "other"})

CHANGED_KINDS: Final = frozenset({"conv", "pool", "linear"})
TIED_KINDS: Final = SLIM_KINDS | {"pool"}
"""They end what a convolution began: a new column begins with the next one."""


@lru_cache(maxsize=16)
def font(size: str, bold: bool = False) -> QFont:
    """A font of the type scale whose letters keep their proportions at every zoom."""
    made = theme.font(size, bold=bold)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


@lru_cache(maxsize=8192)
def text_width(text: str, size: str, bold: bool = False) -> float:
    return QFontMetricsF(font(size, bold)).horizontalAdvance(text)


def is_slim(box: GraphBox) -> bool:
    """Whether a box is drawn as a narrow one: layers that leave the shape as it is, and joins."""
    return kind_of(box.kind) in SLIM_KINDS and not box.folded and not box.problem


def placed(
    measured: Sequence[layout.Box], drawing: Drawing, direction: Direction, room: QSizeF | None
) -> Placed:
    """A place for every box and edge; `room`: the size of the view, its margins included."""
    space_for = None
    if room is not None:
        space_for = (room.width() - 2 * MARGIN, room.height() - 2 * MARGIN)
    return layout.lay_out(measured, _edges(drawing), direction, space_for)


def _edges(drawing: Drawing) -> list[Edge]:
    return [(edge.source, edge.target) for edge in drawing.edges]


def fit(boxes: Sequence[layout.Box], places: Sequence[layout.Box]) -> bool:
    """Whether boxes can stand where others were placed, with all that is written beside them."""
    return all(
        box.width <= place.width
        and box.height <= place.height
        and box.label_width <= max(place.label_width, place.width / 2 - LABEL_GAP)
        and box.label_height <= place.label_height
        and box.margin <= place.margin
        for box, place in zip(boxes, places, strict=True)
    )


def measured(drawing: Drawing, direction: Direction) -> tuple[layout.Box, ...]:
    """All boxes with the room that they need."""
    edges = _edges(drawing)
    sizes = _sizes(drawing)
    layers = layout.layers_of(list(sizes), edges) if drawing.groups else {}
    spans = {
        key: (min(layers[m] for m in members), max(layers[m] for m in members))
        for key, members in drawing.members.items()
        if members
    }
    return tuple(_measured(box, drawing, layers, spans, sizes[box.key], direction) for box in drawing.boxes)


def _measured(
    box: GraphBox,
    drawing: Drawing,
    layers: Mapping[str, int],
    spans: Mapping[str, tuple[int, int]],
    size: tuple[float, float],
    direction: Direction,
) -> layout.Box:
    """A box with the room for what belongs to it: its label, and the frames of the groups around it."""
    label = drawing.new_labels.get(box.key, "")
    label_width = _stepped(text_width(label, "small") + 2) if label else 0.0
    groups = drawing.groups_of[box.key]
    firsts = [g for g in groups if layers[box.key] == spans[g][0]]
    pad, above = FRAME_PAD * len(groups), FRAME_TITLE * len(firsts)
    if direction == "right":
        pad, above = (FRAME_PAD + FRAME_TITLE) * len(groups), FRAME_PAD * len(firsts)
        label_width = label_width + LABEL_GAP if label else 0.0
    keep = groups[0] if groups and _keeps_together(groups[0], drawing, spans) else ""
    lasts = [g for g in groups if layers[box.key] == spans[g][1]]
    below = FRAME_PAD * len(lasts)
    gap = SLIM_GAP if is_slim(box) and not label else layout.GAP
    if direction == "down" and firsts:
        pad = max(
            pad, *(title_width(drawing.titles[g]) + FRAME_PAD * groups.index(g) - size[0] / 2 for g in firsts)
        )
    tied = kind_of(box.kind) in TIED_KINDS and not box.folded
    label_height = LABEL_HEIGHT if label else 0.0
    return layout.Box(box.key, *size, label_width, label_height, above, below, pad, gap, keep, tied)


def _keeps_together(group: str, drawing: Drawing, spans: Mapping[str, tuple[int, int]]) -> bool:
    """Whether a group stays in one column: a short one with branches does, a chain may go on in the next."""
    first, last = spans[group]
    own = (member for member in drawing.members[group] if drawing.groups_of[member][0] == group)
    return last - first < LONGEST_KEPT and any(len(drawing.inputs[m]) > 1 for m in own)


def title_width(title: str) -> float:
    """The room that the title of a frame needs, with its sign and some air."""
    return space.s + SIGN + space.xs + text_width(title, "small") + space.s


def short_name(box: GraphBox, drawing: Drawing) -> str:
    """The subtitle without what the frame around the box says already: "layer1.0.conv1" is "conv1" in layer1.0."""
    for group in drawing.groups_of[box.key]:
        if box.subtitle.startswith(f"{group}."):
            return without(group, box.subtitle)
    return box.subtitle


def _sizes(drawing: Drawing) -> dict[str, tuple[float, float]]:
    """The sizes of all boxes. Full ones in one group have one width, save the few with a very long title."""
    rooms: dict[str, list[GraphBox]] = defaultdict(list)
    for box in drawing.boxes:
        rooms[next(iter(drawing.groups_of[box.key]), "")].append(box)
    found = {}
    for boxes in rooms.values():
        wanted = {b.key: _full_width(b, short_name(b, drawing)) for b in boxes if not is_slim(b)}
        ranked = sorted(wanted.values()) or [WIDTHS[0]]
        usual = ranked[(len(ranked) - 1) // 2] * ALIKE
        common = min(max(WIDTHS[0], *(width for width in ranked if width <= usual)), WIDTHS[1])
        for box in boxes:
            if box.key in wanted:
                height = FULL_HEIGHT + (2 * STACK if box.folded else 0.0)
                found[box.key] = max(common, min(wanted[box.key], WIDTHS[1])), height
            else:
                found[box.key] = min(_slim_width(box, short_name(box, drawing)), WIDTHS[1]), SLIM_HEIGHT
    return {box.key: found[box.key] for box in drawing.boxes}


def _full_width(box: GraphBox, name: str) -> float:
    left = TEXT_LEFT if box.volume else SLIM_TEXT_LEFT
    title = text_width(box.title, "body", True) + _marks_width(box)
    return _stepped(left + max(title, text_width(name, "small")) + space.m)


def _slim_width(box: GraphBox, name: str) -> float:
    title = SLIM_TEXT_LEFT + text_width(box.title, "small", True) + _marks_width(box) + space.m
    return _stepped(max(title + (text_width(name, "small") + space.s if name else 0.0), LEAST_SLIM))


def _stepped(width: float) -> float:
    """Rounded up in steps, so that a number with one more digit mostly leaves the whole drawing where it is."""
    return ceil(width / WIDTH_STEP) * WIDTH_STEP


def _marks_width(box: GraphBox) -> float:
    """The room for the signs beside a title; a layer that can be changed keeps the room for that sign."""
    count = text_width(f"× {box.count}", "small", True) + space.l if box.count > 1 else 0.0
    fold = SIGN + space.s if box.foldable else 0.0
    can_change = kind_of(box.kind) in CHANGED_KINDS or box.changed
    return count + fold + (ICON + space.xs) * (box.problem + can_change)
