"""The gallery's file: where it lies, how it is opened, what is said where that fails. Free of torch.

SQLite with a write-ahead log: a change is there or it is not, whatever happens meanwhile; two windows may use one file.
What is deleted is overwritten with zeros (secure_delete), in the log, too, which is emptied after every change.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from engine.errors import UserError


class Unusable(UserError):
    """What lies there is no gallery that this program could use, however long one waits."""


VARIABLE: Final = "CONVSCOPE_GALLERY"
SCHEMA: Final = 1
MARK: Final = 0x43534643
"""SQLite's application id of these files: "CSFC"."""
BUSY_MS: Final = 1500
"""How long a change waits for another window's change."""

_PRAGMAS: Final = (
    "foreign_keys = ON",
    "secure_delete = ON",
    "trusted_schema = OFF",
    "temp_store = MEMORY",
    "synchronous = FULL",
)
_TABLES: Final = (
    "CREATE TABLE about (one INTEGER PRIMARY KEY CHECK (one = 1), identity BLOB NOT NULL, revision INTEGER NOT NULL)",
    # The key stands before the name, byte after byte: so even a name of one letter can be looked for in the file.
    "CREATE TABLE people (number INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, name TEXT NOT NULL,"
    " agreed REAL NOT NULL)",
    "CREATE TABLE photos (number INTEGER PRIMARY KEY AUTOINCREMENT,"
    " person INTEGER NOT NULL REFERENCES people ON DELETE CASCADE, digest BLOB NOT NULL UNIQUE,"
    " origin TEXT NOT NULL, taken REAL NOT NULL, crop BLOB NOT NULL, around BLOB NOT NULL)",
    "CREATE INDEX photos_of ON photos (person)",
    "CREATE TABLE embeddings (photo INTEGER NOT NULL REFERENCES photos ON DELETE CASCADE, embedder TEXT NOT NULL,"
    " made_of TEXT NOT NULL, numbers BLOB NOT NULL, PRIMARY KEY (photo, embedder, made_of))",
    "CREATE TABLE meetings (number INTEGER PRIMARY KEY, met REAL NOT NULL,"
    " person INTEGER REFERENCES people ON DELETE CASCADE)",
    "CREATE INDEX meetings_of ON meetings (person)",
)
TABLES: Final = ("about", "people", "photos", "embeddings", "meetings")


def usual_path() -> Path:
    """The gallery of this computer: the environment's CONVSCOPE_GALLERY, else a file among the person's own data."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("ConvScope", appauthor=False) / "faces.sqlite3"


def files_of(path: Path) -> tuple[Path, ...]:
    """The gallery's file and SQLite's companions, as far as they are there."""
    return tuple(one for one in (path, *companions(path)) if one.is_file())


def companions(path: Path) -> tuple[Path, ...]:
    """Write-ahead log, its index, and a rollback journal, where SQLite puts them."""
    return tuple(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))


@contextmanager
def reading(path: Path) -> Generator[sqlite3.Connection]:
    """The gallery at one moment; an empty one is made where there is none. Raises UserError."""
    with told(path), closing(_opened(path)) as gallery:
        gallery.execute("BEGIN")
        yield gallery
        gallery.execute("COMMIT")


@contextmanager
def writing(path: Path, *, counted: bool = True) -> Generator[sqlite3.Connection]:
    """One change: all of it is stored at the end of the block, or nothing where it raises. Raises UserError.

    `counted`: whether people or photos change, so that everybody reads them again; the log alone is read every time.
    """
    with told(path), closing(_opened(path)) as gallery:
        gallery.execute("BEGIN IMMEDIATE")
        try:
            yield gallery
            if counted:
                gallery.execute("UPDATE about SET revision = revision + 1")
            gallery.execute("COMMIT")
        except BaseException:
            if gallery.in_transaction:
                gallery.execute("ROLLBACK")
            raise
        empty_log(gallery)


def empty_log(gallery: sqlite3.Connection) -> None:
    """Bring the write-ahead log into the file and cut it to nothing, unless another window is reading just now."""
    gallery.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


@contextmanager
def told(path: Path) -> Generator[None]:
    """SQLite's errors as sentences. Raises UserError."""
    try:
        yield
    except sqlite3.Error as error:
        raise _sentence(error, path) from error
    except OSError as error:
        raise UserError(
            f"The gallery {path} cannot be opened ({error.strerror or error}).",
            "Nothing was changed in it. Are the file and its folder yours to read and to write?",
        ) from error


