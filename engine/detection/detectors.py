"""Detectors that are ready to work: opened by the name of their weights, kept in the engine's thread, one for all.

How each kind does it is in a module of its own: `digits_detector`, `darknet_detector`, `torchvision_detector`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final, Protocol

from engine.context import Context
from engine.detection import class_names
from engine.detection.found import Grid, Raw
from engine.detection.requests import AnchorAnswer, DetectorStatus, Kind, Letterbox, ListDetectors
from engine.errors import UserError
from engine.images import Frame
from engine.jobs import Progress
from engine.networks.importing import imported
from engine.networks.steps import told
from engine.networks.weights import store
from engine.networks.weights.records import WeightsEntry
from engine.networks.weights.store import Resolved

if TYPE_CHECKING:
    import torch

    from engine.detection.cells import Head

TASK: Final = "detection"
RANDOM: Final = "random:"
"""Before a name of torchvision's: the net before any training. What it finds means nothing."""
KEPT: Final = 2
"""Detectors in memory."""
DIGITS: Final = "yolo_digits"
TORCHVISION: Final = (
    "ssdlite320_mobilenet_v3_large",
    "ssd300_vgg16",
    "fasterrcnn_mobilenet_v3_large_320_fpn",
    "fasterrcnn_mobilenet_v3_large_fpn",
    "fasterrcnn_resnet50_fpn",
    "fasterrcnn_resnet50_fpn_v2",
    "fcos_resnet50_fpn",
    "retinanet_resnet50_fpn",
    "retinanet_resnet50_fpn_v2",
)
"""The nets of torchvision that answer with boxes and nothing else."""
NO_DETECTOR: Final = "Choose a detector from the list."


class Answer(Protocol):
    """What a net said about one frame, kept so that thresholds can move without another run. All of it on the CPU.

    `prepare` and `net`: seconds. `count`: boxes before suppression. `nbytes`: what keeping it takes.
    """

    @property
    def frame(self) -> Frame: ...
    @property
    def letterbox(self) -> Letterbox: ...
    @property
    def prepare(self) -> float: ...
    @property
    def net(self) -> float: ...
    @property
    def count(self) -> int: ...
    @property
    def nbytes(self) -> int: ...
    @property
    def grids(self) -> tuple[Grid, ...]:
        """Empty for a net without grids."""

    def raw(self, least: float = 0.0) -> Raw:
        """The boxes in pixels of the frame; those that cannot reach the score `least` may be left out."""

    def cell(self, grid: int, row: int, column: int) -> tuple[Head, tuple[AnchorAnswer, ...]]:
        """One cell of a grid. Raises UserError where there is none."""


