"""The handler that downloads weights. The network has a thread of its own; the engine's thread only looks in."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any

from engine import jobs
from engine.context import Context
from engine.errors import UserError
from engine.networks.requests import DownloadWeights, WeightsStatus
from engine.networks.steps import told
from engine.networks.weights import checked_files, fetching, store
from engine.networks.weights.fetching import Transfer
from engine.networks.weights.records import RemoteFile, WeightsEntry

LOOK_SECONDS = 0.1

_under_way: set[str] = set()
_transfers: dict[Path, Transfer] = {}
"""The newest transfer to each file; one that was stopped may still be on its way out."""
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
    folder = store.models_folder()
    try:
        for before, file in _with_offsets(entry.files):
            status = yield from _checked(file, context)
            if status != "ready":
                yield from _fetched(file, folder / file.file, before, entry, context)
            _check_folder(folder, file)
    finally:
        with _lock:
            _under_way.discard(entry.name)
    return store.status(entry)


def _with_offsets(files: tuple[RemoteFile, ...]) -> list[tuple[int, RemoteFile]]:
    """Each file with the bytes of those before it."""
    ends = accumulate((file.size for file in files), initial=0)
    return list(zip(ends, files, strict=False))


def _check_folder(folder: Path, file: RemoteFile) -> None:
    """A person may choose another models folder while a download runs: it ends where it began, and says so."""
    if store.models_folder() != folder:
        raise UserError(
            f"The models folder was changed meanwhile; {file.file} is in {folder}.",
            "Download it again, or bring that file in with “Import file…”.",
        )


def _checked(file: RemoteFile, context: Context) -> Generator[Any, None, store.FileState]:
    checking = store.state_steps(file)
    return (
        yield from told(checking, lambda done: context.progress(done, file.size, f"Checking {file.file}"))
    )


def _fetched(
    file: RemoteFile, target: Path, before: int, entry: WeightsEntry, context: Context
) -> Generator[Any, None, None]:
    """Fetch one of the files to `target`; `before` bytes of the entry come before it."""
    checked_files.make_room(target.parent, file.size - checked_files.size_of(checked_files.part_of(target)))
    yield from _alone(target, context)
    transfer = _transfers[target] = Transfer(file, target, context.wake)
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
        if not transfer.running:
            _transfers.pop(target, None)
    if transfer.error is not None:
        raise transfer.error


def _alone(target: Path, context: Context) -> Generator[Any, None, None]:
    """Wait until nobody else writes to this file."""
    while (before := _transfers.get(target)) is not None and before.running:
        yield context.progress(0, 1, "Waiting for the end of the download before")
        yield context.idle(LOOK_SECONDS)


def _progress(
    now: fetching.Progress, before: int, others: int, title: str, context: Context
) -> jobs.Progress:
    left = (now.total - now.done) / now.speed if now.speed > 0 and not now.activity else None
    plain = context.progress(before + now.done, now.total + others, now.activity or f"Downloading {title}")
    return replace(plain, seconds_left=left)
