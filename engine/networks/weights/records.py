"""What weights there are: those of resources/weights.toml and those that come with the program. Free of torch."""

from __future__ import annotations

import json
import logging
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from engine.errors import UserError

log = logging.getLogger(__name__)

RESOURCES = Path(__file__).resolve().parents[3] / "resources"
BUNDLED_FOLDER = RESOURCES / "weights"
SUFFIX = ".safetensors"
MAX_HEADER_BYTES = 16_000_000
"""The longest header of a safetensors file that is read; the longest of a real net is below 1 MB."""

Origin = Literal["catalogue", "bundled", "imported"]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of published weights: where it is and what proves it.

    `size` in bytes: exact, or rounded where `approximate`. `sha256`: 64 hex digits, or the first ones of them.
    """

    file: str
    url: str
    size: int
    approximate: bool
    sha256: str

    def proves(self, digest: str) -> bool:
        """Whether a SHA-256 (hex) is that of this file, as far as its digits are published."""
        return digest.startswith(self.sha256)


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What the net was evaluated with: the shorter side to `resize`, the middle `crop`, then (x - mean) / std.

    x is RGB (or grey) in 0..1. `resize` and `crop` are 0 where the net's own input shape says it.
    """

    resize: int
    crop: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    interpolation: str = "bilinear"


@dataclass(frozen=True, slots=True)
class WeightsEntry:
    """Weights as the program knows them, wherever they lie.

    `files`: what is downloaded, the weights themselves first; empty for bundled and imported ones, which have `path`.
    `classes`: the name of a list of classes ("imagenet", "coco"), or "" where `labels` has them or nobody knows.
    `class_count`: 0 where nobody states it. `top1`: share 0..1 of unseen pictures named rightly. `precision`: of a
    detector, its mean average precision 0..1 at the IoU of `precision_at` ("0.5", or COCO's "0.5:0.95"). `auc`: of an
    embedder of faces, the area under its ROC on pairs of people that it never saw, 0..1. `error`: of a net for points
    of faces, how far they are off on average on people that it never saw, in distances of the eyes.
    `sha256` of the imported original for imported weights.
    """

    name: str
    title: str
    task: str
    architecture: str
    origin: Origin
    files: tuple[RemoteFile, ...] = ()
    path: Path | None = None
    classes: str = ""
    labels: tuple[str, ...] = ()
    class_count: int = 0
    preprocessing: Preprocessing | None = None
    top1: float | None = None
    licence: str = ""
    citation: str = ""
    source: str = ""
    note: str = ""
    sha256: str = ""
    precision: float | None = None
    precision_at: str = ""
    auc: float | None = None
    error: float | None = None

    @property
    def size(self) -> int:
        """Bytes of all files to download; 0 for weights that are not downloaded."""
        return sum(file.size for file in self.files)

    @property
    def figures(self) -> str:
        """What the weights reach, in words; empty where nobody states it."""
        if self.precision is not None:
            where = "COCO" if self.classes == "coco" else "unseen pictures"
            return f"mAP {100 * self.precision:.1f} % (IoU {self.precision_at}, {where})"
        if self.auc is not None:
            return f"AUC {self.auc:.3f} (pairs of unseen people)"
        if self.error is not None:
            return f"error {100 * self.error:.1f} % (of the distance of the eyes, unseen people)"
        if self.top1 is None:
            return ""
        where = "ImageNet" if self.classes == "imagenet" else "unseen pictures"
        return f"top-1 {100 * self.top1:.2f} % ({where})"


@cache
def catalogue_entries() -> tuple[WeightsEntry, ...]:
    """The published weights of resources/weights.toml, in its order."""
    with (RESOURCES / "weights.toml").open("rb") as stream:
        return parse_catalogue(tomllib.load(stream))


