"""The page of feature maps: keeps its state, asks while a hand moves, and shows what a layer makes of the picture."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent

from engine.images import Frame
from engine.inside.requests import NetLayers
from engine.jobs import EngineState
from gui.net_layers import NetLayersDesk
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.maps import exports, tour
from gui.pages.maps.answers import Answers, StillPicture
from gui.pages.maps.arrivals import Arrivals
from gui.pages.maps.controls import MapsControls
from gui.pages.maps.explanation import EXPLANATION, SHORTCUTS
from gui.pages.maps.exports import Reel
from gui.pages.maps.hand import Hand
from gui.pages.maps.inspector import MapsInspector
from gui.pages.maps.pointer import Pointer
from gui.pages.maps.resolve import Resolver, Shown, layer_of, wanted
from gui.pages.maps.silence import Silence
from gui.pages.maps.stage import Stage
from gui.pages.maps.state import MapsState, Pin, with_source
from gui.pages.maps.toolbar import VIEWS
from gui.pages.source_page import SourcePage
from gui.widgets.source_state import SourceState

LOADING = "PyTorch is still loading; the maps come when it is there."
WAITING = "The maps are on their way."


class MapsPage(SourcePage[MapsState]):
    """Feature maps of any layer of any net."""

    state_class = MapsState
    engine_takes_frames = True
    numbered = VIEWS

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._shown: Shown | None = None
        self.resolver, self.silence, self.reel = Resolver(), Silence(), Reel()
        self.answers = Answers(services.bridge, self)
        self.desk = NetLayersDesk(services.bridge, "maps", self)
        self.second_picture = StillPicture(services.bridge, self)
        self.stage = Stage()
        self.stage_column.addWidget(self.stage, 1)
        self.panel = MapsControls(self.controls, self.picker)
        self.details = MapsInspector(self.inspector)
        self.pointer = Pointer(self.stage, self.details, lambda: self._shown, self)
        self.hand, self.arrivals = Hand(self), Arrivals(self)
        self.show_stepper(False)
        self.panel.units.weightsAsked.connect(self._open_weights)
        self.second_picture.arrived.connect(self._ask)
        self.services.bridge.stateChanged.connect(self._engine_changed)
        self._connect_stage()
        self.show_state(self.state)

    def _connect_stage(self) -> None:
        stage = self.stage
        stage.againAsked.connect(self._ask_again)
        stage.mosaic.menuAsked.connect(self._mosaic_menu)
        stage.zoom.menuAsked.connect(self._unit_menu)

    # --- show ------------------------------------------------------------------------------------------------

    @property
    def shown(self) -> Shown | None:
        """What is on the stage."""
        return self._shown

    @property
    def layers(self) -> NetLayers | None:
        """The layers of the net, None while they are on their way."""
        return self.desk.layers

    @property
    def unit(self) -> Pin | None:
        """Layer and channel under the cursor."""
        return None if self.layers is None else (layer_of(self.state, self.layers).name, self.state.channel)

    def show_state(self, state: MapsState) -> None:
        """Draw at once what memory holds; ask the engine for the rest."""
        self.follow_source(state)
        self.second_picture.want(state.beside)
        if self.active:
            self.desk.want(state.net)
        layers = self.desk.layers
        self.panel.show_state(state)
        self.panel.units.show_layers(layers)
        self.panel.units.show_unit(None if layers is None else layer_of(state, layers), state.channel)
        self.stage.show_view(state, self.unit)
        self.details.show_check(state.view == "filters")
        if layers is None and self.active:
            self.stage.set_stale(True)
            if self.arrivals.maps is None:
                self.stage.show_nothing(self.waiting())
        self._ask()
        self.draw()

    def waiting(self) -> str:
        """What is said while there are no maps."""
        return WAITING if self.services.bridge.state.device is not None else LOADING

    @Slot(object)
    def _engine_changed(self, _state: EngineState) -> None:
        """Torch has come: what is waited for is something else now."""
        if self.stage.mosaic.empty_text == LOADING:
            self.stage.show_nothing(self.waiting())

    def draw(self) -> None:
        """Show the maps that are there under the state as it is; those of another layer stay as they were drawn."""
        maps = self.arrivals.maps
        if maps is None or not self.arrivals.about(maps):
            return
        other = self.arrivals.beside
        self._shown = shown = self.resolver(self.state, maps, other, live=self.picker.live)
        self.pointer.refresh(shown)
        self.stage.show_maps(shown, self.state, other, self.pointer.at)
        self.details.show_maps(shown, self.silence)
        if self.state.view == "maps" and not self.state.zoomed:
            self.reel.add(shown, self.stage.mosaic)

    @Slot()
    def _ask(self) -> None:
        """Ask for everything that the state owes."""
        layers, state = self.desk.layers, self.state
        frame, frames = self.picture, self.picker.frames
        if not self.active or layers is None:
            return
        what = wanted(state, layers, live=frames is not None)
        if frames is not None:
            self.answers.want_live(state.net, what, frames)
        elif frame is not None:
            self.arrivals.live = False
            self.answers.want(state.net, what, frame)
        if state.beside is not None and self.second_picture.frame is not None:
            self.answers.want_beside(state.net, replace(what, bins=0), self.second_picture.frame)
        else:
            self.answers.drop_beside()
        self.ask_filters(frame)

    def ask_filters(self, frame: Frame | None) -> None:
        """Ask what the map of the unit is made of, where that is looked at."""
        if self.state.view == "filters" and frame is not None and self.unit is not None:
            self.answers.want_filters(self.state.net, *self.unit, frame)
        else:
            self.answers.drop_filters()

    def show_none(self, sentence: str, *, again: bool = False) -> None:
        """There are no maps, and why; with `again`, they can be asked for."""
        self._shown = None
        self.stage.show_nothing(sentence, again=again)
        self.stage.set_stale(False)
        self.details.show_maps(None, self.silence)
        self.pointer.refresh(None)

    @Slot()
    def _ask_again(self) -> None:
        """Ask anew what was cancelled."""
        self.answers.again()
        self.show_state(self.state)

    # --- keys ------------------------------------------------------------------------------------------------

    def pick_numbered(self, key: str) -> None:
        self.hand.pick_view(key)
        self.focus_stage()  # the view that had the keys may be hidden now

    def keyPressEvent(self, event: QKeyEvent) -> None:
        actions = {
            Qt.Key.Key_U: lambda: self.hand.step_layer(-1), Qt.Key.Key_O: lambda: self.hand.step_layer(1),
            Qt.Key.Key_Z: self.hand.toggle_zoom, Qt.Key.Key_F: self.hand.toggle_frozen,
            Qt.Key.Key_D: self.hand.toggle_lock, Qt.Key.Key_P: self.hand.toggle_pin,
            Qt.Key.Key_B: self.hand.keep_picture_to_compare,
            Qt.Key.Key_Slash: self.panel.units.search.setFocus,
        }  # fmt: skip
        plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        action = actions.get(Qt.Key(event.key())) if plain else None
        if action is not None:
            action()
        elif not (plain and self._arrow(event)):
            super().keyPressEvent(event)

    def _arrow(self, event: QKeyEvent) -> bool:
        """Arrows go from unit to unit in every view; True where the key was one. The mosaic has its own."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}.get(
            Qt.Key(event.key())
        )
        shown = self._shown
        if step is None or shown is None or self.stage.current is self.stage.mosaic:
            return False
        place = min(max(shown.place + step, 0), len(shown.order) - 1)
        self.hand.pick_unit(int(shown.order[place]))
        return True

    def escape(self) -> bool:
        """From one unit back to all."""
        if not (self.state.zoomed and self.state.view == "maps"):
            return False
        self.hand.toggle_zoom()
        return True

    # --- menus and other pages ----------------------------------------------------------------------------------

    @Slot(int, object)
    def _mosaic_menu(self, channel: int, place: QPoint) -> None:
        if channel >= 0:
            self.hand.pick_unit(channel)
        self.show_menu(None, place)

    @Slot(object)
    def _unit_menu(self, place: QPoint) -> None:
        self.show_menu(None, place)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.show_menu(None, event.globalPos())

    def ask_what_it_sees(self) -> None:
        """Lead to the page that goes from a unit back to the picture."""
        if self.unit is None:
            return
        position = None
        at = self.pointer.at
        if at is not None and at[0] == self.state.channel and self.arrivals.maps is not None:
            position = (at[1] * self.arrivals.maps.reduced, at[2] * self.arrivals.maps.reduced)
        self.pageAsked.emit(
            "units",
            {
                "net": self.state.net,
                "layer": self.unit[0],
                "channel": self.unit[1],
                "position": position,
                "source": self.state.source,
            },
        )

    @Slot()
    def _open_weights(self) -> None:
        self.pageAsked.emit("weights", {})

    # --- sources ---------------------------------------------------------------------------------------------

    def with_source(self, state: MapsState, source: SourceState) -> MapsState:
        return with_source(state, source)

    @Slot(object)
    def _frame_arrived(self, frame: Frame) -> None:
        if self.picker.live and self.arrivals.live:
            return  # the engine takes the frames itself, and its answers bring them along
        super()._frame_arrived(frame)

    def picture_came(self, frame: Frame) -> None:
        self._ask()

    def live_changed(self, live: bool) -> None:
        self.arrivals.live = False
        self._ask()

    def show_stalled(self, stalled: bool) -> None:
        self.stage.set_stale(stalled)

    # --- life in the window ----------------------------------------------------------------------------------

    def activated(self) -> None:
        self.desk.list_weights()  # weights may have come or gone while another page was in view
        super().activated()

    def focus_stage(self) -> None:
        current = self.stage.current
        (self.stage.zoom.map if current is self.stage.zoom else current).setFocus()

    def rest(self) -> None:
        self.arrivals.rest()
        self.answers.stop()
        self.desk.rest()

    def shortcuts(self) -> list[tuple[str, str]]:
        return [*super().shortcuts(), *SHORTCUTS]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return exports.verbs(self)

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        """Whether the maps, those of the second picture and the filters are on show."""
        state, shown = self.state, self._shown
        if not self.arrivals.listed or shown is None or shown.maps.frame is not self.picture:
            return False
        if state.beside is not None and shown.other is None:
            return False
        if state.view == "filters" and self.stage.filters.found is None and not self.stage.filters.empty_text:
            return False
        counted = state.view != "histogram" or shown.maps.histograms is not None
        return counted and self.answers.settled
