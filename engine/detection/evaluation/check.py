"""The badge of scoring: matching, precision and recall once more by torch and torchvision."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine.context import Context
from engine.detection.evaluation.requests import CheckScores
from engine.foundations.requests import CheckResult
from engine.networks.importing import imported

if TYPE_CHECKING:
    from torch import Tensor

TOLERANCE: Final = 1e-9


def check(request: CheckScores, context: Context) -> Generator[Any, None, CheckResult]:
    """Answer a CheckScores: the largest difference in average precision over all classes."""
    yield from imported("torchvision.ops", context)
    import torch
    import torchvision

    largest = 0.0
    for kind, ours in enumerate(request.values.tolist()):
        yield
        theirs = _average_precision(request, kind)
        if math.isnan(ours) != math.isnan(theirs):
            largest = math.inf
        elif not math.isnan(ours):
            largest = max(largest, abs(ours - theirs))
    versions = f"torch {torch.__version__.partition('+')[0]}, torchvision {torchvision.__version__.partition('+')[0]}"
    words = f"{versions}: box_iou, cumsum, cummax; average precision of {len(request.values)} classes"
    return CheckResult(largest, TOLERANCE, largest <= TOLERANCE, words)


def _average_precision(request: CheckScores, kind: int) -> float:
    """Every pair of a find and a thing is a candidate; the pairs of the best finds are taken first."""
    import torch

    scores, hits, total = [], [], 0
    for found, truth in zip(request.found, request.truth, strict=True):
        mine, there = found.classes == kind, truth.classes == kind
        total += int(there.sum())
        order = torch.argsort(torch.tensor(found.scores[mine]), descending=True, stable=True)
        boxes = torch.tensor(found.boxes[mine], dtype=torch.float64)[order]
        scores.append(torch.tensor(found.scores[mine], dtype=torch.float64)[order])
        hits.append(
            _hits(boxes, torch.tensor(np.asarray(truth.boxes)[there], dtype=torch.float64), request.least)
        )
    if not total:
        return math.nan
    score, hit = torch.cat(scores), torch.cat(hits)
    hit = hit[torch.argsort(score, descending=True, stable=True)].double()
    rank = torch.arange(1, len(hit) + 1, dtype=torch.float64)
    precision = (hit.cumsum(0) / rank).flip(0).cummax(0).values.flip(0) if len(hit) else hit
    recall = hit.cumsum(0) / total
    if request.how == "all":
        return float((precision * hit).sum() / total)
    tenths = torch.arange(11, dtype=torch.float64) / 10
    wanted = tenths if request.how == "11" else torch.tensor(np.linspace(0, 1, 101))
    places = torch.searchsorted(recall, wanted)
    padded = torch.cat([precision, torch.zeros(1, dtype=torch.float64)])
    return float(padded[places].mean())


def _hits(boxes: Tensor, things: Tensor, least: float) -> Tensor:
    """bool[N]: which finds, best first, take a thing for themselves."""
    import torch
    from torchvision.ops import box_iou

    common = box_iou(boxes.reshape(-1, 4), things.reshape(-1, 4))
    hit = torch.zeros(len(boxes), dtype=torch.bool)
    for index in range(len(boxes)):
        if common.shape[1] and float(common[index].max()) >= least:
            hit[index] = True
            common[:, int(common[index].argmax())] = -1.0  # taken
    return hit
