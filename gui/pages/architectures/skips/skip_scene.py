"""The residual block as a diagram with its numbers, the plain block beside it, and the derivatives of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF

from gui.pages.architectures.skips.skip_items import Chip, SkipLine, Tex
from gui.pages.architectures.skips.skip_numbers import BlockNumbers, block_numbers
from gui.pages.architectures.skips.skip_plates import A1, GIVEN, OUT, SLOPE, SUM, Z1, Z2, plate_of, shape_of
from gui.pages.architectures.skips.skip_state import SkipState
from gui.pages.architectures.skips.skip_words import step_formulas, step_sentence, step_title
from gui.theme import space, theme, type_scale
from gui.widgets.formula import formula_path, loader
from gui.widgets.plate import Plate
from gui.widgets.scene import Item, Link, Node, Scene, Words

MARGIN: Final = 16.0
LEAST_CELL, MOST_CELL = 17.0, 52.0
LOW_STAGE, NARROW_STAGE = 520.0, 760.0
KNOT: Final = 9.0


@dataclass(frozen=True, slots=True)
class _Column:
    """One plate of the main row: name of the array, formula above it, the step from which it is known."""

    key: str
    tex: str
    step: int
    before: str
    """What stands in the gap in front of it: an arrow, "g", "+", "·" or nothing."""


_COLUMNS: Final = (
    _Column("x", r"a^{[l]}", GIVEN, ""),
    _Column("w1", r"W^{[l+1]}", GIVEN, "→"),
    _Column("b1", r"b^{[l+1]}", GIVEN, ","),
    _Column("z1", r"z^{[l+1]}", Z1, "="),
    _Column("a1", r"a^{[l+1]}", A1, "g"),
    _Column("w2", r"W^{[l+2]}", GIVEN, "→"),
    _Column("b2", r"b^{[l+2]}", GIVEN, ","),
    _Column("z2", r"z^{[l+2]}", Z2, "="),
    _Column("total", "", SUM, "+"),
    _Column("out", r"a^{[l+2]}", OUT, "g"),
)
_GAPS: Final = {"": 0.0, "→": 26.0, ",": 12.0, "=": 24.0, "g": 34.0, "+": 46.0}
_NEW: Final = {"x": GIVEN, "z1": Z1, "a1": A1, "z2": Z2, "total": SUM, "out": OUT, "plain": OUT}


@dataclass(frozen=True, slots=True)
class _Measures:
    """The sizes that everything follows: cells, gaps, lines; on a low stage the words are fewer and smaller."""

    cell: float
    lower_cell: float
    gaps: float
    line: float
    label: float
    compact: bool
    spare: float
    """Height that is left over."""

    def gap(self, sign: str) -> float:
        return _GAPS[sign] * self.gaps


def skip_scene(state: SkipState, size: QSizeF) -> Scene:
    """Lay the block out for a stage of that size."""
    state = state.filled()
    numbers = block_numbers(state)
    scene = Scene(size, description=f"{step_title(state)}. {step_sentence(state, numbers)}")
    compact = size.height() < LOW_STAGE
    head = _head(scene, state, numbers, compact)
    measures = _measures(state, size, head, compact)
    y = _main_row(scene, state, numbers, measures, head + measures.spare * 0.3)
    _lower_row(scene, state, numbers, measures, y + measures.spare * 0.3)
    if loader.is_ready:
        for item in scene.above:
            if isinstance(item, Tex):
                item.typeset()
    return scene


def _measures(state: SkipState, size: QSizeF, head: float, compact: bool) -> _Measures:
    line = QFontMetricsF(theme.font("small")).height()
    label = line + space.s
    gaps = 0.72 if size.width() < NARROW_STAGE else 1.0
    across = size.width() - 2 * MARGIN - sum(_GAPS[column.before] for column in _COLUMNS) * gaps
    over = 3.4 if state.projection else 0.0
    chrome = _arc_room(state, line) + label + space.m + (0 if compact else line + space.s) + label + MARGIN
    room = size.height() - head - chrome
    cell = float(int(min(max(min(across / 16, room / (8 + over)), LEAST_CELL), MOST_CELL)))
    left = max(room - (4 + over) * cell, 0.0)
    lower = float(int(min(max(min(left / 4, (size.width() - 2 * MARGIN) / 16.5), cell), MOST_CELL)))
    return _Measures(cell, lower, gaps, line, label, compact, max(left - 4 * lower, 0.0))


def _arc_room(state: SkipState, line: float) -> float:
    """Room above the main row for the skip connection, without what W_s needs."""
    return line + space.l + (line if state.projection else 0.0)


def _head(scene: Scene, state: SkipState, numbers: BlockNumbers, compact: bool) -> float:
    """What the step does: a title, a sentence, the formula, the formula with one row's numbers; where it ends."""
    width = scene.size.width() - 2 * MARGIN
    top = float(space.s if compact else space.m)
    title = QFontMetricsF(theme.font("section", bold=True)).height()
    scene.above.append(Words(QRectF(MARGIN, top, width, title), step_title(state), size="section", bold=True))
    size = "small" if compact else "body"
    text = step_sentence(state, numbers)
    room = QRectF(0, 0, width, scene.size.height())
    metrics = QFontMetricsF(theme.font(size))
    tall = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text).height() + 2
    area = QRectF(MARGIN, top + title + 2, width, tall)
    scene.above.append(Words(area, text, size=size, wrap=True, role="muted"))
    y = area.bottom() + space.s
    formulas = step_formulas(state, numbers)
    for tex in formulas[-1:] if compact and state.step < SLOPE else formulas[:1] if compact else formulas:
        y = _formula(scene, tex, y, width) + space.s
    return y


