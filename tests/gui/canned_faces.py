"""An engine of faces that needs no net: drawn people stand where they were drawn, galleries are kept in memory."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.context import Context
from engine.errors import UserError
from engine.faces.drawn import AROUND, FACE_BOX, draw_face, draw_window
from engine.faces.examples.scene import HUNG, PORTRAITS, SIDE, scene, sheet
from engine.faces.found import Box, Face, Quality
from engine.faces.gallery.requests import (
    Change,
    DeletePhoto,
    Enrol,
    Forget,
    Forgotten,
    Index,
    Person,
    Photo,
    ReadGallery,
    Reembed,
    Rename,
    Snapshot,
)
from engine.faces.requests import (
    CheckDistance,
    DetectorStatus,
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
from engine.foundations.requests import CheckResult
from engine.handlers import HANDLERS, Handler
from engine.images import Frame
from engine.networks.requests import WeightsStatus
from engine.runner import Emit, InlineEngine

DIMENSIONS: Final = 16
MINI, OTHER, ABSENT = "facenet-mini", "sface", "far-away"
GOOD = Quality(120.0, 200.0, 120.0, 50.0, 0.0, 0.0, 0.0)
REQUESTS: list[object] = []
"""What was asked, tests empty it."""
GALLERIES: dict[Path | None, Snapshot] = {}
PLANTED: dict[str, tuple[Face, ...]] = {}
"""What is found in a picture of that name, where a test says so."""


REFUSED: set[str] = set()
"""Embedders that are here and cannot be used, where a test says so."""


def clear() -> None:
    REQUESTS.clear()
    GALLERIES.clear()
    PLANTED.clear()
    BROKEN.clear()
    REFUSED.clear()


BROKEN: list[UserError] = []
"""What a gallery says to everything, where a test says so."""


def weights(state: Any) -> WeightsStatus:
    return WeightsStatus(ABSENT, "Far away", "face embedding", "x", state)


def embedder(name: str, dimensions: int = DIMENSIONS, held: WeightsStatus | None = None) -> EmbedderStatus:
    return EmbedderStatus(
        name, name.title(), (96, 96), dimensions, (8.0, 8.0, 104.0, 104.0), 0.8, "It is canned.", f"{name}-1", held,
        "Found on paper.",
    )  # fmt: skip


MODELS = FaceModels(
    (DetectorStatus("haar", "Haar cascade", "Landmarks mini"), DetectorStatus("yunet", "YuNet")),
    (embedder(MINI), embedder(OTHER, 8), embedder(ABSENT, held=weights("absent"))),
)


def vector(person: int, shot: int, name: str = MINI) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Unit vectors: those of one person lie within 0.2 of each other, those of two people beyond 1."""
    length = next(one.dimensions for one in MODELS.embedders if one.name == name)
    base = np.random.default_rng(31 + person).normal(size=length)
    base /= np.linalg.norm(base)
    near = base + 0.04 * np.random.default_rng((person, shot)).normal(size=length)
    return np.asarray(near / np.linalg.norm(near), np.float32)


def face(person: int, shot: int, box: Box, name: str = MINI, **more: Any) -> Face:
    crop = draw_face(person, shot)
    fields: dict[str, Any] = {
        "quality": GOOD,
        "embedding": vector(person, shot, name) if name else None,
        **more,
    }
    return Face(box, 0.9, np.zeros((5, 2), np.float32), crop, crop, **fields)


def box_of(left: int, top: int, side: int) -> Box:
    """Where a face lies in a portrait of that side."""
    scale = side / (AROUND[2] - AROUND[0])
    x1, y1, x2, y2 = FACE_BOX
    return (
        left + (x1 - AROUND[0]) * scale, top + (y1 - AROUND[1]) * scale,
        left + (x2 - AROUND[0]) * scale, top + (y2 - AROUND[1]) * scale,
    )  # fmt: skip


def faces_in(frame: Frame, settings: FaceSettings) -> tuple[Face, ...]:
    """The largest first."""
    name = settings.embedder
    if frame.name in PLANTED:
        return PLANTED[frame.name]
    if frame is scene():
        found = [face(person, view, box_of(left, top, side), name) for person, view, left, top, side in HUNG]
    else:
        person = next((number for number in range(30) if frame is sheet(number)), None)
        if person is not None:
            found = [face(person, view, box_of(view * SIDE, 0, SIDE), name) for view in range(PORTRAITS)]
        else:  # "person-view.png"
            number, _, view = Path(frame.name).stem.partition("-")
            portrait = number.isdigit() and view.isdigit()
            found = [face(int(number), int(view), box_of(0, 0, frame.width), name)] if portrait else []
    found.sort(key=lambda one: one.box[0] - one.box[2])
    return tuple(one for one in found if one.box[2] - one.box[0] >= settings.smallest)


def portrait(person: int, view: int, side: int = 200) -> Frame:
    return Frame(draw_window(person, view, AROUND, side), f"{person}-{view}")


def answer(frame: Frame, settings: FaceSettings, liveness: Liveness | None = None) -> Faces:
    status = next((one for one in MODELS.embedders if one.name == settings.embedder), None)
    maker = ("", "") if status is None else (status.name, status.made_of)
    now = frame.time_s or 1.0
    times = FaceTimes(now, now, now + 0.02, 0.004, 0.003)
    return Faces(frame, faces_in(frame, settings), settings, maker, times, liveness)


def listed(_request: ListFaceModels, _context: Context) -> FaceModels:
    return MODELS


