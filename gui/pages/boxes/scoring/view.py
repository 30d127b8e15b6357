"""The view "Scoring": the finds of a detector one by one, and the curve that grows with them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.detection.evaluation.curves import THRESHOLDS
from engine.detection.evaluation.requests import Evaluated
from engine.errors import ErrorReport, UserError
from gui.bridge import Bridge
from gui.film import FilmSource
from gui.pages.boxes.scoring import plot as curve_plot
from gui.pages.boxes.scoring import words
from gui.pages.boxes.scoring.answers import ScoringAnswers
from gui.pages.boxes.scoring.controls import ScoringControls
from gui.pages.boxes.scoring.film import walk_film
from gui.pages.boxes.scoring.picture import boxes_of
from gui.pages.boxes.scoring.scene import (
    BY_CLASS,
    BY_THRESHOLD,
    FINDS,
    TABLE,
    list_scene,
    rows_of,
    table_scene,
)
from gui.pages.boxes.scoring.settings import MOST_STEP, ScoringSettings
from gui.pages.boxes.scoring.shown import Shown, resolve
from gui.pages.boxes.view import Arrays, BoxesView, Subject
from gui.theme import space
from gui.widgets.badge import Badge
from gui.widgets.box_editor import BoxEditor
from gui.widgets.canvas import Canvas, empty_scene
from gui.widgets.facts import Fact
from gui.widgets.picture_tile import PictureTile
from gui.widgets.plot.line_plot import LinePlot, Reading
from gui.widgets.wrapped import Wrapped

NAME: Final = "The find in its picture"
LEAST_HEIGHT: Final = 120
"""Of the list and the table: the picture gets the rest of a low stage."""
LABEL_FILES: Final = (".xml", ".txt")
LOOKED_AT: Final = 2000
"""Files of a dropped folder among which a label file has to be."""


class ScoringView(BoxesView):
    """Everingham et al. (2010), Lin et al. (2014): precision, recall, average precision."""

    needs_picture = False

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = ScoringSettings()
        self._evaluated: Evaluated | None = None
        self._shown: Shown | None = None
        self._active = False
        self._answers = ScoringAnswers(bridge, self)
        self._controls = ScoringControls()
        self.picture = BoxEditor(NAME, can_add=False)
        self.tile = PictureTile(NAME, self.picture)
        self.list, self.table = Canvas(), Canvas()
        self.list.setAccessibleName("The finds, best score first")
        self.table.setAccessibleName("Average precision by class and threshold")
        for canvas in (self.list, self.table):
            canvas.setMinimumHeight(LEAST_HEIGHT)
        self.plot = LinePlot("Precision over recall")
        self.badge = Badge()
        self.problem = Wrapped("warn")
        self.problem.hide()
        self._build()
        self._connect()

    def _build(self) -> None:
        left, right = QVBoxLayout(), QVBoxLayout()
        framed = QHBoxLayout()
        framed.setContentsMargins(space.l, 0, space.l, 0)
        framed.addWidget(self.tile)
        left.addLayout(framed, 6)
        left.addWidget(self.list, 4)
        curve = QHBoxLayout()
        curve.setContentsMargins(space.s, 0, 0, 0)
        curve.addWidget(self.plot)
        right.addLayout(curve, 5)
        right.addWidget(self.table, 6)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, space.s, space.s, space.s)
        problem = QHBoxLayout()
        problem.setContentsMargins(space.l, 0, space.l, 0)
        problem.addWidget(self.problem)
        column.addLayout(problem)
        column.addLayout(row, 1)
        self.setFocusProxy(self.list)

    def _connect(self) -> None:
        self._answers.checking.tell(self.badge)
        self._answers.checking.checked.connect(self._settled)
        self._answers.outdated.connect(self._outdated)
        self._answers.evaluated.connect(self._came)
        self._answers.refused.connect(self._refused)
        self._answers.listed.connect(self._controls.show_detectors)
        self._controls.changed.connect(self.changed)
        self.list.cellHovered.connect(self._find_hovered)
        self.list.cellClicked.connect(self._find_clicked)
        self.list.arrowPressed.connect(self._arrow)
        self.table.cellHovered.connect(self._value_hovered)
        self.table.cellClicked.connect(self._value_clicked)
        self.table.arrowPressed.connect(self._arrow)
        for canvas in (self.list, self.table):
            canvas.hoverLeft.connect(self._left)
        self.plot.read.connect(self._curve_read)
        self.plot.picked.connect(self._curve_picked)
        self.plot.pointPicked.connect(self._point_picked)

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
        self._settings = settings
        self._controls.show_settings(settings)
        self._show()
        self._ask()

    def set_active(self, active: bool) -> None:
        if active and not self._active:
            self._answers.list_detectors()
        self._active = active
        if active:
            self._ask()
        else:
            self._answers.drop()

    def facts(self) -> list[Fact]:
        return [] if self._shown is None else words.facts(self._shown)

    def steps(self) -> tuple[int, int, str] | None:
        shown = self._shown
        return None if shown is None or shown.index < 0 else (len(shown.verdicts), shown.index, "find")

    def go_to(self, step: int) -> None:
        self.looked.emit(replace(self._settings, step=min(max(step, 0), MOST_STEP)))

    def open_folder(self, path: Path) -> bool:
        """A folder with label files is scored."""
        try:
            labelled = any(
                entry.suffix.lower() in LABEL_FILES for entry in islice(path.rglob("*"), LOOKED_AT)
            )
        except OSError as error:
            self.said.emit(f"The folder {path.name} cannot be read ({error.strerror}).", "warn")
            return True
        if labelled:
            self._controls.take_folder(path)
        return labelled

    def arrays(self) -> Arrays:
        """The walk and the table. Raises UserError while there are none."""
        shown = self._shown
        if shown is None:
            raise UserError("There are no scores yet.", "Wait until the detector has looked at the pictures.")
        made = shown.curve
        return [
            ("scores, best first", np.array([one.score for one in shown.verdicts])),
            ("right", np.array([int(one.right) for one in shown.verdicts])),
            ("precision", made.precision),
            ("recall", made.recall),
            ("envelope", made.envelope),
            ("average precision (classes, IoU 0.50 to 0.95)", shown.table),
        ]

    def film(self) -> FilmSource | None:
        shown = self._shown
        return None if shown is None or shown.index < 0 else walk_film(shown, self._settings)

    @property
    def settled(self) -> bool:
        if not self.problem.isHidden():
            return self._answers.failed
        return self._shown is not None and self._shown.evaluated.complete and self._answers.settled

    # --- asking ---------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if not self._active:
            return
        self._answers.want(self._settings)
        shown = self._shown
        if shown is not None and shown.evaluated.complete:
            self._answers.want_check(shown)

    @Slot()
    def _settled(self) -> None:
        self.settledChanged.emit()

    @Slot()
    def _outdated(self) -> None:
        self.problem.hide()
        self._fade(self._evaluated is not None)

    @Slot(object)
    def _came(self, evaluated: Evaluated) -> None:
        self._evaluated = evaluated
        self.problem.hide()
        self._fade(False)
        self._show()
        if evaluated.complete:
            self._ask()
        self.factsChanged.emit()
        self.settledChanged.emit()

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self.problem.say(f"{report.sentence} {report.hint}".strip())
        self.problem.show()
        self._fade(self._evaluated is not None)
        self.settledChanged.emit()

    def _fade(self, faded: bool) -> None:
        for part in (self.picture, self.plot, self.list, self.table):
            part.set_stale(faded)

    # --- what is shown --------------------------------------------------------------------------------------

    def _show(self) -> None:
        before, shown = self.steps(), resolve(self._settings, self._evaluated)
        self._shown = shown
        if shown is None:
            self.tile.say(NAME, words.WAITING)
            for canvas in (self.list, self.table):
                canvas.set_builder(empty_scene, glide=False)
            self.picture.set_empty_text(words.WAITING, "image-outline")
            self.plot.set_empty_text(words.WAITING)
        else:
            self._controls.show_classes(shown.evaluated.classes)
            self._show_find(shown)
            self.list.set_builder(partial(list_scene, shown), glide=False)
            self.table.set_builder(partial(table_scene, shown), glide=False)
            self.plot.set_empty_text(words.NOTHING)
            curve_plot.show(self.plot, shown)
        if self.steps() != before:
            self.stepsChanged.emit()

    def _show_find(self, shown: Shown) -> None:
        verdict = shown.verdict
        frame = shown.evaluated.frames[0 if verdict is None else verdict.picture]
        if frame is not self.picture.frame:
            self.picture.set_boxes(())
            self.picture.set_frame(frame)
            self.tile.arrange()
        boxes = boxes_of(shown)
        self.picture.set_boxes(boxes)
        self.picture.light(len(boxes) - 1 if boxes else None)
        self.tile.say(words.title(shown), words.detail(shown))

    # --- hand and pointer -----------------------------------------------------------------------------------

    def _find_in(self, row: int, column: int) -> int | None:
        """The find in a cell of the list."""
        plate = self.list.scene.plate(FINDS)
        shown = self._shown
        if plate is None or shown is None:
            return None
        index = row * plate.shape[1] + column
        return index if index < len(shown.verdicts) else None

    @Slot(str, int, int)
    def _find_hovered(self, _key: str, row: int, column: int) -> None:
        index = self._find_in(row, column)
        if index is not None and self._shown is not None:
            self.pointed.emit(words.find_facts(self._shown, index))

    @Slot(str, int, int)
    def _find_clicked(self, _key: str, row: int, column: int) -> None:
        index = self._find_in(row, column)
        if index is not None:
            self.go_to(index)

    @Slot(str, int, int)
    def _value_hovered(self, key: str, row: int, column: int) -> None:
        if key == TABLE and self._shown is not None:
            kind = rows_of(self._shown)[row]
            self.pointed.emit(words.value_facts(self._shown, kind, column, THRESHOLDS[column]))

    @Slot(str, int, int)
    def _value_clicked(self, key: str, row: int, column: int) -> None:
        """A cell picks its class and its threshold; a mean picks what it is the mean of."""
        if self._shown is None:
            return
        changes: dict[str, Any] = {}
        if key in (TABLE, BY_CLASS):
            changes.update(kind=rows_of(self._shown)[row], step=MOST_STEP)
        if key in (TABLE, BY_THRESHOLD):
            changes.update(least=THRESHOLDS[column])
        settings = replace(self._settings, **changes)
        if settings != self._settings:
            self.changed.emit(settings, "")

    @Slot(object)
    def _curve_read(self, reading: Reading | None) -> None:
        shown = self._shown
        index = None if shown is None or reading is None else curve_plot.find_at(shown, reading.x)
        self.pointed.emit([] if index is None or shown is None else words.find_facts(shown, index))

    @Slot(float)
    def _curve_picked(self, recall: float) -> None:
        index = None if self._shown is None else curve_plot.find_at(self._shown, recall)
        if index is not None:
            self.go_to(index)

    @Slot(str, int)
    def _point_picked(self, series: str, index: int) -> None:
        """Of finds with the same recall, the very one that was clicked."""
        if series == curve_plot.FINDS:
            self.go_to(index)

    @Slot()
    def _left(self) -> None:
        self.pointed.emit([])

    @Slot(int, int, bool)
    def _arrow(self, rows: int, columns: int, _shift: bool) -> None:
        """Left and right go from find to find, up and down from class to class."""
        shown = self._shown
        if shown is None:
            return
        if columns and shown.index >= 0:
            step = min(max(shown.index + columns, 0), len(shown.verdicts) - 1)
            if step != shown.index:
                self.go_to(step)
        elif rows:
            kinds: list[int | None] = [None, *shown.counted()]
            place = kinds.index(shown.kind) if shown.kind in kinds else 0
            kind = kinds[min(max(place + rows, 0), len(kinds) - 1)]
            if kind != self._settings.kind:
                self.changed.emit(replace(self._settings, kind=kind, step=MOST_STEP), "scoring class")
