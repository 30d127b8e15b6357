"""A person is forgotten, and the bytes of all files are searched for what is left of them. Free of torch.

Deleted rows are overwritten with zeros, the file is written anew without them (VACUUM), the write-ahead log is cut to
nothing. Then the files are read byte by byte. What a disk keeps beneath its files is beyond the reach of a program.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import UserError
from engine.faces.gallery import opening, reading
from engine.faces.gallery.requests import Forgotten

log = logging.getLogger(__name__)

PIECE: Final = 24
"""Bytes of a piece of a compressed picture or an embedding: none comes twice by chance."""
CROP_PIECE: Final = 96
"""Bytes of a piece of a crop, which is not compressed: in grey ones three bytes are one value."""
PIECES: Final = 8
"""Pieces that are looked for of each: a page of the file may end within one."""
VARIED: Final = 10
"""Different bytes that a piece needs: an even background is nobody's."""
HEAD: Final = 64
"""Bytes at the beginning of a PNG file that all pictures of one size share."""
SHORTEST: Final = 5
"""Bytes below which a word may stand in a file by chance; a shorter name is looked for where it stood only."""
CHUNK: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class Trace:
    """What is looked for under one heading."""

    words: str
    needles: frozenset[bytes]


def forget(path: Path, person: int, also: tuple[Path, ...] = ()) -> Generator[None, None, Forgotten]:
    """Remove a person and prove it, in steps. Raises UserError."""
    with opening.reading(path) as gallery:
        if not gallery.execute("SELECT 1 FROM people WHERE number = ?", (person,)).fetchall():
            raise UserError(
                "This person is not in the gallery any more.", "Another window may have removed them."
            )
        traces, removed = _traces(gallery, person), _counts(gallery, person)
    before, _ = yield from _counted(traces, (*opening.files_of(path), *also))
    with opening.writing(path) as gallery:
        gallery.execute("DELETE FROM people WHERE number = ?", (person,))  # all the rest cascades
    reading.drop_kept(path)
    yield
    with opening.told(path), closing(sqlite3.connect(path, timeout=opening.BUSY_MS / 1000)) as gallery:
        _tidy(gallery)
    yield
    now = reading.snapshot(path)
    after, searched = yield from _counted(traces, (*opening.files_of(path), *also))
    told = tuple((trace.words, b, a) for trace, b, a in zip(traces, before, after, strict=True))
    return Forgotten(now, removed, searched, told)


def _tidy(gallery: sqlite3.Connection) -> None:
    """Write the file anew. Where that cannot be (no room on the disk, another window), zeros stay in the gaps."""
    gallery.execute("PRAGMA secure_delete = ON")
    gallery.execute("PRAGMA temp_store = MEMORY")
    try:
        gallery.execute("VACUUM")
    except sqlite3.OperationalError as error:
        log.info("the gallery was not written anew: %s", error)
    opening.empty_log(gallery)


def _counts(gallery: sqlite3.Connection, person: int) -> tuple[tuple[str, int], ...]:
    photos = "SELECT number FROM photos WHERE person = ?"
    return (
        ("name", 1),
        ("photos with their crops", _count(gallery, f"SELECT count(*) FROM ({photos})", person)),
        ("embeddings", _count(gallery, f"SELECT count(*) FROM embeddings WHERE photo IN ({photos})", person)),
        ("entries of the log", _count(gallery, "SELECT count(*) FROM meetings WHERE person = ?", person)),
    )


def _count(gallery: sqlite3.Connection, query: str, person: int) -> int:
    return int(gallery.execute(query, (person,)).fetchone()[0])


# --- what is looked for -------------------------------------------------------------------------------------------


