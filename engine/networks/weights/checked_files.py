"""Files of the models folder: checked once and remembered, half-made ones told apart, written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.errors import UserError

log = logging.getLogger(__name__)

PART, CHECKED, IMPORTING = ".part", ".checked", ".import"
CHUNK = 4 << 20
SPARE_BYTES = 32 << 20
"""What has to stay free on the disk beside a file that is written."""
STALE_SECONDS = 3600.0
"""An import that has not written for so long was killed; another program that shares the folder may still be at it."""

_remembered: dict[Path, dict[str, Any]] = {}
_lock = threading.Lock()


def known_digest(path: Path) -> str | None:
    """The SHA-256 of a file that was checked since it changed last, None where it has to be read."""
    try:
        now = _identity(path)
    except OSError:
        return None
    with _lock:
        note = _remembered.get(path)
    if note is None or any(note.get(key) != value for key, value in now.items()):
        note = _read_note(_beside(path, CHECKED))
    if note is None or any(note.get(key) != value for key, value in now.items()):
        return None
    with _lock:
        _remembered[path] = note
    digest = note.get("sha256")
    return digest if isinstance(digest, str) and len(digest) == 64 else None


def remember_digest(path: Path, digest: str) -> None:
    """Note that the file as it is now has this SHA-256; in a read-only folder for this run only."""
    note = {**_identity(path), "sha256": digest}
    with _lock:
        _remembered[path] = note
    side = _beside(path, CHECKED)
    try:
        temporary = side.with_name(f"{side.name}{PART}")
        temporary.write_text(json.dumps(note), encoding="utf-8")
        os.replace(temporary, side)
    except OSError as error:
        log.info("%s is checked again at the next start: %s", path.name, error)


def hash_steps(path: Path) -> Generator[int, None, str]:
    """SHA-256 of a file, one chunk a step; yields the bytes read so far and returns the hex digest."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            done += len(chunk)
            yield done
    return digest.hexdigest()


def copy_steps(source: Path, target: Path) -> Generator[int, None, None]:
    """Copy a file, one chunk a step, and see it on the disk; yields the bytes copied so far."""
    done = 0
    with source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(CHUNK):
            writer.write(chunk)
            done += len(chunk)
            yield done
        writer.flush()
        os.fsync(writer.fileno())


def _identity(path: Path) -> dict[str, int]:
    found = path.stat()
    return {"size": found.st_size, "mtime_ns": found.st_mtime_ns}


def _read_note(path: Path) -> dict[str, Any] | None:
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        log.info("%s is not used: %s", path.name, error)
        return None
    return note if isinstance(note, dict) else None


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def forget_digest(path: Path) -> None:
    """The file is gone: what was known of it matters no more."""
    with _lock:
        _remembered.pop(path, None)


def beside(path: Path) -> tuple[Path, ...]:
    """Everything that may lie beside a file because of it: its checksum, and what a cut-off download left."""
    return _beside(path, CHECKED), part_of(path), part_note(path)


def part_of(path: Path) -> Path:
    """Where the half-made download of a file lies."""
    return _beside(path, PART)


def forget_download(path: Path) -> None:
    """Delete what a cut-off download of a file left; the file itself stays."""
    for left in (part_of(path), part_note(path)):
        with written(path.parent):
            left.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Delete what killed imports left in a folder; a cut-off download stays, since it can go on."""
    for left in folder.glob(f"*{IMPORTING}{PART}"):
        try:
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                left.unlink()
        except OSError as error:
            log.info("%s stays: %s", left.name, error)


def part_note(path: Path) -> Path:
    """Where it is noted which version of a file a half-made download belongs to."""
    return _beside(path, f"{PART}.json")


def size_of(path: Path) -> int:
    """Bytes of a file, 0 where it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


# --- writing ----------------------------------------------------------------------------------------------


@contextmanager
def written(folder: Path) -> Iterator[None]:
    """Turns what the system says about writing into this folder into a sentence."""
    try:
        yield
    except OSError as error:
        raise write_error(error, folder) from error


def write_error(error: OSError, folder: Path) -> UserError:
    """The sentence for a failure to write into a folder."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UserError(
            f"The disk with {folder} is full.",
            "Free some space, or choose another models folder in Preferences, and try again; what is here stays.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return UserError(
            f"The models folder {folder} cannot be written.",
            "Change its permissions, or choose another models folder in Preferences.",
        )
    reason = error.strerror or type(error).__name__
    return UserError(
        f"The models folder {folder} cannot be used ({reason}).",
        "Choose another models folder in Preferences.",
    )


def make_room(folder: Path, size: int) -> None:
    """Create the folder and see that `size` more bytes fit; raises UserError where they do not."""
    with written(folder):
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    if free < size + SPARE_BYTES:
        raise UserError(
            f"The disk with {folder} has {free / 1e6:,.0f} MB free; {size / 1e6:,.0f} MB and a little to spare "
            "are needed.",
            "Free some space, or choose another models folder in Preferences.",
        )
    if not os.access(folder, os.W_OK):
        raise write_error(PermissionError(errno.EACCES, "not writable"), folder)
