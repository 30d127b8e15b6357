"""What the engine can be asked about detectors, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

import numpy as np
import numpy.typing as npt

from engine.detection.found import Grid, Raw
from engine.detection.scoring import Found
from engine.errors import UserError
from engine.images import Frame
from engine.mailbox import Mailbox
from engine.networks.requests import WeightsStatus

FloatArray = npt.NDArray[np.floating]
IntArray = npt.NDArray[np.int64]
Corners = tuple[float, float, float, float]
Suppression = Literal["per class", "agnostic", "none"]
Kind = Literal["yolo-digits", "Darknet", "torchvision"]

MOST: Final = 300
"""Finds of one picture by default; COCO's rules count 100."""
LIMIT: Final = 20_000
"""More finds than any window can show."""


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """Which of the raw boxes become finds.

    `least`: the smallest score, 0..1. `iou_threshold`: two boxes with more in common are one thing, 0..1.
    `suppression`: among boxes of one class, of all classes together, or not at all. `only`: the numbers of the classes
    that are wanted, empty for all. `most`: finds a picture, the best ones.
    """

    least: float = 0.25
    iou_threshold: float = 0.45
    suppression: Suppression = "per class"
    only: tuple[int, ...] = ()
    most: int = MOST

    def validated(self) -> Self:
        """The settings themselves, or a UserError that says what is wrong with them."""
        for name, value in (("score", self.least), ("IoU threshold", self.iou_threshold)):
            if not (math.isfinite(value) and 0 <= value <= 1):
                raise UserError(f"The {name} {value:g} is not between 0 and 1.")
        if self.suppression not in ("per class", "agnostic", "none"):
            raise UserError(f"There is no way of suppression called “{self.suppression}”.")
        if any(kind < 0 for kind in self.only):
            raise UserError("Classes are counted from 0.")
        if not 1 <= self.most <= LIMIT:
            raise UserError(f"Between 1 and {LIMIT:,} finds can be kept, not {self.most:,}.")
        return self


# --- what there is ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListDetectors:
    """Which detectors there are, here or to be fetched. Answer: tuple of DetectorStatus, the bundled one first."""


@dataclass(frozen=True, slots=True)
class DetectorStatus:
    """A detector as a page lists it. `name`: what the requests below take, a name of the weights store.

    `classes`: what it can find, () where that is only known once it is loaded. `reads`: the pictures that it was made
    for. `weights`: where they lie and how to get them (its `state`), as on the page Weights.
    """

    name: str
    title: str
    kind: Kind
    weights: WeightsStatus
    classes: tuple[str, ...] = ()
    reads: str = "photos"

    @property
    def here(self) -> bool:
        """Whether it can be used now."""
        return self.weights.state in ("bundled", "ready", "imported")


