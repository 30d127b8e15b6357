"""The states in which the tour shows the view."""

from __future__ import annotations

from typing import Any, Final

from gui.pages.classify.drawings import FIVE
from gui.pages.units.occlusion.settings import OcclusionSettings
from gui.pages.units.state import DIGITS_NET, UnitsState
from gui.widgets.source_state import SourceState

_CAT: Final = UnitsState(view="occlusion", occlusion=OcclusionSettings(row=0.47, column=0.6))
_FIVE: Final = UnitsState(
    net=DIGITS_NET, layer="features.act2", channel=3, view="occlusion",
    source=SourceState("drawing", "dark", strokes=FIVE),
    occlusion=OcclusionSettings(size=0.25, fill="black", row=0.41, column=0.34),
)  # fmt: skip

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "occlusion",
        "Occlusion",
        "With the bridge of the nose hidden the cat is hardly one; the maps show what hiding every place does.",
        _CAT,
    ),
    (
        "occlusion-digit",
        "A digit with a piece erased",
        "What is painted over in black is gone: with the corner of the five erased the net reads another digit.",
        _FIVE,
    ),
)
