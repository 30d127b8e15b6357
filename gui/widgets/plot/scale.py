"""Axes of a plot as plain numbers: where the ticks are, what stands at them, where a value lies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SMALLEST_SPAN = 1e-200
"""Linear axes are never shorter: their steps would leave what a float can hold."""
_PLAIN_DECADES = range(-3, 5)
"""Powers of ten that are written out, when all of an axis are among them."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its name and unit, linear or logarithmic, its ends where they are fixed (None: from the values).

    `integer`: only whole numbers have ticks. For the read-out: `each`, what one position is called (the name of the
    axis where it is empty), and `labels`, names of the positions 1, 2, 3 ...
    """

    name: str
    unit: str = ""
    log: bool = False
    integer: bool = False
    low: float | None = None
    high: float | None = None
    each: str = ""
    labels: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name and unit as they stand beside the axis."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis; `text` is empty for a line without a number."""

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A finished axis from `low` to `high` with its ticks, in order."""

    low: float
    high: float
    log: bool
    ticks: tuple[Tick, ...]

    def share(self, value: float) -> float:
        """Where a value lies: 0 at `low`, 1 at `high`; NaN where a logarithm does not exist."""
        if not self.log:
            return (value - self.low) / (self.high - self.low)
        if not value > 0:
            return math.nan
        return math.log(value / self.low) / math.log(self.high / self.low)

    def shares(self, values: Array) -> npt.NDArray[np.float64]:
        """The same for float64[n]; NaN for values that are no number or not on the axis."""
        found = np.asarray(values, np.float64)
        found = np.where(np.isfinite(found), found, np.nan)
        if not self.log:
            return (found - self.low) / (self.high - self.low)
        positive = np.where(found > 0, found, np.nan)
        return np.asarray(np.log(positive / self.low) / math.log(self.high / self.low), np.float64)


def scale_of(axis: Axis, values: Sequence[Array], most: int) -> Scale:
    """The axis for all of these values, with about `most` numbered ticks at the most."""
    low, high = _span(axis, values)
    if axis.log:
        return _log_scale(axis, low, high, max(most, 2))
    return _linear_scale(axis, low, high, max(most, 2))


def off_axis(axis: Axis, values: Array) -> int:
    """How many values cannot be drawn: no finite numbers, or not positive on a logarithmic axis."""
    found = np.asarray(values, np.float64)
    drawn = np.isfinite(found) & (found > 0) if axis.log else np.isfinite(found)
    return int(found.size - np.count_nonzero(drawn))


def _span(axis: Axis, values: Sequence[Array]) -> tuple[float, float]:
    """The lowest and the highest value to show, never the same."""
    every = np.concatenate([np.asarray(v, np.float64).ravel() for v in values]) if values else np.empty(0)
    every = every[np.isfinite(every)]
    every = every[every > 0] if axis.log else every
    low = float(every.min()) if every.size else (1.0 if axis.log else 0.0)
    high = float(every.max()) if every.size else (10.0 if axis.log else 1.0)
    low = low if axis.low is None else axis.low
    high = high if axis.high is None else axis.high
    if axis.log:
        return (low, high) if high > low * (1 + 1e-12) else (low / 2, low * 2)
    if high - low > max(abs(low), abs(high)) * 1e-12 and high - low > SMALLEST_SPAN:
        return low, high
    room = abs(low) / 2 if abs(low) > SMALLEST_SPAN else 1.0
    return low - room, low + room


def _linear_scale(axis: Axis, low: float, high: float, most: int) -> Scale:
    step = nice_step((high - low) / most)
    step = max(round(step), 1) if axis.integer else step
    bottom = low if axis.low is not None or axis.integer else math.floor(low / step + 1e-9) * step
    top = high if axis.high is not None or axis.integer else math.ceil(high / step - 1e-9) * step
    first = math.ceil(bottom / step - 1e-9)
    last = math.floor(top / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    decimals += int(not math.isclose(step * 10**decimals, round(step * 10**decimals)))
    ticks = [
        Tick(index * step, linear_text(index * step, step, decimals)) for index in range(first, last + 1)
    ]
    if axis.integer and bottom == round(bottom) and (not ticks or ticks[0].value - bottom >= step / 2):
        ticks.insert(0, Tick(bottom, linear_text(bottom, step, 0)))
    return Scale(bottom, top, False, tuple(ticks))


def nice_step(least: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is not smaller than `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in _STEPS if step * power >= least * (1 - 1e-9))


def linear_text(value: float, step: float, decimals: int) -> str:
    """A number at a tick: a true minus sign, powers of ten for the very large and the very small."""
    if value and (abs(value) >= 1e6 or step < 1e-4):
        mantissa, _, exponent = f"{value:.3g}".replace("-", "−", 1 if value < 0 else 0).partition("e")
        return f"{mantissa}·{power_text(int(exponent))}" if exponent else mantissa
    text = f"{value:,.{decimals}f}" if abs(value) >= 10_000 else f"{value:.{decimals}f}"
    return (text.lstrip("-") if float(text.replace(",", "")) == 0 else text).replace("-", "−")


def power_text(exponent: int) -> str:
    """ "10⁻³"."""
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def _log_scale(axis: Axis, low: float, high: float, most: int) -> Scale:
    """Whole decades where the values span some; else 1-2-5 steps, or linear ticks within one decade."""
    decades = math.log10(high / low)
    if decades < 0.5:
        step = nice_step((high - low) / most)
        bottom = max(math.floor(low / step + 1e-9) * step, low / 2) if axis.low is None else low
        top = math.ceil(high / step - 1e-9) * step if axis.high is None else high
        found = range(math.ceil(bottom / step - 1e-9), math.floor(top / step + 1e-9) + 1)
        return Scale(bottom, top, True, tuple(Tick(i * step, f"{i * step:.6g}") for i in found if i > 0))
    if decades <= 2:
        grid = [
            m * 10.0**p
            for p in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
            for m in (1, 2, 5)
        ]
        bottom = max((g for g in grid if g <= low * (1 + 1e-9)), default=low) if axis.low is None else low
        top = min((g for g in grid if g >= high * (1 - 1e-9)), default=high) if axis.high is None else high
        shown = [g for g in grid if bottom * (1 - 1e-9) <= g <= top * (1 + 1e-9)]
        keep = 1 if len(shown) <= most + 1 else 3
        return Scale(bottom, top, True, tuple(_one_two_five(shown, keep)))
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    bottom = 10.0**first if axis.low is None else low
    top = 10.0**last if axis.high is None else high
    return Scale(bottom, top, True, _decades(first, last, bottom, top, most))


def _one_two_five(shown: Sequence[float], keep: int) -> list[Tick]:
    """Ticks at 1, 2, 5 ...; with `keep` 3 only the powers of ten are numbered."""
    return [
        Tick(value, f"{value:.6g}" if keep == 1 or _is_power(value) else "") for value in shown
    ]  # fmt: skip


def _is_power(value: float) -> bool:
    return math.isclose(math.log10(value), round(math.log10(value)), abs_tol=1e-9)


def _decades(first: int, last: int, bottom: float, top: float, most: int) -> tuple[Tick, ...]:
    every = max(math.ceil((last - first) / most), 1)
    plain = every == 1 and first in _PLAIN_DECADES and last in _PLAIN_DECADES
    ticks = []
    for exponent in range(first, last + 1):
        value = 10.0**exponent
        if bottom * (1 - 1e-9) <= value <= top * (1 + 1e-9):
            text = f"{value:,g}" if plain else power_text(exponent)
            ticks.append(Tick(value, text if (exponent - first) % every == 0 else ""))
    return tuple(ticks)


def value_text(value: float) -> str:
    """A value in a read-out: four significant digits, a true minus sign, a power of ten where it is shorter."""
    if not math.isfinite(value):
        return "no number" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -4 < exponent < 6:
        return f"{value:,.{max(3 - exponent, 0)}f}".replace("-", "−")
    mantissa, _, power = f"{value:.3e}".partition("e")
    return f"{mantissa} · {power_text(int(power))}".replace("-", "−")


def spread(wanted: Sequence[float], height: float, low: float, high: float) -> list[float]:
    """Middles of labels of one height near the `wanted` ones, between `low` and `high`, none over another.

    Where there is no room for all of them, they keep their order and share it evenly.
    """
    if not wanted:
        return []
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    if len(wanted) * height > high - low:
        step = (high - low) / len(wanted)
        placed = [low + step * (position + 0.5) for position in range(len(wanted))]
    else:
        placed = _pushed([wanted[index] for index in order], height, low + height / 2, high - height / 2)
    result = [0.0] * len(wanted)
    for position, index in enumerate(order):
        result[index] = placed[position]
    return result


def _pushed(sorted_middles: Sequence[float], height: float, low: float, high: float) -> list[float]:
    """Neighbours that overlap are pushed apart: down first, then what went too far comes back up."""
    placed = [min(max(middle, low), high) for middle in sorted_middles]
    for index in range(1, len(placed)):
        placed[index] = max(placed[index], placed[index - 1] + height)
    if placed[-1] > high:
        placed[-1] = high
        for index in range(len(placed) - 2, -1, -1):
            placed[index] = min(placed[index], placed[index + 1] - height)
    return placed
