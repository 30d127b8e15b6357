"""The left panel: which network, how large a picture, what is folded, search, the person's changes. Emits wishes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from engine.networks.catalogue import architecture, architectures
from engine.networks.graphs.what_if import MAX_SIDE, Edit
from gui.pages.architectures.edits_list import EditsList
from gui.pages.architectures.network_chooser import NetworkChooser
from gui.pages.architectures.words import Words
from gui.pages.side_panel import SidePanel
from gui.theme import ICON_SIZE, space, theme
from gui.widgets.fields import IntStepper, Toggle
from gui.widgets.section import Section

LEAST_SIDE = 8
SIDE_STEP = 4
ORIGINAL = ""
WHY_SKIP = (
    "Twenty more layers should do no harm: they could pass on what comes in. But plain layers do not learn to "
    "pass it on, and deep plain nets train worse than shallow ones.",
    "A skip connection makes passing on the easy case: a[l+2] = g(z[l+2] + a[l]). With W = 0 and b = 0 the block "
    "is the identity, and the gradient has a way around every block.",
)
SKIP_PAPER = "He, Zhang, Ren & Sun: Deep residual learning for image recognition, 2016"


class SearchField(QWidget):
    """Finds layers by name or kind: text, "n of m", the next and the one before."""

    asked = Signal(str)
    """Other words were typed."""
    stepped = Signal(int)
    """One further (1) or one back (-1) was asked for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit()
        self.edit.setPlaceholderText("Find a layer")
        self.edit.setAccessibleName("Find a layer by name or kind")
        self.edit.setToolTip("Name or kind of a layer (Ctrl+F); Enter goes to the next one")
        self.edit.setClearButtonEnabled(True)
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        row.addWidget(self.edit, 1)
        row.addWidget(self.count)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(self.asked)

    def show_count(self, position: int, count: int) -> None:
        """Show that the `position`-th (from 1) of `count` is selected; nothing while nothing is searched."""
        searching = bool(self.edit.text().strip())
        self.count.setVisible(searching)
        self.count.setText(f"{position} of {count}" if count else "none")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.stepped.emit(-1 if back else 1)
        elif event.key() == Qt.Key.Key_Escape and self.edit.text():
            self.edit.clear()
        else:
            super().keyPressEvent(event)


