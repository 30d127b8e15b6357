"""The residual block as a diagram with its numbers: one line a layer, the skip connection around both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF

from gui.pages.architectures.skips.skip_items import KNOT, Chip, Route, Tex, between
from gui.pages.architectures.skips.skip_numbers import BlockNumbers, block_numbers
from gui.pages.architectures.skips.skip_plates import (
    A1,
    A1_AGAIN,
    GIVEN,
    OUT,
    SLOPE,
    SUM,
    Z1,
    Z2,
    plate_of,
    shape_of,
)
from gui.pages.architectures.skips.skip_slopes import add_slopes
from gui.pages.architectures.skips.skip_state import STEPS, SkipState
from gui.pages.architectures.skips.skip_words import step_formulas, step_sentence, step_title
from gui.theme import radius, space, theme, type_scale
from gui.widgets.formula import formula_path, loader
from gui.widgets.plate import Plate
from gui.widgets.scene import Link, Node, Scene, Words

MARGIN: Final = 16.0
LEAST_CELL, MOST_CELL = 17.0, 64.0
LOW_STAGE, NARROW_STAGE = 520.0, 760.0
BEND: Final = 10.0
"""Height of the way from the first layer's end to where the second one reads it."""
FORMULA_LINE: Final = 1.6
_CARRIED: Final = ("skip connection: a[l], unchanged", "a[l], unchanged")
"""What stands on the skip connection: the first that fits."""


@dataclass(frozen=True, slots=True)
class _Column:
    """One plate of a line: name of the array, formula above it, the step from which it is known."""

    key: str
    tex: str
    step: int
    before: str
    """What stands in the gap in front of it: a sign, "⊕" for the knot where the skip connection joins, or nothing."""


_FIRST: Final = (
    _Column("w1", r"W^{[l+1]}", GIVEN, ""),
    _Column("x", r"a^{[l]}", GIVEN, "·"),
    _Column("b1", r"b^{[l+1]}", GIVEN, "+"),
    _Column("z1", r"z^{[l+1]}", Z1, "="),
    _Column("a1", r"a^{[l+1]}", A1, "g"),
)
_SECOND: Final = (
    _Column("w2", r"W^{[l+2]}", GIVEN, ""),
    _Column(A1_AGAIN, r"a^{[l+1]}", A1, "·"),
    _Column("b2", r"b^{[l+2]}", GIVEN, "+"),
    _Column("z2", r"z^{[l+2]}", Z2, "="),
    _Column("skip", r"a^{[l]}", GIVEN, "⊕"),
    _Column("total", r"\mathrm{sum}", SUM, "="),
    _Column("out", r"a^{[l+2]}", OUT, "g"),
    _Column("plain", r"g(z^{[l+2]})", OUT, "apart"),
)
_GAPS: Final = {"": 0.0, "·": 20.0, "+": 22.0, "=": 24.0, "g": 36.0, "⊕": 60.0, "apart": 60.0}
_WS_GAP: Final = 18.0
"""From where the skip connection goes down to the W_s that lies on it."""


@dataclass(frozen=True, slots=True)
class _Measures:
    """The sizes that everything follows: cells, gaps, lines of text."""

    cell: float
    gaps: float
    line: float
    label: float

    def gap(self, sign: str) -> float:
        """The knot's gap is a cell wider, so that what joins there comes down behind the first layer's end."""
        return _GAPS[sign] * self.gaps + (self.cell if sign == "⊕" else 0.0)

    def width(self, numbers: BlockNumbers, columns: tuple[_Column, ...]) -> float:
        return sum(shape_of(numbers, c.key)[1] * self.cell + self.gap(c.before) for c in columns)


def skip_scene(state: SkipState, size: QSizeF) -> Scene:
    """Lay the block out for a stage of that size."""
    state = state.filled()
    numbers = block_numbers(state)
    scene = Scene(size, description=f"{step_title(state)}. {step_sentence(state, numbers)}")
    head = _head(scene, state, numbers, size.height() < LOW_STAGE)
    if state.step == SLOPE:
        add_slopes(scene, state, numbers, head)
    else:
        _block(scene, state, numbers, head)
    if loader.is_ready:
        for item in scene.above:
            if isinstance(item, Tex):
                item.typeset()
    return scene


