"""The list of finds beneath the picture, and the table of average precision: two scenes for two canvases."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor

from engine.detection.evaluation.curves import THRESHOLDS
from gui import colormaps
from gui.pages.boxes.scoring import words
from gui.pages.boxes.scoring.shown import Shown
from gui.theme import VIRIDIS, mix, space, theme
from gui.widgets.plate import ColorArray, FloatArray, Mark, MarkRole, Plate
from gui.widgets.scene import ColorBar, Scene, Words
from gui.widgets.stage_layout import HEAD, TITLE, crisp
from gui.widgets.stage_text import (
    Heads,
    head,
    kept_sentences,
    key,
    sentences_height,
    sentences_strip,
    text_width,
)

FINDS: Final = "finds"
TABLE, BY_CLASS, BY_THRESHOLD, ALL = "table", "by class", "by threshold", "all"
A_ROW: Final = 20
LARGEST, SMALLEST = 34.0, 7.0
LIST_HEAD, SMALL_HEAD = 46.0, 20.0
LOW_LIST, LOW_TABLE = 190.0, 250.0
"""Stages lower than these keep their room for numbers: short heads, one sentence."""
MOST_ROWS: Final = 14
"""Classes with a row in the table; of more, those with the most things, and the one that is walked through."""
MARGIN: Final = float(space.l)
TINT: Final = 0.55


# --- the list of finds ---------------------------------------------------------------------------------------------


def list_scene(shown: Shown, size: QSizeF) -> Scene:
    """All finds of the class in rows, the best first; beneath, the verdict in words."""
    scene = Scene(size)
    width, height = size.width(), size.height()
    room = width - 2 * MARGIN
    tall = SMALL_HEAD if height < LOW_LIST else LIST_HEAD
    told = words.told(shown)
    sentences = told[:1] if height < LOW_LIST else kept_sentences(told, width, height)
    strip = sentences_height(sentences, width, height) + space.s
    title = f"Finds of {words.named(shown)}, best score first"
    key_words = "marked corner: wrong; hatched: still to come"
    _add_head(scene, room, [(title, key_words), ("Finds", "marked corner: wrong")], tall)
    count = len(shown.verdicts)
    bottom = tall
    if count:
        columns, rows, cell = _fitted(count, room, max(height - tall - strip, SMALLEST))
        rect = QRectF(MARGIN, tall, columns * cell, rows * cell)
        scene.plates.append(_list_plate(shown, columns, rows, rect))
        bottom = rect.bottom()
    sentences_strip(scene, bottom + space.s, sentences)
    scene.description = " ".join([words.title(shown), *told])
    return scene


def _add_head(scene: Scene, width: float, heads: Heads, tall: float, bar: ColorBar | None = None) -> None:
    """The head of a scene; on a low stage its name alone."""
    if tall > SMALL_HEAD:
        scene.below += head(MARGIN, 0, width, heads, bar)
    else:
        fitting = [title for title, _ in heads if text_width(title, bold=True) <= width]
        scene.below.append(Words(QRectF(MARGIN, 0, width, tall), (fitting or [heads[-1][0]])[0], bold=True))


def _fitted(count: int, width: float, height: float) -> tuple[int, int, float]:
    """Columns, rows and the side of a cell for a list: as large as has room."""
    columns = min(count, max(int(width / LARGEST), 1))
    while columns < count:
        cell = min(width / columns, LARGEST)
        if math.ceil(count / columns) * cell <= height or cell <= SMALLEST:
            break
        columns += 1
    return columns, math.ceil(count / columns), crisp(min(width / columns, LARGEST))


def _list_plate(shown: Shown, columns: int, rows: int, rect: QRectF) -> Plate:
    count = len(shown.verdicts)
    scores, right, colors = np.zeros(rows * columns), np.zeros(rows * columns, bool), _colors(rows * columns)
    scores[:count] = [verdict.score for verdict in shown.verdicts]
    right[:count] = [verdict.right for verdict in shown.verdicts]
    colors[:count][right[:count]] = _rgb(theme.colors.good)
    colors[:count][~right[:count]] = _rgb(theme.colors.error)
    places = np.arange(rows * columns)
    shape = rows, columns
    mark = Mark.cell(MarkRole.WINDOW, *divmod(max(shown.index, 0), columns))
    return Plate(
        FINDS, scores.reshape(shape), colors.reshape(*shape, 3), "Scores of the finds", rect, digits=4, decimals=2,
        faint=((places > shown.index) & (places < count)).reshape(shape), hidden=(places >= count).reshape(shape),
        crossed=(~right & (places < count)).reshape(shape), marks=(mark,),
    )  # fmt: skip


def _colors(count: int) -> ColorArray:
    return np.zeros((count, 3), np.uint8)


def _rgb(color: QColor) -> tuple[int, int, int]:
    shade = mix(theme.colors.surface, color, TINT)
    return shade.red(), shade.green(), shade.blue()


# --- the table -----------------------------------------------------------------------------------------------------


def rows_of(shown: Shown) -> list[int]:
    """The classes that have a row in the table."""
    there = shown.counted()
    if len(there) <= MOST_ROWS:
        return there
    counts = np.zeros(len(shown.evaluated.classes), int)
    for truth in shown.evaluated.truth:
        counts += np.bincount(truth.classes, minlength=len(counts))
    kept = np.argsort(-counts, kind="stable")[:MOST_ROWS].tolist()
    if shown.kind is not None and shown.kind in there and shown.kind not in kept:
        kept[-1] = shown.kind
    return sorted(kept)


def table_scene(shown: Shown, size: QSizeF) -> Scene:
    """Average precision by class and threshold, with the means at its edges."""
    scene = Scene(size)
    width, height = size.width(), size.height()
    room = width - 2 * MARGIN
    title = f"mAP@0.5 {words.share(shown.mean_half)}"
    rest = f"mAP@0.5:0.95 {words.share(shown.mean_all)}"
    low = height < LOW_TABLE
    means = f"{words.share(shown.mean_half)} · 0.5:0.95 {words.share(shown.mean_all)}"
    heads = [
        (title, f"{rest} · average precision by class and IoU threshold"),
        (title, f"{rest} · AP by class and IoU"),
    ]
    if low:
        heads = [(f"{title} · {rest} · cells in %", ""), (f"mAP@0.5 {means} · in %", "")]
    tall = SMALL_HEAD if low else HEAD
    _add_head(scene, room, heads, tall, key(VIRIDIS, 0, 1))
    kinds = rows_of(shown)
    if not kinds:
        return scene
    names = [shown.evaluated.classes[kind] for kind in kinds]
    left = MARGIN + min(max(text_width(name) for name in [*names, "mean"]) + space.s, 0.3 * width)
    cell = crisp(
        min(
            (width - left - MARGIN - space.s) / (len(THRESHOLDS) + 1),
            (height - tall - TITLE - space.s - (TITLE if len(kinds) < len(shown.counted()) else 0))
            / (len(kinds) + 1),
            LARGEST,
        )
    )
    rect = QRectF(round(left), round(tall + TITLE), len(THRESHOLDS) * cell, len(kinds) * cell)
    _add_plates(scene, shown, kinds, rect, cell, percent=low)
    _add_names(scene, shown, kinds, rect, cell)
    more = len(shown.counted()) - len(kinds)
    if more > 0:
        area = QRectF(MARGIN, rect.bottom() + cell + space.s, room, TITLE)
        scene.below.append(Words(area, f"and {more} more classes, which count in the means", role="muted"))
    scene.description = f"{title}, {rest}: {', '.join(names)}"
    return scene


def _add_plates(
    scene: Scene, shown: Shown, kinds: list[int], rect: QRectF, cell: float, *, percent: bool
) -> None:
    values, gap = shown.table[kinds], float(space.xs)
    side = QRectF(rect.right() + gap, rect.top(), cell, rect.height())
    below = QRectF(rect.left(), rect.bottom() + gap, rect.width(), cell)
    corner = QRectF(rect.right() + gap, rect.bottom() + gap, cell, cell)
    for name, numbers, area, marks in (
        (TABLE, values, rect, _marks(shown, kinds)),
        (BY_CLASS, values.mean(1, keepdims=True), side, ()),
        (BY_THRESHOLD, np.nanmean(shown.table, 0, keepdims=True), below, ()),
        (ALL, np.array([[shown.mean_all]]), corner, ()),
    ):
        scene.plates.append(_plate(name, numbers, area, marks, percent=percent))


def _plate(name: str, values: FloatArray, rect: QRectF, marks: tuple[Mark, ...], *, percent: bool) -> Plate:
    """Small cells have room for whole percents only."""
    colors = colormaps.magnitude(values, 0, 1)
    if percent:
        return Plate(name, values * 100, colors, "", rect, marks=marks, digits=2, decimals=0)
    return Plate(name, values, colors, "", rect, marks=marks, digits=4, decimals=2)


def _marks(shown: Shown, kinds: list[int]) -> tuple[Mark, ...]:
    """The row of the class and the column of the threshold that are on show."""
    marks = []
    columns = [index for index, least in enumerate(THRESHOLDS) if math.isclose(least, shown.least)]
    if columns:
        marks.append(Mark(MarkRole.SELECTED, 0, columns[0], len(kinds), columns[0] + 1))
    if shown.kind in kinds:
        row = kinds.index(shown.kind)
        marks.append(Mark(MarkRole.WINDOW, row, 0, row + 1, len(THRESHOLDS)))
    return tuple(marks)


def _add_names(scene: Scene, shown: Shown, kinds: list[int], rect: QRectF, cell: float) -> None:
    right = Qt.AlignmentFlag.AlignRight
    middle = Qt.AlignmentFlag.AlignHCenter
    for row, kind in enumerate(kinds):
        area = QRectF(MARGIN, rect.top() + row * cell, rect.left() - MARGIN - space.xs, cell)
        scene.below.append(Words(area, shown.evaluated.classes[kind], align=right, bold=kind == shown.kind))
    for column, least in enumerate(THRESHOLDS):
        text = f"{least:.2f}".lstrip("0")
        fits = text_width(text) <= cell
        wider = 0.0 if fits else cell / 2  # every other one, over its neighbours
        area = QRectF(rect.left() + column * cell - wider, rect.top() - TITLE, cell + 2 * wider, TITLE)
        if fits or column % 2 == 0:
            scene.below.append(Words(area, text, role="muted", align=middle, elide=False))
    mean_row = QRectF(MARGIN, rect.bottom() + space.xs, rect.left() - MARGIN - space.xs, cell)
    scene.below.append(Words(mean_row, "mean", role="muted", align=right))
    mean_column = QRectF(rect.right() - cell, rect.top() - TITLE, 3 * cell + space.s, TITLE)
    scene.below.append(Words(mean_column, "mean", role="muted", align=middle, elide=False))
