"""Words that several parts of the page share: names of kernels, directions, ranges."""

from __future__ import annotations

from typing import Final

from engine.foundations.edges.catalogue import EdgeKernel
from engine.foundations.edges.requests import Range
from gui.widgets.plate import number_text
from gui.widgets.stage_text import plain

_EIGHTHS: Final = (
    "to the right", "to the lower right", "downwards", "to the lower left", "to the left", "to the upper left",
    "upwards", "to the upper right",
)  # fmt: skip


def degrees(angle: float) -> str:
    """ "45°", with a true minus sign."""
    return f"{plain(round(angle, 1))}°"


def direction_words(angle: float) -> str:
    """A direction on the screen in words, to the nearest eighth; the number where it is none of them."""
    words = _EIGHTHS[round(angle / 45) % 8]
    return words if angle % 45 == 0 else f"along {degrees(angle)} ({words})"


def settled(value: float) -> str:
    """A sum of products as a number in words, without what rounding left over: 0 and not −1.8e−15."""
    return plain(round(value, 9) + 0.0)


def kernel_title(kernel: EdgeKernel) -> str:
    """The name of a kernel with what is set on it."""
    name = kernel.entry.title
    if kernel.entry.turns:
        return f"{name}, {degrees(kernel.angle)}"
    return f"{name}, σ {plain(kernel.sigma)}" if "sigma" in kernel.entry.uses else name


def kernel_kind(kernel: EdgeKernel) -> str:
    """What a gradient kernel answers, in words; empty for others and for angles without a name."""
    if kernel.entry.derivative is None:
        return ""
    return {0.0: "vertical edges", 90.0: "horizontal edges"}.get(kernel.angle, "")


def span(found: Range, decimals: int | None = None) -> str:
    """ "−1020 to 998": the true extremes of a map."""
    digits = decimals if decimals is not None else (0 if max(-found.low, found.high) >= 100 else 2)
    return f"{number_text(found.low, digits)} to {number_text(found.high, digits)}"
