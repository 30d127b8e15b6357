"""The one table of ways of asking about a unit. A view is a package here and one line in `VIEWS`."""

from __future__ import annotations

from typing import Final

from gui.pages.units.view import UnitView
from gui.pages.views.view import ViewEntry

VIEWS: Final[tuple[ViewEntry[UnitView], ...]] = (
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
