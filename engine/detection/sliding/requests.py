"""What the engine can be asked about the sliding window, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.detection.boxes import nms
from engine.detection.scoring import Found
from engine.detection.sliding.arithmetic import Volumes
from engine.detection.sliding.counting import Cost, Size, cost, grid
from engine.detection.sliding.pyramid import Level
from engine.detection.sliding.window_net import NOTHING, WINDOW
from engine.images import Frame

Answers = npt.NDArray[np.float32]

TOLERANCE: Final = 1e-5


@dataclass(frozen=True, slots=True)
class SlideOnce:
    """Give every scale of a picture to the convolutional net in one pass. Answer: Slid.

    `side`: pixels of the longer side at the largest scale; `scales`: how many, each 3/4 of the one before; `stride`
    of the window in pixels, a multiple of 2.
    """

    frame: Frame
    side: int
    scales: int
    stride: int


@dataclass(frozen=True, slots=True, eq=False)
class Slid:
    """The scales of a picture and, for each, the answers float32[rows, columns, 11] (probabilities) of its windows.

    `too_small`: sizes of the scales that the window does not fit into. `seconds` of all passes together.
    """

    request: SlideOnce
    levels: tuple[Level, ...]
    answers: tuple[Answers, ...]
    too_small: tuple[Size, ...]
    seconds: float

    @property
    def sizes(self) -> list[Size]:
        """Heights and widths of the scales."""
        return [level.size for level in self.levels]

    @property
    def cost(self) -> Cost:
        """Multiplications, over all scales."""
        return cost(self.sizes, self.request.stride)

    @property
    def windows(self) -> int:
        """How many windows there are, over all scales."""
        return sum(answer.shape[0] * answer.shape[1] for answer in self.answers)


@dataclass(frozen=True, slots=True)
class SlideSeparately:
    """Cut every window of a picture out and give them to the net one by one; then all at once; then in one pass.

    Partial answers: Crops with the windows done so far. Answer: Crops.
    """

    once: SlideOnce


@dataclass(frozen=True, slots=True, eq=False)
class Crops:
    """What the windows said one by one, scale by scale, each row by row.

    `probabilities` float32[N, 11] and `seconds` float64[N] of the windows done so far. At the end also the seconds of
    all windows as one batch a scale and of one pass a scale (each the fastest of `rounds`), the largest difference
    between the answers one by one and in one pass, and what it ran on.
    """

    request: SlideSeparately
    probabilities: Answers
    seconds: npt.NDArray[np.float64]
    windows: int
    batch_seconds: float | None = None
    pass_seconds: float | None = None
    max_abs_difference: float = 0.0
    rounds: int = 0
    where: str = ""
    tolerance: float = TOLERANCE

    @property
    def complete(self) -> bool:
        """Whether all windows are done, and compared."""
        return self.pass_seconds is not None

    @property
    def agrees(self) -> bool:
        """Whether both ways give the same answers."""
        return self.max_abs_difference <= self.tolerance

    @property
    def reference(self) -> str:
        """What was compared."""
        return f"{self.windows:,} crops, {self.where}"


@dataclass(frozen=True, slots=True, eq=False)
class CheckVolumes:
    """Compute the volumes of a picture with torch: one pass of convolutions, and window by window as it was trained.

    Answer: engine.foundations.requests.CheckResult.
    """

    volumes: Volumes


def place_of(index: int, grids: list[Size]) -> tuple[int, int, int]:
    """Scale, row and column of a window by its number, counted scale by scale. Raises IndexError beyond the last."""
    for level, (rows, columns) in enumerate(grids):
        if index < rows * columns:
            return level, index // columns, index % columns
        index -= rows * columns
    raise IndexError("there is no such window")


def index_of(level: int, row: int, column: int, grids: list[Size]) -> int:
    """The number of a window, counted scale by scale."""
    before = sum(rows * columns for rows, columns in grids[:level])
    return before + row * grids[level][1] + column


def grids_of(sizes: list[Size], stride: int) -> list[Size]:
    """Rows and columns of windows at every scale."""
    return [grid(size, stride) for size in sizes]


def boxes_of(
    level: Level, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], stride: int
) -> npt.NDArray[np.float64]:
    """Corners float64[N, 4] of windows in pixels of the picture."""
    top, left = rows * stride / level.scale[0], columns * stride / level.scale[1]
    tall, wide = WINDOW / level.scale[0], WINDOW / level.scale[1]
    return np.stack([left, top, left + wide, top + tall], -1).astype(np.float64)


def likely(levels: tuple[Level, ...], answers: tuple[Answers, ...], stride: int, least: float) -> Found:
    """The windows of all scales that say a digit with a probability of `least` or more, before suppression."""
    boxes, scores, classes = [np.zeros((0, 4))], [np.zeros(0)], [np.zeros(0, np.int64)]
    for level, answer in zip(levels, answers, strict=True):
        digits = answer[..., :NOTHING]
        best, kinds = digits.max(-1), digits.argmax(-1)
        rows, columns = np.nonzero(best >= least)
        boxes.append(boxes_of(level, rows, columns, stride))
        scores.append(best[rows, columns].astype(np.float64))
        classes.append(kinds[rows, columns].astype(np.int64))
    return Found(np.concatenate(boxes), np.concatenate(scores), np.concatenate(classes))


def suppressed(found: Found, iou_threshold: float) -> Found:
    """What non-maximum suppression leaves, whatever digit a box says: two of them are hardly in one place."""
    kept = nms(found.boxes, found.scores, iou_threshold)
    return Found(found.boxes[kept], found.scores[kept], found.classes[kept])