# --- what the step does -----------------------------------------------------------------------------------


def _head(scene: Scene, state: SkipState, numbers: BlockNumbers, compact: bool) -> float:
    """Title, sentence, formula, the same with one row's numbers; as high in every step, so that nothing jumps."""
    width = scene.size.width() - 2 * MARGIN
    top = float(space.s if compact else space.m)
    title = QFontMetricsF(theme.font("section", bold=True)).height()
    scene.above.append(Words(QRectF(MARGIN, top, width, title), step_title(state), size="section", bold=True))
    size = "small" if compact else "body"
    room = QRectF(0, 0, width, scene.size.height())
    metrics = QFontMetricsF(theme.font(size))
    sentences = [step_sentence(replace(state, step=step), numbers) for step in range(STEPS)]
    wrap = int(Qt.TextFlag.TextWordWrap)
    tall = max(metrics.boundingRect(room, wrap, text).height() for text in sentences) + 2
    area = QRectF(MARGIN, top + title + 2, width, tall)
    scene.above.append(Words(area, sentences[state.step], size=size, wrap=True, role="muted"))
    formulas = step_formulas(state, numbers)
    if compact:
        formulas = formulas[:1] if state.step == SLOPE else formulas[-1:]
    line = type_scale.section * FORMULA_LINE
    y = area.bottom() + space.xs
    for index, tex in enumerate(formulas):
        _formula(scene, tex, y + index * line, width)
    return y + (1 if compact else 2) * line


def _formula(scene: Scene, tex: str, top: float, width: float) -> None:
    """One line of the head, smaller where it would not fit."""
    if not loader.is_ready:
        return
    fits = (
        size
        for size in ("section", "body")
        if formula_path(tex, getattr(type_scale, size)).boundingRect().width() <= width
    )
    size = next(fits, "small")
    box = formula_path(tex, float(getattr(type_scale, size))).boundingRect()
    scene.above.append(Tex(QPointF(MARGIN, top - box.top()), tex, size))


# --- the block --------------------------------------------------------------------------------------------


def _measures(state: SkipState, numbers: BlockNumbers, size: QSizeF, head: float) -> tuple[_Measures, float]:
    """The largest cells for which there is room, and the height that is left over then."""
    line = QFontMetricsF(theme.font("small")).height()
    gaps = 0.72 if size.width() < NARROW_STAGE else 1.0
    none = _Measures(0.0, gaps, line, line + space.s)
    width = size.width() - 2 * MARGIN
    across = (width - none.width(numbers, _SECOND)) / 12
    if state.projection:
        across = min(across, (width - none.width(numbers, _FIRST) - _WS_GAP - _GAPS["⊕"] * gaps) / 13)
    chrome = line + 2 * none.label + BEND + line + MARGIN
    room = size.height() - head - chrome
    rows = shape_of(numbers, "w1")[0] + shape_of(numbers, A1_AGAIN)[0]
    cell = float(int(min(max(min(across, room / rows), LEAST_CELL), MOST_CELL)))
    return replace(none, cell=cell), max(room - rows * cell, 0.0)


def _block(scene: Scene, state: SkipState, numbers: BlockNumbers, head: float) -> None:
    """The first layer, the second one beneath it, and the skip connection from a[l] to the sum."""
    measures, spare = _measures(state, numbers, scene.size, head)
    second = measures.width(numbers, _SECOND)
    left = max((scene.size.width() - second) / 2, MARGIN)
    arc = head + spare / 3 + measures.line / 2
    top = arc + measures.line / 2 + measures.label
    plates = _line(scene, state, numbers, measures, _FIRST, left, top)
    rows = shape_of(numbers, "w1")[0] * measures.cell
    below = top + rows + BEND + measures.label + spare / 3
    plates |= _line(scene, state, numbers, measures, _SECOND, left, below)
    _join(scene, state, plates, below - measures.label)
    _skip(scene, state, numbers, measures, plates, arc)
    plain = plates["plain"].rect
    text = "without the skip"
    wide = QFontMetricsF(theme.font("small")).horizontalAdvance(text) + 2
    x = min(plain.center().x() - wide / 2, scene.size.width() - wide - space.xs)
    area = QRectF(x, plain.bottom() + 2, wide, measures.line)
    scene.above.append(Words(area, text, "muted", align=Qt.AlignmentFlag.AlignHCenter))


