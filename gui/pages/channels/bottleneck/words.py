"""What is said about the three variants."""

from __future__ import annotations

from typing import Final

from engine.foundations.channels.bottleneck import break_even
from gui.pages.channels.bottleneck.resolve import ShownBlock, ratio
from gui.pages.channels.numbers import milliseconds
from gui.widgets.stage_text import plural

NOT_ALL: Final = "Time is not only multiplications: memory has to be moved, too."
LONGEST_TIME: Final = (
    "Measured (cpu, 2 threads, torch 2.10.0, fastest of 7): 0.888 ms direct, 0.888 ms bottleneck (88.8× more), "
    f"0.888 ms separable (88.8× more). {NOT_ALL}"
)


def sentences(shown: ShownBlock) -> list[str]:
    """The count, the clock, and where the bottleneck stops to pay."""
    return [count_sentence(shown), time_sentence(shown), even_sentence(shown)]


def longest(shown: ShownBlock) -> list[str]:
    """The same with the longest words about times, so that nothing moves when they come."""
    return [count_sentence(shown), LONGEST_TIME, even_sentence(shown)]


def count_sentence(shown: ShownBlock) -> str:
    """Multiplications of the direct way and of both layers of the bottleneck."""
    direct, narrow, _ = shown.variants
    first, second = narrow.layers
    return (
        f"Direct: {direct.macs:,} multiplications. Bottleneck: {first.macs:,} + {second.macs:,} = {narrow.macs:,}, "
        f"{ratio(narrow.macs, direct.macs)}."
    )


def time_sentence(shown: ShownBlock) -> str:
    """What the clock says, and that it is not the count."""
    times = shown.times
    if times.reason:
        return times.reason
    if times.measured is None:
        return "The three are run and timed in PyTorch as soon as it is there."
    if times.stale:
        return "The times belong to the settings before; new ones are being measured."
    direct, narrow, separable = times.measured.seconds
    return (
        f"Measured ({times.measured.where}, fastest of {times.measured.rounds}): {milliseconds(direct)} direct, "
        f"{milliseconds(narrow)} bottleneck ({ratio(narrow, direct)}), {milliseconds(separable)} separable "
        f"({ratio(separable, direct)}). {NOT_ALL}"
    )


def even_sentence(shown: ShownBlock) -> str:
    """How wide the bottleneck may be."""
    most = break_even(shown.block)
    if not most:
        return "Here no bottleneck saves multiplications, not even one with a single channel."
    return f"With up to {plural(most, 'channel')} inside, the bottleneck multiplies less than the direct convolution."
