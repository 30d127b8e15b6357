"""The gallery as one file, to keep or to carry elsewhere: a compact SQLite file with the gallery's mark. Free of torch.

It is not encrypted. What is read of somebody else's file is checked row by row; nothing in it names a path.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import numpy as np

from engine.errors import UserError
from engine.faces.gallery import changes, opening, reading
from engine.faces.gallery.requests import Maker
from engine.images import decode

SUFFIX: Final = ".convscope-faces"
MOST_ORIGIN: Final = 300
STEPS: Final = 1_000_000
MOST_STEPS: Final = 2_000
"""Times STEPS: what SQLite's machine may do with somebody else's file before it counts as damaged."""


def export(path: Path, to: Path) -> None:
    """A copy in one file, complete or not there: all people and photos, without the log. Raises UserError."""
    if to.resolve() == path.resolve():
        raise UserError("This is the gallery itself.", "Choose another name for the copy.")
    half = to.with_name(f".{to.name}.{os.getpid()}.part")
    with opening.told(to):
        half.unlink(missing_ok=True)
        os.close(os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            with opening.reading(path) as gallery:
                gallery.execute("COMMIT")  # VACUUM begins its own
                gallery.execute("VACUUM INTO ?", (str(half),))
                gallery.execute("BEGIN")
            _without_log(half)
            os.replace(half, to)
        finally:
            half.unlink(missing_ok=True)


def _without_log(copy: Path) -> None:
    """When somebody was met is nobody's business elsewhere."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as gallery:
        gallery.execute("PRAGMA journal_mode = MEMORY").fetchone()
        if gallery.execute("DELETE FROM meetings").rowcount:
            gallery.execute("VACUUM")  # else the rows would lie in the gaps


def take_in(path: Path, source: Path) -> int:
    """People of an exported file join the gallery, all or none; returns how many photos are new. Raises UserError.

    A person who was exported from here keeps their number and their present name; photos that are there already are
    passed over.
    """
    if not source.is_file():
        raise UserError(f"{source.name} is not there.", "Was it moved, renamed or unplugged?")
    with _foreign(source) as other:
        people = list(other.execute("SELECT number, key, name, agreed FROM people ORDER BY number"))
        with opening.writing(path) as gallery:
            return sum(_person(gallery, other, row) for row in people)


def set_aside(path: Path) -> Path:
    """A gallery that cannot be used gets another name; returns that of its first file.

    Raises UserError for one that can be used, or that somebody is busy with: its people would seem to be lost.
    """
    if _sound(path):
        raise UserError("This gallery can be read: it was not set aside.", "Read it again.")
    moved = path.with_name(f"{path.stem} set aside {time.strftime('%Y-%m-%d %H%M%S')}{path.suffix}")
    with opening.told(path):
        if moved.exists():
            raise UserError(f"{moved.name} is there already.", "Wait a second, then try again.")
        for file in opening.files_of(path):
            os.replace(file, moved.with_name(moved.name + file.name.removeprefix(path.name)))
    reading.drop_kept(path)
    return moved


def _sound(path: Path) -> bool:
    try:
        with opening.reading(path) as gallery:
            return bool(gallery.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except opening.Unusable:
        return False


@contextmanager
def _foreign(source: Path) -> Generator[sqlite3.Connection]:
    """Somebody else's file, to be read only. Raises UserError."""
    address = f"file:{quote(str(source.resolve()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as other:
            other.execute("PRAGMA trusted_schema = OFF")
            left = iter(range(MOST_STEPS))
            other.set_progress_handler(lambda: next(left, None) is None, STEPS)
            opening.refuse_others(*opening.marks(other), source)
            kinds = dict(other.execute("SELECT name, type FROM sqlite_schema"))
            if any(kinds.get(table) != "table" for table in opening.TABLES):
                raise _unsound(source)
            if other.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise _unsound(source)
            yield other
    except sqlite3.Error as error:
        raise _unsound(source) from error
    except (ValueError, TypeError, OverflowError) as error:
        raise _unsound(source) from error


def _unsound(source: Path) -> UserError:
    return UserError(
        f"{source.name} is damaged, or no exported gallery.",
        "Nothing of it was taken over. Copy the file again, or choose another one.",
    )


def _person(gallery: sqlite3.Connection, other: sqlite3.Connection, row: tuple[Any, ...]) -> int:
    number, key, name, agreed = row
    if not (
        isinstance(key, bytes) and len(key) == 16 and isinstance(name, str) and isinstance(agreed, float)
    ):
        raise ValueError("a person's row")
    changes.checked_name(name)
    photos = list(
        other.execute("SELECT number, origin, taken, crop, around FROM photos WHERE person = ?", (number,))
    )
    new = [photo for photo in photos if not _known(gallery, photo[3])]
    if not new:
        return 0
    known = gallery.execute("SELECT number FROM people WHERE key = ?", (key,)).fetchone()
    person = changes.insert_person(gallery, key, name, agreed) if known is None else known[0]
    for photo in new:
        _photo(gallery, other, person, photo)
    return len(new)


def _known(gallery: sqlite3.Connection, crop: object) -> bool:
    if not isinstance(crop, bytes) or len(crop) != reading.CROP_BYTES:
        raise ValueError("a crop")
    digest = changes.digest_of(crop)
    return gallery.execute("SELECT 1 FROM photos WHERE digest = ?", (digest,)).fetchone() is not None


def _photo(
    gallery: sqlite3.Connection, other: sqlite3.Connection, person: int, photo: tuple[Any, ...]
) -> None:
    number, origin, taken, crop, around = photo
    if not (isinstance(origin, str) and len(origin) <= MOST_ORIGIN and isinstance(taken, float)):
        raise ValueError("a photo's row")
    if not isinstance(around, bytes):
        raise ValueError("a picture")
    decode(around, "a picture of the file")  # raises UserError where it is none
    digest = changes.digest_of(crop)
    made = changes.insert_photo(gallery, person, digest, origin, taken, crop, around)
    rows = other.execute("SELECT embedder, made_of, numbers FROM embeddings WHERE photo = ?", (number,))
    for embedder, made_of, numbers in rows:
        maker: Maker = (embedder, made_of)
        if not (isinstance(embedder, str) and isinstance(made_of, str) and isinstance(numbers, bytes)):
            raise ValueError("an embedding's row")
        row = changes.checked_row(np.frombuffer(numbers, "<f4"))
        changes.same_dimensions(gallery, maker, len(row))
        changes.insert_embedding(gallery, made, maker, numbers)
