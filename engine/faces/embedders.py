"""Nets that turn an aligned face into numbers: the bundled one, SFace, and a person's own ONNX files."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.faces.requests import MINI, EmbedderStatus
from engine.networks.steps import at_once
from engine.networks.weights import checked_files, embedder_files, records, store
from engine.networks.weights.embedder_files import NARROW, Description, described

log = logging.getLogger(__name__)
Pixels = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.float32]

SFACE: Final = "sface"
OWN: Final = "imported/"
"""Before the name of a person's own ONNX file."""
DIGITS: Final = 12
"""Of a checksum that tell two files apart."""
_one_at_a_time: Final = Lock()

SFACE_READS: Final = Description(
    "SFace", (112, 112), 0.0, 1.0, True, 1.128**2,
    "It was trained on millions of photos and recognises most people; it is no proof of who somebody is.",
)  # fmt: skip
"""OpenCV's FaceRecognizerSF: RGB as it is; OpenCV suggests a distance of 1.128 between rows of length 1."""
SFACE_SUGGESTED: Final = (
    "OpenCV found it on LFW, photographs of well-known people from the news, and gives no rates of false accepts (two"
    " people pass for one) and false rejects (one for two)."
)
MINI_SUGGESTED: Final = (
    "False accepts and false rejects of 80 photos of 8 people that it never saw (ORL, one laboratory): 1.4 % and 21 %;"
    " of 13 faces on press photographs: 0.0 % and 72 %."
)
"""At 0.84, of all pairs; a test on the photos counts them."""
OWN_SUGGESTED: Final = (
    "It stands in the description beside its file; its rates of false accepts and false rejects are not"
    " known here."
)
MINI_READS: Final = Description(
    "facenet-mini", (96, 112), 0.0, 1 / 255, True, 0.84,
    "It teaches and does not identify strangers.", NARROW,
)  # fmt: skip


class Embedder(Protocol):
    """Turns crops uint8[N, 112, 112, 3] RGB into rows float32[N, D]."""

    def rows(self, crops: Pixels) -> Rows: ...


class MiniEmbedder:
    """The bundled net, in torch."""

    def __init__(self, path: Path) -> None:
        from safetensors.torch import load_file

        from engine.networks.zoo.facenet_mini import FacenetMini

        self._net = FacenetMini().eval().requires_grad_(False)
        self._net.load_state_dict({name: values.float() for name, values in load_file(path).items()})

    def rows(self, crops: Pixels) -> Rows:
        import torch

        inputs = torch.from_numpy(np.ascontiguousarray(inputs_of(crops, MINI_READS)))
        with torch.inference_mode():
            return np.asarray(self._net(inputs).numpy(), np.float32)


class OnnxEmbedder:
    """An ONNX graph, by OpenCV's own reader; faces one by one, because many graphs have a fixed batch of 1."""

    def __init__(self, path: Path, reads: Description) -> None:
        self._reads, self._path, self._net = reads, path, embedder_files.opened(path)

    def rows(self, crops: Pixels) -> Rows:
        from engine.cv import cv2

        found = []
        for values in inputs_of(crops, self._reads):
            self._net.setInput(np.ascontiguousarray(values[None]))
            try:
                answer = np.asarray(self._net.forward(), np.float32)
            except cv2.error as error:
                width, height = self._reads.size
                raise UserError(
                    f"{self._path.name} does not take a face of {width} × {height} pixels.",
                    "Say in its description (a .json beside it) what it reads.",
                ) from error
            found.append(answer.reshape(-1))
        return np.stack(found)


def inputs_of(crops: Pixels, reads: Description) -> npt.NDArray[np.float32]:
    """float32[N, 3, h, w]: what a net gets of crops."""
    from engine.cv import cv2

    left, top, right, bottom = (round(v) for v in reads.window)
    parts = crops[:, top:bottom, left:right]
    if parts.shape[2:0:-1] != reads.size:
        parts = np.stack(
            [cv2.resize(np.ascontiguousarray(p), reads.size, interpolation=cv2.INTER_AREA) for p in parts]
        )
    values = (parts.astype(np.float32) - np.float32(reads.mean)) * np.float32(reads.scale)
    return values.transpose(0, 3, 1, 2) if reads.rgb else values.transpose(0, 3, 1, 2)[:, ::-1]


# --- what there is ------------------------------------------------------------------------------------------------


def statuses() -> tuple[EmbedderStatus, ...]:
    """The bundled one, SFace, a person's own files that can be read: the page Weights lists the others as damaged."""
    own = []
    for path in own_files():
        try:
            own.append(_own_status(path))
        except UserError as error:
            log.info("an embedder is left out: %s", error)
    return (_mini_status(), _sface_status(), *own)


