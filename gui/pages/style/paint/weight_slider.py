"""A slider for a weight: ten steps a decade, and 0 at its left end."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtWidgets import QWidget

from gui.widgets.slider import SliderField

A_DECADE: Final = 10


class WeightSlider(SliderField):
    """`value` is the weight itself; one that was set and lies between two steps stays what it is until a hand moves."""

    def __init__(
        self, label: str, lowest: int, highest: int, value: float, *, tooltip: str = "", parent: QWidget | None = None
    ) -> None:  # fmt: skip
        """From 10^lowest to 10^highest."""
        self._lowest, self._steps = lowest, (highest - lowest) * A_DECADE
        self._exact: tuple[int, float] | None = None
        super().__init__(
            label, 0, self._steps + 1, 1, value, weight_text,
            tooltip=f"{tooltip} (logarithmic; 0 at the left end)".strip(), parent=parent,
        )  # fmt: skip

    @property
    def value(self) -> float:
        """The weight under the handle."""
        tick = self.slider.value()
        if self._exact is not None and self._exact[0] == tick:
            return self._exact[1]
        return self.weight_at(tick)

    def weight_at(self, tick: int) -> float:
        """The weight of a step, 0 for the first."""
        return float(f"{10 ** (self._lowest + (tick - 1) / A_DECADE):.3g}") if tick else 0.0

    def tick_of(self, weight: float) -> int:
        """The nearest step of a weight."""
        if weight <= 0:
            return 0
        tick = 1 + round((math.log10(weight) - self._lowest) * A_DECADE)
        return min(max(tick, 1), self._steps + 1)

    def set_value(self, value: float) -> None:
        """Show a weight, without a signal."""
        tick = self.tick_of(value)
        self._exact = tick, value
        super().set_value(tick)


def weight_text(weight: float) -> str:
    """A weight in three digits."""
    return f"{weight:,.0f}" if weight >= 1000 else f"{weight:.3g}"
