"""The part "Three nets": the answers of R-CNN, Fast R-CNN and Faster R-CNN over a table of what they cost."""

from __future__ import annotations

from functools import partial
from typing import Final, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.detection.proposals.requests import Method, RegionRun, Search
from engine.errors import ErrorReport
from gui.latest import CANCELLED
from gui.pages.boxes.proposals import words
from gui.pages.boxes.proposals.answers_view import AnswersView
from gui.pages.boxes.proposals.cost_cell import CostCell
from gui.pages.boxes.proposals.settings import ANSWERS, ProposalsSettings
from gui.pages.units.fading import fade
from gui.theme import space, theme
from gui.widgets.facts import Fact
from gui.widgets.plain_text import literal
from gui.widgets.wrapped import OneLine, Wrapped

NAMES: Final = 110
"""Width of the names of the rows, about."""
BENEATH: Final = 360
"""Height of titles, table and words, about."""
NOT_YET: Final = "–"
TITLES: Final = 52
LEAST_PICTURE: Final = 72
LOW: Final = 470
METHODS: Final[tuple[Method, ...]] = ("rcnn", "fast", "faster")


class _Column:
    """One method: its picture, the line above it, the cells of the table."""

    def __init__(self, method: Method) -> None:
        self.method = method
        self.title = QLabel(words.METHODS[method])
        self.title.setFont(theme.font("section", bold=True))
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.line = OneLine(words.HOW[method])
        self.view = AnswersView(f"Answers of {words.METHODS[method]}")
        self.cells = {
            key: CostCell(f"{words.METHODS[method]}: {name}", barred=key in words.BARRED)
            for key, name, _ in words.ROWS
        }
        self.run: RegionRun | None = None

    def set_stale(self, stale: bool) -> None:
        self.view.set_stale(stale)
        for cell in self.cells.values():
            cell.set_stale(stale)


