"""Which part of a picture the convolution page reads: pure arithmetic on the state and the picture's size."""

from __future__ import annotations

from dataclasses import replace

from engine.images import Frame
from gui.pages.convolution.state import ConvolutionState
from gui.widgets.crop_frame import Crop, clamp
from gui.widgets.source_state import SourceState

LARGEST_AUTOMATIC = 64


def placed(state: ConvolutionState, frame: Frame) -> Crop:
    """Where the state's crop lies in a picture, moved inside it; its `problem` says what had to give way."""
    size = state.pixel_size or automatic_pixel_size(state, frame)
    if state.crop is None:
        x, y = (frame.width - size * state.width) // 2, (frame.height - size * state.height) // 2
    else:
        x, y = state.crop
    return clamp(frame.width, frame.height, x, y, state.height, state.width, size)


def automatic_pixel_size(state: ConvolutionState, frame: Frame) -> int:
    """A cell's side that shows something: two fifths of a photo, the whole of a drawing."""
    cells = max(state.height, state.width)
    side = min(frame.height, frame.width)
    wanted = side // cells if state.source.kind == "drawing" else 2 * side // (5 * cells)
    return min(max(wanted, 1), LARGEST_AUTOMATIC)


def inside(state: ConvolutionState, frame: Frame) -> tuple[ConvolutionState, str]:
    """The state with a crop that lies in the picture, and what had to change in words (empty: nothing).

    The size may come out smaller; whether the kernel still fits is for the caller.
    """
    crop = placed(state, frame)
    if not crop.problem and (state.crop is None or state.crop == (crop.x, crop.y)):
        return state, ""
    changed = replace(state, height=crop.rows, width=crop.cols)
    if crop.problem and state.pixel_size:
        changed = replace(changed, pixel_size=crop.pixel_size)
    if state.crop is not None:
        changed = replace(changed, crop=(crop.x, crop.y))
    return changed, crop.problem


def same_picture(first: SourceState, second: SourceState) -> bool:
    """Whether two sources give the same picture or stream: what was drawn and whether it is frozen do not matter."""
    return (first.kind, first.value) == (second.kind, second.value) or first.kind == second.kind == "drawing"