class Detector(Protocol):
    """A net with its weights on `device`, float32, in evaluation mode. `classes`: one name for each that it tells."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def classes(self) -> tuple[str, ...]: ...
    @property
    def device(self) -> torch.device: ...
    @property
    def note(self) -> str:
        """What a person should know about what it finds; empty where there is nothing to say."""

    def steps(self, frame: Frame) -> Generator[None, None, Answer]:
        """What the net says about a frame, in steps; in the mode of whoever asks."""


_kept: OrderedDict[tuple[str, int, str], Detector] = OrderedDict()


def open_detector(name: str, context: Context) -> Generator[Any, None, Detector]:
    """The detector with the weights of that name, or of "random:<torchvision's name>", from memory or from its file.

    Raises UserError where the weights are not here, are damaged, or find nothing in pictures.
    """
    import torch

    device = context.device or torch.device("cpu")
    found: Resolved | None = None
    changed = 0
    if not name.startswith(RANDOM):
        found = yield from _found(name, context)
        changed = found.path.stat().st_mtime_ns
    key = name, changed, str(device)
    if context.reduced:
        for other in [other for other in _kept if other != key]:
            del _kept[other]
    detector = _kept.get(key)
    if detector is None:
        title = name.removeprefix(RANDOM) if found is None else found.entry.title
        yield context.progress(0, 2, f"Loading {title}")
        detector = yield from _loaded(name, found, device, context)
        yield context.progress(1, 2, f"Warming up {title}")
        yield from _warm_up(detector)
        for stale in [other for other in _kept if other[0] == name]:
            del _kept[stale]
        _kept[key] = detector
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
        yield context.progress(2, 2, f"{title} is ready")
    _kept.move_to_end(key)
    return detector


def _found(name: str, context: Context) -> Generator[Any, None, Resolved]:
    """The files of weights that find things; told as progress where one has to be read."""
    telling = False

    def checking(_bytes: int) -> Progress:
        nonlocal telling
        telling = True
        return context.progress(0, 1, "Checking the file of the weights")

    found = yield from told(store.find_steps(name), checking)
    if telling:
        yield context.progress(1, 1, "The file of the weights is whole")
    if kind_of(found.entry) is None:
        raise UserError(f"{found.entry.title} finds nothing in pictures here.", NO_DETECTOR)
    return found


def forget() -> None:
    """Give all detectors up."""
    _kept.clear()


def kept() -> tuple[str, ...]:
    """The names of the detectors in memory, the one used last at the end."""
    return tuple(name for name, *_ in _kept)


def kind_of(entry: WeightsEntry) -> Kind | None:
    """Whose layout a net has; None for weights that cannot be used to find things."""
    if entry.task != TASK:
        return None
    if entry.architecture == DIGITS:
        return "yolo-digits"
    if entry.architecture == "darknet" or any(file.file.endswith(".cfg") for file in entry.files):
        return "Darknet"
    return "torchvision" if entry.architecture in TORCHVISION else None


def _loaded(
    name: str, found: Resolved | None, device: torch.device, context: Context
) -> Generator[Any, None, Detector]:
    kind = "torchvision" if found is None else kind_of(found.entry)
    if kind == "torchvision":
        yield from imported("torchvision.models.detection", context)
        from engine.detection import torchvision_detector

        if found is not None:
            return (yield from torchvision_detector.opened(found, device))
        return torchvision_detector.untrained(name.removeprefix(RANDOM), device)
    assert found is not None
    if kind == "Darknet":
        from engine.detection import darknet_detector

        return (yield from told(darknet_detector.opened(found, device), lambda _: None))
    from engine.detection import digits_detector

    return digits_detector.opened(found, device)


def _warm_up(detector: Detector) -> Generator[None, None, None]:
    """Once with a grey picture: the first pass chooses algorithms and allocates, and names must fit the classes."""
    import numpy as np

    frame = Frame(np.full((240, 320, 3), 128, np.uint8), "grey")
    answer = yield from detector.steps(frame)
    told_apart = answer.raw(1.0).classes.shape[1]
    if told_apart != len(detector.classes):
        raise UserError(
            f"{detector.title} tells {told_apart:,} classes apart, but {len(detector.classes):,} are named.",
            "Import it again with the list of names that belongs to it.",
        )


# --- what there is ------------------------------------------------------------------------------------------------


def list_detectors(
    _request: ListDetectors, context: Context
) -> Generator[Any, None, tuple[DetectorStatus, ...]]:
    """Answer a ListDetectors; files that were not checked since they changed are read in small steps."""
    found: list[DetectorStatus] = []
    known = [(entry, kind) for entry in store.entries() if (kind := kind_of(entry)) is not None]
    for position, (entry, kind) in enumerate(known):
        checking = context.progress(position, len(known), f"Checking {entry.title}")
        weights = yield from told(store.status_steps(entry), lambda _, step=checking: step)  # type: ignore[misc]
        reads = "handwritten digits" if kind == "yolo-digits" else "photos"
        classes = entry.labels
        if kind == "Darknet" and not classes and entry.classes in class_names.LISTS:
            classes = class_names.known(entry.classes)
        found.append(DetectorStatus(entry.name, entry.title, kind, weights, classes, reads))
    return tuple(sorted(found, key=lambda one: (not one.here, one.kind != "yolo-digits")))