class NetsPart(QWidget):
    """Shows how far each method is while it runs; one picture may be opened, which is shown alone.

    weightsAsked(): lead to the page Weights; pointed(facts); openAsked(method): a picture was clicked.
    """

    weightsAsked = Signal()
    openAsked = Signal(str)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = {method: _Column(method) for method in METHODS}
        self.saving, self.note = Wrapped("muted"), Wrapped("muted")
        self.untrained = Wrapped("warn")
        self.weights = QPushButton("Open the page Weights")
        self._search: Search | None = None
        self._settings = ProposalsSettings()
        self._names: list[QLabel] = []
        self._is_untrained = False
        self._build()
        self.weights.clicked.connect(self.weightsAsked)
        for column in self.columns.values():
            column.view.hovered.connect(partial(self._hovered, column))
            column.view.left.connect(partial(self.pointed.emit, []))
            column.view.clicked.connect(partial(self._clicked, column.method))
            column.view.setToolTip("Click to see it alone, and again or Esc to come back")
        self.setFocusProxy(self.columns["rcnn"].view)

    def _build(self) -> None:
        grid = self._grid = QGridLayout()
        grid.setHorizontalSpacing(space.l)
        grid.setVerticalSpacing(space.xs)
        for place, column in enumerate(self.columns.values(), start=1):
            grid.setColumnStretch(place, 1)
            grid.addWidget(column.title, 0, place)
            grid.addWidget(column.line, 1, place)
            grid.addWidget(column.view, 2, place)
        for row, (key, name, tip) in enumerate(words.ROWS, start=3):
            label = QLabel(name)
            label.setProperty("role", "muted")
            label.setToolTip(literal(tip))
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._names.append(label)
            for place, column in enumerate(self.columns.values(), start=1):
                column.cells[key].setToolTip(literal(tip))
                grid.addWidget(column.cells[key], row, place)
        column_of_words = QVBoxLayout(self)
        column_of_words.setContentsMargins(0, 0, 0, 0)
        column_of_words.setSpacing(space.s)
        column_of_words.addLayout(grid)
        for line in (self.saving, self.note, self.untrained):
            column_of_words.addWidget(line)
        column_of_words.addWidget(self.weights, 0, Qt.AlignmentFlag.AlignLeft)
        column_of_words.addStretch(1)
        self.untrained.hide()
        self.weights.hide()
        self.note.say(words.NO_BACKGROUND)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """All pictures beside each other, or the opened one across all columns; the table right beneath.

        On a low stage an opened picture has it for itself, and the words that the explanation has as well give way.
        """
        opened, low = self._settings.opened, self.height() < LOW
        alone = low and opened != ""
        for place, column in enumerate(self.columns.values(), start=1):
            self._grid.removeWidget(column.view)
            if not opened:
                self._grid.addWidget(column.view, 2, place)
            elif column.method == opened:
                self._grid.addWidget(column.view, 2, 1, 1, len(METHODS))
            shown = opened in ("", column.method)
            column.view.setVisible(shown)
            fade(column.title, faded=not shown)
            for cell in column.cells.values():
                cell.setVisible(not alone)
        for label in self._names:
            label.setVisible(not alone)
        self.saving.setVisible(not alone)
        self.note.setVisible(not low)
        for widget in (self.untrained, self.weights):
            widget.setVisible(self._is_untrained and not alone)
        self._fit_pictures(TITLES if alone else BENEATH)

    def _fit_pictures(self, rest: int) -> None:
        """Pictures are as high as their shape needs, or as the rest leaves room for."""
        width, height = self.columns["rcnn"].view.picture_size
        if not width:
            return
        across = (self.width() - NAMES - len(METHODS) * space.l) / len(METHODS)
        if self._settings.opened:
            across = self.width() - NAMES - space.l
        down = max(min(across * height / width, self.height() - rest), LEAST_PICTURE)
        for column in self.columns.values():
            column.view.setFixedHeight(round(down))

    # --- what is shown --------------------------------------------------------------------------------------

    def show_search(self, search: Search, settings: ProposalsSettings) -> None:
        """Show a picture, and what was found in it so far."""
        if self._search is not None and self._search.request.frame is not search.request.frame:
            self._forget()
        self._search, self._settings = search, settings
        for column in self.columns.values():
            self._show(column)
        self._arrange()

    def _forget(self) -> None:
        """Another picture: boxes found in the one before mean nothing on it."""
        for column in self.columns.values():
            column.run = None
            for cell in column.cells.values():
                cell.show_cost(NOT_YET)
        self.saving.say("")

    def show_run(self, run: RegionRun) -> None:
        """A method has gone further, or is through."""
        column = self.columns[run.method]
        column.run = run
        column.set_stale(False)
        column.line.setText(("" if run.trained else "untrained: ") + f"{run.title}, {run.device}")
        if run.method == "faster":
            self.untrained.say("" if run.trained else words.UNTRAINED)
            self._is_untrained = not run.trained
            self._arrange()
        for one in self.columns.values():
            self._show(one)
        self.saving.say(words.saving_text(self.columns["rcnn"].run, self.columns["fast"].run))

    def set_stale(self, method: str) -> None:
        """What is on show of a method belongs to another question."""
        column = self.columns[cast(Method, method)]
        column.set_stale(column.run is not None)
        column.line.setText("on its way")

    def refuse(self, method: str, report: ErrorReport) -> None:
        """There will be no answer, and why."""
        column = self.columns[cast(Method, method)]
        sentence = (
            "cancelled; “Run again” is on the left"
            if report == CANCELLED
            else f"{report.sentence} {report.hint}"
        )
        column.line.setText(sentence.strip())

    def facts(self) -> list[Fact]:
        """The costs of every method, for the inspector."""
        rows: list[Fact] = []
        for column in self.columns.values():
            if column.run is not None:
                passes = f"{column.run.passes:,} passes, {words.macs_text(column.run.macs)} MACs"
                rows.append(
                    (column.title.text(), passes, "Convolutional passes; multiplications with weights.")
                )
        faster = self.columns["faster"].run
        if faster is not None:
            for number, level in enumerate(faster.levels):
                height, width = level.objectness.shape
                text = f"{width} × {height} × {len(level.anchors)} anchors, {len(level.boxes)} kept"
                rows.append((f"level {number + 1}", text, f"Stride {level.stride:g} px."))
        return rows

    def _show(self, column: _Column) -> None:
        search, settings, run = self._search, self._settings, column.run
        if search is None:
            return
        level = settings.level if run is not None and run.method == "faster" else ANSWERS
        column.view.show_run(search.request.frame, search.picture.width, run, settings.least, level)
        if run is not None:
            shares = words.cost_shares(run, [one.run for one in self.columns.values() if one.run is not None])
            for key, text in words.cost_cells(run, len(column.view.found.boxes)).items():
                column.cells[key].show_cost(text, shares.get(key, 0.0))

    def _clicked(self, method: str, _x: int, _y: int) -> None:
        self.openAsked.emit("" if self._settings.opened else method)

    def _hovered(self, column: _Column, x: int, y: int) -> None:
        self.pointed.emit(column.view.answer_at(x, y))
