"""What every page is: its anatomy (header, controls, stage, inspector, stepper), its state with undo, its life."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from engine.errors import UserError
from gui.bridge import Bridge
from gui.export import copy_text, csv_text
from gui.pages import PageEntry
from gui.pages.header import PageHeader
from gui.pages.side_panel import SidePanel
from gui.pages.side_panels import SidePanels
from gui.settings import Settings
from gui.state import History, PageState, Snapshot, from_json, to_json
from gui.theme import INSPECTOR_WIDTH, PANEL_WIDTH, theme
from gui.widgets.stepper import Stepper

if TYPE_CHECKING:
    from gui.film import Films
    from gui.widgets.plate import Plate

S = TypeVar("S", bound=PageState)

log = logging.getLogger("gui.pages")


@dataclass(frozen=True)
class Services:
    """What the window lends to its pages."""

    bridge: Bridge
    settings: Settings

    @cached_property
    def films(self) -> Films:
        """The films of the window; late, because the first window needs none of what they import."""
        from gui.film import Films

        return Films()


@dataclass(frozen=True, slots=True)
class Verb:
    """One entry of a page's share menu or of a context menu."""

    title: str
    icon: str
    run: Callable[[], None]
    separated: bool = False


@dataclass(frozen=True, slots=True)
class TourStop:
    """One picture of the tour: a state with the words that go with it."""

    name: str
    title: str
    text: str
    state: Any


