"""The top patches in the tour; all of it offline."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from gui.pages.classify.drawings import FIVE
from gui.pages.units.patches.settings import PatchesSettings
from gui.pages.units.state import DIGITS_NET, UnitsState
from gui.widgets.source_state import SourceState

_DEEP = UnitsState(view="patches")
_FIRST = replace(_DEEP, layer="features.relu1_1", channel=5, patches=PatchesSettings(sharp=False))

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "patches",
        "Top patches",
        "Where a unit is strongest in the bundled photos, each beside its projection.",
        _DEEP,
    ),
    ("patches-edges", "Top patches of the first layer", "Three by three pixels: edges and colours.", _FIRST),
    (
        "patches-opened",
        "A patch in its picture",
        "What the net reads of the photo, and what the unit reads of that.",
        replace(_DEEP, patches=PatchesSettings(opened=0)),
    ),
    (
        "patches-digits",
        "Top patches of LeNet",
        "Looked for in handwritten digits, which LeNet was made for.",
        UnitsState(
            DIGITS_NET,
            "features.act2",
            3,
            view="patches",
            source=SourceState("drawing", "dark", strokes=FIVE),
        ),
    ),
)