def status_of(name: str) -> EmbedderStatus:
    """The embedder of that name. Raises UserError where there is none."""
    if name == MINI:
        return _mini_status()
    if name == SFACE:
        return _sface_status()
    if name.startswith(OWN):
        for path in own_files():
            if _own_name(path) == name:
                return _own_status(path)
    raise UserError(f"There is no embedder called “{name}”.", "Choose another one; was its file removed?")


def own_files() -> list[Path]:
    """ONNX files with a description beside them in the folder of imported weights."""
    return embedder_files.own_files(store.imported_folder())


def _own_name(path: Path) -> str:
    return f"{OWN}{path.name}"


def _mini_status() -> EmbedderStatus:
    found = store.entry(MINI)
    weights = store.status(found)
    reads = _mini_reads(found.path)
    return _status(MINI, reads, _make(found.path), weights, MINI_SUGGESTED)


def _mini_reads(path: Path | None) -> Description:
    """The threshold is the one that was measured with this very file."""
    if path is None:
        return MINI_READS
    told = records.read_header(path).metadata.get("threshold")
    return MINI_READS if told is None else replace(MINI_READS, threshold=float(told))


def _sface_status() -> EmbedderStatus:
    weights = store.status(store.entry(SFACE))
    return _status(SFACE, SFACE_READS, weights.sha256[:DIGITS], weights, SFACE_SUGGESTED)


def _own_status(path: Path) -> EmbedderStatus:
    reads = described(path.with_suffix(embedder_files.DESCRIPTION))
    return _status(_own_name(path), reads, _own_make(path, reads), None, OWN_SUGGESTED)


def _status(name: str, reads: Description, made_of: str, weights: Any, suggested: str) -> EmbedderStatus:
    return EmbedderStatus(
        name,
        reads.title,
        reads.size,
        reads.dimensions,
        reads.window,
        reads.threshold,
        reads.word,
        made_of,
        weights,
        suggested,
    )


def _make(path: Path | None) -> str:
    """The first digits of a file's SHA-256, which is worked out once for as long as the file stays the same."""
    if path is None:
        return ""
    key = (str(path), path.stat().st_mtime_ns, path.stat().st_size)
    if key not in _makes:
        _makes[key] = str(at_once(checked_files.hash_steps(path)))[:DIGITS]
    return _makes[key]


_makes: dict[tuple[str, int, int], str] = {}


def _own_make(path: Path, reads: Description) -> str:
    """Of the file and of how it is read: with another description the same graph makes other embeddings."""
    how = (_make(path), reads.window, reads.size, reads.mean, reads.scale, reads.rgb)
    return hashlib.sha256(repr(how).encode()).hexdigest()[:DIGITS]


# --- embedding ----------------------------------------------------------------------------------------------------

_open: dict[tuple[str, str], Embedder] = {}


def embedder_of(name: str) -> tuple[Embedder, EmbedderStatus]:
    """The embedder of that name, kept open. Raises UserError where it is unknown or its file is not here."""
    status = status_of(name)
    key = name, status.made_of
    if key not in _open:
        if name == MINI:
            _open[key] = MiniEmbedder(store.find(MINI).path)
        elif name == SFACE:
            _open[key] = OnnxEmbedder(store.find(SFACE).path, SFACE_READS)
        else:
            path = store.imported_folder() / name.removeprefix(OWN)
            _open[key] = OnnxEmbedder(path, described(path.with_suffix(embedder_files.DESCRIPTION)))
    return _open[key], status


def together(name: str) -> int:
    """How many crops make a step of at most some 50 ms: a person's own graphs, and SFace, take them one by one."""
    return 8 if name == MINI else 1


def embed(crops: Pixels, name: str) -> tuple[Rows, EmbedderStatus]:
    """Rows float32[N, D] of length 1 for crops uint8[N, 112, 112, 3].

    Raises UserError for an answer that is no number, or a net that is not here.
    """
    embedder, status = embedder_of(name)
    if not len(crops):
        return np.zeros((0, status.dimensions), np.float32), status
    with _one_at_a_time:
        rows = embedder.rows(np.asarray(crops, np.uint8))
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.isfinite(rows).all() or not (lengths > 0).all():
        raise UserError(
            f"{status.title} answered with values that are no numbers.",
            "Its file is probably damaged: download or import it again on the page Weights.",
        )
    return np.asarray(rows / lengths, np.float32), status
