"""Where weights lie on this computer, and whether they are what they should be. Free of torch.

The models folder holds published files under their own names, a person's own weights under imported/, half-made
downloads as *.part (never trusted), and beside each checked file a *.checked with its size, time and SHA-256 (see
checked_files), so that half a gigabyte is not read again at every start.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from engine.context import Context
from engine.errors import UserError
from engine.jobs import Progress
from engine.networks.requests import ListWeights, RemoveWeights, WeightsStatus
from engine.networks.steps import at_once, told
from engine.networks.weights import checked_files, embedder_files, records
from engine.networks.weights.records import RemoteFile, WeightsEntry

log = logging.getLogger(__name__)

VARIABLE = "CONVSCOPE_MODELS"
IMPORTED = "imported"

FileState = Literal["absent", "partial", "ready", "damaged"]
Steps = Generator[Any, None, Any]


@dataclass(frozen=True, slots=True)
class Resolved:
    """Weights that are here and checked. `companions`: further files that belong to them (a Darknet .cfg)."""

    entry: WeightsEntry
    path: Path
    companions: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        return self.entry.name

    @property
    def architecture(self) -> str:
        return self.entry.architecture


def usual_folder() -> Path:
    """The models folder of somebody who chose none."""
    from platformdirs import user_cache_path

    return user_cache_path("ConvScope", appauthor=False) / "models"


def models_folder() -> Path:
    """The models folder: the environment's CONVSCOPE_MODELS, else the usual one. It need not exist yet."""
    chosen = os.environ.get(VARIABLE)
    return Path(chosen).expanduser() if chosen else usual_folder()


def imported_folder() -> Path:
    return models_folder() / IMPORTED


def entries() -> tuple[WeightsEntry, ...]:
    """All weights: bundled, a person's own, published."""
    return (
        *records.bundled_entries(),
        *records.imported_entries(imported_folder()),
        *embedder_files.entries(imported_folder()),
        *records.catalogue_entries(),
    )


def entry(name: str) -> WeightsEntry:
    """The entry of that name; raises UserError where there is none."""
    for found in entries():
        if found.name == name:
            return found
    raise UserError(
        f"There are no weights named “{name}”.", "The page Weights lists what there is; were they removed?"
    )


def find(name: str) -> Resolved:
    """The weights of that name, checked.

    A file that was not checked before is read once (a second for half a gigabyte). Raises UserError where they are
    unknown, not here, half-made or damaged.
    """
    return at_once(find_steps(name))


def find_steps(name: str) -> Generator[int, None, Resolved]:
    """Like find(), in small steps; yields the bytes that had to be read."""
    return (yield from _resolved(entry(name)))


def find_for(architecture: str) -> Resolved:
    """The best weights that are here for an architecture: bundled before published before a person's own.

    Raises UserError where there are none, naming what could be downloaded.
    """
    order = {"bundled": 0, "catalogue": 1, "imported": 2}
    candidates = sorted(
        (found for found in entries() if found.architecture == architecture), key=lambda e: order[e.origin]
    )
    for candidate in candidates:
        if candidate.path is not None or _is_here(candidate):
            return at_once(_resolved(candidate))
    if not candidates:
        raise UserError(
            f"Nobody publishes weights for {architecture} that ConvScope knows of.",
            "Import a file of your own on the page Weights.",
        )
    names = ", ".join(candidate.title for candidate in candidates)
    raise UserError(
        f"There are no weights for {architecture} on this computer yet.",
        f"Download or import them on the page Weights: {names}.",
    )


def _is_here(candidate: WeightsEntry) -> bool:
    return all(at_once(state_steps(file)) == "ready" for file in candidate.files)


def _resolved(found: WeightsEntry) -> Generator[int, None, Resolved]:
    if found.path is not None:
        return Resolved(found, found.path)
    for file in found.files:
        state = yield from state_steps(file)
        if state == "damaged":
            raise UserError(
                f"{file.file} is damaged: its checksum is another than was published.",
                "Download or import it again on the page Weights.",
            )
        if state != "ready":
            raise UserError(
                f"The weights “{found.title}” are not on this computer yet.",
                "Download or import them on the page Weights.",
            )
    paths = [models_folder() / file.file for file in found.files]
    return Resolved(found, paths[0], tuple(paths[1:]))


# --- states ---------------------------------------------------------------------------------------------------


def state_steps(file: RemoteFile) -> Generator[int, None, FileState]:
    """The state of one published file, read where that was not done since it changed; yields the bytes read so far."""
    path = models_folder() / file.file
    if not path.is_file():
        return "partial" if checked_files.size_of(checked_files.part_of(path)) else "absent"
    digest = checked_files.known_digest(path)
    if digest is None:
        try:
            digest = yield from checked_files.hash_steps(path)
            checked_files.remember_digest(path, digest)
        except OSError as error:
            log.info("%s cannot be read: %s", path, error)
            return "damaged"
    return "ready" if file.proves(digest) else "damaged"


