"""What the settings ask for, worked out from the picture and from what the engine has answered. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.detection.scoring import Found
from engine.detection.sliding.arithmetic import Volumes, convolutional, dense
from engine.detection.sliding.counting import Cost, Size, cost, grid
from engine.detection.sliding.pyramid import Level, level_size, pyramid
from engine.detection.sliding.requests import (
    Answers,
    Crops,
    Slid,
    SlideOnce,
    grids_of,
    likely,
    place_of,
    suppressed,
)
from engine.detection.sliding.window_net import WINDOW, WindowNet, window_net
from engine.images import Frame
from gui.pages.boxes.sliding.settings import SlidingSettings

Ink = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The scales of the picture, the window on show, and as much as the engine has said about them.

    `slid` and `crops` are None until they are there; what is shown always belongs to one picture.
    """

    settings: SlidingSettings
    frame: Frame
    levels: tuple[Level, ...]
    too_small: tuple[Size, ...]
    stride: int
    grids: list[Size]
    slid: Slid | None
    crops: Crops | None

    @property
    def windows(self) -> int:
        """How many windows there are, over all scales."""
        return sum(rows * columns for rows, columns in self.grids)

    @property
    def cost(self) -> Cost:
        """Multiplications, over all scales."""
        return cost([level.size for level in self.levels], self.stride)

    @property
    def index(self) -> int:
        """The window on show."""
        return min(self.settings.window, self.windows - 1)

    @property
    def place(self) -> tuple[int, int, int]:
        """Its scale, row and column."""
        return place_of(self.index, self.grids)

    @property
    def window(self) -> Ink:
        """Its pixels, float32[14, 14]."""
        level, row, column = self.place
        top, left = row * self.stride, column * self.stride
        return self.levels[level].ink[top : top + WINDOW, left : left + WINDOW]

    def answers(self, level: int) -> Answers | None:
        """float32[rows, columns, 11] of a scale, None while they are on their way."""
        return None if self.slid is None else self.slid.answers[level]

    @property
    def answer(self) -> npt.NDArray[np.float32] | None:
        """float32[11]: what the net says of the window on show."""
        level, row, column = self.place
        answers = self.answers(level)
        return None if answers is None else answers[row, column]

    def seconds(self, windows: int) -> float | None:
        """What the first windows took one by one, None until they were measured."""
        if self.crops is None or len(self.crops.seconds) < windows:
            return None
        return float(self.crops.seconds[:windows].sum())


def request_of(settings: SlidingSettings, frame: Frame) -> SlideOnce:
    """What the engine owes for these settings."""
    return SlideOnce(frame, settings.side, settings.scales, settings.stride)


def resolve(settings: SlidingSettings, frame: Frame, slid: Slid | None, crops: Crops | None) -> Shown:
    """What to draw. Raises UserError where the window fits into no scale of the picture.

    The answers on show may be those of settings a moment ago; then so are the scales (the caller tints them).
    """
    largest = level_size((frame.height, frame.width), settings.side)
    grid(largest)  # which says in words how small it is
    if slid is not None:
        request, levels, too_small = slid.request, slid.levels, slid.too_small
        fitting = crops if crops is not None and crops.request.once == request else None
        grids = grids_of(slid.sizes, request.stride)
        return Shown(settings, request.frame, levels, too_small, request.stride, grids, slid, fitting)
    made = scales_of(frame, settings.side, settings.scales)
    grids = grids_of([level.size for level in made[0]], settings.stride)
    return Shown(settings, frame, *made, settings.stride, grids, None, None)


@lru_cache(maxsize=4)
def scales_of(frame: Frame, side: int, scales: int) -> tuple[tuple[Level, ...], tuple[Size, ...]]:
    """The scales of a picture and those that are too small."""
    made = pyramid(frame, side, scales)
    return made.levels, made.too_small


# --- folding ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Folding:
    """The net on one window as it was trained, and on the picture around it as convolutions.

    `home`: the row and column of the window among the answers of the larger picture; `cell`: the answer on show.
    """

    settings: SlidingSettings
    net: WindowNet
    alone: Volumes
    larger: Volumes
    home: tuple[int, int]
    cell: tuple[int, int]

    @property
    def size(self) -> Size:
        """Height and width of the larger picture."""
        return self.larger.x.shape[0], self.larger.x.shape[1]


def folding(shown: Shown) -> Folding:
    """Both forms of the net on the window on show. Raises UserError where the net's file is damaged."""
    level, row, column = shown.place
    picture = shown.levels[level]
    size = (min(shown.settings.size, picture.size[0]), min(shown.settings.size, picture.size[1]))
    top = _beginning(row * shown.stride, size[0], picture.size[0])
    left = _beginning(column * shown.stride, size[1], picture.size[1])
    home = (row * shown.stride - top) // 2, (column * shown.stride - left) // 2
    net = window_net()
    larger = _larger(picture, top, left, size)
    alone = _alone(picture, row * shown.stride, column * shown.stride)
    wanted = shown.settings.cell or home
    rows, columns = larger.logits.shape[1:]
    cell = min(wanted[0], rows - 1), min(wanted[1], columns - 1)
    return Folding(shown.settings, net, alone, larger, home, cell)


def _beginning(window: int, size: int, length: int) -> int:
    """Where a cut of `size` pixels begins that has the window in its middle, an even number of pixels before it."""
    begin = min(max(window + WINDOW // 2 - size // 2, 0), length - size)
    return begin + (window - begin) % 2 if begin + (window - begin) % 2 <= length - size else begin - 1


@lru_cache(maxsize=4)
def _larger(level: Level, top: int, left: int, size: Size) -> Volumes:
    return convolutional(level.ink[top : top + size[0], left : left + size[1]], window_net())


@lru_cache(maxsize=4)
def _alone(level: Level, top: int, left: int) -> Volumes:
    return dense(level.ink[top : top + WINDOW, left : left + WINDOW], window_net())


# --- what was found ---------------------------------------------------------------------------------------


def found_in_one_pass(shown: Shown) -> tuple[Found, Found] | None:
    """The windows that say a digit, and what suppression leaves of them; None while the answers are on their way."""
    if shown.slid is None:
        return None
    return _found(shown, shown.slid.answers)


def found_one_by_one(shown: Shown) -> tuple[Found, Found] | None:
    """The same from the windows one by one, None until all of them are done."""
    if shown.crops is None or len(shown.crops.probabilities) < shown.windows:
        return None
    answers: list[Answers] = []
    start = 0
    for rows, columns in shown.grids:
        part = shown.crops.probabilities[start : start + rows * columns]
        answers.append(part.reshape(rows, columns, -1))
        start += rows * columns
    return _found(shown, tuple(answers))


def _found(shown: Shown, answers: tuple[Answers, ...]) -> tuple[Found, Found]:
    candidates = likely(shown.levels, answers, shown.stride, shown.settings.least)
    return candidates, suppressed(candidates, shown.settings.overlap)