def _formula(scene: Scene, tex: str, top: float, width: float) -> float:
    """One line of the head, smaller where it would not fit; returns where it ends."""
    if not loader.is_ready:
        return top + type_scale.section * 1.4
    size = next(
        (
            s
            for s in ("section", "body")
            if formula_path(tex, getattr(type_scale, s)).boundingRect().width() <= width
        ),
        "small",
    )
    box = formula_path(tex, float(getattr(type_scale, size))).boundingRect()
    scene.above.append(Tex(QPointF(MARGIN, top - box.top()), tex, size))
    return top + max(box.height(), float(type_scale.section))


def _main_row(
    scene: Scene, state: SkipState, numbers: BlockNumbers, measures: _Measures, top: float
) -> float:
    """The block from a[l] to a[l+2] with its skip connection above; returns where the row ends."""
    cell, line = measures.cell, measures.line
    over = 1.5 * cell + line if state.projection else 0.0
    arc = top + line / 2 + over
    y = arc + (1.5 * cell if state.projection else 0) + space.l + measures.label
    total = sum(shape_of(numbers, c.key)[1] * cell + measures.gap(c.before) for c in _COLUMNS)
    x = max((scene.size.width() - total) / 2, MARGIN)
    middle = y + 2 * cell
    plates: dict[str, Plate] = {}
    previous: Plate | None = None
    for column in _COLUMNS:
        x += measures.gap(column.before)
        plate = plate_of(state, numbers, column.key, column.step, cell, x, middle)
        tex = _sum_tex(state, measures) if column.key == "total" else column.tex
        scene.above.append(
            Tex(QPointF(plate.rect.center().x(), plate.rect.top() - space.s), tex, "body", "text", True)
        )
        if previous is not None:
            scene.below += _between(column.before, previous, plate, state.step, column.step)
        plates[column.key] = plate
        scene.plates.append(plate)
        previous = plate
        x += plate.rect.width()
    knot = _knot_place(plates["z2"], plates["total"])
    start = QPointF(plates["x"].rect.center().x(), plates["x"].rect.top() - space.s - line)
    scene.below.append(SkipLine(start, QPointF(knot.x(), knot.y() - KNOT - 1), arc, state.step >= SUM))
    _over_the_arc(scene, state, numbers, measures, QPointF((start.x() + knot.x()) / 2, arc))
    return middle + 2 * cell


def _sum_tex(state: SkipState, measures: _Measures) -> str:
    """The name of the sum; a short one where its neighbours are near."""
    if measures.gaps < 1:
        return r"\mathrm{sum}"
    return r"z^{[l+2]}+W_s a^{[l]}" if state.projection else r"z^{[l+2]}+a^{[l]}"


