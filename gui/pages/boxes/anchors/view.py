"""The view "Anchors": wires both stages, the stepper, the inspector and the engine to the settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from engine.detection.anchoring import street
from engine.detection.anchoring.requests import CheckKMeans, CheckPlaced
from engine.detection.anchors import KMeansStep
from engine.errors import UserError
from engine.images import Frame
from gui.bridge import Bridge
from gui.checking import Checking
from gui.film import FilmSource
from gui.pages.boxes.anchors import film, words
from gui.pages.boxes.anchors.answers import ShapeAnswers
from gui.pages.boxes.anchors.cell import CellShown, cell_shown
from gui.pages.boxes.anchors.cell_stage import CellStage
from gui.pages.boxes.anchors.controls import AnchorsControls
from gui.pages.boxes.anchors.kmeans_stage import KMeansStage
from gui.pages.boxes.anchors.run import FloatArray, Run, drawn_shapes, grouped, run_of, street_set, thinned
from gui.pages.boxes.anchors.settings import CLASSES, LAST, MOST_ANCHORS, AnchorsSettings, with_anchors
from gui.pages.boxes.shares import Shares, to_pixels, to_shares
from gui.pages.boxes.target.settings import Labelled
from gui.pages.boxes.view import Arrays, BoxesView, Subject
from gui.widgets.badge import Badge
from gui.widgets.box_editor import Box
from gui.widgets.facts import Fact

NOTHING: Final = np.zeros((0, 2))


class AnchorsView(BoxesView):
    """Which anchor a thing gets, and where anchors come from."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = AnchorsSettings()
        self._subject = Subject(None)
        self._active = False
        self._street: tuple[Any, Frame | None] = (None, None)
        self._cell: CellShown | None = None
        self._run: Run | None = None
        self._grouped: tuple[Any, tuple[KMeansStep, ...]] = (None, ())
        self._thinned: tuple[FloatArray | None, FloatArray] = (None, NOTHING)
        self._answers = ShapeAnswers(bridge, self)
        self._check = Checking(bridge, "boxes.anchors.check", self)
        self._controls = AnchorsControls()
        self.badge = Badge(self, library="torchvision")
        self.badge.hide()  # the inspector takes it in and shows it
        self.cell_stage, self.kmeans_stage = CellStage(), KMeansStage()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.cell_stage)
        self._stack.addWidget(self.kmeans_stage)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._connect()

    def _connect(self) -> None:
        self._controls.changed.connect(self.changed)
        self._controls.folderAsked.connect(self._choose_folder)
        self._controls.useAsked.connect(self._use)
        self.cell_stage.boxesChanged.connect(self._things_changed)
        self.cell_stage.cellPicked.connect(self._cell_picked)
        self.cell_stage.canvas.arrowPressed.connect(self._arrow_pressed)
        self.kmeans_stage.boxesChanged.connect(self._drawn_changed)
        self.kmeans_stage.turnPicked.connect(self.go_to)
        for stage in (self.cell_stage, self.kmeans_stage):
            stage.pointed.connect(self.pointed)
        self._answers.changed.connect(self._answered)
        self._check.tell(self.badge)
        self._check.checked.connect(self._settled)

    # --- what a view gives ----------------------------------------------------------------------------------

    def controls(self) -> QWidget:
        return self._controls

    def show_subject(self, subject: Subject, settings: Any) -> None:
        self._subject, self._settings = subject, settings
        self._show()

    def set_active(self, active: bool) -> None:
        self._active = active
        if active:
            self._show()
        else:
            self._answers.rest()
            self._check.drop()

    @property
    def cell(self) -> CellShown | None:
        """What is shown about the cell; None in the other part, or without a picture."""
        return self._cell

    @property
    def run(self) -> Run | None:
        """What is shown of k-means; None in the other part, or while there are no shapes."""
        return self._run

    def facts(self) -> list[Fact]:
        if self._cell is not None:
            return words.cell_facts(self._cell)
        return [] if self._run is None else words.run_facts(self._run)

    def aside(self) -> QWidget:
        return self.badge

    def steps(self) -> tuple[int, int, str] | None:
        if self._cell is not None:
            return self._cell.count, self._cell.position, "step"
        return None if self._run is None else (len(self._run.steps), self._run.turn, "step")

    @Slot(int)
    def go_to(self, step: int) -> None:
        name = "step" if self._settings.part == "cell" else "turn"
        if step != getattr(self._settings, name):
            changes: dict[str, Any] = {name: step}
            self.looked.emit(replace(self._settings, **changes))

    def escape(self) -> bool:
        """From the end of a walk back to its beginning; from a cell that was picked to the crowded one."""
        if self._settings.part == "cell" and self._settings.cell is not None:
            self.looked.emit(replace(self._settings, cell=None, step=LAST))
            return True
        if self._settings.part == "kmeans" and self._settings.turn:
            self.go_to(0)
            return True
        return False

    def open_folder(self, path: Path) -> bool:
        """Any folder: whether there are labels in it shows when it is read."""
        self.changed.emit(replace(self._settings, part="kmeans", data="folder", folder=str(path), turn=0), "")
        return True

    def arrays(self) -> Arrays:
        """The numbers of the part on show. Raises UserError while there are none."""
        cell, run = self._cell, self._run
        if cell is not None:
            shares = [one.shares for one in cell.placed]
            places = [(one.row, one.column, one.anchor, int(one.lost_to is None)) for one in cell.placed]
            return [
                ("boxes x1 y1 x2 y2", cell.boxes), ("anchors w h", cell.anchors), ("IoU with the anchors", shares),
                ("row, column, anchor, in the target", places), (f"target of cell {cell.cell}", cell.target),
            ]  # fmt: skip
        if run is not None:
            assigned = np.zeros(0, np.int64) if run.step.assigned is None else run.step.assigned
            return [
                ("shapes w h", run.shapes), ("anchors w h", run.step.centres), ("anchor of each shape", assigned),
                ("average IoU", [step.average_iou for step in run.steps]),
            ]  # fmt: skip
        raise UserError("There are no numbers yet.", "Wait until the picture or the boxes are there.")

    def film(self) -> FilmSource | None:
        if self._cell is not None:
            return film.cell_film(self._cell)
        return None if self._run is None else film.run_film(self._run)

    @property
    def settled(self) -> bool:
        if self._settings.part == "cell":
            return self._cell is not None and self._check.settled
        if self._run is not None:
            return self._check.settled
        settings = self._settings
        asked = settings.data == "digits" or (settings.data == "folder" and bool(settings.folder))
        return not asked or self._answers.settled

    # --- what is shown --------------------------------------------------------------------------------------

    def _show(self) -> None:
        settings = self._settings
        if settings.part == "cell":
            self._run, shapes = None, NOTHING
            self._show_cell()
        else:
            self._cell, shapes = None, self._shapes()
            self._show_kmeans(shapes)
        cells = settings.part == "cell"
        self._stack.setCurrentWidget(self.cell_stage if cells else self.kmeans_stage)
        # A picture would take the stepper's keys for its cursor.
        self.setFocusProxy(self.cell_stage.canvas if cells else self.kmeans_stage.scatter)
        usable = self._run is not None and len(self._run.step.centres) <= MOST_ANCHORS
        line = self._answers.line if settings.data == "folder" else ""
        self._controls.show_settings(settings, line, usable=usable)
        self._want_check()
        self.stepsChanged.emit()
        self.factsChanged.emit()

    def _show_cell(self) -> None:
        frame = self._frame()
        self._cell = None if frame is None else cell_shown(self._settings, (frame.width, frame.height))
        self.cell_stage.show_cell(self._cell, frame)

    def _frame(self) -> Frame | None:
        """The picture of the cells: the person's, or a street that is drawn around the things."""
        settings = self._settings
        if settings.on_picture:
            return self._subject.frame
        if self._street[0] != settings.things:
            boxes = [to_pixels(thing.box, street.SIZE) for thing in settings.things]
            kinds = [min(thing.kind, len(street.CLASSES) - 1) for thing in settings.things]
            self._street = settings.things, Frame(street.draw_street(boxes, kinds), "a street")
        return self._street[1]

    def _shapes(self) -> FloatArray:
        """All shapes that are to be grouped; empty while they are on their way."""
        settings = self._settings
        if settings.data == "street":
            return street_set()
        if settings.data == "drawn":
            return drawn_shapes(settings)
        if settings.data == "folder" and not settings.folder:
            return NOTHING
        if self._active:
            self._answers.want(settings)
        found = self._answers.shapes_of(settings)
        return NOTHING if found is None else found

    def _show_kmeans(self, shapes: FloatArray) -> None:
        settings, frame = self._settings, self._subject.frame
        if shapes is not self._thinned[0]:
            self._thinned = shapes, thinned(shapes)
        few = self._thinned[1]
        reason = self._reason() if not len(few) else ""
        self._run = None
        if len(few):
            try:
                self._run = run_of(settings, few, self._steps(few), len(shapes))
            except UserError as error:
                reason = str(error)
        self.kmeans_stage.show_run(self._run, few, reason)
        self.kmeans_stage.show_boxes(frame, self._drawn_boxes(), seen=settings.data == "drawn")

    def _steps(self, shapes: FloatArray) -> tuple[KMeansStep, ...]:
        """Every step of k-means, worked out anew only where it is another run."""
        s = self._settings
        key = (shapes.tobytes(), s.count, s.seed, s.centre, s.metric)
        if key != self._grouped[0]:
            self._grouped = key, grouped(s, shapes)
        return self._grouped[1]

    def _reason(self) -> str:
        """Why there are no shapes."""
        data = self._settings.data
        if data == "folder" and not self._settings.folder:
            return words.NO_FOLDER
        waiting = {"digits": words.DRAWING_SCENES, "folder": words.READING, "drawn": words.NO_SHAPES}
        return self._answers.trouble if data != "drawn" and self._answers.trouble else waiting.get(data, "")

    def _drawn_boxes(self) -> list[Box]:
        frame = self._subject.frame
        if frame is None:
            return []
        size = (frame.width, frame.height)
        return [Box(to_pixels(thing.box, size), thing.kind) for thing in self._settings.drawn]

    def _want_check(self) -> None:
        cell, run, settings = self._cell, self._run, self._settings
        if not self._active or (cell is None and run is None):
            return
        if cell is not None:
            shapes = cell.boxes[:, 2:] - cell.boxes[:, :2]
            self.badge.set_library("torchvision")
            self._check.want(
                (settings.things, settings.anchors, settings.side, cell.size),
                lambda: CheckPlaced(shapes, cell.anchors, cell.placed),
            )
        elif run is not None:
            euclidean = settings.metric == "euclidean" and settings.centre == "mean"
            self.badge.set_library("scikit-learn" if euclidean else "torchvision")
            self._check.want(
                run.steps, lambda: CheckKMeans(run.shapes, run.steps, settings.centre, settings.metric)
            )

    @Slot()
    def _answered(self) -> None:
        self._show()
        self.settledChanged.emit()

    @Slot()
    def _settled(self) -> None:
        self.settledChanged.emit()

    # --- what a person does ---------------------------------------------------------------------------------

    @Slot(object, str)
    def _things_changed(self, boxes: tuple[Box, ...], gesture: str) -> None:
        frame = self._frame()
        if frame is not None:
            things = _labelled(boxes, self._settings.things, (frame.width, frame.height))
            self._try(replace(self._settings, things=things, cell=None, step=LAST), gesture)

    @Slot(object, str)
    def _drawn_changed(self, boxes: tuple[Box, ...], gesture: str) -> None:
        frame = self._subject.frame
        if frame is not None:
            drawn = _labelled(boxes, self._settings.drawn, (frame.width, frame.height))
            self._try(replace(self._settings, drawn=drawn), gesture)

    def _try(self, settings: AnchorsSettings, gesture: str) -> None:
        try:
            settings.validated()
        except UserError as error:
            self.said.emit(str(error), "warn")
            self._show()
        else:
            self.changed.emit(settings, gesture)

    @Slot(int, int, bool)
    def _arrow_pressed(self, _rows: int, columns: int, _many: bool) -> None:
        """The numbers of a cell have no cursor: arrows are the stepper's."""
        if self._cell is not None and columns:
            self.go_to(min(max(self._cell.position + columns, 0), self._cell.count - 1))

    @Slot(int, int)
    def _cell_picked(self, row: int, column: int) -> None:
        if self._cell is not None and (row, column) != self._cell.cell:
            self.looked.emit(replace(self._settings, cell=(row, column), step=LAST))

    @Slot()
    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "A folder of labels", self._settings.folder)
        if chosen:
            self.open_folder(Path(chosen))

    @Slot()
    def _use(self) -> None:
        """The anchors of now for the cells of the other part."""
        if self._run is not None:
            anchors = tuple((float(w), float(h)) for w, h in self._run.step.centres.tolist())
            self.changed.emit(replace(with_anchors(self._settings, anchors), part="cell", step=LAST), "")


def _labelled(boxes: Sequence[Box], known: Sequence[Labelled], size: tuple[int, int]) -> tuple[Labelled, ...]:
    """Boxes of the editor as settings keep them; those that were not touched keep their digits."""
    old: dict[tuple[float, float, float, float], Shares] = {
        to_pixels(one.box, size): one.box for one in known
    }
    return tuple(
        Labelled(old.get(box.corners) or to_shares(box.corners, size), min(box.kind, len(CLASSES) - 1))
        for box in boxes
    )
