"""The borders of regions as straight lines between pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF

IntArray = npt.NDArray[np.int64]


def borders(labels: npt.NDArray[Any]) -> IntArray:
    """int64[N, 4]: lines (x1, y1, x2, y2) between pixels of different labels, as long as they go straight on."""
    level, upright = _level_lines(labels), _level_lines(labels.T)
    return np.concatenate([level, upright[:, [1, 0, 3, 2]]])


def outline(mask: npt.NDArray[np.bool_]) -> IntArray:
    """int64[N, 4]: the lines around the pixels of a mask, those along the edge of the picture, too."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return np.empty((0, 4), np.int64)
    top, left = int(rows[0]), int(columns[0])
    part = mask[top : rows[-1] + 1, left : columns[-1] + 1]
    return np.asarray(borders(np.pad(part, 1)) + np.array([left - 1, top - 1, left - 1, top - 1]))


def qt_lines(lines: IntArray) -> list[QLineF]:
    """The same for a painter."""
    return [QLineF(*line) for line in lines.tolist()]


def _level_lines(labels: npt.NDArray[Any]) -> IntArray:
    differs = labels[:-1] != labels[1:]
    change = np.diff(np.pad(differs, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(change == 1)
    ends = np.nonzero(change == -1)[1]
    return np.stack([starts, rows + 1, ends, rows + 1], 1)
