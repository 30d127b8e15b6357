"""What comes back from the engine for the page of feature maps: kept, checked against the state, and shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from engine.errors import ErrorReport
from engine.images import Frame
from engine.inside.maps.requests import Filters, Maps, NoMaps
from engine.inside.requests import NetLayers
from engine.networks.requests import WeightsStatus
from gui.latest import CANCELLED

if TYPE_CHECKING:
    from gui.pages.maps.page import MapsPage

TINT_AFTER_MS = 150
"""Maps of a picture that changes under a hand are tinted only where the answer takes longer than that."""


class Arrivals(QObject):
    """Owns the answers of a page: `maps` of its picture, `beside` of the second one, None while they are on their way.

    `listed`: whether the nets are known; `live`: whether answers bring the frames of what plays along.
    """

    def __init__(self, page: MapsPage) -> None:
        super().__init__(page)
        self._page = page
        self.maps: Maps | None = None
        self._other: Maps | None = None
        self.listed = False
        self.live = False
        self._tint = QTimer(self)
        self._tint.setSingleShot(True)
        self._tint.setInterval(TINT_AFTER_MS)
        self._tint.timeout.connect(self._tint_now)
        self._follow_answers()
        page.desk.listed.connect(self._list_came)
        page.desk.listFailed.connect(self._list_failed)
        page.desk.arrived.connect(self._layers_came)
        page.desk.failed.connect(self.refused)
        page.second_picture.failed.connect(self._beside_failed)

    def _follow_answers(self) -> None:
        answers = self._page.answers
        answers.outdated.connect(self._outdated)
        answers.answered.connect(self.came)
        answers.failed.connect(self.refused)
        answers.beside.connect(self._beside_came)
        answers.besideFailed.connect(self._beside_failed)
        answers.filtersOutdated.connect(self._filters_outdated)
        answers.filters.connect(self._filters_came)
        answers.filtersFailed.connect(self._filters_failed)

    def about(self, maps: Maps | None) -> bool:
        """Whether maps are those of the net and the layer of the state."""
        unit = self._page.unit
        return (
            maps is not None
            and unit is not None
            and (maps.net, maps.layer.name) == (self._page.state.net, unit[0])
        )

    @property
    def beside(self) -> Maps | None:
        """The same layer's maps of the second picture of the state; those of the picture before are none."""
        found, frame = self._other, self._page.second_picture.frame
        return found if found is not None and found.frame is frame and self.about(found) else None

    def rest(self) -> None:
        """The page went out of view."""
        self._tint.stop()

    # --- maps ------------------------------------------------------------------------------------------------

    @Slot()
    def _outdated(self) -> None:
        """Another layer is tinted at once; a picture that follows a hand only where the answer is late."""
        if self.maps is None:
            self._page.stage.show_nothing(self._page.waiting())
        elif self.about(self.maps):
            self._tint.start()
        else:
            self._tint_now()

    @Slot()
    def _tint_now(self) -> None:
        self._page.stage.set_stale(True)

    @Slot(object, bool)
    def came(self, found: Maps | NoMaps, fresh: bool) -> None:
        """Maps of the picture; `fresh`: the state is still the one that was asked about."""
        page = self._page
        if isinstance(found, NoMaps):
            self._live_frame(found.frame)
            self._forget(found.why)
            return
        if not self.about(found):
            return  # of a layer that a key has left: the next answer is on its way
        self._tint.stop()
        moved = self.maps is not None and self.maps.frame is not found.frame
        self.maps = found
        page.silence.hear(found)
        if page.picker.live:
            self._live_frame(found.frame)
        self._check_unit(found)
        if moved and not page.state.locked:
            self._keep_place(found)
        page.stage.set_stale(not fresh)
        page.draw()
        if page.picker.live and page.state.view == "filters":
            page.ask_filters(found.frame)

    def _live_frame(self, frame: Frame) -> None:
        """A frame of what plays came back with its answer."""
        self.live = True
        self._page.keep_picture(frame)
        self._page.tell_pace(frame)

    def _check_unit(self, maps: Maps) -> None:
        """A saved view may name a unit that the layer does not have."""
        page, last = self._page, len(maps.maps) - 1
        if page.state.channel > last:
            page.said.emit(
                f"{maps.layer.name} has the units 0 to {last}, not {page.state.channel}. The last one is shown.",
                "warn",
            )
            page.history.amend(replace(page.state, channel=last))
            page.panel.units.show_unit(maps.layer, last)

    def _keep_place(self, maps: Maps) -> None:
        """Unlocked, the cursor stays where it is among maps whose order follows the picture."""
        page = self._page
        before, state = page.shown, page.state
        if before is None or state.order not in ("activity", "variance"):
            return
        now = page.resolver(state, maps, self.beside, live=page.picker.live)
        if len(now.order) == len(before.order) and int(now.order[before.place]) != state.channel:
            page.history.amend(replace(state, channel=int(now.order[before.place])))
            page.panel.units.show_unit(maps.layer, page.state.channel)

    def _forget(self, sentence: str, *, again: bool = False) -> None:
        """There are no maps: nothing of those before is told any more."""
        self._tint.stop()
        self.maps = None
        self._page.show_none(sentence, again=again)

    @Slot(object)
    def refused(self, report: ErrorReport) -> None:
        """There are no maps, and why."""
        self._forget(f"{report.sentence} {report.hint}".strip(), again=report == CANCELLED)

    # --- the second picture ----------------------------------------------------------------------------------

    @Slot(object)
    def _beside_came(self, found: Maps) -> None:
        self._other = found
        self._page.draw()

    @Slot(object)
    def _beside_failed(self, report: ErrorReport) -> None:
        """Without its second picture the view goes on with one."""
        page = self._page
        if report != CANCELLED:
            page.said.emit(f"The other picture: {report.sentence} {report.hint}".strip(), "warn")
        page.amend(replace(page.state, beside=None, show="this"))

    # --- filters ---------------------------------------------------------------------------------------------

    @Slot()
    def _filters_outdated(self) -> None:
        self._page.stage.filters.set_stale(True)
        self._page.details.badge.show_checking()

    @Slot(object, bool)
    def _filters_came(self, found: Filters, fresh: bool) -> None:
        self._page.stage.show_filters(found)
        self._page.stage.filters.set_stale(not fresh)
        self._page.details.badge.show_result(found)

    @Slot(object)
    def _filters_failed(self, report: ErrorReport) -> None:
        filters = self._page.stage.filters
        filters.show_nothing(f"{report.sentence} {report.hint}".strip())
        filters.set_stale(False)
        self._page.details.badge.show_waiting("There is nothing to check.")

    # --- nets and layers -------------------------------------------------------------------------------------

    @Slot(object)
    def _layers_came(self, found: NetLayers) -> None:
        page = self._page
        if page.state.layer and found.find(page.state.layer) is None:
            page.said.emit(
                f"{found.title} has no layer called “{page.state.layer}”; its first maps are shown.", "warn"
            )
            page.history.amend(replace(page.state, layer=""))
        page.show_state(page.state)

    @Slot(object)
    def _list_came(self, found: tuple[WeightsStatus, ...]) -> None:
        self.listed = True
        self._page.panel.units.show_nets(found, self._page.state.net)

    @Slot(object)
    def _list_failed(self, report: ErrorReport) -> None:
        self.listed = True
        self._page.panel.units.say(f"{report.sentence} {report.hint}".strip())