def _over_the_arc(
    scene: Scene, state: SkipState, numbers: BlockNumbers, measures: _Measures, middle: QPointF
) -> None:
    """What lies on the skip connection: nothing but its name, or W_s and what it makes of a[l]."""
    cell, line, lit = measures.cell, measures.line, state.step >= SUM
    if not state.projection:
        text = "skip connection: a[l], unchanged"
        wide = QFontMetricsF(theme.font("small")).horizontalAdvance(text) + 2 * space.s
        area = QRectF(middle.x() - wide / 2, middle.y() - line / 2, wide, line)
        scene.below.append(Chip(area, text, lit))
        return
    for key, known, tex, left in (
        ("ws", GIVEN, r"W_s", middle.x() - 4 * cell), ("skip", SUM, r"W_s\, a^{[l]}", middle.x() + cell),
    ):  # fmt: skip
        plate = plate_of(state, numbers, key, known, cell, left, middle.y())
        scene.below.append(Chip(plate.rect, ""))  # the line passes behind the cells, not between them
        at = QPointF(plate.rect.center().x(), plate.rect.top() - space.s)
        scene.above.append(Tex(at, tex, "body", "text", True))
        scene.plates.append(plate)


def _between(sign: str, left: Plate, right: Plate, step: int, known: int) -> list[Item]:
    """The sign in the gap between two plates."""
    a, b = left.rect, right.rect
    y = (a.center().y() + b.center().y()) / 2
    start, end = QPointF(a.right() + 2, y), QPointF(b.left() - 3, y)
    middle = QPointF((start.x() + end.x()) / 2, y)
    role = "accent" if step >= known > GIVEN else "muted"
    if sign in (",", ""):
        return []
    if sign == "g":
        return [Link(start, end, role), Node(middle, "g", KNOT, role)]
    if sign == "+":
        return [Link(start, end, role), Node(_knot_place(left, right), "+", KNOT, role)]
    if sign == "=":
        return [
            Words(
                QRectF(start.x(), y - 10, end.x() - start.x(), 20),
                "=",
                "muted",
                "body",
                align=Qt.AlignmentFlag.AlignHCenter,
            )
        ]
    return [Link(start, end, role)]


def _knot_place(left: Plate, right: Plate) -> QPointF:
    return QPointF((left.rect.right() + right.rect.left()) / 2, left.rect.center().y())


def _lower_row(
    scene: Scene, state: SkipState, numbers: BlockNumbers, measures: _Measures, top: float
) -> None:
    """The plain block's output beside that of the residual one, and both derivatives."""
    cell, bold = measures.lower_cell, QFontMetricsF(theme.font("small", bold=True))
    titled = 0.0 if measures.compact else measures.line + space.s
    y = top + space.m + titled + measures.label
    groups = [[plate_of(state, numbers, key, known, cell, 0, 0) for key in keys] for _, keys, known in _LOWER]
    wide = [sum(p.rect.width() for p in plates) + _LOWER_GAP * (len(plates) - 1) for plates in groups]
    widths = [
        max(w, bold.horizontalAdvance(title) + 2) for w, (title, _, _) in zip(wide, _LOWER, strict=True)
    ]
    gap = max((scene.size.width() - 2 * MARGIN - sum(widths)) / len(_LOWER), float(space.s))
    x = MARGIN + gap / 2
    for (title, keys, _), plates, width, taken in zip(_LOWER, groups, widths, wide, strict=True):
        if titled:
            area = QRectF(x, top + space.m, width, measures.line)
            scene.above.append(Words(area, title, bold=True, align=Qt.AlignmentFlag.AlignHCenter))
        left = x + (width - taken) / 2
        for key, plate in zip(keys, plates, strict=True):
            plate.key = f"lower/{key}" if key == "out" else key
            plate.rect.moveTo(round(left), round(y))
            scene.plates.append(plate)
            at = QPointF(plate.rect.center().x(), y - space.s)
            scene.above.append(Tex(at, _LOWER_TEX[key], "body", "text", True))
            left += plate.rect.width() + _LOWER_GAP
        x += width + gap


_LOWER_GAP: Final = 46.0
_LOWER: Final = (
    ("With the skip, and without it", ("out", "plain"), OUT),
    ("Derivative without the skip", ("plain_slope",), SLOPE),
    ("Derivative with the skip", ("slope",), SLOPE),
)
_LOWER_TEX: Final = {
    "out": r"a^{[l+2]}", "plain": r"g(z^{[l+2]})",
    "plain_slope": r"\partial\, g(z^{[l+2]})\,/\,\partial a^{[l]}",
    "slope": r"\partial a^{[l+2]}\,/\,\partial a^{[l]}",
}  # fmt: skip
