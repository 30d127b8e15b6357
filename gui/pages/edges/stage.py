"""The stage: the choice of views, the canvas of the small input, the tiles of a picture; shows what it is handed."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from engine.foundations.edges.picture import STRONGEST
from engine.foundations.edges.requests import FilteredPicture
from engine.foundations.edges.window import PixelWindow, window_at
from gui.pages.edges.band import pair_band, steer_band, window_band
from gui.pages.edges.kernel_scene import kernel_scene
from gui.pages.edges.maps_view import EMPTY, MapsView
from gui.pages.edges.plan import plan
from gui.pages.edges.resolve import Grid
from gui.pages.edges.state import MAX_WEIGHT, EdgesState
from gui.theme import space
from gui.widgets.canvas import Canvas
from gui.widgets.choices import Segmented

VIEWS: Final = (
    ("kernel", "On a small input", "Input, kernel and output as numbers; the sign of an edge (Alt+1)"),
    ("picture", "Picture", "A photo, a drawing or the camera beside its response (Alt+2)"),
    ("gradient", "Magnitude and angle", "Two responses make a vector at every pixel (Alt+3)"),
    ("rotate", "Rotate", "The kernel turns from 0 to 180 degrees, the response follows (Alt+4)"),
    ("compare", "Compare", "All edge kernels on the same picture (Alt+5)"),
)
PAIR_BAND, STEER_BAND = 0.25, 0.17
"""How high the band gets for its width: as many kernels side by side leave it."""


class EdgesStage(QWidget):
    """viewPicked(key): a person chose a view."""

    viewPicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views = Segmented(VIEWS)
        self.canvas, self.maps = Canvas(cell_limit=MAX_WEIGHT), MapsView()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self.maps)
        self._state = EdgesState()
        self._banded: object = None
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(space.l, space.m, space.l, 0)
        row.addWidget(self.views)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._stack, 1)
        self.views.changed.connect(self.viewPicked)
        self.maps.cursorMoved.connect(self._show_band)

    @property
    def shown(self) -> Canvas | MapsView:
        """What the view on show is drawn in."""
        return self.maps if self._state.on_picture else self.canvas

    def show_grid(self, grid: Grid, *, glide: bool) -> None:
        """Show the small input under the kernel."""
        self._show_view(grid.state)
        self.canvas.set_builder(partial(kernel_scene, grid), glide=glide)

    def show_maps(
        self, state: EdgesState, result: FilteredPicture | None, *, fresh: bool, live: bool
    ) -> None:
        """Show the maps of a picture; those of another setting are dimmed soon. None: there are none yet."""
        self._show_view(state)
        maps = self.maps
        if result is None:
            maps.show_nothing(*EMPTY)
        elif self._is_new(state, result):
            maps.show_plan(plan(result, state.arrangement), result, divider=state.wipe, live=live)
        else:
            maps.set_divider(state.wipe)
        if fresh or live:
            maps.set_fresh()
        else:
            maps.expect()
        self._show_band()

    def _is_new(self, state: EdgesState, result: FilteredPicture) -> bool:
        """Whether the tiles have to be laid out and coloured anew: not for a divider that moves."""
        shown = self.maps.plan
        wiped = shown is not None and shown.tiles[0].wiped
        wants = state.arrangement == "wipe" and result.request.what == "response"
        return self.maps.result is not result or wiped != wants

    def _show_view(self, state: EdgesState) -> None:
        self._state = state
        self.views.set_value(state.view)
        self._stack.setCurrentWidget(self.shown)

    @Slot()
    def _show_band(self) -> None:
        """The kernels above the tiles, and in the picture's view the window under the cursor."""
        state, window = self._state, self._window() if self._state.view == "picture" else None
        about = (state.view, state.shown_kernel, window and (self.maps.result, self.maps.cursor_place))
        if about == self._banded:
            return
        self._banded = about
        if state.view == "compare":
            self.maps.show_band(None)
        elif state.view == "gradient":
            self.maps.show_band(partial(pair_band, state.shown_kernel), PAIR_BAND)
        elif state.view == "rotate":
            self.maps.show_band(partial(steer_band, state.shown_kernel), STEER_BAND)
        else:
            self.maps.show_band(partial(window_band, state.shown_kernel, window))

    def _window(self) -> PixelWindow | None:
        """The window under the cursor, of the response on show."""
        result, cell = self.maps.result, self.maps.cursor_place
        if result is None or cell is None or result.request.what != "response":
            return None
        name = STRONGEST if STRONGEST in result.names else result.names[0]
        return window_at(result, name, cell[1], cell[0])