# --- what pages see ---------------------------------------------------------------------------------------


def list_weights(_request: ListWeights, context: Context) -> Steps:
    """Handler: the state of everything; files that were not checked since they changed are read in small steps."""
    for folder in (models_folder(), imported_folder()):
        checked_files.sweep(folder)
    found: list[WeightsStatus] = []
    known = entries()
    for position, one in enumerate(known):
        checking = context.progress(position, len(known), f"Checking {one.title}")
        found.append((yield from _checked(one, checking)))
    return (*found, *_damaged_imports())


def _checked(one: WeightsEntry, checking: Progress) -> Generator[Any, None, WeightsStatus]:
    return (yield from told(status_steps(one), lambda _: checking))


def remove_weights(request: RemoveWeights, context: Context) -> Steps:
    """Handler: delete what the models folder has of these weights, and answer the new list."""
    name = request.name
    if any(found.name == name for found in records.bundled_entries()):
        raise UserError("These weights come with the program and stay.")
    for path in _paths_of(name):
        with checked_files.written(path.parent):
            path.unlink(missing_ok=True)
        checked_files.forget_digest(path)
    return (yield from list_weights(ListWeights(), context))


def _paths_of(name: str) -> list[Path]:
    if name.startswith(f"{IMPORTED}/"):
        stem = name.removeprefix(f"{IMPORTED}/")
        if not stem or Path(stem).name != stem:
            raise UserError(f"There are no weights named “{name}”.")
        if stem.endswith(embedder_files.SUFFIX):
            return list(embedder_files.files_of(imported_folder() / stem))
        return [imported_folder() / f"{stem}{records.SUFFIX}"]
    paths = []
    for file in entry(name).files:
        main = models_folder() / file.file
        paths += [main, *checked_files.beside(main)]
    return paths


def status(found: WeightsEntry) -> WeightsStatus:
    """The present state of one entry."""
    return at_once(status_steps(found))


def status_steps(found: WeightsEntry) -> Generator[int, None, WeightsStatus]:
    """Like status(), in small steps."""
    make = partial(
        WeightsStatus,
        name=found.name,
        title=found.title,
        task=found.task,
        architecture=found.architecture,
        source=found.source,
        licence=found.licence,
        citation=found.citation,
        figures=found.figures,
        note=found.note,
    )
    if found.path is not None:
        state: Literal["bundled", "imported"] = "bundled" if found.origin == "bundled" else "imported"
        size = checked_files.size_of(found.path)
        return make(state=state, bytes=size, bytes_here=size, path=found.path, sha256=found.sha256)
    states = []
    for file in found.files:
        states.append((yield from state_steps(file)))
    main = found.files[0]
    path = models_folder() / main.file
    answer = make(
        state=_overall(states),
        bytes=found.size,
        approximate=any(file.approximate for file in found.files),
        bytes_here=sum(_bytes_here(models_folder() / file.file) for file in found.files),
        sha256=main.sha256,
        path=path if path.is_file() else None,
        proof_digits=min(len(file.sha256) for file in found.files),
        url=main.url,
        files=tuple(file.file for file in found.files),
    )
    return _with_measured(answer, path) if answer.state == "ready" else answer


def _with_measured(answer: WeightsStatus, path: Path) -> WeightsStatus:
    """Of a file that is here, everything is known exactly."""
    digest = checked_files.known_digest(path) or answer.sha256
    return replace(answer, bytes=answer.bytes_here, approximate=False, sha256=digest)


def _overall(states: list[FileState]) -> FileState:
    if "damaged" in states:
        return "damaged"
    if all(state == "ready" for state in states):
        return "ready"
    return "absent" if all(state == "absent" for state in states) else "partial"


def _bytes_here(path: Path) -> int:
    return checked_files.size_of(path) or checked_files.size_of(checked_files.part_of(path))


def _damaged_imports() -> list[WeightsStatus]:
    """A person's own weights that cannot be read any more: listed, so that they can be removed."""
    found = []
    for path in sorted(imported_folder().glob(f"*{records.SUFFIX}")):
        try:
            records.described(path, "imported")
        except UserError as error:
            found.append(_damaged(path, path.stem, "classification", error))
    for path in embedder_files.own_files(imported_folder()):
        try:
            embedder_files.described(path.with_suffix(embedder_files.DESCRIPTION))
        except UserError as error:
            found.append(_damaged(path, path.name, embedder_files.TASK, error))
    return found


def _damaged(path: Path, name: str, task: str, error: UserError) -> WeightsStatus:
    size = checked_files.size_of(path)
    return WeightsStatus(
        name=f"{IMPORTED}/{name}",
        title=path.stem,
        task=task,
        architecture="",
        state="damaged",
        bytes=size,
        bytes_here=size,
        path=path,
        source="your own file",
        note=str(error),
    )
