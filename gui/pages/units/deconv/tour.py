"""The deconvnet in the tour."""

from __future__ import annotations

from typing import Any, Final

from gui.pages.classify.drawings import FIVE
from gui.pages.units.state import DIGITS_NET, UnitsState
from gui.widgets.source_state import SourceState

_CAT = UnitsState()
_DIGIT = UnitsState(DIGITS_NET, "features.act2", 3, source=SourceState("drawing", "dark", strokes=FIVE))

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    ("deconvnet", "Deconvnet", "A unit's activation, run backwards to the pixels.", _CAT),
)
