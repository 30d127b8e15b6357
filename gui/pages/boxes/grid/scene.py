"""The right side of the stage: the numbers of one cell as columns, and one slice of the tensor over all cells."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSizeF, Qt

from engine.detection.grid.coding import FloatArray
from engine.detection.grid.spec import B_H, B_W, BOX, P_C
from gui import colormaps
from gui.pages.boxes.grid import words
from gui.pages.boxes.grid.shown import Shown
from gui.theme import VIRIDIS, space
from gui.widgets.plate import Mark, MarkRole, Plate
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

CELL, SLICE = "cell", "slice"
MOST_CLASSES: Final = 7
"""Classes that all have a row beneath the five numbers of a box."""
STRONGEST: Final = 3
"""Of more classes, as many as say most."""
LARGEST_CELL, LEAST_CELL = 40.0, 12.0
CELL_SHARE: Final = 0.54
"""Of the height, for the numbers of the cell where the slice stands beneath them."""
LOW: Final = 470.0
"""Stages lower than this keep their room for numbers: short heads, no sentences."""
SMALL_HEAD: Final = 20.0
LARGER: Final = "> 1: larger than a cell"
BIGGEST_SLICE: Final = 44.0
NARROWEST_SLICE: Final = 150.0
NOTE: Final = 18.0
MARGIN: Final = float(space.l)


def rows_of(shown: Shown) -> list[int]:
    """The parts of a box that have a row: the five numbers, then classes (5 + class)."""
    spec = shown.spec
    if len(spec.classes) <= MOST_CLASSES:
        return list(range(5 + len(spec.classes)))
    return [*range(5), *(5 + kind for kind in words.strongest(_classes(shown), STRONGEST))]


def component_at(shown: Shown, row: int, column: int) -> int:
    """The number of the cell that stands in a row and column of the plate."""
    return _component(shown, rows_of(shown)[row], column)


def _component(shown: Shown, part: int, anchor: int) -> int:
    return shown.spec.start(anchor) + part if part < 5 else shown.spec.class_start(anchor) + part - 5


def grid_scene(shown: Shown, size: QSizeF, lit: tuple[int, int] | None = None) -> Scene:
    """Everything of this side for a size; `lit`: the cell that is pointed at on the picture."""
    scene = Scene(size)
    width, height = size.width(), size.height()
    low = height < LOW
    sentences = [] if low else kept_sentences(words.told(shown), width, height)
    strip = sentences_height(sentences, width, height) + space.m if sentences else 0.0
    room = QRectF(MARGIN, space.s, width - 2 * MARGIN, max(height - strip - 2 * space.s, 80.0))
    bottom = _parts(scene, shown, room, SMALL_HEAD if low else HEAD, lit)
    if sentences:
        sentences_strip(scene, bottom + space.m, sentences)
    scene.description = " ".join([words.title(shown), *words.told(shown)])
    return scene


def _parts(scene: Scene, shown: Shown, room: QRectF, tall: float, lit: tuple[int, int] | None) -> float:
    """The cell and the slice, side by side where there is room, beneath heads of a height. Returns the lower edge."""
    names, count = _names_width(shown), len(rows_of(shown))
    note = NOTE if _left_out(shown) else 0.0
    widest = LARGEST_CELL if shown.spec.boxes <= 3 else LARGEST_CELL * 0.8
    cell = crisp(min((room.height() - tall - TITLE - note) / count, widest))
    beside = room.width() - names - shown.spec.boxes * cell - space.xl - text_width("> 1")
    if beside >= NARROWEST_SLICE:
        left = QRectF(room.left(), room.top(), room.width() - beside, room.height())
        right = QRectF(room.right() - beside, room.top(), beside, room.height())
        return max(_cell_part(scene, shown, left, cell, tall), _slice_part(scene, shown, right, tall, lit))
    share = (CELL_SHARE * room.height() - tall - TITLE - note) / count
    cell = crisp(max(min(cell, share), LEAST_CELL))
    bottom = _cell_part(scene, shown, room, cell, tall) + space.s
    rest = QRectF(room.left(), bottom, room.width(), room.bottom() - bottom)
    return _slice_part(scene, shown, rest, tall, lit)


def _add_head(scene: Scene, room: QRectF, heads: Heads, bar: ColorBar, tall: float) -> None:
    """The head of a part; on a low stage its name alone."""
    if tall >= HEAD:
        scene.below += head(room.left(), room.top(), room.width(), heads, bar)
    else:
        area = QRectF(room.left(), room.top(), room.width(), tall)
        fitting = [title for title, _ in heads if text_width(title, bold=True) <= room.width()]
        scene.below.append(Words(area, (fitting or [heads[-1][0]])[0], bold=True))


def _classes(shown: Shown) -> FloatArray:
    """float64[C, boxes]: what the cell says about the classes."""
    spec, cell = shown.spec, shown.values[shown.cell]
    parts = [cell[spec.class_start(a) : spec.class_start(a) + len(spec.classes)] for a in range(spec.boxes)]
    return np.stack(parts, 1)


def _left_out(shown: Shown) -> int:
    return 5 + len(shown.spec.classes) - len(rows_of(shown))


def _row_names(shown: Shown) -> list[str]:
    named = []
    for part in rows_of(shown):
        named.append(BOX[part] if part < 5 else words.class_name(shown.spec, part - 5))
    return named


def _names_width(shown: Shown) -> float:
    return min(max(text_width(name, mono=True) for name in _row_names(shown)) + space.s, 132.0)


# --- one cell ------------------------------------------------------------------------------------------------------


def _cell_part(scene: Scene, shown: Shown, room: QRectF, cell: float, tall: float) -> float:
    """The vector of the chosen cell: a column a box. Returns its lower edge."""
    spec = shown.spec
    row, column = shown.cell
    kind = "ŷ" if shown.predicted else "y"
    depth = f"{spec.depth} numbers" if spec.boxes == 1 else f"{spec.depth} numbers, a column a box"
    heads = [
        (f"{kind} of cell ({row}, {column})", depth),
        (f"{kind} ({row}, {column})", f"{spec.depth} numbers"),
    ]
    _add_head(scene, room, heads, key(VIRIDIS, 0, 1, beyond=True), tall)
    names, parts = _names_width(shown), rows_of(shown)
    values = _values(shown, parts)
    hidden = np.zeros(values.shape, bool)
    if spec.layout == "shared":
        hidden[5:, 1:] = True
    top = room.top() + tall + TITLE
    rect = QRectF(round(room.left() + names), round(top), spec.boxes * cell, len(parts) * cell)
    marks = _component_marks(shown, parts)
    scene.plates.append(
        Plate(
            CELL,
            values,
            colormaps.magnitude(values, 0, 1),
            "",
            rect,
            marks=marks,
            digits=4,
            decimals=2,
            hidden=hidden if hidden.any() else None,
        )
    )
    _column_names(scene, shown, rect, cell)
    for index, name in enumerate(_row_names(shown)):
        area = QRectF(room.left(), rect.top() + index * cell, names - space.xs, cell)
        scene.below.append(Words(area, name, role="text", mono=True, align=Qt.AlignmentFlag.AlignRight))
    _larger(scene, values, rect, cell, room.right(), shown)
    return rect.bottom() + _rest_note(scene, shown, room, rect.bottom())


def _values(shown: Shown, parts: list[int]) -> FloatArray:
    """float64[rows, boxes] of the chosen cell."""
    cell = shown.values[shown.cell]
    return np.array([[cell[_component(shown, part, a)] for a in range(shown.spec.boxes)] for part in parts])


def _component_marks(shown: Shown, parts: list[int]) -> tuple[Mark, ...]:
    """The number whose slice is on show."""
    for row, part in enumerate(parts):
        for column in range(shown.spec.boxes):
            if _component(shown, part, column) == shown.component:
                return (Mark.cell(MarkRole.SELECTED, row, column),)
    return ()


def _column_names(scene: Scene, shown: Shown, rect: QRectF, cell: float) -> None:
    if shown.spec.boxes == 1:
        return
    what = "box" if shown.spec.layout == "shared" else "anchor"
    longest = f"{what} 0"
    for column in range(shown.spec.boxes):
        area = QRectF(rect.left() + column * cell, rect.top() - TITLE, cell, TITLE)
        text = f"{what} {column}" if text_width(longest) <= cell else str(column)
        scene.below.append(Words(area, text, role="muted", align=Qt.AlignmentFlag.AlignHCenter, elide=False))
    if text_width(longest) > cell:
        area = QRectF(
            rect.left() - text_width(f"{what} ") - space.s, rect.top() - TITLE, text_width(f"{what} "), TITLE
        )
        scene.below.append(Words(area, what, role="muted", align=Qt.AlignmentFlag.AlignRight, elide=False))


def _larger(scene: Scene, values: FloatArray, rect: QRectF, cell: float, right: float, shown: Shown) -> None:
    """Sides above 1 are marked: an object larger than its cell is nothing wrong."""
    if shown.spec.unit == "picture":
        return
    sure = values[P_C] > 0.5 if shown.predicted else values[P_C] > 0
    room = right - rect.right() - space.xs
    text = LARGER if text_width(LARGER, bold=True) <= room else "> 1"
    for part in (B_H, B_W):
        if (sure & (values[part] > 1)).any():
            width = max(room, text_width(text, bold=True) + 2)  # a mark may stand in the margin
            area = QRectF(rect.right() + space.xs, rect.top() + part * cell, width, cell)
            scene.below.append(Words(area, text, role="warn", bold=True, elide=False))


def _rest_note(scene: Scene, shown: Shown, room: QRectF, top: float) -> float:
    count = _left_out(shown)
    if not count:
        return 0.0
    classes = _classes(shown)
    shown_kinds = [part - 5 for part in rows_of(shown) if part >= 5]
    rest = np.delete(classes, shown_kinds, 0)
    most = f"{rest.max():.2f}".rstrip("0").rstrip(".")
    text = f"and {words.counted(count, 'class')} more, at most {most}"
    scene.below.append(Words(QRectF(room.left(), top + 2, room.width(), NOTE - 2), text, role="muted"))
    return NOTE


# --- one slice -----------------------------------------------------------------------------------------------------


def _slice_part(scene: Scene, shown: Shown, room: QRectF, tall: float, lit: tuple[int, int] | None) -> float:
    """One number of every cell. Returns the lower edge."""
    spec = shown.spec
    name = words.component_name(spec, shown.component)
    values = np.ascontiguousarray(shown.values[..., shown.component])
    high = max(float(np.abs(values).max(initial=0.0)), 1.0)
    at = f"slice {shown.component} of {spec.depth}"
    heads = [(f"{name} in every cell", f"{spec.rows} × {spec.columns}, {at}"), (name, at)]
    _add_head(scene, room, heads, key(VIRIDIS, 0, round(high, 2)), tall)
    height = max(room.height() - tall - TITLE, float(space.xl))
    cell = crisp(min(room.width() / spec.columns, height / spec.rows, BIGGEST_SLICE))
    rect = QRectF(round(room.left()), round(room.top() + tall + TITLE), spec.columns * cell, spec.rows * cell)
    marks = [Mark.cell(MarkRole.LINKED, *place) for place in shown.owners() if place != shown.cell]
    marks.append(Mark.cell(MarkRole.WINDOW, *shown.cell))
    if lit is not None and lit != shown.cell:
        marks.append(Mark.cell(MarkRole.HOVER, *lit))
    scene.plates.append(
        Plate(
            SLICE,
            values,
            colormaps.magnitude(values, 0, high),
            "",
            rect,
            marks=tuple(marks),
            digits=4,
            decimals=2,
            gaps=cell >= 9,
        )
    )
    scene.below.append(
        Words(
            QRectF(rect.left(), rect.top() - TITLE, max(rect.width(), room.width()), TITLE),
            "green: cells that own an object" if shown.owners() else "no cell owns an object",
            role="muted",
        )
    )
    return rect.bottom()
