"""What stands out in a graph: the box that is pointed at with its inputs and outputs, the selection, hits."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from gui.theme import theme
from gui.widgets.graph import paint
from gui.widgets.graph.paint import Look
from gui.widgets.graph.scene import GraphScene

DIMMED: Final = 0.62
"""How much of the ground covers everything that is not lit."""
ROOM_OF_TAGS: Final = 20.0


class Marks:
    """Keys of boxes that stand out. `lit` keeps its surroundings while they fade: `lighting` says which way."""

    def __init__(self) -> None:
        self.selected = self.lit = ""
        self.lighting = False
        self.found: tuple[str, ...] = ()

    def keep(self, scene: GraphScene) -> None:
        """Forget what a scene does not have."""
        self.selected = self.selected if self.selected in scene.items else ""
        self.found = tuple(key for key in self.found if key in scene.items)

    def light(self, key: str) -> bool:
        """Light a box, or with "" let it fade; True when there is something to fade in or out."""
        fresh = bool(key) != self.lighting
        self.lighting = bool(key)
        if key:
            self.lit = key
        return fresh

    def paint(self, painter: QPainter, scene: GraphScene, zoom: float, seen: QRectF, share: float) -> None:
        """Draw it in the scene's pixels, over the veil; `share` of the light is on."""
        lit = self.lit if share > 0 else ""
        for key in dict.fromkeys((self.selected, lit)):
            if key:
                _paint_wires(painter, scene, key, zoom)
        for key, look in self._looks(scene, lit).items():
            item = scene.items.get(key)
            if item is not None and item.rect.adjusted(-4, -ROOM_OF_TAGS, 4, 4).intersects(seen):
                paint.paint_item(painter, item, scene.largest, zoom, look)

    def _looks(self, scene: GraphScene, lit: str) -> dict[str, Look]:
        looks = {key: Look(found=True) for key in self.found}
        if lit:
            drawing = scene.drawing
            for key in drawing.inputs.get(lit, ()):
                looks[key] = Look(lit=True, tag=f"input {drawing.labels.get(key, '')}".strip())
            for key in drawing.outputs.get(lit, ()):
                looks[key] = Look(lit=True, tag="output")
            looks[lit] = Look(hovered=True)
        if self.selected:
            tag = looks[self.selected].tag if self.selected in looks else ""
            looks[self.selected] = Look(selected=True, hovered=self.selected == lit, tag=tag)
        return looks


def _paint_wires(painter: QPainter, scene: GraphScene, key: str, zoom: float) -> None:
    """The edges of a box, whole, and the shapes on them."""
    wires = scene.wires_of(key)
    paint.paint_wires(painter, wires, theme.colors.accent, paint.LIT_LINE, zoom, whole=True)
    for source in dict.fromkeys(wire.source for wire in wires):
        if source in scene.labels:
            paint.paint_label(painter, scene.labels[source], zoom, lit=True)
