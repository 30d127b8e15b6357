"""The stage of the part "Two in one cell": the picture with grid, things and anchors, and the numbers beside it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QPainter, QTransform
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.images import Frame
from gui.pages.boxes.anchors import words
from gui.pages.boxes.anchors.cell import CellShown, cell_under
from gui.pages.boxes.anchors.cell_scene import SHARES, TARGET, cell_scene
from gui.pages.boxes.anchors.grid_paint import paint_grid, paint_marks
from gui.theme import space
from gui.widgets.box_editor import Box, BoxEditor
from gui.widgets.canvas import Canvas, empty_scene
from gui.widgets.facts import Fact


class CellStage(QWidget):
    """boxesChanged(boxes, gesture); cellPicked(row, column); pointed(facts)."""

    boxesChanged = Signal(object, str)
    cellPicked = Signal(int, int)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: CellShown | None = None
        self.editor = BoxEditor("Things on the grid")
        self.canvas = Canvas()
        self.canvas.setAccessibleName("Overlaps and target of the cell")
        row = QHBoxLayout(self)
        row.setContentsMargins(space.l, 0, 0, 0)
        row.setSpacing(space.s)
        row.addWidget(self.editor, 8)
        row.addWidget(self.canvas, 6)
        self.editor.changed.connect(self.boxesChanged)
        self.editor.clicked.connect(self._clicked)
        self.editor.boxHovered.connect(self._hovered)
        self.canvas.cellHovered.connect(self._cell_hovered)
        self.canvas.hoverLeft.connect(self._left)

    def show_cell(self, shown: CellShown | None, frame: Frame | None) -> None:
        """Show the things on a picture; nothing while it is on its way."""
        self._shown = shown
        if self.editor.frame is not frame:
            self.editor.set_frame(frame)
        if shown is None:
            self.editor.set_boxes([])
            self.editor.set_painter(None, below=True)
            self.editor.set_painter(None)
            self.canvas.set_builder(empty_scene)
            return
        self.editor.most_kinds = len(shown.names)
        self.editor.set_boxes(boxes_of(shown))
        self.editor.set_painter(partial(_below, shown), below=True)
        self.editor.set_painter(partial(_above, shown))
        self.canvas.set_builder(partial(cell_scene, shown))

    @Slot(int, int)
    def _clicked(self, x: int, y: int) -> None:
        if self._shown is not None:
            self.cellPicked.emit(*cell_under(self._shown, x, y))

    @Slot(object)
    def _hovered(self, thing: int | None) -> None:
        shown = self._shown
        if shown is not None:
            known = thing is not None and thing < len(shown.boxes)
            self.pointed.emit(words.thing_facts(shown, thing) if known and thing is not None else [])

    @Slot(str, int, int)
    def _cell_hovered(self, plate: str, row: int, column: int) -> None:
        shown = self._shown
        if shown is None:
            return
        if plate == SHARES:
            self.pointed.emit(words.thing_facts(shown, shown.members[row]))
        elif plate == TARGET:
            self.pointed.emit(_component_facts(shown, row, column))

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])


def _component_facts(shown: CellShown, row: int, column: int) -> list[Fact]:
    name, meaning = words.component(row, shown.names)
    value = float(shown.target[column, row])
    said = "not compared" if value != value else f"{value:.4f}"
    return [(f"{name} of anchor {column}", said, meaning), ("means", meaning, "")]


def boxes_of(shown: CellShown) -> list[Box]:
    """The things as boxes of the editor; one that was lost is dashed once it is."""
    passed = shown.members[: shown.position]
    return [
        Box(
            (x1, y1, x2, y2),
            shown.kinds[thing],
            shown.name(thing) + (": lost" if _is_lost(shown, thing, passed) else ""),
            dashed=_is_lost(shown, thing, passed),
        )
        for thing, (x1, y1, x2, y2) in enumerate(shown.boxes.tolist())
    ]


def _is_lost(shown: CellShown, thing: int, passed: tuple[int, ...]) -> bool:
    return shown.placed[thing].lost_to is not None and (thing in passed or thing not in shown.members)


def _below(shown: CellShown, painter: QPainter, transform: QTransform) -> None:
    paint_grid(painter, transform, shown)


def _above(shown: CellShown, painter: QPainter, transform: QTransform) -> None:
    paint_marks(painter, transform, shown)
