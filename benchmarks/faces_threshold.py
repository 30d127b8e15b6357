"""The views Threshold and Map of the page Faces: a slider's answer painted, over half a million pairs of photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np

from benchmarks.measure import Row, quiet_collector, spread
from benchmarks.windows import application
from engine.faces.drawn import draw_face
from engine.faces.gallery.requests import Index, Person, Photo, Snapshot
from engine.faces.requests import EmbedderStatus
from engine.runner import InlineEngine
from gui.bridge import Bridge
from gui.pages.faces.map.settings import MapSettings
from gui.pages.faces.map.view import MapView
from gui.pages.faces.threshold.settings import Part, ThresholdSettings
from gui.pages.faces.threshold.view import ThresholdView
from gui.pages.faces.view import FacesView, Subject

TARGET_MS: Final = 50.0
PEOPLE, PHOTOS, DIMENSIONS = 200, 5, 128
MAKER: Final = ("bench", "1")
PARTS: Final[tuple[Part, ...]] = ("distances", "many", "people")


def measure(quick: bool = False) -> list[Row]:
    """Rows "faces_threshold/..."."""
    app = application()
    bridge = Bridge(lambda emit: InlineEngine(emit, load_torch=False))
    judging, the_map = ThresholdView(bridge), MapView(bridge)
    subject, rounds = _subject(np.random.default_rng(0)), 5 if quick else 60
    thresholds = [replace(subject, threshold=float(t)) for t in np.linspace(0.3, 1.8, rounds)]
    rows = []
    try:
        for view in (judging, the_map):
            view.resize(900, 850)
            view.show()
            app.processEvents()
        for part in PARTS:
            seconds = _shown(judging, thresholds, [ThresholdSettings("gallery", part)])
            rows.append(_row(f"threshold, {part}", "the threshold's slider", seconds))
        photos = [MapSettings("gallery", photo=n) for n in range(rounds)]
        rows.append(_row("map", "another face chosen", _shown(the_map, [subject], photos)))
    finally:
        for view in (judging, the_map):
            view.close()
            view.deleteLater()
        bridge.close()
    return rows


def _row(name: str, what: str, seconds: list[float]) -> Row:
    p95 = float(np.percentile(seconds, 95)) * 1000
    what = f"{what}: {PEOPLE * PHOTOS:,} photos, painted"
    return Row(f"faces_threshold/{name}", what, p95, "ms", target=TARGET_MS, details=spread(seconds))


def _shown(view: FacesView, subjects: Sequence[Subject], settings: Sequence[Any]) -> list[float]:
    """Seconds of every subject under every settings; the first, which works out the group, is not counted."""
    seconds = []
    view.show_subject(subjects[0], settings[0])
    with quiet_collector():
        for subject in subjects:
            for one in settings:
                start = perf_counter()
                view.show_subject(subject, one)
                view.repaint()
                seconds.append(perf_counter() - start)
    return seconds


def _subject(draw: np.random.Generator) -> Subject:
    """A gallery whose people lie apart, but not so far that nobody is mistaken."""
    rows = np.repeat(draw.normal(size=(PEOPLE, DIMENSIONS)), PHOTOS, 0)
    rows += 0.8 * draw.normal(size=rows.shape)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    numbers = np.arange(PEOPLE * PHOTOS)
    people = tuple(
        Person(one, f"Person {one}", 0.0, tuple(_photo(one, one * PHOTOS + n) for n in range(PHOTOS)))
        for one in range(PEOPLE)
    )
    index = Index(MAKER, np.asarray(rows, np.float32), numbers // PHOTOS, numbers)
    status = EmbedderStatus("bench", "Bench", (96, 96), DIMENSIONS, (8, 8, 104, 104), 1.0, "Made up.", "1")
    return Subject(people=Snapshot(Path("faces.sqlite3"), people, (index,)), embedder=status)


def _photo(person: int, number: int) -> Photo:
    return Photo(number, draw_face(person % 20), "x", 0.0, (MAKER,))
