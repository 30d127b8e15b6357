"""The worked formula of a step: its products, sums and bias as lines of text that fit the room there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QFontMetricsF

from engine.foundations.trace import Step, Trace
from gui.pages.convolution import scene_parts as parts
from gui.pages.convolution.resolve import Resolved
from gui.pages.convolution.scene_parts import NO_SECRETS, Secrets, plain, wrapped
from gui.pages.convolution.state import LAST_PHASE
from gui.theme import theme

WINDOW, PRODUCTS, CHANNEL_SUMS, TOTAL = range(4)
NAME_GAP = 16.0
NOTE_GAP = 12.0
LEFT_OUT = "zero weights left out"
_NAMES = {"body": "small", "section": "body", "title": "section"}
_LONGEST_NUMBER = "(−0.1234)"
_LONGEST_SUM = "−1.235e−9"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the formula: what it is, the numbers filled in, and a remark behind them."""

    name: str
    text: str
    color: QColor | None = None
    note: str = ""


def name_size(size: str) -> str:
    """The type of a line's name beside a formula in `size`."""
    return _NAMES[size]


def name_width(resolved: Resolved, size: str) -> float:
    """The room for the names at the left."""
    names = [parts.channel_title(resolved, channel) for channel in range(len(resolved.trace.x))]
    return max(parts.text_width(name, name_size(size)) for name in [*names, "Sum + bias"]) + NAME_GAP


def totals_count(resolved: Resolved) -> int:
    """How many lines follow those of the channels."""
    return 2 if resolved.trace.spec.activation == "relu" else 1


def lines_wanted(resolved: Resolved, width: float, size: str = "body") -> int:
    """The lines that the formula takes at most, whichever step of the walk is on show."""
    channels = len(resolved.step.channels)
    if channels == 1:
        room = width - name_width(resolved, size)
        channels = 1 if _widest_products(resolved, size) <= room else 2
    return channels + totals_count(resolved)


def _widest_products(resolved: Resolved, size: str) -> float:
    """The width of one channel's products if all values of the input were as long as the longest."""
    done = resolved.trace
    value = _longest(done.padded)
    texts = (
        " + ".join(f"{value}·{wrapped(float(weight))}" for weight in plane.flat)
        for planes in done.kernel
        for plane in planes
    )
    return parts.text_width(max(texts, key=len) + f" = {longest_sum(done)}", size, mono=True)


def _longest(values: npt.NDArray[np.float64]) -> str:
    if not np.array_equal(values, np.rint(values)):
        return _LONGEST_NUMBER
    return max((wrapped(float(values.min())), wrapped(float(values.max()))), key=len)


def longest_sum(done: Trace) -> str:
    """A text as long as any sum of one channel's products can be in this convolution."""
    arrays = (done.padded, done.kernel)
    if not all(np.array_equal(values, np.rint(values)) for values in arrays):
        return _LONGEST_SUM
    weights = float(np.abs(done.kernel).sum((2, 3)).max())
    return min(plain(-float(np.abs(done.padded).max()) * weights), _LONGEST_SUM, key=len)


def formula_lines(
    resolved: Resolved, width: float, secrets: Secrets = NO_SECRETS, *, size: str = "body", most: int = 99
) -> list[Line]:
    """The arithmetic of the step for `width` pixels and at most `most` lines: channels first, then the total.

    All products where they fit, else those with a weight, else as many as there is room for; what is left out is
    said. Where lines are scarce, the last channels go without one: their sums stand at their products.
    """
    channels = resolved.step.channels
    room = width - name_width(resolved, size)
    free = min(lines_wanted(resolved, width, size), most) - totals_count(resolved)
    each = max(free, 1) if len(channels) == 1 else 1
    measure = _Measure(size)
    lines: list[Line] = []
    for index, channel in enumerate(channels[: max(free, 0)]):
        name, color = parts.channel_title(resolved, channel), parts.channel_color(resolved, channel)
        texts, note = _products(resolved.step, index, _tail(resolved, index, secrets), room, measure, each)
        lines += [
            Line("" if number else name, text, color, note if number == len(texts) - 1 else "")
            for number, text in enumerate(texts)
        ]
    return [*lines, *_totals(resolved, room, secrets, size)]


