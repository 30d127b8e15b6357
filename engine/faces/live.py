"""Frames go in, faces come out: found, aligned, embedded; once, or for every frame of a live source."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.context import Context
from engine.errors import UserError
from engine.faces import embedders
from engine.faces.align import align, around, turned_template, usual_eyes
from engine.faces.detect import FaceTracks, Sighting, sightings
from engine.faces.found import Aligned, Box, Face
from engine.faces.landmarks import NAME as LANDMARKS
from engine.faces.liveness import LivenessCheck
from engine.faces.quality import quality_of
from engine.faces.requests import (
    HAAR,
    YUNET,
    DetectorStatus,
    EmbedCrops,
    Embedded,
    EmbedderStatus,
    FaceModels,
    Faces,
    FaceSettings,
    FaceTimes,
    FindFaces,
    ListFaceModels,
    LiveFaces,
    Liveness,
    NotFound,
)
from engine.images import Frame, publish
from engine.networks.steps import at_once, paced, timed
from engine.networks.weights import store

Pixels = npt.NDArray[np.uint8]
IDLE_S: Final = 0.1
EVERYWHERE_EVERY: Final = 5
"""Frames: whoever comes into the picture is found at the latest after so many."""
GUESSED: Final = "The landmarks of some faces lie in one place: those crops are aligned by the box alone."


# --- handlers -----------------------------------------------------------------------------------------------------


def list_models(_request: ListFaceModels, _context: Context) -> FaceModels:
    """Answer ListFaceModels."""
    yunet = store.status(store.entry(YUNET))
    return FaceModels(
        (
            DetectorStatus(HAAR, "Haar cascade", store.entry(LANDMARKS).title),
            DetectorStatus(YUNET, "YuNet", weights=yunet),
        ),
        embedders.statuses(),
    )


def find_faces(request: FindFaces, _context: Context) -> Generator[Any, None, Faces]:
    """Answer FindFaces. Raises UserError: a net whose file is not here, bad settings."""
    return (yield from _looked_at(request.frame, request.settings.validated()))


def find_faces_live(request: LiveFaces, context: Context) -> Generator[Any, None, None]:
    """Answer LiveFaces: a partial answer to the newest frame again and again, until its mailbox is closed."""
    settings, tracks, watch = request.settings.validated(), FaceTracks(), _Watch()
    gaze = Gaze()
    dropped_before = request.frames.dropped
    unsubscribe = request.frames.subscribe(lambda: context.wake())
    try:
        while True:
            closed = request.frames.closed  # asked first: a frame put before closing is still looked at
            newer = None if request.changes is None else request.changes.take()
            settings = settings if newer is None else newer.validated()
            frame = request.frames.take()
            if frame is None:
                if closed:
                    return
                yield context.idle(IDLE_S)
                continue
            dropped = request.frames.dropped - dropped_before
            near = gaze.near(frame, settings)
            found = yield from _live_answer(frame, near, request, settings, tracks, watch, dropped)
            gaze.saw(found, near=bool(near))
            yield context.partial(found)
    finally:
        unsubscribe()


def embed_crops(request: EmbedCrops, _context: Context) -> Generator[Any, None, Embedded]:
    """Answer EmbedCrops, a few crops a step."""
    rows, status = [], embedders.status_of(request.embedder)
    many = embedders.together(request.embedder)
    for first in range(0, len(request.crops), many):
        part, status = embedders.embed(request.crops[first : first + many], request.embedder)
        rows.append(part)
        yield
    found = np.concatenate(rows) if rows else np.zeros((0, status.dimensions), np.float32)
    return Embedded(publish(found), (status.name, status.made_of))


# --- without an engine --------------------------------------------------------------------------------------------


def faces_of(pixels: Pixels, settings: FaceSettings) -> tuple[Face, ...]:
    """The faces of uint8[H, W, 3] RGB, the largest first. Raises UserError (see find_faces)."""
    frame = Frame(np.ascontiguousarray(pixels), "the picture")
    return at_once(_looked_at(frame, settings.validated())).faces


def maker_of(embedder: str) -> EmbedderStatus:
    """What made the embeddings of `embedder`: its name, its make, the threshold that goes with it."""
    return embedders.status_of(embedder)


# --- one frame ----------------------------------------------------------------------------------------------------


def _looked_at(frame: Frame, settings: FaceSettings, near: Sequence[Box] = ()) -> Generator[Any, None, Faces]:
    begun = time.monotonic()
    faces, detect_s = yield from timed(paced(_found(frame.pixels, settings, near)))
    maker, embed_s = ("", ""), 0.0
    if settings.embedder:
        yield
        (faces, maker), embed_s = yield from timed(_embedded(faces, settings.embedder))
    times = FaceTimes(frame.time_s or begun, begun, time.monotonic(), detect_s, embed_s)
    note = GUESSED if any(face.landmarks is None for face in faces) else ""
    return Faces(frame, tuple(faces), settings, maker, times, note=note)


def _found(pixels: Pixels, settings: FaceSettings, near: Sequence[Box]) -> Generator[Any, None, list[Face]]:
    seen = yield from sightings(pixels, settings, near)
    if len(seen) < len(near):  # somebody went further than that, or away
        seen = yield from sightings(pixels, settings)
    return [_face(pixels, one) for one in seen]


def _embedded(faces: list[Face], embedder: str) -> Generator[Any, None, tuple[list[Face], tuple[str, str]]]:
    """The faces with their numbers, and what made those; a few faces a step."""
    found: list[Face] = []
    status: EmbedderStatus | None = None
    many = embedders.together(embedder)
    for first in range(0, len(faces), many):
        if first:
            yield
        part = faces[first : first + many]
        rows, status = embedders.embed(np.stack([face.crop for face in part]), embedder)
        found += [replace(face, embedding=publish(row.copy())) for face, row in zip(part, rows, strict=True)]
    status = status or embedders.status_of(embedder)
    return found, (status.name, status.made_of)


def _face(pixels: Pixels, one: Sighting) -> Face:
    points: npt.NDArray[np.float32] | None = one.landmarks
    aligned: Aligned = "turned box" if one.steady else "points"
    try:
        crop = align(pixels, turned_template(one.box, one.landmarks) if one.steady else one.landmarks)
    except ValueError:  # landmarks in one place: a box is worth more
        points, aligned, crop = None, "box", align(pixels, usual_eyes(one.box))
    quality = quality_of(crop, one.box, points)
    surroundings = publish(around(pixels, one.box))
    return Face(one.box, one.score, points, publish(crop), surroundings, quality, aligned=aligned)


def _live_answer(
    frame: Frame,
    near: Sequence[Box],
    request: LiveFaces,
    settings: FaceSettings,
    tracks: FaceTracks,
    watch: _Watch,
    dropped: int,
) -> Generator[Any, None, Faces | NotFound]:
    try:
        found = yield from _looked_at(frame, settings, near)
    except UserError as error:
        return NotFound(frame, str(error))
    numbers = tracks.update([face.box for face in found.faces])
    faces = tuple(replace(face, track=number) for face, number in zip(found.faces, numbers, strict=True))
    told = watch.update(faces, frame) if request.liveness else None
    return replace(found, faces=faces, liveness=told, dropped=dropped)


class Gaze:
    """Where faces are looked for while something plays: everywhere every few frames, else around those just seen."""

    def __init__(self) -> None:
        self._last: Faces | None = None
        self._left = 0

    def near(self, frame: Frame, settings: FaceSettings) -> tuple[Box, ...]:
        """Boxes around which to look in this frame, () for everywhere."""
        last = self._last
        if last is None or not self._left:
            return ()
        same = last.settings == settings and last.frame.pixels.shape == frame.pixels.shape
        return tuple(face.box for face in last.faces) if same else ()

    def saw(self, found: Faces | NotFound, *, near: bool) -> None:
        """What came of it; `near`: it was looked for around faces only."""
        self._last = found if isinstance(found, Faces) else None
        self._left = self._left - 1 if near else EVERYWHERE_EVERY - 1


class _Watch:
    """Follows the largest face; another one begins its challenge anew."""

    def __init__(self) -> None:
        self._track: int | None = None
        self._check = LivenessCheck()

    def update(self, faces: tuple[Face, ...], frame: Frame) -> Liveness | None:
        """What is known about the largest face, None without one."""
        if not faces:
            return None
        if faces[0].track != self._track:
            self._track, self._check = faces[0].track, LivenessCheck()
        return self._check.update(faces[0], frame.pixels, frame.time_s or time.monotonic())
