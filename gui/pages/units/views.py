"""The one table of ways of asking about a unit. A view is a package here and one line in `VIEWS`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Final, cast

from gui.bridge import Bridge
from gui.pages.units.view import UnitView


@dataclass(frozen=True, slots=True)
class ViewEntry:
    """One view: `name` is the field of the page's state that has its settings; `target` is "module:Class", imported
    when the view is first opened and called with the bridge."""

    name: str
    title: str
    tip: str
    target: str

    def create(self, bridge: Bridge) -> UnitView:
        """Build the view."""
        module, _, attribute = self.target.partition(":")
        return cast(UnitView, getattr(import_module(module), attribute)(bridge))


VIEWS: Final[tuple[ViewEntry, ...]] = (
    ViewEntry(
        "deconv",
        "Deconvnet",
        "The unit's activation, projected back to the pixels (Zeiler & Fergus 2013)",
        "gui.pages.units.deconv.deconv_view:DeconvView",
    ),
    ViewEntry(
        "patches",
        "Top patches",
        "Where the unit is strongest in many pictures, each beside its projection",
        "gui.pages.units.patches.patches_view:PatchesView",
    ),
    ViewEntry(
        "occlusion",
        "Occlusion",
        "What the answer and a map lose where the picture is hidden (Zeiler & Fergus 2013)",
        "gui.pages.units.occlusion.view:OcclusionView",
    ),
    ViewEntry(
        "asking",
        "Ask",
        "Grad-CAM, SmoothGrad, integrated gradients; pictures grown for a class or a unit",
        "gui.pages.units.asking.view:AskingView",
    ),
    ViewEntry(
        "growth",
        "Growth",
        "Filters and strongest patches at saved epochs of a training",
        "gui.pages.units.growth.view:GrowthView",
    ),
)
