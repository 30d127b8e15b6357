"""An index on disk: one .npz file, written whole or not at all, so that whoever mines can be killed at any time."""

from __future__ import annotations

import json
import logging
import os
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.errors import UserError
from engine.inside.patches.index import Identity, Index, LayerUnits, PictureFile
from engine.inside.patches.requests import Skipped

log = logging.getLogger(__name__)

SUFFIX: Final = ".npz"
FORMAT: Final = 1
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile)


def save(index: Index, path: Path) -> None:
    """Write an index. Raises UserError where that cannot be done; what was there before stays then."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            np.savez(stream, **_arrays(index))
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = error.strerror or type(error).__name__
        raise UserError(
            f"The index of the patches cannot be written to {path.parent} ({reason}).",
            "Free some space or change its permissions; what was found before stays.",
        ) from error


def load(path: Path) -> Index:
    """Read an index. Raises UserError where there is none, or none that this program wrote."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return _index(file)
    except FileNotFoundError as error:
        raise UserError(f"There is no index {path.name}.", "Look through the pictures first.") from error
    except _UNREADABLE as error:
        raise UserError(
            f"{path.name} is damaged, or no index of patches of this version.",
            "Look through the pictures again.",
        ) from error


def load_if_good(path: Path) -> Index | None:
    """The index of that file; None where it has to be made anew."""
    if not path.exists():
        return None
    try:
        return load(path)
    except UserError as error:
        log.info("%s", error)
        return None


def _arrays(index: Index) -> dict[str, Any]:
    header = {
        "format": FORMAT,
        "identity": asdict(index.identity),
        "names": [picture.name for picture in index.pictures],
        "skipped": [[one.name, one.reason] for one in index.skipped],
    }
    return {
        "header": np.frombuffer(json.dumps(header).encode(), np.uint8),
        "sizes": np.array([picture.size for picture in index.pictures], np.int64),
        "times": np.array([picture.time for picture in index.pictures], np.int64),
        "states": index.states,
        "values": index.values,
        "numbers": index.numbers,
        "places": index.places,
    }


def _index(file: Any) -> Index:
    """The index of an opened file; raises one of _UNREADABLE where anything does not fit."""
    header = json.loads(file["header"].tobytes().decode())
    if header["format"] != FORMAT:
        raise ValueError(f"format {header['format']}")
    said = header["identity"]
    layers = tuple(LayerUnits(**layer) for layer in said.pop("layers"))
    identity = Identity(layers=layers, **said)
    sizes, times = file["sizes"].tolist(), file["times"].tolist()
    pictures = tuple(
        PictureFile(str(name), size, time)
        for name, size, time in zip(header["names"], sizes, times, strict=True)
    )
    index = Index(
        identity, pictures, file["states"], file["values"], file["numbers"], file["places"],
        tuple(Skipped(str(name), str(reason)) for name, reason in header["skipped"]),
    )  # fmt: skip
    _check(index)
    return index


def _check(index: Index) -> None:
    shape = (index.identity.units, index.identity.k)
    wanted = {"values": np.float32, "numbers": np.int32, "places": np.int32}
    for name, kind in wanted.items():
        array = getattr(index, name)
        if array.shape != shape or array.dtype != kind:
            raise ValueError(f"{name} is {array.dtype}{list(array.shape)}")
    if index.states.shape != (len(index.pictures),) or index.states.dtype != np.uint8:
        raise ValueError("the states do not belong to the pictures")
    if list(index.pictures) != sorted(set(index.pictures)):
        raise ValueError("the pictures are not in order")
    if index.numbers.size and not -1 <= index.numbers.min() <= index.numbers.max() < len(index.pictures):
        raise ValueError("an entry belongs to no picture")
