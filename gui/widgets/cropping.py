"""Which part of a picture a page of grids reads: pure arithmetic on the page's state and the picture's size."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from engine.images import Frame, luminance
from gui.widgets.crop_frame import Crop, clamp
from gui.widgets.source_state import SourceState

LARGEST_AUTOMATIC = 64


class CroppedState(Protocol):
    """What the state of such a page has: `crop` is the top left pixel (None: the middle), `pixel_size` a cell's side
    in pixels (0: chosen to show something)."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def source(self) -> SourceState: ...
    @property
    def height(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def crop(self) -> tuple[int, int] | None: ...
    @property
    def pixel_size(self) -> int: ...


FloatArray = npt.NDArray[np.float64]
S = TypeVar("S", bound=CroppedState)


def placed(state: CroppedState, frame: Frame) -> Crop:
    """Where the state's crop lies in a picture, moved inside it; its `problem` says what had to give way."""
    size = state.pixel_size or automatic_pixel_size(state, frame)
    if state.crop is None:
        x, y = (frame.width - size * state.width) // 2, (frame.height - size * state.height) // 2
    else:
        x, y = state.crop
    return clamp(frame.width, frame.height, x, y, state.height, state.width, size)


def automatic_pixel_size(state: CroppedState, frame: Frame) -> int:
    """A cell's side that shows something: two fifths of a photo, the whole of a drawing."""
    cells = max(state.height, state.width)
    side = min(frame.height, frame.width)
    wanted = side // cells if state.source.kind == "drawing" else 2 * side // (5 * cells)
    return min(max(wanted, 1), LARGEST_AUTOMATIC)


def inside(state: S, frame: Frame) -> tuple[S, str]:
    """The state with a crop that lies in the picture, and what had to change in words (empty: nothing).

    The size may come out smaller; whether a kernel or a window still fits is for the caller.
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


def split_channels(pixels: npt.NDArray[np.uint8], channels: int) -> FloatArray:
    """Pixels `uint8[H, W, 3]` as an input volume: 1 grey, 2 red and green, 3 RGB, 4 RGB and grey; values 0..255."""
    if channels == 1:
        return np.rint(luminance(pixels)).astype(np.float64)[None]
    planes = np.moveaxis(pixels, -1, 0).astype(np.float64)
    if channels == 4:
        planes = np.concatenate([planes, np.rint(luminance(pixels)).astype(np.float64)[None]])
    return planes[:channels]
