"""What the gallery holds. Free of torch."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.faces.gallery.opening import files_of, reading
from engine.faces.gallery.requests import Index, Kept, Maker, Person, Photo, Snapshot
from engine.images import decode, publish

CROP: Final = (112, 112, 3)
CROP_BYTES: Final = 112 * 112 * 3
MOST_LOG: Final = 200
"""Entries of the log that are shown, the newest ones."""

_last: dict[Path, tuple[tuple[bytes, int], Snapshot]] = {}


def snapshot(path: Path) -> Snapshot:
    """The whole gallery. People who did not change since they were read last are not read again. Raises UserError.

    Every change counts a number in the file up, so that two programs see each other's changes; SQLite's data_version
    would tell them within one connection only, and none stays open here. The log does not count: it is short, and
    whoever shows people and photos need not begin anew because somebody was met.
    """
    with reading(path) as gallery:
        key = gallery.execute("SELECT identity, revision FROM about").fetchone()
        known = _last.get(path)
        kept = known[1] if known is not None and known[0] == key else None
        people, indexes = (
            (_people(gallery), _indexes(gallery)) if kept is None else (kept.people, kept.indexes)
        )
        log, met = _log(gallery)
    if kept is not None and (kept.log, kept.met) == (log, met):
        return kept
    read = Snapshot(path, people, indexes, size_of(path), log, met)
    _last[path] = (key, read)
    return read


def drop_kept(path: Path) -> None:
    """Keep nothing in memory of what the file held."""
    _last.pop(path, None)


def size_of(path: Path) -> int:
    """Bytes of all files of a gallery."""
    return sum(one.stat().st_size for one in files_of(path))


def look_at(path: Path, photo: int) -> Kept:
    """What is kept of the photo of an enrolled face. Raises UserError where it is gone."""
    photos = (one for person in snapshot(path).people for one in person.photos)
    found = next((one for one in photos if one.number == photo), None)
    with reading(path) as gallery:
        row = gallery.execute("SELECT around FROM photos WHERE number = ?", (photo,)).fetchone()
    if found is None or row is None:  # another window may have deleted it between both looks
        raise UserError("This photo is not in the gallery any more.", "Another window may have deleted it.")
    return Kept(found, decode(row[0], "the enrolled photo").pixels)


def as_crop(data: bytes) -> npt.NDArray[np.uint8]:
    """uint8[112, 112, 3] of its bytes, read-only. Raises ValueError."""
    return np.frombuffer(data, np.uint8).reshape(CROP)


def _log(gallery: sqlite3.Connection) -> tuple[tuple[tuple[float, int | None], ...], int]:
    rows = gallery.execute("SELECT met, person FROM meetings ORDER BY number DESC LIMIT ?", (MOST_LOG,))
    return tuple(rows), int(gallery.execute("SELECT count(*) FROM meetings").fetchone()[0])


def _people(gallery: sqlite3.Connection) -> tuple[Person, ...]:
    makers: dict[int, list[Maker]] = {}
    for photo, embedder, made_of in gallery.execute(
        "SELECT photo, embedder, made_of FROM embeddings ORDER BY 1, 2, 3"
    ):
        makers.setdefault(photo, []).append((embedder, made_of))
    photos: dict[int, list[Photo]] = {}
    rows = gallery.execute("SELECT number, person, crop, origin, taken FROM photos ORDER BY number")
    for number, person, crop, origin, taken in rows:
        photo = Photo(number, as_crop(crop), origin, taken, tuple(makers.get(number, ())))
        photos.setdefault(person, []).append(photo)
    return tuple(
        Person(number, name, agreed, tuple(photos.get(number, ())))
        for number, name, agreed in gallery.execute("SELECT number, name, agreed FROM people ORDER BY number")
    )


def _indexes(gallery: sqlite3.Connection) -> tuple[Index, ...]:
    found: dict[Maker, list[tuple[int, int, bytes]]] = {}
    rows = gallery.execute(
        "SELECT embedder, made_of, person, photo, numbers FROM embeddings JOIN photos ON photo = photos.number"
        " ORDER BY photo"
    )
    for embedder, made_of, person, photo, numbers in rows:
        found.setdefault((embedder, made_of), []).append((person, photo, numbers))
    return tuple(_index(maker, entries) for maker, entries in sorted(found.items()))


def _index(maker: Maker, entries: list[tuple[int, int, bytes]]) -> Index:
    rows = np.frombuffer(b"".join(numbers for _, _, numbers in entries), "<f4").astype(np.float32)
    people, photos = (np.array([entry[place] for entry in entries], np.int64) for place in (0, 1))
    return Index(maker, publish(rows.reshape(len(entries), -1)), publish(people), publish(photos))
