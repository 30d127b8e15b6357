"""What one cell of a YOLO grid says, in rows of numbers; and the same computed by hand, as the formula has it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.detection.requests import AnchorAnswer, Cell, Corners
from gui.widgets.facts import Fact

FORMULAS: Final = (
    r"b_x &= (\sigma(t_x) + c_x)\,s",
    r"b_y &= (\sigma(t_y) + c_y)\,s",
    r"b_w &= p_w\,e^{t_w}",
    r"b_h &= p_h\,e^{t_h}",
    r"score &= \sigma(t_o)\,p(class)",
)
"""c: column and row of the cell, s: pixels of the net's input a cell, p: the anchor (Redmon & Farhadi 2017, 2018)."""
REFERENCE: Final = "the decoder that the live picture goes through"
TOLERANCE: Final = 1e-3
"""In pixels of the net's input; single precision counts a few hundred pixels to 1e-4."""
MOST_CLASSES: Final = 3
MINUS: Final = "−"


@dataclass(frozen=True, slots=True)
class HandCheck:
    """How far the numbers computed by hand are from those of the run (for `gui.widgets.badge.Badge`)."""

    max_abs_difference: float
    tolerance: float = TOLERANCE
    reference: str = REFERENCE

    @property
    def agrees(self) -> bool:
        return self.max_abs_difference <= self.tolerance


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def box_by_hand(cell: Cell, answer: AnchorAnswer) -> Corners:
    """Corners in pixels of the net's input, from the formula with the numbers put in."""
    tx, ty, tw, th = answer.offsets
    reach, stride = cell.scale_xy, cell.grid.stride
    x = (cell.look.column + reach * sigmoid(tx) - (reach - 1) / 2) * stride
    y = (cell.look.row + reach * sigmoid(ty) - (reach - 1) / 2) * stride
    w, h = answer.size[0] * math.exp(tw), answer.size[1] * math.exp(th)
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


def checked(cell: Cell) -> HandCheck:
    """The largest difference of any box, objectness and class of the cell."""
    worst = 0.0
    for answer in cell.anchors:
        worst = max(worst, float(np.abs(np.subtract(box_by_hand(cell, answer), answer.box)).max()))
        worst = max(worst, abs(sigmoid(answer.logit) - answer.objectness))
        worst = max(worst, float(np.abs(classes_by_hand(cell, answer) - answer.classes).max()))
    return HandCheck(worst)


def classes_by_hand(cell: Cell, answer: AnchorAnswer) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """float64[C]: softmax or sigmoid of the class logits."""
    logits = answer.class_logits
    if cell.normalised_by == "sigmoid":
        return np.array([sigmoid(float(value)) for value in logits])
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())


# --- rows -------------------------------------------------------------------------------------------------------


def cell_rows(cell: Cell) -> list[Fact]:
    """Which cell it is."""
    look, grid = cell.look, cell.grid
    left, top = look.column * grid.stride, look.row * grid.stride
    return [
        (
            "row, column",
            f"{look.row}, {look.column} of {grid.rows} × {grid.columns}",
            "c_y and c_x, counted from 0.",
        ),
        (
            "of the input",
            f"x {left:.0f}–{left + grid.stride:.0f}, y {top:.0f}–{top + grid.stride:.0f}",
            f"The pixels of the net's input that the cell stands for; s = {grid.stride:.0f}.",
        ),
    ]


def anchor_rows(cell: Cell, number: int) -> list[Fact]:
    """What the cell says with one anchor, every number with the arithmetic that it comes from."""
    answer = cell.anchors[number]
    kinds = np.argsort(-answer.scores, kind="stable")[:MOST_CLASSES].tolist()
    rows: list[Fact] = [
        (
            "anchor p_w × p_h",
            f"{answer.size[0]:.1f} × {answer.size[1]:.1f}",
            "In pixels of the net's input; the box begins with this shape.",
        ),
        (
            "objectness",
            f"σ({_num(answer.logit)}) = {answer.objectness:.3f}",
            "Whether the middle of anything lies in this cell, from the logit t_o.",
        ),
    ]
    how = "softmax" if cell.normalised_by == "softmax" else "sigmoid"
    for kind in kinds:
        rows.append(
            (
                cell.classes[kind],
                f"{answer.objectness:.3f} · {answer.classes[kind]:.3f} = {answer.scores[kind]:.3f}",
                f"Score: objectness times the class's share, the {how} of its logit "
                f"{_num(float(answer.class_logits[kind]))}.",
            )
        )
    return [*rows, *box_rows(cell, answer)]


def box_rows(cell: Cell, answer: AnchorAnswer) -> list[Fact]:
    """The decoded box, side by side with its formula."""
    tx, ty, tw, th = answer.offsets
    stride = cell.grid.stride
    x1, y1, x2, y2 = answer.box
    rows: list[Fact] = []
    for name, t, place, value in (
        ("b_x", tx, cell.look.column, (x1 + x2) / 2),
        ("b_y", ty, cell.look.row, (y1 + y2) / 2),
    ):
        tip = f"t = {_num(t)}, σ(t) = {sigmoid(t):.3f}. In pixels of the net's input."
        rows.append((name, f"({_offset(cell, t)} + {place}) · {stride:.0f} = {value:.1f}", tip))
    for name, t, size, value in (("b_w", tw, answer.size[0], x2 - x1), ("b_h", th, answer.size[1], y2 - y1)):
        tip = f"t = {_num(t)}, exp(t) = {math.exp(t):.3f}. In pixels of the net's input."
        rows.append((name, f"{size:.1f} · exp({_num(t)}) = {value:.1f}", tip))
    left, top, right, bottom = answer.picture_box
    rows.append(
        (
            "in the picture",
            f"x {_num(left, 0)}–{_num(right, 0)}, y {_num(top, 0)}–{_num(bottom, 0)}",
            "The same box, scaled back to pixels of the picture.",
        )
    )
    return rows


def _offset(cell: Cell, t: float) -> str:
    """sigma(t), with what YOLOv4 adds to it."""
    if cell.scale_xy == 1:
        return f"σ({_num(t)})"
    reach = cell.scale_xy
    return f"{reach:g} · σ({_num(t)}) {MINUS} {(reach - 1) / 2:.3g}"


def _num(value: float, digits: int = 2) -> str:
    text = f"{value:.{digits}f}"
    return text.replace("-", MINUS)
