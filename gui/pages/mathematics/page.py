"""The page of mathematics: keeps its state and wires controls, stage, stepper, inspector and engine to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from engine.errors import UserError
from engine.foundations.algebra.requests import CheckAlgebra
from gui.checking import Checking
from gui.pages import PageEntry
from gui.pages.base import Page, Services, TourStop, Verb
from gui.pages.mathematics import exports, tour
from gui.pages.mathematics.chapter import Chapter
from gui.pages.mathematics.chapters import CHAPTERS
from gui.pages.mathematics.controls import MathematicsControls, with_part
from gui.pages.mathematics.explanation import EXPLANATION
from gui.pages.mathematics.inspector import MathematicsInspector
from gui.pages.mathematics.stage import Stage
from gui.pages.mathematics.state import MathematicsState

FIRST = next(iter(CHAPTERS))
TITLE = "Convolution as mathematics"
"""In the head of the page; the sidebar has room for one word."""


class MathematicsPage(Page[MathematicsState]):
    """Convolution as mathematics."""

    state_class = MathematicsState
    numbered = tuple((one.name, one.title, one.tip) for one in CHAPTERS.values())

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._active = False
        self._check = Checking(services.bridge, "mathematics.check", self)
        self.header.title.setText(TITLE)
        self.stage = Stage(CHAPTERS)
        self.stage_column.addWidget(self.stage, 1)
        self.panel = MathematicsControls(self.controls, CHAPTERS, lambda: self.state)
        self.details = MathematicsInspector(self.inspector)
        self._connect()
        self.show_state(self.state)

    def _connect(self) -> None:
        self.panel.changed.connect(self._control_moved)
        self.panel.refused.connect(self._refuse)
        self.stage.viewPicked.connect(self.pick_numbered)
        self.stage.indexPicked.connect(self._pick_index)
        self.stage.edited.connect(self._cell_edited)
        self.stage.editBegan.connect(self.stepper.pause)
        self.stage.lookedAt.connect(self._looked_at)
        self.stage.pointed.connect(self.details.show_under)
        self.stage.menuRequested.connect(self.show_menu)
        self.stepper.indexChanged.connect(self._stepped)
        self.stepper.playingChanged.connect(self._playing)
        self._check.tell(self.details.badge)

    # --- show ------------------------------------------------------------------------------------------------

    @property
    def chapter(self) -> Chapter[Any, Any]:
        """The view on show."""
        return CHAPTERS[self.state.view]

    @property
    def part(self) -> Any:
        """The part of the state that belongs to it."""
        return getattr(self.state, self.state.view)

    def show_state(self, state: MathematicsState) -> None:
        """Draw the view; have its numbers checked a moment later."""
        chapter, part = self.chapter, self.part
        self.panel.show(state)
        walked = chapter.walked(part)
        self.show_stepper(walked is not None)
        if walked is not None:
            self.stepper.set_range(walked.count, walked.index, walked.noun, first=walked.first)
        self.stage.show_part(chapter, part)
        if self._active:
            shown = self.stage.shown
            self._check.want((chapter.name, chapter.at(part, 0)), lambda: CheckAlgebra(chapter.claims(shown)))

    @Slot(object, object)
    def _looked_at(self, part: Any, shown: Any) -> None:
        self.details.show_chapter(self.chapter, part, shown)

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(object)
    def _control_moved(self, state: MathematicsState) -> None:
        self.change(state)

    @Slot(str)
    def _refuse(self, sentence: str) -> None:
        self.said.emit(sentence, "warn")

    @Slot(str)
    def pick_numbered(self, view: str) -> None:
        """Looking at another view is no change: it does not enter the history."""
        self.stepper.pause()
        in_panel = self.controls.isAncestorOf(QApplication.focusWidget() or self)
        self.amend(replace(self.state, view=view))  # type: ignore[arg-type]  # the keys of CHAPTERS
        if in_panel:  # the field that had the keys is hidden now; Qt would give them to anything
            self.stage.focus()

    @Slot(int)
    def _pick_index(self, index: int) -> None:
        self.stepper.pause()
        self._stepped(index)

    @Slot(int)
    def _stepped(self, index: int) -> None:
        self.amend(with_part(self.state, self.chapter, self.chapter.at(self.part, index)))

    @Slot(bool)
    def _playing(self, playing: bool) -> None:
        self.stage.resting = playing

    @Slot(str, int, int, float)
    def _cell_edited(self, key: str, row: int, column: int, value: float) -> None:
        try:
            part = self.chapter.edited(self.part, key, row, column, value)
        except UserError as error:
            self.said.emit(str(error), "info")
        else:
            self.change(with_part(self.state, self.chapter, part))

    def _draw_anew(self) -> bool:
        """Press the button that draws other numbers, in views that have one."""
        if (self.chapter.name, "draw") not in self.panel.fields:
            return False
        self.change(with_part(self.state, self.chapter, self.chapter.pressed(self.part, "draw")))
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_R and not event.modifiers() and self._draw_anew():
            event.accept()
        else:
            super().keyPressEvent(event)

    def escape(self) -> bool:
        if self.state.view == FIRST:
            return False
        self.pick_numbered(FIRST)
        return True

    def shortcuts(self) -> list[tuple[str, str]]:
        return [
            ("One place on or back", "Left / Right"),
            ("One row on or back", "Up / Down"),
            ("Five places on", "Shift+arrows"),
            ("Draw other numbers", "R"),
            ("Edit a cell by keyboard", "F2"),
            *super().shortcuts(),
        ]

    # --- life in the window ----------------------------------------------------------------------------------

    def activated(self) -> None:
        self._active = True
        self.stage.focus()
        self.show_state(self.state)

    def deactivated(self) -> None:
        super().deactivated()
        self._active = False
        self._check.drop()

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        return self._check.settled