class ArchitecturesControls(QObject):
    """Builds the controls into a side panel and keeps them in step with the state."""

    networkPicked = Signal(str)
    otherPicked = Signal(str)
    sizePicked = Signal(int)
    """Side of the picture in pixels; 0 for the network's own."""
    foldAsked = Signal()
    unfoldAsked = Signal()
    stackedPicked = Signal(bool)
    editRemoved = Signal(object)
    editsCleared = Signal()

    def __init__(self, panel: SidePanel, source: QWidget) -> None:
        super().__init__(panel)
        networks = architectures()
        self.network = NetworkChooser(networks, "Network")
        self.story, self.paper = Words(), Words("muted")
        self.size = IntStepper(
            "Picture size", value=0, unit="px", low=LEAST_SIDE, high=MAX_SIDE, step=SIDE_STEP,
            tooltip="Height and width of the picture that goes in.",
        )  # fmt: skip
        self.own_size = QPushButton("Back to its own size")
        self.own_size.setProperty("flat", True)
        self.search = SearchField()
        self.fold = _tool("unfold-less-horizontal", "Fold all")
        self.unfold = _tool("unfold-more-horizontal", "Unfold all")
        self.stacked = Toggle("Repeats as one", tooltip="Identical blocks in a row are drawn as one box.")
        self.edits = EditsList()
        self.other = NetworkChooser(networks, "Compared with")
        self.against_original = QPushButton("The changed one against its original")
        self.source = source
        self._own = 0
        self._build(panel)
        self._connect()
        self._retint()

    def _build(self, panel: SidePanel) -> None:
        self.network_section = _section(
            "Network", self.network, self.story, self.paper, self.size, self.own_size
        )
        self.other_section = _section("Compared with", self.other, self.against_original)
        self.find_section = _section("Find and fold", self.search, _row(self.fold, self.unfold), self.stacked)
        self.source_section = _section("Picture", self.source)
        self.edits_section = _section("What if", self.edits)
        why = [Words(), Words(), Words("muted")]
        for label, text in zip(why, (*WHY_SKIP, SKIP_PAPER), strict=True):
            label.setText(text)
        self.skip_section = _section("Why skip connections", *why)
        for section in (
            self.skip_section,
            self.network_section,
            self.other_section,
            self.source_section,
            self.find_section,
            self.edits_section,
        ):
            panel.add(section)
        panel.end()

    def _connect(self) -> None:
        self.network.picked.connect(self.networkPicked)
        self.other.picked.connect(self.otherPicked)
        self.against_original.clicked.connect(self._against_original)
        self.size.committed.connect(self._size_committed)
        self.own_size.clicked.connect(self._own_size_asked)
        self.fold.clicked.connect(self.foldAsked)
        self.unfold.clicked.connect(self.unfoldAsked)
        self.stacked.changed.connect(self.stackedPicked)
        self.edits.removed.connect(self.editRemoved)
        self.edits.cleared.connect(self.editsCleared)
        theme.changed.connect(self._retint)

    # --- from the state --------------------------------------------------------------------------------------

    def show_network(self, name: str, own: int, size: int) -> None:
        """Show which network is chosen and how large its picture is; `own` is the size it was made for."""
        entry = architecture(name)
        self.network.set_value(name)
        self.story.setText(entry.story)
        self.story.setVisible(bool(entry.story))
        self.paper.setText(entry.paper)
        self.paper.setVisible(bool(entry.paper))
        self._own = own
        shown = size or own
        if self.size.value != shown or self.size.problem:
            self.size.set_value(shown)
        self.own_size.setText(f"Back to its own size, {own}")
        self.own_size.setVisible(bool(size) and size != own)

    def show_other(self, name: str, *, changed: bool) -> None:
        """Show which network is beside it; ORIGINAL for the same one as it was."""
        self.other.set_value(name or self.network.value)
        self.against_original.setVisible(changed and name != ORIGINAL)

    def show_stacked(self, stacked: bool) -> None:
        """Show whether repeats are drawn as one."""
        self.stacked.set_value(stacked)

    def show_view(self, view: str) -> None:
        """Show the sections that have a meaning in a view."""
        self.skip_section.setVisible(view == "skip")
        self.network_section.setVisible(view != "skip")
        self.other_section.setVisible(view == "compare")
        self.find_section.setVisible(view in ("graph", "table"))
        for widget in (self.fold, self.unfold, self.stacked):
            widget.setVisible(view == "graph")
        self.source_section.setVisible(view == "pixel")
        self.edits_section.setVisible(view != "skip")

    def show_edits(self, edits: Sequence[tuple[Edit, str, str]]) -> None:
        """Show the person's changes."""
        self.edits.show_edits(edits)

    # --- from the controls -----------------------------------------------------------------------------------

    @Slot(object)
    def _size_committed(self, value: object) -> None:
        side = int(str(value))
        self.sizePicked.emit(0 if side == self._own else side)

    @Slot()
    def _own_size_asked(self) -> None:
        self.sizePicked.emit(0)

    @Slot()
    def _against_original(self) -> None:
        self.otherPicked.emit(ORIGINAL)

    @Slot()
    def _retint(self) -> None:
        for button in (self.fold, self.unfold):
            button.setIcon(theme.icon(str(button.property("icon_name"))))


def _tool(icon: str, text: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setProperty("icon_name", icon)
    button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button


def _row(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(space.s)
    for widget in widgets:
        row.addWidget(widget, 1)
    return holder


def _section(title: str, *widgets: QWidget) -> Section:
    section = Section(title)
    for widget in widgets:
        section.add(widget)
    return section
