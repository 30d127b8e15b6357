"""Lines of plates with signs between them, columns aligned, as large as fits: an equation between grids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt

from gui.theme import space
from gui.widgets.plate import Plate
from gui.widgets.scene import ColorBar, Link, Scene, Words, bar_width
from gui.widgets.stage_layout import TITLE, crisp, largest_cell, margin_of
from gui.widgets.stage_text import place, text_width

ROOMY: Final = 1.25
SIGN_SIZE: Final = "title"
LEAST_GAP: Final = 18.0
ENOUGH_CELL: Final = 20.0
"""Cells of this side and more have digits that a class can read."""
BAR_LINE: Final = 20.0
TITLE_LINE: Final = 26.0
LONGEST_BAR: Final = 190.0
AIR: Final = 4.0


@dataclass(frozen=True, slots=True)
class Term:
    """A plate and the sign in front of it."""

    plate: Plate
    sign: str = ""


Line = Sequence[Term | None]
"""Terms from left to right; None leaves a column empty."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A plate behind the last column, beside the lines `first` to `last`, joined to the last plate of each of both."""

    plate: Plate
    first: int
    last: int


Arrangement = tuple[Sequence[Line], Sequence[Aside]]


@dataclass(frozen=True, slots=True)
class _Columns:
    """What stands in the columns: cells, least widths for the names, gaps in front."""

    cells: list[int]
    needs: list[float]
    gaps: list[float]

    def width(self, cell: float) -> float:
        wide = (max(n * cell, need) for n, need in zip(self.cells, self.needs, strict=True))
        return sum(wide) + sum(self.gaps)


def heading(scene: Scene, titles: Sequence[str], verdict: str, role: str, bars: Sequence[ColorBar]) -> float:
    """The head of a stage: what is claimed, whether it holds, the keys of the colours; its lower edge.

    Of the titles, longest first, the first that leaves the verdict its room is shown.
    """
    margin = margin_of(scene.size.width())
    room, top = scene.size.width() - 2 * margin, float(space.s)
    said = text_width(verdict, "body", bold=True) + 2 + space.l if verdict else 0.0
    title = next((t for t in titles if text_width(t, "section", bold=True) + 2 + said <= room), titles[-1])
    wide = text_width(title, "section", bold=True) + 2
    scene.below.append(
        Words(QRectF(margin, top, min(wide, room), TITLE_LINE), title, size="section", bold=True)
    )
    left = margin + wide + space.l
    if verdict and wide + said > room:
        left, top = margin, top + TITLE_LINE - space.xs
    if verdict:
        scene.below.append(
            Words(QRectF(left, top, room - left + margin, TITLE_LINE), verdict, role, size="body", bold=True)
        )
    return keys(scene, bars, top + TITLE_LINE) + space.xs


def keys(scene: Scene, bars: Sequence[ColorBar], top: float) -> float:
    """Colour bars side by side, those that fit; their lower edge."""
    left = margin_of(scene.size.width())
    room = scene.size.width() - 2 * left
    least = [bar_width(bar.low, bar.high, bar.label) for bar in bars]
    spare = room - sum(least) - (len(bars) - 1) * space.xl
    extra = max(min(spare / max(len(bars), 1), LONGEST_BAR / 3), 0.0)
    for bar, need in zip(bars, least, strict=True):
        if left + need > room + margin_of(scene.size.width()) + 1:
            break  # half a key would be a wrong one
        area = QRectF(left, top, need + extra, BAR_LINE)
        scene.below.append(ColorBar(area, bar.anchors, bar.low, bar.high, bar.label))
        left += need + extra + space.xl
    return top + BAR_LINE


def largest_cells(size: QSizeF, lines: Sequence[Line], asides: Sequence[Aside] = (), *, room: float) -> float:
    """The side of the cells that `lay_out` would choose in a height of `room`: to choose between arrangements."""
    columns, rows = _columns(lines, asides), _rows(lines, asides)
    tall = (room - _fixed(lines)) / sum(rows)
    wide = _widest(columns, size.width() - 2 * margin_of(size.width()))
    return crisp(min(wide, tall, ROOMY * largest_cell(size.width(), size.height())))


def best(size: QSizeF, arrangements: Sequence[Arrangement], room: float) -> Arrangement:
    """The first arrangement, fullest first, whose cells are large enough; else the one with the largest."""
    cells = [largest_cells(size, *one, room=room) for one in arrangements]
    enough = next((one for one, cell in zip(arrangements, cells, strict=True) if cell >= ENOUGH_CELL), None)
    return arrangements[cells.index(max(cells))] if enough is None else enough