def find(request: FindFaces, _context: Context) -> Faces:
    REQUESTS.append(request)
    if request.settings.embedder == ABSENT:
        raise UserError("The weights of Far away are not here.", "Get them on the page Weights.")
    if request.settings.embedder in REFUSED:
        raise UserError("The file of this net is damaged.", "Import it again.")
    return answer(request.frame, request.settings)


STEPS = (("blink", True), ("left", False))
LIVE = Liveness(1, (0.0, 12.0), 0.1, 0.5, False, "Turn your head to your left, and back", STEPS)


def find_live(request: LiveFaces, context: Context) -> Generator[Any, None, None]:
    REQUESTS.append(request)
    settings = request.settings
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
            if frame.name == "broken":
                yield context.partial(NotFound(frame, "This frame is broken."))
            else:
                found = answer(frame, settings, LIVE if request.liveness else None)
                tracked = tuple(replace(one, track=place + 1) for place, one in enumerate(found.faces))
                yield context.partial(replace(found, faces=tracked))
    finally:
        unsubscribe()


def check(request: CheckDistance, _context: Context) -> CheckResult:
    other = 2 - 2 * float(request.first.astype(float) @ request.second.astype(float))
    difference = abs(other - request.distance)
    return CheckResult(difference, 1e-6, difference <= 1e-6, "a stand-in for torch")


# --- galleries ----------------------------------------------------------------------------------------------------


def gallery(request: Change, _context: Context) -> Snapshot | Forgotten:
    REQUESTS.append(request)
    if BROKEN:
        raise BROKEN[0]
    before = GALLERIES.get(request.path) or Snapshot(request.path or Path("/home/me/faces.sqlite3"))
    after = changed(before, request)
    GALLERIES[request.path] = after
    if isinstance(request, Forget):
        return Forgotten(after, (("photos", 1),), (("faces.sqlite3", 4096),), (("the name", 1, 0),))
    return after


def changed(before: Snapshot, request: Change) -> Snapshot:
    match request:
        case Enrol():
            assert request.consent and request.name.strip()
            return enrolled(before, request)
        case Forget(person=number):
            indexes = tuple(_without(index, index.people == number) for index in before.indexes)
            return replace(
                before, people=tuple(p for p in before.people if p.number != number), indexes=indexes
            )
        case Rename(person=number, name=name):
            people = tuple(replace(p, name=name) if p.number == number else p for p in before.people)
            return replace(before, people=people)
        case Reembed(embedder=name):
            return reembedded(before, name)
        case ReadGallery():
            return before
        case DeletePhoto() | _:
            raise UserError("The canned gallery cannot do that.")


def enrolled(before: Snapshot, request: Enrol) -> Snapshot:
    number = (
        request.person
        if request.person is not None
        else 1 + max((p.number for p in before.people), default=0)
    )
    first = 1 + max((photo.number for p in before.people for photo in p.photos), default=0)
    photos = tuple(
        Photo(first + place, one.crop, origin, 0.0, (request.maker,))
        for place, (one, origin) in enumerate(zip(request.faces, request.origins, strict=True))
    )
    old = before.person(number)
    new = (
        Person(number, request.name, 0.0, photos)
        if old is None
        else replace(old, photos=(*old.photos, *photos))
    )
    people = (*(p for p in before.people if p.number != number), new)
    rows = np.stack([one.embedding for one in request.faces if one.embedding is not None])
    more = Index(request.maker, rows, np.full(len(rows), number), np.array([p.number for p in photos]))
    return replace(
        before, people=tuple(sorted(people, key=lambda p: p.number)), indexes=_with(before.indexes, more)
    )  # fmt: skip


def _with(indexes: tuple[Index, ...], more: Index) -> tuple[Index, ...]:
    here = next((index for index in indexes if index.maker == more.maker), None)
    if here is None:
        return (*indexes, more)
    joined = Index(
        more.maker, np.vstack([here.rows, more.rows]), np.append(here.people, more.people),
        np.append(here.photos, more.photos),
    )  # fmt: skip
    return (*(index for index in indexes if index is not here), joined)


def _without(index: Index, gone: np.ndarray[Any, np.dtype[np.bool_]]) -> Index:
    return Index(index.maker, index.rows[~gone], index.people[~gone], index.photos[~gone])


def reembedded(before: Snapshot, name: str) -> Snapshot:
    """The numbers of a person come from their number: good enough for a page."""
    maker = (name, f"{name}-1")
    photos = [(p.number, photo.number) for p in before.people for photo in p.photos]
    rows = np.stack([vector(person, photo, name) for person, photo in photos])
    index = Index(maker, rows, np.array([p for p, _ in photos]), np.array([n for _, n in photos]))
    return replace(before, indexes=(*(i for i in before.indexes if i.maker != maker), index))


def _here(name: str) -> Handler:
    return Handler(f"{__name__}:{name}", needs_torch=False)


FACES, GALLERY = "engine.faces.requests", "engine.faces.gallery.requests"
TABLE = {
    **HANDLERS,
    f"{FACES}.ListFaceModels": _here("listed"),
    f"{FACES}.FindFaces": _here("find"),
    f"{FACES}.LiveFaces": _here("find_live"),
    f"{FACES}.CheckDistance": _here("check"),
    **{
        f"{GALLERY}.{name}": _here("gallery")
        for name in ("ReadGallery", "Enrol", "Rename", "Merge", "Split", "DeletePhoto", "Forget", "Reembed")
    },
}


def inline(emit: Emit) -> InlineEngine:
    """The engine's answers without a thread and without torch."""
    return InlineEngine(emit, load_torch=False, handlers=TABLE)