def parse_catalogue(data: Mapping[str, Any]) -> tuple[WeightsEntry, ...]:
    """Entries of the parsed file; raises KeyError, TypeError or ValueError where it is wrong."""
    citations, notes = data.get("citations", {}), data.get("notes", {})
    return tuple(_entry(table, citations, notes) for table in data["weights"])


def _entry(table: Mapping[str, Any], citations: Mapping[str, str], notes: Mapping[str, str]) -> WeightsEntry:
    files = (_remote(table), *(_remote(companion) for companion in table.get("companions", ())))
    top1, precision = table.get("top1"), table.get("box_map")
    return WeightsEntry(
        name=table["name"],
        title=table["title"],
        task=table["task"],
        architecture=table["architecture"],
        origin="catalogue",
        files=files,
        classes=table.get("classes", ""),
        class_count={"imagenet": 1000, "coco": 80}.get(table.get("classes", ""), 0),
        preprocessing=_preprocessing(table["preprocessing"]) if "preprocessing" in table else None,
        top1=None if top1 is None else top1 / 100,
        licence=table["licence"],
        citation=citations[table["citation"]],
        source=table["source"],
        note=notes[table["note"]] if "note" in table else "",
        precision=None if precision is None else precision / 100,
        precision_at="" if precision is None else "0.5:0.95",
    )


def _remote(table: Mapping[str, Any]) -> RemoteFile:
    exact = table.get("bytes")
    digest = table.get("sha256") or table["sha256_prefix"]
    size = int(exact if exact is not None else table["bytes_about"])
    return RemoteFile(table["file"], table["url"], size, exact is None, str(digest))


def _preprocessing(table: Mapping[str, Any]) -> Preprocessing:
    return Preprocessing(
        resize=table["resize"],
        crop=table["crop"],
        mean=tuple(table["mean"]),
        std=tuple(table["std"]),
        interpolation=table["interpolation"],
    )


# --- files that carry their own description ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Header:
    """The beginning of a safetensors file: `metadata`, and of each tensor its dtype's name and its shape."""

    metadata: dict[str, str]
    shapes: dict[str, tuple[int, ...]]
    dtypes: dict[str, str]


def read_header(path: Path) -> Header:
    """Read the header of a safetensors file (8 bytes with its length, then JSON) without torch.

    Raises UserError where the file is none, or is shorter or longer than its header says.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if size < 10 or not 2 <= length <= min(size - 8, MAX_HEADER_BYTES):
                raise UserError(f"{path.name} is no safetensors file, or it is cut off.")
            content = json.loads(stream.read(length))
    except FileNotFoundError as error:
        raise UserError(f"{path.name} is not there.", "Was it moved, renamed or unplugged?") from error
    except OSError as error:
        raise UserError(f"{path.name} could not be read ({error.strerror or error}).") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path.name} is no safetensors file, or it is damaged.") from error
    return _checked_header(content, size - 8 - length, path.name)


def _checked_header(content: object, data_bytes: int, name: str) -> Header:
    try:
        assert isinstance(content, dict)
        metadata = content.pop("__metadata__", None) or {}
        end = max((int(tensor["data_offsets"][1]) for tensor in content.values()), default=0)
        header = Header(
            metadata={str(key): str(value) for key, value in metadata.items()},
            shapes={key: tuple(int(n) for n in tensor["shape"]) for key, tensor in content.items()},
            dtypes={key: str(tensor["dtype"]) for key, tensor in content.items()},
        )
    except (AssertionError, AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise UserError(f"{name} is no safetensors file, or it is damaged.") from error
    if end != data_bytes:
        raise UserError(
            f"{name} is incomplete: it has {data_bytes:,} bytes of numbers where its header says {end:,}.",
            "Copy or download the file again.",
        )
    return header


def bundled_entries() -> tuple[WeightsEntry, ...]:
    """The weights that come with the program, read from their files; one that is damaged is logged and left out."""
    return _described_files(BUNDLED_FOLDER, "bundled")


def imported_entries(folder: Path) -> tuple[WeightsEntry, ...]:
    """A person's own weights in a folder; files that are damaged are left out (see store for those)."""
    return _described_files(folder, "imported")


