"""What can be changed in the gallery: every change is one transaction, all of it or nothing. Free of torch."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.faces.found import Face
from engine.faces.gallery.opening import writing
from engine.faces.gallery.requests import (
    LONGEST_NAME,
    AddEmbeddings,
    DeletePhoto,
    Enrol,
    Maker,
    Merge,
    Rename,
    Split,
    WriteLog,
)
from engine.images import encode_png

LENGTH_TOLERANCE: Final = 1e-3
"""How far the length of an embedding may be from 1."""
MOST_MEETINGS: Final = 5000
NAME_IN_SENTENCES: Final = 60
"""Letters: a longer name is cut in a sentence."""


def enrol(path: Path, request: Enrol) -> int:
    """Remember faces, of a new person or of a known one; returns the person's number. Raises UserError."""
    if not request.consent:
        raise UserError("Nobody is enrolled who has not agreed.", "The person enrolled clicks “I agree”.")
    rows = [checked_row(face.embedding) for face in request.faces]
    if not rows:
        raise UserError("There is no face to enrol.", "Choose a picture in which a face is found.")
    if len(request.origins) != len(rows):
        raise ValueError(f"{len(request.origins)} origins for {len(rows)} faces")
    name = checked_name(request.name) if request.person is None else ""
    with writing(path) as gallery:
        same_dimensions(gallery, request.maker, len(rows[0]))
        person = _new_person(gallery, name) if request.person is None else _there(gallery, request.person)
        stored = 0
        for face, origin, row in zip(request.faces, request.origins, rows, strict=True):
            photo = _new_photo(gallery, person, face, origin)
            if photo is not None:
                _embedding(gallery, photo, request.maker, row)
                stored += 1
        if not stored:
            raise UserError("This photo of that person is enrolled already.", "Take another one.")
    return person


def rename(path: Path, request: Rename) -> None:
    """Another name. Raises UserError."""
    name = checked_name(request.name)
    with writing(path) as gallery:
        _there(gallery, request.person)
        gallery.execute("UPDATE people SET name = ? WHERE number = ?", (name, request.person))


def merge(path: Path, request: Merge) -> None:
    """All photos and meetings of the other become the person's, and the other's name goes. Raises UserError."""
    if request.person == request.other:
        raise UserError("A person cannot be merged with themselves.", "Choose somebody else.")
    with writing(path) as gallery:
        for number in (request.person, request.other):
            _there(gallery, number)
        for table in ("photos", "meetings"):
            gallery.execute(
                f"UPDATE {table} SET person = ? WHERE person = ?", (request.person, request.other)
            )
        gallery.execute("DELETE FROM people WHERE number = ?", (request.other,))


def split(path: Path, request: Split) -> int:
    """Photos of one person become a new person's, who is told by number. Raises UserError."""
    name, chosen = checked_name(request.name), set(request.photos)
    with writing(path) as gallery:
        _there(gallery, request.person)
        theirs = {
            n for (n,) in gallery.execute("SELECT number FROM photos WHERE person = ?", (request.person,))
        }
        if not chosen or not chosen <= theirs:
            raise UserError("Choose photos of this person to split off.", "Click them, one after the other.")
        if chosen == theirs:
            raise UserError(
                "At least one photo stays with the person.", "To change a name, rename the person."
            )
        (agreed,) = gallery.execute(
            "SELECT agreed FROM people WHERE number = ?", (request.person,)
        ).fetchone()
        other = _new_person(gallery, name, agreed)
        for photo in sorted(chosen):
            gallery.execute("UPDATE photos SET person = ? WHERE number = ?", (other, photo))
    return other


def delete_photo(path: Path, request: DeletePhoto) -> None:
    """One photo with its embeddings. Raises UserError."""
    with writing(path) as gallery:
        found = gallery.execute("SELECT person FROM photos WHERE number = ?", (request.photo,)).fetchone()
        if found is None:
            raise UserError(
                "This photo is not in the gallery any more.", "Another window may have deleted it."
            )
        (left,) = gallery.execute("SELECT count(*) FROM photos WHERE person = ?", found).fetchone()
        if left == 1:
            raise UserError(
                "It is the only photo of this person.", "Use “Forget” to remove the person with it."
            )
        gallery.execute("DELETE FROM photos WHERE number = ?", (request.photo,))


def add_embeddings(path: Path, request: AddEmbeddings) -> None:
    """Embeddings by another maker; photos that are gone, or have one of it, are passed over. Raises UserError."""
    if len(request.photos) != len(request.rows):
        raise ValueError(f"{len(request.rows)} rows for {len(request.photos)} photos")
    rows = [checked_row(row) for row in request.rows]
    with writing(path) as gallery:
        if rows:
            same_dimensions(gallery, request.maker, len(rows[0]))
        for photo, row in zip(request.photos, rows, strict=True):
            if gallery.execute("SELECT 1 FROM photos WHERE number = ?", (photo,)).fetchone():
                _embedding(gallery, photo, request.maker, row)


