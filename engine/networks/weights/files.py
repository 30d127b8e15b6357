"""Files of weights from anywhere are taken in: a published one to its place, any other as the person's own.

How they are read is in `reading`, what they fit in `fitting`. Importing this imports no torch.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine.context import Context
from engine.errors import UserError
from engine.jobs import Progress
from engine.networks import catalogue
from engine.networks.requests import ImportedWeights, ImportWeights
from engine.networks.steps import told
from engine.networks.weights import checked_files, embedder_files, records, store, writing
from engine.networks.weights.fitting import Recognised, classes_in, recognise, renormalises
from engine.networks.weights.reading import State, check_finite, open_state_dict, read_head
from engine.networks.weights.records import RemoteFile, WeightsEntry

log = logging.getLogger(__name__)
Steps = Generator[Any, None, Any]

_ROUNDING_BYTES = 4096  # published sizes that are not exact are rounded to 0.001 MiB
_KEPT_METADATA = ("title", "classes", "mean", "std", "test_accuracy", "licence", "citation")


def import_weights(request: ImportWeights, context: Context) -> Steps:
    """Take a file in, see ImportWeights; the files of Darknet nets are `engine.detection.darknet.importing`'s.

    Raises UserError with a reason where that cannot be.
    """
    path = request.path.expanduser().absolute()
    read_head(path)
    digest = yield from hashed(path, context)
    known = published(digest, path)
    if known is not None:
        entry, file = known
        yield from take_place(path, file, digest, context)
        return ImportedWeights(store.status(entry))
    if path.suffix.lower() == embedder_files.SUFFIX:
        return (yield from _take_in_embedder(path, digest, context))
    return (yield from _take_in(path, digest, request.architecture, context))


def hashed(path: Path, context: Context) -> Generator[Any, None, str]:
    """The file's SHA-256, with progress."""
    try:
        total = path.stat().st_size
        reading = checked_files.hash_steps(path)
        return (yield from told(reading, lambda done: context.progress(done, total, f"Reading {path.name}")))
    except OSError as error:
        reason = error.strerror or error
        raise UserError(f"{path.name} could not be read ({reason}).", "Copy it to another place.") from error


# --- published files --------------------------------------------------------------------------------------


def published(digest: str, path: Path) -> tuple[WeightsEntry, RemoteFile] | None:
    """The entry of the catalogue that a file with this SHA-256 belongs to, and which of its files it is."""
    size = path.stat().st_size
    for entry in records.catalogue_entries():
        for file in entry.files:
            tolerance = _ROUNDING_BYTES if file.approximate else 0
            if file.proves(digest) and abs(size - file.size) <= tolerance:
                return entry, file
    return None


def take_place(path: Path, file: RemoteFile, digest: str, context: Context) -> Steps:
    """Copy a published file to its place in the models folder, whole or not at all."""
    target = store.models_folder() / file.file
    yield from _copied(path, target, context)
    checked_files.remember_digest(target, digest)
    checked_files.forget_download(target)


def _copied(source: Path, target: Path, context: Context) -> Steps:
    """Copy a file to its place, whole or not at all."""
    if target.exists() and target.samefile(source):
        return
    total = source.stat().st_size
    checked_files.make_room(target.parent, total)
    part = checked_files.part_of(target.with_name(f"{target.name}{checked_files.IMPORTING}"))
    with checked_files.written(target.parent):
        try:
            copying = checked_files.copy_steps(source, part)
            yield from told(copying, lambda done: context.progress(done, total, f"Copying {source.name}"))
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)


# --- a person's own files ---------------------------------------------------------------------------------


def _take_in(path: Path, digest: str, architecture: str | None, context: Context) -> Steps:
    yield context.progress(0, 1, f"Opening {path.name}")
    state = open_state_dict(path)
    for number in check_finite(state, path.name):
        yield context.progress(number, len(state), f"Looking at every number of {path.name}")
    metadata = _own_metadata(path)
    if architecture is None:
        found = yield from _recognised(path, state, metadata.get("architecture"), context)
    else:
        found = Recognised(architecture, classes_in(state, path.name, architecture))
    described = _description(path, digest, metadata, found)
    kept = yield from keep(path, digest, state, described, context)
    return ImportedWeights(store.status(records.described(kept, "imported")), found.others)


