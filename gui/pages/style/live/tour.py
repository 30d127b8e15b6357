"""The states in which the tour shows the view."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from engine.style.settings import StyleSettings
from gui.pages.style.live.settings import LiveSettings
from gui.pages.style.state import StyleState
from gui.widgets.source_state import SourceState

GLASS: Final = (SourceState("preset", "mosaic"),)
FIRST: Final = StyleState(view="live", content=SourceState("sample", "astronaut"), styles=GLASS)

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "live",
        "One pass instead of hundreds of steps",
        "A small net that learned one style paints any picture, a video or the camera at once.",
        FIRST,
    ),
    (
        "live-pair",
        "Larger, and beside the picture itself",
        "The same net at another size: strokes keep their width in pixels.",
        replace(FIRST, content=SourceState("sample", "cat"), live=LiveSettings(size=480, look="pair")),
    ),
    (
        "live-paint",
        "Or a few steps a frame",
        "The optimisation itself at low resolution: every frame begins as the painting of the one before.",
        replace(
            FIRST,
            styles=StyleState().styles,
            settings=StyleSettings(beta=200.0),
            live=LiveSettings(way="paint", paint_size=128, evaluations=4),
        ),
    ),
)