def lay_out(
    scene: Scene, lines: Sequence[Line], asides: Sequence[Aside] = (), *, top: float, bottom: float
) -> float:
    """Place the plates of all lines between two heights of the stage, names above, signs between; the cells' side."""
    width = scene.size.width()
    columns, rows = _columns(lines, asides), _rows(lines, asides)
    cell = largest_cells(scene.size, lines, asides, room=bottom - top)
    spare = max(bottom - top - _fixed(lines) - sum(rows) * cell, 0.0)
    between = min(spare / (len(lines) + 1), 2.0 * space.xxl)
    y = top + max(spare - between * (len(lines) - 1), 0.0) * 0.4
    left = (width - columns.width(cell)) / 2
    tops = []
    for line, count in zip(lines, rows, strict=True):
        y += TITLE
        _place_line(scene, line, columns, cell, left, y + count * cell / 2)
        tops.append((y, y + count * cell))
        y += count * cell + space.m + between
    for aside in asides:
        _place_aside(scene, aside, lines, columns, cell, left, tops)
    return cell


def _fixed(lines: Sequence[Line]) -> float:
    """The height of names and of gaps."""
    return len(lines) * TITLE + (len(lines) - 1) * space.m


def _rows(lines: Sequence[Line], asides: Sequence[Aside]) -> list[int]:
    """How many cells high every line is, with room for what stands beside them."""
    rows = [max(term.plate.shape[0] for term in line if term is not None) for line in lines]
    for aside in asides:
        lack = aside.plate.shape[0] - sum(rows[aside.first : aside.last + 1])
        rows[aside.last] += max(lack, 0)
    return rows


def _columns(lines: Sequence[Line], asides: Sequence[Aside]) -> _Columns:
    count = max(len(line) for line in lines)
    cells, needs, gaps = [1] * count, [0.0] * count, [0.0] * count
    for line in lines:
        for index, term in enumerate(line):
            if term is None:
                continue
            cells[index] = max(cells[index], term.plate.shape[1])
            needs[index] = max(needs[index], text_width(term.plate.title) + 2)
            wide = text_width(term.sign, SIGN_SIZE) + 2 * space.s if term.sign else LEAST_GAP
            gaps[index] = max(gaps[index], wide if index else 0.0)
    if asides:
        cells.append(max(aside.plate.shape[1] for aside in asides))
        needs.append(max(text_width(aside.plate.title) for aside in asides) + 2)
        gaps.append(2.0 * space.xl)
    return _Columns(cells, needs, gaps)


def _widest(columns: _Columns, room: float) -> float:
    """The largest cell for which all columns fit side by side."""
    low, high = 0.0, room
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if columns.width(middle) <= room else (low, middle)
    return low


def _left(columns: _Columns, index: int, cell: float, left: float) -> float:
    """Where a column begins."""
    before = zip(columns.cells[:index], columns.needs[:index], strict=True)
    return left + sum(max(n * cell, need) for n, need in before) + sum(columns.gaps[: index + 1])


def _width(columns: _Columns, index: int, cell: float) -> float:
    return max(columns.cells[index] * cell, columns.needs[index])


def _place_line(scene: Scene, line: Line, columns: _Columns, cell: float, left: float, middle: float) -> None:
    end: float | None = None
    for index, term in enumerate(line):
        if term is None:
            continue
        start = _left(columns, index, cell, left)
        _place(scene, term.plate, cell, start, _width(columns, index, cell), middle)
        begin, end = start - columns.gaps[index] if end is None else end, term.plate.rect.right()
        if term.sign:  # half way between the plates, which may be narrower than their columns
            area = QRectF(begin, middle - TITLE, term.plate.rect.left() - begin, 2 * TITLE)
            scene.below.append(
                Words(area, term.sign, "muted", SIGN_SIZE, align=Qt.AlignmentFlag.AlignHCenter, elide=False)
            )


def _place(scene: Scene, plate: Plate, cell: float, start: float, width: float, middle: float) -> None:
    """A plate in the middle of its column, its name above its left edge, or so far left of it that it fits."""
    rows, count = plate.shape
    plate.rect = place(rows, count, cell, start + (width - count * cell) / 2, middle - rows * cell / 2)
    name = text_width(plate.title) + 2
    left = max(min(plate.rect.left(), start + width - name), start)
    area = QRectF(left, plate.rect.top() - TITLE - 1, max(start + width - left, name), TITLE - 2)
    scene.plates.append(plate)
    scene.below.append(Words(area, plate.title, "muted"))


def _place_aside(
    scene: Scene, aside: Aside, lines: Sequence[Line], columns: _Columns, cell: float, left: float,
    tops: Sequence[tuple[float, float]],
) -> None:  # fmt: skip
    """Beside its lines, half way between the two that it compares."""
    index = len(columns.cells) - 1
    middle = (tops[aside.first][0] + tops[aside.last][1]) / 2
    start = _left(columns, index, cell, left)
    _place(scene, aside.plate, cell, start, _width(columns, index, cell), middle)
    for number in dict.fromkeys((aside.first, aside.last)):
        compared = next(term for term in reversed(lines[number]) if term is not None).plate.rect
        end = QPointF(aside.plate.rect.left() - AIR, aside.plate.rect.center().y())
        scene.below.append(Link(QPointF(compared.right() + AIR, compared.center().y()), end, "muted"))
