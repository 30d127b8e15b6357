"""A detector that needs no torch: a grid of 4 x 4 cells whose numbers are planted, decoded as the real ones are."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np

from engine.context import Context
from engine.detection.cells import Head, cell_answers, raw_of
from engine.detection.exporting import Recorded
from engine.detection.folders.requests import DetectFolder, FolderFindings, PictureFindings
from engine.detection.found import Grid
from engine.detection.live import kept
from engine.detection.requests import (
    Annotated,
    Cell,
    CellLook,
    DetectLive,
    DetectorStatus,
    DetectPicture,
    Letterbox,
    ListDetectors,
    Times,
)
from engine.detection.tracking import Tracker
from engine.errors import UserError
from engine.handlers import HANDLERS, Handler
from engine.images import Frame, open_picture
from engine.networks.requests import WeightsStatus
from engine.runner import Emit, InlineEngine

DIGITS, PHOTOS, ABSENT = "yolo-digits", "street", "ssd-absent"
CLASSES = ("cat", "dog", "frog")
SIDE, STRIDE = 64, 16
HEAD = Head(Grid(4, 4, float(STRIDE), ((16.0, 16.0), (32.0, 24.0))), len(CLASSES))
LOUD = 6.0
PLANTED = (
    # row, column, anchor, class, logit of objectness: two cells answer for the cat, one for the dog, one whispers
    (1, 1, 0, 0, LOUD), (1, 1, 1, 0, 1.0), (2, 3, 1, 1, 3.0), (3, 0, 0, 2, -2.0),
)  # fmt: skip
NETS: list[str] = []
"""The names of the detectors that were run, a run a name: tests empty it."""


def status(name: str, state: Any = "bundled", reads: str = "photos") -> DetectorStatus:
    weights = WeightsStatus(name, name.title(), "detection", "x", state, bytes=13_000_000, figures="mAP 50 %")
    return DetectorStatus(name, name.title(), "Darknet", weights, CLASSES, reads)


LISTED = (status(DIGITS, reads="handwritten digits"), status(PHOTOS, "ready"), status(ABSENT, "absent"))
ONLY_DIGITS = (LISTED[0], LISTED[2])


def listed(_request: ListDetectors, _context: Context) -> tuple[DetectorStatus, ...]:
    return LISTED


def only_digits(_request: ListDetectors, _context: Context) -> tuple[DetectorStatus, ...]:
    return ONLY_DIGITS


def outputs() -> np.ndarray[Any, np.dtype[np.float32]]:
    """float32[2 * 8, 4, 4]: nothing anywhere but where something was planted."""
    values = np.zeros((2, 5 + len(CLASSES), 4, 4), np.float32)
    values[:, 4] = -9.0
    for row, column, anchor, kind, logit in PLANTED:
        values[anchor, :, row, column] = (0.3, -0.2, 0.1, 0.05, logit, 0, 0, 0)
        values[anchor, 5 + kind, row, column] = 5.0
    return values.reshape(-1, 4, 4)


def letterbox(frame: Frame) -> Letterbox:
    """Stretched, so that the places of the finds can be told for any size."""
    return Letterbox(SIDE, SIDE, SIDE / frame.width, SIDE / frame.height, 0.0, 0.0)


def answer(
    detector: str,
    frame: Frame,
    settings: Any,
    *,
    raw: bool,
    tracker: Tracker | None = None,
    fresh: bool = True,
) -> Annotated:
    box = letterbox(frame)
    everything = raw_of([outputs()], [HEAD], box)
    found = kept(everything, settings)
    now = frame.time_s or 1.0
    times = Times(now, now, now + 0.01, 0.001, 0.005 if fresh else 0.0, 0.001)
    return Annotated(
        detector, detector.title(), CLASSES, frame, settings, found, times, "cpu", box,
        tracks=None if tracker is None else tracker.update(found), raw=everything if raw else None,
        raw_count=32, grids=(HEAD.grid,),
    )  # fmt: skip


def detect(request: DetectPicture, _context: Context) -> Annotated:
    if request.detector == ABSENT:
        raise UserError("The weights are not here.", "Download them on the page Weights.")
    if request.frame.width < 2:
        raise UserError("A picture of one pixel shows nothing.", "Choose a larger one.")
    NETS.append(request.detector)
    return answer(request.detector, request.frame, request.settings, raw=request.raw)


def detect_live(request: DetectLive, context: Context) -> Generator[Any, None, None]:
    tracker, settings = Tracker(), request.settings
    unsubscribe = request.frames.subscribe(lambda: context.wake())
    try:
        while True:
            closed = request.frames.closed
            if request.changes is not None:
                settings = request.changes.take() or settings
            frame = request.frames.take()
            if frame is None:
                if closed:
                    return
                yield context.idle(0.01)
                continue
            yield context.partial(answer(request.detector, frame, settings, raw=request.raw, tracker=tracker))
            yield context.idle(0.0)  # one frame a pump: a source may be quicker than any answer
    finally:
        unsubscribe()


def look(request: CellLook, _context: Context) -> Cell:
    box = letterbox(request.frame)
    anchors = cell_answers(outputs(), HEAD, box, request.row, request.column)
    return Cell(request, CLASSES, HEAD.grid, anchors, box, HEAD.scale_xy, HEAD.normalised_by)


def folder(request: DetectFolder, _context: Context) -> FolderFindings:
    found = []
    for path in request.paths:
        frame = open_picture(path)
        one = answer(request.detector, frame, request.settings, raw=False)
        found.append(PictureFindings(path, frame.width, frame.height, one.found))
    return FolderFindings(
        request.detector, "Canned", CLASSES, tuple(found), (("/x/broken.png", "It is broken."),)
    )


def recorded(frame: Frame) -> Recorded:
    from engine.detection.requests import DetectorSettings

    return Recorded.of(answer(DIGITS, frame, DetectorSettings(), raw=False))


def _here(name: str) -> Handler:
    return Handler(f"{__name__}:{name}", needs_torch=False)


REQUESTS = "engine.detection.requests"
TABLE = {
    **HANDLERS,
    f"{REQUESTS}.ListDetectors": _here("listed"),
    f"{REQUESTS}.DetectPicture": _here("detect"),
    f"{REQUESTS}.DetectLive": _here("detect_live"),
    f"{REQUESTS}.CellLook": _here("look"),
    "engine.detection.folders.requests.DetectFolder": _here("folder"),
}


def inline(emit: Emit) -> InlineEngine:
    """The engine's answers without a thread and without torch."""
    return InlineEngine(emit, load_torch=False, handlers=TABLE)


def inline_with_digits_only(emit: Emit) -> InlineEngine:
    """The same where nothing but the bundled detector is here."""
    table = {**TABLE, f"{REQUESTS}.ListDetectors": _here("only_digits")}
    return InlineEngine(emit, load_torch=False, handlers=table)
