"""Plates of this page: which colours mean what, differences that are tiny, numbers in words."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSizeF

from engine.foundations.algebra.exact import Values
from gui import colormaps
from gui.theme import VIRIDIS
from gui.widgets.plate import LARGEST_NUMBERED_SIDE, Mark, MarkRole, Plate, decimals_for, number_texts
from gui.widgets.scene import ColorBar
from gui.widgets.stage_text import LOW_STAGE, diverging_key, kept_sentences, key, limit_of, plain

BoolArray = npt.NDArray[np.bool_]
TINY: Final = 1e-6
"""Differences below it are roundings, and are shown in a unit of their own."""
LONG: Final = 10.0
"""From here on numbers show one decimal: "−12.1" is as long as "−1.59"."""
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def limit(*arrays: Values) -> float:
    """Where the colours of arrays that are compared saturate."""
    return max(limit_of(one.astype(np.float64)) if one.any() else 0.0 for one in arrays) or 1.0


def signal(
    name: str, values: Values, title: str, largest: float, *, editable: bool = False,
    faint: BoolArray | None = None, hidden: BoolArray | None = None,
) -> Plate:  # fmt: skip
    """Inputs and results: the diverging colours of activations."""
    shown = values.astype(np.float64)
    return Plate(
        name, shown, colormaps.activations(shown, largest), title=title, editable=editable,
        faint=faint if faint is not None and faint.any() else None,
        hidden=hidden if hidden is not None and hidden.any() else None, decimals=decimals(shown),
    )  # fmt: skip


def kernel(name: str, values: Values, title: str, largest: float, *, editable: bool = False) -> Plate:
    """Kernels and other weights: the colours of weights."""
    shown = values.astype(np.float64)
    colors = colormaps.weights(shown, largest)
    return Plate(name, shown, colors, title=title, editable=editable, decimals=decimals(shown))


def differences(name: str, values: Values, title: str = "difference") -> Plate:
    """A difference, coloured by its magnitude; roundings in powers of ten, all zeros with a green outline."""
    shown, unit = _in_unit(values.astype(np.float64))
    if not shown.any():
        marks = (Mark(MarkRole.LINKED, 0, 0, *shown.shape),)
        return Plate(name, shown, colormaps.activations(shown, 1.0), title=title, marks=marks)
    most = float(np.abs(shown).max())
    colors = colormaps.magnitude(np.abs(shown), 0, most)
    return Plate(name, shown, colors, title=f"{title}{unit}", decimals=decimals(shown))


def _in_unit(values: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], str]:
    most = float(np.abs(values).max(initial=0.0))
    if not 0 < most < TINY:
        return values, ""
    power = math.floor(math.log10(most))
    return values / 10.0**power, f" in 10{str(power).translate(_SUPERSCRIPTS)}"


def same_digits(plates: list[Plate]) -> None:
    """Show the numbers of plates that stand together in one size."""
    numbered = [plate for plate in plates if max(plate.shape) <= LARGEST_NUMBERED_SIDE]
    digits = max((number_texts(plate.values, plate.decimals)[1] for plate in numbered), default=0)
    for plate in numbered:
        plate.digits = digits


def decimals(values: npt.NDArray[np.float64]) -> int:
    """How many decimals a plate shows: one where that is all that the numbers have, or where they are long."""
    usual = decimals_for(values)
    tenths = np.allclose(values * 10, np.rint(values * 10), rtol=0, atol=1e-9)
    long = float(np.abs(values).max(initial=0.0)) >= LONG
    return 1 if usual and (tenths or long) else usual


def signal_key(largest: float, label: str) -> ColorBar:
    bar = diverging_key(largest)
    return ColorBar(bar.area, bar.anchors, bar.low, bar.high, label)


def kernel_key(largest: float, label: str) -> ColorBar:
    return key(colormaps.weight_anchors(), -largest, largest, label)


def difference_keys(plate: Plate) -> list[ColorBar]:
    """The key of a plate of differences, in the unit of its title; none where all are zero."""
    most = float(np.abs(plate.values).max(initial=0.0))
    return [key(VIRIDIS, 0, most, "|difference|")] if most else []


def small(value: float) -> str:
    """A difference in words: 0 is exactly zero, roundings keep two digits."""
    if 0 < abs(value) < TINY:
        return f"{value:.1e}".replace("e-0", "e-").replace("-", "−")
    return plain(value)


def verdict(largest: float, *, exact: bool, holds: bool) -> str:
    """Whether two sides agree, and how that is known."""
    if not holds:
        return f"✗ they differ by up to {small(largest)}"
    if largest == 0:
        return "✓ equal, exactly" if exact else "✓ equal, to the last bit"
    return f"✓ equal, but for rounding: {small(largest)}"


def few(sentences: list[str], size: QSizeF, least: int = 1) -> list[str]:
    """The sentences that leave the grids their room: `least` of them on low stages."""
    kept = sentences[:least] if size.height() < LOW_STAGE else sentences
    return kept_sentences(kept, size.width(), size.height())


def tuple_text(place: tuple[int, ...]) -> str:
    """An index: "3" on a line, "(1, −2)" in the plane, where a first axis of one cell is no axis."""
    text = ", ".join(str(n).replace("-", "−") for n in place)
    return text if len(place) == 1 else f"({text})"
