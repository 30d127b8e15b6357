"""What one cell of a YOLO grid says: the formulas, and every number with the arithmetic that it comes from."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from engine.detection.requests import AnchorAnswer, Cell
from gui.widgets.facts import Fact

_CENTRES: Final = (r"b_x &= (\sigma(t_x) + c_x)\,s", r"b_y &= (\sigma(t_y) + c_y)\,s")
_REACHING: Final = (
    r"b_x &= (r\,\sigma(t_x) - \frac{r-1}{2} + c_x)\,s",
    r"b_y &= (r\,\sigma(t_y) - \frac{r-1}{2} + c_y)\,s",
)
_REST: Final = (r"b_w &= p_w\,e^{t_w}", r"b_h &= p_h\,e^{t_h}", r"score &= \sigma(t_o)\,p(class)")
FORMULAS: Final = (*_CENTRES, *_REST)
"""c: column and row of the cell, s: pixels of the net's input a cell, p: the anchor (Redmon & Farhadi 2017, 2018)."""
REACHING: Final = (*_REACHING, *_REST)
"""The same where offsets reach beyond their cell by r (Bochkovskiy et al. 2020)."""
CUT: Final = 1e-3
"""By how much a t has to be larger than what its box was made with to have been cut off."""
SMALL: Final = 5e-4
MOST_CLASSES: Final = 3
MINUS: Final = "−"


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def formulas(cell: Cell) -> tuple[str, ...]:
    """The formulas that the numbers of a cell are put into."""
    return FORMULAS if cell.scale_xy == 1 else REACHING


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
            f"σ({_num(answer.logit)}) = {_chance(answer.objectness)}",
            "Whether the middle of anything lies in this cell, from the logit t_o.",
        ),
    ]
    how = "softmax" if cell.normalised_by == "softmax" else "sigmoid"
    for kind in kinds:
        rows.append(
            (
                cell.classes[kind],
                f"{_chance(answer.objectness)} · {_chance(float(answer.classes[kind]))} = "
                f"{_chance(float(answer.scores[kind]))}",
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
        used = _used(t, size, value)
        cut = f"t = {_num(t)} is cut off at {_num(used)}" if used != t else f"t = {_num(t)}"
        tip = f"{cut}, exp(t) = {math.exp(used):.3f}. In pixels of the net's input."
        rows.append((name, f"{size:.1f} · exp({_num(used)}) = {value:.1f}", tip))
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


def _used(t: float, size: float, value: float) -> float:
    """The t that a width or height was made with: decoders cut it off where boxes would be beyond all measure."""
    made = math.log(value / size) if value > 0 and math.isfinite(value) else t
    return made if t > made + CUT else t


def _chance(value: float) -> str:
    """A number in 0..1; a very small one is not told as 0."""
    return (
        f"{value:.3f}"
        if value >= SMALL or value == 0
        else f"{value:.0e}".replace("-0", MINUS).replace("-", MINUS)
    )


def _num(value: float, digits: int = 2) -> str:
    text = f"{value:.{digits}f}"
    return text.replace("-", MINUS)