def _line(
    scene: Scene, state: SkipState, numbers: BlockNumbers, measures: _Measures,
    columns: tuple[_Column, ...], left: float, top: float,
) -> dict[str, Plate]:  # fmt: skip
    """One line of plates, all around its middle, with their names above and the signs between them."""
    plates: dict[str, Plate] = {}
    previous: Plate | None = None
    x = left
    for column in columns:
        x += measures.gap(column.before)
        carried = state.projection and column.key == "skip"
        known = SUM if carried else column.step
        short = max(shape_of(numbers, c.key)[0] for c in columns) - shape_of(numbers, column.key)[0]
        plate = plate_of(state, numbers, column.key, known, measures.cell, x, top + short * measures.cell / 2)
        tex = r"W_s\, a^{[l]}" if carried else column.tex
        at = QPointF(plate.rect.center().x(), plate.rect.top() - space.s)
        scene.above.append(Tex(at, tex, "body", "text", True))
        if previous is not None and column.before in ("·", "+", "=", "g"):
            scene.below += between(column.before, previous.rect, plate.rect, known=state.step >= column.step)
        plates[column.key] = plate
        scene.plates.append(plate)
        previous = plate
        x += plate.rect.width()
    return plates


def _join(scene: Scene, state: SkipState, plates: dict[str, Plate], label_top: float) -> None:
    """The way of a[l+1] into the second layer, and the knot in which the skip connection is added."""
    start, end = plates["a1"].rect, plates[A1_AGAIN].rect
    level = start.bottom() + BEND / 2
    ways = (
        QPointF(start.center().x(), start.bottom() + 1), QPointF(start.center().x(), level),
        QPointF(end.center().x(), level), QPointF(end.center().x(), label_top),
    )  # fmt: skip
    scene.below.append(Route(ways, state.step >= Z2))
    z, skip = plates["z2"].rect, plates["skip"].rect
    role = "accent" if state.step >= SUM else "muted"
    y = z.center().y()
    scene.below.append(Link(QPointF(z.right() + 2, y), QPointF(skip.left() - 3, y), role))
    scene.below.append(Node(QPointF((z.right() + skip.left()) / 2, y), "+", KNOT, role))


def _skip(
    scene: Scene, state: SkipState, numbers: BlockNumbers, measures: _Measures,
    plates: dict[str, Plate], arc: float,
) -> None:  # fmt: skip
    """From a[l] over the first layer down to what is added, with W_s on the way where there is one."""
    x, skip, lit = plates["x"].rect, plates["skip"].rect, state.step >= SUM
    down, end = skip.center().x(), skip.top() - measures.label
    start = QPointF(x.center().x(), x.top() - measures.label)
    if not state.projection:
        scene.below.append(
            Route((start, QPointF(start.x(), arc), QPointF(down, arc), QPointF(down, end)), lit)
        )
        metrics, room = QFontMetricsF(theme.font("small")), down - start.x() - 4 * radius.card
        text = next((text for text in _CARRIED if metrics.horizontalAdvance(text) <= room), _CARRIED[-1])
        wide = metrics.horizontalAdvance(text) + 2 * space.s
        area = QRectF((start.x() + down - wide) / 2, arc - measures.line / 2, wide, measures.line)
        scene.below.append(Chip(area, text, lit))
        return
    rows, cell = shape_of(numbers, "ws")[0], measures.cell
    ws = plate_of(state, numbers, "ws", GIVEN, cell, down - cell / 2, x.center().y() - rows * cell / 2)
    into = ws.rect.right() - measures.cell / 2
    scene.below.append(
        Route((start, QPointF(start.x(), arc), QPointF(into, arc), QPointF(into, ws.rect.top() - 2)), lit)
    )
    scene.below.append(Route((QPointF(down, ws.rect.bottom() + 1), QPointF(down, end)), lit))
    at = QPointF(ws.rect.left() + 1.5 * measures.cell, ws.rect.top() - space.s)
    scene.above.append(Tex(at, "W_s", "body", "text", True))
    scene.plates.append(ws)
