"""The answers to what the gallery is asked: every change answers with the whole gallery as it is then. Free of torch.

Only Reembed needs a net, whose module it loads when it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.context import Context
from engine.faces.gallery import changes, files, forgetting, opening, reading
from engine.faces.gallery.requests import (
    AddEmbeddings,
    Change,
    DeletePhoto,
    EmptyLog,
    Enrol,
    ExportGallery,
    Forget,
    Forgotten,
    ImportGallery,
    Kept,
    LookAtPhoto,
    Merge,
    ReadGallery,
    Reembed,
    Rename,
    SetAside,
    Snapshot,
    Split,
    WriteLog,
)
from engine.faces.requests import EmbedCrops, Embedded

BATCH: Final = 4
"""Crops that are embedded in one step."""

_CHANGES: Final[dict[type[Change], Callable[[Path, Any], object]]] = {
    Enrol: changes.enrol,
    Rename: changes.rename,
    Merge: changes.merge,
    Split: changes.split,
    DeletePhoto: changes.delete_photo,
    AddEmbeddings: changes.add_embeddings,
    WriteLog: changes.write_log,
    EmptyLog: lambda path, _request: changes.empty_log(path),
    ExportGallery: lambda path, request: files.export(path, request.to),
    ImportGallery: lambda path, request: files.take_in(path, request.source),
    SetAside: lambda path, _request: files.set_aside(path),
    ReadGallery: lambda _path, _request: None,
}


def path_of(request: Change) -> Path:
    """Which file is meant."""
    return opening.usual_path() if request.path is None else request.path


def change(request: Change, _context: Context) -> Snapshot:
    """Make a change (or none: ReadGallery) and tell the gallery. Raises UserError."""
    path = path_of(request)
    _CHANGES[type(request)](path, request)
    return reading.snapshot(path)


def look_at_photo(request: LookAtPhoto, _context: Context) -> Kept:
    """Answer LookAtPhoto."""
    return reading.look_at(path_of(request), request.photo)


def forget(request: Forget, _context: Context) -> Generator[None, None, Forgotten]:
    """Answer Forget, in steps: the files are read twice."""
    return (yield from forgetting.forget(path_of(request), request.person, request.also))


def reembed(request: Reembed, context: Context) -> Generator[Any, None, Snapshot]:
    """Answer Reembed: a batch a step, each stored at once, so that a cancelled job keeps what it did."""
    path = path_of(request)
    photos = {photo.number: photo for person in reading.snapshot(path).people for photo in person.photos}
    left = list(photos)
    total = len(left)
    while left:
        batch, left = left[:BATCH], left[BATCH:]
        made = yield from embedded(
            np.stack([photos[number].crop for number in batch]), request.embedder, context
        )
        changes.add_embeddings(path, AddEmbeddings(tuple(batch), made.embedder, made.embeddings))
        have = {number for number in left if made.embedder in photos[number].makers}
        left = [number for number in left if number not in have]
        yield context.progress(total - len(left), total, "Embedding enrolled photos")
    return reading.snapshot(path)


def embedded(crops: np.ndarray, embedder: str, context: Context) -> Generator[Any, None, Embedded]:
    """Embeddings of crops uint8[N, 112, 112, 3]."""
    from engine.faces.live import embed_crops

    return (yield from embed_crops(EmbedCrops(crops, embedder), context))
