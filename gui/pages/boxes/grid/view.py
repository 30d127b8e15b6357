"""The view "YOLO grid": boxes on a grid as a tensor, and the walk from a prediction to an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QSizeF, Qt, Slot
from PySide6.QtGui import QPainter, QTransform
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.detection.evaluation.requests import PageRead
from engine.errors import ErrorReport, UserError
from engine.images import Frame
from gui.bridge import Bridge
from gui.checking import LIVE
from gui.film import FilmSource
from gui.pages.boxes.grid import words
from gui.pages.boxes.grid.answers import GridAnswers
from gui.pages.boxes.grid.controls import GridControls
from gui.pages.boxes.grid.film import walk_film
from gui.pages.boxes.grid.paint import paint_grid, paint_stage
from gui.pages.boxes.grid.scene import CELL, SLICE, component_at, grid_scene
from gui.pages.boxes.grid.settings import GridSettings, Labelled
from gui.pages.boxes.grid.shown import OF_PREDICTION, Shown, resolve, stage_at
from gui.pages.boxes.shares import to_shares
from gui.pages.boxes.view import Arrays, BoxesView, Subject
from gui.theme import space
from gui.widgets.badge import Badge
from gui.widgets.box_editor import Box, BoxEditor
from gui.widgets.canvas import Canvas, empty_scene
from gui.widgets.facts import Fact
from gui.widgets.picture_tile import PictureTile
from gui.widgets.wrapped import Wrapped

NAME: Final = "Labels on a grid"
WAITING: Final = "The picture is on its way."
FILLING: Final = 1000
"""Of the picture beside empty room, which only has what pictures of its shape cannot use."""
LEFT_OUT: Final = (
    "The classes of this grid have no {names}: without a name its label is left out. Undo brings it back."
)
Cell = tuple[int, int]


class GridView(BoxesView):
    """Redmon et al. (2016): the grid, its target, and the general procedure."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject = Subject(None)
        self._settings = GridSettings()
        self._shown: Shown | None = None
        self._read: PageRead | None = None
        self._lit: Cell | None = None
        self._active = False
        self._answers = GridAnswers(bridge, self)
        self._controls = GridControls()
        self.editor = BoxEditor(NAME)
        self.tile = PictureTile(NAME, self.editor)
        self.canvas = Canvas()
        self.canvas.setAccessibleName("The numbers of a cell, and one number of every cell")
        self.badge = Badge()
        self.problem = Wrapped("warn")
        self.problem.hide()
        left = QVBoxLayout()
        left.addWidget(self.tile, FILLING)
        left.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(space.l)
        row.addLayout(left, 7)
        row.addWidget(self.canvas, 5)
        column = QVBoxLayout(self)
        column.setContentsMargins(space.l, space.s, 0, space.s)
        column.addWidget(self.problem)
        column.addLayout(row, 1)
        self.setFocusProxy(self.canvas)
        self._connect()

    def _connect(self) -> None:
        self._answers.checking.tell(self.badge)
        self._answers.checking.checked.connect(self._settled)
        self._answers.outdated.connect(self._outdated)
        self._answers.read.connect(self._read_came)
        self._answers.refused.connect(self._refused)
        self._controls.changed.connect(self._controls_changed)
        self.editor.set_painter(self._paint_below, below=True)
        self.editor.set_painter(self._paint_above)
        self.editor.changed.connect(self._boxes_changed)
        self.editor.picked.connect(self._box_picked)
        self.editor.clicked.connect(self._clicked)
        self.editor.hovered.connect(self._hovered)
        self.editor.left.connect(self._left)
        self.canvas.cellHovered.connect(self._number_hovered)
        self.canvas.hoverLeft.connect(self._left)
        self.canvas.cellClicked.connect(self._number_clicked)
        self.canvas.arrowPressed.connect(self._arrow)

    # --- what a view gives ----------------------------------------------------------------------------------

    @property
    def shown(self) -> Shown | None:
        """What is on show, None while it is on its way."""
        return self._shown

    def controls(self) -> QWidget:
        return self._controls

    def aside(self) -> QWidget:
        return self.badge

    def show_subject(self, subject: Subject, settings: Any) -> None:
        if settings.predictor != self._settings.predictor:
            self._read = None
            self.problem.hide()
        self._subject, self._settings = subject, settings
        self.needs_picture = settings.predictor != "page"
        self._controls.show_settings(settings)
        self._show()
        self._ask()

    def set_active(self, active: bool) -> None:
        self._active = active
        if active:
            self._ask()
        else:
            self._answers.drop()

    def facts(self) -> list[Fact]:
        return [] if self._shown is None else words.facts(self._shown, self._settings.least)

    def steps(self) -> tuple[int, int, str] | None:
        return None if self._shown is None else (len(self._shown.walk.stages), self._shown.index, "stage")

    def go_to(self, step: int) -> None:
        shown = self._shown
        if shown is None:
            return
        kind, turn = stage_at(shown.walk, step)
        number = shown.walk.stages[step].number
        chosen = number if kind == "object" and number is not None else self._settings.chosen
        self.looked.emit(replace(self._settings, stage=kind, turn=turn, cell=None, chosen=chosen))

    def escape(self) -> bool:
        """Back from a cell and a slice of one's own to those of the step."""
        if self._settings.cell is None and self._settings.component is None:
            return False
        self.looked.emit(replace(self._settings, cell=None, component=None))
        return True

    def arrays(self) -> Arrays:
        """The tensor on show, a plane a number of the cell. Raises UserError while there is none."""
        shown = self._shown
        if shown is None:
            raise UserError("There is no tensor yet.", "Wait until the picture is there.")
        planes = range(shown.spec.depth)
        return [(words.component_name(shown.spec, index), shown.values[..., index]) for index in planes]

    def film(self) -> FilmSource | None:
        frame = self.editor.frame
        if self._shown is None or frame is None:
            return None
        return walk_film(self._shown, self._settings, frame)

    @property
    def settled(self) -> bool:
        return (self._shown is not None and self._answers.settled) or not self.problem.isHidden()

    # --- asking ---------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if not self._active:
            return
        if self._settings.predictor == "page":
            self._answers.want_page(self._settings.page)
        elif self._settings.predictor == "picture" and self._subject.frame is not None:
            self._answers.want_picture(self._subject.frame)
        else:
            self._answers.no_reading()
        if self._live:
            self._answers.checking.pause(LIVE)
        elif self._shown is not None:
            self._answers.want_check(self._shown.basis, self._settings.least, self._settings.overlap)

    @property
    def _live(self) -> bool:
        """Whether every answer is about a frame that has gone already."""
        return self._subject.frames is not None and self._settings.predictor == "picture"

    @Slot()
    def _settled(self) -> None:
        self.settledChanged.emit()

    @Slot()
    def _outdated(self) -> None:
        self._fade(self._read is not None and not self._live)

    @Slot(object, bool)
    def _read_came(self, read: PageRead, fresh: bool) -> None:
        if self._settings.own_labels or (read.request.frame is None) != (self._settings.predictor == "page"):
            return
        self._read = read
        self.problem.hide()
        self._show()
        self._fade(not fresh and not self._live)
        self._ask()
        self.factsChanged.emit()
        self.settledChanged.emit()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self.problem.say(f"{report.sentence} {report.hint}".strip())
        self.problem.show()
        self.settledChanged.emit()

    def _fade(self, faded: bool) -> None:
        self.editor.set_stale(faded)
        self.canvas.set_stale(faded)

    # --- what is shown --------------------------------------------------------------------------------------

    def _frame(self) -> Frame | None:
        if self._settings.own_labels:
            return self._subject.frame
        return None if self._read is None else self._read.frame

    def _show(self) -> None:
        frame, settings = self._frame(), self._settings
        shown = resolve(settings, None if frame is None else (frame.width, frame.height), self._read)
        before, self._shown = self.steps(), shown
        self.editor.can_add, self.editor.most_kinds = settings.own_labels, len(settings.classes)
        if frame is not self.editor.frame:
            self.editor.set_frame(frame)
            self.tile.arrange()
        if settings.own_labels:
            self._fade(False)
        if shown is None:
            self.editor.set_empty_text(WAITING if settings.own_labels else words.READING, "image-outline")
            self.editor.set_boxes(())
            self.tile.say(NAME, WAITING if settings.own_labels else words.READING)
            self.canvas.set_builder(empty_scene, glide=False)
        else:
            self._show_labels(shown)
            self.tile.say(words.title(shown), words.detail(shown, settings.least, settings.overlap))
            self._show_numbers(shown)
        if self.steps() != before:
            self.stepsChanged.emit()

    def _show_labels(self, shown: Shown) -> None:
        later = shown.stage.kind in OF_PREDICTION
        named = not later and shown.stage.kind != "tensor"
        boxes = [
            Box(
                (box[0], box[1], box[2], box[3]), kind, shown.spec.classes[kind] if named else "",
                dashed=later, faded=later, fixed=not self._settings.own_labels,
            )
            for box, kind in zip(shown.basis.boxes.tolist(), shown.basis.kinds.tolist(), strict=True)
        ]  # fmt: skip
        self.editor.set_boxes(boxes)
        if later:
            self.editor.choose(None)
        elif shown.stage.kind == "object":
            self.editor.light(shown.stage.number)
        if shown.stage.kind != "object":
            self.editor.light(None)
        self.editor.update()

    def _show_numbers(self, shown: Shown) -> None:
        lit = self._lit

        def build(size: QSizeF) -> Any:
            return grid_scene(shown, size, lit)

        self.canvas.set_builder(build, glide=False)

    def _paint_below(self, painter: QPainter, transform: QTransform) -> None:
        if self._shown is not None:
            painter.setClipRect(self.editor.picture_rect(), Qt.ClipOperation.IntersectClip)
            paint_grid(painter, transform, self._shown, self._lit)

    def _paint_above(self, painter: QPainter, transform: QTransform) -> None:
        if self._shown is not None:
            room = self.editor.picture_rect()
            painter.setClipRect(room, Qt.ClipOperation.IntersectClip)
            paint_stage(painter, transform, self._shown, room)

    # --- hand and pointer -----------------------------------------------------------------------------------

    @Slot(object, str)
    def _controls_changed(self, settings: GridSettings, gesture: str) -> None:
        before = self._settings
        self.changed.emit(settings, gesture)
        if settings.classes != before.classes and len(settings.boxes) < len(before.boxes):
            kept = {one.box for one in settings.boxes}
            names = {before.classes[one.kind] for one in before.boxes if one.box not in kept}
            self.said.emit(LEFT_OUT.format(names=", ".join(sorted(names))), "info")

    @Slot(object, str)
    def _boxes_changed(self, boxes: tuple[Box, ...], gesture: str) -> None:
        if not self._settings.own_labels:
            return
        size = self.editor.picture_size
        labels = tuple(Labelled(to_shares(box.corners, size), box.kind) for box in boxes)
        chosen = self._settings.chosen if self.editor.chosen is None else self.editor.chosen
        self.changed.emit(replace(self._settings, boxes=labels, chosen=chosen, cell=None), gesture)

    @Slot(int)
    def _box_picked(self, index: int) -> None:
        if index < 0 or self._shown is None:
            return
        turn = index if self._settings.stage == "object" else self._settings.turn
        self.looked.emit(replace(self._settings, chosen=index, cell=None, turn=turn))

    def _cell_at(self, x: float, y: float) -> Cell | None:
        """The cell at a place of the picture."""
        shown = self._shown
        if shown is None:
            return None
        spec, (left, top, right, bottom) = shown.spec, shown.basis.area
        row, column = (
            int((y - top) / (bottom - top) * spec.rows),
            int((x - left) / (right - left) * spec.columns),
        )
        return (row, column) if 0 <= row < spec.rows and 0 <= column < spec.columns else None

    @Slot(int, int)
    def _clicked(self, x: int, y: int) -> None:
        self._look_at(self._cell_at(x + 0.5, y + 0.5))

    def _look_at(self, cell: Cell | None) -> None:
        if cell is not None:
            self.looked.emit(replace(self._settings, cell=cell))

    @Slot(int, int)
    def _hovered(self, x: int, y: int) -> None:
        cell = self._cell_at(x + 0.5, y + 0.5)
        self._light(cell)
        if self._shown is not None and cell is not None:
            self.pointed.emit(words.cell_facts(self._shown, *cell))

    @Slot(str, int, int)
    def _number_hovered(self, key: str, row: int, column: int) -> None:
        shown = self._shown
        if shown is None:
            return
        if key == SLICE:
            self._light((row, column))
            self.pointed.emit(words.number_facts(shown, row, column, shown.component))
        elif key == CELL:
            self.pointed.emit(words.number_facts(shown, *shown.cell, component_at(shown, row, column)))

    @Slot(str, int, int)
    def _number_clicked(self, key: str, row: int, column: int) -> None:
        shown = self._shown
        if shown is None:
            return
        if key == SLICE:
            self._look_at((row, column))
        elif key == CELL:
            self.looked.emit(replace(self._settings, component=component_at(shown, row, column)))

    @Slot()
    def _left(self) -> None:
        self._light(None)
        self.pointed.emit([])

    def _light(self, cell: Cell | None) -> None:
        """Both sides show the cell that is pointed at."""
        if cell != self._lit:
            self._lit = cell
            self.editor.update()
            if self._shown is not None:
                self._show_numbers(self._shown)

    @Slot(int, int, bool)
    def _arrow(self, rows: int, columns: int, shift: bool) -> None:
        """Left and right are steps; with Shift, and up and down, the arrows go from cell to cell."""
        shown = self._shown
        if shown is None:
            return
        if columns and not shift:
            step = min(max(shown.index + columns, 0), len(shown.walk.stages) - 1)
            if step != shown.index:
                self.go_to(step)
            return
        row, column = shown.cell[0] + rows, shown.cell[1] + columns
        self._look_at((min(max(row, 0), shown.spec.rows - 1), min(max(column, 0), shown.spec.columns - 1)))
