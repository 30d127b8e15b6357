"""What the engine can be asked about faces in pictures, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.faces.found import Face
from engine.images import Frame
from engine.mailbox import Mailbox
from engine.networks.requests import WeightsStatus

HAAR: Final = "haar"
"""The cascade that comes with OpenCV: there on the first start, with five points by a net of this project."""
YUNET: Final = "yunet"
MINI: Final = "facenet-mini"
"""The embedder that this project trained itself."""
SMALLEST: Final = 20
"""Faces with fewer pixels a side are not looked for."""


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """How faces are found and turned into numbers.

    `detector`, `embedder`: names from ListFaceModels; embedder "" finds faces only. `least`: the smallest score of a
    detector that gives one, 0..1. `smallest`: the shorter side of the smallest face that counts, in pixels.
    `most`: faces a picture, the largest ones.
    """

    detector: str = HAAR
    embedder: str = MINI
    least: float = 0.7
    smallest: int = 40
    most: int = 64

    def validated(self) -> Self:
        """The settings themselves, or a UserError that says what is wrong with them."""
        if not (math.isfinite(self.least) and 0 <= self.least <= 1):
            raise UserError(f"The score {self.least:g} is not between 0 and 1.")
        if self.smallest < SMALLEST:
            raise UserError(f"Faces of fewer than {SMALLEST} pixels are not looked for.")
        if self.most < 1:
            raise UserError("At least one face has to be looked for.")
        return self


# --- what there is ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListFaceModels:
    """Which detectors and embedders there are, here or to be fetched. Answer: FaceModels."""


@dataclass(frozen=True, slots=True)
class DetectorStatus:
    """A detector of faces.

    `points`: the title of the net that finds five points in its boxes, "" where it finds them itself. `weights`: None
    where it comes with OpenCV; else where its file lies and how to get it.
    """

    name: str
    title: str
    points: str = ""
    weights: WeightsStatus | None = None


@dataclass(frozen=True, slots=True)
class EmbedderStatus:
    """An embedder of faces.

    `size`: width and height of what it reads, `dimensions`: of its embedding. `window`: left, top, right, bottom of
    that in the aligned crop of 112 x 112 pixels. `threshold`: the squared distance that its authors suggest for "same
    person", 0..4; `suggested`: how they found it. `word`: one sentence on what to expect of it. `made_of`: tells two
    files under one name apart (its SHA-256): embeddings of different makes are never compared.
    """

    name: str
    title: str
    size: tuple[int, int]
    dimensions: int
    window: tuple[float, float, float, float]
    threshold: float
    word: str
    made_of: str = ""
    weights: WeightsStatus | None = None
    suggested: str = ""


@dataclass(frozen=True, slots=True)
class FaceModels:
    """Answer to ListFaceModels, what is always there first."""

    detectors: tuple[DetectorStatus, ...]
    embedders: tuple[EmbedderStatus, ...]


# --- faces of a picture -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FindFaces:
    """The faces of a picture. Answer: Faces; a picture without a face has none, which is no error."""

    frame: Frame
    settings: FaceSettings


@dataclass(frozen=True, slots=True)
class FaceTimes:
    """When a frame was read, begun and done on the monotonic clock, and what was spent on what, in seconds."""

    captured: float
    begun: float
    done: float
    detect: float
    embed: float


@dataclass(frozen=True, slots=True, eq=False)
class Liveness:
    """What speaks for a living person before the camera. A demonstration: a good replay passes it.

    `blinks`: counted so far. `turned`: the largest head turns to the person's left and right so far, in degrees.
    `texture`: how much like printed or screened paper the face looks, 0..1. `motion`: how much face and surroundings
    move apart, 0..1, None until something has moved. `challenge`: what is asked for in order, and whether it was done.
    `live`: whether all of it was, and nothing speaks against it. `word`: what the person is to do next, or what was
    found.
    """

    blinks: int
    turned: tuple[float, float]
    texture: float
    motion: float | None
    live: bool
    word: str
    challenge: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Answer to FindFaces and LiveFaces: the frame and its faces, the largest first.

    `embedder`: name and make of what made the embeddings, ("", "") where nothing did. `liveness`: of the largest face.
    """

    frame: Frame
    faces: tuple[Face, ...]
    settings: FaceSettings
    embedder: tuple[str, str]
    times: FaceTimes
    liveness: Liveness | None = None
    dropped: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class NotFound:
    """A live frame that could not be looked at, and why."""

    frame: Frame
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class LiveFaces:
    """Faces of the newest frame, again and again: partial answers, Faces or NotFound, until `frames` is closed.

    `changes`: newer settings. `liveness`: whether the largest face is to show that it lives.
    """

    frames: Mailbox[Frame]
    settings: FaceSettings
    changes: Mailbox[FaceSettings] | None = None
    liveness: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class EmbedCrops:
    """Embeddings of aligned crops, uint8[N, 112, 112, 3] RGB. Answer: Embedded."""

    crops: npt.NDArray[np.uint8]
    embedder: str


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """Answer to EmbedCrops: float32[N, D], rows of length 1, and name and make of what made them."""

    embeddings: npt.NDArray[np.float32]
    embedder: tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class GroupFaces:
    """Which of the faces float32[N, D] are alike, by squared distances. Answer: int64[N], see grouping."""

    rows: npt.NDArray[np.float32]
    threshold: float


@dataclass(frozen=True, slots=True, eq=False)
class CheckDistance:
    """The squared distance of two embeddings, float[D] each, once more in torch. Answer: CheckResult."""

    first: npt.NDArray[np.float32]
    second: npt.NDArray[np.float32]
    distance: float


@dataclass(frozen=True, slots=True, eq=False)
class PlaceFaces:
    """Where embeddings float32[N, D] lie in a plane by t-SNE. Answer, and partial ones: engine.faces.scatter.Plane."""

    rows: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EmbedCrowd:
    """Embeddings of a crowd of drawn people by an embedder: a group for figures while nobody is enrolled.

    Answer: engine.faces.gallery.requests.Snapshot, of no file, with one index; progress is told.
    """

    embedder: str
