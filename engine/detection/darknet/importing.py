"""Weights from anywhere are taken in: the files of a Darknet net here, all others by `engine.networks.weights.files`.

A published pair takes its place in the models folder. Any other is kept as one .safetensors file, as all weights of a
person are: its numbers as they lay in the .weights, its .cfg and the names of its classes in the metadata. Importing
this imports no torch.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.context import Context
from engine.detection import class_names
from engine.detection.darknet import cfg as cfgs
from engine.detection.darknet import pairs
from engine.detection.darknet.pairs import ARCHITECTURE, CFG_KEY, NUMBERS_KEY, Pair
from engine.detection.darknet.plan import Plan, plan
from engine.detection.darknet.weights_file import by_layer, open_numbers
from engine.errors import UserError
from engine.networks.requests import ImportedWeights, ImportWeights
from engine.networks.steps import told
from engine.networks.weights import files, records, store
from engine.networks.weights.reading import read_head, read_steps
from engine.networks.weights.records import RemoteFile, WeightsEntry

Steps = Generator[Any, None, Any]

_TOGETHER: Final = "Drop both files together, or put them into one folder."


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of a net, and what of the catalogue it is, if anything."""

    path: Path
    digest: str
    published: tuple[WeightsEntry, RemoteFile] | None


def import_weights(request: ImportWeights, context: Context) -> Steps:
    """Handler: take weights in, see ImportWeights. Raises UserError with a reason where that cannot be."""
    path = request.path.expanduser().absolute()
    if path.suffix.lower() == records.SUFFIX and (metadata := _kept_before(path)):
        return (yield from _again(path, metadata, context))
    if path.suffix.lower() not in pairs.SUFFIXES:
        return (yield from files.import_weights(request, context))
    read_head(path)
    pair = pairs.pair_of(path, request.companions)
    parts: list[_Part] = []
    for one in (pair.weights, pair.cfg):
        if one is not None:
            digest = yield from files.hashed(one, context)
            parts.append(_Part(one, digest, files.published(digest, one)))
    entries = {part.published[0].name if part.published else "" for part in parts}
    if pair.weights is not None and pair.cfg is not None and (len(entries) > 1 or "" in entries):
        return (yield from _own(pair.weights, pair.cfg, pair, parts[0].digest, context))
    if not parts or "" in entries:
        raise _alone(path, pair)
    _check_names(pair)
    for part in parts:
        assert part.published is not None
        yield from files.take_place(part.path, part.published[1], part.digest, context)
    assert parts[0].published is not None
    return ImportedWeights(store.status(parts[0].published[0]))


def _check_names(pair: Pair) -> None:
    """A published pair keeps its published names; a list that surely was meant for it and does not fit is refused."""
    if pair.names is not None and pair.named and pair.cfg is not None:
        class_names.read(pair.names, plan(cfgs.read(pair.cfg), pair.cfg.name).classes)


def _alone(path: Path, pair: Pair) -> UserError:
    """The sentence for a file that is of no use without another one."""
    if path.suffix.lower() == pairs.NAMES:
        return UserError(
            f"{path.name} is a list of classes; it belongs to a .cfg and a .weights, which do not lie beside it.",
            "Drop all three together.",
        )
    if pair.weights is None:
        return UserError(
            f"{path.name} describes a net of Darknet; its numbers are in a .weights, which does not lie beside it.",
            _TOGETHER,
        )
    return UserError(
        f"{path.name} holds the numbers of a net of Darknet; what they mean says a .cfg, which does not lie beside it.",
        _TOGETHER,
    )


# --- a person's own nets --------------------------------------------------------------------------------------------


def _own(weights: Path, cfg: Path, pair: Pair, digest: str, context: Context) -> Steps:
    import torch

    text = cfgs.read(cfg)
    described = plan(text, cfg.name)
    labels, note = _labels(pair, described)
    values = open_numbers(weights, described)
    for one in by_layer(values, described):
        done, total = one.layer.index + 1, len(described.layers)
        yield context.progress(done, total, f"Looking at every number of {weights.name}")
    metadata = {
        "title": weights.stem,
        "task": "detection",
        "architecture": ARCHITECTURE,
        "file": weights.name,
        "sha256": digest,
        "class_count": str(described.classes),
        "classes": json.dumps(labels),
        CFG_KEY: text,
        "note": note,
    }
    state = {NUMBERS_KEY: torch.from_numpy(values)}
    kept = yield from files.keep(weights, digest, state, metadata, context)
    return ImportedWeights(store.status(records.described(kept, "imported")))


def _kept_before(path: Path) -> dict[str, str]:
    """What a file says about itself that this program made of a pair, on this computer or another; else nothing."""
    try:
        header = records.read_header(path)
    except UserError:
        return {}  # which is said by whoever reads such files
    ours = header.metadata.get("architecture") == ARCHITECTURE and NUMBERS_KEY in header.shapes
    return header.metadata if ours and header.metadata.get(CFG_KEY) else {}


def _again(path: Path, metadata: dict[str, str], context: Context) -> Steps:
    """Take such a file in: the pair is long gone, so it is checked as the pair was."""
    described = plan(metadata[CFG_KEY], f"The cfg in {path.name}")
    digest = metadata.get("sha256") or (yield from files.hashed(path, context))
    state = yield from told(read_steps(path), lambda _: context.progress(0, 1, f"Opening {path.name}"))
    values = state[NUMBERS_KEY].float()
    for _ in by_layer(values.numpy(), described):
        yield context.progress(0, 1, f"Looking at every number of {path.name}")
    original = Path(metadata.get("file") or path.name)
    kept = yield from files.keep(original, digest, {NUMBERS_KEY: values}, metadata, context)
    return ImportedWeights(store.status(records.described(kept, "imported")))


def _labels(pair: Pair, described: Plan) -> tuple[tuple[str, ...], str]:
    """The names of the classes, and what a person should know about where they come from.

    A list that only happens to lie in the same folder is taken where it fits; one that surely is this net's has to.
    """
    count = described.classes
    if pair.names is not None:
        try:
            return class_names.read(pair.names, count), f"Its classes have the names of {pair.names.name}."
        except UserError:
            if pair.named:
                raise
    usual = class_names.usual(count)
    list_name = {"coco": "COCO", "voc": "Pascal VOC"}
    for name, title in list_name.items():
        if usual == class_names.known(name):
            return usual, f"No .names file lay beside it; the {count} names of {title} are assumed."
    return usual, "No .names file lay beside it, so its classes have numbers."
