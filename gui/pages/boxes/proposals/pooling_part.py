"""The part "RoI pooling": a proposal on the picture, the same box on a map, and the small map that the head reads."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPen, QResizeEvent, QTransform
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.detection.proposals.requests import CheckRoi, RegionRun, Search
from gui.pages.boxes.proposals.pooling_scene import MAP, OUT, pooling_scene
from gui.pages.boxes.proposals.pooling_shown import Pooled, pooled, sentences
from gui.pages.boxes.proposals.proposals_part import proposal_facts, smallest_around
from gui.pages.boxes.proposals.regions_view import dark, light
from gui.pages.boxes.proposals.settings import ProposalsSettings
from gui.theme import space, theme, with_alpha
from gui.widgets.canvas import Canvas
from gui.widgets.facts import Fact
from gui.widgets.frame_view import FrameView
from gui.widgets.number_text import format_number
from gui.widgets.scene import Scene
from gui.widgets.wrapped import Wrapped

PICTURE_SHARE = 0.31
LOW = 460
"""Stages lower than this leave their room to the numbers."""
LOW_SHARE = 0.22
NO_MAPS = "The net is looking at the picture."
PICK = "Click a place: the smallest proposal around it is pooled. The lines are the cells of the map."


class PoolingPart(QWidget):
    """proposalPicked(int): a proposal was clicked; cellPicked(int): an output cell was; pointed(facts)."""

    proposalPicked = Signal(int)
    cellPicked = Signal(int)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture, self.canvas = FrameView("The picture with one proposal"), Canvas()
        self.line = Wrapped("muted")
        self.line.say(PICK)
        self._search: Search | None = None
        self._run: RegionRun | None = None
        self._settings = ProposalsSettings()
        self._shown: Pooled | None = None
        self.title = QLabel()
        self.title.setFont(theme.font("section", bold=True))
        self.box_words, self.cell_words = Wrapped("muted"), Wrapped("")
        words = QVBoxLayout()
        words.setSpacing(space.s)
        for label in (self.title, self.box_words, self.cell_words):
            words.addWidget(label)
        words.addStretch(1)
        words.addWidget(self.line)
        top = QHBoxLayout()
        top.setSpacing(space.l)
        top.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.m)
        column.addLayout(top)
        column.addWidget(self.canvas, 1)
        self.picture.set_overlay(self._paint_box)
        self.picture.clicked.connect(self._clicked)
        self.canvas.cellClicked.connect(self._cell_clicked)
        self.canvas.arrowPressed.connect(self._arrow_pressed)
        self.canvas.cellHovered.connect(self._cell_hovered)
        self.canvas.hoverLeft.connect(self._left)
        self.setFocusProxy(self.canvas)

    @property
    def shown(self) -> Pooled | None:
        """What is on show, None while there are no maps."""
        return self._shown

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_picture()

    def _fit_picture(self) -> None:
        """The picture takes no more than its shape needs: the numbers get the room."""
        width, height = self.picture.picture_size
        if height:
            low = self.height() < LOW
            self.box_words.setVisible(not low)
            self.line.setVisible(not low)
            share = LOW_SHARE if low else PICTURE_SHARE
            down = min(self.height() * share, self.width() * 0.5 * height / width)
            self.picture.setFixedSize(max(round(down * width / height), 1), max(round(down), 1))

    @property
    def cells(self) -> int:
        """How many output cells there are to step through."""
        return 0 if self._shown is None else self._shown.maps.size**2

    def show_run(self, search: Search, run: RegionRun | None, settings: ProposalsSettings) -> None:
        """Show a proposal on the maps of a run; all of it is computed here and now."""
        self._search, self._run, self._settings = search, run, settings
        if self.picture.frame is not search.request.frame:
            self.picture.set_frame(search.request.frame)
            self._fit_picture()
        maps = None if run is None else run.maps
        if maps is None or not len(search.proposals):
            self._shown = None
        else:
            box = search.proposals.boxes[self.proposal]
            self._shown = pooled(maps, box, settings.pooling, settings.channel, settings.cell)
        self._say()
        self.canvas.set_builder(self._scene)
        self.picture.update()

    def _say(self) -> None:
        """What the step does, in words."""
        shown = self._shown
        if shown is None:
            self.title.setText(NO_MAPS)
            self.box_words.say("")
            self.cell_words.say("")
            return
        box, cell = sentences(shown)
        name = "RoI max pooling" if shown.pooling == "max" else "RoIAlign"
        self.title.setText(f"{name}: output cell {shown.index + 1} of {self.cells}")
        self.box_words.say(box)
        self.cell_words.say(cell)

    def set_stale(self, stale: bool) -> None:
        """The maps on show belong to another picture, net or size."""
        self.canvas.set_stale(stale)
        self.picture.set_stale(stale)

    @property
    def proposal(self) -> int:
        """The proposal on show, within range."""
        count = 0 if self._search is None else len(self._search.proposals)
        return max(min(self._settings.proposal, count - 1), 0)

    def check(self) -> CheckRoi | None:
        """The request that checks what is on show."""
        shown = self._shown
        return None if shown is None else CheckRoi(shown.maps, shown.box, shown.pooling, shown.out)

    def facts(self) -> list[Fact]:
        """The proposal on show, and what is pooled of it."""
        shown, search, run = self._shown, self._search, self._run
        if shown is None or search is None or run is None:
            return []
        rows = proposal_facts(search, self.proposal)
        height, width = shown.values.shape
        rows += [
            ("picture in the pass", f"{run.reads[0]} × {run.reads[1]} px", "Scaled for the net."),
            ("maps", f"{width} × {height} × {len(shown.out)}", "Of the last layer before the head."),
            (
                "pooled",
                f"{shown.maps.size} × {shown.maps.size} × {len(shown.out)}",
                "What the head was made for.",
            ),
        ]
        mine = np.asarray(run.boxes[self.proposal : self.proposal + 1])
        if len(mine) and (mine[0] == search.proposals.boxes[self.proposal]).all():
            label = run.labels[int(run.classes[self.proposal])]
            rows.append(("the head says", f"{label} {run.scores[self.proposal]:.2f}", "To all pooled maps."))
        return rows

    @property
    def run(self) -> RegionRun | None:
        """The run whose maps are on show."""
        return self._run

    def _scene(self, size: QSizeF) -> Scene:
        if self._shown is None:
            return Scene(size, description=NO_MAPS)
        return pooling_scene(self._shown, size)

    # --- the picture ----------------------------------------------------------------------------------------

    def _paint_box(self, painter: QPainter, transform: QTransform) -> None:
        """The cells of the map, the proposal, and what the rounding makes of it."""
        shown, search = self._shown, self._search
        if shown is None or search is None:
            return
        zoom = self.picture.picture_size[0] / search.picture.width
        across, down = zoom / shown.maps.across, zoom / shown.maps.down
        painter.setClipRect(self.picture.picture_rect())
        painter.setTransform(QTransform.fromScale(across, down) * transform, combine=True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        rows, columns = shown.values.shape
        stride = shown.maps.stride
        whole = QRectF(0, 0, columns * stride, rows * stride)
        painter.setPen(_cosmetic(QPen(with_alpha(light(), 0.35), 1.0)))
        for column in range(1, columns):
            painter.drawLine(column * stride, 0, column * stride, round(whole.bottom()))
        for row in range(1, rows):
            painter.drawLine(0, row * stride, round(whole.right()), row * stride)
        x1, y1, x2, y2 = shown.box
        self._frame(painter, QRectF(x1, y1, x2 - x1, y2 - y1), QPen(theme.colors.warn, 2.0))
        if shown.pooling == "max":
            left, top, right, bottom = (side * stride for side in shown.bins.box)
            rounded = QRectF(left, top, right - left, bottom - top).intersected(whole)
            self._frame(painter, rounded, QPen(theme.colors.good, 2.0))

    @staticmethod
    def _frame(painter: QPainter, area: QRectF, pen: QPen) -> None:
        painter.setPen(_cosmetic(QPen(with_alpha(dark(), 0.6), pen.widthF() + 2)))
        painter.drawRect(area)
        painter.setPen(_cosmetic(pen))
        painter.drawRect(area)

    # --- hand -----------------------------------------------------------------------------------------------

    @Slot(int, int)
    def _clicked(self, x: int, y: int) -> None:
        search = self._search
        if search is None:
            return
        scale = search.picture.width / self.picture.picture_size[0]
        count = min(self._settings.count, len(search.proposals))
        found = smallest_around(search.proposals.boxes[:count], (x + 0.5) * scale, (y + 0.5) * scale)
        if found is not None:
            self.proposalPicked.emit(found)

    @Slot(str, int, int)
    def _cell_clicked(self, key: str, row: int, column: int) -> None:
        if self._shown is not None and key == OUT:
            self.cellPicked.emit(row * self._shown.maps.size + column)

    @Slot(int, int, bool)
    def _arrow_pressed(self, rows: int, columns: int, _far: bool) -> None:
        """Left and right go on as the stepper does, up and down by a row."""
        shown = self._shown
        if shown is not None:
            cell = shown.index + rows * shown.maps.size + columns
            if 0 <= cell < self.cells:
                self.cellPicked.emit(cell)

    @Slot(str, int, int)
    def _cell_hovered(self, key: str, row: int, column: int) -> None:
        shown = self._shown
        if shown is None:
            return
        values = shown.values if key == MAP else np.asarray(shown.out[shown.channel])
        name = "map" if key == MAP else "pooled"
        self.pointed.emit([
            (name, f"row {row}, column {column}", "Counted from 0."),
            ("value", format_number(round(float(values[row, column]), 5)), "An activation."),
        ])  # fmt: skip

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])


def _cosmetic(pen: QPen) -> QPen:
    pen.setCosmetic(True)
    return pen
