"""Pieces that all scenes of the convolution page share: colours, heads and keys, the strip of words, numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from gui import colormaps
from gui.pages.convolution.resolve import Resolved
from gui.theme import GREY, RGB, theme
from gui.widgets.stage_text import LOW_STAGE as LOW_STAGE
from gui.widgets.stage_text import Heads as Heads
from gui.widgets.stage_text import by as by
from gui.widgets.stage_text import diverging_key as diverging_key
from gui.widgets.stage_text import head as head
from gui.widgets.stage_text import head_width as head_width
from gui.widgets.stage_text import kept_sentences as kept_sentences
from gui.widgets.stage_text import key as key
from gui.widgets.stage_text import limit_of as limit_of
from gui.widgets.stage_text import line_height as line_height
from gui.widgets.stage_text import place as place
from gui.widgets.stage_text import plain as plain
from gui.widgets.stage_text import plural as plural
from gui.widgets.stage_text import sentences_height as sentences_height
from gui.widgets.stage_text import sentences_size as sentences_size
from gui.widgets.stage_text import sentences_strip as sentences_strip
from gui.widgets.stage_text import signed as signed
from gui.widgets.stage_text import strip_width as strip_width
from gui.widgets.stage_text import text_width as text_width
from gui.widgets.stage_text import titled as titled
from gui.widgets.stage_text import words_size as words_size
from gui.widgets.stage_text import wrapped as wrapped

FloatArray = npt.NDArray[np.float64]
ColorArray = npt.NDArray[np.uint8]

INPUT, PATCH, KERNEL, PRODUCT, OUTPUT = "input/", "patch/", "kernel/", "product/", "output/"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the step view must not give away while a person predicts.

    `cell`: the output of the step on show. `shape`: the output's size. `asked`: the step whose cell is asked for,
    which stays hidden wherever the pointer is.
    """

    cell: bool = False
    shape: bool = False
    asked: int | None = None


NO_SECRETS = Secrets()


# --- colours ----------------------------------------------------------------------------------------------


def input_colors(values: FloatArray, resolved: Resolved) -> ColorArray:
    """Pixels look like the picture (grey); other inputs are activations: diverging when signed, grey when not."""
    whole = resolved.trace.x
    if signed(whole):
        return colormaps.activations(values, limit_of(whole))
    low, high = input_range(resolved)
    return colormaps.grey(values, low, high)


def input_range(resolved: Resolved) -> tuple[float, float]:
    """What the colours of the input span."""
    whole = resolved.trace.x
    if signed(whole):
        return -limit_of(whole), limit_of(whole)
    if resolved.pixels:
        return 0.0, 255.0
    return 0.0, max(float(whole.max(initial=0.0)), 1.0)


def input_anchors(resolved: Resolved) -> tuple[RGB, ...]:
    return colormaps.activation_anchors() if signed(resolved.trace.x) else GREY


def kernel_limit(resolved: Resolved) -> float:
    return limit_of(resolved.trace.weight)


def channel_title(resolved: Resolved, channel: int) -> str:
    name = resolved.channel_names[channel]
    return name.capitalize() if resolved.pixels else f"Channel {name}"


def channel_color(resolved: Resolved, channel: int) -> QColor:
    """The colour of a channel's name: its hue for red, green, blue; muted for grey and for plain numbers."""
    if not resolved.pixels or resolved.channel_names[channel] == "grey":
        return theme.colors.muted
    return theme.channel_color(channel)
