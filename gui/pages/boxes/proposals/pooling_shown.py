"""What the part "RoI pooling" shows of one proposal: computed at once from the maps of the last pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.detection.proposals.requests import Maps, Pooling
from engine.detection.proposals.roi import (
    Bins,
    Samples,
    align,
    align_samples,
    corners_of,
    largest_in,
    max_pool,
    pool_bins,
)
from gui.pages.boxes.proposals.settings import STRONGEST
from gui.widgets.number_text import format_number

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """One box on the maps. `box` in pixels of the pass, `fine` in cells of the map, not rounded.

    `out` float[C, size, size] is pooled from all maps; `channel` is the one on show, `cell` the output cell.
    """

    maps: Maps
    box: tuple[float, float, float, float]
    fine: tuple[float, float, float, float]
    pooling: Pooling
    bins: Bins
    samples: Samples
    out: npt.NDArray[Any]
    channel: int
    cell: Cell

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """float64[H, W]: the map on show."""
        return np.asarray(self.maps.values[self.channel], np.float64)

    @property
    def index(self) -> int:
        """The output cell, counted row by row."""
        return self.cell[0] * self.maps.size + self.cell[1]

    @property
    def winner(self) -> Cell | None:
        """The cell of the map whose value the output cell takes (max pooling)."""
        return largest_in(self.values, self.bins, self.cell)

    def sampled(self) -> list[tuple[float, float, float]]:
        """(y, x, value) of every sample of the output cell (RoIAlign)."""
        values, shape = self.values, (self.maps.values.shape[1], self.maps.values.shape[2])
        return [
            (
                float(y),
                float(x),
                sum(c.weight * float(values[c.row, c.column]) for c in corners_of(y, x, shape)),
            )
            for y in self.samples.ys[self.cell[0]].tolist()
            for x in self.samples.xs[self.cell[1]].tolist()
        ]


def pooled(maps: Maps, box: npt.NDArray[np.float64], pooling: Pooling, channel: int, cell: int) -> Pooled:
    """Pool one box [4] of the picture from all maps. `channel` may be STRONGEST; `cell` is brought into range."""
    in_pass = maps.in_pass(box)
    shape = (int(maps.values.shape[1]), int(maps.values.shape[2]))
    bins = pool_bins(in_pass, 1 / maps.stride, maps.size, shape)
    samples = align_samples(in_pass, 1 / maps.stride, maps.size)
    out = max_pool(maps.values, bins) if pooling == "max" else align(maps.values, samples)
    if channel == STRONGEST or channel >= len(out):
        channel = int(out.max((1, 2)).argmax())
    fine = tuple((in_pass / maps.stride).tolist())
    place = divmod(min(cell, maps.size**2 - 1), maps.size)
    corners = tuple(in_pass.tolist())
    return Pooled(maps, corners, fine, pooling, bins, samples, out, channel, place)


def sentences(shown: Pooled) -> tuple[str, str]:
    """What becomes of the box, and what the step on show does, with its numbers."""
    fine = ", ".join(f"{side:.2f}" for side in shown.fine)
    box = f"The box {fine} (left, top, right, bottom, in cells)"
    parts = f"{shown.maps.size} × {shown.maps.size}"
    if shown.pooling == "align":
        return (
            f"{box} is divided into {parts} equal parts; nothing is rounded. In each part four places are read.",
            _mean_sentence(shown),
        )
    left, top, right, bottom = shown.bins.box
    rounded = f"{_span('column', left, right)}, {_span('row', top, bottom)}"
    return (
        f"{box} is rounded to {rounded}, and divided into {parts} parts of whole cells.",
        _largest_sentence(shown),
    )


def _largest_sentence(shown: Pooled) -> str:
    i, j = shown.cell
    winner = shown.winner
    if winner is None:
        return f"Output ({i}, {j}): this part lies outside of the map, so it is 0."
    (first, last), (start, end) = shown.bins.rows[i].tolist(), shown.bins.columns[j].tolist()
    count = (last - first) * (end - start)
    of = "the only cell" if count == 1 else f"the largest of {count} cells"
    where = f"{_span('row', first, last)}, {_span('column', start, end)}"
    return f"Output ({i}, {j}) is {of} in {where}: {_value(shown)}, at row {winner[0]}, column {winner[1]}."


def _mean_sentence(shown: Pooled) -> str:
    read = ", ".join(f"{value:.3f} at ({_signed(y)}, {_signed(x)})" for y, x, value in shown.sampled())
    return (
        f"Output ({shown.cell[0]}, {shown.cell[1]}) is the mean of {read}: {_value(shown)}. Places are (row, column); "
        f"each value is mixed from the four cells around it."
    )


def _value(shown: Pooled) -> str:
    return format_number(round(float(shown.out[shown.channel][shown.cell]), 3))


def _span(noun: str, first: int, end: int) -> str:
    return f"{noun} {first}" if end - first == 1 else f"{noun}s {first} to {end - 1}"


def _signed(place: float) -> str:
    return f"{place:.2f}".replace("-", "−")
