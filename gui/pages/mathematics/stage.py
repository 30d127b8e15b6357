"""The stage: the bar of views, the canvas, and what the pointer and the arrows mean on it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, TypeAlias

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.foundations.algebra.exact import VALUE_LIMIT
from gui.pages.mathematics.chapter import Chapter
from gui.theme import motion, space
from gui.widgets.canvas import Canvas
from gui.widgets.choices import Segmented
from gui.widgets.facts import Fact
from gui.widgets.plate import Plate
from gui.widgets.stage_text import plain

AnyChapter: TypeAlias = Chapter[Any, Any]
FAR: Final = 5


class Stage(QWidget):
    """Shows the part of a view; pointing at a cell that the walk can go to shows that place while the pointer rests."""

    viewPicked = Signal(str)
    indexPicked = Signal(int)
    """The walk is to go there."""
    edited = Signal(str, int, int, float)
    editBegan = Signal()
    lookedAt = Signal(object, object)
    """The part of the state that is drawn, pointed at or not, and what was worked out for it."""
    pointed = Signal(list)
    menuRequested = Signal(object, QPoint)

    def __init__(self, chapters: Mapping[str, AnyChapter]) -> None:
        super().__init__()
        self._chapter: AnyChapter | None = None
        self._part: Any = None
        self._shown: Any = None
        self._hover: int | None = None
        self.resting = False
        """Whether the walk plays: then the pointer only explains."""
        self.views = Segmented([(one.name, one.title, one.tip) for one in chapters.values()])
        self.canvas = Canvas(cell_limit=VALUE_LIMIT)
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.addWidget(self.views)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.canvas, 1)
        self.views.changed.connect(self.viewPicked)
        self.canvas.cellHovered.connect(self._hovered)
        self.canvas.hoverLeft.connect(self._left)
        self.canvas.cellClicked.connect(self._clicked)
        self.canvas.cellActivated.connect(self._clicked)
        self.canvas.cellEdited.connect(self.edited)
        self.canvas.editBegan.connect(self.editBegan)
        self.canvas.arrowPressed.connect(self._arrow)
        self.canvas.menuRequested.connect(self._menu)

    @property
    def shown(self) -> Any:
        """What was worked out for the state, wherever the pointer is."""
        return self._shown

    def show_part(self, chapter: AnyChapter, part: Any) -> None:
        """Draw a view's part of the state; what turned over is seen to turn."""
        before, same = self._part, chapter is self._chapter
        self.views.set_value(chapter.name)
        self._chapter, self._part, self._shown = chapter, part, chapter.resolve(part)
        self._hover = None
        self._draw(part, self._shown, glide=same)
        self._explain()
        for key in chapter.flips(before, part) if same else ():
            plate = self.canvas.scene.plate(key)
            line = plate is not None and plate.shape[0] == 1
            self.canvas.flip(key, mirror=line, milliseconds=motion.depth)

    def _draw(self, part: Any, shown: Any, *, glide: bool) -> None:
        if self._chapter is not None:
            self.canvas.set_builder(partial(self._chapter.scene, shown), glide=glide)
            self.lookedAt.emit(part, shown)

    @Slot(str, int, int)
    def _hovered(self, key: str, row: int, column: int) -> None:
        if self._chapter is None:
            return
        index = None if self.resting else self._chapter.index_of(self._shown, key, row, column)
        if index != self._hover:
            self._hover = index
            self._look()
        self._explain()

    def _explain(self) -> None:
        """Say what is under the pointer; numbers may have changed while it rested."""
        if self.canvas.hovered is None:
            self.pointed.emit([])
            return
        key, row, column = self.canvas.hovered
        plate = self.canvas.scene.plate(key)
        there = plate is not None and row < plate.shape[0] and column < plate.shape[1]
        self.pointed.emit(self._under(plate, row, column) if plate is not None and there else [])

    def _under(self, plate: Plate, row: int, column: int) -> list[Fact]:
        """The cell's plate and value, and what the view says of it."""
        if self._chapter is None:
            return []
        hidden = plate.hidden is not None and bool(plate.hidden[row, column])
        value = "not reached yet" if hidden else plain(float(plate.values[row, column]))
        tip = "Double-click or type to change it." if plate.editable else ""
        rows: list[Fact] = [("cell of", plate.title, ""), ("value", value, tip)]
        return rows + self._chapter.under(self._shown, plate.key, row, column)

    def _look(self) -> None:
        """Show the place under the pointer, or the one of the state."""
        if self._chapter is None:
            return
        if self._hover is None:
            self._draw(self._part, self._shown, glide=False)
        else:
            part = self._chapter.at(self._part, self._hover)
            self._draw(part, self._chapter.resolve(part), glide=False)

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])
        if self._hover is not None:
            self._hover = None
            self._look()

    @Slot(str, int, int)
    def _clicked(self, key: str, row: int, column: int) -> None:
        if self._chapter is not None:
            index = self._chapter.index_of(self._shown, key, row, column)
            if index is not None:
                self.indexPicked.emit(index)

    @Slot(int, int, bool)
    def _arrow(self, rows: int, columns: int, far: bool) -> None:
        if self._chapter is None:
            return
        walked = self._chapter.walked(self._part)
        if walked is None:
            return
        by = (columns + rows * self._chapter.row_length(self._part)) * (FAR if far else 1)
        self.indexPicked.emit(min(max(walked.index + by, 0), walked.count - 1))

    @Slot(object, object)
    def _menu(self, plate: Plate | None, place: QPoint) -> None:
        self.menuRequested.emit(plate, place)

    def focus(self) -> None:
        """Keys go to the canvas."""
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
