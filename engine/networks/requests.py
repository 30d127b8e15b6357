"""What the engine can be asked about networks and weights, and what it answers. Free of torch: pages import it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy.typing as npt

from engine.images import Frame
from engine.mailbox import Mailbox

Array = npt.NDArray[Any]


# --- architectures ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DescribeNetwork:
    """Lay a network of the catalogue open as a graph. Answer: engine.networks.graphs.graph.Graph.

    `size`: height and width of the picture, None for what the net was made for.
    """

    name: str
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class MeasureGradients:
    """Gradient norms at initialisation, plain net beside residual net (He et al. 2016, the CIFAR-10 nets of 6n + 2).

    Answer: GradientNorms; one with `residual` still empty comes as a partial.
    """

    depth: int = 56
    batch_norm: bool = True
    init: Literal["he", "glorot", "small"] = "he"
    width: int = 16
    pictures: int = 16
    seed: int = 0


@dataclass(frozen=True, slots=True)
class GradientNorms:
    """Per convolution, from the input on: the norm of the loss's gradient with respect to its weights.

    `layers` names them; `plain` and `residual` are float64[layers] (the skips have no weights, as in the paper's
    CIFAR-10 nets, so both lists have the same length). `signal_*`: the standard deviation of the activations behind
    the ReLU of the same layers.
    """

    request: MeasureGradients
    layers: tuple[str, ...]
    plain: Array
    residual: Array
    signal_plain: Array
    signal_residual: Array
    loss_plain: float
    loss_residual: float
    seconds: float


# --- classification ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PictureEdits:
    """What a person did to the picture before the net sees it, in this order: painted over, turned, cropped.

    `crop`: (left, top, right, bottom) as shares 0..1 of the turned picture, None for all of it. `angle`: degrees,
    counter-clockwise. `strokes`: (radius, ((x, y), ...)) in shares of the picture's longer side and of its width and
    height; they paint in `paint` (grey, black, white).
    """

    crop: tuple[float, float, float, float] | None = None
    angle: float = 0.0
    strokes: tuple[tuple[float, tuple[tuple[float, float], ...]], ...] = ()
    paint: Literal["grey", "black", "white"] = "grey"

    @property
    def none(self) -> bool:
        """Whether the picture is as it came; the paint alone changes nothing."""
        return self.crop is None and self.angle == 0 and not self.strokes


@dataclass(frozen=True, slots=True, eq=False)
class ClassifyPicture:
    """Show a picture to a net. `weights` is a name of the weights store. Answer: Classification."""

    weights: str
    frame: Frame
    edits: PictureEdits = field(default_factory=PictureEdits)
    top: int = 5


@dataclass(frozen=True, slots=True, eq=False)
class ClassifyLive:
    """Show the newest frame of a mailbox to a net, again and again, until cancelled or the mailbox is closed.

    Every answer is a partial Classification.
    """

    weights: str
    frames: Mailbox[Frame]
    edits: PictureEdits = field(default_factory=PictureEdits)
    top: int = 5


@dataclass(frozen=True, slots=True)
class Guess:
    """One class with its logit and its probability (softmax)."""

    index: int
    label: str
    probability: float
    logit: float


@dataclass(frozen=True, slots=True, eq=False)
class Classification:
    """What a net says to a picture.

    `guesses`: the likeliest classes, likeliest first. `probabilities` float32[classes]. `edited` uint8[H, W, 3] is the
    picture after the person's edits; `seen` uint8[h, w] or uint8[h, w, 3] what the net got, before its normalisation
    (of digits: centred and scaled like the training set); `steps` says in words what was done to get there.
    `seconds` of the net alone. `frame`: what was asked about, with `edits`. `logits` float32[classes]. `note`: what a
    person should know about the picture ("" where there is nothing). The rest is what it takes to compute the answer
    again: `architecture` and `parameters` of the net, `path` of its weights, `mean` and `std` of its normalisation.
    `window` (left, top, right, bottom): what of the edited picture the net reads, as shares 0..1.
    """

    weights: str
    guesses: tuple[Guess, ...]
    labels: tuple[str, ...]
    probabilities: Array
    edited: Array
    seen: Array
    steps: tuple[str, ...]
    seconds: float
    device: str
    frame: Frame
    note: str = ""
    logits: Array | None = None
    edits: PictureEdits = field(default_factory=PictureEdits)
    architecture: str = ""
    parameters: int = 0
    path: Path | None = None
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    window: tuple[float, float, float, float] | None = None


# --- weights ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListWeights:
    """What weights there are and where they lie. Answer: tuple of WeightsStatus."""


@dataclass(frozen=True, slots=True)
class WeightsStatus:
    """Weights of the store as a page lists them.

    `state`: "bundled" (comes with the program), "ready" (in the models folder, checked), "absent" (can be downloaded or
    imported), "partial" (a download that was cut off can go on), "imported" (a person's own file), "damaged".
    `source`, `licence`, `citation` are shown before a download. `bytes` is None where nobody states it, and rounded
    where `approximate`. `url`: where it can be fetched by hand; `files`: the names of all files that belong to it.
    `proof_digits`: how many of the checksum's 64 digits are published, which is what a file is compared with.
    """

    name: str
    title: str
    task: str
    architecture: str
    state: Literal["bundled", "ready", "absent", "partial", "imported", "damaged"]
    bytes: int | None = None
    source: str = ""
    licence: str = ""
    citation: str = ""
    sha256: str = ""
    path: Path | None = None
    bytes_here: int = 0
    figures: str = ""
    note: str = ""
    url: str = ""
    files: tuple[str, ...] = ()
    approximate: bool = False
    proof_digits: int = 64


@dataclass(frozen=True, slots=True)
class DownloadWeights:
    """Fetch weights of the catalogue into the models folder, going on with what a cut-off download left.

    Progress in bytes; answer: WeightsStatus. Raises UserError: offline, not found, wrong bytes, disk full ...
    """

    name: str


@dataclass(frozen=True, slots=True)
class ImportWeights:
    """Take a file from anywhere. Answer: ImportedWeights.

    A file whose checksum stands in the catalogue takes that entry's place. Any other state dict is read without running
    code, fitted to `architecture` (None: to whichever of the catalogue it fits) and kept as a person's own weights.

    A net of Darknet is a pair, a .cfg and a .weights, with a .names file if there is one: any of them is enough where
    the others lie beside it; `companions` are files that came along from elsewhere.
    """

    path: Path
    architecture: str | None = None
    companions: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedWeights:
    """What an imported file turned out to be; `others`: further architectures that it fits exactly."""

    status: WeightsStatus
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoveWeights:
    """Delete downloaded or imported weights from the models folder. Answer: the new tuple of WeightsStatus."""

    name: str
