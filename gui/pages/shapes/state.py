"""Everything that a person can set on the page of shapes and costs, as one frozen state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self

from engine.errors import UserError
from engine.foundations.calculator.layers import RANGES, Layer, Shape
from engine.foundations.calculator.presets import PRESETS, preset

View = Literal["chain", "field"]
Precision = Literal["float32", "float16"]

CUSTOM: Final = "custom"
START: Final = preset("ng-39")
MOST_LAYERS: Final = 60
BYTES: Final[dict[Precision, int]] = {"float32": 4, "float16": 2}
INPUT_RANGES: Final = {"height": (1, 1024), "width": (1, 1024), "channels": (1, 4096), "batch": (1, 4096)}
NAMES: Final = {
    "f": "The filter size f", "s": "The stride s", "p": "The padding p", "d": "The dilation",
    "groups": "The number of groups", "filters": "The number of filters", "extra": "The output padding",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShapesState:
    """One view of the page, as plain values.

    `step` is the layer on show, counted from 1; 0 is the input. With `reveal` what comes behind it stays hidden, with
    `predict` also its own output until somebody has said what it is. `unit`: row and column, as shares 0..1 of its map,
    of the output whose receptive field is drawn. A chain may be broken: joins are explained, not refused.
    """

    view: View = "chain"
    preset: str = START.name
    height: int = START.input_shape[1]
    width: int = START.input_shape[2]
    channels: int = START.input_shape[0]
    batch: int = 1
    precision: Precision = "float32"
    layers: tuple[Layer, ...] = START.layers
    step: int = 1
    reveal: bool = False
    predict: bool = False
    unit: tuple[float, float] = (0.5, 0.5)

    @property
    def input_shape(self) -> Shape:
        """(C, H, W)."""
        return self.channels, self.height, self.width

    @property
    def selected(self) -> Layer | None:
        """The layer on show, None for the input."""
        return self.layers[self.step - 1] if self.step else None

    def validated(self) -> Self:
        """The state itself.

        Raises:
            UserError: a value is out of range.
        """
        for name, (low, high) in INPUT_RANGES.items():
            _check(
                f"The input’s {name}" if name != "batch" else "The batch size m",
                getattr(self, name),
                low,
                high,
            )
        if self.preset != CUSTOM and self.preset not in {one.name for one in PRESETS}:
            raise UserError(f"There is no example named “{self.preset}”.")
        if len(self.layers) > MOST_LAYERS:
            raise UserError(f"A chain can have up to {MOST_LAYERS} layers, not {len(self.layers)}.")
        for number, layer in enumerate(self.layers, start=1):
            for name, (low, high) in RANGES.items():
                _check(f"{NAMES[name]} of layer {number}", getattr(layer, name), low, high)
        if not 0 <= self.step <= len(self.layers):
            raise UserError(f"There is no layer {self.step} in a chain of {len(self.layers)}.")
        if not all(0 <= share <= 1 for share in self.unit):
            raise UserError("The place on the map is a share from 0 to 1.")
        return self


def _check(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise UserError(f"{name} must be {low:,} to {high:,}, not {value:,}.")
