"""Everything that a person can set on the page "Live detection"."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, Self

from engine.detection.requests import DetectorSettings, Suppression
from engine.errors import UserError
from gui.pages.detect.drawings import STARTER
from gui.widgets.source_state import MAX_THICKNESS, SourceState

DIGITS: Final = "yolo-digits"
THINNEST: Final = 0.005
MOST_HIDDEN: Final = 2000
MOST_CELLS: Final = 10_000
TOOLS: Final = ("ink", "erase", "point")


@dataclass(frozen=True, slots=True)
class DetectState:
    """A detector, a picture, and how finds are chosen and shown.

    `detector`: a name of the weights store, or "random:<torchvision's name>". `folder`: the folder whose pictures are
    gone through, "" for none; the one on show is `source`. `least`, `overlap`, `suppression`: see DetectorSettings.
    `hidden`: names of classes that are not shown. `raw`: boxes before suppression, too. `cells`: the grid of a YOLO
    net, the one with the number `grid`; `cell`: row and column that are looked into; `anchors`: its templates.
    `tracks`: numbers and trails of what moves. `plot`: counts over time. `tool`, `pen`: what a hand does on the paper.
    """

    detector: str = DIGITS
    source: SourceState = field(default_factory=lambda: SourceState("drawing", "dark", strokes=STARTER))
    folder: str = ""
    least: float = 0.25
    overlap: float = 0.45
    suppression: Suppression = "per class"
    hidden: tuple[str, ...] = ()
    raw: bool = False
    cells: bool = False
    grid: int = 0
    cell: tuple[int, int] | None = None
    anchors: bool = False
    tracks: bool = True
    plot: bool = True
    tool: Literal["ink", "erase", "point"] = "ink"
    pen: float = 0.026

    @property
    def drawing(self) -> bool:
        """Whether the picture is drawn here."""
        return self.source.kind == "drawing"

    @property
    def settings(self) -> DetectorSettings:
        """Which raw boxes become finds, for the engine."""
        return DetectorSettings(self.least, self.overlap, self.suppression)

    def validated(self) -> Self:
        """The state itself, or a UserError; whether the detector has such a grid and cell shows when it answers."""
        self.source.validated()
        if self.source.kind == "preset":
            raise UserError("A detector needs a picture, not an example of numbers.")
        if not self.detector:
            raise UserError("The saved view names no detector.")
        self.settings.validated()
        if len(self.hidden) > MOST_HIDDEN:
            raise UserError("The saved view hides more classes than any detector has.")
        if not 0 <= self.grid < MOST_CELLS:
            raise UserError(f"There is no grid {self.grid}.", "Grids are counted from 0.")
        if self.cell is not None and not all(0 <= place < MOST_CELLS for place in self.cell):
            raise UserError("There is no such cell.", "Rows and columns are counted from 0.")
        if not (math.isfinite(self.pen) and 0 < self.pen <= MAX_THICKNESS):
            raise UserError(
                f"The saved pen has the thickness {self.pen:g}.", f"It is at most {MAX_THICKNESS:g}."
            )
        if self.folder and self.source.kind != "file":
            raise UserError("The saved view goes through a folder, but its picture is no file.")
        return self


def with_source(state: DetectState, source: SourceState) -> DetectState:
    """Another picture: a cell belongs to the one before, a folder only to the files in it."""
    stays = source.kind == "file" and state.folder and str(Path(source.value).parent) == state.folder
    kept = source.kind == state.source.kind and (
        source.value == state.source.value or source.kind == "drawing"
    )
    return replace(
        state, source=source, folder=state.folder if stays else "", cell=state.cell if kept else None
    )


def with_detector(state: DetectState, name: str) -> DetectState:
    """Another detector: its grids and classes are others."""
    return replace(state, detector=name, grid=0, cell=None, hidden=())


def with_grid(state: DetectState, grid: int) -> DetectState:
    """Another grid of the same net, finer or coarser."""
    return replace(state, grid=grid, cell=None, cells=True)


def with_cells(state: DetectState, on: bool) -> DetectState:
    """The grid, or not; without it no cell is looked into."""
    return replace(state, cells=on, cell=state.cell if on else None)


def with_hidden(state: DetectState, label: str, hidden: bool) -> DetectState:
    """A class that is shown, or not."""
    others = tuple(name for name in state.hidden if name != label)
    return replace(state, hidden=(*others, label) if hidden else others)
