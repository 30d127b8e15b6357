"""The page of shapes and costs: keeps its state, resolves it, shows it, and has the chain checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from engine.errors import UserError
from engine.foundations.calculator.joins import Remedy
from gui.pages import PageEntry
from gui.pages.base import Page, Services, TourStop, Verb
from gui.pages.shapes import exports, tour
from gui.pages.shapes.answers import Answers
from gui.pages.shapes.chain_view import ChainView
from gui.pages.shapes.changes import added, cured, duplicated, moved, removed, with_padding, with_setting
from gui.pages.shapes.controls import ShapesControls
from gui.pages.shapes.explanation import EXPLANATION
from gui.pages.shapes.facts import under_field, under_layer
from gui.pages.shapes.field_plan import FieldPlan
from gui.pages.shapes.field_view import FieldView
from gui.pages.shapes.formulas import all_letters
from gui.pages.shapes.inspector import ShapesInspector
from gui.pages.shapes.quiz import Quiz
from gui.pages.shapes.resolve import Resolved, resolve
from gui.pages.shapes.state import ShapesState
from gui.pages.shapes.strip import Strip
from gui.pages.shapes.table_view import ShapesTable
from gui.pages.shapes.toolbar import Toolbar
from gui.theme import space
from gui.widgets.choices import Segmented

Make: TypeAlias = Callable[[], ShapesState]
Run: TypeAlias = Callable[[], None]
VIEWS: Final = (
    ("chain", "Chain and table", "The volumes, and one row a layer (Alt+1)"),
    ("field", "Receptive field", "What one output sees of the input (Alt+2)"),
)


class ShapesPage(Page[ShapesState]):
    """The shape and cost calculator."""

    state_class = ShapesState

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._active = False
        self._answers = Answers(services.bridge, self)
        self._build_stage()
        self.resolved: Resolved = resolve(self.state)
        self._connect()
        self.show_state(self.state)

    def _build_stage(self) -> None:
        self.views = Segmented(VIEWS)
        self.chain, self.table, self.toolbar = ChainView(), ShapesTable(), Toolbar()
        self.field, self.strip = FieldView(), Strip()
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(space.m, space.s, space.m, space.xs)
        row.addWidget(self.views)
        row.addWidget(self.toolbar, 1)
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.chain, 3)
        column.addWidget(self.table, 4)
        self._stack = QStackedWidget()
        self._stack.addWidget(both)
        self._stack.addWidget(self.field)
        foot = QWidget()
        beneath = QVBoxLayout(foot)
        beneath.setContentsMargins(space.m, space.s, space.m, space.m)
        beneath.addWidget(self.strip)
        self.stage_column.addWidget(bar)
        self.stage_column.addWidget(self._stack, 1)
        self.stage_column.addWidget(foot)
        self.panel = ShapesControls(self.controls, lambda: self.state)
        self.details = ShapesInspector(self.inspector)
        self.quiz = Quiz(self.strip.predictor, self)
        self.strip.worked.warm(all_letters())

    def _connect(self) -> None:
        self.views.changed.connect(self._pick_view)
        self.panel.changed.connect(self._control_moved)
        for part in (self.chain, self.table):
            part.picked.connect(self._pick)
            part.activated.connect(self._deepen)
            part.pointed.connect(self._point)
            part.menuRequested.connect(self._context_menu)
        self.table.edited.connect(self._cell_edited)
        self.table.moved.connect(self._row_moved)
        self.field.unitPicked.connect(self._unit_picked)
        self.field.pointed.connect(self._point_at_field)
        self.field.menuRequested.connect(self._context_menu)
        self.toolbar.addAsked.connect(self._add)
        self.toolbar.duplicateAsked.connect(self._duplicate)
        self.toolbar.removeAsked.connect(self._remove)
        self.toolbar.upAsked.connect(self._move_up)
        self.toolbar.downAsked.connect(self._move_down)
        self.toolbar.brokenAsked.connect(self._show_broken)
        self.strip.remedyChosen.connect(self._cure)
        self.stepper.indexChanged.connect(self._pick)
        self.quiz.revealed.connect(self._refresh)
        self._answers.check.tell(self.details.badge)

    # --- show ------------------------------------------------------------------------------------------------

    def show_state(self, state: ShapesState) -> None:
        """Draw the chain; have it checked a moment later."""
        resolved = self.resolved = resolve(state, self.quiz.answered(state))
        self.views.set_value(state.view)
        self._stack.setCurrentIndex([key for key, *_ in VIEWS].index(state.view))
        self.panel.show(state)
        self.stepper.set_range(len(state.layers) + 1, state.step, "layer", first=0)
        self.quiz.ask(resolved)
        self.chain.show_chain(resolved)
        self.toolbar.show_chain(resolved)
        self.table.show_chain(resolved)
        self.field.show_chain(resolved)
        self.strip.show_chain(resolved, asking=self.quiz.asks(resolved), verdict=self.quiz.verdict)
        self.details.show_chain(resolved)
        if self._active:
            self._answers.want(state)

    @Slot()
    def _refresh(self) -> None:
        """Something was answered: the same state shows more."""
        self.show_state(self.state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.strip.fit(self.stage_area.height())

    # --- what a person does ----------------------------------------------------------------------------------

    def change(self, state: ShapesState, gesture: str | None = None) -> None:
        self.quiz.passed_on()
        super().change(state, gesture)

    @Slot(object, str)
    def _control_moved(self, state: ShapesState, gesture: str) -> None:
        self.change(state, gesture or None)

    @Slot(str)
    def _pick_view(self, view: str) -> None:
        """Looking at it another way is no change: it does not enter the history."""
        self.details.show_under([])
        self.amend(replace(self.state, view=view))  # type: ignore[arg-type]  # the keys of VIEWS

    @Slot(int)
    def _pick(self, index: int) -> None:
        """Another layer is on show."""
        if index != self.state.step:
            self.quiz.passed_on()
            self.amend(replace(self.state, step=index))

    @Slot(int)
    def _deepen(self, index: int) -> None:
        """One depth down: from the layer to what it sees."""
        self.stepper.pause()
        self.amend(replace(self.state, step=max(index, 0), view="field"))

    @Slot(float, float)
    def _unit_picked(self, row: float, column: float) -> None:
        self.amend(replace(self.state, unit=(row, column)))

    @Slot(int)
    def _point(self, index: int) -> None:
        self.details.show_under(under_layer(self.resolved, index) if index >= 0 else [])

    @Slot(object)
    def _point_at_field(self, plan: FieldPlan | None) -> None:
        self.details.show_under(under_field(plan))

    @Slot(int, str, object)
    def _cell_edited(self, index: int, setting: str, value: object) -> None:
        if setting == "p" and isinstance(value, int | str):
            self.change(with_padding(self.state, index, value))
        else:
            self.change(with_setting(self.state, index, setting, value))

    @Slot(int, int)
    def _row_moved(self, index: int, to: int) -> None:
        self.change(moved(self.state, index, to))

    @Slot(str)
    def _add(self, kind: str) -> None:
        self._try(lambda: added(self.state, kind))  # type: ignore[arg-type]  # the menu has the kinds

    @Slot()
    def _duplicate(self) -> None:
        self._try(lambda: duplicated(self.state))

    @Slot()
    def _remove(self) -> None:
        self._try(lambda: removed(self.state))

    @Slot()
    def _move_up(self) -> None:
        self._move(-1)

    @Slot()
    def _move_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        if self.state.step:
            self.change(moved(self.state, self.state.step, self.state.step + by))

    @Slot()
    def _show_broken(self) -> None:
        broken = self.resolved.chain.broken
        if broken is not None:
            self._pick(broken.index)

    @Slot(object)
    def _cure(self, remedy: Remedy) -> None:
        self._try(lambda: cured(self.state, self.state.step, remedy))

    def _try(self, make: Make) -> None:
        """Change the chain, or say why that is not possible."""
        try:
            state = make()
        except UserError as error:
            self.said.emit(str(error), "info")
        else:
            self.change(state)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._keys().get(
            (event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier, Qt.Key(event.key()))
        )
        if action is not None:
            action()
        elif event.text() in ("1", "2", "3", "4") and self.quiz.asks(self.resolved):
            self.strip.predictor.pick(int(event.text()) - 1)
        else:
            super().keyPressEvent(event)

    def _keys(self) -> dict[tuple[Qt.KeyboardModifier, Qt.Key], Run]:
        none, alt, control = (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.AltModifier,
            Qt.KeyboardModifier.ControlModifier,
        )
        return {
            (alt, Qt.Key.Key_1): lambda: self._pick_view("chain"),
            (alt, Qt.Key.Key_2): lambda: self._pick_view("field"),
            (alt, Qt.Key.Key_Up): self._move_up,
            (alt, Qt.Key.Key_Down): self._move_down,
            (none, Qt.Key.Key_Up): self.stepper.step_back,
            (none, Qt.Key.Key_Down): self.stepper.step_forward,
            (none, Qt.Key.Key_Delete): self._remove,
            (none, Qt.Key.Key_Insert): self.toolbar.add_button.showMenu,
            (control, Qt.Key.Key_D): self._duplicate,
        }

    def escape(self) -> bool:
        if self.state.view == "field":
            self._pick_view("chain")
            return True
        return False

    def shortcuts(self) -> list[tuple[str, str]]:
        return [
            ("Add a layer", "Insert"),
            ("Duplicate the layer", "Ctrl+D"),
            ("Remove the layer", "Delete"),
            ("Move the layer", "Alt+Up / Alt+Down"),
            ("Change a number of the table", "F2"),
            ("Answer a prediction", "1 to 4"),
            *((title, f"Alt+{number}") for number, (_key, title, _tip) in enumerate(VIEWS, start=1)),
        ]

    # --- life in the window ----------------------------------------------------------------------------------

    def activated(self) -> None:
        self._active = True
        self.table.setFocus()
        self.show_state(self.state)

    def deactivated(self) -> None:
        super().deactivated()
        self._active = False
        self._answers.stop()

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        return self._answers.settled

    @Slot(int, QPoint)
    def _context_menu(self, index: int, place: QPoint) -> None:
        if index >= 0:
            self._pick(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if index >= 0:
            self._fill_layer_menu(menu, index)
            menu.addSeparator()
        for verb in self.verbs():
            menu.addAction(verb.title, verb.run)
        menu.popup(place)

    def _fill_layer_menu(self, menu: QMenu, index: int) -> None:
        menu.addAction("Show its receptive field", lambda: self._deepen(index))
        add = menu.addMenu("Add a layer behind it")
        for action in self.toolbar.menu.actions():
            add.addAction(action)
        if index:
            menu.addAction("Duplicate", self._duplicate)
            menu.addAction("Remove", self._remove)
