"""Histograms of oriented gradients (Dalal & Triggs 2005), stage by stage, with the conventions of scikit-image.

Each pixel votes for one orientation of its cell with its gradient's magnitude; the vote is not shared among
neighbouring bins and cells as it is in the paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from engine.errors import UserError
from engine.images import Frame, luminance, publish

FloatArray = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]
Norm = Literal["L2-Hys", "L2", "L1", "L1-sqrt"]

NORMS: Final[tuple[Norm, ...]] = ("L2-Hys", "L2", "L1", "L1-sqrt")
EPSILON: Final = 1e-5
CLIP: Final = 0.2
"""L2-Hys: what a value of the L2-normalised block is cut to before it is normalised again."""
RANGES: Final = {"orientations": (3, 18), "cell": (4, 32), "block": (1, 4), "side": (64, 512)}
HALF_TURN: Final = 180.0


@dataclass(frozen=True, slots=True)
class HogSpec:
    """`orientations` bins of 180°, cells of `cell`² pixels, blocks of `block`² cells and their norm.

    `side`: what the longer side of a picture is scaled down to first; it decides which edges are seen.
    """

    orientations: int = 9
    cell: int = 8
    block: int = 2
    norm: Norm = "L2-Hys"
    side: int = 256

    def validated(self) -> Self:
        """The spec itself. Raises UserError where a number is out of range."""
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise UserError(
                    f"HOG takes {low} to {high} for “{name}”, not {value}.", f"Take {low} to {high}."
                )
        return self

    @property
    def block_size(self) -> int:
        """Numbers that one block gives."""
        return self.block * self.block * self.orientations

    @property
    def bin_width(self) -> float:
        """Degrees that one orientation covers."""
        return HALF_TURN / self.orientations


@dataclass(frozen=True, slots=True, eq=False)
class Hog:
    """Every stage of the descriptor of one picture; all arrays are read-only.

    `grey` float64[H, W] whole numbers 0..255; `g_row`, `g_col` float64[H, W] differences down and to the right;
    `magnitude` float64[H, W]; `angle` float64[H, W] in degrees, 0 to 180; `votes` int8[H, W] the orientation that
    each pixel votes for; `cells` float64[R, C, O] votes a pixel; `blocks` float64[Rb, Cb, b, b, O] normalised.
    `pixels` uint8[H, W, 3] is what was described, `frame` the picture as it came.
    """

    spec: HogSpec
    frame: Frame
    pixels: Pixels
    grey: FloatArray
    g_row: FloatArray
    g_col: FloatArray
    magnitude: FloatArray
    angle: FloatArray
    votes: npt.NDArray[np.int8]
    cells: FloatArray
    blocks: FloatArray
    note: str = ""

    @property
    def descriptor(self) -> FloatArray:
        """All blocks in one row: float64[Rb · Cb · b · b · O]."""
        return self.blocks.reshape(-1)


def hog(frame: Frame, spec: HogSpec, pixels: Pixels | None = None, note: str = "") -> Hog:
    """Describe a picture. Raises UserError where the spec is out of range or the picture holds no block."""
    spec.validated()
    shown = frame.pixels if pixels is None else pixels
    grey = np.rint(luminance(shown)).astype(np.float64)
    grid(grey.shape, spec)
    g_row, g_col = gradients(grey)
    magnitude, angle = polar(g_row, g_col)
    votes = orientation_bins(angle, spec.orientations)
    cells = cell_histograms(magnitude, votes, spec)
    blocks = normalised_blocks(cells, spec)
    return Hog(
        spec, frame, publish(shown), publish(grey), publish(g_row), publish(g_col), publish(magnitude),
        publish(angle), publish(votes), publish(cells), publish(blocks), note,
    )  # fmt: skip


def grid(shape: tuple[int, ...], spec: HogSpec) -> tuple[int, int, int, int]:
    """Cells down and across, blocks down and across, of a picture (H, W). Raises UserError where there is no block."""
    rows, columns = shape[0] // spec.cell, shape[1] // spec.cell
    down, across = rows - spec.block + 1, columns - spec.block + 1
    if down < 1 or across < 1:
        least = spec.cell * spec.block
        raise UserError(
            f"This picture of {shape[1]} × {shape[0]} pixels holds no block of {least} × {least} pixels.",
            "Take smaller cells or blocks, or a larger picture.",
        )
    return rows, columns, down, across


def descriptor_length(shape: tuple[int, ...], spec: HogSpec) -> int:
    """Blocks down · blocks across · cells a block · orientations."""
    _, _, down, across = grid(shape, spec)
    return down * across * spec.block_size


def gradients(grey: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Differences [-1, 0, 1] of the neighbours, down and to the right: two float64[..., H, W]; zero at the border."""
    g_row, g_col = np.zeros_like(grey), np.zeros_like(grey)
    np.subtract(grey[..., 2:, :], grey[..., :-2, :], out=g_row[..., 1:-1, :])
    np.subtract(grey[..., :, 2:], grey[..., :, :-2], out=g_col[..., :, 1:-1])
    return g_row, g_col


