"""Ten thousand raw boxes; and from a slider of the views "Non-max suppression" and "Anchors" to the painted answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.measure import Row, interleaved, milliseconds, spread
from benchmarks.windows import application, main_window, wait
from engine.detection.boxes import nms
from engine.detection.found import Raw
from engine.detection.suppress import suppress
from gui.pages.boxes.anchors.settings import EXAMPLES
from gui.pages.boxes.state import BoxesState
from gui.pages.boxes.suppression.settings import Scored
from gui.pages.boxes.target.settings import Labelled

if TYPE_CHECKING:
    from gui.pages.boxes.page import BoxesPage

TARGET_MS, TARGET_SHARE = 50.0, 0.20
WINDOW = (1600, 1000)
BOXES, CLASSES = 10_647, 80
"""Those of YOLOv3 on 416 pixels: 3 (13² + 26² + 52²)."""
LEAST, IOU = 0.25, 0.45
STRONG = 0.03
"""The share of boxes that see something, as on a street: a thing answers in several cells of three grids."""


def measure(quick: bool = False) -> list[Row]:
    """Rows "suppression/..." and "anchors/..."."""
    app = application()
    rows = [_raw_boxes(2 if quick else 30)]
    with main_window() as window:
        window.resize(*WINDOW)
        window.show_page("boxes")
        page = cast("BoxesPage", window.page)
        wait(app, lambda: page.picture is not None, "the photo")
        rows += [_moves(app, page, *case, 4 if quick else 60) for case in _CASES]
    return rows


def crowd(seed: int = 0) -> Raw:
    """What a net says about a street with a dozen things: most boxes see nothing."""
    draw = np.random.default_rng(seed)
    objectness = draw.uniform(0, 0.05, BOXES).astype(np.float32)
    classes = (draw.uniform(0, 1, (BOXES, CLASSES)) ** 6).astype(np.float32)
    strong = draw.choice(BOXES, int(BOXES * STRONG), replace=False)
    objectness[strong] = draw.uniform(0.3, 1, len(strong))
    classes[strong, draw.integers(0, 6, len(strong))] = draw.uniform(0.7, 1, len(strong))
    middles = draw.uniform(40, 380, (12, 2))[draw.integers(0, 12, BOXES)] + draw.normal(0, 5, (BOXES, 2))
    half = draw.uniform(20, 40, (BOXES, 2))
    return Raw(np.concatenate([middles - half, middles + half], 1).astype(np.float32), classes, objectness)


def naive(raw: Raw) -> int:
    """All scores of all boxes, then class by class: how many are kept."""
    assert raw.objectness is not None
    scores = raw.classes * raw.objectness[:, None]
    kept = 0
    for kind in range(CLASSES):
        strong = np.flatnonzero(scores[:, kind] >= LEAST)
        kept += len(nms(raw.boxes[strong], scores[strong, kind], IOU))
    return kept


def _raw_boxes(rounds: int) -> Row:
    raw = crowd()
    medians = interleaved({"ours": lambda: suppress(raw, LEAST, IOU), "naive": lambda: naive(raw)}, rounds)
    return Row(
        "suppression/raw boxes", f"suppress {BOXES:,} boxes of {CLASSES} classes, to the naive way",
        medians["ours"] / medians["naive"], "x", "numpy, class by class", TARGET_SHARE, details=milliseconds(medians),
    )  # fmt: skip


def _threshold(state: BoxesState, by: int) -> BoxesState:
    threshold = 0.3 + (by % 40) / 100
    return replace(state, suppression=replace(state.suppression, threshold=threshold, step=3 + by % 5))


def _many(state: BoxesState, by: int) -> BoxesState:
    """Forty boxes drawn by hand, of which most survive: the longest walk."""
    boxes = tuple(
        Scored(
            (0.02 + 0.1 * (n % 8), 0.02 + 0.18 * (n // 8), 0.14 + 0.1 * (n % 8), 0.22 + 0.15 * (n // 8)),
            0,
            0.95,
        )
        for n in range(40)
    )
    settings = replace(state.suppression, origin="drawn", drawn=boxes, least=0.1, per_class=False)
    return replace(state, suppression=replace(settings, threshold=0.3 + (by % 40) / 100))


def _thing(state: BoxesState, by: int) -> BoxesState:
    shift = (by % 20) / 720
    x1, y1, x2, y2 = EXAMPLES["pair"][1].box
    things = (EXAMPLES["pair"][0], Labelled((x1 + shift, y1, x2 + shift, y2)))
    return replace(state, anchors=replace(state.anchors, part="cell", things=things))


def _groups(state: BoxesState, by: int) -> BoxesState:
    return replace(state, anchors=replace(state.anchors, part="kmeans", count=2 + by % 8, seed=by))


Move = Callable[[BoxesState, int], BoxesState]
_CASES: tuple[tuple[str, str, str, Move], ...] = (
    ("suppression", "suppression/threshold", "an IoU threshold, 18 cards", _threshold),
    ("suppression", "suppression/forty cards", "an IoU threshold, 40 cards that survive", _many),
    ("anchors", "anchors/cell", "a thing dragged on the street", _thing),
    ("anchors", "anchors/k-means", "k of 406 shapes, to the end of the run", _groups),
)


def _moves(
    app: QApplication, page: BoxesPage, view: str, name: str, title: str, move: Move, moves: int
) -> Row:
    page.change(BoxesState())
    page.pick_numbered(view)
    app.processEvents()
    times = []
    for by in range(moves + 2):
        start = perf_counter()
        page.change(move(page.state, by), "slider")
        app.processEvents()
        times.append(perf_counter() - start)
    value = float(np.percentile(np.array(times[2:]) * 1000, 95))
    return Row(name, f"change to paint, p95: {title}", value, "ms", "", TARGET_MS, details=spread(times[2:]))
