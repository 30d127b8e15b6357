"""The grid's badge: the same target, boxes and suppression by torch and torchvision, which share no code with ours."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

from engine.context import Context
from engine.detection.grid.requests import CheckGrid
from engine.detection.grid.spec import GridSpec
from engine.foundations.requests import CheckResult
from engine.networks.importing import imported

if TYPE_CHECKING:
    from torch import Tensor

TOLERANCE: Final = 1e-9
"""Of the picture's longer side: both compute in float64."""


def check(request: CheckGrid, context: Context) -> Generator[Any, None, CheckResult]:
    """Answer a CheckGrid: the largest difference of the target and of the boxes that are kept, on the CPU."""
    yield from imported("torchvision.ops", context)
    import torch
    import torchvision

    spec = request.spec
    target = _target(request)
    yield
    differences = [float((target - torch.tensor(request.target)).abs().max())]
    kept, ours = _in_order(_kept(request)), _in_order(torch.tensor(request.kept).reshape(-1, 4))
    same = kept.shape == ours.shape
    differences.append(
        float((kept - ours).abs().max()) if same and len(ours) else 0.0 if same else float("inf")
    )
    side = max(request.area[2] - request.area[0], request.area[3] - request.area[1], 1.0)
    largest, tolerance = max(differences), TOLERANCE * side
    versions = f"torch {torch.__version__.partition('+')[0]}, torchvision {torchvision.__version__.partition('+')[0]}"
    return CheckResult(
        largest,
        tolerance,
        largest <= tolerance,
        f"{versions} float64, target {spec.shape_text()} and batched_nms",
    )


def _target(request: CheckGrid) -> Tensor:
    """Cells by bucketing centres between the edges of the grid, anchors by IoU of boxes with one corner at zero."""
    import torch
    from torchvision.ops import box_convert, box_iou

    spec, (x1, y1, x2, y2) = request.spec, request.area
    boxes = torch.tensor(request.boxes).reshape(-1, 4)
    target = torch.zeros(spec.rows, spec.columns, spec.depth, dtype=torch.float64)
    anchors = torch.tensor(spec.anchors, dtype=torch.float64)
    cell = torch.tensor([(x2 - x1) / spec.columns, (y2 - y1) / spec.rows], dtype=torch.float64)
    middle, sides = box_convert(boxes, "xyxy", "cxcywh").split(2, 1)
    places = (middle - torch.tensor([x1, y1])) / cell
    inside = ((places >= 0) & (places <= torch.tensor([spec.columns, spec.rows]))).all(1)
    edges = torch.arange(1, max(spec.rows, spec.columns) + 1, dtype=torch.float64)
    cells = torch.bucketize(places, edges, right=True)
    cells = torch.minimum(cells, torch.tensor([spec.columns - 1, spec.rows - 1]))
    zero = torch.zeros(len(boxes), 2, dtype=torch.float64)
    shapes = box_iou(torch.cat([zero, sides / cell], 1), torch.cat([torch.zeros_like(anchors), anchors], 1))
    best = torch.zeros(len(boxes), dtype=torch.int64) if spec.layout == "shared" else shapes.argmax(1)
    unit = torch.tensor(spec.sizes_in_cells(), dtype=torch.float64)
    numbers = torch.cat([(places - cells), (sides / cell / unit).flip(1)], 1)
    for index in reversed(range(len(boxes))):  # whoever comes first stays
        if inside[index]:
            _write(target, numbers[index], cells[index], int(best[index]), int(request.kinds[index]), spec)
    return target


def _write(target: Tensor, numbers: Tensor, place: Tensor, anchor: int, kind: int, spec: GridSpec) -> None:
    column, row = place.tolist()
    start, first = spec.start(anchor), spec.class_start(anchor)
    target[row, column, start] = 1
    target[row, column, start + 1 : start + 5] = numbers
    target[row, column, first : first + len(spec.classes)] = 0
    target[row, column, first + kind] = 1


def _in_order(boxes: Tensor) -> Tensor:
    """By their centres: equal scores leave the order of boxes open."""
    from torchvision.ops import box_convert

    x, y = box_convert(boxes, "xyxy", "cxcywh")[:, :2].round(decimals=6).T
    return boxes[y.argsort(stable=True)][x[y.argsort(stable=True)].argsort(stable=True)]


def _kept(request: CheckGrid) -> Tensor:
    """Boxes [K, 4] that torchvision keeps of the prediction."""
    import torch
    from torchvision.ops import batched_nms

    spec, (x1, y1, x2, y2) = request.spec, request.area
    values = torch.tensor(request.predicted)
    count = len(spec.classes)
    cell = torch.tensor([(x2 - x1) / spec.columns, (y2 - y1) / spec.rows], dtype=torch.float64)
    row, column = torch.meshgrid(torch.arange(spec.rows), torch.arange(spec.columns), indexing="ij")
    corner = torch.tensor([x1, y1]) + torch.stack([column, row], -1) * cell
    unit = torch.tensor(spec.sizes_in_cells(), dtype=torch.float64)
    boxes, scores, kinds, there = [], [], [], []
    for anchor in range(spec.boxes):
        start, first = spec.start(anchor), spec.class_start(anchor)
        middle = corner + values[..., start + 1 : start + 3] * cell
        half = values[..., start + 3 : start + 5].flip(-1) * unit * cell / 2
        probability, kind = values[..., first : first + count].max(-1)
        boxes.append(torch.cat([middle - half, middle + half], -1))
        scores.append(values[..., start] * probability)
        kinds.append(kind)
        there.append(values[..., start] > request.least)
    found = torch.stack(boxes, 2).reshape(-1, 4)
    score, kind, keep = (torch.stack(parts, 2).flatten() for parts in (scores, kinds, there))
    found, score, kind = found[keep], score[keep], kind[keep]
    return found[batched_nms(found, score, kind, request.iou_threshold)]
