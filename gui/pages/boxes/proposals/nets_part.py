"""The part "Three nets": the answers of R-CNN, Fast R-CNN and Faster R-CNN over a table of what they cost."""

from __future__ import annotations

from functools import partial
from typing import Final, cast

from PySide6.QtCore import QRect, QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.detection.proposals.requests import Method, RegionRun, Search
from engine.errors import ErrorReport
from gui.latest import CANCELLED
from gui.pages.boxes.proposals import nets_layout, words
from gui.pages.boxes.proposals.answer_tile import AnswerTile
from gui.pages.boxes.proposals.cost_table import CostTable
from gui.pages.boxes.proposals.nets_layout import Arrangement, Needs
from gui.pages.boxes.proposals.nets_words import NetsWords
from gui.pages.boxes.proposals.settings import ANSWERS, ProposalsSettings
from gui.theme import space, theme
from gui.widgets.facts import Fact

NOT_YET: Final = "–"
LOW: Final = 470
"""Stages lower than this keep their room for pictures: the explanation has the words, too."""
METHODS: Final[tuple[Method, ...]] = ("rcnn", "fast", "faster")


class NetsPart(QWidget):
    """Shows how far each method is while it runs; one picture may be opened, which is shown alone.

    weightsAsked(): lead to the page Weights; pointed(facts); openAsked(method): a picture was clicked.
    """

    weightsAsked = Signal()
    openAsked = Signal(str)
    pointed = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = {method: AnswerTile(method, self) for method in METHODS}
        self.table = CostTable(list(self.columns.values()), self)
        self.words = NetsWords(self)
        self._search: Search | None = None
        self._settings = ProposalsSettings()
        self.words.weights.clicked.connect(self.weightsAsked)
        for column in self.columns.values():
            column.view.hovered.connect(partial(self._hovered, column))
            column.view.left.connect(partial(self.pointed.emit, []))
            column.view.clicked.connect(partial(self._clicked, column.method))
        self.setFocusProxy(self.columns["rcnn"].view)
        theme.changed.connect(self._arrange)

    # --- where it stands ------------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        return QSize(380, 320)

    def sizeHint(self) -> QSize:
        return QSize(700, 560)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _arrange(self) -> None:
        """All three pictures over what they cost, or the opened one alone."""
        width, height = self.columns["rcnn"].view.picture_size
        if not width:
            return
        opened = self._settings.opened
        self.words.note.setVisible(self.height() >= LOW)
        arrange = nets_layout.alone if opened else nets_layout.best
        made = arrange(self.size(), self._needs(width / height))
        self._place(made, [column for column in self.columns.values() if opened in ("", column.method)])

    def _needs(self, aspect: float) -> Needs:
        return Needs(
            head=self.columns["rcnn"].head,
            headed=self.table.height_for(headed=True),
            bare=self.table.height_for(headed=False),
            words=self.words.height_for,
            left=self.table.left,
            aspect=aspect,
            gap=space.m,
        )

    def _place(self, made: Arrangement, shown: list[AnswerTile]) -> None:
        for column in self.columns.values():
            column.setVisible(column in shown)
        for column, place in zip(shown, made.tiles, strict=True):
            column.set_picture(made.picture)
            column.setGeometry(place)
        self.table.set_headed(made.headed)
        for widget, area in ((self.table, made.table), (self.words, made.words)):
            widget.setVisible(area is not None)
            widget.setGeometry(area or QRect())

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
        self.words.saving.say("")

    def show_run(self, run: RegionRun) -> None:
        """A method has gone further, or is through."""
        column = self.columns[run.method]
        column.run = run
        column.set_stale(False)
        column.line.setText(("" if run.trained else "untrained: ") + f"{run.title}, {run.device}")
        if run.method == "faster":
            self.words.set_untrained(not run.trained)
        for one in self.columns.values():
            self._show(one)
        self.words.saving.say(words.saving_text(self.columns["rcnn"].run, self.columns["fast"].run))
        self._arrange()

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
                passes = f"{words.passes_text(column.run.passes)}, {words.macs_text(column.run.macs)} MACs"
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

    def _show(self, column: AnswerTile) -> None:
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

    def _hovered(self, column: AnswerTile, x: int, y: int) -> None:
        self.pointed.emit(column.view.answer_at(x, y))
