"""The page "What a unit sees": keeps its state and the unit; its views ask about the unit in their own ways."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent

from engine.errors import ErrorReport
from engine.images import Frame
from engine.inside.descent.requests import UnitLook
from engine.inside.requests import NetLayers, maps_of
from engine.networks.graphs.graph import Node
from engine.networks.requests import WeightsStatus
from gui.pages import PageEntry
from gui.pages.base import Services, TourStop, Verb
from gui.pages.units import tour
from gui.pages.units.answers import Answers
from gui.pages.units.controls import UnitsControls
from gui.pages.units.explanation import EXPLANATION, SHORTCUTS
from gui.pages.units.exports import UnitsExports
from gui.pages.units.inspector import UnitsInspector
from gui.pages.units.stage import UnitsStage
from gui.pages.units.state import UnitsState, with_net, with_source, with_unit
from gui.pages.units.view import Subject, UnitView
from gui.pages.units.views import VIEWS
from gui.pages.views.exports import verbs
from gui.pages.views.page import ViewsPage
from gui.widgets.source_state import SourceState

LOADING: Final = "PyTorch is still loading; the net's layers come when it is there."


class UnitsPage(ViewsPage[UnitsState, UnitView]):
    """One unit of one net before one picture."""

    state_class = UnitsState
    stage: UnitsStage
    details: UnitsInspector
    numbered = tuple(entry.option for entry in VIEWS)
    no_folder = "None of the views has a use for a folder of pictures."

    def __init__(self, services: Services, entry: PageEntry) -> None:
        super().__init__(services, entry)
        self._layers: NetLayers | None = None
        self._look: UnitLook | None = None
        self._listed = False
        self._without = ""
        self._answers = Answers(services.bridge, self)
        self.stage = UnitsStage(services.bridge)
        self.stage_column.addWidget(self.stage, 1)
        self.panel = UnitsControls(self.controls, self.picker)
        self.details = UnitsInspector(self.inspector)
        self.show_stepper(False)
        self._connect()
        self.connect_views()
        self.show_state(self.state)

    def _connect(self) -> None:
        panel, answers = self.panel, self._answers
        panel.units.netPicked.connect(self._net_picked)
        panel.units.layerPicked.connect(self._layer_picked)
        panel.units.channelPicked.connect(self._channel_picked)
        panel.units.weightsAsked.connect(self._open_weights)
        panel.placePicked.connect(self._place_picked)
        panel.card.pointed.connect(self.details.show_under)
        answers.listed.connect(self._list_came)
        answers.listFailed.connect(self._list_failed)
        answers.layersCame.connect(self._layers_came)
        answers.layersFailed.connect(self._layers_failed)
        answers.outdated.connect(self._outdated)
        answers.looked.connect(self._look_came)
        answers.lookFailed.connect(self._look_failed)

    def view_made(self, name: str, view: UnitView) -> None:
        super().view_made(name, view)
        view.unitPicked.connect(self._unit_picked)

    # --- show ------------------------------------------------------------------------------------------------

    @property
    def layers(self) -> NetLayers | None:
        """The layers of the net on show, None while they are on their way."""
        found = self._layers
        return found if found is not None and found.net == self.state.net else None

    @property
    def layer(self) -> Node | None:
        """The layer on show: that of the state, or the net's first where the state leaves it open."""
        found = self.layers
        if found is None:
            return None
        return found.find(self.state.layer) if self.state.layer else found.first

    @property
    def subject(self) -> Subject:
        """What the views ask about."""
        state, node = self.state, self.layer
        layer = state.layer if node is None else node.name
        return Subject(state.net, layer, state.channel, state.position, self.picture, self.picker.frames)

    def show_state(self, state: UnitsState) -> None:
        """Draw at once what memory holds; ask for the layers and for the unit; the view asks for the rest."""
        self.follow_source(state)
        subject = self.subject
        self.panel.show_state(state, self.layers, subject.layer)
        self.details.show_unit(self.layers, self.layer, self._fresh_look)
        view = self.bring_view(state.view)
        self.panel.show_view(self.stage.title, view.controls())
        if subject.frame is not None:
            self.panel.card.show_picture(subject.frame)
        if self.active:
            self._ask(subject)
        self.stage.set_stale(not subject.layer)
        if subject.layer:
            view.show_subject(subject, state.settings(state.view))
            view.set_active(self.active)
        self.show_facts()
        self.show_steps()

    def _ask(self, subject: Subject) -> None:
        self._answers.want_layers(subject.net)
        if self.services.bridge.state.device is None and self.layers is None:
            self.stage.say(LOADING)
        if subject.layer and subject.frame is not None:
            self._answers.want_look(
                subject.net, subject.layer, subject.channel, subject.position, subject.frame
            )

    @property
    def _fresh_look(self) -> UnitLook | None:
        """What is known of the unit, unless it is another one by now."""
        look, subject = self._look, self.subject
        if look is None:
            return None
        asked = look.request
        same = (asked.net, asked.layer, asked.channel) == (subject.net, subject.layer, subject.channel)
        return look if same else None

    # --- answers ---------------------------------------------------------------------------------------------

    @Slot(object)
    def _list_came(self, found: tuple[WeightsStatus, ...]) -> None:
        self._listed = True
        self.panel.units.show_nets(found, self.state.net)

    @Slot(object)
    def _list_failed(self, report: ErrorReport) -> None:
        self._listed = True
        self.panel.units.say(_words(report))

    @Slot(object)
    def _layers_came(self, found: NetLayers) -> None:
        self._layers, self._without = found, ""
        self.stage.say("")
        self.show_state(self.state)

    @Slot(object)
    def _layers_failed(self, report: ErrorReport) -> None:
        self._layers, self._without = None, self.state.net
        self.stage.say(_words(report))
        self.panel.card.say("")
        self.show_state(self.state)

    @Slot()
    def _outdated(self) -> None:
        self._set_stale(not self.picker.live)

    @Slot(object, bool)
    def _look_came(self, look: UnitLook, fresh: bool) -> None:
        self._look = look
        self._set_stale(not fresh and not self.picker.live)
        self.panel.show_look(look)
        self.details.show_unit(self.layers, self.layer, self._fresh_look)
        if self.picker.live:
            self.tell_pace(look.request.frame)

    @Slot(object)
    def _look_failed(self, report: ErrorReport) -> None:
        self._look = None
        self._set_stale(False)
        self.panel.card.say(_words(report))
        self.details.show_unit(self.layers, self.layer, None)

    # --- what a person does ----------------------------------------------------------------------------------

    @Slot(str)
    def _net_picked(self, name: str) -> None:
        self.change(with_net(self.state, name))

    @Slot(str)
    def _layer_picked(self, name: str) -> None:
        self.change(with_unit(self.state, name, 0, None), "layer")

    @Slot(int)
    def _channel_picked(self, channel: int) -> None:
        self.change(with_unit(self.state, self.subject.layer, channel, self.state.position), "channel")

    @Slot(object)
    def _place_picked(self, position: tuple[int, int] | None) -> None:
        self.change(with_unit(self.state, self.subject.layer, self.state.channel, position), "place")

    @Slot(str, int, object)
    def _unit_picked(self, layer: str, channel: int, position: tuple[int, int] | None) -> None:
        self.change(with_unit(self.state, layer, channel, position))

    @Slot()
    def _open_weights(self) -> None:
        self.pageAsked.emit("weights", {})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_BracketLeft: lambda: self._step_channel(-1),
            Qt.Key.Key_BracketRight: lambda: self._step_channel(1),
            Qt.Key.Key_U: lambda: self._step_layer(-1),
            Qt.Key.Key_O: lambda: self._step_layer(1),
            Qt.Key.Key_M: lambda: self._place_picked(None),
        }
        move = moves.get(Qt.Key(event.key())) if not event.modifiers() else None
        if move is not None:
            move()
        else:
            super().keyPressEvent(event)

    def _step_channel(self, by: int) -> None:
        maps = None if self.layer is None else maps_of(self.layer)
        channel = self.state.channel + by
        if maps is not None and 0 <= channel < maps[0]:
            self._channel_picked(channel)

    def _step_layer(self, by: int) -> None:
        """The next layer with maps."""
        found, node = self.layers, self.layer
        if found is None or node is None:
            return
        usable = [layer.name for layer in found.layers[1:] if maps_of(layer) is not None]
        if node.name in usable and 0 <= usable.index(node.name) + by < len(usable):
            self._layer_picked(usable[usable.index(node.name) + by])

    # --- sources ---------------------------------------------------------------------------------------------

    def with_source(self, state: UnitsState, source: SourceState) -> UnitsState:
        return with_source(state, source)

    def picture_came(self, frame: Frame) -> None:
        subject = self.subject
        self.panel.card.show_picture(frame)
        if self.active:
            self._ask(subject)
        if subject.layer and self.stage.view is not None:
            self.stage.view.show_subject(subject, self.state.settings(self.stage.name))

    def show_stalled(self, stalled: bool) -> None:
        self._set_stale(stalled)

    def _set_stale(self, stale: bool) -> None:
        """The map and the numbers of the unit are those of another one."""
        self.panel.card.set_stale(stale)
        self.details.set_stale(stale)

    # --- life in the window ----------------------------------------------------------------------------------

    def activated(self) -> None:
        self._answers.list_weights()  # weights may have come or gone while another page was in view
        super().activated()

    def rest(self) -> None:
        self._answers.stop()
        super().rest()

    def shortcuts(self) -> list[tuple[str, str]]:
        return [*super().shortcuts(), *SHORTCUTS]

    def explanation(self) -> str:
        return EXPLANATION

    def verbs(self) -> list[Verb]:
        return verbs(self, UnitsExports(self))

    def tour(self) -> list[TourStop]:
        return tour.stops()

    def tour_ready(self) -> bool:
        """Whether the unit and all that its view owes are on show, or why the net cannot be had."""
        view = self.stage.view
        if self._listed and self._without == self.state.net:
            return True
        return (
            self._listed
            and self.picture is not None
            and self._answers.settled
            and view is not None
            and view.settled
        )


def _words(report: ErrorReport) -> str:
    return f"{report.sentence} {report.hint}".strip()
