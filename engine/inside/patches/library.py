"""Where indexes lie on this computer, and those in memory. Only the engine's thread uses it."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import time
from collections import OrderedDict
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import torch

from engine.context import Context
from engine.inside.nets import SEED, OpenNet
from engine.inside.patches.index import Identity, Index
from engine.inside.patches.index_file import SUFFIX, load_if_good
from engine.inside.patches.maxima import layers_with_maps
from engine.inside.patches.requests import Pictures
from engine.networks.weights import checked_files

log = logging.getLogger(__name__)

VARIABLE: Final = "CONVSCOPE_INDEXES"
IN_MEMORY: Final = 3
FILES: Final = 60
"""Indexes on disk; of more, those not written for longest are deleted. They can be made anew."""
LEFTOVER_SECONDS: Final = 3600.0

_open: OrderedDict[Path, Index] = OrderedDict()
_digests: dict[tuple[Path, int], str] = {}


def folder() -> Path:
    """The environment's CONVSCOPE_INDEXES, else a folder beside the models. It need not exist yet."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("ConvScope", appauthor=False) / "patches"


def identify(net: OpenNet, context: Context) -> Generator[Any, None, Identity]:
    """What the numbers of an index of this net belong to; the weights' checksum is worked out once a file."""
    weights = yield from _digest(net, context)
    recipe = json.dumps(asdict(net.net.preprocessing), sort_keys=True)
    return Identity(net.net.name, weights, recipe, layers_with_maps(net.program))


def _digest(net: OpenNet, context: Context) -> Generator[Any, None, str]:
    path = net.net.path
    if not path.is_file():
        return f"untrained, seed {SEED}, torch {torch.__version__}"
    about = path.stat()
    key = path, about.st_mtime_ns
    if key not in _digests:
        known = checked_files.known_digest(path)
        if known is None:
            reading = checked_files.hash_steps(path)
            known = yield from _told(reading, about.st_size, context)
        _digests[key] = known
    return _digests[key]


def _told(reading: Generator[int, None, str], size: int, context: Context) -> Generator[Any, None, str]:
    while True:
        try:
            done = next(reading)
        except StopIteration as stop:
            digest: str = stop.value
            return digest
        yield context.progress(done, size, "Reading the checksum of the weights")


def file_of(identity: Identity, pictures: Pictures) -> Path:
    """The file of an index: another one for other weights, another preparation, another collection."""
    what = json.dumps([identity.weights, identity.recipe, identity.k, pictures.kind, pictures.path])
    mark = hashlib.sha256(what.encode()).hexdigest()[:10]
    name = "-".join(filter(None, (identity.net, pictures.kind, Path(pictures.path).name)))
    return folder() / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name)[:80]}-{mark}{SUFFIX}"


def index_at(path: Path, identity: Identity) -> Index | None:
    """The index of that file as it is now, from memory or from disk; None where there is none of this net."""
    if path not in _open:
        found = load_if_good(path)
        if found is None:
            return None
        publish(path, found)
    _open.move_to_end(path)
    return _open[path] if _open[path].identity.same_net(identity) else None


def publish(path: Path, index: Index) -> None:
    """Let this be the index that is looked things up in, whether it is on disk yet or not."""
    _open[path] = index
    _open.move_to_end(path)
    while len(_open) > IN_MEMORY:
        _open.popitem(last=False)


def forget() -> None:
    """Give up what is in memory."""
    _open.clear()
    _digests.clear()


def tidy() -> None:
    """Delete what killed programs left behind, and the indexes not written for longest where there are many."""
    try:
        files = sorted(folder().glob(f"*{SUFFIX}"), key=lambda f: f.stat().st_mtime)
        parts = [f for f in folder().glob("*.part") if time.time() - f.stat().st_mtime > LEFTOVER_SECONDS]
        for file in (*files[: max(len(files) - FILES, 0)], *parts):
            file.unlink()
    except OSError as error:
        log.info("the folder of indexes stays as it is: %s", error)