def polar(g_row: FloatArray, g_col: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Length and angle of gradients, the angle in degrees from 0 to below 180: two float64[..., H, W]."""
    angle = np.rad2deg(np.arctan2(g_row, g_col))
    angle += HALF_TURN * (angle < 0)  # several times as fast as a modulo, as the root is beside np.hypot
    angle[angle >= HALF_TURN] = 0.0
    return np.sqrt(g_col * g_col + g_row * g_row), angle


def orientation_bins(angle: FloatArray, orientations: int) -> npt.NDArray[np.int8]:
    """The bin of each angle (0 to 180 degrees), int8[...]: bin i holds i · width <= angle < (i + 1) · width."""
    width = HALF_TURN / orientations
    edges = width * np.arange(orientations + 1)
    found = np.minimum((angle * (1 / width)).astype(np.int8), orientations - 1)
    # A product may round across an edge; the edges decide.
    found -= (angle < edges[found]).astype(np.int8)
    found += ((angle >= edges[found + 1]) & (found < orientations - 1)).astype(np.int8)
    return found


def cell_histograms(magnitude: FloatArray, votes: npt.NDArray[np.int8], spec: HogSpec) -> FloatArray:
    """Votes of every cell, divided by its pixels: float64[R, C, O]; pixels beyond the last cell are left out."""
    rows, columns = magnitude.shape[0] // spec.cell, magnitude.shape[1] // spec.cell
    inside = (slice(rows * spec.cell), slice(columns * spec.cell))
    cell_of_row = np.repeat(np.arange(rows) * columns, spec.cell)[:, None]
    cell_of_column = np.repeat(np.arange(columns), spec.cell)[None]
    places = (cell_of_row + cell_of_column) * spec.orientations + votes[inside]
    sums = np.bincount(
        places.ravel(), magnitude[inside].ravel(), minlength=rows * columns * spec.orientations
    )
    return sums.reshape(rows, columns, spec.orientations) / spec.cell**2


def normalised_blocks(cells: FloatArray, spec: HogSpec) -> FloatArray:
    """Every block of neighbouring cells, each normalised on its own: float64[Rb, Cb, b, b, O]."""
    windows = sliding_window_view(cells, (spec.block, spec.block), axis=(0, 1))
    blocks = windows.transpose(0, 1, 3, 4, 2)
    return normalised(blocks.reshape(*blocks.shape[:2], -1), spec.norm).reshape(blocks.shape)


def normalised(values: FloatArray, norm: Norm) -> FloatArray:
    """Values float64[..., n] divided by a norm of their last axis, which a small number keeps from being zero."""
    if norm in ("L1", "L1-sqrt"):
        shares = values / (np.abs(values).sum(-1, keepdims=True) + EPSILON)
        return np.asarray(np.sqrt(shares) if norm == "L1-sqrt" else shares)
    unit = values / _length(values)
    if norm == "L2":
        return unit
    cut = np.minimum(unit, CLIP)
    return np.asarray(cut / _length(cut))


def _length(values: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt((values**2).sum(-1, keepdims=True) + EPSILON**2))


def strengths(result: Hog, *, normalise: bool) -> FloatArray:
    """How strongly each cell's orientations are drawn, float64[R, C, O] in 0..1.

    Of the votes as they are, or after normalisation: the mean over the blocks in which the cell lies.
    """
    values = result.cells
    if normalise:
        size, (down, across) = result.spec.block, result.blocks.shape[:2]
        values, times = np.zeros_like(result.cells), np.zeros(result.cells.shape[:2])
        for row in range(size):
            for column in range(size):
                at = (slice(row, row + down), slice(column, column + across))
                values[at] += result.blocks[:, :, row, column]
                times[at] += 1
        values /= times[..., None]
    return values / max(float(values.max(initial=0.0)), EPSILON)
