"""The "checked against torchvision.ops" badge: the same boxes kept, the same overlaps, the same decayed scores."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine.context import Context
from engine.detection.suppression.requests import CheckSuppression
from engine.foundations.requests import CheckResult
from engine.networks.importing import imported

if TYPE_CHECKING:
    import torch

TOLERANCE: Final = 1e-12
"""Both sides compute in float64; scores and overlaps lie in 0..1."""


def check(request: CheckSuppression, context: Context) -> Generator[Any, None, CheckResult]:
    """Overlaps by `box_iou`; kept boxes by `nms` or `batched_nms`, with soft-NMS by a plain loop over them."""
    yield from imported("torchvision.ops", context)
    import torch
    import torchvision

    boxes = torch.tensor(request.boxes, dtype=torch.float64).reshape(-1, 4)
    scores = torch.tensor(request.scores, dtype=torch.float64)
    overlaps = torchvision.ops.box_iou(boxes, boxes)
    difference = _largest_difference(request, overlaps)
    yield
    kept, final = _kept(request, boxes, scores) if request.soft is None else _soft(request, scores, overlaps)
    last = request.steps[-1]
    same = sorted(kept) == sorted(last.kept) if request.classes is not None else kept == list(last.kept)
    if not same:
        difference = float("inf")
    else:
        ours = np.array([last.scores[box] for box in last.kept])
        theirs = np.array([final[box] for box in last.kept])
        difference = max(difference, float(np.abs(ours - theirs).max(initial=0.0)))
    ops = "box_iou" if request.soft else "batched_nms" if request.classes is not None else "nms"
    version = torchvision.__version__.partition("+")[0]
    return CheckResult(
        difference, TOLERANCE, difference <= TOLERANCE, f"torchvision {version} {ops}, float64"
    )


def _largest_difference(request: CheckSuppression, overlaps: torch.Tensor) -> float:
    """Between the overlaps of the walk and torchvision's."""
    table = overlaps.numpy()
    found = [
        abs(step.overlap - float(table[step.pick, step.rival]))
        for step in request.steps
        if step.pick is not None and step.rival is not None
    ]
    return max(found, default=0.0)


def _kept(
    request: CheckSuppression, boxes: torch.Tensor, scores: torch.Tensor
) -> tuple[list[int], dict[int, float]]:
    import torch
    from torchvision.ops import batched_nms, nms

    strong = torch.nonzero(scores > request.score_threshold).flatten()
    if request.classes is None:
        chosen = nms(boxes[strong], scores[strong], request.iou_threshold)
    else:
        classes = torch.tensor(request.classes, dtype=torch.int64)[strong]
        chosen = batched_nms(boxes[strong], scores[strong], classes, request.iou_threshold)
    kept = strong[chosen].tolist()
    return kept, {box: float(scores[box]) for box in kept}


def _soft(
    request: CheckSuppression, scores: torch.Tensor, overlaps: torch.Tensor
) -> tuple[list[int], dict[int, float]]:
    """Algorithm 1 of Bodla et al. (2017), all scores of a round at once."""
    import torch

    soft = request.soft
    assert soft is not None
    left, kept = scores.clone(), {}
    alive = left > request.score_threshold
    classes = None if request.classes is None else torch.tensor(request.classes)
    while bool(alive.any()):
        best = int(torch.where(alive, left, -torch.inf).argmax())
        alive[best] = False
        kept[best] = float(left[best])
        shares = overlaps[best]
        if soft.kind == "linear":
            factor = torch.where(shares > request.iou_threshold, 1 - shares, 1.0)
        else:
            factor = torch.exp(-(shares**2) / soft.sigma)
        rivals = alive if classes is None else alive & (classes == classes[best])
        left = torch.where(rivals, left * factor, left)
        alive = alive & ~(rivals & (left <= soft.least))
    return list(kept), kept
