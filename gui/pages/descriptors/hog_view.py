"""The view of HOG: glyphs over the picture, and one cell under the lens with the numbers of every stage."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.foundations.descriptors.hog import Hog, descriptor_length
from gui.pages.descriptors import hog_scene as scenes
from gui.pages.descriptors.glyphs import GlyphImage
from gui.pages.descriptors.hog_picture import HogPicture, bright
from gui.pages.descriptors.scene_parts import short
from gui.pages.descriptors.state import Place
from gui.pages.descriptors.titled import Titled
from gui.theme import space
from gui.widgets.canvas import Canvas
from gui.widgets.facts import Fact
from gui.widgets.frame_view import View

TITLES: Final = (
    "Gradient magnitude", "Orientations of the cells", "Orientations after normalisation",
    "Orientations in the descriptor",
)  # fmt: skip
LENS_FROM: Final = 620
"""Heights from which there is room for the magnified cell beneath the picture."""
LENS_CELLS: Final = 7
STROKES: Final = "strokes run along edges"


class HogView(QWidget):
    """cellPicked(row, column): a cell was clicked; stepAsked(±1): the next or former stage; pointed(rows): facts."""

    cellPicked = Signal(int, int)
    stepAsked = Signal(int)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Hog | None = None
        self._stage, self._cell = 1, (0, 0)
        self._hovered: Place | None = None
        self._pixel: Place | None = None
        glyphs = GlyphImage()
        self.picture, self.canvas = HogPicture(glyphs=glyphs), Canvas()
        self.magnified = HogPicture("The cell magnified", glyphs=glyphs)
        self.left, self.lens = Titled(TITLES[1], self.picture), Titled("Magnified", self.magnified)
        self._build()
        for picture in (self.picture, self.magnified):
            picture.cellPointed.connect(self._cell_hovered)
            picture.left.connect(self._nothing_hovered)
            picture.cellPicked.connect(self.cellPicked)
        self.canvas.cellHovered.connect(self._plate_hovered)
        self.canvas.hoverLeft.connect(self._plate_left)
        self.canvas.arrowPressed.connect(self._arrow)

    def _build(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(space.m)
        column.addWidget(self.left)
        column.addWidget(self.lens, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(space.l, space.m, 0, space.m)
        row.setSpacing(space.s)
        row.addLayout(column, 4)
        row.addWidget(self.canvas, 5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lens.setVisible(self.height() >= LENS_FROM)

    @property
    def found(self) -> Hog | None:
        """The description on show."""
        return self._found

    @property
    def cell(self) -> Place:
        """The cell under the lens."""
        return self._hovered or self._cell

    def show_hog(self, found: Hog, stage: int, cell: Place) -> None:
        """Show a description at a stage, with a cell under the lens."""
        if found is not self._found or cell != self._cell:
            self._pixel = self._hovered = None  # a cell that was picked shows, wherever the pointer rests
        self._found, self._stage, self._cell = found, stage, cell
        self._draw()

    def set_stale(self, stale: bool) -> None:
        """What is on show belongs to the past."""
        self.picture.set_stale(stale)
        self.canvas.set_stale(stale)

    def _draw(self) -> None:
        found = self._found
        if found is None:
            return
        self.left.title.say(TITLES[self._stage])
        rows, columns = found.cells.shape[:2]
        size = found.spec.cell
        self.left.keep_shape(found.grey.shape[1], found.grey.shape[0])
        told = f"0 to {short(bright(found))} and more" if self._stage == 0 else STROKES
        self.left.detail.say(f"{rows} × {columns} cells of {size} × {size} pixels; {told}")
        self.picture.show_hog(found, self._stage, self.cell)
        self._magnify(found)
        self.canvas.set_builder(
            partial(scenes.hog_scene, found, self._stage, self.cell, self._pixel), glide=False
        )

    def _magnify(self, found: Hog) -> None:
        """The cell and what is around it; it stays while the pointer is on it."""
        if self._hovered is not None and self.magnified.underMouse():
            self.magnified.show_hog(found, self._stage, self.cell)
            return
        height, width = found.grey.shape
        size = found.spec.cell
        self.magnified.show_hog(found, self._stage, self.cell)
        self.magnified.set_view(
            View(
                max(max(height, width) / (LENS_CELLS * size), 1.0),
                (self.cell[1] + 0.5) * size / width,
                (self.cell[0] + 0.5) * size / height,
            )
        )
        self.lens.detail.say(
            scenes.bin_told(found, int(found.cells[self.cell].argmax())) + " is strongest here"
        )

    # --- pointer ---------------------------------------------------------------------------------------------

    @Slot(int, int)
    def _cell_hovered(self, row: int, column: int) -> None:
        self._hovered, self._pixel = (row, column), None
        self._draw()
        if self._found is not None:
            self.pointed.emit(under_cell(self._found, self._hovered))

    @Slot()
    def _nothing_hovered(self) -> None:
        self._hovered = None
        self._draw()
        self.pointed.emit([])

    @Slot(str, int, int)
    def _plate_hovered(self, key: str, row: int, column: int) -> None:
        found = self._found
        if found is None:
            return
        if key in scenes.OF_CELL:
            self._pixel = (row, column)
            self._draw()
        self.pointed.emit(under_plate(found, self.cell, key, row, column))

    @Slot()
    def _plate_left(self) -> None:
        self._pixel = None
        self._draw()
        self.pointed.emit([])

    @Slot(int, int, bool)
    def _arrow(self, _rows: int, columns: int, _far: bool) -> None:
        """On the numbers the arrow keys walk through the stages; on the picture they move the lens."""
        if columns:
            self.stepAsked.emit(columns)


def under_cell(found: Hog, cell: Place) -> list[Fact]:
    """What the inspector says about a cell."""
    values = found.cells[cell]
    best = int(values.argmax())
    rows, columns = scenes.inside(found, cell)
    return [
        ("cell", f"row {cell[0]}, col {cell[1]}", "Counted from 0."),
        ("pixels", f"rows {rows.start}–{rows.stop - 1}, cols {columns.start}–{columns.stop - 1}", ""),
        ("strongest orientation", scenes.bin_told(found, best), "Of the gradient; the edge runs across it."),
        ("its votes", short(float(values[best])), "Magnitudes summed, divided by the pixels of the cell."),
        ("all votes", short(float(values.sum())), ""),
    ]


def under_plate(found: Hog, cell: Place, key: str, row: int, column: int) -> list[Fact]:
    """What the inspector says about a number under the lens."""
    if key in (*scenes.OF_CELL, scenes.GREY):
        return _under_pixel(found, cell, key, row, column)
    if key == scenes.HISTOGRAM:
        return [
            ("orientation", scenes.bin_told(found, column), ""),
            (
                "votes a pixel",
                short(float(found.cells[cell][column])),
                "Magnitudes summed, divided by the pixels.",
            ),
        ]
    names = {
        scenes.BLOCK: "votes in the block", scenes.UNIT: "divided by the norm", scenes.NORMALISED: "normalised",
        scenes.COPIES: "in one of its blocks", scenes.ROW: "in a row of blocks",
    }  # fmt: skip
    if key == scenes.ROW:
        cell_in_block, orientation = divmod(row, found.spec.orientations)
        return [
            ("block", f"{column} of its row", "Counted from 0."),
            ("cell of the block", f"{cell_in_block}", ""),
            ("orientation", scenes.bin_told(found, orientation), ""),
        ]
    return [
        ("number", names[key], ""),
        ("row", f"{row}", ""),
        ("orientation", scenes.bin_told(found, column), ""),
    ]


def _under_pixel(found: Hog, cell: Place, key: str, row: int, column: int) -> list[Fact]:
    rows, columns = scenes.inside(found, cell)
    ring = 1 if key == scenes.GREY else 0
    y = row + (max(rows.start - ring, 0))
    x = column + (max(columns.start - ring, 0))
    return [
        ("pixel", f"x {x}, y {y}", "Of the picture, counted from 0."),
        ("grey level", short(float(found.grey[y, x])), "0.299 R + 0.587 G + 0.114 B, rounded."),
        ("g_x, g_y", f"{short(float(found.g_col[y, x]))}, {short(float(found.g_row[y, x]))}", ""),
        ("magnitude", short(float(found.magnitude[y, x])), "√(g_x² + g_y²)"),
        ("angle", f"{short(float(found.angle[y, x]))}°", "Of the gradient, modulo 180°."),
        ("votes for", scenes.bin_told(found, int(found.votes[y, x])), ""),
    ]


def hog_rows(found: Hog) -> list[Fact]:
    """The descriptor in numbers, for the inspector."""
    rows, columns = found.cells.shape[:2]
    down, across = found.blocks.shape[:2]
    size = found.spec.block
    length = descriptor_length(found.grey.shape, found.spec)
    return [
        (
            "picture",
            f"{found.grey.shape[1]} × {found.grey.shape[0]} pixels",
            found.note or "Grey levels 0 to 255.",
        ),
        ("cells", f"{rows} × {columns}", "Height and width divided by the cell, rounded down."),
        ("blocks", f"{down} × {across}", "One step a cell: cells − block + 1, so blocks overlap."),
        ("numbers a block", f"{size} · {size} · {found.spec.orientations} = {found.spec.block_size}", ""),
        ("descriptor", f"{length:,} numbers", "Blocks · numbers a block."),
        ("learned", "nothing", "Every number of the recipe was chosen by people."),
    ]
