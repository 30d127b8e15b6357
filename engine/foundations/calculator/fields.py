"""How far the outputs of a chain of layers look into its input, along one axis.

Recurrences: Araujo, Norris & Sim, *Computing receptive fields of convolutional neural networks*, 2019. A layer that
enlarges (transposed convolution, upsampling) divides the jump; how many inputs its outputs read then differs from one
output to the next, so that the spans themselves are followed down to the input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Final

from engine.foundations.sizes import effective_kernel, receptive_field

Span = tuple[int, int]
"""The first and the last position, both counted; outside of 0..n-1 lies the padding."""

MOST_PHASES: Final = 256


@dataclass(frozen=True, slots=True)
class Window:
    """What a layer reads: output y looks at ``y s - p + k d``, k < f; with ``up``, at the inputs i for which
    ``i s - p + k = y`` has a tap k < f (a transposed convolution; d is 1 then)."""

    f: int = 1
    s: int = 1
    d: int = 1
    p: int = 0
    up: bool = False

    def below(self, span: Span) -> Span | None:
        """The inputs that the outputs of a span read, None where there are none (f < s leaves outputs without)."""
        first, last = span
        if not self.up:
            return first * self.s - self.p, last * self.s - self.p + effective_kernel(self.f, self.d) - 1
        low, high = -(-(first + self.p - self.f + 1) // self.s), (last + self.p) // self.s
        return (low, high) if low <= high else None


@dataclass(frozen=True, slots=True)
class Field:
    """The receptive field of a layer's outputs along one axis, in input pixels.

    ``size``: how many pixels lie from the first to the last that one output depends on, padding counted (the largest,
    where outputs differ). ``jump``: the distance of neighbouring fields. ``start``: the middle of the first output's
    field, 0 is the middle of the first pixel; None where that output reads nothing. ``everything``: every output
    depends on the whole input, the other numbers say nothing then.
    """

    size: int = 1
    jump: Fraction = Fraction(1)
    start: float | None = 0.0
    everything: bool = False


ALL: Final = Field(everything=True)


def spans(windows: Sequence[Window], output: int, sizes: Sequence[int] | None = None) -> list[Span | None]:
    """What one output of the last window depends on, level by level: the input's pixels first, itself last.

    With ``sizes`` (of the input and behind every window) only positions that exist are followed; padding is nothing.
    Spans are told by their ends: what a dilation skips lies within them, also where it skips the border.
    """
    found: list[Span | None] = [(output, output)]
    for level, window in reversed(list(enumerate(windows))):
        above = found[-1]
        below = None if above is None else window.below(above)
        found.append(below if below is None or sizes is None else _within(below, sizes[level]))
    return found[::-1]


def _within(span: Span, n: int) -> Span | None:
    first, last = max(span[0], 0), min(span[1], n - 1)
    return (first, last) if first <= last else None


def field(windows: Sequence[Window]) -> Field:
    """The receptive field behind a chain of windows."""
    if not any(window.up for window in windows):
        size, jump, start = receptive_field([(w.f, w.s, w.d, w.p) for w in windows])
        return Field(size, Fraction(jump), start)
    phases = min(prod(window.s for window in windows if window.up), MOST_PHASES)
    below = [spans(windows, output)[0] for output in range(phases)]
    sizes = [last - first + 1 for first, last in filter(None, below)]
    steps = [Fraction(1, window.s) if window.up else Fraction(window.s) for window in windows]
    first = below[0]
    middle = None if first is None else (first[0] + first[1]) / 2
    return Field(max(sizes, default=0), prod(steps, start=Fraction(1)), middle)