def _described_files(folder: Path, origin: Origin) -> tuple[WeightsEntry, ...]:
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            found.append(described(path, origin))
        except UserError as error:
            level = logging.WARNING if origin == "bundled" else logging.INFO
            log.log(level, "weights are left out: %s", error)
    return tuple(found)


_known: dict[Path, tuple[tuple[int, int], Origin, WeightsEntry]] = {}
"""Entries by file, with the size and time that they were read at: every question of a page asks for all of them."""


def described(path: Path, origin: Origin) -> WeightsEntry:
    """The entry of a file that says itself what it is, read again where the file has changed.

    Raises UserError where it does not.
    """
    try:
        found = path.stat()
    except OSError:
        return _read_entry(path, origin)  # which says what is wrong
    identity = found.st_size, found.st_mtime_ns
    known = _known.get(path)
    if known is None or known[:2] != (identity, origin):
        known = _known[path] = identity, origin, _read_entry(path, origin)
    return known[2]


def _read_entry(path: Path, origin: Origin) -> WeightsEntry:
    """The entry of a safetensors file that says itself what it is (engine.training.release and the import write such).

    Raises UserError where it does not.
    """
    meta = read_header(path).metadata
    if not meta.get("architecture"):
        raise UserError(f"{path.name} does not say which network it belongs to.")
    labels = _json_list(meta, "classes")
    mean, std = _json_list(meta, "mean"), _json_list(meta, "std")
    try:
        preprocessing = (
            Preprocessing(0, 0, tuple(float(x) for x in mean), tuple(float(x) for x in std)) if std else None
        )
        top1, precision = _share(meta, "test_accuracy"), _share(meta, "test_map50")
        auc, off = _share(meta, "test_auc"), _share(meta, "test_error")
        count = int(meta.get("class_count") or len(labels))
    except (TypeError, ValueError) as error:
        raise UserError(f"{path.name} describes itself wrongly ({error}).") from error
    name = path.stem if origin == "bundled" else f"imported/{path.stem}"
    return WeightsEntry(
        name=name,
        title=clipped(meta.get("title") or path.stem),
        task=clipped(meta.get("task") or "classification"),
        architecture=clipped(meta["architecture"]),
        origin=origin,
        path=path,
        classes=meta.get("class_list", ""),
        labels=tuple(clipped(str(label)) for label in labels),
        class_count=count,
        preprocessing=preprocessing,
        top1=top1,
        licence=clipped(meta.get("licence", "")),
        citation=clipped(meta.get("citation", ""), 300),
        source=_source(meta, origin),
        sha256=meta.get("sha256", ""),
        note=clipped(meta.get("note", ""), 300),
        precision=precision,
        precision_at="" if precision is None else "0.5",
        auc=auc,
        error=off,
    )


def _share(meta: Mapping[str, str], key: str) -> float | None:
    """A number in 0..1, None where nothing is said. Raises ValueError for any other."""
    if not meta.get(key):
        return None
    value = float(meta[key])
    if not (math.isfinite(value) and 0 <= value <= 1):
        raise ValueError(f"{key} {value}")
    return value


def clipped(text: str, most: int = 80) -> str:
    """A text from somebody else's file as one short line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _source(meta: Mapping[str, str], origin: Origin) -> str:
    if origin == "bundled":
        return "trained by this project"
    return f"your file {clipped(meta['file'])}" if meta.get("file") else "your own file"


def _json_list(meta: Mapping[str, str], key: str) -> list[Any]:
    if not meta.get(key):
        return []
    try:
        value = json.loads(meta[key])
    except ValueError as error:
        log.info("metadata %s is not JSON: %s", key, error)
        return []
    return value if isinstance(value, list) else []
