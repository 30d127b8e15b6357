"""The states in which the tour shows the view."""

from __future__ import annotations

from typing import Any, Final

from gui.pages.boxes.state import BoxesState
from gui.pages.boxes.suppression.settings import SuppressionSettings
from gui.pages.detect.drawings import PI
from gui.widgets.source_state import SourceState

_CAT: Final = SourceState("sample", "cat")


def _state(source: SourceState | None = None, **changes: Any) -> BoxesState:
    settings = SuppressionSettings(**changes)
    if source is not None:
        settings = SuppressionSettings(**{"things": settings.before(source).things, **changes})
        return BoxesState(source=source, view="suppression", suppression=settings)
    return BoxesState(view="suppression", suppression=settings)


STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "suppression",
        "Boxes as cards",
        "What a detector says before suppression: several boxes a thing, each with its score.",
        _state(),
    ),
    ("suppression-weak", "Weak boxes go", "Cards with p_c of at most 0.6 are discarded.", _state(step=1)),
    (
        "suppression-rival",
        "A rival dies",
        "The pick against a rival: intersection over union above the threshold, so it is the same thing again.",
        _state(step=5),
    ),
    (
        "suppression-kept",
        "What is kept",
        "One box a thing, and what the detector reports; per class, so a box with a wrong class lives on.",
        _state(step=10_000),
    ),
    (
        "suppression-soft",
        "Soft-NMS",
        "Scores fall instead of boxes being removed (Bodla et al. 2017).",
        _state(decay="gaussian", step=5),
    ),
    (
        "suppression-photo",
        "Around your own boxes",
        "The dashed box can be moved; the boxes of a detector follow it.",
        _state(_CAT, origin="around", count=8, step=2),
    ),
    (
        "suppression-digits",
        "What a detector really says",
        "The raw boxes of the bundled net for digits on a drawing, before suppression.",
        _state(SourceState("drawing", "dark", strokes=PI), origin="detector", least=0.25, step=2),
    ),
)
