"""A person's own embedders of faces: an ONNX graph, and a JSON file beside it that says what the graph reads.

A graph says nothing about the range and the order of the colours that it wants. What nobody told is guessed, and the
guess is told. Free of torch.
"""

from __future__ import annotations

import json
import logging
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.networks.weights import checked_files
from engine.networks.weights.records import WeightsEntry, clipped

log = logging.getLogger(__name__)

SUFFIX: Final = ".onnx"
DESCRIPTION: Final = ".json"
TASK: Final = "face embedding"
ARCHITECTURE: Final = "onnx"
NARROW: Final = (8.0, 0.0, 104.0, 112.0)
"""The window of nets that read crops 96 wide and 112 high, in an aligned crop of 112 x 112 pixels."""
WHOLE: Final = (0.0, 0.0, 112.0, 112.0)
SIZES: Final = ((112, 112), (96, 112))
"""Widths and heights that are tried where none is told."""
FEWEST, MOST = 32, 512
"""Numbers that a graph without a description may answer with: with more of them it is likely no embedder."""
THRESHOLD: Final = 1.1
LONGEST_DESCRIPTION: Final = 1 << 20
WORD: Final = "A file of your own: what it can do is known to whoever made it."


@dataclass(frozen=True, slots=True)
class Description:
    """How an embedder reads a crop: `window` of it, scaled to `size`; (value - mean) * scale; `rgb` or BGR.

    `size`: width and height. `threshold`: the squared distance up to which two faces are called one person.
    """

    title: str
    size: tuple[int, int]
    mean: float
    scale: float
    rgb: bool
    threshold: float
    word: str
    window: tuple[float, float, float, float] = WHOLE
    dimensions: int = 128


def own_files(folder: Path) -> list[Path]:
    """The graphs of a folder that have a description beside them."""
    return [path for path in sorted(folder.glob(f"*{SUFFIX}")) if path.with_suffix(DESCRIPTION).is_file()]


def files_of(path: Path) -> tuple[Path, ...]:
    """A graph and everything that lies beside it because of it."""
    return path, path.with_suffix(DESCRIPTION), *checked_files.beside(path)


# --- descriptions -------------------------------------------------------------------------------------------------


