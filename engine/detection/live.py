"""Frames go to a detector, and what it finds comes back: once, or for every frame of a live source."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final

import numpy as np

from engine.context import Context
from engine.detection.detectors import Answer, Detector, open_detector
from engine.detection.found import Raw
from engine.detection.requests import (
    Annotated,
    Cell,
    CellLook,
    DetectLive,
    DetectorSettings,
    DetectPicture,
    NotDetected,
    Times,
)
from engine.detection.scoring import Found
from engine.detection.suppress import likely, suppress, unusable
from engine.detection.tracking import Tracker
from engine.errors import UserError
from engine.images import Frame, publish
from engine.networks.steps import told

REMEMBERED: Final = 4
"""Answers kept: the window may freeze a frame while the engine is a few frames further on."""
REMEMBERED_BYTES: Final = 64_000_000
IDLE_S: Final = 0.1


@dataclass(slots=True, eq=False)
class _Answers:
    """The last answers of one detector by frame, so that a frame at rest is not shown to a net again."""

    _detector: Detector | None = None
    _kept: OrderedDict[int, Answer] = field(default_factory=OrderedDict)

    def of(self, detector: Detector, frame: Frame) -> Answer | None:
        return self._kept.get(id(frame)) if detector is self._detector else None

    def keep(self, detector: Detector, answer: Answer) -> None:
        """The number of a frame is its own for as long as its answer is kept, which holds the frame."""
        if detector is not self._detector:
            self.forget()
            self._detector = detector
        self._kept[id(answer.frame)] = answer
        while len(self._kept) > REMEMBERED or (len(self._kept) > 1 and self._bytes() > REMEMBERED_BYTES):
            self._kept.popitem(last=False)

    def forget(self) -> None:
        self._detector = None
        self._kept.clear()

    def _bytes(self) -> int:
        return sum(answer.nbytes for answer in self._kept.values())


_answers = _Answers()


def forget() -> None:
    """Give all answers up."""
    _answers.forget()


# --- handlers -----------------------------------------------------------------------------------------------------


def detect_picture(request: DetectPicture, context: Context) -> Generator[Any, None, Annotated]:
    """Answer a DetectPicture. Raises UserError: no such weights, bad settings, an answer that is no number."""
    settings = request.settings.validated()
    detector = yield from open_detector(request.detector, context)
    begun = time.monotonic()
    answer, fresh = yield from _answered(detector, request.frame, context)
    return annotated(detector, answer, settings, begun, fresh=fresh, raw=request.raw)


def detect_live(request: DetectLive, context: Context) -> Generator[Any, None, None]:
    """Answer a DetectLive: an Annotated or NotDetected for the newest frame, until the mailbox is closed."""
    settings = request.settings.validated()
    detector = yield from open_detector(request.detector, context)
    tracker = Tracker() if request.track else None
    dropped_before = request.frames.dropped
    unsubscribe = request.frames.subscribe(lambda: context.wake())
    try:
        while True:
            closed = request.frames.closed  # asked first: a frame put before closing is still looked at
            settings = _changed(request, settings)
            frame = request.frames.take()
            if frame is None:
                if closed:
                    return
                yield context.idle(IDLE_S)
                continue
            dropped = request.frames.dropped - dropped_before
            result, settings = yield from _looked_at(
                request, context, detector, frame, settings, tracker, dropped
            )
            if request.out is None:
                yield context.partial(result)
            else:
                request.out.put(result)
                yield
    finally:
        unsubscribe()
        _hand_back(request, settings)


def look_at_cell(request: CellLook, context: Context) -> Generator[Any, None, Cell]:
    """Answer a CellLook. Raises UserError where the net has no such cell."""
    detector = yield from open_detector(request.detector, context)
    answer, _ = yield from _answered(detector, request.frame, context)
    head, anchors = answer.cell(request.grid, request.row, request.column)
    return Cell(
        request, detector.classes, head.grid, anchors, answer.letterbox, head.scale_xy, head.normalised_by
    )


def _looked_at(
    request: DetectLive,
    context: Context,
    detector: Detector,
    frame: Frame,
    settings: DetectorSettings,
    tracker: Tracker | None,
    dropped: int,
) -> Generator[Any, None, tuple[Annotated | NotDetected, DetectorSettings]]:
    """What is found in a live frame, and the settings that were in force when the net had answered."""
    begun = time.monotonic()
    try:
        answer, fresh = yield from _answered(detector, frame, context)
        settings = _changed(request, settings)
        found = annotated(
            detector, answer, settings, begun, fresh=fresh, raw=request.raw, tracker=tracker, dropped=dropped
        )
    except UserError as error:
        return NotDetected(frame, str(error)), settings
    return found, settings


def _changed(request: DetectLive, settings: DetectorSettings) -> DetectorSettings:
    """The newest settings."""
    newer = None if request.changes is None else request.changes.take()
    return settings if newer is None else newer.validated()


def _hand_back(request: DetectLive, settings: DetectorSettings) -> None:
    """Leave the newest settings in their slot: a job that ran out of memory begins once more."""
    if request.changes is not None:
        request.changes.put(_changed(request, settings))


def _answered(
    detector: Detector, frame: Frame, context: Context
) -> Generator[Any, None, tuple[Answer, bool]]:
    """What the net says about a frame, and whether it was run for that."""
    if context.reduced:
        forget()
    known = _answers.of(detector, frame)
    if known is not None:
        return known, False
    with closing(detector.steps(frame)) as steps:
        answer = yield from told(steps, lambda _: None)
    context.cancel.check()
    _answers.keep(detector, answer)
    return answer, True


# --- from an answer to finds --------------------------------------------------------------------------------------


def annotated(
    detector: Detector,
    answer: Answer,
    settings: DetectorSettings,
    begun: float,
    *,
    fresh: bool = True,
    raw: bool = False,
    tracker: Tracker | None = None,
    dropped: int = 0,
) -> Annotated:
    """What is found under `settings` in the frame of an answer; `begun` on the monotonic clock.

    Raises UserError where the net answered with nothing but values that are no numbers.
    """
    start = perf_counter()
    boxes = answer.raw(0.0 if raw else settings.least)
    odd = unusable(boxes)
    if odd and odd == len(answer.raw().boxes):
        raise UserError(
            f"{detector.title} answered with values that are no numbers (NaN or infinite).",
            "Its weights are probably damaged: import or download them again.",
        )
    found = kept(boxes, settings)
    # Boxes that were not suppressed are no things: many of them stand for one.
    follows = tracker if settings.suppression != "none" else None
    tracks = None if follows is None else publish(follows.update(found))
    after = perf_counter() - start
    times = Times(
        captured=answer.frame.time_s or begun,
        begun=begun,
        done=time.monotonic(),
        prepare=answer.prepare if fresh else 0.0,
        net=answer.net if fresh else 0.0,
        after=after,
    )
    return Annotated(
        detector=detector.name,
        title=detector.title,
        classes=detector.classes,
        frame=answer.frame,
        settings=settings,
        found=Found(publish(found.boxes), publish(found.scores), publish(found.classes)),
        times=times,
        device=detector.device.type,
        letterbox=answer.letterbox,
        tracks=tracks,
        raw=_published(boxes) if raw else None,
        raw_count=answer.count,
        grids=answer.grids,
        no_numbers=odd,
        dropped=dropped,
        note=detector.note,
    )


def kept(raw: Raw, settings: DetectorSettings) -> Found:
    """The finds among raw boxes, best score first. A filter of classes comes before suppression."""
    wanted = raw
    if settings.only:
        wanted = _only(raw, settings)
    if settings.suppression != "none":
        return suppress(
            wanted, settings.least, settings.iou_threshold, settings.suppression == "per class", settings.most
        )
    index, scores, classes = likely(wanted, settings.least)
    boxes = np.asarray(wanted.boxes[index], np.float64)
    sound = np.flatnonzero(np.isfinite(boxes).all(1))
    order = sound[np.argsort(-scores[sound], kind="stable")][: settings.most]
    return Found(boxes[order], scores[order], classes[order])


def _only(raw: Raw, settings: DetectorSettings) -> Raw:
    """The boxes whose likeliest class is wanted."""
    if not len(raw.boxes):
        return raw
    chosen = np.isin(raw.classes.argmax(axis=1), settings.only)
    objectness = None if raw.objectness is None else raw.objectness[chosen]
    return Raw(
        raw.boxes[chosen], raw.classes[chosen], objectness, None if raw.places is None else raw.places[chosen]
    )


def _published(raw: Raw) -> Raw:
    return Raw(
        publish(raw.boxes),
        publish(raw.classes),
        None if raw.objectness is None else publish(raw.objectness),
        None if raw.places is None else publish(raw.places),
    )