def write_log(path: Path, request: WriteLog) -> None:
    """Somebody was met. Raises UserError."""
    with writing(path, counted=False) as gallery:
        if request.person is not None:
            _there(gallery, request.person)
        gallery.execute("INSERT INTO meetings (met, person) VALUES (?, ?)", (time.time(), request.person))
        gallery.execute(
            "DELETE FROM meetings WHERE number <= (SELECT max(number) FROM meetings) - ?", (MOST_MEETINGS,)
        )


def empty_log(path: Path) -> None:
    """Nobody was ever met. Raises UserError."""
    with writing(path, counted=False) as gallery:
        gallery.execute("DELETE FROM meetings")


# --- what is checked ----------------------------------------------------------------------------------------------


def checked_name(name: str) -> str:
    """The name as it was typed. Raises UserError where it cannot be one."""
    if not name.strip():
        raise UserError("A name needs at least one letter.", "Type a name.")
    if len(name) > LONGEST_NAME:
        raise UserError(f"The name has {len(name)} letters; {LONGEST_NAME} are the most.", "Shorten it.")
    if "\0" in name or any(0xD800 <= ord(letter) < 0xE000 for letter in name):
        raise UserError("The name has a character that cannot be stored.", "Type it anew.")
    return name


def checked_row(row: npt.NDArray[np.floating] | None) -> npt.NDArray[np.float32]:
    if row is None:
        raise UserError("There are no numbers of this face yet.", "Wait until it has been embedded.")
    length = float(np.linalg.norm(row.astype(np.float64)))
    if not np.isfinite(row).all() or abs(length - 1) > LENGTH_TOLERANCE:
        raise UserError(
            f"The embedding of this face is not of length 1 ({length:.3g}).", "Nothing was stored."
        )
    return np.asarray(row, np.float32)


def same_dimensions(gallery: sqlite3.Connection, maker: Maker, dimensions: int) -> None:
    if maker == ("", ""):
        raise UserError("It is not known yet which net made these numbers.", "Wait until it has been loaded.")
    stored = gallery.execute(
        "SELECT length(numbers) FROM embeddings WHERE embedder = ? AND made_of = ? LIMIT 1", maker
    ).fetchone()
    if stored is not None and stored[0] != 4 * dimensions:
        raise ValueError(f"{maker[0]} made {stored[0] // 4} numbers before, and {dimensions} now")


# --- rows ---------------------------------------------------------------------------------------------------------


def _there(gallery: sqlite3.Connection, person: int) -> int:
    if gallery.execute("SELECT 1 FROM people WHERE number = ?", (person,)).fetchone() is None:
        raise UserError(
            "This person is not in the gallery any more.", "Another window may have removed them."
        )
    return person


def _new_person(gallery: sqlite3.Connection, name: str, agreed: float | None = None) -> int:
    when = time.time() if agreed is None else agreed
    return insert_person(gallery, secrets.token_bytes(16), name, when)


def insert_person(gallery: sqlite3.Connection, key: bytes, name: str, agreed: float) -> int:
    """A new row; returns its number."""
    made = gallery.execute("INSERT INTO people (key, name, agreed) VALUES (?, ?, ?)", (key, name, agreed))
    assert made.lastrowid is not None  # set by every INSERT
    return made.lastrowid


def _new_photo(gallery: sqlite3.Connection, person: int, face: Face, origin: str) -> int | None:
    """The number of a new photo, None where the person has it already. Raises UserError where somebody else has it."""
    crop = np.ascontiguousarray(face.crop).tobytes()
    digest = digest_of(crop)
    owner = gallery.execute(
        "SELECT person, people.name, origin FROM photos JOIN people ON people.number = person WHERE digest = ?",
        (digest,),
    ).fetchone()
    if owner is None:
        return insert_photo(gallery, person, digest, origin, time.time(), crop, encode_png(face.around))
    if owner[0] == person:
        return None
    name = owner[1] if len(owner[1]) <= NAME_IN_SENTENCES else f"{owner[1][:NAME_IN_SENTENCES]}…"
    raise UserError(
        f"One of the photos ({origin}) is enrolled as “{name}” already ({owner[2]}).",
        "Leave it out, or move it by “Split”.",
    )


def insert_photo(
    gallery: sqlite3.Connection,
    person: int,
    digest: bytes,
    origin: str,
    taken: float,
    crop: bytes,
    around: bytes,
) -> int:
    """A new row; returns its number."""
    made = gallery.execute(
        "INSERT INTO photos (person, digest, origin, taken, crop, around) VALUES (?, ?, ?, ?, ?, ?)",
        (person, digest, origin, taken, crop, around),
    )
    assert made.lastrowid is not None  # set by every INSERT
    return made.lastrowid


def digest_of(crop: bytes) -> bytes:
    """What tells one crop from every other one."""
    return hashlib.sha256(crop).digest()


def _embedding(gallery: sqlite3.Connection, photo: int, maker: Maker, row: npt.NDArray[np.float32]) -> None:
    insert_embedding(gallery, photo, maker, np.ascontiguousarray(row, "<f4").tobytes())


def insert_embedding(gallery: sqlite3.Connection, photo: int, maker: Maker, numbers: bytes) -> None:
    """A new row, unless there is one."""
    gallery.execute("INSERT OR IGNORE INTO embeddings VALUES (?, ?, ?, ?)", (photo, *maker, numbers))
