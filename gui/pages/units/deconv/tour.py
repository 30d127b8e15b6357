"""The deconvnet in the tour."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from gui.pages.classify.drawings import FIVE
from gui.pages.units.deconv.settings import DeconvSettings
from gui.pages.units.state import DIGITS_NET, UnitsState
from gui.widgets.source_state import SourceState

_CAT = UnitsState()
_DIGIT = UnitsState(DIGITS_NET, "features.act2", 3, source=SourceState("drawing", "dark", strokes=FIVE))
_COFFEE = UnitsState(layer="features.relu3_2", channel=24, source=SourceState("sample", "coffee"))


def _with(state: UnitsState, **changes: Any) -> UnitsState:
    settings: DeconvSettings = replace(state.deconv, **changes)
    return replace(state, deconv=settings)


STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    ("deconvnet", "Deconvnet", "A unit's activation, run backwards to the pixels.", _with(_CAT, step=1)),
    (
        "switches",
        "Unpooling with switches",
        "Every value goes back to where the largest one came from: the dots.",
        _with(_CAT, step=2),
    ),
    (
        "rectified",
        "Rectified",
        "The deconvnet cuts off what is negative; here is what that costs.",
        _with(_CAT, step=3),
    ),
    (
        "gradient",
        "The gradient of the same unit",
        "It differs at the ReLU only; the picture differs a lot.",
        _with(_COFFEE, rule="gradient", zoom=False, step=4),
    ),
    (
        "digit",
        "A drawn digit",
        "Which strokes hold up a unit of LeNet; one channel in red and blue.",
        _with(_DIGIT, rule="guided", step=2),
    ),
)
