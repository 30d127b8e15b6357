"""Everything that a person can set on the page of feature maps."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Final, Literal, Self

from engine.errors import UserError
from gui.widgets.source_state import SourceState

DIGITS_NET: Final = "lenet5-digits"
PHOTO_NET: Final = "tinyvgg-cifar10"
LEAST_GAMMA, MOST_GAMMA = 0.2, 3.0
MOST_PINS: Final = 12
MOST_CHANNELS: Final = 100_000
MOST_SIDE: Final = 10_000

Pin = tuple[str, int]
"""The name of a layer and the number of a channel."""


@dataclass(frozen=True, slots=True)
class MapsState:
    """A net, one of its layers ("": its first activation), one of that layer's units, and how its maps are looked at.

    `net`: a name of the weights store, or "random:<architecture>". `zoomed`: one unit beside the photo. `range_of`:
    what a range of colours covers; `gamma` below 1 lifts weak values. `like`: the unit that others are compared with
    in the order "similarity". `locked`: the cursor stays with its unit and the order as it is while pictures change.
    `beside`: a second picture; `show`: this one's maps, the other one's, or this minus the other. `steep`: logarithmic
    counts in the histogram. `guesses`: what the net says is told, too.
    """

    net: str = PHOTO_NET
    layer: str = ""
    channel: int = 0
    source: SourceState = field(default_factory=lambda: SourceState("sample", "cat"))
    view: Literal["maps", "filters", "histogram"] = "maps"
    zoomed: bool = False
    range_of: Literal["channel", "layer", "net"] = "layer"
    gamma: float = 0.7
    colors: Literal["diverging", "sequential"] = "diverging"
    order: Literal["index", "activity", "variance", "similarity"] = "index"
    like: int = 0
    locked: bool = False
    pins: tuple[Pin, ...] = ()
    beside: SourceState | None = None
    show: Literal["this", "other", "difference"] = "this"
    steep: bool = True
    guesses: bool = True

    @property
    def drawing(self) -> bool:
        return self.source.kind == "drawing"

    def validated(self) -> Self:
        """The state itself, or a UserError; whether the net has such a layer and unit shows when it is there."""
        self.source.validated()
        if self.source.kind == "preset":
            raise UserError("Feature maps need a picture, not an example.")
        if not self.net:
            raise UserError("The saved view names no net.")
        if not LEAST_GAMMA <= self.gamma <= MOST_GAMMA or not math.isfinite(self.gamma):
            raise UserError(
                f"The saved gamma {self.gamma:g} is not between {LEAST_GAMMA:g} and {MOST_GAMMA:g}."
            )
        for channel in (self.channel, self.like, *(channel for _, channel in self.pins)):
            if not 0 <= channel < MOST_CHANNELS:
                raise UserError(f"There is no unit {channel}.", "Units are counted from 0.")
        if len(self.pins) > MOST_PINS:
            raise UserError(f"At most {MOST_PINS} units can be pinned.", "Remove a pin first.")
        self._check_beside()
        return self

    def _check_beside(self) -> None:
        if self.beside is None:
            return
        self.beside.validated()
        if self.beside.kind not in ("sample", "file", "drawing"):
            raise UserError("Only a still picture can be compared with.", "Freeze what plays, then keep it.")


def with_net(state: MapsState, net: str) -> MapsState:
    """Another net: layers, units and pins were those of the one before."""
    return replace(state, net=net, layer="", channel=0, like=0, locked=False, pins=())


def with_layer(state: MapsState, layer: str) -> MapsState:
    """Another layer: its units are others."""
    return replace(state, layer=layer, channel=0, like=0, locked=False)


def with_source(state: MapsState, source: SourceState) -> MapsState:
    """Another picture. The bundled nets take turns: one reads drawn digits, the other photos."""
    state = replace(state, source=source)
    fitting = DIGITS_NET if source.kind == "drawing" else PHOTO_NET
    if state.net in (DIGITS_NET, PHOTO_NET) and state.net != fitting:
        return replace(with_net(state, fitting), beside=None, show="this")
    return state


def with_pin(state: MapsState, pin: Pin) -> MapsState:
    """The unit pinned, or not any more where it was."""
    if pin in state.pins:
        return replace(state, pins=tuple(other for other in state.pins if other != pin))
    return replace(state, pins=(*state.pins, pin))


def with_order(state: MapsState, order: str) -> MapsState:
    """Another order; "similarity" is that to the unit under the cursor now."""
    return replace(state, order=order, like=state.channel)  # type: ignore[arg-type]  # the keys of a choice