def _traces(gallery: sqlite3.Connection, person: int) -> tuple[Trace, ...]:
    key, name = gallery.execute("SELECT key, name FROM people WHERE number = ?", (person,)).fetchone()
    photos = list(
        gallery.execute("SELECT digest, origin, crop, around FROM photos WHERE person = ?", (person,))
    )
    rows = gallery.execute(
        "SELECT numbers FROM embeddings JOIN photos ON photo = photos.number WHERE person = ?", (person,)
    )
    numbers = [one for (one,) in rows]
    found = [Trace("the name in its place", frozenset({key, key + name.encode()}))]
    if len(name.encode()) >= SHORTEST and not _elsewhere(gallery, name, person):
        found.append(Trace("the name anywhere (UTF-8, UTF-16)", _spelled(name)))
    origins = {origin for _, origin, _, _ in photos if origin not in ("", "camera")}
    spelled = [
        _spelled(one) for one in origins if len(one) >= SHORTEST and not _elsewhere(gallery, one, person)
    ]
    if spelled:
        found.append(Trace("names of the photos' files", frozenset().union(*spelled)))
    found.append(Trace("the aligned crops", _pieces([crop for _, _, crop, _ in photos], size=CROP_PIECE)))
    found.append(Trace("the pictures", _pieces([around for _, _, _, around in photos], HEAD)))
    found.append(Trace("the embeddings", _pieces(numbers)))
    found.append(Trace("fingerprints of the photos", frozenset(digest for digest, _, _, _ in photos)))
    return tuple(trace for trace in found if trace.needles)  # to look for nothing would prove nothing


def _elsewhere(gallery: sqlite3.Connection, word: str, person: int) -> bool:
    """Whether somebody else's name, or file, has the word in it: then it has to stay."""
    others = gallery.execute(
        "SELECT name FROM people WHERE number != ?1 UNION ALL SELECT origin FROM photos WHERE person != ?1"
        " UNION ALL SELECT embedder FROM embeddings",
        (person,),
    )
    return any(word in other for (other,) in others)


def _spelled(word: str) -> frozenset[bytes]:
    return frozenset(word.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))


def _pieces(blobs: Sequence[bytes], head: int = 0, size: int = PIECE) -> frozenset[bytes]:
    """Some varied pieces of each, spread over what follows its head."""
    found: set[bytes] = set()
    for blob in (whole[head:] for whole in blobs):
        step = max((len(blob) - size) // (4 * PIECES), 1)
        varied = [
            p for at in range(0, len(blob) - size + 1, step) if len(set(p := blob[at : at + size])) >= VARIED
        ]
        found.update(varied[:: max(len(varied) // PIECES, 1)][:PIECES])
    return frozenset(found)


# --- looking ------------------------------------------------------------------------------------------------------


def _counted(
    traces: Sequence[Trace], files: Sequence[Path]
) -> Generator[None, None, tuple[tuple[int, ...], tuple[tuple[str, int], ...]]]:
    """How often each is there, and what was read; a step a chunk."""
    counts, searched = [0] * len(traces), []
    longest = max((len(needle) for trace in traces for needle in trace.needles), default=1)
    for file in files:
        size = 0
        for text, new in _chunks(file, longest - 1):
            size += new
            for place, trace in enumerate(traces):
                counts[place] += sum(_fresh(text, needle, len(text) - new) for needle in trace.needles)
            yield
        searched.append((file.name, size))
    return tuple(counts), tuple(searched)


def _chunks(file: Path, overlap: int) -> Iterator[tuple[bytes, int]]:
    """The bytes of a file in chunks, each with the end of the one before, and how many of them are new."""
    try:
        with file.open("rb") as stream:
            tail = b""
            while chunk := stream.read(CHUNK):
                yield tail + chunk, len(chunk)
                tail = (tail + chunk)[-overlap:] if overlap else b""
    except FileNotFoundError:  # a write-ahead log goes when its last reader does
        return


def _fresh(text: bytes, needle: bytes, old: int) -> int:
    """How often `needle` ends beyond the first `old` bytes: those within were counted in the chunk before."""
    count, at = 0, text.find(needle)
    while at >= 0:
        count += at + len(needle) > old
        at = text.find(needle, at + 1)
    return count