class Page(QWidget, Generic[S]):
    """One capability in the window. Subclasses give the state's class, build the parts and render states."""

    said = Signal(str, str)
    """A sentence for the banner and its kind: "info", "warn" or "error"."""
    statusChanged = Signal(str)
    historyChanged = Signal()
    fullScreenAsked = Signal()
    pageAsked = Signal(str, object)
    """Another page, by its name, and the fields of its state that are to change (a dict); the window leads there."""

    state_class: type[S]
    numbered: tuple[tuple[str, str, str], ...] = ()
    """What Alt+1, Alt+2 ... pick (views, tools): key, title and tip of each, as a segmented choice takes them."""
    remembers_files = True
    """Whether a file that was opened here may stand in the menu of recent ones."""

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__()
        self.services = services
        self.entry = entry
        self.history: History[S] = History(self.initial_state())
        self.controls = SidePanel(f"{entry.title}: controls", PANEL_WIDTH, Qt.Edge.LeftEdge, self)
        self.inspector = SidePanel(f"{entry.title}: inspector", INSPECTOR_WIDTH, Qt.Edge.RightEdge, self)
        self.stepper = Stepper()
        self.stage_area = QWidget()
        self.stage_column = QVBoxLayout(self.stage_area)
        self.stage_column.setContentsMargins(0, 0, 0, 0)
        self.stage_column.setSpacing(0)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._build()

    # --- what a page gives -----------------------------------------------------------------------------------

    def initial_state(self) -> S:
        """The state a person meets first: something worth looking at, never a blank page."""
        return self.state_class()

    def show_state(self, state: S) -> None:
        """Show a state."""
        raise TypeError(f"{type(self).__name__} must show its state")

    def explanation(self) -> str:
        """What the page shows and how to use it, as rich text, for the "explain" button."""
        return self.entry.summary

    def verbs(self) -> list[Verb]:
        """What can be exported or copied."""
        return []

    def tour(self) -> list[TourStop]:
        """The pictures of this page in the tour."""
        return [TourStop("start", self.entry.title, self.entry.summary, self.initial_state())]

    def tour_ready(self) -> bool:
        """Whether everything that the state owes is on the screen."""
        return True

    def parts_ready(self) -> bool:
        """Whether the parts that pages share have all that they show, such as thumbnails."""
        return True

    def accepts(self, kind: str) -> str | None:
        """Whether a dropped "picture", "video", "folder" or "weights" makes sense here: None, or the reason why not."""
        if kind in self.entry.opens:
            return None
        takes = " and ".join(f"{name}s" for name in self.entry.opens) or "no files"
        what = {"weights": "a file of weights"}.get(kind, f"a {kind}")
        return f"This is {what}; the page {self.entry.title} opens {takes}. What is on show stays."

    def open_path(self, path: Path) -> None:
        """Take a dropped or opened file that `accepts` agreed to."""
        raise UserError(f"The page {self.entry.title} opens no files.")

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Take files that were dropped together, of which `accepts` agreed to the first: most pages take that one."""
        self.open_path(paths[0])

    def paste_image(self, image: QImage) -> None:
        """Take a picture from the clipboard."""
        raise UserError(f"The page {self.entry.title} takes no pasted pictures.")

    def activated(self) -> None:
        """The page came into view."""

    def deactivated(self) -> None:
        """The page went out of view: nothing of it may keep the engine or a camera busy."""
        self.stepper.pause()

    def close_page(self) -> None:
        """The window closes: give everything back."""
        self.deactivated()

    def escape(self) -> bool:
        """One level back (Esc); False where there is none."""
        return False

    # --- state -----------------------------------------------------------------------------------------------

    @property
    def state(self) -> S:
        return self.history.present

    def change(self, state: S, gesture: str | None = None) -> None:
        """The person set something: check, record, show. What cannot be shown is taken back and told."""
        before = self.history.snapshot()
        try:
            self.history.record(state.validated(), gesture)
            self._show()
        except UserError as error:
            self._take_back(before, str(error))
        except Exception:
            log.exception("the page %s cannot show a state", self.entry.name)
            self._take_back(before, "This setting cannot be shown; the one before is back. The log says why.")

    def _take_back(self, before: Snapshot[S], sentence: str) -> None:
        self.history.restore(before)
        self._show()
        self.said.emit(sentence, "warn")

    def amend(self, state: S) -> None:
        """Change the state without an undo step (looking around, a step of a running animation)."""
        self.history.amend(state)
        self._show()

    @Slot()
    def undo(self) -> None:
        self.history.undo()
        self._show()

    @Slot()
    def redo(self) -> None:
        self.history.redo()
        self._show()

    def reset(self) -> None:
        """Back to the state of the first visit, as one undo step."""
        self.change(self.initial_state())

    def save_state(self) -> dict[str, Any]:
        """The state as JSON values."""
        return to_json(self.state)

    def restore_state(self, data: object) -> None:
        """Open a saved state; undo comes back to the present one.

        Raises:
            UserError: the data is no state of this page; the present state stays.
        """
        self.change(from_json(self.state_class, data).validated())

    def restore_session(self, data: object) -> None:
        """Go on where the last session ended; there is nothing to undo then.

        Raises:
            UserError: the data is no state of this page; the present state stays.
        """
        self.history.reset(from_json(self.state_class, data).validated())
        self._show()

    @property
    def stepping(self) -> bool:
        """Whether the stepper has a meaning in what is on show."""
        return not self._stepper_bar.isHidden()

    def shortcuts(self) -> list[tuple[str, str]]:
        """Keys of this page alone: (what they do, key)."""
        return [(title, f"Alt+{index}") for index, (_key, title, _tip) in enumerate(self.numbered, start=1)]

    def pick_numbered(self, key: str) -> None:
        """Alt and a number picked one of `numbered`."""
        raise TypeError(f"{type(self).__name__} must say what {key} picks")

    def _show(self) -> None:
        self.show_state(self.state)
        self.historyChanged.emit()

    # --- anatomy ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.controls)
        middle.addWidget(_hairline(Qt.Orientation.Vertical))
        middle.addWidget(self.stage_area, 1)
        middle.addWidget(_hairline(Qt.Orientation.Vertical))
        middle.addWidget(self.inspector)
        settings, name = self.services.settings, self.entry.name
        self.panels = SidePanels(self, middle, self.stage_area, self.controls, self.inspector, settings, name)
        self.header = PageHeader(self.entry.title, self.entry.summary, self._menu)
        self.header.controlsAsked.connect(self.toggle_controls)
        self.header.explanationAsked.connect(self.explain)
        self.header.fullScreenAsked.connect(self.fullScreenAsked)
        self.header.inspectorAsked.connect(self.toggle_inspector)
        self._stepper_bar = QFrame()
        self._stepper_bar.setObjectName("surface")
        bar = QVBoxLayout(self._stepper_bar)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.setSpacing(0)
        bar.addWidget(_hairline(Qt.Orientation.Horizontal))
        bar.addWidget(self.stepper)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(_hairline(Qt.Orientation.Horizontal))
        column.addLayout(middle, 1)
        column.addWidget(self._stepper_bar)

    def show_stepper(self, visible: bool) -> None:
        """Pages and views without steps hide the stepper."""
        self._stepper_bar.setVisible(visible)
        if not visible:
            self.stepper.pause()

    def show_share_menu(self) -> None:
        """Open the share button's menu (File > Export)."""
        self.header.share.showMenu()

    @Slot()
    def explain(self) -> None:
        """Open the popover that explains the page."""
        from gui.widgets.explainer import show_explanation

        show_explanation(self.header.explain, self.entry.title, self.explanation())

    @Slot()
    def _fill_menu(self) -> None:
        self.fill_menu(self._menu)

    def fill_menu(self, menu: QMenu) -> None:
        """Put the page's verbs into a menu (the share button's, the File menu's, a context menu)."""
        menu.clear()
        self._add_verbs(menu)

    def _add_verbs(self, menu: QMenu) -> None:
        for verb in self.verbs():
            if verb.separated:
                menu.addSeparator()
            action = QAction(theme.icon(verb.icon), verb.title, menu)
            action.triggered.connect(verb.run)
            menu.addAction(action)

    def keeps_secret(self, plate: Plate) -> bool:
        """Whether a grid holds what a class is to find out for itself."""
        return bool(plate.hidden_text)

    def fill_plate_menu(self, menu: QMenu, plate: Plate) -> None:
        """Put what can be done with one grid into its context menu; the page's verbs follow."""
        if not self.keeps_secret(plate):
            title = plate.title or plate.key
            menu.addAction(
                f"Copy the numbers of “{title}”", lambda: copy_text(csv_text([(title, plate.values)]))
            )

    @Slot(object, object)
    def show_menu(self, plate: Plate | None, place: QPoint) -> None:
        """The context menu of a grid, or of the page, at a place of the screen."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if plate is not None:
            self.fill_plate_menu(menu, plate)
            menu.addSeparator()
        self._add_verbs(menu)
        menu.popup(place)

    # --- side panels -----------------------------------------------------------------------------------------

    @Slot()
    def toggle_controls(self) -> None:
        self.panels.toggle_controls()

    @Slot()
    def toggle_inspector(self) -> None:
        self.panels.toggle_inspector()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the stepper, when no field or button of the page has use for them."""
        stepper = self.stepper
        actions = {
            Qt.Key.Key_Space: stepper.toggle,
            Qt.Key.Key_Left: stepper.step_back, Qt.Key.Key_Right: stepper.step_forward,
            Qt.Key.Key_Home: stepper.go_first, Qt.Key.Key_End: stepper.go_last,
            Qt.Key.Key_Plus: stepper.faster, Qt.Key.Key_Equal: stepper.faster, Qt.Key.Key_Minus: stepper.slower,
        }  # fmt: skip
        plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        action = actions.get(Qt.Key(event.key())) if plain and stepper.isVisible() else None
        number = event.key() - Qt.Key.Key_1
        alt = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.AltModifier
        if alt and 0 <= number < len(self.numbered):
            self.pick_numbered(self.numbered[number][0])
        elif event.key() == Qt.Key.Key_Escape and (self.panels.drawer is not None or self.escape()):
            self.panels.close_drawer()
        elif action is not None:
            action()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.header.make_room(self.window().width())
        self.panels.arrange()


def _hairline(orientation: Qt.Orientation) -> QFrame:
    line = QFrame()
    line.setObjectName("hairline")
    if orientation is Qt.Orientation.Vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line
