"""The graph view and its folding: what is drawn, what a hand on a box means, what folds and unfolds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from engine.networks.graphs import folding
from engine.networks.graphs.groups import groups_of
from gui.pages.architectures.drawing import closed, drawing_of, folded_as, groups_in, item_rows, opened
from gui.pages.architectures.resolve import Shown
from gui.pages.architectures.state import ArchitecturesState
from gui.pages.base import Verb
from gui.theme import ICON_SIZE, space, theme
from gui.widgets.graph.view import KEY_ZOOM, GraphView

TURN_RIGHT = ("arrow-right", "From left to right (R)")
TURN_DOWN = ("arrow-down", "From top to bottom (R)")


class GraphDesk(QObject):
    """Owns the graph view; reads the page's state through `get` and tells the next one."""

    looked = Signal(object)
    """The next state after folding or unfolding: looking around, no change."""
    picked = Signal(str)
    """A layer was chosen; "" for none."""
    activated = Signal(str)
    """A layer was double-clicked."""
    pointed = Signal(object, object)
    """The layer (Node) under the pointer or None, and rows about a closed module."""
    menuAsked = Signal(object, QPoint)
    """Verbs of the box under the pointer, and where the menu belongs."""

    def __init__(self, get: Callable[[], ArchitecturesState], parent: QObject) -> None:
        super().__init__(parent)
        self._get = get
        self._shown: Shown | None = None
        self._drawn: object = None
        self._folded: folding.Folded | None = None
        self._network = ""
        self.view = GraphView()
        self.zoom_bar = self._zoom_buttons()
        self.view.hovered.connect(self._hovered)
        self.view.picked.connect(self._box_picked)
        self.view.activated.connect(self._box_activated)
        self.view.foldToggled.connect(self.toggle)
        self.view.menuRequested.connect(self._menu_requested)
        theme.changed.connect(self._retint)

    # --- show ------------------------------------------------------------------------------------------------

    def show_graph(self, shown: Shown, state: ArchitecturesState) -> None:
        """Draw a network folded as the state says, with its selected layer."""
        self.view.set_direction(state.direction)
        drawn = (shown, state.open_groups, state.stacked, state.apart)
        if self._folded is None or self._drawn != drawn:
            self._shown, self._drawn, self._folded = shown, drawn, folded_as(shown.graph, state)
            self.view.set_drawing(drawing_of(self._folded, shown), keep_view=state.network == self._network)
            self._network = state.network
        self._retint()
        item = self._folded.item_of.get(state.layer)
        self.view.set_selected(item.name if item else "")

    def show_found(self, layers: tuple[str, ...]) -> None:
        """Highlight what the search found: the boxes of these layers, or of the modules that hide them."""
        items = (self._item_of(layer) for layer in layers)
        self.view.set_found(tuple(dict.fromkeys(item.name for item in items if item is not None)))

    def forget(self) -> None:
        """The drawing belongs to a network that is not on show any more."""
        self._shown = self._folded = None
        self.view.set_found(())

    def revealing(self, state: ArchitecturesState) -> ArchitecturesState:
        """The state in which its selected layer is not hidden in a closed module."""
        if self._shown is None or self._folded is None:
            return state
        item = self._folded.item_of.get(state.layer)
        if item is not None and not item.groups:
            return state
        groups = folding.reveal(self._shown.graph, state.layer, self._folded.open_groups)
        return replace(state, open_groups=tuple(sorted(groups)), apart=(*state.apart, *groups_in(item)))

    def reveal(self, layer: str) -> None:
        """Bring the box of a layer into view, where it cannot be seen and read already."""
        item = self._item_of(layer)
        if item is not None and not self.view.shows(item.name):
            self.view.reveal(item.name)

    def _item(self, key: str) -> folding.Item | None:
        return self._folded.by_name.get(key) if self._folded is not None else None

    def _item_of(self, layer: str) -> folding.Item | None:
        return self._folded.item_of.get(layer) if self._folded is not None else None

    # --- fold ------------------------------------------------------------------------------------------------

    @Slot(str)
    def toggle(self, key: str) -> None:
        """Unfold a closed module, or fold an open one."""
        if self._folded is None:
            return
        state = self._get()
        self.looked.emit(opened(self._folded, key, state) or closed(self._folded, key, state))

    @Slot()
    def fold_all(self) -> None:
        self.looked.emit(replace(self._get(), open_groups=(), apart=()))

    @Slot()
    def unfold_all(self) -> None:
        if self._shown is not None:
            self.looked.emit(replace(self._get(), open_groups=tuple(sorted(groups_of(self._shown.graph)))))

    @Slot(bool)
    def pick_stacked(self, stacked: bool) -> None:
        """Draw identical neighbours as one, or each."""
        self.looked.emit(replace(self._get(), stacked=stacked, apart=()))

    def fold_around(self) -> None:
        """Fold the module around the selected layer; with nothing selected, all."""
        item = self._item_of(self._get().layer)
        if item is not None and item.path:
            self.toggle(item.path[-1])
        else:
            self.fold_all()

    # --- hand ------------------------------------------------------------------------------------------------

    @Slot(str)
    def _hovered(self, key: str) -> None:
        item = self._item(key)
        if self._shown is None or item is None:
            self.pointed.emit(None, ())
        elif item.groups:
            self.pointed.emit(None, item_rows(item, self._shown.graph))
        else:
            self.pointed.emit(self._shown.node(item.layers[0]), ())

    @Slot(str)
    def _box_picked(self, key: str) -> None:
        """A layer is selected. No single layer speaks for a closed module: its numbers stand under the cursor."""
        item = self._item(key)
        self.picked.emit(item.layers[0] if item is not None and not item.groups else "")
        if item is not None and item.groups:
            self.view.set_selected(key)
            self._hovered(key)

    @Slot(str)
    def _box_activated(self, key: str) -> None:
        item = self._item(key)
        if item is not None and item.groups:
            self.toggle(key)
        elif item is not None:
            self.activated.emit(item.layers[0])

    @Slot(str, QPoint)
    def _menu_requested(self, key: str, place: QPoint) -> None:
        item = self._item(key)
        verbs = []
        if item is not None and item.groups:
            verbs.append(Verb("Unfold", "", lambda: self.toggle(item.name)))
        elif item is not None:
            verbs.append(Verb("Trace one pixel of it", "", lambda: self.activated.emit(item.layers[0])))
        if item is not None and item.path:
            verbs.append(Verb(f"Fold “{item.path[-1]}”", "", lambda: self.toggle(item.path[-1])))
        self.menuAsked.emit(verbs, place)

    # --- zoom ------------------------------------------------------------------------------------------------

    def _zoom_buttons(self) -> QWidget:
        """What the keys +, - and 0 do, for the mouse."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.xs)
        self._buttons: list[QToolButton] = []
        for icon, tip, run in (
            ("", "", self.turn), ("minus", "Smaller (−)", self._zoom_out), ("plus", "Larger (+)", self._zoom_in),
            ("fit-to-page-outline", "Show all of it (0)", self.view.fit),
        ):  # fmt: skip
            button = QToolButton()
            button.setProperty("flat", True)
            button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
            _label(button, icon, tip)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(run)
            row.addWidget(button)
            self._buttons.append(button)
        self._retint()
        return holder

    @Slot()
    def turn(self) -> None:
        """Let the layers follow each other to the right instead of down, or the other way."""
        state = self._get()
        self.looked.emit(replace(state, direction="right" if state.direction == "down" else "down"))

    @Slot()
    def _retint(self) -> None:
        down = self._get().direction == "down"
        _label(self._buttons[0], *(TURN_RIGHT if down else TURN_DOWN))
        for button in self._buttons:
            button.setIcon(theme.icon(str(button.property("icon_name"))))

    @Slot()
    def _zoom_in(self) -> None:
        self.view.zoom_by(KEY_ZOOM)

    @Slot()
    def _zoom_out(self) -> None:
        self.view.zoom_by(1 / KEY_ZOOM)


def _label(button: QToolButton, icon: str, tip: str) -> None:
    button.setProperty("icon_name", icon)
    button.setToolTip(tip)
    button.setAccessibleName(tip.split(" (")[0])