# --- opening ------------------------------------------------------------------------------------------------------


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Readable for its owner alone, from the first byte; SQLite gives its companions the same rights.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    gallery = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)
    try:
        for pragma in _PRAGMAS:
            gallery.execute(f"PRAGMA {pragma}")
        _know(gallery, path)
    except BaseException:
        gallery.close()
        raise
    return gallery


def _know(gallery: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new file; refuse what is no gallery, or a newer one. Raises UserError."""
    version, mark = marks(gallery)
    if (version, mark) == (0, 0) and not gallery.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall():
        _make(gallery)
        version, mark = marks(gallery)
    refuse_others(version, mark, path)


def marks(gallery: sqlite3.Connection) -> tuple[int, int]:
    """Version of the schema, and mark, of an open file."""
    version = gallery.execute("PRAGMA user_version").fetchone()[0]
    return version, gallery.execute("PRAGMA application_id").fetchone()[0]


def refuse_others(version: int, mark: int, path: Path) -> None:
    """Raise Unusable for what is no gallery of this program, or one of a newer program."""
    if mark != MARK:
        raise Unusable(
            f"{path.name} is a database of another program, not a gallery of faces.",
            f"It was left as it is. Move it away, or name another file by {VARIABLE}.",
        )
    if version > SCHEMA:
        raise Unusable(
            f"{path.name} was written by a newer ConvScope (version {version} of its tables; this one knows {SCHEMA}).",
            "It was left as it is. Use the newer program.",
        )


def _make(gallery: sqlite3.Connection) -> None:
    gallery.execute("PRAGMA journal_mode = WAL").fetchone()
    gallery.execute("BEGIN IMMEDIATE")
    try:
        if marks(gallery) == (0, 0):  # else another window made them meanwhile
            for table in _TABLES:
                gallery.execute(table)
            gallery.execute("INSERT INTO about VALUES (1, ?, 0)", (secrets.token_bytes(16),))
            gallery.execute(f"PRAGMA application_id = {MARK}")
            gallery.execute(f"PRAGMA user_version = {SCHEMA}")
        gallery.execute("COMMIT")
    except BaseException:
        if gallery.in_transaction:
            gallery.execute("ROLLBACK")
        raise


# --- what is said -------------------------------------------------------------------------------------------------

_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_CLOSED: Final = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


def _sentence(error: sqlite3.Error, path: Path) -> UserError:
    """What happened to the gallery, what was kept, what to do."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the lower byte is the kind
    if code in _BUSY:
        return UserError(
            "Another window or program is busy with the gallery.",
            "Nothing was changed. Try again in a moment.",
        )
    if code == sqlite3.SQLITE_FULL:
        return UserError(
            "The disk is full: the change was not stored.",
            "Everybody enrolled before is still there. Make room, then try again.",
        )
    if code in _DAMAGED:
        return Unusable(
            f"The file of the gallery is damaged: {path}.",
            "It was left as it is. Put a copy in its place, or set it aside on the view People and begin anew.",
        )
    if code in _CLOSED:
        return UserError(
            f"The gallery cannot be written: {path}.",
            f"Nothing was changed. Give yourself the right to write there, or name another file by {VARIABLE}.",
        )
    return UserError(f"The gallery {path} cannot be used ({error}).", "Nothing was changed in it.")


def is_damaged(error: sqlite3.Error) -> bool:
    """Whether it says that a file is no sound database."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
