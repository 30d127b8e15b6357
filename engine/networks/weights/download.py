"""The handler that downloads weights. The network has a thread of its own; the engine's thread only looks in."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import replace
from typing import Any

from engine import jobs
from engine.context import Context
from engine.errors import UserError
from engine.networks.requests import DownloadWeights, WeightsStatus
from engine.networks.weights import checked_files, fetching, store
from engine.networks.weights.fetching import Transfer
from engine.networks.weights.records import RemoteFile, WeightsEntry

LOOK_SECONDS = 0.1

_under_way: set[str] = set()
_lock = threading.Lock()


def download(request: DownloadWeights, context: Context) -> Generator[Any, None, WeightsStatus]:
    """Handler: fetch what is missing of published weights. See DownloadWeights.

    Raises UserError, with what to do next, where that cannot be; what arrived until then is kept unless it is wrong.
    """
    entry = store.entry(request.name)
    if not entry.files:
        raise UserError(f"{entry.title} is here already; there is nothing to download.")
    with _lock:
        if entry.name in _under_way:
            raise UserError(f"{entry.title} is being downloaded already.")
        _under_way.add(entry.name)
    try:
        yield from _missing_files(entry, context)
    finally:
        with _lock:
            _under_way.discard(entry.name)
    return store.status(entry)


def _missing_files(entry: WeightsEntry, context: Context) -> Generator[Any, None, None]:
    before = 0
    for file in entry.files:
        status = yield from _checked(file, context)
        if status != "ready":
            yield from _fetched(file, before, entry, context)
        before += file.size


def _checked(file: RemoteFile, context: Context) -> Generator[Any, None, store.FileState]:
    steps = store.state_steps(file)
    while True:
        try:
            done = next(steps)
        except StopIteration as stop:
            state: store.FileState = stop.value
            return state
        yield context.progress(done, file.size, f"Checking {file.file}")


def _fetched(
    file: RemoteFile, before: int, entry: WeightsEntry, context: Context
) -> Generator[Any, None, None]:
    """Fetch one of the files, before which `before` bytes of the entry come."""
    folder = store.models_folder()
    target = folder / file.file
    checked_files.make_room(folder, file.size - checked_files.size_of(checked_files.part_of(target)))
    transfer = Transfer(file, target, context.wake)
    transfer.start()
    told: jobs.Progress | None = None
    try:
        while transfer.running:
            news = _progress(transfer.progress, before, entry.size - file.size, entry.title, context)
            if news != told:
                told = news
                yield news
            yield context.idle(LOOK_SECONDS)
    finally:
        transfer.stop()
    if transfer.error is not None:
        raise transfer.error


def _progress(
    now: fetching.Progress, before: int, others: int, title: str, context: Context
) -> jobs.Progress:
    left = (now.total - now.done) / now.speed if now.speed > 0 and not now.activity else None
    plain = context.progress(before + now.done, now.total + others, now.activity or f"Downloading {title}")
    return replace(plain, seconds_left=left)
