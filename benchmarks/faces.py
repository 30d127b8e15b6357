"""Faces live, from a frame to embeddings, against the bare detector and net; who somebody is among very many photos."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.measure import Row, interleaved, milliseconds
from engine import device as devices
from engine.context import Context
from engine.cv import cv2
from engine.faces import embedders
from engine.faces.gallery.requests import Index
from engine.faces.identify import identify
from engine.faces.landmarks import NAME as LANDMARKS
from engine.faces.landmarks import LandmarkNet
from engine.faces.live import faces_of, find_faces_live
from engine.faces.requests import HAAR, MINI, YUNET, FaceSettings, LiveFaces
from engine.images import Frame
from engine.jobs import Partial
from engine.mailbox import Mailbox
from engine.networks.weights import store
from engine.networks.weights.store import VARIABLE
from engine.sources import load_sample

LIVE, IDENTIFY_MS = 1.15, 10.0
PHOTOS, PEOPLE, DIMENSIONS = 100_000, 20_000, 128
ROUNDS: Final = 60
FILE: Final = "face_detection_yunet_2023mar.onnx"


def measure(quick: bool = False) -> list[Row]:
    """Rows "faces/..."; those with YuNet only where CONVSCOPE_ASSETS has its file."""
    devices.load_runtime("cpu")
    devices.tune_this_thread()
    rounds = 2 if quick else ROUNDS
    frame = load_sample("astronaut")
    rows = [_live("faces/live haar", HAAR, frame, _bare_cascade(frame), rounds)]
    assets = os.environ.get("CONVSCOPE_ASSETS")
    file = Path(assets or "", "models", FILE)
    if assets and file.is_file() and not quick:
        larger = Frame(np.asarray(cv2.resize(frame.pixels, (1280, 720)), np.uint8), "720p")
        for name, one in (("faces/live yunet", frame), ("faces/live yunet 720p", larger)):
            rows.append(_with_yunet(name, file, one, rounds))
    return [*rows, _among_many(rounds)]


def _with_yunet(name: str, file: Path, frame: Frame, rounds: int) -> Row:
    """With a models folder that has YuNet's file."""
    before = os.environ.get(VARIABLE)
    with tempfile.TemporaryDirectory(prefix="convscope-bench-") as folder:
        (Path(folder) / FILE).symlink_to(file)
        os.environ[VARIABLE] = folder
        try:
            return _live(name, YUNET, frame, _bare_yunet(file, frame), rounds)
        finally:
            os.environ.pop(VARIABLE, None)
            if before is not None:
                os.environ[VARIABLE] = before


def _live(name: str, detector: str, frame: Frame, bare_detector: Callable[[], Any], rounds: int) -> Row:
    """The live job's answer to one frame with one face, and what the detector and the embedder alone take for it."""
    settings = FaceSettings(detector=detector, embedder=MINI, smallest=60, most=1)
    frames: Mailbox[Frame] = Mailbox()
    job = find_faces_live(LiveFaces(frames, settings), Context())
    (face,) = faces_of(frame.pixels, settings)
    net, _ = embedders.embedder_of(MINI)

    def ours() -> object:
        frames.put(frame)
        while not isinstance(answer := next(job), Partial):
            pass
        return answer

    def bare() -> object:
        return bare_detector(), net.rows(face.crop[None])

    try:
        medians = interleaved({"ours": ours, "bare": bare}, rounds)
    finally:
        job.close()
    what = f"one face of {frame.width} x {frame.height} live: {detector} and {MINI}"
    return Row(
        name, what, medians["ours"] / medians["bare"], "x", "the detector and the net alone", LIVE,
        details=milliseconds(medians),
    )  # fmt: skip


def _bare_cascade(frame: Frame) -> Callable[[], Any]:
    """With the net for five points in its boxes."""
    folder = Path(cv2.data.haarcascades)  # type: ignore[attr-defined]
    faces = cv2.CascadeClassifier(str(folder / "haarcascade_frontalface_default.xml"))
    net = LandmarkNet(store.find(LANDMARKS).path)
    grey = np.asarray(cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY), np.uint8)

    def find() -> Any:
        found = faces.detectMultiScale(grey, 1.1, 5, minSize=(60, 60))
        return net.points(
            grey, [(x, y, x + w, y + h) for x, y, w, h in np.asarray(found, float).reshape(-1, 4)]
        )

    return find


def _bare_yunet(file: Path, frame: Frame) -> Callable[[], Any]:
    """With its input scaled and turned to BGR beforehand."""
    scale = min(960 / max(frame.width, frame.height), 1.0)
    size = round(frame.width * scale), round(frame.height * scale)
    pixels = cv2.cvtColor(cv2.resize(frame.pixels, size), cv2.COLOR_RGB2BGR)
    net = cv2.FaceDetectorYN.create(str(file), "", size, 0.7, 0.3, 5000)
    return lambda: net.detect(pixels)


def _among_many(rounds: int) -> Row:
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(PHOTOS, DIMENSIONS)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    index = Index(("bench", "1"), rows, draw.integers(0, PEOPLE, PHOTOS), np.arange(PHOTOS))
    seconds = interleaved({"identify": lambda: identify(rows[7], index, 1.0)}, rounds)
    what = f"who is it among {PHOTOS:,} photos of {PEOPLE:,} people"
    return Row("faces/identify", what, seconds["identify"] * 1000, "ms", target=IDENTIFY_MS)