def _own_metadata(path: Path) -> dict[str, str]:
    """What a safetensors file of this program says about itself."""
    try:
        return records.read_header(path).metadata
    except UserError:
        return {}  # a .pth, which says nothing


def _recognised(
    path: Path, state: State, said: str | None, context: Context
) -> Generator[Any, None, Recognised]:
    def asked(step: tuple[int, int, str]) -> Progress:
        tried, total, name = step
        title = catalogue.architecture(name).title
        return context.progress(tried, total, f"Does {path.name} fit {title}?")

    return (yield from told(recognise(state, path.name, said), asked))


def keep(
    path: Path, digest: str, state: State, described: dict[str, str], context: Context
) -> Generator[Any, None, Path]:
    """Write a person's own weights as safetensors, whole or not at all; the same file takes its old place.

    `path` is what was imported, `digest` its SHA-256, `described` what the file then says about itself.
    """
    folder = store.imported_folder()
    size = sum(value.numel() * value.element_size() for value in state.values())
    checked_files.make_room(folder, size)
    target = folder / _kept_name(path, digest, records.SUFFIX)
    part = checked_files.part_of(target.with_name(f"{target.name}{checked_files.IMPORTING}"))
    with checked_files.written(folder):
        try:
            for done in writing.write_safetensors(part, state, described):
                yield context.progress(done, size, f"Keeping {path.name}")
            os.replace(part, target)
            for older in set(folder.glob(f"*-{digest[:8]}{records.SUFFIX}")) - {target}:
                older.unlink()
        finally:
            part.unlink(missing_ok=True)
    return target


def _kept_name(path: Path, digest: str, suffix: str) -> str:
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-.")[:60] or "weights"
    return f"{slug}-{digest[:8]}{suffix}"


def _take_in_embedder(path: Path, digest: str, context: Context) -> Steps:
    """Keep an ONNX graph that turns a face into numbers, as it is, with what it reads beside it."""
    yield context.progress(0, 1, f"Asking {path.name} about a face")
    reads = embedder_files.examined(path)
    folder = store.imported_folder()
    target = folder / _kept_name(path, digest, embedder_files.SUFFIX)
    yield from _copied(path, target, context)
    checked_files.remember_digest(target, digest)
    with checked_files.written(folder):
        embedder_files.describe(target, reads, path.name, digest)
        for older in set(folder.glob(f"*-{digest[:8]}{embedder_files.SUFFIX}")) - {target}:
            for file in embedder_files.files_of(older):
                file.unlink(missing_ok=True)
    return ImportedWeights(store.status(embedder_files.entry_of(target)))


def _description(path: Path, digest: str, metadata: dict[str, str], found: Recognised) -> dict[str, str]:
    described = {key: metadata[key] for key in _KEPT_METADATA if metadata.get(key)}
    described.setdefault("title", path.stem)
    described |= {
        "architecture": found.architecture,
        "file": path.name,
        "sha256": digest,
        "class_count": str(found.classes),
    }
    assumed = []
    if found.classes == 1000 and not _labels(metadata):
        described["class_list"] = "imagenet"
        assumed.append("The file does not name its 1,000 classes; those of ImageNet are assumed.")
    if not metadata.get("std"):
        colours = catalogue.architecture(found.architecture).input_shape[0] == 3
        usual = "ImageNet's normalisation is" if colours else "values of 0 to 1 are"
        assumed.append(f"The file does not say how its pictures were prepared; {usual} assumed.")
    if renormalises(catalogue.outline(found.architecture)):
        assumed.append(
            "Its input is brought to -1 to 1 besides, as torchvision's own weights of this net need it."
        )
    if assumed:
        described["note"] = " ".join(assumed)
    return described


def _labels(metadata: dict[str, str]) -> list[str]:
    with suppress(ValueError):
        labels = json.loads(metadata.get("classes", "[]"))
        return labels if isinstance(labels, list) else []
    return []
