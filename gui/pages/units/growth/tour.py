"""The states in which the tour shows the view."""

from __future__ import annotations

from typing import Any, Final

from gui.pages.units.growth.settings import GrowthSettings
from gui.pages.units.state import UnitsState

STOPS: Final[tuple[tuple[str, str, str, Any], ...]] = (
    (
        "growth",
        "During training",
        "The first filters and a unit's strongest patches after three of sixty epochs; the stepper has the others.",
        UnitsState(view="growth", growth=GrowthSettings(epoch=3)),
    ),
)
