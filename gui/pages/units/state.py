"""Everything that a person can set on the page "What a unit sees"."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Self

from engine.errors import UserError
from gui.pages.units.asking.settings import AskingSettings
from gui.pages.units.deconv.settings import DeconvSettings
from gui.pages.units.growth.settings import GrowthSettings
from gui.pages.units.occlusion.settings import OcclusionSettings
from gui.pages.units.patches.settings import PatchesSettings
from gui.widgets.source_state import SourceState

DIGITS_NET: Final = "lenet5-digits"
PHOTO_NET: Final = "tinyvgg-cifar10"
FIRST_LAYER: Final = "features.relu3_1"
FIRST_CHANNEL: Final = 148
"""It answers to the eye of the cat that the page shows first."""
MOST_CHANNELS: Final = 100_000
MOST_SIDE: Final = 100_000


@dataclass(frozen=True, slots=True)
class UnitsState:
    """A net, a layer ("": its first activation), a channel, and where on its map (None: where it is largest).

    `view`: the way of asking; every one has a field of its own settings, called as the view is.
    """

    net: str = PHOTO_NET
    layer: str = FIRST_LAYER
    channel: int = FIRST_CHANNEL
    position: tuple[int, int] | None = None
    source: SourceState = field(default_factory=lambda: SourceState("sample", "cat"))
    view: Literal["deconv", "patches", "occlusion", "asking", "growth"] = "deconv"
    deconv: DeconvSettings = field(default_factory=DeconvSettings)
    patches: PatchesSettings = field(default_factory=PatchesSettings)
    occlusion: OcclusionSettings = field(default_factory=OcclusionSettings)
    asking: AskingSettings = field(default_factory=AskingSettings)
    growth: GrowthSettings = field(default_factory=GrowthSettings)

    @property
    def drawing(self) -> bool:
        return self.source.kind == "drawing"

    def settings(self, view: str) -> Any:
        """The settings of a view."""
        return getattr(self, view)

    def validated(self) -> Self:
        """The state itself, or a UserError; whether the net has such a unit shows when its layers are there."""
        self.source.validated()
        if self.source.kind == "preset":
            raise UserError("A unit needs a picture to look at, not an example of numbers.")
        if not self.net:
            raise UserError("The saved view names no net.")
        if not 0 <= self.channel < MOST_CHANNELS:
            raise UserError(f"There is no channel {self.channel}.", "Channels are counted from 0.")
        if self.position is not None and not all(0 <= place < MOST_SIDE for place in self.position):
            raise UserError("The saved place is on no map.", "Rows and columns are counted from 0.")
        for settings in (self.deconv, self.patches, self.occlusion, self.asking, self.growth):
            settings.validated()
        return self


def with_net(state: UnitsState, net: str) -> UnitsState:
    """Another net: layer, unit and class were those of the one before."""
    return replace(
        with_unit(state, "", 0, None),
        net=net,
        occlusion=replace(state.occlusion, target=None),
        asking=replace(state.asking, target=None),
    )


def with_unit(state: UnitsState, layer: str, channel: int, position: tuple[int, int] | None) -> UnitsState:
    """Another unit: its way down begins at its beginning."""
    return replace(
        state, layer=layer, channel=channel, position=position, deconv=replace(state.deconv, step=0)
    )


def with_source(state: UnitsState, source: SourceState) -> UnitsState:
    """Another picture. The bundled nets take turns: one reads drawn digits, the other photos."""
    state = replace(state, source=source)
    fitting = DIGITS_NET if source.kind == "drawing" else PHOTO_NET
    if state.net in (DIGITS_NET, PHOTO_NET) and state.net != fitting:
        return with_net(state, fitting)
    return state