class _Measure:
    """How wide pieces of a formula are; every piece is measured once."""

    def __init__(self, size: str) -> None:
        self._metrics = QFontMetricsF(theme.font(size, mono=True))
        self._known: dict[str, float] = {}
        self.note = parts.text_width(LEFT_OUT, name_size(size)) + NOTE_GAP

    def __call__(self, text: str) -> float:
        width = self._known.get(text)
        if width is None:
            width = self._known[text] = self._metrics.horizontalAdvance(text)
        return width


def _tail(resolved: Resolved, index: int, secrets: Secrets) -> str:
    if secrets.cell:
        return " = ?"
    known = resolved.phase >= CHANNEL_SUMS
    return f" = {plain(float(resolved.step.channel_sums[index]))}" if known else " = …"


def _products(
    step: Step, index: int, tail: str, room: float, measure: _Measure, lines: int
) -> tuple[list[str], str]:
    """One channel's products on at most `lines` lines, and what has to be said about them."""
    taps = list(zip(step.patch[index].flat, step.kernel[index].flat, strict=True))
    every = [f"{wrapped(float(a))}·{wrapped(float(b))}" for a, b in taps]
    whole = _flow(every, tail, (room, room), measure, lines)
    if whole is not None:
        return whole, ""
    weighty = [text for text, (_, b) in zip(every, taps, strict=True) if b != 0] or ["0"]
    note = LEFT_OUT if len(weighty) < len(every) else ""
    rooms = (room, room - measure.note if note else room)
    found, least, most = None, 1, len(weighty)
    while least <= most:  # the more terms, the less they fit
        count = (least + most + 1) // 2
        more = f" + … {len(weighty) - count} more" if count < len(weighty) else ""
        shown = _flow(weighty[:count], more + tail, rooms, measure, lines)
        if shown is None:
            most = count - 1
        else:
            found, least = shown, count + 1
    return (found, note) if found is not None else ([f"{len(weighty)} products{tail}"], "")


def _flow(
    terms: Sequence[str], tail: str, rooms: tuple[float, float], measure: _Measure, lines: int
) -> list[str] | None:
    """Terms joined by plus signs on at most `lines` lines, None where they do not fit.

    `rooms`: how wide a line may be, and how wide the last one, which ends with `tail`.
    """
    done: list[str] = []
    line, used = terms[0], measure(terms[0])
    for index, term in enumerate(terms[1:], start=2):
        wider = used + measure(" + ") + measure(term)
        ending = measure(tail) if index == len(terms) else 0.0
        if wider + ending <= (rooms[1] if ending else rooms[0]):
            line, used = f"{line} + {term}", wider
        else:
            done.append(line)
            line, used = f"+ {term}", measure("+ ") + measure(term)
    fits = used + measure(tail) <= rooms[1] and len(done) < lines
    return [*done, line + tail] if fits else None


def _totals(resolved: Resolved, room: float, secrets: Secrets, size: str) -> list[Line]:
    step = resolved.step
    if resolved.phase < TOTAL:
        return [Line("Output", "…")]
    bias, result = wrapped(step.bias), "?" if secrets.cell else plain(step.pre)
    sums = " + ".join("?" if secrets.cell else wrapped(float(value)) for value in step.channel_sums)
    text = f"{sums} + {bias} = {result}"
    if parts.text_width(text, size, mono=True, bold=True) > room:
        text = f"{'?' if secrets.cell else wrapped(step.total)} + {bias} = {result}"
    lines = [Line("Sum + bias", text)]
    if resolved.trace.spec.activation == "relu" and resolved.phase >= LAST_PHASE:
        value = "?" if secrets.cell else plain(step.value)
        lines.append(Line("ReLU", f"max(0, {result}) = {value}"))
    return lines
