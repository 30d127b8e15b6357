"""Ways through a graph: from box to box by arrow keys, and from one drawing to the next when something folds."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF

from gui.widgets.graph.scene import GraphScene


def next_box(scene: GraphScene, selected: str, dx: int, dy: int) -> str:
    """The box that an arrow leads to: along an edge, or to a neighbour in the same layer; "" where there is none.

    Without a selection the first box.
    """
    if not scene.items:
        return ""
    if not selected:
        return scene.drawing.boxes[0].key
    if scene.direction == "right":
        dx, dy = dy, dx
    layer, here = scene.placed.layer, _across(scene, selected)
    if dy:
        near = (scene.drawing.inputs if dy < 0 else scene.drawing.outputs)[selected]
        return min(
            near,
            key=lambda k: (abs(layer[k] - layer[selected]), abs(_across(scene, k) - here)),
            default="",
        )
    siblings = (k for k, number in layer.items() if number == layer[selected])
    beside = [k for k in siblings if (_across(scene, k) - here) * dx > 0]
    return min(beside, key=lambda k: abs(_across(scene, k) - here), default="")


def _across(scene: GraphScene, key: str) -> float:
    centre = scene.items[key].rect.center()
    return centre.x() if scene.direction == "down" else centre.y()


class Anchor(NamedTuple):
    """A point of something that two scenes show, in each of them."""

    key: str
    before: QPointF
    after: QPointF


def anchor(before: GraphScene, after: GraphScene, selected: str, middle: QPointF) -> Anchor | None:
    """What keeps its place in the view when a scene follows another; None where they have nothing in common.

    It is the group that opened or folded, else the selected box, else what is nearest to the middle of the view.
    """
    turned = [*_turned(before, after), *(Anchor(a.key, a.after, a.before) for a in _turned(after, before))]
    common = turned or [
        Anchor(key, item.rect.topLeft(), after.items[key].rect.topLeft())
        for key, item in before.items.items()
        if key in after.items
    ]

    def wish(candidate: Anchor) -> tuple[bool, float]:
        return candidate.key != selected, (candidate.before - middle).manhattanLength()

    return min(common, key=wish, default=None)


def _turned(folded: GraphScene, opened: GraphScene) -> list[Anchor]:
    """The boxes of one scene that are frames in the other."""
    frames = {frame.key: frame for frame in reversed(opened.frames)}
    return [
        Anchor(key, item.rect.topLeft(), frames[key].rect.topLeft())
        for key, item in folded.items.items()
        if key in frames and key not in opened.items
    ]


def origins(before: GraphScene, after: GraphScene) -> dict[str, QRectF]:
    """Where the boxes of a scene come from: their old places, or the folded box of the group that opened."""
    found = {}
    for key in after.items:
        for old in (key, *after.drawing.groups_of[key]):
            if old in before.items:
                found[key] = before.items[old].rect
                break
    return found
