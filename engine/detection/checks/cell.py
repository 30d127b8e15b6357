"""What a YOLO net says in one cell, by another route: the net is run once more, torch reads and decodes its maps.

Nothing of `engine.detection.cells` is used, which the live picture and the cell on show go through.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import Any, Final

import torch
from torch import Tensor

from engine.context import Context
from engine.detection.checks.requests import CheckCell
from engine.detection.detectors import open_detector
from engine.detection.grid_answer import GridAnswer
from engine.detection.requests import AnchorAnswer, Cell
from engine.errors import UserError
from engine.foundations.requests import CheckResult
from engine.networks.importing import imported
from engine.networks.steps import told

TOLERANCE: Final = 1e-4
SHARE: Final = 1e-5
"""Of the largest number compared, where that is more: two passes on a graphics card need not add up in one order."""


def check_cell(request: CheckCell, context: Context) -> Generator[Any, None, CheckResult]:
    """Every number of a cell. Raises UserError where the detector has no such grid (any more)."""
    yield from imported("torchvision.ops", context)
    cell = request.cell
    detector = yield from open_detector(cell.look.detector, context)
    with closing(detector.steps(cell.look.frame)) as steps:
        answer = yield from told(steps, lambda _: None)
    if not isinstance(answer, GridAnswer) or cell.look.grid >= len(answer.outputs):
        raise UserError("The detector has no such grid any more.", "Click a cell again.")
    ours, theirs = _shown(cell), _by_torch(cell, answer)
    if ours.shape != theirs.shape:
        raise UserError("The detector has other anchors or classes by now.", "Click a cell again.")
    difference = _largest(ours, theirs)
    numbers = theirs[theirs.isfinite()].abs()
    tolerance = max(TOLERANCE, SHARE * float(numbers.max()) if len(numbers) else 0.0)
    version = torch.__version__.partition("+")[0]
    return CheckResult(
        difference,
        tolerance,
        difference <= tolerance,
        f"another pass of the net, read and decoded by torch {version}, float64",
    )


def _shown(cell: Cell) -> Tensor:
    """float64[A, 14 + 3 C]: the numbers on show, anchor by anchor."""
    return torch.tensor([_of_anchor(one) for one in cell.anchors], dtype=torch.float64)


def _of_anchor(one: AnchorAnswer) -> list[float]:
    whole = [*one.offsets, one.logit, one.objectness, *one.box, *one.picture_box]
    return [*whole, *one.class_logits.tolist(), *one.classes.tolist(), *one.scores.tolist()]


def _by_torch(cell: Cell, answer: GridAnswer) -> Tensor:
    """The same numbers from the maps of a pass of the net: float32[A * (5 + C), rows, columns] of each grid."""
    from torchvision.ops import box_convert

    look, head = cell.look, answer.heads[cell.look.grid]
    maps = torch.from_numpy(answer.outputs[look.grid]).double()
    anchors = torch.tensor(head.grid.anchors, dtype=torch.float64)
    values = maps.unflatten(0, (len(anchors), -1))[:, :, look.row, look.column]
    offsets, logit, logits = values.split([4, 1, values.shape[1] - 5], 1)
    reach, place = head.scale_xy, torch.tensor([look.column, look.row], dtype=torch.float64)
    middle = (place + reach * offsets[:, :2].sigmoid() - (reach - 1) / 2) * head.grid.stride
    size = anchors * offsets[:, 2:].clamp(max=head.largest).exp()
    boxes = box_convert(torch.cat([middle, size], 1), "cxcywh", "xyxy")
    classes = logits.softmax(1) if head.normalised_by == "softmax" else logits.sigmoid()
    objectness = logit.sigmoid()
    parts = [
        offsets, logit, objectness, boxes, _in_picture(boxes, answer), logits, classes, objectness * classes
    ]  # fmt: skip
    return torch.cat(parts, 1)


def _in_picture(boxes: Tensor, answer: GridAnswer) -> Tensor:
    """From pixels of the net's input to pixels of the picture."""
    lies = answer.letterbox
    shift = torch.tensor([lies.left, lies.top] * 2, dtype=torch.float64)
    scale = torch.tensor([lies.scale_x, lies.scale_y] * 2, dtype=torch.float64)
    return (boxes - shift) / scale


def _largest(ours: Tensor, theirs: Tensor) -> float:
    """The largest difference; what is no number in both, or infinite in both, differs by nothing."""
    same = (ours == theirs) | (ours.isnan() & theirs.isnan())
    gaps = torch.where(same, 0.0, (ours - theirs).abs())
    return float(torch.where(gaps.isnan(), torch.inf, gaps).max())
