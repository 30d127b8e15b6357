"""The page Faces: from the threshold's slider to the painted names of a class, and the names of one more live frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, quiet_collector, spread
from benchmarks.windows import application
from engine.faces.drawn import FACE_BOX, draw_face
from engine.faces.examples.scene import scene
from engine.faces.found import Face, Quality
from engine.faces.gallery.requests import Index, Person, Photo, Snapshot
from engine.faces.requests import EmbedderStatus, Faces, FaceSettings, FaceTimes
from engine.runner import InlineEngine
from gui.bridge import Bridge
from gui.pages.faces.recognise.settings import RecogniseSettings
from gui.pages.faces.recognise.view import RecogniseView
from gui.pages.faces.view import Subject

TARGET_MS: Final = 50.0
PEOPLE, PHOTOS, IN_PICTURE, DIMENSIONS = 200, 5, 60, 128
MAKER: Final = ("bench", "1")


def measure(quick: bool = False) -> list[Row]:
    """Rows "faces_page/..."."""
    app = application()
    bridge = Bridge(lambda emit: InlineEngine(emit, load_torch=False))
    view = RecogniseView(bridge)
    try:
        view.resize(900, 850)
        view.show()
        subject = _subject(np.random.default_rng(0))
        rounds = 5 if quick else 80
        slider = _shown(app, view, [replace(subject, threshold=0.2 + 0.02 * n) for n in range(rounds)])
        faces = subject.faces
        frames = [] if faces is None else [replace(faces, frame=replace(faces.frame)) for _ in range(rounds)]
        live = _shown(app, view, [replace(subject, faces=one, live=True) for one in frames])
    finally:
        view.close()
        view.deleteLater()
        bridge.close()
    what = f"{IN_PICTURE} faces against {PEOPLE * PHOTOS:,} photos"
    return [
        _row("threshold", f"the threshold's slider: {what}, painted", slider),
        _row("live frame", f"names on one more live frame: {what}, painted", live),
    ]


def _row(name: str, what: str, seconds: list[float]) -> Row:
    p95 = float(np.percentile(seconds, 95)) * 1000
    return Row(f"faces_page/{name}", what, p95, "ms", target=TARGET_MS, details=spread(seconds))


def _shown(app: QApplication, view: RecogniseView, subjects: list[Subject]) -> list[float]:
    seconds = []
    with quiet_collector():
        for subject in subjects:
            start = perf_counter()
            view.show_subject(subject, RecogniseSettings(gather=False))
            view.repaint()
            seconds.append(perf_counter() - start)
            app.processEvents()
    return seconds


def _subject(draw: np.random.Generator) -> Subject:
    """A class before a gallery: everybody's numbers by chance."""
    rows = draw.normal(size=(PEOPLE * PHOTOS, DIMENSIONS))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    people = np.repeat(np.arange(PEOPLE), PHOTOS)
    photos = np.arange(PEOPLE * PHOTOS)
    crop = draw_face(0)
    persons = tuple(
        Person(one, f"Person {one}", 0.0, tuple(Photo(int(n), crop, "x", 0.0) for n in photos[people == one]))
        for one in range(PEOPLE)
    )
    index = Index(MAKER, np.asarray(rows, np.float32), people, photos)
    found = tuple(_face(place, index.rows[place * PHOTOS]) for place in range(IN_PICTURE))
    frame = scene()
    faces = Faces(frame, found, FaceSettings(), MAKER, FaceTimes(0.0, 0.0, 0.0, 0.0, 0.0))
    status = EmbedderStatus("bench", "Bench", (96, 96), DIMENSIONS, (8, 8, 104, 104), 1.0, "Made up.", "1")
    return Subject(
        frame=frame, faces=faces, people=Snapshot(Path("faces.sqlite3"), persons, (index,)), embedder=status
    )  # fmt: skip


def _face(place: int, embedding: np.ndarray[tuple[int], np.dtype[np.float32]]) -> Face:
    left, top, right, bottom = FACE_BOX
    x, y = 100.0 * (place % 10), 100.0 * (place // 10)
    crop = draw_face(0)
    box = (x + left * 0.8, y + top * 0.8, x + right * 0.8, y + bottom * 0.8)
    return Face(box, 0.9, None, crop, crop, Quality(70, 100, 120, 50), embedding)