def described(path: Path) -> Description:
    """The description of a graph, a JSON object: title, size [width, height], mean, scale, rgb, threshold, dimensions.

    What is missing is as MobileFaceNets have it. Raises UserError for one that cannot be.
    """
    try:
        reads = _read(_told(path), path.stem)
    except (OSError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise UserError(
            f"{path.name} does not describe an embedder ({clipped(str(error))}).",
            "It is a JSON object with title, size [width, height], mean, scale, rgb, threshold and dimensions.",
        ) from error
    if not _possible(reads):
        raise UserError(
            f"{path.name} describes an embedder that cannot be.",
            "Sides are 8 to 1024 pixels, the threshold lies above 0 and is at most 4.",
        )
    return reads


def _told(path: Path) -> Mapping[str, Any]:
    if path.stat().st_size > LONGEST_DESCRIPTION:
        raise ValueError("it is too long")
    told = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(told, dict):
        raise ValueError("it is no object")
    return told


def _read(told: Mapping[str, Any], name: str) -> Description:
    width, height = (int(side) for side in told.get("size", (112, 112)))
    return Description(
        title=clipped(str(told.get("title") or name)),
        size=(width, height),
        mean=float(told.get("mean", 127.5)),
        scale=float(told.get("scale", 1 / 128)),
        rgb=bool(told.get("rgb", True)),
        threshold=float(told.get("threshold", THRESHOLD)),
        word=clipped(str(told.get("word") or WORD), 300),
        window=NARROW if width * 112 == height * 96 else WHOLE,
        dimensions=int(told.get("dimensions", 128)),
    )


def _possible(reads: Description) -> bool:
    sides = all(8 <= side <= 1024 for side in reads.size)
    numbers = math.isfinite(reads.mean) and math.isfinite(reads.scale) and reads.scale != 0
    return sides and numbers and reads.dimensions > 0 and 0 < reads.threshold <= 4


def describe(path: Path, reads: Description, original: str, digest: str) -> None:
    """Write what a graph reads beside it, whole or not at all; `original`: the file it came from, `digest` its SHA-256.

    Raises OSError.
    """
    told = {
        "title": reads.title,
        "size": reads.size,
        "mean": reads.mean,
        "scale": reads.scale,
        "rgb": reads.rgb,
        "threshold": reads.threshold,
        "dimensions": reads.dimensions,
        "word": reads.word,
        "file": original,
        "sha256": digest,
    }
    target = path.with_suffix(DESCRIPTION)
    part = checked_files.part_of(target.with_name(f"{target.name}{checked_files.IMPORTING}"))
    part.write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    os.replace(part, target)


# --- a graph that nobody knows yet --------------------------------------------------------------------------------


def examined(path: Path) -> Description:
    """What a graph reads: as the JSON file beside it says, else guessed from its answers.

    Raises UserError for what is no graph, or does not turn one face into one list of finite numbers.
    """
    net = opened(path)
    beside = path.with_suffix(DESCRIPTION)
    if beside.is_file():
        reads = described(beside)
        answer = _answer(net, reads.size)
        if answer is None:
            raise _no_embedder(path, "{} × {} pixels, as its description says,".format(*reads.size))
        return replace(reads, dimensions=len(answer))
    lengths = {size: len(answer) for size in SIZES if (answer := _answer(net, size)) is not None}
    # A picture that is larger than the net was made for gives it several places, and their numbers side by side.
    size = min(lengths, key=lambda one: lengths[one], default=None)
    if size is None or not FEWEST <= lengths[size] <= MOST:
        raise _no_embedder(path, "112 × 112 or 96 × 112 pixels")
    word = "Guessed: it reads RGB of {} × {} pixels, (value − 127.5) / 128. {}".format(*size, WORD)
    usual = _read({"size": size, "dimensions": lengths[size], "word": word}, path.stem)
    return usual


def opened(path: Path) -> Any:
    """The graph as a cv2.dnn.Net. Raises UserError where OpenCV cannot read it."""
    from engine.cv import cv2

    try:
        return cv2.dnn.readNetFromONNX(str(path))
    except cv2.error as error:
        raise UserError(
            f"{path.name} cannot be read as an ONNX graph.",
            "It is damaged, or has layers that OpenCV does not know.",
        ) from error


def _answer(net: Any, size: tuple[int, int]) -> npt.NDArray[np.float32] | None:
    """What a graph makes of noise of this size, float32[D]; None unless it is one list of finite numbers."""
    from engine.cv import cv2

    width, height = size
    noise = np.random.default_rng(0).uniform(-1, 1, (1, 3, height, width)).astype(np.float32)
    try:
        net.setInput(noise)
        answer = np.asarray(net.forward(), np.float32)
    except cv2.error as error:
        log.info("%d x %d: %s", width, height, error)
        return None
    one_list = answer.size > 1 and answer.size == max(answer.shape)
    return answer.reshape(-1) if one_list and np.isfinite(answer).all() else None


def _no_embedder(path: Path, face: str) -> UserError:
    return UserError(
        f"{path.name} is an ONNX graph that does not turn a face of {face} into one list of numbers.",
        "Other graphs are not used here. Is it an embedder? Say in a .json beside it what size it reads.",
    )


# --- what the store lists -----------------------------------------------------------------------------------------


def entries(folder: Path) -> tuple[WeightsEntry, ...]:
    """A person's own embedders in a folder; those whose description cannot be read are left out (see store)."""
    found = []
    for path in own_files(folder):
        try:
            found.append(entry_of(path))
        except UserError as error:
            log.info("an embedder is left out: %s", error)
    return tuple(found)


_known: dict[Path, tuple[tuple[int, int], WeightsEntry]] = {}
"""Entries by file, with the size and time of the description that they were read from."""


def entry_of(path: Path) -> WeightsEntry:
    """The entry of a graph with a description beside it. Raises UserError where that cannot be read."""
    beside = path.with_suffix(DESCRIPTION)
    try:
        found = beside.stat()
    except OSError:
        return _entry(path, beside)  # which says what is wrong
    identity = found.st_size, found.st_mtime_ns
    known = _known.get(path)
    if known is None or known[0] != identity:
        known = _known[path] = identity, _entry(path, beside)
    return known[1]


def _entry(path: Path, beside: Path) -> WeightsEntry:
    reads, told = described(beside), _told(beside)
    original = told.get("file")
    return WeightsEntry(
        name=f"imported/{path.name}",
        title=reads.title,
        task=TASK,
        architecture=ARCHITECTURE,
        origin="imported",
        path=path,
        source=f"your file {clipped(str(original))}" if original else "your own file",
        note=reads.word,
        sha256=str(told.get("sha256", "")),
    )
