"""The states in which the tour shows the view."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from gui.pages.classify.drawings import FIVE
from gui.pages.units.asking.settings import AskingSettings
from gui.pages.units.state import DIGITS_NET, UnitsState
from gui.widgets.source_state import SourceState

_CAT: Final = UnitsState(view="asking")
_FIVE: Final = UnitsState(
    net=DIGITS_NET, layer="features.act2", channel=3, view="asking",
    source=SourceState("drawing", "dark", strokes=FIVE),
)  # fmt: skip
_DEER: Final = AskingSettings(part="grow", target=4, ascent=96)

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "asking",
        "Four gradients",
        "The same class asked in four ways: where the last maps speak for it, and what each pixel does.",
        _CAT,
    ),
    (
        "completeness",
        "Completeness",
        "Integrated gradients add up to what the picture changes; the sentence beneath does the sum.",
        replace(_FIVE, asking=AskingSettings(large="integrated")),
    ),
    (
        "grow",
        "A picture that grows",
        "From noise, step by step, towards what the net takes for a deer.",
        replace(_CAT, asking=_DEER),
    ),
)
