"""What a person does on the page of feature maps: settings, which can be undone, and looking around."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from engine.inside.requests import maps_of
from gui.pages.maps.state import with_layer, with_net, with_order, with_pin
from gui.widgets import pasted
from gui.widgets.picture import to_image
from gui.widgets.source_state import LIVE_KINDS, SourceState

if TYPE_CHECKING:
    from gui.pages.maps.page import MapsPage

KEPT = "This picture is kept. Choose another one: its maps can be switched and subtracted above the stage."


class Hand(QObject):
    """Follows the controls and the stage of a page, and changes its state."""

    def __init__(self, page: MapsPage) -> None:
        super().__init__(page)
        self._page = page
        self._follow_controls()
        self._follow_stage()

    def _follow_controls(self) -> None:
        panel, units = self._page.panel, self._page.panel.units
        units.netPicked.connect(self._net_picked)
        units.layerPicked.connect(self._layer_picked)
        units.channelPicked.connect(self.pick_unit)
        panel.rangeSet.connect(self._range_set)
        panel.colorsSet.connect(self._colors_set)
        panel.gammaSet.connect(self._gamma_set)
        panel.orderSet.connect(self.set_order)
        panel.guessesSet.connect(self._guesses_set)
        panel.steepSet.connect(self._steep_set)
        panel.keepAsked.connect(self.keep_picture_to_compare)
        panel.stopAsked.connect(self._stop_comparing)

    def _follow_stage(self) -> None:
        stage = self._page.stage
        stage.tools.viewPicked.connect(self.pick_view)
        stage.tools.showPicked.connect(self._show_picked)
        stage.tools.pressed.connect(self._button_pressed)
        stage.mosaic.picked.connect(self.pick_unit)
        stage.mosaic.opened.connect(self._unit_opened)
        stage.zoom.closed.connect(self.toggle_zoom)
        stage.filters.picked.connect(self.pick_unit)
        stage.pins.opened.connect(self._pin_opened)
        stage.pins.dropped.connect(self._pin_dropped)

    # --- what a person sets ----------------------------------------------------------------------------------

    @Slot(str)
    def _net_picked(self, net: str) -> None:
        self._page.change(with_net(self._page.state, net))

    @Slot(str)
    def _layer_picked(self, layer: str) -> None:
        if self._page.unit is None or layer != self._page.unit[0]:
            self._page.change(with_layer(self._page.state, layer), "layer")

    @Slot(str)
    def _range_set(self, key: str) -> None:
        self._set(range_of=key)

    @Slot(str)
    def _colors_set(self, key: str) -> None:
        self._set(colors=key)

    @Slot(float)
    def _gamma_set(self, value: float) -> None:
        self._page.change(replace(self._page.state, gamma=value), "gamma")

    @Slot(str)
    def set_order(self, key: str) -> None:
        """Order the maps; by likeness means: to the unit under the cursor now."""
        self._page.change(with_order(self._page.state, key))

    @Slot(bool)
    def _guesses_set(self, on: bool) -> None:
        self._set(guesses=on)

    @Slot(bool)
    def _steep_set(self, on: bool) -> None:
        self._set(steep=on)

    def _set(self, **changes: Any) -> None:
        self._page.change(replace(self._page.state, **changes))

    @Slot()
    def toggle_pin(self) -> None:
        """Pin the unit under the cursor, or take its pin away."""
        if self._page.unit is not None:
            self._page.change(with_pin(self._page.state, self._page.unit))

    @Slot(str, int)
    def _pin_dropped(self, layer: str, channel: int) -> None:
        if (layer, channel) in self._page.state.pins:
            self._page.change(with_pin(self._page.state, (layer, channel)))

    @Slot()
    def keep_picture_to_compare(self) -> None:
        """Keep the picture on show as the second one; of what plays, the frame of this moment."""
        frame, source = self._page.picture, self._page.state.source
        if frame is None:
            return
        if source.kind in LIVE_KINDS:
            try:
                path = pasted.keep(to_image(frame.pixels), pasted.default_folder())
            except OSError as error:
                self._page.said.emit(f"The picture cannot be kept ({error}).", "warn")
                return
            source = SourceState("file", str(path))
        self._page.second_picture.keep(source, frame)
        self._page.change(replace(self._page.state, beside=source))
        self._page.said.emit(KEPT, "info")

    @Slot()
    def _stop_comparing(self) -> None:
        self._page.change(replace(self._page.state, beside=None, show="this"))

    # --- looking around --------------------------------------------------------------------------------------

    @Slot(int)
    def pick_unit(self, channel: int) -> None:
        """Put the cursor on another unit."""
        if channel != self._page.state.channel:
            self._page.pointer.forget()
            self._page.amend(replace(self._page.state, channel=channel))

    @Slot(int)
    def _unit_opened(self, channel: int) -> None:
        self._page.pointer.forget()
        self._page.amend(replace(self._page.state, channel=channel, zoomed=True))
        self._page.focus_stage()

    @Slot(str, int)
    def _pin_opened(self, layer: str, channel: int) -> None:
        if self._page.unit is not None and layer != self._page.unit[0]:
            self._page.change(replace(with_layer(self._page.state, layer), channel=channel))
        else:
            self.pick_unit(channel)

    @Slot()
    def toggle_zoom(self) -> None:
        """One unit beside the photo, or all of them; from another view always the one."""
        zoomed = self._page.state.zoomed and self._page.state.view == "maps"
        self._page.pointer.forget()
        self._page.amend(replace(self._page.state, zoomed=not zoomed, view="maps"))
        self._page.focus_stage()

    @Slot()
    def toggle_lock(self) -> None:
        """Let the cursor stay with its unit while pictures change."""
        self._page.amend(replace(self._page.state, locked=not self._page.state.locked))

    def toggle_frozen(self) -> None:
        """Hold what plays, or let it go on."""
        source = self._page.state.source
        if source.kind in LIVE_KINDS:
            self._page.picker.pick(replace(source, frozen=not source.frozen))
        else:
            self._page.said.emit("A still picture cannot be frozen: choose the camera or a video.", "info")

    def step_layer(self, step: int) -> None:
        """The next layer with maps, or the one before."""
        layers, unit = self._page.layers, self._page.unit
        if layers is None or unit is None:
            return
        names = [layer.name for layer in layers.layers if maps_of(layer) is not None]
        place = names.index(unit[0]) + step if unit[0] in names else 0
        if 0 <= place < len(names):
            self._layer_picked(names[place])

    def pick_view(self, key: str) -> None:
        """Another view."""
        self._page.pointer.forget()
        self._page.amend(replace(self._page.state, view=key))  # type: ignore[arg-type]  # the keys of VIEWS

    @Slot(str)
    def _show_picked(self, key: str) -> None:
        self._page.amend(replace(self._page.state, show=key))  # type: ignore[arg-type]  # the keys of SHOWS

    @Slot(str)
    def _button_pressed(self, key: str) -> None:
        actions = {
            "back": lambda: self.step_layer(-1), "on": lambda: self.step_layer(1), "zoom": self.toggle_zoom,
            "lock": self.toggle_lock, "pin": self.toggle_pin, "freeze": self.toggle_frozen,
        }  # fmt: skip
        actions[key]()
        self._page.stage.tools.show_state(
            self._page.state, self._page.unit
        )  # a button that could do nothing springs back