# --- pictures and videos ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class DetectPicture:
    """Find things in one picture. Answer: Annotated.

    `detector`: a name of ListDetectors, or "random:<torchvision's name>" for a net before any training. Where the same
    Frame object was asked about before, the net is not run again: only `settings` are applied anew. `raw`: whether the
    boxes before suppression are handed on.
    """

    detector: str
    frame: Frame
    settings: DetectorSettings = field(default_factory=DetectorSettings)
    raw: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class DetectLive:
    """Find things in the newest frame of a mailbox, again and again, until cancelled or `frames` is closed.

    Every answer is a partial Annotated, or a NotDetected where one frame cannot be worked on; with `out` they are put
    there instead, where the latest wins. `changes`: newer settings, taken with the next frame, so that a slider need
    not start the job (and its tracks) anew. `track`: give things numbers that they keep from frame to frame. `raw`: as
    in DetectPicture; it costs a copy a frame.
    """

    detector: str
    frames: Mailbox[Frame]
    settings: DetectorSettings = field(default_factory=DetectorSettings)
    out: Mailbox[Annotated | NotDetected] | None = None
    changes: Mailbox[DetectorSettings] | None = None
    track: bool = True
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """When a frame was `captured` and when work on it was `begun` and `done` (the monotonic clock, seconds), and how
    many seconds the steps took: `prepare` (scaling), `net`, `after` (decoding, suppression, tracking).

    On a graphics card `net` includes the wait for its answer. `net` is 0 where an earlier answer was used again.
    """

    captured: float
    begun: float
    done: float
    prepare: float
    net: float
    after: float

    @property
    def age(self) -> float:
        """Seconds from the capture to the answer."""
        return self.done - self.captured


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How the picture lies in the net's input: x_input = x * scale_x + left, y_input = y * scale_y + top.

    `width`, `height`: of the input in pixels.
    """

    width: int
    height: int
    scale_x: float
    scale_y: float
    left: float
    top: float

    def to_picture(self, boxes: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Boxes [..., 4] in pixels of the net's input as boxes in pixels of the picture."""
        shift = np.array([self.left, self.top, self.left, self.top])
        scale = np.array([self.scale_x, self.scale_y, self.scale_x, self.scale_y])
        return np.asarray((np.asarray(boxes, np.float64) - shift) / scale)

    def to_input(self, boxes: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The reverse."""
        shift = np.array([self.left, self.top, self.left, self.top])
        scale = np.array([self.scale_x, self.scale_y, self.scale_x, self.scale_y])
        return np.asarray(np.asarray(boxes, np.float64) * scale + shift)


@dataclass(frozen=True, slots=True, eq=False)
class Annotated:
    """What a detector found in `frame`. `found`: best score first; boxes float64[N, 4] in pixels of the frame.

    `tracks` int64[N]: the numbers of the things found, from 1 on and never used twice, 0 for what is not followed;
    None without tracking and without suppression, where many boxes stand for one thing. `raw`: before suppression, None
    where it was not asked for or the net does not tell. `grids`: of a YOLO net, in the order of `raw.places`; empty for
    others. `raw_count`: boxes before suppression, None where the net does not tell. `no_numbers`: raw boxes that were
    dropped because a value was no number. `dropped`: frames of the mailbox that were not looked at, so far. `note`:
    what a person should know.
    """

    detector: str
    title: str
    classes: tuple[str, ...]
    frame: Frame
    settings: DetectorSettings
    found: Found
    times: Times
    device: str
    letterbox: Letterbox
    tracks: IntArray | None = None
    raw: Raw | None = None
    raw_count: int | None = None
    grids: tuple[Grid, ...] = ()
    no_numbers: int = 0
    dropped: int = 0
    note: str = ""

    def label(self, index: int) -> str:
        """The name of the class of one find."""
        return self.classes[int(self.found.classes[index])]

    def counts(self) -> dict[str, int]:
        """How many of each class were found, the classes in their order."""
        kinds, counts = np.unique(self.found.classes, return_counts=True)
        return {
            self.classes[kind]: count for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True)
        }


@dataclass(frozen=True, slots=True, eq=False)
class NotDetected:
    """A live frame that the detector could not work on, with the reason in words."""

    frame: Frame
    why: str


# --- one cell -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class CellLook:
    """What a YOLO net says in one cell of its grid number `grid`, about a frame. Answer: Cell.

    The frame that was asked about last costs no run of the net. Raises UserError for a net without grids and for a cell
    outside of them.
    """

    detector: str
    frame: Frame
    grid: int
    row: int
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class AnchorAnswer:
    """What a cell says with one anchor.

    `size`: width and height p_w, p_h of the anchor in pixels of the net's input. `offsets`: t_x, t_y, t_w, t_h.
    `logit` and `objectness` of "something is here", the latter in 0..1. `class_logits` and `classes` float64[C]:
    before and after softmax or sigmoid; `scores` float64[C] = objectness * classes. `box` in pixels of the net's input,
    `picture_box` in pixels of the frame.
    """

    anchor: int
    size: tuple[float, float]
    offsets: Corners
    logit: float
    objectness: float
    class_logits: npt.NDArray[np.float64]
    classes: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]
    box: Corners
    picture_box: Corners


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One cell of a grid and its answers, an anchor each.

    b_x = (column + s * sigmoid(t_x) - (s - 1) / 2) * stride with s = `scale_xy`, b_w = p_w * exp(t_w); y and h alike
    (Redmon & Farhadi 2017, 2018; s other than 1: Bochkovskiy et al. 2020). `normalised_by`: what makes probabilities
    of the class logits.
    """

    look: CellLook
    classes: tuple[str, ...]
    grid: Grid
    anchors: tuple[AnchorAnswer, ...]
    letterbox: Letterbox
    scale_xy: float = 1.0
    normalised_by: Literal["softmax", "sigmoid"] = "softmax"

    @property
    def cell_box(self) -> Corners:
        """The cell itself, in pixels of the frame."""
        stride, row, column = self.grid.stride, self.look.row, self.look.column
        corners: Any = self.letterbox.to_picture(
            [column * stride, row * stride, (column + 1) * stride, (row + 1) * stride]
        )
        return tuple(corners.tolist())

    @property
    def best(self) -> AnchorAnswer:
        """The answer with the largest score of a class."""
        return max(self.anchors, key=lambda answer: float(answer.scores.max()))
