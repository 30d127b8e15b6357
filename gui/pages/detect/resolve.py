"""From a state and an answer to what is drawn and listed: a pure function, at home in the thread of the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.detection.exporting import Recorded
from engine.detection.found import Grid, Raw
from engine.detection.requests import AnchorAnswer, Annotated, Cell
from engine.detection.scoring import Found
from engine.detection.suppress import likely
from gui.pages.detect.state import DetectState
from gui.widgets.found_view import Boxes, Findings, Lattice, Outline, Trail

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Trails = Mapping[int, FloatArray]
"""Where the middle of a track's boxes was: float64[n, 2] by the number of the track."""

FAINT: Final = 0.05
"""A decoded box with a score below is drawn only where no anchor of the cell has a better one."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What is on show of an answer. `index` int64[n]: the finds that are not hidden, best first."""

    answer: Annotated
    index: IntArray
    tracks: IntArray | None
    findings: Findings
    raw_shown: int = 0
    grid: Grid | None = None

    @property
    def found(self) -> Found:
        """The finds on show."""
        found = self.answer.found
        return Found(found.boxes[self.index], found.scores[self.index], found.classes[self.index])

    @property
    def counts(self) -> dict[int, int]:
        """How many finds of each class there are, hidden ones too."""
        kinds, counts = np.unique(self.answer.found.classes, return_counts=True)
        return dict(zip(kinds.tolist(), counts.tolist(), strict=True))

    def text(self, place: int) -> str:
        """The label of a find on show."""
        return self.findings.boxes.texts[place]

    def recorded(self, since: float = 0.0) -> Recorded:
        """The finds on show without their picture, for a file."""
        tracks = None if self.tracks is None else self.tracks[self.index]
        return Recorded.of(replace(self.answer, found=self.found, tracks=tracks), since)


def resolve(
    state: DetectState,
    answer: Annotated,
    *,
    cell: Cell | None = None,
    tracks: IntArray | None = None,
    trails: Trails | None = None,
) -> Shown:
    """What to show of an answer. `cell`: what the net says in the cell of the state, where that is known; `tracks`
    int64[N]: the numbers of the finds."""
    hidden = [kind for kind, name in enumerate(answer.classes) if name in state.hidden]
    index = np.flatnonzero(~np.isin(answer.found.classes, hidden))
    numbers = tracks if state.tracks else None
    boxes = Boxes(
        np.asarray(answer.found.boxes[index], np.float64),
        answer.found.classes[index],
        tuple(_label(answer, find, numbers) for find in index.tolist()),
    )
    raw = raw_boxes(answer.raw, state.least, hidden) if state.raw and answer.raw is not None else Boxes()
    grid = grid_of(state, answer)
    lattice = None if grid is None else lattice_of(grid, answer)
    findings = Findings(
        boxes,
        raw,
        _trails(answer, index, numbers, trails or {}),
        lattice if state.cells else None,
        inside(state.cell, grid) if state.cells else None,
        _outlines(state, answer, grid, cell),
    )
    return Shown(answer, index, numbers, findings, len(raw), grid)


def _label(answer: Annotated, find: int, numbers: IntArray | None) -> str:
    number = f" #{int(numbers[find])}" if numbers is not None and numbers[find] > 0 else ""
    return f"{answer.label(find)}{number} · {float(answer.found.scores[find]):.2f}"


def raw_boxes(raw: Raw, least: float, hidden: list[int]) -> Boxes:
    """The boxes before suppression that are scored `least` or better, best first."""
    index, scores, kinds = likely(raw, least)
    order = np.argsort(-scores, kind="stable")
    order = order[~np.isin(kinds[order], hidden)]
    return Boxes(np.asarray(raw.boxes[index[order]], np.float64), kinds[order])


# --- the grid ---------------------------------------------------------------------------------------------------


def grid_of(state: DetectState, answer: Annotated) -> Grid | None:
    """The grid of the state, the first one where the net has fewer, None for a net without grids."""
    if not answer.grids:
        return None
    return answer.grids[state.grid if state.grid < len(answer.grids) else 0]


def inside(cell: tuple[int, int] | None, grid: Grid | None) -> tuple[int, int] | None:
    """The cell where the grid has it."""
    if cell is None or grid is None or not (cell[0] < grid.rows and cell[1] < grid.columns):
        return None
    return cell


def lattice_of(grid: Grid, answer: Annotated) -> Lattice:
    """The grid over the picture."""
    corners = answer.letterbox.to_picture([0, 0, grid.columns * grid.stride, grid.rows * grid.stride])
    left, top, right, bottom = (float(value) for value in corners)
    return Lattice(grid.rows, grid.columns, (left, top, right, bottom))


def anchors_at(grid: Grid, answer: Annotated, row: int, column: int) -> list[Outline]:
    """The templates of a grid around the middle of a cell."""
    x, y = (column + 0.5) * grid.stride, (row + 0.5) * grid.stride
    found = []
    for number, (width, height) in enumerate(grid.anchors):
        box = answer.letterbox.to_picture([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
        left, top, right, bottom = (float(value) for value in box)
        label = f"{number}: {width:.0f} × {height:.0f}"
        found.append(Outline((left, top, right, bottom), label=label, dashed=True))
    return found


def _outlines(
    state: DetectState, answer: Annotated, grid: Grid | None, cell: Cell | None
) -> tuple[Outline, ...]:
    """Anchors, and the boxes that the chosen cell gives."""
    if grid is None:
        return ()
    place = inside(state.cell, grid) if state.cells else None
    found: list[Outline] = []
    if state.anchors:
        row, column = place or (grid.rows // 2, grid.columns // 2)
        found += anchors_at(grid, answer, row, column)
    if place is not None and cell is not None and about(cell, answer, state.grid, place):
        found += [_decoded(answer, one) for one in worth_showing(cell)]
    return tuple(found)


def about(cell: Cell, answer: Annotated, grid: int, place: tuple[int, int]) -> bool:
    """Whether a cell's answer belongs to this place of this frame."""
    look = cell.look
    return (
        look.detector == answer.detector
        and look.frame is answer.frame
        and (look.grid, look.row, look.column) == (grid, *place)
    )


def worth_showing(cell: Cell) -> list[AnchorAnswer]:
    """The answers of a cell with a score worth a box; its best one in any case."""
    good = [one for one in cell.anchors if float(one.scores.max()) >= FAINT]
    return good or [cell.best]


def _decoded(answer: Annotated, one: AnchorAnswer) -> Outline:
    kind = int(one.scores.argmax())
    label = f"by anchor {one.anchor}: {answer.classes[kind]} · {float(one.scores[kind]):.2f}"
    return Outline(one.picture_box, kind, label)


# --- tracks -----------------------------------------------------------------------------------------------------


def _trails(answer: Annotated, index: IntArray, numbers: IntArray | None, known: Trails) -> tuple[Trail, ...]:
    if numbers is None:
        return ()
    return tuple(
        Trail(int(answer.found.classes[find]), known[number])
        for find in index.tolist()
        if (number := int(numbers[find])) in known
    )
