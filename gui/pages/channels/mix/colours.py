"""Which colours the maps and the table have: pixels in grey, signed values blue to red, weights brown to teal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from engine.foundations.channels.features import PIXEL_CHANNELS
from engine.foundations.spec import FloatArray
from gui import colormaps
from gui.pages.channels.mix.resolve import WHITE, ShownMix
from gui.theme import GREY, RGB, theme
from gui.widgets.scene import ColorBar
from gui.widgets.stage_text import key, limit_of

Colors = npt.NDArray[np.uint8]


class MixColours:
    """The scales of one mixture: grey maps share one, signed outputs another, so that values can be compared."""

    def __init__(self, shown: ShownMix) -> None:
        self._mixture, mix = shown.mixture, shown.mix
        self._mix = mix
        self._white = WHITE if self._mixture.picture else max(limit_of(mix.x), limit_of(mix.output))
        self._input_limit = WHITE if self._mixture.picture else limit_of(mix.x)
        self._weight_limit = limit_of(mix.weight)

    def inputs(self, channel: int) -> Colors:
        """Colours of an input channel."""
        plane = self._mix.x[channel]
        if self._mixture.signed_inputs[channel]:
            return colormaps.activations(plane, self._input_limit)
        return colormaps.look_up(plane, 0.0, self._white, GREY)

    def outputs(self, values: FloatArray) -> Colors:
        """Colours of output values."""
        return colormaps.look_up(values, *self._output_scale)

    def weights(self, values: FloatArray) -> Colors:
        """Colours of weights."""
        return colormaps.weights(values, self._weight_limit)

    def biases(self, values: FloatArray) -> Colors:
        """One quiet colour: a bias can be a thousand times as large as a weight, and would take all of its colours."""
        ground = theme.colors.raised
        return np.full((*values.shape, 3), (ground.red(), ground.green(), ground.blue()), np.uint8)

    def ink(self, channel: int) -> QColor:
        """The colour of a channel's name: the hue of red, green and blue, the text's for all others."""
        names = self._mixture.names
        hued = self._mixture.picture and len(names) > 1 and channel < PIXEL_CHANNELS
        return theme.channel_color(channel) if hued else theme.colors.text

    def keys(self) -> list[ColorBar]:
        """The colour bars of everything on show."""
        bars: list[ColorBar] = []
        signed = self._mixture.signed_inputs
        if not all(signed):
            bars.append(key(GREY, 0.0, self._white, "pixels" if self._mixture.picture else "inputs"))
        if any(signed):
            limit = self._input_limit
            bars.append(key(colormaps.activation_anchors(), -limit, limit, "signed inputs"))
        bars.append(key(colormaps.weight_anchors(), -self._weight_limit, self._weight_limit, "weights"))
        low, high, anchors = self._output_scale
        bar = key(anchors, low, high, "outputs")
        if float(self._mix.output.max()) > high:
            bar = replace(bar, high=f"≥ {bar.high}")
        return [*bars, bar]

    @property
    def _output_scale(self) -> tuple[float, float, tuple[RGB, ...]]:
        if not self._mixture.signed_outputs:
            return 0.0, self._white, GREY
        limit = limit_of(self._mix.sums)
        return -limit, limit, colormaps.activation_anchors()
