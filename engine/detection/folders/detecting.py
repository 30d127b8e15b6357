"""Every picture of a list before a detector, one after the other."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

from engine import images
from engine.context import Context
from engine.detection.detectors import Detector, open_detector
from engine.detection.folders.requests import DetectFolder, FolderFindings, PictureFindings
from engine.detection.live import kept
from engine.detection.requests import DetectorSettings
from engine.errors import UserError
from engine.networks.steps import told


def respond(request: DetectFolder, context: Context) -> Generator[Any, None, FolderFindings]:
    """Answer a DetectFolder. A picture that cannot be opened is listed, never fatal.

    Raises UserError: no such weights, bad settings, or none of the pictures could be opened.
    """
    settings = request.settings.validated()
    detector = yield from open_detector(request.detector, context)
    found: list[PictureFindings] = []
    unread: list[tuple[str, str]] = []
    began = time.monotonic()
    for number, path in enumerate(request.paths):
        yield _progress(context, number, len(request.paths), Path(path).name, began)
        try:
            found.append((yield from _one(detector, path, settings)))
        except UserError as error:
            unread.append((path, str(error)))
    yield context.progress(len(request.paths), len(request.paths), "Every picture was looked at")
    if not found:
        why = unread[0][1] if unread else "The list is empty."
        raise UserError(f"None of the pictures could be looked at. {why}")
    return FolderFindings(detector.name, detector.title, detector.classes, tuple(found), tuple(unread))


def _one(detector: Detector, path: str, settings: DetectorSettings) -> Generator[Any, None, PictureFindings]:
    frame = images.open_picture(path)
    yield
    with closing(detector.steps(frame)) as steps:
        answer = yield from told(steps, lambda _: None)
    return PictureFindings(path, frame.width, frame.height, kept(answer.raw(settings.least), settings))


def _progress(context: Context, done: int, total: int, name: str, began: float) -> object:
    """The time left counts from here: loading a net is no part of it."""
    progress = context.progress(done, total, f"Looking at {name}")
    left = (time.monotonic() - began) * (total - done) / done if done else None
    return type(progress)(progress.job_id, done, total, progress.message, left)
