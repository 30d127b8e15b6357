"""What YOLO nets put out, decoded: from the numbers of cells and anchors to boxes and scores. No torch.

Redmon & Farhadi: YOLO9000, 2017 (anchors, softmax); YOLOv3, 2018 (several grids, sigmoid). Bochkovskiy et al.: YOLOv4,
2020 (scale_xy).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from engine.detection.found import Grid, Raw
from engine.detection.requests import AnchorAnswer, Letterbox

FloatArray = npt.NDArray[np.float32]
Normalisation = Literal["softmax", "sigmoid"]

LARGEST: Final = 30.0
"""t_w and t_h beyond it would give boxes of more pixels than a float32 counts."""


@dataclass(frozen=True, slots=True)
class Head:
    """One output of a YOLO net: its grid, how many classes it tells apart, and how its numbers are meant.

    `scale_xy`: by how much the offsets in a cell reach beyond it. `largest`: t_w and t_h are cut off there.
    """

    grid: Grid
    classes: int
    normalised_by: Normalisation = "softmax"
    scale_xy: float = 1.0
    largest: float = LARGEST


def by_anchor(output: FloatArray, head: Head) -> FloatArray:
    """float32[A, rows, columns, 5 + C] of float32[A * (5 + C), rows, columns]; a view."""
    anchors, rows, columns = len(head.grid.anchors), head.grid.rows, head.grid.columns
    return output.reshape(anchors, 5 + head.classes, rows, columns).transpose(0, 2, 3, 1)


def raw_of(
    outputs: Sequence[FloatArray], heads: Sequence[Head], letterbox: Letterbox, least: float = 0.0
) -> Raw:
    """All boxes of a net, or those whose objectness is at least `least`: no score can be larger than that.

    `outputs`: one float32[A * (5 + C), rows, columns] a head. A box whose objectness is no number comes along, so that
    it can be counted.
    """
    parts = [_of_head(number, *pair, least) for number, pair in enumerate(zip(outputs, heads, strict=True))]
    boxes, objectness, classes, places = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Raw(letterbox.to_picture(boxes), classes, objectness, places)


def _of_head(number: int, output: FloatArray, head: Head, least: float) -> tuple[Any, ...]:
    values = by_anchor(output, head)
    objectness = sigmoid(values[..., 4])
    anchor, row, column = np.nonzero(~(objectness < least))  # so that NaN comes along
    chosen = values[anchor, row, column]
    boxes = decoded(chosen[:, :4], row, column, anchor, head)
    places = np.stack([np.full_like(row, number), row, column, anchor], axis=1).astype(np.int64)
    return boxes, objectness[anchor, row, column], probabilities(chosen[:, 5:], head), places


def decoded(
    offsets: FloatArray,
    row: npt.NDArray[np.int64],
    column: npt.NDArray[np.int64],
    anchor: npt.NDArray[np.int64],
    head: Head,
) -> npt.NDArray[np.float64]:
    """Corners float64[N, 4] in pixels of the net's input, of t_x, t_y, t_w, t_h [N, 4] in cells and with anchors [N].

    b_x = (column + s * sigmoid(t_x) - (s - 1) / 2) * stride, b_w = p_w * exp(t_w), y and h alike.
    """
    t = offsets.astype(np.float64)
    s, stride = head.scale_xy, head.grid.stride
    cells = np.stack([column, row], axis=1)
    centre = (cells + s * sigmoid(t[:, :2]) - (s - 1) / 2) * stride
    half = np.asarray(head.grid.anchors, np.float64)[anchor] * np.exp(np.minimum(t[:, 2:], head.largest)) / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def probabilities(logits: FloatArray, head: Head) -> FloatArray:
    """float32[N, C] in 0..1 of the class logits."""
    if head.normalised_by == "sigmoid":
        return np.asarray(sigmoid(logits), np.float32)
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), np.float32)


def sigmoid(x: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """1 / (1 + exp(-x)) of the same type; what no float32 can tell from 0 or 1 is cut off."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -80, 80))), x.dtype)


def cell_answers(
    output: FloatArray, head: Head, letterbox: Letterbox, row: int, column: int
) -> tuple[AnchorAnswer, ...]:
    """What the cell says with each of its anchors."""
    values = by_anchor(output, head)[:, row, column]
    count = len(values)
    anchor = np.arange(count)
    where = np.full(count, row), np.full(count, column)
    boxes = decoded(values[:, :4], *where, anchor, head)
    in_picture = letterbox.to_picture(boxes)
    objectness, classes = sigmoid(values[:, 4]), probabilities(values[:, 5:], head).astype(np.float64)
    return tuple(
        AnchorAnswer(
            anchor=index,
            size=head.grid.anchors[index],
            offsets=_four(values[index, :4]),
            logit=float(values[index, 4]),
            objectness=float(objectness[index]),
            class_logits=values[index, 5:].astype(np.float64),
            classes=classes[index],
            scores=classes[index] * float(objectness[index]),
            box=_four(boxes[index]),
            picture_box=_four(in_picture[index]),
        )
        for index in range(count)
    )


def _four(values: npt.NDArray[Any]) -> tuple[float, float, float, float]:
    a, b, c, d = values.tolist()
    return float(a), float(b), float(c), float(d)
