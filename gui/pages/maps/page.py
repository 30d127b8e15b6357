"""The page of feature maps: keeps its state, asks while a hand moves, and shows what a layer makes of the picture."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent

from engine.errors import ErrorReport
from engine.images import Frame
from engine.inside.maps.requests import Filters, Maps, NoMaps
from engine.inside.requests import NetLayers
from engine.jobs import EngineState
from engine.networks.requests import WeightsStatus
from gui.latest import CANCELLED
from gui.net_layers import NetLayersDesk
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.maps import exports, tour
from gui.pages.maps.answers import Answers, StillPicture
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
TINT_AFTER_MS = 150
"""Maps of a picture that changes under a hand are tinted only where the answer takes longer than that."""


class MapsPage(SourcePage[MapsState]):
    """Feature maps of any layer of any net."""

    state_class = MapsState
    engine_takes_frames = True
    numbered = VIEWS

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._maps: Maps | None = None
        self._other: Maps | None = None
        self._shown: Shown | None = None
        self._resolver, self._silence, self.reel = Resolver(), Silence(), Reel()
        self._live_answers = False
        self._listed = False
        self._answers = Answers(services.bridge, self)
        self._desk = NetLayersDesk(services.bridge, "maps", self)
        self.second_picture = StillPicture(services.bridge, self)
        self._tint = QTimer(self)
        self._tint.setSingleShot(True)
        self._tint.setInterval(TINT_AFTER_MS)
        self.stage = Stage()
        self.stage_column.addWidget(self.stage, 1)
        self.panel = MapsControls(self.controls, self.picker)
        self.details = MapsInspector(self.inspector)
        self.pointer = Pointer(self.stage, self.details, lambda: self._shown, self)
        self.hand = Hand(self)
        self.show_stepper(False)
        self._connect()
        self._connect_stage()
        self.show_state(self.state)

    def _connect(self) -> None:
        self.panel.units.weightsAsked.connect(self._open_weights)
        self._desk.listed.connect(self._list_came)
        self._desk.listFailed.connect(self._list_failed)
        self._desk.arrived.connect(self._layers_came)
        self._desk.failed.connect(self._failed)
        self._answers.outdated.connect(self._outdated)
        self._answers.answered.connect(self._answer_came)
        self._answers.failed.connect(self._failed)
        self._answers.beside.connect(self._beside_came)
        self._answers.besideFailed.connect(self._beside_failed)
        self._answers.filtersOutdated.connect(self._filters_outdated)
        self._answers.filters.connect(self._filters_came)
        self._answers.filtersFailed.connect(self._filters_failed)
        self.second_picture.arrived.connect(self._ask)
        self.second_picture.failed.connect(self._beside_failed)
        self._tint.timeout.connect(self._tint_now)
        self.services.bridge.stateChanged.connect(self._engine_changed)

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
        return self._desk.layers

    @property
    def unit(self) -> Pin | None:
        """Layer and channel under the cursor."""
        return None if self.layers is None else (layer_of(self.state, self.layers).name, self.state.channel)

    def show_state(self, state: MapsState) -> None:
        """Draw at once what memory holds; ask the engine for the rest."""
        self.follow_source(state)
        self.second_picture.want(state.beside)
        if self.active:
            self._desk.want(state.net)
        layers = self._desk.layers
        self.panel.show_state(state)
        self.panel.units.show_layers(layers)
        self.panel.units.show_unit(None if layers is None else layer_of(state, layers), state.channel)
        self.stage.show_view(state, self.unit)
        self.details.show_check(state.view == "filters")
        if state.beside is None:
            self._other = None
        if layers is None and self.active:
            self.stage.set_stale(True)
            if self._maps is None:
                self.stage.show_nothing(self._waiting())
        self._ask()
        self._draw()

    def _waiting(self) -> str:
        return WAITING if self.services.bridge.state.device is not None else LOADING

    @Slot(object)
    def _engine_changed(self, _state: EngineState) -> None:
        """Torch has come: what is waited for is something else now."""
        if self.stage.mosaic.empty_text == LOADING:
            self.stage.show_nothing(self._waiting())

    def _draw(self) -> None:
        """Show the maps that are there under the state as it is; those of another layer stay as they were drawn."""
        maps, layers = self._maps, self._desk.layers
        if maps is None or layers is None or not self._about(maps, layers):
            return
        other = self._other if self._other is not None and self._about(self._other, layers) else None
        self._shown = shown = self._resolver(self.state, maps, other)
        self.pointer.refresh(shown)
        self.stage.show_maps(shown, self.state, other, self.pointer.at)
        self.details.show_maps(shown, self._silence)
        if self.state.view == "maps" and not self.state.zoomed:
            self.reel.add(shown, self.stage.mosaic)

    def _about(self, maps: Maps, layers: NetLayers) -> bool:
        """Whether maps are those of the net and the layer of the state."""
        return (maps.net, maps.layer.name) == (self.state.net, layer_of(self.state, layers).name)

    @Slot()
    def _ask(self) -> None:
        """Ask for everything that the state owes."""
        layers, state = self._desk.layers, self.state
        frame, frames = self.picture, self.picker.frames
        if not self.active or layers is None:
            return
        what = wanted(state, layers, live=frames is not None)
        if frames is not None:
            self._answers.want_live(state.net, what, frames)
        elif frame is not None:
            self._live_answers = False
            self._answers.want(state.net, what, frame)
        if state.beside is not None and self.second_picture.frame is not None:
            self._answers.want_beside(state.net, replace(what, bins=0), self.second_picture.frame)
        else:
            self._answers.drop_beside()
        self._ask_filters(layers, frame)

    def _ask_filters(self, layers: NetLayers, frame: Frame | None) -> None:
        if self.state.view == "filters" and frame is not None:
            self._answers.want_filters(
                self.state.net, layer_of(self.state, layers).name, self.state.channel, frame
            )
        else:
            self._answers.drop_filters()

    # --- answers ---------------------------------------------------------------------------------------------

    @Slot()
    def _outdated(self) -> None:
        """Another layer is tinted at once; a picture that follows a hand only where the answer is late."""
        if self._maps is None:
            self.stage.show_nothing(self._waiting())
        elif self._desk.layers is not None and self._about(self._maps, self._desk.layers):
            self._tint.start()
        else:
            self._tint_now()

    @Slot()
    def _tint_now(self) -> None:
        self.stage.set_stale(True)

    @Slot(object, bool)
    def _answer_came(self, found: Maps | NoMaps, fresh: bool) -> None:
        layers = self._desk.layers
        if isinstance(found, NoMaps):
            self._live_frame(found.frame)
            self._forget(found.why)
            return
        if layers is None or not self._about(found, layers):
            return  # of a layer that a key has left: the next answer is on its way
        self._tint.stop()
        moved = self._maps is not None and self._maps.frame is not found.frame
        self._maps = found
        self._silence.hear(found)
        if self.picker.live:
            self._live_frame(found.frame)
        self._check_unit(found)
        if moved and not self.state.locked:
            self._keep_place()
        self.stage.set_stale(not fresh)
        self._draw()
        if self.state.view == "filters" and self.picker.live:
            self._ask_filters(layers, found.frame)

    def _live_frame(self, frame: Frame) -> None:
        """A frame of what plays came back with its answer."""
        self._live_answers = True
        self.keep_picture(frame)
        self.tell_pace(frame)

    def _check_unit(self, maps: Maps) -> None:
        """A saved view may name a unit that the layer does not have."""
        last = len(maps.maps) - 1
        if self.state.channel > last:
            self.said.emit(
                f"{maps.layer.name} has the units 0 to {last}, not {self.state.channel}. The last one is shown.",
                "warn",
            )
            self.history.amend(replace(self.state, channel=last))
            self.panel.units.show_unit(maps.layer, last)

    def _keep_place(self) -> None:
        """Unlocked, the cursor stays where it is among maps whose order follows the picture."""
        before, state = self._shown, self.state
        if before is None or self._maps is None or state.order not in ("activity", "variance"):
            return
        now = self._resolver(state, self._maps, self._other)
        if len(now.order) == len(before.order) and int(now.order[before.place]) != state.channel:
            self.history.amend(replace(state, channel=int(now.order[before.place])))
            self.panel.units.show_unit(self._maps.layer, self.state.channel)

    def _forget(self, sentence: str, *, again: bool = False) -> None:
        """There are no maps: nothing of those before is told any more."""
        self._tint.stop()
        self._maps = self._shown = None
        self.stage.show_nothing(sentence, again=again)
        self.stage.set_stale(False)
        self.details.show_maps(None, self._silence)
        self.pointer.refresh(None)

    @Slot(object)
    def _failed(self, report: ErrorReport) -> None:
        self._forget(f"{report.sentence} {report.hint}".strip(), again=report == CANCELLED)

    @Slot()
    def _ask_again(self) -> None:
        """Ask anew what was cancelled."""
        self._answers.again()
        self.show_state(self.state)

    @Slot(object)
    def _beside_came(self, found: Maps) -> None:
        self._other = found
        self._draw()

    @Slot(object)
    def _beside_failed(self, report: ErrorReport) -> None:
        """Without its second picture the view goes on with one."""
        if report != CANCELLED:
            self.said.emit(f"The other picture: {report.sentence} {report.hint}".strip(), "warn")
        self.amend(replace(self.state, beside=None, show="this"))

    @Slot()
    def _filters_outdated(self) -> None:
        self.stage.filters.set_stale(True)
        self.details.badge.show_checking()

    @Slot(object, bool)
    def _filters_came(self, found: Filters, fresh: bool) -> None:
        self.stage.show_filters(found)
        self.stage.filters.set_stale(not fresh)
        self.details.badge.show_result(found)

    @Slot(object)
    def _filters_failed(self, report: ErrorReport) -> None:
        self.stage.filters.show_nothing(f"{report.sentence} {report.hint}".strip())
        self.stage.filters.set_stale(False)
        self.details.badge.show_waiting("There is nothing to check.")

    @Slot(object)
    def _layers_came(self, found: NetLayers) -> None:
        if self.state.layer and found.find(self.state.layer) is None:
            self.said.emit(
                f"{found.title} has no layer called “{self.state.layer}”; its first maps are shown.", "warn"
            )
            self.history.amend(replace(self.state, layer=""))
        self.show_state(self.state)

    @Slot(object)
    def _list_came(self, found: tuple[WeightsStatus, ...]) -> None:
        self._listed = True
        self.panel.units.show_nets(found, self.state.net)

    @Slot(object)
    def _list_failed(self, report: ErrorReport) -> None:
        self._listed = True
        self.panel.units.say(f"{report.sentence} {report.hint}".strip())

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
        if at is not None and at[0] == self.state.channel and self._maps is not None:
            position = (at[1] * self._maps.reduced, at[2] * self._maps.reduced)
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
        if self.picker.live and self._live_answers:
            return  # the engine takes the frames itself, and its answers bring them along
        super()._frame_arrived(frame)

    def picture_came(self, frame: Frame) -> None:
        self._ask()

    def live_changed(self, live: bool) -> None:
        self._live_answers = False
        self._ask()

    def show_stalled(self, stalled: bool) -> None:
        self.stage.set_stale(stalled)

    # --- life in the window ----------------------------------------------------------------------------------

    def activated(self) -> None:
        self._desk.list_weights()  # weights may have come or gone while another page was in view
        super().activated()

    def focus_stage(self) -> None:
        current = self.stage.current
        (self.stage.zoom.map if current is self.stage.zoom else current).setFocus()

    def rest(self) -> None:
        self._tint.stop()
        self._answers.stop()
        self._desk.rest()

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
        if not self._listed or shown is None or self.picture is None or shown.maps.frame is not self.picture:
            return False
        if state.beside is not None and shown.other is None:
            return False
        if state.view == "filters" and self.stage.filters.found is None and not self.stage.filters.empty_text:
            return False
        counted = state.view != "histogram" or shown.maps.histograms is not None
        return counted and self._answers.settled
