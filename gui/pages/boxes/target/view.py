"""The view "Target vector": boxes on a photo, the vector of one of them, a guess and what it costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPainter, QTransform
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.detection.target import BOX
from gui.bridge import Bridge
from gui.pages.boxes.checked_view import EditedView
from gui.pages.boxes.component_table import ComponentTable, Heads
from gui.pages.boxes.shares import Size
from gui.pages.boxes.target import changes
from gui.pages.boxes.target.controls import TargetControls
from gui.pages.boxes.target.measures import paint_measure, paint_middle
from gui.pages.boxes.target.settings import TargetSettings
from gui.pages.boxes.target.shown import ABOUT, Shown, check, facts, rows, shown
from gui.pages.boxes.turning import Turning
from gui.pages.boxes.view import Arrays
from gui.theme import space
from gui.widgets.box_editor import BoxEditor
from gui.widgets.facts import Fact
from gui.widgets.wrapped import Wrapped

PICTURE_PARTS: Final = 5
TABLE_PARTS: Final = 4
NO_GUESS: Final = "There is no guess, so there is no loss to check."
EMPTY: Final = (
    "No box is drawn: p_c = 0, and the target does not care about the rest. Drag on the photo to draw one."
)
NOTHING: Final = (
    "p_c = 0 says that nothing is there. The other components may be anything: no loss is taken of them."
)
SINGLE: Final = "Drag the box or its handles: the vector follows. The dashed box is the guess of a net."
SEVERAL: Final = (
    "One vector holds one object, here box {number} of {count}. A grid has a vector for every cell."
)


class TargetView(EditedView[TargetSettings, Shown]):
    """Boxes by hand beside the vector that they become."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        self._controls = TargetControls()
        super().__init__(
            bridge, "boxes.target", TargetSettings(), self._controls, BoxEditor("Photo with boxes"), parent
        )
        self._pointed: int | None = None
        self.editor.set_painter(self._paint_measures)
        self.table = ComponentTable("Target vector")
        self.note = Wrapped()
        self.grid = QPushButton("Open the view YOLO grid")
        self.turning = Turning(self.editor, self.table, shares=(PICTURE_PARTS, TABLE_PARTS))
        self._build()
        self._connect()

    def _build(self) -> None:
        said = QHBoxLayout()
        said.setSpacing(space.m)
        said.addWidget(self.note, 1)
        said.addWidget(self.grid, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.s, space.l, space.l)
        column.setSpacing(space.s)
        column.addLayout(said)
        column.addWidget(self.turning, 1)

    def _connect(self) -> None:
        self.editor.changed.connect(self._boxes_changed)
        self.editor.picked.connect(self._box_picked)
        self.editor.boxHovered.connect(self._box_hovered)
        self.table.pointed.connect(self._component_pointed)
        self.grid.clicked.connect(self._open_grid)

    # --- what a view gives ----------------------------------------------------------------------------------

    def tell(self, found: Shown) -> list[Fact]:
        return facts(found)

    def key(self, found: Shown) -> object:
        return found.settings, found.size

    def unchecked(self, found: Shown) -> str:
        return NO_GUESS if found.guess is None else ""

    def request(self, found: Shown) -> object:
        return check(found)

    def arrays(self) -> Arrays:
        found = self._found
        if found is None:
            return super().arrays()
        arrays: list[tuple[str, Any]] = [("y", found.y)]
        if found.guess is not None:
            arrays += [("guess", found.guess), ("loss terms", [term.value for term in found.terms])]
        return arrays

    # --- show -----------------------------------------------------------------------------------------------

    def show_size(self, size: Size) -> None:
        settings = self._settings
        self._found = found = shown(settings, size)
        said = max(range(len(settings.scores)), key=lambda kind: settings.scores[kind])
        self.editor.most_kinds = len(settings.classes)
        self.editor.new_kind = settings.thing.kind if settings.thing is not None else 0
        self.editor.set_boxes(changes.drawn(settings, size, said, settings.p))
        if self.editor.chosen is None or self.editor.chosen >= self._offset:
            self.editor.choose(self._index if settings.boxes and not settings.nothing else None)
        total = "" if found.guess is None else f"L = {found.loss:.4f}"
        self.table.show_rows(rows(found), Heads(), total)
        self.turning.turn()
        self._say(settings)
        self.check()
        self.factsChanged.emit()

    def _say(self, settings: TargetSettings) -> None:
        count = len(settings.boxes)
        several = count > 1 and not settings.nothing
        if several:
            self.note.say(SEVERAL.format(number=self._index - self._offset + 1, count=count))
        else:
            self.note.say(NOTHING if settings.nothing and count else EMPTY if not count else SINGLE)
        self.grid.setVisible(several)

    @property
    def _offset(self) -> int:
        """Where the things begin among the boxes of the editor."""
        return 1 if self._settings.guessing else 0

    @property
    def _index(self) -> int:
        """The box of the editor that the vector is about."""
        return min(self._settings.chosen, max(len(self._settings.boxes) - 1, 0)) + self._offset

    def _paint_measures(self, painter: QPainter, transform: QTransform) -> None:
        """The middles of the boxes, and what the component that is pointed at measures."""
        found, size, boxes = self._found, self.editor.picture_size, self.editor.boxes
        if found is None:
            return
        vectors = [] if found.guess is None else [(0, found.guess)]
        if self._settings.present:
            vectors.append((self._index, found.y))
        for index, vector in vectors:
            if index < len(boxes):
                paint_middle(painter, transform, boxes[index])
                part = self._pointed
                if part is not None and BOX.start <= part < BOX.stop:
                    symbol = found.names[part]
                    paint_measure(
                        painter, transform, size, boxes[index], part, f"{symbol} = {vector[part]:.3f}"
                    )

    # --- what a person does ---------------------------------------------------------------------------------

    @Slot(object, str)
    def _boxes_changed(self, boxes: Any, gesture: str) -> None:
        size = self.editor.picture_size
        settings = changes.with_drawn(self._settings, boxes, size, self.editor.chosen)
        self.changed.emit(settings, gesture)

    @Slot(int)
    def _box_picked(self, index: int) -> None:
        if index >= self._offset and index - self._offset != self._settings.chosen:
            self.looked.emit(replace(self._settings, chosen=index - self._offset))

    @Slot(object)
    def _box_hovered(self, index: int | None) -> None:
        self.table.light([] if index is None else range(BOX.start, BOX.stop))

    def pixel_facts(self, x: int, y: int) -> list[Fact]:
        width, height = self.editor.picture_size
        return [("as shares", f"{(x + 0.5) / width:.3f}, {(y + 0.5) / height:.3f}", "Of width and height.")]

    @Slot(object)
    def _component_pointed(self, index: int | None) -> None:
        self._pointed = index
        found = self._found
        self.editor.light(None if index is None or not self._settings.present else self._index)
        self.editor.update()
        if index is None or found is None:
            self.pointed.emit([])
            return
        row = self.table.rows[index]
        about = ABOUT[index] if index < len(ABOUT) else "1 for the class of the object, 0 for the others."
        told: list[Fact] = [(row.symbol, row.value, about), ("means", row.words, about)]
        if row.guess:
            told.append(("guess", row.guess, "What the net says."))
            told.append(("costs", row.cost or "nothing", row.term or "The target does not care."))
            if row.term:
                told.append(("that is", row.term, "The term of the loss with its numbers."))
        self.pointed.emit(told)

    @Slot()
    def _open_grid(self) -> None:
        self.pageAsked.emit("boxes", {"view": "grid"})
