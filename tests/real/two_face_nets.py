"""YuNet and MobileFaceNet by OpenCV, called as plainly as can be: a route of their own to what the engine answers."""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np

from engine.context import Context
from engine.cv import cv2
from engine.faces.drawn import LANDMARKS
from engine.faces.found import Face, Quality
from engine.faces.requests import (
    DetectorStatus,
    EmbedderStatus,
    FaceModels,
    Faces,
    FaceSettings,
    FaceTimes,
    FindFaces,
    ListFaceModels,
    LiveFaces,
)
from engine.handlers import HANDLERS, Handler
from engine.images import Frame

NAME: Final = "mobilefacenet"
WINDOW: Final = (8.0, 0.0, 104.0, 112.0)
THRESHOLD: Final = 1.1
LONGEST: Final = 960
_one_at_a_time: Final = Lock()
"""Two windows have an engine each, and OpenCV's nets serve one thread."""


@cache
def nets() -> tuple[Any, Any]:
    models = Path(os.environ["CONVSCOPE_ASSETS"]) / "models"
    detector = cv2.FaceDetectorYN.create(
        str(models / "face_detection_yunet_2023mar.onnx"), "", (320, 320), 0.7
    )
    return detector, cv2.dnn.readNetFromONNX(str(models / "mobilefacenet_128d.onnx"))


def listed(_request: ListFaceModels, _context: Context) -> FaceModels:
    embedder = EmbedderStatus(
        NAME, "MobileFaceNet", (96, 112), 128, WINDOW, THRESHOLD, "For tests only.", "068"
    )
    return FaceModels((DetectorStatus("yunet", "YuNet", True),), (embedder,))


def find(request: FindFaces, _context: Context) -> Faces:
    return faces_of(request.frame, request.settings)


def find_live(request: LiveFaces, context: Context) -> Generator[Any, None, None]:
    settings = request.settings
    unsubscribe = request.frames.subscribe(lambda: context.wake())
    try:
        while True:
            closed = request.frames.closed
            frame = request.frames.take()
            if frame is not None:
                request.out.put(faces_of(frame, settings))
            elif closed:
                return
            yield context.idle(0.01 if frame is None else 0.0)
    finally:
        unsubscribe()


def faces_of(frame: Frame, settings: FaceSettings) -> Faces:
    """Everybody in a frame, the largest first."""
    with _one_at_a_time:
        begun = time.monotonic()
        rows = detected(frame.pixels)
        between = time.monotonic()
        found = [face(frame.pixels, row) for row in rows if min(row[2], row[3]) >= settings.smallest]
    found.sort(key=lambda one: one.box[0] - one.box[2])
    done = time.monotonic()
    times = FaceTimes(frame.time_s or begun, begun, done, between - begun, done - between)
    return Faces(frame, tuple(found), settings, (NAME, "068"), times)


def detected(pixels: Any) -> list[Any]:
    """Rows of YuNet in pixels of the picture."""
    height, width = pixels.shape[:2]
    scale = min(LONGEST / max(height, width), 1.0)
    small = cv2.resize(pixels[:, :, ::-1], (round(width * scale), round(height * scale)))
    detector, _ = nets()
    detector.setInputSize((small.shape[1], small.shape[0]))
    _, rows = detector.detect(np.ascontiguousarray(small))
    return [] if rows is None else [np.append(row[:14] / scale, row[14]) for row in rows]


def face(pixels: Any, row: Any) -> Face:
    points = row[4:14].reshape(5, 2).astype(np.float32)
    turn, _ = cv2.estimateAffinePartial2D(points, np.array(LANDMARKS, np.float32), method=cv2.LMEDS)
    crop = np.asarray(cv2.warpAffine(pixels, turn, (112, 112), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    _, net = nets()
    left, top, right, bottom = (int(v) for v in WINDOW)
    values = (crop[top:bottom, left:right].astype(np.float32) - 127.5) / 128
    net.setInput(np.ascontiguousarray(values.transpose(2, 0, 1)[None]))
    numbers = net.forward()[0]
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    quality = Quality(
        float(min(row[2], row[3])),
        float(cv2.Laplacian(grey, cv2.CV_64F).var()),
        float(grey.mean()),
        float(grey.std()),
    )
    x, y, w, h = (float(v) for v in row[:4])
    embedding = np.asarray(numbers / np.linalg.norm(numbers), np.float32)
    return Face((x, y, x + w, y + h), float(row[14]), points, crop, crop, quality, embedding)


def _here(name: str) -> Handler:
    return Handler(f"{__name__}:{name}", needs_torch=False)


TABLE: Final = {
    **HANDLERS,
    "engine.faces.requests.ListFaceModels": _here("listed"),
    "engine.faces.requests.FindFaces": _here("find"),
    "engine.faces.requests.LiveFaces": _here("find_live"),
}
